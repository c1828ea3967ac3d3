//! A policy, applied: cases from findings, and the actions that the policy takes, suggests or only records.

use super::intake::Intake;
use super::{Draft, Ledger, OpenedCases};
use crate::entry::{Act, ActionId, ActionKind, Answer, BreakerKind, By, CaseId, Fact, RuleRef};
use crate::error::LedgerError;
use crate::findings::{About, Findings};
use crate::policy::{Backtest, Candidate, Counts, Fate, Planned, Policy, Rule, RuleTarget, Subject, candidates, plan};
use crate::seal::SealKind;
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000_000;

/// What a policy made of findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// Cases that were opened and refreshed.
    pub cases: OpenedCases,
    /// One line a candidate and rule that holds for it.
    pub lines: Vec<ProposalLine>,
    /// Conditions that could not be evaluated: account or target, rule, why.
    pub failed: Vec<(String, String, String)>,
    /// Breakers that held something back, and how many.
    pub tripped: BTreeMap<(BreakerKind, String), u64>,
}

/// One candidate under one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalLine {
    /// Whom it is about.
    pub subject: Subject,
    /// The case that has the evidence, where there is one.
    pub case: Option<CaseId>,
    /// The rule.
    pub rule: String,
    /// What is done, or would be.
    pub kind: ActionKind,
    /// For how many days.
    pub days: u32,
    /// What becomes of it.
    pub fate: Fate,
    /// The action, if it was taken.
    pub action: Option<ActionId>,
}

impl Ledger {
    /// Opens and refreshes cases from findings and applies a policy to them. The same findings and policy twice take no
    /// action twice. From then on people work as the policy says, here and wherever the ledger is opened. With `dry`, nothing is entered: it says what would be.
    ///
    /// # Errors
    /// The ledger cannot be written; then nothing is entered.
    pub fn propose(
        &mut self,
        policy: &Policy,
        findings: &Findings,
        at: i64,
        dry: bool,
    ) -> Result<Proposal, LedgerError> {
        let proposal = self.write(at, |draft| {
            draft.discard = dry;
            propose(draft, policy, findings)
        })?;
        if let (Some(review), false) = (&policy.review, dry) {
            self.set_review(review.clone());
        }
        Ok(proposal)
    }

    /// Whom a policy would hit in findings, as if this ledger were empty: the same accounts are in its percentages as in
    /// a proposal.
    #[must_use]
    pub fn backtest(&self, policy: &Policy, findings: &Findings, now: i64) -> Backtest {
        Backtest::run(policy, findings, &BTreeMap::new(), &self.key, now)
    }
}

fn propose(draft: &mut Draft<'_, '_>, policy: &Policy, findings: &Findings) -> Result<Proposal, LedgerError> {
    let mut proposal = Proposal::default();
    let by = By::Policy(policy.hash.clone());
    if draft.state.policy().is_none_or(|(hash, _)| hash != policy.hash) {
        let text = draft.text(&policy.text)?;
        draft.push(&By::Program, Fact::Adopted { policy: policy.hash.clone(), text })?;
    }
    let intake = Intake::new(findings);
    let mut case_of = intake.all(draft, &mut proposal.cases)?;
    let mut all = candidates(findings);
    // There are many targets; most policies ask about none.
    let on_targets = policy.rules.iter().any(|r| r.on == RuleTarget::Target);
    all.retain(|c| on_targets || matches!(c.subject, Subject::Account(_)));
    for candidate in &mut all {
        recall(draft, candidate)?;
    }
    let now = draft.at;
    let mut counts = Counts::of(draft.state, now);
    let (planned, failed) = plan(policy, &all, &mut counts, draft.key, now, findings.accounts_total);
    let name = |c: usize, r: usize| (all[c].subject.name().to_owned(), policy.rules[r].name.clone());
    proposal.failed = failed
        .into_iter()
        .map(|(c, r, why)| {
            let (subject, rule) = name(c, r);
            (subject, rule, why)
        })
        .collect();
    for p in planned {
        let (candidate, rule) = (&all[p.candidate], &policy.rules[p.rule]);
        let mut line = ProposalLine {
            subject: candidate.subject.clone(),
            case: None,
            rule: rule.name.clone(),
            kind: p.step.kind,
            days: p.step.days,
            fate: p.fate,
            action: None,
        };
        line.case = case(draft, &intake, &mut case_of, candidate, p.fate, &mut proposal.cases)?;
        if let Fate::Held(breaker) = p.fate {
            *proposal.tripped.entry((breaker, rule.name.clone())).or_default() += 1;
        }
        if let Some(case) = line.case {
            line.action = enter(draft, policy, &intake, candidate, rule, p, case, &by)?;
        }
        proposal.lines.push(line);
    }
    for ((breaker, rule), held) in &proposal.tripped {
        // Said once a day, and again if it holds back more: findings come every minute or so.
        let mut today = draft.state.trips().iter().rev().take_while(|t| t.at.div_euclid(DAY) == now.div_euclid(DAY));
        if today.any(|t| t.breaker == *breaker && t.rule.rule == *rule && t.held >= *held) {
            continue;
        }
        let rule = RuleRef { policy: policy.hash.clone(), rule: rule.clone() };
        draft.push(&by, Fact::Tripped { breaker: *breaker, rule, held: *held })?;
    }
    Ok(proposal)
}

/// What the ledger knows of a candidate.
fn recall(draft: &mut Draft<'_, '_>, candidate: &mut Candidate) -> Result<(), LedgerError> {
    let kind = if matches!(candidate.subject, Subject::Account(_)) { SealKind::Account } else { SealKind::Target };
    for author in &mut candidate.authors {
        if let Some(seal) = draft.tables.find(SealKind::Account, author)? {
            *author = seal.to_string();
        }
    }
    let Some(seal) = draft.tables.find(kind, candidate.subject.name())? else { return Ok(()) };
    candidate.key = seal.to_string();
    let state = draft.state;
    let label = if kind == SealKind::Account { state.label_of(&seal) } else { None };
    candidate.cleared = label == Some(Answer::Cleared);
    let mut earlier = 0;
    for action in state.actions_of(&seal).filter(|a| a.reversals.is_empty()) {
        earlier += i64::from(action.act.kind != ActionKind::RequireReview);
        if let Some(rule) = &action.act.rule {
            candidate.earlier.entry(rule.rule.clone()).or_default().push(action.at);
            if action.stands(draft.at) {
                candidate.standing.insert(rule.rule.clone());
            }
        }
    }
    candidate.set_history(earlier, label == Some(Answer::Confirmed));
    Ok(())
}

/// The case that has a candidate's evidence. A target gets one when a live rule first holds for it; a shadow opens none.
fn case(
    draft: &mut Draft<'_, '_>,
    intake: &Intake<'_>,
    case_of: &mut BTreeMap<About, CaseId>,
    candidate: &Candidate,
    fate: Fate,
    said: &mut OpenedCases,
) -> Result<Option<CaseId>, LedgerError> {
    match &candidate.subject {
        Subject::Account(name) => {
            let ring = intake.accounts.get(name.as_str()).and_then(|a| a.ring.clone());
            let of_ring = ring.and_then(|ring| case_of.get(&About::Ring(ring)));
            Ok(of_ring.or_else(|| case_of.get(&About::Account(name.clone()))).copied())
        }
        Subject::Target(name) => {
            let about = About::Target(name.clone());
            if let Some(case) = case_of.get(&about) {
                return Ok(Some(*case));
            }
            let Some(found) = intake.targets.get(name.as_str()) else { return Ok(None) };
            if !matches!(fate, Fate::Act { .. } | Fate::Suggest) {
                let seal = draft.tables.find(SealKind::Target, name)?;
                return Ok(seal.and_then(|s| draft.state.case_on(&s)).map(|c| c.id));
            }
            let case = intake.target(draft, found, said)?;
            case_of.insert(about, case);
            Ok(Some(case))
        }
    }
}

#[allow(clippy::too_many_arguments)] // one entry, with all it says
fn enter(
    draft: &mut Draft<'_, '_>,
    policy: &Policy,
    intake: &Intake<'_>,
    candidate: &Candidate,
    rule: &Rule,
    p: Planned,
    case: CaseId,
    by: &By,
) -> Result<Option<ActionId>, LedgerError> {
    let starts_at = match p.fate {
        Fate::Act { starts_at } => starts_at,
        Fate::Suggest | Fate::Shadow => draft.at,
        _ => return Ok(None),
    };
    let name = candidate.subject.name();
    let mut authors = Vec::new();
    if let Fate::Act { .. } = p.fate {
        let names = match &candidate.subject {
            Subject::Account(_) => intake.accounts.get(name).map(|a| a.authors.clone()).unwrap_or_default(),
            Subject::Target(_) => intake.targets.get(name).and_then(|t| t.owner.clone()).into_iter().collect(),
        };
        for name in names {
            authors.push(draft.name(SealKind::Account, &name)?);
        }
    }
    let (account, target) = match &candidate.subject {
        Subject::Account(name) => (Some(draft.name(SealKind::Account, name)?), None),
        Subject::Target(name) => (None, Some(draft.name(SealKind::Target, name)?)),
    };
    let act = Act {
        case,
        account,
        target,
        kind: p.step.kind,
        starts_at,
        expires_at: starts_at.saturating_add(i64::from(p.step.days) * DAY),
        cause: None,
        rule: Some(RuleRef { policy: policy.hash.clone(), rule: rule.name.clone() }),
        reason: draft.text(&rule.reason)?,
        ground: rule.ground.clone(),
        automatic: true,
        authors,
        model: intake.model().clone(),
    };
    match p.fate {
        Fate::Act { .. } => return draft.act(by, act).map(Some),
        // Said once, not again with every run.
        _ if draft.state.is_recorded(&act, draft.at) => {}
        Fate::Suggest => _ = draft.push(by, Fact::Suggested(act))?,
        _ => _ = draft.push(by, Fact::Shadowed(act))?,
    }
    Ok(None)
}
