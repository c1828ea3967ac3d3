//! Parquet.

use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use touchstone_event::time::{RawTime, read_text};

use super::{Builder, LogError};

pub(super) fn read(builder: &mut Builder<'_>) -> Result<(), LogError> {
    let path = builder.path;
    let file = File::open(path).map_err(|source| LogError::Read { path: path.to_owned(), source })?;
    let broken = |source| LogError::Parquet { path: path.to_owned(), source };
    // Without the writer's Arrow schema every text column comes as plain Utf8, never as a
    // dictionary or a view, and there are few types to know.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(broken)?;
    let names: Vec<String> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let places = builder.places(&names)?;
    let wrong_type = |field, place: usize, found: &DataType| LogError::Type {
        path: path.to_owned(),
        field,
        column: names[place].clone(),
        found: found.to_string(),
    };

    for batch in reader.build().map_err(broken)? {
        let batch = batch.map_err(|error| broken(error.into()))?;
        let text = |field, place: usize| {
            let column = batch.column(place);
            Texts::new(column).ok_or_else(|| wrong_type(field, place, column.data_type()))
        };
        let actors = text("actor", places.actor)?;
        let targets = text("target", places.target)?;
        let kinds = places.kind.map(|place| text("kind", place)).transpose()?;
        let owners = places.owner.map(|place| text("owner", place)).transpose()?;
        let times = batch.column(places.ts);
        if !is_time(times.data_type()) {
            return Err(wrong_type("ts", places.ts, times.data_type()));
        }
        for row in 0..batch.num_rows() {
            builder.row(
                &actors.get(row),
                &targets.get(row),
                time(times, row),
                kinds.as_ref().map(|texts| texts.get(row)).as_deref(),
                owners.as_ref().map(|texts| texts.get(row)).as_deref(),
            );
        }
    }
    Ok(())
}

/// A column of ids: text as it is, integers in decimal; null is empty.
struct Texts<'a>(&'a ArrayRef);

impl<'a> Texts<'a> {
    fn new(column: &'a ArrayRef) -> Option<Self> {
        use DataType::{Int32, Int64, LargeUtf8, UInt32, UInt64, Utf8};
        matches!(column.data_type(), Utf8 | LargeUtf8 | Int32 | Int64 | UInt32 | UInt64).then_some(Self(column))
    }

    fn get(&self, row: usize) -> std::borrow::Cow<'a, str> {
        let column = self.0;
        if column.is_null(row) {
            return "".into();
        }
        match column.data_type() {
            DataType::Utf8 => column.as_string::<i32>().value(row).into(),
            DataType::LargeUtf8 => column.as_string::<i64>().value(row).into(),
            DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string().into(),
            DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string().into(),
            DataType::UInt32 => column.as_primitive::<UInt32Type>().value(row).to_string().into(),
            DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).to_string().into(),
            _ => "".into(),
        }
    }
}

fn is_time(found: &DataType) -> bool {
    use DataType::{Float64, Int32, Int64, LargeUtf8, Timestamp, Utf8};
    matches!(found, Int32 | Int64 | Float64 | Utf8 | LargeUtf8 | Timestamp(..))
}

fn time(column: &ArrayRef, row: usize) -> Option<RawTime> {
    if column.is_null(row) {
        return None;
    }
    let scaled = |value: i64, factor| value.checked_mul(factor).map(RawTime::Micros);
    match column.data_type() {
        DataType::Int32 => Some(RawTime::Integer(column.as_primitive::<Int32Type>().value(row).into())),
        DataType::Int64 => Some(RawTime::Integer(column.as_primitive::<Int64Type>().value(row))),
        DataType::Float64 => Some(RawTime::Decimal(column.as_primitive::<Float64Type>().value(row))),
        DataType::Utf8 => read_text(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => read_text(column.as_string::<i64>().value(row)),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => scaled(column.as_primitive::<TimestampSecondType>().value(row), 1_000_000),
            TimeUnit::Millisecond => scaled(column.as_primitive::<TimestampMillisecondType>().value(row), 1000),
            TimeUnit::Microsecond => scaled(column.as_primitive::<TimestampMicrosecondType>().value(row), 1),
            TimeUnit::Nanosecond => {
                let nanos = column.as_primitive::<TimestampNanosecondType>().value(row);
                Some(RawTime::Micros(nanos.div_euclid(1000)))
            }
        },
        _ => None,
    }
}
