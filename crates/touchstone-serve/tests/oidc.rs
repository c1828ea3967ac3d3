//! Sign-in by OpenID Connect, with a real provider: the npm package oidc-provider, started here.

mod common;

use common::{Answer, Desk, request};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use touchstone_serve::OidcSettings;

/// Node as the test run installs it, or the system's.
fn node() -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin/node");
    if installed.exists() { installed } else { PathBuf::from("node") }
}

/// Where the package is; none where it is missing, which must not be where everything is required.
fn package() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/node");
    let folder = std::env::var_os("TOUCHSTONE_NODE").map_or(installed, PathBuf::from);
    let package = folder.join("node_modules/oidc-provider");
    let found = package.exists() && Command::new(node()).arg("--version").output().is_ok_and(|o| o.status.success());
    assert!(
        found || std::env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_none_or(|v| v != "1"),
        "no node, or no package oidc-provider in {} (npm install --prefix target/node oidc-provider), and \
         TOUCHSTONE_REQUIRE_TOOLS=1",
        package.display()
    );
    found.then_some(package)
}

/// The provider; it ends with the test.
struct Idp {
    child: Child,
    said: BufReader<ChildStdout>,
    issuer: String,
}

impl Drop for Idp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Idp {
    fn start(package: &Path) -> Self {
        let mut child = Command::new(node())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc/provider.mjs"))
            .arg(package)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut issuer = String::new();
        said.read_line(&mut issuer).unwrap();
        Self { child, said, issuer: issuer.trim().to_owned() }
    }

    /// It sends people back to these servers and to nobody else.
    fn serve(&mut self, desks: &[&Desk]) {
        let back: Vec<String> = desks.iter().map(|d| format!("http://{}/sign-in/oidc/return", d.address())).collect();
        let line = serde_json::to_string(&back).unwrap();
        self.child.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut ready = String::new();
        self.said.read_line(&mut ready).unwrap();
        assert_eq!(ready.trim(), "ready");
    }
}

/// A browser as far as it is needed: it follows redirects and keeps cookies by host.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<(SocketAddr, String), String>,
}

impl Browser {
    fn one(&mut self, url: &str, form: Option<&str>) -> Answer {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let address: SocketAddr = host.parse().unwrap();
        let cookies: Vec<String> =
            self.cookies.iter().filter(|((at, _), _)| *at == address).map(|((_, n), v)| format!("{n}={v}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("Cookie", cookies.as_str())];
        headers.extend(form.map(|_| ("Content-Type", "application/x-www-form-urlencoded")));
        let method = if form.is_some() { "POST" } else { "GET" };
        let answer = request(address, method, &format!("/{path}"), &headers, form.unwrap_or_default().as_bytes());
        for set in &answer.cookies {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert((address, name.to_owned()), value.to_owned());
        }
        answer
    }

    /// Goes there and on to where it is led; the last address and answer.
    fn go(&mut self, url: &str, form: Option<&str>) -> (String, Answer) {
        let (mut url, mut answer) = (url.to_owned(), self.one(url, form));
        while let Some(to) = answer.headers.get("location").cloned() {
            let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            url = if to.starts_with('/') { format!("{origin}{to}") } else { to };
            answer = self.one(&url, None);
        }
        (url, answer)
    }

    /// Signs in at the provider's own form, and agrees; where that leads.
    fn sign_in(&mut self, url: &str, name: &str) -> (String, Answer) {
        let (at, page) = self.go(url, None);
        assert!(page.text().contains("name=\"login\""), "{at}: {}", page.text());
        let (at, page) = self.go(&at, Some(&format!("prompt=login&login={name}&password=x")));
        assert!(page.text().contains("value=\"consent\""), "{at}: {}", page.text());
        self.go(&at, Some("prompt=consent"))
    }
}

const SECRET: &str = "a secret: of + some length";

/// A server whose people sign in with a provider.
fn desk(idp: &Idp, secret: &str) -> Desk {
    Desk::with(|options| {
        let file = format!(
            "issuer = \"{}\"\nname = \"the company\"\nclient_id = \"touchstone\"\nclient_secret_file = \"secret\"\n\
             scopes = [\"groups\"]\nclaim = \"groups\"\n[roles]\nintegrity = \"admin\"\n[people]\n\
             \"Ann@example.org\" = \"review\"\n\"mallory@example.org\" = \"admin\"\n",
            idp.issuer
        );
        std::fs::write(options.data.join("secret"), secret).unwrap();
        std::fs::write(options.data.join("oidc.toml"), file).unwrap();
        options.oidc = Some(OidcSettings::read(&options.data.join("oidc.toml")).unwrap());
    })
}

#[test]
fn people_sign_in_with_the_provider_in_the_role_that_the_operator_gives() {
    let Some(package) = package() else { return };
    let mut idp = Idp::start(&package);
    let (desk, forgetful) = (desk(&idp, SECRET), desk(&idp, "another secret"));
    idp.serve(&[&desk, &forgetful]);
    let at = |path: &str| format!("http://{}{path}", desk.address());
    assert!(desk.get("", "/sign-in").text().contains("Sign in with <bdi>the company</bdi>"));
    let begin = at("/sign-in/oidc");

    // By address: ann reviews.
    let mut ann = Browser::default();
    let (url, page) = ann.sign_in(&begin, "ann");
    assert_eq!((url, page.status), (at("/"), 200), "{}", page.text());
    assert!(page.text().contains("<bdi>ann@example.org</bdi>") && page.text().contains("/reviewers"));
    let csrf = page.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = ann.one(&at("/v1/reviewers"), None);
    assert_eq!(answer.problem(), "role-too-small", "a reviewer is no admin");
    assert_eq!(ann.one(&at("/sign-out"), Some(&format!("csrf={csrf}"))).status, 303);
    assert_eq!(ann.one(&at("/"), None).status, 303, "signed out");

    // By a claim: who is of the group is an admin.
    let mut boss = Browser::default();
    assert_eq!(boss.sign_in(&begin, "boss").1.status, 200);
    assert_eq!(boss.one(&at("/v1/reviewers"), None).status, 200);

    // Known there and nothing here; and an address that the provider has not verified is nobody's.
    for name in ["eve", "mallory"] {
        let mut browser = Browser::default();
        let (_, page) = browser.sign_in(&begin, name);
        assert!(page.status == 403 && page.text().contains("have no role here"), "{name}: {}", page.text());
        assert_eq!(browser.one(&at("/"), None).status, 303, "{name}");
    }

    // The provider does not know a client with another secret.
    let url = format!("http://{}/sign-in/oidc", forgetful.address());
    let (_, page) = Browser::default().sign_in(&url, "ann");
    assert!(page.status == 502 && page.text().contains("cannot be asked now"), "{}", page.text());
}

#[test]
fn an_answer_that_was_not_asked_for_signs_nobody_in() {
    let Some(package) = package() else { return };
    let mut idp = Idp::start(&package);
    let desk = desk(&idp, SECRET);
    idp.serve(&[&desk]);
    let at = |path: &str| format!("http://{}{path}", desk.address());
    let begin = at("/sign-in/oidc");
    let refused = |answer: &Answer, what: &str| {
        assert!(answer.status == 401 && answer.text().contains("begin again"), "{what}: {}", answer.text());
        assert!(!answer.cookies.iter().any(|c| c.starts_with("touchstone_session=")), "{what}");
    };
    // Comes back as far as our door, and stops before it.
    let outside = |browser: &mut Browser, name: &str| {
        let begun = browser.one(&begin, None);
        let to = begun.headers["location"].clone();
        for part in
            ["response_type=code", "code_challenge_method=S256", "nonce=", "state=", "scope=openid%20email%20groups"]
        {
            assert!(to.contains(part), "{to}");
        }
        let (at, _) = browser.go(&to, None);
        browser.go(&at, Some(&format!("prompt=login&login={name}&password=x")));
        let mut answer = browser.one(&at.clone(), None);
        if answer.status == 200 || !answer.headers.contains_key("location") {
            let (next, _) = browser.go(&to, None);
            answer = browser.one(&next, Some("prompt=consent"));
        }
        while !answer.headers["location"].contains("/sign-in/oidc/return") {
            answer = browser.one(&answer.headers["location"].clone(), None);
        }
        answer.headers["location"].clone()
    };
    let mut ann = Browser::default();
    let door = outside(&mut ann, "ann");
    refused(&Browser::default().one(&door, None), "another browser");
    let query = |url: &str, name: &str| {
        url.split(['?', '&']).find_map(|p| p.strip_prefix(&format!("{name}="))).unwrap().to_owned()
    };
    // Her code, put into a sign-in that somebody else began: the verifier is another.
    let mut eve = Browser::default();
    let own = outside(&mut eve, "eve");
    let mixed = door.replace(&query(&door, "state"), &query(&own, "state"));
    refused(&eve.one(&mixed, None), "a code of another sign-in");
    refused(&ann.one(&door.replace("code=", "no=").replace("iss=", "error=access_denied&was="), None), "no code");
    refused(&ann.one(&door, None), "a state that was used");
    refused(&ann.one(&at("/sign-in/oidc/return?code=x&state=y"), None), "a made-up state");
    refused(&ann.one(&at("/sign-in/oidc/return"), None), "nothing");
}

#[test]
fn without_a_provider_there_is_no_way_to_one() {
    let desk = Desk::new();
    assert_eq!(desk.get("", "/sign-in/oidc").status, 404);
    assert_eq!(desk.get("", "/sign-in/oidc/return?code=x&state=y").status, 404);
    assert!(!desk.get("", "/sign-in").text().contains("/sign-in/oidc"));
}
