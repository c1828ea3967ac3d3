//! What is in the journal and which windows are closed: shared by the writer and the maintenance.

use super::admit::{Mark, window};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

/// A segment of the journal.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// Rows by window that are in no part yet.
    pub(super) pending: BTreeMap<i64, u64>,
}

/// The landing as it stands.
#[derive(Debug)]
pub(super) struct State {
    pub(super) segments: BTreeMap<u64, Segment>,
    /// The segment being written.
    pub(super) active: u64,
    /// Latest event so far, but never later than its arrival: a fast clock must not close windows
    /// that are still to come.
    pub(super) latest_ts: Option<i64>,
    /// Windows with parts.
    pub(super) closed: BTreeSet<i64>,
    /// Closed windows with new rows, and since when.
    pub(super) late: BTreeSet<i64>,
    pub(super) late_since: Option<Instant>,
    pub(super) last_arrival: Instant,
    /// Grows with every change below `events/`.
    pub(super) generation: u64,
    pub(super) rows_taken: u64,
    pub(super) rows_late: u64,
    pub(super) rows_duplicate: u64,
    pub(super) commits: u64,
    /// Events remembered against repeats.
    pub(super) remembered: usize,
}

/// Lengths that decide when a window is over, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    pub(super) window: i64,
    pub(super) lateness: i64,
}

impl State {
    pub(super) fn new(active: u64) -> Self {
        Self {
            segments: BTreeMap::new(),
            active,
            latest_ts: None,
            closed: BTreeSet::new(),
            late: BTreeSet::new(),
            late_since: None,
            last_arrival: Instant::now(),
            generation: 0,
            rows_taken: 0,
            rows_late: 0,
            rows_duplicate: 0,
            commits: 0,
            remembered: 0,
        }
    }

    /// True where the stream has passed the end of a window and the allowed lateness.
    pub(super) fn is_over(&self, window: i64, lengths: Lengths) -> bool {
        self.closed.contains(&window)
            || self
                .latest_ts
                .is_some_and(|t| t.saturating_sub(lengths.lateness) >= window.saturating_add(lengths.window))
    }

    /// Rows that are now on the disk.
    pub(super) fn took(&mut self, rows: &[Mark], lengths: Lengths, now_micros: i64) {
        let active = self.active;
        let mut over: BTreeMap<i64, bool> = BTreeMap::new();
        for mark in rows {
            let window = window(mark, lengths.window);
            let over = *over.entry(window).or_insert_with(|| self.is_over(window, lengths));
            if over {
                self.rows_late += 1;
                self.late.insert(window);
                self.late_since.get_or_insert_with(Instant::now);
            }
            if let Some(segment) = self.segments.get_mut(&active) {
                *segment.pending.entry(window).or_default() += 1;
            }
        }
        // After all rows: within a batch nobody is late for being written first.
        let latest = rows.iter().map(|m| m.ts.min(now_micros)).max();
        self.latest_ts = self.latest_ts.max(latest);
        self.rows_taken += rows.len() as u64;
        self.last_arrival = Instant::now();
    }

    /// Windows with rows in no part, and how many.
    pub(super) fn pending(&self) -> BTreeMap<i64, u64> {
        let mut all: BTreeMap<i64, u64> = BTreeMap::new();
        for (window, rows) in self.segments.values().flat_map(|s| &s.pending) {
            *all.entry(*window).or_default() += rows;
        }
        all
    }

    pub(super) fn journal_bytes(&self) -> u64 {
        self.segments.values().map(|s| s.bytes).sum()
    }
}
