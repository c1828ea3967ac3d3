//! Rings: accounts that deliver orders together within minutes and hide behind cover likes.

use std::io::{self, BufWriter};
use std::ops::Range;

use super::ScaleOptions;
use super::world::{HOUR_SECONDS, Purpose, Row, World};
use crate::files::Staged;
use crate::random::{Permutation, Random};

/// One delivery: which members take part, and when, follows from its own stream of numbers, so a
/// plan of a billion likes stays small.
struct Order {
    hour: u32,
    ring: u32,
    target: u32,
    start_offset_seconds: u32,
    events: u32,
    stream: u64,
}

struct Ring {
    members: Range<u64>,
    window_seconds: u32,
    diligence: f64,
}

pub(super) struct Rings {
    rings: Vec<Ring>,
    /// Sorted by hour.
    orders: Vec<Order>,
    members: Permutation,
    order_events: u64,
    cover_events: u64,
}

impl Rings {
    pub(super) fn plan(options: &ScaleOptions, world: &World) -> Self {
        let budget = (options.events as f64 * options.ring_share) as u64;
        let cover_budget = (budget as f64 * options.cover_share) as u64;
        let order_budget = budget - cover_budget;
        let members = Permutation::new(options.seed, Purpose::RingMembers as u64, world.accounts());

        let mut plan = Self { rings: Vec::new(), orders: Vec::new(), members, order_events: 0, cover_events: 0 };
        let mut free_from = 0;
        'rings: while plan.order_events < order_budget {
            let id = plan.rings.len();
            let mut random = world.stream(Purpose::Ring, id as u64);
            let size = draw_whole(&mut random, options.ring_accounts);
            // Half of the accounts stay out of rings, whatever the budget.
            if free_from + u64::from(size) > world.accounts() / 2 {
                break;
            }
            let ring = Ring {
                members: free_from..free_from + u64::from(size),
                window_seconds: draw_whole(&mut random, options.window_seconds),
                diligence: 0.5 + 0.45 * random.unit(),
            };
            let orders = draw_whole(&mut random, options.ring_orders);
            let before = plan.orders.len();
            for number in 0..orders {
                let order = place(world, &ring, id, number, &mut random);
                let events = u64::from(order.events);
                if plan.order_events + events > order_budget {
                    if before == plan.orders.len() {
                        break 'rings;
                    }
                    plan.rings.push(ring);
                    break 'rings;
                }
                plan.order_events += events;
                plan.orders.push(order);
            }
            free_from += u64::from(size);
            plan.rings.push(ring);
        }
        if !plan.rings.is_empty() {
            plan.cover_events = cover_budget;
        }
        plan.orders.sort_by_key(|order| (order.hour, order.ring, order.stream));
        plan
    }

    pub(super) fn len(&self) -> u64 {
        self.rings.len() as u64
    }

    pub(super) fn accounts(&self) -> u64 {
        self.rings.last().map_or(0, |ring| ring.members.end)
    }

    pub(super) fn orders(&self) -> u64 {
        self.orders.len() as u64
    }

    pub(super) fn order_events(&self) -> u64 {
        self.order_events
    }

    pub(super) fn cover_events(&self) -> u64 {
        self.cover_events
    }

    /// The rows of `hour` that orders place, those of the hour before that run over included.
    pub(super) fn deliver(&self, world: &World, hour: usize, rows: &mut Vec<Row>) {
        let from = self.orders.partition_point(|order| (order.hour as usize) + 1 < hour);
        let to = self.orders.partition_point(|order| order.hour as usize <= hour);
        let start = world.hour_start_seconds(hour);
        for order in &self.orders[from..to] {
            let ring = &self.rings[order.ring as usize];
            let target = world.target_name(order.target);
            let first = world.hour_start_seconds(order.hour as usize) + i64::from(order.start_offset_seconds);
            take_part(world, ring, order.stream, |member, delay_seconds| {
                let ts = first + i64::from(delay_seconds);
                if (start..start + HOUR_SECONDS).contains(&ts) {
                    let actor = world.actor_name(self.members.apply(member));
                    rows.push(Row { ts, actor, target });
                }
            });
        }
    }

    /// `count` likes of ring accounts on what everybody likes.
    pub(super) fn cover(&self, world: &World, hour: usize, count: u64, rows: &mut Vec<Row>) {
        if count == 0 {
            return;
        }
        let mut random = world.stream(Purpose::Cover, hour as u64);
        let attention = world.attention(hour);
        for _ in 0..count {
            let member = random.below(self.accounts());
            rows.push(Row {
                ts: world.hour_start_seconds(hour) + random.below(HOUR_SECONDS as u64) as i64,
                actor: world.actor_name(self.members.apply(member)),
                target: world.target_name(attention.draw(&mut random)),
            });
        }
    }

    pub(super) fn write_truth(&self, staged: &mut Staged, world: &World) -> io::Result<()> {
        let mut listed: Vec<(u64, usize)> = Vec::new();
        for (id, ring) in self.rings.iter().enumerate() {
            for member in ring.members.clone() {
                listed.push((world.actor_name(self.members.apply(member)), id));
            }
        }
        listed.sort_unstable();
        let file = BufWriter::new(staged.create("truth_accounts.csv")?);
        let mut table = csv::Writer::from_writer(file);
        table.write_record(["account", "role", "ring"])?;
        for (actor, id) in listed {
            table.write_record([format!("u{actor}"), "ring".to_owned(), format!("ring{id}")])?;
        }
        table.flush()?;

        let file = BufWriter::new(staged.create("truth_orders.csv")?);
        let mut table = csv::Writer::from_writer(file);
        table.write_record(["ring", "target", "first_ts", "window_seconds", "events"])?;
        for order in &self.orders {
            let first = world.hour_start_seconds(order.hour as usize) + i64::from(order.start_offset_seconds);
            table.write_record([
                format!("ring{}", order.ring),
                format!("p{}", world.target_name(order.target)),
                first.to_string(),
                self.rings[order.ring as usize].window_seconds.to_string(),
                order.events.to_string(),
            ])?;
        }
        table.flush()
    }
}

fn place(world: &World, ring: &Ring, id: usize, number: u32, random: &mut Random) -> Order {
    let hour = world.draw_hour(random);
    // Only in the log's last hour must an order start early enough to end inside the log.
    let latest = if hour + 1 == world.hours() {
        HOUR_SECONDS as u64 - u64::from(ring.window_seconds)
    } else {
        HOUR_SECONDS as u64
    };
    let stream = ((id as u64) << 32) | u64::from(number);
    let mut events = 0;
    take_part(world, ring, stream, |_, _| events += 1);
    Order {
        hour: hour as u32,
        ring: id as u32,
        target: world.draw_published(hour, random),
        start_offset_seconds: random.below(latest.max(1)) as u32,
        events,
        stream,
    }
}

/// Calls back with each member that takes part and its delay in seconds, within the window.
fn take_part(world: &World, ring: &Ring, stream: u64, mut each: impl FnMut(u64, u32)) {
    let mut random = world.stream(Purpose::Order, stream);
    for member in ring.members.clone() {
        let takes_part = random.unit() < ring.diligence;
        let delay = random.below(u64::from(ring.window_seconds)) as u32;
        if takes_part {
            each(member, delay);
        }
    }
}

fn draw_whole(random: &mut Random, (low, high): (u32, u32)) -> u32 {
    (random.log_uniform(f64::from(low), f64::from(high) + 1.0) as u32).clamp(low, high)
}
