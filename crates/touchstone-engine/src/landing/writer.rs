//! The one thread that writes the journal. Batches that arrive while it waits for the disk share
//! the next wait: one durable write costs milliseconds, however much is in it.

use super::admit::{Batch, Mark};
use super::files::{remove, sync_folder};
use super::journal::{self, HEADER_BYTES, Head};
use super::recent::{Recent, Taken};
use super::state::{Segment, State};
use super::{LandingError, LandingOptions};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What became of a batch that is now durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Rows that landed now.
    pub landed: u64,
    /// Rows that were there before.
    pub duplicates: u64,
    /// True where the whole batch was there before, by its key.
    pub replayed: bool,
}

/// Called once, from the writer's thread, when a batch is durable or refused.
pub(super) type Done = Box<dyn FnOnce(Result<Receipt, LandingError>) + Send>;

pub(super) enum Command {
    Land {
        batch: Batch,
        now_micros: i64,
        done: Done,
    },
    /// Begin a new segment, so that the current one can be read to its end.
    Seal(Sender<Result<(), LandingError>>),
    Stop,
}

/// Bytes written in one go, at most (one batch more).
const GROUP_BYTES_MAX: usize = 8 << 20;

pub(super) struct Writer {
    pub(super) folder: PathBuf,
    pub(super) options: Arc<LandingOptions>,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) waiting_bytes: Arc<AtomicU64>,
    pub(super) recent: Recent,
    pub(super) file: Option<Active>,
    pub(super) next_segment: u64,
}

/// The segment being written.
pub(super) struct Active {
    segment: u64,
    file: File,
    path: PathBuf,
    /// Bytes that are on the disk.
    durable: u64,
    rows: u64,
}

/// A lock whose holder may have panicked: the data is plain and stays usable.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One batch of a group, while it is being written.
struct Waiting {
    done: Done,
    outcome: Result<Receipt, LandingError>,
    rows: Vec<Mark>,
    now_micros: i64,
    /// Undone if the group fails.
    key: Option<u128>,
}

impl Writer {
    /// Makes the next segment, durably.
    pub(super) fn begin_segment(&mut self) -> Result<(), LandingError> {
        let segment = self.next_segment;
        let path = journal::path(&self.folder, segment);
        let made = self.make(segment, &path);
        if made.is_err() {
            // A half-made segment would only be in the way.
            let _ = remove(&path);
        }
        let file = made?;
        self.next_segment += 1;
        let mut state = lock(&self.state);
        // The one before may hold nothing that is not in a part already.
        let before = state.active;
        if state.segments.get(&before).is_some_and(|s| s.pending.is_empty())
            && let Some(empty) = state.segments.remove(&before)
        {
            remove(&empty.path)?;
        }
        state.active = segment;
        let entry = Segment { path: path.clone(), bytes: HEADER_BYTES as u64, pending: BTreeMap::new() };
        state.segments.insert(segment, entry);
        drop(state);
        self.file = Some(Active { segment, file, path, durable: HEADER_BYTES as u64, rows: 0 });
        Ok(())
    }

    fn make(&self, segment: u64, path: &Path) -> Result<File, LandingError> {
        let fail = |e: &std::io::Error| LandingError::io(path, "cannot be written", e);
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|e| fail(&e))?;
        file.write_all(&journal::header(segment)).map_err(|e| fail(&e))?;
        file.sync_all().map_err(|e| fail(&e))?;
        sync_folder(&self.folder)?;
        Ok(file)
    }

    /// Runs until it is told to stop or nobody can tell it anything any more.
    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        let mut held = None;
        while let Some(command) = held.take().or_else(|| commands.recv().ok()) {
            match command {
                Command::Land { batch, now_micros, done } => {
                    let mut bytes = batch.bytes.len();
                    let mut group = vec![(batch, now_micros, done)];
                    while bytes < GROUP_BYTES_MAX {
                        match commands.try_recv() {
                            Ok(Command::Land { batch, now_micros, done }) => {
                                bytes += batch.bytes.len();
                                group.push((batch, now_micros, done));
                            }
                            Ok(other) => {
                                held = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.land(group);
                }
                Command::Seal(reply) => {
                    let sealed = self.begin_segment();
                    let _ = reply.send(sealed);
                }
                Command::Stop => break,
            }
        }
    }

    fn land(&mut self, group: Vec<(Batch, i64, Done)>) {
        let bytes: u64 = group.iter().map(|(batch, ..)| batch.bytes.len() as u64).sum();
        let full = self.file.as_ref().is_none_or(|f| f.durable >= self.options.segment_bytes_max);
        let waiting = match if full { self.begin_segment() } else { Ok(()) } {
            Ok(()) => self.write(group),
            Err(e) => group.into_iter().map(|(_, now_micros, done)| refused(done, now_micros, e.clone())).collect(),
        };
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        for w in waiting {
            (w.done)(w.outcome);
        }
    }

    /// Writes a group and waits for the disk; what is returned is ready to be answered.
    fn write(&mut self, group: Vec<(Batch, i64, Done)>) -> Vec<Waiting> {
        let Some(active) = self.file.as_mut() else { return Vec::new() };
        let mut out = Vec::new();
        let mut waiting = Vec::new();
        let (mut inserted, mut rows) = (0, active.rows);
        for (batch, now_micros, done) in group {
            let known = if batch.key == 0 { None } else { self.recent.batch(batch.key) };
            if let Some(taken) = known {
                let all = batch.rows.len() as u64;
                let replay = Receipt { landed: 0, duplicates: all, replayed: true };
                let outcome = if taken.digest == batch.digest { Ok(replay) } else { Err(LandingError::KeyReused) };
                waiting.push(Waiting { done, outcome, rows: Vec::new(), now_micros, key: None });
                continue;
            }
            let mut kept = batch.rows.clone();
            kept.retain(|row| {
                row.event == 0 || {
                    let new = self.recent.insert(row.event);
                    inserted += usize::from(new);
                    new
                }
            });
            let receipt = Receipt {
                landed: kept.len() as u64,
                duplicates: (batch.rows.len() - kept.len()) as u64,
                replayed: false,
            };
            if !kept.is_empty() {
                let head = Head { key: batch.key, digest: batch.digest, first_row: rows };
                let offset = active.durable + out.len() as u64;
                let slices = kept.iter().map(|row| &batch.bytes[row.start..row.end]);
                journal::append(active.segment, offset, head, slices, &mut out);
                rows += kept.len() as u64;
            }
            let key = (batch.key != 0).then_some(batch.key);
            if let Some(key) = key {
                self.recent.insert_batch(key, Taken { digest: batch.digest });
            }
            waiting.push(Waiting { done, outcome: Ok(receipt), rows: kept, now_micros, key });
        }
        let written = if out.is_empty() { Ok(()) } else { active.write(&out) };
        if let Err(e) = written {
            self.recent.undo(inserted);
            for key in waiting.iter().filter_map(|w| w.key) {
                self.recent.remove_batch(key);
            }
            // After a failed flush nobody knows what the disk holds of this file: the next batch
            // goes into a new one.
            self.file = None;
            return waiting.into_iter().map(|w| refused(w.done, w.now_micros, e.clone())).collect();
        }
        active.rows = rows;
        self.recent.trim();
        let (lengths, durable) = (self.options.lengths(), active.durable);
        let mut state = lock(&self.state);
        let segment = state.active;
        if let Some(segment) = state.segments.get_mut(&segment) {
            segment.bytes = durable;
        }
        for w in &waiting {
            state.took(&w.rows, lengths, w.now_micros);
            state.rows_duplicate += w.outcome.as_ref().map_or(0, |r| r.duplicates);
        }
        state.commits += u64::from(!out.is_empty());
        state.remembered = self.recent.events();
        drop(state);
        waiting
    }
}

fn refused(done: Done, now_micros: i64, e: LandingError) -> Waiting {
    Waiting { done, outcome: Err(e), rows: Vec::new(), now_micros, key: None }
}

impl Active {
    fn write(&mut self, bytes: &[u8]) -> Result<(), LandingError> {
        let attempt = self
            .file
            .seek(SeekFrom::Start(self.durable))
            .and_then(|_| self.file.write_all(bytes))
            .and_then(|()| self.file.sync_data());
        match attempt {
            Ok(()) => {
                self.durable += bytes.len() as u64;
                Ok(())
            }
            Err(e) => {
                // What was refused must not come back at the next start. If even this fails, the
                // rows are there twice at worst with ids, and counted once.
                let _ = self.file.set_len(self.durable).and_then(|()| self.file.sync_all());
                Err(LandingError::io(&self.path, "cannot be written", &e))
            }
        }
    }
}
