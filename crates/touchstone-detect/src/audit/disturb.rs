//! One partition of a copy.

use super::gather::Endorsements;
use crate::census::Census;
use crate::hash::mix64;
use crate::partition::{NO_TIME, Partition};
use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use arrow_array::{Array, ArrayRef, Float32Array, Int64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use std::sync::Arc;

/// How a copy is made: who takes whose place, and how far times move.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    /// All endorsements as they are.
    pub all: &'a Endorsements,
    /// By place, whose account takes it.
    pub donor: &'a [u32],
    /// Most that a time moves, microseconds; 0 moves none.
    pub jitter: i64,
    /// The finest step of the log's times: moved times keep to it.
    pub resolution: i64,
    /// Of the copy.
    pub seed: u64,
}

impl Recipe<'_> {
    /// Time of the endorsement at a place of the copy: at most `jitter` away, and at most half its target's age.
    #[must_use]
    pub fn time(&self, place: usize, census: &Census<'_>) -> i64 {
        let (ts, target) = (self.all.ts[place], self.all.target[place] as usize);
        let first = census.first_ts[target];
        let published = census.published.map(|p| p[target]).filter(|p| *p != NO_TIME && *p <= first);
        let bound = self.jitter.min((ts - published.unwrap_or(first)) / 2) / self.resolution.max(1);
        if !census.timed || bound < 1 {
            return ts;
        }
        let draw = mix64(mix64(self.seed ^ 0x7177) ^ place as u64);
        ts + ((draw % (2 * bound as u64 + 1)) as i64 - bound) * self.resolution.max(1)
    }
}

/// Endorsements of a partition in the copy: `(target, time, account, place, donor)`, in the order of partitions.
fn rows(recipe: &Recipe<'_>, partition: usize, census: &Census<'_>) -> Vec<(u32, i64, u32, usize, usize)> {
    let one = |place: usize| {
        let donor = recipe.donor[place] as usize;
        (recipe.all.target[place], recipe.time(place, census), recipe.all.account[donor], place, donor)
    };
    let mut rows: Vec<_> = recipe.all.of_partition(partition).map(one).collect();
    rows.sort_unstable();
    rows
}

fn batch(columns: Vec<(String, ArrayRef)>) -> Result<RecordBatch, ArrowError> {
    let fields: Vec<Field> =
        columns.iter().enumerate().map(|(i, (name, c))| Field::new(name, c.data_type().clone(), i > 2)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|c| c.1).collect())
}

fn keys(rows: impl Iterator<Item = (u32, i64, u32)> + Clone) -> Vec<(String, ArrayRef)> {
    vec![
        ("target".into(), Arc::new(UInt32Array::from_iter_values(rows.clone().map(|r| r.0)))),
        ("actor".into(), Arc::new(UInt32Array::from_iter_values(rows.clone().map(|r| r.2)))),
        ("ts".into(), Arc::new(Int64Array::from_iter_values(rows.map(|r| r.1)))),
    ]
}

/// Endorsements of one partition of the copy.
///
/// # Errors
/// Never with columns that a partition has.
pub fn endorsements(recipe: &Recipe<'_>, partition: usize, census: &Census<'_>) -> Result<RecordBatch, ArrowError> {
    let rows = rows(recipe, partition, census);
    let mut columns = keys(rows.iter().map(|r| (r.0, r.1, r.2)));
    for (c, name) in recipe.all.fact_columns.iter().enumerate() {
        let values = rows.iter().map(|r| Some(recipe.all.fact(c, r.4)).filter(|h| *h != 0));
        columns.push((name.clone(), Arc::new(values.collect::<UInt64Array>())));
    }
    batch(columns)
}

/// Views of one partition of the copy: looks that led to an endorsement went along with it, all others stay.
///
/// # Errors
/// Never with columns that a partition has.
pub fn views(
    recipe: &Recipe<'_>,
    partition: usize,
    census: &Census<'_>,
    (original, looks): (&RecordBatch, &Partition<'_>),
) -> Result<RecordBatch, ArrowError> {
    let all = recipe.all;
    let mut endorsed: Vec<(u32, u32)> = all.of_partition(partition).map(|i| (all.target[i], all.account[i])).collect();
    endorsed.sort_unstable();
    // (target, ts, account, where its values are: a row of the original, or a look that moved)
    let mut rows: Vec<(u32, i64, u32, bool, usize)> = (0..looks.len())
        .filter(|i| endorsed.binary_search(&(looks.target[*i], looks.actor[*i])).is_err())
        .map(|i| (looks.target[i], looks.ts[i], looks.actor[i], false, i))
        .collect();
    for (target, ts, account, _, donor) in self::rows(recipe, partition, census) {
        rows.extend(all.looks(donor).map(|(offset, row)| (target, ts + offset, account, true, row)));
    }
    rows.sort_unstable();
    let mut columns = keys(rows.iter().map(|r| (r.0, r.1, r.2)));
    for (c, name) in all.look_columns.iter().enumerate() {
        let Some(own) = original.column_by_name(name).filter(|c| *c.data_type() == DataType::Float32) else { continue };
        let own = own.as_primitive::<Float32Type>();
        let value = |r: &(u32, i64, u32, bool, usize)| match r.3 {
            true => Some(all.look_value(c, r.4)).filter(|v| !v.is_nan()),
            false => own.is_valid(r.4).then(|| own.value(r.4)),
        };
        columns.push((name.clone(), Arc::new(rows.iter().map(value).collect::<Float32Array>())));
    }
    batch(columns)
}
