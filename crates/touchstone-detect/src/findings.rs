//! What a run found, in the words of the contract: plain data that the engine writes to files
//! and the console shows. Everything a page needs is here, so that the console computes nothing.

use crate::case::{AccountExhibits, Exhibits};
use serde::{Deserialize, Serialize};

/// What is said of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it beyond chance.
    Organic,
    /// Worth a look; nothing is done to it automatically.
    Suspect,
    /// An accusation, controlled at the false discovery rate of the run.
    Inauthentic,
}

impl Verdict {
    /// The word in the findings files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organic => "organic",
            Self::Suspect => "suspect",
            Self::Inauthentic => "inauthentic",
        }
    }
}

/// What kind of ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RingKind {
    /// Accounts driven together, as an ordered service drives them.
    Farm,
    /// Members who endorse each other's targets.
    Exchange,
    /// A small exchange that reacts at once.
    Pod,
    /// A large pool of which each order uses a part.
    Collusion,
    /// One delivery on one target.
    Burst,
}

impl RingKind {
    /// The word in the findings files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Farm => "farm",
            Self::Exchange => "exchange",
            Self::Pod => "pod",
            Self::Collusion => "collusion",
            Self::Burst => "burst",
        }
    }
}

/// One event that shows a piece of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Who acted.
    pub actor: String,
    /// On what.
    pub target: String,
    /// When, microseconds since 1970 UTC; none where the log has no times.
    pub ts: Option<i64>,
}

/// An innocent explanation that was considered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Innocent {
    /// What it would be instead ("people of one taste who read the same digest").
    pub explanation: String,
    /// What speaks against that, with its numbers; says so where nothing does.
    pub against: String,
    /// Evidence against it, in bits: of an account all that it does not explain, of a ring the strongest mark that it does
    /// not explain.
    pub bits: f64,
}

/// What would be said if one piece of evidence were not there; all else, the line of accusation included, as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What is left out ("the shared devices").
    pub without: String,
    /// The evidence that remains, in bits.
    pub bits: f64,
    /// What it would be then: a verdict (organic, suspect, inauthentic), or, of a ring, "ring" or "no ring".
    pub then: String,
    /// True if that is another answer than today's.
    pub turns: bool,
    /// All of it in a sentence.
    pub sentence: String,
}

/// Why an account has its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountCase {
    /// The account's name in the log.
    pub account: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// The part of it that can accuse, in bits.
    pub accusing_bits: f64,
    /// Its ring, if any.
    pub ring: Option<String>,
    /// At most five, strongest first; negative bits speak for it.
    pub evidence: Vec<Evidence>,
    /// The innocent explanations that were considered, the best (with least against it) first.
    pub innocents: Vec<Innocent>,
    /// What would change the verdict; those that would turn it first.
    pub changes: Vec<Change>,
    /// What else the case shows, each beside what innocents would.
    #[serde(default)]
    pub exhibits: AccountExhibits,
}

/// One piece of evidence, as a person can check it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which detector: burst, lockstep, pool.
    pub signal: String,
    /// log2 of the e-value; negative exonerates.
    pub bits: f64,
    /// What was measured ("coincidences within 60 s").
    pub statistic: String,
    /// As observed.
    pub observed: f64,
    /// As expected under the null of innocent behaviour.
    pub expected: f64,
    /// One sentence with the numbers in it, for people.
    pub sentence: String,
    /// A few of the events behind it.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

/// One member of a ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RingMember {
    /// The account's name in the log.
    pub account: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// Ring targets it endorsed.
    pub joint_targets: u64,
    /// All its endorsements.
    pub endorsements: u64,
    /// How many of them are discounted (sum of p_fake).
    pub discounted: f64,
}

/// One target of a ring, or one of the most inflated targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetCount {
    /// The target's name in the log.
    pub target: String,
    /// Its owner's name, where known.
    pub owner: Option<String>,
    /// Reported endorsements.
    pub reported: u64,
    /// Corrected count.
    pub authentic: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// Endorsements by members of the ring in question (or of any ring).
    pub by_ring: u64,
}

/// One endorsement by a ring member on a ring target. Serialised as an array: there are very many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "EventRow", into = "EventRow")]
pub struct RingEvent {
    /// Index into [`RingCase::members`].
    pub member: u32,
    /// Index into [`RingCase::targets`].
    pub target: u32,
    /// Microseconds since 1970 UTC; 0 where the log has no times.
    pub ts: i64,
    /// Probability that it is fake.
    pub p_fake: f32,
    /// True where other members acted on the same target within the ring's window.
    pub in_step: bool,
}

type EventRow = (u32, u32, i64, f32, bool);

impl From<EventRow> for RingEvent {
    fn from((member, target, ts, p_fake, in_step): EventRow) -> Self {
        Self { member, target, ts, p_fake, in_step }
    }
}

impl From<RingEvent> for EventRow {
    fn from(e: RingEvent) -> Self {
        (e.member, e.target, e.ts, e.p_fake, e.in_step)
    }
}

/// One ring with all a reviewer needs to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RingCase {
    /// Its id in the findings files ("r1").
    pub ring: String,
    /// Its kind.
    pub kind: RingKind,
    /// One sentence: what it is and how sure.
    pub verdict: String,
    /// The best innocent explanation that was considered, and what spoke against it.
    pub innocent: String,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// The widest gap, in seconds, at which its members count as acting together; 0 without times.
    pub window_seconds: f64,
    /// First endorsement of a member on a ring target, microseconds since 1970 UTC.
    pub first_ts: i64,
    /// Last such endorsement.
    pub last_ts: i64,
    /// How many members, also where the list below is cut.
    pub members_total: u64,
    /// How many targets, also where the list below is cut.
    pub targets_total: u64,
    /// Members accused.
    pub accused: u64,
    /// Members, most evidence first; cut to what a page can show.
    pub members: Vec<RingMember>,
    /// Targets, most ring endorsements first; cut to what a page can show.
    pub targets: Vec<TargetCount>,
    /// Endorsements by the listed members on the listed targets, by (ts, member, target).
    pub events: Vec<RingEvent>,
    /// At most five, strongest first.
    pub evidence: Vec<Evidence>,
    /// What else the case shows, each beside what innocents would.
    #[serde(default)]
    pub exhibits: Exhibits,
    /// The innocent explanations that were considered, the best first; `innocent` is a summary.
    #[serde(default)]
    pub innocents: Vec<Innocent>,
    /// What would make it no ring; those that would turn it first.
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// A target's counts over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetSeries {
    /// The counts at the end.
    pub count: TargetCount,
    /// (microseconds since 1970 UTC, reported so far, authentic so far), ascending; of the most inflated targets alone.
    pub points: Vec<(i64, f64, f64)>,
    /// Rings that have it among their targets, at most three.
    #[serde(default)]
    pub rings: Vec<String>,
}

/// The corrected counts of an owner's targets together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnerCount {
    /// The owner's name in the log.
    pub owner: String,
    /// Its targets with endorsements.
    pub targets: u64,
    /// Endorsements reported on them.
    pub reported: u64,
    /// Of these, authentic.
    pub authentic: f64,
}

/// Whether a signal ran, and if not, for want of what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignalRun {
    /// burst, lockstep, pool.
    pub signal: String,
    /// True if it ran.
    pub ran: bool,
    /// Why not, or which columns it used and which would have sharpened it.
    pub note: String,
    /// Columns (as the contract names them; `views` for events of that kind) whose absence kept it from running.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Columns that the log lacks and that would have sharpened it.
    #[serde(default)]
    pub wanted: Vec<String>,
}

/// The run in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Rows read, good and bad.
    pub rows: u64,
    /// Rows rejected.
    pub rejects: u64,
    /// Endorsements counted (after duplicates, repeats and take-backs).
    pub endorsements: u64,
    /// Accounts with at least one endorsement.
    pub accounts: u64,
    /// Targets with at least one endorsement.
    pub targets: u64,
    /// Accounts accused.
    pub accused: u64,
    /// Accounts worth a look.
    pub suspects: u64,
    /// Rings found.
    pub rings: u64,
    /// Sum of p_fake over all endorsements.
    pub discounted: f64,
    /// Level of the false discovery rate.
    pub fdr: f64,
    /// First and last endorsement, microseconds since 1970 UTC; equal to 0 without times.
    pub first_ts: i64,
    /// See `first_ts`.
    pub last_ts: i64,
    /// False where the log has no times.
    pub timed: bool,
    /// What ran and what did not.
    pub signals: Vec<SignalRun>,
    /// Things that limit the result, in plain words with a remedy.
    pub warnings: Vec<String>,
}

/// All that the report shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportModel {
    /// Name of the input, as the user gave it (file names, not full paths).
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// The numbers.
    pub overview: Overview,
    /// Rings, most evidence first; cut to what a page can show (`overview.rings` has the total).
    pub rings: Vec<RingCase>,
    /// Accounts that are accused or worth a look, most evidence first; cut to what a page can show.
    #[serde(default)]
    pub accounts: Vec<AccountCase>,
    /// The most inflated targets.
    pub targets: Vec<TargetSeries>,
    /// The most inflated owners; empty where the log names none.
    #[serde(default)]
    pub owners: Vec<OwnerCount>,
    /// Reported and authentic endorsements of the whole log over time.
    pub timeline: Vec<(i64, f64, f64)>,
}
