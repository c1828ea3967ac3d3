//! Why the ledger refuses.

use crate::chain::Broken;
use crate::entry::{ActionId, AppealId, BulkId, CaseId};
use crate::store::StoreError;

/// Why the ledger refuses. [`LedgerError::is_refusal`] tells what the caller can mend from what the operator must.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain is broken.
    #[error("the ledger is damaged at {0}; nothing is added to it: run `touchstone ledger verify`, and restore a copy")]
    Broken(Broken),
    /// An entry that cannot be written down.
    #[error("an entry cannot be written as JSON")]
    Entry(#[source] serde_json::Error),
    /// No source of random salts.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
    /// No such case.
    #[error("there is no case {0}")]
    NoCase(CaseId),
    /// No such action.
    #[error("there is no action {0}")]
    NoAction(ActionId),
    /// No such appeal.
    #[error("there is no appeal {0}")]
    NoAppeal(AppealId),
    /// No such bulk decision.
    #[error("there is no bulk decision {0}")]
    NoBulk(BulkId),
    /// Something must be said.
    #[error("{0} needs a reason in plain words")]
    NoReason(&'static str),
    /// A name or text that is too long or empty.
    #[error("{what} has {length} characters; it must have 1 to {most}")]
    Length {
        /// Which.
        what: &'static str,
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        most: usize,
    },
    /// Somebody else has it.
    #[error("case {case}: {by} has it until {until}")]
    Taken {
        /// The case.
        case: CaseId,
        /// Who has it.
        by: String,
        /// Until when, RFC 3339.
        until: String,
    },
    /// It has to be claimed first.
    #[error("case {0}: claim it before you decide")]
    NotClaimed(CaseId),
    /// This person must not.
    #[error("case {case}: {why}")]
    Barred {
        /// The case.
        case: CaseId,
        /// Why.
        why: &'static str,
    },
    /// It is not in the state for that.
    #[error("case {case} is {status}: {why}")]
    NotNow {
        /// The case.
        case: CaseId,
        /// Where it is.
        status: &'static str,
        /// What would have to be.
        why: &'static str,
    },
    /// An account that has nothing to do with the case.
    #[error("case {case}: account {account} is not a member of it")]
    NotAMember {
        /// The case.
        case: CaseId,
        /// The account.
        account: String,
    },
    /// A bulk decision whose count changed since it was previewed.
    #[error("the query matches {now} cases now, not {expected}; preview it again")]
    CountChanged {
        /// How many were announced.
        expected: u64,
        /// How many there are.
        now: u64,
    },
    /// Something that cannot be taken back.
    #[error("entry {seq} cannot be undone: {why}")]
    NotUndone {
        /// The entry.
        seq: u64,
        /// Why.
        why: &'static str,
    },
    /// A token that opens nothing.
    #[error("this link is not valid: {0}")]
    Token(&'static str),
    /// A policy that does not hold up.
    #[error("the policy has errors; run `touchstone policy check`:\n{0}")]
    Policy(String),
}

impl LedgerError {
    /// True for what the caller did wrong or too late, false for what the operator has to look at.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::Broken(_) | Self::Entry(_) | Self::Random(_))
    }
}
