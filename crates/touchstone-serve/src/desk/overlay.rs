//! Decisions of people laid over findings, in the form in which answers need them at once.

use super::ranks::{Ranks, ranks};
use crate::snapshot::{Snapshot, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use touchstone_detect::rank::RankParams;
use touchstone_ledger::{ActionKind, Answer, Overrides};

/// What people decided, as of the latest findings and the latest entry.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// Accounts that people cleared, by pseudonym.
    pub(crate) cleared: HashSet<String>,
    /// Accounts that people confirmed, by pseudonym.
    pub(crate) confirmed: HashSet<String>,
    /// What holds on accounts now.
    pub(crate) actions: HashMap<String, Vec<ActionKind>>,
    /// Endorsements that count again on a target.
    restored: HashMap<Box<str>, f64>,
    /// Number of the findings.
    number: Option<u64>,
    ranks: Arc<OnceLock<Arc<Ranks>>>,
}

impl Overlay {
    /// Lays decisions over findings. What was ranked for `before` is taken over where nothing has changed for ranks.
    pub(crate) fn new(snapshot: Option<&Snapshot>, overrides: Overrides, before: &Self) -> Self {
        let mut overlay = Self { number: snapshot.map(|s| s.number), ..Self::default() };
        for (account, answer) in overrides.labels {
            match answer {
                Answer::Cleared => overlay.cleared.insert(account),
                Answer::Confirmed => overlay.confirmed.insert(account),
                Answer::Unsure => false,
            };
        }
        for (account, standing) in overrides.accounts {
            overlay.actions.insert(account, standing.into_iter().map(|s| s.kind).collect());
        }
        if let Some(snapshot) = snapshot {
            // In order, so that sums are the same every time.
            let cleared: BTreeSet<&String> = overlay.cleared.iter().collect();
            for (target, p) in cleared.into_iter().flat_map(|account| snapshot.discounts_of(account)) {
                *overlay.restored.entry(target.target.clone()).or_default() += p;
            }
        }
        if overlay.number == before.number && overlay.restored == before.restored {
            overlay.ranks = Arc::clone(&before.ranks);
        }
        overlay
    }

    /// Places of targets as they are served: with what reviews gave back.
    pub(crate) fn ranks(&self, snapshot: &Snapshot, params: &RankParams) -> Arc<Ranks> {
        let made = || Arc::new(ranks(snapshot, params, |target| self.restored(target)));
        // Between two findings, somebody may still hold the ones before.
        if self.number == Some(snapshot.number) { Arc::clone(self.ranks.get_or_init(made)) } else { made() }
    }

    /// The same, once these are given back as well.
    pub(crate) fn ranks_if_cleared(&self, snapshot: &Snapshot, params: &RankParams, stakes: &[Stake<'_>]) -> Ranks {
        let more: HashMap<&str, f64> = stakes.iter().map(|s| (&*s.target.target, s.discounted)).collect();
        ranks(snapshot, params, |target| self.restored(target) + more.get(target).copied().unwrap_or(0.0))
    }

    /// How many endorsements of a target count again since people cleared who made them.
    pub(crate) fn restored(&self, target: &str) -> f64 {
        self.restored.get(target).copied().unwrap_or(0.0)
    }

    /// The corrected count as it is served.
    pub(crate) fn authentic(&self, target: &Target) -> f64 {
        (target.authentic + self.restored(&target.target)).min(target.likes as f64)
    }
}

/// What clearing some accounts would give back, or confirming them keeps: by target, the most first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stake<'s> {
    pub(crate) target: &'s Target,
    /// Discounted endorsements of these accounts on it (sum of p_fake).
    pub(crate) discounted: f64,
    /// Its count as it is served now.
    pub(crate) now: f64,
}

impl<'s> Stake<'s> {
    /// Its count if these accounts were cleared.
    pub(crate) fn if_cleared(&self) -> f64 {
        (self.now + self.discounted).min(self.target.likes as f64)
    }

    /// What is at stake with some accounts; those that are cleared already have nothing to give back.
    pub(crate) fn all<'a>(
        snapshot: &'s Snapshot,
        overlay: &Overlay,
        accounts: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Self> {
        let mut sums: BTreeMap<&str, (&Target, f64)> = BTreeMap::new();
        for account in accounts.into_iter().filter(|a| !overlay.cleared.contains(*a)) {
            for (target, p) in snapshot.discounts_of(account) {
                sums.entry(&target.target).or_insert((target, 0.0)).1 += p;
            }
        }
        let mut stakes: Vec<Self> = sums
            .into_values()
            .map(|(target, discounted)| Self { target, discounted, now: overlay.authentic(target) })
            .collect();
        stakes
            .sort_by(|a, b| b.discounted.total_cmp(&a.discounted).then_with(|| a.target.target.cmp(&b.target.target)));
        stakes
    }
}
