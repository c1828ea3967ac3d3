//! Where people connect from: homes, offices, campuses, carriers, VPNs, data centres; and on what.
//!
//! First octets tell kinds of networks apart, as routing tables do in life: 24 to 99 homes, 101 to
//! 120 carriers, 129 to 160 data centres (VPNs of honest people too), 193 to 220 offices and campuses.

use super::people::{API, Person, VPN};
use super::{DAY, HOUR, World};
use crate::random::{Random, mix};
use crate::scenario::Scenario;

/// Providers of each zone.
const PROVIDERS: u64 = 12;
const CARRIERS: u64 = 3;
/// Different user agents of phones and desktops; one more stands for third-party clients.
pub(crate) const AGENTS: u16 = 56;

/// Address, device and agent of a session.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) ip: u32,
    /// 0 is not reported.
    pub(crate) device: u64,
    pub(crate) agent: u16,
}

/// What a service connects from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Infrastructure {
    /// Home addresses of a proxy network, else a few of a data centre.
    pub(crate) rotating: bool,
    /// Accounts that share one emulated device; 1 is a device each.
    pub(crate) accounts_per_device: u32,
}

/// The map of networks.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    key: u64,
    homes: u64,
    gateways: u64,
    exits: u64,
}

impl Places {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let network = &scenario.life.network;
        let users = f64::from(scenario.users);
        let zones = scenario.life.zones.len() as f64;
        Self {
            key: mix(seed ^ super::Purpose::Address as u64),
            homes: (users / network.people_per_home).max(1.0) as u64,
            gateways: (users / zones / CARRIERS as f64 / network.people_per_carrier_address).ceil().max(1.0) as u64,
            exits: (users * network.vpn_share / 25.0).ceil().max(1.0) as u64,
        }
    }

    fn hash(&self, kind: u64, number: u64) -> u64 {
        mix(self.key ^ mix(kind).wrapping_add(mix(number ^ 0x5bd1_e995)))
    }

    /// Twenty bits of a provider's range.
    fn residential(&self, zone: u64, provider: u64, host: u64) -> u32 {
        let range = self.hash(1, zone * PROVIDERS + provider);
        let first = 24 + range % 76;
        ((first << 24) | ((range >> 32 & 0xf) << 20) | (host & 0xf_ffff)) as u32
    }

    fn home(&self, zone: u64, home: u64, at: i64, mean_days: f64) -> u32 {
        let mut lease = Random::stream(self.key, 2, home);
        let period = lease.exponential(mean_days).max(0.5) * DAY as f64;
        let number = ((at as f64 + lease.unit() * period) / period).floor() as i64;
        let provider = lease.below(PROVIDERS);
        self.residential(zone, provider, self.hash(3, home ^ mix(number as u64)))
    }

    fn mobile(&self, zone: u64, account: u64, at: i64, random: &mut Random) -> u32 {
        let carrier = self.hash(4, account) % CARRIERS;
        let range = self.hash(5, zone * CARRIERS + carrier);
        let base = ((101 + range % 20) << 24) | ((range >> 32 & 0xf) << 20);
        // Half of the people share addresses; the other half gets one of its own each time.
        let host = if self.hash(6, account) & 1 == 0 {
            let gateway = self.hash(7, account ^ mix(at.div_euclid(3 * HOUR) as u64)) % self.gateways;
            self.hash(16, gateway ^ mix(range)) & 0xf_ffff
        } else {
            random.below(0x10_0000)
        };
        (base | host) as u32
    }

    /// One gateway of a carrier, with an address that stays.
    fn carrier(&self, zone: u64, number: u64) -> u32 {
        let range = self.hash(5, zone * CARRIERS + number % CARRIERS);
        let base = ((101 + range % 20) << 24) | ((range >> 32 & 0xf) << 20);
        (base | self.hash(19, number) & 0xf_ffff) as u32
    }

    fn institution(&self, kind: u64, number: u64, addresses: u64, random: &mut Random) -> u32 {
        let range = self.hash(kind, number);
        let base = ((193 + range % 28) << 24) | ((range >> 32 & 0xffff) << 8);
        (base + (range >> 16) % (256 - addresses) + random.below(addresses)) as u32
    }

    /// Some of a block of 256; where in it they begin differs.
    fn data_centre(&self, kind: u64, number: u64, host: u64) -> u32 {
        let range = self.hash(kind, number);
        let host = (range >> 16).wrapping_add(host) & 0xff;
        (((129 + range % 32) << 24) | ((range >> 32 & 0xffff) << 8) | host) as u32
    }

    /// What an agent's number stands for.
    pub(crate) fn agent(number: u16) -> String {
        if number >= AGENTS {
            return "ReaderKit/2.4 (third-party client)".into();
        }
        let (system, version) = (number % 4, number / 4);
        match system {
            0 => format!("App/{}.{} (Android {}; Mobile)", 7 + version % 3, version % 10, 11 + version % 5),
            1 => format!("App/{}.{} (iPhone; iOS {})", 7 + version % 3, version % 10, 15 + version % 4),
            2 => format!("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/{}.0", 118 + version),
            _ => format!("Mozilla/5.0 (Macintosh) Safari/{}.{}", 16 + version % 3, version % 7),
        }
    }

    /// A device keeps its agent; some agents are far more common than others.
    fn place(&self, ip: u32, device: u64) -> Place {
        let share = (mix(device ^ 0xa9e4) >> 11) as f64 / 9_007_199_254_740_992.0;
        Place { ip, device, agent: ((share * share * f64::from(AGENTS)) as u16).min(AGENTS - 1) }
    }
}

impl World {
    /// Where an account connects from for a session.
    pub(crate) fn place(&self, account: u32, at: i64, random: &mut Random) -> Place {
        let person = &self.people[account as usize];
        if person.operated() {
            return self.service_place(person.ring, account, at, random);
        }
        let ip = self.address(account, person, at, random);
        let device = self.device(account, person, at, random);
        let mut place = self.places.place(ip, device);
        if person.is(API) {
            place.agent = AGENTS;
        }
        place
    }

    fn address(&self, account: u32, person: &Person, at: i64, random: &mut Random) -> u32 {
        let (places, network) = (&self.places, &self.scenario.life.network);
        if person.is(VPN) && random.chance(0.7) {
            return places.data_centre(8, random.below(places.exits), 0);
        }
        if person.campus > 0 && random.chance(0.6) {
            return places.institution(9, person.campus.into(), 3, random);
        }
        let (day, minute) = self.rhythm.local(person.clock_minutes, at);
        let working = day < 5 && (9 * 60..18 * 60).contains(&minute);
        if person.office > 0 && working && random.chance(0.7) {
            return places.institution(10, person.office.into(), 1, random);
        }
        if person.carrier > 0 && random.chance(0.8) {
            return places.carrier(person.zone.into(), person.carrier.into());
        }
        if random.chance(network.mobile_share) {
            return places.mobile(person.zone.into(), account.into(), at, random);
        }
        places.home(person.zone.into(), person.home.into(), at, network.home_address_days)
    }

    fn device(&self, account: u32, person: &Person, at: i64, random: &mut Random) -> u64 {
        let places = &self.places;
        if person.family_device > 0 && random.chance(0.8) {
            return places.hash(11, person.family_device.into());
        }
        let network = &self.scenario.life.network;
        let sharing = (places.hash(17, person.home.into()) >> 11) as f64 / 9_007_199_254_740_992.0;
        if sharing < network.sharing_homes_share
            && random.chance(network.shared_device_share / network.sharing_homes_share)
        {
            return places.hash(12, person.home.into());
        }
        let other = if person.devices > 1 && random.chance(0.3) { random.below(person.devices.into()) } else { 0 };
        let generation = u64::from(other == 0 && at >= person.phone_changed);
        places.hash(13, u64::from(account) << 4 | other << 1 | generation)
    }

    /// How much a device's clock is ahead, milliseconds.
    pub(crate) fn skew_ms(&self, device: u64) -> i32 {
        let dirt = &self.scenario.dirt;
        let mut random = Random::stream(self.places.key, 18, device);
        if !random.chance(dirt.skewed_clients_share) {
            return 0;
        }
        let most = dirt.skew_seconds_max;
        ((random.normal() * dirt.skew_seconds).clamp(-most, most) * 1000.0) as i32
    }

    /// Where a service connects from, for an account of its own or one that it has a token of.
    pub(crate) fn service_place(&self, ring: u16, account: u32, at: i64, random: &mut Random) -> Place {
        let places = &self.places;
        let service = self.rings[usize::from(ring) - 1].infrastructure;
        let zone = u64::from(self.people[account as usize].zone);
        let ip = if !service.rotating {
            places.data_centre(14, ring.into(), mix(account.into()) % 24)
        } else if random.chance(0.35) {
            // The way out is somebody's home, in the country that the account claims to be in.
            places.home(zone, random.below(places.homes), at, self.scenario.life.network.home_address_days)
        } else {
            places.residential(zone, random.below(PROVIDERS), random.word())
        };
        let device = places.hash(15, u64::from(ring) << 32 | u64::from(account / service.accounts_per_device.max(1)));
        places.place(ip, device)
    }
}
