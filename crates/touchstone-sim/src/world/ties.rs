//! Who follows whom.

use rayon::prelude::*;

use super::{Purpose, World};

/// Followed accounts of every account.
#[derive(Default)]
pub(crate) struct Ties {
    followed: Vec<u32>,
    starts: Vec<u64>,
}

impl Ties {
    pub(crate) fn knit(world: &World) -> Self {
        // Ties that groups bring with them: circles follow each other, fans their author.
        let mut close: Vec<(u32, u32)> = world.groups.iter().flat_map(|group| group.ties()).collect();
        close.extend(world.rings.iter().flat_map(|ring| ring.ties()));
        close.sort_unstable();
        close.dedup();
        let drawn: Vec<Vec<u32>> =
            (0..world.people.len() as u32).into_par_iter().map(|account| followed(world, account, &close)).collect();
        let mut ties = Self { followed: Vec::new(), starts: Vec::with_capacity(drawn.len() + 1) };
        for own in drawn {
            ties.starts.push(ties.followed.len() as u64);
            ties.followed.extend(own);
        }
        ties.starts.push(ties.followed.len() as u64);
        ties
    }

    /// Whom an account follows when the log begins.
    pub(crate) fn of(&self, account: u32) -> &[u32] {
        &self.followed[self.starts[account as usize] as usize..self.starts[account as usize + 1] as usize]
    }
}

fn followed(world: &World, account: u32, close: &[(u32, u32)]) -> Vec<u32> {
    let person = &world.people[account as usize];
    let mut random = world.stream(Purpose::Follows, account.into());
    let mut own: Vec<u32> = close[close.partition_point(|tie| tie.0 < account)..]
        .iter()
        .take_while(|tie| tie.0 == account)
        .map(|tie| tie.1)
        .collect();
    // Those who live here follow more; accounts that never act follow nobody.
    let median = if person.active > 0.0 { 4.0 + 12.0 * f64::from(person.active) } else { 0.0 };
    let count = random.log_normal(median, 0.9).min(400.0) as usize;
    for _ in 0..count {
        let topic = &world.catalogue.topics[usize::from(person.topics[random.below(3) as usize])];
        let Some(whole) = topic.appeal_sums.last() else { continue };
        let point = random.unit() * whole;
        let place = topic.appeal_sums.partition_point(|&sum| sum <= point).min(topic.contents.len() - 1);
        own.push(world.catalogue.get(topic.contents[place]).owner);
    }
    own.sort_unstable();
    own.dedup();
    own.retain(|&other| other != account);
    own
}
