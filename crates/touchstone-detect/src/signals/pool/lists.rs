//! The side of the accounts: groups that share most of what they endorse.

use super::PoolEvidence;
use super::targets::{audience, ln_beta_binomial_tail};
use crate::census::Census;
use crate::evalue::ln_from_p;
use crate::hash::mix64;
use crate::params::PoolParams;
use crate::partition::Partition;
use crate::ring::roster::Roster;
use crate::signals::lockstep::pairs::{PairKeys, PairTotals, empty_keys, push_key};
use std::collections::BTreeMap;

/// Fold of a target: by its first time, which neither its name nor later endorsements change.
#[must_use]
pub fn fold_of(target: u32, census: &Census<'_>, seed: u64) -> usize {
    let key = if census.timed { census.first_ts[target as usize] as u64 } else { u64::from(target) };
    (mix64(key ^ mix64(seed ^ 0x1157)) & 1) as usize
}

/// The popularity up to which all pairs of endorsers fit into `keys_max`.
#[must_use]
pub fn popularity_max(census: &Census<'_>, params: &PoolParams) -> u32 {
    let mut by_popularity: BTreeMap<u32, u64> = BTreeMap::new();
    census.popularity.iter().for_each(|d| *by_popularity.entry(*d).or_default() += 1);
    let (mut pairs, mut most) = (0u64, 1);
    for (d, n) in by_popularity {
        pairs = pairs.saturating_add(n * u64::from(d) * u64::from(d.saturating_sub(1)) / 2);
        if pairs > params.keys_max as u64 {
            break;
        }
        most = d.max(1);
    }
    most
}

/// All pairs of endorsers of targets of at most `popularity_max`, with their number by fold.
/// Merging is concatenation and addition.
#[must_use]
pub fn count_pairs(
    partition: &Partition<'_>,
    census: &Census<'_>,
    popularity_max: u32,
    seed: u64,
    params: &PoolParams,
) -> (PairKeys, PairTotals) {
    let mut keys = empty_keys();
    let mut totals = PairTotals::default();
    let mut row: Vec<u32> = Vec::new();
    for range in partition.targets() {
        if range.len() < 2 || range.len() > popularity_max as usize {
            continue;
        }
        let fold = fold_of(partition.target[range.start], census, seed);
        row.clear();
        let active = |a: &u32| census.degree[*a as usize] >= params.degree_min;
        row.extend(partition.actor[range].iter().copied().filter(active));
        for (i, u) in row.iter().enumerate() {
            for v in &row[i + 1..] {
                push_key(&mut keys, *u.min(v), *u.max(v), fold, 0);
            }
        }
        totals.pairs[0][fold] += (row.len() * row.len().saturating_sub(1) / 2) as u64;
    }
    (keys, totals)
}

/// How a group's list on the test fold is shared; mergeable by concatenation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListTally {
    /// Targets with two members, and with more: `(ring, more than two)`.
    lists: Vec<(u32, bool)>,
    /// Endorsements of those by members, `(ring, account, more than two)`.
    members: Vec<(u32, u32, bool)>,
    /// Endorsements of those by outsiders, `(ring, account)`.
    outsiders: Vec<(u32, u32)>,
}

impl ListTally {
    /// Adds another partition's.
    pub fn merge(&mut self, other: Self) {
        self.lists.extend(other.lists);
        self.members.extend(other.members);
        self.outsiders.extend(other.outsiders);
    }
}

/// Counts the targets of fold `fold` that at least two members of a ring endorsed.
#[must_use]
pub fn count_lists(
    partition: &Partition<'_>,
    census: &Census<'_>,
    roster: &Roster,
    fold: usize,
    popularity_max: u32,
    seed: u64,
) -> ListTally {
    let mut tally = ListTally::default();
    for range in partition.targets() {
        let target = partition.target[range.start];
        if range.len() < 2 || range.len() > popularity_max as usize || fold_of(target, census, seed) != fold {
            continue;
        }
        let actors = &partition.actor[range];
        let mut present: BTreeMap<u32, u32> = BTreeMap::new();
        actors.iter().filter_map(|a| roster.of(*a)).for_each(|r| *present.entry(r).or_default() += 1);
        for (ring, n) in present.into_iter().filter(|(_, n)| *n >= 2) {
            tally.lists.push((ring, n > 2));
            for a in actors {
                if roster.of(*a) == Some(ring) {
                    tally.members.push((ring, *a, n > 2));
                } else {
                    tally.outsiders.push((ring, *a));
                }
            }
        }
    }
    tally
}

/// Judges the members of all groups: of the list that at least two others share, how much has the
/// member, against outsiders who have at least two of it? Order out: by account.
#[must_use]
pub fn judge(mut tally: ListTally, direction: usize, params: &PoolParams) -> Vec<PoolEvidence> {
    let mut lengths: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for (ring, more) in &tally.lists {
        let l = lengths.entry(*ring).or_default();
        l.0 += u32::from(!more);
        l.1 += u32::from(*more);
    }
    tally.outsiders.sort_unstable();
    let mut readers: BTreeMap<u32, Vec<(u32, u32, u32)>> = BTreeMap::new();
    for run in tally.outsiders.chunk_by(|a, b| a == b).filter(|r| r.len() >= 2) {
        let (ring, account) = run[0];
        let (two, more) = lengths[&ring];
        readers.entry(ring).or_default().push((account, run.len() as u32 - 2, (two + more).saturating_sub(2)));
    }
    let mut own: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for (ring, account, more) in &tally.members {
        let o = own.entry((*account, *ring)).or_default();
        o.0 += u32::from(!more);
        o.1 += u32::from(*more);
    }
    let cap = params.bits_max * std::f64::consts::LN_2;
    own.into_iter()
        .filter_map(|((account, ring), (beside_one, beside_more))| {
            let (two, more) = lengths[&ring];
            // Targets that two others have: all with more than two, and those with two without it.
            let listed = more + two - beside_one;
            let observed = beside_more;
            if observed < 3 || listed < 3 {
                return None;
            }
            let (rate, spread) = audience(readers.get(&ring).map_or(&[], Vec::as_slice));
            let ln_p = ln_beta_binomial_tail(observed - 2, listed - 2, rate, spread);
            Some(PoolEvidence {
                account,
                group: ring,
                direction: direction as u8,
                ln_e: ln_from_p(ln_p).min(cap),
                observed,
                listed,
                expected: 2.0 + f64::from(listed - 2) * rate,
            })
        })
        .collect()
}
