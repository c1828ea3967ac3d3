//! What an entry of the ledger says: who, when, and one fact. Facts name people by [`Seal`]s alone.
//!
//! The format is for ever: fields and facts may be added, never renamed or given another meaning, since entries that
//! were written once are read as long as the ledger lives.

use crate::seal::Seal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use touchstone_detect::findings::{RingKind, Verdict};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let number = text.strip_prefix($letter).and_then(|digits| digits.parse().ok());
                number.map(Self).ok_or_else(|| format!(concat!("\"{}\" is not a number like ", $letter, "17"), text))
            }
        }
    };
}

number!(
    /// A case: the number of the entry that opened it, written c17.
    CaseId, "c");
number!(
    /// An action: the number of the entry that took it, written a17.
    ActionId, "a");
number!(
    /// An appeal: the number of the entry that lodged it, written p17.
    AppealId, "p");
number!(
    /// A bulk decision: the number of the entry that announced it, written b17.
    BulkId, "b");

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// When, in microseconds since 1970 UTC; never before the entry ahead of it.
    pub at: i64,
    /// Who or what decided.
    pub by: By,
    /// What.
    pub fact: Fact,
}

/// Who or what made an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A person who works with the ledger.
    Person(Seal),
    /// A policy, without a person: the hash of its file.
    Policy(String),
    /// The account itself, by an appeal.
    Account(Seal),
    /// The program, doing what follows from an earlier entry.
    Program,
}

/// What is done to an account or a target. In the order of how hard it hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// A person shall look at it; nothing changes for anybody.
    RequireReview,
    /// Its fake endorsements do not count.
    Discount,
    /// What it posts is shown to fewer people.
    LimitDistribution,
    /// It cannot endorse.
    FreezeLiking,
    /// It cannot be used.
    Suspend,
}

impl ActionKind {
    /// All, mildest first.
    pub const ALL: [Self; 5] =
        [Self::RequireReview, Self::Discount, Self::LimitDistribution, Self::FreezeLiking, Self::Suspend];

    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequireReview => "require_review",
            Self::Discount => "discount",
            Self::LimitDistribution => "limit_distribution",
            Self::FreezeLiking => "freeze_liking",
            Self::Suspend => "suspend",
        }
    }

    /// True for what may be done without a person unless the policy says otherwise in writing.
    #[must_use]
    pub fn is_mild(self) -> bool {
        self <= Self::Discount
    }
}

impl FromStr for ActionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|k| k.as_str()).collect();
            format!("no action \"{text}\"; actions: {}", known.join(", "))
        })
    }
}

/// What a person found a case to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The finding is right.
    Confirmed,
    /// The finding is wrong: these are innocents.
    Cleared,
    /// It can't be told; nothing is done, and nothing is learned from it.
    Unsure,
}

impl Answer {
    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cleared => "cleared",
            Self::Unsure => "unsure",
        }
    }
}

impl FromStr for Answer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Confirmed, Self::Cleared, Self::Unsure]
            .into_iter()
            .find(|a| a.as_str() == text)
            .ok_or_else(|| format!("no answer \"{text}\"; answers: confirmed, cleared, unsure"))
    }
}

/// What a case is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One account.
    Account(Member),
    /// Accounts that acted together.
    Ring {
        /// Its name in the findings it was first seen in ("r1").
        ring: String,
        /// Its kind.
        kind: RingKind,
        /// Its members.
        members: Vec<Member>,
        /// How many targets they shared.
        targets: u64,
    },
    /// One target.
    Target {
        /// Which.
        target: Seal,
        /// Its owner, where known.
        owner: Option<Seal>,
        /// Reported endorsements.
        reported: u64,
        /// Corrected count.
        authentic: f64,
    },
}

impl Subject {
    /// The accounts it is about.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match self {
            Self::Account(member) => std::slice::from_ref(member),
            Self::Ring { members, .. } => members,
            Self::Target { .. } => &[],
        }
    }

    /// True if the account is one of them.
    #[must_use]
    pub fn has(&self, account: &Seal) -> bool {
        self.members().iter().any(|m| m.account == *account)
    }

    /// account, ring or target.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Ring { .. } => "ring",
            Self::Target { .. } => "target",
        }
    }
}

/// An account in a case, as the findings had it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Which.
    pub account: Seal,
    /// Its verdict.
    pub verdict: Verdict,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// Its endorsements.
    pub endorsements: u64,
    /// How many of them are discounted (sum of p_fake).
    pub discounted: f64,
}

/// One piece of evidence as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exhibit {
    /// The account it is about; none where it is about the whole case.
    pub account: Option<Seal>,
    /// Which detector.
    pub signal: String,
    /// log2 of the e-value.
    pub bits: f64,
    /// What was measured.
    pub statistic: String,
    /// As observed.
    pub observed: f64,
    /// As expected of innocents.
    pub expected: f64,
    /// The sentence.
    pub words: Seal,
}

/// Where findings came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Model {
    /// Version of the program that found it.
    pub version: String,
    /// Hash of its configuration.
    pub configuration: String,
}

/// A rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RuleRef {
    /// Hash of the policy file.
    pub policy: String,
    /// The rule's name in it.
    pub rule: String,
}

/// A breaker of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerKind {
    /// Actions of one rule in one day.
    Rule,
    /// Actions of the policy in one day.
    Day,
    /// Actions in one day that change the counts of one author.
    Author,
    /// Accounts under an automatic action, as a share of all accounts.
    Share,
}

impl BreakerKind {
    /// The word in files and pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Day => "day",
            Self::Author => "author",
            Self::Share => "share",
        }
    }
}

/// An action in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// The case that has its evidence.
    pub case: CaseId,
    /// The account it is done to; for actions on a target, none.
    pub account: Option<Seal>,
    /// The target it is done to; for actions on an account, none.
    pub target: Option<Seal>,
    /// What is done.
    pub kind: ActionKind,
    /// From when, in microseconds since 1970 UTC.
    pub starts_at: i64,
    /// Until when.
    pub expires_at: i64,
    /// The entry of the decision it follows from; none where a policy decided.
    pub cause: Option<u64>,
    /// The rule that asked for it, if any.
    pub rule: Option<RuleRef>,
    /// Why, in plain words.
    pub reason: Seal,
    /// The ground in the platform's terms.
    pub ground: String,
    /// True if no person decided it.
    pub automatic: bool,
    /// Authors whose counts it changes.
    pub authors: Vec<Seal>,
    /// What it is made from.
    pub model: Model,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Fact {
    /// A case was opened from findings.
    Opened {
        /// About whom.
        subject: Subject,
        /// Evidence on the whole, in bits.
        bits: f64,
        /// The evidence as it was.
        evidence: Vec<Exhibit>,
        /// Where it came from.
        model: Model,
        /// For a golden case, the known answer; nothing is done on such a case.
        golden: Option<Answer>,
    },
    /// Later findings say something else of the same subject.
    Refreshed {
        /// Which case.
        case: CaseId,
        /// About whom, now.
        subject: Subject,
        /// Evidence now.
        bits: f64,
        /// The evidence now.
        evidence: Vec<Exhibit>,
        /// Where it came from.
        model: Model,
    },
    /// A reviewer took a case.
    Claimed {
        /// Which case.
        case: CaseId,
        /// Until when nobody else can take it.
        until: i64,
    },
    /// And gave it back.
    Released {
        /// Which case.
        case: CaseId,
    },
    /// A note on a case.
    Noted {
        /// Which case.
        case: CaseId,
        /// What it says.
        text: Seal,
    },
    /// A decision on a case.
    Decided {
        /// Which case.
        case: CaseId,
        /// What it is found to be.
        answer: Answer,
        /// What is to be done, and for how many days.
        measures: Vec<Measure>,
        /// The accounts concerned, of those of the case.
        accounts: Vec<Seal>,
        /// Why, in plain words.
        reason: Seal,
        /// The ground in the platform's terms.
        ground: String,
        /// True if another person has to agree before it takes effect.
        second: bool,
        /// The bulk decision it belongs to.
        bulk: Option<BulkId>,
    },
    /// The second review of a decision.
    Seconded {
        /// Which case.
        case: CaseId,
        /// If not, the case is open again.
        agrees: bool,
        /// Why, in plain words.
        reason: Seal,
    },
    /// A case is decided by more than one person can look at alone: announced with its count before, undone as one.
    BulkBegun {
        /// How many cases.
        cases: u64,
        /// The query, in the words it was asked in.
        query: Seal,
    },
    /// An action was taken.
    Acted(Act),
    /// An action that a rule in shadow mode would have taken.
    Shadowed(Act),
    /// An action that a policy would take and leaves to a person.
    Suggested(Act),
    /// An action ends before its time. It stands in the record as taken and taken back.
    Reversed {
        /// Which action.
        action: ActionId,
        /// The entry of the decision it follows from, if any.
        cause: Option<u64>,
        /// Why, in plain words.
        reason: Seal,
    },
    /// Entries are taken back: the cases are as they were before them. Actions among them are reversed.
    Undone {
        /// The entries, ascending.
        entries: Vec<u64>,
        /// Why, in plain words.
        reason: Seal,
    },
    /// An action was held back since a breaker allows no more.
    Tripped {
        /// Which breaker.
        breaker: BreakerKind,
        /// The rule.
        rule: RuleRef,
        /// How many candidates it held back in this run.
        held: u64,
    },
    /// An account appeals against what was done on a case.
    Appealed {
        /// Which case.
        case: CaseId,
        /// The account.
        account: Seal,
        /// The action appealed against.
        action: ActionId,
        /// What it says for itself.
        text: Seal,
    },
    /// An appeal was decided.
    AppealDecided {
        /// Which appeal.
        appeal: AppealId,
        /// The account that lodged it.
        account: Seal,
        /// True if the account is right.
        upheld: bool,
        /// Why, in plain words.
        reason: Seal,
    },
    /// A policy came into force.
    Adopted {
        /// Hash of its file.
        policy: String,
        /// The file's text.
        text: Seal,
    },
    /// Values were erased from the vault.
    Erased {
        /// Which.
        seals: Vec<Seal>,
    },
}

/// One thing to do, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What.
    pub kind: ActionKind,
    /// For how many days, from 1.
    pub days: u32,
}

impl Fact {
    /// The word in the ledger.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Refreshed { .. } => "refreshed",
            Self::Claimed { .. } => "claimed",
            Self::Released { .. } => "released",
            Self::Noted { .. } => "noted",
            Self::Decided { .. } => "decided",
            Self::Seconded { .. } => "seconded",
            Self::BulkBegun { .. } => "bulk_begun",
            Self::Acted(_) => "acted",
            Self::Shadowed(_) => "shadowed",
            Self::Suggested(_) => "suggested",
            Self::Reversed { .. } => "reversed",
            Self::Undone { .. } => "undone",
            Self::Tripped { .. } => "tripped",
            Self::Appealed { .. } => "appealed",
            Self::AppealDecided { .. } => "appeal_decided",
            Self::Adopted { .. } => "adopted",
            Self::Erased { .. } => "erased",
        }
    }
}
