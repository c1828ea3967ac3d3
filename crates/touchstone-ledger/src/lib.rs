//! From verdict to fair action: cases, decisions, actions and appeals in a ledger that only appends.
//!
//! A [`Ledger`] is opened on a [`Place`], a SQLite file or a PostgreSQL database. Its entries hang together by hashes
//! ([`chain`]); [`verify`] checks them offline and names the first that is broken. What is known now is the [`State`],
//! a pure fold over the [`Entry`]s. People's names are not in entries but under [`Seal`]s in a vault, from which they
//! can be erased without breaking the chain.
//!
//! Nothing here reads a clock: every call takes the time as microseconds since 1970 UTC.
//!
//! ```
//! use touchstone_ledger::findings::{Findings, FoundRing};
//! use touchstone_ledger::{Answer, Decision, Filter, Ledger, Measure, ActionKind, Place, verify};
//! use touchstone_detect::findings::RingKind;
//!
//! let folder = tempfile::tempdir()?;
//! let place = Place::File(folder.path().join("ledger.db"));
//! let mut ledger = Ledger::open(&place, [7; 32])?;
//! let ring = FoundRing {
//!     ring: "r1".into(),
//!     kind: RingKind::Farm,
//!     bits: 31.5,
//!     targets: 12,
//!     accused: 2,
//!     first_ts: 0,
//!     last_ts: 0,
//!     members: vec!["u17".into(), "u23".into()],
//! };
//! ledger.open_cases(&Findings { rings: vec![ring], accounts_total: 100, ..Findings::default() }, 1_000_000)?;
//!
//! let case = ledger.next("ann", &Filter::default(), 2_000_000)?.expect("one waits");
//! let decision = Decision {
//!     answer: Answer::Confirmed,
//!     measures: vec![Measure { kind: ActionKind::Discount, days: 30 }],
//!     accounts: None,
//!     reason: "the same twelve targets within a minute, from shared devices".into(),
//!     ground: "terms, section 4".into(),
//! };
//! ledger.decide(case, "ann", &decision, 3_000_000)?;
//! assert!(verify(&place, None)?.broken.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canonical;
pub mod case;
pub mod chain;
mod chance;
mod entry;
mod error;
pub mod findings;
mod ledger;
mod seal;
pub mod state;
mod store;

pub use entry::{
    Act, ActionId, ActionKind, Answer, AppealId, BreakerKind, BulkId, By, CaseId, Entry, Exhibit, Fact, Measure,
    Member, Model, RuleRef, Subject,
};
pub use error::LedgerError;
pub use ledger::{
    APPEAL_DAYS, CaseFile, Decision, Effect, ExhibitFile, Filter, HistoryLine, LabelLine, Ledger, MemberFile,
    OpenedCases, Outcome, Overrides, Review, Standing, TEXT_MAX, verify,
};
pub use seal::{Seal, SealKind};
pub use state::State;
pub use store::{Place, StoreError};
