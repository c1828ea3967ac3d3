//! Circuit breakers: how much a policy does at most, whatever its rules say and in whatever order they are asked.

use super::file::{Policy, Rule};
use crate::entry::BreakerKind;
use crate::state::State;
use std::collections::{BTreeMap, BTreeSet};

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// What was done without a person on one day (UTC), and who is under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Actions.
    pub day: u64,
    /// Actions by rule.
    pub by_rule: BTreeMap<String, u64>,
    /// Actions by author whose counts they change.
    pub by_author: BTreeMap<String, u64>,
    /// Accounts and targets under a standing action.
    pub under: BTreeSet<String>,
}

impl Counts {
    /// As the ledger has it. What was taken back still counts for its day: a breaker bounds what a policy tries.
    #[must_use]
    pub fn of(state: &State, now: i64) -> Self {
        let mut counts = Self::default();
        let today = now.div_euclid(DAY);
        for action in state.actions().filter(|a| a.act.automatic) {
            if action.at.div_euclid(DAY) == today {
                counts.day += 1;
                if let Some(rule) = &action.act.rule {
                    *counts.by_rule.entry(rule.rule.clone()).or_default() += 1;
                }
                for author in &action.act.authors {
                    *counts.by_author.entry(author.to_string()).or_default() += 1;
                }
            }
            if action.stands(now) {
                counts.under.extend(action.act.account.iter().chain(&action.act.target).map(ToString::to_string));
            }
        }
        counts
    }

    /// Counts one more action, if every breaker allows it; else says which does not, and counts nothing.
    ///
    /// `total`: all accounts.
    ///
    /// # Errors
    /// The breaker that holds it back.
    pub fn admit(
        &mut self,
        policy: &Policy,
        rule: &Rule,
        subject: &str,
        authors: &[String],
        total: u64,
    ) -> Result<(), BreakerKind> {
        let of_rule = self.by_rule.get(&rule.name).copied().unwrap_or(0);
        if of_rule >= policy.limit(BreakerKind::Rule, rule) {
            return Err(BreakerKind::Rule);
        }
        if self.day >= policy.limit(BreakerKind::Day, rule) {
            return Err(BreakerKind::Day);
        }
        let author_limit = policy.limit(BreakerKind::Author, rule);
        if authors.iter().any(|a| self.by_author.get(a).copied().unwrap_or(0) >= author_limit) {
            return Err(BreakerKind::Author);
        }
        let most = (policy.share_of_accounts * total as f64).floor() as u64;
        if !self.under.contains(subject) && self.under.len() as u64 >= most {
            return Err(BreakerKind::Share);
        }
        self.day += 1;
        *self.by_rule.entry(rule.name.clone()).or_default() += 1;
        for author in authors {
            *self.by_author.entry(author.clone()).or_default() += 1;
        }
        self.under.insert(subject.to_owned());
        Ok(())
    }
}
