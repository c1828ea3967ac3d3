//! Many cases at once: counted before, undone as one.

use super::decide::{decide, is_free};
use super::{Decision, Filter, Ledger};
use crate::case::Case;
use crate::entry::{BulkId, By, CaseId, Fact};
use crate::error::LedgerError;
use crate::seal::{Seal, SealKind};
use std::collections::BTreeSet;

/// What a decision would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// Cases it decides.
    pub cases: Vec<CaseId>,
    /// Accounts it concerns.
    pub accounts: u64,
    /// Their endorsements.
    pub endorsements: u64,
    /// How many of them are discounted (sum of p_fake).
    pub discounted: f64,
}

impl Effect {
    fn add(&mut self, case: &Case, chosen: Option<&BTreeSet<Seal>>, seen: &mut BTreeSet<Seal>) {
        self.cases.push(case.id);
        let members = case.view.subject.members().iter();
        for member in members.filter(|m| chosen.is_none_or(|c| c.contains(&m.account))) {
            if seen.insert(member.account.clone()) {
                self.accounts += 1;
                self.endorsements += member.endorsements;
                self.discounted += member.discounted;
            }
        }
    }
}

impl Ledger {
    /// What deciding by a query would do: open cases that match and nobody has claimed.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn preview(&mut self, filter: &Filter, now: i64) -> Result<Effect, LedgerError> {
        let mut effect = Effect::default();
        let mut seen = BTreeSet::new();
        for case in self.state()?.cases().filter(|c| is_free(c, now) && filter.matches(c, now)) {
            effect.add(case, None, &mut seen);
        }
        Ok(effect)
    }

    /// What deciding a case would do: on these of its accounts, or on all. Which counts and ranks that changes is in the
    /// findings, not in the ledger.
    ///
    /// # Errors
    /// There is no such case, an account is no member of it, or the ledger cannot be read.
    pub fn effect(&mut self, case: CaseId, accounts: Option<&[String]>) -> Result<Effect, LedgerError> {
        let mut chosen = None;
        if let Some(names) = accounts {
            let mut seals = BTreeSet::new();
            for name in names {
                let stranger = || LedgerError::NotAMember { case, account: name.clone() };
                let seal = self.find(SealKind::Account, name)?.ok_or_else(stranger)?;
                if !self.state()?.case(case).ok_or(LedgerError::NoCase(case))?.view.subject.has(&seal) {
                    return Err(stranger());
                }
                seals.insert(seal);
            }
            chosen = Some(seals);
        }
        let it = self.state()?.case(case).ok_or(LedgerError::NoCase(case))?;
        let mut effect = Effect::default();
        effect.add(it, chosen.as_ref(), &mut BTreeSet::new());
        Ok(effect)
    }

    /// Decides all open cases that match, if there are as many as `expected`: the number that was shown before.
    /// Decisions that need a second reviewer wait for one as any other.
    ///
    /// # Errors
    /// The count changed, the reason is missing, the decision makes no sense, or the ledger cannot be written. Then no
    /// case is decided.
    pub fn bulk(
        &mut self,
        filter: &Filter,
        query: &str,
        who: &str,
        decision: &Decision,
        expected: u64,
        at: i64,
    ) -> Result<BulkId, LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let now = draft.at;
            let cases: Vec<CaseId> =
                draft.state.cases().filter(|c| is_free(c, now) && filter.matches(c, now)).map(|c| c.id).collect();
            if cases.len() as u64 != expected {
                return Err(LedgerError::CountChanged { expected, now: cases.len() as u64 });
            }
            let query = draft.text(query)?;
            let begun = Fact::BulkBegun { cases: expected, query };
            let bulk = BulkId(draft.push(&By::Person(person.clone()), begun)?);
            for case in cases {
                decide(draft, case, &person, decision, Some(bulk))?;
            }
            Ok(bulk)
        })
    }
}
