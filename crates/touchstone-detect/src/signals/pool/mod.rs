//! Pool: accounts that work off the same lists, at any time.
//!
//! # Sees
//! Large pools with slow delivery, where no minute stands out: ordered targets draw on one pool
//! ([`targets`]), or a few accounts share most of what they endorse ([`lists`]). Needs no times.
//!
//! # Null model
//! Discovery on one half, against a degree-corrected Poisson null, for target pairs also against
//! the lift of the community that both lie in (a degree-corrected block model, Karrer & Newman 2011). The
//! test on the other half: of an account that has something of a list, how much more would it have,
//! going by the rest of the list's audience? Beta-binomial with that audience's own spread, so that
//! where readers are devoted devotion is expected. Members do not count as audience: a ring must not set
//! its own standard.
//!
//! # Innocent look-alikes
//! Niche communities, playlists, fans of one author, readers of a back catalogue. Endorsements alone
//! cannot always tell them from a pool, so the bits are capped and this signal alone makes suspects,
//! never accusations.
//!
//! # Parameters
//! [`crate::params::PoolParams`].
//!
//! # Cost
//! Pairs of targets: at most `neighbours_max` an endorsement of sampled accounts. Pairs of
//! accounts: all on targets up to a popularity that keeps the keys within `keys_max`. Both caps are
//! reported.
//!
//! # Source
//! Karrer & Newman 2011; Griffiths 1973 (beta-binomial); DESIGN.md on cross-fitting.

pub mod company;
pub mod lists;
pub mod targets;

/// What the pool signal says of an account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolEvidence {
    /// The account.
    pub account: u32,
    /// The group (of targets or accounts) that says most.
    pub group: u32,
    /// Fold in which that group was found.
    pub direction: u8,
    /// `ln e`, averaged over its groups, capped.
    pub ln_e: f64,
    /// Targets of that group's list which it endorsed.
    pub observed: u32,
    /// Length of the list, where the group is one of accounts; 0 else.
    pub listed: u32,
    /// As many as the audience's habits give.
    pub expected: f64,
}
