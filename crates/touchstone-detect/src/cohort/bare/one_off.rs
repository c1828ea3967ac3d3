//! Targets that were delivered to by accounts used once, by endorsements alone.
//!
//! # Sees
//! Endorsers who did nothing else in the whole log, coming at the pace of a clock. Nobody can be held against more than this one
//! endorsement, so nobody is accused; the endorsements are discounted.
//!
//! # Null model
//! Of how many targets' endorsers this is the only one is learned from the log's targets (a Beta, as wide as targets differ); for the
//! clock see [`super::clockwork`]. Who comes and when are different data, so the e-values multiply; both must show.
//!
//! # Innocent look-alikes
//! A launch or a front page that brings new people: they come once, but as people come.
//!
//! # Parameters
//! Endorsements a target; shares. Times in microseconds.
//!
//! # Cost
//! Linear.
//!
//! # Source
//! Accounts with a single event among bought stars: He et al. 2026 (StarScout).

use super::clockwork;
use crate::census::Census;
use crate::cohort::contrast::{Beta, Inside, ln_group};
use crate::evalue::ebh_threshold;
use crate::likes::Likes;
use rayon::prelude::*;

/// Endorsements below which a target is not judged.
const POPULARITY_MIN: usize = 10;

/// Shares of the endorsers who came once, if there was a delivery.
const ONCE: [f64; 3] = [0.6, 0.8, 0.95];

/// Of a delivery's accounts, so many are used for it alone.
const ONCE_DELIVERED: f64 = 0.95;

/// `ln e` that each of the two must have (5 bits).
const LN_EACH: f64 = 3.47;

/// A target with a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct OneOff {
    /// The target.
    pub target: u32,
    /// `ln e` of both.
    pub ln_e: f64,
    /// Endorsers who came once, and all.
    pub counts: (u32, u32),
    /// `(account, probability that it was delivered)`, ascending.
    pub fake: Vec<(u32, f64)>,
}

/// Judges all targets of a log whose times have this resolution (microseconds); those that pass e-BH at level `q`, ascending.
#[must_use]
pub fn judge(likes: &Likes, census: &Census<'_>, resolution: i64, q: f64) -> Vec<OneOff> {
    let targets: Vec<u32> = (0..likes.targets()).filter(|t| likes.of_target(*t).len() >= POPULARITY_MIN).collect();
    let counts: Vec<(u32, u32)> = targets
        .par_iter()
        .map(|t| {
            let all = likes.of_target(*t);
            let once = all.iter().filter(|i| census.degree[likes.account[**i as usize] as usize] <= 1).count();
            (once as u32, all.len() as u32)
        })
        .collect();
    let usual = Beta::fit(counts.iter().copied());
    let judged: Vec<OneOff> = targets
        .par_iter()
        .zip(&counts)
        .filter_map(|(target, (once, all))| {
            let row = Inside { account: *target, successes: *once, trials: *all, null: usual };
            let ln_once = ln_group(&[row], &ONCE);
            if ln_once < LN_EACH {
                return None;
            }
            let mut times: Vec<i64> = likes.of_target(*target).iter().map(|i| likes.ts[*i as usize]).collect();
            times.sort_unstable();
            let ln_clock = clockwork::ln_target(&times, resolution);
            (ln_clock >= LN_EACH).then(|| OneOff {
                target: *target,
                ln_e: ln_once + ln_clock,
                counts: (*once, *all),
                fake: parts(*target, (*once, *all), usual.mean(), likes, census),
            })
        })
        .collect();
    let line = ebh_threshold(&judged.iter().map(|d| d.ln_e).collect::<Vec<_>>(), targets.len(), q);
    judged.into_iter().filter(|d| d.ln_e >= line).collect()
}

/// Each endorser's part: of those who come once, as many are usual as elsewhere.
fn parts(target: u32, (once, all): (u32, u32), usual: f64, likes: &Likes, census: &Census<'_>) -> Vec<(u32, f64)> {
    let usual = usual.clamp(0.01, 0.9);
    let share = ((f64::from(once) / f64::from(all) - usual) / (ONCE_DELIVERED - usual)).clamp(0.01, 0.99);
    let part = |delivered: f64, own: f64| share * delivered / (share * delivered + (1.0 - share) * own);
    let of = |a: u32| match census.degree[a as usize] {
        0 | 1 => part(ONCE_DELIVERED, usual),
        _ => part(1.0 - ONCE_DELIVERED, 1.0 - usual),
    };
    let mut fake: Vec<(u32, f64)> =
        likes.of_target(target).iter().map(|i| likes.account[*i as usize]).map(|a| (a, of(a))).collect();
    fake.sort_by_key(|f| f.0);
    fake
}
