//! From the signals' e-values to one number an account, and to verdicts.

use crate::evalue::{bits, ebh_threshold, ln_mean, ln_weighted_mean};
use crate::findings::Verdict;
use crate::labels::{Conflict, Label, Review};
use crate::params::Params;
use crate::signals::lockstep::judge::Testimony;
use crate::signals::pool::PoolEvidence;
use std::collections::BTreeMap;

/// Weights of the signals in the mean. They look at the same endorsements, so their e-values are
/// averaged, never multiplied. A signal that did not run counts as e = 1.
const WEIGHT_LOCKSTEP: f64 = 0.5;
const WEIGHT_POOL: f64 = 0.5;

/// Weight of belonging to a proven ring beside those two.
const WEIGHT_COHORT: f64 = 0.5;

/// All that is held for and against one account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dossier {
    /// `ln e` of all signals.
    pub ln_e: f64,
    /// Lockstep, mean over both directions.
    pub ln_lockstep: f64,
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

/// Fuses the testimony of both directions. Accounts that appear nowhere have e = 1.
#[must_use]
pub fn fuse(
    lockstep: [Vec<Testimony>; 2],
    pool: Vec<PoolEvidence>,
    lists: [Vec<PoolEvidence>; 2],
    cohort: &BTreeMap<u32, (f64, u32)>,
) -> BTreeMap<u32, Dossier> {
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
        let pool = |p: &Option<PoolEvidence>| p.map_or(0.0, |p| p.ln_e);
        let by_lists = ln_mean(&[pool(&d.lists[0]), pool(&d.lists[1])]);
        d.ln_pool = ln_mean(&[pool(&d.pool), by_lists]);
        (d.ln_accusing, d.ln_e) = combined(d.ln_lockstep, d.ln_pool, d.cohort.map(|c| c.0), !cohort.is_empty());
    }
    dossiers
}

/// `ln e` of what can accuse, and of all, from the parts; `rings` says whether anybody is held against a proven ring.
#[must_use]
pub fn combined(ln_lockstep: f64, ln_pool: f64, ln_cohort: Option<f64>, rings: bool) -> (f64, f64) {
    let accusing = if rings {
        ln_weighted_mean(&[(1.0 - WEIGHT_COHORT, ln_lockstep), (WEIGHT_COHORT, ln_cohort.unwrap_or(0.0))])
    } else {
        ln_lockstep
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
