//! Bought likes laid over any log, to measure what they buy.
//!
//! In comes what anybody sees of a platform ([`Market`]), and an [`Order`]: so many likes on each of some targets, in one of
//! five qualities ([`Level`]). Out come rows of events that go beside the log. Accounts of services are new names; courtesy
//! is done by real accounts of the log. Everything is a function of market, order and seed.
//!
//! A service spreads its accounts over its orders: each places about as many likes as
//! [`Order::likes_an_account`], each order gets another mixture. Deliveries: 60 % within six hours, 29 % within a day, the
//! rest within 3 to 15 days (FACTS 6: NATO StratCom).

mod write;

pub use write::{Columns, write};

use crate::adapt::prices::{CHEAP_LIKES, HUMAN_LIKE_LIKES, STANDARD_LIKES};
use crate::random::Random;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Stream of random numbers of this module.
const PURPOSE: u64 = 301;
/// Views for cover that an account of the better services makes for each paid like. FACTS: 10 to 40.
const COVER_VIEWS: u32 = 10;
/// Watchers who do not like, for each bought like, where they are bought beside.
const WATCHERS: u32 = 2;
/// Accounts of a cheap service that share a device.
const ACCOUNTS_A_DEVICE: u64 = 10;
/// Members of a courtesy group. FACTS: median 9.
const GROUP: usize = 8;
/// Dollars for 1,000 views. FACTS: EUR 0.11.
const VIEWS_DOLLARS: f64 = 0.12;

/// How well likes are faked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Likes alone, from fresh accounts of which ten share a device.
    Likes,
    /// A short look before each like.
    Views,
    /// Each like after watching to the end, from accounts with a device of their own that watched other things for two
    /// weeks before: ten views for each paid like.
    Watching,
    /// As before, and two more such accounts for each like that watch to the end and do not like.
    Watchers,
    /// Real accounts in small groups whose members like each other's targets after a partial look.
    Courtesy,
}

impl Level {
    /// All levels.
    pub const ALL: [Self; 5] = [Self::Likes, Self::Views, Self::Watching, Self::Watchers, Self::Courtesy];

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Likes => "likes only",
            Self::Views => "likes and views",
            Self::Watching => "likes, views, watching",
            Self::Watchers => "and watchers beside",
            Self::Courtesy => "courtesy groups",
        }
    }

    /// What one like costs, US dollars: geometric middles of the ranges in [`crate::adapt::prices`].
    /// Watchers are priced as human-like likes are: nobody sells views of that kind (assumed). Courtesy costs no money.
    #[must_use]
    pub fn dollars_a_like(self) -> f64 {
        match self {
            Self::Likes => CHEAP_LIKES.dollars() / 1000.0,
            Self::Views => (STANDARD_LIKES.dollars() + VIEWS_DOLLARS) / 1000.0,
            Self::Watching => HUMAN_LIKE_LIKES.dollars() / 1000.0,
            Self::Watchers => HUMAN_LIKE_LIKES.dollars() / 1000.0 * f64::from(1 + WATCHERS),
            Self::Courtesy => 0.0,
        }
    }

    /// Likes that a target gets where `likes` are ordered: a courtesy group has no more than its members.
    #[must_use]
    pub fn delivered(self, likes: u32) -> u32 {
        if self == Self::Courtesy { likes.min(GROUP as u32 - 1) } else { likes }
    }
}

/// A target as everybody sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// Its owner's name, where known.
    pub owner: Option<String>,
    /// Its length in milliseconds, where known.
    pub duration_ms: Option<f64>,
    /// When it was first seen, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// How often it was viewed, or where nothing is, liked: cover follows the crowd.
    pub popularity: u64,
}

/// A platform as everybody sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Market {
    /// What can be liked.
    pub targets: Vec<Offer>,
    /// Names of accounts that are active.
    pub accounts: Vec<String>,
    /// First moment of the log, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// Last moment of the log.
    pub to_ms: i64,
}

/// What is bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// How well it is faked.
    pub level: Level,
    /// Positions of the targets in the market.
    pub targets: Vec<usize>,
    /// Likes for each.
    pub likes: u32,
    /// Likes that one account of a service places in all. FACTS: 2.9 to 4.2 in measured purchases, 12.6 in campaigns.
    pub likes_an_account: u32,
    /// Names the draw.
    pub seed: u64,
}

/// One row to lay over the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Bought {
    /// Account.
    pub actor: String,
    /// Position of the target in the market.
    pub target: usize,
    /// Milliseconds since 1970 UTC.
    pub ts_ms: i64,
    /// Whether it is a view; else it is a like.
    pub view: bool,
    /// Milliseconds watched, on views.
    pub dwell_ms: f64,
    /// Fraction watched, on views.
    pub fraction: f64,
    /// Number of the device, 0 for a real account's own.
    pub device: u64,
    /// Address, 0 for a real account's own.
    pub ip: u32,
}

/// Delivers.
#[must_use]
pub fn buy(market: &Market, order: &Order) -> Vec<Bought> {
    let mut service = Service {
        market,
        order,
        random: Random::stream(order.seed, PURPOSE, order.level as u64),
        crowd: Crowd::new(market),
        rows: Vec::new(),
    };
    match order.level {
        Level::Courtesy => service.courtesy(),
        _ => service.deliver(),
    }
    let mut rows = service.rows;
    rows.sort_by(|a, b| (a.ts_ms, &a.actor, a.target, a.view).cmp(&(b.ts_ms, &b.actor, b.target, b.view)));
    rows
}

/// Draws targets as often as people view them.
struct Crowd(Vec<u64>);

impl Crowd {
    fn new(market: &Market) -> Self {
        let mut sum = 0;
        Self(
            market
                .targets
                .iter()
                .map(|t| {
                    sum += t.popularity;
                    sum
                })
                .collect(),
        )
    }

    fn draw(&self, random: &mut Random) -> Option<usize> {
        let total = *self.0.last().filter(|s| **s > 0)?;
        let at = random.below(total);
        Some(self.0.partition_point(|s| *s <= at))
    }
}

struct Service<'a> {
    market: &'a Market,
    order: &'a Order,
    random: Random,
    crowd: Crowd,
    rows: Vec<Bought>,
}

impl Service<'_> {
    fn name(&self, account: u64) -> String {
        // A plain name that no log is likely to have; the level keeps two services apart.
        format!("svc{}x{:x}n{account}", self.order.level as u8, self.order.seed)
    }

    fn deliver(&mut self) {
        let orders = self.order.targets.len() as u64;
        let likes = u64::from(self.order.likes);
        let each = u64::from(self.order.likes_an_account.max(1));
        // No account likes a target twice, so there are at least as many accounts as likes on one.
        let accounts = (orders * likes).div_ceil(each).max(likes);
        let likers: Vec<u64> = (0..accounts).collect();
        let mut pool = Pool::new(likers, accounts);
        let watchers_each = likes * u64::from(WATCHERS);
        let watchers = (orders * watchers_each).div_ceil(each).max(watchers_each);
        let mut others = Pool::new((accounts..accounts + watchers).collect(), watchers);
        for target in self.order.targets.clone() {
            let start = self.start(target);
            for account in pool.take(likes, &mut self.random) {
                let at = start + self.delay();
                self.like(account, target, at);
            }
            if self.order.level == Level::Watchers {
                for account in others.take(watchers_each, &mut self.random) {
                    let at = start + self.delay();
                    self.watch(account, target, at, true);
                    self.cover(account, at);
                }
            }
        }
    }

    /// When a delivery begins: in the target's life, a day before the end at the latest.
    fn start(&mut self, target: usize) -> i64 {
        let from = self.market.targets[target].from_ms.max(self.market.from_ms);
        self.random.between(from, (self.market.to_ms - DAY_MS).max(from))
    }

    fn delay(&mut self) -> i64 {
        let point = self.random.unit();
        let most = match point {
            p if p < 0.6 => 6 * HOUR_MS,
            p if p < 0.89 => DAY_MS,
            _ => self.random.between(3, 15) * DAY_MS,
        };
        (self.random.unit() * most as f64) as i64
    }

    fn row(&mut self, account: u64, target: usize, at: i64, view: bool, fraction: f64) {
        let shared = matches!(self.order.level, Level::Likes);
        let length = self.market.targets[target].duration_ms.unwrap_or(10_000.0);
        let device = if shared { account / ACCOUNTS_A_DEVICE } else { account } + 1;
        self.rows.push(Bought {
            actor: self.name(account),
            target,
            ts_ms: at.min(self.market.to_ms),
            view,
            dwell_ms: (fraction * length).round(),
            fraction,
            device,
            ip: self.random.word() as u32 | 1,
        });
    }

    fn like(&mut self, account: u64, target: usize, at: i64) {
        match self.order.level {
            Level::Likes => {}
            Level::Views => {
                let length = self.market.targets[target].duration_ms.unwrap_or(10_000.0);
                let ms = self.random.uniform(1200.0, 3000.0);
                self.row(account, target, at - ms as i64, true, (ms / length).min(1.0));
            }
            _ => {
                self.watch(account, target, at - 1000, true);
                self.cover(account, at);
            }
        }
        self.row(account, target, at, false, 0.0);
    }

    fn watch(&mut self, account: u64, target: usize, at: i64, to_the_end: bool) {
        // FACTS 6: 30 % skip, 40 % middle, 30 % finish.
        let point = if to_the_end { 1.0 } else { self.random.unit() };
        let fraction = match point {
            p if p < 0.3 => self.random.uniform(0.02, 0.3),
            p if p < 0.7 => self.random.uniform(0.3, 1.0),
            _ => self.random.uniform(1.0, 1.2),
        };
        let length = self.market.targets[target].duration_ms.unwrap_or(10_000.0);
        self.row(account, target, at - (fraction * length) as i64, true, fraction);
    }

    /// What the account watches for cover, in the two weeks before.
    fn cover(&mut self, account: u64, at: i64) {
        for _ in 0..COVER_VIEWS {
            let Some(target) = self.crowd.draw(&mut self.random) else { return };
            let from = (at - 14 * DAY_MS).max(self.market.targets[target].from_ms).max(self.market.from_ms);
            let when = self.random.between(from, at.max(from));
            self.watch(account, target, when, false);
        }
    }

    /// Groups of real accounts; each like goes to a target that one of them has.
    fn courtesy(&mut self) {
        let mut accounts: Vec<usize> = (0..self.market.accounts.len()).collect();
        self.random.shuffle(&mut accounts);
        let likes = self.order.level.delivered(self.order.likes) as usize;
        for (k, group) in self.order.targets.clone().chunks(GROUP).enumerate() {
            let members: Vec<usize> = accounts.iter().copied().cycle().skip(k * GROUP).take(GROUP).collect();
            for (own, target) in group.iter().enumerate() {
                let start = self.start(*target);
                let others: Vec<usize> = (0..members.len()).filter(|m| *m != own).map(|m| members[m]).collect();
                for member in self.random.sample(&others, likes) {
                    let at = start + (self.random.unit() * DAY_MS as f64) as i64;
                    let fraction = self.random.log_normal(0.35, 0.7).min(1.5);
                    let length = self.market.targets[*target].duration_ms.unwrap_or(10_000.0);
                    let mut row = Bought {
                        actor: self.market.accounts[member].clone(),
                        target: *target,
                        ts_ms: (at - (fraction * length) as i64 - 500).min(self.market.to_ms),
                        view: true,
                        dwell_ms: (fraction * length).round(),
                        fraction,
                        device: 0,
                        ip: 0,
                    };
                    self.rows.push(row.clone());
                    (row.view, row.ts_ms) = (false, at.min(self.market.to_ms));
                    self.rows.push(row);
                }
            }
        }
    }
}

/// Accounts that take turns, in another order each time round.
struct Pool {
    accounts: Vec<u64>,
    at: usize,
}

impl Pool {
    fn new(accounts: Vec<u64>, count: u64) -> Self {
        Self { at: count as usize, accounts }
    }

    /// `count` different accounts.
    fn take(&mut self, count: u64, random: &mut Random) -> Vec<u64> {
        let count = (count as usize).min(self.accounts.len());
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            if self.at >= self.accounts.len() {
                random.shuffle(&mut self.accounts);
                self.at = 0;
            }
            let account = self.accounts[self.at];
            self.at += 1;
            if !taken.contains(&account) {
                taken.push(account);
            }
        }
        taken
    }
}
