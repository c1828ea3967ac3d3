//! One set of rings out of both directions of the cross-fit.

use super::roster::{Roster, Sets};
use crate::findings::RingKind;
use crate::fuse::Dossier;
use crate::partition::NONE;
use crate::schedule::SCALES;
use std::collections::BTreeMap;

/// Share of the smaller ring's members that two candidates must have in common to be one.
const OVERLAP_MIN: f64 = 0.3;

/// Evidence from which an account stays a member of a ring, in bits: being found with a group
/// that is proven is no accusation, but it must not speak for the account either.
const MEMBER_BITS_MIN: f64 = 3.0;

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
    /// `ln` of the members' mean e-value: evidence against "all members are innocent".
    pub ln_e: f64,
}

/// Merges candidates of both directions and of the pool signal, drops by-standers, and orders
/// rings by evidence. `accusation_bits` is the line of e-BH, `suspect_bits` the lesser one.
#[must_use]
pub fn rings(
    rosters: &[Roster; 2],
    dossiers: &BTreeMap<u32, Dossier>,
    accusation_bits: f64,
    suspect_bits: f64,
) -> Vec<Ring> {
    let join = joined(rosters);
    let mut members: BTreeMap<(u8, usize), Vec<u32>> = BTreeMap::new();
    for (account, d) in dossiers {
        if d.bits() < MEMBER_BITS_MIN {
            continue;
        }
        // Lockstep names the ring where it has evidence of its own, else pool does.
        match d.stronger().filter(|(_, t)| t.ln_e > 0.0) {
            Some((direction, t)) => members.entry((0, join[direction][t.ring as usize])).or_default().push(*account),
            None => {
                if let Some(p) = d.pool {
                    // The other half of the accounts judged another numbering of groups.
                    let half = usize::from(p.direction);
                    members.entry((1, p.group as usize * 2 + half)).or_default().push(*account);
                }
            }
        }
    }
    let mut rings: Vec<Ring> = members
        .into_iter()
        .filter_map(|((source, _), mut members)| {
            let strength = |a: &u32| dossiers[a].bits();
            members.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then(a.cmp(b)));
            let accused = members.iter().filter(|a| strength(a) >= accusation_bits).count();
            let ln_e = crate::evalue::ln_mean(&members.iter().map(|a| dossiers[a].ln_e).collect::<Vec<_>>());
            let proven = accused >= 2 || (accused == 1 && members.len() >= 2);
            let notable = members.len() >= 3 && crate::evalue::bits(ln_e) >= suspect_bits;
            if !(proven || notable) {
                return None;
            }
            let (kind, scale) = if source == 0 {
                (RingKind::Farm, Some(common_scale(&members, dossiers)))
            } else {
                (RingKind::Collusion, None)
            };
            Some(Ring { kind, members, scale, accused, ln_e })
        })
        .collect();
    rings.sort_by(|a, b| {
        (b.accused, crate::evalue::bits(b.ln_e), b.members.len())
            .partial_cmp(&(a.accused, crate::evalue::bits(a.ln_e), a.members.len()))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then(a.members.cmp(&b.members))
    });
    rings
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
