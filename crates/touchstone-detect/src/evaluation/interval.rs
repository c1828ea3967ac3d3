//! How sure a share is: 95 % intervals.
//!
//! Of independent rows: Wilson's score interval (Wilson 1927). At a share of exactly 0 or 1 its
//! free end is replaced by the exact binomial bound (Clopper & Pearson 1934) where that is wider:
//! "0 of 5 accused" still allows 52 %.
//!
//! Likes of one ring are not independent: there the share is a ratio of sums over clusters, its
//! variance is the linearised one of a ratio (Cochran 1977, 6.3), and that becomes a number of
//! independent rows which would be as uncertain (Korn & Graubard 1998), to which Wilson's interval
//! is applied. So an interval never collapses at 0 and 1 as a bootstrap's does.

use serde::{Deserialize, Serialize};

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A share of counted things, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// How many.
    pub hits: u64,
    /// Of how many.
    pub total: u64,
    /// hits / total; none of nothing.
    pub rate: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Default for Rate {
    fn default() -> Self {
        Self::of(0, 0)
    }
}

impl Rate {
    /// Of independent rows.
    #[must_use]
    pub fn of(hits: u64, total: u64) -> Self {
        let (low, high) = wilson(hits as f64 / total as f64, total as f64);
        Self { hits, total, rate: (total > 0).then(|| hits as f64 / total as f64), low, high }
    }

    /// 1 - rate: misses of the same total.
    #[must_use]
    pub fn complement(self) -> Self {
        Self {
            hits: self.total - self.hits,
            rate: self.rate.map(|r| 1.0 - r),
            low: 1.0 - self.high,
            high: 1.0 - self.low,
            ..self
        }
    }
}

/// A share of summed probabilities, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MassRate {
    /// How much.
    pub mass: f64,
    /// Of how much.
    pub total: f64,
    /// mass / total; none of nothing.
    pub rate: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson's interval of a share `p` of `n` independent rows; everything where there are none.
#[must_use]
pub fn wilson(p: f64, n: f64) -> (f64, f64) {
    if n.is_nan() || n <= 0.0 || p.is_nan() {
        return (0.0, 1.0);
    }
    let z2 = Z * Z / n;
    let centre = (p + z2 / 2.0) / (1.0 + z2);
    let half = Z / (1.0 + z2) * (p * (1.0 - p) / n + z2 / (4.0 * n)).sqrt();
    // The largest share that shows nothing in n rows with a chance of 2.5 %.
    let exact = 1.0 - 0.025_f64.powf(1.0 / n);
    match p {
        p if p <= 0.0 => (0.0, (centre + half).max(exact).min(1.0)),
        p if p >= 1.0 => ((centre - half).min(1.0 - exact).max(0.0), 1.0),
        _ => ((centre - half).max(0.0), (centre + half).min(1.0)),
    }
}

/// Adds up clusters, each with how much of it hits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clustered {
    clusters: u64,
    hits: f64,
    total: f64,
    hits_squared: f64,
    hits_total: f64,
    total_squared: f64,
}

impl Clustered {
    /// A cluster of `total` with `hits` in it; one of nothing does not count.
    pub fn add(&mut self, hits: f64, total: f64) {
        if total > 0.0 {
            self.clusters += 1;
            self.hits += hits;
            self.total += total;
            self.hits_squared += hits * hits;
            self.hits_total += hits * total;
            self.total_squared += total * total;
        }
    }

    /// The share, where there is anything.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.total > 0.0).then(|| (self.hits / self.total).clamp(0.0, 1.0))
    }

    /// Independent rows that would leave as much doubt, at most `rows`.
    #[must_use]
    pub fn effective(&self, rows: f64) -> f64 {
        let Some(r) = self.share() else { return 0.0 };
        let equal = self.total * self.total / self.total_squared;
        if self.clusters < 2 {
            return 1.0;
        }
        let n = self.clusters as f64;
        let squares = self.hits_squared - 2.0 * r * self.hits_total + r * r * self.total_squared;
        let variance = n / (n - 1.0) * squares / (self.total * self.total);
        let spread = r * (1.0 - r);
        // All clusters alike: no variance to see, so each cluster counts as one row.
        if spread <= 0.0 || variance <= 1e-12 * spread {
            return equal.min(rows);
        }
        let fewer = Z / t_975(self.clusters - 1);
        (spread / variance * fewer * fewer).min(rows)
    }

    /// The share of counts.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let (low, high) = self.interval(self.total);
        Rate { hits: self.hits.round() as u64, total: self.total.round() as u64, rate: self.share(), low, high }
    }

    /// The share of sums of probabilities over `rows` rows.
    #[must_use]
    pub fn mass_rate(&self, rows: u64) -> MassRate {
        let (low, high) = self.interval(rows as f64);
        MassRate { mass: self.hits, total: self.total, rate: self.share(), low, high }
    }

    fn interval(&self, rows: f64) -> (f64, f64) {
        self.share().map_or((0.0, 1.0), |r| wilson(r, self.effective(rows)))
    }
}

/// The 97.5 % point of Student's distribution (Abramowitz & Stegun 26.7.5; the first two are exact).
pub(crate) fn t_975(degrees: u64) -> f64 {
    let (z, d) = (Z, degrees as f64);
    match degrees {
        0 => f64::INFINITY,
        1 => 12.706_204_736,
        2 => 4.302_652_730,
        _ => {
            z + (z.powi(3) + z) / (4.0 * d)
                + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * d * d)
                + (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / (384.0 * d.powi(3))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-3
    }

    #[test]
    fn wilson_as_in_the_books() {
        // Newcombe 1998, table I: 81/263 and 15/148.
        let r = Rate::of(81, 263);
        assert!(near(r.low, 0.2553) && near(r.high, 0.3662), "{r:?}");
        let r = Rate::of(15, 148);
        assert!(near(r.low, 0.0624) && near(r.high, 0.1605), "{r:?}");
    }

    #[test]
    fn none_of_few_is_not_none() {
        let r = Rate::of(0, 5);
        assert!(near(r.high, 0.5218) && r.low == 0.0, "exact, above Wilson's 0.4345: {r:?}");
        let r = Rate::of(0, 10_000);
        assert!(r.high > 3.0e-4 && r.high < 4.0e-4, "{r:?}");
        let r = Rate::of(5, 5);
        assert!(near(r.low, 1.0 - 0.5218) && r.high == 1.0, "{r:?}");
        let r = Rate::of(0, 0);
        assert_eq!((r.rate, r.low, r.high), (None, 0.0, 1.0));
    }

    #[test]
    fn the_complement_turns_the_interval() {
        let (r, c) = (Rate::of(3, 10), Rate::of(7, 10).complement());
        assert_eq!((r.hits, r.total), (c.hits, c.total));
        assert!((r.low - c.low).abs() < 1e-12 && (r.high - c.high).abs() < 1e-12);
    }

    #[test]
    fn students_quantiles() {
        for (d, t) in [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042)] {
            assert!((t_975(d) - t).abs() < 5e-3, "{d}: {}", t_975(d));
        }
    }

    #[test]
    fn clusters_of_one_row_are_independent_rows() {
        let mut c = Clustered::default();
        (0..1000).for_each(|i| c.add(f64::from(u8::from(i % 10 == 0)), 1.0));
        let (clustered, plain) = (c.rate(), Rate::of(100, 1000));
        assert_eq!((clustered.hits, clustered.total), (100, 1000));
        assert!(near(clustered.low, plain.low) && near(clustered.high, plain.high), "{clustered:?}");
    }

    #[test]
    fn rows_that_go_together_count_once() {
        // Ten rings of a hundred likes, five of them found whole: ten rows of knowledge, not a thousand.
        let mut c = Clustered::default();
        (0..10).for_each(|i| c.add(if i < 5 { 100.0 } else { 0.0 }, 100.0));
        assert!(c.effective(1000.0) < 10.0 && c.effective(1000.0) > 5.0, "{}", c.effective(1000.0));
        let r = c.rate();
        assert!(r.low < 0.25 && r.high > 0.75, "{r:?}");
        // All found: as good as ten of ten.
        let mut c = Clustered::default();
        (0..10).for_each(|_| c.add(100.0, 100.0));
        assert_eq!(c.effective(1000.0), 10.0);
        assert!(near(c.rate().low, Rate::of(10, 10).low));
        // One ring says next to nothing.
        let mut c = Clustered::default();
        c.add(100.0, 100.0);
        assert!(c.rate().low <= 0.03);
    }
}
