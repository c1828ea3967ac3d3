//! Orders and their delivery.

use super::{Batch, Plan, Ring};
use crate::life::errand::{Act, Errand, Watch};
use crate::life::row::Cause;
use crate::random::Random;
use crate::scenario::{Service, Supply};
use crate::world::{DAY, DAYS_BEFORE, HOUR, World};

/// How one order is delivered.
#[derive(Debug, Clone, Copy)]
enum Pace {
    Burst,
    Day,
    Trickle,
}

pub(super) fn plan(
    world: &World,
    ring: &Ring,
    service: &Service,
    batches: &[Batch],
    number: u16,
    random: &mut Random,
) -> Plan {
    let mut desk = Desk { world, ring, service, number, errands: Vec::new(), attacked: Vec::new() };
    let customers = desk.customers(random);
    if !customers.is_empty() {
        match service.supply {
            Supply::OneOff => {
                for batch in batches {
                    let workers = ring.members[batch.from..batch.to].to_vec();
                    let place = random.below(customers.len() as u64) as usize;
                    if let Some(target) = desk.content(&customers, place, batch.at, random) {
                        desk.order(Goods::Likes, batch.at, target, workers, random);
                    }
                }
            }
            _ => {
                desk.orders(&customers, random);
                desk.orders_before(&customers, random);
            }
        }
    }
    Plan { errands: desk.errands, ledger: None, attacked: desk.attacked }
}

/// What is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goods {
    Likes,
    Views,
    Followers,
    Comments,
}

/// Days before the log of which orders may lose likes within it.
const LOSING_DAYS: f64 = 14.0;

/// An order that is being delivered.
#[derive(Debug, Clone, Copy)]
struct Order {
    at: i64,
    window: f64,
    pace: Pace,
    count: usize,
}

struct Desk<'a> {
    world: &'a World,
    ring: &'a Ring,
    service: &'a Service,
    number: u16,
    errands: Vec<Errand>,
    attacked: Vec<u32>,
}

impl Desk<'_> {
    /// Whether it acts through accounts of others, from its own machines.
    fn foreign(&self) -> bool {
        self.service.supply == Supply::Tokens
    }

    /// Who buys: any author, those who publish more being more likely to.
    fn customers(&self, random: &mut Random) -> Vec<u32> {
        let contents = &self.world.catalogue.contents;
        let operated = self.world.scenario.users;
        let count = (self.ring.members.len() / 8).clamp(3, 400);
        let mut customers = Vec::with_capacity(count);
        for _ in 0..count * 4 {
            let Some(content) = random.pick(contents) else { break };
            if content.owner < operated && !customers.contains(&content.owner) && customers.len() < count {
                customers.push(content.owner);
            }
        }
        customers
    }

    /// Orders of likes within so many days, mean.
    fn mean(&self, days: f64) -> f64 {
        self.service.orders_per_week_per_100 * days / 7.0 * self.ring.members.len() as f64 / 100.0
    }

    fn orders(&mut self, customers: &[u32], random: &mut Random) {
        let members = &self.ring.members;
        let mean = self.mean(f64::from(self.world.scenario.days) + DAYS_BEFORE as f64);
        let most = match self.service.evasion.subset_likes_max {
            0 => members.len() * 3 / 5,
            most => (most as usize).min(members.len()),
        };
        // The dear ones are those of half a year and more.
        let old = |&&member: &&u32| self.world.people[member as usize].created < -170 * DAY;
        let premium: Vec<u32> = members.iter().filter(old).copied().collect();
        let mut orders = vec![Goods::Likes; random.poisson(mean).max(2) as usize];
        for (goods, share) in [
            (Goods::Views, self.service.view_orders),
            (Goods::Followers, self.service.follow_orders),
            (Goods::Comments, self.service.comment_orders),
        ] {
            orders.extend((0..random.poisson(mean * share)).map(|_| goods));
        }
        for goods in orders {
            let size = self.size(random).clamp(4, most.max(4));
            let workers = if !premium.is_empty() && random.chance(self.service.premium_orders_share) {
                random.sample(&premium, size)
            } else {
                random.sample(members, size)
            };
            let Some((at, target)) = self.commission(customers, random) else { continue };
            self.order(goods, at, target, workers, random);
        }
    }

    fn size(&self, random: &mut Random) -> usize {
        random.log_normal(self.service.order_likes_median, self.service.order_likes_sigma) as usize
    }

    /// Likes of earlier orders that are lost within the log: an unlike, and no like.
    fn orders_before(&mut self, customers: &[u32], random: &mut Random) {
        for _ in 0..random.poisson(self.mean(LOSING_DAYS)) {
            let at = -(random.unit() * LOSING_DAYS * DAY as f64) as i64;
            let place = random.below(customers.len() as u64) as usize;
            let size = self.size(random).min(self.ring.members.len() * 3 / 5);
            let Some(target) = self.content(customers, place, at, random) else { continue };
            for account in random.sample(&self.ring.members, size) {
                let gone = at + lost_after(random);
                let created = self.world.people[account as usize].created;
                if random.chance(self.service.dropped_share) && gone >= 0 && created < at {
                    self.push(account, gone, target, Act::UnlikeOld, Watch::Nothing, Cause::DroppedBefore);
                }
            }
        }
    }

    /// What is ordered and when: mostly something that was published within the log, soon after.
    fn commission(&self, customers: &[u32], random: &mut Random) -> Option<(i64, u32)> {
        // Some of what goes viral was bought likes for before.
        let viral = &self.world.catalogue.viral;
        if random.chance(0.04)
            && let Some(&target) = random.pick(viral)
        {
            let content = self.world.catalogue.get(target);
            let at = content.boosted - random.exponential(8.0 * HOUR as f64) as i64;
            if content.owner < self.world.scenario.users && at > content.published.max(0) {
                return Some((at, target));
            }
        }
        // Some customers come again and again.
        let place = (customers.len() as f64 * random.unit().powf(1.6)) as usize;
        if random.chance(0.7) {
            let fresh = self.world.catalogue.new_of(customers[place]);
            if !fresh.is_empty() {
                let target = fresh.start + random.below(fresh.len() as u64) as u32;
                let delay = random.log_normal(6.0 * HOUR as f64, 1.2) as i64;
                return Some((self.world.catalogue.get(target).published + delay, target));
            }
        }
        let before = DAYS_BEFORE * DAY;
        let at = (random.unit() * (self.world.end + before) as f64) as i64 - before;
        self.content(customers, place, at, random).map(|target| (at, target))
    }

    /// One content, or its author, gets something of every worker.
    fn order(&mut self, goods: Goods, at: i64, target: u32, workers: Vec<u32>, random: &mut Random) {
        if goods == Goods::Likes {
            self.attacked.push(target);
        }
        let speed = self.service.speed;
        let point = random.unit() * (speed.burst + speed.day + speed.trickle);
        let pace = match () {
            () if point < speed.burst => Pace::Burst,
            () if point < speed.burst + speed.day => Pace::Day,
            () => Pace::Trickle,
        };
        let window = match pace {
            Pace::Burst => random.uniform(2.0, 6.0) * HOUR as f64,
            Pace::Day => random.uniform(12.0, 24.0) * HOUR as f64,
            Pace::Trickle => random.uniform(3.0, 15.0) * DAY as f64,
        };
        let cause = if self.foreign() { Cause::Token } else { Cause::Order };
        let order = Order { at, window, pace, count: workers.len() };
        for (place, &account) in workers.iter().enumerate() {
            let when = self.moment(account, &order, place, random);
            match goods {
                Goods::Likes => self.deliver(Act::Like, account, when, target, cause, random),
                Goods::Views => self.push(account, when, target, Act::View, Watch::Usual, Cause::BoughtView),
                Goods::Followers => self.deliver(Act::Follow, account, when, target, cause, random),
                Goods::Comments => self.deliver(Act::Comment, account, when, target, cause, random),
            }
            if goods == Goods::Views {
                continue;
            }
            if self.service.evasion.cover_views > 0.0 {
                self.cover(account, when, random);
            }
            if goods == Goods::Likes && random.chance(self.service.dropped_share) {
                self.drop(account, when, target, random);
            }
        }
        if goods != Goods::Likes {
            return;
        }
        // Views come from all of the pool, so that they do not name those who like.
        let views = Order { count: (order.count as f64 * self.service.evasion.bought_views) as usize, ..order };
        for place in 0..views.count {
            let Some(&account) = random.pick(&self.ring.members) else { break };
            let when = self.moment(account, &views, place, random);
            self.push(account, when, target, Act::View, Watch::Usual, Cause::BoughtView);
        }
    }

    /// Something of a customer that is out at a time, mostly the latest.
    fn content(&self, customers: &[u32], place: usize, at: i64, random: &mut Random) -> Option<u32> {
        (0..8).find_map(|step| {
            let owner = customers[(place + step) % customers.len()];
            let out = self.world.catalogue.out(owner, at);
            let back = (random.exponential(1.5) as u32).min(out.len().saturating_sub(1) as u32);
            (!out.is_empty()).then(|| out.end - 1 - back)
        })
    }

    /// When one of `count` workers acts.
    fn moment(&self, account: u32, order: &Order, place: usize, random: &mut Random) -> i64 {
        let Order { at, window, pace, count } = *order;
        // A tenth of a burst is late.
        let late = matches!(pace, Pace::Burst) && random.chance(0.1);
        let span = if late { DAY as f64 } else { window };
        if !self.service.evasion.random_pauses {
            // A steady clock with a little jitter.
            let step = span / count.max(1) as f64;
            return at + (step * (place as f64 + random.uniform(-0.3, 0.3))) as i64;
        }
        // Fast at first, then slower, at hours at which the account's person would be awake.
        let when = at + (span * random.unit().powf(1.5)) as i64 + random.log_normal(120.0, 1.0) as i64;
        self.world.rhythm.settle(&self.world.people[account as usize], when, random)
    }

    fn deliver(&mut self, act: Act, account: u32, at: i64, target: u32, cause: Cause, random: &mut Random) {
        let watch = match () {
            () if self.service.evasion.click_path => Watch::Path,
            () if self.foreign() || random.chance(0.7) => Watch::Nothing,
            () => Watch::Glance,
        };
        self.push(account, at, target, act, watch, cause);
    }

    /// Browses for cover, some time around the paid like.
    fn cover(&mut self, account: u32, at: i64, random: &mut Random) {
        let views = random.poisson(self.service.evasion.cover_views);
        let around = at + (random.normal() * 1.2 * DAY as f64) as i64;
        let around = if self.service.evasion.random_pauses {
            self.world.rhythm.settle(&self.world.people[account as usize], around, random)
        } else {
            around
        };
        self.push(account, around, views, Act::Browse, Watch::Usual, Cause::Cover);
    }

    fn drop(&mut self, account: u32, at: i64, target: u32, random: &mut Random) {
        let gone = at + lost_after(random);
        self.push(account, gone, target, Act::Unlike, Watch::Nothing, Cause::Dropped);
        if self.service.refill
            && self.service.supply != Supply::OneOff
            && let Some(&other) = random.pick(&self.ring.members)
        {
            let again = gone + random.uniform(1.0, 24.0) as i64 * HOUR;
            self.deliver(Act::Like, other, again, target, Cause::Refill, random);
        }
    }

    fn push(&mut self, account: u32, at: i64, target: u32, act: Act, watch: Watch, cause: Cause) {
        let foreign = self.foreign();
        if let Ok(at) = u32::try_from(at) {
            self.errands.push(Errand { account, at, target, ring: self.number, act, watch, cause, foreign });
        }
    }
}

/// Seconds that a like stands which does not stay.
fn lost_after(random: &mut Random) -> i64 {
    HOUR + random.exponential(6.0 * DAY as f64) as i64
}
