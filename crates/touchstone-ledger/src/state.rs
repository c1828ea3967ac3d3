//! Everything that is known, as a fold over the entries. Pure: the same entries make the same state, on any machine.

use crate::case::Case;
use crate::entry::{Act, ActionId, Answer, AppealId, BreakerKind, BulkId, By, CaseId, Entry, Fact, RuleRef, Subject};
use crate::seal::Seal;
use std::collections::{BTreeMap, BTreeSet};

/// An action and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its number.
    pub id: ActionId,
    /// When it was decided.
    pub at: i64,
    /// Who decided.
    pub by: By,
    /// What it is.
    pub act: Act,
    /// The decision it follows from, if a person decided.
    pub cause: Option<u64>,
    /// Entries that took it back and were not undone themselves.
    pub reversals: BTreeSet<u64>,
}

/// Where an action is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Decided, and its delay has not run out.
    Delayed,
    /// In force.
    InForce,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Reversed,
}

impl Phase {
    /// The word in files and pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::InForce => "in_force",
            Self::Expired => "expired",
            Self::Reversed => "reversed",
        }
    }
}

impl Action {
    /// Where it is at a time.
    #[must_use]
    pub fn phase(&self, now: i64) -> Phase {
        if !self.reversals.is_empty() {
            Phase::Reversed
        } else if now < self.act.starts_at {
            Phase::Delayed
        } else if now < self.act.expires_at {
            Phase::InForce
        } else {
            Phase::Expired
        }
    }

    /// True if it holds or will hold: neither over nor taken back.
    #[must_use]
    pub fn stands(&self, now: i64) -> bool {
        matches!(self.phase(now), Phase::Delayed | Phase::InForce)
    }
}

/// An appeal and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Appeal {
    /// Its number.
    pub id: AppealId,
    /// When it was lodged.
    pub at: i64,
    /// The case.
    pub case: CaseId,
    /// The account.
    pub account: Seal,
    /// The action appealed against.
    pub action: ActionId,
    /// What the account says.
    pub text: Seal,
    /// Once decided: the entry, whether it was upheld, and why.
    pub decision: Option<AppealDecision>,
}

/// How an appeal was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct AppealDecision {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: i64,
    /// By whom.
    pub by: By,
    /// True if the account is right.
    pub upheld: bool,
    /// Why.
    pub reason: Seal,
}

/// A label that people made, for detection to learn from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The account.
    pub account: Seal,
    /// The target, where it is about one endorsement alone.
    pub target: Option<Seal>,
    /// Confirmed or cleared.
    pub answer: Answer,
    /// When it was made, in microseconds since 1970 UTC.
    pub at: i64,
}

/// A bulk decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Bulk {
    /// Its number.
    pub id: BulkId,
    /// When.
    pub at: i64,
    /// Who.
    pub by: By,
    /// The count announced before.
    pub cases: u64,
    /// The query it was asked in.
    pub query: Seal,
    /// The cases it decided.
    pub decided: Vec<CaseId>,
}

/// A breaker that held actions back.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: i64,
    /// Which breaker.
    pub breaker: BreakerKind,
    /// Of which rule.
    pub rule: RuleRef,
    /// How many candidates it held back.
    pub held: u64,
}

/// What a rule recorded or suggested, for whom, by which it is known again: account, target, action, rule.
type Recorded = (Option<Seal>, Option<Seal>, crate::entry::ActionKind, String);

/// What the ledger says, all entries taken together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    seq: u64,
    at: i64,
    cases: BTreeMap<CaseId, Case>,
    actions: BTreeMap<ActionId, Action>,
    shadowed: BTreeMap<ActionId, Act>,
    suggested: BTreeMap<ActionId, Act>,
    appeals: BTreeMap<AppealId, Appeal>,
    bulks: BTreeMap<BulkId, Bulk>,
    trips: Vec<Trip>,
    undone: BTreeSet<u64>,
    erased: BTreeSet<Seal>,
    adopted: Option<(String, Seal)>,
    cases_of: BTreeMap<Seal, BTreeSet<CaseId>>,
    case_on: BTreeMap<Seal, CaseId>,
    actions_of: BTreeMap<Seal, BTreeSet<ActionId>>,
    recorded: BTreeMap<Recorded, i64>,
}

impl State {
    /// The fold over entries in order.
    #[must_use]
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut state = Self::default();
        entries.into_iter().for_each(|entry| state.apply(entry.clone()));
        state
    }

    /// Takes the next entry. Entries on cases that don't exist change nothing.
    pub fn apply(&mut self, entry: Entry) {
        self.seq = entry.seq;
        self.at = self.at.max(entry.at);
        match &entry.fact {
            Fact::Opened { subject, .. } => {
                let id = CaseId(entry.seq);
                self.note_members(id, subject.members().iter().map(|m| m.account.clone()).collect());
                if let Subject::Target { target, .. } = subject {
                    self.case_on.insert(target.clone(), id);
                }
                if let Some(case) = Case::open(entry) {
                    self.cases.insert(id, case);
                }
            }
            Fact::Refreshed { case, subject, .. } => {
                let case = *case;
                self.note_members(case, subject.members().iter().map(|m| m.account.clone()).collect());
                self.on_case(case, entry);
            }
            Fact::Claimed { case, .. }
            | Fact::Released { case }
            | Fact::Noted { case, .. }
            | Fact::Seconded { case, .. } => self.on_case(*case, entry),
            Fact::Decided { case, bulk, .. } => {
                if let Some(bulk) = bulk.and_then(|b| self.bulks.get_mut(&b)) {
                    bulk.decided.push(*case);
                }
                self.on_case(*case, entry);
            }
            Fact::BulkBegun { cases, query } => {
                let id = BulkId(entry.seq);
                let bulk =
                    Bulk { id, at: entry.at, by: entry.by, cases: *cases, query: query.clone(), decided: Vec::new() };
                self.bulks.insert(id, bulk);
            }
            Fact::Acted(act) => {
                let id = ActionId(entry.seq);
                for whom in act.account.iter().chain(&act.target) {
                    self.actions_of.entry(whom.clone()).or_default().insert(id);
                }
                let action = Action {
                    id,
                    at: entry.at,
                    by: entry.by.clone(),
                    act: act.clone(),
                    cause: act.cause,
                    reversals: BTreeSet::new(),
                };
                self.actions.insert(id, action);
                self.on_case(act.case, entry);
            }
            Fact::Shadowed(act) => {
                self.record(act);
                self.shadowed.insert(ActionId(entry.seq), act.clone());
            }
            Fact::Suggested(act) => {
                self.record(act);
                self.suggested.insert(ActionId(entry.seq), act.clone());
                self.on_case(act.case, entry);
            }
            Fact::Reversed { action, .. } => {
                if let Some(action) = self.actions.get_mut(action) {
                    action.reversals.insert(entry.seq);
                    let case = action.act.case;
                    self.on_case(case, entry);
                }
            }
            Fact::Undone { entries, .. } => self.undo(&entries.clone(), entry),
            Fact::Tripped { breaker, rule, held } => {
                let trip = Trip { seq: entry.seq, at: entry.at, breaker: *breaker, rule: rule.clone(), held: *held };
                self.trips.push(trip);
            }
            Fact::Appealed { case, account, action, text } => {
                let id = AppealId(entry.seq);
                let appeal = Appeal {
                    id,
                    at: entry.at,
                    case: *case,
                    account: account.clone(),
                    action: *action,
                    text: text.clone(),
                    decision: None,
                };
                self.appeals.insert(id, appeal);
                self.on_case(*case, entry);
            }
            Fact::AppealDecided { appeal, upheld, reason, .. } => {
                let Some(appeal) = self.appeals.get_mut(appeal) else { return };
                appeal.decision = Some(AppealDecision {
                    seq: entry.seq,
                    at: entry.at,
                    by: entry.by.clone(),
                    upheld: *upheld,
                    reason: reason.clone(),
                });
                let case = appeal.case;
                self.on_case(case, entry);
            }
            Fact::Adopted { policy, text } => self.adopted = Some((policy.clone(), text.clone())),
            Fact::Erased { seals } => self.erased.extend(seals.iter().cloned()),
        }
    }

    fn on_case(&mut self, case: CaseId, entry: Entry) {
        if let Some(case) = self.cases.get_mut(&case) {
            case.take(entry);
        }
    }

    fn note_members(&mut self, case: CaseId, accounts: Vec<Seal>) {
        for account in accounts {
            self.cases_of.entry(account).or_default().insert(case);
        }
    }

    /// Cases are folded again without the entries; actions among them are reversed; reversals among them fall.
    fn undo(&mut self, entries: &[u64], by: Entry) {
        self.undone.extend(entries);
        let mut touched = BTreeSet::new();
        for case in self.cases.values_mut() {
            if case.history.iter().any(|e| entries.binary_search(&e.seq).is_ok()) {
                touched.insert(case.id);
            }
        }
        for seq in entries {
            if let Some(action) = self.actions.get_mut(&ActionId(*seq)) {
                action.reversals.insert(by.seq);
            }
        }
        for action in self.actions.values_mut() {
            action.reversals.retain(|seq| entries.binary_search(seq).is_err());
        }
        for case in touched {
            if let Some(case) = self.cases.get_mut(&case) {
                case.refold(&self.undone);
                case.history.push(by.clone());
            }
        }
    }

    /// Number of the last entry; 0 at the beginning.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Time of the last entry.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.at
    }

    /// All cases, oldest first.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// A case.
    #[must_use]
    pub fn case(&self, id: CaseId) -> Option<&Case> {
        self.cases.get(&id)
    }

    /// Cases that an account was ever a member of, oldest first.
    pub fn cases_of(&self, account: &Seal) -> impl Iterator<Item = &Case> {
        self.cases_of.get(account).into_iter().flatten().filter_map(|id| self.cases.get(id))
    }

    /// All actions, oldest first.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.values()
    }

    /// An action.
    #[must_use]
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.get(&id)
    }

    /// The latest case on a target.
    #[must_use]
    pub fn case_on(&self, target: &Seal) -> Option<&Case> {
        self.case_on.get(target).and_then(|id| self.cases.get(id))
    }

    /// Actions ever taken on an account or a target, oldest first.
    pub fn actions_of(&self, account: &Seal) -> impl Iterator<Item = &Action> {
        self.actions_of.get(account).into_iter().flatten().filter_map(|id| self.actions.get(id))
    }

    /// Actions that rules in shadow mode would have taken.
    pub fn shadowed(&self) -> impl Iterator<Item = (ActionId, &Act)> {
        self.shadowed.iter().map(|(id, act)| (*id, act))
    }

    /// Actions that policies left to people, by the entry that says so, oldest first.
    pub fn suggested(&self) -> impl Iterator<Item = (ActionId, &Act)> {
        self.suggested.iter().map(|(id, act)| (*id, act))
    }

    /// True if the same was recorded or suggested already, and its time is not over.
    pub(crate) fn is_recorded(&self, act: &Act, now: i64) -> bool {
        self.recorded.get(&known_by(act)).is_some_and(|until| now < *until)
    }

    fn record(&mut self, act: &Act) {
        let until = self.recorded.entry(known_by(act)).or_insert(act.expires_at);
        *until = act.expires_at.max(*until);
    }

    /// All appeals, oldest first.
    pub fn appeals(&self) -> impl Iterator<Item = &Appeal> {
        self.appeals.values()
    }

    /// An appeal.
    #[must_use]
    pub fn appeal(&self, id: AppealId) -> Option<&Appeal> {
        self.appeals.get(&id)
    }

    /// All bulk decisions, oldest first.
    pub fn bulks(&self) -> impl Iterator<Item = &Bulk> {
        self.bulks.values()
    }

    /// A bulk decision.
    #[must_use]
    pub fn bulk(&self, id: BulkId) -> Option<&Bulk> {
        self.bulks.get(&id)
    }

    /// Breakers that held something back, oldest first.
    #[must_use]
    pub fn trips(&self) -> &[Trip] {
        &self.trips
    }

    /// True if an entry was taken back.
    #[must_use]
    pub fn is_undone(&self, seq: u64) -> bool {
        self.undone.contains(&seq)
    }

    /// True if a value was erased.
    #[must_use]
    pub fn is_erased(&self, seal: &Seal) -> bool {
        self.erased.contains(seal)
    }

    /// The policy in force: its hash and its text.
    #[must_use]
    pub fn policy(&self) -> Option<(&str, &Seal)> {
        self.adopted.as_ref().map(|(hash, text)| (hash.as_str(), text))
    }

    /// What people found of accounts, the latest word on each, by account. Golden cases teach nothing: their answer
    /// was known.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut latest: BTreeMap<Seal, (i64, u64, Answer)> = BTreeMap::new();
        let mut learn = |account: &Seal, at: i64, seq: u64, answer: Answer| {
            let entry = latest.entry(account.clone()).or_insert((at, seq, answer));
            if seq >= entry.1 {
                *entry = (at, seq, answer);
            }
        };
        for case in self.cases.values().filter(|c| c.view.golden.is_none()) {
            let decision = case.view.decision.as_ref();
            if let Some(d) = decision.filter(|d| d.effective && d.answer != Answer::Unsure) {
                let seq = d.seconded.unwrap_or(d.seq);
                d.accounts.iter().for_each(|account| learn(account, d.at, seq, d.answer));
            }
        }
        for appeal in self.appeals.values() {
            if let Some(d) = appeal.decision.as_ref().filter(|d| d.upheld) {
                learn(&appeal.account, d.at, d.seq, Answer::Cleared);
            }
        }
        let label = |(account, (at, _, answer))| Label { account, target: None, answer, at };
        latest.into_iter().map(label).collect()
    }

    /// The label of one account, if people made one.
    #[must_use]
    pub fn label_of(&self, account: &Seal) -> Option<Answer> {
        // Only cases and appeals of this account matter; there are few.
        let mut latest: Option<(u64, Answer)> = None;
        for case in self.cases_of(account).filter(|c| c.view.golden.is_none()) {
            let decision = case.view.decision.as_ref();
            if let Some(d) = decision.filter(|d| d.effective && d.answer != Answer::Unsure)
                && d.accounts.contains(account)
            {
                latest = latest.max(Some((d.seconded.unwrap_or(d.seq), d.answer)));
            }
            for entry in &case.history {
                if let Fact::AppealDecided { account: appellant, upheld: true, .. } = &entry.fact
                    && appellant == account
                {
                    latest = latest.max(Some((entry.seq, Answer::Cleared)));
                }
            }
        }
        latest.map(|(_, answer)| answer)
    }

    /// Reviewers' answers on golden cases: (reviewer, right, all), by reviewer.
    #[must_use]
    pub fn golden(&self) -> Vec<(Seal, u64, u64)> {
        let mut score: BTreeMap<Seal, (u64, u64)> = BTreeMap::new();
        for case in self.cases.values() {
            let Some(known) = case.view.golden else { continue };
            for entry in case.history.iter().filter(|e| !self.undone.contains(&e.seq)) {
                if let (Fact::Decided { answer, .. }, By::Person(who)) = (&entry.fact, &entry.by) {
                    let (right, all) = score.entry(who.clone()).or_default();
                    *right += u64::from(*answer == known);
                    *all += 1;
                }
            }
        }
        score.into_iter().map(|(who, (right, all))| (who, right, all)).collect()
    }
}

fn known_by(act: &Act) -> Recorded {
    let rule = act.rule.as_ref().map(|r| r.rule.clone()).unwrap_or_default();
    (act.account.clone(), act.target.clone(), act.kind, rule)
}
