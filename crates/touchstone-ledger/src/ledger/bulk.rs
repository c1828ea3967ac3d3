//! Many cases at once: counted before, undone as one.

use super::decide::{decide, is_free};
use super::{Decision, Filter, Ledger};
use crate::entry::{BulkId, By, CaseId, Fact};
use crate::error::LedgerError;
use crate::seal::Seal;
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

impl Ledger {
    /// What deciding by a query would do: open cases that match and nobody has claimed.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn preview(&mut self, filter: &Filter, now: i64) -> Result<Effect, LedgerError> {
        let mut effect = Effect::default();
        let mut seen: BTreeSet<Seal> = BTreeSet::new();
        for case in self.state()?.cases().filter(|c| is_free(c, now) && filter.matches(c, now)) {
            effect.cases.push(case.id);
            for member in case.view.subject.members() {
                if seen.insert(member.account.clone()) {
                    effect.accounts += 1;
                    effect.endorsements += member.endorsements;
                    effect.discounted += member.discounted;
                }
            }
        }
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
