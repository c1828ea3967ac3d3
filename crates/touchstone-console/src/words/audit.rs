//! Sentences and labels of the page of an audit.

use touchstone_detect::audit::report::{Answer, Audit};

use crate::tables::Column;
use crate::text::{count, decimal, percent};

pub(crate) const PRODUCT: &str = "Touchstone audit";
pub(crate) const SUMMARY: &str = "Would chance accuse?";
pub(crate) const COPIES: &str = "The log and its copies";
pub(crate) const KEPT: &str = "What the copies keep";
pub(crate) const CANNOT: &str = "What this cannot rule out";
pub(crate) const ACCUSED: &str = "Accused on the log";
pub(crate) const BY_CHANCE: &str = "Accused by chance, a copy";
pub(crate) const COPIES_WITH: &str = "Copies in which anybody is accused";
pub(crate) const ALLOWED: &str = "Allowed by the level";
pub(crate) const THE_LOG: &str = "the log";
pub(crate) const COPIES_INTRO: &str = "In a copy every target keeps its endorsements, every account keeps as many of as many owners in \
    the same community, popularity and part of the day, with its own devices and looks; but who endorsed what along with whom is \
    chance. Detection runs on each as it ran on the log.";
pub(crate) const TAIL_TABLE: &str = "Accounts by evidence that can accuse";
pub(crate) const TAIL_COLUMNS: [Column; 4] =
    [("Evidence", false), ("The log", true), ("Copies (mean)", true), ("At most, if nobody coordinates", true)];
pub(crate) const COPIES_TABLE: &str = "What detection says of each";
pub(crate) const COPY_COLUMNS: [Column; 6] = [
    ("", false),
    ("Accused", true),
    ("Worth a look", true),
    ("Rings", true),
    ("Strongest evidence (bits)", true),
    ("Endorsements that changed accounts", true),
];
pub(crate) const KEPT_TABLE: &str = "Shares of all endorsements";
pub(crate) const KEPT_COLUMNS: [Column; 3] = [("Endorsements", false), ("The log", true), ("Copies (mean)", true)];

pub(crate) fn provenance(a: &Audit) -> String {
    format!(
        "{} endorsements by {} accounts; {} copies; level {} %; Touchstone {}",
        count(a.endorsements),
        count(a.accounts),
        a.copies.len(),
        a.fdr * 100.0,
        a.version
    )
}

pub(crate) fn headline(a: &Audit) -> String {
    let chance = decimal(a.chance.accused, 2);
    match a.chance.answer {
        Answer::Above => format!("Chance accuses more than the level allows: {chance} accounts a copy."),
        Answer::Within => format!("Chance accuses {chance} accounts a copy, within what the level allows."),
        Answer::Open if a.chance.accused == 0.0 => "Chance accuses nobody in these copies.".into(),
        Answer::Open => format!("Chance accuses {chance} accounts a copy; whether the level holds is open."),
    }
}

pub(crate) fn interval(a: &Audit) -> String {
    format!("95 %: {} to {}", decimal(a.chance.low, 2), decimal(a.chance.high, 2))
}

pub(crate) fn share_interval(a: &Audit) -> String {
    format!("95 %: {} to {}", percent(a.chance.share_low), percent(a.chance.share_high))
}

pub(crate) fn of_copies(a: &Audit) -> String {
    format!("{} of {}", a.chance.copies_with, a.copies.len())
}

pub(crate) fn from_bits(bits: f64) -> String {
    format!("{bits} bits or more")
}

pub(crate) fn copy(number: usize) -> String {
    format!("copy {}", number + 1)
}

pub(crate) fn kept_intro(a: &Audit) -> String {
    format!(
        "Where log and copies differ much, the copies are not quite what honest users would have left. Accounts changed places \
         within {} communities; times moved by at most {} s, and never by more than half the target's age.",
        a.communities,
        decimal(a.jitter_seconds, 0)
    )
}
