//! The books of a group: do its members give as much as they get, and from strangers?
//!
//! Friends' books balance because each likes back who liked him. A board's balance although those who give and those who get are not
//! the same people: points see to it. So only endorsements between members of whom one never endorsed the other count here.
//!
//! In a community some are popular and others attentive, so what they give and get one way has little in common.

use crate::census::Census;
use crate::likes::Likes;
use std::collections::BTreeSet;

/// Balance among strangers from which books are kept rather than friendships: half. It gates one mark and proves nothing by itself.
pub const BALANCE_MIN: f64 = 0.5;

/// Of all one-way giving and getting among these accounts (ascending), the share that is balanced: `sum 2 min(given, got) / sum (given
/// + got)`, from 0 to 1. 0 where there is none, or where owners are unknown.
#[must_use]
pub fn balance(members: &[u32], likes: &Likes, census: &Census<'_>) -> f64 {
    let Some(owner) = census.owner else { return 0.0 };
    let place = |a: u32| members.binary_search(&a).ok();
    let gifts: Vec<(usize, usize)> = members
        .iter()
        .enumerate()
        .flat_map(|(n, a)| likes.of_account(*a).filter_map(move |i| Some((n, place(owner[likes.target[i] as usize])?))))
        .filter(|(giver, getter)| giver != getter)
        .collect();
    let ties: BTreeSet<(usize, usize)> = gifts.iter().copied().collect();
    let mut books = vec![(0u32, 0u32); members.len()];
    for (giver, getter) in gifts.into_iter().filter(|(a, b)| !ties.contains(&(*b, *a))) {
        books[giver].0 += 1;
        books[getter].1 += 1;
    }
    let (even, all) = books.iter().fold((0, 0), |s, (given, got)| (s.0 + 2 * given.min(got), s.1 + given + got));
    if all == 0 { 0.0 } else { f64::from(even) / f64::from(all) }
}
