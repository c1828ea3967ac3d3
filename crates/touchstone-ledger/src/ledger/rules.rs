//! What the ledger says of each rule of a policy: what it did, what it would have done, and what people made of that.

use super::Ledger;
use crate::entry::{Act, Answer, BreakerKind, CaseId};
use crate::error::LedgerError;
use crate::policy::Counts;
use crate::state::State;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400_000_000;

/// A rule's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleRecord {
    /// Actions it ever took.
    pub acted: u64,
    /// Of them, today (UTC).
    pub today: u64,
    /// Of them, those that hold or will.
    pub standing: u64,
    /// Of them, those that were taken back.
    pub taken_back: u64,
    /// Actions it only recorded, in shadow mode.
    pub shadowed: u64,
    /// Of the accounts of these, how many people confirmed since ...
    pub shadow_confirmed: u64,
    /// ... and how many they cleared.
    pub shadow_cleared: u64,
    /// Actions it left to people.
    pub suggested: u64,
    /// The most that each breaker held back at once today.
    pub held_today: BTreeMap<BreakerKind, u64>,
    /// The cases it acted on or suggested something on, the latest first.
    pub cases: Vec<CaseId>,
}

/// Rules by name, and how far the breakers that concern all of them are used up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRecord {
    /// By name of the rule, those of earlier policies as well.
    pub rules: BTreeMap<String, RuleRecord>,
    /// Actions without a person today.
    pub today: u64,
    /// The most of them that change the counts of one author.
    pub author_today: u64,
    /// Accounts and targets under an action without a person.
    pub under: u64,
}

impl Ledger {
    /// What the ledger says of rules.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn policy_record(&mut self, now: i64) -> Result<PolicyRecord, LedgerError> {
        Ok(record(self.state()?, now))
    }
}

fn record(state: &State, now: i64) -> PolicyRecord {
    let counts = Counts::of(state, now);
    let mut rules: BTreeMap<String, RuleRecord> = BTreeMap::new();
    let mut cases: BTreeMap<String, BTreeSet<CaseId>> = BTreeMap::new();
    let today = |at: i64| at.div_euclid(DAY) == now.div_euclid(DAY);
    for action in state.actions() {
        let Some(rule) = &action.act.rule else { continue };
        let record = rules.entry(rule.rule.clone()).or_default();
        record.acted += 1;
        record.today += u64::from(today(action.at));
        record.standing += u64::from(action.stands(now));
        record.taken_back += u64::from(!action.reversals.is_empty());
        cases.entry(rule.rule.clone()).or_default().insert(action.act.case);
    }
    for (_, act) in state.suggested() {
        let Some(rule) = &act.rule else { continue };
        rules.entry(rule.rule.clone()).or_default().suggested += 1;
        cases.entry(rule.rule.clone()).or_default().insert(act.case);
    }
    let labels: BTreeMap<_, _> = state.labels().into_iter().map(|l| (l.account, l.answer)).collect();
    let mut judged = BTreeSet::new();
    for (_, act) in state.shadowed() {
        let Act { rule: Some(rule), account, .. } = act else { continue };
        let record = rules.entry(rule.rule.clone()).or_default();
        record.shadowed += 1;
        let Some(account) = account.as_ref().filter(|a| judged.insert((rule.rule.clone(), (*a).clone()))) else {
            continue;
        };
        match labels.get(account) {
            Some(Answer::Confirmed) => record.shadow_confirmed += 1,
            Some(Answer::Cleared) => record.shadow_cleared += 1,
            _ => {}
        }
    }
    for trip in state.trips().iter().rev().take_while(|t| today(t.at)) {
        let held = rules.entry(trip.rule.rule.clone()).or_default().held_today.entry(trip.breaker).or_default();
        *held = trip.held.max(*held);
    }
    for (rule, cases) in cases {
        rules.entry(rule).or_default().cases = cases.into_iter().rev().collect();
    }
    PolicyRecord {
        rules,
        today: counts.day,
        author_today: counts.by_author.values().copied().max().unwrap_or(0),
        under: counts.under.len() as u64,
    }
}
