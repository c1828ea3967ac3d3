//! Parts of a group: its targets again by the members alone.
//!
//! Against the whole log two rings with a customer in common, or a farm and a list that many readers share, hang together: all of
//! their targets share more endorsers than chance gives. Against the group itself, where everybody shares much, they fall apart.

use super::refine::Bicluster;
use crate::census::Census;
use crate::evalue::ln_poisson_tail;
use crate::likes::Likes;
use crate::ring::group::communities;
use std::collections::BTreeMap;

/// Pairs of targets beyond which a group is not looked through: it is a part of the platform, not of a ring.
const PAIRS_MAX: usize = 4 << 20;

/// Shared members that a pair of targets needs, and how many others a target may be linked to by chance.
const JOINT_MIN: u32 = 2;
const STRAYS: f64 = 0.02;

/// Communities of a group's targets by its members alone; none where it is one.
#[must_use]
pub fn communities_inside(group: &Bicluster, likes: &Likes, census: &Census<'_>, targets_min: usize) -> Vec<Vec<u32>> {
    let inside = |a: &u32| {
        let places = likes.of_account(*a).filter_map(|i| group.targets.binary_search(&likes.target[i]).ok());
        let mut all: Vec<u32> = places.map(|p| p as u32).collect();
        all.sort_unstable();
        all
    };
    let lists: Vec<Vec<u32>> = group.members.iter().map(inside).collect();
    let pairs: usize = lists.iter().map(|l| l.len() * l.len().saturating_sub(1) / 2).sum();
    if pairs > PAIRS_MAX {
        return Vec::new();
    }
    let mut support = vec![0.0; group.targets.len()];
    lists.iter().flatten().for_each(|t| support[*t as usize] += 1.0);
    let total: f64 = support.iter().sum();
    let squares: f64 = lists.iter().map(|l| l.len() as f64 * (l.len() as f64 - 1.0)).sum();
    let share = squares / (total * total).max(1.0);
    let mut joint: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for list in &lists {
        for (i, s) in list.iter().enumerate() {
            for t in &list[i + 1..] {
                if census.author(group.targets[*s as usize]) != census.author(group.targets[*t as usize]) {
                    *joint.entry((*s, *t)).or_default() += 1;
                }
            }
        }
    }
    let line = (STRAYS / group.targets.len() as f64).ln();
    let edges: Vec<(u32, u32, f64)> = joint
        .into_iter()
        .filter(|(_, n)| *n >= JOINT_MIN)
        .filter_map(|((s, t), n)| {
            let expected = support[s as usize] * support[t as usize] * share;
            let is_more = f64::from(n) > expected && ln_poisson_tail(n, expected) < line;
            is_more.then(|| (s, t, (f64::from(n) / expected).ln()))
        })
        .collect();
    let found = communities(&edges, 1.0, targets_min);
    if found.len() < 2 {
        return Vec::new();
    }
    found.into_iter().map(|c| c.into_iter().map(|t| group.targets[t as usize]).collect()).collect()
}
