//! Scores from high to low against the truth: average precision, the curve, the best threshold.
//!
//! Equal scores are one threshold: no order among them is invented, so the order of rows changes
//! nothing. Average precision is the sum over thresholds of precision times the recall gained there.

use serde::{Deserialize, Serialize};

/// A point of the precision-recall curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Scores from here up are called; none where this takes everything, unscored rows too.
    pub threshold: Option<f64>,
    /// Share of the called that is right.
    pub precision: f64,
    /// Share of the positives that is called.
    pub recall: f64,
}

/// The threshold with the best F1, chosen in hindsight: what no one can do without the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Oracle {
    /// Scores from here up are called; none where calling everybody is best.
    pub threshold: Option<f64>,
    /// How many that calls.
    pub called: u64,
    /// Share of them that is right.
    pub precision: f64,
    /// Share of the positives that is called.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// What a ranking is worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Average precision; none without positives.
    pub average_precision: Option<f64>,
    /// The best threshold in hindsight; none without positives.
    pub oracle: Option<Oracle>,
    /// The curve, thinned for drawing, from the highest threshold down.
    pub curve: Vec<CurvePoint>,
}

/// Harmonic mean of precision and recall; 0 where both are.
#[must_use]
pub fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// Steps of recall and precision below which a point of the curve is left out.
const THIN: (f64, f64) = (0.005, 0.02);

/// Ranks (score, positive) rows. Reorders them.
#[must_use]
pub fn ranking(rows: &mut [(f64, bool)]) -> Ranking {
    let positives = rows.iter().filter(|r| r.1).count();
    if positives == 0 {
        return Ranking::default();
    }
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut average, mut hits, mut called) = (0.0, 0usize, 0usize);
    let mut oracle: Option<Oracle> = None;
    let mut curve: Vec<CurvePoint> = Vec::new();
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let gained = tied.iter().filter(|r| r.1).count();
        hits += gained;
        called += tied.len();
        let (precision, recall) = (hits as f64 / called as f64, hits as f64 / positives as f64);
        average += precision * gained as f64 / positives as f64;
        let threshold = Some(tied[0].0).filter(|s| s.is_finite());
        let best = f1(precision, recall);
        if oracle.is_none_or(|o| best > o.f1) {
            oracle = Some(Oracle { threshold, called: called as u64, precision, recall, f1: best });
        }
        let far = curve
            .last()
            .is_none_or(|p| recall - p.recall >= THIN.0 || (precision - p.precision).abs() >= THIN.1 && gained > 0);
        if far || called == rows.len() {
            curve.push(CurvePoint { threshold, precision, recall });
        }
    }
    Ranking { average_precision: Some(average), oracle, curve }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Called one by one: right, wrong, right. 1/1 * 1/2 + 2/3 * 1/2.
        let r = ranking(&mut [(3.0, true), (2.0, false), (1.0, true)]);
        assert!((r.average_precision.unwrap() - (0.5 + 1.0 / 3.0)).abs() < 1e-12);
        let o = r.oracle.unwrap();
        assert_eq!((o.threshold, o.called, o.recall), (Some(1.0), 3, 1.0));
        assert!((o.f1 - 0.8).abs() < 1e-12);
        assert_eq!(r.curve.len(), 2, "where nothing is gained there is nothing to draw");
    }

    #[test]
    fn ties_are_one_threshold_in_any_order() {
        let tied = [(1.0, true), (1.0, false), (1.0, false), (1.0, false)];
        for turn in 0..4 {
            let mut rows = tied;
            rows.rotate_left(turn);
            assert_eq!(ranking(&mut rows).average_precision, Some(0.25), "the share of positives, no luck");
        }
        // A block of two (one right) after one right: 1 * 1/2 + 2/3 * 1/2.
        let r = ranking(&mut [(1.0, false), (9.0, true), (1.0, true)]);
        assert!((r.average_precision.unwrap() - (0.5 + 1.0 / 3.0)).abs() < 1e-12);
    }

    #[test]
    fn perfect_unscored_and_empty() {
        let r = ranking(&mut [(2.0, true), (1.0, true), (f64::NEG_INFINITY, false)]);
        assert_eq!(r.average_precision, Some(1.0));
        assert_eq!(r.oracle.unwrap().f1, 1.0);
        let r = ranking(&mut [(f64::NEG_INFINITY, true), (f64::NEG_INFINITY, false)]);
        assert_eq!((r.average_precision, r.oracle.unwrap().threshold), (Some(0.5), None));
        assert_eq!(ranking(&mut [(1.0, false)]), Ranking::default());
    }

    #[test]
    fn the_curve_is_thin_and_keeps_its_end() {
        let mut rows: Vec<(f64, bool)> = (0..100_000).map(|i| (f64::from(i), i % 3 == 0)).collect();
        let r = ranking(&mut rows);
        assert!(r.curve.len() < 300, "{}", r.curve.len());
        assert_eq!(r.curve.last().unwrap().recall, 1.0);
    }
}
