//! The door: bytes of a request become rows that may land.

use super::admit::{Admitted, Fields, Rules, admit};
use super::envelope;
use super::{Identity, LandingOptions, RowFault};
use crate::source::Wanted;
use crate::source::column::{Cells, shape};
use crate::source::jsonl::{Cell, read_row};
use arrow_array::{ArrayRef, RecordBatch};
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use touchstone_event::mapping::Mapping;
use touchstone_event::reject::cut;
use touchstone_event::schema::Field;
use touchstone_event::time::{FAR_FUTURE_MICROS, LONG_AGO_MICROS};

/// Fields of an event: the first twelve.
pub(super) const FIELDS: usize = 12;

/// Reads requests. Cheap to share; any number of threads may read at once.
#[derive(Clone, Debug)]
pub struct Door {
    identity: Arc<Identity>,
    wanted: Vec<Wanted>,
    options: Arc<LandingOptions>,
}

impl Door {
    pub(super) fn new(identity: Arc<Identity>, options: Arc<LandingOptions>) -> Self {
        let wanted = wanted(&options.mapping);
        Self { identity, wanted, options }
    }

    /// Pseudonyms and names.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    fn rules(&self, now_micros: i64) -> Rules {
        let ago = |seconds: i64| now_micros.saturating_sub(seconds.saturating_mul(1_000_000));
        Rules {
            unit: self.options.mapping.time_unit.unit(),
            latest: ago(-self.options.future_seconds_max).min(FAR_FUTURE_MICROS),
            earliest: self.options.retention_seconds.map_or(LONG_AGO_MICROS, ago),
        }
    }

    fn take(&self, fields: &Fields<'_>, row: u64, rules: &Rules, admitted: &mut Admitted) {
        match admit(fields, &self.identity, rules) {
            Ok(event) => {
                let endorsed = self.options.endorse.iter().any(|k| *k == event.kind);
                admitted.push(&event, endorsed);
            }
            Err((reason, field, value)) => admitted.faults.push(RowFault { row, reason, field, value }),
        }
    }

    /// JSON Lines: one event a line, blank lines skipped.
    #[must_use]
    pub fn json_lines(&self, text: &[u8], now_micros: i64) -> Admitted {
        let (mut admitted, rules) = (Admitted::default(), self.rules(now_micros));
        for (i, line) in text.split(|&b| b == b'\n').enumerate() {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let row = i as u64 + 1;
            let mut fields = Fields::new();
            match read_row(line, &self.wanted, &mut fields.cells, None) {
                Ok(()) => self.take(&fields, row, &rules, &mut admitted),
                Err(reason) => {
                    let value = cut(&String::from_utf8_lossy(&line[..line.len().min(800)]));
                    admitted.faults.push(RowFault { row, reason: reason.name(), field: None, value });
                }
            }
        }
        admitted
    }

    /// CloudEvents in JSON (`application/cloudevents+json`), one or, with `batch`, an array of them.
    ///
    /// # Errors
    /// If the whole is not that: a sentence for the sender.
    pub fn cloud_events(&self, text: &[u8], batch: bool, now_micros: i64) -> Result<Admitted, String> {
        let (mut admitted, rules) = (Admitted::default(), self.rules(now_micros));
        for (i, envelope) in envelope::read(text, batch)?.into_iter().enumerate() {
            let row = i as u64 + 1;
            match envelope::fields(envelope, &self.wanted) {
                Ok(fields) => self.take(&fields, row, &rules, &mut admitted),
                Err((reason, value)) => admitted.faults.push(RowFault { row, reason, field: None, value }),
            }
        }
        Ok(admitted)
    }

    /// An Arrow IPC stream (`application/vnd.apache.arrow.stream`).
    ///
    /// # Errors
    /// If it is none, or lacks a column that must be there: a sentence for the sender.
    pub fn arrow_stream(&self, stream: impl Read, now_micros: i64) -> Result<Admitted, String> {
        let broken = |e: arrow_schema::ArrowError| format!("not a readable Arrow IPC stream: {e}");
        let (mut admitted, rules) = (Admitted::default(), self.rules(now_micros));
        let reader = arrow_ipc::reader::StreamReader::try_new(stream, None).map_err(broken)?;
        let mut before = 0;
        for batch in reader {
            let batch = batch.map_err(broken)?;
            let columns = self.columns(&batch)?;
            for row in 0..batch.num_rows() {
                self.take(&arrow_fields(&columns, row), before + row as u64 + 1, &rules, &mut admitted);
            }
            before += batch.num_rows() as u64;
        }
        Ok(admitted)
    }

    fn columns(&self, batch: &RecordBatch) -> Result<Vec<Option<ArrayRef>>, String> {
        let schema = batch.schema();
        self.wanted
            .iter()
            .map(|wanted| match schema.index_of(&wanted.name) {
                Ok(i) => shape(batch.column(i)).map(Some).ok_or_else(|| {
                    format!(
                        "column \"{}\" is {}, which no field can be; send text, numbers or timestamps",
                        wanted.name,
                        schema.field(i).data_type()
                    )
                }),
                Err(_) if wanted.must => {
                    let found: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
                    Err(format!("no column \"{}\"; the stream has: {}", wanted.name, found.join(", ")))
                }
                Err(_) => Ok(None),
            })
            .collect()
    }

    /// Gives the rows without an id one that follows from the batch's key, so that the batch sent
    /// again is known again, whenever that is.
    #[must_use]
    pub fn with_key(&self, mut admitted: Admitted, key: &str) -> Admitted {
        let batch = &mut admitted.batch;
        batch.key = self.identity.batch(key);
        let digest = blake3::hash(&batch.bytes);
        batch.digest = u64::from_le_bytes(digest.as_bytes()[..8].try_into().unwrap_or_default());
        if batch.rows.iter().all(|r| r.event != 0) {
            return admitted;
        }
        let mut bytes = Vec::with_capacity(batch.bytes.len() + 16 * batch.rows.len());
        for (i, mark) in batch.rows.iter_mut().enumerate() {
            let start = bytes.len();
            let old = &batch.bytes[mark.start..mark.end];
            if mark.event == 0 {
                mark.event = self.identity.event_of_batch(batch.key, i as u64);
                super::codec::with_event(old, mark.event, &mut bytes);
            } else {
                bytes.extend(old);
            }
            (mark.start, mark.end) = (start, bytes.len());
        }
        batch.bytes = bytes;
        admitted
    }
}

fn wanted(mapping: &Mapping) -> Vec<Wanted> {
    Field::ALL[..FIELDS]
        .iter()
        .map(|&field| Wanted {
            name: mapping.column(field).to_owned(),
            must: matches!(field, Field::Actor | Field::Target | Field::Ts | Field::Kind),
            time: field == Field::Ts,
        })
        .collect()
}

fn arrow_fields(columns: &[Option<ArrayRef>], row: usize) -> Fields<'_> {
    let mut fields = Fields::new();
    for ((cell, column), field) in fields.cells.iter_mut().zip(columns).zip(Field::ALL) {
        let Some(column) = column else { continue };
        let cells = Cells::new(column);
        if field == Field::Ts
            && let Cells::Time(_) = cells
        {
            fields.time = cells.time(row).ok().flatten();
        } else if let Some(text) = cells.text(row) {
            *cell = Cell::Text(match text {
                Cow::Borrowed(text) => Cow::Borrowed(text),
                Cow::Owned(text) => Cow::Owned(text),
            });
        }
    }
    fields
}
