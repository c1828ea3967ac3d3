//! The carrier of every count: endorsements of some targets, sorted.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// "No such account", where an owner is unknown.
pub const NONE: u32 = u32::MAX;

/// "No such time", where a publication time is unknown.
pub const NO_TIME: i64 = i64::MIN;

/// Schema of a partition: `target`, `actor` (canonical ids) and `ts` (microseconds since
/// 1970 UTC; 0 throughout for logs without times). No nulls; further columns may follow.
#[must_use]
pub fn partition_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("target", DataType::UInt32, false),
        Field::new("actor", DataType::UInt32, false),
        Field::new("ts", DataType::Int64, false),
    ]))
}

/// A batch is not a partition.
#[derive(Debug, thiserror::Error)]
#[error("not a partition: {0}")]
pub struct NotAPartition(String);

/// A borrowed view of one partition: all counted endorsements of a set of targets, one row an
/// (actor, target), sorted by (target, ts, actor). A target is whole in exactly one partition.
#[derive(Clone, Copy, Debug)]
pub struct Partition<'a> {
    /// Canonical target ids, ascending.
    pub target: &'a [u32],
    /// Canonical account ids.
    pub actor: &'a [u32],
    /// Microseconds since 1970 UTC.
    pub ts: &'a [i64],
    /// Keyed hash of the address, 0 where unknown; empty where the log has none.
    pub ip: &'a [u64],
    /// Keyed hash of the device, 0 where unknown; empty where the log has none.
    pub device: &'a [u64],
    /// Milliseconds watched, on views; 0 where unknown; empty where the log has none.
    pub dwell_ms: &'a [f32],
}

impl<'a> Partition<'a> {
    /// Borrows the columns of `batch`, which must follow [`partition_schema`].
    ///
    /// # Errors
    /// If a column is missing, has another type, or holds nulls.
    pub fn try_from_batch(batch: &'a RecordBatch) -> Result<Self, NotAPartition> {
        let column = |name: &str, want: &DataType| {
            let c = batch.column_by_name(name).ok_or_else(|| NotAPartition(format!("no column {name}")))?;
            if c.data_type() != want || c.null_count() > 0 {
                return Err(NotAPartition(format!("column {name} is {}, wanted {want} without nulls", c.data_type())));
            }
            Ok(c)
        };
        // Optional columns may hold nulls, whose slots read 0: unknown.
        let hashes = |name: &str| {
            batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<UInt64Type>()).map_or(&[][..], |c| c.values())
        };
        let dwell_ms = batch.column_by_name("dwell_ms").and_then(|c| c.as_primitive_opt::<Float32Type>());
        Ok(Self {
            ip: hashes("ip"),
            device: hashes("device"),
            dwell_ms: dwell_ms.map_or(&[][..], |c| c.values()),
            target: column("target", &DataType::UInt32)?.as_primitive::<UInt32Type>().values(),
            actor: column("actor", &DataType::UInt32)?.as_primitive::<UInt32Type>().values(),
            ts: column("ts", &DataType::Int64)?.as_primitive::<Int64Type>().values(),
        })
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.target.len()
    }

    /// True where there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.target.is_empty()
    }

    /// Ranges of rows, one for each target, in order.
    pub fn targets(&self) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        let target = self.target;
        let mut start = 0;
        std::iter::from_fn(move || {
            let id = *target.get(start)?;
            let mut end = start + 1;
            while end < target.len() && target[end] == id {
                end += 1;
            }
            let range = start..end;
            start = end;
            Some(range)
        })
    }
}
