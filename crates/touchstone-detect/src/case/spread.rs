//! Histograms of a case beside those of others: gaps between actions, ages of accounts, dwell.

use super::Compared;
use super::sample::Sample;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// Classes of gaps between actions, upper edges in seconds.
pub const GAPS: [f64; 11] =
    [5.0, 20.0, MINUTE, 3.0 * MINUTE, 10.0 * MINUTE, 30.0 * MINUTE, 2.0 * HOUR, 8.0 * HOUR, DAY, 3.0 * DAY, 7.0 * DAY];

/// Classes of account ages, upper edges in seconds.
pub const AGES: [f64; 7] = [DAY, 7.0 * DAY, 30.0 * DAY, 90.0 * DAY, 365.0 * DAY, 3.0 * 365.0 * DAY, 6.0 * 365.0 * DAY];

/// Classes of dwell, upper edges in seconds.
pub const DWELL: [f64; 8] = [1.0, 3.0, 6.0, 12.0, 25.0, 50.0, 100.0, 300.0];

/// Others' values from which a comparison is worth a picture.
const OTHERS_MIN: u64 = 50;

/// Class of a value: as many edges are at or below it.
#[must_use]
pub fn class(uppers: &[f64], seconds: f64) -> usize {
    uppers.partition_point(|u| *u <= seconds)
}

/// Gaps of each account's ascending times, in seconds.
pub(super) fn gaps_of(times: &[i64]) -> impl Iterator<Item = f64> + '_ {
    times.windows(2).map(|p| p[1].saturating_sub(p[0]) as f64 / 1e6)
}

/// Gaps of accounts (ascending times of each) against others as active; `None` where there are too few to say anything.
#[must_use]
pub fn gaps(accounts: &[Vec<i64>], sample: &Sample) -> Option<Compared> {
    let mut compared = empty(&GAPS);
    for times in accounts {
        let mut own = 0;
        for gap in gaps_of(times) {
            compared.observed[class(&GAPS, gap)] += 1;
            own += 1;
        }
        let Some(others) = sample.gaps_of(times.len()) else { continue };
        let total: u64 = others.iter().sum();
        for (expected, n) in compared.expected.iter_mut().zip(others) {
            *expected += f64::from(own) * *n as f64 / total as f64;
        }
    }
    compared.learned_from = sample.gap_count();
    worth(compared)
}

/// Values in seconds against others' values, which are scaled to as many.
#[must_use]
pub fn against(uppers: &[f64], own: impl Iterator<Item = f64>, others: &[u64]) -> Option<Compared> {
    let mut compared = empty(uppers);
    own.for_each(|v| compared.observed[class(uppers, v)] += 1);
    let (n, total) = (compared.observed.iter().sum::<u64>(), others.iter().sum::<u64>());
    compared.expected = others.iter().map(|o| n as f64 * *o as f64 / total.max(1) as f64).collect();
    compared.learned_from = total;
    worth(compared)
}

fn empty(uppers: &[f64]) -> Compared {
    let classes = uppers.len() + 1;
    Compared { uppers: uppers.to_vec(), observed: vec![0; classes], expected: vec![0.0; classes], learned_from: 0 }
}

fn worth(mut compared: Compared) -> Option<Compared> {
    let expected: f64 = compared.expected.iter().sum();
    // Enough for a person to read off; bits do not go down with it.
    compared.expected.iter_mut().for_each(|e| *e = (*e * 100.0).round() / 100.0);
    let own: u64 = compared.observed.iter().sum();
    (own >= 3 && expected > 0.0 && compared.learned_from >= OTHERS_MIN).then_some(compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_half_open_and_the_last_is_without_end() {
        assert_eq!(class(&GAPS, 0.0), 0);
        assert_eq!(class(&GAPS, 4.999), 0);
        assert_eq!(class(&GAPS, 5.0), 1);
        assert_eq!(class(&GAPS, 1e12), GAPS.len());
    }

    #[test]
    fn expected_has_the_sum_of_observed() {
        let others = [10, 20, 30, 0, 0, 0, 0, 40];
        let c = against(&AGES, [DAY / 2.0, DAY, 50.0 * DAY, 9e9].into_iter(), &others).expect("enough");
        assert_eq!(c.observed, [1, 1, 0, 1, 0, 0, 0, 1]);
        assert!((c.expected.iter().sum::<f64>() - 4.0).abs() < 0.02, "{c:?}");
        assert_eq!(c.learned_from, 100);
        assert!(against(&AGES, [1.0].into_iter(), &others).is_none(), "too few to show");
        assert!(against(&AGES, [1.0; 9].into_iter(), &[0; 8]).is_none(), "nothing to compare with");
    }
}
