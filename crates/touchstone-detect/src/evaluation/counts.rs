//! Corrected counts against true ones.
//!
//! True is the number of likes that stand at the end of the log and are meant. A target that the
//! findings do not mention keeps its reported count, without an interval.

use super::interval::Rate;
use super::material::{Corrected, Target, Targets};
use serde::{Deserialize, Serialize};

/// Counts are written with six decimals.
const ROUNDING: f64 = 1e-6;

/// Share of the fake likes of a target whose removal finds it.
pub const FOUND_SHARE: f64 = 0.5;

/// Numbers on counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountsEvaluation {
    /// Targets on which bought or exchanged likes were placed.
    pub attacked: CountsRow,
    /// Targets that got cover likes alone.
    pub cover_only: CountsRow,
    /// Targets without any fake like.
    pub clean: CountsRow,
    /// All.
    pub all: CountsRow,
    /// Targets for which somebody ordered likes.
    pub ordered: Ordered,
    /// Targets with likes that the findings do not mention.
    pub not_in_findings: u64,
    /// Targets of the findings that the truth does not have: left out.
    pub unknown: u64,
    /// Targets whose likes as counted by the detection are not those of the log.
    pub reported_differs: u64,
}

/// Some targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CountsRow {
    /// How many.
    pub targets: u64,
    /// Likes reported.
    pub reported: u64,
    /// Of them meant.
    pub authentic: u64,
    /// Sum of the corrected counts.
    pub estimated: f64,
    /// Sum over targets of |corrected - true|.
    pub absolute_error: f64,
    /// That, over the sum of true counts.
    pub relative_error: Option<f64>,
    /// (sum corrected - sum true) / sum true: above 0 where too little was removed.
    pub bias: Option<f64>,
    /// 1 - sum |corrected - true| / sum |reported - true|: 1 is all error removed, below 0 is harm.
    pub error_removed: Option<f64>,
    /// Meant likes that the correction took away, of the meant ones.
    pub wrongly_discounted: Option<f64>,
    /// Targets of which anything was discounted.
    pub touched: Rate,
    /// Targets whose 95 % interval holds the true count, of those with an interval.
    pub coverage: Rate,
    /// Mean width of the intervals, in likes.
    pub interval_width: Option<f64>,
}

/// Targets for which somebody ordered likes, and on which fake likes stand at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    /// How many.
    pub targets: u64,
    /// Of them, anything was discounted.
    pub touched: Rate,
    /// Of them, at least half as many likes were discounted as are fake.
    pub found: Rate,
    /// Of them, listed with a burst; none where findings list no bursts.
    pub burst: Option<Rate>,
}

#[derive(Default)]
struct Sums {
    row: CountsRow,
    signed: f64,
    before: f64,
    taken: f64,
    touched: u64,
    covered: u64,
    intervals: u64,
    width: f64,
}

fn estimate(t: &Target) -> f64 {
    t.found.map_or(t.reported as f64, |f| f.authentic)
}

fn bubble(t: &Target) -> f64 {
    t.found.map_or(0.0, |f| (f.reported as f64 - f.authentic).max(0.0))
}

impl Sums {
    fn add(&mut self, t: &Target) {
        let (truth, estimate) = (t.authentic as f64, estimate(t));
        self.row.targets += 1;
        self.row.reported += t.reported;
        self.row.authentic += t.authentic;
        self.row.estimated += estimate;
        self.row.absolute_error += (estimate - truth).abs();
        self.signed += estimate - truth;
        self.before += (t.reported as f64 - truth).abs();
        self.taken += (truth - estimate).max(0.0);
        self.touched += u64::from(bubble(t) > ROUNDING);
        if let Some(Corrected { interval: Some((low, high)), .. }) = t.found {
            self.intervals += 1;
            self.covered += u64::from(low - ROUNDING <= truth && truth <= high + ROUNDING);
            self.width += high - low;
        }
    }

    fn finish(self) -> CountsRow {
        let truth = self.row.authentic as f64;
        let per_true = |x: f64| (truth > 0.0).then(|| x / truth);
        CountsRow {
            relative_error: per_true(self.row.absolute_error),
            bias: per_true(self.signed),
            error_removed: (self.before > 0.0).then(|| 1.0 - self.row.absolute_error / self.before),
            wrongly_discounted: per_true(self.taken),
            touched: Rate::of(self.touched, self.row.targets),
            coverage: Rate::of(self.covered, self.intervals),
            interval_width: (self.intervals > 0).then(|| self.width / self.intervals as f64),
            ..self.row
        }
    }
}

/// Adds up all targets.
pub(super) fn counts(targets: &Targets) -> CountsEvaluation {
    let (mut attacked, mut cover_only, mut clean, mut all) =
        (Sums::default(), Sums::default(), Sums::default(), Sums::default());
    let (mut ordered, mut touched, mut found, mut burst) = (0, 0, 0, 0);
    let (mut not_in_findings, mut reported_differs) = (0, 0);
    for t in &targets.rows {
        all.add(t);
        if t.attacked {
            attacked.add(t);
        } else if t.reported > t.authentic {
            cover_only.add(t);
        } else {
            clean.add(t);
        }
        let fake = t.reported.saturating_sub(t.authentic) as f64;
        if t.ordered && t.attacked && fake > 0.0 {
            ordered += 1;
            touched += u64::from(bubble(t) > ROUNDING);
            found += u64::from(bubble(t) >= FOUND_SHARE * fake);
            burst += u64::from(t.burst);
        }
        not_in_findings += u64::from(t.found.is_none());
        reported_differs += u64::from(t.found.is_some_and(|f| f.reported != t.reported));
    }
    CountsEvaluation {
        attacked: attacked.finish(),
        cover_only: cover_only.finish(),
        clean: clean.finish(),
        all: all.finish(),
        ordered: Ordered {
            targets: ordered,
            touched: Rate::of(touched, ordered),
            found: Rate::of(found, ordered),
            burst: targets.bursts_known.then(|| Rate::of(burst, ordered)),
        },
        not_in_findings,
        unknown: targets.unknown,
        reported_differs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(reported: u64, authentic: f64, low: f64, high: f64) -> Option<Corrected> {
        Some(Corrected { reported, authentic, interval: Some((low, high)) })
    }

    #[test]
    fn by_hand() {
        let rows = vec![
            // Attacked: 100 reported, 60 meant, 70 said.
            Target {
                reported: 100,
                authentic: 60,
                attacked: true,
                ordered: true,
                found: found(100, 70.0, 65.0, 80.0),
                burst: true,
            },
            // Attacked: 50 reported, 40 meant, 36 said, interval holds the truth.
            Target {
                reported: 50,
                authentic: 40,
                attacked: true,
                ordered: true,
                found: found(50, 36.0, 30.0, 41.0),
                burst: false,
            },
            // Attacked, but missing from the findings.
            Target { reported: 10, authentic: 0, attacked: true, ordered: true, found: None, burst: false },
            // Ordered, but all fake likes were taken back: nothing to find.
            Target {
                reported: 3,
                authentic: 3,
                attacked: true,
                ordered: true,
                found: found(3, 3.0, 3.0, 3.0),
                burst: false,
            },
            Target { reported: 9, authentic: 8, found: found(9, 9.0, 9.0, 9.0), ..Target::default() },
            Target { reported: 20, authentic: 20, found: found(20, 19.0, 18.0, 20.0), ..Target::default() },
            Target { reported: 30, authentic: 30, found: found(31, 30.0, 30.0, 30.0), ..Target::default() },
        ];
        let e = counts(&Targets { rows, bursts_known: true, unknown: 2 });
        let a = e.attacked;
        assert_eq!((a.targets, a.reported, a.authentic), (4, 163, 103));
        assert_eq!(a.absolute_error, 10.0 + 4.0 + 10.0);
        let near = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-12;
        assert!(near(a.relative_error, 24.0 / 103.0));
        assert!(near(a.bias, 16.0 / 103.0));
        assert!(near(a.error_removed, 1.0 - 24.0 / 60.0));
        assert!(near(a.wrongly_discounted, 4.0 / 103.0));
        assert_eq!((a.touched.hits, a.coverage.hits, a.coverage.total), (2, 2, 3));
        assert!(near(a.interval_width, 26.0 / 3.0));
        assert_eq!((e.cover_only.targets, e.clean.targets, e.all.targets), (1, 2, 7));
        assert!(near(e.clean.wrongly_discounted, 1.0 / 50.0));
        assert_eq!(e.clean.error_removed, None, "nothing to remove");
        assert_eq!((e.clean.touched.hits, e.clean.coverage.hits), (2, 2));
        assert_eq!((e.ordered.targets, e.ordered.touched.hits, e.ordered.found.hits), (3, 2, 2));
        assert_eq!(e.ordered.burst.unwrap().hits, 1);
        assert_eq!((e.not_in_findings, e.unknown, e.reported_differs), (1, 2, 1));
    }
}
