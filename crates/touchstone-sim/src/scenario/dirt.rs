//! What happens to rows on their way into the log.
//!
//! The same to everybody: it depends on the client and the session, not on who acts or why. A row keeps
//! its `event_id` and its time; `truth_events` names each event once.

use serde::{Deserialize, Serialize};

/// Retries, late rows and wrong clocks; shares of 0 switch each off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dirt {
    /// Share of rows that stand in the log twice, alike in every column: the client did not hear that
    /// the first arrived. Measured: 3.1 % exact repeats (KuaiRand), 0.1 % (Russian retweets).
    pub retried_rows_share: f64,
    /// Seconds between the arrivals of the two, median; log-normal with sigma 1. Assumed.
    pub retry_seconds: f64,
    /// Share of sessions whose rows arrive late, so that they stand below later ones (their `ts` is
    /// right): the client was offline. Assumed.
    pub late_sessions_share: f64,
    /// How late, minutes, median; log-normal with sigma 1.5. Assumed.
    pub late_minutes: f64,
    /// The latest, hours. Assumed.
    pub late_hours_max: f64,
    /// Share of devices whose clock is wrong; `ts` is by that clock. Assumed.
    pub skewed_clients_share: f64,
    /// How wrong, seconds, standard deviation. Assumed.
    pub skew_seconds: f64,
    /// The most, seconds; a `ts` lies at most this far outside of the log's days. Assumed.
    pub skew_seconds_max: f64,
}

impl Default for Dirt {
    fn default() -> Self {
        Self {
            retried_rows_share: 0.01,
            retry_seconds: 4.0,
            late_sessions_share: 0.01,
            late_minutes: 20.0,
            late_hours_max: 24.0,
            skewed_clients_share: 0.02,
            skew_seconds: 60.0,
            skew_seconds_max: 300.0,
        }
    }
}
