//! An attacker with a budget who sees what became of its own likes, and nothing else.
//!
//! Its policy, the same each time:
//!
//! 1. It begins on the lowest rung and may spend an equal share of what money is left in each
//!    round that is left. It wants a number of likes and buys fewer where money ends.
//! 2. While [`CONTENT_SHARE`] of its likes survive, it stays.
//! 3. Else it climbs to the next rung that it has not tried and can pay.
//! 4. Having tried them all, it goes where, by what survived so far and by the prices, most likes
//!    will survive for a round's money; where two are equal, to the lower.
//!
//! An account of which a like was discounted is burned; the others are kept for the next round.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ladder::{Rung, ladder};
use crate::scenario::Scenario;

/// Share of bought likes that buyers are used to keep: 4 of 5 after four weeks (NATO StratCom
/// 2019, second-hand). With as many surviving, the attacker sees no reason to pay for more evasion.
pub const CONTENT_SHARE: f64 = 0.8;
/// Orders are planned to cost this share of the sum agreed on: pools and orders turn out larger or
/// smaller than planned (by a third, one in three). What goes beyond the sum is not billed.
const PLANNED_SHARE: f64 = 0.7;
/// Accounts below which there is no service.
const ACCOUNTS_MIN: f64 = 10.0;
/// From this share on, a like is gone in its buyer's eyes, and its account burned.
const GONE: f64 = 0.5;

/// What became of a like that the attacker placed.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnLike {
    /// The attacker's account.
    pub account: String,
    /// Share of it that was taken off the count, 0 to 1.
    pub discounted: f64,
}

/// All that the attacker sees of a round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Accounts that it used.
    pub accounts: usize,
    /// Its likes that stand in the log; without those placed for cover.
    pub likes: Vec<OwnLike>,
}

impl Outcome {
    /// Likes that count, as far as they do.
    #[must_use]
    pub fn surviving(&self) -> f64 {
        self.likes.iter().map(|like| 1.0 - like.discounted).sum()
    }

    /// Accounts with a like that was discounted.
    #[must_use]
    pub fn burned(&self) -> usize {
        let mut gone: Vec<&str> =
            self.likes.iter().filter(|like| like.discounted >= GONE).map(|like| like.account.as_str()).collect();
        gone.sort_unstable();
        gone.dedup();
        gone.len()
    }
}

/// What the attacker orders for a round.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Order {
    /// Rung of the ladder.
    pub rung: usize,
    /// Likes.
    pub likes: f64,
    /// US dollars that it will pay at most.
    pub agreed_dollars: f64,
}

/// What a round cost, US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Bill {
    /// Accounts that had to be bought.
    pub accounts_bought: usize,
    /// What they cost.
    pub accounts_dollars: f64,
    /// The price of the likes.
    pub likes_dollars: f64,
    /// Traffic through proxies.
    pub proxies_dollars: f64,
    /// What was paid: the three, but at most what was agreed on.
    pub dollars: f64,
}

/// What is known of a rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
struct Record {
    delivered: f64,
    surviving: f64,
}

/// The attacker between two rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attacker {
    /// US dollars that are left.
    pub money_dollars: f64,
    /// Rounds that are left.
    pub rounds_left: u32,
    /// Where it stands on the ladder.
    pub rung: usize,
    /// Likes that it wants in a round.
    pub likes_wanted: f64,
    /// Accounts that are still clean, by whether they are aged.
    stock: BTreeMap<bool, usize>,
    /// What it knows of the rungs that it tried.
    records: BTreeMap<usize, Record>,
}

impl Attacker {
    /// One who has not begun.
    #[must_use]
    pub fn new(budget_dollars: f64, rounds: u32, likes_wanted: f64) -> Self {
        Self {
            money_dollars: budget_dollars,
            rounds_left: rounds,
            rung: 0,
            likes_wanted,
            stock: BTreeMap::new(),
            records: BTreeMap::new(),
        }
    }

    /// What it orders now; nothing where the rounds are over or the money does not buy a service.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        let likes = self.buys(self.rung)?;
        Some(Order { rung: self.rung, likes, agreed_dollars: self.share_dollars() })
    }

    /// The world of the next round: the base with this attacker's service under `name`.
    #[must_use]
    pub fn scenario(&self, base: &Scenario, name: &str) -> Option<Scenario> {
        let order = self.order()?;
        let mut scenario = base.clone();
        let service = ladder()[order.rung].service(name, order.likes, base.users, base.days);
        scenario.attacks.service.push(service);
        Some(scenario)
    }

    /// What an order costs that came out so.
    #[must_use]
    pub fn bill(&self, order: &Order, outcome: &Outcome) -> Bill {
        let rung = &ladder()[order.rung];
        let accounts_bought = outcome.accounts.saturating_sub(self.clean(rung));
        let accounts_dollars = accounts_bought as f64 * rung.account.dollars();
        let delivered = outcome.likes.len() as f64;
        let likes_dollars = delivered * rung.likes.dollars() / 1000.0;
        let proxies_dollars = delivered * rung.proxy_dollars_per_like();
        let dollars = (accounts_dollars + likes_dollars + proxies_dollars).min(order.agreed_dollars);
        Bill { accounts_bought, accounts_dollars, likes_dollars, proxies_dollars, dollars }
    }

    /// The attacker after a round, whatever it learned. Without an order nothing happens.
    #[must_use]
    pub fn next(&self, outcome: &Outcome) -> Self {
        let mut next = self.clone();
        let Some(order) = self.order() else { return next };
        let rung = &ladder()[order.rung];
        // Subtraction of shares must not leave a tiny debt.
        next.money_dollars = (self.money_dollars - self.bill(&order, outcome).dollars).max(0.0);
        next.rounds_left -= 1;
        let clean = self.clean(rung).max(outcome.accounts).saturating_sub(outcome.burned());
        next.stock.insert(rung.aged, clean);
        if outcome.likes.is_empty() {
            // Nothing came, nothing was learned.
            return next;
        }
        let record = next.records.entry(order.rung).or_default();
        record.delivered += outcome.likes.len() as f64;
        record.surviving += outcome.surviving();
        if outcome.surviving() >= CONTENT_SHARE * outcome.likes.len() as f64 {
            return next;
        }
        let above = order.rung + 1..ladder().len();
        let untried = above.into_iter().find(|rung| !next.records.contains_key(rung) && next.buys(*rung).is_some());
        next.rung = untried.unwrap_or_else(|| next.best());
        next
    }

    /// Clean accounts of the kind that a rung needs.
    fn clean(&self, rung: &Rung) -> usize {
        self.stock.get(&rung.aged).copied().unwrap_or(0)
    }

    /// Likes that so much money buys on a rung, clean accounts first.
    fn affordable(&self, rung: &Rung, dollars: f64) -> f64 {
        let clean = self.clean(rung) as f64;
        let with_clean = dollars / rung.dollars_per_like();
        if rung.accounts(with_clean) <= clean {
            return with_clean;
        }
        let account = rung.account.dollars();
        (dollars + clean * account) / (rung.dollars_per_like() + account / rung.likes_per_account)
    }

    /// An equal share of the money for each round that is left, US dollars.
    fn share_dollars(&self) -> f64 {
        self.money_dollars / f64::from(self.rounds_left.max(1))
    }

    /// Likes to order on a rung now, where that makes a service.
    fn buys(&self, rung: usize) -> Option<f64> {
        let rung = &ladder()[rung];
        let likes = self.affordable(rung, self.share_dollars() * PLANNED_SHARE).min(self.likes_wanted);
        (self.rounds_left > 0 && rung.accounts(likes) >= ACCOUNTS_MIN).then_some(likes)
    }

    /// The tried rung on which a round's money buys most surviving likes.
    fn best(&self) -> usize {
        let mut best = (self.rung, 0.0);
        for (&rung, record) in &self.records {
            let surviving = self.buys(rung).unwrap_or(0.0) * record.surviving / record.delivered;
            if surviving > best.1 {
                best = (rung, surviving);
            }
        }
        best.0
    }
}
