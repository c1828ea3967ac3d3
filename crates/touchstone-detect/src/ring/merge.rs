//! One set of rings out of both directions of the cross-fit.

use super::roster::{Roster, Sets};
use crate::cohort::run::Cohorts;
use crate::evalue::{bits, ebh_threshold, ln_mean};
use crate::findings::RingKind;
use crate::fuse::Dossier;
use crate::params::Params;
use crate::partition::NONE;
use crate::schedule::SCALES;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the smaller ring's members that two candidates must have in common to be one.
const OVERLAP_MIN: f64 = 0.3;

/// Evidence from which an account stays a member of a ring, in bits: being found with a group
/// that is proven is no accusation, but it must not speak for the account either.
const MEMBER_BITS_MIN: f64 = 3.0;

/// Suspects that make a group with shared lists worth listing.
const LIST_SUSPECTS_MIN: usize = 2;

/// A ring as it goes to the findings.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    /// Its kind, as far as lockstep and pool can tell.
    pub kind: RingKind,
    /// Members, most evidence first.
    pub members: Vec<u32>,
    /// Scale of its coincidences; `None` for rings found without times.
    pub scale: Option<u8>,
    /// How many members are accused.
    pub accused: usize,
    /// `ln e` against "its members act independently"; for groups that share lists the mean over the
    /// members listed.
    pub ln_e: f64,
    /// Its number among the proven rings of [`crate::cohort`]; `None` for those found otherwise.
    pub proven: Option<u32>,
}

/// Merges candidates of both directions and of the pool signal, drops by-standers, and orders
/// rings by evidence.
///
/// A ring is kept if members of it are accused (`accusation_bits` is that line), or, as worth a look,
/// if e-BH over all candidates says at the same level that its members do not act
/// independently (`ring_ln_e` by direction and candidate). Groups that share lists are kept where some
/// members are suspects by themselves.
#[must_use]
pub fn rings(
    rosters: &[Roster; 2],
    ring_ln_e: &[Vec<f64>; 2],
    list_rosters: &[Roster; 2],
    dossiers: &BTreeMap<u32, Dossier>,
    accusation_bits: f64,
    params: &Params,
    cohorts: &Cohorts,
) -> Vec<Ring> {
    let join = joined(rosters);
    let list_join = joined(list_rosters);
    let whole = group_evidence(&join, ring_ln_e);
    let line = ebh_threshold(&whole.values().copied().collect::<Vec<_>>(), whole.len(), params.fdr);
    let strength = |a: &u32| dossiers.get(a).map_or(0.0, Dossier::bits);
    let sorted = |mut members: Vec<u32>| {
        members.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then(a.cmp(b)));
        members
    };
    // First the rings that act in step: wherever an account has any evidence of that.
    let mut in_step: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (account, d) in dossiers {
        if let Some((direction, t)) = d.stronger().filter(|(_, t)| t.ln_e > 0.0) {
            in_step.entry(join[direction][t.ring as usize]).or_default().push(*account);
        }
    }
    let mut rings = proven(cohorts, dossiers, accusation_bits);
    let held: BTreeSet<u32> = rings.iter().flat_map(|r| r.members.iter().copied()).collect();
    for (id, members) in in_step {
        let members: Vec<u32> = members.into_iter().filter(|a| !held.contains(a)).collect();
        let accused = members.iter().filter(|a| dossiers[a].accused(accusation_bits)).count();
        // Beside the accused a member needs some evidence of its own; in a ring that is only worth
        // a look, any that points its way.
        let least = if accused > 0 { MEMBER_BITS_MIN } else { f64::MIN_POSITIVE };
        let members = sorted(members.into_iter().filter(|a| strength(a) >= least).collect());
        if members.len() >= 2 && (accused > 0 || whole[&id] >= line) {
            let scale = Some(common_scale(&members, dossiers));
            rings.push(Ring { kind: RingKind::Farm, members, scale, accused, ln_e: whole[&id], proven: None });
        }
    }
    // Then, among the rest, those that share lists.
    let taken: BTreeSet<u32> = rings.iter().flat_map(|r| r.members.iter().copied()).collect();
    let mut by_lists: BTreeMap<(Source, usize), Vec<u32>> = BTreeMap::new();
    for (account, d) in dossiers.iter().filter(|(a, d)| !taken.contains(a) && d.bits() >= MEMBER_BITS_MIN) {
        let list = d.stronger_list().filter(|(_, p)| p.ln_e > 0.0);
        if let Some((direction, p)) = list {
            by_lists.entry((Source::Lists, list_join[direction][p.group as usize])).or_default().push(*account);
        } else if let Some(p) = d.pool {
            // The other half of the accounts judged another numbering of groups.
            let group = p.group as usize * 2 + usize::from(p.direction);
            by_lists.entry((Source::Targets, group)).or_default().push(*account);
        }
    }
    for members in by_lists.into_values().map(sorted) {
        let suspects = members.iter().filter(|a| strength(a) >= params.suspect_bits).count();
        if members.len() >= 3 && suspects >= LIST_SUSPECTS_MIN {
            let ln_e = ln_mean(&members.iter().map(|a| dossiers[a].ln_pool).collect::<Vec<_>>());
            rings.push(Ring { kind: RingKind::Collusion, members, scale: None, accused: 0, ln_e, proven: None });
        }
    }
    rings.sort_by(|a, b| {
        b.accused
            .cmp(&a.accused)
            .then(bits(b.ln_e).total_cmp(&bits(a.ln_e)))
            .then(b.members.len().cmp(&a.members.len()))
            .then(a.members.cmp(&b.members))
    });
    rings
}

/// The proven rings; an account is a member of the one that says most of it.
fn proven(cohorts: &Cohorts, dossiers: &BTreeMap<u32, Dossier>, accusation_bits: f64) -> Vec<Ring> {
    let mut taken: BTreeSet<u32> = BTreeSet::new();
    let mut rings = Vec::new();
    for (number, ring) in cohorts.rings.iter().enumerate() {
        let mut members: Vec<(f64, u32)> = ring
            .standings
            .iter()
            .filter(|s| s.belongs >= 0.5 && !taken.contains(&s.account))
            .filter(|s| dossiers.get(&s.account).and_then(|d| d.cohort).is_none_or(|c| c.1 == number as u32))
            .map(|s| (s.ln_e(), s.account))
            .collect();
        members.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let members: Vec<u32> = members.into_iter().map(|m| m.1).collect();
        taken.extend(&members);
        let accused = members.iter().filter(|a| dossiers.get(a).is_some_and(|d| d.accused(accusation_bits))).count();
        if members.len() >= 2 {
            rings.push(Ring {
                kind: ring.kind,
                members,
                scale: None,
                accused,
                ln_e: ring.ln_e,
                proven: Some(number as u32),
            });
        }
    }
    rings
}

/// Which half of the pool signal found a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Lists,
    Targets,
}

/// Evidence on each merged ring: the mean of its candidates' e-values.
fn group_evidence(join: &[Vec<usize>; 2], ring_ln_e: &[Vec<f64>; 2]) -> BTreeMap<usize, f64> {
    let mut parts: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (names, evidence) in join.iter().zip(ring_ln_e) {
        for (name, ln_e) in names.iter().zip(evidence) {
            parts.entry(*name).or_default().push(*ln_e);
        }
    }
    parts.into_iter().map(|(name, all)| (name, ln_mean(&all))).collect()
}

/// For each direction, the merged number of each candidate.
fn joined(rosters: &[Roster; 2]) -> [Vec<usize>; 2] {
    let first = rosters[0].members.len();
    let mut sets = Sets::new(first + rosters[1].members.len());
    let mut overlap: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (a, b) in rosters[0].ring.iter().zip(&rosters[1].ring) {
        if *a != NONE && *b != NONE {
            *overlap.entry((*a, *b)).or_default() += 1;
        }
    }
    for ((a, b), n) in overlap {
        let smaller = rosters[0].members[a as usize].len().min(rosters[1].members[b as usize].len());
        if n >= 2 && n as f64 >= OVERLAP_MIN * smaller as f64 {
            sets.join(a as usize, first + b as usize);
        }
    }
    let all: Vec<usize> = (0..first + rosters[1].members.len()).map(|i| sets.root(i)).collect();
    [all[..first].to_vec(), all[first..].to_vec()]
}

fn common_scale(members: &[u32], dossiers: &BTreeMap<u32, Dossier>) -> u8 {
    let mut votes = [0u32; SCALES];
    for (_, t) in members.iter().filter_map(|a| dossiers[a].stronger()) {
        votes[t.scale as usize] += 1;
    }
    (0..SCALES).max_by_key(|s| (votes[*s], std::cmp::Reverse(*s))).unwrap_or(0) as u8
}

/// The rings with times as a roster, for attribution.
#[must_use]
pub fn final_roster(rings: &[Ring], accounts: usize) -> Roster {
    let members = rings.iter().map(|r| r.members.clone()).collect();
    Roster::new(accounts, members, rings.iter().map(|r| r.scale.unwrap_or(u8::MAX)).collect())
}
