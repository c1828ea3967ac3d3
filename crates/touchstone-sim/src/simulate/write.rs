//! Events and the truth about each, to Parquet as they come.

use std::fs::File;
use std::io;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;

use super::table::{properties, time_type};
use crate::life::row::{Kind, NONE, Row};
use crate::random::mix;
use crate::world::World;
use crate::world::places::{AGENTS, Places};

/// Rows of a row group: the grain in which readers share the work.
const ROW_GROUP_ROWS: usize = 1 << 19;

/// Writes events.parquet and truth_events.parquet side by side.
pub(super) struct EventWriter<'a> {
    world: &'a World,
    events: ArrowWriter<File>,
    events_schema: Arc<Schema>,
    truth: ArrowWriter<File>,
    truth_schema: Arc<Schema>,
    agents: Vec<String>,
}

fn schema(fields: &[(&str, DataType, bool)]) -> Arc<Schema> {
    let fields = fields.iter().map(|(name, kind, nullable)| Field::new(*name, kind.clone(), *nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

impl<'a> EventWriter<'a> {
    pub(super) fn create(world: &'a World, events: File, truth: File) -> io::Result<Self> {
        use DataType::{Boolean, Float64, Int64, Utf8};
        let columns = schema(&[
            ("event_id", Utf8, false),
            ("actor", Utf8, false),
            ("target", Utf8, false),
            ("ts", time_type(), false),
            ("kind", Utf8, false),
            ("owner", Utf8, false),
            ("dwell_ms", Int64, true),
            ("watch_fraction", Float64, true),
            ("ip", Utf8, true),
            ("device", Utf8, true),
            ("user_agent", Utf8, true),
            ("session", Utf8, true),
        ]);
        let truths = schema(&[
            ("event_id", Utf8, false),
            ("fake", Boolean, false),
            ("attack", Utf8, true),
            ("ring", Utf8, true),
            ("reason", Utf8, false),
        ]);
        let open = |file, schema| {
            ArrowWriter::try_new(file, schema, Some(properties(ROW_GROUP_ROWS))).map_err(io::Error::other)
        };
        Ok(Self {
            world,
            events: open(events, columns.clone())?,
            events_schema: columns,
            truth: open(truth, truths.clone())?,
            truth_schema: truths,
            agents: (0..=AGENTS).map(Places::agent).collect(),
        })
    }

    pub(super) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let key = mix(self.world.seed ^ crate::world::Purpose::EventNames as u64);
        // One to one: no two serials have the same name.
        let ids = |rows: &[Row]| texts(rows, 16, |row, text| push_hex(text, mix(key ^ row.serial()), 16));
        let events = self.event_batch(rows, &ids(rows))?;
        self.events.write(&events).map_err(io::Error::other)?;
        // Each event once, so that a join by its id finds one truth.
        let rows: Vec<Row> = rows.iter().filter(|row| !row.retry).copied().collect();
        let truth = self.truth_batch(&rows, &ids(&rows))?;
        self.truth.write(&truth).map_err(io::Error::other)
    }

    fn event_batch(&self, rows: &[Row], ids: &ArrayRef) -> io::Result<RecordBatch> {
        let world = self.world;
        let start_ms = world.scenario.start_seconds * 1000;
        let account = |text: &mut String, number| {
            text.push('u');
            push_number(text, world.account_name(number));
        };
        let owner = |row: &Row| match row.kind {
            Kind::Follow => row.target,
            _ => world.catalogue.get(row.target).owner,
        };
        let times = TimestampMillisecondArray::from_iter_values(
            rows.iter().map(|row| start_ms + row.at_ms + i64::from(row.skew_ms)),
        );
        let columns: Vec<ArrayRef> = vec![
            ids.clone(),
            texts(rows, 8, |row, text| account(text, row.actor)),
            texts(rows, 8, |row, text| match row.kind {
                Kind::Follow => account(text, row.target),
                _ => {
                    text.push('p');
                    push_number(text, world.target_name(row.target));
                }
            }),
            Arc::new(times.with_timezone("UTC")),
            texts(rows, 7, |row, text| text.push_str(row.kind.name())),
            texts(rows, 8, |row, text| account(text, owner(row))),
            Arc::new(Int64Array::from_iter(rows.iter().map(|row| measured(row.dwell_ms).map(i64::from)))),
            Arc::new(Float64Array::from_iter(
                rows.iter().map(|row| measured(row.fraction).map(|f| f64::from(f) / 1e4)),
            )),
            texts(rows, 15, |row, text| {
                for (place, octet) in row.place.ip.to_be_bytes().into_iter().enumerate() {
                    if place > 0 {
                        text.push('.');
                    }
                    push_number(text, octet.into());
                }
            }),
            devices(rows),
            texts(rows, 30, |row, text| text.push_str(&self.agents[usize::from(row.place.agent)])),
            texts(rows, 12, |row, text| push_hex(text, row.session, 12)),
        ];
        RecordBatch::try_new(self.events_schema.clone(), columns).map_err(io::Error::other)
    }

    fn truth_batch(&self, rows: &[Row], ids: &ArrayRef) -> io::Result<RecordBatch> {
        let ring = |row: &Row| usize::from(row.ring).checked_sub(1);
        let mut attacks = StringBuilder::with_capacity(rows.len(), rows.len());
        let mut rings = StringBuilder::with_capacity(rows.len(), rows.len());
        for row in rows {
            attacks.append_option(ring(row).map(|ring| self.world.rings[ring].name.as_str()));
            rings.append_option(ring(row).map(|ring| format!("ring-{ring}")));
        }
        let columns: Vec<ArrayRef> = vec![
            ids.clone(),
            Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(row.cause.fake())))),
            Arc::new(attacks.finish()),
            Arc::new(rings.finish()),
            texts(rows, 10, |row, text| text.push_str(row.cause.name())),
        ];
        RecordBatch::try_new(self.truth_schema.clone(), columns).map_err(io::Error::other)
    }

    /// Closes both files.
    pub(super) fn finish(self) -> io::Result<()> {
        self.events.close().map_err(io::Error::other)?;
        self.truth.close().map_err(io::Error::other)?;
        Ok(())
    }
}

fn measured(value: u32) -> Option<u32> {
    (value != NONE).then_some(value)
}

fn texts(rows: &[Row], width: usize, push: impl Fn(&Row, &mut String)) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * width);
    let mut text = String::with_capacity(64);
    for row in rows {
        text.clear();
        push(row, &mut text);
        builder.append_value(&text);
    }
    Arc::new(builder.finish())
}

fn devices(rows: &[Row]) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 13);
    let mut text = String::with_capacity(16);
    for row in rows {
        text.clear();
        push_hex(&mut text, row.place.device, 13);
        builder.append_option((row.place.device != 0).then_some(&text));
    }
    Arc::new(builder.finish())
}

/// Appends the lowest `digits` hexadecimal digits.
fn push_hex(text: &mut String, number: u64, digits: u32) {
    for digit in (0..digits).rev() {
        text.push(char::from(b"0123456789abcdef"[(number >> (4 * digit) & 15) as usize]));
    }
}

/// Appends decimal digits; formatting machinery costs more than drawing the row.
fn push_number(text: &mut String, mut number: u64) {
    let mut digits = [0_u8; 20];
    let mut from = digits.len();
    loop {
        from -= 1;
        digits[from] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend(digits[from..].iter().map(|&digit| char::from(digit)));
}
