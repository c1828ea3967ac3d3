//! Moving trains of fake events into the host's time.

use super::trace::FakeEvent;
use crate::log::Log;
use crate::random::Random;

/// Two fake accounts that act on one target within this many seconds act jointly, and still do
/// after the overlay.
pub const JOINT_SECONDS: i64 = 60;

const SECOND: i64 = 1_000_000;
pub(super) const JOINT_MICROS: i64 = JOINT_SECONDS * SECOND;
const DAY: i64 = 86_400 * SECOND;

/// Grains that times come in, coarsest first, in microseconds.
const GRAINS: [i64; 6] = [DAY, 3600 * SECOND, 60 * SECOND, SECOND, 1000, 1];

/// The host's time and the grains of both logs.
pub(super) struct Clock {
    first: i64,
    last: i64,
    pub(super) host_micros: i64,
    pub(super) fakes_micros: i64,
}

/// What had to be done to the trains.
#[derive(Debug, Default)]
pub(super) struct Moved {
    pub(super) split: u64,
    pub(super) parts: u64,
    pub(super) outside_life: u64,
    pub(super) off_hour: u64,
}

fn grain(log: &Log) -> i64 {
    let fits = |grain: &&i64| log.events.iter().all(|event| event.ts_micros % **grain == 0);
    GRAINS.iter().find(fits).copied().unwrap_or(1)
}

impl Clock {
    pub(super) fn new(host: &Log, fakes: &Log) -> Self {
        let times = || host.events.iter().map(|event| event.ts_micros);
        Self {
            first: times().min().unwrap_or(0),
            last: times().max().unwrap_or(0),
            host_micros: grain(host),
            fakes_micros: grain(fakes),
        }
    }

    /// Gives the train, sorted by time, the host's grain.
    ///
    /// Coarse times get random digits. Were these drawn freely, two events a minute apart could
    /// drift to two minutes. So within a chain of times no further apart than the joint window,
    /// later times get smaller additions: a pair that is `d <= window` apart stays within
    /// `d`, and one that is `d >= window + grain` apart stays beyond `window`.
    pub(super) fn sharpen(&self, train: &mut [FakeEvent], random: &mut Random) {
        if self.fakes_micros < self.host_micros {
            for event in train.iter_mut() {
                event.ts_micros -= event.ts_micros.rem_euclid(self.host_micros);
            }
            return;
        }
        let reach = self.fakes_micros.min(JOINT_MICROS) / self.host_micros;
        let spare = (self.fakes_micros - JOINT_MICROS).max(0) / self.host_micros;
        if reach <= 1 && spare == 0 {
            return;
        }
        let chained = |left: &FakeEvent, right: &FakeEvent| right.ts_micros - left.ts_micros <= JOINT_MICROS;
        for chain in train.chunk_by_mut(chained) {
            let times = chain.chunk_by(same_time).count();
            let mut cuts: Vec<i64> = (1..times).map(|_| random.between(0, reach - 1)).collect();
            cuts.sort_unstable_by(|left, right| right.cmp(left));
            cuts.push(0);
            let mut high = reach - 1;
            for (at_once, low) in chain.chunk_by_mut(same_time).zip(cuts) {
                // Grains beyond the joint window leave room to move a whole moment.
                let moment = random.between(0, spare);
                for event in at_once {
                    event.ts_micros += (moment + random.between(low, high)) * self.host_micros;
                }
                high = low;
            }
        }
        train.sort_unstable();
    }

    /// Moves the train, sorted by time, to where its host target lives.
    pub(super) fn place(&self, train: &mut [FakeEvent], life: (i64, i64), random: &mut Random, moved: &mut Moved) {
        if length(train) <= self.last - self.first {
            self.place_part(train, life, random, moved);
            return;
        }
        moved.split += 1;
        let near = |left: &FakeEvent, right: &FakeEvent| right.ts_micros - left.ts_micros <= DAY;
        let mut parts: Vec<&mut [FakeEvent]> = train.chunk_by_mut(near).collect();
        // Later parts wait on the stack, so parts are placed in the order of time.
        parts.reverse();
        while let Some(part) = parts.pop() {
            if length(part) <= self.last - self.first {
                self.place_part(part, life, random, moved);
            } else {
                let (left, right) = part.split_at_mut(longest_gap(part));
                parts.push(right);
                parts.push(left);
            }
        }
        train.sort_unstable();
    }

    fn place_part(&self, part: &mut [FakeEvent], (born, died): (i64, i64), random: &mut Random, moved: &mut Moved) {
        moved.parts += 1;
        let (Some(start), length) = (part.first().map(|event| event.ts_micros), length(part)) else {
            return;
        };
        let latest = self.last - length;
        // Whole days that put the start at or after `from` and at or before `to`.
        let days = |from: i64, to: i64| {
            let low = -(start - from).div_euclid(DAY);
            let high = (to - start).div_euclid(DAY);
            (low <= high).then_some((low, high))
        };
        let anywhere = |from: i64, to: i64, random: &mut Random| {
            from + random.between(0, (to - from) / self.host_micros) * self.host_micros - start
        };
        let shift = if let Some((low, high)) = days(born, died.min(latest)) {
            random.between(low, high) * DAY
        } else if born <= latest {
            moved.off_hour += 1;
            anywhere(born, died.min(latest), random)
        } else if let Some((low, high)) = days(self.first, latest) {
            moved.outside_life += 1;
            random.between(low, high) * DAY
        } else {
            moved.off_hour += 1;
            moved.outside_life += 1;
            anywhere(self.first, latest, random)
        };
        for event in part {
            event.ts_micros += shift;
        }
    }
}

fn same_time(left: &FakeEvent, right: &FakeEvent) -> bool {
    left.ts_micros == right.ts_micros
}

fn length(train: &[FakeEvent]) -> i64 {
    match train {
        [first, .., last] => last.ts_micros - first.ts_micros,
        _ => 0,
    }
}

/// The place before which the longest gap lies; the first where several tie.
fn longest_gap(train: &[FakeEvent]) -> usize {
    let gaps = train.windows(2).map(|pair| pair[1].ts_micros - pair[0].ts_micros);
    gaps.enumerate().fold((1, -1), |best, (at, gap)| if gap > best.1 { (at + 1, gap) } else { best }).0
}
