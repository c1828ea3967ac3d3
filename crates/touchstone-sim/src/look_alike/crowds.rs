//! People whom one thing brings together: an author, a newsletter, a teacher, a list, a launch, an alert, a firm.

use super::{Group, Kind};
use crate::life::errand::{Act, Errand, Watch};
use crate::life::row::Cause;
use crate::random::Random;
use crate::world::{DAY, HOUR, World};

/// Campuses and offices of groups have numbers that no drawn one has.
const OWN: u32 = 1 << 25;

pub(super) fn form(world: &mut World, kind: Kind, number: u32, random: &mut Random) -> (Vec<u32>, Vec<u32>, i64) {
    let largest = world.scenario.users as f64 / 10.0;
    let (median, sigma, low, high) = match kind {
        Kind::FanClub => (70.0, 0.7, 20.0, 300.0),
        Kind::Roundup => (90.0, 0.5, 30.0, 250.0),
        Kind::Digest => (150.0, 0.6, 50.0, 500.0),
        Kind::Class => (45.0, 0.5, 20.0, 120.0),
        Kind::StarterPack => (80.0, 0.5, 30.0, 300.0),
        Kind::News => (400.0, 0.7, 100.0, 2000.0),
        Kind::Office => (60.0, 0.6, 20.0, 200.0),
        _ => (220.0, 0.6, 80.0, 1500.0),
    };
    let size = random.log_normal(median, sigma).clamp(low, high).min(largest) as usize;
    let at = (random.unit() * (world.end - DAY).max(1) as f64) as i64;
    let hub = world.anybody(random);
    let (zone, topic, clock) = {
        let hub = &world.people[hub as usize];
        (hub.zone, hub.topics[0], hub.clock_minutes)
    };
    let at = world.rhythm.at_its_hour(at, clock, random);
    let members = match kind {
        // Half of a crowd shares the taste, as far as there are enough of them.
        Kind::FanClub | Kind::Launch => {
            let mut members =
                world.gather(size / 2, random, |account, person| account != hub && person.topics.contains(&topic));
            let others = world.gather(size - members.len(), random, |account, _| account != hub);
            members.extend(others);
            members.sort_unstable();
            members.dedup();
            members
        }
        Kind::Class | Kind::Office => {
            world.gather(size, random, |account, person| account != hub && person.zone == zone)
        }
        Kind::StarterPack => world.gather(size, random, |_, person| person.joined > 0),
        _ => world.gather(size, random, |_, person| person.active > 0.1),
    };
    let mut hubs = vec![hub];
    let author = &mut world.people[hub as usize];
    author.left = i64::MAX;
    author.joined = author.joined.min(0);
    match kind {
        Kind::FanClub => {
            author.posts = author.posts.max(random.uniform(0.3, 1.2) as f32);
            author.fame = author.fame.max(1.0) * 3.0;
        }
        Kind::Office => author.posts = author.posts.max(random.uniform(0.2, 0.6) as f32),
        Kind::Class | Kind::Launch => author.posts = author.posts.max(0.15),
        // One to four readers an author, who is a reader, too.
        Kind::Roundup => {
            let authors = (members.len() as f64 / random.uniform(2.0, 5.0)) as usize;
            hubs = members.iter().copied().take(authors.clamp(12, 60)).collect();
        }
        Kind::StarterPack => hubs = (0..random.between(10, 25)).map(|_| world.anybody(random)).collect(),
        _ => {}
    }
    for &member in &members {
        let fresh = random.chance(0.35);
        let person = &mut world.people[member as usize];
        match kind {
            Kind::Roundup if hubs.contains(&member) => person.posts = person.posts.max(random.uniform(0.1, 0.4) as f32),
            Kind::Class => {
                person.campus = OWN + number;
                person.clock_minutes = clock;
            }
            Kind::Office => {
                person.office = OWN + number;
                person.active = person.active.max(random.uniform(0.1, 0.5) as f32);
            }
            Kind::Launch if fresh => {
                person.created = at + random.exponential(3.0 * HOUR as f64) as i64 - 600;
                (person.joined, person.left) = (person.created, i64::MAX);
            }
            _ => {}
        }
    }
    (members, hubs, at)
}

pub(super) fn plan(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    match group.kind {
        Kind::FanClub => fans(world, group, random),
        Kind::Digest => digest(world, group, random),
        Kind::Roundup => roundup(world, group, random),
        Kind::Class => class(world, group, random),
        Kind::StarterPack => starter_pack(world, group, random),
        Kind::News => news(world, group, random),
        Kind::Office => office(world, group, random),
        _ => launch(world, group, random),
    }
}

/// Fans differ: some like all, some look and leave.
fn fans(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let eager: Vec<f64> = group.members.iter().map(|_| (random.uniform(0.2, 0.9) * group.strength).min(0.97)).collect();
    let mut errands = Vec::new();
    for &hub in &group.hubs {
        for target in world.catalogue.new_of(hub) {
            let published = world.catalogue.get(target).published;
            for (&member, &eager) in group.members.iter().zip(&eager) {
                let likes = random.chance(eager);
                if !likes && !random.chance(0.3) {
                    continue;
                }
                let at = published + random.log_normal(2400.0, 1.3) as i64;
                let at = world.rhythm.settle(&world.people[member as usize], at, random);
                let (act, watch) = if likes { (Act::Like, Watch::Keen) } else { (Act::View, Watch::Usual) };
                errands.extend(Errand::honest(member, at, target, act, watch, Cause::Fan));
            }
        }
    }
    errands
}

/// Issues go out at one hour; readers open the same contents in the same order.
fn digest(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let every = if random.chance(0.6) { 1 } else { 7 };
    let hour = random.uniform(6.0, 20.0) * HOUR as f64;
    let likes: Vec<f64> = group.members.iter().map(|_| (0.18 * random.spread(0.7) * group.strength).min(0.9)).collect();
    let topics: Vec<usize> = (0..4).map(|_| random.below(world.catalogue.topics.len() as u64) as usize).collect();
    let mut errands = Vec::new();
    for day in (random.below(every) as i64..i64::from(world.scenario.days)).step_by(every as usize) {
        let sent = day * DAY + hour as i64 + random.exponential(300.0) as i64;
        let mut issue = recent(world, sent, 3 * DAY * every as i64, random, |random| random.pick(&topics).copied());
        issue.truncate(random.between(8, 20) as usize);
        errands.extend(read(world, group, &likes, sent, &issue, random));
    }
    errands
}

/// Contents of drawn topics that came out at most so long before.
pub(super) fn recent(
    world: &World,
    at: i64,
    age: i64,
    random: &mut Random,
    mut topic: impl FnMut(&mut Random) -> Option<usize>,
) -> Vec<u32> {
    let mut found = Vec::new();
    for _ in 0..200 {
        let Some(topic) = topic(random) else { break };
        let Some(&target) = random.pick(&world.catalogue.topics[topic].contents) else { continue };
        if (0..age).contains(&(at - world.catalogue.get(target).published)) && !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

/// An issue is read from the top.
fn read(world: &World, group: &Group, likes: &[f64], sent: i64, issue: &[u32], random: &mut Random) -> Vec<Errand> {
    let mut errands = Vec::new();
    for (&member, &like) in group.members.iter().zip(likes) {
        let person = &world.people[member as usize];
        if !random.chance(0.15 + 0.5 * f64::from(person.active)) {
            continue;
        }
        let mut at = sent + random.log_normal(5400.0, 1.2) as i64;
        at = world.rhythm.settle(person, at, random);
        for &target in issue {
            // Not everything is opened, and few get to the end.
            if random.chance(0.08) {
                break;
            }
            if random.chance(0.4) {
                continue;
            }
            let liked = random.chance(like);
            let (act, watch) = if liked { (Act::Like, Watch::Keen) } else { (Act::View, Watch::Usual) };
            errands.extend(Errand::honest(member, at, target, act, watch, Cause::Digest));
            at += random.log_normal(35.0, 0.8) as i64;
        }
    }
    errands
}

/// Once or twice a week what a scene's authors posted last, in an order that its editor chose; authors read it, too, and like each other's
/// work.
fn roundup(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let every = random.between(3, 7);
    let hour = random.uniform(6.0, 20.0) * HOUR as f64;
    let likes: Vec<f64> = group.members.iter().map(|_| (0.5 * random.spread(0.4) * group.strength).min(0.95)).collect();
    let mut errands = Vec::new();
    for day in (every..i64::from(world.scenario.days)).step_by(every as usize) {
        let sent = day * DAY + hour as i64;
        let latest: Vec<u32> =
            group.hubs.iter().filter_map(|&hub| world.catalogue.out(hub, sent).next_back()).collect();
        let length = random.between(10, 25) as usize;
        let latest = random.sample(&latest, length);
        errands.extend(read(world, group, &likes, sent, &latest, random));
    }
    errands
}

/// "Everybody please like the project": once or a few times, within the lesson.
fn class(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let mut errands = Vec::new();
    let Some(&teacher) = group.hubs.first() else { return errands };
    let (weekday, minute) = world.rhythm.local(world.people[teacher as usize].clock_minutes, group.at);
    // To a working day, and to an hour of lessons.
    let from = group.at - minute * 60 - weekday * DAY + random.below(5) as i64 * DAY;
    for lesson in 0..random.between(1, 4) {
        let begins = from + lesson * 7 * DAY + random.between(8, 16) * HOUR;
        let out = world.catalogue.out(teacher, begins);
        if out.is_empty() {
            continue;
        }
        let target = out.end - 1 - random.below(u64::from(out.end - out.start).min(3)) as u32;
        for &student in &group.members {
            if random.chance((0.85 * group.strength).min(0.98)) {
                let at = begins + random.uniform(240.0, 3000.0) as i64;
                errands.extend(Errand::honest(student, at, target, Act::Like, Watch::Keen, Cause::Class));
                if random.chance(0.25) {
                    errands.extend(Errand::honest(student, at + 15, target, Act::Follow, Watch::Nothing, Cause::Class));
                }
            }
        }
    }
    errands
}

/// Newcomers follow the same accounts and like what these posted last.
fn starter_pack(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let mut errands = Vec::new();
    for &member in &group.members {
        let mut at = world.people[member as usize].joined + random.log_normal(600.0, 0.8) as i64;
        for &hub in &group.hubs {
            let out = world.catalogue.out(hub, at);
            if out.is_empty() || !random.chance(0.8) {
                continue;
            }
            let target = out.end - 1 - random.below(u64::from(out.end - out.start).min(3)) as u32;
            let pack = Cause::StarterPack;
            if random.chance((0.45 * group.strength).min(0.97)) {
                errands.extend(Errand::honest(member, at, target, Act::Like, Watch::Usual, pack));
            }
            errands.extend(Errand::honest(member, at + 9, target, Act::Follow, Watch::Nothing, pack));
            at += random.log_normal(30.0, 0.7) as i64;
        }
    }
    errands
}

/// A link from outside: views rise as well as likes.
fn launch(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let mut errands = Vec::new();
    let Some(&hub) = group.hubs.first() else { return errands };
    let out = world.catalogue.out(hub, group.at);
    if out.is_empty() {
        return errands;
    }
    let target = out.end - 1;
    for &member in &group.members {
        let person = &world.people[member as usize];
        let at = group.at + random.log_normal(1.5 * HOUR as f64, 1.0) as i64;
        let at = if person.joined > at { person.joined + random.log_normal(120.0, 0.8) as i64 } else { at };
        let likes = random.chance((0.45 * group.strength).min(0.95));
        let (act, watch) = if likes { (Act::Like, Watch::Keen) } else { (Act::View, Watch::Usual) };
        errands.extend(Errand::honest(member, at, target, act, watch, Cause::Launch));
        if random.chance(0.05) {
            errands.extend(Errand::honest(member, at + 40, target, Act::Follow, Watch::Nothing, Cause::Launch));
        }
    }
    errands
}

/// An alert on an event: whoever is awake opens the same few contents in the same order, within minutes or hours.
fn news(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let mut errands = Vec::new();
    let likes: Vec<f64> = group.members.iter().map(|_| (0.12 * random.spread(0.7) * group.strength).min(0.9)).collect();
    for alert in 0..random.between(1, 3) {
        let sent = group.at + alert * random.between(3, 12) * DAY;
        let topic = random.below(world.catalogue.topics.len() as u64) as usize;
        let mut report = recent(world, sent, 2 * DAY, random, |_| Some(topic));
        report.truncate(random.between(3, 8) as usize);
        for (&member, &like) in group.members.iter().zip(&likes) {
            let mut at = sent + random.log_normal(1200.0, 1.2) as i64;
            if !random.chance(0.6 * world.rhythm.awake(&world.people[member as usize], at)) {
                continue;
            }
            for &target in &report {
                if random.chance(0.2) {
                    break;
                }
                let liked = random.chance(like);
                let (act, watch) = if liked { (Act::Like, Watch::Keen) } else { (Act::View, Watch::Usual) };
                errands.extend(Errand::honest(member, at, target, act, watch, Cause::News));
                at += random.log_normal(40.0, 0.8) as i64;
            }
        }
    }
    errands
}

/// "Please like our announcement": at work, by those who care to.
fn office(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let mut errands = Vec::new();
    let Some(&firm) = group.hubs.first() else { return errands };
    let loyal: Vec<f64> =
        group.members.iter().map(|_| (random.uniform(0.02, 0.5) * group.strength).min(0.95)).collect();
    for target in world.catalogue.new_of(firm) {
        let published = world.catalogue.get(target).published;
        for (&member, &loyal) in group.members.iter().zip(&loyal) {
            if !random.chance(loyal) {
                continue;
            }
            let mut at = published + random.log_normal(2.0 * HOUR as f64, 1.1) as i64;
            let (day, minute) = world.rhythm.local(world.people[member as usize].clock_minutes, at);
            // Who is not at work reads of it when he is.
            if day >= 5 || minute >= 18 * 60 {
                let days = if day >= 4 { 7 - day } else { 1 };
                at += (days * 24 * 60 - minute + 9 * 60) * 60 + random.below(7200) as i64;
            } else if minute < 9 * 60 {
                at += (9 * 60 - minute) * 60 + random.below(7200) as i64;
            }
            errands.extend(Errand::honest(member, at, target, Act::Like, Watch::Brief, Cause::Office));
        }
    }
    errands
}
