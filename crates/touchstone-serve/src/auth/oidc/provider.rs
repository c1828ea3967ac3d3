//! Talking to the provider, and believing what it says only as far as it is signed and meant for us.

use super::OidcSettings;
use crate::auth::{Role, secret};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use touchstone_ledger::webhook::http_client;

/// Patience with the provider.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody may take to sign in there.
const PENDING_LASTS: Duration = Duration::from_secs(600);
/// Most who are on their way at a time; beyond, the oldest begin again.
const PENDING_MAX: usize = 10_000;
/// Most bytes of an answer of the provider.
const ANSWER_MAX: u64 = 1 << 20;
/// Signatures with a key of the provider's alone: with the others, whoever knows our secret could sign.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The provider cannot be reached, or does not answer as it should.
    #[error("the provider: {0}")]
    Provider(String),
    /// What came back is not what was begun here.
    #[error("the answer: {0}")]
    Answer(String),
    /// Known there, and nothing here.
    #[error("{0} has no role here")]
    NoRole(String),
}

/// A sign-in on its way.
#[derive(Debug)]
pub(crate) struct Pending {
    nonce: String,
    verifier: String,
    /// Where the browser comes back to.
    back: String,
    since: Instant,
}

/// What the provider says of itself.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
}

#[derive(Debug)]
struct Known {
    metadata: Metadata,
    keys: JwkSet,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: String,
}

/// The provider, as far as it is known.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) settings: OidcSettings,
    agent: ureq::Agent,
    known: Mutex<Option<Arc<Known>>>,
    /// By the hash of the state.
    pending: Mutex<HashMap<blake3::Hash, Pending>>,
}

fn wrong(what: &str, why: &dyn std::fmt::Display) -> Refusal {
    Refusal::Provider(format!("{what}: {why}"))
}

fn random() -> Result<String, Refusal> {
    secret().map_err(|e| wrong("no random numbers", &e))
}

/// For a query.
fn escaped(text: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

impl Provider {
    pub(crate) fn new(settings: OidcSettings) -> Self {
        Self { settings, agent: http_client(PATIENCE), known: Mutex::default(), pending: Mutex::default() }
    }

    /// Where to send the browser, and the state that it must come back with. Waits for the provider.
    pub(crate) fn begin(&self, back: String) -> Result<(String, String), Refusal> {
        let known = self.known(false)?;
        let (state, nonce, verifier) = (random()?, random()?, random()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let query = [
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &back),
            ("scope", &self.settings.scopes.join(" ")),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .join("&");
        let to = &known.metadata.authorization_endpoint;
        let location = format!("{to}{}{query}", if to.contains('?') { '&' } else { '?' });
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|_, p| p.since.elapsed() < PENDING_LASTS);
        if pending.len() >= PENDING_MAX
            && let Some(oldest) = pending.iter().min_by_key(|(_, p)| p.since).map(|(state, _)| *state)
        {
            pending.remove(&oldest);
        }
        pending.insert(blake3::hash(state.as_bytes()), Pending { nonce, verifier, back, since: Instant::now() });
        Ok((location, state))
    }

    /// The sign-in that was begun with this state; each can be finished once.
    pub(crate) fn take(&self, state: &str) -> Option<Pending> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.remove(&blake3::hash(state.as_bytes())).filter(|p| p.since.elapsed() < PENDING_LASTS)
    }

    /// Who has come back, and in which role. Waits for the provider.
    pub(crate) fn finish(&self, pending: &Pending, code: &str) -> Result<(String, Role), Refusal> {
        let known = self.known(false)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &pending.back),
            ("code_verifier", &pending.verifier),
        ];
        let (id, secret) = (escaped(&self.settings.client_id), escaped(&self.settings.client_secret));
        let request = self
            .agent
            .post(self.reached(&known.metadata.token_endpoint))
            .header("Authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))));
        let tokens: Tokens = read("the tokens", request.send_form(form))?;
        let mut claims = self.believed(&tokens.id_token, &pending.nonce)?;
        if !self.says_enough(&claims)
            && let Some(userinfo) = &known.metadata.userinfo_endpoint
        {
            let bearer = format!("Bearer {}", tokens.access_token);
            let more: Value = read(
                "what it says of the person",
                self.agent.get(self.reached(userinfo)).header("Authorization", bearer).call(),
            )?;
            // Of somebody else, it would be an attacker's.
            if more["sub"] != claims["sub"] {
                return Err(Refusal::Answer("the person is another than in the token".into()));
            }
            if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
                more.into_iter().for_each(|(name, value)| _ = claims.entry(name).or_insert(value));
            }
        }
        self.role(&claims)
    }

    /// The claims of an identity token that was signed by the provider, for us, for this sign-in, and is of now.
    fn believed(&self, token: &str, nonce: &str) -> Result<Value, Refusal> {
        let no = |why: &dyn std::fmt::Display| Refusal::Answer(format!("its token is not valid: {why}"));
        let header = decode_header(token).map_err(|e| no(&e))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(no(&format!("it is signed by {:?}", header.alg)));
        }
        let mut known = self.known(false)?;
        let find = |keys: &JwkSet| match &header.kid {
            Some(kid) => keys.find(kid).cloned(),
            None => keys.keys.first().filter(|_| keys.keys.len() == 1).cloned(),
        };
        if find(&known.keys).is_none() {
            // Providers change their keys.
            known = self.known(true)?;
        }
        let key = find(&known.keys).ok_or_else(|| no(&"its key is not the provider's"))?;
        let key = DecodingKey::from_jwk(&key).map_err(|e| no(&e))?;
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&[&self.settings.client_id]);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = decode::<Value>(token, &key, &validation).map_err(|e| no(&e))?.claims;
        if claims["nonce"].as_str() != Some(nonce) {
            return Err(no(&"it is of another sign-in"));
        }
        if claims["azp"].as_str().is_some_and(|azp| azp != self.settings.client_id) {
            return Err(no(&"it was made for somebody else"));
        }
        Ok(claims)
    }

    fn says_enough(&self, claims: &Value) -> bool {
        let mail = claims.get("email").is_some() && claims.get("email_verified").is_some();
        mail && self.settings.claim.as_ref().is_none_or(|claim| claims.get(claim).is_some())
    }

    /// The name, and the highest role that the operator gives for what the provider says.
    fn role(&self, claims: &Value) -> Result<(String, Role), Refusal> {
        let verified = claims["email_verified"] == true || claims["email_verified"] == "true";
        let mail = claims["email"].as_str().filter(|_| verified).map(str::to_lowercase);
        // Whatever else people may call themselves there: the address is theirs, and the subject is the provider's.
        let name = mail.clone().unwrap_or_else(|| claims["sub"].as_str().unwrap_or_default().to_owned());
        let mut roles: Vec<Role> = mail.and_then(|m| self.settings.people.get(&m).copied()).into_iter().collect();
        let said = self.settings.claim.as_ref().map_or(&Value::Null, |claim| &claims[claim]);
        let values = said.as_array().map_or_else(|| std::slice::from_ref(said), Vec::as_slice);
        roles.extend(values.iter().filter_map(|v| self.settings.roles.get(v.as_str()?).copied()));
        let highest = [Role::Admin, Role::Review, Role::Read].into_iter().find(|r| roles.contains(r));
        highest.map(|role| (name.clone(), role)).ok_or(Refusal::NoRole(name))
    }

    fn known(&self, again: bool) -> Result<Arc<Known>, Refusal> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(known), false) = (&*known, again) {
            return Ok(Arc::clone(known));
        }
        let at = format!("{}/.well-known/openid-configuration", self.settings.reach);
        let metadata: Metadata = read("its configuration", self.agent.get(&at).call())?;
        if metadata.issuer != self.settings.issuer {
            let why = format!("calls itself {}, not {}", metadata.issuer, self.settings.issuer);
            return Err(Refusal::Provider(why));
        }
        let keys = read("its keys", self.agent.get(self.reached(&metadata.jwks_uri)).call())?;
        let fresh = Arc::new(Known { metadata, keys });
        *known = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// An address of the provider, where it is reached from here: no socket of ours leaves this machine.
    fn reached(&self, url: &str) -> String {
        let path = |url: &str| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            rest.find('/').map_or(String::new(), |at| rest[at..].to_owned())
        };
        let origin = self.settings.reach.strip_suffix(&path(&self.settings.reach)).unwrap_or(&self.settings.reach);
        format!("{origin}{}", path(url))
    }
}

/// Reads JSON of an answer with a good status.
fn read<T: serde::de::DeserializeOwned>(
    what: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, Refusal> {
    let mut answer = answer.map_err(|e| wrong(what, &e))?;
    let text = answer.body_mut().with_config().limit(ANSWER_MAX).read_to_string().map_err(|e| wrong(what, &e))?;
    if !answer.status().is_success() {
        // Its error says why, such as invalid_grant; nothing secret is in it.
        let short: String = text.chars().take(200).collect();
        let why = format!("{what}: status {}: {short}", answer.status().as_u16());
        // A bad code or verifier is the browser's fault, a bad secret ours.
        return Err(if answer.status() == 400 { Refusal::Answer(why) } else { Refusal::Provider(why) });
    }
    serde_json::from_str(&text).map_err(|e| wrong(what, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    /// A private key on P-256, in PKCS #8, of the same byte throughout.
    fn key(byte: u8) -> EncodingKey {
        let mut der = vec![0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
        der.extend([6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20]);
        der.extend([byte; 32]);
        EncodingKey::from_ec_der(&der)
    }

    /// A provider with one key that is known already; nobody is where it would be.
    fn provider() -> Provider {
        let settings = OidcSettings {
            issuer: "https://id.example".into(),
            reach: "http://127.0.0.1:1".into(),
            name: String::new(),
            client_id: "touchstone".into(),
            client_secret: "a secret of ours".into(),
            scopes: Vec::new(),
            claim: Some("groups".into()),
            roles: [("staff".to_owned(), Role::Read), ("integrity".to_owned(), Role::Admin)].into(),
            people: [("ann@example.org".to_owned(), Role::Review)].into(),
        };
        let mut jwk = Jwk::from_encoding_key(&key(7), Algorithm::ES256).unwrap();
        jwk.common.key_id = Some("k1".into());
        let metadata = Metadata {
            issuer: "https://id.example".into(),
            authorization_endpoint: "https://id.example/auth".into(),
            token_endpoint: "https://id.example/token".into(),
            jwks_uri: "https://id.example/keys".into(),
            userinfo_endpoint: None,
        };
        let provider = Provider::new(settings);
        *provider.known.lock().unwrap() = Some(Arc::new(Known { metadata, keys: JwkSet { keys: vec![jwk] } }));
        provider
    }

    #[test]
    fn a_token_is_believed_only_if_it_is_the_providers_for_us_and_of_now() {
        let provider = provider();
        let now = crate::clock::now_seconds();
        let good =
            json!({"iss": "https://id.example", "aud": "touchstone", "sub": "u1", "exp": now + 60, "nonce": "n"});
        let token = |claims: &Value, key: &EncodingKey, kid: &str| {
            encode(&Header { kid: Some(kid.into()), ..Header::new(Algorithm::ES256) }, claims, key).unwrap()
        };
        assert_eq!(provider.believed(&token(&good, &key(7), "k1"), "n").unwrap()["sub"], "u1");
        let mut bad = vec![
            ("another key", token(&good, &key(9), "k1")),
            ("an unknown key", token(&good, &key(7), "k2")),
            ("no token", "x.y.z".to_owned()),
        ];
        for (name, value) in [
            ("iss", json!("https://evil.example")),
            ("aud", json!("another")),
            ("exp", json!(now - 3600)),
            ("nonce", json!("m")),
            ("azp", json!("another")),
            ("sub", Value::Null),
        ] {
            let mut claims = good.clone();
            claims[name] = value;
            bad.push((name, token(&claims, &key(7), "k1")));
        }
        // Whoever knows our secret is not the provider; and nobody at all signs with "none".
        let secret = EncodingKey::from_secret(b"a secret of ours").unwrap();
        let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) };
        bad.push(("our secret", encode(&header, &good, &secret).unwrap()));
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#);
        bad.push(("no signature", format!("{none}.{}.", URL_SAFE_NO_PAD.encode(good.to_string()))));
        for (what, token) in bad {
            assert!(provider.believed(&token, "n").is_err(), "{what}");
        }
    }

    #[test]
    fn the_highest_role_counts_and_an_unverified_address_is_nobodys() {
        let provider = provider();
        let role = |claims: Value| provider.role(&claims).ok();
        let ann = json!({"sub": "u1", "email": "Ann@Example.org", "email_verified": true, "groups": ["staff"]});
        assert_eq!(role(ann), Some(("ann@example.org".to_owned(), Role::Review)));
        let boss = json!({"sub": "u2", "groups": ["staff", "integrity", "other"]});
        assert_eq!(role(boss), Some(("u2".to_owned(), Role::Admin)));
        assert_eq!(role(json!({"sub": "u3", "groups": "staff"})), Some(("u3".to_owned(), Role::Read)));
        assert_eq!(role(json!({"sub": "u4", "email": "ann@example.org", "email_verified": false})), None);
        assert_eq!(role(json!({"sub": "u5", "preferred_username": "ann@example.org"})), None);
    }

    #[test]
    fn the_provider_is_reached_where_the_relay_is() {
        let mut provider = provider();
        provider.settings.reach = "http://127.0.0.1:9/realms/site".into();
        assert_eq!(
            provider.reached("https://id.example/realms/site/token?x=1"),
            "http://127.0.0.1:9/realms/site/token?x=1"
        );
        assert_eq!(escaped("a b:c/é~"), "a%20b%3Ac%2F%C3%A9~");
    }
}
