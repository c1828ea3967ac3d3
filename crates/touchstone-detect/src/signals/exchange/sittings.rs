//! How an account goes from one task to the next, when it is known which they are.
//!
//! # Sees
//! Of an account's endorsements of an exchange's tasks, by time: how often the next came at once ([`super::SITTING`]), of another owner? A
//! member works off a list; whoever has the same posts from a feed, or is a friend of a few members, has them between others.
//!
//! # Null model
//! How often it is so of those who endorsed two tasks or more and are no members, as far as that is settled: friends, readers, fans of
//! several customers. They differ among each other (beta-binomial), and are assumed to do so one time in [`USUAL_MIN`] at least.
//!
//! # Innocent look-alikes
//! A friend of several members who looks all of them up in one sitting, and nobody else: so once is little, again is less than it was.
//!
//! # Cost
//! Linear in endorsements of the ring's targets.

use super::SITTING;
use crate::census::Census;
use crate::cohort::contrast::{Beta, Inside, rate_without};
use crate::evalue::ln_mean;
use crate::likes::Likes;

/// Least share of steps from task to task that are taken at once by those who are no members. An assumption.
pub const USUAL_MIN: f64 = 0.05;

/// Weight of what is usual, in steps: how different those are who do so. Assumed: members who were not found are among them.
const WEIGHT: f64 = 8.0;

/// Shares of the members' rate that a member may have: some do one task a sitting.
const RATES: [f64; 3] = [1.0, 0.75, 0.4];

/// Steps of an account from one of these targets (ascending) to the next, of another owner: `(at once, all)`.
#[must_use]
pub fn steps(account: u32, targets: &[u32], likes: &Likes, census: &Census<'_>) -> (u32, u32) {
    let inside: Vec<usize> =
        likes.of_account(account).filter(|i| targets.binary_search(&likes.target[*i]).is_ok()).collect();
    let stranger = |p: &&[usize]| census.author(likes.target[p[0]]) != census.author(likes.target[p[1]]);
    let of = |sum: (u32, u32), p: &[usize]| (sum.0 + u32::from(likes.ts[p[1]] - likes.ts[p[0]] < SITTING), sum.1 + 1);
    inside.windows(2).filter(stranger).fold((0, 0), of)
}

/// What is usual among those who do not belong: steps with the probability of belonging.
#[must_use]
pub fn usual(steps: impl Iterator<Item = ((u32, u32), f64)>) -> Beta {
    let (at_once, steps) = steps.filter(|s| s.1 < 0.5).fold((0, 0), |s, x| (s.0 + x.0.0, s.1 + x.0.1));
    let mean = ((f64::from(at_once) + 0.5) / (f64::from(steps) + 1.0)).max(USUAL_MIN);
    Beta { a: mean * WEIGHT, b: (1.0 - mean) * WEIGHT }
}

/// `ln` of how much likelier an account's steps are a member's; `members` are the steps of members.
#[must_use]
pub fn ln_ratio(account: u32, (successes, trials): (u32, u32), null: Beta, members: &[Inside]) -> (f64, Inside) {
    let inside = Inside { account, successes, trials, null };
    let rate = rate_without(members, account);
    (ln_mean(&RATES.map(|share| inside.ln_ratio(share * rate))), inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_timed_likes;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn steps_go_from_task_to_task_past_what_is_none() {
        // Target 9 is no task; 0 and 1 are one owner's.
        let rows =
            vec![(0, 7, 0), (9, 7, MINUTE), (2, 7, 2 * MINUTE), (3, 7, 60 * MINUTE), (0, 8, 0), (1, 8, 1), (9, 6, 0)];
        with_timed_likes(rows, Some(&[50, 50, 51, 52, 53, 54, 55, 56, 57, 58]), |likes, census| {
            let of = |a| steps(a, &[0, 1, 2, 3], likes, census);
            assert_eq!([of(7), of(8), of(6)], [(1, 2), (0, 0), (0, 0)]);
        });
    }

    #[test]
    fn what_is_usual_is_learned_from_those_who_do_not_belong() {
        let all = || (0..50).map(|_| ((1, 5), 0.1)).chain((0..9).map(|_| ((9, 9), 0.99)));
        let of = usual(all());
        assert!((of.mean() - 50.5 / 251.0).abs() < 1e-9, "{of:?}");
        assert!((usual((0..50).map(|_| ((0, 5), 0.1))).mean() - USUAL_MIN).abs() < 1e-12);
    }

    #[test]
    fn once_is_little_and_again_is_less_than_it_was() {
        let null = usual((0..50).map(|_| ((0, 5), 0.0)));
        let members: Vec<Inside> = (0..20).map(|account| Inside { account, successes: 9, trials: 10, null }).collect();
        let of = |steps| ln_ratio(99, steps, null, &members).0;
        let each: Vec<f64> = (1..4).map(|n| of((n, n)) - of((n - 1, n - 1))).collect();
        assert!(each[0] > 2.0 && each[0] < 3.0 && each[0] > each[1] && each[1] > each[2] && each[2] > 0.0, "{each:?}");
        // Who never does it is rather no member.
        assert!(of((0, 6)) < -1.0, "{}", of((0, 6)));
        assert!(of((0, 0)).abs() < 1e-12);
    }
}
