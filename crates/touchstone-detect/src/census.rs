//! What is known of a log before any signal looks: one number an account or target.

use crate::partition::{NO_TIME, NONE};

/// Early endorsements that do not count as the beginning, and from how many on that is so.
const STRAYS: usize = 2;
const ONSET_FROM: usize = 8;

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
    /// When a target's life began, given its endorsements' times in order: its publication, unless
    /// several endorsements precede that; else its first endorsement, or, where there are enough, its third:
    /// one or two strays (the author's own, a preview) must not make everybody after them look late.
    #[must_use]
    pub fn origin(&self, target: u32, ts: &[i64]) -> i64 {
        let onset = if ts.len() >= ONSET_FROM { ts[STRAYS] } else { ts[0] };
        match self.published.map(|p| p[target as usize]) {
            Some(published) if published != NO_TIME && published <= onset => published,
            _ => onset,
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
