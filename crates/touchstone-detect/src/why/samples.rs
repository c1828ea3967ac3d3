//! Endorsements that show a piece of evidence, a few of each: whoever checks a case opens these first.

use crate::census::Census;
use crate::cohort::mark::Mark;
use crate::cohort::run::Proven;
use crate::likes::{Likes, Seen};
use crate::schedule::HOUR;
use crate::signals::exchange::{LATE, SEQUENCE};
use std::collections::BTreeMap;

/// Shown of one piece of evidence.
const EACH: usize = 3;

/// By account and mark (`None`: what it endorsed at all of the ring's): `(target, ts)`, by time.
pub type Samples = BTreeMap<u32, BTreeMap<Option<Mark>, Vec<(u32, i64)>>>;

/// Samples for everybody who rather belongs to a ring than not, from the strongest ring of each.
#[must_use]
pub fn collect(rings: &[Proven], likes: &Likes, census: &Census<'_>) -> Samples {
    let mut all = Samples::new();
    for ring in rings {
        let users = users(ring, likes);
        for s in ring.standings.iter().filter(|s| s.belongs >= 0.5) {
            if all.contains_key(&s.account) {
                continue;
            }
            let is_inside = |i: &usize| ring.group.bicluster.targets.binary_search(&likes.target[*i]).is_ok();
            let inside: Vec<usize> = likes.of_account(s.account).filter(is_inside).collect();
            let of = all.entry(s.account).or_default();
            let mut take = |mark: Option<Mark>, shows: &dyn Fn(usize) -> bool| {
                let some: Vec<(u32, i64)> =
                    inside.iter().filter(|i| shows(**i)).take(EACH).map(|i| (likes.target[*i], likes.ts[*i])).collect();
                if !some.is_empty() {
                    of.insert(mark, some);
                }
            };
            take(None, &|_| true);
            for mark in s.by_mark.keys() {
                take(Some(*mark), &|i| shows(*mark, i, likes, census, &users));
            }
        }
    }
    all
}

/// How many members use each device on the ring's targets.
fn users(ring: &Proven, likes: &Likes) -> BTreeMap<u64, usize> {
    let mut users = BTreeMap::new();
    if likes.device.is_empty() {
        return users;
    }
    let group = &ring.group.bicluster;
    for a in &group.members {
        let inside = likes.of_account(*a).filter(|i| group.targets.binary_search(&likes.target[*i]).is_ok());
        let mut own: Vec<u64> = inside.map(|i| likes.device[i]).filter(|d| *d != 0).collect();
        own.sort_unstable();
        own.dedup();
        own.into_iter().for_each(|d| *users.entry(d).or_default() += 1);
    }
    users
}

/// Whether one endorsement shows a mark; marks of whole lives are shown by any.
fn shows(mark: Mark, i: usize, likes: &Likes, census: &Census<'_>, users: &BTreeMap<u64, usize>) -> bool {
    let own = likes.of_account(likes.account[i]);
    match mark {
        Mark::Unseen => likes.seen[i] == Seen::No,
        Mark::SharedDevice => likes.device.get(i).and_then(|d| users.get(d)).is_some_and(|n| *n > 1),
        Mark::InSequence | Mark::OneSitting => {
            let near = |j: usize| {
                own.contains(&j)
                    && (likes.ts[i] - likes.ts[j]).abs() < SEQUENCE
                    && census.author(likes.target[i]) != census.author(likes.target[j])
            };
            near(i + 1) || (i > 0 && near(i - 1))
        }
        Mark::Prompt => {
            likes.ts[i] - census.origin(likes.target[i], &[census.first_ts[likes.target[i] as usize]]) <= HOUR
        }
        Mark::Late => likes.ts[i] - census.origin(likes.target[i], &[census.first_ts[likes.target[i] as usize]]) > LATE,
        // Others' endorsements.
        Mark::Received => false,
        _ => true,
    }
}
