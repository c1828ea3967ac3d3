//! Findings as whoever acts on them needs them, read back with names: what is not organic.

use crate::findings::{RingKind, Verdict};

/// An account.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundAccount {
    /// Its name.
    pub account: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// The ring it is in.
    pub ring: Option<String>,
    /// Its endorsements.
    pub endorsements: u64,
    /// How many of them are discounted (sum of p_fake).
    pub discounted: f64,
    /// The signal that tells most.
    pub top_signal: Option<String>,
    /// Owners of targets on which endorsements of it are discounted.
    pub authors: Vec<String>,
}

/// A ring.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRing {
    /// Its name.
    pub ring: String,
    /// Its kind.
    pub kind: RingKind,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// Targets its members share.
    pub targets: u64,
    /// Members accused.
    pub accused: u64,
    /// First endorsement of a member on a ring target, microseconds since 1970 UTC; 0 where unknown.
    pub first_ts: i64,
    /// Last such endorsement.
    pub last_ts: i64,
    /// Its members.
    pub members: Vec<String>,
}

/// A target.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTarget {
    /// Its name.
    pub target: String,
    /// Its owner, where known.
    pub owner: Option<String>,
    /// Reported endorsements.
    pub reported: u64,
    /// Corrected count, with its 95 % interval.
    pub authentic: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}
