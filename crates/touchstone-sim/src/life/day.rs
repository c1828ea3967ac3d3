//! When somebody comes, and for how long.

use crate::world::people::API;
use crate::world::{DAY, Purpose, World};

/// A planned session of one's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    /// Seconds from the start of the log.
    pub(crate) at: i64,
    /// Contents to open.
    pub(crate) views: u32,
}

/// The sessions that an account begins on a day of the log; the same whoever asks.
pub(crate) fn plan(world: &World, account: u32, day: i64, into: &mut Vec<Planned>) {
    into.clear();
    let person = &world.people[account as usize];
    let from = day * DAY;
    if person.active <= 0.0 || person.joined >= from + DAY || person.left <= from {
        return;
    }
    let mut random = world.stream(Purpose::Day, u64::from(account) << 12 | day as u64);
    // People come in spells: a few busy days, then a few without.
    let spell = (day as u64 + u64::from(account % 4)) / 4;
    let mut spell = world.stream(Purpose::Spell, u64::from(account) << 12 | spell);
    let mood = if spell.chance(0.5) { 1.75 } else { 0.25 };
    if !random.chance((f64::from(person.active) * mood).min(0.98)) {
        return;
    }
    // A third of the variance of a user-day's views lies between the days of a person.
    let sigma = world.scenario.life.views_sigma * (1.0_f64 / 3.0).sqrt();
    let views = random.log_normal(f64::from(person.views), sigma).clamp(1.0, 3000.0);
    let views = random.round(views).max(1) as u32;
    let more = (f64::from(views) / world.scenario.life.views_per_sitting - 1.0).max(0.0);
    let sittings = 1 + random.poisson(more).min(23).min(views - 1);
    let mut left = views;
    for sitting in 0..sittings {
        let rest = sittings - sitting;
        let share = if rest == 1 { left } else { (random.unit() * 2.0 * f64::from(left) / f64::from(rest)) as u32 };
        let share = share.clamp(1, left - (rest - 1));
        left -= share;
        let at = if person.is(API) {
            from + random.below(DAY as u64) as i64
        } else {
            world.rhythm.at_its_hour(from, person.clock_minutes, &mut random)
        };
        if at >= person.joined && at < person.left && at < world.end {
            into.push(Planned { at, views: share });
        }
    }
    into.sort_unstable_by_key(|planned| planned.at);
}
