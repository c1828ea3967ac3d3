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

/// Owners outside a group from which an account counts as having a life of its own.
const LIFE_MIN: u32 = 2;

/// What an account's life looks like beside a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life {
    /// The account.
    pub account: u32,
    /// Owners of the group's targets of whom it endorsed something.
    pub inside: u32,
    /// Other owners of whom it did.
    pub outside: u32,
    /// Of the members whom it met on the group's targets, itself left out, the share with a life outside; mean over targets.
    pub met: f64,
}

/// The lives of all who endorsed a target of the group, by account. An operator's accounts meet their like; owners of stolen tokens meet each
/// other, and so do people of one taste.
#[must_use]
pub fn lives(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Vec<Life> {
    let near: Vec<u32> =
        group.targets.iter().flat_map(|t| likes.of_target(*t)).map(|i| likes.account[*i as usize]).collect();
    let near: BTreeSet<u32> = near.into_iter().collect();
    let all = Bicluster { members: near.into_iter().collect(), targets: group.targets.clone() };
    let owners = owners_inside(&all, likes, census);
    let is_member = |a: u32| group.members.binary_search(&a).is_ok();
    let lives: BTreeSet<u32> =
        owners.iter().filter(|(a, s, n)| is_member(*a) && n - s >= LIFE_MIN).map(|o| o.0).collect();
    // On each target: members with a life, and members.
    let on: Vec<(u32, u32)> = group
        .targets
        .iter()
        .map(|t| {
            let members = likes.of_target(*t).iter().map(|i| likes.account[*i as usize]).filter(|a| is_member(*a));
            members.fold((0, 0), |s, a| (s.0 + u32::from(lives.contains(&a)), s.1 + 1))
        })
        .collect();
    let row = |(account, s, n): (u32, u32, u32)| {
        let own = (u32::from(lives.contains(&account)), u32::from(is_member(account)));
        let places = likes.of_account(account).filter_map(|i| group.targets.binary_search(&likes.target[i]).ok());
        let shares = places.map(|p| (on[p].0 - own.0, on[p].1 - own.1)).filter(|met| met.1 > 0);
        let (sum, met) = shares.fold((0.0, 0), |x, m| (x.0 + f64::from(m.0) / f64::from(m.1), x.1 + 1));
        Life { account, inside: s, outside: n - s, met: if met == 0 { 0.0 } else { sum / f64::from(met) } }
    };
    owners.into_iter().map(row).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_likes;

    #[test]
    fn a_farm_keeps_company_with_itself_and_owners_of_tokens_with_each_other() {
        // A farm of ten on targets 0 to 4; ten owners, of whom three are quiet, on 5 to 9; target 4 is a customer of both.
        let farm = (0..10).flat_map(|a| (0..5).map(move |t| (t, a)));
        let owners = (10..20).flat_map(|a| (4..10).map(move |t| (t, a)));
        let lives = (10..17).flat_map(|a| (0..4).map(move |n| (20 + a + n, a)));
        let rows: Vec<(u32, u32)> = farm.chain(owners).chain(lives).collect();
        let group = Bicluster { members: (0..20).collect(), targets: (0..10).collect() };
        let found = with_likes(rows, None, |likes, census| super::lives(&group, likes, census));
        assert_eq!(found.len(), 20);
        for life in found {
            assert_eq!(life.inside, if life.account < 10 { 5 } else { 6 }, "{life:?}");
            assert_eq!(life.outside, if (10..17).contains(&life.account) { 4 } else { 0 }, "{life:?}");
            assert!(if life.account < 10 { life.met < 0.1 } else { life.met > 0.5 }, "{life:?}");
        }
    }
}
