//! Events that came more than once, by their event id.

use super::IngestError;
use super::collect::Collected;
use super::rows::{Buckets, Rows, VIEW, actor_of, target_of, ts_of};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// One event among those of an event id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    key: u128,
    class: u8,
}

/// For each event id that came more than once, the event that counts: the earliest, of equally
/// early ones the one with the smallest actor, target and kind. The order of rows has no say.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    winners: HashMap<u128, Candidate>,
}

impl Duplicates {
    /// Looks at all events whose id came more than once.
    pub(crate) fn find(
        collected: &Collected,
        endorsed: &[Vec<Rows>],
        viewed: &[Vec<Rows>],
    ) -> Result<Self, IngestError> {
        if collected.event_ids.repeated.is_empty() {
            return Ok(Self::default());
        }
        let parts: Vec<Vec<(u128, Candidate)>> = (0..endorsed.len())
            .into_par_iter()
            .map(|i| {
                let mut found = Vec::new();
                gather(collected, &collected.endorsements, i, &endorsed[i], None, &mut found)?;
                gather(collected, &collected.views, i, &viewed[i], Some(VIEW), &mut found)?;
                Ok(found)
            })
            .collect::<Result<_, IngestError>>()?;
        let mut winners: HashMap<u128, Candidate> = HashMap::new();
        for (id, candidate) in parts.into_iter().flatten() {
            winners
                .entry(id)
                .and_modify(|best| {
                    if compare(collected, &candidate, best).is_lt() {
                        *best = candidate;
                    }
                })
                .or_insert(candidate);
        }
        Ok(Self { winners })
    }

    pub(crate) fn are_some(&self) -> bool {
        !self.winners.is_empty()
    }

    /// `order` without the rows that are duplicates. `class` says what all rows are, where they do
    /// not say it themselves.
    pub(crate) fn without(&self, rows: &Rows, order: Vec<u32>, class: Option<u8>, dropped: &mut u64) -> Vec<u32> {
        if self.winners.is_empty() || rows.event_ids.is_empty() {
            return order;
        }
        let before = order.len();
        // Of rows that are the same throughout the first in order stays.
        let mut taken = HashSet::new();
        let kept: Vec<u32> = order
            .into_iter()
            .filter(|&row| {
                let id = rows.event_ids[row as usize];
                match self.winners.get(&id) {
                    Some(winner) => *winner == candidate(rows, row as usize, class) && taken.insert(id),
                    None => true,
                }
            })
            .collect();
        *dropped += (before - kept.len()) as u64;
        kept
    }
}

fn candidate(rows: &Rows, row: usize, class: Option<u8>) -> Candidate {
    Candidate { key: rows.keys[row], class: class.unwrap_or_else(|| rows.extras(row).class) }
}

fn gather(
    collected: &Collected,
    buckets: &Buckets,
    i: usize,
    blocks: &[Rows],
    class: Option<u8>,
    found: &mut Vec<(u128, Candidate)>,
) -> Result<(), IngestError> {
    let mut look = |rows: &Rows| {
        for (row, id) in rows.event_ids.iter().enumerate().filter(|(_, id)| collected.event_ids.repeated.contains(id)) {
            found.push((*id, candidate(rows, row, class)));
        }
    };
    blocks.iter().for_each(&mut look);
    look(&buckets.load(i, Vec::new())?);
    Ok(())
}

fn compare(collected: &Collected, a: &Candidate, b: &Candidate) -> Ordering {
    let actor = |c: &Candidate| collected.actors.names().get(actor_of(c.key));
    let target = |c: &Candidate| collected.targets.names().get(target_of(c.key));
    ts_of(a.key)
        .cmp(&ts_of(b.key))
        .then_with(|| actor(a).cmp(actor(b)))
        .then_with(|| target(a).cmp(target(b)))
        .then_with(|| a.class.cmp(&b.class))
}
