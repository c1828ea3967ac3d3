//! The model of the report: the contract's numbers, cut to what a page can show.

use super::cases::{Case, account_cases, report_cases, target_count, verdict};
use super::likes::{LikesError, TIMELINE_BINS, Totals, p_fake};
use crate::run::RunError;
use crate::store::Store;
use touchstone_detect::findings::{Overview, ReportModel, TargetSeries, Verdict};
use touchstone_detect::labels::{Conflict, Label};
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::Outcome;

/// How many of the most inflated targets get a picture.
const TARGETS_SHOWN: usize = 12;

/// Points of a target's curve.
const POINTS_MAX: usize = 150;

pub(super) fn model(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    cases: &[Case<'_>],
    params: &Params,
) -> Result<ReportModel, LikesError> {
    Ok(ReportModel {
        title: String::new(),
        version: env!("CARGO_PKG_VERSION").into(),
        overview: overview(store, outcome, totals, cases, params),
        rings: report_cases(store, outcome, totals, cases, params),
        accounts: account_cases(store, outcome, cases, params),
        targets: worst_targets(store, outcome, totals)?,
        timeline: timeline(store, totals),
    })
}

fn overview(store: &Store, outcome: &Outcome, totals: &Totals, cases: &[Case<'_>], params: &Params) -> Overview {
    let facts = store.facts();
    // Only accounts with a dossier or beside accused ones can be anything but organic.
    let verdicts: Vec<Verdict> = outcome.dossiers.keys().map(|a| verdict(outcome, *a, params).0).collect();
    let count = |v: Verdict| verdicts.iter().filter(|x| **x == v).count() as u64;
    Overview {
        rows: facts.rows,
        rejects: facts.rejected,
        endorsements: facts.endorsements,
        accounts: store.endorsers() as u64,
        targets: totals.counts.iter().filter(|c| c.reported > 0).count() as u64,
        accused: count(Verdict::Inauthentic),
        suspects: count(Verdict::Suspect),
        rings: cases.len() as u64,
        discounted: (totals.counts.iter().map(|c| c.reported as f64 - c.authentic).sum::<f64>() * 1e3).round() / 1e3,
        fdr: params.fdr,
        first_ts: facts.first_ts.unwrap_or(0),
        last_ts: facts.last_ts.unwrap_or(0),
        timed: facts.timed,
        signals: outcome.signals.clone(),
        warnings: warnings(store, outcome),
    }
}

fn warnings(store: &Store, outcome: &Outcome) -> Vec<String> {
    let facts = store.facts();
    let mut all = outcome.warnings.clone();
    all.extend(reviews(store, outcome));
    if facts.rejected > 0 {
        all.push(format!("{} of {} rows were rejected; rejects.csv says which and why", facts.rejected, facts.rows));
    }
    if facts.owner_conflicts > 0 {
        all.push(format!(
            "{} targets have rows with different owners; the most frequent was taken",
            facts.owner_conflicts
        ));
    }
    all
}

/// Accounts named in one warning.
const NAMED: usize = 5;

/// What is to be said of reviews: where they and the log contradict each other, and how they changed p_fake.
fn reviews(store: &Store, outcome: &Outcome) -> Vec<String> {
    let mut all = Vec::new();
    for label in [Label::Cleared, Label::Confirmed] {
        let of: Vec<&Conflict> = outcome.conflicts.iter().filter(|c| c.label == label).collect();
        if of.is_empty() {
            continue;
        }
        let named: Vec<String> =
            of.iter().take(NAMED).map(|c| format!("{} ({:.1} bits)", store.actors().get(c.account), c.bits)).collect();
        let more = if of.len() > NAMED { format!(" and {} more", of.len() - NAMED) } else { String::new() };
        all.push(format!(
            "Reviews contradict the log: {} accounts were {} though their evidence without the review says otherwise: {}{more}; a review \
             is worth a few bits and overrides nothing, look at them again",
            of.len(),
            label.as_str(),
            named.join(", ")
        ));
    }
    let calibration = outcome.attribution.calibration();
    if !calibration.is_identity() {
        let (offset, slope) = calibration.parts();
        all.push(format!(
            "Reviewed endorsements recalibrated p_fake: logit p' = {offset:.2} + {slope:.2} logit p (0.5 became {:.2})",
            calibration.of(0.5)
        ));
    }
    all
}

/// Cumulative counts of the whole log.
fn timeline(store: &Store, totals: &Totals) -> Vec<(i64, f64, f64)> {
    let facts = store.facts();
    let (Some(first), Some(last)) = (facts.first_ts.filter(|_| facts.timed), facts.last_ts) else { return Vec::new() };
    let (mut reported, mut fake) = (0.0, 0.0);
    let mut points = vec![(first, 0.0, 0.0)];
    for (i, (n, p)) in totals.timeline.iter().enumerate() {
        reported += *n as f64;
        fake += p;
        let share = (i + 1) as f64 / TIMELINE_BINS as f64;
        points.push((first + ((last - first) as f64 * share) as i64, reported, reported - fake));
    }
    points
}

fn worst_targets(store: &Store, outcome: &Outcome, totals: &Totals) -> Result<Vec<TargetSeries>, LikesError> {
    let bubble = |t: &u32| totals.counts[*t as usize].reported as f64 - totals.counts[*t as usize].authentic;
    let mut worst: Vec<u32> = (0..totals.counts.len() as u32).filter(|t| bubble(t) >= 0.5).collect();
    worst.sort_by(|a, b| bubble(b).total_cmp(&bubble(a)).then(a.cmp(b)));
    worst.truncate(TARGETS_SHOWN);
    worst.into_iter().map(|t| series(store, outcome, totals, t)).collect()
}

fn series(store: &Store, outcome: &Outcome, totals: &Totals, target: u32) -> Result<TargetSeries, LikesError> {
    let batch = store.endorsements(usize::from(totals.partition_of[target as usize])).map_err(RunError::from)?;
    let partition = Partition::try_from_batch(&batch).map_err(RunError::from)?;
    let from = partition.target.partition_point(|t| *t < target);
    let to = partition.target.partition_point(|t| *t <= target);
    let step = (to - from).div_ceil(POINTS_MAX).max(1);
    let (mut reported, mut authentic, mut by_ring) = (0.0, 0.0, 0);
    let mut points = Vec::new();
    for (n, i) in (from..to).enumerate() {
        let (account, ts) = (partition.actor[i], partition.ts[i]);
        reported += 1.0;
        authentic += 1.0 - p_fake(outcome, account, target);
        by_ring += u64::from(outcome.roster.of(account).is_some());
        if n % step == 0 || i + 1 == to {
            points.push((ts, reported, authentic));
        }
    }
    if !store.facts().timed {
        points.clear();
    }
    Ok(TargetSeries { count: target_count(store, totals, target, by_ring), points })
}
