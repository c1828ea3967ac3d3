//! Weights fitted to an outcome that somebody states, with the error on targets the fit did not see.

use super::learned::Learned;
use super::metrics::{METRICS, METRICS_COUNT, Metric, TargetMetrics};
use super::params::{RankParams, Weights};
use super::quality::{ndcg, spearman};
use super::score::rank;
use crate::hash::mix64;

/// Parts of the targets; each is predicted from the others.
const FOLDS: u64 = 5;
/// Targets below which nothing can be fitted.
const TARGETS_MIN: usize = 50;
/// Ridge, in targets of mean weight.
const RIDGE: f64 = 1.0;
/// Depth of NDCG.
const DEPTH: usize = 20;

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The outcome, such as long views a view; more is better.
    pub value: f64,
    /// How much it rests on, such as views; 1 where that is not known.
    pub weight: f64,
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Too few targets with an outcome.
    #[error("{0} ranked targets have an outcome; a fit takes at least {TARGETS_MIN}")]
    TooFew(usize),
    /// All outcomes are the same.
    #[error("all outcomes are the same: there is nothing to tell apart")]
    Constant,
    /// Nothing that ran goes with the outcome.
    #[error("no metric goes with the outcome: all fitted weights are 0")]
    Nothing,
}

/// Fitted weights, and how good they are on targets that they were not fitted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The weights; scaled so that they add up to as much as those before.
    pub weights: Weights,
    /// Targets with an outcome.
    pub targets: usize,
    /// Held out: share of the weighted variance of the outcome that is explained.
    pub r_squared: f64,
    /// Held out: rank correlation of score and outcome, fitted and before.
    pub spearman: (f64, f64),
    /// Held out: NDCG@20 by the score, fitted and before; means over the parts.
    pub ndcg: (f64, f64),
}

struct Row {
    part: u64,
    x: [f64; METRICS_COUNT],
    /// Score with the weights from before.
    before: f64,
    y: f64,
    weight: f64,
}

/// Fits non-negative weights (what speaks against a target keeps speaking against it) by ridge regression of the outcome
/// on the metrics. `keys` decide the part of each target: hashes of names, so that order changes nothing.
///
/// # Errors
/// [`FitError`].
pub fn fit(
    lines: &[TargetMetrics],
    outcomes: &[Option<Outcome>],
    keys: &[u64],
    learned: &Learned,
    params: &RankParams,
) -> Result<Fit, FitError> {
    let ranked = rank(lines, learned, params, 0, |_| "");
    let mut before = vec![0.0; lines.len()];
    ranked.iter().for_each(|r| before[r.line] = r.score);
    let mut rows: Vec<Row> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(o) = outcomes[i].filter(|o| o.weight > 0.0 && o.value.is_finite()) else { continue };
        let x = METRICS.map(|m| {
            let sign = if m == Metric::Negative { -1.0 } else { 1.0 };
            learned.value(m, line).map_or(0.0, |v| sign * v.value)
        });
        rows.push(Row { part: mix64(keys[i]) % FOLDS, x, before: before[i], y: o.value, weight: o.weight });
    }
    if rows.len() < TARGETS_MIN {
        return Err(FitError::TooFew(rows.len()));
    }
    if rows.iter().all(|r| r.y == rows[0].y) {
        return Err(FitError::Constant);
    }
    let (mut predicted, mut unexplained) = (vec![0.0; rows.len()], 0.0);
    let mut ndcgs = (0.0, 0.0);
    for part in 0..FOLDS {
        let (constant, slopes) = regress(rows.iter().filter(|r| r.part != part));
        let held: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].part == part).collect();
        for i in &held {
            let r = &rows[*i];
            predicted[*i] = constant + r.x.iter().zip(slopes).map(|(x, s)| x * s).sum::<f64>();
            unexplained += r.weight * (r.y - predicted[*i]).powi(2);
        }
        let by = |score: &dyn Fn(usize) -> f64| {
            let mut order = held.clone();
            order.sort_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
            let least = rows.iter().map(|r| r.y).fold(f64::INFINITY, f64::min);
            ndcg(&order.iter().map(|i| rows[*i].y - least.min(0.0)).collect::<Vec<_>>(), DEPTH)
        };
        ndcgs.0 += by(&|i| predicted[i]) / FOLDS as f64;
        ndcgs.1 += by(&|i| rows[i].before) / FOLDS as f64;
    }
    let total: f64 = rows.iter().map(|r| r.weight).sum();
    let mean = rows.iter().map(|r| r.weight * r.y).sum::<f64>() / total;
    let variance: f64 = rows.iter().map(|r| r.weight * (r.y - mean).powi(2)).sum();
    let (_, slopes) = regress(rows.iter());
    let sum: f64 = slopes.iter().sum();
    if sum <= 0.0 {
        return Err(FitError::Nothing);
    }
    let was: f64 = METRICS.iter().map(|m| params.weights.of(*m)).sum();
    let y: Vec<f64> = rows.iter().map(|r| r.y).collect();
    let old: Vec<f64> = rows.iter().map(|r| r.before).collect();
    Ok(Fit {
        weights: Weights::from_array(slopes.map(|s| (s / sum * was * 1e4).round() / 1e4)),
        targets: rows.len(),
        r_squared: 1.0 - unexplained / variance.max(f64::MIN_POSITIVE),
        spearman: (spearman(&predicted, &y), spearman(&old, &y)),
        ndcg: ndcgs,
    })
}

/// Constant and slopes.
fn regress<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> (f64, [f64; METRICS_COUNT]) {
    let total: f64 = rows.clone().map(|r| r.weight).sum();
    let count = rows.clone().count().max(1) as f64;
    let mean_y = rows.clone().map(|r| r.weight * r.y).sum::<f64>() / total;
    let means: [f64; METRICS_COUNT] =
        std::array::from_fn(|k| rows.clone().map(|r| r.weight * r.x[k]).sum::<f64>() / total);
    let mut xx = vec![vec![0.0; METRICS_COUNT]; METRICS_COUNT];
    let mut xy = vec![0.0; METRICS_COUNT];
    for r in rows {
        for i in 0..METRICS_COUNT {
            let xi = r.weight * (r.x[i] - means[i]);
            xy[i] += xi * (r.y - mean_y);
            for (j, sum) in xx[i].iter_mut().enumerate() {
                *sum += xi * (r.x[j] - means[j]);
            }
        }
    }
    let slopes = super::learned::non_negative(&xx, &xy, RIDGE * total / count);
    let slopes: [f64; METRICS_COUNT] = std::array::from_fn(|k| slopes[k]);
    (mean_y - slopes.iter().zip(means).map(|(s, m)| s * m).sum::<f64>(), slopes)
}
