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

/// Share of a group's members and targets that make it the same as, or part of, another.
const SAME: f64 = 0.5;

/// Share of a group's members that makes a part of it large, and share in common below which two parts are different people.
const LARGE_PART: f64 = 0.2;
const FEW: f64 = 0.2;

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

/// Settles which of overlapping groups stay, densest first. A thinner group goes if a denser one covers it, or is its core (half of
/// its members or targets: the rest are passers-by), or if it has two large parts that are different people: two rings with a
/// customer in common look like one at a low resolution. Else it stays, and denser fragments of it go.
fn distinct(found: Vec<Bicluster>) -> Vec<Bicluster> {
    let mut of_account: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut kept: Vec<Option<Bicluster>> = Vec::new();
    for group in found {
        let mut fragments: Vec<(usize, usize)> = Vec::new();
        let mut goes = false;
        for (g, members) in common(&group, &of_account) {
            let Some(other) = &kept[g] else { continue };
            let targets = group.targets.iter().filter(|t| other.targets.binary_search(t).is_ok()).count();
            let half = |n: usize, of: usize| n as f64 >= SAME * of as f64;
            let of_group = (half(members, group.members.len()), half(targets, group.targets.len()));
            let of_other = (half(members, other.members.len()), half(targets, other.targets.len()));
            let (covered, inside) = (of_group == (true, true), of_other == (true, true));
            if covered || (inside && (of_group.0 || of_group.1)) {
                goes = true;
                break;
            }
            if inside {
                fragments.push((g, members));
            }
        }
        let large = |f: &&(usize, usize)| f.1 as f64 >= LARGE_PART * group.members.len() as f64;
        let large: Vec<usize> = fragments.iter().filter(large).map(|f| f.0).collect();
        if goes || different(&large, &kept) {
            continue;
        }
        fragments.iter().for_each(|f| kept[f.0] = None);
        group.members.iter().for_each(|a| of_account.entry(*a).or_default().push(kept.len()));
        kept.push(Some(group));
    }
    kept.into_iter().flatten().collect()
}

/// Whether two of these groups have few members in common.
fn different(parts: &[usize], kept: &[Option<Bicluster>]) -> bool {
    let of = |g: usize| kept[g].as_ref().map_or(&[][..], |b| &b.members[..]);
    parts.iter().enumerate().any(|(i, a)| {
        parts[i + 1..].iter().any(|b| {
            let both = of(*a).iter().filter(|m| of(*b).binary_search(m).is_ok()).count() as f64;
            both < FEW * of(*a).len().min(of(*b).len()) as f64
        })
    })
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
