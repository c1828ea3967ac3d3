//! What was taken lately, so that what is sent again is known again.
//!
//! Bounded: ids beyond the limit are forgotten here. A repeat of an older event lands a second time
//! and is dropped where its window's parts merge, and in any case by detection, which counts an
//! event id once.

use std::collections::{HashMap, HashSet, VecDeque};

/// Ids of events and keys of batches.
#[derive(Debug)]
pub(super) struct Recent {
    events: HashSet<u128>,
    order: VecDeque<u128>,
    events_max: usize,
    batches: HashMap<u128, Taken>,
    batch_order: VecDeque<u128>,
}

/// A batch that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) digest: u64,
}

/// Keys of batches that are remembered.
const BATCHES_MAX: usize = 100_000;

impl Recent {
    pub(super) fn new(events_max: usize) -> Self {
        Self {
            events: HashSet::new(),
            order: VecDeque::new(),
            events_max,
            batches: HashMap::new(),
            batch_order: VecDeque::new(),
        }
    }

    /// Remembers an event; false where it is known.
    pub(super) fn insert(&mut self, event: u128) -> bool {
        if !self.events.insert(event) {
            return false;
        }
        self.order.push_back(event);
        true
    }

    /// Forgets the `n` events that were remembered last.
    pub(super) fn undo(&mut self, n: usize) {
        for event in self.order.split_off(self.order.len().saturating_sub(n)) {
            self.events.remove(&event);
        }
    }

    /// Forgets the oldest beyond the limit. Not done on insertion, so that `undo` is exact.
    pub(super) fn trim(&mut self) {
        while self.order.len() > self.events_max {
            if let Some(event) = self.order.pop_front() {
                self.events.remove(&event);
            }
        }
        while self.batch_order.len() > BATCHES_MAX {
            if let Some(key) = self.batch_order.pop_front() {
                self.batches.remove(&key);
            }
        }
    }

    pub(super) fn batch(&self, key: u128) -> Option<Taken> {
        self.batches.get(&key).copied()
    }

    pub(super) fn insert_batch(&mut self, key: u128, taken: Taken) {
        if self.batches.insert(key, taken).is_none() {
            self.batch_order.push_back(key);
        }
    }

    pub(super) fn remove_batch(&mut self, key: u128) {
        self.batches.remove(&key);
        self.batch_order.retain(|k| *k != key);
    }

    pub(super) fn events(&self) -> usize {
        self.events.len()
    }
}
