//! What is usual in a log: learned from the lines of all its targets, so that each can be held against it.

use super::metrics::{METRICS, METRICS_COUNT, Metric, REACTIONS, TargetMetrics};
use super::params::RankParams;
use serde::{Deserialize, Serialize};

/// Bounds of the strength of a prior, in expected events. The lower keeps a rate's logarithm finite and its spread sensible.
const STRENGTH: (f64, f64) = (1.0, 1000.0);
/// The same for quantiles of watching, in viewers. FACTS 7 takes 50.
const QUANTILE_STRENGTH: (f64, f64) = (5.0, 200.0);
/// Logarithms of lifts are cut here: rates per view, and bare counts.
const CLIP_RATE: f64 = 2.0;
const CLIP_COUNT: f64 = 8.0;
/// Variance of a quantile of one viewer: that of the uniform distribution.
const QUANTILE_VARIANCE: f64 = 1.0 / 12.0;
/// Share of its endorsements that must be authentic for a target to teach how likes go with the rest.
const TEACHER_AUTHENTIC_MIN: f64 = 0.9;
/// A target whose likes stand out from everything else by more than this (logarithm of the lift) teaches nothing about likes:
/// bought ones must not become what is usual.
const TEACHER_BEYOND_MAX: f64 = 1.0;
/// Ridge of that regression, in targets.
const RIDGE: f64 = 1.0;

/// Whether a metric ran, what it is worth and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricRun {
    /// Which.
    pub metric: Metric,
    /// Whether there is enough of it.
    pub ran: bool,
    /// Its weight.
    pub weight: f64,
    /// What it was learned from, or why it did not run.
    pub note: String,
}

/// Observed and expected of one metric, with the strength of its prior.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Usual {
    /// Did not run.
    Off,
    /// Mean of quantiles, shrunk to a half by so many viewers.
    Quantile { strength: f64 },
    /// Events a weighted viewer (or a target, for counts), shrunk by so many expected events.
    Rate { base: f64, strength: f64 },
}

/// What all targets together say.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    usual: [Usual; METRICS_COUNT],
    per_view: bool,
    /// Like lift as others tell it: constant, then a slope for each metric; `None` where there are no others.
    corroboration: Option<[f64; METRICS_COUNT + 1]>,
    /// Which metrics ran.
    pub runs: Vec<MetricRun>,
}

/// A target's position in one metric: its value and the standard deviation of that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Value {
    pub(super) value: f64,
    pub(super) deviation: f64,
}

/// Weighted events observed and expected (by `base` a viewer).
fn observed(metric: Metric, line: &TargetMetrics) -> f64 {
    match metric {
        Metric::Finish => line.finished,
        Metric::Like => line.liked,
        Metric::Completion => line.completion,
        Metric::Dwell => line.dwell,
        other => other.reaction().map_or(0.0, |r| line.reacted[r as usize]),
    }
}

/// Weight of an independent viewer: sums over it count events, as many as there are independent ones (Kish's effective
/// sample size).
fn grain(line: &TargetMetrics) -> f64 {
    if line.trials > 0.0 && line.trials_squared > 0.0 { line.trials_squared / line.trials } else { 1.0 }
}

impl Learned {
    /// Learns.
    #[must_use]
    pub fn new(lines: &[TargetMetrics], params: &RankParams) -> Self {
        let per_view = lines.iter().any(|l| l.trials > 0.0);
        let has_views = lines.iter().any(|l| l.viewers > 0);
        let mut learned = Self { usual: [Usual::Off; METRICS_COUNT], per_view, corroboration: None, runs: Vec::new() };
        for (k, metric) in METRICS.into_iter().enumerate() {
            let (usual, note) = learned.usual_of(metric, lines, params.events_min, has_views);
            learned.usual[k] = usual;
            let (ran, weight) = (usual != Usual::Off, params.weights.of(metric));
            learned.runs.push(MetricRun { metric, ran, weight, note });
        }
        learned.corroboration = learned.regress(lines);
        if learned.corroboration.is_some() {
            // Once more, without those that stood out.
            let teachers: Vec<TargetMetrics> = lines.iter().filter(|l| !learned.stands_out(l)).copied().collect();
            let like = Metric::Like as usize;
            let (usual, note) = learned.usual_of(Metric::Like, &teachers, 1, has_views);
            if usual != Usual::Off {
                learned.usual[like] = usual;
                learned.runs[like].note = format!("{note}; {} targets stood out", lines.len() - teachers.len());
                learned.corroboration = learned.regress(&teachers);
            }
        }
        learned
    }

    fn stands_out(&self, line: &TargetMetrics) -> bool {
        let values = METRICS.map(|m| self.value(m, line));
        let like = values[Metric::Like as usize].map_or(0.0, |v| v.value);
        self.corroborated(&values).is_some_and(|told| like > told + TEACHER_BEYOND_MAX)
    }

    /// How much is known of a target's likes, 0 to 1: expected ones over those and the prior's.
    pub(super) fn known(&self, line: &TargetMetrics) -> f64 {
        match self.usual[Metric::Like as usize] {
            Usual::Rate { base, strength } => {
                let expected = base * self.trials(line) / grain(line);
                expected / (expected + strength)
            }
            _ => 0.0,
        }
    }

    fn usual_of(&self, metric: Metric, lines: &[TargetMetrics], events_min: u64, has_views: bool) -> (Usual, String) {
        let off = |why: &str| (Usual::Off, why.to_owned());
        if matches!(metric, Metric::Completion | Metric::Dwell | Metric::Finish) {
            if !lines.iter().any(|l| l.watched > 0.0) {
                return off("the log does not say how long views lasted (dwell_ms or watch_fraction)");
            }
            if metric == Metric::Finish {
                let expected: f64 = lines.iter().map(|l| l.finish_expected).sum();
                if expected <= 0.0 {
                    return off("neither watch_fraction nor duration_ms is known");
                }
                let pairs = lines.iter().map(|l| (l.finished / grain(l), l.finish_expected / grain(l)));
                let strength = strength(pairs);
                let note = format!("held against contents as long; prior of {strength:.1} expected events");
                return (Usual::Rate { base: 1.0, strength }, note);
            }
            let strength =
                quantile_strength(lines.iter().map(|l| (observed(metric, l) / grain(l), l.watched / grain(l))));
            return (Usual::Quantile { strength }, format!("mean quantile; prior of {strength:.0} viewers"));
        }
        let events: u64 = match metric.reaction() {
            Some(r) => lines.iter().map(|l| l.reactions[r as usize]).sum(),
            None => lines.iter().map(|l| l.likes).sum(),
        };
        let total: f64 = lines.iter().map(|l| observed(metric, l)).sum();
        if events < events_min || total <= 0.0 {
            return off(&format!("{events} events in the log; it takes {events_min} to tell targets apart"));
        }
        let trials: f64 = if self.per_view { lines.iter().map(|l| l.trials).sum() } else { lines.len() as f64 };
        let base = total / trials;
        let pairs = lines.iter().map(|l| (observed(metric, l) / grain(l), base * self.trials(l) / grain(l)));
        let strength = strength(pairs);
        let unit = match (self.per_view, has_views) {
            (true, _) => format!("{:.3} % of views", base * 100.0),
            (false, true) => format!("{base:.2} a target; views are too few to be what was served"),
            (false, false) => format!("{base:.2} a target; the log has no views"),
        };
        (Usual::Rate { base, strength }, format!("{unit}; prior of {strength:.1} expected events"))
    }

    fn trials(&self, line: &TargetMetrics) -> f64 {
        if self.per_view { line.trials } else { 1.0 }
    }

    /// Position of a line in one metric, before likes are capped; `None` where it did not run.
    pub(super) fn value(&self, metric: Metric, line: &TargetMetrics) -> Option<Value> {
        let x = observed(metric, line) / grain(line);
        match self.usual[metric as usize] {
            Usual::Off => None,
            Usual::Quantile { strength } => {
                let n = strength + line.watched / grain(line);
                let mean = (0.5 * strength + x) / n;
                Some(Value { value: 2.0 * mean - 1.0, deviation: 2.0 * (QUANTILE_VARIANCE / n).sqrt() })
            }
            Usual::Rate { base, strength } => {
                let expected = if metric == Metric::Finish { line.finish_expected } else { base * self.trials(line) };
                let expected = expected / grain(line);
                let clip = if self.per_view || metric == Metric::Finish { CLIP_RATE } else { CLIP_COUNT };
                let lift = ((strength + x) / (strength + expected)).ln().clamp(-clip, clip);
                Some(Value { value: lift, deviation: 1.0 / (strength + x).sqrt() })
            }
        }
    }

    /// What likes may be, given everything else, before `beyond` is added; `None` where nothing else is known.
    pub(super) fn corroborated(&self, values: &[Option<Value>; METRICS_COUNT]) -> Option<f64> {
        let slopes = self.corroboration.as_ref()?;
        let told = values.iter().zip(&slopes[1..]).map(|(v, s)| v.map_or(0.0, |v| v.value * s));
        Some(slopes[0] + told.sum::<f64>())
    }

    /// Non-negative ridge regression of the like lift on the other metrics, by coordinate descent; targets count as much as
    /// is known of their likes. Slopes are not negative, so more of anything good never lowers what likes may be.
    fn regress(&self, lines: &[TargetMetrics]) -> Option<[f64; METRICS_COUNT + 1]> {
        if self.usual[Metric::Like as usize] == Usual::Off {
            return None;
        }
        let others: Vec<usize> = (0..METRICS_COUNT)
            .filter(|k| {
                self.usual[*k] != Usual::Off && !matches!(METRICS[*k], Metric::Like | Metric::Negative | Metric::Dwell)
            })
            .collect();
        if others.is_empty() || !self.per_view {
            return None;
        }
        let mut rows: Vec<(f64, f64, Vec<f64>)> = Vec::new();
        for line in lines.iter().filter(|l| l.authentic >= TEACHER_AUTHENTIC_MIN * l.likes as f64) {
            let known = self.known(line);
            let y = self.value(Metric::Like, line)?.value;
            let x = others.iter().map(|k| self.value(METRICS[*k], line).map_or(0.0, |v| v.value)).collect();
            rows.push((known, y, x));
        }
        let total: f64 = rows.iter().map(|r| r.0).sum();
        if total <= 0.0 {
            return None;
        }
        let mean_y = rows.iter().map(|r| r.0 * r.1).sum::<f64>() / total;
        let means: Vec<f64> =
            (0..others.len()).map(|j| rows.iter().map(|r| r.0 * r.2[j]).sum::<f64>() / total).collect();
        let n = others.len();
        let (mut xx, mut xy) = (vec![vec![0.0; n]; n], vec![0.0; n]);
        for (w, y, x) in &rows {
            for i in 0..n {
                let xi = x[i] - means[i];
                xy[i] += w * xi * (y - mean_y);
                for (j, sum) in xx[i].iter_mut().enumerate() {
                    *sum += w * xi * (x[j] - means[j]);
                }
            }
        }
        let slopes = non_negative(&xx, &xy, RIDGE);
        let mut out = [0.0; METRICS_COUNT + 1];
        out[0] = mean_y - slopes.iter().zip(&means).map(|(s, m)| s * m).sum::<f64>();
        others.iter().zip(slopes).for_each(|(k, s)| out[k + 1] = s);
        Some(out)
    }
}

/// Minimises `b'(XX + ridge)b / 2 - b'xy` over `b >= 0` by coordinate descent: convex, so it ends at the one minimum.
pub(super) fn non_negative(xx: &[Vec<f64>], xy: &[f64], ridge: f64) -> Vec<f64> {
    let n = xy.len();
    let mut b = vec![0.0; n];
    for _ in 0..1000 {
        let mut moved = 0.0f64;
        for i in 0..n {
            let others: f64 = (0..n).filter(|j| *j != i).map(|j| xx[i][j] * b[j]).sum();
            let next = ((xy[i] - others) / (xx[i][i] + ridge)).max(0.0);
            moved = moved.max((next - b[i]).abs());
            b[i] = next;
        }
        if moved < 1e-12 {
            break;
        }
    }
    b
}

/// Strength of a Gamma prior on the lift, from how much more the lines differ than Poisson counts would (method of
/// moments): the variance of `x - E` is `E + E^2 / strength`.
fn strength(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut squares, mut excess) = (0.0, 0.0);
    for (x, e) in pairs {
        squares += e * e;
        excess += (x - e).powi(2) - e;
    }
    if excess <= 0.0 { STRENGTH.1 } else { (squares / excess).clamp(STRENGTH.0, STRENGTH.1) }
}

/// The same for means of quantiles: pairs are (sum, number).
fn quantile_strength(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut squares, mut excess) = (0.0, 0.0);
    for (sum, n) in pairs {
        squares += n * n;
        excess += (sum - 0.5 * n).powi(2) - n * QUANTILE_VARIANCE;
    }
    // Variance of the mean between targets, and how many viewers know as much.
    let between = (excess / squares.max(f64::MIN_POSITIVE)).max(1e-9);
    (QUANTILE_VARIANCE / between).clamp(QUANTILE_STRENGTH.0, QUANTILE_STRENGTH.1)
}

const _: () = assert!(REACTIONS.len() == 5 && METRICS.len() == METRICS_COUNT);
