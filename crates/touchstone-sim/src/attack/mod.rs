//! Those who fake: boards of mutual help, pods, paid services.
//!
//! Rings are formed before contents exist (members publish, services create accounts); what they
//! do is planned afterwards, each ring from its own stream of random numbers.

mod board;
pub(crate) mod ledger;
mod pod;
mod service;
mod service_plan;
mod uneven;

use rayon::prelude::*;

use crate::life::errand::Errand;
use crate::random::mix;
use crate::scenario::{Board, Pod, Service};
use crate::world::places::Infrastructure;
use crate::world::{Purpose, World};
use ledger::Ledger;

/// Rows name rings in 16 bits.
const MOST_RINGS: usize = u16::MAX as usize - 1;

/// How a ring works.
#[derive(Debug, Clone)]
pub(crate) enum Trade {
    Board(Board),
    Pod(Pod),
    Service(Service, Vec<Batch>),
}

/// Accounts of a one-off service that are made for one order.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    /// Range in the ring's members.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// When the order is delivered.
    pub(crate) at: i64,
}

/// Accounts that fake together.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    pub(crate) name: String,
    /// farm, exchange, pod or collusion.
    pub(crate) kind: &'static str,
    pub(crate) members: Vec<u32>,
    pub(crate) infrastructure: Infrastructure,
    pub(crate) trade: Trade,
    /// The points, where a ledger is kept; filled by the plan.
    pub(crate) ledger: Option<Ledger>,
    /// Contents that were bought likes or posted as tasks; filled by the plan.
    pub(crate) attacked: Vec<u32>,
}

impl Ring {
    /// What members paid for points; none where no points are kept.
    pub(crate) fn euros_paid(&self) -> Option<f64> {
        let (Trade::Board(board), Some(ledger)) = (&self.trade, &self.ledger) else { return None };
        let bought: f64 = ledger.books.iter().map(|book| book.bought as f64 / 100.0).sum();
        Some(if board.pack_points > 0.0 { bought / board.pack_points * board.pack_euros } else { 0.0 })
    }

    /// Most members of a pod follow each other.
    pub(crate) fn ties(&self) -> Vec<(u32, u32)> {
        if !matches!(self.trade, Trade::Pod(_)) {
            return Vec::new();
        }
        let pairs = self.members.iter().flat_map(|&one| self.members.iter().map(move |&other| (one, other)));
        pairs.filter(|&(one, other)| mix(u64::from(one) << 32 | u64::from(other)) % 10 < 7).collect()
    }
}

/// Forms all rings; services append their accounts to the people.
pub(crate) fn form(world: &mut World) -> Vec<Ring> {
    let attacks = world.scenario.attacks.clone();
    let mut rings: Vec<Ring> = Vec::new();
    let mut kind = 0;
    let mut stream = |world: &World| {
        kind += 1;
        world.stream(Purpose::Rings, kind)
    };
    for board in &attacks.board {
        let mut random = stream(world);
        for _ in 0..world.per_10k(board.per_10k, &mut random).min(MOST_RINGS - rings.len()) {
            let number = rings.len() as u16 + 1;
            rings.push(board::form(world, board, number, &mut random));
        }
    }
    for pod in &attacks.pod {
        let mut random = stream(world);
        for _ in 0..world.per_10k(pod.per_10k, &mut random).min(MOST_RINGS - rings.len()) {
            let number = rings.len() as u16 + 1;
            rings.push(pod::form(world, pod, number, &mut random));
        }
    }
    for service in &attacks.service {
        let mut random = stream(world);
        for _ in 0..world.per_10k(service.per_10k, &mut random).min(MOST_RINGS - rings.len()) {
            let number = rings.len() as u16 + 1;
            rings.push(service::form(world, service, number, &mut random));
        }
    }
    rings
}

/// What one ring's plan gives.
pub(crate) struct Plan {
    pub(crate) errands: Vec<Errand>,
    pub(crate) ledger: Option<Ledger>,
    pub(crate) attacked: Vec<u32>,
}

/// Plans what the rings do, and fills in their ledgers and what they attacked.
pub(crate) fn plan(world: &World, rings: &mut [Ring]) -> Vec<Errand> {
    let plans: Vec<Plan> = rings
        .par_iter()
        .enumerate()
        .map(|(index, ring)| {
            let mut random = world.stream(Purpose::RingPlan, index as u64);
            let number = index as u16 + 1;
            match &ring.trade {
                Trade::Board(board) => board::plan(world, ring, board, number, &mut random),
                Trade::Pod(pod) => pod::plan(world, ring, pod, number, &mut random),
                Trade::Service(service, batches) => {
                    service_plan::plan(world, ring, service, batches, number, &mut random)
                }
            }
        })
        .collect();
    let mut errands = Vec::new();
    for (ring, plan) in rings.iter_mut().zip(plans) {
        errands.extend(plan.errands);
        ring.ledger = plan.ledger;
        ring.attacked = plan.attacked;
        ring.attacked.sort_unstable();
        ring.attacked.dedup();
    }
    errands
}
