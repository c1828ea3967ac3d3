//! From lines and what is usual to places, with reasons.

use super::learned::{Learned, Value};
use super::metrics::{METRICS, METRICS_COUNT, Metric, TargetMetrics};
use super::params::RankParams;
use rayon::prelude::*;

/// Where a target stands, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// Position among the lines that were ranked.
    pub line: usize,
    /// Place, from 1.
    pub rank: u64,
    /// Sum of the parts.
    pub score: f64,
    /// Lower end of the score: what is sure of it.
    pub score_low: f64,
    /// What each metric contributes, in the order of [`METRICS`]; 0 for those that did not run.
    pub parts: [f64; METRICS_COUNT],
    /// What age takes, where time decays; not positive.
    pub age: f64,
    /// True if likes alone would have lifted it further than everything else bears out.
    pub capped: bool,
}

fn score(line: &TargetMetrics, learned: &Learned, params: &RankParams, now: i64) -> Ranked {
    let mut values: [Option<Value>; METRICS_COUNT] = METRICS.map(|m| learned.value(m, line));
    let mut capped = false;
    if let (Some(told), Some(like)) = (learned.corroborated(&values), &mut values[Metric::Like as usize]) {
        // Where few are expected, few bought ones would do.
        let most = told + params.likes_beyond * learned.known(line);
        capped = like.value > most;
        like.value = like.value.min(most);
    }
    let mut parts = [0.0; METRICS_COUNT];
    let mut variance = 0.0;
    for (k, metric) in METRICS.into_iter().enumerate() {
        let Some(v) = values[k] else { continue };
        let weight = params.weights.of(metric);
        let sign = if metric == Metric::Negative { -1.0 } else { 1.0 };
        // Rounded, so that the order of a sum decides no place.
        parts[k] = (sign * weight * v.value * 1e9).round() / 1e9;
        variance += (weight * v.deviation).powi(2);
    }
    let age = match params.half_life_hours {
        Some(half) if line.born < now => -std::f64::consts::LN_2 * ((now - line.born) as f64 / 3.6e9) / half,
        _ => 0.0,
    };
    let score = parts.iter().sum::<f64>() + age;
    let score_low = score - params.top_deviations * variance.sqrt();
    let round = |x: f64| (x * 1e9).round() / 1e9 + 0.0;
    Ranked { line: 0, rank: 0, score: round(score), score_low: round(score_low), parts, age, capped }
}

/// Ranks all lines, best first. The first [`RankParams::top`] places go by the lower end of the score, the others by the
/// score; equal scores by `name`. `now` is the end of the log, for time decay.
#[must_use]
pub fn rank<'n>(
    lines: &[TargetMetrics],
    learned: &Learned,
    params: &RankParams,
    now: i64,
    name: impl Fn(usize) -> &'n str + Sync,
) -> Vec<Ranked> {
    let mut all: Vec<Ranked> =
        lines.par_iter().enumerate().map(|(i, line)| Ranked { line: i, ..score(line, learned, params, now) }).collect();
    let tie = |a: &Ranked, b: &Ranked| name(a.line).cmp(name(b.line));
    all.par_sort_by(|a, b| b.score_low.total_cmp(&a.score_low).then_with(|| tie(a, b)));
    let top = (params.top as usize).min(all.len());
    all[top..].par_sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| tie(a, b)));
    all.iter_mut().enumerate().for_each(|(i, r)| r.rank = i as u64 + 1);
    all
}

/// The median of each metric's contribution over all ranked targets.
#[must_use]
pub fn medians(ranked: &[Ranked]) -> [f64; METRICS_COUNT] {
    std::array::from_fn(|k| {
        let mut parts: Vec<f64> = ranked.iter().map(|r| r.parts[k]).collect();
        parts.sort_by(f64::total_cmp);
        match parts.len() {
            0 => 0.0,
            n if n % 2 == 1 => parts[n / 2],
            n => f64::midpoint(parts[n / 2 - 1], parts[n / 2]),
        }
    })
}

/// Contributions closer to the median than this are not worth a word.
const WORTH_SAYING: f64 = 0.02;

/// Why it stands there, in words: what lifts it and what holds it down against the median, strongest first.
#[must_use]
pub fn reason(ranked: &Ranked, medians: &[f64; METRICS_COUNT]) -> String {
    let mut against: Vec<(f64, Metric)> =
        METRICS.into_iter().enumerate().map(|(k, m)| (ranked.parts[k] - medians[k], m)).collect();
    against.retain(|(d, _)| d.abs() >= WORTH_SAYING);
    against.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(&b.1)));
    let mut words: Vec<String> = against.iter().take(4).map(|(d, m)| format!("{} {d:+.2}", m.name())).collect();
    if ranked.age <= -WORTH_SAYING {
        words.push(format!("age {:+.2}", ranked.age));
    }
    if ranked.capped {
        words.push("likes capped at what the rest bears out".into());
    }
    if words.is_empty() { "like the median target".into() } else { words.join(", ") }
}
