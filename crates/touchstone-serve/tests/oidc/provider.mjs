// A provider for the test: the npm package oidc-provider with its own forms, in which anybody signs in under any name.
// usage: node provider.mjs FOLDER_OF_THE_PACKAGE. Says where it is, takes the client's redirect URIs (a line of JSON), says that it is ready.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { createServer } from 'node:http';

const { default: Provider } = await import(pathToFileURL(`${process.argv[2]}/lib/index.js`));
const server = createServer();
await new Promise(done => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(issuer);
const redirects = await new Promise(done => createInterface({ input: process.stdin }).once('line', done));
const provider = new Provider(issuer, {
  clients: [{ client_id: 'touchstone', client_secret: 'a secret: of + some length', redirect_uris: JSON.parse(redirects) }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, email: `${id}@example.org`, email_verified: id !== 'mallory', groups: id === 'boss' ? ['staff', 'integrity'] : ['staff'],
    }),
  }),
});
server.on('request', provider.callback());
console.log('ready');
