//! Groups of accounts that work off the same targets, found without time, and what makes of a group a ring.
//!
//! # Sees
//! Pools of any size whose orders or tasks draw on the same accounts: farms fast and slow, exchanges, pods, stolen
//! tokens. Target pairs that share too many endorsers ([`overlap`]) fall into communities; each is refined
//! into a bicluster ([`refine`]).
//!
//! # Null model
//! People of one taste form such groups, too, so being in one proves nothing. A group becomes a ring by marks ([`marks`]):
//! traits of how its endorsements came about, each against what the same accounts do elsewhere ([`contrast`]), and by
//! two of them at least ([`proof`]). Then each account is judged for itself ([`members`]).
//!
//! # Innocent look-alikes
//! Courtesy circles, fan clubs, digests, starter packs, campuses, niches: they have one taste and sometimes one mark.
//!
//! # Cost
//! Pairs of targets an account, capped by a sample; the rest is linear in what groups hold.
//!
//! # Source
//! Karrer & Newman 2011 (degree correction), Blondel et al. 2008 and Reichardt & Bornholdt 2006 (communities), Wang & Ramdas
//! 2022 (e-BH).

pub mod contrast;
pub mod delivery;
pub mod marks;
pub mod members;
pub mod overlap;
pub mod proof;
pub mod refine;
pub mod run;
pub mod views;

use crate::census::Census;
use crate::likes::Likes;
use crate::params::CohortParams;
use crate::ring::group::communities;
use crate::ring::roster::Sets;
use rayon::prelude::*;
use refine::{Bicluster, refine};
use std::collections::{BTreeMap, BTreeSet};

/// Resolutions at which communities are looked for: a large exchange falls apart at a high one, two farms
/// with a customer in common stay one at a low one.
const RESOLUTIONS: [f64; 3] = [1.0, 4.0, 16.0];

/// Targets of a community.
const SEED_MIN: usize = 3;

/// Share of the smaller group's members and targets that two groups must have in common to be one.
const SAME: f64 = 0.5;

/// Finds all groups, largest first.
#[must_use]
pub fn find(likes: &Likes, census: &Census<'_>, seed: u64, params: &CohortParams) -> Vec<Bicluster> {
    let edges = overlap::edges(likes, census, seed, params);
    let seeds: BTreeSet<Vec<u32>> = RESOLUTIONS
        .par_iter()
        .flat_map_iter(|r| communities(&edges, *r, SEED_MIN))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    let seeds: Vec<Vec<u32>> = seeds.into_iter().collect();
    let found: BTreeSet<Bicluster> =
        seeds.par_iter().filter_map(|s| refine(likes, census, s)).collect::<Vec<_>>().into_iter().collect();
    let mut found: Vec<Bicluster> = found.into_iter().collect();
    let density = |b: &Bicluster| {
        let held =
            |a: &u32| likes.of_account(*a).filter(|i| b.targets.binary_search(&likes.target[*i]).is_ok()).count();
        let inside: usize = b.members.iter().map(held).sum();
        (inside as f64 / (b.members.len() * b.targets.len()) as f64 * 1e6) as u64
    };
    found.sort_by_cached_key(|b| (std::cmp::Reverse(density(b)), b.members.clone()));
    merged(distinct(found), likes, census)
}

/// Drops groups that a denser one contains for the most part: two rings with a customer in common look like one at a low
/// resolution, but thinner.
fn distinct(found: Vec<Bicluster>) -> Vec<Bicluster> {
    let mut of_account: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut kept: Vec<Bicluster> = Vec::new();
    for group in found {
        let same = common(&group, &of_account).into_iter().any(|(g, n)| {
            let targets = group.targets.iter().filter(|t| kept[g].targets.binary_search(t).is_ok()).count();
            most(group.members.len(), kept[g].members.len(), n)
                && most(group.targets.len(), kept[g].targets.len(), targets)
        });
        if !same {
            group.members.iter().for_each(|a| of_account.entry(*a).or_default().push(kept.len()));
            kept.push(group);
        }
    }
    kept
}

/// Makes one of groups that have members in common: one exchange whose tasks fell into several communities.
fn merged(groups: Vec<Bicluster>, likes: &Likes, census: &Census<'_>) -> Vec<Bicluster> {
    let mut of_account: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut sets = Sets::new(groups.len());
    for (number, group) in groups.iter().enumerate() {
        for (g, n) in common(group, &of_account) {
            // Of both: a small circle inside a large group stays by itself.
            if n as f64 >= SAME * group.members.len().max(groups[g].members.len()) as f64 {
                sets.join(g, number);
            }
        }
        group.members.iter().for_each(|a| of_account.entry(*a).or_default().push(number));
    }
    let mut targets: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    for (number, group) in groups.iter().enumerate() {
        targets.entry(sets.root(number)).or_default().extend(&group.targets);
    }
    let whole = |(root, all): (usize, BTreeSet<u32>)| {
        let all: Vec<u32> = all.into_iter().collect();
        if all == groups[root].targets { Some(groups[root].clone()) } else { refine(likes, census, &all) }
    };
    targets.into_iter().filter_map(whole).collect()
}

/// How many members a group has in common with earlier ones.
fn common(group: &Bicluster, of_account: &BTreeMap<u32, Vec<usize>>) -> BTreeMap<usize, usize> {
    let mut common = BTreeMap::new();
    group.members.iter().filter_map(|a| of_account.get(a)).flatten().for_each(|g| *common.entry(*g).or_default() += 1);
    common
}

fn most(a: usize, b: usize, n: usize) -> bool {
    n as f64 >= SAME * a.min(b) as f64
}
