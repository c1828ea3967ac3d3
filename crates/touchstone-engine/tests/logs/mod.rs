//! Logs for the tests of ingest: written in every format, read, and shown as text.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::result_large_err)]

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchstone_engine::store::{IngestError, IngestOptions, NoProgress, Store, ingest};

/// A folder that goes away, with options that read from it.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub options: IngestOptions,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("scratch");
        std::fs::create_dir(&scratch).unwrap();
        let options = IngestOptions::new(Vec::new(), scratch);
        Self { folder, options }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and reads it, too.
    pub fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        self.options.inputs.push(path);
        self
    }

    /// Writes a file that is not an input.
    pub fn aside(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), content).unwrap();
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut IngestOptions)) -> Self {
        change(&mut self.options);
        self
    }

    pub fn read(&self) -> Result<Store, IngestError> {
        ingest(&self.options, &NoProgress)
    }

    pub fn shown(&self) -> String {
        show(&self.read().unwrap())
    }

    /// The message of the error that it must be.
    pub fn error(&self) -> String {
        let error = self.read().expect_err("an error");
        assert!(error.is_bad_input() || matches!(error, IngestError::Scratch { .. }), "{error}");
        error.to_string()
    }

    pub fn rejects(&self) -> String {
        let text = std::fs::read_to_string(&self.options.rejects_path).unwrap();
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// Endorsements as `actor>target@ts` by canonical order, for small logs.
pub fn likes(store: &Store) -> Vec<String> {
    let mut likes = Vec::new();
    for i in 0..store.partition_count() {
        let batch = store.endorsements(i).unwrap();
        let view = touchstone_detect::partition::Partition::try_from_batch(&batch).unwrap();
        for row in 0..view.len() {
            let (actor, target) = (store.actors().get(view.actor[row]), store.targets().get(view.target[row]));
            likes.push(format!("{actor}>{target}@{}", view.ts[row]));
        }
    }
    likes.sort();
    likes
}

/// Everything a store gives, as text.
pub fn show(store: &Store) -> String {
    let mut out = String::new();
    writeln!(out, "actors {:?}", store.actors().iter().collect::<Vec<_>>()).unwrap();
    writeln!(out, "targets {:?}", store.targets().iter().collect::<Vec<_>>()).unwrap();
    writeln!(out, "owners {:?} published {:?} created {:?}", store.owners(), store.published(), store.created())
        .unwrap();
    writeln!(out, "degrees {:?} popularity {:?}", store.degrees(), store.popularity()).unwrap();
    writeln!(out, "first {:?} {:?}", store.actor_first_ts(), store.target_first_ts()).unwrap();
    writeln!(out, "endorsers {}", store.endorsers()).unwrap();
    for i in 0..store.partition_count() {
        let batch = store.endorsements(i).unwrap();
        if batch.num_rows() > 0 || i == 0 {
            writeln!(out, "endorsements {i} {}", show_batch(&batch)).unwrap();
        }
        if let Some(batch) = store.views(i).unwrap().filter(|b| b.num_rows() > 0 || i == 0) {
            writeln!(out, "views {i} {}", show_batch(&batch)).unwrap();
        }
    }
    let facts = store.facts();
    writeln!(out, "{:?}", (facts.rows, facts.rejected, &facts.rejects, &facts.kinds, &facts.columns)).unwrap();
    writeln!(out, "{:?}", (facts.duplicates, facts.repeats, facts.taken_back, facts.idle_take_backs)).unwrap();
    writeln!(out, "{:?}", (facts.owner_conflicts, facts.endorsements, facts.views, facts.timed)).unwrap();
    out
}

fn show_batch(batch: &RecordBatch) -> String {
    batch
        .schema()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| format!("{} {}", field.name(), show_column(column)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn show_column(column: &ArrayRef) -> String {
    use arrow_array::types::{Float32Type, Int64Type, UInt32Type, UInt64Type};
    macro_rules! cells {
        ($kind:ty) => {
            format!("{:?}", column.as_primitive::<$kind>().iter().collect::<Vec<_>>())
        };
    }
    match column.data_type() {
        arrow_schema::DataType::UInt32 => cells!(UInt32Type),
        arrow_schema::DataType::UInt64 => cells!(UInt64Type),
        arrow_schema::DataType::Int64 => cells!(Int64Type),
        arrow_schema::DataType::Float32 => cells!(Float32Type),
        other => panic!("a column of {other}"),
    }
}

/// Like `assert_eq!` on two long texts, but shows only where they part.
#[track_caller]
pub fn same(got: &str, expect: &str, what: &str) {
    if got != expect {
        let parted = got.lines().zip(expect.lines()).find(|(a, b)| a != b);
        let cut = |text: &str| text.chars().take(300).collect::<String>();
        let (a, b) = parted.map_or((got.len().to_string(), expect.len().to_string()), |(a, b)| (cut(a), cut(b)));
        panic!("{what}:\n  got    {a}\n  expect {b}");
    }
}

/// A table of text cells.
#[derive(Clone, Debug)]
pub struct Table {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn csv(&self, delimiter: u8) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(&self.columns).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }

    pub fn jsonl(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for row in &self.rows {
            let object: serde_json::Map<String, serde_json::Value> =
                self.columns.iter().zip(row).map(|(c, v)| ((*c).to_owned(), v.clone().into())).collect();
            serde_json::to_writer(&mut out, &object).unwrap();
            out.push(b'\n');
        }
        out
    }

    pub fn parquet(&self, path: &Path, dictionary: bool, group_rows: usize) {
        let columns = self.columns.iter().enumerate().map(|(i, name)| {
            let cells = StringArray::from_iter_values(self.rows.iter().map(|r| &r[i]));
            (*name, Arc::new(cells) as ArrayRef)
        });
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        write_parquet(path, &batch, dictionary, group_rows);
    }
}

pub fn write_parquet(path: &Path, batch: &RecordBatch, dictionary: bool, group_rows: usize) {
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_dictionary_enabled(dictionary)
        .set_max_row_group_row_count(Some(group_rows.max(1)))
        .build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

pub fn hash_column(batch: &RecordBatch, name: &str) -> Vec<Option<u64>> {
    let column = batch.column_by_name(name).unwrap().as_primitive::<arrow_array::types::UInt64Type>();
    (0..column.len()).map(|i| column.is_valid(i).then(|| column.value(i))).collect()
}
