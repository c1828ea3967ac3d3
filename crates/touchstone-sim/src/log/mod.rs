//! Reading a log of endorsements: CSV, TSV (plain or gzipped) and Parquet.
//!
//! This is a small reader for whole logs that fit in memory, made for laying fakes over them. The
//! engine's ingest, with its rejects file and its spilling, is another thing.

mod parquet_file;
mod text_file;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use touchstone_event::mapping::Mapping;
use touchstone_event::schema::Field;
use touchstone_event::time::{RawTime, TimeFault, TimeOption, TimeUnit, UnitVotes};

/// Stands for "no value" in [`Event::kind`] and [`Event::owner`].
pub const NONE: u32 = u32::MAX;

/// Rows that can't be read may be this share of a log; more, and the mapping is wrong.
const SKIPPED_SHARE_MAX: f64 = 0.05;

/// Strings by number, in order of first appearance.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    /// The number of `name`, new or known.
    pub fn intern(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The name of a number that [`Names::intern`] gave.
    #[must_use]
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// Whether the name is known.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.numbers.contains_key(name)
    }

    /// All names, by number.
    #[must_use]
    pub fn all(&self) -> &[String] {
        &self.names
    }
}

/// One row of a log. Numbers refer to the [`Names`] of the [`Log`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Into [`Log::actors`].
    pub actor: u32,
    /// Into [`Log::targets`].
    pub target: u32,
    /// Microseconds since 1970, UTC.
    pub ts_micros: i64,
    /// Into [`Log::kinds`], or [`NONE`].
    pub kind: u32,
    /// Into [`Log::owners`], or [`NONE`].
    pub owner: u32,
}

/// A log in memory.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The accounts that act.
    pub actors: Names,
    /// The things acted on.
    pub targets: Names,
    /// The kinds of events.
    pub kinds: Names,
    /// The owners of targets.
    pub owners: Names,
    /// The rows, in the file's order.
    pub events: Vec<Event>,
    /// Whether the log has a kind column.
    pub has_kind: bool,
    /// Whether the log has an owner column.
    pub has_owner: bool,
    /// Columns of the file that nothing here uses.
    pub unused_columns: Vec<String>,
    /// Rows that could not be read, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

/// Why a log could not be read. Rows count from 1, the header not counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The mapping asks for what this reader can't do.
    #[error(
        "rules that make events of a wide log can't be used here\n  write its endorsements to a file of their own, with actor, target and ts, and use that"
    )]
    Rules,
    /// The file could not be opened or read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The name ends in nothing that we read.
    #[error("don't know the format of {}\n  use .csv, .tsv, .csv.gz, .tsv.gz or .parquet", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A text file is broken at a row.
    #[error("{} is broken at row {row}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Where.
        row: u64,
        /// What is wrong.
        #[source]
        source: csv::Error,
    },
    /// A Parquet file is broken.
    #[error("{} is not a Parquet file that can be read", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A needed column is missing.
    #[error(
        "{} has no column {column:?} for {field}\n  it has {}; name one with --map {field}=COLUMN",
        path.display(), present.join(", ")
    )]
    Column {
        /// The file.
        path: PathBuf,
        /// What it is needed for.
        field: &'static str,
        /// The name looked for.
        column: String,
        /// The names there are.
        present: Vec<String>,
    },
    /// A column has a type that can't be what it is mapped to.
    #[error("{} has {column:?} of type {found}, which can't be {field}", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// Too many rows could not be read.
    #[error(
        "{skipped} of {rows} rows of {} can't be read, the first at row {row}: {reason}\n  is the column mapping right?",
        path.display()
    )]
    Rows {
        /// The file.
        path: PathBuf,
        /// How many are bad.
        skipped: u64,
        /// Of how many.
        rows: u64,
        /// The first bad one.
        row: u64,
        /// Why.
        reason: &'static str,
    },
    /// There is no row.
    #[error("{} has no events", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

impl Log {
    /// Reads a log.
    ///
    /// Rows without actor, target or a readable time are skipped and counted in
    /// [`Log::skipped`].
    ///
    /// # Errors
    /// [`LogError`], where the file can't be read, a mapped column is missing or more than one
    /// row in twenty is bad.
    pub fn read(path: &Path, map: &Mapping) -> Result<Self, LogError> {
        let name = path.to_string_lossy().to_lowercase();
        let (stem, gzipped) = match name.strip_suffix(".gz") {
            Some(stem) => (stem, true),
            None => (name.as_str(), false),
        };
        if !map.events.is_empty() {
            return Err(LogError::Rules);
        }
        let mut builder = Builder {
            path,
            map,
            log: Self::default(),
            times: Vec::new(),
            votes: UnitVotes::default(),
            rows: 0,
            bad: Vec::new(),
        };
        if stem.ends_with(".parquet") && !gzipped {
            parquet_file::read(&mut builder)?;
        } else if stem.ends_with(".csv") {
            text_file::read(&mut builder, b',', gzipped)?;
        } else if stem.ends_with(".tsv") {
            text_file::read(&mut builder, b'\t', gzipped)?;
        } else {
            return Err(LogError::Format { path: path.to_owned() });
        }
        builder.finish()
    }
}

/// Takes rows from a format and makes a log of them.
struct Builder<'a> {
    path: &'a Path,
    map: &'a Mapping,
    log: Log,
    /// The events' times as written: their unit is known when all are.
    times: Vec<(u64, RawTime)>,
    votes: UnitVotes,
    rows: u64,
    bad: Vec<(u64, &'static str)>,
}

/// Where the mapped columns are among a file's columns.
#[derive(Clone, Copy)]
struct Places {
    actor: usize,
    target: usize,
    ts: usize,
    kind: Option<usize>,
    owner: Option<usize>,
}

impl Builder<'_> {
    fn places(&mut self, present: &[String]) -> Result<Places, LogError> {
        let find = |field| present.iter().position(|name| name == self.map.column(field));
        let must = |field| {
            find(field).ok_or_else(|| LogError::Column {
                path: self.path.to_owned(),
                field: field.name(),
                column: self.map.column(field).to_owned(),
                present: present.to_vec(),
            })
        };
        // A column that nobody asked for by name may be missing.
        let may = |field| {
            if self.map.names(field) { must(field).map(Some) } else { Ok(find(field)) }
        };
        let places = Places {
            actor: must(Field::Actor)?,
            target: must(Field::Target)?,
            ts: must(Field::Ts)?,
            kind: may(Field::Kind)?,
            owner: may(Field::Owner)?,
        };
        let used = [Some(places.actor), Some(places.target), Some(places.ts), places.kind, places.owner];
        self.log.has_kind = places.kind.is_some();
        self.log.has_owner = places.owner.is_some();
        self.log.unused_columns = (0..present.len())
            .filter(|place| !used.contains(&Some(*place)))
            .map(|place| present[place].clone())
            .collect();
        Ok(places)
    }

    fn row(&mut self, actor: &str, target: &str, time: Option<RawTime>, kind: Option<&str>, owner: Option<&str>) {
        self.rows += 1;
        let (false, false, Some(time)) = (actor.is_empty(), target.is_empty(), time) else {
            let reason = match (actor.is_empty(), target.is_empty()) {
                (true, _) => "no actor",
                (_, true) => "no target",
                _ => "no readable time",
            };
            self.bad.push((self.rows, reason));
            return;
        };
        self.votes.add(time);
        self.times.push((self.rows, time));
        let log = &mut self.log;
        let optional = |names: &mut Names, value: Option<&str>| match value {
            Some(value) if !value.is_empty() => names.intern(value),
            _ => NONE,
        };
        let event = Event {
            actor: log.actors.intern(actor),
            target: log.targets.intern(target),
            ts_micros: 0,
            kind: optional(&mut log.kinds, kind),
            owner: optional(&mut log.owners, owner),
        };
        log.events.push(event);
    }

    fn finish(mut self) -> Result<Log, LogError> {
        let unit = self.map.time_unit.unit().or(self.votes.unit()).unwrap_or(TimeUnit::Seconds);
        let text_alone = self.map.time_unit == TimeOption::Rfc3339;
        let mut times = self.times.into_iter();
        let bad = &mut self.bad;
        self.log.events.retain_mut(|event| {
            let Some((row, time)) = times.next() else {
                return false;
            };
            let micros = match time {
                RawTime::Integer(_) | RawTime::Decimal(_) if text_alone => Err(TimeFault::Unreadable),
                time => time.to_micros(unit),
            };
            match micros {
                Ok(micros) => event.ts_micros = micros,
                Err(TimeFault::Unreadable) => bad.push((row, "no readable time")),
                Err(TimeFault::FarFuture) => bad.push((row, "a time in the far future")),
            }
            micros.is_ok()
        });
        for (_, reason) in &self.bad {
            *self.log.skipped.entry(reason).or_default() += 1;
        }
        let path = self.path.to_owned();
        let skipped = self.bad.len() as u64;
        if let Some(&(row, reason)) = self.bad.iter().min()
            && skipped as f64 > self.rows as f64 * SKIPPED_SHARE_MAX
        {
            return Err(LogError::Rows { path, skipped, rows: self.rows, row, reason });
        }
        if self.log.events.is_empty() {
            return Err(LogError::Empty { path });
        }
        Ok(self.log)
    }
}
