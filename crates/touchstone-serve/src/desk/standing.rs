//! How the policy stands: its rules, what each did by the ledger, and whom each would hit in the latest findings.

use super::look;
use crate::app::App;
use crate::problem::{Code, Problem};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_ledger::PolicyRecord;
use touchstone_ledger::policy::{Backtest, Policy};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct PolicyStanding {
    pub(crate) policy: Option<Arc<Policy>>,
    /// Why the file as it is now is not in force, if so.
    pub(crate) refused: Option<String>,
    pub(crate) record: PolicyRecord,
    /// None before the first findings.
    pub(crate) backtest: Option<Backtest>,
    /// Receivers: how many deliveries wait, and how many were given up.
    pub(crate) receivers: BTreeMap<String, (u64, u64)>,
}

/// How it stands.
pub(crate) async fn standing(app: &App) -> Result<PolicyStanding, Problem> {
    let file = app.desk.policy();
    let (policy, refused) = (file.map(super::PolicyFile::policy), file.and_then(super::PolicyFile::refused));
    let (asked, found) = (policy.clone(), app.desk.found());
    let (record, backtest, mut receivers) = look(app, move |ledger, now| {
        let backtest = asked.zip(found).map(|(policy, found)| ledger.backtest(&policy, &found, now));
        Ok((ledger.policy_record(now)?, backtest, ledger.outbox_by_receiver()?))
    })
    .await?;
    for receiver in &app.options.receivers {
        receivers.entry(receiver.name.clone()).or_default();
    }
    Ok(PolicyStanding { policy, refused, record, backtest, receivers })
}

/// Whom a policy would hit in the latest findings.
pub(crate) async fn backtest(app: &App, policy: Policy) -> Result<Backtest, Problem> {
    let none = || Problem::new(Code::NoFindings, "there is nothing to try a policy on yet");
    let found = app.desk.found().ok_or_else(none)?;
    look(app, move |ledger, now| Ok(ledger.backtest(&policy, &found, now))).await
}
