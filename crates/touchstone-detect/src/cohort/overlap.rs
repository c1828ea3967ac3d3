//! Pairs of targets that share more endorsers than chance gives.
//!
//! Chung-Lu: with `d` endorsements of a target by the accounts looked at and `m` in all, two targets share
//! `d1 d2 S` of them by chance, `S = sum k (k - 1) / m^2` over these accounts' activities `k`. Busy accounts share
//! with everybody, so the few that a pool's light accounts share drown among them: the test is made for
//! several strata of activity.

use crate::census::Census;
use crate::evalue::ln_poisson_tail;
use crate::hash::mix64;
use crate::likes::Likes;
use crate::params::CohortParams;
use crate::repeats::{Scattered, repeats};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Most endorsements of an account in each stratum. Two thirds of a decade each.
const STRATA: [u32; 4] = [8, 24, 80, 300];

/// Endorsements (of the stratum) from which a target is paired.
const POPULARITY_MIN: u32 = 4;

/// Shared endorsers that a pair needs.
const JOINT_MIN: usize = 2;

/// Parts in which the accounts are gone through.
const PARTS: usize = 32;

/// Surprising pairs of targets by two weights.
pub type Edges = [Vec<(u32, u32, f64)>; 2];

/// Surprising pairs of targets of different owners, `(low, high, weight)`, ascending. First weighted by the logarithm of
/// observed over expected, which is fair to large pools that share few; then by half the Poisson deviance, which
/// keeps a large farm apart from a few friends on its targets.
#[must_use]
pub fn edges(likes: &Likes, census: &Census<'_>, seed: u64, params: &CohortParams) -> Edges {
    let mut all: BTreeMap<(u32, u32), (f64, f64)> = BTreeMap::new();
    for most in STRATA {
        for (pair, observed, expected) in stratum(likes, census, most, seed, params) {
            let ratio = (observed / expected).ln();
            let deviance = observed * ratio - observed + expected;
            let w = all.entry(pair).or_default();
            *w = (w.0.max(ratio), w.1.max(deviance));
        }
    }
    let by = |f: fn(&(f64, f64)) -> f64| all.iter().map(|((a, b), w)| (*a, *b, f(w))).collect();
    [by(|w| w.0), by(|w| w.1)]
}

/// `((low, high), shared, expected)` of the surprising pairs in one stratum.
fn stratum(
    likes: &Likes,
    census: &Census<'_>,
    most: u32,
    seed: u64,
    params: &CohortParams,
) -> Vec<((u32, u32), f64, f64)> {
    let accounts: Vec<u32> =
        (0..likes.accounts()).filter(|a| (2..=most).contains(&census.degree[*a as usize])).collect();
    let pairs = |k: u32| u64::from(k) * u64::from(k.saturating_sub(1)) / 2;
    let work: u64 = accounts.iter().map(|a| pairs(census.degree[*a as usize])).sum();
    // Where there are too many pairs, a sample of accounts.
    let limit = (params.keys_max as f64 / work.max(1) as f64).min(1.0);
    let chosen = |a: &u32| {
        let key = if census.timed { census.actor_first_ts[*a as usize] as u64 } else { u64::from(*a) };
        limit >= 1.0 || (mix64(key ^ mix64(seed ^ 0xC040)) as f64) < limit * u64::MAX as f64
    };
    let accounts: Vec<u32> = accounts.into_iter().filter(chosen).collect();
    let mut degree = vec![0u32; likes.targets() as usize];
    for a in &accounts {
        likes.of_account(*a).for_each(|i| degree[likes.target[i] as usize] += 1);
    }
    let popular = degree.iter().filter(|d| **d >= POPULARITY_MIN).count();
    let of = |a: u32| likes.of_account(a).map(|i| likes.target[i]).filter(|t| degree[*t as usize] >= POPULARITY_MIN);
    let activity: Vec<f64> = accounts.iter().map(|a| of(*a).count() as f64).collect();
    let total: f64 = activity.iter().sum();
    let share = activity.iter().map(|k| k * (k - 1.0)).sum::<f64>() / (total * total).max(1.0);
    let keys: Vec<Scattered> = accounts
        .par_chunks(accounts.len() / PARTS + 1)
        .map(|accounts| {
            let mut keys = Scattered::new(accounts.iter().map(|a| pairs(census.degree[*a as usize]) as usize).sum());
            let mut targets: Vec<u32> = Vec::new();
            for a in accounts {
                targets.clear();
                targets.extend(of(*a));
                for (i, s) in targets.iter().enumerate() {
                    for t in targets[i + 1..].iter().filter(|t| census.author(*s) != census.author(**t)) {
                        keys.push(u64::from(*s.min(t)) << 32 | u64::from(*s.max(t)));
                    }
                }
            }
            keys
        })
        .collect();
    let line = (params.stray_edges_per_target / popular.max(1) as f64).ln();
    repeats(&keys, JOINT_MIN)
        .into_par_iter()
        .filter_map(|(key, n)| {
            let (a, b) = ((key >> 32) as u32, key as u32);
            let expected = f64::from(degree[a as usize]) * f64::from(degree[b as usize]) * share;
            let surprising = f64::from(n) > expected && ln_poisson_tail(n, expected) < line;
            surprising.then(|| ((a, b), f64::from(n), expected))
        })
        .collect()
}
