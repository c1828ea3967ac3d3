//! `touchstone evaluate`.

use super::say;
use crate::exit::{DONE, Failure};
use crate::progress::Bar;
use crate::terminal;
use anyhow::Context;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use touchstone_detect::evaluation::{Evaluation, evaluate};
use touchstone_engine::evaluate::read;

const AFTER: &str = "\
FINDINGS may hold a part of what detect writes (accounts, likes, targets, rings, ring_members, as .parquet or
.csv): what is there is evaluated, and what is not is listed. docs/evaluate.md says what each number means.

Examples:
  touchstone simulate --scenario mixed --seed 1 --out world
  touchstone detect world/events.parquet --accounts world/accounts.parquet --contents world/contents.parquet --out findings
  touchstone evaluate findings --truth world
  touchstone evaluate baseline --truth world --json > baseline.json

Exit codes: 0 done, 2 wrong use or bad input, 3 internal error.";

/// Compare findings with the known truth of a simulated world: errors, rings, calibration
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Evaluate {
    /// Folder of findings
    #[arg(value_name = "FINDINGS")]
    findings: PathBuf,
    /// Folder that `touchstone simulate` wrote
    #[arg(long, value_name = "DIR")]
    truth: PathBuf,
    /// File for the numbers; the page goes beside it [default: FINDINGS/evaluation.json]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the numbers as JSON instead of a table
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// No progress, no table
    #[arg(long, short)]
    quiet: bool,
}

impl Evaluate {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let bar = Bar::new(self.quiet);
        let read = read(&self.findings, &self.truth, &bar);
        bar.finish();
        let (material, world) = read?;
        let mut evaluation = evaluate(material);
        evaluation.version = env!("CARGO_PKG_VERSION").into();
        evaluation.world = world;
        let json = json(&evaluation)?;
        let out = self.out.clone().unwrap_or_else(|| self.findings.join("evaluation.json"));
        write_whole(&out, json.as_bytes())?;
        if self.json {
            say(&json);
        } else if !self.quiet {
            say(&terminal::evaluation::table(&evaluation));
            say(&format!("\nnumbers   {}\n", out.display()));
        }
        Ok(DONE)
    }
}

fn json(evaluation: &Evaluation) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(evaluation).map_err(|e| Failure::Internal(e.into()))?;
    text.push('\n');
    Ok(text)
}

/// A file that appears whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
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
