//! From dealt events to the store: duplicates, take-backs, repeats, canonical numbers.

use super::collect::Collected;
use super::duplicates::Duplicates;
use super::facts::IngestFacts;
use super::fold::{Tally, fold};
use super::intern::NO_ID;
use super::number::{Census, Numbering, number};
use super::rows::{Layout, Rows, VIEW, actor_of, ordered, target_of, ts_of, unordered};
use super::side::SideTables;
use super::{Held, IngestError, IngestOptions, PARTITION_COUNT, Progress, Store};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Float32Array, Int64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use rayon::prelude::*;
use std::sync::Arc;
use touchstone_detect::labels::Labels;
use touchstone_detect::partition::{NO_TIME, NONE, partition_schema};

/// Makes the store.
pub(crate) fn finish(
    options: &IngestOptions,
    mut collected: Collected,
    tables: SideTables,
    mut facts: IngestFacts,
    progress: &dyn Progress,
) -> Result<Store, IngestError> {
    progress.stage("fold", Some(PARTITION_COUNT as u64));
    facts.spilled = collected.is_spilled();
    collected.event_ids.close();
    let spilled = facts.spilled;
    if spilled {
        collected.endorsements.spill()?;
        collected.views.spill()?;
    }
    collected.endorsements.close()?;
    collected.views.close()?;
    let endorsed_blocks = collected.endorsements.take_blocks();
    let viewed_blocks = collected.views.take_blocks();
    let duplicates = Duplicates::find(&collected, &endorsed_blocks, &viewed_blocks)?;

    // First pass: what is left of each partition, and who gave and got how much.
    let census = Census::new(collected.actors.len(), collected.targets.len());
    let endorsed_layout = collected.endorsements.layout();
    let viewed_layout = collected.views.layout();
    let settled: Vec<(Option<(Rows, Rows)>, Tally)> = endorsed_blocks
        .into_par_iter()
        .zip(viewed_blocks)
        .enumerate()
        .map(|(i, (endorsed, viewed))| {
            stop_if(progress)?;
            let (endorsed, mut tally) = settle(&collected, &duplicates, options, i, endorsed, &census)?;
            let (viewed, dropped) = settle_views(&collected, &duplicates, i, viewed, &census)?;
            tally.duplicates += dropped;
            progress.advance(1);
            // In memory what is settled stays; spilled rows are read and settled once more later.
            Ok(((!spilled).then_some((endorsed, viewed)), tally))
        })
        .collect::<Result<_, IngestError>>()?;
    for (_, tally) in &settled {
        facts.duplicates += tally.duplicates;
        facts.repeats += tally.repeats;
        facts.taken_back += tally.taken_back;
        facts.idle_take_backs += tally.idle_take_backs;
        facts.endorsements += tally.kept;
    }

    progress.stage("number", None);
    let numbering = number(&collected, &tables, census, &mut facts);

    progress.stage("order", Some(PARTITION_COUNT as u64));
    // Second pass: canonical numbers and order.
    let has_views = collected.has_views;
    let finals: Vec<(Held, Option<Held>, u64, Option<i64>)> = settled
        .into_par_iter()
        .enumerate()
        .map(|(i, (rows, _))| {
            stop_if(progress)?;
            let (endorsed, viewed) = match rows {
                Some(rows) => rows,
                None => {
                    let nobody = Census::new(0, 0);
                    let endorsed = settle(&collected, &duplicates, options, i, Vec::new(), &nobody)?.0;
                    (endorsed, settle_views(&collected, &duplicates, i, Vec::new(), &nobody)?.0)
                }
            };
            if spilled {
                collected.endorsements.forget(i);
                collected.views.forget(i);
            }
            let batch = endorsement_batch(endorsed, endorsed_layout, &numbering)?;
            let last_ts = batch.column(2).as_primitive::<Int64Type>().values().iter().copied().max();
            let endorsed = hold(options, spilled, "endorsements", i, batch)?;
            let views = viewed.len() as u64;
            let viewed = if has_views {
                Some(hold(options, spilled, "views", i, view_batch(viewed, viewed_layout, &numbering)?)?)
            } else {
                None
            };
            progress.advance(1);
            Ok((endorsed, viewed, views, last_ts))
        })
        .collect::<Result<_, IngestError>>()?;

    let mut endorsements = Vec::with_capacity(PARTITION_COUNT);
    let mut views = Vec::with_capacity(PARTITION_COUNT);
    for (held, viewed, count, last_ts) in finals {
        facts.last_ts = facts.last_ts.max(last_ts);
        endorsements.push(held);
        views.extend(viewed);
        facts.views += count;
    }
    let mut labels = Labels::default();
    for ((account, target), review) in &tables.reviews {
        let account = numbering.actor_rank[*account as usize];
        match target {
            None => labels.accounts.insert(account, *review),
            Some(target) => labels.likes.insert((numbering.target_rank[*target as usize], account), *review),
        };
    }
    // Accounts and targets that lost their last event to duplicates have no number.
    labels.accounts.remove(&NO_ID);
    labels.likes.retain(|(target, account), _| *target != NO_ID && *account != NO_ID);
    let Numbering {
        actors,
        targets,
        owners,
        published,
        created,
        degrees,
        popularity,
        actor_first_ts,
        target_first_ts,
        endorsers,
        ..
    } = numbering;
    facts.first_ts = actor_first_ts[..endorsers].iter().copied().min();
    facts.endorsers = endorsers as u64;
    facts.accounts = actors.len() as u64;
    facts.targets = targets.len() as u64;
    Ok(Store {
        actors,
        targets,
        owners,
        published,
        created,
        degrees,
        popularity,
        actor_first_ts,
        target_first_ts,
        endorsers,
        endorsements,
        views: has_views.then_some(views),
        labels,
        facts,
    })
}

fn stop_if(progress: &dyn Progress) -> Result<(), IngestError> {
    if progress.cancelled() { Err(IngestError::Cancelled) } else { Ok(()) }
}

/// The endorsements that count in partition `i`, by (target, actor).
fn settle(
    collected: &Collected,
    duplicates: &Duplicates,
    options: &IngestOptions,
    i: usize,
    blocks: Vec<Rows>,
    census: &Census,
) -> Result<(Rows, Tally), IngestError> {
    let mut rows = collected.endorsements.load(i, blocks)?;
    let mut tally = Tally::default();
    if collected.endorsements.layout().is_plain() {
        rows.keys.sort_unstable();
        let before = rows.keys.len();
        // Of the times of one actor on one target the first stays.
        rows.keys.dedup_by_key(|key| *key >> 64);
        rows.keys.shrink_to_fit();
        tally.repeats = (before - rows.len()) as u64;
    } else {
        let order = duplicates.without(&rows, rows.sorted_order(), None, &mut tally.duplicates);
        census.see(order.iter().map(|&r| rows.keys[r as usize]));
        let kept = fold(&rows, &order, options.no_time, &mut tally);
        rows = rows.gather(&kept);
    }
    tally.kept = rows.len() as u64;
    census.count(&rows.keys);
    Ok((rows, tally))
}

/// The views that count in partition `i`, and the number of duplicates among them.
fn settle_views(
    collected: &Collected,
    duplicates: &Duplicates,
    i: usize,
    blocks: Vec<Rows>,
    census: &Census,
) -> Result<(Rows, u64), IngestError> {
    let mut rows = collected.views.load(i, blocks)?;
    let mut dropped = 0;
    if collected.views.layout().event_id && duplicates.are_some() {
        let order = duplicates.without(&rows, rows.sorted_order(), Some(VIEW), &mut dropped);
        rows = rows.gather(&order);
    }
    census.see(rows.keys.iter().copied());
    Ok((rows, dropped))
}

/// Replaces numbers by canonical ones and sorts by (target, ts, actor).
fn renumber(rows: &mut Rows, numbering: &Numbering) {
    for key in &mut rows.keys {
        let target = numbering.target_rank[target_of(*key) as usize];
        let actor = numbering.actor_rank[actor_of(*key) as usize];
        *key = (u128::from(target) << 96) | (u128::from(ordered(ts_of(*key))) << 32) | u128::from(actor);
    }
}

/// The three columns of sorted, renumbered keys.
fn key_columns(keys: &[u128]) -> Vec<ArrayRef> {
    vec![
        Arc::new(UInt32Array::from_iter_values(keys.iter().map(|&k| target_of(k)))),
        Arc::new(UInt32Array::from_iter_values(keys.iter().map(|&k| k as u32))),
        Arc::new(Int64Array::from_iter_values(keys.iter().map(|&k| unordered((k >> 32) as u64)))),
    ]
}

fn endorsement_batch(mut rows: Rows, layout: Layout, numbering: &Numbering) -> Result<RecordBatch, IngestError> {
    renumber(&mut rows, numbering);
    if layout.hashed_fields().next().is_none() {
        rows.keys.sort_unstable();
    } else {
        let order = rows.sorted_order();
        rows = rows.gather(&order);
    }
    let mut fields: Vec<Arc<Field>> = partition_schema().fields().iter().cloned().collect();
    let mut columns = key_columns(&rows.keys);
    for (i, field) in layout.hashed_fields() {
        fields.push(Arc::new(Field::new(field.name(), DataType::UInt64, true)));
        let known = rows.hashes[i].iter().map(|&hash| (hash != 0).then_some(hash));
        columns.push(Arc::new(known.collect::<UInt64Array>()));
    }
    batch(fields, columns)
}

fn view_batch(mut rows: Rows, layout: Layout, numbering: &Numbering) -> Result<RecordBatch, IngestError> {
    renumber(&mut rows, numbering);
    // Event ids have done their work, and must not order what is left.
    rows.event_ids.clear();
    let order = rows.sorted_order();
    rows = rows.gather(&order);
    let mut fields: Vec<Arc<Field>> = partition_schema().fields().iter().cloned().collect();
    let mut columns = key_columns(&rows.keys);
    for (there, name, values) in
        [(layout.dwell, "dwell_ms", &rows.dwells), (layout.fraction, "watch_fraction", &rows.fractions)]
    {
        if there {
            fields.push(Arc::new(Field::new(name, DataType::Float32, true)));
            columns.push(Arc::new(values.iter().map(|&x| (!x.is_nan()).then_some(x)).collect::<Float32Array>()));
        }
    }
    batch(fields, columns)
}

fn batch(fields: Vec<Arc<Field>>, columns: Vec<ArrayRef>) -> Result<RecordBatch, IngestError> {
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|e| IngestError::scratch(std::path::Path::new("partition"), std::io::Error::other(e.to_string())))
}

fn hold(options: &IngestOptions, spilled: bool, name: &str, i: usize, batch: RecordBatch) -> Result<Held, IngestError> {
    Held::keep(batch, spilled.then(|| options.scratch.join(format!("{name}-{i}.arrow"))))
}

/// The value at a name's rank, for arrays by canonical number.
pub(crate) fn permute<T: Copy>(values: &[T], rank: &[u32], len: usize, missing: T) -> Vec<T> {
    let mut out = vec![missing; len];
    for (&value, &rank) in values.iter().zip(rank).filter(|&(_, &rank)| rank != NO_ID) {
        out[rank as usize] = value;
    }
    out
}

const _: () = assert!(NONE == NO_ID && NO_TIME == i64::MIN);
