//! What an account receives: a board's members work off its posts as they do each other's.
//!
//! # Sees
//! Endorsements by those who surely belong to an exchange of what an account owns: did they come in sequence with others
//! ([`super::Timing::sequence`]), as tasks do, or as the same members endorse anybody's?
//!
//! # Null model
//! How often members endorse in sequence what accounts own that surely are not of the exchange. What a member receives is a mixture of
//! tasks and of what its friends like; the ratio mixes evenly over their shares.
//!
//! # Innocent look-alikes
//! A friend whose posts members like (not in sequence), and whoever's posts are put on a board by others. Nobody chooses what he receives:
//! it says at most [`LN_RECEIVED_MAX`], and never more than the account's own conduct does.

use super::Timing;
use crate::census::Census;
use crate::cohort::contrast::{Beta, Inside, rate_without};
use crate::evalue::ln_mean;
use crate::likes::Likes;
use crate::partition::NONE;
use std::collections::BTreeMap;

/// Most that it may say for or against an account, in `ln` (8 bits).
pub const LN_RECEIVED_MAX: f64 = 5.55;

/// Weight of what is usual, in endorsements.
const WEIGHT: f64 = 20.0;

/// Shares of what a member receives that may be tasks.
const TASKS: [f64; 4] = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0];

/// By account that received anything of members (`certain`, ascending): `ln` of how much likelier that is of a member, and the counts.
/// `is_other` says who surely is none. Empty where owners or times are unknown.
#[must_use]
pub fn receipts(
    certain: &[u32],
    is_other: &dyn Fn(u32) -> bool,
    (likes, census): (&Likes, &Census<'_>),
    timing: &Timing,
) -> BTreeMap<u32, (f64, Inside)> {
    let Some(owner) = census.owner.filter(|_| !timing.sequence.is_empty()) else { return BTreeMap::new() };
    let is_certain = |a: u32| certain.binary_search(&a).is_ok();
    let mut got: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let mut elsewhere = (0u32, 0u32);
    for (giver, i) in certain.iter().flat_map(|a| likes.of_account(*a).map(move |i| (*a, i))) {
        let (getter, hit) = (owner[likes.target[i] as usize], u32::from(timing.sequence[i]));
        if getter != NONE && getter != giver {
            let of = got.entry(getter).or_default();
            *of = (of.0 + hit, of.1 + 1);
            if is_other(getter) {
                elsewhere = (elsewhere.0 + hit, elsewhere.1 + 1);
            }
        }
    }
    let usual = (f64::from(elsewhere.0) + 0.5) / (f64::from(elsewhere.1) + 1.0);
    let null = Beta { a: usual * WEIGHT, b: (1.0 - usual) * WEIGHT };
    let rows: Vec<Inside> =
        got.into_iter().map(|(account, (successes, trials))| Inside { account, successes, trials, null }).collect();
    let of_members: Vec<Inside> = rows.iter().filter(|r| is_certain(r.account)).copied().collect();
    let said = |row: Inside| {
        let of_tasks = rate_without(&of_members, row.account);
        let ln = ln_mean(&TASKS.map(|share| row.ln_ratio(usual + share * (of_tasks - usual))));
        (row.account, (ln.clamp(-LN_RECEIVED_MAX, LN_RECEIVED_MAX), row))
    };
    rows.into_iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_timed_likes;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn what_members_do_as_tasks_says_much_and_never_more_than_its_most() {
        // Members 0 to 19 each work off, within minutes, what all of them own (targets of their numbers), target 40 of account 40 and, one of
        // them, 41 of account 41; what strangers 50 to 89 own they like at other times.
        let mut rows = Vec::new();
        for member in 0..20u32 {
            let start = i64::from(member) * 1000 * MINUTE;
            let tasks = (0..20).filter(|t| *t != member).chain([40]).chain((member < 1).then_some(41));
            rows.extend(tasks.enumerate().map(|(n, t)| (t, member, start + n as i64 * MINUTE)));
            rows.extend(
                (0..10).map(|n| (50 + (member * 3 + n * 4) % 40, member, start + (100 + i64::from(n) * 10) * MINUTE)),
            );
        }
        let owners: Vec<u32> = (0..90).collect();
        with_timed_likes(rows, Some(&owners), |likes, census| {
            let members: Vec<u32> = (0..20).collect();
            let of = receipts(&members, &|a| a >= 50, (likes, census), &Timing::new(likes, census));
            assert!((of[&40].0 - LN_RECEIVED_MAX).abs() < 1e-12, "{:?}", of[&40]);
            assert!(of[&41].0 > 2.0 && of[&41].0 < LN_RECEIVED_MAX, "{:?}", of[&41]);
            assert!((50..90).all(|a| of.get(&a).is_none_or(|r| r.0 < 0.0)), "{of:?}");
        });
    }
}
