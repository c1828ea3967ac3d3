//! A paid service and its accounts.

use super::{Batch, Ring, Trade, uneven};
use crate::random::Random;
use crate::scenario::{Service, Supply};
use crate::world::people::{self, API, BINGER, ENTHUSIAST, Person, Role, VPN};
use crate::world::places::Infrastructure;
use crate::world::{DAY, HOUR, World};

pub(super) fn form(world: &mut World, service: &Service, number: u16, random: &mut Random) -> Ring {
    let service = &uneven::service(service, random);
    let largest = f64::from(world.scenario.users) / 10.0;
    let size = random.log_normal(service.accounts, 0.3).clamp(10.0, largest.max(10.0)) as usize;
    let mut batches = Vec::new();
    let members = match service.supply {
        Supply::Tokens => {
            let owners = world.gather(size, random, |_, person| person.ring == 0 && person.active > 0.05);
            for &owner in &owners {
                let person = &mut world.people[owner as usize];
                (person.role, person.ring) = (Role::TokenOwner, number);
            }
            owners
        }
        Supply::Pool => (0..size).map(|_| open_account(world, service, number, None, random)).collect(),
        Supply::OneOff => {
            let mut members = Vec::with_capacity(size);
            while members.len() < size {
                let likes = random.log_normal(service.order_likes_median, service.order_likes_sigma).max(4.0) as usize;
                let from = members.len();
                let to = (from + likes).min(size);
                let at = (random.unit() * (world.end - DAY / 2) as f64) as i64;
                for _ in from..to {
                    members.push(open_account(world, service, number, Some(at), random));
                }
                batches.push(Batch { from, to, at });
            }
            members
        }
    };
    let rotating = service.evasion.rotating_addresses;
    let kind = if service.supply == Supply::Tokens { "collusion" } else { "farm" };
    let accounts_per_device = if rotating { 1 } else { random.between(6, 30) as u32 };
    Ring {
        name: service.name.clone(),
        kind,
        members,
        infrastructure: Infrastructure { rotating, accounts_per_device },
        trade: Trade::Service(service.clone(), batches),
        ledger: None,
        attacked: Vec::new(),
    }
}

/// A new account of a service; one that is made for an order is made shortly before it.
fn open_account(world: &mut World, service: &Service, number: u16, order: Option<i64>, random: &mut Random) -> u32 {
    let account = world.people.len() as u32;
    let person = people::person(&world.scenario, world.seed, &world.rhythm, account);
    let premium = random.chance(service.premium_share);
    let aged = premium || service.evasion.aged_accounts;
    let days = match order {
        Some(at) => (random.log_uniform(0.5 * HOUR as f64, 5.0 * DAY as f64) - at as f64) / DAY as f64,
        None if aged => random.uniform(180.0, 900.0),
        // Cheap accounts are opened in batches of a day.
        None => (random.below(6) * 5) as f64 + random.unit(),
    };
    let mut created = -(days * DAY as f64) as i64;
    if order.is_none() {
        created = world.rhythm.at_its_hour(created, person.clock_minutes, random).min(-60);
    }
    // Four in ten cheap ones never act elsewhere (FACTS 6); the others a little.
    let lives = order.is_none() && (aged || !random.chance(0.4));
    let active = match () {
        () if !lives => 0.0,
        () if aged => random.uniform(0.05, 0.35),
        () => random.uniform(0.01, 0.06),
    };
    world.people.push(Person {
        active: active as f32,
        views: person.views * 0.8,
        likes: (f64::from(person.likes).clamp(0.1, 3.0)) as f32,
        posts: if aged { (f64::from(person.posts) * 0.4) as f32 } else { 0.0 },
        fame: person.fame * 0.3,
        created,
        joined: if order.is_some() { created } else { i64::MIN / 4 },
        left: i64::MAX,
        flags: person.flags & !(ENTHUSIAST | BINGER | API | VPN),
        role: Role::Operated,
        ring: number,
        ..person
    });
    account
}
