//! Pairs that met more often than their degrees explain.
//!
//! *Source*: Chung & Lu 2002 for the null; Benjamini & Hochberg 1995; the windowed form is worked
//! out in the project's notes on peers.
//!
//! *Formula*: with k likes of an account, d of a target, m in all, and q_t the share of a target's
//! pairs of likers within the window, two accounts are expected to meet on
//! k_u k_v sum_t d_t^2 q_t / m^2 targets. The p-value of N meetings is the Poisson tail.
//! Benjamini-Hochberg at 1 % over all n (n - 1) / 2 pairs, seen or not; components of at least 5
//! accounts are accused. Score: -log2 of an account's smallest p-value.
//!
//! *Deviations*: targets of more than 2,000 likes are left out of pairs and sum alike.

use super::Verdicts;
use super::components::components;
use super::pairs;
use crate::likes::Likes;

const LIKES_MAX: usize = 2000;
const FDR: f64 = 0.01;
const MEMBERS_MIN: usize = 5;

pub(super) fn run(likes: &Likes, window_ms: Option<i64>) -> Verdicts {
    let window_ms = window_ms.unwrap_or(i64::MAX);
    let given = likes.given();
    let expected = expected_of_unit_degrees(likes, window_ms);
    let pairs = pairs::count(likes, window_ms, LIKES_MAX);
    let mut tails: Vec<(f64, u32, u32)> = pairs
        .iter()
        .map(|pair| {
            let mean = f64::from(given[pair.a as usize]) * f64::from(given[pair.b as usize]) * expected;
            (ln_poisson_tail(pair.targets, mean), pair.a, pair.b)
        })
        .collect();
    tails.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let active = given.iter().filter(|&&given| given > 0).count() as f64;
    let rejected = benjamini_hochberg(tails.iter().map(|tail| tail.0), active * (active - 1.0) / 2.0);

    let mut verdicts = Verdicts::none(likes.accounts.len());
    for &(ln_p, a, b) in &tails {
        for account in [a, b] {
            let score = &mut verdicts.scores[account as usize];
            *score = score.max(-ln_p / std::f64::consts::LN_2);
        }
    }
    let edges = tails[..rejected].iter().map(|&(_, a, b)| (a, b));
    verdicts.rings = components(likes.accounts.len(), edges, MEMBERS_MIN);
    verdicts.accused = verdicts.rings.iter().map(Option::is_some).collect();
    verdicts
}

/// The sum in the formula, over m^2.
fn expected_of_unit_degrees(likes: &Likes, window_ms: i64) -> f64 {
    let mut sum = 0.0;
    for target in likes.by_target().filter(|target| (2..=LIKES_MAX).contains(&target.len())) {
        let degree = target.len() as f64;
        let mut within = 0_u64;
        pairs::meetings(target, window_ms, |_, _| within += 1);
        sum += degree * degree * within as f64 / (degree * (degree - 1.0) / 2.0);
    }
    let all = likes.likes.len().max(1) as f64;
    sum / (all * all)
}

/// How many of the ascending ln p-values are rejected among `tests` tests.
fn benjamini_hochberg(ascending: impl Iterator<Item = f64>, tests: f64) -> usize {
    let mut rejected = 0;
    for (place, ln_p) in ascending.enumerate() {
        let rank = place as f64 + 1.0;
        if ln_p <= (rank * FDR / tests).ln() {
            rejected = place + 1;
        }
    }
    rejected
}

/// ln P(X >= count) of a Poisson variable.
fn ln_poisson_tail(count: u32, mean: f64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // The first term, then the ratios of those after it.
    let ln_factorial: f64 = (1..=count).map(|n| f64::from(n).ln()).sum();
    let first = -mean + f64::from(count) * mean.ln() - ln_factorial;
    let (mut term, mut sum, mut n) = (1.0, 1.0, f64::from(count));
    loop {
        n += 1.0;
        term *= mean / n;
        sum += term;
        // Terms grow until n passes the mean.
        if n > mean && term < sum * 1e-15 {
            return (first + sum.ln()).min(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;

    #[test]
    fn tails_are_those_of_the_definition() {
        for (count, mean) in [(1, 0.01), (3, 2.5), (10, 3.0), (2, 30.0)] {
            let mut below = 0.0;
            let mut term = f64::exp(-mean);
            for n in 0..count {
                below += term;
                term *= mean / f64::from(n + 1);
            }
            assert!((ln_poisson_tail(count, mean).exp() - (1.0 - below)).abs() < 1e-12, "{count} {mean}");
        }
        assert_eq!(ln_poisson_tail(0, 5.0), 0.0);
        // Far out, where a difference from 1 would be nothing.
        assert!((ln_poisson_tail(40, 0.01) - (-0.01 + 40.0 * 0.01_f64.ln() - 110.320_639_714_757_4)).abs() < 1e-3);
    }

    #[test]
    fn benjamini_hochberg_steps_up() {
        let p = [0.0005_f64, 0.0021, 0.0029, 0.5];
        // Lines of 10 tests: 0.001, 0.002, 0.003, 0.004: the third carries the second with it.
        assert_eq!(benjamini_hochberg(p.iter().map(|p| p.ln()), 10.0), 3);
    }

    #[test]
    fn a_ring_among_people_is_found_alone() {
        let mut rows = Vec::new();
        let mut random = touchstone_sim::random::Random::stream(3, 0, 0);
        for person in 0..600 {
            let mut seen = std::collections::BTreeSet::new();
            while seen.len() < 8 {
                seen.insert(random.below(200) as u32);
            }
            rows.extend(seen.into_iter().map(|post| (person, post, random.below(1_000_000) as i64)));
        }
        for member in 600..610 {
            rows.extend((0..12).map(|order| (member, order * 16, i64::from(order) * 50_000 + i64::from(member))));
        }
        let verdicts = run(&likes(&rows), Some(7_200_000));
        let found: Vec<usize> = (0..610).filter(|&account| verdicts.accused[account]).collect();
        assert_eq!(found, (600..610).collect::<Vec<_>>());
        assert!(verdicts.rings[600..].iter().all(|&ring| ring == Some(0)));
    }
}
