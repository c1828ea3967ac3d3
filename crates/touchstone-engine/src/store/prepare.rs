//! Rows of a chunk become events: checked, timed, classified and hashed, on any core.

use super::intern::hash_bytes;
use super::plan::Plan;
use super::rows::{Layout, OTHER, VIEW, is_reaction};
use crate::source::column::Cells;
use crate::source::{Chunk, Inspection};
use arrow_array::ArrayRef;
use std::collections::HashMap;
use touchstone_event::hash::KeyedHash;
use touchstone_event::reject::{Reason, Reject, cut};
use touchstone_event::schema::Field;
use touchstone_event::time::{RawTime, TimeFault, TimeUnit};
use touchstone_event::when::Value;

/// What is the same for all rows of a file.
pub(crate) struct FileContext<'a> {
    pub(crate) name: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) layout: Layout,
    pub(crate) unit: Option<TimeUnit>,
    pub(crate) hasher: &'a KeyedHash,
    pub(crate) event_id_seed: [u64; 2],
    pub(crate) has_kind: bool,
    pub(crate) has_owner: bool,
}

impl<'a> FileContext<'a> {
    pub(crate) fn new(
        name: &'a str,
        plan: &'a Plan,
        layout: Layout,
        inspection: &Inspection,
        hasher: &'a KeyedHash,
        event_id_seed: [u64; 2],
    ) -> Self {
        Self {
            name,
            plan,
            layout,
            unit: plan.unit(Field::Ts, inspection),
            hasher,
            event_id_seed,
            has_kind: plan.has(inspection, Field::Kind),
            has_owner: plan.has(inspection, Field::Owner),
        }
    }
}

/// The events of a chunk, in columns; those the layout lacks are empty.
pub(crate) struct Prepared {
    pub(crate) actor: ArrayRef,
    pub(crate) target: ArrayRef,
    pub(crate) owner: Option<ArrayRef>,
    /// Row of each event; none where every row is one event.
    pub(crate) rows: Option<Vec<u32>>,
    pub(crate) ts: Vec<i64>,
    pub(crate) classes: Vec<u8>,
    pub(crate) event_ids: Vec<u128>,
    pub(crate) hashes: [Vec<u64>; 4],
    pub(crate) dwells: Vec<f32>,
    pub(crate) fractions: Vec<f32>,
    pub(crate) kinds: Vec<(String, u64)>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) rows_read: u64,
    pub(crate) unreadable_numbers: u64,
}

/// Reads a time cell; `Ok(None)` where it is empty.
pub(crate) fn read_time(cells: Cells<'_>, row: usize, unit: Option<TimeUnit>) -> Result<Option<i64>, Reason> {
    let raw = match cells.time(row) {
        Ok(Some(raw)) => raw,
        Ok(None) => return Ok(None),
        Err(()) => return Err(Reason::UnreadableTime),
    };
    let unit = match (raw, unit) {
        (RawTime::Micros(_), _) => TimeUnit::Microseconds,
        (_, Some(unit)) => unit,
        (_, None) => return Err(Reason::UnreadableTime),
    };
    match raw.to_micros(unit) {
        Ok(micros) => Ok(Some(micros)),
        Err(TimeFault::FarFuture) => Err(Reason::FarFuture),
        Err(TimeFault::Unreadable) => Err(Reason::UnreadableTime),
    }
}

/// The cell as text for a reject; empty where there is nothing.
pub(crate) fn excerpt(cells: Cells<'_>, row: usize) -> String {
    cells.text(row).map_or_else(String::new, |text| cut(&text))
}

/// Counts of kinds, with their class: rows of a kind follow each other or are few.
struct KindCounter<'a> {
    plan: &'a Plan,
    counts: HashMap<String, usize>,
    kinds: Vec<(String, u64, u8)>,
}

impl KindCounter<'_> {
    fn class(&mut self, kind: &str) -> u8 {
        let place = match self.counts.get(kind) {
            Some(&place) => place,
            None => {
                self.kinds.push((kind.to_owned(), 0, self.plan.kinds.class(kind)));
                self.counts.insert(kind.to_owned(), self.kinds.len() - 1);
                self.kinds.len() - 1
            }
        };
        self.kinds[place].1 += 1;
        self.kinds[place].2
    }
}

/// Makes events of the rows of a chunk.
pub(crate) fn prepare(chunk: Chunk, context: &FileContext<'_>) -> Prepared {
    let plan = context.plan;
    let null: ArrayRef = std::sync::Arc::new(arrow_array::NullArray::new(chunk.rows));
    let array = |field| plan.place(field).and_then(|p| chunk.columns[p].as_ref());
    let column = |field| Cells::new(array(field).unwrap_or(&null));
    let (actor, target, ts, kind) =
        (column(Field::Actor), column(Field::Target), column(Field::Ts), column(Field::Kind));
    let rule_cells: Vec<Option<Cells<'_>>> = plan
        .rules
        .iter()
        .map(|r| r.when.as_ref().map(|(p, _)| Cells::new(chunk.columns[*p].as_ref().unwrap_or(&null))))
        .collect();

    let mut rejects: Vec<Reject> = Vec::new();
    let mut reject = |line: u64, reason: Reason, value: String| {
        rejects.push(Reject { file: context.name.to_owned(), line, reason, value });
    };
    for fault in &chunk.faults {
        reject(fault.line, fault.reason, fault.value.clone());
    }
    let mut counter = KindCounter { plan, counts: HashMap::new(), kinds: Vec::new() };
    let mut rows: Vec<u32> = Vec::new();
    let mut times: Vec<i64> = Vec::with_capacity(chunk.rows);
    let mut classes: Vec<u8> = Vec::new();
    // Rows are events one to one until the first that is not.
    let mut identity = true;
    let mut accepted: u64 = 0;
    for row in 0..chunk.rows {
        let checked = if !actor.is_present(row) {
            Err((Reason::MissingActor, String::new()))
        } else if !target.is_present(row) {
            Err((Reason::MissingTarget, String::new()))
        } else if plan.no_time {
            Ok(0)
        } else {
            match read_time(ts, row, context.unit) {
                Ok(Some(micros)) => Ok(micros),
                Ok(None) => Err((Reason::MissingTime, String::new())),
                Err(reason) => Err((reason, excerpt(ts, row))),
            }
        };
        let checked = match checked {
            Ok(_) if context.has_kind && kind.text(row).is_none() => Err((Reason::MissingKind, String::new())),
            other => other,
        };
        let micros = match checked {
            Ok(micros) => micros,
            Err((reason, value)) => {
                reject(chunk.lines.of(row), reason, value);
                if identity {
                    rows.extend(0..row as u32);
                    identity = false;
                }
                continue;
            }
        };
        accepted += 1;
        if !context.layout.class {
            times.push(micros);
            if !identity {
                rows.push(row as u32);
            }
            continue;
        }
        let mut emit = |class: u8, first: bool| {
            // Other kinds matter only for what they say about owners.
            let keep = class != OTHER || context.has_owner;
            if identity && !(keep && first) {
                // Rows before this one were events; so was this one, if it is here again.
                rows.extend(0..row as u32 + u32::from(!first));
                identity = false;
            }
            if keep {
                if !identity {
                    rows.push(row as u32);
                }
                times.push(micros);
                classes.push(class);
            }
        };
        if plan.rules.is_empty() {
            let class = match kind.text(row) {
                Some(kind) => counter.class(&kind),
                None => counter.class_without_column(),
            };
            emit(class, true);
        } else {
            let mut emitted = 0;
            for (rule, cells) in plan.rules.iter().zip(&rule_cells) {
                let holds = match (&rule.when, cells) {
                    (Some((_, when)), Some(cells)) => when.holds(cells.value(row)),
                    _ => true,
                };
                if holds {
                    counter.class(&rule.kind);
                    emit(rule.class, emitted == 0);
                    emitted += 1;
                }
            }
            if emitted == 0 && identity {
                rows.extend(0..row as u32);
                identity = false;
            }
        }
    }
    if !context.layout.class {
        counter.kinds.push((plan.kind_without_column().to_owned(), accepted, 0));
    }

    let events = times.len();
    let row_of = |event: usize| if identity { event } else { rows[event] as usize };
    let class_of = |event: usize| classes.get(event).copied().unwrap_or(0);
    let mut unreadable_numbers = 0;
    let mut numbers = |field: Field, there: bool| -> Vec<f32> {
        if !there {
            return Vec::new();
        }
        let cells = column(field);
        (0..events)
            .map(|event| {
                // Numbers belong to views; elsewhere they say nothing.
                if class_of(event) != VIEW {
                    return f32::NAN;
                }
                match cells.value(row_of(event)) {
                    Value::Null => f32::NAN,
                    Value::Text(text) if text.trim_ascii().is_empty() => f32::NAN,
                    value => value.number().map_or_else(
                        || {
                            unreadable_numbers += 1;
                            f32::NAN
                        },
                        // One pattern for zero, so that equal rows are equal bits.
                        |x| x as f32 + 0.0,
                    ),
                }
            })
            .collect()
    };
    let dwells = numbers(Field::DwellMs, context.layout.dwell);
    let fractions = numbers(Field::WatchFraction, context.layout.fraction);
    let hashes = [0, 1, 2, 3].map(|h| {
        if !context.layout.hashes[h] {
            return Vec::new();
        }
        let cells = column(Field::HASHED[h]);
        let hash = |event: usize| match class_of(event) {
            VIEW | OTHER => 0,
            class if is_reaction(class) => 0,
            _ => cells.text(row_of(event)).map_or(0, |text| context.hasher.hash(Field::HASHED[h], &text)),
        };
        (0..events).map(hash).collect()
    });
    let event_ids = if context.layout.event_id {
        let cells = column(Field::EventId);
        let [seed, other] = context.event_id_seed;
        let id = |event: usize| {
            cells.text(row_of(event)).map_or(0, |text| {
                // Two events made of one row by rules are two events.
                let salt = if plan.rules.is_empty() { 0 } else { u64::from(class_of(event)) + 1 };
                let high = hash_bytes(text.as_bytes(), [seed ^ salt, other]);
                let low = hash_bytes(text.as_bytes(), [other ^ salt.rotate_left(32), !seed]);
                ((u128::from(high) << 64) | u128::from(low)).max(1)
            })
        };
        (0..events).map(id).collect()
    } else {
        Vec::new()
    };
    let owner = if context.has_owner { array(Field::Owner).cloned() } else { None };
    Prepared {
        actor: array(Field::Actor).unwrap_or(&null).clone(),
        target: array(Field::Target).unwrap_or(&null).clone(),
        owner,
        rows: (!identity).then_some(rows),
        ts: times,
        classes,
        event_ids,
        hashes,
        dwells,
        fractions,
        kinds: counter.kinds.into_iter().map(|(kind, count, _)| (kind, count)).collect(),
        rejects,
        rows_read: (chunk.rows + chunk.faults.len()) as u64,
        unreadable_numbers,
    }
}

impl KindCounter<'_> {
    /// A row of a file without a kind column, beside files that have one.
    fn class_without_column(&mut self) -> u8 {
        self.class(self.plan.kind_without_column());
        0
    }
}

impl Prepared {
    pub(crate) fn events(&self) -> usize {
        self.ts.len()
    }

    /// Row of an event.
    #[inline]
    pub(crate) fn row(&self, event: usize) -> usize {
        self.rows.as_ref().map_or(event, |rows| rows[event] as usize)
    }

    /// Class of an event.
    #[inline]
    pub(crate) fn class(&self, event: usize) -> u8 {
        self.classes.get(event).copied().unwrap_or(0)
    }
}
