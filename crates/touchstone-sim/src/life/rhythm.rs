//! When people are awake.

use crate::random::Random;
use crate::scenario::Scenario;
use crate::world::people::{API, Person};

const DAY: i64 = 86_400;
const QUARTERS: usize = 96;

/// The circadian rhythm: weight of a local time of day. People wake within a few hours, are up all day until the peak, and
/// fall asleep along half a cosine: the day that KuaiRand and the Russian retweets show (docs/REALISM.md).
#[derive(Debug, Clone)]
pub(crate) struct Rhythm {
    start_seconds: i64,
    weekend_minutes: i64,
    /// Weight of each quarter of an hour, at most 1.
    weights: [f64; QUARTERS],
    sums: [f64; QUARTERS],
}

impl Rhythm {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let life = &scenario.life;
        let least = 1.0 / life.circadian_ratio;
        let weights = std::array::from_fn(|quarter| {
            let rise = (life.peak_hour - life.trough_hour).rem_euclid(24.0).clamp(1.0, 23.0);
            let awake = (quarter as f64 / 4.0 - life.trough_hour).rem_euclid(24.0);
            let asleep = |part: f64| (1.0 + (part * std::f64::consts::PI).cos()) / 2.0;
            let up =
                if awake < rise { 1.0 - asleep(awake / rise).powi(3) } else { asleep((awake - rise) / (24.0 - rise)) };
            least + (1.0 - least) * up
        });
        let mut sum = 0.0;
        let sums = weights.map(|weight: f64| {
            sum += weight;
            sum
        });
        let weekend_minutes = (life.weekend_shift_hours * 60.0) as i64;
        Self { start_seconds: scenario.start_seconds, weekend_minutes, weights, sums }
    }

    /// Weekday (0 is Monday) and minute of the day by a clock that is ahead of UTC.
    pub(crate) fn local(&self, clock_minutes: i16, at: i64) -> (i64, i64) {
        let local = self.start_seconds + at + i64::from(clock_minutes) * 60;
        // 1970 began on a Thursday.
        ((local.div_euclid(DAY) + 3).rem_euclid(7), local.rem_euclid(DAY) / 60)
    }

    /// How awake someone is, at most 1.
    pub(crate) fn awake(&self, person: &Person, at: i64) -> f64 {
        if person.is(API) {
            return 1.0;
        }
        let (day, minute) = self.local(person.clock_minutes, at);
        let shift = if day >= 5 { self.weekend_minutes } else { 0 };
        self.weights[((minute - shift).rem_euclid(1440) / 15) as usize]
    }

    /// Moves a moment to an hour of the rhythm, within 24 hours that begin where the log's day does.
    pub(crate) fn at_its_hour(&self, at: i64, clock_minutes: i16, random: &mut Random) -> i64 {
        let day = at.div_euclid(DAY) * DAY;
        let point = random.unit() * self.sums[QUARTERS - 1];
        let quarter = self.sums.partition_point(|&sum| sum <= point).min(QUARTERS - 1) as i64;
        let (weekday, _) = self.local(clock_minutes, at);
        let shift = if weekday >= 5 { self.weekend_minutes * 60 } else { 0 };
        let second = quarter * 900 + random.below(900) as i64 + shift - i64::from(clock_minutes) * 60;
        day + (second - self.start_seconds).rem_euclid(DAY)
    }

    /// The next moment at which someone would rather act, not before `at`.
    pub(crate) fn settle(&self, person: &Person, mut at: i64, random: &mut Random) -> i64 {
        for _ in 0..60 {
            if random.chance(self.awake(person, at)) {
                break;
            }
            at += random.exponential(2400.0) as i64 + 1;
        }
        at
    }
}
