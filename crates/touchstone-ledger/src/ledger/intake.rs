//! Cases from findings.

use super::{Draft, Ledger};
use crate::case::Status;
use crate::entry::{Answer, By, CaseId, Exhibit, Fact, Member, Model, Subject};
use crate::error::LedgerError;
use crate::findings::{About, Findings, FoundAccount, FoundRing, FoundTarget};
use crate::seal::{Seal, SealKind};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::findings::Verdict;

/// Two rings are one if they share at least this part of all their members. Ring names are new in every run.
const SAME_RING_SHARE: f64 = 0.5;
/// A case is refreshed if its evidence moved by at least this many bits.
const NEWS_BITS: f64 = 1.0;
/// Most pieces of evidence kept on a case, strongest first.
const EXHIBITS_MAX: usize = 50;

/// What became of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenedCases {
    /// New cases.
    pub opened: Vec<CaseId>,
    /// Cases that say something else now.
    pub refreshed: Vec<CaseId>,
    /// Cases that were there and say the same, or are decided.
    pub unchanged: Vec<CaseId>,
}

impl Ledger {
    /// Opens a case for every ring and for every account that is not organic and in no ring; refreshes those that wait.
    /// Decided cases are left alone. The same findings twice change nothing.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn open_cases(&mut self, findings: &Findings, at: i64) -> Result<OpenedCases, LedgerError> {
        self.write(at, |draft| {
            let mut all = OpenedCases::default();
            Intake::new(findings).all(draft, &mut all)?;
            Ok(all)
        })
    }

    /// Opens a case whose answer is known, to see how well reviewers judge. It looks like any other in the queue, and
    /// nothing is done or learned by deciding it.
    ///
    /// # Errors
    /// There is no such ring or account in the findings, or the ledger cannot be written.
    pub fn open_golden(
        &mut self,
        findings: &Findings,
        about: &About,
        known: Answer,
        at: i64,
    ) -> Result<CaseId, LedgerError> {
        self.write(at, |draft| {
            let intake = Intake::new(findings);
            let (subject, bits) = match about {
                About::Ring(name) => {
                    let ring = findings.rings.iter().find(|r| r.ring == *name);
                    let Some(ring) = ring else { return Err(unknown("the ring's name", name)) };
                    (intake.ring(draft, ring)?, ring.bits)
                }
                About::Account(name) => {
                    let Some(account) = intake.accounts.get(name.as_str()) else {
                        return Err(unknown("the account's name", name));
                    };
                    (Subject::Account(member(draft, account)?), account.bits)
                }
                About::Target(name) => return Err(unknown("a golden case's subject", name)),
            };
            let evidence = intake.exhibits(draft, about, &subject)?;
            let model = findings.model.clone();
            let fact = Fact::Opened { subject, bits: finite(bits), evidence, model, golden: Some(known) };
            Ok(CaseId(draft.push(&By::Program, fact)?))
        })
    }
}

fn unknown(what: &'static str, name: &str) -> LedgerError {
    LedgerError::Length { what, length: name.chars().count(), most: 0 }
}

/// Findings with what is needed to find one's way in them.
pub(crate) struct Intake<'f> {
    findings: &'f Findings,
    pub(crate) accounts: BTreeMap<&'f str, &'f FoundAccount>,
    pub(crate) targets: BTreeMap<&'f str, &'f FoundTarget>,
    evidence: BTreeMap<&'f About, Vec<usize>>,
}

impl<'f> Intake<'f> {
    pub(crate) fn new(findings: &'f Findings) -> Self {
        let accounts = findings.accounts.iter().map(|a| (a.account.as_str(), a)).collect();
        let mut evidence: BTreeMap<&About, Vec<usize>> = BTreeMap::new();
        for (i, piece) in findings.evidence.iter().enumerate() {
            evidence.entry(&piece.about).or_default().push(i);
        }
        let targets = findings.targets.iter().map(|t| (t.target.as_str(), t)).collect();
        Self { findings, accounts, targets, evidence }
    }

    /// What made the findings.
    pub(crate) fn model(&self) -> &Model {
        &self.findings.model
    }

    /// Opens or refreshes all; says which case each subject has.
    pub(crate) fn all(
        &self,
        draft: &mut Draft<'_, '_>,
        said: &mut OpenedCases,
    ) -> Result<BTreeMap<About, CaseId>, LedgerError> {
        let mut case_of = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for ring in &self.findings.rings {
            let subject = self.ring(draft, ring)?;
            let known = same_ring(draft, &subject, &taken);
            let about = About::Ring(ring.ring.clone());
            let case = self.enter(draft, known, &about, subject, ring.bits, said)?;
            taken.insert(case);
            case_of.insert(about, case);
        }
        for account in &self.findings.accounts {
            let in_ring = account.ring.as_ref().is_some_and(|r| case_of.contains_key(&About::Ring(r.clone())));
            if account.verdict == Verdict::Organic || in_ring {
                continue;
            }
            let member = member(draft, account)?;
            let known = draft.state.cases_of(&member.account).filter(|c| c.view.golden.is_none());
            let known = known.filter(|c| matches!(c.view.subject, Subject::Account(_))).last().map(|c| c.id);
            let about = About::Account(account.account.clone());
            let case = self.enter(draft, known, &about, Subject::Account(member), account.bits, said)?;
            case_of.insert(about, case);
        }
        Ok(case_of)
    }

    /// A case on a target, for rules that judge targets.
    pub(crate) fn target(
        &self,
        draft: &mut Draft<'_, '_>,
        found: &FoundTarget,
        said: &mut OpenedCases,
    ) -> Result<CaseId, LedgerError> {
        let target = draft.name(SealKind::Target, &found.target)?;
        let owner = found.owner.as_deref().map(|o| draft.name(SealKind::Account, o)).transpose()?;
        let known = draft.state.case_on(&target).map(|c| c.id);
        let authentic = finite(found.authentic);
        let subject = Subject::Target { target: target.clone(), owner, reported: found.reported, authentic };
        self.enter(draft, known, &About::Target(found.target.clone()), subject, 0.0, said)
    }

    fn enter(
        &self,
        draft: &mut Draft<'_, '_>,
        known: Option<CaseId>,
        about: &About,
        subject: Subject,
        bits: f64,
        said: &mut OpenedCases,
    ) -> Result<CaseId, LedgerError> {
        let bits = finite(bits);
        let model = self.findings.model.clone();
        if let Some(case) = known.and_then(|id| draft.state.case(id)) {
            let id = case.id;
            let waits = matches!(case.status(draft.at), Status::Open | Status::Decided(Answer::Unsure));
            let news = (case.view.bits - bits).abs() >= NEWS_BITS || !same_members(&case.view.subject, &subject);
            if !waits || !news {
                said.unchanged.push(id);
                return Ok(id);
            }
            let evidence = self.exhibits(draft, about, &subject)?;
            draft.push(&By::Program, Fact::Refreshed { case: id, subject, bits, evidence, model })?;
            said.refreshed.push(id);
            return Ok(id);
        }
        let evidence = self.exhibits(draft, about, &subject)?;
        let id = CaseId(draft.push(&By::Program, Fact::Opened { subject, bits, evidence, model, golden: None })?);
        said.opened.push(id);
        Ok(id)
    }

    fn ring(&self, draft: &mut Draft<'_, '_>, ring: &FoundRing) -> Result<Subject, LedgerError> {
        let mut members = Vec::with_capacity(ring.members.len());
        for name in &ring.members {
            members.push(match self.accounts.get(name.as_str()) {
                Some(account) => member(draft, account)?,
                None => Member {
                    account: draft.name(SealKind::Account, name)?,
                    verdict: Verdict::Organic,
                    bits: 0.0,
                    endorsements: 0,
                    discounted: 0.0,
                },
            });
        }
        Ok(Subject::Ring { ring: ring.ring.clone(), kind: ring.kind, members, targets: ring.targets })
    }

    /// The evidence on a subject and on its members, strongest first.
    fn exhibits(
        &self,
        draft: &mut Draft<'_, '_>,
        about: &About,
        subject: &Subject,
    ) -> Result<Vec<Exhibit>, LedgerError> {
        let mut pieces: Vec<(Option<Seal>, usize)> = Vec::new();
        let of = |about: &About| self.evidence.get(about).into_iter().flatten().copied().collect::<Vec<_>>();
        pieces.extend(of(about).into_iter().map(|i| (None, i)));
        if let (About::Ring(name), Subject::Ring { members, .. }) = (about, subject) {
            let ring = self.findings.rings.iter().find(|r| r.ring == *name);
            for (name, member) in ring.map(|r| &r.members).into_iter().flatten().zip(members) {
                let on_member = of(&About::Account(name.clone()));
                pieces.extend(on_member.into_iter().map(|i| (Some(member.account.clone()), i)));
            }
        }
        let bits = |i: usize| finite(self.findings.evidence[i].evidence.bits);
        // What is about the whole comes first.
        pieces.sort_by(|a, b| (a.0.is_some(), bits(b.1)).partial_cmp(&(b.0.is_some(), bits(a.1))).expect("finite"));
        pieces.truncate(EXHIBITS_MAX);
        let mut exhibits = Vec::with_capacity(pieces.len());
        for (account, i) in pieces {
            let e = &self.findings.evidence[i].evidence;
            exhibits.push(Exhibit {
                account,
                signal: e.signal.clone(),
                bits: finite(e.bits),
                statistic: e.statistic.clone(),
                observed: finite(e.observed),
                expected: finite(e.expected),
                words: draft.text(&e.sentence)?,
            });
        }
        Ok(exhibits)
    }
}

fn member(draft: &mut Draft<'_, '_>, account: &FoundAccount) -> Result<Member, LedgerError> {
    Ok(Member {
        account: draft.name(SealKind::Account, &account.account)?,
        verdict: account.verdict,
        bits: finite(account.bits),
        endorsements: account.endorsements,
        discounted: finite(account.discounted),
    })
}

/// The case of the ring of which most members are the same.
fn same_ring(draft: &Draft<'_, '_>, subject: &Subject, taken: &BTreeSet<CaseId>) -> Option<CaseId> {
    let mut shared: BTreeMap<CaseId, usize> = BTreeMap::new();
    for member in subject.members() {
        for case in draft.state.cases_of(&member.account) {
            if matches!(case.view.subject, Subject::Ring { .. }) && case.view.golden.is_none() {
                *shared.entry(case.id).or_default() += 1;
            }
        }
    }
    let share = |(id, both): (&CaseId, &usize)| {
        let theirs = draft.state.case(*id).map_or(0, |c| c.view.subject.members().len());
        *both as f64 / (theirs + subject.members().len() - both).max(1) as f64
    };
    let best = shared
        .iter()
        .filter(|(id, _)| !taken.contains(id))
        .max_by(|a, b| share(*a).total_cmp(&share(*b)).then(a.0.cmp(b.0)))?;
    (share(best) >= SAME_RING_SHARE).then_some(*best.0)
}

fn same_members(a: &Subject, b: &Subject) -> bool {
    let of = |s: &Subject| s.members().iter().map(|m| (m.account.clone(), m.verdict)).collect::<BTreeSet<_>>();
    of(a) == of(b)
}

/// JSON has no infinities.
pub(crate) fn finite(x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { x.clamp(-1e300, 1e300) }
}
