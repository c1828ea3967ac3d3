//! Groups of accounts that work off the same targets, found without time, and what makes of a group a ring.
//!
//! # Sees
//! Pools of any size whose orders or tasks draw on the same accounts: farms fast and slow, exchanges, pods, stolen
//! tokens. Target pairs that share too many endorsers ([`overlap`]) fall into communities; each is refined
//! into a bicluster ([`refine()`]).
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
//! Karrer & Newman 2011 (degree correction), Blondel et al. 2008 and Reichardt & Bornholdt 2006 (communities), Xu, Fischer &
//! Ramdas 2025 (closed e-BH).

pub mod apart;
pub mod bare;
pub mod contrast;
pub mod delivery;
pub mod mark;
pub mod marks;
pub mod members;
pub mod overlap;
pub mod proof;
pub mod refine;
pub mod run;
pub mod split;

use crate::census::Census;
use crate::likes::Likes;
use crate::params::CohortParams;
use crate::ring::group::communities;
use crate::ring::roster::Sets;
use crate::signals::exchange::mutual_share;
use crate::signals::infrastructure::racks::racks;
use rayon::prelude::*;
use refine::{Bicluster, MEMBERS_MIN, OWNERS_MIN, TARGETS_MIN, owners_by_account, refine};
use std::collections::{BTreeMap, BTreeSet};

/// Resolutions at which communities are looked for: a large exchange falls apart at a high one, two farms
/// with a customer in common stay one at a low one.
const RESOLUTIONS: [f64; 3] = [1.0, 4.0, 16.0];

/// Targets of a community.
const SEED_MIN: usize = 3;

/// Share of a group's members and targets that make it the same as, or part of, another.
const SAME: f64 = 0.5;

/// Share in common below which two groups are different people.
const FEW: f64 = 0.2;

/// How often what was left out for a larger group is looked through again: a farm that has its customers' friends
/// about it is found with them and without.
const LAYERS: usize = 3;

/// The layer of groups that were found by their devices.
pub const BY_DEVICES: usize = LAYERS;

/// The layer of parts of groups that were told by their addresses: see [`apart`].
pub const BY_ADDRESSES: usize = LAYERS + 1;

/// The layer of groups that were found as if owners were unknown: see [`find_by_targets`].
pub const BY_TARGETS: usize = LAYERS + 2;

/// Finds groups. First those that tell most; then, by layers, what else there is of the same accounts, in case that the
/// larger group is not proven but a part of it is; last those on the same devices. Each with its layer.
#[must_use]
pub fn find(likes: &Likes, census: &Census<'_>, seed: u64, params: &CohortParams) -> Vec<(Bicluster, usize)> {
    let edges = overlap::edges(likes, census, seed, params);
    let ways: Vec<(usize, f64)> = (0..edges.len()).flat_map(|w| RESOLUTIONS.map(|r| (w, r))).collect();
    let seeds: Vec<Vec<Vec<u32>>> = ways.par_iter().map(|(w, r)| communities(&edges[*w], *r, SEED_MIN)).collect();
    let seeds: BTreeSet<Vec<u32>> = seeds.into_iter().flatten().collect();
    let seeds: Vec<Vec<u32>> = seeds.into_iter().collect();
    let found: BTreeSet<Bicluster> =
        seeds.par_iter().filter_map(|s| refine(likes, census, s)).collect::<Vec<_>>().into_iter().collect();
    let told = |all: BTreeSet<Bicluster>| {
        let mut all: Vec<(f64, Bicluster)> = all.into_par_iter().map(|b| (deviance(&b, likes, census), b)).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        all
    };
    let mut found = told(found);
    let kept = distinct(&found);
    let parts = |b: &Bicluster| split::communities_inside(b, likes, census, SEED_MIN);
    let parts: BTreeSet<Vec<u32>> = kept.par_iter().flat_map_iter(parts).collect();
    let parts: Vec<Vec<u32>> = parts.into_iter().collect();
    let mut more: BTreeSet<Bicluster> = parts.par_iter().filter_map(|s| refine(likes, census, s)).collect();
    more.extend(more.clone().par_iter().filter_map(|b| core(b, likes, census)).collect::<Vec<_>>());
    more.extend(found.par_iter().filter_map(|b| core(&b.1, likes, census)).collect::<Vec<_>>());
    // A pod whose members have friends outside grows into their circle when it is refined: what is a circle from the start is one.
    let closed = |s: &Vec<u32>| refine::members_of(likes, census, s).and_then(|b| core(&b, likes, census));
    more.extend(seeds.par_iter().chain(&parts).filter_map(closed).collect::<Vec<_>>());
    let before: BTreeSet<&Bicluster> = found.iter().map(|f| &f.1).collect();
    more.retain(|b| !before.contains(b));
    let mut all: Vec<(Bicluster, usize)> = merged(kept.clone(), likes, census).into_iter().map(|b| (b, 0)).collect();
    let mut kept: BTreeSet<Bicluster> = kept.into_iter().collect();
    found.extend(told(more));
    for layer in 1..LAYERS {
        found.retain(|(_, b)| !kept.contains(b));
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let next = distinct(&found);
        kept = next.iter().cloned().collect();
        all.extend(next.into_iter().map(|b| (b, layer)));
    }
    all.extend(racks(likes, census).into_iter().map(|b| (b, BY_DEVICES)));
    all
}

/// Finds groups as if owners were unknown: a farm with one or two customers works off many targets of few owners. So do their fans,
/// which is why only a clock can prove such a group ([`proof::Terms`]). Friends, who own what they endorse, are left out.
#[must_use]
pub fn find_by_targets(
    likes: &Likes,
    census: &Census<'_>,
    seed: u64,
    params: &CohortParams,
) -> Vec<(Bicluster, usize)> {
    let unowned = Census { owner: None, ..*census };
    let found: BTreeSet<Bicluster> = find(likes, &unowned, seed, params).into_iter().map(|f| f.0).collect();
    found.into_iter().filter(|g| mutual_share(g, census) < proof::MUTUAL_MIN).map(|g| (g, BY_TARGETS)).collect()
}

/// Those of a group who both give and receive in it, and what they receive: an exchange without its audience.
fn core(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Option<Bicluster> {
    let owner = census.owner?;
    let Bicluster { mut members, mut targets } = group.clone();
    loop {
        let of_members = |t: &u32| members.binary_search(&owner[*t as usize]).is_ok();
        let next: Vec<u32> = targets.iter().copied().filter(of_members).collect();
        let givers = owners_by_account(likes, census, &next);
        let owns: BTreeSet<u32> = next.iter().map(|t| owner[*t as usize]).collect();
        let both = |a: &u32| {
            owns.contains(a) && givers.binary_search_by_key(a, |g| g.0).is_ok_and(|g| givers[g].1 >= OWNERS_MIN)
        };
        let stay: Vec<u32> = members.iter().copied().filter(both).collect();
        if stay.len() < MEMBERS_MIN || next.len() < TARGETS_MIN {
            return None;
        }
        if stay == members && next == targets {
            return Some(Bicluster { members, targets });
        }
        (members, targets) = (stay, next);
    }
}

/// How far the endorsements inside are beyond what the activities of its members and the popularities of its targets give: half
/// the Poisson deviance.
fn deviance(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> f64 {
    let held =
        |a: &u32| likes.of_account(*a).filter(|i| group.targets.binary_search(&likes.target[*i]).is_ok()).count();
    let inside = group.members.iter().map(held).sum::<usize>() as f64;
    let given: f64 = group.members.iter().map(|a| f64::from(census.degree[*a as usize])).sum();
    let received: f64 = group.targets.iter().map(|t| f64::from(census.popularity[*t as usize])).sum();
    let expected = given * received / likes.len() as f64;
    if inside <= expected { 0.0 } else { inside * (inside / expected).ln() - inside + expected }
}

/// Settles which of overlapping groups stay, in the order of their deviance. A group goes if one that stays holds half of it, or is
/// half of it and tells more; or if it falls into two parts of different people that tell more than the whole: two rings with a
/// customer in common look like one.
fn distinct(found: &[(f64, Bicluster)]) -> Vec<Bicluster> {
    let mut of_account: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, (_, group)) in found.iter().enumerate() {
        group.members.iter().for_each(|a| of_account.entry(*a).or_default().push(number));
    }
    let mut stays = vec![false; found.len()];
    for (number, (told, group)) in found.iter().enumerate() {
        let half = |n: usize, of: usize| n as f64 >= SAME * of as f64;
        let mut parts: Vec<usize> = Vec::new();
        let mut goes = false;
        for (g, members) in common(group, &of_account) {
            if g == number || (g < number && !stays[g]) {
                continue;
            }
            let other = &found[g].1;
            let targets = group.targets.iter().filter(|t| other.targets.binary_search(t).is_ok()).count();
            let inside = half(members, other.members.len()) && half(targets, other.targets.len());
            if g > number {
                parts.extend(inside.then_some(g));
            } else if inside || (half(members, group.members.len()) && half(targets, group.targets.len())) {
                goes = true;
                break;
            }
        }
        let two = |(i, a): (usize, &usize)| {
            let more = |b: &&usize| found[*a].0 + found[**b].0 > *told;
            parts[i + 1..].iter().filter(more).any(|b| different(&found[*a].1, &found[*b].1))
        };
        stays[number] = !goes && !parts.iter().enumerate().any(two);
    }
    found.iter().zip(stays).filter(|(_, s)| *s).map(|(f, _)| f.1.clone()).collect()
}

/// Whether two groups have few members in common.
fn different(a: &Bicluster, b: &Bicluster) -> bool {
    let both = a.members.iter().filter(|m| b.members.binary_search(m).is_ok()).count() as f64;
    both < FEW * a.members.len().min(b.members.len()) as f64
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
