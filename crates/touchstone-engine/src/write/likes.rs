//! The last pass: every endorsement gets its probability of being fake, is written, and is added to
//! whatever it counts towards.

use super::schemas;
use super::table::{Encoded, Format, Table, WriteError};
use crate::run::{RunError, census};
use crate::store::{IngestError, Progress, Store};
use arrow_array::{
    ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray, builder::StringBuilder,
};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use touchstone_detect::counts::{Corrected, Tally};
use touchstone_detect::partition::{NONE, Partition};
use touchstone_detect::pipeline::Outcome;

/// Bins of the log's timeline.
pub(crate) const TIMELINE_BINS: usize = 160;

/// An endorsement by a member of a ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemberEvent {
    pub(crate) ring: u32,
    pub(crate) account: u32,
    pub(crate) target: u32,
    pub(crate) ts: i64,
    pub(crate) p_fake: f64,
    pub(crate) in_step: bool,
}

/// What the pass adds up to.
pub(crate) struct Totals {
    /// Corrected count of each target.
    pub(crate) counts: Vec<Corrected>,
    /// Partition of each target, to find its endorsements again.
    pub(crate) partition_of: Vec<u8>,
    /// Sum of p_fake by account, where it is not zero.
    pub(crate) discounted: BTreeMap<u32, f64>,
    /// All endorsements by members of rings.
    pub(crate) events: Vec<MemberEvent>,
    /// Reported and discounted endorsements by bin of time.
    pub(crate) timeline: Vec<(u64, f64)>,
}

struct Part {
    encoded: Encoded,
    counts: Vec<(u32, Corrected)>,
    discounted: Vec<(u32, f64)>,
    events: Vec<MemberEvent>,
    timeline: Vec<(u64, f64)>,
}

/// Probability that an endorsement is fake.
pub(crate) fn p_fake(outcome: &Outcome, account: u32, target: u32) -> f64 {
    (outcome.attribution.p_fake(account, target) * 1e6).round() / 1e6
}

/// Names of rings: r1 is the one with most evidence.
pub(crate) fn ring_name(ring: u32) -> String {
    format!("r{}", ring + 1)
}

/// Writes `likes` into `folder` and adds up.
pub(crate) fn write(
    store: &Store,
    outcome: &Outcome,
    folder: &Path,
    format: Format,
    progress: &dyn Progress,
) -> Result<Totals, LikesError> {
    let targets = store.targets().len();
    let none = Corrected { reported: 0, authentic: 0.0, low: 0.0, high: 0.0 };
    let mut totals = Totals {
        counts: vec![none; targets],
        partition_of: vec![0; targets],
        discounted: BTreeMap::new(),
        events: Vec::new(),
        timeline: vec![(0, 0.0); TIMELINE_BINS],
    };
    let mut table = Table::create(folder, "likes", schemas::likes(), format)?;
    let names: Vec<String> = (0..outcome.rings.len() as u32).map(ring_name).collect();
    // A few partitions at a time, so that memory stays bounded while all cores encode.
    let wave = rayon::current_num_threads().max(1) * 2;
    let numbers: Vec<usize> = (0..store.partition_count()).collect();
    let mut next_group = 0;
    for wave in numbers.chunks(wave) {
        let start = next_group;
        let parts: Vec<Part> = wave
            .par_iter()
            .enumerate()
            .map(|(offset, i)| {
                if progress.cancelled() {
                    return Err(LikesError::Run(IngestError::Cancelled.into()));
                }
                let batch = store.endorsements(*i).map_err(RunError::from)?;
                let partition = Partition::try_from_batch(&batch).map_err(RunError::from)?;
                progress.advance(partition.len() as u64);
                part(store, outcome, &names, &table, start + offset, &partition)
            })
            .collect::<Result<_, _>>()?;
        next_group += wave.len();
        for (i, part) in wave.iter().zip(parts) {
            table.append(part.encoded)?;
            for (target, count) in part.counts {
                totals.counts[target as usize] = count;
                totals.partition_of[target as usize] = *i as u8;
            }
            for (account, p) in part.discounted {
                *totals.discounted.entry(account).or_default() += p;
            }
            totals.events.extend(part.events);
            for (sum, add) in totals.timeline.iter_mut().zip(part.timeline) {
                sum.0 += add.0;
                sum.1 += add.1;
            }
        }
    }
    table.close()?;
    Ok(totals)
}

/// Why the last pass failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LikesError {
    /// A partition could not be had.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Bin of a time on the log's timeline.
pub(crate) fn timeline_bin(ts: i64, first: i64, last: i64) -> usize {
    let span = (last - first).max(1) as f64;
    (((ts - first) as f64 / span * TIMELINE_BINS as f64) as usize).min(TIMELINE_BINS - 1)
}

fn part(
    store: &Store,
    outcome: &Outcome,
    ring_names: &[String],
    table: &Table,
    index: usize,
    partition: &Partition<'_>,
) -> Result<Part, LikesError> {
    let n = partition.len();
    let (first, last) = (store.facts().first_ts.unwrap_or(0), store.facts().last_ts.unwrap_or(0));
    let timed = census(store).timed;
    let mut actors = StringBuilder::with_capacity(n, n * 12);
    let mut targets = StringBuilder::with_capacity(n, n * 12);
    let mut rings = StringBuilder::new();
    let mut probabilities = Vec::with_capacity(n);
    let mut counts = Vec::new();
    let mut discounted = Vec::new();
    let mut events = Vec::new();
    let mut timeline = vec![(0u64, 0.0); TIMELINE_BINS];
    for range in partition.targets() {
        let target = partition.target[range.start];
        let name = store.targets().get(target);
        let mut tally = Tally::default();
        let touched = outcome.attribution.touches(target);
        if let Some(burst) = outcome.bursts.get(&target).filter(|b| b.accepted) {
            tally.doubt((f64::from(burst.peak.observed) - burst.peak.expected).max(0.0));
        }
        for i in range {
            let (account, ts) = (partition.actor[i], partition.ts[i]);
            let ring = outcome.roster.of(account);
            // Nearly all rows: no ring, nothing to compute.
            let held = ring.is_some() || touched;
            let p = if held { p_fake(outcome, account, target) } else { 0.0 };
            // One delivery is as much of one piece as a ring.
            tally.add(p, Some(ring.unwrap_or(NONE)));
            if held {
                tally.doubt_one(outcome.attribution.doubt(account, target));
            }
            actors.append_value(store.actors().get(account));
            targets.append_value(name);
            probabilities.push(p);
            match ring.filter(|_| p > 0.0) {
                Some(r) => rings.append_value(&ring_names[r as usize]),
                None => rings.append_null(),
            }
            if p > 0.0 {
                discounted.push((account, p));
            }
            if let Some(ring) = ring {
                let in_step = outcome.attribution.in_step(account, target);
                events.push(MemberEvent { ring, account, target, ts, p_fake: p, in_step });
            }
            let bin = &mut timeline[timeline_bin(ts, first, last)];
            bin.0 += 1;
            bin.1 += p;
        }
        counts.push((target, tally.corrected()));
    }
    let ts: ArrayRef = if timed {
        Arc::new(TimestampMicrosecondArray::from(partition.ts.to_vec()).with_timezone("UTC"))
    } else {
        Arc::new(TimestampMicrosecondArray::from(vec![None; n]).with_timezone("UTC"))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(actors.finish()),
        Arc::new(targets.finish()),
        ts,
        Arc::new(Float64Array::from(probabilities)),
        Arc::new(rings.finish()) as Arc<StringArray>,
    ];
    let batch = RecordBatch::try_new(schemas::likes(), columns)
        .map_err(|e| LikesError::Write(WriteError::new(Path::new("likes"), e)))?;
    Ok(Part { encoded: table.encode(index, &batch)?, counts, discounted, events, timeline })
}
