//! A server of its own for each test, on a free port, and a plain client for it.
#![allow(dead_code, unreachable_pub, unused_imports)] // each test file uses its part

mod http;
mod logs;

pub use http::{Answer, request};
pub use logs::ringed;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use touchstone_detect::params::Params;
use touchstone_engine::landing::LandingOptions;
use touchstone_serve::{Limits, Role, ServeOptions, Server, Tokens};

/// A server in a folder that goes away.
pub struct Desk {
    folder: tempfile::TempDir,
    server: Option<Server>,
    tokens: BTreeMap<&'static str, String>,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With other options than the usual.
    pub fn with(change: impl Fn(&mut ServeOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let tokens = Tokens::open(&data).unwrap();
        let tokens = [
            ("ingest", Role::Ingest),
            ("read", Role::Read),
            ("review", Role::Review),
            ("bob", Role::Review),
            ("admin", Role::Admin),
        ]
        .map(|(name, role)| (name, tokens.create(name, role, 0).unwrap().1));
        let mut desk = Self { folder, server: None, tokens: tokens.into() };
        desk.start(change);
        desk
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn start(&mut self, change: impl Fn(&mut ServeOptions)) {
        self.server = None;
        let mut options = options(&self.data());
        change(&mut options);
        self.server = Some(Server::start(options).unwrap());
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        self.server().address()
    }

    pub fn token(&self, role: &str) -> &str {
        &self.tokens[role]
    }

    /// A request with the token of a role; none where `role` is empty.
    pub fn ask(&self, role: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut headers = headers.to_vec();
        let bearer = self.tokens.get(role).map(|t| format!("Bearer {t}"));
        if let Some(bearer) = &bearer {
            headers.push(("Authorization", bearer));
        }
        request(self.address(), method, path, &headers, body)
    }

    pub fn get(&self, role: &str, path: &str) -> Answer {
        self.ask(role, "GET", path, &[], b"")
    }

    /// Lands lines, all of which must be good.
    pub fn land(&self, lines: &str) -> serde_json::Value {
        let answer =
            self.ask("ingest", "POST", "/v1/events", &[("Content-Type", "application/x-ndjson")], lines.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Closes all windows and waits for findings.
    pub fn flush(&self) -> serde_json::Value {
        let answer = self.ask("admin", "POST", "/v1/flush", &[], b"");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

/// As the tests serve.
pub fn options(data: &Path) -> ServeOptions {
    ServeOptions {
        data: data.to_owned(),
        keys: data.join("keys.json"),
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        landing: LandingOptions { window_seconds: 86_400, future_seconds_max: 1 << 40, ..LandingOptions::default() },
        endorse: vec!["like".to_owned()],
        reactions: touchstone_engine::store::default_reactions(),
        params: Params::default(),
        rank: touchstone_detect::rank::RankParams::default(),
        policy: None,
        receivers: Vec::new(),
        oidc: None,
        detection_threads: 1,
        tick_seconds: 0.1,
        detection_pause_seconds: 0.0,
        limits: Limits::default(),
        version: "test",
    }
}
