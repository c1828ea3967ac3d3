//! One findings table, as Parquet or CSV. Encoding is a pure function of a batch, so that batches are
//! encoded on all cores; appending keeps their order, so that the bytes don't depend on the cores.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Format of the findings tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Parquet, zstd.
    #[default]
    Parquet,
    /// Comma-separated text with a header; times as RFC 3339, empty cells for nulls.
    Csv,
}

impl Format {
    /// File extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be written: {why}; free some space or choose another --out", path.display())]
pub struct WriteError {
    path: PathBuf,
    why: String,
}

impl WriteError {
    /// For `path`, because of `why`.
    pub fn new(path: &Path, why: impl std::fmt::Display) -> Self {
        Self { path: path.to_path_buf(), why: why.to_string() }
    }
}

enum Sink {
    Parquet { file: Box<SerializedFileWriter<BufWriter<File>>>, groups: ArrowRowGroupWriterFactory },
    Csv(BufWriter<File>),
}

/// A batch as it will stand in the file.
pub enum Encoded {
    /// A row group.
    RowGroup(Vec<ArrowColumnChunk>),
    /// Lines.
    Lines(Vec<u8>),
}

/// A table being written.
pub struct Table {
    path: PathBuf,
    schema: SchemaRef,
    sink: Sink,
}

impl Table {
    /// Opens `folder/name.parquet` or `.csv`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(folder: &Path, name: &str, schema: SchemaRef, format: Format) -> Result<Self, WriteError> {
        let path = folder.join(format!("{name}.{}", format.extension()));
        let file = BufWriter::new(File::create(&path).map_err(|e| WriteError::new(&path, e))?);
        let sink = match format {
            Format::Parquet => {
                let level = ZstdLevel::try_new(1).map_err(|e| WriteError::new(&path, e))?;
                // Columns of which nearly every value differs gain nothing from a dictionary.
                let plain = ["actor", "account", "ts"].map(ColumnPath::from);
                let mut properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .set_statistics_enabled(EnabledStatistics::Chunk)
                    .set_created_by("touchstone".into());
                for column in plain {
                    properties = properties.set_column_dictionary_enabled(column, false);
                }
                let properties = properties.build();
                let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))
                    .map_err(|e| WriteError::new(&path, e))?;
                let (file, groups) = writer.into_serialized_writer().map_err(|e| WriteError::new(&path, e))?;
                Sink::Parquet { file: Box::new(file), groups }
            }
            Format::Csv => {
                let mut file = file;
                let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
                writeln!(file, "{}", names.join(",")).map_err(|e| WriteError::new(&path, e))?;
                Sink::Csv(file)
            }
        };
        Ok(Self { path, schema, sink })
    }

    /// Encodes a batch that will be number `index` (from 0) of the table.
    ///
    /// # Errors
    /// If the batch does not fit the table.
    pub fn encode(&self, index: usize, batch: &RecordBatch) -> Result<Encoded, WriteError> {
        let fail = |e: &dyn std::fmt::Display| WriteError::new(&self.path, e);
        match &self.sink {
            Sink::Parquet { groups, .. } => {
                let mut writers = groups.create_column_writers(index).map_err(|e| fail(&e))?.into_iter();
                let mut chunks = Vec::new();
                for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
                    for leaf in compute_leaves(field, column).map_err(|e| fail(&e))? {
                        let mut writer = writers.next().ok_or_else(|| fail(&"more columns than the table has"))?;
                        writer.write(&leaf).map_err(|e| fail(&e))?;
                        chunks.push(writer.close().map_err(|e| fail(&e))?);
                    }
                }
                Ok(Encoded::RowGroup(chunks))
            }
            Sink::Csv(_) => lines(batch).map(Encoded::Lines).map_err(|e| fail(&e)),
        }
    }

    /// Appends what [`Table::encode`] made, in order of index.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn append(&mut self, encoded: Encoded) -> Result<(), WriteError> {
        let path = &self.path;
        match (&mut self.sink, encoded) {
            (Sink::Parquet { file, .. }, Encoded::RowGroup(chunks)) => {
                let mut group = file.next_row_group().map_err(|e| WriteError::new(path, e))?;
                for chunk in chunks {
                    chunk.append_to_row_group(&mut group).map_err(|e| WriteError::new(path, e))?;
                }
                group.close().map(|_| ()).map_err(|e| WriteError::new(path, e))
            }
            (Sink::Csv(file), Encoded::Lines(bytes)) => file.write_all(&bytes).map_err(|e| WriteError::new(path, e)),
            _ => Err(WriteError::new(path, "encoded for another format")),
        }
    }

    /// Encodes and appends a whole table of batches at once, then closes it.
    ///
    /// # Errors
    /// As its parts.
    pub fn write_all(mut self, batches: impl Iterator<Item = RecordBatch>) -> Result<(), WriteError> {
        for (index, batch) in batches.enumerate() {
            let encoded = self.encode(index, &batch)?;
            self.append(encoded)?;
        }
        self.close()
    }

    /// Writes the footer and flushes to the system. Not to the disk: findings can be made again from
    /// the log, and waiting for the disk would cost more than making them.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn close(self) -> Result<(), WriteError> {
        let path = self.path;
        let file = match self.sink {
            Sink::Parquet { file, .. } => file.into_inner().map_err(|e| WriteError::new(&path, e))?,
            Sink::Csv(file) => file,
        };
        file.into_inner().map(|_| ()).map_err(|e| WriteError::new(&path, e.error()))
    }
}

fn lines(batch: &RecordBatch) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut record = csv::StringRecord::new();
    for row in 0..batch.num_rows() {
        record.clear();
        for column in batch.columns() {
            record.push_field(&cell(column, row));
        }
        out.write_record(&record)?;
    }
    out.into_inner().map_err(|e| csv::Error::from(std::io::Error::other(e.to_string())))
}

fn cell(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Timestamp(_, _) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |t| t.to_string())
        }
        other => format!("<{other}>"),
    }
}
