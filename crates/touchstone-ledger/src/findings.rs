//! What a detection found, as the ledger takes it in: names as they are in the log. Whoever reads findings files (the
//! program, the service) makes this of them.

pub use touchstone_detect::found::{FoundAccount, FoundRing, FoundTarget};

use crate::entry::Model;
use touchstone_detect::findings::Evidence;

/// Findings of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What made them.
    pub model: Model,
    /// All accounts of the log, organic ones as well: breakers count shares of it.
    pub accounts_total: u64,
    /// Accounts that are not organic, and members of rings that are.
    pub accounts: Vec<FoundAccount>,
    /// Rings.
    pub rings: Vec<FoundRing>,
    /// Targets whose counts are corrected.
    pub targets: Vec<FoundTarget>,
    /// Evidence on any of them.
    pub evidence: Vec<FoundEvidence>,
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
