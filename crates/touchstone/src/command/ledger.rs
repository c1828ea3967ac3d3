//! `touchstone ledger`.

use super::decide::Deciding;
use super::governance::{LedgerAt, failure, now};
use super::say;
use crate::exit::{DONE, FOUND, Failure};
use anyhow::anyhow;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use touchstone_ledger::chain::Head;
use touchstone_ledger::webhook::read_receivers;
use touchstone_ledger::{ActionId, CaseId, Filter, Place, rfc3339, verify};

const AFTER: &str = r#"The ledger is a file (SQLite), or a PostgreSQL database given as postgres://user@host/database.

Examples:
  touchstone ledger verify ledger.db
  touchstone ledger verify ledger.db --head 412:9f2c…      (a head that was kept elsewhere)
  touchstone ledger show --ledger ledger.db
  touchstone ledger show --ledger ledger.db --case c17
  touchstone ledger decide c17 --by "Ann Example" --answer confirmed --do discount:30 --ground "terms, 4" \
    --reason "the same targets within a minute, day after day" --ledger ledger.db
  touchstone ledger undo c17 --by "Ann Example" --reason "wrong case" --ledger ledger.db
  touchstone ledger appeal a42 --account u17 --text "these are my colleagues" --ledger ledger.db
  touchstone ledger decide-appeal p50 --by "Ben Example" --uphold yes --reason "they are" --ledger ledger.db
  touchstone ledger labels --ledger ledger.db > labels.csv
  touchstone ledger actions --ledger ledger.db > actions.jsonl
  touchstone ledger deliver --ledger ledger.db --receivers receivers.toml
  touchstone ledger statement a42 --ledger ledger.db
  touchstone ledger erase u17 --by "Ann Example" --ledger ledger.db

Exit codes: 0 done, 1 verify found the ledger broken, 2 wrong use or bad input, 3 internal error."#;

/// Look at the ledger of decisions, check that nobody tampered with it, and get out what it holds
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct LedgerCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Check every entry, offline, and name the first that is broken
    Verify {
        /// The ledger
        ledger: String,
        /// Number and hash of an entry that was the last one once, kept elsewhere
        #[arg(long, value_name = "N:HASH")]
        head: Option<Head>,
    },
    /// List cases, or show one with its evidence and history
    Show {
        #[command(flatten)]
        at: LedgerAt,
        /// The case to show
        #[arg(long)]
        case: Option<CaseId>,
        /// Which cases to list, as "is:ring status:open kind:farm bits>=20"
        #[arg(long, default_value = "", value_name = "QUERY")]
        query: String,
    },
    #[command(flatten)]
    Deciding(Deciding),
    /// Print what people found of accounts, as account,target,label,date
    Labels {
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Print the actions that hold or were taken back, as JSON Lines
    Actions {
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Send what is due to the receivers of webhooks, once each
    Deliver {
        #[command(flatten)]
        at: LedgerAt,
        /// TOML file with tables `receiver`, each with name, url and secret_file
        #[arg(long, value_name = "FILE")]
        receivers: PathBuf,
        /// Try again what was given up
        #[arg(long)]
        again: bool,
    },
    /// Print the statement of reasons for an action, as JSON
    Statement {
        /// The action, as a42
        action: ActionId,
        #[command(flatten)]
        at: LedgerAt,
        /// In the schema of the EU's DSA Transparency Database
        #[arg(long)]
        dsa: bool,
    },
    /// Erase an account: its name, and every text and target with its name in it
    Erase {
        /// The account's name
        account: String,
        /// Who erases
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        at: LedgerAt,
    },
}

impl LedgerCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self.what {
            What::Verify { ledger, head } => check(&ledger, head.as_ref()),
            What::Show { at, case: Some(case), .. } => show(&at, case),
            What::Show { at, case: None, query } => list(&at, &query),
            What::Deciding(deciding) => deciding.run(),
            What::Labels { at } => {
                say(&at.open()?.overrides(now()).map_err(failure)?.labels_csv());
                Ok(DONE)
            }
            What::Actions { at } => {
                for notice in at.open()?.notices(now()).map_err(failure)? {
                    say(&format!("{}\n", json(&notice)?));
                }
                Ok(DONE)
            }
            What::Deliver { at, receivers, again } => {
                let receivers = read_receivers(&receivers).map_err(|e| anyhow!(e))?;
                let mut ledger = at.open()?;
                if again {
                    ledger.retry_given_up(now()).map_err(failure)?;
                }
                let round = ledger.deliver(&receivers, now()).map_err(failure)?;
                let (waiting, given_up) = ledger.outbox_counts().map_err(failure)?;
                say(&format!(
                    "{} sent, {} failed and tried again later, {} void; {waiting} wait, {given_up} given up\n",
                    round.sent, round.failed, round.void
                ));
                Ok(DONE)
            }
            What::Statement { action, at, dsa } => {
                let mut ledger = at.open()?;
                let text = if dsa {
                    ledger.dsa_statement(action).map_err(failure)?.map(|s| pretty(&s)).transpose()?
                } else {
                    ledger.statement(action).map_err(failure)?.map(|s| pretty(&s)).transpose()?
                };
                say(&text.ok_or_else(|| anyhow!("{action}: it restricts nothing, or whom it concerned was erased"))?);
                Ok(DONE)
            }
            What::Erase { account, by, at } => {
                let erased = at.open()?.erase(&account, &by, now()).map_err(failure)?;
                say(&format!("{erased} values erased; copies of the ledger that you made are yours to erase\n"));
                Ok(DONE)
            }
        }
    }
}

fn check(ledger: &str, head: Option<&Head>) -> Result<u8, Failure> {
    let verified = verify(&Place::parse(ledger), head).map_err(failure)?;
    if let Some(broken) = verified.broken {
        say(&format!(
            "BROKEN at {broken}\n{} entries before it are as they were written; restore a copy of the ledger\n",
            verified.entries.min(broken.seq.saturating_sub(1))
        ));
        return Ok(FOUND);
    }
    say(&format!(
        "whole: {} entries, {} sealed values, {} erased\nhead   {}\nKeep the head elsewhere: with --head it shows \
         whether the ledger was rewritten since.\n",
        verified.entries, verified.sealed, verified.erased, verified.head
    ));
    Ok(DONE)
}

fn list(at: &LedgerAt, query: &str) -> Result<u8, Failure> {
    let filter: Filter = query.parse().map_err(|e: String| anyhow!(e))?;
    let (mut ledger, now) = (at.open()?, now());
    let state = ledger.state().map_err(failure)?;
    let mut lines = String::new();
    let mut cases: Vec<_> = state.cases().filter(|c| filter.matches(c, now)).collect();
    cases.sort_by(|a, b| b.view.bits.total_cmp(&a.view.bits).then(a.id.cmp(&b.id)));
    for case in &cases {
        let standing = state.actions().filter(|a| a.act.case == case.id && a.stands(now)).count();
        lines.push_str(&format!(
            "{:<8} {:<8} {:>6} accounts {:>8.1} bits  {:<14} {standing} actions stand\n",
            case.id.to_string(),
            case.view.subject.word(),
            case.view.subject.members().len(),
            case.view.bits,
            case.status(now).word()
        ));
    }
    let standing = state.actions().filter(|a| a.stands(now)).count();
    lines.push_str(&format!("{} cases, {} entries, {standing} actions stand\n", cases.len(), state.seq()));
    say(&lines);
    Ok(DONE)
}

fn show(at: &LedgerAt, case: CaseId) -> Result<u8, Failure> {
    let now = now();
    let file = at.open()?.case_file(case, now).map_err(failure)?;
    let view = &file.case.view;
    let mut text = format!("{case}: {}, {:.1} bits, {}\n", view.subject.word(), view.bits, file.status.word());
    for (appeal, words) in &file.appeals {
        text.push_str(&format!("\nappeal {appeal}: {}\n", words.as_deref().unwrap_or("(erased)")));
    }
    text.push_str("\nevidence\n");
    for exhibit in &file.evidence {
        let words = exhibit.words.as_deref().unwrap_or("(erased)");
        text.push_str(&format!("  {:>8.1} bits  {}: {words}\n", exhibit.bits, exhibit.signal));
    }
    text.push_str("\naccounts\n");
    for member in &file.members {
        text.push_str(&format!(
            "  {:>8.1} bits  {} ({}; {:.0} of {} endorsements discounted)\n",
            member.bits,
            member.account.as_deref().unwrap_or("(erased)"),
            member.verdict.as_str(),
            member.discounted,
            member.endorsements
        ));
    }
    text.push_str("\nhistory\n");
    for line in &file.history {
        let undone = if line.undone { " (taken back)" } else { "" };
        text.push_str(&format!(
            "  {:>6}  {}  {}: {}{undone}  {}\n",
            line.seq,
            rfc3339(line.at),
            line.by,
            line.what,
            line.text
        ));
    }
    say(&text);
    Ok(DONE)
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|e| Failure::Internal(e.into()))
}

fn pretty(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::Internal(e.into()))?;
    Ok(text + "\n")
}
