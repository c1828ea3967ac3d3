//! Closing windows: rows go from the journal into Parquet, segments that are done go.

use super::files::{names, remove, sync_folder};
use super::journal::Scan;
use super::part::{Builder, copy_once};
use super::state::State;
use super::window::{Covers, folder_name, start_of_folder, window_of};
use super::writer::{Command, lock};
use super::{Landing, LandingError, codec};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which windows to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those the stream has passed; all where it has been silent for long.
    Due,
    /// All, also those that are still open.
    All,
}

/// What a maintenance did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Windows that got parts.
    pub windows: u64,
    /// Rows that went into parts.
    pub rows: u64,
    /// Windows whose parts were merged into one.
    pub merged: u64,
    /// Windows that retention removed.
    pub expired: u64,
}

/// Bytes of parts that are merged in memory.
const MERGE_BYTES_MAX: u64 = 256 << 20;

impl Landing {
    /// Closes windows, removes what retention says, merges small parts. May be called at any time;
    /// what it could not do (a full disk) is done the next time.
    ///
    /// # Errors
    /// If something cannot be written or read; nothing is lost by that.
    pub fn maintain(&self, which: Which, now_micros: i64) -> Result<Maintained, LandingError> {
        let _one_at_a_time = lock(&self.maintenance);
        let mut done = Maintained { expired: self.expire(now_micros)?, ..Maintained::default() };
        let due = self.due(which);
        if due.is_empty() {
            return Ok(done);
        }
        self.seal_if(|state| {
            state.segments.get(&state.active).is_some_and(|s| s.pending.keys().any(|w| due.contains(w)))
        })?;
        for (segment, path) in self.sealed_with(&due) {
            done.rows += self.convert(segment, &path, &due)?;
        }
        done.windows = due.len() as u64;
        for &window in &due {
            done.merged += u64::from(self.merge(window)?);
        }
        Ok(done)
    }

    fn due(&self, which: Which) -> BTreeSet<i64> {
        let lengths = self.options.lengths();
        let mut state = lock(&self.state);
        let pending: Vec<i64> = state.pending().into_keys().collect();
        let silent = state.last_arrival.elapsed() >= Duration::from_secs(self.options.idle_seconds);
        if which == Which::All || silent {
            state.late.clear();
            state.late_since = None;
            return pending.into_iter().collect();
        }
        let over: BTreeSet<i64> = pending.into_iter().filter(|&w| state.is_over(w, lengths)).collect();
        let patience = Duration::from_secs(self.options.late_seconds);
        // Late rows trickle in: each would cost its window a part of its own.
        if over.is_subset(&state.late) && state.late_since.is_none_or(|since| since.elapsed() < patience) {
            return BTreeSet::new();
        }
        state.late.clear();
        state.late_since = None;
        over
    }

    /// Begins a new segment where `wanted`, so that all rows so far are in sealed ones.
    pub(super) fn seal_if(&self, wanted: impl Fn(&State) -> bool) -> Result<(), LandingError> {
        if !wanted(&lock(&self.state)) {
            return Ok(());
        }
        let (reply, sealed) = std::sync::mpsc::channel();
        self.commands.send(Command::Seal(reply)).map_err(|_| LandingError::Stopped)?;
        sealed.recv().map_err(|_| LandingError::Stopped)?
    }

    fn sealed_with(&self, windows: &BTreeSet<i64>) -> Vec<(u64, PathBuf)> {
        let state = lock(&self.state);
        let has = |s: &super::state::Segment| s.pending.keys().any(|w| windows.contains(w));
        let sealed = state.segments.iter().filter(|(id, s)| **id != state.active && has(s));
        sealed.map(|(id, s)| (*id, s.path.clone())).collect()
    }

    /// Makes the parts of some windows of one sealed segment; removes it when all its windows have theirs.
    fn convert(&self, segment: u64, path: &Path, windows: &BTreeSet<i64>) -> Result<u64, LandingError> {
        let length = self.options.lengths().window;
        let scan = Scan::read(path, segment)?;
        let mut builders: BTreeMap<i64, Builder> = BTreeMap::new();
        for record in scan.records() {
            for (i, bytes) in record.rows.iter().enumerate() {
                let Some(row) = codec::decode(bytes) else { continue };
                let window = window_of(row.ts, length);
                if windows.contains(&window) {
                    let place = (segment, record.head.first_row + i as u64);
                    builders.entry(window).or_insert_with(Builder::new).push_view(&row, place);
                }
            }
        }
        drop(scan);
        let mut rows = 0;
        for (window, builder) in builders {
            let pending = lock(&self.state).segments.get(&segment).is_some_and(|s| s.pending.contains_key(&window));
            if !pending {
                continue;
            }
            rows += builder.rows as u64;
            let covers = Covers { first: segment, last: segment };
            builder.publish(&self.scratch, &self.events.join(folder_name(window)).join(covers.file_name()))?;
        }
        let mut state = lock(&self.state);
        state.closed.extend(windows.iter().copied());
        state.generation += 1;
        if let Some(entry) = state.segments.get_mut(&segment) {
            entry.pending.retain(|w, _| !windows.contains(w));
            if entry.pending.is_empty() {
                state.segments.remove(&segment);
                remove(path)?;
            }
        }
        Ok(rows)
    }

    /// Merges the parts of a window where there are many small ones.
    fn merge(&self, window: i64) -> Result<bool, LandingError> {
        let folder = self.events.join(folder_name(window));
        let parts = parts(&folder)?;
        let size = |c: &Covers| std::fs::metadata(folder.join(c.file_name())).map_or(0, |m| m.len());
        if parts.len() <= self.options.parts_max || parts.iter().map(size).sum::<u64>() > MERGE_BYTES_MAX {
            return Ok(false);
        }
        let (Some(first), Some(last)) = (parts.iter().map(|c| c.first).min(), parts.iter().map(|c| c.last).max())
        else {
            return Ok(false);
        };
        let whole = Covers { first, last };
        // A segment that is covered by name but not in content would be taken for done.
        let open = |(id, s): (&u64, &super::state::Segment)| whole.contains(*id) && s.pending.contains_key(&window);
        if lock(&self.state).segments.iter().any(open) {
            return Ok(false);
        }
        let (mut builder, mut seen) = (Builder::new(), HashSet::new());
        for part in &parts {
            copy_once(&folder.join(part.file_name()), &mut seen, &mut builder)?;
        }
        builder.publish(&self.scratch, &folder.join(whole.file_name()))?;
        remove_replaced(&folder)?;
        lock(&self.state).generation += 1;
        Ok(true)
    }

    /// Removes windows that are older than retention, and their rows in the journal.
    fn expire(&self, now_micros: i64) -> Result<u64, LandingError> {
        let Some(seconds) = self.options.retention_seconds else { return Ok(0) };
        let before = now_micros.saturating_sub(seconds.saturating_mul(1_000_000)) - self.options.lengths().window;
        let mut gone = 0;
        for name in names(&self.events)? {
            if start_of_folder(&name).is_some_and(|start| start < before) {
                let folder = self.events.join(&name);
                for file in names(&folder)? {
                    remove(&folder.join(file))?;
                }
                std::fs::remove_dir(&folder).map_err(|e| LandingError::io(&folder, "cannot be removed", &e))?;
                gone += 1;
            }
        }
        if gone > 0 {
            sync_folder(&self.events)?;
        }
        let old = |w: &i64| *w < before;
        self.seal_if(|state| state.segments.get(&state.active).is_some_and(|s| s.pending.keys().any(old)))?;
        let mut state = lock(&self.state);
        let active = state.active;
        let mut finished = Vec::new();
        for (id, segment) in &mut state.segments {
            let before = segment.pending.len();
            segment.pending.retain(|w, _| !old(w));
            if *id != active && segment.pending.is_empty() && before > 0 {
                finished.push(*id);
            }
        }
        for id in finished {
            if let Some(segment) = state.segments.remove(&id) {
                remove(&segment.path)?;
            }
        }
        state.closed.retain(|w| !old(w));
        state.generation += u64::from(gone > 0);
        Ok(gone)
    }
}

/// The parts in a window's folder.
pub(super) fn parts(folder: &Path) -> Result<Vec<Covers>, LandingError> {
    let mut parts: Vec<Covers> = names(folder)?.iter().filter_map(|n| Covers::of_file(n)).collect();
    parts.sort();
    Ok(parts)
}

/// Removes parts whose rows are all in a merged one.
pub(super) fn remove_replaced(folder: &Path) -> Result<u64, LandingError> {
    let parts = parts(folder)?;
    let mut removed = 0;
    for part in &parts {
        if parts.iter().any(|other| other.replaces(*part)) {
            remove(&folder.join(part.file_name()))?;
            removed += 1;
        }
    }
    if removed > 0 {
        sync_folder(folder)?;
    }
    Ok(removed)
}
