//! Work in the background: closing windows, and the batch detection over those that are closed.
//!
//! Two threads. *upkeep* closes windows every tick and carries out orders; *detection* runs what `touchstone
//! detect` runs, on a small pool of its own at low priority, so that answers do not wait for it.

use crate::answers::pseudonym_of;
use crate::app::App;
use crate::clock::now_micros;
use crate::problem::Problem;
use crate::snapshot::Snapshot;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use touchstone_engine::batch::{Batch, BatchError};
use touchstone_engine::landing::{Erased, LandingError, Maintained, Which};
use touchstone_engine::store::{IngestOptions, Progress};
use touchstone_engine::write::table::Format;

/// What the background is asked to do. Answers are dropped where nobody waits any more.
#[derive(Debug)]
pub(crate) enum Order {
    /// Close all windows and detect.
    Flush(oneshot::Sender<Result<Maintained, String>>),
    /// Erase an account from events and findings.
    Erase(String, oneshot::Sender<Result<Erased, Problem>>),
    Stop,
}

pub(crate) type Orders = Sender<Order>;

/// Where findings are, below the data folder.
pub(crate) fn findings_folder(data: &Path) -> PathBuf {
    data.join("findings")
}

/// Where findings of a number are.
pub(crate) fn folder_of(data: &Path, number: u64) -> PathBuf {
    findings_folder(data).join(format!("{number:08}"))
}

/// The latest readable findings; what a crash left half-made is removed.
pub(crate) fn latest(data: &Path) -> std::io::Result<Option<Snapshot>> {
    let folder = findings_folder(data);
    std::fs::create_dir_all(&folder)?;
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(".touchstone-") {
            std::fs::remove_dir_all(entry.path())?;
        } else if let Ok(number) = name.parse::<u64>() {
            numbers.push((number, entry.path()));
        }
    }
    numbers.sort();
    for (number, path) in numbers.into_iter().rev() {
        match Snapshot::read(&path, number) {
            Ok(snapshot) => return Ok(Some(snapshot)),
            Err(e) => tracing::warn!(error = %e, "findings cannot be read; earlier ones are used"),
        }
    }
    Ok(None)
}

/// The background at work.
#[derive(Debug)]
pub(crate) struct Background {
    upkeep: JoinHandle<()>,
    detection: JoinHandle<()>,
    orders: Orders,
}

impl Background {
    /// Starts both threads. `generation` is that of the events behind the current findings, if known.
    pub(crate) fn start(app: &App, orders: Orders, incoming: Receiver<Order>) -> std::io::Result<Self> {
        let (runs, wanted) = channel();
        let (a, b) = (Arc::clone(app), Arc::clone(app));
        let upkeep = std::thread::Builder::new().name("upkeep".into()).spawn(move || upkeep(&a, &incoming, &runs))?;
        let detection = std::thread::Builder::new().name("detection".into()).spawn(move || detection(&b, &wanted))?;
        Ok(Self { upkeep, detection, orders })
    }

    /// Stops both; a detection that runs is abandoned.
    pub(crate) fn stop(self) {
        let _ = self.orders.send(Order::Stop);
        for thread in [self.upkeep, self.detection] {
            if thread.join().is_err() {
                tracing::error!("a background thread had failed");
            }
        }
    }
}

/// A wish for findings; whoever waits is told when they are there.
struct Run {
    force: bool,
    forget: bool,
    done: Option<oneshot::Sender<Result<Maintained, String>>>,
    closed: Maintained,
}

fn upkeep(app: &App, orders: &Receiver<Order>, runs: &Sender<Run>) {
    let tick = Duration::from_secs_f64(app.options.tick_seconds);
    loop {
        let order = match orders.recv_timeout(tick) {
            Ok(order) => Some(order),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if let Err(e) = app.desk.refresh(app.snapshot().as_deref()) {
            tracing::error!(error = %e, "the ledger cannot be read; decisions known before stay");
        }
        if let Err(e) = app.desk.look_at_policy(app.snapshot().as_deref()) {
            tracing::error!(error = %e, "the policy could not be applied; the next findings apply it");
        }
        if let Err(e) = app.tokens.reload() {
            tracing::error!(error = %e, "tokens cannot be read again; those known before stay");
        }
        let run = match order {
            None => {
                maintain(app, Which::Due).ok();
                Run { force: false, forget: false, done: None, closed: Maintained::default() }
            }
            Some(Order::Flush(done)) => match maintain(app, Which::All) {
                Ok(closed) => Run { force: true, forget: false, done: Some(done), closed },
                Err(e) => {
                    let _ = done.send(Err(e.to_string()));
                    continue;
                }
            },
            Some(Order::Erase(account, done)) => {
                let pseudonym = pseudonym_of(app.door.identity(), &account);
                // From the ledger before and after: a detection that runs meanwhile may still name it.
                let first = app.desk.erase(&pseudonym);
                let erased = app.landing.erase(&account);
                match &erased {
                    Ok(e) => tracing::info!(rows = e.rows, owned = e.owned, files = e.files, "account erased"),
                    Err(e) => tracing::error!(error = %e, "an erasure failed; it is completed at the next start"),
                }
                let (told, told_at) = oneshot::channel();
                let run = Run { force: true, forget: true, done: Some(told), closed: Maintained::default() };
                if runs.send(run).is_err() {
                    return;
                }
                // Old findings name the account: only when they are gone it is erased.
                let _ = told_at.blocking_recv();
                let last = app.desk.erase(&pseudonym).and(first).map_err(Problem::from);
                let _ = done.send(erased.map_err(Problem::from).and_then(|e| last.map(|_| e)));
                continue;
            }
            Some(Order::Stop) => return,
        };
        if runs.send(run).is_err() {
            return;
        }
    }
}

fn maintain(app: &App, which: Which) -> Result<Maintained, LandingError> {
    let result = app.landing.maintain(which, now_micros());
    match &result {
        Ok(m) if *m != Maintained::default() => {
            tracing::info!(
                windows = m.windows,
                rows = m.rows,
                merged = m.merged,
                expired = m.expired,
                "windows closed"
            );
        }
        Ok(_) => {}
        Err(e) => tracing::error!(error = %e, "windows could not be closed; they are tried again"),
    }
    result
}

fn detection(app: &App, wanted: &Receiver<Run>) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(app.options.detection_threads)
        .thread_name(|i| format!("detect-{i}"))
        .start_handler(|_| {
            // On Linux this is the thread's alone. Where it fails, detection is merely less polite.
            let _ = rustix::process::nice(15);
        })
        .build();
    let pool = match pool {
        Ok(pool) => pool,
        Err(e) => return tracing::error!(error = %e, "no threads for detection"),
    };
    // Findings say which events they are of only while this process lives: look once at start.
    let mut seen = if app.snapshot().is_some() { Some(app.landing.status().generation) } else { None };
    let mut last: Option<Instant> = None;
    let pause = Duration::from_secs_f64(app.options.detection_pause_seconds);
    while let Ok(run) = wanted.recv() {
        let generation = app.landing.status().generation;
        let fresh = seen == Some(generation) || generation == 0;
        let rested = last.is_none_or(|at| at.elapsed() >= pause);
        if run.forget {
            forget(app);
        }
        let result = if (fresh && !run.forget) || !(run.force || rested) {
            Ok(())
        } else {
            let result = pool.install(|| detect(app));
            last = Some(Instant::now());
            match &result {
                Ok(()) => seen = Some(generation),
                Err(e) if e.is_cancelled() => return,
                // Parts may be merged while they are read, the disk may be full: the next tick tries again.
                Err(e) => tracing::error!(error = %e, "detection failed; the findings before stay"),
            }
            result
        };
        if let Some(done) = run.done {
            let _ = done.send(result.map(|()| run.closed).map_err(|e| e.to_string()));
        }
    }
}

/// Removes all findings.
fn forget(app: &App) {
    app.clear_snapshot();
    app.desk.forget();
    let folder = findings_folder(&app.options.data);
    if let Err(e) = std::fs::remove_dir_all(&folder).and_then(|()| std::fs::create_dir_all(&folder)) {
        tracing::error!(error = %e, "old findings cannot be removed");
    }
}

struct Quiet<'a>(&'a App);

impl Progress for Quiet<'_> {
    fn stage(&self, _: &'static str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn cancelled(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }
}

/// The batch over the closed windows, as `touchstone detect DATA/events` runs it.
fn detect(app: &App) -> Result<(), BatchError> {
    let started = Instant::now();
    let folder = findings_folder(&app.options.data);
    let number = app.next_findings();
    let out = folder_of(&app.options.data, number);
    let mut ingest = IngestOptions::new(vec![app.landing.events_folder().to_owned()], PathBuf::new());
    ingest.endorse.clone_from(&app.options.endorse);
    ingest.reactions.clone_from(&app.options.reactions);
    let batch = Batch {
        ingest,
        params: app.options.params.clone(),
        rank: Some(app.options.rank.clone()),
        out: out.clone(),
        format: Format::Parquet,
        title: "events".to_owned(),
        version: app.options.version,
    };
    let model = batch.run(touchstone_console::report, &Quiet(app))?;
    let seconds = started.elapsed().as_secs_f64();
    tracing::info!(
        findings = number,
        seconds,
        endorsements = model.overview.endorsements,
        accused = model.overview.accused,
        rings = model.overview.rings,
        "detected"
    );
    app.metrics.detected(seconds);
    match Snapshot::read(&out, number) {
        Ok(snapshot) => {
            if let Err(e) = app.desk.take_in(&out, &snapshot) {
                tracing::error!(error = %e, "cases could not be opened; the next findings open them");
            }
            app.set_snapshot(snapshot);
        }
        Err(e) => tracing::error!(error = %e, "new findings cannot be read"),
    }
    remove_older(&folder, number);
    Ok(())
}

fn remove_older(folder: &Path, number: u64) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let old = entry.file_name().to_str().and_then(|n| n.parse::<u64>().ok()).is_some_and(|n| n < number);
        if old && let Err(e) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!(error = %e, "old findings cannot be removed");
        }
    }
}
