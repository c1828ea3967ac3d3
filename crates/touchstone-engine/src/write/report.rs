//! The model of the report: the contract's numbers, cut to what a page can show.

use super::accounts;
use super::cases::{Case, owner_name, report_cases, target_count, verdict};
use super::closely::Closely;
use super::likes::{LikesError, TIMELINE_BINS, Totals, p_fake};
use crate::run::RunError;
use crate::store::{Progress, Store};
use std::collections::BTreeMap;
use touchstone_detect::findings::{Overview, OwnerCount, ReportModel, TargetSeries, Verdict};
use touchstone_detect::labels::{Conflict, Label};
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::Outcome;

/// How many of the most inflated targets and owners are listed; files hold all.
const TARGETS_SHOWN: usize = 500;
const OWNERS_SHOWN: usize = 100;

/// How many of the most inflated targets get a picture.
const PICTURES_MAX: usize = 12;

/// Rings named beside a target.
const RINGS_NAMED: usize = 3;

/// Points of a target's curve.
const POINTS_MAX: usize = 150;

pub(super) fn model(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    cases: &[Case<'_>],
    params: &Params,
    progress: &dyn Progress,
) -> Result<ReportModel, LikesError> {
    let listed = accounts::listed(outcome, cases, params);
    let closely = Closely::read(store, outcome, cases, &listed, params, progress)?;
    Ok(ReportModel {
        title: String::new(),
        version: env!("CARGO_PKG_VERSION").into(),
        overview: overview(store, outcome, totals, cases, params),
        rings: report_cases(store, outcome, totals, cases, &closely, params),
        accounts: accounts::cases(store, outcome, totals, cases, &listed, &closely, params),
        targets: worst_targets(store, outcome, totals, cases)?,
        owners: worst_owners(store, totals),
        timeline: timeline(store, totals),
        ranking: None,
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
        let mut named = named.join(", ");
        if of.len() > NAMED {
            named = format!("{named} and {} more", of.len() - NAMED);
        }
        all.push(format!(
            "Reviews contradict the log: {} accounts were {} though their evidence without the review says otherwise: {named}; a review \
             is worth a few bits and overrides nothing, look at them again",
            of.len(),
            label.as_str()
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

fn worst_targets(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    cases: &[Case<'_>],
) -> Result<Vec<TargetSeries>, LikesError> {
    let bubble = |t: &u32| totals.counts[*t as usize].reported as f64 - totals.counts[*t as usize].authentic;
    let mut worst: Vec<u32> = (0..totals.counts.len() as u32).filter(|t| bubble(t) >= 0.5).collect();
    worst.sort_by(|a, b| bubble(b).total_cmp(&bubble(a)).then(a.cmp(b)));
    worst.truncate(TARGETS_SHOWN);
    let mut of_rings: BTreeMap<u32, (u64, Vec<&str>)> = worst.iter().map(|t| (*t, (0, Vec::new()))).collect();
    for case in cases {
        for (target, n) in &case.targets {
            if let Some((by_ring, rings)) = of_rings.get_mut(target) {
                *by_ring += n;
                rings.push(&case.name);
            }
        }
    }
    let mut all = Vec::with_capacity(worst.len());
    for (place, target) in worst.into_iter().enumerate() {
        let (by_ring, rings) = &of_rings[&target];
        let mut one = TargetSeries {
            count: target_count(store, totals, target, *by_ring),
            points: Vec::new(),
            rings: rings.iter().take(RINGS_NAMED).map(|r| (*r).to_owned()).collect(),
        };
        if place < PICTURES_MAX && store.facts().timed {
            one.points = points(store, outcome, totals, target)?;
        }
        all.push(one);
    }
    Ok(all)
}

/// Owners whose targets lose most together.
fn worst_owners(store: &Store, totals: &Totals) -> Vec<OwnerCount> {
    let mut by_owner: BTreeMap<&str, OwnerCount> = BTreeMap::new();
    if store.owners().is_none() {
        return Vec::new();
    }
    for (target, c) in totals.counts.iter().enumerate().filter(|(_, c)| c.reported > 0) {
        let Some(owner) = owner_name(store, target as u32) else { continue };
        let sum = by_owner.entry(owner).or_insert_with(|| OwnerCount {
            owner: owner.to_owned(),
            targets: 0,
            reported: 0,
            authentic: 0.0,
        });
        sum.targets += 1;
        sum.reported += c.reported;
        sum.authentic += c.authentic;
    }
    let bubble = |o: &OwnerCount| o.reported as f64 - o.authentic;
    let mut worst: Vec<OwnerCount> = by_owner.into_values().filter(|o| bubble(o) >= 0.5).collect();
    worst.sort_by(|a, b| bubble(b).total_cmp(&bubble(a)).then_with(|| b.reported.cmp(&a.reported)));
    worst.truncate(OWNERS_SHOWN);
    worst.iter_mut().for_each(|o| o.authentic = (o.authentic * 1e6).round() / 1e6);
    worst
}

/// A target's counts so far, over time.
fn points(store: &Store, outcome: &Outcome, totals: &Totals, target: u32) -> Result<Vec<(i64, f64, f64)>, LikesError> {
    let batch = store.endorsements(usize::from(totals.partition_of[target as usize])).map_err(RunError::from)?;
    let partition = Partition::try_from_batch(&batch).map_err(RunError::from)?;
    let from = partition.target.partition_point(|t| *t < target);
    let to = partition.target.partition_point(|t| *t <= target);
    let step = (to - from).div_ceil(POINTS_MAX).max(1);
    let (mut reported, mut authentic) = (0.0, 0.0);
    let mut points = Vec::new();
    for (n, i) in (from..to).enumerate() {
        reported += 1.0;
        authentic += 1.0 - p_fake(outcome, partition.actor[i], target);
        if n % step == 0 || i + 1 == to {
            points.push((partition.ts[i], reported, authentic));
        }
    }
    Ok(points)
}
