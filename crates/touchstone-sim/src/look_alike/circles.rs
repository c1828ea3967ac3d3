//! People who know each other, or show one address or device: courtesy circles, families, neighbours, customers of a carrier or a library.

use super::crowds::recent;
use super::{Group, Kind};
use crate::life::errand::{Act, Errand, Watch};
use crate::life::row::Cause;
use crate::random::Random;
use crate::world::{DAY, HOUR, World};

/// Offices, campuses and devices of groups have numbers that no drawn one has.
const OWN: u32 = 1 << 24;

pub(super) fn form(world: &mut World, kind: Kind, number: u32, random: &mut Random) -> Vec<u32> {
    let largest = world.scenario.users as usize / 10;
    let size = match kind {
        Kind::Courtesy => random.log_normal(9.0, 0.5).clamp(5.0, 30.0),
        Kind::Family => 2.0 + f64::from(random.poisson(1.1).min(4)),
        Kind::Carrier => random.log_normal(300.0, 0.6).clamp(100.0, 1000.0),
        Kind::Kiosk => random.log_normal(45.0, 0.6).clamp(15.0, 120.0),
        _ => random.log_normal(110.0, 0.7).clamp(40.0, 400.0),
    };
    let anchor = world.anybody(random);
    let zone = world.people[anchor as usize].zone;
    let members = world.gather((size as usize).min(largest), random, |_, person| person.zone == zone);
    let home = world.people[anchor as usize].home;
    let colleagues = kind == Kind::Courtesy && random.chance(0.4);
    let machines = if kind == Kind::Kiosk { random.between(1, 5) } else { 0 };
    for (place, &member) in members.iter().enumerate() {
        let person = &mut world.people[member as usize];
        match kind {
            Kind::Courtesy => {
                if colleagues {
                    person.office = OWN + number;
                }
                // A circle lives of what its members post.
                person.posts = person.posts.max(random.uniform(0.02, 0.09) as f32);
                person.active = person.active.max(random.uniform(0.1, 0.5) as f32);
            }
            Kind::Family => {
                (person.home, person.family_device) = (home, OWN + number);
                person.posts = person.posts.max(random.uniform(0.02, 0.15) as f32);
            }
            Kind::Carrier => person.carrier = OWN + number,
            Kind::Kiosk => {
                person.family_device = 2 * OWN + 8 * number + (place as i64 % machines) as u32;
                person.lost_views = 1.0;
            }
            _ => person.campus = OWN + number,
        }
    }
    members
}

pub(super) fn plan(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    match group.kind {
        Kind::Courtesy => courtesy(world, group, random),
        Kind::Kiosk => picks(world, group, random),
        _ => {
            let (chance, cause, delay) = match group.kind {
                Kind::Family => (0.6, Cause::Family, HOUR as f64),
                Kind::Carrier => (0.004, Cause::Neighbour, 6.0 * HOUR as f64),
                _ => (0.015, Cause::Neighbour, 6.0 * HOUR as f64),
            };
            let mut errands = Vec::new();
            for &author in &group.members {
                for target in world.catalogue.new_of(author) {
                    let published = world.catalogue.get(target).published;
                    for &member in group.members.iter().filter(|&&member| member != author) {
                        if random.chance((chance * group.strength).min(0.95)) {
                            let at = published + random.log_normal(delay, 1.2) as i64;
                            let at = world.rhythm.settle(&world.people[member as usize], at, random);
                            errands.extend(Errand::honest(member, at, target, Act::Like, Watch::Keen, cause));
                        }
                    }
                }
            }
            errands
        }
    }
}

/// What the house's machines show first: everybody sees it, and likes of it what he likes.
fn picks(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let keen: Vec<f64> = group.members.iter().map(|_| (0.12 * random.spread(0.7) * group.strength).min(0.9)).collect();
    let mut errands = Vec::new();
    for week in (0..i64::from(world.scenario.days)).step_by(7) {
        let topics = world.catalogue.topics.len() as u64;
        let shown = recent(world, week * DAY, 7 * DAY, random, |random| Some(random.below(topics) as usize));
        for target in shown.into_iter().take(5) {
            for (&member, &keen) in group.members.iter().zip(&keen) {
                if random.chance(keen) {
                    let at = week * DAY + random.below(7 * DAY as u64) as i64;
                    let at = world.rhythm.settle(&world.people[member as usize], at, random);
                    errands.extend(Errand::honest(member, at, target, Act::Like, Watch::Usual, Cause::Neighbour));
                }
            }
        }
    }
    errands
}

/// Close friends like anyway, acquaintances mirror; now and then somebody asks for it.
fn courtesy(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let size = group.members.len();
    let mut posts: Vec<(i64, u32, usize)> = group
        .members
        .iter()
        .enumerate()
        .flat_map(|(author, &account)| {
            world.catalogue.new_of(account).map(move |target| (world.catalogue.get(target).published, target, author))
        })
        .collect();
    posts.sort_unstable();
    // close[a][b]: a is a close friend of b. Closeness need not be mutual, but mostly is.
    let mut close = vec![false; size * size];
    let mut owes = vec![false; size * size];
    for one in 0..size {
        for other in one + 1..size {
            let friends = random.chance(0.4);
            close[one * size + other] = friends != random.chance(0.1);
            close[other * size + one] = friends != random.chance(0.1);
        }
    }
    let mut errands = Vec::new();
    for (published, target, author) in posts {
        let flash = random.chance(0.08 * group.strength).then(|| random.uniform(0.3, 0.7) * group.strength);
        for reader in (0..size).filter(|&reader| reader != author) {
            let dyad = reader * size + author;
            let mirrored = if owes[dyad] { 3.0 } else { 1.0 };
            let kind = if close[dyad] { 0.35 } else { 0.12 * mirrored };
            let chance = flash.unwrap_or(kind * group.strength);
            if !random.chance(chance.min(0.95)) {
                continue;
            }
            owes[author * size + reader] = true;
            owes[dyad] = false;
            let account = group.members[reader];
            let person = &world.people[account as usize];
            let (delay, cause) = match flash {
                Some(_) => (random.uniform(60.0, 3000.0), Cause::Flash),
                None => (random.log_uniform(180.0, DAY as f64), Cause::Courtesy),
            };
            let at = published + delay as i64;
            // Whoever sleeps through a call for likes is late.
            let at = world.rhythm.settle(person, at, random);
            errands.extend(Errand::honest(account, at, target, Act::Like, Watch::Brief, cause));
            if random.chance(0.12) {
                errands.extend(Errand::honest(account, at + 20, target, Act::Comment, Watch::Nothing, cause));
            }
        }
    }
    errands
}
