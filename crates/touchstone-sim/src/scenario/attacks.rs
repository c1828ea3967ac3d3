//! Parameters of those who fake.
//!
//! Frequencies are for 10,000 users; 0, the default, switches an attack off. With a frequency
//! above 0 there is at least one. Where a world is too small, groups shrink to a tenth of it.

use serde::{Deserialize, Serialize};

/// Everybody who fakes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attacks {
    /// Open boards of mutual help.
    pub board: Vec<Board>,
    /// Small closed groups that react within half an hour.
    pub pod: Vec<Pod>,
    /// Paid services.
    pub service: Vec<Service>,
}

/// An exchange: members post tasks, earn points for each done and spend points on likes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Board {
    /// What the truth files call it.
    pub name: String,
    /// Boards for 10,000 users.
    pub per_10k: f64,
    /// Members, median; log-normal with sigma 0.4. FACTS: 900 on average, 50 to 17,000 (pods of
    /// the NYU study); 250 by default for worlds of 20,000.
    pub members: f64,
    /// Share of members who come on a day, mean; members differ. FACTS: 30 to 500 of 900.
    pub active_share: f64,
    /// Tasks an active member does in a day, mean. FACTS: 10 to 60.
    pub tasks_per_day: f64,
    /// Share of claimed tasks really done. FACTS: 85 % with a ledger, 10 % without (Zhang 2017).
    pub compliance: f64,
    /// Share of members who never do a task. Assumed.
    pub free_riders_share: f64,
    /// Share of members who leave the tasks to a script. Assumed.
    pub automated_share: f64,
    /// Whether points are kept. Without, compliance is what goodwill gives.
    pub ledger: bool,
    /// Points for each like given. From memory: AddMeFast-like boards give 1 to 10.
    pub reward_points: f64,
    /// Points for each like received; the operator keeps the difference. FACTS: 1.2 to 2.
    pub price_points: f64,
    /// Points for joining. FACTS: 20, from memory.
    pub joining_bonus_points: f64,
    /// Points that members who were there before the log bring along, mean; counted as bonus. Assumed.
    pub opening_points: f64,
    /// Points for each day a member comes: inflation. Assumed.
    pub daily_bonus_points: f64,
    /// Growth of the price in a week, share. Assumed.
    pub price_growth_per_week: f64,
    /// Most likes one task may ask for. FACTS: 150 to 500.
    pub task_likes_max: u32,
    /// Share of tasks that ask to follow instead, and to comment instead.
    pub follow_tasks_share: f64,
    /// Share of tasks that ask to comment.
    pub comment_tasks_share: f64,
    /// Share of paid likes that are taken back within days. Assumed: 0 to 15 % drop by themselves (FACTS, of services).
    pub taken_back_share: f64,
    /// Chance that an undone claim is noticed; the third notice bans and forfeits the points.
    pub cheats_noticed_share: f64,
    /// Share of members who buy points for money when theirs run out; 0 is none. Assumed.
    pub buyers_share: f64,
    /// Points of a pack. Assumed.
    pub pack_points: f64,
    /// Price of a pack, euros. Assumed.
    pub pack_euros: f64,
    /// Spread between groups of one kind, sd of the logarithm of each of their habits; 0 makes all alike. Assumed.
    pub unevenness: f64,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            name: "exchange".into(),
            per_10k: 0.0,
            members: 250.0,
            active_share: 0.2,
            tasks_per_day: 20.0,
            compliance: 0.85,
            free_riders_share: 0.1,
            automated_share: 0.05,
            ledger: true,
            reward_points: 1.0,
            price_points: 1.5,
            joining_bonus_points: 20.0,
            opening_points: 120.0,
            daily_bonus_points: 3.0,
            price_growth_per_week: 0.03,
            task_likes_max: 150,
            follow_tasks_share: 0.08,
            comment_tasks_share: 0.05,
            taken_back_share: 0.04,
            cheats_noticed_share: 0.2,
            buyers_share: 0.04,
            pack_points: 300.0,
            pack_euros: 2.0,
            unevenness: 0.25,
        }
    }
}

/// A small group whose members like each post of each other within half an hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pod {
    /// What the truth files call it.
    pub name: String,
    /// Pods for 10,000 users.
    pub per_10k: f64,
    /// Members, median; log-normal with sigma 0.35. Assumed.
    pub members: f64,
    /// Minutes within which members react.
    pub minutes: f64,
    /// Share of posts that an awake member likes; members differ. Assumed.
    pub compliance: f64,
    /// Posts a member publishes in a day, mean. Assumed.
    pub posts_per_day: f64,
    /// Share of reactions that come with a comment. FACTS: pods multiply comments by five.
    pub comment_share: f64,
    /// Spread between groups of one kind, sd of the logarithm of each of their habits; 0 makes all alike. Assumed.
    pub unevenness: f64,
}

impl Default for Pod {
    fn default() -> Self {
        Self {
            name: "pod".into(),
            per_10k: 0.0,
            members: 22.0,
            minutes: 30.0,
            compliance: 0.85,
            posts_per_day: 0.25,
            comment_share: 0.2,
            unevenness: 0.25,
        }
    }
}

/// Whose accounts a service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// A pool that it owns and uses again and again.
    Pool,
    /// Accounts used for one order and thrown away.
    OneOff,
    /// Stolen or lent access tokens of real users, who live on beside it.
    Tokens,
}

/// A paid service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// What the truth files call it.
    pub name: String,
    /// Services for 10,000 users.
    pub per_10k: f64,
    /// Whose accounts it uses.
    pub supply: Supply,
    /// Accounts, median; log-normal with sigma 0.3. FACTS: 2,000 to 100,000 on platforms of
    /// hundreds of millions; 300 by default for worlds of 20,000.
    pub accounts: f64,
    /// Share of its accounts of the dear kind: 180 to 900 days old instead of 0 to 30, followers,
    /// used sparingly. FACTS, prices from memory.
    pub premium_share: f64,
    /// Share of orders for dear accounts alone, as far as there are any. Assumed.
    pub premium_orders_share: f64,
    /// Orders a week for each 100 accounts. Assumed: 2.9 to 12.6 likes an account (NATO, StarScout).
    pub orders_per_week_per_100: f64,
    /// Likes an order, median. FACTS: 130 (StarScout); an order takes at most three accounts in five.
    pub order_likes_median: f64,
    /// Standard deviation of its logarithm. FACTS: p90 400.
    pub order_likes_sigma: f64,
    /// Orders of views alone for each order of likes, of the same size and speed. FACTS: 0.8 (NATO 2019, by
    /// number delivered). Not of accounts used once; 0 is none.
    pub view_orders: f64,
    /// Orders of followers for each order of likes. FACTS: 0.2 (NATO 2019).
    pub follow_orders: f64,
    /// Orders of comments for each order of likes. FACTS: 0.14 (NATO 2019).
    pub comment_orders: f64,
    /// How orders are delivered, in parts of the sum.
    pub speed: Speed,
    /// What it does to stay unseen.
    pub evasion: Evasion,
    /// Share of likes gone again; of some that were placed before the log, only the unlike is in it.
    /// FACTS: 7 to 20 % in four weeks.
    pub dropped_share: f64,
    /// Whether dropped likes are replaced by those of other accounts.
    pub refill: bool,
    /// Spread between groups of one kind, sd of the logarithm of each of their habits; 0 makes all alike. Assumed.
    pub unevenness: f64,
}

/// How orders are delivered, in parts of the sum. FACTS: 60, 29 and 11 % (NATO 2023).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Speed {
    /// Nine tenths within 2 to 6 hours.
    pub burst: f64,
    /// Within a day.
    pub day: f64,
    /// Over 3 to 15 days.
    pub trickle: f64,
}

impl Default for Speed {
    fn default() -> Self {
        Self { burst: 0.6, day: 0.29, trickle: 0.11 }
    }
}

/// The evasions, each by itself. FACTS' ladder L1 to L5 switches them on one after another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evasion {
    /// A home address from a proxy network for each session, instead of a few of a data centre;
    /// and a device of its own for each account.
    pub rotating_addresses: bool,
    /// Accounts that aged for months and live a little before and between orders.
    pub aged_accounts: bool,
    /// Log-normal pauses and people's hours instead of a steady clock.
    pub random_pauses: bool,
    /// Open, watch, then like; a look at something else before.
    pub click_path: bool,
    /// Contents browsed for cover around each paid like, by a taste of its own. FACTS: 10 to 40.
    pub cover_views: f64,
    /// Likes an order takes at most, drawn anew each time from the whole pool; 0 is no limit.
    pub subset_likes_max: u32,
    /// Views bought along with each like, to keep ratios straight.
    pub bought_views: f64,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            name: "farm".into(),
            per_10k: 0.0,
            supply: Supply::Pool,
            accounts: 300.0,
            premium_share: 0.15,
            premium_orders_share: 0.1,
            orders_per_week_per_100: 2.0,
            order_likes_median: 130.0,
            order_likes_sigma: 0.88,
            view_orders: 0.8,
            follow_orders: 0.2,
            comment_orders: 0.14,
            speed: Speed::default(),
            evasion: Evasion::default(),
            dropped_share: 0.1,
            refill: true,
            unevenness: 0.25,
        }
    }
}
