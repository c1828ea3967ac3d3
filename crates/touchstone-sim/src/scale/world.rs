//! The organic world: who is active, what is popular, when people are awake.

use super::ScaleOptions;
use crate::random::{Permutation, Random};

/// Seconds in an hour, the grain of rhythm and decay.
pub(super) const HOUR_SECONDS: i64 = 3600;
/// Targets published before the log begins still get likes in it: two weeks of back catalogue.
const BACK_CATALOGUE_HOURS: usize = 14 * 24;
/// The busiest hour of the day, local time being UTC here.
const PEAK_HOUR: f64 = 21.0;

/// What a stream of numbers is for; each purpose draws its own.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    TargetHour = 1,
    ActorName,
    TargetName,
    Organic,
    RingMembers,
    Ring,
    Order,
    Cover,
}

/// One endorsement, in the order of the file. Actor and target are numbers of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) ts: i64,
    pub(super) actor: u64,
    pub(super) target: u64,
}

pub(super) struct World {
    seed: u64,
    start_seconds: i64,
    accounts: u64,
    /// Targets by hour of publication, most popular first; `hour_starts` delimits the hours.
    by_hour: Vec<u32>,
    /// Popularity summed from the hour's first target up to and including this one.
    popularity_sums: Vec<f64>,
    hour_starts: Vec<usize>,
    /// Activity of the whole platform, summed up to and including each hour of the log.
    rhythm_sums: Vec<f64>,
    /// Attention by age in hours.
    decay: Vec<f64>,
    actor_names: Permutation,
    target_names: Permutation,
}

impl World {
    pub(super) fn new(options: &ScaleOptions) -> Self {
        let hours = options.days as usize * 24;
        let published_hours = BACK_CATALOGUE_HOURS + hours;
        let accounts = (options.events / options.events_per_account).max(1);
        let targets = (options.events / options.events_per_target).max(1);

        // A counting sort of targets by hour of publication keeps each hour in popularity order.
        let hour_of = |target: u64| {
            Random::stream(options.seed, Purpose::TargetHour as u64, target).below(published_hours as u64) as usize
        };
        let mut hour_starts = vec![0_usize; published_hours + 1];
        for target in 0..targets {
            hour_starts[hour_of(target) + 1] += 1;
        }
        for hour in 0..published_hours {
            hour_starts[hour + 1] += hour_starts[hour];
        }
        let mut next = hour_starts.clone();
        let mut by_hour = vec![0_u32; targets as usize];
        let mut popularity_sums = vec![0_f64; targets as usize];
        for target in 0..targets {
            let hour = hour_of(target);
            let place = next[hour];
            next[hour] += 1;
            let before = if place == hour_starts[hour] { 0.0 } else { popularity_sums[place - 1] };
            by_hour[place] = target as u32;
            popularity_sums[place] = before + ((target + 1) as f64).powf(-options.popularity_exponent);
        }

        // exp(a cos) has the ratio exp(2a) between its peak and its trough.
        let swing = options.diurnal_ratio.ln() / 2.0;
        let mut sum = 0.0;
        let rhythm_sums = (0..hours)
            .map(|hour| {
                let phase = ((hour % 24) as f64 - PEAK_HOUR) / 24.0 * std::f64::consts::TAU;
                sum += (swing * phase.cos()).exp();
                sum
            })
            .collect();
        let decay = (0..published_hours).map(|age| (1.0 + age as f64).powf(-options.decay_exponent)).collect();

        Self {
            seed: options.seed,
            start_seconds: options.start_seconds,
            accounts,
            by_hour,
            popularity_sums,
            hour_starts,
            rhythm_sums,
            decay,
            actor_names: Permutation::new(options.seed, Purpose::ActorName as u64, accounts),
            target_names: Permutation::new(options.seed, Purpose::TargetName as u64, targets),
        }
    }

    pub(super) fn accounts(&self) -> u64 {
        self.accounts
    }

    pub(super) fn targets(&self) -> u64 {
        self.by_hour.len() as u64
    }

    pub(super) fn hours(&self) -> usize {
        self.rhythm_sums.len()
    }

    pub(super) fn hour_start_seconds(&self, hour: usize) -> i64 {
        self.start_seconds + hour as i64 * HOUR_SECONDS
    }

    pub(super) fn stream(&self, purpose: Purpose, index: u64) -> Random {
        Random::stream(self.seed, purpose as u64, index)
    }

    /// The number in an account's name: its rank of activity must not show.
    pub(super) fn actor_name(&self, account: u64) -> u64 {
        self.actor_names.apply(account)
    }

    /// The number in a target's name: neither rank nor age must show.
    pub(super) fn target_name(&self, target: u32) -> u64 {
        self.target_names.apply(u64::from(target))
    }

    /// `total` spread over the hours by the rhythm: the parts add up to it exactly.
    pub(super) fn apportion(&self, total: u64) -> Vec<u64> {
        let whole = self.rhythm_sums.last().copied().unwrap_or(1.0);
        let mut given = 0;
        self.rhythm_sums
            .iter()
            .enumerate()
            .map(|(hour, sum)| {
                let last = hour + 1 == self.rhythm_sums.len();
                let upto = if last { total } else { (total as f64 * (sum / whole)) as u64 };
                let part = upto.min(total).saturating_sub(given);
                given += part;
                part
            })
            .collect()
    }

    /// An hour of the log, drawn by the rhythm.
    pub(super) fn draw_hour(&self, random: &mut Random) -> usize {
        let whole = self.rhythm_sums.last().copied().unwrap_or(1.0);
        let point = random.unit() * whole;
        self.rhythm_sums.partition_point(|&sum| sum <= point).min(self.hours() - 1)
    }

    /// Any target that is out by `hour`, popular or not: customers of rings are mostly unknown.
    pub(super) fn draw_published(&self, hour: usize, random: &mut Random) -> u32 {
        let known = self.hour_starts[BACK_CATALOGUE_HOURS + hour + 1];
        // Tiny worlds may have nothing out yet; the first to come stands in.
        self.by_hour[random.below(known as u64) as usize]
    }

    /// Draws what is liked in one hour of the log.
    pub(super) fn attention(&self, hour: usize) -> Attention<'_> {
        let now = BACK_CATALOGUE_HOURS + hour;
        let mut sum = 0.0;
        let mut sums: Vec<f64> = (0..=now)
            .map(|published| {
                let (from, to) = (self.hour_starts[published], self.hour_starts[published + 1]);
                if to > from {
                    sum += self.popularity_sums[to - 1] * self.decay[now - published];
                }
                sum
            })
            .collect();
        if sum == 0.0 {
            // Tiny worlds may have nothing out yet: draw from all there ever is.
            sums = (0..self.hour_starts.len() - 1).map(|published| self.hour_starts[published + 1] as f64).collect();
        }
        Attention { world: self, sums }
    }

    /// An account by activity: rank^-1/2, so that the busiest of a million has about 5,000 likes.
    pub(super) fn draw_account(&self, random: &mut Random) -> u64 {
        let unit = random.unit();
        ((self.accounts as f64 * unit * unit) as u64).min(self.accounts - 1)
    }

    /// `count` endorsements of accounts that mean them.
    pub(super) fn organic(&self, hour: usize, count: u64, rows: &mut Vec<Row>) {
        let mut random = self.stream(Purpose::Organic, hour as u64);
        let attention = self.attention(hour);
        for _ in 0..count {
            let account = self.draw_account(&mut random);
            rows.push(Row {
                ts: self.hour_start_seconds(hour) + random.below(HOUR_SECONDS as u64) as i64,
                actor: self.actor_name(account),
                target: self.target_name(attention.draw(&mut random)),
            });
        }
    }
}

/// The chances of all targets in one hour: popularity times decay.
pub(super) struct Attention<'a> {
    world: &'a World,
    sums: Vec<f64>,
}

impl Attention<'_> {
    pub(super) fn draw(&self, random: &mut Random) -> u32 {
        let whole = self.sums.last().copied().unwrap_or(1.0);
        let point = random.unit() * whole;
        let published = self.sums.partition_point(|&sum| sum <= point).min(self.sums.len() - 1);
        let (from, to) = (self.world.hour_starts[published], self.world.hour_starts[published + 1]);
        if from == to {
            // Only rounding at the upper end leads to an empty hour.
            return self.world.by_hour[from.min(self.world.by_hour.len() - 1)];
        }
        let sums = &self.world.popularity_sums[from..to];
        let point = random.unit() * sums[sums.len() - 1];
        let place = sums.partition_point(|&sum| sum <= point).min(sums.len() - 1);
        self.world.by_hour[from + place]
    }
}
