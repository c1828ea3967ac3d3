//! What a detection found, as the ledger takes it in: names as they are in the log. Whoever reads findings files (the
//! program, the service) makes this of them.

use crate::entry::Model;
use touchstone_detect::findings::{Evidence, RingKind, Verdict};

/// Findings of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What made them.
    pub model: Model,
    /// All accounts of the log, organic ones as well: breakers count shares of it.
    pub accounts_total: u64,
    /// Accounts that are not organic.
    pub accounts: Vec<FoundAccount>,
    /// Rings.
    pub rings: Vec<FoundRing>,
    /// Targets whose counts are corrected.
    pub targets: Vec<FoundTarget>,
    /// Evidence on any of them.
    pub evidence: Vec<FoundEvidence>,
}

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

/// What a piece of evidence is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// An account.
    Account(String),
    /// A ring.
    Ring(String),
    /// A target.
    Target(String),
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundEvidence {
    /// About what.
    pub about: About,
    /// What.
    pub evidence: Evidence,
}
