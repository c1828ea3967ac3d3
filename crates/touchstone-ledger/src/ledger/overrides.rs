//! What people decided, in the form in which others use it: labels for detection, overrides for served counts.

use super::Ledger;
use crate::entry::{ActionId, ActionKind, Answer};
use crate::error::LedgerError;
use std::collections::BTreeMap;

/// A line of the labels file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelLine {
    /// The account's name.
    pub account: String,
    /// The target's name; empty where it is about all endorsements of the account.
    pub target: String,
    /// confirmed or cleared.
    pub label: &'static str,
    /// The day it was made, as YYYY-MM-DD, UTC.
    pub date: String,
}

/// An action that holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub action: ActionId,
    /// What is done.
    pub kind: ActionKind,
    /// Until when, microseconds since 1970 UTC.
    pub until: i64,
}

/// Decisions of people, laid over findings. Erased accounts are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The latest word on each account, by name.
    pub labels: BTreeMap<String, Answer>,
    /// Lines for the labels file, by name.
    pub lines: Vec<LabelLine>,
    /// What holds on accounts now, by name.
    pub accounts: BTreeMap<String, Vec<Standing>>,
    /// What holds on targets now, by name.
    pub targets: BTreeMap<String, Vec<Standing>>,
}

impl Overrides {
    /// The probability that an endorsement is fake, as it counts: none of a cleared account's is.
    #[must_use]
    pub fn p_fake(&self, account: &str, p_fake: f64) -> f64 {
        if self.labels.get(account) == Some(&Answer::Cleared) { 0.0 } else { p_fake }
    }

    /// The corrected count of a target as served: what detection found, plus what it took from accounts that people
    /// cleared. `likes` are (account, p_fake) of the target's endorsements; those of nobody cleared may be left out.
    #[must_use]
    pub fn authentic<'l>(&self, authentic: f64, likes: impl IntoIterator<Item = (&'l str, f64)>) -> f64 {
        likes.into_iter().fold(authentic, |sum, (account, p)| sum + p - self.p_fake(account, p))
    }

    /// The labels file: account,target,label,date.
    #[must_use]
    pub fn labels_csv(&self) -> String {
        let mut text = String::from("account,target,label,date\n");
        for line in &self.lines {
            for cell in [&line.account, &line.target] {
                text.push_str(&quoted(cell));
                text.push(',');
            }
            text.push_str(&format!("{},{}\n", line.label, line.date));
        }
        text
    }
}

/// A cell of a CSV file. RFC 4180.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

impl Ledger {
    /// Labels and standing actions, with names.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn overrides(&mut self, now: i64) -> Result<Overrides, LedgerError> {
        let state = self.state()?;
        let labels = state.labels();
        let mut standing = Vec::new();
        for action in state.actions().filter(|a| a.phase(now) == crate::state::Phase::InForce) {
            let it = Standing { action: action.id, kind: action.act.kind, until: action.act.expires_at };
            standing.push((action.act.account.clone(), action.act.target.clone(), it));
        }
        let seals = labels.iter().map(|l| &l.account).chain(standing.iter().flat_map(|(a, t, _)| a.iter().chain(t)));
        let names = self.open_seals(seals)?;
        let mut overrides = Overrides::default();
        for label in labels {
            let Some(account) = names.get(&label.account) else { continue };
            overrides.labels.insert(account.clone(), label.answer);
            overrides.lines.push(LabelLine {
                account: account.clone(),
                target: String::new(),
                label: label.answer.as_str(),
                date: day(label.at),
            });
        }
        overrides.lines.sort();
        for (account, target, it) in standing {
            if let Some(name) = account.and_then(|a| names.get(&a).cloned()) {
                overrides.accounts.entry(name).or_default().push(it);
            } else if let Some(name) = target.and_then(|t| names.get(&t).cloned()) {
                overrides.targets.entry(name).or_default().push(it);
            }
        }
        Ok(overrides)
    }
}

/// The day of a time, UTC, as YYYY-MM-DD.
pub(crate) fn day(micros: i64) -> String {
    let text = super::rfc3339(micros);
    text.get(..10).unwrap_or(&text).to_owned()
}
