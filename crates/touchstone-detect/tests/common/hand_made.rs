//! Small worlds made by hand, and what is found in them without time.

use super::{HOUR, Random, SECOND};
use std::collections::BTreeSet;
use std::convert::Infallible;
use touchstone_detect::census::Census;
use touchstone_detect::cohort::run::{Cohorts, run};
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::Engine;

pub const PEOPLE: u32 = 1500;
pub const CONTENTS: u32 = 700;

/// A like: account, target, time, address, device, and whether it was looked at before.
#[derive(Clone, Copy)]
pub struct Like {
    pub account: u32,
    pub target: u32,
    pub ts: i64,
    pub ip: u64,
    pub device: u64,
    pub seen: bool,
}

/// Everything by dense ids; the owner of target `t` is account `t`, unless said otherwise.
pub struct World {
    pub likes: Vec<Like>,
    /// Looks that led to nothing.
    pub looks: Vec<(u32, u32, i64)>,
    /// Owner of each target.
    pub owners: Vec<u32>,
    pub random: Random,
}

struct Whole<'a>(Partition<'a>, Partition<'a>);

impl Engine for Whole<'_> {
    type Error = Infallible;

    fn count<T: Send>(
        &self,
        count: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T + Sync,
    ) -> Result<Vec<T>, Infallible> {
        Ok(vec![count(&self.0, Some(&self.1))])
    }

    fn stage<T>(&self, _: &'static str, _: u64, work: impl FnOnce() -> T) -> T {
        work()
    }
}

impl World {
    /// People who like a tenth of what they see, from their homes and phones; one look in ten is lost.
    pub fn organic(seed: u64) -> Self {
        let mut world =
            Self { likes: Vec::new(), looks: Vec::new(), owners: (0..CONTENTS).collect(), random: Random(seed) };
        for account in 0..PEOPLE {
            let views = world.random.lognormal(40.0, 0.8) as usize;
            for _ in 0..views {
                let target = world.random.zipf(CONTENTS as usize) as u32;
                let ts = world.moment();
                if world.random.unit() < 0.1 {
                    let seen = world.random.unit() < 0.9;
                    world.like(account, target, ts, u64::from(account) + 1, seen);
                } else {
                    world.looks.push((account, target, ts));
                }
            }
        }
        world
    }

    pub fn moment(&mut self) -> i64 {
        (self.random.unit() * 600.0 * HOUR as f64) as i64
    }

    pub fn like(&mut self, account: u32, target: u32, ts: i64, device: u64, seen: bool) {
        // Of home and four other places.
        let ip = u64::from(account) * 8 + self.random.below(5) as u64 + 1;
        self.likes.push(Like { account, target, ts, ip, device, seen });
    }

    pub fn run(mut self) -> Cohorts {
        self.likes.sort_by_key(|l| (l.account, l.target, l.ts));
        self.likes.dedup_by_key(|l| (l.account, l.target));
        self.likes.sort_by_key(|l| (l.target, l.ts, l.account));
        let accounts = self.likes.iter().map(|l| l.account).max().unwrap_or(0) as usize + 1;
        let targets = CONTENTS as usize;
        let mut views = self.looks.clone();
        views.extend(self.likes.iter().filter(|l| l.seen).map(|l| (l.account, l.target, l.ts - 10 * SECOND)));
        views.sort_by_key(|v| (v.1, v.2, v.0));
        let (mut degree, mut popularity) = (vec![0u32; accounts], vec![0u32; targets]);
        let (mut first, mut actor_first) = (vec![i64::MAX; targets], vec![i64::MAX; accounts]);
        for l in &self.likes {
            degree[l.account as usize] += 1;
            popularity[l.target as usize] += 1;
            first[l.target as usize] = first[l.target as usize].min(l.ts);
            actor_first[l.account as usize] = actor_first[l.account as usize].min(l.ts);
        }
        let census = Census {
            degree: &degree,
            popularity: &popularity,
            first_ts: &first,
            actor_first_ts: &actor_first,
            owner: Some(&self.owners),
            published: None,
            timed: true,
        };
        let column = |f: fn(&Like) -> u32| self.likes.iter().map(f).collect::<Vec<u32>>();
        let (target, actor) = (column(|l| l.target), column(|l| l.account));
        let ts: Vec<i64> = self.likes.iter().map(|l| l.ts).collect();
        let ip: Vec<u64> = self.likes.iter().map(|l| l.ip).collect();
        let device: Vec<u64> = self.likes.iter().map(|l| l.device).collect();
        let (v_target, v_actor): (Vec<u32>, Vec<u32>) = views.iter().map(|v| (v.1, v.0)).unzip();
        let v_ts: Vec<i64> = views.iter().map(|v| v.2).collect();
        let endorsements =
            Partition { target: &target, actor: &actor, ts: &ts, ip: &ip, device: &device, dwell_ms: &[] };
        let looked = Partition { target: &v_target, actor: &v_actor, ts: &v_ts, ip: &[], device: &[], dwell_ms: &[] };
        let Ok(found) = run(&Whole(endorsements, looked), &census, None, &Params::default());
        found
    }
}

/// Accounts that belong to any proven ring.
pub fn members(found: &Cohorts) -> BTreeSet<u32> {
    let of = |r: &touchstone_detect::cohort::run::Proven| {
        r.standings.iter().filter(|s| s.belongs > 0.5).map(|s| s.account).collect::<Vec<_>>()
    };
    found.rings.iter().flat_map(of).collect()
}
