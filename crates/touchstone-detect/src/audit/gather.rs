//! All endorsements of a log with the facts that travel with them.

use crate::partition::Partition;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use std::ops::Range;

/// Looks of an account at a target it endorsed.
#[derive(Clone, Debug, Default)]
struct Looks {
    /// Time from the endorsement to the look, microseconds; before is negative.
    offset: Vec<i64>,
    /// By column of [`Endorsements::look_columns`]; NaN where unknown.
    values: Vec<Vec<f32>>,
}

/// Endorsements of one partition, in its order.
#[derive(Clone, Debug, Default)]
pub struct Part {
    target: Vec<u32>,
    account: Vec<u32>,
    ts: Vec<i64>,
    facts: Vec<Vec<u64>>,
    fact_columns: Vec<String>,
    looks_of: Vec<u32>,
    looks: Looks,
    look_columns: Vec<String>,
}

/// All endorsements of a log, by partition.
#[derive(Clone, Debug, Default)]
pub struct Endorsements {
    /// What was endorsed.
    pub target: Vec<u32>,
    /// By whom.
    pub account: Vec<u32>,
    /// When, microseconds.
    pub ts: Vec<i64>,
    starts: Vec<usize>,
    facts: Vec<Vec<u64>>,
    /// Names of the keyed hashes that travel along.
    pub fact_columns: Vec<String>,
    look_starts: Vec<usize>,
    looks: Looks,
    /// Names of what is known of looks.
    pub look_columns: Vec<String>,
    /// Whether the log has looks.
    pub has_looks: bool,
}

/// Names of the columns of one type beyond the three of every partition.
fn names(batch: &RecordBatch, is: impl Fn(&dyn Array) -> bool) -> Vec<String> {
    let fields = batch.schema_ref().fields().iter().zip(batch.columns());
    fields.filter(|(f, c)| f.is_nullable() && is(c.as_ref())).map(|(f, _)| f.name().clone()).collect()
}

/// Where an account's rows are among rows of one target that are sorted by account.
fn of(looks: &[(u32, usize)], account: u32) -> &[(u32, usize)] {
    let from = looks.partition_point(|l| l.0 < account);
    let to = looks.partition_point(|l| l.0 <= account);
    &looks[from..to]
}

/// Reads one partition.
#[must_use]
pub fn count(endorsements: (&RecordBatch, &Partition<'_>), views: Option<(&RecordBatch, &Partition<'_>)>) -> Part {
    let (batch, partition) = endorsements;
    let fact_columns = names(batch, |c| c.as_primitive_opt::<UInt64Type>().is_some());
    let facts = fact_columns.iter().map(|name| {
        let column = batch.column_by_name(name).map(|c| c.as_primitive::<UInt64Type>());
        column.map_or_else(Vec::new, |c| (0..c.len()).map(|i| if c.is_null(i) { 0 } else { c.value(i) }).collect())
    });
    let mut part = Part {
        target: partition.target.to_vec(),
        account: partition.actor.to_vec(),
        ts: partition.ts.to_vec(),
        facts: facts.collect(),
        fact_columns,
        looks_of: vec![0; partition.len()],
        ..Part::default()
    };
    let Some((view_batch, views)) = views else { return part };
    part.look_columns = names(view_batch, |c| c.as_primitive_opt::<Float32Type>().is_some());
    let columns: Vec<_> = part
        .look_columns
        .iter()
        .filter_map(|name| view_batch.column_by_name(name).map(|c| c.as_primitive::<Float32Type>()))
        .collect();
    part.looks.values = vec![Vec::new(); columns.len()];
    let mut at = 0;
    let mut here: Vec<(u32, usize)> = Vec::new();
    for range in partition.targets() {
        let target = partition.target[range.start];
        at += views.target[at..].partition_point(|t| *t < target);
        let end = at + views.target[at..].partition_point(|t| *t <= target);
        here.clear();
        here.extend((at..end).map(|i| (views.actor[i], i)));
        here.sort_unstable();
        at = end;
        for i in range {
            let own = of(&here, partition.actor[i]);
            part.looks_of[i] = own.len() as u32;
            for (_, row) in own {
                part.looks.offset.push(views.ts[*row] - partition.ts[i]);
                for (values, column) in part.looks.values.iter_mut().zip(&columns) {
                    values.push(if column.is_null(*row) { f32::NAN } else { column.value(*row) });
                }
            }
        }
    }
    part
}

impl Endorsements {
    /// Puts the parts together, in order of partition.
    #[must_use]
    pub fn new(parts: Vec<Part>, has_looks: bool) -> Self {
        let mut all = Self { has_looks, starts: vec![0], look_starts: vec![0], ..Self::default() };
        if let Some(first) = parts.first() {
            all.fact_columns.clone_from(&first.fact_columns);
            all.facts = vec![Vec::new(); first.fact_columns.len()];
        }
        if let Some(part) = parts.iter().find(|p| !p.look_columns.is_empty()) {
            all.look_columns.clone_from(&part.look_columns);
            all.looks.values = vec![Vec::new(); part.look_columns.len()];
        }
        for mut part in parts {
            all.target.append(&mut part.target);
            all.account.append(&mut part.account);
            all.ts.append(&mut part.ts);
            all.starts.push(all.target.len());
            for (to, from) in all.facts.iter_mut().zip(&mut part.facts) {
                to.append(from);
            }
            let mut sum = all.looks.offset.len();
            all.look_starts.extend(part.looks_of.iter().map(|n| {
                sum += *n as usize;
                sum
            }));
            all.looks.offset.append(&mut part.looks.offset);
            for (to, from) in all.looks.values.iter_mut().zip(&mut part.looks.values) {
                to.append(from);
            }
        }
        all
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.target.len()
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.target.is_empty()
    }

    /// Places of a partition's endorsements.
    #[must_use]
    pub fn of_partition(&self, partition: usize) -> Range<usize> {
        self.starts[partition]..self.starts[partition + 1]
    }

    /// Keyed hash of an endorsement by place and column; 0 where unknown.
    #[must_use]
    pub fn fact(&self, column: usize, place: usize) -> u64 {
        self.facts[column][place]
    }

    /// Looks that belong to an endorsement: `(time from the endorsement, row)` for [`Endorsements::look_value`].
    pub fn looks(&self, place: usize) -> impl Iterator<Item = (i64, usize)> + '_ {
        (self.look_starts[place]..self.look_starts[place + 1]).map(|row| (self.looks.offset[row], row))
    }

    /// What is known of a look; NaN where nothing is.
    #[must_use]
    pub fn look_value(&self, column: usize, row: usize) -> f32 {
        self.looks.values[column][row]
    }

    /// Whether the endorser looked first, give or take the clients' delay.
    #[must_use]
    pub fn looked(&self, place: usize) -> bool {
        self.looks(place).any(|(offset, _)| offset <= LATE_LOOK)
    }
}

/// A look this long after the endorsement still counts as before it, as in [`crate::likes`].
const LATE_LOOK: i64 = 5_000_000;
