//! How much an account's word weighs: as much as it has a history that costs time to have.

use super::measure::{Activity, RankLog};
use super::params::RankParams;
use crate::evalue::bits;
use crate::fuse::Dossier;
use crate::partition::NO_TIME;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// At most so many authors a day make history, so that history takes days to make.
const AUTHORS_A_DAY: f64 = 5.0;
/// Days in which a new account comes to full weight, as the time constant. Assumed; FACTS 7 starts new accounts at 0.05.
const AGE_DAYS: f64 = 14.0;
/// Bits of evidence at which an account weighs half: one in 1,024 innocents at most looks so.
const HALF_AT_BITS: f64 = 10.0;
const DAY: i64 = 86_400_000_000;

/// What each account did: how many authors it saw, and on which days it was there. Union and addition, so the order in
/// which partitions are seen changes nothing.
pub(super) struct Histories {
    authors: Vec<AtomicU32>,
    days: Vec<AtomicU64>,
    acts: Vec<AtomicU32>,
}

impl Histories {
    pub(super) fn new(accounts: usize) -> Self {
        Self {
            authors: (0..accounts).map(|_| AtomicU32::new(0)).collect(),
            days: (0..accounts).map(|_| AtomicU64::new(0)).collect(),
            acts: (0..accounts).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// Adds what a partition tells: views where the log has any, else endorsements. Returns who saw whom, each pair once,
    /// for [`Histories::authors`]; nothing where no owners are known, since then all pairs of a target are in its partition.
    pub(super) fn see(&self, activity: &Activity<'_>, log: &RankLog<'_>) -> Vec<u64> {
        let (target, actor, ts) = match &activity.looks {
            Some(looks) if log.per_view => (looks.target, looks.actor, looks.ts),
            _ => (activity.likes.target, activity.likes.actor, activity.likes.ts),
        };
        let mut pairs = Vec::with_capacity(target.len());
        for i in 0..target.len() {
            let a = actor[i] as usize;
            // An owner, or in its place a target out of the range of accounts: 33 bits.
            let author = log.census.author(target[i]);
            pairs.push(u64::from(actor[i]) << 33 | (author & 0xFFFF_FFFF) | u64::from(author > 0xFFFF_FFFF) << 32);
            self.days[a].fetch_or(1 << (ts[i].div_euclid(DAY) & 63), Relaxed);
            self.acts[a].fetch_add(1, Relaxed);
        }
        pairs.sort_unstable();
        pairs.dedup();
        if log.census.owner.is_some() {
            return pairs;
        }
        self.authors(&pairs);
        Vec::new()
    }

    /// Counts the authors of each account, given pairs of which each comes once.
    pub(super) fn authors(&self, pairs: &[u64]) {
        pairs.iter().for_each(|p| {
            self.authors[(p >> 33) as usize].fetch_add(1, Relaxed);
        });
    }

    /// Other authors than one whom it saw, at most five a day.
    fn history(&self, account: usize, timed: bool) -> f64 {
        let authors = f64::from(self.authors[account].load(Relaxed));
        let days = f64::from(self.days[account].load(Relaxed).count_ones());
        let most = if timed { AUTHORS_A_DAY * days } else { authors };
        (authors.min(most) - 1.0).max(0.0)
    }
}

/// Weight of each account, from the least to 1.
pub(super) fn weights(
    histories: &Histories,
    log: &RankLog<'_>,
    dossiers: &BTreeMap<u32, Dossier>,
    params: &RankParams,
) -> Vec<f32> {
    let accounts = histories.acts.len();
    let history: Vec<f64> = (0..accounts).map(|a| histories.history(a, log.census.timed)).collect();
    // Half weight at the history of whoever places the middle act: many idle accounts cannot lower it.
    let mut order: Vec<u32> = (0..accounts as u32).filter(|a| histories.acts[*a as usize].load(Relaxed) > 0).collect();
    order.sort_by(|a, b| history[*a as usize].total_cmp(&history[*b as usize]).then(a.cmp(b)));
    let total: u64 = order.iter().map(|a| u64::from(histories.acts[*a as usize].load(Relaxed))).sum();
    let mut sum = 0;
    let middle = order.iter().find(|a| {
        sum += u64::from(histories.acts[**a as usize].load(Relaxed));
        2 * sum >= total
    });
    let usual = middle.map_or(1.0, |a| history[*a as usize].max(1.0));
    (0..accounts)
        .map(|a| {
            let by_history = history[a] / (history[a] + usual);
            let by_age = match log.created.map(|c| c[a]).filter(|c| *c != NO_TIME && log.census.timed) {
                Some(created) => {
                    let days = (log.last_ts - created).max(0) as f64 / DAY as f64;
                    1.0 - 0.9 * (-days / AGE_DAYS).exp()
                }
                None => 1.0,
            };
            let evidence = dossiers.get(&(a as u32)).map_or(0.0, |d| bits(d.ln_e));
            let by_evidence = 1.0 / (1.0 + (evidence.min(60.0) - HALF_AT_BITS).exp2());
            (by_history * by_age * by_evidence).max(params.trust_min) as f32
        })
        .collect()
}

/// Factor on the likes of each account so that nobody has more influence than `budget` likes: `min(1, budget / given)`.
/// The budget is the smallest that takes at most `share` of all likes.
pub(super) fn budget(degree: &[u32], share: f64) -> f64 {
    let mut sorted: Vec<u32> = degree.iter().copied().filter(|d| *d > 0).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let total: f64 = sorted.iter().map(|d| f64::from(*d)).sum();
    // With budget b, the k accounts above it lose the sum of theirs less k b.
    let mut above = 0.0;
    for (k, d) in sorted.iter().enumerate() {
        let d = f64::from(*d);
        if above - k as f64 * d > share * total {
            // The budget lies between this and the one before.
            return (above - share * total) / k as f64;
        }
        above += d;
    }
    sorted.last().map_or(1.0, |d| f64::from(*d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_takes_what_it_may() {
        let mut degree = vec![2u32; 980];
        degree.extend([1000, 500, 100]);
        let b = budget(&degree, 0.1);
        let total: f64 = degree.iter().map(|d| f64::from(*d)).sum();
        let lost: f64 = degree.iter().map(|d| (f64::from(*d) - b).max(0.0)).sum();
        assert!((lost / total - 0.1).abs() < 1e-9, "{b} takes {}", lost / total);
        assert_eq!(budget(&[3, 3, 3], 0.01).round(), 3.0);
        assert_eq!(budget(&[], 0.01), 1.0);
    }
}
