//! `touchstone evaluate`.

use super::{say, write_whole};
use crate::exit::{DONE, Failure};
use crate::progress::Bar;
use crate::terminal;
use clap::Args;
use std::path::{Path, PathBuf};
use touchstone_detect::evaluation::{Evaluation, evaluate};
use touchstone_engine::evaluate::read;

const AFTER: &str = "\
FINDINGS may hold a part of what detect writes (accounts, likes, targets, rings, ring_members; as
.parquet or .csv): what is there is evaluated, and what is not is listed. evaluation.json and
evaluation.html are written into it. docs/evaluate.md says what each number means.

Examples:
  touchstone simulate --scenario mixed --seed 1 --out world
  touchstone detect world/events.parquet --out findings
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
        let page = out.with_extension("html");
        write_whole(&page, touchstone_console::evaluation(&evaluation, &title(&self.findings)).as_bytes())?;
        write_whole(&out, json.as_bytes())?;
        if self.json {
            say(&json);
        } else if !self.quiet {
            say(&terminal::evaluation::table(&evaluation));
            say(&format!("page      {}\nnumbers   {}\n", page.display(), out.display()));
        }
        Ok(DONE)
    }
}

fn json(evaluation: &Evaluation) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(evaluation).map_err(|e| Failure::Internal(e.into()))?;
    text.push('\n');
    Ok(text)
}

/// What the page calls the findings: the folder's name, not its path.
fn title(findings: &Path) -> String {
    let path = findings.canonicalize().unwrap_or_else(|_| findings.to_owned());
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
