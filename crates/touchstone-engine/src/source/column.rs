//! The few shapes of columns that readers give.
//!
//! Text formats give LargeUtf8. Parquet gives Utf8View or Dictionary(Int32, Utf8) for text, Int64 for
//! whole numbers (LargeUtf8 where one exceeds it), Float64, Boolean, microsecond timestamps, Null.

use arrow_array::TimestampMicrosecondArray;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
};
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;
use touchstone_event::time::{RawTime, read_text};
use touchstone_event::when::Value;

/// A borrowed column of one of the shapes.
#[derive(Clone, Copy)]
pub(crate) enum Cells<'a> {
    Text(&'a LargeStringArray),
    View(&'a StringViewArray),
    Dictionary(&'a Int32Array, &'a StringArray),
    Integer(&'a Int64Array),
    Float(&'a Float64Array),
    Boolean(&'a BooleanArray),
    Time(&'a TimestampMicrosecondArray),
    Null,
}

impl<'a> Cells<'a> {
    /// Borrows an array; one of another shape is all null, which no reader gives.
    pub(crate) fn new(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::LargeUtf8 => Cells::Text(array.as_string()),
            DataType::Utf8View => Cells::View(array.as_string_view()),
            DataType::Dictionary(key, _) if **key == DataType::Int32 => {
                let dictionary = array.as_dictionary::<Int32Type>();
                match dictionary.values().as_string_opt::<i32>() {
                    Some(values) => Cells::Dictionary(dictionary.keys(), values),
                    None => Cells::Null,
                }
            }
            DataType::Int64 => Cells::Integer(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Cells::Float(array.as_primitive::<Float64Type>()),
            DataType::Boolean => Cells::Boolean(array.as_boolean()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Cells::Time(array.as_primitive::<TimestampMicrosecondType>())
            }
            _ => Cells::Null,
        }
    }

    /// The value, as a condition sees it.
    #[inline]
    pub(crate) fn value(&self, row: usize) -> Value<'a> {
        match self {
            Cells::Text(a) if a.is_valid(row) => Value::Text(a.value(row)),
            Cells::View(a) if a.is_valid(row) => Value::Text(a.value(row)),
            Cells::Dictionary(keys, values) if keys.is_valid(row) => {
                let key = keys.value(row) as usize;
                if values.is_valid(key) { Value::Text(values.value(key)) } else { Value::Null }
            }
            Cells::Integer(a) if a.is_valid(row) => Value::Int(a.value(row)),
            Cells::Float(a) if a.is_valid(row) => Value::Float(a.value(row)),
            Cells::Boolean(a) if a.is_valid(row) => Value::Bool(a.value(row)),
            Cells::Time(a) if a.is_valid(row) => Value::Int(a.value(row)),
            _ => Value::Null,
        }
    }

    /// The value as text; none where null or empty.
    #[inline]
    pub(crate) fn text(&self, row: usize) -> Option<Cow<'a, str>> {
        match self.value(row) {
            Value::Null => None,
            Value::Text(t) => (!t.is_empty()).then_some(Cow::Borrowed(t)),
            Value::Bool(b) => Some(b.to_string().into()),
            Value::Int(i) => Some(i.to_string().into()),
            Value::Float(x) => Some(x.to_string().into()),
        }
    }

    /// True where there is an id.
    #[inline]
    pub(crate) fn is_present(&self, row: usize) -> bool {
        match self {
            Cells::Text(a) => a.is_valid(row) && a.value_length(row) > 0,
            // A view's low 32 bits are its length.
            Cells::View(a) => a.is_valid(row) && a.views()[row] as u32 != 0,
            Cells::Integer(a) => a.is_valid(row),
            _ => matches!(self.value(row), Value::Text(t) if !t.is_empty()),
        }
    }

    /// The time; `Ok(None)` where there is none, `Err` where it is unreadable.
    #[inline]
    pub(crate) fn time(&self, row: usize) -> Result<Option<RawTime>, ()> {
        match self.value(row) {
            Value::Null => Ok(None),
            Value::Text(t) if t.trim_ascii().is_empty() => Ok(None),
            Value::Text(t) => read_text(t).map(Some).ok_or(()),
            Value::Int(i) if matches!(self, Cells::Time(_)) => Ok(Some(RawTime::Micros(i))),
            Value::Int(i) => Ok(Some(RawTime::Integer(i))),
            Value::Float(x) if x.is_finite() => Ok(Some(RawTime::Decimal(x))),
            Value::Float(_) | Value::Bool(_) => Err(()),
        }
    }
}

/// Brings an array of a Parquet file to one of the shapes; none where it cannot be.
pub(crate) fn shape(array: &ArrayRef) -> Option<ArrayRef> {
    use arrow_array::types::*;
    use std::sync::Arc;
    macro_rules! integers {
        ($kind:ty) => {
            Arc::new(array.as_primitive::<$kind>().unary::<_, Int64Type>(i64::from)) as ArrayRef
        };
    }
    macro_rules! times {
        ($kind:ty, $micros:expr) => {
            Arc::new(array.as_primitive::<$kind>().unary::<_, TimestampMicrosecondType>($micros)) as ArrayRef
        };
    }
    const DAY_MICROS: i64 = touchstone_event::time::MICROS_PER_DAY;
    Some(match array.data_type() {
        DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Int64
        | DataType::Float64
        | DataType::Boolean
        | DataType::Null => Arc::clone(array),
        DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => Arc::clone(array),
        DataType::Utf8 => Arc::new(array.as_string::<i32>().iter().collect::<LargeStringArray>()),
        DataType::Binary => text_of(array.as_binary::<i32>().iter()),
        DataType::LargeBinary => text_of(array.as_binary::<i64>().iter()),
        DataType::BinaryView => text_of(array.as_binary_view().iter()),
        DataType::Int8 => integers!(Int8Type),
        DataType::Int16 => integers!(Int16Type),
        DataType::Int32 => integers!(Int32Type),
        DataType::UInt8 => integers!(UInt8Type),
        DataType::UInt16 => integers!(UInt16Type),
        DataType::UInt32 => integers!(UInt32Type),
        DataType::UInt64 => {
            let numbers = array.as_primitive::<UInt64Type>();
            if numbers.iter().flatten().all(|n| i64::try_from(n).is_ok()) {
                Arc::new(numbers.unary::<_, Int64Type>(|n| n as i64))
            } else {
                Arc::new(numbers.iter().map(|n| n.map(|n| n.to_string())).collect::<LargeStringArray>())
            }
        }
        DataType::Float32 => Arc::new(array.as_primitive::<Float32Type>().unary::<_, Float64Type>(f64::from)),
        DataType::Float16 => Arc::new(array.as_primitive::<Float16Type>().unary::<_, Float64Type>(|x| x.to_f64())),
        // Saturation keeps what cannot be represented out of the range of valid times.
        DataType::Timestamp(TimeUnit::Second, _) => times!(TimestampSecondType, |s| s.saturating_mul(1_000_000)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => times!(TimestampMillisecondType, |ms| ms.saturating_mul(1000)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => times!(TimestampMicrosecondType, |us| us),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => times!(TimestampNanosecondType, |ns| ns.div_euclid(1000)),
        DataType::Date32 => times!(Date32Type, |days| i64::from(days).saturating_mul(DAY_MICROS)),
        DataType::Date64 => times!(Date64Type, |ms| ms.saturating_mul(1000)),
        _ => return None,
    })
}

/// Bytes as text; what is not UTF-8 becomes null, so that it counts as missing.
fn text_of<'a>(cells: impl Iterator<Item = Option<&'a [u8]>>) -> ArrayRef {
    std::sync::Arc::new(cells.map(|c| c.and_then(|b| std::str::from_utf8(b).ok())).collect::<LargeStringArray>())
}
