//! Generated logs of any size, for speed and memory measurements.
//!
//! The log looks like a platform's where cost is decided: popularity follows Zipf's law, activity
//! is heavy-tailed, attention decays with a power law after publication, days have a rhythm, and
//! one endorsement in twenty comes from rings that deliver orders within minutes and hide behind
//! cover likes. It is no test of judgement: organic accounts here have no taste, no friends and
//! no views, so a null of degrees alone would already be right about them.
//!
//! Rows are in the order of (ts, actor, target), generated hour by hour and written as they come:
//! memory holds the catalogue (12 bytes a target), the rings' orders and a few hours of rows.
//!
//! An organic account may endorse the same target twice, as in logs that keep a like taken back
//! and given again; about one row in a hundred does.

mod rings;
mod world;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use crate::files::Staged;
use rings::Rings;
use world::World;
use write::EventWriter;

/// Hours generated side by side before they are written. A constant, so that memory does not
/// depend on the machine; the bytes do not depend on it at all.
const HOURS_A_BATCH: usize = 8;

/// What log to generate. Times are UTC seconds, shares lie in `0..=1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScaleOptions {
    /// Endorsements to write, exactly.
    pub events: u64,
    /// Names the world: the same seed gives the same bytes.
    pub seed: u64,
    /// Folder for `events.parquet`, `truth_accounts.csv`, `truth_orders.csv` and `scale.json`.
    #[serde(skip)]
    pub out: PathBuf,
    /// Days that the log covers (default 28).
    pub days: u32,
    /// First second of the log (default 2026-01-01T00:00:00Z).
    pub start_seconds: i64,
    /// Mean endorsements an account (default 10): accounts = events / this.
    pub events_per_account: u64,
    /// Mean endorsements a target (default 20): targets = events / this.
    pub events_per_target: u64,
    /// Exponent s of popularity: the r-th most popular target weighs r^-s (default 0.8).
    pub popularity_exponent: f64,
    /// Exponent of attention, (1 + age in hours)^-a (default 1.23, SEISMIC's reaction kernel).
    pub decay_exponent: f64,
    /// Busiest hour over quietest hour (default 8).
    pub diurnal_ratio: f64,
    /// Share of the endorsements that rings place, cover likes included (default 0.05).
    pub ring_share: f64,
    /// Share of the rings' endorsements that are cover likes on ordinary targets (default 0.2).
    pub cover_share: f64,
    /// Smallest and largest ring, in accounts (default 20 to 200, log-uniform).
    pub ring_accounts: (u32, u32),
    /// Shortest and longest delivery of an order, in seconds (default 60 to 600, log-uniform).
    pub window_seconds: (u32, u32),
    /// Fewest and most orders of a ring (default 8 to 60, log-uniform).
    pub ring_orders: (u32, u32),
}

impl ScaleOptions {
    /// The defaults of the benchmark.
    pub fn new(events: u64, seed: u64, out: impl AsRef<Path>) -> Self {
        Self {
            events,
            seed,
            out: out.as_ref().to_owned(),
            days: 28,
            start_seconds: 1_767_225_600,
            events_per_account: 10,
            events_per_target: 20,
            popularity_exponent: 0.8,
            decay_exponent: 1.23,
            diurnal_ratio: 8.0,
            ring_share: 0.05,
            cover_share: 0.2,
            ring_accounts: (20, 200),
            window_seconds: (60, 600),
            ring_orders: (8, 60),
        }
    }

    fn check(&self) -> Result<(), ScaleError> {
        let wrong = |option, rule| Err(ScaleError::Option { option, rule });
        let share = |value: f64| (0.0..=1.0).contains(&value);
        match self {
            _ if self.events == 0 => wrong("events", "must be at least 1"),
            _ if self.events > 20_000_000_000 => wrong("events", "must be at most 20 billion"),
            _ if !(1..=366).contains(&self.days) => wrong("days", "must be 1 to 366"),
            _ if self.start_seconds.unsigned_abs() > 1 << 40 => {
                wrong("start_seconds", "must lie within 34,000 years of 1970")
            }
            _ if self.events_per_account == 0 => wrong("events_per_account", "must be at least 1"),
            _ if self.events_per_target == 0 => wrong("events_per_target", "must be at least 1"),
            _ if !(0.0..=3.0).contains(&self.popularity_exponent) => wrong("popularity_exponent", "must be 0 to 3"),
            _ if !(0.0..=5.0).contains(&self.decay_exponent) => wrong("decay_exponent", "must be 0 to 5"),
            _ if !(1.0..=1000.0).contains(&self.diurnal_ratio) => wrong("diurnal_ratio", "must be 1 to 1,000"),
            _ if !share(self.ring_share) => wrong("ring_share", "must be 0 to 1"),
            _ if !share(self.cover_share) => wrong("cover_share", "must be 0 to 1"),
            _ if !ordered(self.ring_accounts, 2, 1_000_000) => {
                wrong("ring_accounts", "must be low,high within 2 to 1,000,000")
            }
            // An order may run into the next hour, never past it.
            _ if !ordered(self.window_seconds, 1, 3600) => {
                wrong("window_seconds", "must be low,high within 1 to 3,600")
            }
            _ if !ordered(self.ring_orders, 1, 1_000_000) => {
                wrong("ring_orders", "must be low,high within 1 to 1,000,000")
            }
            _ => Ok(()),
        }
    }
}

fn ordered((low, high): (u32, u32), least: u32, most: u32) -> bool {
    least <= low && low <= high && high <= most
}

/// What was written; also in `scale.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScaleReport {
    /// Rows in `events.parquet`.
    pub events: u64,
    /// Accounts that exist; the quietest may have no row.
    pub accounts: u64,
    /// Targets that exist; the least popular may have no row.
    pub targets: u64,
    /// Rings.
    pub rings: u64,
    /// Accounts in rings.
    pub ring_accounts: u64,
    /// Orders that the rings delivered: one target, one window of time each.
    pub orders: u64,
    /// Endorsements placed by orders.
    pub order_events: u64,
    /// Cover likes of ring accounts, beyond those that any account gives.
    pub cover_events: u64,
}

/// Why no log was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// An option is out of range.
    #[error("option {option} {rule}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// The folder or a file in it could not be written.
    #[error("could not write the log to {}; check space and permissions there", folder.display())]
    Write {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Writes a generated log as [`ScaleOptions`] describes it.
///
/// `events.parquet` has the columns actor (`u` and a number), target (`p` and a number) and ts
/// (64-bit seconds), none null, sorted by (ts, actor number, target number), in row groups of a
/// million. `truth_accounts.csv` (account, role, ring) lists the ring accounts; whoever is not
/// listed is organic. `truth_orders.csv` (ring, target, first_ts, window_seconds, events) lists
/// what they delivered.
///
/// # Errors
/// [`ScaleError`] where an option is out of range or the disk refuses; nothing is left then.
pub fn scale(options: &ScaleOptions) -> Result<ScaleReport, ScaleError> {
    options.check()?;
    write_log(options).map_err(|source| ScaleError::Write { folder: options.out.clone(), source })
}

fn write_log(options: &ScaleOptions) -> io::Result<ScaleReport> {
    let world = World::new(options);
    let rings = Rings::plan(options, &world);
    let mut staged = Staged::new(&options.out)?;
    rings.write_truth(&mut staged, &world)?;

    let fixed = rings.order_events() + rings.cover_events();
    let organic_by_hour = world.apportion(options.events.saturating_sub(fixed));
    let cover_by_hour = world.apportion(rings.cover_events());
    let hour_rows = |hour: usize| {
        let mut rows = Vec::with_capacity(organic_by_hour[hour] as usize + 64);
        world.organic(hour, organic_by_hour[hour], &mut rows);
        rings.cover(&world, hour, cover_by_hour[hour], &mut rows);
        rings.deliver(&world, hour, &mut rows);
        rows.sort_unstable();
        rows
    };
    let batch_rows = |from: usize| -> Vec<Vec<world::Row>> {
        (from..(from + HOURS_A_BATCH).min(world.hours())).into_par_iter().map(hour_rows).collect()
    };

    let mut writer = EventWriter::create(staged.create("events.parquet")?)?;
    let mut ready = batch_rows(0);
    for from in (0..world.hours()).step_by(HOURS_A_BATCH) {
        // Encoding needs one core at a time: the next hours are drawn meanwhile.
        let (written, next) = rayon::join(|| writer.write(&ready), || batch_rows(from + HOURS_A_BATCH));
        written?;
        ready = next;
    }
    let events = writer.finish()?;

    let report = ScaleReport {
        events,
        accounts: world.accounts(),
        targets: world.targets(),
        rings: rings.len(),
        ring_accounts: rings.accounts(),
        orders: rings.orders(),
        order_events: rings.order_events(),
        cover_events: rings.cover_events(),
    };
    let both = serde_json::json!({ "options": options, "report": report });
    serde_json::to_writer_pretty(staged.create("scale.json")?, &both)?;
    staged.publish()?;
    Ok(report)
}
