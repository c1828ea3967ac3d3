//! What is known of a log before any signal looks: one number an account or target.

use crate::partition::{NO_TIME, NONE};

/// Borrowed columns, indexed by canonical id.
#[derive(Clone, Copy, Debug)]
pub struct Census<'a> {
    /// Endorsements given, an account.
    pub degree: &'a [u32],
    /// Endorsements received, a target.
    pub popularity: &'a [u32],
    /// First endorsement received, a target, microseconds.
    pub first_ts: &'a [i64],
    /// First endorsement given, an account, microseconds.
    pub actor_first_ts: &'a [i64],
    /// Owning account of a target, or [`NONE`]; `None` where no owner is known at all.
    pub owner: Option<&'a [u32]>,
    /// Publication time of a target, or [`NO_TIME`]; `None` where none is known at all.
    pub published: Option<&'a [i64]>,
    /// False where the log has no times.
    pub timed: bool,
}

impl Census<'_> {
    /// When a target's life began: its publication, or its first endorsement where that is unknown
    /// or earlier (clocks differ).
    #[must_use]
    pub fn origin(&self, target: u32) -> i64 {
        let first = self.first_ts[target as usize];
        match self.published.map(|p| p[target as usize]) {
            Some(published) if published != NO_TIME => published.min(first),
            _ => first,
        }
    }

    /// Whose coincidences count once: the owner, or, where unknown, the target itself (moved out
    /// of the range of accounts).
    #[must_use]
    pub fn author(&self, target: u32) -> u64 {
        match self.owner.map(|o| o[target as usize]) {
            Some(owner) if owner != NONE => u64::from(owner),
            _ => u64::from(target) | 1 << 40,
        }
    }

    /// All endorsements.
    #[must_use]
    pub fn endorsements(&self) -> u64 {
        self.degree.iter().map(|d| u64::from(*d)).sum()
    }

    /// Accounts with at least one endorsement.
    #[must_use]
    pub fn endorsers(&self) -> usize {
        self.degree.iter().filter(|d| **d > 0).count()
    }
}
