//! Parts: the rows of one window from one segment (or several, after a merge), as Parquet.

use super::LandingError;
use super::codec::RowView;
use super::files::{make_folder, publish};
use crate::source::column::{Cells, shape};
use arrow_array::builder::{Float32Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field as Column, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use touchstone_event::time::RawTime;

/// Names of the optional text columns, in the order of [`PartRow::texts`].
const TEXTS: [&str; 5] = ["owner", "ip", "device", "user_agent", "session"];

/// A row of a part.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PartRow<'a> {
    pub(super) actor: &'a str,
    pub(super) target: &'a str,
    pub(super) kind: &'a str,
    pub(super) ts: i64,
    pub(super) event_id: &'a str,
    /// Owner, address, device, browser, session.
    pub(super) texts: [Option<&'a str>; 5],
    /// Dwell in milliseconds, watched fraction.
    pub(super) numbers: [Option<f32>; 2],
}

/// Collects rows; optional columns that no row has are left out of the file, so that a reader sees
/// what the platform sends and what it does not.
pub(super) struct Builder {
    actor: StringBuilder,
    target: StringBuilder,
    kind: StringBuilder,
    ts: TimestampMicrosecondBuilder,
    event_id: StringBuilder,
    texts: [StringBuilder; 5],
    numbers: [Float32Builder; 2],
    seen: [bool; 7],
    pub(super) rows: usize,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            actor: StringBuilder::new(),
            target: StringBuilder::new(),
            kind: StringBuilder::new(),
            ts: TimestampMicrosecondBuilder::new().with_timezone("UTC"),
            event_id: StringBuilder::new(),
            texts: std::array::from_fn(|_| StringBuilder::new()),
            numbers: std::array::from_fn(|_| Float32Builder::new()),
            seen: [false; 7],
            rows: 0,
        }
    }

    pub(super) fn push(&mut self, row: &PartRow<'_>) {
        self.actor.append_value(row.actor);
        self.target.append_value(row.target);
        self.kind.append_value(row.kind);
        self.ts.append_value(row.ts);
        self.event_id.append_value(row.event_id);
        for (i, text) in row.texts.iter().enumerate() {
            self.texts[i].append_option(*text);
            self.seen[i] |= text.is_some();
        }
        for (i, number) in row.numbers.iter().enumerate() {
            self.numbers[i].append_option(*number);
            self.seen[5 + i] |= number.is_some();
        }
        self.rows += 1;
    }

    /// Adds a row of the journal. `place` names it where it has no id of its own.
    pub(super) fn push_view(&mut self, row: &RowView<'_>, place: (u64, u64)) {
        let event_id = if row.event == 0 { format!("{}.{}", place.0, place.1) } else { format!("{:032x}", row.event) };
        let hashes = row.hashes.map(|h| h.map(|h| format!("{h:016x}")));
        let [ip, device, agent, session] = hashes.each_ref().map(Option::as_deref);
        self.push(&PartRow {
            actor: row.actor,
            target: row.target,
            kind: row.kind,
            ts: row.ts,
            event_id: &event_id,
            texts: [row.owner, ip, device, agent, session],
            numbers: [row.dwell_ms, row.watch_fraction],
        });
    }

    fn batch(mut self) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let text = |b: &mut StringBuilder| Arc::new(b.finish()) as ArrayRef;
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let mut columns = vec![
            (Column::new("actor", DataType::Utf8, false), text(&mut self.actor)),
            (Column::new("target", DataType::Utf8, false), text(&mut self.target)),
            (Column::new("ts", time, false), Arc::new(self.ts.finish()) as ArrayRef),
            (Column::new("kind", DataType::Utf8, false), text(&mut self.kind)),
            (Column::new("event_id", DataType::Utf8, false), text(&mut self.event_id)),
        ];
        for (i, builder) in self.texts.iter_mut().enumerate().filter(|(i, _)| self.seen[*i]) {
            columns.push((Column::new(TEXTS[i], DataType::Utf8, true), text(builder)));
        }
        for (i, name) in ["dwell_ms", "watch_fraction"].into_iter().enumerate().filter(|(i, _)| self.seen[5 + i]) {
            let array = Arc::new(self.numbers[i].finish()) as ArrayRef;
            columns.push((Column::new(name, DataType::Float32, true), array));
        }
        let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
    }

    /// Writes the part under construction in `scratch`, then moves it to `path`. Equal rows give
    /// equal bytes.
    pub(super) fn publish(self, scratch: &Path, path: &Path) -> Result<(), LandingError> {
        let fail = |e: &dyn std::fmt::Display| LandingError::Io {
            path: path.to_owned(),
            what: "cannot be written",
            why: e.to_string(),
        };
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("part");
        let draft = scratch.join(name);
        let file = File::create(&draft).map_err(|e| LandingError::io(&draft, "cannot be written", &e))?;
        let level = ZstdLevel::try_new(1).map_err(|e| fail(&e))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("touchstone".into())
            .build();
        let batch = self.batch().map_err(|e| fail(&e))?;
        let written = ArrowWriter::try_new(file, batch.schema(), Some(properties))
            .and_then(|mut writer| writer.write(&batch).and_then(|()| writer.close()));
        // The writer hides the system's error, disk full among them: the message has it.
        written.map_err(|e| fail(&e))?;
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        publish(&draft, path)
    }
}

/// Calls `each` for every row of a part.
pub(super) fn read(path: &Path, mut each: impl FnMut(&PartRow<'_>)) -> Result<(), LandingError> {
    let fail = |e: &dyn std::fmt::Display| {
        LandingError::unfit(path, format!("cannot be read ({e}); restore it from a backup or remove it"))
    };
    let file = File::open(path).map_err(|e| LandingError::io(path, "cannot be read", &e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|b| b.with_batch_size(65_536).build())
        .map_err(|e| fail(&e))?;
    for batch in reader {
        let batch = batch.map_err(|e| fail(&e))?;
        let null: ArrayRef = Arc::new(arrow_array::NullArray::new(batch.num_rows()));
        let column = |name: &str| batch.column_by_name(name).map_or_else(|| Some(Arc::clone(&null)), shape);
        let texts = ["actor", "target", "kind", "event_id", "owner", "ip", "device", "user_agent", "session"];
        let texts: Vec<ArrayRef> =
            texts.into_iter().map(column).collect::<Option<_>>().ok_or_else(|| fail(&"a column of another type"))?;
        let (ts, dwell, fraction) = (column("ts"), column("dwell_ms"), column("watch_fraction"));
        let others: Vec<ArrayRef> = [ts, dwell, fraction].into_iter().flatten().collect();
        let [ts, dwell, fraction] = others.as_slice() else { return Err(fail(&"a column of another type")) };
        let (ts, numbers) = (Cells::new(ts), [Cells::new(dwell), Cells::new(fraction)]);
        for row in 0..batch.num_rows() {
            let text = |i: usize| string(&texts[i], row);
            let Ok(Some(RawTime::Micros(ts))) = ts.time(row) else { return Err(fail(&"a row without a time")) };
            each(&PartRow {
                actor: text(0).unwrap_or_default(),
                target: text(1).unwrap_or_default(),
                kind: text(2).unwrap_or_default(),
                ts,
                event_id: text(3).unwrap_or_default(),
                texts: [text(4), text(5), text(6), text(7), text(8)],
                numbers: numbers.map(|n| n.value(row).number().map(|x| x as f32)),
            });
        }
    }
    Ok(())
}

fn string(array: &ArrayRef, row: usize) -> Option<&str> {
    use arrow_array::cast::AsArray;
    match array.data_type() {
        DataType::LargeUtf8 if array.is_valid(row) => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View if array.is_valid(row) => Some(array.as_string_view().value(row)),
        _ => None,
    }
}

/// Copies rows, each event id once.
pub(super) fn copy_once(from: &Path, seen: &mut HashSet<String>, into: &mut Builder) -> Result<u64, LandingError> {
    let mut repeated = 0;
    read(from, |row| {
        if seen.insert(row.event_id.to_owned()) {
            into.push(row);
        } else {
            repeated += 1;
        }
    })?;
    Ok(repeated)
}
