//! `touchstone detect`.

use super::input::{Input, Resolved};
use super::say;
use crate::exit::{DONE, FOUND, Failure};
use crate::job::Job;
use crate::terminal;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use touchstone_detect::findings::Verdict;
use touchstone_engine::write::table::Format;

const AFTER: &str = "\
Input: one event a row, with columns actor, target, ts; optional kind, owner, event_id, dwell_ms,
watch_fraction, ip, device, user_agent, session (the last four are hashed at once, never stored in clear).
Parquet, CSV, TSV or JSON Lines, plain, .gz or .zst; files or folders.

Examples:
  touchstone detect likes.parquet --out findings
  touchstone detect export/ --map actor=user_id --map target=post_id --map ts=created --out findings
  touchstone detect stars.csv.gz --endorse star --fdr 0.001 --format csv --out findings
  touchstone detect impressions.csv --config kuairand.toml --out findings
  touchstone detect edges.csv --no-time --out findings
  touchstone detect likes.parquet --labels reviewed.csv --out findings

A configuration file holds the same in TOML, and rules for logs with one row an impression:
  endorse = [\"like\"]
  [map]
  actor = \"user_id\"
  [[event]]
  kind = \"view\"
  [[event]]
  kind = \"like\"
  when = \"is_like\"
  [detect]
  fdr = 0.01

Exit codes: 0 done, 1 found what --fail-on names, 2 wrong use or bad input, 3 internal error, 130 interrupted.";

/// Find coordinated endorsements in an event log, and correct the counts
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Detect {
    #[command(flatten)]
    input: Input,
    /// Table of reviewed accounts, or of their endorsements: account, label (confirmed or cleared), optional target, date, weight (up to 1)
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Folder for the findings; it appears whole or not at all
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Format of the tables
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    /// Exit with code 1 if any account has this verdict
    #[arg(long, value_enum, value_name = "VERDICT")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum TableFormat {
    #[default]
    Parquet,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    Inauthentic,
    Suspect,
}

impl Detect {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let (fail_on, quiet, out) = (self.fail_on, self.input.quiet, self.out.clone());
        let model = self.resolve()?.run()?;
        if !quiet {
            say(&terminal::summary(&model, &out));
        }
        let verdict = fail_on.map(|f| match f {
            FailOn::Inauthentic => Verdict::Inauthentic,
            FailOn::Suspect => Verdict::Suspect,
        });
        Ok(if verdict.is_some_and(|v| terminal::found(&model.overview, v)) { FOUND } else { DONE })
    }

    fn resolve(self) -> anyhow::Result<Job> {
        let quiet = self.input.quiet;
        let Resolved { mut ingest, params, title, threads } = self.input.resolve()?;
        ingest.labels = self.labels;
        let format = match self.format {
            TableFormat::Parquet => Format::Parquet,
            TableFormat::Csv => Format::Csv,
        };
        Ok(Job { ingest, params, out: self.out, format, threads, quiet, title })
    }
}

/// The key of address and device hashes: `TOUCHSTONE_HASH_KEY` (64 hexadecimal digits) for whoever
/// must not be able to guess it, else one made of the seed. Hashes never leave the run either way.
pub(crate) fn hash_key(seed: u64) -> anyhow::Result<[u8; 32]> {
    let Some(text) = std::env::var_os("TOUCHSTONE_HASH_KEY") else {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        return Ok(key);
    };
    let text = text.to_string_lossy();
    let digits = text.trim();
    let problem = || "TOUCHSTONE_HASH_KEY: must be 64 hexadecimal digits".to_string();
    if digits.len() != 64 || !digits.is_ascii() {
        bail!(problem());
    }
    let mut key = [0; 32];
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).with_context(problem)?;
    }
    Ok(key)
}
