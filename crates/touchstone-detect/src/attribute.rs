//! Which of a member's likes are the ring's? Discount the like, not the person.
//!
//! A member's endorsements are a mixture: with share `s` the ring's, which are in step, else its
//! own, which are in step by chance alone. So `s` follows from how often it was in step beyond chance,
//! and of one endorsement in step, whose chance was `c`, the ring's part is `s / (s + (1 - s) c)`.

use crate::cohort::run::Cohorts;
use crate::fuse::Dossier;
use crate::labels::{Calibration, Label, Labels, reviewed};
use crate::params::Params;
use crate::ring::merge::Ring;
use crate::signals::lockstep::trials::Trial;
use std::collections::BTreeMap;

/// Prior odds that somebody found with a proven ring belongs to it.
const MEMBER_PRIOR_ODDS: f64 = 1.0;

/// Probability from which an endorsement is discounted; below, it only widens the interval.
const ACTED_ON_FROM: f64 = 0.5;

/// Least probability of a reviewed endorsement before its review: somebody had a reason to look at it.
const REVIEWED_MIN: f64 = 0.01;

/// What attribution knows of one member.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Member {
    /// Probability that it belongs to the ring.
    belongs: f64,
    /// Share of its endorsements, among those that could be in step, that are the ring's.
    share: f64,
    /// Whether it is accused, so that something follows.
    accused: bool,
}

/// Probabilities that single endorsements are fake; look-ups by `(account, target)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attribution {
    members: BTreeMap<u32, Member>,
    chances: BTreeMap<(u32, u32), (bool, f32)>,
    /// By target, of proven rings: `(account, probability, ring)`, ascending by account.
    proven: BTreeMap<u32, Vec<(u32, f32, u32)>>,
    /// By target, what is in doubt: `(account, probability)`, ascending by account.
    doubts: BTreeMap<u32, Vec<(u32, f32)>>,
    calibration: Calibration,
    /// What reviews add, as `ln` odds: of endorsements by target and account, and of cleared accounts.
    reviewed: BTreeMap<(u32, u32), f64>,
    cleared: BTreeMap<u32, f64>,
}

impl Attribution {
    /// Learns the members' shares from the trials of the final rings at their own scales. `line` is that
    /// of accusations, in bits.
    #[must_use]
    pub fn new(
        rings: &[Ring],
        dossiers: &BTreeMap<u32, Dossier>,
        trials: &[Trial],
        line: f64,
        cohorts: &Cohorts,
    ) -> Self {
        let mut sums: BTreeMap<u32, (f64, f64, f64)> = BTreeMap::new();
        let mut chances = BTreeMap::new();
        for t in trials {
            let s = sums.entry(t.account).or_default();
            s.0 += f64::from(u8::from(t.in_step));
            s.1 += f64::from(t.chance);
            s.2 += 1.0;
            chances.insert((t.account, t.target), (t.in_step, t.chance));
        }
        let mut members = BTreeMap::new();
        for account in rings.iter().filter(|r| r.accused > 0).flat_map(|r| &r.members) {
            let Some((in_step, by_chance, trials)) = sums.get(account) else { continue };
            let share = ((in_step - by_chance) / (trials - by_chance).max(1e-9)).clamp(0.0, 0.99);
            let Some(dossier) = dossiers.get(account) else { continue };
            let odds = MEMBER_PRIOR_ODDS * dossier.ln_e.min(60.0).exp();
            let accused = dossier.accused(line);
            members.insert(*account, Member { belongs: odds / (1.0 + odds), share, accused });
        }
        let (proven, doubts) = (cohorts.fake.clone(), cohorts.doubts.clone());
        Self { members, chances, proven, doubts, ..Self::default() }
    }

    /// Takes reviews in: those of endorsements recalibrate all probabilities and move their own; a cleared account's
    /// endorsements are as much less likely fake as its clearing is worth. That a confirmed account faked says nothing of which.
    pub fn review(&mut self, labels: &Labels, params: &Params) {
        let known = labels.likes.iter().map(|((target, account), r)| {
            let p = self.in_step_part(*account, *target).max(self.of_proven(*account, *target));
            (p, r.label == Label::Confirmed, r.weight)
        });
        self.calibration = Calibration::fit(&known.collect::<Vec<_>>());
        self.reviewed = labels.likes.iter().map(|(like, r)| (*like, r.ln(&params.labels))).collect();
        let cleared = labels.accounts.iter().filter(|(_, r)| r.label == Label::Cleared);
        self.cleared = cleared.map(|(account, r)| (*account, r.ln(&params.labels))).collect();
    }

    /// How reviews changed the scale of probabilities.
    #[must_use]
    pub fn calibration(&self) -> Calibration {
        self.calibration
    }

    /// Whether any endorsement of a target was reviewed.
    #[must_use]
    pub fn is_reviewed(&self, target: u32) -> bool {
        self.reviewed.range((target, 0)..=(target, u32::MAX)).next().is_some()
    }

    /// A probability as reviews leave it.
    fn settled(&self, p: f64, account: u32, target: u32) -> f64 {
        let mut p = self.calibration.of(p);
        if let Some(ln) = self.cleared.get(&account).filter(|_| p > 0.0) {
            p = reviewed(p, *ln);
        }
        match self.reviewed.get(&(target, account)) {
            Some(ln) => reviewed(p.max(REVIEWED_MIN), *ln),
            None => p,
        }
    }

    /// Whether the endorsement was in step with the account's ring; false where it could not be.
    #[must_use]
    pub fn in_step(&self, account: u32, target: u32) -> bool {
        self.chances.get(&(account, target)).is_some_and(|c| c.0)
    }

    /// Probability that it is fake, where something follows from it: for endorsements by accounts accused of acting in
    /// step, and for those that are more likely a proven ring's than not. A suspicion is not acted on: zero for all others.
    #[must_use]
    pub fn p_fake(&self, account: u32, target: u32) -> f64 {
        let in_step = self.in_step_part(account, target);
        let in_step = if in_step > 0.0 { self.settled(in_step, account, target) } else { 0.0 };
        let of_ring = self.settled(self.of_proven(account, target), account, target);
        if of_ring >= ACTED_ON_FROM { in_step.max(of_ring) } else { in_step }
    }

    fn in_step_part(&self, account: u32, target: u32) -> f64 {
        self.members.get(&account).filter(|m| m.accused).map_or(0.0, |m| self.part(m, account, target))
    }

    /// The same for a suspect found beside accused accounts: what may be fake, and widens the interval.
    #[must_use]
    pub fn doubt(&self, account: u32, target: u32) -> f64 {
        let suspect = self.members.get(&account).filter(|m| !m.accused).map_or(0.0, |m| self.part(m, account, target));
        let of_ring = self.settled(self.of_proven(account, target), account, target);
        let doubts = self.doubts.get(&target).map_or(&[][..], Vec::as_slice);
        let in_doubt = doubts.binary_search_by_key(&account, |d| d.0).map_or(0.0, |i| f64::from(doubts[i].1));
        let other = self.settled(suspect.max(in_doubt), account, target);
        if of_ring >= ACTED_ON_FROM { 0.0 } else { other.max(of_ring) }
    }

    fn of_proven(&self, account: u32, target: u32) -> f64 {
        let all = self.proven(target);
        all.binary_search_by_key(&account, |f| f.0).map_or(0.0, |i| f64::from(all[i].1))
    }

    /// What proven rings may have done to a target: `(account, probability, ring)`, ascending by account.
    #[must_use]
    pub fn proven(&self, target: u32) -> &[(u32, f32, u32)] {
        self.proven.get(&target).map_or(&[], Vec::as_slice)
    }

    /// Whether anything but rings that act in step is known of a target.
    #[must_use]
    pub fn touches(&self, target: u32) -> bool {
        self.proven.contains_key(&target) || self.doubts.contains_key(&target) || self.is_reviewed(target)
    }

    fn part(&self, member: &Member, account: u32, target: u32) -> f64 {
        match self.chances.get(&(account, target)) {
            Some((true, chance)) => {
                let c = f64::from(*chance);
                member.belongs * member.share / (member.share + (1.0 - member.share) * c)
            }
            _ => 0.0,
        }
    }
}
