//! How long contents of each length are watched: counts in bins of logarithms, from which quantiles are read.
//!
//! D2Q (Zhan et al., KDD 2022): duration decides how long people *can* watch, so watch time is compared within contents
//! as long. Bins: four an octave of duration, eight an octave of dwell. Neighbouring durations are joined until there
//! are enough views to read a quantile from.

/// Bins of duration and of dwell.
const DURATIONS: usize = 96;
const DWELLS: usize = 224;
/// Views from which a bucket of durations stands alone.
const BUCKET_VIEWS_MIN: u64 = 500;

/// Counts of views; mergeable by addition.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WatchCounts {
    /// By duration, then dwell; the last row is "duration unknown".
    views: Vec<u64>,
    /// By duration: views of which it is known whether they saw the end, and those that did.
    known: Vec<(u64, u64)>,
}

impl Default for WatchCounts {
    fn default() -> Self {
        Self { views: vec![0; (DURATIONS + 1) * DWELLS], known: vec![(0, 0); DURATIONS + 1] }
    }
}

fn duration_bin(duration_ms: Option<f64>) -> usize {
    duration_ms.map_or(DURATIONS, |d| ((d.max(1.0).log2() * 4.0) as usize).min(DURATIONS - 1))
}

fn dwell_bin(dwell_ms: f64) -> usize {
    ((dwell_ms.max(1.0).log2() * 8.0) as usize).min(DWELLS - 1)
}

impl WatchCounts {
    /// Adds one viewer of a content.
    pub(super) fn add(&mut self, duration_ms: Option<f64>, dwell_ms: f64, finished: Option<bool>) {
        let row = duration_bin(duration_ms);
        self.views[row * DWELLS + dwell_bin(dwell_ms)] += 1;
        if let Some(finished) = finished {
            self.known[row].0 += 1;
            self.known[row].1 += u64::from(finished);
        }
    }

    /// Adds those of other contents.
    pub(super) fn merge(&mut self, other: &Self) {
        self.views.iter_mut().zip(&other.views).for_each(|(a, b)| *a += b);
        self.known.iter_mut().zip(&other.known).for_each(|(a, b)| *a = (a.0 + b.0, a.1 + b.1));
    }
}

/// What is usual.
pub(super) struct WatchTable {
    bucket: Vec<usize>,
    /// Middle quantile of each dwell bin, by bucket; the last is over all.
    quantiles: Vec<Vec<f64>>,
    finish: Vec<f64>,
}

impl WatchTable {
    pub(super) fn new(counts: &WatchCounts) -> Self {
        let mut bucket = vec![0; DURATIONS + 1];
        let mut sums: Vec<Vec<u64>> = vec![vec![0; DWELLS]];
        let mut known: Vec<(u64, u64)> = vec![(0, 0)];
        let mut views = 0;
        let add = |sums: &mut Vec<u64>, known: &mut (u64, u64), row: usize| {
            let of_row = &counts.views[row * DWELLS..(row + 1) * DWELLS];
            sums.iter_mut().zip(of_row).for_each(|(a, b)| *a += b);
            *known = (known.0 + counts.known[row].0, known.1 + counts.known[row].1);
            of_row.iter().sum::<u64>()
        };
        let total: u64 = counts.views[..DURATIONS * DWELLS].iter().sum();
        let mut left = total;
        for (row, own) in bucket.iter_mut().enumerate().take(DURATIONS) {
            let last = sums.len() - 1;
            let more = add(&mut sums[last], &mut known[last], row);
            *own = last;
            views += more;
            left -= more;
            // What is left must fill another bucket.
            if views >= BUCKET_VIEWS_MIN && left >= BUCKET_VIEWS_MIN {
                sums.push(vec![0; DWELLS]);
                known.push((0, 0));
                views = 0;
            }
        }
        // Unknown durations are compared with each other.
        sums.push(vec![0; DWELLS]);
        known.push((0, 0));
        let unknown = sums.len() - 1;
        add(&mut sums[unknown], &mut known[unknown], DURATIONS);
        bucket[DURATIONS] = unknown;
        let mut all = vec![0; DWELLS];
        (0..=DURATIONS).for_each(|row| {
            add(&mut all, &mut (0, 0), row);
        });
        sums.push(all);
        let finish = known.iter().map(|(n, k)| (*k as f64 + 0.5) / (*n as f64 + 1.0)).collect();
        Self { bucket, quantiles: sums.iter().map(|s| middles(s)).collect(), finish }
    }

    /// Quantile of a view among those of contents as long.
    pub(super) fn completion(&self, duration_ms: Option<f64>, dwell_ms: f64) -> f64 {
        self.quantiles[self.bucket[duration_bin(duration_ms)]][dwell_bin(dwell_ms)]
    }

    /// Quantile of a view among all.
    pub(super) fn dwell(&self, dwell_ms: f64) -> f64 {
        self.quantiles[self.quantiles.len() - 1][dwell_bin(dwell_ms)]
    }

    /// Share of viewers who see the end of contents as long.
    pub(super) fn finish(&self, duration_ms: Option<f64>) -> f64 {
        self.finish[self.bucket[duration_bin(duration_ms)]]
    }
}

fn middles(counts: &[u64]) -> Vec<f64> {
    let total = counts.iter().sum::<u64>().max(1) as f64;
    let mut below = 0.0;
    counts
        .iter()
        .map(|n| {
            let middle = (below + *n as f64 / 2.0) / total;
            below += *n as f64;
            middle
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_contents_as_long() {
        let mut counts = WatchCounts::default();
        for i in 0..1000u32 {
            let share = f64::from(i) / 1000.0;
            counts.add(Some(10_000.0), 10_000.0 * share, Some(share > 0.7));
            counts.add(Some(100_000.0), 100_000.0 * share, Some(share > 0.9));
        }
        let table = WatchTable::new(&counts);
        for (duration, share) in [(10_000.0, 0.5), (100_000.0, 0.5), (10_000.0, 0.9), (100_000.0, 0.1)] {
            let q = table.completion(Some(duration), duration * share);
            assert!((q - share).abs() < 0.06, "{duration} {share}: {q}");
        }
        assert!(table.dwell(9_000.0) < table.dwell(50_000.0));
        assert!((table.finish(Some(10_000.0)) - 0.3).abs() < 0.01);
        assert!((table.finish(Some(100_000.0)) - 0.1).abs() < 0.01);
    }

    #[test]
    fn more_watching_is_never_a_lower_quantile() {
        let mut counts = WatchCounts::default();
        (0..5000u32).for_each(|i| counts.add(Some(f64::from(i % 977) * 100.0), f64::from(i * i % 7919) * 10.0, None));
        let table = WatchTable::new(&counts);
        for duration in [None, Some(0.0), Some(500.0), Some(50_000.0), Some(1e15)] {
            let q: Vec<f64> = (0..200).map(|d| table.completion(duration, f64::from(d) * 400.0)).collect();
            assert!(q.windows(2).all(|w| w[0] <= w[1]) && q.iter().all(|q| (0.0..=1.0).contains(q)));
        }
    }
}
