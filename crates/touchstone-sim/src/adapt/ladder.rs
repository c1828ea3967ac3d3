//! The ladder of evasions: each rung adds one thing to those below it.

use serde::Serialize;

use super::prices::{
    AGED_ACCOUNT, CHEAP_LIKES, FRESH_ACCOUNT, HUMAN_LIKE_LIKES, LIKE_MEGABYTES, PROXY_TRAFFIC, Price, STANDARD_LIKES,
    WATCH_MEGABYTES,
};
use crate::scenario::{Evasion, Service, Speed};

/// Contents browsed for cover around a paid like: the geometric middle of 10 to 40 (FACTS 6).
const COVER_VIEWS: f64 = 20.0;
/// Likes of an account where accounts are used again and again: campaigns of StarScout.
const LIKES_PER_ACCOUNT_REUSED: f64 = 12.6;
/// Likes of an account that is spared: FACTS' L5 allows three shared targets.
const LIKES_PER_ACCOUNT_SPARED: f64 = 3.0;
/// Most likes of an order that takes a small subset of a large pool; as scenario farm-subsets.
const SUBSET_LIKES: u32 = 50;
/// An order takes this share of the pool, median; at most twice as much, as everywhere in the
/// simulator. In larger worlds it would be the 130 of StarScout.
const ORDER_SHARE_OF_POOL: f64 = 0.3;
/// Mean of a log-normal with sigma 0.88 that is cut at twice its median, over that median.
const ORDER_MEAN_OVER_MEDIAN: f64 = 1.11;

/// One rung.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rung {
    /// L0 to L6. L0 to L5 are those of FACTS 6.
    pub name: &'static str,
    /// What it adds to the rung below.
    pub adds: &'static str,
    /// Price of 1,000 likes delivered in this way.
    pub likes: Price,
    /// Price of an account of the kind that it needs.
    pub account: Price,
    /// Whether accounts have to be aged.
    pub aged: bool,
    /// Likes that an account gives in a round.
    pub likes_per_account: f64,
    /// Traffic through proxies for each like, megabytes.
    pub proxy_megabytes_per_like: f64,
    /// The evasions as the simulator knows them.
    pub evasion: Evasion,
    /// Delivery over days instead of hours.
    pub trickle: bool,
}

/// All rungs, lowest first.
#[must_use]
pub fn ladder() -> [Rung; 7] {
    let burst = Rung {
        name: "L0",
        adds: "bursts from a data centre, fresh accounts",
        likes: CHEAP_LIKES,
        account: FRESH_ACCOUNT,
        aged: false,
        likes_per_account: LIKES_PER_ACCOUNT_REUSED,
        proxy_megabytes_per_like: 0.0,
        evasion: Evasion::default(),
        trickle: false,
    };
    let rotating = Rung {
        name: "L1",
        adds: "rotating home addresses, a device each",
        proxy_megabytes_per_like: LIKE_MEGABYTES,
        evasion: Evasion { rotating_addresses: true, ..burst.evasion },
        ..burst
    };
    let aged = Rung {
        name: "L2",
        adds: "aged accounts",
        likes: STANDARD_LIKES,
        account: AGED_ACCOUNT,
        aged: true,
        evasion: Evasion { aged_accounts: true, ..rotating.evasion },
        ..rotating
    };
    let paused = Rung {
        name: "L3",
        adds: "random pauses at people's hours",
        evasion: Evasion { random_pauses: true, ..aged.evasion },
        ..aged
    };
    let covered = Rung {
        name: "L4",
        adds: "click path, cover around each like",
        likes: HUMAN_LIKE_LIKES,
        proxy_megabytes_per_like: WATCH_MEGABYTES * (1.0 + COVER_VIEWS),
        evasion: Evasion { click_path: true, cover_views: COVER_VIEWS, ..paused.evasion },
        ..paused
    };
    let spared = Rung {
        name: "L5",
        adds: "small subsets of a large pool, accounts spared",
        likes_per_account: LIKES_PER_ACCOUNT_SPARED,
        evasion: Evasion { subset_likes_max: SUBSET_LIKES, ..covered.evasion },
        ..covered
    };
    let trickling = Rung { name: "L6", adds: "delivery over days", trickle: true, ..spared };
    [burst, rotating, aged, paused, covered, spared, trickling]
}

impl Rung {
    /// Accounts that so many likes need.
    #[must_use]
    pub fn accounts(&self, likes: f64) -> f64 {
        likes / self.likes_per_account
    }

    /// What a like costs delivered, without its account: price and proxies, US dollars.
    #[must_use]
    pub fn dollars_per_like(&self) -> f64 {
        self.likes.dollars() / 1000.0 + self.proxy_dollars_per_like()
    }

    /// What the proxies of a like cost, US dollars.
    #[must_use]
    pub fn proxy_dollars_per_like(&self) -> f64 {
        self.proxy_megabytes_per_like / 1000.0 * PROXY_TRAFFIC.dollars()
    }

    /// The service that delivers about so many likes in a world of so many people and days.
    #[must_use]
    pub fn service(&self, name: &str, likes: f64, users: u32, days: u32) -> Service {
        let accounts = self.accounts(likes);
        let mut order_likes = accounts * ORDER_SHARE_OF_POOL;
        if self.evasion.subset_likes_max > 0 {
            order_likes = order_likes.min(f64::from(self.evasion.subset_likes_max) / 2.0);
        }
        let orders = likes / (order_likes * ORDER_MEAN_OVER_MEDIAN);
        let weeks = f64::from(days) / 7.0;
        let speed = match self.trickle {
            true => Speed { burst: 0.0, day: 0.0, trickle: 1.0 },
            false => Speed { burst: 1.0, day: 0.0, trickle: 0.0 },
        };
        Service {
            name: name.to_owned(),
            // One service, however many people.
            per_10k: 10_000.0 / f64::from(users),
            accounts,
            // All accounts are of the kind that was paid for.
            premium_share: 0.0,
            premium_orders_share: 0.0,
            orders_per_week_per_100: orders / weeks / (accounts / 100.0),
            order_likes_median: order_likes,
            speed,
            evasion: self.evasion,
            // It delivers what was paid for.
            unevenness: 0.0,
            ..Service::default()
        }
    }
}
