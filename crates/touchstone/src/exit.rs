//! Exit codes, part of the contract.

use std::process::ExitCode;

/// Done.
pub(crate) const DONE: u8 = 0;
/// Found what it was asked to fail on (`--fail-on`).
pub(crate) const FOUND: u8 = 1;
/// Wrong use, bad input, or a place that cannot be written.
pub(crate) const MISUSE: u8 = 2;
/// A bug.
pub(crate) const INTERNAL: u8 = 3;
/// Interrupted by Ctrl-C, as shells expect it.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command did not get done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user can mend it.
    Misuse(anyhow::Error),
    /// We have to.
    Internal(anyhow::Error),
    /// The user stopped it.
    Interrupted,
    /// clap has said it all.
    Usage(clap::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Misuse(error.into())
    }
}

/// Prints what went wrong and chooses the code.
#[allow(clippy::print_stderr)] // the one place that reports failures
pub(crate) fn code(result: Result<u8, Failure>) -> ExitCode {
    let code = match result {
        Ok(code) => code,
        Err(Failure::Usage(e)) => {
            // A broken pipe while printing help is no failure.
            let _ = e.print();
            if e.use_stderr() { MISUSE } else { DONE }
        }
        Err(Failure::Misuse(e)) => {
            eprintln!("touchstone: {e:#}");
            MISUSE
        }
        Err(Failure::Internal(e)) => {
            eprintln!("touchstone: internal error: {e:#}\n  this is a bug: please report it with the command you ran");
            INTERNAL
        }
        Err(Failure::Interrupted) => {
            eprintln!("touchstone: interrupted; nothing was written");
            INTERRUPTED
        }
    };
    ExitCode::from(code)
}
