//! How accounts behave that nothing speaks against: learned from a sample of them.

use super::spread::{DWELL, GAPS, class, gaps_of};
use super::{Act, Look, Part};
use crate::hash::mix64;
use crate::partition::NO_TIME;

/// Accounts sampled: a histogram needs no more.
const ACCOUNTS: u64 = 4_096;

/// Strata of activity: powers of two of an account's endorsements.
const STRATA: usize = 16;

/// Gaps that a stratum needs to speak for itself.
const GAPS_MIN: u64 = 50;

/// Whether an account is in the sample: by when it first acted, which no renaming changes.
#[must_use]
pub fn is_sampled(first_ts: i64, endorsers: usize, seed: u64) -> bool {
    let every = (endorsers as u64 / ACCOUNTS).max(1);
    first_ts != NO_TIME && mix64(first_ts as u64 ^ mix64(seed ^ 0x5A3)).is_multiple_of(every)
}

/// What was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    gaps: Vec<[u64; GAPS.len() + 1]>,
    /// Classes of [`DWELL`] of what they watched and endorsed.
    pub dwell: [u64; DWELL.len() + 1],
    /// Endorsements without a view before.
    pub unseen: Part,
    /// Targets endorsed of those looked at.
    pub liked: Part,
}

/// Endorsements of one account, by time, and its looks by target.
#[derive(Clone, Copy, Debug)]
pub struct Life<'a> {
    /// By (time, target).
    pub acts: &'a [Act],
    /// By target.
    pub looks: &'a [Look],
}

impl Life<'_> {
    /// The look at a target, if there was any by `ts`, give or take what clients report late.
    #[must_use]
    pub fn look(&self, target: u32, ts: i64) -> Option<&Look> {
        const LATE: i64 = 5_000_000;
        let at = self.looks.binary_search_by_key(&target, |l| l.target).ok()?;
        Some(&self.looks[at]).filter(|l| l.ts <= ts.saturating_add(LATE))
    }

    /// Times of its endorsements.
    #[must_use]
    pub fn times(&self) -> Vec<i64> {
        self.acts.iter().map(|a| a.ts).collect()
    }

    /// Whether it endorsed a target.
    #[must_use]
    pub fn endorsed(&self, target: u32) -> bool {
        self.acts.iter().any(|a| a.target == target)
    }
}

impl Sample {
    /// Learns from lives.
    #[must_use]
    pub fn new<'a>(lives: impl Iterator<Item = Life<'a>>) -> Self {
        let mut sample = Self {
            gaps: vec![[0; GAPS.len() + 1]; STRATA],
            dwell: [0; DWELL.len() + 1],
            unseen: Part::default(),
            liked: Part::default(),
        };
        for life in lives {
            let gaps = &mut sample.gaps[stratum(life.acts.len())];
            gaps_of(&life.times()).for_each(|gap| gaps[class(&GAPS, gap)] += 1);
            for act in life.acts {
                let look = life.look(act.target, act.ts);
                sample.unseen.whole += 1;
                sample.unseen.part += u64::from(look.is_none());
                if let Some(look) = look.filter(|l| l.dwell_ms > 0.0) {
                    sample.dwell[class(&DWELL, f64::from(look.dwell_ms) / 1e3)] += 1;
                }
            }
            let mut endorsed: Vec<u32> = life.acts.iter().map(|a| a.target).collect();
            endorsed.sort_unstable();
            sample.liked.whole += life.looks.len() as u64;
            sample.liked.part += life.looks.iter().filter(|l| endorsed.binary_search(&l.target).is_ok()).count() as u64;
        }
        sample
    }

    /// Gaps of others with as many endorsements, by class; of the nearest stratum that knows enough.
    #[must_use]
    pub fn gaps_of(&self, endorsements: usize) -> Option<&[u64]> {
        let own = stratum(endorsements);
        let known = |s: &usize| self.gaps[*s].iter().sum::<u64>() >= GAPS_MIN;
        (0..STRATA).filter(known).min_by_key(|s| (s.abs_diff(own), *s)).map(|s| &self.gaps[s][..])
    }

    /// All gaps seen.
    #[must_use]
    pub fn gap_count(&self) -> u64 {
        self.gaps.iter().flatten().sum()
    }
}

fn stratum(endorsements: usize) -> usize {
    (endorsements.max(1).ilog2() as usize).min(STRATA - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_borrow_from_the_nearest() {
        let act = |i: i64, step: i64| Act { account: 0, target: i as u32, ts: i * step * 1_000_000, ip: 0, device: 0 };
        let busy: Vec<Act> = (0..200).map(|i| act(i, 30)).collect();
        let calm: Vec<Act> = (0..3).map(|i| act(i, 100_000)).collect();
        let all = [&busy, &calm].map(|acts| Life { acts, looks: &[] });
        let sample = Sample::new(all.into_iter());
        assert_eq!(sample.gap_count(), 201);
        // Three endorsements have a stratum, but two gaps say too little.
        let gaps = sample.gaps_of(3).expect("the busy ones");
        assert_eq!(gaps[class(&GAPS, 30.0)], 199);
        assert_eq!(sample.unseen, Part { part: 203, whole: 203 });
    }

    #[test]
    fn a_look_counts_if_it_came_first() {
        let looks = [Look { account: 0, target: 7, ts: 100_000_000, dwell_ms: 5.0 }];
        let life = Life { acts: &[], looks: &looks };
        assert!(life.look(7, 100_000_000).is_some() && life.look(7, 96_000_000).is_some());
        assert!(life.look(7, 90_000_000).is_none() && life.look(8, i64::MAX).is_none());
    }
}
