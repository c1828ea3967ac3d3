//! Who lives here.

use rayon::prelude::*;

use super::{DAY, Purpose};
use crate::life::rhythm::Rhythm;
use crate::random::Random;
use crate::scenario::Scenario;

/// What an account is, for the truth files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A person who means every like.
    Person,
    /// A person who is in an exchange group or pod as well.
    Member,
    /// A person whose access token is used by a service.
    TokenOwner,
    /// An account of a service.
    Operated,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Person => "person",
            Role::Member => "member",
            Role::TokenOwner => "token_owner",
            Role::Operated => "operated",
        }
    }
}

/// Likes nearly all that it watches.
pub(crate) const ENTHUSIAST: u16 = 1;
/// Reads one author's old contents in a row.
pub(crate) const BINGER: u16 = 2;
/// A client that reports no views and keeps no hours.
pub(crate) const API: u16 = 4;
/// Sees little but one community.
pub(crate) const CLOSED: u16 = 8;
/// Uses a commercial VPN.
pub(crate) const VPN: u16 = 16;

/// An account and how it lives. Rates are relative to the scenario's means.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Chance of being active on a day.
    pub(crate) active: f32,
    /// Views of an active day, median.
    pub(crate) views: f32,
    /// Factor on the chance to like.
    pub(crate) likes: f32,
    /// Posts a day.
    pub(crate) posts: f32,
    /// Factor on the appeal of its posts.
    pub(crate) fame: f32,
    /// Minutes that its clock is ahead of UTC, its own habit included.
    pub(crate) clock_minutes: i16,
    pub(crate) zone: u8,
    pub(crate) topics: [u16; 3],
    /// Seconds from the start of the log.
    pub(crate) created: i64,
    pub(crate) joined: i64,
    pub(crate) left: i64,
    pub(crate) home: u32,
    /// 0 is none.
    pub(crate) office: u32,
    /// 0 is none.
    pub(crate) campus: u32,
    /// The gateway of a carrier that it is always behind on mobile data; 0 is none.
    pub(crate) carrier: u32,
    pub(crate) devices: u8,
    /// A device shared with the family; 0 is none.
    pub(crate) family_device: u32,
    pub(crate) phone_changed: i64,
    pub(crate) flags: u16,
    /// Share of its views that its client loses.
    pub(crate) lost_views: f32,
    /// Share of its views that come from the front page, whatever the scenario's mix.
    pub(crate) front_page: f32,
    pub(crate) role: Role,
    /// The ring that operates it or that it is a member of; 0 is none.
    pub(crate) ring: u16,
}

impl Person {
    pub(crate) fn is(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Whether a service decides where it connects from.
    pub(crate) fn operated(&self) -> bool {
        self.role == Role::Operated
    }
}

/// The number of topics of a world.
pub(crate) fn topics(scenario: &Scenario) -> usize {
    ((f64::from(scenario.users) / scenario.life.people_per_topic).round() as usize).clamp(8, 2000)
}

/// A topic by Zipf's law: the r-th has weight r^-0.7.
fn topic(count: usize, random: &mut Random) -> u16 {
    // The inverse of the integral of r^-0.7.
    let place = (count as f64) * random.unit().powf(1.0 / 0.3);
    (place as usize).min(count - 1) as u16
}

pub(crate) fn draw(scenario: &Scenario, seed: u64) -> Vec<Person> {
    let rhythm = Rhythm::new(scenario);
    (0..scenario.users).into_par_iter().map(|account| person(scenario, seed, &rhythm, account)).collect()
}

/// A person drawn from the scenario's distributions, `account` naming the draw.
pub(crate) fn person(scenario: &Scenario, seed: u64, rhythm: &Rhythm, account: u32) -> Person {
    let random = &mut Random::stream(seed, Purpose::Person as u64, account.into());
    let life = &scenario.life;
    let end = i64::from(scenario.days) * DAY;
    let months = f64::from(scenario.days) / 28.0;

    let zones: f64 = life.zones.iter().map(|zone| zone.share).sum();
    let mut point = random.unit() * zones;
    let zone = life.zones.iter().position(|zone| {
        point -= zone.share;
        point < 0.0
    });
    let zone = zone.unwrap_or(life.zones.len() - 1);
    let clock_minutes = (life.zones[zone].hours * 60.0 + life.phase_sd_hours * 60.0 * random.normal()).round() as i16;

    // u^(1/m - 1) has mean m: most people come rarely, some every day.
    let active = random.unit().powf(1.0 / life.active_days_share.max(1e-6) - 1.0);
    // Two thirds of the variance lies between people, one third between their days.
    let views = random.log_normal(life.views_per_active_day_median, life.views_sigma * (2.0_f64 / 3.0).sqrt());
    let likes = random.spread(life.like_sigma);
    let posts = life.posts_per_day * random.spread(life.posts_sigma);
    // Those who publish more are a little better known.
    let fame = random.spread(0.9) * (posts / life.posts_per_day).max(0.01).powf(0.25);

    let count = topics(scenario);
    let topics = [topic(count, random), topic(count, random), topic(count, random)];
    let mut flags = 0;
    for (flag, share) in [
        (ENTHUSIAST, life.enthusiasts_share),
        (BINGER, life.bingers_share),
        (CLOSED, life.closed_share),
        (VPN, life.network.vpn_share),
    ] {
        flags |= if random.chance(share) { flag } else { 0 };
    }

    let newcomer = random.chance((life.newcomers_share * months).min(1.0));
    let joined = if newcomer { (random.unit() * end as f64) as i64 } else { i64::MIN / 4 };
    // People came before the log as they come within it: the first second of the log must not tell who is new.
    let mean_age_days = (28.0 / life.newcomers_share.max(1e-9)).min(1500.0);
    let created = if newcomer { joined } else { -(random.exponential(mean_age_days) * DAY as f64) as i64 - 60 };
    let created = rhythm.at_its_hour(created, clock_minutes, random);
    let joined = if newcomer { created } else { joined };
    let leaves = random.chance((life.leavers_share * months).min(1.0));
    let left = if leaves { joined.max(0) + (random.unit() * (end - joined.max(0)) as f64) as i64 } else { i64::MAX };

    let network = &life.network;
    let homes = (f64::from(scenario.users) / network.people_per_home).max(1.0) as u64;
    let offices = (f64::from(scenario.users) * network.office_share / network.people_per_office).max(1.0) as u64;
    let campuses = (f64::from(scenario.users) * network.campus_share / 800.0).ceil().max(1.0) as u64;
    let home = random.below(homes) as u32;
    // Squaring makes some offices several times as large as others.
    let office = (offices as f64 * random.unit().powi(2)) as u32 + 1;
    let office = if random.chance(network.office_share) { office } else { 0 };
    let campus = if random.chance(network.campus_share) { random.below(campuses) as u32 + 1 } else { 0 };
    let changed = random.chance((network.changed_phones_share * months).min(1.0));
    let phone_changed = if changed { (random.unit() * end as f64) as i64 } else { i64::MAX };
    let devices = 1 + random.round(network.devices_per_person - 1.0).min(3) as u8;
    let lossy = random.chance(network.lossy_clients_share);

    Person {
        active: active as f32,
        views: views as f32,
        likes: likes as f32,
        posts: posts as f32,
        fame: fame as f32,
        clock_minutes,
        zone: zone as u8,
        topics,
        created,
        joined,
        left,
        home,
        office,
        campus,
        carrier: 0,
        devices,
        family_device: 0,
        phone_changed,
        flags,
        lost_views: if lossy { 0.5 } else { network.lost_views_share as f32 },
        front_page: 0.0,
        role: Role::Person,
        ring: 0,
    }
}
