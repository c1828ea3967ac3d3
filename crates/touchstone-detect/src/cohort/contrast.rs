//! One trait of behaviour, inside a group and outside it: how much more likely is what the members did inside
//! if the group made them do it, than if they only did as they always do?
//!
//! Under the null an account's rate inside is its rate outside, which is known as far as its own actions
//! tell (Beta, starting from the whole log's spread); the likelihood is beta-binomial. Under the
//! alternative a group imposes one high rate, mixed over a few. The ratio has mean one under the null, for an account
//! and, the accounts being independent given their rates, for their product. The null is "at most so often": a rate below it is
//! no evidence for the group, however badly the null explains it, so ratios above one are cut to one there, which only
//! lowers the mean.

use crate::evalue::ln_mean;
use crate::likes::Likes;
use rayon::prelude::*;

/// How even members of a ring are, as a weight in trials: some are late, some forget, some are scripts.
const UNEVEN: f64 = 8.0;

/// Share of the lowest rate a group may impose that must show in the group as a whole: only what is plain to see counts.
const PLAIN: f64 = 0.75;

/// A Beta distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    /// Prior successes.
    pub a: f64,
    /// Prior failures.
    pub b: f64,
}

impl Beta {
    /// By moments from `(successes, trials)` of many accounts; rates that hardly differ get a weight
    /// of at most 200 trials.
    #[must_use]
    pub fn fit(counts: impl Iterator<Item = (u32, u32)>) -> Self {
        let of: Vec<(f64, f64)> = counts.filter(|c| c.1 >= 4).map(|(s, n)| (f64::from(s), f64::from(n))).collect();
        let (s, n) = of.iter().fold((0.0, 0.0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
        let mean = (s + 0.5) / (n + 1.0);
        if of.len() < 10 {
            return Self { a: mean, b: 1.0 - mean };
        }
        let own = mean * (1.0 - mean);
        let spread = of.iter().map(|(s, n)| n * (s / n - mean).powi(2)).sum::<f64>() / n;
        // Of the spread of rates, what counting alone gives.
        let counting = of.len() as f64 / n;
        let rho = ((spread / own - counting) / (1.0 - counting)).clamp(0.005, 0.95);
        let weight = 1.0 / rho - 1.0;
        Self { a: mean * weight, b: (1.0 - mean) * weight }
    }

    /// From a trait of single endorsements (by place; `None` where it cannot be told), over all accounts.
    #[must_use]
    pub fn of_accounts(likes: &Likes, hit: impl Fn(usize) -> Option<bool> + Sync) -> Self {
        let count = |a| likes.of_account(a).filter_map(&hit).fold((0, 0), |sum, h| (sum.0 + u32::from(h), sum.1 + 1));
        let counts: Vec<(u32, u32)> = (0..likes.accounts()).into_par_iter().map(count).collect();
        Self::fit(counts.into_iter())
    }

    /// After more trials.
    #[must_use]
    pub fn after(self, successes: u32, trials: u32) -> Self {
        Self { a: self.a + f64::from(successes), b: self.b + f64::from(trials - successes) }
    }

    /// Its mean.
    #[must_use]
    pub fn mean(self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// The same weight, at most `most`, about a mean of at least `least`.
    #[must_use]
    pub fn at_least(self, least: f64, most: f64) -> Self {
        let (mean, weight) = (self.mean().max(least), (self.a + self.b).min(most));
        Self { a: mean * weight, b: (1.0 - mean) * weight }
    }

    /// `ln` of the beta-binomial probability of one order of `successes` among `trials`.
    #[must_use]
    pub fn ln_likelihood(self, successes: u32, trials: u32) -> f64 {
        let rise = |from: f64, n: u32| (0..n).map(|i| (from + f64::from(i)).ln()).sum::<f64>();
        rise(self.a, successes) + rise(self.b, trials - successes) - rise(self.a + self.b, trials)
    }
}

/// What one account did inside the group, and what its rate was known to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inside {
    /// The account.
    pub account: u32,
    /// How often it showed the trait.
    pub successes: u32,
    /// Of how many occasions.
    pub trials: u32,
    /// Its rate if the group made no difference.
    pub null: Beta,
}

impl Inside {
    /// `ln` likelihood ratio of an imposed rate, about which members differ as people do, against the null.
    #[must_use]
    pub fn ln_ratio(&self, rate: f64) -> f64 {
        self.ln_ratio_about(rate, UNEVEN)
    }

    /// The same where members differ about the rate by this weight, in trials.
    #[must_use]
    pub fn ln_ratio_about(&self, rate: f64, weight: f64) -> f64 {
        let imposed = Beta { a: rate * weight, b: (1.0 - rate) * weight };
        let ln =
            imposed.ln_likelihood(self.successes, self.trials) - self.null.ln_likelihood(self.successes, self.trials);
        if f64::from(self.successes) > self.expected() { ln } else { ln.min(0.0) }
    }

    /// Successes under the null.
    fn expected(&self) -> f64 {
        f64::from(self.trials) * self.null.mean()
    }
}

/// `ln e` of a group: imposed rates are mixed evenly. Nothing speaks for the group where all of it together shows the trait no
/// more often than the null gives, or clearly less often than the lowest of these rates.
#[must_use]
pub fn ln_group(members: &[Inside], rates: &[f64]) -> f64 {
    let logs: Vec<f64> = rates.iter().map(|r| members.iter().map(|m| m.ln_ratio(*r)).sum()).collect();
    let ln = ln_mean(&logs);
    let sum = |of: fn(&Inside) -> f64| members.iter().map(of).sum::<f64>();
    let shown = sum(|m| f64::from(m.successes));
    let lowest = rates.iter().copied().fold(1.0, f64::min);
    let plain = shown > sum(Inside::expected) && shown >= PLAIN * lowest * sum(|m| f64::from(m.trials));
    if plain { ln } else { ln.min(0.0) }
}

/// Share of its occasions on which the group shows the trait, leaving one account out; kept off 0 and 1.
#[must_use]
pub fn rate_without(members: &[Inside], account: u32) -> f64 {
    let (s, n) = members
        .iter()
        .filter(|m| m.account != account)
        .fold((0.0, 0.0), |sum, m| (sum.0 + f64::from(m.successes), sum.1 + f64::from(m.trials)));
    ((s + 0.5) / (n + 1.0)).clamp(0.02, 0.98)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_mean_of_at_most_one_under_the_null() {
        let null = Beta { a: 0.7, b: 3.1 };
        let choose = |n: u32, k: u32| (0..k).map(|i| f64::from(n - i) / f64::from(k - i)).product::<f64>();
        let mean: f64 = (0..=6)
            .map(|s| {
                let m = Inside { account: 0, successes: s, trials: 6, null };
                choose(6, s) * null.ln_likelihood(s, 6).exp() * m.ln_ratio(0.8).exp()
            })
            .sum();
        assert!(mean <= 1.0 + 1e-9 && mean > 0.5, "{mean}");
    }

    #[test]
    fn what_happens_less_often_than_elsewhere_speaks_for_no_group() {
        // Sure that it happens nine times in ten, the null explains one in ten worse than a ring would.
        let null = Beta { a: 180.0, b: 20.0 };
        let few = Inside { account: 0, successes: 3, trials: 30, null };
        assert!(few.ln_ratio(0.6) <= 0.0);
        assert!(ln_group(&[few; 20], &[0.6, 0.8, 0.95]) <= 0.0);
        // More often than elsewhere, but far from what a ring imposes.
        let null = Beta { a: 2.0, b: 198.0 };
        assert!(ln_group(&[Inside { successes: 6, null, ..few }; 20], &[0.6, 0.8, 0.95]) <= 0.0);
        assert!(ln_group(&[Inside { successes: 27, null, ..few }; 20], &[0.6, 0.8, 0.95]) > 10.0);
    }

    #[test]
    fn a_fit_finds_mean_and_spread() {
        // Half of the accounts always, half never: as spread out as can be.
        let wild = Beta::fit((0..100).map(|i| if i % 2 == 0 { (10, 10) } else { (0, 10) }));
        assert!((wild.mean() - 0.5).abs() < 0.01 && wild.a + wild.b < 0.2, "{wild:?}");
        let tame = Beta::fit((0..100).map(|_| (3, 10)));
        assert!((tame.mean() - 0.3).abs() < 0.01 && tame.a + tame.b > 100.0, "{tame:?}");
    }
}
