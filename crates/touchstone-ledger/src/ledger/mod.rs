//! The ledger as its users see it: every method reads the state or makes entries, all of one call or none.

mod appeal;
mod bulk;
mod cases;
mod decide;
mod erase;
mod filter;
mod intake;
mod overrides;
mod propose;
mod reviewers;
mod rules;
mod undo;
mod verify;

pub use appeal::APPEAL_DAYS;
pub use bulk::Effect;
pub use cases::{CaseFile, ExhibitFile, HistoryLine, MemberFile};
pub(crate) use decide::DAYS_MAX;
pub use decide::{Decision, Outcome};
pub use filter::Filter;
pub use intake::OpenedCases;
pub(crate) use overrides::day;
pub use overrides::{LabelLine, Overrides, Standing};
pub use propose::{Proposal, ProposalLine};
pub use reviewers::ReviewerRecord;
pub use rules::{PolicyRecord, RuleRecord};
pub use verify::verify;

use crate::chain::{Broken, Head, Walk, link};
use crate::entry::{Act, ActionId, By, CaseId, Entry, Fact};
use crate::error::LedgerError;
use crate::seal::{Seal, SealKind};
use crate::state::State;
use crate::store::{Connection, Place, StoreError, Tables, connect};
use std::collections::BTreeMap;

/// Most characters in a name.
const NAME_MAX: usize = 100_000;
/// Most characters in a text that a person wrote.
pub const TEXT_MAX: usize = 10_000;

/// How work on cases is organised.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// For how long a claimed case is nobody else's, in minutes.
    pub claim_minutes: u32,
    /// Decisions with one of these need a second reviewer.
    pub second_for: Vec<crate::entry::ActionKind>,
    /// Share of all decisions that need a second reviewer, 0 to 1; which ones nobody can tell before.
    pub second_share: f64,
}

impl Default for Review {
    /// Half an hour; whatever stops an account from acting needs two people; one in ten decisions is looked at again.
    fn default() -> Self {
        use crate::entry::ActionKind::{FreezeLiking, Suspend};
        Self { claim_minutes: 30, second_for: vec![FreezeLiking, Suspend], second_share: 0.1 }
    }
}

/// A ledger, opened. One at a time writes; others wait for their turn, in this process or another.
pub struct Ledger {
    pub(crate) store: Box<dyn Connection>,
    place: Place,
    pub(crate) key: [u8; 32],
    review: Review,
    receivers: Vec<String>,
    walk: Walk,
    state: State,
    salts: Box<dyn FnMut() -> Result<[u8; 16], LedgerError> + Send>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("place", &self.place.to_string()).field("head", &self.walk.head).finish()
    }
}

impl Ledger {
    /// Opens a ledger, makes it where there is none, and reads it from its beginning, checking the chain.
    ///
    /// `key` is the operator's secret: who is in a roll-out, how long an action is delayed and which appeal links are
    /// good depend on it. It is stored nowhere in the ledger.
    ///
    /// # Errors
    /// It cannot be opened, or its chain is broken.
    pub fn open(place: &Place, key: [u8; 32]) -> Result<Self, LedgerError> {
        let salts = || {
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|e| LedgerError::Random(e.to_string()))?;
            Ok(salt)
        };
        let mut ledger = Self {
            store: connect(place)?,
            place: place.clone(),
            key,
            review: Review::default(),
            receivers: Vec::new(),
            walk: Walk::default(),
            state: State::default(),
            salts: Box::new(salts),
        };
        ledger.state()?;
        ledger.review_as_adopted()?;
        Ok(ledger)
    }

    /// Work is organised as the policy in force says, if it says so.
    fn review_as_adopted(&mut self) -> Result<(), LedgerError> {
        let Some(seal) = self.state.policy().map(|(_, text)| text.clone()) else { return Ok(()) };
        let text = self.open_seals([&seal])?.remove(&seal);
        if let Some(review) = text.and_then(|t| crate::policy::Policy::read(&t).ok()).and_then(|p| p.review) {
            self.review = review;
        }
        Ok(())
    }

    /// Sets how work on cases is organised from now on. Without, it is as the policy that was applied last says, else as
    /// [`Review::default`].
    pub fn set_review(&mut self, review: Review) {
        self.review = review;
    }

    /// Names the receivers that are told of every action from now on.
    pub fn set_receivers(&mut self, receivers: Vec<String>) {
        self.receivers = receivers;
    }

    /// Where it lies.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The state after all entries, those of other processes as well.
    ///
    /// # Errors
    /// It cannot be read, or its chain is broken.
    pub fn state(&mut self) -> Result<&State, LedgerError> {
        let mut transaction = self.store.begin(false)?;
        catch_up(&mut Tables::new(&mut *transaction), &mut self.walk, &mut self.state)?;
        drop(transaction);
        Ok(&self.state)
    }

    /// The last entry's number and hash, as of the last call.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.walk.head
    }

    /// Entries after a number, in order, at most so many.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn entries(&mut self, after: u64, most: usize) -> Result<Vec<Entry>, LedgerError> {
        let mut transaction = self.store.begin(false)?;
        let mut entries = Vec::new();
        let mut wrong = None;
        Tables::new(&mut *transaction).links(after, |link| {
            if entries.len() >= most {
                return false;
            }
            match serde_json::from_str(&link.body) {
                Ok(entry) => entries.push(entry),
                Err(e) => wrong = Some(Broken { seq: link.seq, why: format!("cannot be read ({e})") }),
            }
            wrong.is_none()
        })?;
        wrong.map_or(Ok(entries), |broken| Err(LedgerError::Broken(broken)))
    }

    /// The values under seals; erased ones are missing.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn open_seals<'s>(
        &mut self,
        seals: impl IntoIterator<Item = &'s Seal>,
    ) -> Result<BTreeMap<Seal, String>, LedgerError> {
        let mut transaction = self.store.begin(false)?;
        let mut tables = Tables::new(&mut *transaction);
        let mut values = BTreeMap::new();
        for seal in seals {
            if !values.contains_key(seal)
                && let Some(value) = tables.open(seal)?
            {
                values.insert(seal.clone(), value);
            }
        }
        Ok(values)
    }

    /// The seal of an account, a person or a target that the ledger knows.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn find(&mut self, kind: SealKind, name: &str) -> Result<Option<Seal>, LedgerError> {
        let mut transaction = self.store.begin(false)?;
        Ok(Tables::new(&mut *transaction).find(kind, name)?)
    }

    /// Makes entries. What `make` returns is returned when they are durable; if it fails, nothing is entered.
    pub(crate) fn write<T>(
        &mut self,
        at: i64,
        make: impl FnOnce(&mut Draft<'_, '_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut transaction = self.store.begin(true)?;
        let mut tables = Tables::new(&mut *transaction);
        catch_up(&mut tables, &mut self.walk, &mut self.state)?;
        let mut draft = Draft {
            at: at.max(self.state.at()),
            head: self.walk.head.clone(),
            links: Vec::new(),
            texts: BTreeMap::new(),
            tables,
            state: &self.state,
            key: &self.key,
            review: &self.review,
            receivers: &self.receivers,
            salts: &mut *self.salts,
            discard: false,
        };
        let made = make(&mut draft)?;
        if draft.discard {
            return Ok(made);
        }
        let links = std::mem::take(&mut draft.links);
        draft.tables.append(&links)?;
        transaction.commit()?;
        for link in &links {
            take(&mut self.walk, &mut self.state, link)?;
        }
        Ok(made)
    }
}

/// Reads what others entered since.
fn catch_up(tables: &mut Tables<'_>, walk: &mut Walk, state: &mut State) -> Result<(), LedgerError> {
    let mut wrong = None;
    tables.links(walk.head.seq, |link| {
        wrong = take(walk, state, &link).err();
        wrong.is_none()
    })?;
    wrong.map_or(Ok(()), Err)
}

fn take(walk: &mut Walk, state: &mut State, link: &crate::chain::Link) -> Result<(), LedgerError> {
    walk.take(link).map_err(LedgerError::Broken)?;
    let entry = serde_json::from_str(&link.body)
        .map_err(|e| LedgerError::Broken(Broken { seq: link.seq, why: format!("cannot be read ({e})") }))?;
    state.apply(entry);
    Ok(())
}

/// Entries in the making, inside a transaction.
pub(crate) struct Draft<'d, 't> {
    pub(crate) at: i64,
    pub(crate) tables: Tables<'t>,
    /// The state before any of them.
    pub(crate) state: &'d State,
    pub(crate) key: &'d [u8; 32],
    pub(crate) review: &'d Review,
    /// True for a dry run: nothing of it is entered.
    pub(crate) discard: bool,
    receivers: &'d [String],
    head: Head,
    links: Vec<crate::chain::Link>,
    /// The same text twice in a call is one seal.
    texts: BTreeMap<String, Seal>,
    salts: &'d mut (dyn FnMut() -> Result<[u8; 16], LedgerError> + Send),
}

impl Draft<'_, '_> {
    /// Adds an entry; says its number.
    pub(crate) fn push(&mut self, by: &By, fact: Fact) -> Result<u64, LedgerError> {
        let entry = Entry { seq: self.head.seq + 1, at: self.at, by: by.clone(), fact };
        let link = link(&self.head, &entry).map_err(LedgerError::Entry)?;
        self.head = Head { seq: link.seq, hash: link.hash.clone() };
        self.links.push(link);
        Ok(entry.seq)
    }

    /// The seal of a name, made where there is none.
    pub(crate) fn name(&mut self, kind: SealKind, name: &str) -> Result<Seal, LedgerError> {
        let what = match kind {
            SealKind::Account => "the account's name",
            SealKind::Target => "the target's name",
            _ => "the person's name",
        };
        bounded(what, name, NAME_MAX)?;
        if let Some(seal) = self.tables.find(kind, name)? {
            return Ok(seal);
        }
        let salt = (self.salts)()?;
        Ok(self.tables.keep(kind, &salt, name)?)
    }

    /// Who acts.
    pub(crate) fn person(&mut self, who: &str) -> Result<Seal, LedgerError> {
        self.name(SealKind::Who, who.trim())
    }

    /// A sealed text.
    pub(crate) fn text(&mut self, text: &str) -> Result<Seal, LedgerError> {
        if let Some(seal) = self.texts.get(text) {
            return Ok(seal.clone());
        }
        let salt = (self.salts)()?;
        let seal = self.tables.keep(SealKind::Text, &salt, text)?;
        self.texts.insert(text.to_owned(), seal.clone());
        Ok(seal)
    }

    /// A sealed reason, which must say something.
    pub(crate) fn reason(&mut self, what: &'static str, reason: &str) -> Result<Seal, LedgerError> {
        // A dot is no reason.
        if !reason.chars().any(char::is_alphanumeric) {
            return Err(LedgerError::NoReason(what));
        }
        bounded("the reason", reason, TEXT_MAX)?;
        self.text(reason.trim())
    }

    pub(crate) fn case(&self, id: CaseId) -> Result<&crate::case::Case, LedgerError> {
        self.state.case(id).ok_or(LedgerError::NoCase(id))
    }

    /// Enters an action, and tells every receiver when it starts.
    pub(crate) fn act(&mut self, by: &By, act: Act) -> Result<ActionId, LedgerError> {
        let due = act.starts_at;
        let id = ActionId(self.push(by, Fact::Acted(act))?);
        self.tell(id.0, "taken", id, due)?;
        Ok(id)
    }

    /// Takes an action back, and tells every receiver.
    pub(crate) fn reverse(
        &mut self,
        by: &By,
        action: ActionId,
        cause: Option<u64>,
        reason: &Seal,
    ) -> Result<u64, LedgerError> {
        let seq = self.push(by, Fact::Reversed { action, cause, reason: reason.clone() })?;
        self.tell(seq, "reversed", action, self.at)?;
        Ok(seq)
    }

    /// Tells every receiver what an entry means for an action, from a time on.
    pub(crate) fn tell(&mut self, seq: u64, word: &str, action: ActionId, due: i64) -> Result<(), LedgerError> {
        for receiver in self.receivers {
            self.tables.deliver(seq, receiver, &format!("{word} {action}"), due)?;
        }
        Ok(())
    }
}

/// Checks a length.
pub(crate) fn bounded(what: &'static str, text: &str, most: usize) -> Result<(), LedgerError> {
    let length = text.chars().count();
    if length == 0 || length > most { Err(LedgerError::Length { what, length, most }) } else { Ok(()) }
}

/// A time of the ledger (microseconds since 1970 UTC) as RFC 3339.
#[must_use]
pub fn rfc3339(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |t| t.to_string())
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        use std::error::Error;
        let cause = error.source().map(|s| format!(": {s}")).unwrap_or_default();
        Self { seq: 0, why: format!("{error}{cause}") }
    }
}
