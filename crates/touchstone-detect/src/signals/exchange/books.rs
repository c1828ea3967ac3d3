//! The books of a group: do its members give as much as they get, and from strangers?
//!
//! Friends' books balance because each likes back who liked him. A board's balance although those who give and those who get are not
//! the same people: points see to it. So only endorsements between members of whom one never endorsed the other count here.
//!
//! In a community some are popular and others attentive, so what they give and get one way has little in common.

use crate::census::Census;
use crate::likes::Likes;
use std::collections::BTreeSet;

/// Balance among strangers from which books are kept rather than friendships: two fifths. On a small board nearly all who are active have
/// endorsed each other both ways, and what is left one way is lopsided. It gates one mark and proves nothing by itself.
pub const BALANCE_MIN: f64 = 0.4;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_likes;

    /// The books of accounts 0 to 9, of whom each owns the target of its number, by `(giver, getter)`.
    fn books(gifts: impl Iterator<Item = (u32, u32)>) -> f64 {
        let owners: Vec<u32> = (0..10).collect();
        let mut rows: Vec<(u32, u32)> = gifts.map(|(giver, getter)| (getter, giver)).collect();
        // What strangers give to them, and they to strangers, is in nobody's books.
        rows.extend((0..10).map(|t| (t, 10 + t)));
        with_likes(rows, Some(&owners), |likes, census| balance(&(0..10).collect::<Vec<u32>>(), likes, census))
    }

    #[test]
    fn books_balance_where_everybody_gives_as_he_gets_though_not_to_whom_he_gets_from() {
        // Each to the next three: given three, got three, nobody back to whom he got from.
        let round = || (0..10).flat_map(|a| (1..4).map(move |n| (a, (a + n) % 10)));
        assert!((books(round()) - 1.0).abs() < 1e-9);
        // Half of the members give, the other half gets.
        assert!(books((0..5).flat_map(|a| (5..10).map(move |b| (a, b)))).abs() < 1e-9);
        // Friends who like each other back are in no book.
        assert!(books((0..10).flat_map(|a| (0..10).map(move |b| (a, b))).filter(|(a, b)| a != b)).abs() < 1e-9);
        // Nor do they change what is.
        let friends = (0..5).flat_map(|a| [(2 * a, 2 * a + 1), (2 * a + 1, 2 * a)]);
        let apart = round().filter(|(a, b)| a / 2 != b / 2);
        let alone = books(apart.clone());
        assert!((books(apart.chain(friends)) - alone).abs() < 1e-9 && alone > 0.7, "{alone}");
        // Three who give and get alike beside seven who only give: balanced for three parts of ten.
        let few = (0..3).map(|a| (a, (a + 1) % 3)).chain((3..10).map(|a| (a, a % 3)));
        assert!(books(few) < BALANCE_MIN);
    }
}
