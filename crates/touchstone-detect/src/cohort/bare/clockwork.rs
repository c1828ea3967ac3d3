//! Endorsements that keep their distance: delivered at the pace of a clock.
//!
//! # Sees
//! A service that spaces its deliveries: one every so many minutes, with some jitter, for hours or weeks. The gaps between the
//! endorsements of a target are then too equal.
//!
//! # Null model
//! People who do not wait for each other. Whatever draws them (a feed, a fan's push, a front page, a night), within a few
//! consecutive arrivals the rate hardly changes, and then the gaps' shares of the time they take together are uniform on the simplex: Poisson arrivals. Where the
//! rate does change, shares become more unequal, never less. A block of gaps is held against Dirichlet shares of weight
//! `a`, which a jittered clock gives; a part of the blocks may be spoilt by people who came between. Blocks do not overlap, so the
//! ratio's mean is at most one; block sizes, places of the first block, weights and parts are averaged.
//!
//! # Innocent look-alikes
//! Clocks that round: a block counts only if it is far longer than the log's resolution. One target proves little of a
//! group: each gives at most 12 bits, and most of the targets must show it.
//!
//! # Parameters
//! Times and resolution in microseconds; gaps a block and Dirichlet weights below have no unit.
//!
//! # Cost
//! Linear in the endorsements looked at.
//!
//! # Source
//! Arrivals of a Poisson process given their number are uniform (Cox & Lewis 1966, ch. 2); ratios of neighbouring gaps as a test
//! that needs no rate (Oganesyan & Huse 2007).

use crate::evalue::{ln_factorial, ln_weighted_mean};

/// Gaps a block. Long ones tell more, short ones survive more strangers.
const SIZES: [usize; 3] = [2, 4, 6];

/// Dirichlet weights: from hardly regular to a clock whose jitter is a tenth of its step.
const WEIGHTS: [u32; 3] = [3, 10, 40];

/// Parts of the blocks that are the clock's.
const PARTS: [f64; 3] = [0.4, 0.7, 0.95];

/// Resolutions that a gap must span on average for rounding not to matter.
const RESOLUTIONS_MIN: i64 = 8;

/// Most that one target may say of a group, in `ln` (12 bits).
const LN_TARGET_MAX: f64 = 8.3;

/// Share of a group's targets that are delivered by the clock, if any are.
pub const TARGETS_SHARE: f64 = 0.7;

/// Endorsements on either side, Dirichlet weight, and least gaps, by which a single endorsement is the clock's or not.
const BESIDE: usize = 3;
const BEAT: u32 = 8;
const NEAR_MIN: usize = 3;

/// Ways to look: sizes, places of the first block, weights, parts.
const WAYS: usize = (2 + 4 + 6) * WEIGHTS.len() * PARTS.len();

/// Endorsements below which a target is not looked at.
pub const TIMES_MIN: usize = 6;

/// `ln` likelihood ratio of one target's endorsements, by way.
fn by_way(times: &[i64], resolution: i64) -> [f64; WAYS] {
    let mut all = [0.0; WAYS];
    let gaps: Vec<i64> = times.windows(2).map(|t| t[1] - t[0]).collect();
    let logs: Vec<f64> = gaps.iter().map(|g| if *g > 0 { (*g as f64).ln() } else { f64::NEG_INFINITY }).collect();
    let mut way = 0;
    for size in SIZES {
        let n = size as f64;
        // Density of Dirichlet(a, ..., a) over that of Dirichlet(1, ..., 1).
        let norm = WEIGHTS
            .map(|a| ln_factorial(size as u32 * a - 1) - n * ln_factorial(a - 1) - ln_factorial(size as u32 - 1));
        for first in 0..size.min(gaps.len()) {
            let blocks = gaps[first..].chunks_exact(size).zip(logs[first..].chunks_exact(size));
            for (block, logs) in blocks {
                let sum: i64 = block.iter().sum();
                if sum < RESOLUTIONS_MIN * size as i64 * resolution.max(1) {
                    continue;
                }
                let shares = logs.iter().sum::<f64>() - n * (sum as f64).ln();
                for (w, (a, norm)) in WEIGHTS.iter().zip(norm).enumerate() {
                    let ratio = (norm + f64::from(a - 1) * shares).exp();
                    for (p, part) in PARTS.iter().enumerate() {
                        all[way + w * PARTS.len() + p] += (part * ratio + 1.0 - part).ln();
                    }
                }
            }
            way += WEIGHTS.len() * PARTS.len();
        }
        way += (size - size.min(gaps.len())) * WEIGHTS.len() * PARTS.len();
    }
    all
}

/// The mean over all ways, each size counting the same.
fn mean(by_way: &[f64; WAYS]) -> f64 {
    let each = SIZES.iter().flat_map(|size| {
        let places = size * WEIGHTS.len() * PARTS.len();
        std::iter::repeat_n(1.0 / (SIZES.len() * places) as f64, places)
    });
    ln_weighted_mean(&each.zip(by_way).map(|(w, ln)| (w, *ln)).collect::<Vec<_>>())
}

/// `ln e` of one target: its endorsements' times, ascending.
#[must_use]
pub fn ln_target(times: &[i64], resolution: i64) -> f64 {
    if times.len() < TIMES_MIN { 0.0 } else { mean(&by_way(times, resolution)) }
}

/// Probability that a target of a group that keeps a clock was delivered by it, given its endorsements' times, ascending.
#[must_use]
pub fn delivered(times: &[i64], resolution: i64) -> f64 {
    let odds = TARGETS_SHARE / (1.0 - TARGETS_SHARE) * ln_target(times, resolution).min(LN_TARGET_MAX).exp();
    odds / (1.0 + odds)
}

/// Whether an endorsement at this time is one of the clock's: the gaps about it, to three others on either side, are more like a clock's than
/// like people's. `times`, ascending, are those of the members' endorsements, this one (`is_in`) among them or not. `None` where there are not so
/// many.
#[must_use]
pub fn is_on_beat(at: i64, times: &[i64], is_in: bool, resolution: i64) -> Option<bool> {
    let place = times.partition_point(|t| *t < at);
    let (before, after) = (&times[..place], &times[place + usize::from(is_in)..]);
    let before = &before[before.len().saturating_sub(BESIDE)..];
    let about: Vec<i64> = before.iter().chain([&at]).chain(after.iter().take(BESIDE)).copied().collect();
    let gaps: Vec<i64> = about.windows(2).map(|t| t[1] - t[0]).collect();
    if gaps.len() < NEAR_MIN {
        return None;
    }
    let (sum, n) = (gaps.iter().sum::<i64>(), gaps.len() as u32);
    if sum < RESOLUTIONS_MIN * i64::from(n) * resolution.max(1) {
        return None;
    }
    let shares = gaps.iter().map(|g| if *g > 0 { (*g as f64).ln() } else { f64::NEG_INFINITY }).sum::<f64>();
    let norm = ln_factorial(n * BEAT - 1) - f64::from(n) * ln_factorial(BEAT - 1) - ln_factorial(n - 1);
    Some(norm + f64::from(BEAT - 1) * (shares - f64::from(n) * (sum as f64).ln()) > 0.0)
}

/// `ln e` of a group: the times, ascending, of its members' endorsements of each of its targets. Targets with few are passed over.
#[must_use]
pub fn ln_group(targets: &[Vec<i64>], resolution: i64) -> f64 {
    let mut all = [0.0; WAYS];
    for times in targets.iter().filter(|t| t.len() >= TIMES_MIN) {
        for (sum, ln) in all.iter_mut().zip(by_way(times, resolution)) {
            *sum += (TARGETS_SHARE * ln.min(LN_TARGET_MAX).exp() + 1.0 - TARGETS_SHARE).ln();
        }
    }
    mean(&all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix64;

    const SECOND: i64 = 1_000_000;

    fn unit(seed: u64) -> f64 {
        (mix64(seed) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// People come at random, more in one half of the time than in the other.
    fn people(n: u64, seed: u64) -> Vec<i64> {
        let mut t = 0.0;
        let gap = |i: u64| -(1.0 - unit(seed * 1000 + i)).ln() * if i < n / 2 { 400.0 } else { 4000.0 };
        (0..n)
            .map(|i| {
                t += gap(i);
                t as i64 * SECOND
            })
            .collect()
    }

    fn clock(n: u64, seed: u64, jitter: f64) -> Vec<i64> {
        (0..n).map(|i| ((i as f64 + jitter * (unit(seed * 1000 + i) - 0.5)) * 900.0) as i64 * SECOND).collect()
    }

    #[test]
    fn people_have_a_mean_of_at_most_one() {
        let e: Vec<f64> = (1..3000).map(|seed| ln_target(&people(30, seed), SECOND).exp()).collect();
        let mean = e.iter().sum::<f64>() / e.len() as f64;
        let error = (e.iter().map(|x| (x - mean).powi(2)).sum::<f64>()).sqrt() / e.len() as f64;
        assert!(error < 0.1 && mean - 2.0 * error <= 1.0, "{mean} +- {error}");
    }

    #[test]
    fn a_clock_shows_even_with_strangers_between() {
        assert!(ln_target(&clock(40, 7, 0.6), SECOND) > 7.0);
        let mut mixed = clock(60, 8, 0.6);
        mixed.extend(people(8, 9));
        mixed.sort_unstable();
        assert!(ln_target(&mixed, SECOND) > 4.6, "{}", ln_target(&mixed, SECOND));
    }

    #[test]
    fn rounding_is_no_clock() {
        // As coarse as its gaps.
        assert_eq!(ln_target(&clock(60, 7, 0.0), 900 * SECOND), 0.0);
        let same = vec![5 * SECOND; 40];
        assert_eq!(ln_target(&same, SECOND), 0.0);
    }

    #[test]
    fn one_target_does_not_speak_for_a_group() {
        let mut group: Vec<Vec<i64>> = (1..8).map(|s| people(30, s)).collect();
        group.push(clock(200, 3, 0.2));
        assert!(ln_group(&group, SECOND) < LN_TARGET_MAX, "{}", ln_group(&group, SECOND));
        let all: Vec<Vec<i64>> = (1..8).map(|s| clock(30, s, 0.6)).collect();
        assert!(ln_group(&all, SECOND) > 3.0 * LN_TARGET_MAX, "{}", ln_group(&all, SECOND));
    }

    #[test]
    fn a_single_one_is_on_the_beat_or_off_it() {
        let jitter = |i: u64| (unit(i) * 0.2 * 900.0) as i64;
        let clock: Vec<i64> = (0..40).map(|i| (i as i64 * 900 + jitter(i)) * SECOND).collect();
        for n in 5..35 {
            assert_eq!(is_on_beat(clock[n], &clock, true, 1), Some(true), "{n}");
            // Just before one, and a day after the last.
            assert_eq!(is_on_beat(clock[n] - 40 * SECOND, &clock, false, 1), Some(false), "{n}");
        }
        assert_eq!(is_on_beat(clock[39] + 86_400 * SECOND, &clock, false, 1), Some(false));
        // Too few neighbours to tell; gaps no longer than what the log rounds to.
        assert_eq!(is_on_beat(clock[1], &clock[..2], true, 1), None);
        assert_eq!(is_on_beat(clock[5], &clock, true, 900 * SECOND), None);
        // People are on it by chance.
        let people = people(4000, 8);
        let hit = |n: &usize| is_on_beat(people[*n], &people, true, 1) == Some(true);
        let hits = (5..3990).filter(hit).count() as f64 / 3985.0;
        assert!(hits < 0.15, "{hits}");
    }
}
