//! The side of the targets: groups of targets that share too many endorsers, and accounts with too many
//! of those.

use super::PoolEvidence;
use crate::census::Census;
use crate::evalue::{ln_from_p, ln_mean, ln_poisson_tail};
use crate::hash::mix64;
use crate::params::PoolParams;
use crate::partition::{NONE, Partition};
use crate::repeats::{Scattered, repeats, tally};
use crate::ring::group::groups;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Fold of an account: by its first time, which neither its name nor other accounts change.
#[must_use]
pub fn fold_of(account: u32, census: &Census<'_>, seed: u64) -> usize {
    let key = if census.timed { census.actor_first_ts[account as usize] as u64 } else { u64::from(account) };
    (mix64(key ^ mix64(seed ^ 0xF01D)) & 1) as usize
}

/// Share of accounts to sample so that at most `keys_max` target pairs arise.
#[must_use]
pub fn sample_rate(endorsements: u64, params: &PoolParams) -> f64 {
    (params.keys_max as f64 / (endorsements as f64 * params.neighbours_max as f64).max(1.0)).min(1.0)
}

/// Endorsements of sampled accounts, `(account, time, target)`. Merging is concatenation.
#[must_use]
pub fn count_sample(
    partition: &Partition<'_>,
    census: &Census<'_>,
    rate: f64,
    seed: u64,
    params: &PoolParams,
) -> Vec<(u32, i64, u32)> {
    let limit = (rate * u64::MAX as f64) as u64;
    let mut sample = Vec::new();
    for range in partition.targets() {
        if range.len() < params.popularity_min as usize {
            continue;
        }
        for i in range {
            let account = partition.actor[i];
            if census.degree[account as usize] < 3 {
                continue;
            }
            let key = if census.timed { census.actor_first_ts[account as usize] as u64 } else { u64::from(account) };
            if rate >= 1.0 || mix64(key ^ mix64(seed ^ 0x5A17)) < limit {
                sample.push((account, partition.ts[i], partition.target[i]));
            }
        }
    }
    sample
}

/// Suspicious groups of targets, found on the accounts of one fold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetGroups {
    /// Group of each target, or [`NONE`].
    pub group: Vec<u32>,
    /// Targets of each group.
    pub targets: Vec<Vec<u32>>,
}

/// Finds the groups in the sample of one fold.
#[must_use]
pub fn judge_groups(
    sample: &[(u32, i64, u32)],
    fold: usize,
    census: &Census<'_>,
    seed: u64,
    params: &PoolParams,
) -> TargetGroups {
    let mut rows: Vec<(u32, i64, u32)> =
        sample.iter().copied().filter(|r| fold_of(r.0, census, seed) == fold).collect();
    rows.par_sort_unstable();
    let mut weights: Vec<u32> = vec![0; census.popularity.len()];
    let mut keys = Scattered::new(rows.len() * params.neighbours_max / 2);
    let mut total = 0u64;
    for of_account in rows.chunk_by(|a, b| a.0 == b.0) {
        for (i, (_, _, s)) in of_account.iter().enumerate() {
            for (_, _, t) in of_account[i + 1..].iter().take(params.neighbours_max) {
                keys.push(u64::from(*s.min(t)) << 32 | u64::from(*s.max(t)));
                weights[*s as usize] += 1;
                weights[*t as usize] += 1;
                total += 1;
            }
        }
    }
    let keys = [keys];
    let weight = |t: u32| f64::from(weights[t as usize]);
    let sum: f64 = total as f64 * 2.0;
    let paired = weights.iter().filter(|w| **w > 0).count();
    let ln_p_max = (params.stray_edges_per_target / paired.max(1) as f64).ln();
    let counted: Vec<(u32, u32, u32, f64)> = repeats(&keys, params.joint_min as usize)
        .into_iter()
        .map(|(key, n)| {
            let (s, t) = ((key >> 32) as u32, key as u32);
            (s, t, n, weight(s) * weight(t) / sum)
        })
        .collect();
    let surprising = |n: u32, mean: f64| ln_poisson_tail(n, mean) <= ln_p_max;
    // Communities first, then what stands out within them.
    let coarse: Vec<(u32, u32, f64)> = counted
        .iter()
        .filter(|(_, _, n, mean)| surprising(*n, *mean))
        .map(|(s, t, n, mean)| (*s, *t, f64::from(*n) - mean))
        .collect();
    let communities = groups(&coarse, 2);
    let mut community = vec![NONE; census.popularity.len()];
    for (c, members) in communities.iter().enumerate() {
        members.iter().for_each(|t| community[*t as usize] = c as u32);
    }
    let community = |t: u32| Some(community[t as usize] as usize).filter(|c| *c != NONE as usize);
    let inside = tally(&keys, communities.len(), |key| {
        community((key >> 32) as u32).filter(|c| community(key as u32) == Some(*c))
    });
    let mass: Vec<f64> = communities.iter().map(|members| members.iter().map(|t| weight(*t)).sum()).collect();
    let lift = |c: usize| (inside[c] as f64 * 2.0 * sum / mass[c].powi(2)).max(1.0);
    let fine: Vec<(u32, u32, f64)> = counted
        .iter()
        .filter_map(|(s, t, n, mean)| {
            let (a, b) = (community(*s)?, community(*t)?);
            let mean = if a == b { mean * lift(a) } else { *mean };
            surprising(*n, mean).then(|| (*s, *t, f64::from(*n) - mean))
        })
        .collect();
    let targets = groups(&fine, params.targets_min);
    let mut group = vec![NONE; census.popularity.len()];
    for (g, members) in targets.iter().enumerate() {
        members.iter().for_each(|t| group[*t as usize] = g as u32);
    }
    TargetGroups { group, targets }
}

/// How many targets of a group each account of the other fold has: `(group, account)`, one entry
/// an endorsement. Merging is concatenation.
#[must_use]
pub fn count_tally(
    partition: &Partition<'_>,
    census: &Census<'_>,
    found: &TargetGroups,
    fold: usize,
    seed: u64,
) -> Vec<(u32, u32)> {
    let mut tally = Vec::new();
    for range in partition.targets() {
        let group = found.group[partition.target[range.start] as usize];
        if group != NONE {
            let of_fold = partition.actor[range].iter().filter(|a| fold_of(**a, census, seed) != fold);
            tally.extend(of_fold.map(|a| (group, *a)));
        }
    }
    tally
}

/// Judges the tallies of one direction. Order out: by account.
#[must_use]
pub fn judge(
    mut tally: Vec<(u32, u32)>,
    direction: usize,
    census: &Census<'_>,
    params: &PoolParams,
) -> Vec<PoolEvidence> {
    tally.sort_unstable();
    let cap = params.bits_max * std::f64::consts::LN_2;
    let mut by_account: BTreeMap<u32, Vec<PoolEvidence>> = BTreeMap::new();
    for of_group in tally.chunk_by(|a, b| a.0 == b.0) {
        let counts: Vec<(u32, u32, u32)> = of_group
            .chunk_by(|a, b| a == b)
            .map(|run| (run[0].1, run.len() as u32 - 1, census.degree[run[0].1 as usize].max(1) - 1))
            .filter(|(_, _, rest)| *rest > 0)
            .collect();
        let (rate, spread) = audience(&counts);
        for (account, more, rest) in counts {
            let ln_p = ln_beta_binomial_tail(more, rest, rate, spread);
            by_account.entry(account).or_default().push(PoolEvidence {
                account,
                group: of_group[0].0,
                direction: direction as u8,
                ln_e: ln_from_p(ln_p).min(cap),
                observed: more + 1,
                listed: 0,
                expected: 1.0 + f64::from(rest) * rate,
            });
        }
    }
    by_account
        .into_values()
        .filter_map(|all| {
            let best = all.iter().copied().max_by(|a, b| a.ln_e.total_cmp(&b.ln_e).then(b.group.cmp(&a.group)))?;
            Some(PoolEvidence { ln_e: ln_mean(&all.iter().map(|e| e.ln_e).collect::<Vec<_>>()), ..best })
        })
        .collect()
}

/// Rate and precision (`alpha + beta`) of a group's audience by moments, from `(account, hits,
/// trials)`.
pub(super) fn audience(counts: &[(u32, u32, u32)]) -> (f64, f64) {
    let (hits, trials): (f64, f64) =
        counts.iter().fold((0.0, 0.0), |(h, n), c| (h + f64::from(c.1), n + f64::from(c.2)));
    let rate = ((hits + 0.5) / (trials + 1.0)).clamp(1e-9, 1.0 - 1e-9);
    // Overdispersion rho: E[(x - n r)^2] = n r (1 - r) (1 + (n - 1) rho).
    let (mut excess, mut base) = (0.0, 0.0);
    for (_, x, n) in counts {
        let (x, n) = (f64::from(*x), f64::from(*n));
        excess += (x - n * rate).powi(2) - n * rate * (1.0 - rate);
        base += n * (n - 1.0) * rate * (1.0 - rate);
    }
    let rho = if base > 0.0 { (excess / base).clamp(1e-3, 0.9) } else { 0.9 };
    (rate, 1.0 / rho - 1.0)
}

/// `ln P(X >= x)` for `X` beta-binomial of `n` trials with mean `n rate` and precision `precision`.
pub(super) fn ln_beta_binomial_tail(x: u32, n: u32, rate: f64, precision: f64) -> f64 {
    if x == 0 {
        return 0.0;
    }
    let (a, b) = (rate * precision, (1.0 - rate) * precision);
    // P(0) by product, then the recurrence of successive terms; n is an account's activity.
    let mut ln_term = (0..n).map(|i| ((b + f64::from(i)) / (a + b + f64::from(i))).ln()).sum::<f64>();
    let mut below = 0.0;
    for k in 0..n {
        if k >= x {
            break;
        }
        below += ln_term.exp();
        let k = f64::from(k);
        let n = f64::from(n);
        ln_term += ((n - k) * (a + k) / ((k + 1.0) * (b + n - k - 1.0))).ln();
    }
    // Far tails lose digits in 1 - below; the term at x bounds them from below within a factor.
    let direct = 1.0 - below;
    if direct > 1e-9 { direct.ln() } else { ln_term.clamp(-690.0, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evalue::ln_factorial;

    #[test]
    fn beta_binomial_tail_is_a_tail() {
        // With a huge precision it is binomial.
        let (n, r) = (12u32, 0.3f64);
        let pmf = |k: u32| {
            (ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
                + f64::from(k) * r.ln()
                + f64::from(n - k) * (1.0 - r).ln())
            .exp()
        };
        for x in 1..=n {
            let direct: f64 = (x..=n).map(pmf).sum();
            let got = ln_beta_binomial_tail(x, n, r, 1e9).exp();
            assert!((got - direct).abs() < 1e-4 * direct.max(1e-6), "{x}: {got} {direct}");
        }
        // A wider spread makes extremes less surprising.
        assert!(ln_beta_binomial_tail(12, 12, 0.3, 2.0) > ln_beta_binomial_tail(12, 12, 0.3, 100.0));
    }
}
