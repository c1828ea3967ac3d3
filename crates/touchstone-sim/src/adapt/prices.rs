//! What faking costs: ranges as they were published, and how much is known of each.
//!
//! Markets quote ranges over orders of magnitude, so a range counts by its geometric middle.

use serde::Serialize;

/// A price that sources give as a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Price {
    /// Lowest that was seen, US dollars.
    pub low: f64,
    /// Highest that was seen, US dollars.
    pub high: f64,
    /// What it buys.
    pub unit: &'static str,
    /// How it is known: measured and second-hand (S), weak source (W), from memory (M).
    pub basis: &'static str,
}

impl Price {
    /// The geometric middle of the range, US dollars.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        (self.low * self.high).sqrt()
    }
}

/// Likes of the cheapest kind, from fresh accounts.
pub const CHEAP_LIKES: Price =
    Price { low: 0.3, high: 1.5, unit: "1,000 likes", basis: "S, W: panels and NATO StratCom" };
/// Likes of the usual kind.
pub const STANDARD_LIKES: Price =
    Price { low: 1.0, high: 5.0, unit: "1,000 likes", basis: "S: NATO StratCom, 2019 to 2024" };
/// Likes that come as people's do, from aged accounts.
pub const HUMAN_LIKE_LIKES: Price = Price { low: 20.0, high: 60.0, unit: "1,000 likes", basis: "M: from memory" };
/// An account just made.
pub const FRESH_ACCOUNT: Price = Price { low: 0.1, high: 0.1, unit: "account", basis: "S: COTSI, SMS verification" };
/// An account half a year old or more.
pub const AGED_ACCOUNT: Price = Price { low: 0.5, high: 5.0, unit: "account", basis: "M: from memory" };
/// Traffic through homes of strangers.
pub const PROXY_TRAFFIC: Price = Price { low: 1.0, high: 8.0, unit: "gigabyte", basis: "M: from memory" };

/// Traffic of a like by itself. Assumed.
pub const LIKE_MEGABYTES: f64 = 0.1;
/// Traffic of a content that is opened and watched. Assumed: ten seconds of a small video.
pub const WATCH_MEGABYTES: f64 = 2.0;
