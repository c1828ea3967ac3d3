//! The commands.

mod adapt;
mod attack;
mod audit;
mod decide;
mod demo;
mod detect;
mod evaluate;
mod governance;
mod input;
mod ledger;
mod overlay;
mod policy;
mod propose;
mod rank;
mod serve;
mod simulate;

pub(crate) use detect::hash_key;
pub(crate) use input::title;

use crate::exit::Failure;
use clap::{Parser, Subcommand};
use std::ffi::OsString;

const AFTER: &str = "\
Examples:
  touchstone demo
  touchstone detect likes.parquet --out findings
  touchstone detect stars.csv.gz --map actor=user_id --map target=repo --endorse star --out findings

Exit codes: 0 done, 1 found what --fail-on names, 2 wrong use or bad input, 3 internal error, 130 interrupted.";

/// Which likes are real? Finds endorsements that are coordinated, says who faked them together, with
/// evidence a person can check, and corrects the counts. It only reads logs: it has no client for
/// any platform.
#[derive(Parser)]
#[command(name = "touchstone", version, after_help = AFTER, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Audit(audit::Audit),
    Detect(detect::Detect),
    Demo(demo::Demo),
    Evaluate(evaluate::Evaluate),
    Ledger(ledger::LedgerCommand),
    Overlay(overlay::Overlay),
    Policy(policy::PolicyCommand),
    Propose(propose::Propose),
    Rank(rank::Rank),
    Serve(serve::Serve),
    Simulate(simulate::Simulate),
}

/// Parses and runs one command.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<u8, Failure> {
    match Arguments::try_parse_from(arguments).map_err(Failure::Usage)?.command {
        Command::Audit(audit) => audit.run(),
        Command::Detect(detect) => detect.run(),
        Command::Demo(demo) => demo.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Overlay(overlay) => overlay.run(),
        Command::Policy(policy) => policy.run(),
        Command::Propose(propose) => propose.run(),
        Command::Rank(rank) => rank.run(),
        Command::Serve(serve) => serve.run(),
        Command::Simulate(simulate) => simulate.run(),
    }
}

/// Prints to standard output; a reader that went away is no failure.
pub(crate) fn say(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// A file that appears whole or not at all.
pub(crate) fn write_whole(path: &std::path::Path, bytes: &[u8]) -> anyhow::Result<()> {
    use anyhow::Context;
    use std::io::Write;
    use std::path::Path;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let problem = || format!("{}: cannot be written; choose another --out", path.display());
    let mut file = tempfile::Builder::new().prefix(".touchstone-").tempfile_in(folder).with_context(problem)?;
    file.write_all(bytes).with_context(problem)?;
    #[cfg(unix)]
    {
        // Scratch files are for their owner alone; what a user asked for is not.
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).with_context(problem)?;
    }
    file.persist(path).with_context(problem)?;
    Ok(())
}
