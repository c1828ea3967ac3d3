//! The company a group keeps: how much of its life a member gives to the group ([`devotion`]), and how much of the group comes to
//! each of its targets ([`cohesion`]), against what is usual among the groups of this log.

use crate::census::Census;
use crate::cohort::contrast::Beta;
use crate::cohort::members::support;
use crate::cohort::refine::Bicluster;
use crate::likes::Likes;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Groups from which it is known what is usual among groups; with fewer, nothing is said of it.
const USUAL_FROM: usize = 8;

/// Members below which all groups are cohesive, having been found by that.
pub const COHESIVE_FROM: usize = 20;

/// Of how many owners each member endorsed something inside, and in all: `(account, inside, all)`.
#[must_use]
pub fn owners_inside(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Vec<(u32, u32, u32)> {
    let of = |account: &u32| {
        let mut owners: Vec<(u64, bool)> = likes
            .of_account(*account)
            .map(|i| (census.author(likes.target[i]), group.targets.binary_search(&likes.target[i]).is_err()))
            .collect();
        owners.sort_unstable();
        owners.dedup_by_key(|o| o.0);
        (*account, owners.iter().filter(|o| !o.1).count() as u32, owners.len() as u32)
    };
    group.members.iter().map(of).collect()
}

/// Owners outside the group of whom the usual member endorsed something (median).
#[must_use]
pub fn owners_outside(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> u32 {
    let mut outside: Vec<u32> = owners_inside(group, likes, census).into_iter().map(|(_, s, n)| n - s).collect();
    outside.sort_unstable();
    outside.get(outside.len() / 2).copied().unwrap_or(0)
}

/// By target, how many members endorsed it. One target of an owner: members who like one of his like others, too.
#[must_use]
pub fn cohesion_inside(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Vec<(u32, u32, u32)> {
    let members = group.members.len() as u32;
    let mut owners = BTreeSet::new();
    let support = support(group, likes);
    let each = group.targets.iter().zip(support).filter(|(t, _)| owners.insert(census.author(**t)));
    each.map(|(t, s)| (*t, s, members)).collect()
}

/// How much of a group endorses each of its targets: over all groups of some size, each counting the same.
#[must_use]
pub fn cohesion(groups: &[Bicluster], likes: &Likes, census: &Census<'_>) -> Option<Beta> {
    const TARGETS_EACH: usize = 5;
    let large = groups.iter().filter(|g| g.members.len() >= COHESIVE_FROM).count();
    let rows: Vec<(u32, u32)> = groups
        .par_iter()
        .filter(|g| g.members.len() >= COHESIVE_FROM)
        .flat_map_iter(|g| {
            let all = cohesion_inside(g, likes, census);
            let step = all.len().div_ceil(TARGETS_EACH).max(1);
            all.into_iter().step_by(step).map(|(_, s, n)| (s, n)).collect::<Vec<_>>()
        })
        .collect();
    (large >= USUAL_FROM).then(|| Beta::fit(rows.into_iter()))
}

/// How much of their lives people give to the groups they are found in: over all groups, each counting with at
/// most `MEMBERS_EACH` members, so that no large ring sets the standard.
#[must_use]
pub fn devotion(groups: &[Bicluster], likes: &Likes, census: &Census<'_>) -> Option<Beta> {
    const MEMBERS_EACH: usize = 20;
    let rows: Vec<(u32, u32)> = groups
        .par_iter()
        .flat_map_iter(|g| {
            let step = g.members.len().div_ceil(MEMBERS_EACH).max(1);
            let some =
                Bicluster { members: g.members.iter().step_by(step).copied().collect(), targets: g.targets.clone() };
            owners_inside(&some, likes, census).into_iter().map(|(_, s, n)| (s, n))
        })
        .collect();
    (groups.len() >= USUAL_FROM).then(|| Beta::fit(rows.into_iter()))
}
