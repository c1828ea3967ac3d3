//! E-values: the one currency of evidence.
//!
//! An e-value is a statistic `e >= 0` whose expectation under the null (innocent behaviour) is
//! at most one. By Markov's inequality at most one innocent in `1/e` shows as much. They are
//! kept as natural logarithms, because products of many overflow.

/// Bits of evidence, `log2(e)`, from `ln(e)`; rounded to a millionth so that the last digit of a
/// sum cannot decide a verdict.
#[must_use]
pub fn bits(ln_e: f64) -> f64 {
    let bits = ln_e / std::f64::consts::LN_2;
    (bits * 1e6).round() / 1e6
}

/// `ln` of the weighted mean of e-values given by `(weight, ln_e)`: valid under any dependence
/// (Vovk & Wang 2021). Weights need not sum to one; an empty or zero-weight list gives `ln 1`.
#[must_use]
pub fn ln_weighted_mean(parts: &[(f64, f64)]) -> f64 {
    let total: f64 = parts.iter().map(|p| p.0).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let top = parts.iter().filter(|p| p.0 > 0.0).map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        return f64::NEG_INFINITY;
    }
    let sum: f64 = parts.iter().map(|(w, l)| w * (l - top).exp()).sum();
    top + (sum / total).ln()
}

/// `ln` of the plain mean.
#[must_use]
pub fn ln_mean(ln_e: &[f64]) -> f64 {
    let parts: Vec<(f64, f64)> = ln_e.iter().map(|l| (1.0, *l)).collect();
    ln_weighted_mean(&parts)
}

/// Shares of a member's actions that a ring may control, over which the Bernoulli test mixes.
const CONTROL_SHARES: [f64; 7] = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95];

/// `ln e` of Bernoulli trials `(happened, chance under the null)` that are independent given
/// the past. The alternative: with probability `s` the event was caused (and so happened),
/// otherwise the null decided; `s` is mixed uniformly over `CONTROL_SHARES`. Each factor has mean
/// exactly one under the null, so the mean of the products does too.
#[must_use]
pub fn ln_bernoulli(trials: impl Iterator<Item = (bool, f64)> + Clone) -> f64 {
    let logs = CONTROL_SHARES.map(|s| {
        trials
            .clone()
            .map(|(happened, chance)| if happened { ((s + (1.0 - s) * chance) / chance).ln() } else { (1.0 - s).ln() })
            .sum::<f64>()
    });
    ln_mean(&logs)
}

/// Turns a p-value into `ln e` by the mixture calibrator
/// `e = (1 - p + p ln p) / (p (ln p)^2)`, the integral of `k p^(k-1)` over k in (0, 1)
/// (Vovk & Wang 2021, eq. 2). Its expectation under a uniform p is one.
#[must_use]
pub fn ln_from_p(ln_p: f64) -> f64 {
    if ln_p > -1e-4 {
        return (0.5f64).ln(); // the limit at p = 1
    }
    let p = ln_p.exp();
    (1.0 - p + p * ln_p).ln() - ln_p - 2.0 * (-ln_p).ln()
}

/// Most that one e-value counts for in [`ebh_threshold`], as `ln e`: sums of more would lose the small ones.
const LN_E_MOST: f64 = 40.0;

/// The closed e-BH procedure (Xu, Fischer & Ramdas 2025): with `n` subjects and level `q`, rejects the `k` largest e-values for the largest `k`
/// such that of every set of subjects, of which `j` are among them, the mean e-value is at least `j / (k q)`. Holds the false discovery rate
/// at `q` under any dependence: the innocent are such a set, so that their share of the rejected is at most `q` times their mean,
/// whose expectation is at most one. Rejects all that e-BH (Wang & Ramdas 2022) does, which asks of each for `n / (k q)`. Returns the
/// threshold on `ln e` (infinite if nothing is rejected); subjects not listed count as zero.
#[must_use]
pub fn ebh_threshold(ln_e: &[f64], n: usize, q: f64) -> f64 {
    let mut sorted: Vec<f64> = ln_e.iter().copied().filter(|l| *l > 0.0).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let e: Vec<f64> = sorted.iter().map(|l| l.min(LN_E_MOST).exp()).collect();
    // Sums of the smallest, by how many.
    let mut least = vec![0.0];
    e.iter().rev().for_each(|x| least.push(least[least.len() - 1] + x));
    let holds = |k: usize| {
        let mut of_rejected = 0.0;
        (1..=k).all(|j| {
            of_rejected += e[k - j];
            let asked = j as f64 / (k as f64 * q);
            // The set that is worst for these `j`: with all others that have less than is asked for.
            let less = e.len() - e.partition_point(|x| *x >= asked).max(k);
            let unlisted = n.saturating_sub(e.len());
            of_rejected + least[less] >= asked * (j + less + unlisted) as f64
        })
    };
    (1..=e.len()).rev().find(|k| holds(*k)).map_or(f64::INFINITY, |k| sorted[k - 1])
}

/// `ln P(X >= count)` for a Poisson variable with mean `mean`.
#[must_use]
pub fn ln_poisson_tail(count: u32, mean: f64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let n = f64::from(count);
    if mean >= n {
        // The body of the distribution: sum downwards and subtract.
        let mut term = -mean;
        let mut below = 0.0;
        for k in 0..count {
            if k > 0 {
                term += mean.ln() - f64::from(k).ln();
            }
            below += term.exp();
        }
        return (1.0 - below).max(f64::MIN_POSITIVE).ln();
    }
    let head = n * mean.ln() - mean - ln_factorial(count);
    let (mut sum, mut ratio, mut k) = (1.0, 1.0, n);
    while ratio > 1e-14 * sum {
        k += 1.0;
        ratio *= mean / k;
        sum += ratio;
    }
    (head + sum.ln()).min(0.0)
}

/// `ln n!` by Stirling's series (relative error below 1e-10 from 10 on; a table below).
#[must_use]
pub fn ln_factorial(n: u32) -> f64 {
    if n < 16 {
        return (2..=n).map(|k| f64::from(k).ln()).sum();
    }
    let x = f64::from(n) + 1.0;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3))
}

/// Tails heavy enough for a null whose spread was estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Student's t with four degrees of freedom: little is known of the null.
    Heavy,
    /// With eight: the null follows from what was measured.
    Light,
}

/// `ln P(T >= t)` for Student's t with an even number of degrees of freedom `v`: with
/// `s = t / sqrt(v + t^2)` and `c = v / (v + t^2)`, the upper tail is
/// `(1 - s * sum over k < v/2 of binomial(2k, k) (c / 4)^k) / 2` (Abramowitz & Stegun 26.7.4).
#[must_use]
pub fn ln_student_tail(t: f64, tail: Tail) -> f64 {
    // Beyond `far` the leading term of the expansion at infinity, `factor / t^v`: the difference
    // above has no digits left there.
    let (v, far, factor) = match tail {
        Tail::Heavy => (4.0, 60.0, 3.0f64),
        Tail::Light => (8.0, 25.0, 560.0f64),
    };
    if t > far {
        return factor.ln() - v * t.ln();
    }
    let (s, c) = (t / (v + t * t).sqrt(), v / (v + t * t));
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..(v as usize / 2) {
        term *= c * (2 * k - 1) as f64 / (2 * k) as f64;
        sum += term;
    }
    (0.5 * (1.0 - s * sum)).max(1e-300).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibrator_has_mean_one_under_a_uniform_p() {
        // Midpoint rule on a log grid: the mass sits near zero.
        let (mut sum, steps) = (0.0, 400_000);
        for i in 0..steps {
            let (hi, lo) = (-(i as f64) * 1e-3, -((i + 1) as f64) * 1e-3);
            let mid = 0.5 * (hi + lo);
            sum += ln_from_p(mid).exp() * (hi.exp() - lo.exp());
        }
        // What lies below p = e^-400 still holds 1/400 of the mass.
        assert!((sum - 1.0).abs() < 5e-3, "{sum}");
    }

    #[test]
    fn bernoulli_has_mean_one_under_its_null() {
        let chances = [0.02, 0.3, 0.5, 0.9];
        let mut mean = 0.0;
        for outcome in 0u32..16 {
            let trial = |i: usize| (outcome >> i & 1 == 1, chances[i]);
            let p: f64 = (0..4).map(|i| if trial(i).0 { chances[i] } else { 1.0 - chances[i] }).product();
            mean += p * ln_bernoulli((0..4).map(trial)).exp();
        }
        assert!((mean - 1.0).abs() < 1e-12, "{mean}");
    }

    #[test]
    fn ebh_follows_its_definition() {
        let e = [1000.0f64, 300.0, 150.0, 2.0].map(f64::ln);
        // n = 10, q = 0.1: thresholds 100, 50, 33, 25: three pass.
        assert_eq!(ebh_threshold(&e, 10, 0.1), e[2]);
        assert_eq!(ebh_threshold(&e, 10_000_000, 0.01), f64::INFINITY);
        assert_eq!(ebh_threshold(&[], 10, 0.1), f64::INFINITY);
    }

    /// The definition by brute force: of every set of subjects the mean.
    fn closed(e: &[f64], q: f64) -> f64 {
        let (n, mut sorted) = (e.len(), e.to_vec());
        sorted.sort_by(|a, b| b.total_cmp(a));
        let holds = |k: usize| {
            (1u32..1 << n).all(|set| {
                let of = (0..n).filter(|i| set >> i & 1 == 1);
                let (sum, rejected) = of.fold((0.0, 0), |s, i| (s.0 + sorted[i], s.1 + usize::from(i < k)));
                sum / f64::from(set.count_ones()) >= rejected as f64 / (k as f64 * q) * (1.0 - 1e-9)
            })
        };
        (1..=n).rev().find(|k| holds(*k)).map_or(f64::INFINITY, |k| sorted[k - 1])
    }

    proptest::proptest! {
        #[test]
        fn ebh_is_its_closure_and_rejects_no_less_than_the_plain_procedure(
            ln_e in proptest::collection::vec(-3.0f64..12.0, 1..10),
            q in 0.01f64..0.5,
        ) {
            let (n, found) = (ln_e.len(), ebh_threshold(&ln_e, ln_e.len(), q));
            // Whoever has less than one counts as nothing here.
            let e: Vec<f64> = ln_e.iter().map(|l| if *l > 0.0 { l.exp() } else { 0.0 }).collect();
            let asked = closed(&e, q);
            proptest::prop_assert!(found == asked || (found.exp() / asked - 1.0).abs() < 1e-9, "{found} {asked}");
            let mut sorted = ln_e;
            sorted.sort_by(|a, b| b.total_cmp(a));
            let plain = (1..=n).rev().find(|k| sorted[k - 1] >= (n as f64 / (*k as f64 * q)).ln());
            proptest::prop_assert!(plain.is_none_or(|k| found <= sorted[k - 1]));
        }
    }

    #[test]
    fn poisson_tail_matches_direct_sums() {
        for mean in [0.001, 0.5, 3.0, 20.0] {
            for count in [1u32, 2, 5, 30] {
                let direct: f64 =
                    (count..count + 400).map(|k| (f64::from(k) * f64::ln(mean) - mean - ln_factorial(k)).exp()).sum();
                let got = ln_poisson_tail(count, mean);
                if direct > 1e-12 {
                    assert!((got - direct.ln()).abs() < 1e-6, "{mean} {count}: {got} {}", direct.ln());
                }
            }
        }
    }

    #[test]
    fn student_tail_known_values() {
        for tail in [Tail::Heavy, Tail::Light] {
            assert!((ln_student_tail(0.0, tail).exp() - 0.5).abs() < 1e-12);
        }
        // Table values of the 5 % and 0.1 % points.
        assert!((ln_student_tail(2.132, Tail::Heavy).exp() - 0.05).abs() < 1e-4);
        assert!((ln_student_tail(7.173, Tail::Heavy).exp() - 0.001).abs() < 1e-5);
        assert!((ln_student_tail(1.860, Tail::Light).exp() - 0.05).abs() < 1e-4);
        assert!((ln_student_tail(4.501, Tail::Light).exp() - 0.001).abs() < 1e-5);
        for (far, tail) in [(60.0, Tail::Heavy), (25.0, Tail::Light)] {
            let step = ln_student_tail(far - 1e-6, tail) - ln_student_tail(far + 1e-6, tail);
            assert!(step.abs() < 0.1, "{tail:?}: {step}");
        }
    }

    #[test]
    fn means() {
        assert!((ln_mean(&[1f64.ln(), 3f64.ln()]).exp() - 2.0).abs() < 1e-12);
        assert_eq!(ln_weighted_mean(&[]), 0.0);
        assert!((ln_weighted_mean(&[(0.8, f64::NEG_INFINITY), (0.2, 5f64.ln())]).exp() - 1.0).abs() < 1e-12);
    }
}
