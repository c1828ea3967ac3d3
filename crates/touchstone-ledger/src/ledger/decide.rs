//! Decisions by people, and what follows from them.

use super::{Draft, Ledger};
use crate::case::{Case, Status};
use crate::entry::{Act, Answer, BulkId, By, CaseId, Fact, Measure, Subject};
use crate::error::LedgerError;
use crate::seal::{Seal, SealKind};

/// Longest that an action can last, in days.
pub(crate) const DAYS_MAX: u32 = 3_660;
pub(crate) const DAY: i64 = 86_400_000_000;

/// What a person decides on a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What the case is found to be.
    pub answer: Answer,
    /// What is to be done; only to who is confirmed.
    pub measures: Vec<Measure>,
    /// To which of the case's accounts; to all where not said.
    pub accounts: Option<Vec<String>>,
    /// Why, in plain words.
    pub reason: String,
    /// The ground in the platform's terms.
    pub ground: String,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in effect.
    Effective,
    /// A second reviewer has to agree.
    AwaitsSecond,
}

/// What a decision brings about.
pub(super) struct Ruling<'a> {
    pub(super) case: &'a Case,
    /// Its entry.
    pub(super) cause: u64,
    pub(super) answer: Answer,
    pub(super) measures: &'a [Measure],
    pub(super) accounts: &'a [Seal],
    pub(super) reason: &'a Seal,
    pub(super) ground: &'a str,
}

impl Ledger {
    /// Decides a claimed case.
    ///
    /// # Errors
    /// It is not claimed by this person, the reason is missing, the decision makes no sense, or the ledger cannot be
    /// written.
    pub fn decide(&mut self, case: CaseId, who: &str, decision: &Decision, at: i64) -> Result<Outcome, LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let it = draft.case(case)?;
            if it.claim(draft.at).is_none_or(|c| c.who != person) {
                return Err(LedgerError::NotClaimed(case));
            }
            match (it.view.appeals.is_empty(), &it.view.decision) {
                (false, _) => {
                    let why = "decide the appeal, not the case again";
                    return Err(LedgerError::NotNow { case, status: "appealed", why });
                }
                (true, Some(_)) => {
                    let why = "agree or disagree with the first decision";
                    return Err(LedgerError::NotNow { case, status: "awaits_second", why });
                }
                (true, None) => {}
            }
            decide(draft, case, &person, decision, None)
        })
    }

    /// The second review of a claimed case that waits for it.
    ///
    /// # Errors
    /// It is not claimed by this person, waits for no second review, this person made the first decision, the reason is
    /// missing, or the ledger cannot be written.
    pub fn second(&mut self, case: CaseId, who: &str, agrees: bool, reason: &str, at: i64) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let it = draft.case(case)?.clone();
            if it.claim(draft.at).is_none_or(|c| c.who != person) {
                return Err(LedgerError::NotClaimed(case));
            }
            let Some(first) = it.view.decision.as_ref().filter(|d| !d.effective && it.view.appeals.is_empty()) else {
                let status = it.status(draft.at).word();
                return Err(LedgerError::NotNow { case, status, why: "there is no decision to agree with" });
            };
            if let Some(why) = it.barred(&person) {
                return Err(LedgerError::Barred { case, why });
            }
            let reason = draft.reason("a second review", reason)?;
            let by = By::Person(person);
            draft.push(&by, Fact::Seconded { case, agrees, reason })?;
            if agrees {
                let ground = ground_of(&it, first.seq);
                let ruling = Ruling {
                    case: &it,
                    cause: first.seq,
                    answer: first.answer,
                    measures: &first.measures,
                    accounts: &first.accounts,
                    reason: &first.reason,
                    ground: &ground,
                };
                ruling.carry_out(draft, &by)?;
            }
            Ok(())
        })
    }
}

/// Enters a decision and, unless a second reviewer has to agree, what follows from it.
pub(super) fn decide(
    draft: &mut Draft<'_, '_>,
    id: CaseId,
    person: &Seal,
    decision: &Decision,
    bulk: Option<BulkId>,
) -> Result<Outcome, LedgerError> {
    let case = draft.case(id)?.clone();
    check(&case, decision)?;
    let accounts = concerned(draft, &case, decision)?;
    let reason = draft.reason("a decision", &decision.reason)?;
    let second = needs_second(draft, &case, decision);
    let by = By::Person(person.clone());
    let cause = draft.push(
        &by,
        Fact::Decided {
            case: id,
            answer: decision.answer,
            measures: decision.measures.clone(),
            accounts: accounts.clone(),
            reason: reason.clone(),
            ground: decision.ground.trim().to_owned(),
            second,
            bulk,
        },
    )?;
    if second {
        return Ok(Outcome::AwaitsSecond);
    }
    let ruling = Ruling {
        case: &case,
        cause,
        answer: decision.answer,
        measures: &decision.measures,
        accounts: &accounts,
        reason: &reason,
        ground: decision.ground.trim(),
    };
    ruling.carry_out(draft, &by)?;
    Ok(Outcome::Effective)
}

fn check(case: &Case, decision: &Decision) -> Result<(), LedgerError> {
    let id = case.id;
    let wrong = |why| Err(LedgerError::NotNow { case: id, status: "not to be decided so", why });
    if decision.answer != Answer::Confirmed && !decision.measures.is_empty() {
        return wrong("nothing is done to who is not confirmed; leave the measures out");
    }
    if decision.measures.iter().any(|m| m.days == 0 || m.days > DAYS_MAX) {
        return wrong("a measure lasts from 1 to 3660 days; every action ends");
    }
    let mut kinds: Vec<_> = decision.measures.iter().map(|m| m.kind).collect();
    kinds.sort_unstable();
    if kinds.windows(2).any(|k| k[0] == k[1]) {
        return wrong("each measure is named once");
    }
    Ok(())
}

fn concerned(draft: &mut Draft<'_, '_>, case: &Case, decision: &Decision) -> Result<Vec<Seal>, LedgerError> {
    let all = case.view.subject.members();
    let Some(names) = &decision.accounts else { return Ok(all.iter().map(|m| m.account.clone()).collect()) };
    let mut accounts = Vec::with_capacity(names.len());
    for name in names {
        let seal = draft.tables.find(SealKind::Account, name)?.filter(|s| case.view.subject.has(s));
        accounts.push(seal.ok_or_else(|| LedgerError::NotAMember { case: case.id, account: name.clone() })?);
    }
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}

/// Hard measures always; of the rest a share that nobody can tell before, golden cases as well, lest they show.
fn needs_second(draft: &Draft<'_, '_>, case: &Case, decision: &Decision) -> bool {
    if decision.answer == Answer::Unsure {
        return false;
    }
    let hard = decision.measures.iter().any(|m| draft.review.second_for.contains(&m.kind));
    let name = format!("{} {}", case.id, case.history.len());
    hard || crate::chance::unit(draft.key, "second review", &[&name]) < draft.review.second_share
}

fn ground_of(case: &Case, seq: u64) -> String {
    let decided = case.history.iter().find(|e| e.seq == seq);
    match decided.map(|e| &e.fact) {
        Some(Fact::Decided { ground, .. }) => ground.clone(),
        _ => String::new(),
    }
}

impl Ruling<'_> {
    /// Takes the actions of a confirmed case; takes those of a cleared one back.
    fn carry_out(&self, draft: &mut Draft<'_, '_>, by: &By) -> Result<(), LedgerError> {
        if self.case.view.golden.is_some() {
            return Ok(());
        }
        match self.answer {
            Answer::Unsure => Ok(()),
            Answer::Cleared => {
                let now = draft.at;
                let taken: Vec<_> = draft
                    .state
                    .actions()
                    .filter(|a| a.act.case == self.case.id && a.stands(now))
                    .filter(|a| a.act.account.as_ref().is_none_or(|account| self.accounts.contains(account)))
                    .map(|a| a.id)
                    .collect();
                for action in taken {
                    draft.reverse(by, action, Some(self.cause), self.reason)?;
                }
                Ok(())
            }
            Answer::Confirmed => {
                if let Subject::Target { target, owner, .. } = &self.case.view.subject {
                    for measure in self.measures {
                        self.act(draft, by, None, Some(target), owner.as_slice(), *measure)?;
                    }
                }
                for account in self.accounts {
                    for measure in self.measures {
                        self.act(draft, by, Some(account), None, &[], *measure)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn act(
        &self,
        draft: &mut Draft<'_, '_>,
        by: &By,
        account: Option<&Seal>,
        target: Option<&Seal>,
        authors: &[Seal],
        measure: Measure,
    ) -> Result<(), LedgerError> {
        let now = draft.at;
        let expires_at = now.saturating_add(i64::from(measure.days) * DAY);
        let stands = account.is_some_and(|account| {
            let same = draft.state.actions_of(account).filter(|a| a.act.kind == measure.kind && a.stands(now));
            same.into_iter().any(|a| a.act.expires_at >= expires_at && a.act.starts_at <= now)
        });
        if stands {
            return Ok(());
        }
        let act = Act {
            case: self.case.id,
            account: account.cloned(),
            target: target.cloned(),
            kind: measure.kind,
            starts_at: now,
            expires_at,
            cause: Some(self.cause),
            rule: None,
            reason: self.reason.clone(),
            ground: self.ground.to_owned(),
            automatic: false,
            authors: authors.to_vec(),
            model: self.case.view.model.clone(),
        };
        draft.act(by, act)?;
        Ok(())
    }
}

/// True if a case can be decided by a query rather than by claiming it.
pub(super) fn is_free(case: &Case, now: i64) -> bool {
    case.status(now) == Status::Open
}
