//! Time scales and folds of a log.

use crate::hash::mix64;

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in an hour.
pub const HOUR: i64 = 3_600 * SECOND;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// One time scale of synchrony: acting within `window` counts as together, and is judged against
/// the rest of a `tile`, within which the null lets an action fall anywhere that is as busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Half-width of a coincidence, microseconds.
    pub window: i64,
    /// Length of the tile, microseconds.
    pub tile: i64,
}

/// How many scales there are.
pub const SCALES: usize = 3;

const ALL_SCALES: [Scale; SCALES] = [
    Scale { window: 60 * SECOND, tile: HOUR },
    Scale { window: 600 * SECOND, tile: 6 * HOUR },
    Scale { window: 3_600 * SECOND, tile: DAY },
];

/// The plan of a log: its span, the blocks of time that make the folds, the scales that can run.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// First endorsement, microseconds since 1970 UTC.
    pub first_ts: i64,
    /// Last endorsement.
    pub last_ts: i64,
    /// Length of a block; all of a block is in one fold. A session (many targets in a row) thus
    /// never sits in both folds, which a split by target would allow.
    pub block: i64,
    /// The scales; see [`Schedule::usable`].
    pub scales: [Scale; SCALES],
    /// Which scales can run: the tile fits a block and the window is at least twice the log's
    /// resolution.
    pub usable: [bool; SCALES],
    /// The finest step of the log's times, microseconds.
    pub resolution: i64,
    seed: u64,
}

impl Schedule {
    /// Plans a log from its span and the resolution of its times.
    #[must_use]
    pub fn new(first_ts: i64, last_ts: i64, resolution: i64, seed: u64) -> Self {
        let span = last_ts.saturating_sub(first_ts);
        let block = if span >= 16 * DAY {
            DAY
        } else if span >= 2 * DAY {
            6 * HOUR
        } else {
            HOUR
        };
        let usable = ALL_SCALES.map(|s| s.tile <= block && s.window >= 2 * resolution);
        Self { first_ts, last_ts, block, scales: ALL_SCALES, usable, resolution, seed }
    }

    /// Index of the block that holds `ts`.
    #[must_use]
    pub fn block_of(&self, ts: i64) -> i64 {
        ts.div_euclid(self.block)
    }

    /// Fold (0 or 1) of `ts`. Of every two neighbouring blocks one is in each fold, by a seeded coin:
    /// balanced, yet in step with no rhythm of the day or week.
    #[must_use]
    pub fn fold_of(&self, ts: i64) -> usize {
        let block = self.block_of(ts);
        let coin = mix64(block.div_euclid(2) as u64 ^ mix64(self.seed)) & 1;
        (block.rem_euclid(2) as u64 ^ coin) as usize
    }

    /// False for a time that is midnight to the microsecond in a log with finer times: more likely a
    /// date without a time, and two of those coincide for nothing.
    #[must_use]
    pub fn tells(&self, ts: i64) -> bool {
        ts % DAY != 0 || self.resolution >= DAY
    }

    /// The widest window of any scale, microseconds.
    #[must_use]
    pub fn window_max(&self) -> i64 {
        self.scales.iter().zip(self.usable).filter(|(_, u)| *u).map(|(s, _)| s.window).max().unwrap_or(0)
    }

    /// The smallest usable scale whose window holds a gap of `gap` microseconds.
    #[must_use]
    pub fn scale_of(&self, gap: i64) -> Option<usize> {
        (0..SCALES).find(|s| self.usable[*s] && gap <= self.scales[*s].window)
    }
}

/// How regular the times of a log are: counts of times that fall on whole units. Merges by adding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Regularity {
    total: u64,
    whole: [u64; 4],
}

const UNITS: [i64; 4] = [DAY, HOUR, 60 * SECOND, SECOND];

impl Regularity {
    /// Takes note of one time.
    pub fn add(&mut self, ts: i64) {
        self.total += 1;
        // Units divide each other, so the cheapest test comes first and most times stop there.
        for k in (0..4).rev() {
            if ts % UNITS[k] != 0 {
                break;
            }
            self.whole[k] += 1;
        }
    }

    /// Adds another summary.
    pub fn merge(&mut self, other: &Self) {
        self.total += other.total;
        for k in 0..4 {
            self.whole[k] += other.whole[k];
        }
    }

    /// The coarsest unit on which 99 % of the times fall, microseconds; 1 if none.
    #[must_use]
    pub fn resolution(&self) -> i64 {
        (0..4).find(|k| self.total > 0 && self.whole[*k] * 100 >= self.total * 99).map_or(1, |k| UNITS[k])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolution_is_recognised() {
        let of = |step: i64| {
            let mut r = Regularity::default();
            (0..1000).for_each(|i| r.add(i * step));
            r.resolution()
        };
        assert_eq!(of(DAY), DAY);
        assert_eq!(of(60 * SECOND), 60 * SECOND);
        assert_eq!(of(7 * SECOND), SECOND);
        assert_eq!(of(333), 1);
    }

    #[test]
    fn coarse_logs_lose_fine_scales() {
        let minute = Schedule::new(0, 30 * DAY, 60 * SECOND, 0);
        assert_eq!(minute.usable, [false, true, true]);
        let day = Schedule::new(0, 900 * DAY, DAY, 0);
        assert_eq!(day.usable, [false; 3]);
        assert_eq!(day.window_max(), 0);
        let short = Schedule::new(0, 3 * DAY, SECOND, 0);
        assert_eq!(short.usable, [true, true, false]);
    }

    #[test]
    fn folds_are_balanced_and_follow_blocks() {
        let s = Schedule::new(0, 400 * DAY, SECOND, 7);
        let ones: usize = (0..400).map(|d| s.fold_of(d * DAY + 5)).sum();
        assert_eq!(ones, 200);
        assert_eq!(s.fold_of(3 * DAY), s.fold_of(3 * DAY + 86_399 * SECOND));
    }
}
