//! The first look at the times of a log: how fast people react, when they are awake.
//!
//! The null of lockstep lets an action fall anywhere in its tile that is as busy; "as busy" is
//! learned here, from everybody.

use crate::census::Census;
use crate::partition::Partition;
use crate::schedule::{DAY, HOUR, Regularity, SECOND, Schedule};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Bins of age since a target's origin: four an octave from a quarter second to 2^28 s.
const BINS: usize = 120;

/// Bin of an age in microseconds.
fn bin_of(age: i64) -> usize {
    let quarters = (age.max(0) as f64 / (SECOND as f64 / 4.0) + 1.0).log2() * 4.0;
    (quarters as usize).min(BINS - 1)
}

/// Lower edge of a bin in microseconds.
fn edge_of(bin: usize) -> f64 {
    static EDGES: LazyLock<[f64; BINS + 1]> =
        LazyLock::new(|| std::array::from_fn(|bin| ((bin as f64 / 4.0).exp2() - 1.0) * SECOND as f64 / 4.0));
    EDGES[bin]
}

/// Mergeable counts of one or more partitions.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// How regular the times are.
    pub regularity: Regularity,
    /// Weight of endorsements by age bin. A target of d endorsements weighs the square root of d,
    /// so that one viral target is not the norm.
    ages: Vec<u64>,
    /// Endorsements by hour of the day, UTC.
    hours: [u64; 24],
    /// Endorsements by hour since 1970.
    occupancy: BTreeMap<i64, u64>,
}

impl Default for Survey {
    fn default() -> Self {
        Self { regularity: Regularity::default(), ages: vec![0; BINS], hours: [0; 24], occupancy: BTreeMap::new() }
    }
}

impl Survey {
    /// Counts one partition.
    #[must_use]
    pub fn count(partition: &Partition<'_>, census: &Census<'_>) -> Self {
        let mut survey = Self::default();
        for range in partition.targets() {
            let target = partition.target[range.start];
            let times = &partition.ts[range.clone()];
            let origin = census.origin(target, times);
            let weight = (1024.0 / (range.len() as f64).sqrt()).ceil() as u64;
            for ts in times {
                survey.regularity.add(*ts);
                survey.hours[hour_of(*ts)] += 1;
                *survey.occupancy.entry(ts.div_euclid(HOUR)).or_default() += 1;
                // The endorsement that sets the origin says nothing of speed.
                if *ts > origin {
                    survey.ages[bin_of(ts - origin)] += weight;
                }
            }
        }
        survey
    }

    /// Adds the counts of other partitions.
    pub fn merge(&mut self, other: &Self) {
        self.regularity.merge(&other.regularity);
        self.ages.iter_mut().zip(&other.ages).for_each(|(a, b)| *a += b);
        self.hours.iter_mut().zip(&other.hours).for_each(|(a, b)| *a += b);
        for (hour, n) in &other.occupancy {
            *self.occupancy.entry(*hour).or_default() += n;
        }
    }

    /// From when to when the log runs, but for a thousandth at either end: one bad clock must not stretch
    /// a week to decades.
    #[must_use]
    pub fn span(&self) -> (i64, i64) {
        let total: u64 = self.occupancy.values().sum();
        let spare = total / 1000;
        let first = reach(self.occupancy.iter(), spare);
        let last = reach(self.occupancy.iter().rev(), spare);
        (first * HOUR, (last + 1) * HOUR - 1)
    }
}

/// The first hour by which more than `spare` endorsements have come.
fn reach<'a>(hours: impl Iterator<Item = (&'a i64, &'a u64)>, spare: u64) -> i64 {
    let mut seen = 0;
    for (hour, n) in hours {
        seen += n;
        if seen > spare {
            return *hour;
        }
    }
    0
}

fn hour_of(ts: i64) -> usize {
    (ts.div_euclid(HOUR)).rem_euclid(24) as usize
}

/// How much is going on at a given age and hour: the intensity of innocent reaction.
#[derive(Clone, Debug)]
pub struct Tempo {
    /// Share of reactions below each bin's lower edge; `BINS + 1` entries.
    cumulative: Vec<f64>,
    /// Activity of each hour, mean one.
    hours: [f64; 24],
}

impl Tempo {
    /// Learns it from a survey of the whole log.
    #[must_use]
    pub fn new(survey: &Survey) -> Self {
        let total: f64 = survey.ages.iter().sum::<u64>() as f64;
        let mut cumulative = Vec::with_capacity(BINS + 1);
        let mut sum = 0.0;
        for a in &survey.ages {
            cumulative.push(sum);
            // A sliver everywhere: no age is impossible.
            sum += (*a as f64 + 1e-3 * (total / BINS as f64).max(1e-9)) / total.max(1.0);
        }
        cumulative.push(sum);
        let all: u64 = survey.hours.iter().sum();
        let hours = survey.hours.map(|h| (h as f64 * 24.0 / all.max(1) as f64).max(0.02));
        Self { cumulative, hours }
    }

    fn reached(&self, age: f64) -> f64 {
        if age <= 0.0 {
            return 0.0;
        }
        let quarters = (age / (SECOND as f64 / 4.0) + 1.0).log2() * 4.0;
        let bin = (quarters as usize).min(BINS - 1);
        let (low, high) = (edge_of(bin), edge_of(bin + 1));
        let part = ((age - low) / (high - low)).clamp(0.0, 1.0);
        self.cumulative[bin] + part * (self.cumulative[bin + 1] - self.cumulative[bin])
    }

    /// Share of a target's reactions expected by `ts`, hours aside.
    #[must_use]
    pub fn reached_at(&self, origin: i64, ts: i64) -> f64 {
        self.reached((ts - origin) as f64)
    }

    /// Expected share of a target's reactions in `[from, to)`, for a target that began at `origin`;
    /// relative weights only (not normalised over hours).
    #[must_use]
    pub fn mass(&self, origin: i64, from: i64, to: i64) -> f64 {
        let mut sum = 0.0;
        let mut start = from.max(origin);
        let mut before = self.reached((start - origin) as f64);
        while start < to {
            let end = to.min((start.div_euclid(HOUR) + 1) * HOUR);
            let reached = self.reached((end - origin) as f64);
            sum += (reached - before) * self.hours[hour_of(start)];
            (start, before) = (end, reached);
        }
        sum
    }
}

/// What an account did, as far as habits go: when, and how old the target was then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// Who.
    pub account: u32,
    /// When, in microseconds.
    pub ts: i64,
    /// Bin of the target's age.
    age: u8,
}

impl Action {
    /// An action at `ts` on a target that began at `origin`.
    #[must_use]
    pub fn new(account: u32, origin: i64, ts: i64) -> Self {
        Self { account, ts, age: bin_of(ts - origin) as u8 }
    }
}

/// One account's own habits: how soon it reacts, and at what time of day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Habit {
    /// Actions by age bin, ascending; bins without any are left out.
    ages: Vec<(u8, u32)>,
    /// When it acted: (microseconds of the day, day), once a day and ten minutes; ascending.
    clock: Vec<(i64, i64)>,
}

/// Length of what counts as one sitting on the clock, in microseconds.
const SITTING: i64 = 600 * SECOND;

impl Habit {
    /// The habits that show in all actions of an account, in whatever order.
    #[must_use]
    pub fn new(actions: &[Action]) -> Self {
        let mut ages: Vec<u8> = actions.iter().map(|a| a.age).collect();
        ages.sort_unstable();
        let ages = ages.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect();
        let moment = |a: &Action| (a.ts.rem_euclid(DAY), a.ts.div_euclid(DAY));
        let mut clock: Vec<(i64, i64)> = actions.iter().map(moment).collect();
        // The earliest of a sitting stands for it.
        clock.sort_unstable_by_key(|(time, day)| (time / SITTING, *day, *time));
        clock.dedup_by_key(|(time, day)| (*time / SITTING, *day));
        clock.sort_unstable();
        Self { ages, clock }
    }

    /// Actions of this account expected in `[from, to)` on a target begun at `origin`, going by
    /// the ages at which it usually reacts; the action at `ts` itself is left out.
    #[must_use]
    pub fn by_age(&self, origin: i64, from: i64, to: i64, ts: i64) -> f64 {
        let (from, to) = ((from - origin).max(0) as f64, (to - origin) as f64);
        let own = bin_of(ts - origin);
        let bins = bin_of(from as i64)..=bin_of((to as i64).max(0));
        let mut sum = 0.0;
        for (bin, n) in self.ages.iter().map(|(bin, n)| (usize::from(*bin), *n)).filter(|(bin, _)| bins.contains(bin)) {
            let (low, high) = (edge_of(bin), edge_of(bin + 1));
            let inside = (to.min(high) - from.max(low)).max(0.0) / (high - low);
            sum += inside * f64::from(n - u32::from(bin == own));
        }
        sum
    }

    /// Sittings on other days whose time of day falls into `[from, to)`, a span of at most a day.
    #[must_use]
    pub fn by_clock(&self, from: i64, to: i64, ts: i64) -> f64 {
        let day = ts.div_euclid(DAY);
        let start = from.rem_euclid(DAY);
        let end = start + (to - from);
        let count = |low: i64, high: i64| {
            let first = self.clock.partition_point(|(time, _)| *time < low);
            self.clock[first..].iter().take_while(|(time, _)| *time < high).filter(|(_, other)| *other != day).count()
        };
        let wrapped = if end > DAY { count(0, end - DAY) } else { 0 };
        (count(start, end.min(DAY)) + wrapped) as f64
    }
}

/// Plans the log once its survey is complete.
#[must_use]
pub fn schedule(survey: &Survey, first_ts: i64, last_ts: i64, seed: u64) -> Schedule {
    let (from, to) = survey.span();
    Schedule::new(first_ts.max(from), last_ts.min(to), survey.regularity.resolution(), seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_cover_ages_in_order() {
        for age in [0, 1, SECOND / 4, SECOND, 60 * SECOND, HOUR, 1000 * HOUR] {
            let b = bin_of(age);
            assert!(edge_of(b) <= age as f64 + 1.0, "{age}");
            assert!(b == BINS - 1 || edge_of(b + 1) > age as f64, "{age}");
        }
    }

    #[test]
    fn mass_adds_up_over_pieces() {
        let mut survey = Survey::default();
        survey.ages.iter_mut().enumerate().for_each(|(i, a)| *a = 1000 - 5 * i as u64);
        survey.hours = std::array::from_fn(|h| 10 + h as u64);
        let tempo = Tempo::new(&survey);
        let (a, b, c) = (100 * SECOND, 5_000 * SECOND, 90_000 * SECOND);
        let whole = tempo.mass(0, a, c);
        assert!((tempo.mass(0, a, b) + tempo.mass(0, b, c) - whole).abs() < 1e-12 && whole > 0.0);
        assert_eq!(tempo.mass(b, a, b), 0.0, "nothing happens before the origin");
    }

    #[test]
    fn habit_leaves_out_the_action_itself() {
        let mut actions = vec![Action::new(0, 0, 30 * SECOND)];
        assert_eq!(Habit::new(&actions).by_age(0, 0, HOUR, 30 * SECOND), 0.0);
        actions.push(Action::new(0, 0, 31 * SECOND));
        let habit = Habit::new(&actions);
        assert!(habit.by_age(0, 0, HOUR, 30 * SECOND) > 0.9);
        // A clock: the same time on other days counts, the day in question does not.
        assert_eq!(habit.by_clock(0, HOUR, 30 * SECOND), 0.0);
        actions.push(Action::new(0, 0, 3 * DAY + 40 * SECOND));
        // The same sitting, later: it counts once.
        actions.push(Action::new(0, 0, 3 * DAY + 50 * SECOND));
        let habit = Habit::new(&actions);
        assert_eq!(habit.by_clock(0, HOUR, 30 * SECOND), 1.0);
        assert_eq!(habit.by_clock(0, 45 * SECOND, 30 * SECOND), 1.0, "its earliest moment stands for it");
        assert_eq!(habit.by_clock(DAY - HOUR, DAY + HOUR, 30 * SECOND), 1.0, "across midnight");
    }
}
