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
