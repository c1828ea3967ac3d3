//! What a server needs to know; resolved once, by the binary.

use crate::auth::OidcSettings;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use touchstone_detect::params::Params;
use touchstone_detect::rank::{RankParams, Reaction};
use touchstone_engine::landing::LandingOptions;
use touchstone_ledger::webhook::Receiver;

/// How to serve.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The data folder.
    pub data: PathBuf,
    /// Where the keys are; best not beside the data they protect.
    pub keys: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How people reach the server, such as `https://touchstone.example`; none means at its address.
    pub public_url: Option<String>,
    /// How events land.
    pub landing: LandingOptions,
    /// Kinds that are endorsements.
    pub endorse: Vec<String>,
    /// Which kinds are which reactions.
    pub reactions: BTreeMap<String, Reaction>,
    /// What detection computes.
    pub params: Params,
    /// How targets are ranked.
    pub rank: RankParams,
    /// The policy that is applied to findings; without one, cases are opened and nothing is done without a person.
    pub policy: Option<PathBuf>,
    /// Who is told of actions.
    pub receivers: Vec<Receiver>,
    /// The provider by which people sign in to the console, beside tokens.
    pub oidc: Option<OidcSettings>,
    /// Threads that detect, at low priority.
    pub detection_threads: usize,
    /// Seconds between looks at what is to be closed and detected.
    pub tick_seconds: f64,
    /// Least seconds from the end of one detection to the start of the next.
    pub detection_pause_seconds: f64,
    /// Bounds on what a client may ask.
    pub limits: Limits,
    /// Version of the program.
    pub version: &'static str,
}

/// Bounds on what a client may ask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Bytes of a body as sent.
    pub body_bytes_max: usize,
    /// Bytes of a body after decompression.
    pub decompressed_bytes_max: usize,
    /// Rows that a rejected batch lists one by one.
    pub faults_listed_max: usize,
    /// Requests a second by one token, on average and at once.
    pub token_requests_per_second: f64,
    /// Requests a second by one session.
    pub session_requests_per_second: f64,
    /// Attempts to sign in, a minute, by all.
    pub sign_ins_per_minute: f64,
    /// Requests at work at the same time.
    pub concurrent_requests_max: usize,
    /// How long a session lasts, in seconds.
    pub session_seconds: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 16 << 20,
            decompressed_bytes_max: 64 << 20,
            faults_listed_max: 100,
            token_requests_per_second: 20_000.0,
            session_requests_per_second: 50.0,
            sign_ins_per_minute: 30.0,
            concurrent_requests_max: 512,
            session_seconds: 8 * 3600,
        }
    }
}
