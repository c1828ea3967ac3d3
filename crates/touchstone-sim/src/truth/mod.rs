//! The truth about a world, counted while its rows are written.

mod tables;

pub(crate) use tables::write;

use std::collections::BTreeSet;

use crate::life::row::{Kind, Row};
use crate::world::World;

/// Likes of a content. An unlike may arrive before the like that it takes back.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TargetCount {
    /// Likes that stand at the end of the log.
    pub(crate) reported: i32,
    /// Those of them that are meant.
    pub(crate) authentic: i32,
    /// Fake ones placed there for cover.
    pub(crate) cover: i32,
    /// Whether bought or exchanged likes were ever placed.
    pub(crate) attacked: bool,
}

/// Likes of an account.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AccountCount {
    pub(crate) events: u32,
    /// Likes given, taken back or not.
    pub(crate) own: u32,
    pub(crate) fake: u32,
}

/// What a ring did.
#[derive(Debug, Clone, Default)]
pub(crate) struct RingCount {
    pub(crate) likes: u64,
    pub(crate) first_ms: Option<i64>,
    pub(crate) last_ms: i64,
    pub(crate) targets: BTreeSet<u32>,
}

/// Counts of everything that happened.
pub(crate) struct Truth {
    /// Rows, second copies among them.
    pub(crate) events: u64,
    pub(crate) likes: u64,
    pub(crate) fake_likes: u64,
    pub(crate) targets: Vec<TargetCount>,
    pub(crate) accounts: Vec<AccountCount>,
    pub(crate) rings: Vec<RingCount>,
}

impl Truth {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            events: 0,
            likes: 0,
            fake_likes: 0,
            targets: vec![TargetCount::default(); world.catalogue.contents.len()],
            accounts: vec![AccountCount::default(); world.people.len()],
            rings: vec![RingCount::default(); world.rings.len()],
        }
    }

    pub(crate) fn count(&mut self, row: &Row) {
        self.events += 1;
        if row.retry {
            return;
        }
        let fake = row.cause.fake();
        let account = &mut self.accounts[row.actor as usize];
        account.events += 1;
        match row.kind {
            Kind::Like => {
                self.likes += 1;
                self.fake_likes += u64::from(fake);
                let target = &mut self.targets[row.target as usize];
                target.reported += 1;
                if fake {
                    account.fake += 1;
                    let directed = row.cause.directed();
                    target.attacked |= directed;
                    target.cover += i32::from(!directed);
                    if directed && row.ring > 0 {
                        let ring = &mut self.rings[usize::from(row.ring) - 1];
                        ring.likes += 1;
                        let at_ms = row.at_ms + i64::from(row.skew_ms);
                        ring.first_ms = Some(ring.first_ms.map_or(at_ms, |first| first.min(at_ms)));
                        ring.last_ms = ring.last_ms.max(at_ms);
                        ring.targets.insert(row.target);
                    }
                } else {
                    account.own += 1;
                    target.authentic += 1;
                }
            }
            // What was placed before the log is not among what was counted.
            Kind::Unlike if !row.cause.of_before() => {
                let target = &mut self.targets[row.target as usize];
                target.reported -= 1;
                target.authentic -= i32::from(!fake);
                target.cover -= i32::from(fake && !row.cause.directed());
            }
            _ => {}
        }
    }
}
