//! The range: error rates of the detector and its peers in worlds of known truth.
//!
//! A world is simulated ([`scenarios`], from seeds that know their [`purpose`]), seen through
//! several sets of [`columns`], judged by the `touchstone` [`program`] and by [`baselines`], and
//! each judgement is evaluated against the truth by the same command ([`run`]). A [`grid`] of
//! worlds makes a [`report`]: docs/EVALUATION.md.
//!
//! Nothing depends on this crate, and it sees neither engine nor detector: it drives the program
//! as a user would.

pub mod ablation;
pub mod baselines;
pub mod columns;
pub mod findings;
pub mod grid;
pub mod likes;
pub mod measured;
pub mod program;
pub mod purpose;
pub mod report;
pub mod run;
pub mod scenarios;
pub mod statistics;

mod command;
mod jobs;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    command::main().map_or_else(|error| terminal::failed(&error), |()| ExitCode::SUCCESS)
}

/// The root of the repository that this was built from.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
