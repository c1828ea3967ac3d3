//! `touchstone propose`.

use super::governance::{LedgerAt, failure, findings, now, policy};
use super::say;
use crate::exit::{DONE, Failure};
use anyhow::anyhow;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use touchstone_ledger::policy::Fate;
use touchstone_ledger::webhook::read_receivers;

const AFTER: &str = "\
Opens a case for every ring and every account that is not organic, and applies the policy: what it may do
without a person is done (with its delay and its end), the rest is suggested to reviewers. The same findings
and policy again change nothing.

Examples:
  touchstone propose findings --policy policy.toml --ledger ledger.db --dry-run
  touchstone propose findings --policy policy.toml --ledger ledger.db
  touchstone propose findings --policy policy.toml --ledger postgres://touchstone@localhost/ledger --key ledger.key

Exit codes: 0 done, 2 wrong use or bad input, 3 internal error.";

/// Turn findings into cases and proposed actions, by a policy
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Propose {
    /// Folder of findings
    findings: PathBuf,
    /// The policy
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    at: LedgerAt,
    /// TOML file with the receivers of webhooks; they are told by `touchstone ledger deliver`
    #[arg(long, value_name = "FILE")]
    receivers: Option<PathBuf>,
    /// Say what would be done, and enter nothing
    #[arg(long)]
    dry_run: bool,
}

impl Propose {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let policy = policy(&self.policy)?;
        let findings = findings(&self.findings)?;
        let mut ledger = self.at.open()?;
        if let Some(path) = &self.receivers {
            let receivers = read_receivers(path).map_err(|e| anyhow!(e))?;
            ledger.set_receivers(receivers.into_iter().map(|r| r.name).collect());
        }
        let proposal = ledger.propose(&policy, &findings, now(), self.dry_run).map_err(failure)?;
        let cases = &proposal.cases;
        let mut text = format!(
            "{} cases opened, {} refreshed, {} as they were\n",
            cases.opened.len(),
            cases.refreshed.len(),
            cases.unchanged.len()
        );
        let mut by: BTreeMap<(&str, &str, String), u64> = BTreeMap::new();
        for line in &proposal.lines {
            *by.entry((&line.rule, line.kind.as_str(), fate(line.fate))).or_default() += 1;
        }
        for ((rule, kind, fate), n) in by {
            text.push_str(&format!("{n:>7}  {rule}: {kind}: {fate}\n"));
        }
        for (subject, rule, why) in proposal.failed.iter().take(5) {
            text.push_str(&format!("note: rule {rule} could not be asked about {subject}: {why}\n"));
        }
        if self.dry_run {
            text.push_str("nothing was entered (--dry-run)\n");
        }
        say(&text);
        Ok(DONE)
    }
}

fn fate(fate: Fate) -> String {
    match fate {
        Fate::Act { .. } => "done without a person, as the policy allows".into(),
        Fate::Suggest => "suggested to reviewers: more than the policy may do alone".into(),
        Fate::Shadow => "recorded only: the rule is in shadow mode".into(),
        Fate::OutsideRollOut => "nothing: outside the rule's percentage".into(),
        Fate::Held(breaker) => format!("held back by the breaker \"{breaker:?}\"").to_lowercase(),
        Fate::Stands => "nothing: an action of this rule stands".into(),
        Fate::Cleared => "nothing: a person cleared it".into(),
    }
}
