//! From verdict to fair action: cases, decisions, actions and appeals in a ledger that only appends.
//!
//! A [`Ledger`] is opened on a [`Place`], a SQLite file or a PostgreSQL database. Its entries hang together by hashes
//! ([`chain`]); [`verify`] checks them offline and names the first that is broken. What is known now is the [`State`],
//! a pure fold over the [`Entry`]s. People's names are not in entries but under [`Seal`]s in a vault, from which they
//! can be erased without breaking the chain.
//!
//! Nothing here reads a clock: every call takes the time as microseconds since 1970 UTC.
//!
//! # What a service calls
//!
//! | to | call |
//! |---|---|
//! | open it, made where there is none | [`Ledger::open`] with [`Place::parse`] and the operator's key |
//! | take findings in, with a policy or without | [`Ledger::propose`], [`Ledger::open_cases`] |
//! | list what waits, with a filter from words | [`Ledger::queue`], `"is:ring bits>=20".parse::<Filter>()` |
//! | take the next case, give it back | [`Ledger::next`], [`Ledger::claim`], [`Ledger::release`] |
//! | show a case: members, evidence, history, open appeals | [`Ledger::case_file`], [`Ledger::note`] |
//! | say what deciding would do | [`Ledger::effect`], for a query [`Ledger::preview`] |
//! | decide, look again, take back | [`Ledger::decide`], [`Ledger::second`], [`Ledger::undo`] |
//! | decide many | [`Ledger::bulk`] with the previewed count, [`Ledger::undo_bulk`] |
//! | appeal, by link or signed in; decide it | [`Ledger::appeal_by_link`], [`Ledger::appeal`], [`Ledger::decide_appeal`] |
//! | serve corrected counts, export labels | [`Ledger::overrides`], [`Overrides::labels_csv`] |
//! | page through all entries | [`Ledger::entries`], [`Ledger::open_seals`] |
//! | see what a policy's rules did, and how well reviewers judge | [`Ledger::policy_record`], [`Ledger::reviewers`] |
//! | know all that is known | [`Ledger::state`] |
//! | check it | [`verify`] |
//! | check a policy, see whom it would have hit | [`policy::Policy::read`], [`policy::Backtest::run`] |
//! | tell receivers (of its own `Ledger`: it waits for answers) | [`Ledger::set_receivers`], [`Ledger::deliver`] |
//! | tell the author | [`Ledger::statement`], [`Ledger::dsa_statement`] |
//!
//! A [`Ledger`] is `Send`. Share one behind a mutex, or open one a thread: each call is a transaction that sees what
//! every other process entered before it, one writes at a time, and two reviewers who race for a case get
//! [`LedgerError::Taken`]. [`LedgerError::is_refusal`] tells what the caller did wrong (a 4xx) from what the operator has
//! to look at (a 5xx). Calls wait for the disk: off an async runtime's threads with them.
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
pub mod key;
mod ledger;
pub mod policy;
mod seal;
pub mod state;
pub mod statement;
mod store;
pub mod webhook;

pub use entry::{
    Act, ActionId, ActionKind, Answer, AppealId, BreakerKind, BulkId, By, CaseId, Entry, Exhibit, Fact, Measure,
    Member, Model, RuleRef, Subject,
};
pub use error::LedgerError;
pub use ledger::{
    APPEAL_DAYS, CaseFile, Decision, Effect, ExhibitFile, Filter, HistoryLine, LabelLine, Ledger, MemberFile,
    OpenedCases, Outcome, Overrides, PolicyRecord, Proposal, ProposalLine, Review, ReviewerRecord, RuleRecord,
    Standing, TEXT_MAX, rfc3339, verify,
};
pub use seal::{Seal, SealKind};
pub use state::State;
pub use store::{Place, StoreError};
