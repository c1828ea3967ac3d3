//! A pod: each post is liked by all within half an hour, if they are awake.

use super::{Plan, Ring, Trade, uneven};
use crate::life::errand::{Act, Errand, Watch};
use crate::life::row::Cause;
use crate::random::Random;
use crate::scenario::Pod;
use crate::world::World;
use crate::world::people::{API, Role};
use crate::world::places::Infrastructure;

pub(super) fn form(world: &mut World, pod: &Pod, number: u16, random: &mut Random) -> Ring {
    let pod = &uneven::pod(pod, random);
    let largest = f64::from(world.scenario.users) / 10.0;
    let size = random.log_normal(pod.members, 0.35).clamp(6.0, largest.max(6.0)) as usize;
    let members = world.gather(size, random, |_, person| person.ring == 0 && !person.is(API));
    for &member in &members {
        let person = &mut world.people[member as usize];
        (person.role, person.ring) = (Role::Member, number);
        person.posts = (pod.posts_per_day * random.spread(0.7)) as f32;
        person.active = person.active.max(random.uniform(0.3, 0.9) as f32);
    }
    Ring {
        name: pod.name.clone(),
        kind: "pod",
        members,
        infrastructure: Infrastructure { rotating: false, accounts_per_device: 1 },
        trade: Trade::Pod(pod.clone()),
        ledger: None,
        attacked: Vec::new(),
    }
}

pub(super) fn plan(world: &World, ring: &Ring, pod: &Pod, number: u16, random: &mut Random) -> Plan {
    // Some are diligent, some are late, some only take.
    let diligence: Vec<f64> =
        ring.members.iter().map(|_| (pod.compliance + 0.15 * random.normal()).clamp(0.05, 0.98)).collect();
    let mut errands = Vec::new();
    let mut attacked = Vec::new();
    for &author in &ring.members {
        for target in world.catalogue.new_of(author) {
            // Not every post is dropped into the chat, and not at once.
            if !random.chance(0.85) {
                continue;
            }
            let dropped = world.catalogue.get(target).published + random.exponential(180.0) as i64;
            attacked.push(target);
            for (&member, &diligent) in ring.members.iter().zip(&diligence) {
                if member == author || !random.chance(diligent) {
                    continue;
                }
                let person = &world.people[member as usize];
                let mut at = dropped + (random.log_normal(0.27, 0.8).min(1.0) * pod.minutes * 60.0) as i64;
                if !random.chance(0.3 + world.rhythm.awake(person, at)) {
                    // Asleep: half catch up in the morning.
                    if random.chance(0.5) {
                        continue;
                    }
                    at = world.rhythm.settle(person, at, random);
                }
                let Ok(at) = u32::try_from(at) else { continue };
                let watch = if random.chance(0.8) { Watch::Glance } else { Watch::Usual };
                let errand = Errand {
                    account: member,
                    at,
                    target,
                    ring: number,
                    act: Act::Like,
                    watch,
                    cause: Cause::PodReaction,
                    foreign: false,
                };
                errands.push(errand);
                if random.chance(pod.comment_share) {
                    errands.push(Errand { act: Act::Comment, watch: Watch::Nothing, at: at + 10, ..errand });
                }
            }
        }
    }
    Plan { errands, ledger: None, attacked }
}
