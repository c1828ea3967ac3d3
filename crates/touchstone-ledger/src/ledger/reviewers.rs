//! How well reviewers judge: on cases whose answer was known, in second reviews, and on appeal.

use super::Ledger;
use crate::entry::{By, Fact};
use crate::error::LedgerError;
use crate::seal::Seal;
use crate::state::State;
use std::collections::{BTreeMap, BTreeSet};

/// What one reviewer did. What was undone is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewerRecord {
    /// The reviewer.
    pub name: String,
    /// Decisions on cases, golden ones as well.
    pub decisions: u64,
    /// Of them, on golden cases: cases whose answer was known.
    pub golden: u64,
    /// Of these, with that answer.
    pub golden_right: u64,
    /// Decisions that somebody else looked at again.
    pub seconds: u64,
    /// Of them, those that the other agreed with.
    pub seconds_agreed: u64,
    /// Appeals on cases in whose decision this reviewer had a part.
    pub appeals: u64,
    /// Of them, those that were upheld: the account was right.
    pub appeals_upheld: u64,
}

impl Ledger {
    /// What reviewers did, by name.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn reviewers(&mut self) -> Result<Vec<ReviewerRecord>, LedgerError> {
        let records = records(self.state()?);
        let seals: Vec<Seal> = records.keys().cloned().collect();
        let names = self.open_seals(&seals)?;
        let mut all: Vec<ReviewerRecord> = records
            .into_iter()
            .map(|(seal, record)| ReviewerRecord {
                name: names.get(&seal).cloned().unwrap_or_else(|| seal.to_string()),
                ..record
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }
}

fn records(state: &State) -> BTreeMap<Seal, ReviewerRecord> {
    let mut all: BTreeMap<Seal, ReviewerRecord> = BTreeMap::new();
    for case in state.cases() {
        let mut decider = None;
        for entry in case.history.iter().filter(|e| !state.is_undone(e.seq)) {
            match (&entry.fact, &entry.by) {
                (Fact::Decided { .. }, By::Person(who)) => {
                    all.entry(who.clone()).or_default().decisions += 1;
                    decider = Some(who);
                }
                (Fact::Seconded { agrees, .. }, _) => {
                    let Some(record) = decider.take().and_then(|who| all.get_mut(who)) else { continue };
                    record.seconds += 1;
                    record.seconds_agreed += u64::from(*agrees);
                }
                _ => {}
            }
        }
    }
    for (who, right, of) in state.golden() {
        let record = all.entry(who).or_default();
        (record.golden, record.golden_right) = (of, right);
    }
    for appeal in state.appeals() {
        let Some(decision) = &appeal.decision else { continue };
        let Some(case) = state.case(appeal.case) else { continue };
        let deciders: BTreeSet<Seal> = case
            .history
            .iter()
            .filter(|e| e.seq < appeal.id.0 && !state.is_undone(e.seq))
            .filter(|e| matches!(e.fact, Fact::Decided { .. } | Fact::Seconded { agrees: true, .. }))
            .filter_map(|e| if let By::Person(who) = &e.by { Some(who.clone()) } else { None })
            .collect();
        for who in deciders {
            let record = all.entry(who).or_default();
            record.appeals += 1;
            record.appeals_upheld += u64::from(decision.upheld);
        }
    }
    all
}
