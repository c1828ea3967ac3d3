//! The order of a board: members who work off one list meet its entries in one order.
//!
//! # Sees
//! Two targets of different owners that a member endorsed in one sitting (each within [`SEQUENCE`] of the one before). Other members
//! who did the same had one of them first, too: was it the same one? Only neighbours within a sitting are asked, each against what all
//! others did, and only where the others have a majority.
//!
//! # Null model
//! People who scroll one feed meet its posts in one order as well. So the null is the larger of [`COURTESY_ORDER`] and what the order
//! of publication (or of first endorsements) explains: in a feed nearly all neighbours go from newer to older, or all from older to newer.
//!
//! # Innocent look-alikes
//! Readers of a digest or a starter pack work off a list in its order. They do not own what they endorse; should a
//! community read a digest of its own posts, its books do not balance ([`super::books`]). Those of them who are on the list and read it
//! give and get alike, so it counts who else works it off: a board serves its members, a digest whoever reads it ([`CLOSED_MIN`]).
//! Authors who alone read a digest of their own posts, in its order, are not told from a board by it; where it is known when posts
//! were published, something else must show it, too.
//!
//! # Source
//! Sequences in common as a trace of coordination: Pacheco et al. 2021, "Uncovering coordinated networks on social media" (hashtag
//! sequences).

use super::SEQUENCE;
use crate::census::Census;
use crate::cohort::contrast::{Beta, Inside};
use crate::likes::Likes;
use crate::partition::NO_TIME;
use std::collections::{BTreeMap, BTreeSet};

/// How often friends who come upon the same two posts in a sitting meet them in the same order, if all that is known is that they are
/// friends. An assumption: half would be chance, and feeds are sorted.
pub const COURTESY_ORDER: f64 = 0.75;

/// Weight of that, in pairs.
const WEIGHT: f64 = 20.0;

/// Of a longer sitting, so many endorsements are looked at: pairs grow with the square.
const SITTING_MAX: usize = 40;

/// Of those who work off a list the share who are on it, from which it is a board's; of a board's members not all have posted yet. A digest
/// of which three in five readers are among its authors is a circle.
pub const CLOSED_MIN: f64 = 0.6;

/// Neighbours met in the order of the others, and their share, from which an account works the list off.
const WORKS_FROM: u32 = 3;
const WORKS_SHARE: f64 = 0.75;

/// Pairs beyond which a group is not looked through: it is a part of the platform, not of a ring.
const PAIRS_MAX: usize = 4 << 20;

/// By account, how many of the neighbours in its sittings it met in the order in which most members did. `is_inside` says which
/// endorsements count; `accounts` ascend and hold the members. `None` where there is too much to look through, or where too many work it
/// off who are not on it.
#[must_use]
pub fn in_order(
    accounts: &[u32],
    members: &[u32],
    (likes, census): (&Likes, &Census<'_>),
    is_inside: &dyn Fn(usize) -> bool,
) -> Option<Vec<Inside>> {
    let sittings: Vec<Vec<Vec<usize>>> = accounts.iter().map(|a| sittings(*a, likes, is_inside)).collect();
    let is_member = |n: usize| members.binary_search(&accounts[n]).is_ok();
    let stranger = |i: usize, j: usize| census.author(likes.target[i]) != census.author(likes.target[j]);
    let mut orders: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut pairs = 0;
    for sitting in sittings.iter().enumerate().filter(|(n, _)| is_member(*n)).flat_map(|(_, s)| s) {
        pairs += sitting.len() * (sitting.len() - 1) / 2;
        if pairs > PAIRS_MAX {
            return None;
        }
        for (n, i) in sitting.iter().enumerate() {
            for j in sitting[n + 1..].iter().filter(|j| stranger(*i, **j)) {
                *orders.entry((likes.target[*i], likes.target[*j])).or_default() += 1;
            }
        }
    }
    let count = |a: u32, b: u32| orders.get(&(a, b)).copied().unwrap_or(0);
    let born = |t: u32| census.published.map(|p| p[t as usize]).filter(|p| *p != NO_TIME);
    let born = |t: u32| born(t).unwrap_or(census.first_ts[t as usize]);
    // Agreeing neighbours, all that were judged, and those that go from newer to older.
    let mut rows: Vec<(u32, u32, u32)> = Vec::with_capacity(accounts.len());
    for (n, of_account) in sittings.iter().enumerate() {
        let own = u32::from(is_member(n));
        let mut row = (0, 0, 0);
        for pair in of_account.iter().flat_map(|s| s.windows(2)).filter(|p| stranger(p[0], p[1])) {
            let (a, b) = (likes.target[pair[0]], likes.target[pair[1]]);
            let (same, other) = (count(a, b) - own, count(b, a));
            if same != other {
                row = (row.0 + u32::from(same > other), row.1 + 1, row.2 + u32::from(born(a) > born(b)));
            }
        }
        rows.push(row);
    }
    let listed: BTreeSet<u64> = orders.keys().flat_map(|(a, b)| [*a, *b]).map(|t| census.author(t)).collect();
    let works = |r: &(u32, u32, u32)| r.0 >= WORKS_FROM && f64::from(r.0) >= WORKS_SHARE * f64::from(r.1);
    let workers = || accounts.iter().zip(&rows).filter(|(_, r)| works(r)).map(|(a, _)| u64::from(*a));
    let on_it = workers().filter(|a| listed.contains(a)).count();
    if (on_it as f64) < CLOSED_MIN * workers().count() as f64 {
        return None;
    }
    let (judged, newest_first) = rows.iter().fold((0u32, 0u32), |s, r| (s.0 + r.1, s.1 + r.2));
    let downwards = f64::from(newest_first) / f64::from(judged.max(1));
    let by_age = if judged == 0 { 0.0 } else { downwards.max(1.0 - downwards) };
    let usual = COURTESY_ORDER.max(by_age).min(0.99);
    let null = Beta { a: usual * WEIGHT, b: (1.0 - usual) * WEIGHT };
    let row = |(account, r): (&u32, (u32, u32, u32))| Inside { account: *account, successes: r.0, trials: r.1, null };
    Some(accounts.iter().zip(rows).map(row).collect())
}

/// An account's sittings: runs of endorsements that count, by place, each soon after the one before.
fn sittings(account: u32, likes: &Likes, is_inside: &dyn Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let inside: Vec<usize> = likes.of_account(account).filter(|i| is_inside(*i)).collect();
    let runs = inside.chunk_by(|a, b| likes.ts[*b] - likes.ts[*a] < SEQUENCE);
    runs.filter(|r| r.len() > 1).map(|r| r[..r.len().min(SITTING_MAX)].to_vec()).collect()
}
