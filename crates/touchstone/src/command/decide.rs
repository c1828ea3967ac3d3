//! What people do on cases, from the command line: the parts of `touchstone ledger` that decide.

use super::governance::{LedgerAt, failure, now};
use super::say;
use crate::exit::{DONE, Failure};
use anyhow::anyhow;
use clap::{Args, Subcommand};
use touchstone_ledger::{ActionId, Answer, AppealId, CaseId, Decision, LedgerError, Measure, Outcome};

#[derive(Subcommand)]
pub(super) enum Deciding {
    /// Note something on a case
    Note {
        /// The case, as c17
        case: CaseId,
        #[command(flatten)]
        who: Who,
        /// What to note
        #[arg(long)]
        text: String,
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Decide a case, after saying what that does
    Decide {
        /// The case, as c17
        case: CaseId,
        #[command(flatten)]
        who: Who,
        /// confirmed, cleared or unsure
        #[arg(long)]
        answer: Answer,
        /// What to do and for how many days, as discount:30 (repeatable): require_review, discount, limit_distribution,
        /// freeze_liking, suspend
        #[arg(long = "do", value_name = "ACTION:DAYS", value_parser = measure)]
        measures: Vec<Measure>,
        /// Only these accounts of the case (repeatable)
        #[arg(long, value_name = "NAME")]
        account: Vec<String>,
        /// Why, in plain words; the author will read it
        #[arg(long)]
        reason: String,
        /// The ground in the platform's terms
        #[arg(long, default_value = "")]
        ground: String,
        /// Say what it would do, and decide nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Agree or disagree with a decision that waits for a second person
    Second {
        /// The case, as c17
        case: CaseId,
        #[command(flatten)]
        who: Who,
        /// Whether to agree: yes or no
        #[arg(long, value_parser = yes_or_no, action = clap::ArgAction::Set, value_name = "YES|NO")]
        agree: bool,
        /// Why, in plain words
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Take back the decision on a case, and all that followed from it
    Undo {
        /// The case, as c17
        case: CaseId,
        #[command(flatten)]
        who: Who,
        /// Why, in plain words
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Lodge an appeal against an action, for the account it is on
    Appeal {
        /// The token of the statement of reasons, or the action as a42 with --account
        against: String,
        /// The account that appeals
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// What it says for itself
        #[arg(long)]
        text: String,
        #[command(flatten)]
        at: LedgerAt,
    },
    /// Decide an appeal; somebody who had no part in the decision does
    DecideAppeal {
        /// The appeal, as p50
        appeal: AppealId,
        #[command(flatten)]
        who: Who,
        /// Whether the account is right: yes or no
        #[arg(long, value_parser = yes_or_no, action = clap::ArgAction::Set, value_name = "YES|NO")]
        uphold: bool,
        /// Why, in plain words; the author will read it
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        at: LedgerAt,
    },
}

/// Who decides.
#[derive(Args)]
pub(super) struct Who {
    /// Who does it, by name; it stays in the ledger
    #[arg(long, value_name = "NAME")]
    by: String,
}

fn measure(text: &str) -> Result<Measure, String> {
    let (kind, days) = text.split_once(':').ok_or("an action and days, as discount:30")?;
    let days = days.parse().map_err(|_| format!("\"{days}\" is not a number of days"))?;
    Ok(Measure { kind: kind.parse()?, days })
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("yes or no".to_owned()),
    }
}

impl Deciding {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let text = match self {
            Self::Note { case, who, text, at } => {
                let mut ledger = at.open()?;
                ledger.note(case, &who.by, &text, now()).map_err(failure)?;
                format!("noted on {case} as entry {}\n", ledger.head().seq)
            }
            Self::Decide { case, who, answer, measures, account, reason, ground, dry_run, at } => {
                let mut ledger = at.open()?;
                let accounts = (!account.is_empty()).then_some(account);
                let effect = ledger.effect(case, accounts.as_deref()).map_err(failure)?;
                let about = format!(
                    "{} accounts with {} endorsements, {:.0} of them discounted",
                    effect.accounts, effect.endorsements, effect.discounted
                );
                if dry_run {
                    format!("it would concern {about}; nothing was decided (--dry-run)\n")
                } else {
                    let decision = Decision { answer, measures, accounts, reason, ground };
                    ledger.claim(case, &who.by, now()).map_err(failure)?;
                    let outcome = match ledger.decide(case, &who.by, &decision, now()) {
                        Ok(outcome) => outcome,
                        Err(e) => {
                            // Nobody shall wait half an hour for a case that was only mistyped.
                            let _ = ledger.release(case, &who.by, now());
                            return Err(failure(e));
                        }
                    };
                    let waits = match outcome {
                        Outcome::Effective => "in effect",
                        Outcome::AwaitsSecond => "it waits for a second person: touchstone ledger second",
                    };
                    format!("{case} is {}, {about}; {waits}\n", answer.as_str())
                }
            }
            Self::Second { case, who, agree, reason, at } => {
                let mut ledger = at.open()?;
                ledger.claim(case, &who.by, now()).map_err(failure)?;
                ledger.second(case, &who.by, agree, &reason, now()).map_err(failure)?;
                format!("{case}: {}\n", if agree { "in effect" } else { "open again" })
            }
            Self::Undo { case, who, reason, at } => {
                at.open()?.undo(case, &who.by, &reason, now()).map_err(failure)?;
                format!("{case} is as it was before the decision\n")
            }
            Self::Appeal { against, account, text, at } => {
                let mut ledger = at.open()?;
                let appeal = match (account, against.parse::<ActionId>()) {
                    (Some(account), Ok(action)) => ledger.appeal(&account, action, &text, now()),
                    (None, Err(_)) => ledger.appeal_by_link(&against, &text, now()),
                    (None, Ok(_)) => return Err(anyhow!("{against}: say whose appeal it is with --account").into()),
                    (Some(_), Err(e)) => return Err(anyhow!(e).into()),
                };
                format!("appeal {}\n", appeal.map_err(failure)?)
            }
            Self::DecideAppeal { appeal, who, uphold, reason, at } => {
                let mut ledger = at.open()?;
                let state = ledger.state().map_err(failure)?;
                let case = state.appeal(appeal).map(|a| a.case);
                let case = case.ok_or_else(|| failure(LedgerError::NoAppeal(appeal)))?;
                ledger.claim(case, &who.by, now()).map_err(failure)?;
                ledger.decide_appeal(appeal, &who.by, uphold, &reason, now()).map_err(failure)?;
                let word = if uphold { "upheld; what was done is taken back" } else { "not upheld" };
                format!("{appeal} is {word}\n")
            }
        };
        say(&text);
        Ok(DONE)
    }
}
