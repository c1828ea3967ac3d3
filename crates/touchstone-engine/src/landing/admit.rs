//! From the cells of a row, in whatever format, to a row that may land, or a fault that says why not.

use super::Identity;
use super::codec;
use super::window::window_of;
use crate::source::jsonl::Cell;
use std::borrow::Cow;
use touchstone_event::reject::cut;
use touchstone_event::schema::Field;
use touchstone_event::time::{RawTime, TimeFault, TimeUnit, read_text};

/// Longest id, in bytes. A pseudonym and its length must fit 16 bits.
const ID_BYTES_MAX: usize = 1024;

/// A row that may land: no name of a person is in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row<'a> {
    pub(super) actor: String,
    pub(super) target: Cow<'a, str>,
    pub(super) kind: Cow<'a, str>,
    pub(super) owner: Option<String>,
    pub(super) ts: i64,
    pub(super) dwell_ms: Option<f32>,
    pub(super) watch_fraction: Option<f32>,
    pub(super) hashes: [Option<u64>; 4],
    pub(super) event: u128,
}

/// A row that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Line of the text, or number of the row, from 1.
    pub row: u64,
    /// Why, in the words of `rejects.csv`; also `too_old`, `too_long` and `unreadable_number`.
    pub reason: &'static str,
    /// The field it is about, where it is about one.
    pub field: Option<Field>,
    /// What stood there, cut.
    pub value: String,
}

/// An endorsement that was taken: what running state wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endorsed {
    /// Pseudonym of the account.
    pub actor: String,
    /// The target.
    pub target: String,
    /// Microseconds since 1970 UTC.
    pub ts: i64,
}

/// Where a row is in the bytes of its batch, and what the writer wants to know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) event: u128,
    pub(super) ts: i64,
}

/// Rows of one request as they will stand in the journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    pub(super) rows: Vec<Mark>,
    /// Number of the batch's key; 0 without one.
    pub(super) key: u128,
    /// Tells batches of one key apart.
    pub(super) digest: u64,
}

/// What came of the rows of a request: those that may land, and the faults of the others.
#[derive(Clone, Debug, Default)]
pub struct Admitted {
    pub(super) batch: Batch,
    /// Rows that were not taken.
    pub faults: Vec<RowFault>,
    /// Endorsements among the rows that were taken.
    pub endorsed: Vec<Endorsed>,
}

impl Admitted {
    /// Rows that may land.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batch.rows.len()
    }
}

/// The cells of a row, by `field as usize` for the first twelve fields.
pub(super) struct Fields<'a> {
    pub(super) cells: [Cell<'a>; 12],
    /// The time, where the format has a type for times.
    pub(super) time: Option<RawTime>,
}

impl Fields<'_> {
    pub(super) fn new() -> Self {
        Self { cells: std::array::from_fn(|_| Cell::Nothing), time: None }
    }
}

/// What admission needs to know.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// Unit of bare numbers, where the operator said one; else each number's magnitude tells.
    pub(super) unit: Option<TimeUnit>,
    /// A later time is a mistake of a clock.
    pub(super) latest: i64,
    /// An earlier time would be removed at once by retention.
    pub(super) earliest: i64,
}

type Fault = (&'static str, Option<Field>, String);

/// Checks a row and takes the names out of it.
pub(super) fn admit<'a>(fields: &Fields<'a>, identity: &Identity, rules: &Rules) -> Result<Row<'a>, Fault> {
    let id = |field: Field, missing: &'static str| match text(fields, field)? {
        Some(text) => Ok(text),
        None => Err((missing, Some(field), String::new())),
    };
    let actor = id(Field::Actor, "missing_actor")?;
    let target = id(Field::Target, "missing_target")?;
    let ts = time(fields, rules)?;
    let kind = id(Field::Kind, "missing_kind")?;
    let owner = text(fields, Field::Owner)?;
    let mut hashes = [None; 4];
    for (hash, field) in hashes.iter_mut().zip(Field::HASHED) {
        *hash = match &fields.cells[field as usize] {
            Cell::Text(text) if !text.is_empty() => Some(identity.attribute(field, text)),
            _ => None,
        };
    }
    Ok(Row {
        actor: identity.pseudonym(&actor),
        owner: owner.map(|o| identity.pseudonym(&o)),
        target,
        kind,
        ts,
        dwell_ms: number(fields, Field::DwellMs)?,
        watch_fraction: number(fields, Field::WatchFraction)?,
        hashes,
        event: text(fields, Field::EventId)?.map_or(0, |id| identity.event(&id)),
    })
}

fn text<'a>(fields: &Fields<'a>, field: Field) -> Result<Option<Cow<'a, str>>, Fault> {
    match &fields.cells[field as usize] {
        Cell::Nothing => Ok(None),
        Cell::Text(text) if text.is_empty() => Ok(None),
        Cell::Text(text) if text.len() > ID_BYTES_MAX => Err(("too_long", Some(field), cut(text))),
        Cell::Text(text) => Ok(Some(text.clone())),
        Cell::Odd(raw) => Err(("wrong_type", Some(field), cut(raw))),
    }
}

fn time(fields: &Fields<'_>, rules: &Rules) -> Result<i64, Fault> {
    let field = Some(Field::Ts);
    let cell = &fields.cells[Field::Ts as usize];
    let shown = || match cell {
        Cell::Text(text) => cut(text),
        _ => fields.time.map_or_else(String::new, |t| format!("{t:?}")),
    };
    let raw = match (fields.time, cell) {
        (Some(raw), _) => raw,
        (None, Cell::Text(text)) if !text.trim_ascii().is_empty() => {
            read_text(text).ok_or_else(|| ("unreadable_time", field, shown()))?
        }
        (None, Cell::Odd(raw)) => return Err(("wrong_type", field, cut(raw))),
        (None, _) => return Err(("missing_time", field, String::new())),
    };
    // A stream has no file whose median could tell the unit; each number's own size does.
    let unit = rules.unit.unwrap_or_else(|| match raw {
        RawTime::Micros(_) => TimeUnit::Microseconds,
        RawTime::Integer(n) => TimeUnit::of_magnitude(n.unsigned_abs()),
        RawTime::Decimal(x) => TimeUnit::of_magnitude(x.abs() as u64),
    });
    match raw.to_micros(unit) {
        Ok(ts) if ts > rules.latest => Err(("far_future", field, shown())),
        Ok(ts) if ts < rules.earliest => Err(("too_old", field, shown())),
        Ok(ts) => Ok(ts),
        Err(TimeFault::FarFuture) => Err(("far_future", field, shown())),
        Err(TimeFault::Unreadable) => Err(("unreadable_time", field, shown())),
    }
}

fn number(fields: &Fields<'_>, field: Field) -> Result<Option<f32>, Fault> {
    match &fields.cells[field as usize] {
        Cell::Nothing => Ok(None),
        Cell::Text(text) if text.trim_ascii().is_empty() => Ok(None),
        Cell::Text(text) => match text.trim_ascii().parse::<f32>() {
            Ok(x) if x.is_finite() => Ok(Some(x)),
            _ => Err(("unreadable_number", Some(field), cut(text))),
        },
        Cell::Odd(raw) => Err(("wrong_type", Some(field), cut(raw))),
    }
}

impl Admitted {
    /// Adds a row.
    pub(super) fn push(&mut self, row: &Row<'_>, endorsed: bool) {
        let start = self.batch.bytes.len();
        codec::encode(row, &mut self.batch.bytes);
        self.batch.rows.push(Mark { start, end: self.batch.bytes.len(), event: row.event, ts: row.ts });
        if endorsed {
            self.endorsed.push(Endorsed {
                actor: row.actor.clone(),
                target: row.target.clone().into_owned(),
                ts: row.ts,
            });
        }
    }
}

/// Microseconds of the window of a row.
pub(super) fn window(mark: &Mark, length_micros: i64) -> i64 {
    window_of(mark.ts, length_micros)
}
