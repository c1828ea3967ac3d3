//! Which endorsements of members are tasks, when it is known who the members are.
//!
//! # Sees
//! A board's list is worked off in sittings, so a task is endorsed close to other tasks ([`is_near`]), be it one of many or one that hardly
//! anybody took. What a member likes of its own taste, even of a customer of the board, comes at other times.
//!
//! # Null model
//! What members endorse is a mixture by target: of a task their endorsements are near others as often as of the known tasks, of anything
//! else as often as they happen to come in a sitting. That rate, and how common tasks are among what known customers, members and others
//! own, are learned from the mixture itself (expectation maximisation).
//!
//! # Innocent look-alikes
//! A friend's post that a member liked, a hit that many members liked: seldom in the midst of tasks.
//!
//! # Cost
//! Linear in the members' endorsements.
//!
//! # Source
//! Dempster, Laird & Rubin 1977 (EM for mixtures).

use super::SITTING;
use crate::census::Census;
use crate::likes::Likes;
use crate::partition::NONE;
use std::collections::{BTreeMap, BTreeSet};

/// Rounds of the mixture; it settles in three or four.
const ROUNDS: usize = 8;

/// How common tasks are at first among what a known customer owns, what a member owns, and anything else.
const COMMON: [f64; 3] = [0.5, 0.3, 0.01];

/// Least and most share in any class and rate: none is certain before it is seen.
const LEAST: f64 = 1e-3;

/// Weight of what is assumed at first, in targets and in endorsements.
const WEIGHT: f64 = 2.0;

/// What is known of a board's tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Tasks {
    /// Share of the endorsements of known tasks that are near others.
    pub near: f64,
    /// The same for what members endorse of their own taste.
    pub near_own: f64,
    /// Of the targets not known as tasks that members endorsed, the probability that they are.
    likely: BTreeMap<u32, f64>,
}

/// Whether an endorsement, by place, comes within [`SITTING`] of another by the same account, of a known task (`targets`, ascending) of
/// another owner.
#[must_use]
pub fn is_near(i: usize, targets: &[u32], likes: &Likes, census: &Census<'_>) -> bool {
    let all = likes.of_account(likes.account[i]);
    let soon = |j: &usize| (likes.ts[*j] - likes.ts[i]).abs() < SITTING;
    let other = census.author(likes.target[i]);
    let is_task = |j: usize| census.author(likes.target[j]) != other && targets.binary_search(&likes.target[j]).is_ok();
    (all.start..i).rev().take_while(soon).any(is_task) || (i + 1..all.end).take_while(soon).any(is_task)
}

/// Endorsements of one target by members.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    near: u32,
    all: u32,
    class: usize,
}

impl Tasks {
    /// Learns them from what `members` (ascending) endorsed. `None` where times or owners are unknown, or nothing is known as a task.
    #[must_use]
    pub fn learn(members: &[u32], targets: &[u32], likes: &Likes, census: &Census<'_>) -> Option<Self> {
        let owner = census.owner.filter(|_| census.timed)?;
        let customers: BTreeSet<u32> = targets.iter().map(|t| owner[*t as usize]).filter(|o| *o != NONE).collect();
        let class = |target: u32| match owner[target as usize] {
            o if customers.contains(&o) => 0,
            o if members.binary_search(&o).is_ok() => 1,
            _ => 2,
        };
        let (mut near, mut known) = (0u32, 0u32);
        let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
        for i in members.iter().flat_map(|a| likes.of_account(*a)) {
            let (target, hit) = (likes.target[i], u32::from(is_near(i, targets, likes, census)));
            if targets.binary_search(&target).is_ok() {
                (near, known) = (near + hit, known + 1);
            } else {
                let row = rows.entry(target).or_insert_with(|| Row { class: class(target), ..Row::default() });
                (row.near, row.all) = (row.near + hit, row.all + 1);
            }
        }
        let near = share(f64::from(near), f64::from(known), 0.5);
        (known > 0).then(|| Self::fit(near, &rows))
    }

    fn fit(near: f64, rows: &BTreeMap<u32, Row>) -> Self {
        let mut common = COMMON;
        let others = rows.values().filter(|r| r.class == 2).fold((0, 0), |s, r| (s.0 + r.near, s.1 + r.all));
        let usual = share(f64::from(others.0), f64::from(others.1), 0.05).min(near);
        let mut near_own = usual;
        let mut likely = Vec::new();
        for _ in 0..ROUNDS {
            let ln = |row: &Row, rate: f64| {
                f64::from(row.near) * rate.ln() + f64::from(row.all - row.near) * (1.0 - rate).ln()
            };
            let posterior = |row: &Row| {
                let odds = common[row.class] / (1.0 - common[row.class]) * (ln(row, near) - ln(row, near_own)).exp();
                if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 }
            };
            likely = rows.values().map(posterior).collect();
            let mut tasks = [(0.0, 0.0); 3];
            let mut own = (0.0, 0.0);
            for (row, p) in rows.values().zip(&likely) {
                let of = &mut tasks[row.class];
                *of = (of.0 + p, of.1 + 1.0);
                own = (own.0 + (1.0 - p) * f64::from(row.near), own.1 + (1.0 - p) * f64::from(row.all));
            }
            for (class, (sum, n)) in tasks.into_iter().enumerate() {
                common[class] = share(sum, n, COMMON[class]);
            }
            near_own = share(own.0, own.1, usual).min(near);
        }
        Self { near, near_own, likely: rows.keys().copied().zip(likely).collect() }
    }

    /// Probability that a target not known as a task is one.
    #[must_use]
    pub fn likely(&self, target: u32) -> f64 {
        self.likely.get(&target).copied().unwrap_or(0.0)
    }

    /// How much likelier an endorsement is to be near others, or not, as a task than of the member's own taste.
    #[must_use]
    pub fn ratio(&self, near: bool) -> f64 {
        if near { self.near / self.near_own } else { (1.0 - self.near) / (1.0 - self.near_own) }
    }
}

/// A share, drawn towards what is `assumed`, off zero and one.
fn share(sum: f64, n: f64, assumed: f64) -> f64 {
    ((sum + WEIGHT * assumed) / (n + WEIGHT)).clamp(LEAST, 1.0 - LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_timed_likes;

    const MINUTE: i64 = 60_000_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    /// Ten members who each day work off three of the tasks 0 to 9 (each of the owner of its number) within minutes. Beside them, in the
    /// midst of it, two take a task of a known customer (10) and one of a stranger's (11); a day later all ten come upon a hit (12) and two
    /// upon what a customer posted (13). They like what strangers post, too, far from it all.
    fn board() -> (Vec<(u32, u32, i64)>, Vec<u32>) {
        let owners: Vec<u32> = (0..10).chain([3, 50, 51, 4]).chain(60..200).collect();
        let mut rows = Vec::new();
        for member in 100..110u32 {
            for day in 0..6 {
                let start = i64::from(day) * 4 * DAY + i64::from(member) * 7 * MINUTE;
                for n in 0..3 {
                    rows.push(((member + day * 3 + n) % 10, member, start + i64::from(n) * MINUTE));
                }
                rows.push((14 + (member * 6 + day) % 100, member, start + DAY));
            }
            rows.push((12, member, 2 * DAY + i64::from(member) * MINUTE));
        }
        for member in [100, 101] {
            let start = i64::from(member) * 7 * MINUTE + 3 * MINUTE;
            rows.extend([(10, member, start), (13, member, 3 * DAY + start)]);
        }
        rows.push((11, 102, 102 * 7 * MINUTE + 3 * MINUTE));
        rows.sort_unstable_by_key(|r| (r.0, r.1));
        rows.dedup_by_key(|r| (r.0, r.1));
        (rows, owners)
    }

    #[test]
    fn tasks_are_what_comes_among_tasks() {
        let (rows, owners) = board();
        let (members, known): (Vec<u32>, Vec<u32>) = ((100..110).collect(), (0..10).collect());
        with_timed_likes(rows, Some(&owners), |likes, census| {
            let tasks = Tasks::learn(&members, &known, likes, census).unwrap();
            assert!(tasks.near > 0.8 && tasks.near_own < 0.05, "{tasks:?}");
            assert!(tasks.likely(10) > 0.95, "a customer's: {}", tasks.likely(10));
            assert!(tasks.likely(12) < 0.001 && tasks.likely(13) < 0.05, "{} {}", tasks.likely(12), tasks.likely(13));
            // Of a stranger's, whom tasks hardly ever are, one endorsement may have come so by chance.
            assert!((0.5..0.9).contains(&tasks.likely(11)), "a stranger's: {}", tasks.likely(11));
            assert_eq!(tasks.likely(3), 0.0, "known ones are not asked");
            assert!(tasks.ratio(true) > 10.0 && tasks.ratio(false) < 0.2, "{tasks:?}");
        });
    }

    #[test]
    fn without_owners_or_times_there_are_none() {
        let (rows, owners) = board();
        let (members, known): (Vec<u32>, Vec<u32>) = ((100..110).collect(), (0..10).collect());
        with_timed_likes(rows.clone(), None, |l, c| assert_eq!(Tasks::learn(&members, &known, l, c), None));
        with_timed_likes(rows, Some(&owners), |l, c| {
            assert_eq!(Tasks::learn(&members, &known, l, &Census { timed: false, ..*c }), None);
            assert_eq!(Tasks::learn(&members, &[], l, c), None);
        });
    }

    #[test]
    fn near_is_by_the_same_account_of_another_owner_within_a_sitting() {
        // Targets 0 and 1 are one owner's.
        let rows = vec![(0, 7, 0), (1, 7, MINUTE), (2, 7, 10 * MINUTE), (3, 7, 60 * MINUTE), (0, 8, 61 * MINUTE)];
        with_timed_likes(rows, Some(&[50, 50, 51, 52]), |likes, census| {
            let of: Vec<bool> = likes.of_account(7).map(|i| is_near(i, &[0, 1], likes, census)).collect();
            assert_eq!(of, [false, false, true, false]);
            let both = likes.of_account(7).next().unwrap();
            assert!(is_near(both, &[0, 2], likes, census));
        });
    }
}
