//! Opening a data folder: what a crash left is repaired, and said.

use super::admit::Admitted;
use super::close::remove_replaced;
use super::files::{make_folder, names, remove, sync_folder, write_whole};
use super::journal::{self, Scan};
use super::recent::{Recent, Taken};
use super::state::{Lengths, Segment, State};
use super::window::{folder_name, start_of_folder, window_of};
use super::writer::{Command, Done, Writer, lock};
use super::{Door, Identity, LandingError, Receipt, close, codec, erase, rotate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use touchstone_event::mapping::Mapping;

/// How events land.
#[derive(Clone, Debug)]
pub struct LandingOptions {
    /// Columns, and the unit of bare numbers as times.
    pub mapping: Mapping,
    /// Kinds that are endorsements, for [`Admitted::endorsed`].
    pub endorse: Vec<String>,
    /// Length of a window of event time, in seconds. Fixed for a folder at its first start.
    pub window_seconds: u32,
    /// How long after its end a window waits for stragglers, in seconds of event time.
    pub lateness_seconds: u32,
    /// How long rows for closed windows are collected before their windows are touched again, in seconds.
    pub late_seconds: u64,
    /// After so many seconds without events every window closes.
    pub idle_seconds: u64,
    /// How far ahead of the clock an event may be, in seconds.
    pub future_seconds_max: i64,
    /// Windows older than this are removed; none keeps all.
    pub retention_seconds: Option<i64>,
    /// Bytes of a segment after which the next begins.
    pub segment_bytes_max: u64,
    /// Bytes of the journal beyond which batches are refused.
    pub journal_bytes_max: u64,
    /// Bytes that may wait for the disk.
    pub waiting_bytes_max: u64,
    /// Events remembered against repeats: 16 bytes each and as much again for finding them.
    pub remembered_events_max: usize,
    /// Parts of a window beyond which they are merged.
    pub parts_max: usize,
}

impl Default for LandingOptions {
    fn default() -> Self {
        Self {
            mapping: Mapping::default(),
            endorse: vec!["like".to_owned()],
            window_seconds: 3600,
            lateness_seconds: 600,
            late_seconds: 60,
            idle_seconds: 300,
            future_seconds_max: 86_400,
            retention_seconds: None,
            segment_bytes_max: 64 << 20,
            journal_bytes_max: 16 << 30,
            waiting_bytes_max: 64 << 20,
            remembered_events_max: 4_000_000,
            parts_max: 8,
        }
    }
}

impl LandingOptions {
    pub(super) fn lengths(&self) -> Lengths {
        Lengths {
            window: i64::from(self.window_seconds.max(1)) * 1_000_000,
            lateness: i64::from(self.lateness_seconds) * 1_000_000,
        }
    }
}

/// Something that a start found and mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "repair", rename_all = "snake_case")]
pub enum Repair {
    /// The last write was cut off; it had not been acknowledged.
    TornEnd {
        /// Segment.
        segment: u64,
        /// Bytes cut off.
        bytes: u64,
    },
    /// A stretch of the journal is unreadable though later records are there: the disk changed it.
    Damaged {
        /// Segment.
        segment: u64,
        /// Where it begins.
        offset: u64,
        /// How long it is.
        bytes: u64,
    },
    /// Windows of a segment had their parts already; the others are to do.
    Resumed {
        /// Segment.
        segment: u64,
        /// Windows that were done.
        windows: u64,
    },
    /// A segment had all its parts and was only to be removed.
    Finished {
        /// Segment.
        segment: u64,
    },
    /// Files under construction were removed.
    Drafts {
        /// How many.
        files: u64,
    },
    /// Parts whose rows are in a merged part were removed.
    Merged {
        /// How many.
        files: u64,
    },
    /// An erasure that had begun was completed.
    Erasure {
        /// Rows it removed.
        rows: u64,
    },
    /// A rotation of keys had been prepared in full and was put in force.
    Rotation,
    /// A rotation of keys had not been prepared in full and was undone.
    RotationUndone,
}

/// How the landing stands, for people and metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Rows taken since the start of this process.
    pub rows_taken: u64,
    /// Of them, rows for windows that were over.
    pub rows_late: u64,
    /// Rows that were known already.
    pub rows_duplicate: u64,
    /// Waits for the disk.
    pub commits: u64,
    /// Rows in the journal whose windows are open.
    pub rows_pending: u64,
    /// Windows with such rows.
    pub windows_open: u64,
    /// Windows with parts.
    pub windows_closed: u64,
    /// Bytes of the journal.
    pub journal_bytes: u64,
    /// Bytes that wait for the disk.
    pub waiting_bytes: u64,
    /// Events remembered against repeats.
    pub remembered_events: u64,
    /// Latest event, microseconds since 1970 UTC, not later than the clock; none before the first.
    pub latest_ts: Option<i64>,
    /// Grows with every change below `events/`.
    pub generation: u64,
}

/// A data folder, open for landing. One process at a time.
#[derive(Debug)]
pub struct Landing {
    pub(super) folder: PathBuf,
    pub(super) events: PathBuf,
    pub(super) scratch: PathBuf,
    pub(super) options: Arc<LandingOptions>,
    pub(super) identity: Arc<Identity>,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) commands: Sender<Command>,
    pub(super) maintenance: Mutex<()>,
    waiting_bytes: Arc<AtomicU64>,
    thread: Mutex<Option<JoinHandle<()>>>,
    _lock: File,
}

/// What of a folder's settings may not change.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    version: u32,
    window_seconds: u32,
}

impl Landing {
    /// Opens or makes a data folder with its keys at `keys`.
    ///
    /// # Errors
    /// If another process has it, it was made with other windows, or the system refuses.
    pub fn open(folder: &Path, keys: &Path, options: LandingOptions) -> Result<(Self, Vec<Repair>), LandingError> {
        make_folder(folder)?;
        let lock = lock_folder(folder)?;
        let mut repairs = Vec::new();
        rotate::finish(folder, keys, &mut repairs)?;
        fix_settings(folder, &options)?;
        let [journal, events, scratch] = ["journal", "events", "scratch"].map(|name| folder.join(name));
        for needed in [&journal, &events, &scratch] {
            make_folder(needed)?;
        }
        let identity = Arc::new(Identity::open(keys)?);
        remove_drafts(&scratch, &mut repairs)?;
        let options = Arc::new(options);
        let mut recent = Recent::new(options.remembered_events_max);
        let mut state = State::new(0);
        let newest_part = read_windows(&events, &mut state, &mut repairs)?;
        let newest_segment = read_journal(&journal, &events, &options, &mut state, &mut recent, &mut repairs)?;
        recent.trim();
        state.remembered = recent.events();
        let state = Arc::new(Mutex::new(state));
        let waiting_bytes = Arc::new(AtomicU64::new(0));
        let mut writer = Writer {
            folder: journal,
            options: Arc::clone(&options),
            state: Arc::clone(&state),
            waiting_bytes: Arc::clone(&waiting_bytes),
            recent,
            file: None,
            next_segment: newest_part.max(newest_segment) + 1,
        };
        writer.begin_segment()?;
        let (commands, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run(&receiver))
            .map_err(|e| LandingError::io(folder, "no thread could be started", &e))?;
        let landing = Self {
            folder: folder.to_owned(),
            events,
            scratch,
            options,
            identity,
            state,
            commands,
            maintenance: Mutex::new(()),
            waiting_bytes,
            thread: Mutex::new(Some(thread)),
            _lock: lock,
        };
        erase::finish(&landing, &mut repairs)?;
        Ok((landing, repairs))
    }

    /// The door for requests.
    #[must_use]
    pub fn door(&self) -> Door {
        Door::new(Arc::clone(&self.identity), Arc::clone(&self.options))
    }

    /// The folder of closed windows: an input for `touchstone detect`.
    #[must_use]
    pub fn events_folder(&self) -> &Path {
        &self.events
    }

    /// Hands rows to the writer. `done` is called once from its thread, when they are durable or refused.
    ///
    /// # Errors
    /// At once, and without a call of `done`, if too much waits already or the journal is full.
    pub fn submit(
        &self,
        admitted: Admitted,
        now_micros: i64,
        done: impl FnOnce(Result<Receipt, LandingError>) + Send + 'static,
    ) -> Result<(), LandingError> {
        let bytes = admitted.batch.bytes.len() as u64;
        let journal = lock(&self.state).journal_bytes();
        if journal >= self.options.journal_bytes_max {
            return Err(LandingError::JournalFull { bytes: journal });
        }
        if self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed) > self.options.waiting_bytes_max {
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(LandingError::Busy);
        }
        let done: Done = Box::new(done);
        self.commands.send(Command::Land { batch: admitted.batch, now_micros, done }).map_err(|_| LandingError::Stopped)
    }

    /// Lands rows and waits until they are durable.
    ///
    /// # Errors
    /// If they were refused.
    pub fn land(&self, admitted: Admitted, now_micros: i64) -> Result<Receipt, LandingError> {
        let (reply, answer) = std::sync::mpsc::channel();
        self.submit(admitted, now_micros, move |outcome| {
            let _ = reply.send(outcome);
        })?;
        answer.recv().map_err(|_| LandingError::Stopped)?
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let state = lock(&self.state);
        let pending = state.pending();
        Status {
            rows_taken: state.rows_taken,
            rows_late: state.rows_late,
            rows_duplicate: state.rows_duplicate,
            commits: state.commits,
            rows_pending: pending.values().sum(),
            windows_open: pending.len() as u64,
            windows_closed: state.closed.len() as u64,
            journal_bytes: state.journal_bytes(),
            waiting_bytes: self.waiting_bytes.load(Ordering::Relaxed),
            remembered_events: state.remembered as u64,
            latest_ts: state.latest_ts,
            generation: state.generation,
        }
    }

    /// Writes what waits, then stops. Later batches are refused.
    pub fn close(&self) {
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = lock(&self.thread).take() {
            // A writer that panicked has nothing left to write.
            let _ = thread.join();
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.close();
    }
}

/// Takes the folder for this process.
pub(super) fn lock_folder(folder: &Path) -> Result<File, LandingError> {
    let path = folder.join("LOCK");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| LandingError::io(&path, "cannot be made", &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(LandingError::Locked(folder.to_owned())),
        Err(std::fs::TryLockError::Error(e)) => Err(LandingError::io(&path, "cannot be locked", &e)),
    }
}

fn fix_settings(folder: &Path, options: &LandingOptions) -> Result<(), LandingError> {
    let path = folder.join("landing.json");
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let fixed = Fixed { version: 1, window_seconds: options.window_seconds };
            let text = serde_json::to_vec_pretty(&fixed).map_err(|e| LandingError::unfit(&path, e.to_string()))?;
            return write_whole(&path, &text, false);
        }
        Err(e) => return Err(LandingError::io(&path, "cannot be read", &e)),
    };
    let fixed: Fixed = serde_json::from_slice(&text).map_err(|e| {
        LandingError::unfit(&path, format!("not what this program wrote ({e}); restore it from a backup"))
    })?;
    if fixed.version != 1 {
        let what = format!("format {} is of a later version of touchstone; use that one", fixed.version);
        return Err(LandingError::unfit(&path, what));
    }
    if fixed.window_seconds != options.window_seconds {
        let what = format!(
            "windows here are {} seconds long, not {}; start with that length, or use a new folder",
            fixed.window_seconds, options.window_seconds
        );
        return Err(LandingError::unfit(&path, what));
    }
    Ok(())
}

fn remove_drafts(scratch: &Path, repairs: &mut Vec<Repair>) -> Result<(), LandingError> {
    let drafts = names(scratch)?;
    for name in &drafts {
        remove(&scratch.join(name))?;
    }
    if !drafts.is_empty() {
        repairs.push(Repair::Drafts { files: drafts.len() as u64 });
    }
    Ok(())
}

/// Notes which windows are closed; returns the newest segment that a part is of.
fn read_windows(events: &Path, state: &mut State, repairs: &mut Vec<Repair>) -> Result<u64, LandingError> {
    let (mut newest, mut merged) = (0, 0);
    for name in names(events)? {
        let Some(start) = start_of_folder(&name) else { continue };
        let folder = events.join(name);
        merged += remove_replaced(&folder)?;
        let parts = close::parts(&folder)?;
        if !parts.is_empty() {
            state.closed.insert(start);
        }
        newest = parts.iter().map(|c| c.last).max().unwrap_or(0).max(newest);
    }
    if merged > 0 {
        repairs.push(Repair::Merged { files: merged });
    }
    // Whatever closed a window had seen an event past its end.
    state.latest_ts = state.closed.last().copied();
    state.generation = u64::from(!state.closed.is_empty());
    Ok(newest)
}

/// Reads all segments; returns the newest.
fn read_journal(
    journal: &Path,
    events: &Path,
    options: &LandingOptions,
    state: &mut State,
    recent: &mut Recent,
    repairs: &mut Vec<Repair>,
) -> Result<u64, LandingError> {
    let segments: BTreeMap<u64, PathBuf> =
        names(journal)?.iter().filter_map(|n| Some((journal::of_file(n)?, journal.join(n)))).collect();
    let newest = segments.keys().last().copied().unwrap_or(0);
    let lengths = options.lengths();
    for (id, path) in segments {
        let scan = Scan::read(&path, id)?;
        for range in &scan.damaged {
            let (offset, bytes) = (range.start as u64, range.len() as u64);
            repairs.push(Repair::Damaged { segment: id, offset, bytes });
        }
        if scan.good_end < scan.len() {
            repairs.push(Repair::TornEnd { segment: id, bytes: (scan.len() - scan.good_end) as u64 });
            if !scan.is_empty() {
                let cut = File::options().write(true).open(&path).and_then(|f| {
                    f.set_len(scan.good_end as u64)?;
                    f.sync_all()
                });
                cut.map_err(|e| LandingError::io(&path, "cannot be cut to its good part", &e))?;
            }
        }
        if scan.is_empty() {
            remove(&path)?;
            continue;
        }
        let mut segment = Segment { path: path.clone(), bytes: scan.good_end as u64, pending: BTreeMap::new() };
        for record in scan.records() {
            if record.head.key != 0 {
                recent.insert_batch(record.head.key, Taken { digest: record.head.digest });
            }
            for row in record.rows.iter().filter_map(|bytes| codec::decode(bytes)) {
                if row.event != 0 {
                    recent.insert(row.event);
                }
                *segment.pending.entry(window_of(row.ts, lengths.window)).or_default() += 1;
                state.latest_ts = state.latest_ts.max(Some(row.ts));
            }
            recent.trim();
        }
        let before = segment.pending.len();
        let mut covered = Vec::new();
        for &window in segment.pending.keys() {
            if close::parts(&events.join(folder_name(window)))?.iter().any(|c| c.contains(id)) {
                covered.push(window);
            }
        }
        segment.pending.retain(|w, _| !covered.contains(w));
        if segment.pending.is_empty() {
            repairs.push(Repair::Finished { segment: id });
            remove(&path)?;
            continue;
        }
        if segment.pending.len() < before {
            repairs.push(Repair::Resumed { segment: id, windows: (before - segment.pending.len()) as u64 });
        }
        state.segments.insert(id, segment);
    }
    sync_folder(journal)?;
    Ok(newest)
}
