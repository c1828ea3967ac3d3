//! Events are interned and dealt to partitions.

use super::intern::{Interner, NO_ID, partition_of};
use super::owners::OwnerVotes;
use super::prepare::Prepared;
use super::rows::{Buckets, Extras, Layout, OTHER, VIEW, is_reaction, key_of};
use super::spill::Spill;
use super::{IngestError, IngestOptions};
use crate::source::column::Cells;
use std::collections::{BTreeMap, HashSet};

/// Everything that grows while files are read.
pub(crate) struct Collected {
    pub(crate) actors: Interner,
    pub(crate) targets: Interner,
    /// Partition of each target.
    pub(crate) partitions: Vec<u8>,
    pub(crate) votes: OwnerVotes,
    pub(crate) endorsements: Buckets,
    pub(crate) views: Buckets,
    /// What else was done, for ranking; it makes nobody an account and nothing a target.
    pub(crate) reactions: Buckets,
    pub(crate) has_views: bool,
    pub(crate) event_ids: EventIds,
    pub(crate) kinds: BTreeMap<String, u64>,
    pub(crate) rows: u64,
    pub(crate) unreadable_numbers: u64,
    memory_limit_bytes: Option<u64>,
}

/// Event ids seen, so that the rare ones that come twice are known in the end.
///
/// Half of each hash is kept in a bare table; a chance collision there only makes an event a
/// candidate, and candidates are compared by the whole hash.
#[derive(Debug)]
pub(crate) struct EventIds {
    slots: Vec<u64>,
    len: usize,
    pub(crate) repeated: HashSet<u128>,
}

impl EventIds {
    fn new() -> Self {
        Self { slots: vec![0; 1024], len: 0, repeated: HashSet::new() }
    }

    fn add(&mut self, id: u128) {
        if id == 0 {
            return;
        }
        let half = (id as u64).max(1);
        if !insert(&mut self.slots, half) {
            self.repeated.insert(id);
            return;
        }
        self.len += 1;
        if self.len * 16 > self.slots.len() * 11 {
            let doubled = self.slots.len() * 2;
            let old = std::mem::replace(&mut self.slots, vec![0; doubled]);
            for half in old.into_iter().filter(|&h| h != 0) {
                insert(&mut self.slots, half);
            }
        }
    }

    /// Frees the table; what came twice stays known.
    pub(crate) fn close(&mut self) {
        self.slots = Vec::new();
    }

    fn memory_bytes(&self) -> u64 {
        self.slots.len() as u64 * 8 + self.repeated.len() as u64 * 32
    }
}

/// False where it was there.
fn insert(slots: &mut [u64], half: u64) -> bool {
    let mask = slots.len() - 1;
    let mut at = (half.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as usize & mask;
    while slots[at] != 0 {
        if slots[at] == half {
            return false;
        }
        at = (at + 1) & mask;
    }
    slots[at] = half;
    true
}

impl Collected {
    pub(crate) fn new(options: &IngestOptions, layout: Layout) -> Self {
        Self {
            actors: Interner::new(&options.hash_key),
            targets: Interner::new(&options.hash_key),
            partitions: Vec::new(),
            votes: OwnerVotes::default(),
            endorsements: Buckets::new(layout.of_endorsements(), Spill::new(&options.scratch, "endorsements")),
            views: Buckets::new(layout.of_views(), Spill::new(&options.scratch, "views")),
            reactions: Buckets::new(Layout::of_reactions(), Spill::new(&options.scratch, "reactions")),
            has_views: false,
            event_ids: EventIds::new(),
            kinds: BTreeMap::new(),
            rows: 0,
            unreadable_numbers: 0,
            memory_limit_bytes: options.memory_limit_bytes,
        }
    }

    /// Takes the events of a chunk in.
    pub(crate) fn absorb(&mut self, events: &Prepared) -> Result<(), IngestError> {
        let n = events.events();
        let (actors, targets, partitions) = (&mut self.actors, &mut self.targets, &mut self.partitions);
        let rows = || (0..n).map(|event| events.row(event));
        let ((actor_ids, owner_ids), target_ids) = rayon::join(
            || {
                let ids = if events.classes.contains(&OTHER) {
                    intern_acting(actors, events)
                } else {
                    actors.intern_cells(Cells::new(&events.actor), rows())
                };
                (ids, events.owner.as_ref().map(|owner| actors.intern_cells(Cells::new(owner), rows())))
            },
            || {
                let ids = targets.intern_cells(Cells::new(&events.target), rows());
                let names = targets.names();
                partitions.extend((partitions.len()..names.len()).map(|id| partition_of(names.get(id as u32))));
                ids
            },
        );
        if self.actors.overflowed() || self.targets.overflowed() {
            return Err(IngestError::TooMany {
                what: "accounts or targets",
                limit: u64::from(u32::MAX) - 2,
                remedy: "split the log by time",
            });
        }
        if let Some(owners) = &owner_ids {
            for (&target, &owner) in target_ids.iter().zip(owners).filter(|&(_, &owner)| owner != NO_ID) {
                self.votes.add(target, owner);
            }
        }
        if self.endorsements.layout().is_plain() && events.classes.is_empty() {
            for ((&target, &actor), &ts) in target_ids.iter().zip(&actor_ids).zip(&events.ts) {
                self.endorsements.push_plain(self.partitions[target as usize], key_of(target, actor, ts));
            }
        } else {
            self.deal(events, &actor_ids, &target_ids);
        }
        for (kind, count) in &events.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
        self.rows += events.rows_read;
        self.unreadable_numbers += events.unreadable_numbers;
        Ok(())
    }

    fn deal(&mut self, events: &Prepared, actors: &[u32], targets: &[u32]) {
        for event in 0..events.events() {
            let class = events.class(event);
            if class == OTHER {
                continue;
            }
            let (actor, target) = (actors[event], targets[event]);
            let extras = Extras {
                class,
                event_id: events.event_ids.get(event).copied().unwrap_or(0),
                hashes: [0, 1, 2, 3].map(|h| events.hashes[h].get(event).copied().unwrap_or(0)),
                dwell: events.dwells.get(event).copied().unwrap_or(f32::NAN),
                fraction: events.fractions.get(event).copied().unwrap_or(f32::NAN),
            };
            if !is_reaction(class) {
                self.event_ids.add(extras.event_id);
            }
            let bucket = match class {
                VIEW => &mut self.views,
                class if is_reaction(class) => &mut self.reactions,
                _ => &mut self.endorsements,
            };
            self.has_views |= class == VIEW;
            bucket.push(self.partitions[target as usize], key_of(target, actor, events.ts[event]), &extras);
        }
    }

    /// Moves rows to the scratch folder when memory runs out.
    ///
    /// Where names alone exceed the limit, a quarter of it still goes to rows: spilling every few
    /// rows would not help.
    pub(crate) fn keep_within_limit(&mut self) -> Result<(), IngestError> {
        let Some(limit) = self.memory_limit_bytes else { return Ok(()) };
        let rows = self.endorsements.memory_bytes() + self.views.memory_bytes() + self.reactions.memory_bytes();
        let names = self.actors.memory_bytes() + self.targets.memory_bytes() + self.event_ids.memory_bytes();
        if rows > 0 && rows + names > limit && rows >= limit / 4 {
            self.endorsements.spill()?;
            self.views.spill()?;
            self.reactions.spill()?;
        }
        Ok(())
    }

    pub(crate) fn is_spilled(&self) -> bool {
        self.endorsements.is_spilled() || self.views.is_spilled() || self.reactions.is_spilled()
    }
}

/// Actors of events that count; who only commented is no account of the store.
fn intern_acting(actors: &mut Interner, events: &Prepared) -> Vec<u32> {
    let cells = Cells::new(&events.actor);
    let acting: Vec<usize> = (0..events.events()).filter(|&e| events.class(e) != OTHER).collect();
    let ids = actors.intern_cells(cells, acting.iter().map(|&e| events.row(e)));
    let mut all = vec![NO_ID; events.events()];
    for (event, id) in acting.into_iter().zip(ids) {
        all[event] = id;
    }
    all
}
