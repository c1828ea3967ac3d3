//! Rows to Parquet as they come.

use std::fs::File;
use std::io;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::world::Row;

/// Rows of a row group: the grain in which readers share the work.
const ROW_GROUP_ROWS: usize = 1_000_000;

pub(super) struct EventWriter {
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    rows: u64,
}

impl EventWriter {
    pub(super) fn create(file: File) -> io::Result<Self> {
        let schema = Arc::new(Schema::new(vec![
            Field::new("actor", DataType::Utf8, false),
            Field::new("target", DataType::Utf8, false),
            Field::new("ts", DataType::Int64, false),
        ]));
        let properties = WriterProperties::builder()
            // Snappy: what most exports use, and it keeps "just reading the file" an honest
            // yardstick, which a slow codec would make easy to beat.
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            // The library's own version would change the bytes with every update.
            .set_created_by("touchstone-sim".to_owned())
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(io::Error::other)?;
        Ok(Self { writer, schema, rows: 0 })
    }

    pub(super) fn write(&mut self, hours: &[Vec<Row>]) -> io::Result<()> {
        for rows in hours {
            let batch = batch(&self.schema, rows)?;
            self.writer.write(&batch).map_err(io::Error::other)?;
            self.rows += rows.len() as u64;
        }
        Ok(())
    }

    /// Closes the file and says how many rows it has.
    pub(super) fn finish(self) -> io::Result<u64> {
        self.writer.close().map_err(io::Error::other)?;
        Ok(self.rows)
    }
}

fn batch(schema: &SchemaRef, rows: &[Row]) -> io::Result<RecordBatch> {
    let names = |prefix: char, number: fn(&Row) -> u64| {
        let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 9);
        let mut name = String::with_capacity(24);
        for row in rows {
            name.clear();
            name.push(prefix);
            push_number(&mut name, number(row));
            builder.append_value(&name);
        }
        Arc::new(builder.finish())
    };
    let times: Int64Array = rows.iter().map(|row| row.ts).collect::<Vec<_>>().into();
    RecordBatch::try_new(
        schema.clone(),
        vec![names('u', |row| row.actor), names('p', |row| row.target), Arc::new(times)],
    )
    .map_err(io::Error::other)
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
