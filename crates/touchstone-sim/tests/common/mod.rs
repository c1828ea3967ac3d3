//! Reads a simulated world back.
#![allow(dead_code)] // Each test program uses a part.

pub(crate) mod statistics;

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use touchstone_sim::{Scenario, SimulateOptions, SimulateReport, simulate};

pub(crate) fn scenario(name: &str, users: u32, days: u32) -> Scenario {
    Scenario { users, days, ..Scenario::load(name).unwrap() }
}

pub(crate) fn generate(scenario: &Scenario, seed: u64, out: &Path) -> SimulateReport {
    simulate(&SimulateOptions { scenario: scenario.clone(), seed, out: out.to_owned() }).unwrap()
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) actor: String,
    pub(crate) target: String,
    pub(crate) ts: i64,
    pub(crate) kind: String,
    pub(crate) owner: String,
    pub(crate) dwell_ms: Option<i64>,
    pub(crate) watch_fraction: Option<f64>,
    pub(crate) ip: String,
    pub(crate) device: String,
    pub(crate) session: String,
    pub(crate) fake: bool,
    pub(crate) attack: Option<String>,
    pub(crate) reason: String,
    /// The second copy of a row.
    pub(crate) retry: bool,
}

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) created_at: i64,
    pub(crate) role: String,
    pub(crate) own_share: Option<f64>,
}

pub(crate) struct Content {
    pub(crate) place: usize,
    pub(crate) owner: String,
    pub(crate) published_at: i64,
    pub(crate) duration_ms: i64,
}

pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) reported: i64,
    pub(crate) authentic: i64,
    pub(crate) attacked: bool,
}

pub(crate) struct Ring {
    pub(crate) likes: i64,
    /// Given, bought, held, with the operator.
    pub(crate) points: Option<[f64; 4]>,
    pub(crate) euros: Option<f64>,
}

pub(crate) struct Log {
    pub(crate) events: Vec<Event>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) contents: HashMap<String, Content>,
    pub(crate) targets: Vec<Target>,
    pub(crate) rings: Vec<Ring>,
    /// Bonus, bought, earned, spent, forfeited, balance.
    pub(crate) books: Vec<[f64; 6]>,
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    reader.map(Result::unwrap).collect()
}

pub(crate) fn columns(path: &Path) -> Vec<String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    reader.schema().fields().iter().map(|field| field.name().clone()).collect()
}

struct Rows<'a>(&'a RecordBatch);

impl Rows<'_> {
    fn column(&self, name: &str) -> &dyn Array {
        self.0.column_by_name(name).unwrap_or_else(|| panic!("no column {name}")).as_ref()
    }

    fn text(&self, name: &str, row: usize) -> String {
        self.column(name).as_string::<i32>().value(row).to_owned()
    }

    fn maybe_text(&self, name: &str, row: usize) -> Option<String> {
        (!self.column(name).is_null(row)).then(|| self.text(name, row))
    }

    fn integer(&self, name: &str, row: usize) -> i64 {
        self.column(name).as_primitive::<Int64Type>().value(row)
    }

    fn number(&self, name: &str, row: usize) -> Option<f64> {
        let column = self.column(name);
        (!column.is_null(row)).then(|| column.as_primitive::<Float64Type>().value(row))
    }

    fn time(&self, name: &str, row: usize) -> i64 {
        self.column(name).as_primitive::<TimestampMillisecondType>().value(row)
    }

    fn flag(&self, name: &str, row: usize) -> bool {
        self.column(name).as_boolean().value(row)
    }
}

fn each<T>(path: &Path, read: impl Fn(&Rows<'_>, usize) -> T) -> Vec<T> {
    let mut all = Vec::new();
    for batch in batches(path) {
        let rows = Rows(&batch);
        all.extend((0..batch.num_rows()).map(|row| read(&rows, row)));
    }
    all
}

pub(crate) fn log(dir: &Path) -> Log {
    let truth = each(&dir.join("truth_events.parquet"), |rows, row| {
        (rows.text("event_id", row), rows.flag("fake", row), rows.maybe_text("attack", row), rows.text("reason", row))
    });
    let mut events = each(&dir.join("events.parquet"), |rows, row| Event {
        id: rows.text("event_id", row),
        actor: rows.text("actor", row),
        target: rows.text("target", row),
        ts: rows.time("ts", row),
        kind: rows.text("kind", row),
        owner: rows.text("owner", row),
        dwell_ms: (!rows.column("dwell_ms").is_null(row)).then(|| rows.integer("dwell_ms", row)),
        watch_fraction: rows.number("watch_fraction", row),
        ip: rows.text("ip", row),
        device: rows.maybe_text("device", row).unwrap_or_default(),
        session: rows.text("session", row),
        fake: false,
        attack: None,
        reason: String::new(),
        retry: false,
    });
    let known: HashMap<&str, usize> = truth.iter().enumerate().map(|(place, row)| (row.0.as_str(), place)).collect();
    assert_eq!(known.len(), truth.len(), "the truth names each event once");
    let mut seen = vec![false; truth.len()];
    for event in &mut events {
        let place = known[event.id.as_str()];
        event.retry = std::mem::replace(&mut seen[place], true);
        (event.fake, event.attack, event.reason) = (truth[place].1, truth[place].2.clone(), truth[place].3.clone());
    }
    assert!(seen.into_iter().all(|seen| seen), "the truth names events alone");
    let created =
        each(&dir.join("accounts.parquet"), |rows, row| (rows.text("account", row), rows.time("created_at", row)));
    let roles = each(&dir.join("truth_accounts.parquet"), |rows, row| {
        (rows.text("account", row), rows.text("role", row), rows.number("own_share", row))
    });
    let accounts = created
        .into_iter()
        .zip(roles)
        .map(|((name, created_at), (same, role, own_share))| {
            assert_eq!(name, same);
            Account { name, created_at, role, own_share }
        })
        .collect();
    let contents = each(&dir.join("contents.parquet"), |rows, row| {
        let (owner, published_at) = (rows.text("owner", row), rows.time("published_at", row));
        (
            rows.text("target", row),
            Content { place: 0, owner, published_at, duration_ms: rows.integer("duration_ms", row) },
        )
    });
    let contents =
        contents.into_iter().enumerate().map(|(place, (name, content))| (name, Content { place, ..content })).collect();
    let targets = each(&dir.join("truth_targets.parquet"), |rows, row| Target {
        name: rows.text("target", row),
        reported: rows.integer("reported", row),
        authentic: rows.integer("authentic", row),
        attacked: rows.flag("attacked", row),
    });
    let rings = each(&dir.join("truth_rings.parquet"), |rows, row| Ring {
        likes: rows.integer("likes", row),
        points: rows.number("points_given", row).map(|given| {
            let other = |name| rows.number(name, row).unwrap();
            [given, other("points_bought"), other("points_held"), other("points_operator")]
        }),
        euros: rows.number("euros_paid", row),
    });
    let books = each(&dir.join("truth_ring_members.parquet"), |rows, row| {
        let names =
            ["points_bonus", "points_bought", "points_earned", "points_spent", "points_forfeited", "points_balance"];
        rows.number(names[0], row).map(|_| names.map(|name| rows.number(name, row).unwrap()))
    });
    Log { events, accounts, contents, targets, rings, books: books.into_iter().flatten().collect() }
}
