//! Partitions on disk: uncompressed Arrow IPC in the scratch folder.

use super::rows::{Layout, Rows};
use super::{IngestError, PARTITION_COUNT};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt8Type, UInt64Type};
use arrow_array::{ArrayRef, Float32Array, RecordBatch, UInt8Array, UInt64Array};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of spilled rows, one a partition, opened when the first row comes.
pub(crate) struct Spill {
    folder: PathBuf,
    name: &'static str,
    writers: Vec<Option<StreamWriter<BufWriter<File>>>>,
    used: bool,
}

impl std::fmt::Debug for Spill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spill").field("folder", &self.folder).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Spill {
    pub(crate) fn new(folder: &Path, name: &'static str) -> Self {
        Self { folder: folder.to_owned(), name, writers: (0..PARTITION_COUNT).map(|_| None).collect(), used: false }
    }

    pub(crate) fn is_used(&self) -> bool {
        self.used
    }

    fn path(&self, i: usize) -> PathBuf {
        self.folder.join(format!("{}-{i}.spill", self.name))
    }

    pub(crate) fn append(&mut self, i: usize, layout: Layout, rows: &Rows) -> Result<(), IngestError> {
        self.used = true;
        let path = self.path(i);
        let fail = |e| scratch(&path, e);
        let schema = schema(layout);
        if self.writers[i].is_none() {
            let file = File::create(&path).map_err(|e| IngestError::scratch(&path, e))?;
            self.writers[i] = Some(StreamWriter::try_new_buffered(file, &schema).map_err(fail)?);
        }
        if let Some(writer) = &mut self.writers[i] {
            let batch = RecordBatch::try_new(schema, columns(layout, rows)).map_err(fail)?;
            writer.write(&batch).map_err(fail)?;
        }
        Ok(())
    }

    pub(crate) fn close(&mut self) -> Result<(), IngestError> {
        for i in 0..PARTITION_COUNT {
            if let Some(mut writer) = self.writers[i].take() {
                let path = self.path(i);
                writer.finish().and_then(|()| writer.flush()).map_err(|e| scratch(&path, e))?;
            }
        }
        Ok(())
    }

    /// The batches of partition `i`; none where nothing was spilled for it.
    pub(crate) fn load(&self, i: usize, layout: Layout) -> Result<Vec<Rows>, IngestError> {
        let path = self.path(i);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(IngestError::scratch(&path, e)),
        };
        let fail = |e| scratch(&path, e);
        let reader = StreamReader::try_new(BufReader::with_capacity(1 << 18, file), None).map_err(fail)?;
        reader.map(|batch| batch.map(|b| rows(layout, &b)).map_err(fail)).collect()
    }

    /// Removes the file of partition `i`; one that stays behind goes with the scratch folder.
    pub(crate) fn forget(&self, i: usize) {
        let _ = std::fs::remove_file(self.path(i));
    }
}

/// Writes one final partition.
pub(crate) fn write_batch(path: &Path, batch: &RecordBatch) -> Result<(), IngestError> {
    let fail = |e| scratch(path, e);
    let file = File::create(path).map_err(|e| IngestError::scratch(path, e))?;
    let mut writer = FileWriter::try_new_buffered(file, batch.schema_ref()).map_err(fail)?;
    writer.write(batch).and_then(|()| writer.finish()).map_err(fail)
}

/// Reads one final partition.
pub(crate) fn read_batch(path: &Path) -> Result<RecordBatch, IngestError> {
    let fail = |e| scratch(path, e);
    let file = File::open(path).map_err(|e| IngestError::scratch(path, e))?;
    let mut reader = FileReader::try_new_buffered(file, None).map_err(fail)?;
    match reader.next() {
        Some(batch) => batch.map_err(fail),
        None => Ok(RecordBatch::new_empty(reader.schema())),
    }
}

fn scratch(path: &Path, source: ArrowError) -> IngestError {
    IngestError::scratch(
        path,
        match source {
            ArrowError::IoError(_, io) => io,
            other => std::io::Error::other(other.to_string()),
        },
    )
}

fn schema(layout: Layout) -> SchemaRef {
    let mut fields = vec![Field::new("high", DataType::UInt64, false), Field::new("low", DataType::UInt64, false)];
    if layout.class {
        fields.push(Field::new("class", DataType::UInt8, false));
    }
    if layout.event_id {
        fields.push(Field::new("event_id_high", DataType::UInt64, false));
        fields.push(Field::new("event_id_low", DataType::UInt64, false));
    }
    fields.extend(layout.hashed_fields().map(|(_, f)| Field::new(f.name(), DataType::UInt64, false)));
    for (there, name) in [(layout.dwell, "dwell_ms"), (layout.fraction, "watch_fraction")] {
        if there {
            fields.push(Field::new(name, DataType::Float32, false));
        }
    }
    Arc::new(Schema::new(fields))
}

fn columns(layout: Layout, rows: &Rows) -> Vec<ArrayRef> {
    let high = |v: &[u128]| Arc::new(UInt64Array::from_iter_values(v.iter().map(|x| (x >> 64) as u64))) as ArrayRef;
    let low = |v: &[u128]| Arc::new(UInt64Array::from_iter_values(v.iter().map(|&x| x as u64))) as ArrayRef;
    let mut columns = vec![high(&rows.keys), low(&rows.keys)];
    if layout.class {
        columns.push(Arc::new(UInt8Array::from(rows.classes.clone())));
    }
    if layout.event_id {
        columns.extend([high(&rows.event_ids), low(&rows.event_ids)]);
    }
    for (i, _) in layout.hashed_fields() {
        columns.push(Arc::new(UInt64Array::from(rows.hashes[i].clone())));
    }
    if layout.dwell {
        columns.push(Arc::new(Float32Array::from(rows.dwells.clone())));
    }
    if layout.fraction {
        columns.push(Arc::new(Float32Array::from(rows.fractions.clone())));
    }
    columns
}

fn rows(layout: Layout, batch: &RecordBatch) -> Rows {
    let mut columns = batch.columns().iter();
    let mut words = || columns.next().map_or_else(Vec::new, |c| c.as_primitive::<UInt64Type>().values().to_vec());
    let wide = |high: Vec<u64>, low: Vec<u64>| {
        high.into_iter().zip(low).map(|(h, l)| (u128::from(h) << 64) | u128::from(l)).collect::<Vec<u128>>()
    };
    let (high, low) = (words(), words());
    let mut out = Rows { keys: wide(high, low), ..Rows::default() };
    if layout.class {
        out.classes = columns.next().map_or_else(Vec::new, |c| c.as_primitive::<UInt8Type>().values().to_vec());
    }
    let mut words = || columns.next().map_or_else(Vec::new, |c| c.as_primitive::<UInt64Type>().values().to_vec());
    if layout.event_id {
        let (high, low) = (words(), words());
        out.event_ids = wide(high, low);
    }
    for (i, _) in layout.hashed_fields() {
        out.hashes[i] = words();
    }
    let mut floats = || columns.next().map_or_else(Vec::new, |c| c.as_primitive::<Float32Type>().values().to_vec());
    if layout.dwell {
        out.dwells = floats();
    }
    if layout.fraction {
        out.fractions = floats();
    }
    out
}
