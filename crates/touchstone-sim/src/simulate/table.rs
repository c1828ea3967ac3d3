//! Small tables to Parquet.

use std::fs::File;
use std::io;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// Properties of all files: bytes depend on nothing but the rows.
pub(crate) fn properties(row_group_rows: usize) -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(row_group_rows))
        // The library's own version would change the bytes with every update.
        .set_created_by("touchstone-sim".to_owned())
        .build()
}

/// The type of times.
pub(crate) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// A column of a table.
pub(crate) struct Column(ArrayRef);

impl Column {
    pub(crate) fn texts<T, S: AsRef<str>>(rows: &[T], text: impl Fn(&T) -> S) -> Self {
        Self(Arc::new(StringArray::from_iter_values(rows.iter().map(text))))
    }

    pub(crate) fn maybe_texts<T>(rows: &[T], text: impl Fn(&T) -> Option<String>) -> Self {
        Self(Arc::new(StringArray::from_iter(rows.iter().map(text))))
    }

    pub(crate) fn integers<T>(rows: &[T], number: impl Fn(&T) -> Option<i64>) -> Self {
        Self(Arc::new(Int64Array::from_iter(rows.iter().map(number))))
    }

    pub(crate) fn numbers<T>(rows: &[T], number: impl Fn(&T) -> Option<f64>) -> Self {
        Self(Arc::new(Float64Array::from_iter(rows.iter().map(number))))
    }

    pub(crate) fn flags<T>(rows: &[T], flag: impl Fn(&T) -> bool) -> Self {
        Self(Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(flag(row))))))
    }

    /// Milliseconds since 1970.
    pub(crate) fn times<T>(rows: &[T], time: impl Fn(&T) -> Option<i64>) -> Self {
        Self(Arc::new(TimestampMillisecondArray::from_iter(rows.iter().map(time)).with_timezone("UTC")))
    }
}

/// A table that fits into memory.
pub(crate) struct Table {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self { fields: Vec::new(), columns: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, column: Column) -> Self {
        self.fields.push(Field::new(name, column.0.data_type().clone(), true));
        self.columns.push(column.0);
        self
    }

    pub(crate) fn write(self, file: File) -> io::Result<()> {
        let schema = Arc::new(Schema::new(self.fields));
        let batch = RecordBatch::try_new(schema.clone(), self.columns).map_err(io::Error::other)?;
        let mut writer = ArrowWriter::try_new(file, schema, Some(properties(1 << 20))).map_err(io::Error::other)?;
        writer.write(&batch).map_err(io::Error::other)?;
        writer.close().map_err(io::Error::other)?;
        Ok(())
    }
}
