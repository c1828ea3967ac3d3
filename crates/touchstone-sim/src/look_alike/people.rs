//! People who each look like a fake account.

use super::Kind;
use crate::random::Random;
use crate::world::World;
use crate::world::people::API;

pub(super) fn form(world: &mut World, kind: Kind, count: usize, strength: f64, random: &mut Random) -> Vec<u32> {
    let members = world.gather(count, random, |_, person| !person.is(API));
    for &member in &members {
        let person = &mut world.people[member as usize];
        match kind {
            Kind::PowerUser => {
                person.active = person.active.max(0.9);
                person.views = (f64::from(person.views).max(25.0) * (1.0 + 4.0 * strength * random.unit())) as f32;
                person.likes = person.likes.max(0.8) * (1.0 + strength as f32);
            }
            Kind::ApiClient => {
                person.flags |= API;
                person.lost_views = 1.0;
                person.active = person.active.max(0.5);
                person.likes *= 1.0 + strength as f32;
            }
            Kind::FrontPage => {
                person.front_page = (0.7 * strength).min(0.95) as f32;
                person.active = person.active.max(0.4);
            }
            _ => {
                let shift = 600.0 * strength.min(1.2) + 60.0 * random.normal();
                person.clock_minutes = person.clock_minutes.saturating_sub(shift as i16);
            }
        }
    }
    members
}
