//! What a case shows beside its evidence: pictures' data, each beside what innocent behaviour would look like.
//!
//! Nothing here decides anything. Everything is computed when the verdicts are given, from the rows of the
//! accounts in question and of a sample of all others, so that whoever shows a case computes nothing.

pub mod books;
pub mod conduct;
pub mod grid;
pub mod network;
pub mod sample;
pub mod spread;

use crate::findings::{RingKind, TargetCount};
use serde::{Deserialize, Serialize};

/// One endorsement by an account that is looked at closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// Canonical account id.
    pub account: u32,
    /// Canonical target id.
    pub target: u32,
    /// Microseconds since 1970 UTC.
    pub ts: i64,
    /// Keyed hash of the address, 0 where unknown.
    pub ip: u64,
    /// Keyed hash of the device, 0 where unknown.
    pub device: u64,
}

/// All views of one target by one account that is looked at closely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Canonical account id.
    pub account: u32,
    /// Canonical target id.
    pub target: u32,
    /// Time of the first view, microseconds since 1970 UTC.
    pub ts: i64,
    /// Milliseconds watched, the longest of them; 0 where unknown.
    pub dwell_ms: f32,
}

/// A histogram of a case beside the same of innocent accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Upper edges of the classes in seconds, ascending; the last class has none.
    pub uppers: Vec<f64>,
    /// How many of the case fall into each class; one more than there are edges.
    pub observed: Vec<u64>,
    /// How many would if the case were like the others; the same sum.
    pub expected: Vec<f64>,
    /// How many of the others that is learned from.
    pub learned_from: u64,
}

/// `part` of `whole` of the same accounts' doings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How many showed it.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

/// One trait of conduct in three places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// On the ring's targets.
    pub inside: Part,
    /// The same accounts elsewhere.
    pub elsewhere: Part,
    /// Accounts that nothing speaks against.
    pub others: Part,
}

/// Likes against views and dwell; only of logs with views.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conduct {
    /// Endorsements that no view of the same account precedes.
    pub unseen: Rates,
    /// Targets endorsed, of those looked at.
    pub liked: Rates,
    /// How long endorsers had watched (inside, against others); `None` where the log does not say.
    pub dwell: Option<Compared>,
}

/// What one member gave to others and received from them, in endorsements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Index into the members of the case.
    pub member: u32,
    /// Its endorsements of other members' targets.
    pub given: u64,
    /// Other members' endorsements of its targets.
    pub received: u64,
}

/// The books of members who endorse each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// Members that gave or received.
    pub members: Vec<Book>,
    /// Correlation of given and received over them; `None` where either does not vary.
    pub correlation: Option<f64>,
    /// Endorsements of each other's targets.
    pub inside: u64,
    /// All their endorsements.
    pub all: u64,
}

/// A device or an address that several members used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    /// A device; else an address.
    pub is_device: bool,
    /// Members that used it.
    pub members: u64,
    /// Accounts of the whole log that used it, members included.
    pub users: u64,
    /// More others than members used it: a campus, a carrier, a shop; it says nothing of the members.
    pub is_common: bool,
}

/// Who shares devices and addresses: a graph of members and [`Hub`]s. Identifiers are not in it; hubs are numbered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Members with an edge, as indices into the members of the case.
    pub accounts: Vec<u32>,
    /// Devices and addresses, the tellingest first.
    pub hubs: Vec<Hub>,
    /// (index into `accounts`, index into `hubs`).
    pub edges: Vec<(u32, u32)>,
    /// Shared devices and addresses that did not fit.
    pub left_out: u64,
    /// Members on some shared device or address that is not common, of those whose are known.
    pub sharing: Part,
}

/// What follows if the case is acted on, which means that its fake endorsements no longer count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Endorsements discounted (sum of p_fake).
    pub discounted: f64,
    /// Endorsements by the same accounts that stay.
    pub kept: f64,
    /// Targets that lose at least half an endorsement by it.
    pub targets: u64,
    /// Their owners; 0 where the log names none.
    pub owners: u64,
    /// The target that loses most; `by_ring` is what it loses, rounded.
    pub most: Option<TargetCount>,
}

/// What a ring's case shows beside its evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exhibits {
    /// What acting on it does.
    pub effect: Effect,
    /// Bits that evidence had to reach: `log2((n - k + 1) / (k q))` of closed e-BH for the k accused of n tested, at level q, or a little less.
    pub line_bits: f64,
    /// Cells (member, target) of the first members and targets, filled as independent accounts as active, on targets as
    /// popular, would: one draw.
    pub null_cells: Vec<(u32, u32)>,
    /// How many cells are filled so on average.
    pub null_mean: f64,
    /// Time from one endorsement of an account to its next.
    pub gaps: Option<Compared>,
    /// Age of accounts at their first endorsement.
    pub ages: Option<Compared>,
    /// Likes against views and dwell.
    pub conduct: Option<Conduct>,
    /// Giving and receiving, where members own targets.
    pub books: Option<Books>,
    /// Shared devices and addresses.
    pub network: Option<Network>,
}

/// One endorsement in an account's case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endorsed {
    /// Name of the target.
    pub target: String,
    /// Name of its owner, where known.
    pub owner: Option<String>,
    /// Microseconds since 1970 UTC; 0 where the log has no times.
    pub ts: i64,
    /// Probability that it is fake.
    pub p_fake: f64,
    /// In step with its ring.
    pub in_step: bool,
    /// Whether it had looked first; `None` where the log has no views.
    pub seen: Option<bool>,
}

/// What an account's case shows beside its evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountExhibits {
    /// Bits that an accusation takes; see [`Exhibits::line_bits`].
    pub line_bits: f64,
    /// The kind of the ring it was found in.
    pub kind: Option<RingKind>,
    /// All its endorsements.
    pub endorsements: u64,
    /// How many of them are discounted (sum of p_fake).
    pub discounted: f64,
    /// Creation, microseconds since 1970 UTC, where known.
    pub created: Option<i64>,
    /// When it endorsed, ascending, with the probability that it is fake; cut evenly where there are many. Empty without
    /// times.
    pub times: Vec<(i64, f32)>,
    /// Some of its endorsements, the likeliest to be fake first, so that they can be looked up.
    pub samples: Vec<Endorsed>,
    /// Time from one endorsement to the next.
    pub gaps: Option<Compared>,
    /// Devices and addresses it shares with others.
    pub shared: Vec<Hub>,
    /// Endorsements without a view, here in [`Rates::elsewhere`], against others'; `None` without views.
    pub unseen: Option<Rates>,
}

/// Nodes of a graph that can still be told apart.
pub const NODES_MAX: usize = 300;
