//! `touchstone policy`.

use super::governance::{findings, now, policy};
use super::{hash_key, say};
use crate::exit::{DONE, FOUND, Failure};
use crate::terminal::backtest;
use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::path::PathBuf;
use touchstone_engine::reread::groups;
use touchstone_ledger::policy::{Backtest, FIELDS};

const AFTER: &str = "\
A policy is a TOML file: rules with a condition in the Common Expression Language, steps, limits.
docs/policy.toml has all that can stand in one.

Examples:
  touchstone policy check policy.toml
  touchstone policy fields
  touchstone policy backtest policy.toml findings
  touchstone policy backtest policy.toml findings --truth world --fail-on innocents

Exit codes: 0 done, 1 innocents would be hit (with --fail-on innocents), 2 wrong use or an error in the policy,
3 internal error.";

/// Check a policy file, or see whom it would have hit
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct PolicyCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Say what is wrong with a policy file, with line and column
    Check {
        /// The policy
        policy: PathBuf,
    },
    /// List what conditions can ask for
    Fields,
    /// Say what a policy would have done to findings
    Backtest {
        /// The policy
        policy: PathBuf,
        /// Folder of findings
        findings: PathBuf,
        /// Folder that `touchstone simulate` wrote: whom it would have hit, by look-alike
        #[arg(long, value_name = "DIR")]
        truth: Option<PathBuf>,
        /// Exit with 1 if innocents would be acted on by more than a discount
        #[arg(long, value_name = "WHAT", requires = "truth", value_parser = ["innocents"])]
        fail_on: Option<String>,
        /// Print everything as JSON
        #[arg(long)]
        json: bool,
        /// Which accounts are in a percentage depends on it
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
}

impl PolicyCommand {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self.what {
            What::Check { policy: path } => {
                let it = policy(&path)?;
                let live = it.rules.iter().filter(|r| r.live).count();
                say(&format!(
                    "{}: {}, {} rules, {live} live; at most {} actions a day, {} a day for one author, {} of all accounts\n",
                    path.display(),
                    it.name,
                    it.rules.len(),
                    it.per_day,
                    it.per_author_day,
                    it.share_of_accounts
                ));
                if let Some(p) = &it.permission {
                    let kinds: Vec<&str> = p.actions.iter().map(|k| k.as_str()).collect();
                    say(&format!("without a person, by permission of {} ({}): {}\n", p.by, p.date, kinds.join(", ")));
                }
                Ok(DONE)
            }
            What::Fields => {
                for field in FIELDS {
                    say(&format!("{:<22} {}\n", field.name, field.meaning));
                }
                Ok(DONE)
            }
            What::Backtest { policy: path, findings: folder, truth, fail_on, json, seed } => {
                let policy = policy(&path)?;
                let findings = findings(&folder)?;
                let groups = truth.as_deref().map(groups).transpose()?.unwrap_or_else(BTreeMap::new);
                let result = Backtest::run(&policy, &findings, &groups, &hash_key(seed)?, now());
                if json {
                    let text = serde_json::to_string_pretty(&result).map_err(|e| Failure::Internal(e.into()))?;
                    say(&(text + "\n"));
                } else {
                    say(&backtest::table(&result));
                }
                Ok(if fail_on.is_some() && result.innocents_hit_hard() > 0 { FOUND } else { DONE })
            }
        }
    }
}
