//! Measuring what targets are ranked by, and keeping it among the findings.

mod keep;
mod outcome;

pub use keep::{Kept, read, write, write_ranks};
pub use outcome::{OutcomeTable, read_outcomes};

use crate::run::{RunError, census};
use crate::store::{IngestError, Progress, Store};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int64Type, UInt8Type, UInt32Type};
use rayon::prelude::*;
use touchstone_detect::findings::{RankMetric, RankedTarget, Ranking};
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::Outcome;
use touchstone_detect::rank::{
    Activity, Learned, Looks, Measured, MetricRun, RankLog, RankParams, Ranked, Reactions, Source, measure, medians,
    places, rank, reason,
};

/// The partitions of a store.
struct Local<'a> {
    store: &'a Store,
    progress: &'a dyn Progress,
}

/// An optional column of numbers with NaN where it is null.
fn numbers(batch: &RecordBatch, name: &str) -> Vec<f32> {
    let Some(column) = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float32Type>()) else {
        return Vec::new();
    };
    column.iter().map(|x| x.unwrap_or(f32::NAN)).collect()
}

fn ids<'a>(batch: &'a RecordBatch, name: &str) -> &'a [u32] {
    batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<UInt32Type>()).map_or(&[], |c| c.values())
}

fn times(batch: &RecordBatch) -> &[i64] {
    batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<Int64Type>()).map_or(&[], |c| c.values())
}

impl Source for Local<'_> {
    type Error = RunError;

    fn activity<T: Send>(&self, count: impl Fn(&Activity<'_>) -> T + Sync) -> Result<Vec<T>, RunError> {
        (0..self.store.partition_count())
            .into_par_iter()
            .map(|i| {
                if self.progress.cancelled() {
                    return Err(IngestError::Cancelled.into());
                }
                let likes = self.store.endorsements(i)?;
                let views = self.store.views(i)?;
                let reactions = self.store.reactions(i)?;
                let numbers = views.as_ref().map(|v| (numbers(v, "dwell_ms"), numbers(v, "watch_fraction")));
                let looks = views.as_ref().zip(numbers.as_ref()).map(|(v, (dwell_ms, fraction))| Looks {
                    target: ids(v, "target"),
                    actor: ids(v, "actor"),
                    ts: times(v),
                    dwell_ms,
                    fraction,
                });
                let reactions = reactions.as_ref().map(|r| Reactions {
                    target: ids(r, "target"),
                    actor: ids(r, "actor"),
                    ts: times(r),
                    kind: r.column_by_name("kind").map_or(&[], |c| c.as_primitive::<UInt8Type>().values()),
                });
                self.progress.advance(likes.num_rows() as u64);
                Ok(count(&Activity { likes: Partition::try_from_batch(&likes)?, looks, reactions }))
            })
            .collect()
    }
}

/// Measures all targets of a store after detection.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn run(
    store: &Store,
    outcome: &Outcome,
    params: &RankParams,
    progress: &dyn Progress,
) -> Result<Measured, RunError> {
    let log = RankLog {
        census: census(store),
        last_ts: store.facts().last_ts.unwrap_or(0),
        created: store.created(),
        duration_ms: store.durations(),
        follows: store.follows(),
        per_view: store.facts().views > 0,
    };
    measure(&Local { store, progress }, &log, &outcome.dossiers, &outcome.roster, &outcome.attribution, params)
}

/// Targets that the report's ranking shows.
const RANKED_SHOWN: usize = 200;

/// The ranking as the report shows it.
#[must_use]
pub fn model(kept: &Kept, ranked: &[Ranked], learned: &Learned, params: &RankParams) -> Ranking {
    let medians = medians(ranked);
    let name = |i: usize| kept.targets[i].as_str();
    let likes: Vec<f64> = kept.lines.iter().map(|l| l.likes as f64).collect();
    let by_likes = places(&likes, name);
    let target = |r: &Ranked| RankedTarget {
        target: name(r.line).to_owned(),
        owner: kept.owners[r.line].clone(),
        rank: r.rank,
        rank_by_likes: by_likes[r.line],
        score: r.score,
        score_low: r.score_low,
        parts: r.parts.to_vec(),
        age: r.age,
        capped: r.capped,
        reason: reason(r, &medians),
        viewers: kept.lines[r.line].viewers,
        likes: kept.lines[r.line].likes,
        authentic: kept.lines[r.line].authentic,
    };
    let metric = |(run, median): (&MetricRun, f64)| RankMetric {
        metric: run.metric.name().into(),
        ran: run.ran,
        weight: run.weight,
        median,
        note: run.note.clone(),
    };
    Ranking {
        metrics: learned.runs.iter().zip(medians).map(metric).collect(),
        top: u64::from(params.top),
        targets_total: ranked.len() as u64,
        targets: ranked.iter().take(RANKED_SHOWN).map(target).collect(),
    }
}

/// Ranks kept lines.
#[must_use]
pub fn ranking(kept: &Kept, params: &RankParams) -> (Learned, Vec<Ranked>) {
    let learned = Learned::new(&kept.lines, params);
    let ranked = rank(&kept.lines, &learned, params, kept.now, |i| kept.targets[i].as_str());
    (learned, ranked)
}
