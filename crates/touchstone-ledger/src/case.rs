//! A case as its entries make it.

use crate::entry::{Answer, AppealId, BulkId, By, CaseId, Entry, Exhibit, Fact, Measure, Model, Subject};
use crate::seal::Seal;
use std::collections::BTreeSet;

/// A case: how it stands, and all that was ever entered on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// When it was opened, in microseconds since 1970 UTC.
    pub opened_at: i64,
    /// How it stands.
    pub view: CaseView,
    /// All entries on it, undone ones as well.
    pub history: Vec<Entry>,
}

/// How a case stands: the fold of its entries that were not undone.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseView {
    /// About whom.
    pub subject: Subject,
    /// Evidence on the whole, in bits.
    pub bits: f64,
    /// The evidence as it was when last refreshed.
    pub evidence: Vec<Exhibit>,
    /// Where it came from.
    pub model: Model,
    /// The known answer of a golden case.
    pub golden: Option<Answer>,
    /// Who works on it.
    pub claim: Option<Claim>,
    /// The decision that stands, or waits for its second review.
    pub decision: Option<Decided>,
    /// Appeals that are open on it.
    pub appeals: BTreeSet<AppealId>,
    /// Accounts that were cleared by an appeal.
    pub cleared: BTreeSet<Seal>,
}

/// Who works on a case, and until when nobody else can take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The reviewer.
    pub who: Seal,
    /// Until when, in microseconds since 1970 UTC.
    pub until: i64,
}

/// A decision on a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// Its entry.
    pub seq: u64,
    /// When it was made.
    pub at: i64,
    /// Who made it.
    pub by: By,
    /// What the case was found to be.
    pub answer: Answer,
    /// What is to be done.
    pub measures: Vec<Measure>,
    /// To whom.
    pub accounts: Vec<Seal>,
    /// Why.
    pub reason: Seal,
    /// True from when it takes effect.
    pub effective: bool,
    /// The second reviewer's entry, once there is one.
    pub seconded: Option<u64>,
    /// The bulk decision it belongs to.
    pub bulk: Option<BulkId>,
}

/// Where a case is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waits for a reviewer.
    Open,
    /// A reviewer has it.
    Claimed(Claim),
    /// Decided, and waits for a second reviewer.
    AwaitsSecond,
    /// Decided, and an appeal waits for a reviewer who was not part of it.
    Appealed,
    /// Decided.
    Decided(Answer),
}

impl Status {
    /// The word in files and pages.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed(_) => "claimed",
            Self::AwaitsSecond => "awaits_second",
            Self::Appealed => "appealed",
            Self::Decided(_) => "decided",
        }
    }
}

impl Case {
    /// Where it is at a time. A claim that ran out is no claim.
    #[must_use]
    pub fn status(&self, now: i64) -> Status {
        if let Some(claim) = self.claim(now) {
            return Status::Claimed(claim.clone());
        }
        match &self.view.decision {
            _ if !self.view.appeals.is_empty() => Status::Appealed,
            None => Status::Open,
            Some(decision) if !decision.effective => Status::AwaitsSecond,
            Some(decision) => Status::Decided(decision.answer),
        }
    }

    /// The claim that holds at a time.
    #[must_use]
    pub fn claim(&self, now: i64) -> Option<&Claim> {
        self.view.claim.as_ref().filter(|claim| now < claim.until)
    }

    /// Everybody who ever decided or seconded on it, undone decisions as well, or on an appeal of this account: nobody
    /// judges his own decision.
    #[must_use]
    pub fn deciders(&self, appellant: Option<&Seal>) -> BTreeSet<Seal> {
        let decisions = self.history.iter().filter(|e| match &e.fact {
            Fact::Decided { .. } | Fact::Seconded { .. } | Fact::Acted(_) => true,
            Fact::AppealDecided { account, .. } => appellant == Some(account),
            _ => false,
        });
        decisions.filter_map(|e| if let By::Person(who) = &e.by { Some(who.clone()) } else { None }).collect()
    }

    /// Subject and evidence as they were at an entry.
    pub(crate) fn as_of(&self, seq: u64) -> (Subject, Vec<Exhibit>) {
        let mut then = (self.view.subject.clone(), self.view.evidence.clone());
        for entry in self.history.iter().filter(|e| e.seq <= seq) {
            if let Fact::Opened { subject, evidence, .. } | Fact::Refreshed { subject, evidence, .. } = &entry.fact {
                then = (subject.clone(), evidence.clone());
            }
        }
        then
    }

    /// True while somebody has to do something on it.
    #[must_use]
    pub fn is_waiting(&self, now: i64) -> bool {
        !matches!(self.status(now), Status::Decided(_))
    }

    /// Why this person cannot decide on it as it stands, if so.
    pub(crate) fn barred(&self, who: &Seal) -> Option<&'static str> {
        let decided_before = self.deciders(None).contains(who);
        match &self.view.decision {
            _ if !self.view.appeals.is_empty() && decided_before => {
                Some("an appeal is decided by somebody who had no part in the decision")
            }
            Some(decision) if !decision.effective && decision.by == By::Person(who.clone()) => {
                Some("the second review is by somebody else than the first")
            }
            _ => None,
        }
    }

    pub(crate) fn open(entry: Entry) -> Option<Self> {
        let view = CaseView::open(&entry)?;
        Some(Self { id: CaseId(entry.seq), opened_at: entry.at, view, history: vec![entry] })
    }

    pub(crate) fn take(&mut self, entry: Entry) {
        self.view.step(&entry);
        self.history.push(entry);
    }

    /// How it stands without the entries that were undone.
    pub(crate) fn refold(&mut self, undone: &BTreeSet<u64>) {
        let mut standing = self.history.iter().filter(|e| !undone.contains(&e.seq));
        if let Some(mut view) = standing.next().and_then(CaseView::open) {
            standing.for_each(|entry| view.step(entry));
            self.view = view;
        }
    }
}

impl CaseView {
    fn open(entry: &Entry) -> Option<Self> {
        let Fact::Opened { subject, bits, evidence, model, golden } = &entry.fact else { return None };
        Some(Self {
            subject: subject.clone(),
            bits: *bits,
            evidence: evidence.clone(),
            model: model.clone(),
            golden: *golden,
            claim: None,
            decision: None,
            appeals: BTreeSet::new(),
            cleared: BTreeSet::new(),
        })
    }

    fn step(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::Refreshed { subject, bits, evidence, model, .. } => {
                (self.subject, self.bits) = (subject.clone(), *bits);
                (self.evidence, self.model) = (evidence.clone(), model.clone());
                self.decision = None;
            }
            Fact::Claimed { until, .. } => {
                if let By::Person(who) = &entry.by {
                    self.claim = Some(Claim { who: who.clone(), until: *until });
                }
            }
            Fact::Released { .. } => self.claim = None,
            Fact::Decided { answer, measures, accounts, reason, second, bulk, .. } => {
                self.claim = None;
                self.decision = Some(Decided {
                    seq: entry.seq,
                    at: entry.at,
                    by: entry.by.clone(),
                    answer: *answer,
                    measures: measures.clone(),
                    accounts: accounts.clone(),
                    reason: reason.clone(),
                    effective: !second,
                    seconded: None,
                    bulk: *bulk,
                });
            }
            Fact::Seconded { agrees, .. } => {
                self.claim = None;
                match &mut self.decision {
                    Some(decision) if *agrees => {
                        decision.effective = true;
                        decision.seconded = Some(entry.seq);
                    }
                    _ => self.decision = None,
                }
            }
            Fact::Appealed { .. } => {
                self.claim = None;
                self.appeals.insert(AppealId(entry.seq));
            }
            Fact::AppealDecided { appeal, account, upheld, .. } => {
                self.claim = None;
                self.appeals.remove(appeal);
                if *upheld {
                    self.cleared.insert(account.clone());
                }
            }
            _ => {}
        }
    }
}
