//! Large groups of people who mean it: a loose circle in which one likes back, a community that sees only itself.

use std::collections::BTreeSet;

use super::{Group, Kind};
use crate::life::errand::{Act, Errand, Watch};
use crate::life::row::Cause;
use crate::random::{Random, mix};
use crate::world::people::CLOSED;
use crate::world::{DAY, World};

/// Chance to like what one comes across in the circle. Assumed; the strength scales it.
const POLITE: f64 = 0.04;
/// Fellows whom a member follows, of all.
const FOLLOWED: usize = 25;

pub(super) fn form(
    world: &mut World,
    kind: Kind,
    number: usize,
    strength: f64,
    random: &mut Random,
) -> (Vec<u32>, Vec<u32>, i64) {
    let largest = world.scenario.users as usize / 10;
    let (median, least) = if kind == Kind::LargeCircle { (300.0, 100.0) } else { (400.0, 150.0) };
    let size = (random.log_normal(median, 0.6).clamp(least, 1500.0) as usize).min(largest);
    let zone = world.people[world.anybody(random) as usize].zone;
    let members = world.gather(size, random, |_, person| kind == Kind::Community || person.zone == zone);
    // The rarest topics, so that a community is most of its own.
    let topics = crate::world::people::topics(&world.scenario);
    let topic = (topics - 1 - number % topics) as u16;
    for &member in &members {
        let person = &mut world.people[member as usize];
        person.posts = person.posts.max(random.uniform(0.01, 0.06) as f32);
        person.active = person.active.max(random.uniform(0.1, 0.5) as f32);
        if kind == Kind::Community {
            person.topics = [topic; 3];
            person.flags |= CLOSED;
            person.likes *= 1.0 + strength as f32;
        }
    }
    // What a circle shows each other is shown on one evening of the week, or on none.
    let showcase = if random.chance(0.6) { random.below(7) as i64 * DAY + 18 * 3600 } else { i64::MAX };
    (members, Vec::new(), showcase)
}

/// Everybody follows some of the others.
pub(super) fn ties(group: &Group) -> Vec<(u32, u32)> {
    let size = group.members.len();
    let mut ties = Vec::with_capacity(size * FOLLOWED);
    for &one in &group.members {
        let mut random = Random::stream(u64::from(one), group.at as u64, size as u64);
        ties.extend((0..FOLLOWED).filter_map(|_| random.pick(&group.members)).map(|&other| (one, other)));
    }
    ties
}

/// Politeness among many: a few likes of a few members for each post, more often whoever liked before.
pub(super) fn plan(world: &World, group: &Group, random: &mut Random) -> Vec<Errand> {
    let members = &group.members;
    let polite: Vec<f64> = members.iter().map(|_| POLITE * random.spread(0.8) * group.strength).collect();
    let mut posts: Vec<(i64, u32, usize)> = Vec::new();
    for (author, &account) in members.iter().enumerate() {
        posts.extend(
            world.catalogue.new_of(account).map(|target| (world.catalogue.get(target).published, target, author)),
        );
    }
    posts.sort_unstable();
    let mut errands = Vec::new();
    // (reader, author) who has been liked by the author since.
    let mut owes: BTreeSet<(usize, usize)> = BTreeSet::new();
    for &(published, target, author) in &posts {
        for (reader, &account) in members.iter().enumerate() {
            let factor = if owes.contains(&(reader, author)) { 3.0 } else { 1.0 };
            if reader == author || !random.chance((polite[reader] * factor).min(0.9)) {
                continue;
            }
            owes.remove(&(reader, author));
            owes.insert((author, reader));
            let at = published + random.log_uniform(600.0, 3.0 * DAY as f64) as i64;
            let at = world.rhythm.settle(&world.people[account as usize], at, random);
            let watch = if random.chance(0.5) { Watch::Brief } else { Watch::Usual };
            errands.extend(Errand::honest(account, at, target, Act::Like, watch, Cause::LargeCircle));
        }
    }
    if group.at < i64::MAX {
        let mut evening = group.at;
        while evening < world.end {
            showcase(world, group, &posts, evening, random, &mut errands);
            evening += 7 * DAY;
        }
    }
    errands
}

/// Some post their latest, some look through a few of them and like what they like.
fn showcase(
    world: &World,
    group: &Group,
    posts: &[(i64, u32, usize)],
    evening: i64,
    random: &mut Random,
    errands: &mut Vec<Errand>,
) {
    let week =
        posts.partition_point(|post| post.0 < evening - 7 * DAY)..posts.partition_point(|post| post.0 <= evening);
    let mut shown: Vec<(i64, u32, usize)> = posts[week].to_vec();
    shown.dedup_by_key(|post| post.2);
    shown.retain(|post| mix(u64::from(post.1)).is_multiple_of(3));
    if shown.len() < 3 {
        return;
    }
    for (reader, &account) in group.members.iter().enumerate() {
        if !random.chance(0.15) {
            continue;
        }
        let mut at = evening + random.log_normal(3600.0, 1.0) as i64;
        at = world.rhythm.settle(&world.people[account as usize], at, random);
        for (_, target, author) in random.sample(&shown, 10) {
            if author == reader {
                continue;
            }
            let liked = random.chance((0.3 * group.strength).min(0.9));
            let (act, watch) = if liked { (Act::Like, Watch::Keen) } else { (Act::View, Watch::Usual) };
            errands.extend(Errand::honest(account, at, target, act, watch, Cause::LargeCircle));
            at += random.log_normal(30.0, 0.7) as i64;
        }
    }
}
