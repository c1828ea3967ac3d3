//! How long each stage took, and how much memory the whole. The only clock of the engine: it goes
//! to `summary.json` alone, never into findings.

use crate::store::Progress;
use serde::Serialize;
use std::cell::RefCell;
use std::time::Instant;

/// One stage as it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Its name.
    pub stage: &'static str,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Rows it went over.
    pub rows: u64,
}

/// The time of one signal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignalSeconds {
    /// Its name; `shared` for what several need, `files` for reading and writing, `ranking` for what is no signal.
    pub signal: &'static str,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Share of all stages, 0 to 1.
    pub share: f64,
}

/// Which signal a stage belongs to. Groups are found by the pool signal's pairs of targets; what others make of them is judged
/// in one stage.
fn signal_of(stage: &str) -> &'static str {
    match stage {
        "pair totals" | "pairs" | "rings" | "grow" | "habits" | "test" | "in step" => "lockstep",
        "pool" | "lists" | "groups" => "pool",
        "burst" => "burst",
        "looks" => "path",
        "rank" => "ranking",
        "read" | "write likes" | "write findings" | "report" => "files",
        // gather, traits, proof: exchange, infrastructure and path; survey, fuse, attribute: all.
        _ => "shared",
    }
}

/// Adds stages up by signal, in order of their names.
#[must_use]
pub fn by_signal(stages: &[Stage]) -> Vec<SignalSeconds> {
    let all: f64 = stages.iter().map(|s| s.seconds).sum();
    let mut sums = std::collections::BTreeMap::<&'static str, f64>::new();
    stages.iter().for_each(|s| *sums.entry(signal_of(s.stage)).or_default() += s.seconds);
    let round = |x: f64| (x * 1e4).round() / 1e4;
    let one = |(signal, seconds): (&'static str, f64)| SignalSeconds {
        signal,
        seconds: round(seconds),
        share: round(seconds / all.max(1e-9)),
    };
    sums.into_iter().map(one).collect()
}

/// Stopwatch of a run.
pub struct Stages<'a> {
    progress: &'a dyn Progress,
    done: RefCell<Vec<Stage>>,
}

impl<'a> Stages<'a> {
    /// Starts with nothing done.
    #[must_use]
    pub fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, done: RefCell::default() }
    }

    /// Runs one stage over `rows` rows and notes how long it took.
    pub fn time<T>(&self, stage: &'static str, rows: u64, work: impl FnOnce() -> T) -> T {
        self.progress.stage(stage, Some(rows));
        let start = Instant::now();
        let result = work();
        let seconds = (start.elapsed().as_secs_f64() * 1e4).round() / 1e4;
        self.done.borrow_mut().push(Stage { stage, seconds, rows });
        result
    }

    /// What is done so far, in order.
    #[must_use]
    pub fn done(&self) -> Vec<Stage> {
        self.done.borrow().clone()
    }

    /// Sets the rows of a stage that only knew them at its end.
    pub fn set_rows(&self, stage: &str, rows: u64) {
        if let Some(s) = self.done.borrow_mut().iter_mut().find(|s| s.stage == stage) {
            s.rows = rows;
        }
    }
}

/// Highest resident memory of this process so far, in bytes, where the system tells (Linux).
#[must_use]
pub fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
