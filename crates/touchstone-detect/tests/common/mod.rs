//! Small worlds in memory, with an engine over them: what the tests of this crate run on.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

pub mod hand_made;

use arrow_array::{Int64Array, RecordBatch, UInt32Array};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use touchstone_detect::census::Census;
use touchstone_detect::params::Params;
use touchstone_detect::partition::{NONE, Partition, partition_schema};
use touchstone_detect::pipeline::{Engine, Log, Outcome, detect};

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3600 * SECOND;
pub const DAY: i64 = 24 * HOUR;

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
    /// Zipf-like rank: many small, few large.
    pub fn zipf(&mut self, n: usize) -> usize {
        ((n as f64).powf(self.unit()) as usize).min(n - 1)
    }
    /// Log-normal with median `m` and spread `s`.
    pub fn lognormal(&mut self, m: f64, s: f64) -> f64 {
        let normal = (-2.0 * self.unit().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        m * (s * normal).exp()
    }
}

/// Endorsements (actor, target, ts), and owners of targets.
#[derive(Clone, Default)]
pub struct World {
    pub events: Vec<(u32, u32, i64)>,
    /// Views (actor, target, ts), where the log has any.
    pub views: Vec<(u32, u32, i64)>,
    pub owners: Option<BTreeMap<u32, u32>>,
}

/// What the pipeline needs of a world, numbered canonically like the store does.
pub struct Loaded {
    batches: Vec<RecordBatch>,
    views: Vec<RecordBatch>,
    degree: Vec<u32>,
    popularity: Vec<u32>,
    first_ts: Vec<i64>,
    actor_first_ts: Vec<i64>,
    owner: Option<Vec<u32>>,
    span: (i64, i64),
    /// World id of each canonical account.
    pub account: Vec<u32>,
    /// World id of each canonical target.
    pub target: Vec<u32>,
}

fn numbering(of: &BTreeMap<u32, (i64, u32)>) -> (Vec<u32>, BTreeMap<u32, u32>) {
    let mut order: Vec<(i64, u32, u32)> = of.iter().map(|(id, (ts, n))| (*ts, *n, *id)).collect();
    order.sort_unstable();
    let ids: Vec<u32> = order.iter().map(|x| x.2).collect();
    let back = ids.iter().enumerate().map(|(i, id)| (*id, i as u32)).collect();
    (ids, back)
}

fn batches(partitions: Vec<Vec<(u32, i64, u32)>>) -> Vec<RecordBatch> {
    let batch = |mut rows: Vec<(u32, i64, u32)>| {
        rows.sort_unstable();
        RecordBatch::try_new(
            partition_schema(),
            vec![
                Arc::new(UInt32Array::from_iter_values(rows.iter().map(|r| r.0))),
                Arc::new(UInt32Array::from_iter_values(rows.iter().map(|r| r.2))),
                Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.1))),
            ],
        )
        .unwrap()
    };
    partitions.into_iter().map(batch).collect()
}

impl World {
    pub fn load(&self, partitions: usize) -> Loaded {
        let mut once: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for (a, t, ts) in &self.events {
            let e = once.entry((*a, *t)).or_insert(*ts);
            *e = (*e).min(*ts);
        }
        let (mut accounts, mut targets) = (BTreeMap::new(), BTreeMap::new());
        for ((a, t), ts) in &once {
            for (map, id) in [(&mut accounts, a), (&mut targets, t)] {
                let e = map.entry(*id).or_insert((*ts, 0));
                *e = (e.0.min(*ts), e.1 + 1);
            }
        }
        let (account, account_number) = numbering(&accounts);
        let (target, target_number) = numbering(&targets);
        let mut rows: Vec<Vec<(u32, i64, u32)>> = vec![Vec::new(); partitions];
        for ((a, t), ts) in &once {
            rows[*t as usize % partitions].push((target_number[t], *ts, account_number[a]));
        }
        let mut views: Vec<Vec<(u32, i64, u32)>> = vec![Vec::new(); partitions];
        for (a, t, ts) in &self.views {
            if let (Some(account), Some(target)) = (account_number.get(a), target_number.get(t)) {
                views[*t as usize % partitions].push((*target, *ts, *account));
            }
        }
        let owner = self
            .owners
            .as_ref()
            .map(|owners| target.iter().map(|t| owners.get(t).map_or(NONE, |o| account.len() as u32 + o)).collect());
        Loaded {
            batches: batches(rows),
            views: if self.views.is_empty() { Vec::new() } else { batches(views) },
            degree: account.iter().map(|a| accounts[a].1).collect(),
            popularity: target.iter().map(|t| targets[t].1).collect(),
            first_ts: target.iter().map(|t| targets[t].0).collect(),
            actor_first_ts: account.iter().map(|a| accounts[a].0).collect(),
            owner,
            span: (once.values().copied().min().unwrap_or(0), once.values().copied().max().unwrap_or(0)),
            account,
            target,
        }
    }

    pub fn detect(&self, params: &Params) -> (Loaded, Outcome) {
        let loaded = self.load(4);
        let outcome = loaded.detect(params);
        (loaded, outcome)
    }

    /// World ids of the accused.
    pub fn accused(&self, params: &Params) -> BTreeSet<u32> {
        let (loaded, outcome) = self.detect(params);
        loaded.accused(&outcome)
    }
}

impl Loaded {
    pub fn census(&self) -> Census<'_> {
        Census {
            degree: &self.degree,
            popularity: &self.popularity,
            first_ts: &self.first_ts,
            actor_first_ts: &self.actor_first_ts,
            owner: self.owner.as_deref(),
            published: None,
            timed: true,
        }
    }

    pub fn detect(&self, params: &Params) -> Outcome {
        let log = Log {
            census: self.census(),
            first_ts: self.span.0,
            last_ts: self.span.1,
            has_views: !self.views.is_empty(),
        };
        let Ok(outcome) = detect(self, &log, params);
        outcome
    }

    pub fn accused(&self, outcome: &Outcome) -> BTreeSet<u32> {
        outcome
            .dossiers
            .iter()
            .filter(|(_, d)| d.accused(outcome.accusation_bits))
            .map(|(a, _)| self.account[*a as usize])
            .collect()
    }
}

impl Engine for Loaded {
    type Error = Infallible;

    fn count<T: Send>(
        &self,
        count: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T + Sync,
    ) -> Result<Vec<T>, Infallible> {
        let of = |b| Partition::try_from_batch(b).unwrap();
        Ok(self.batches.iter().enumerate().map(|(i, b)| count(&of(b), self.views.get(i).map(of).as_ref())).collect())
    }

    fn stage<T>(&self, _: &'static str, _: u64, work: impl FnOnce() -> T) -> T {
        work()
    }
}

/// An organic month: topics, heavy tails, decaying attention, a daily rhythm, time zones. `accounts`
/// people, `targets` posts; ids from 0.
pub fn organic(accounts: u32, targets: u32, seed: u64) -> World {
    let mut r = Random(seed.wrapping_mul(0xA24B_AED4_963E_E407) + 1);
    let topics = 20usize;
    let published: Vec<i64> = (0..targets).map(|_| (r.unit() * 27.0 * DAY as f64) as i64).collect();
    let topic: Vec<usize> = (0..targets).map(|_| r.zipf(topics)).collect();
    let mut of_topic: Vec<Vec<u32>> = vec![Vec::new(); topics];
    (0..targets).for_each(|t| of_topic[topic[t as usize]].push(t));
    let mut world = World::default();
    for a in 0..accounts {
        let taste = [r.below(topics), r.below(topics)];
        let zone = r.below(24) as i64 * HOUR;
        let likes = (r.lognormal(6.0, 1.2) as usize).min(400);
        for _ in 0..likes {
            let pick = if r.unit() < 0.7 { taste[r.below(2)] } else { r.below(topics) };
            let list = &of_topic[pick];
            if list.is_empty() {
                continue;
            }
            let t = list[r.zipf(list.len())];
            let age = (r.lognormal(3.0 * 3600.0, 2.0) * SECOND as f64) as i64;
            let mut ts = published[t as usize] + age;
            // People sleep: what falls into the night waits for the morning, give or take.
            let local = (ts + zone).rem_euclid(DAY);
            if local < 7 * HOUR {
                ts += 7 * HOUR - local + (r.unit() * 3.0 * HOUR as f64) as i64;
            }
            if ts < 28 * DAY {
                world.events.push((a, t, ts / SECOND * SECOND));
            }
        }
    }
    world
}

/// Adds a ring: `members` accounts (ids from `first`) act on `orders` targets, each member on each
/// with probability `share`, within `window` of a moment of its own; returns its accounts.
pub fn add_ring(
    world: &mut World,
    first: u32,
    members: u32,
    orders: u32,
    share: f64,
    window: i64,
    seed: u64,
) -> BTreeSet<u32> {
    let mut r = Random(seed ^ 0xB1A5);
    let targets: Vec<u32> = world.events.iter().map(|e| e.1).collect::<BTreeSet<_>>().into_iter().collect();
    let born: BTreeMap<u32, i64> = world.events.iter().fold(BTreeMap::new(), |mut m, e| {
        let b = m.entry(e.1).or_insert(e.2);
        *b = (*b).min(e.2);
        m
    });
    for _ in 0..orders {
        let t = targets[r.below(targets.len())];
        let start = (born[&t] + (r.unit() * 3.0 * DAY as f64) as i64).min(27 * DAY);
        for m in 0..members {
            if r.unit() < share {
                world.events.push((first + m, t, start + (r.unit() * window as f64) as i64 / SECOND * SECOND));
            }
        }
    }
    // Cover: a life of their own.
    for m in 0..members {
        for _ in 0..10 {
            let (_, t, ts) = world.events[r.below(world.events.len())];
            world.events.push((first + m, t, (ts + (r.unit() * DAY as f64) as i64) / SECOND * SECOND));
        }
    }
    (first..first + members).collect()
}
