//! Burst: endorsements of a target that arrive faster than its age, popularity and author explain.
//!
//! # Sees
//! One delivery on one target, also by accounts that are never used again.
//!
//! # Null model
//! The scan statistic: over windows of ten minutes, one and six hours, the largest Poisson
//! log-likelihood ratio of the count against the general speed of reaction at that age. It is judged
//! not against Poisson (everything real bursts) but against the targets of like popularity, and
//! against the same author's others where there are enough: an empirical null by median and MAD
//! (Efron 2004) with a Student tail. Where views exist, endorsements are also held against the views
//! around the window, and the weaker of the two readings counts.
//!
//! # Innocent look-alikes
//! Launch day, front page, a celebrity's share: views rise as well. Without views these cannot be
//! told apart, so the evidence is capped and never accepted. With views there remains the page
//! whose views are not logged. So a burst takes nothing from anybody: an accepted one widens the target's
//! interval down to what would be left.
//!
//! # Parameters
//! [`crate::params::BurstParams`]: endorsements, targets, bits.
//!
//! # Cost
//! Linear in the endorsements of targets that are judged.
//!
//! # Source
//! Kulldorff 1997 (scan statistic); Efron 2004 (empirical null).

use crate::census::Census;
use crate::evalue::{Tail, ebh_threshold, ln_from_p, ln_student_tail};
use crate::params::BurstParams;
use crate::partition::{NONE, Partition};
use crate::schedule::{HOUR, SECOND};
use crate::survey::Tempo;
use std::collections::BTreeMap;

const WINDOWS: [i64; 3] = [600 * SECOND, HOUR, 6 * HOUR];

/// The strongest window of one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// The target.
    pub target: u32,
    /// All its endorsements.
    pub total: u32,
    /// First and last endorsement of the window, microseconds.
    pub from: i64,
    /// See `from`.
    pub to: i64,
    /// Endorsements in the window.
    pub observed: u32,
    /// Expected there.
    pub expected: f64,
    /// Signed root of twice the log-likelihood ratio.
    pub strength: f64,
    /// The same against the views of the window; `None` without views of this target.
    pub strength_by_views: Option<f64>,
}

/// Finds the peak of each target that has enough endorsements. `views`, where there are any, is
/// the partition of views of the same targets. Merging is concatenation.
#[must_use]
pub fn count(
    partition: &Partition<'_>,
    views: Option<&Partition<'_>>,
    census: &Census<'_>,
    tempo: &Tempo,
    params: &BurstParams,
) -> Vec<Peak> {
    let mut peaks = Vec::new();
    for range in partition.targets() {
        if range.len() < params.popularity_min as usize {
            continue;
        }
        let target = partition.target[range.start];
        let ts = &partition.ts[range];
        let Some(mut peak) = scan(target, ts, census.origin(target, ts), tempo) else { continue };
        if let Some(views) = views {
            let rows = views.target.partition_point(|t| *t < target)..views.target.partition_point(|t| *t <= target);
            let seen = &views.ts[rows];
            if !seen.is_empty() {
                peak.strength_by_views = Some(against_views(&peak, seen));
            }
        }
        peaks.push(peak);
    }
    peaks
}

fn scan(target: u32, ts: &[i64], origin: i64, tempo: &Tempo) -> Option<Peak> {
    let total = ts.len() as f64;
    let reached: Vec<f64> = ts.iter().map(|t| tempo.reached_at(origin, *t)).collect();
    let mut best: Option<Peak> = None;
    for window in WINDOWS {
        let mut end = 0;
        for start in 0..ts.len() {
            end = end.max(start);
            while end + 1 < ts.len() && ts[end + 1] - ts[start] <= window {
                end += 1;
            }
            let observed = (end - start + 1) as f64;
            let expected = (total * (reached[end] - reached[start])).max(0.5);
            if observed < 4.0 || observed <= expected {
                continue;
            }
            let ratio = observed * (observed / expected).ln() - (observed - expected);
            let strength = (2.0 * ratio).sqrt();
            if best.is_none_or(|b| strength > b.strength) {
                best = Some(Peak {
                    target,
                    total: ts.len() as u32,
                    from: ts[start],
                    to: ts[end],
                    observed: observed as u32,
                    expected,
                    strength,
                    strength_by_views: None,
                });
            }
        }
    }
    best
}

/// Variance-stabilised excess over what the views around the window bring at the target's own rate
/// elsewhere (with one view and one endorsement to spare). Around, not in it: clocks differ, and an
/// audience that arrives with the endorsements speaks for them a little before and after, too.
fn against_views(peak: &Peak, seen: &[i64]) -> f64 {
    let margin = (peak.to - peak.from).max(WINDOWS[0]);
    let inside = seen.partition_point(|t| *t <= peak.to.saturating_add(margin))
        - seen.partition_point(|t| *t < peak.from.saturating_sub(margin));
    let outside = (seen.len() - inside) as f64;
    let rate = (f64::from(peak.total - peak.observed) + 1.0) / (outside + 1.0);
    2.0 * (f64::from(peak.observed).sqrt() - (inside as f64 * rate.min(1.0)).sqrt())
}

/// Evidence that the peak of a target was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurstEvidence {
    /// The peak.
    pub peak: Peak,
    /// `ln e`.
    pub ln_e: f64,
    /// True if e-BH over all judged targets accepts it and there are views to say so.
    pub accepted: bool,
}

/// Judges all peaks of a log against each other. Order out: as in.
#[must_use]
pub fn judge(peaks: &[Peak], census: &Census<'_>, params: &BurstParams, fdr: f64) -> Vec<BurstEvidence> {
    let by_rate = scores(peaks, census, params, |p| Some(p.strength));
    let by_views = scores(peaks, census, params, |p| p.strength_by_views);
    let cap = params.bits_max_without_views * std::f64::consts::LN_2;
    let ln_e: Vec<f64> = (0..peaks.len())
        .map(|i| match (by_rate[i], by_views[i]) {
            // Views say what speed cannot: whether an audience came along.
            (Some(by_rate), Some(by_views)) => ln_from_p(ln_student_tail(by_rate.min(by_views), Tail::Light)),
            (Some(by_rate), None) => ln_from_p(ln_student_tail(by_rate, Tail::Heavy)).min(cap),
            (None, _) => 0.0,
        })
        .collect();
    let threshold = ebh_threshold(&ln_e, peaks.len(), fdr);
    peaks
        .iter()
        .zip(&ln_e)
        .map(|(peak, ln)| {
            let accepted = *ln >= threshold && *ln > 0.0 && peak.strength_by_views.is_some();
            BurstEvidence { peak: *peak, ln_e: *ln, accepted }
        })
        .collect()
}

/// Robust z-scores of a statistic within popularity strata (among all targets where a stratum is
/// small), and within the author's own targets where they are many; the smaller of the two. `None` where there is nothing to compare with.
fn scores(
    peaks: &[Peak],
    census: &Census<'_>,
    params: &BurstParams,
    statistic: impl Fn(&Peak) -> Option<f64>,
) -> Vec<Option<f64>> {
    let mut strata: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    const EVERYBODY: u64 = 1 << 41;
    let owner = |p: &Peak| census.owner.map(|o| o[p.target as usize]).filter(|o| *o != NONE);
    let popularity = |p: &Peak| u64::from(p.total.ilog2()) | 1 << 40;
    for p in peaks {
        if let Some(x) = statistic(p) {
            strata.entry(popularity(p)).or_default().push(x);
            strata.entry(EVERYBODY).or_default().push(x);
            if let Some(o) = owner(p) {
                strata.entry(u64::from(o)).or_default().push(x);
            }
        }
    }
    let scales: BTreeMap<u64, (f64, f64)> = strata
        .into_iter()
        .filter(|(_, x)| x.len() >= params.stratum_min)
        .map(|(key, x)| (key, center_and_spread(x)))
        .collect();
    peaks
        .iter()
        .map(|p| {
            let x = statistic(p)?;
            let z = |key: u64| scales.get(&key).map(|(center, spread)| (x - center) / spread);
            let general = z(popularity(p)).or_else(|| z(EVERYBODY))?;
            Some(owner(p).and_then(|o| z(u64::from(o))).map_or(general, |own| own.min(general)))
        })
        .collect()
}

/// Median and 1.4826 MAD (at least half a unit: the statistic's own noise).
fn center_and_spread(mut x: Vec<f64>) -> (f64, f64) {
    let middle = |x: &mut Vec<f64>| {
        x.sort_by(f64::total_cmp);
        x[x.len() / 2]
    };
    let center = middle(&mut x);
    let mut away: Vec<f64> = x.iter().map(|v| (v - center).abs()).collect();
    (center, (1.4826 * middle(&mut away)).max(0.5))
}
