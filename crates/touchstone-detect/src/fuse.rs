//! From the signals' e-values to one number an account, and to verdicts.

use crate::evalue::{bits, ebh_threshold, ln_mean, ln_weighted_mean};
use crate::findings::Verdict;
use crate::labels::{Conflict, Label, Review};
use crate::params::Params;
use crate::signals::lockstep::judge::Testimony;
use crate::signals::pool::PoolEvidence;
use std::collections::{BTreeMap, BTreeSet};

/// Weights of the signals in the mean. They look at the same endorsements, so their e-values are
/// averaged, never multiplied. A signal that did not run counts as e = 1.
const WEIGHT_LOCKSTEP: f64 = 0.5;
const WEIGHT_POOL: f64 = 0.5;

/// Weight of belonging to a proven ring beside those two: most of those who are accused are in a ring, and whoever is accused for acting in
/// step is so by far more than it takes.
const WEIGHT_COHORT: f64 = 0.75;

/// Share of their independent occasions that the usual member of a group in step spends out of step, from which members count as
/// people with lives of their own.
const LIFE_SHARE: f64 = 1.0 / 3.0;

/// All that is held for and against one account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dossier {
    /// `ln e` of all signals.
    pub ln_e: f64,
    /// Lockstep, mean over both directions.
    pub ln_lockstep: f64,
    /// The part of it that can accuse: less where members of the group in step have lives of their own, and no devices tell whether
    /// these were theirs.
    pub ln_held: f64,
    /// Pool, mean over both directions.
    pub ln_pool: f64,
    /// What each direction of lockstep said.
    pub lockstep: [Option<Testimony>; 2],
    /// `ln e` of what can accuse: lockstep, and belonging to a proven ring where there are any.
    pub ln_accusing: f64,
    /// `ln e` of belonging to a proven ring, and which; see [`crate::cohort`].
    pub cohort: Option<(f64, u32)>,
    /// What pool said by targets (an account is judged in one direction alone).
    pub pool: Option<PoolEvidence>,
    /// What each direction of pool said by lists.
    pub lists: [Option<PoolEvidence>; 2],
    /// What a reviewer said, and what it is worth as `ln e`; part of `ln_e` and `ln_accusing`.
    pub label: Option<(Label, f64)>,
}

impl Dossier {
    /// Evidence in bits.
    #[must_use]
    pub fn bits(&self) -> f64 {
        bits(self.ln_e)
    }

    /// Evidence that can accuse, in bits: lockstep alone. Shared lists accuse nobody, not even with a
    /// little help: a niche looks the same.
    #[must_use]
    pub fn accusing_bits(&self) -> f64 {
        bits(self.ln_accusing)
    }

    /// Whether e-BH, whose line is `accusation_bits`, accuses it. A review alone accuses nobody.
    #[must_use]
    pub fn accused(&self, accusation_bits: f64) -> bool {
        self.accusing_bits() >= accusation_bits && self.ln_accusing > self.ln_label()
    }

    /// What a review adds, as `ln e`; 0 without one.
    #[must_use]
    pub fn ln_label(&self) -> f64 {
        self.label.map_or(0.0, |l| l.1)
    }

    /// What the log alone says, in bits.
    #[must_use]
    pub fn bits_unreviewed(&self) -> f64 {
        bits(self.ln_e - self.ln_label())
    }

    /// Takes a review in.
    fn review(&mut self, label: Label, ln: f64) {
        self.label = Some((label, ln));
        self.ln_e += ln;
        self.ln_accusing += ln;
    }

    /// What says most of the pool signal's parts.
    #[must_use]
    pub fn pool_best(&self) -> Option<&PoolEvidence> {
        let all = self.pool.iter().chain(self.lists.iter().flatten());
        all.fold(None, |best: Option<&PoolEvidence>, p| Some(best.filter(|b| b.ln_e >= p.ln_e).unwrap_or(p)))
    }

    /// The direction of the list evidence that says more.
    #[must_use]
    pub fn stronger_list(&self) -> Option<(usize, &PoolEvidence)> {
        let of = |d: usize| self.lists[d].as_ref().map(|p| (d, p));
        match (of(0), of(1)) {
            (Some(a), Some(b)) => Some(if b.1.ln_e > a.1.ln_e { b } else { a }),
            (a, b) => a.or(b),
        }
    }

    /// The lockstep direction that says more.
    #[must_use]
    pub fn stronger(&self) -> Option<(usize, &Testimony)> {
        let of = |d: usize| self.lockstep[d].as_ref().map(|t| (d, t));
        match (of(0), of(1)) {
            (Some(a), Some(b)) => Some(if b.1.ln_e > a.1.ln_e { b } else { a }),
            (a, b) => a.or(b),
        }
    }
}

/// Candidate rings of one direction whose usual member has a life of its own beside them.
fn with_lives(testimonies: &[Testimony]) -> BTreeSet<u32> {
    let mut shares: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for t in testimonies.iter().filter(|t| t.ln_e > 0.0) {
        let out_of_step = f64::from(t.occasions - t.observed) / f64::from(t.occasions.max(1));
        shares.entry(t.ring).or_default().push(out_of_step);
    }
    let usual = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    shares.into_iter().filter_map(|(ring, all)| (usual(all) >= LIFE_SHARE).then_some(ring)).collect()
}

/// Fuses the testimony of both directions. Accounts that appear nowhere have e = 1. Where no devices tell (`has_devices`) whether an
/// account was used by its owner, acting in step accuses nobody in a group of people with lives of their own: they may have lent their
/// access, or lost it, or have been before one screen.
#[must_use]
pub fn fuse(
    lockstep: [Vec<Testimony>; 2],
    pool: Vec<PoolEvidence>,
    lists: [Vec<PoolEvidence>; 2],
    cohort: &BTreeMap<u32, (f64, u32)>,
    has_devices: bool,
) -> BTreeMap<u32, Dossier> {
    let lives = lockstep.each_ref().map(|all| if has_devices { BTreeSet::new() } else { with_lives(all) });
    let mut dossiers: BTreeMap<u32, Dossier> = BTreeMap::new();
    for (direction, testimonies) in lockstep.into_iter().enumerate() {
        for t in testimonies {
            let account = t.account;
            dossiers.entry(account).or_default().lockstep[direction] = Some(t);
        }
    }
    for p in pool {
        dossiers.entry(p.account).or_default().pool = Some(p);
    }
    for (direction, evidence) in lists.into_iter().enumerate() {
        for p in evidence {
            dossiers.entry(p.account).or_default().lists[direction] = Some(p);
        }
    }
    for (account, found) in cohort.iter().filter(|(_, c)| c.0 > 0.0) {
        dossiers.entry(*account).or_default().cohort = Some(*found);
    }
    for d in dossiers.values_mut() {
        let of = |t: &Option<Testimony>| t.as_ref().map_or(0.0, |t| t.ln_e);
        d.ln_lockstep = ln_mean(&[of(&d.lockstep[0]), of(&d.lockstep[1])]);
        d.ln_held = ln_mean(&[0, 1].map(|i| match &d.lockstep[i] {
            Some(t) if lives[i].contains(&t.ring) => t.ln_e.min(0.0),
            t => of(t),
        }));
        let pool = |p: &Option<PoolEvidence>| p.map_or(0.0, |p| p.ln_e);
        let by_lists = ln_mean(&[pool(&d.lists[0]), pool(&d.lists[1])]);
        d.ln_pool = ln_mean(&[pool(&d.pool), by_lists]);
        let lockstep = (d.ln_lockstep, d.ln_held);
        (d.ln_accusing, d.ln_e) = combined(lockstep, d.ln_pool, d.cohort.map(|c| c.0), !cohort.is_empty());
    }
    dossiers
}

/// `ln e` of what can accuse, and of all, from the parts (of lockstep all, and what can accuse); `rings` says whether anybody is held
/// against a proven ring.
#[must_use]
pub fn combined((ln_lockstep, ln_held): (f64, f64), ln_pool: f64, ln_cohort: Option<f64>, rings: bool) -> (f64, f64) {
    let accusing = if rings {
        ln_weighted_mean(&[(1.0 - WEIGHT_COHORT, ln_held), (WEIGHT_COHORT, ln_cohort.unwrap_or(0.0))])
    } else {
        ln_held
    };
    let by_chance = ln_weighted_mean(&[(WEIGHT_LOCKSTEP, ln_lockstep), (WEIGHT_POOL, ln_pool)]);
    let all =
        ln_cohort.map_or(by_chance, |c| ln_weighted_mean(&[(WEIGHT_COHORT, c), (1.0 - WEIGHT_COHORT, by_chance)]));
    (accusing, all)
}

/// Takes reviews in, once the line is drawn and the rings are found; gives those that strong evidence contradicts.
pub fn review(
    dossiers: &mut BTreeMap<u32, Dossier>,
    reviews: &BTreeMap<u32, Review>,
    params: &Params,
) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for (account, review) in reviews {
        let dossier = dossiers.entry(*account).or_default();
        dossier.review(review.label, review.ln(&params.labels));
        let log = dossier.bits_unreviewed();
        let contradicted = match review.label {
            Label::Cleared => log >= params.suspect_bits,
            Label::Confirmed => log <= -params.suspect_bits / 2.0,
        };
        if contradicted {
            conflicts.push(Conflict { account: *account, label: review.label, bits: log });
        }
    }
    conflicts
}

/// The line that e-BH draws, in bits; infinite where nobody is accused.
#[must_use]
pub fn accusation_bits(dossiers: &BTreeMap<u32, Dossier>, accounts: usize, params: &Params) -> f64 {
    // On rounded bits, so that the last digit of a sum decides nothing.
    let ln_e: Vec<f64> = dossiers.values().map(|d| d.accusing_bits() * std::f64::consts::LN_2).collect();
    let threshold = ebh_threshold(&ln_e, accounts, params.fdr);
    if threshold.is_finite() { bits(threshold) } else { f64::INFINITY }
}

/// The verdict on evidence alone.
#[must_use]
pub fn verdict(dossier: &Dossier, accusation_bits: f64, params: &Params) -> Verdict {
    if dossier.accused(accusation_bits) {
        Verdict::Inauthentic
    } else if dossier.bits() >= params.suspect_bits {
        Verdict::Suspect
    } else {
        Verdict::Organic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn testimony(account: u32, observed: u32) -> Testimony {
        Testimony {
            account,
            ring: 0,
            ln_e: 20.0,
            scale: 0,
            occasions: 12,
            observed,
            expected: 0.5,
            samples: Vec::new(),
        }
    }

    /// Nine of ten members in step on so many of twelve occasions; one always.
    fn group(observed: u32) -> Vec<Testimony> {
        (0..10).map(|a| testimony(a, if a == 9 { 12 } else { observed })).collect()
    }

    #[test]
    fn without_devices_people_with_lives_are_suspects_and_not_accused() {
        let fused = |observed, has_devices| {
            let both = [group(observed), group(observed)];
            fuse(both, Vec::new(), Default::default(), &BTreeMap::new(), has_devices)
        };
        let of = |observed, has_devices| fused(observed, has_devices)[&9].clone();
        assert!(of(11, false).ln_accusing > 19.0, "a farm lives for its orders");
        let lent = of(7, false);
        assert!(lent.ln_accusing <= 0.0 && lent.ln_e > 18.0, "a group is judged by its usual member: {lent:?}");
        assert!(of(7, true).ln_accusing > 19.0, "devices tell");
    }
}
