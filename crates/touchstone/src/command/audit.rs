//! `touchstone audit`.

use super::input::Input;
use super::say;
use crate::exit::{DONE, FOUND, Failure};
use crate::job::{ingest_failure, run_failure};
use crate::progress::Bar;
use crate::terminal;
use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use touchstone_detect::audit::report::{self, Answer};
use touchstone_engine::audit::{AuditOptions, audit};
use touchstone_engine::run::stages::Stages;
use touchstone_engine::store::ingest;
use touchstone_engine::write::folder::OutputFolder;

const AFTER: &str = "\
Detection runs on the log and on copies of it in which nobody coordinates: every target keeps its endorsements
and (but for a jitter of up to two hours) their times, every account as many endorsements of as many owners in
the same community, popularity and part of the day, with its own device, address and looks; but who endorsed
what along with whom is chance. Whoever is accused in a copy is accused by chance.

It proves \"not chance\", never \"not honest\": friends, a school class or the readers of one newsletter are no
chance, either. The page says what else it cannot rule out. docs/AUDIT.md shows it on worlds of known truth and
on real logs.

Examples:
  touchstone audit likes.parquet --out audit
  touchstone audit export/ --map actor=user_id --map target=post_id --copies 40 --out audit
  touchstone audit stars.csv.gz --endorse star --fdr 0.001 --fail-on above --out audit

In --out: audit.json (all numbers), audit.html (one self-contained page), rejects.csv.

Exit codes: 0 done, 1 chance accuses more than the level allows (with --fail-on), 2 wrong use or bad input,
3 internal error, 130 interrupted.";

/// Measure on your own log how many accounts chance alone would accuse
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Audit {
    #[command(flatten)]
    input: Input,
    /// Folder for the result; it appears whole or not at all
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Copies to run; each takes about as long as a detection
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    copies: u32,
    /// Exit with code 1 if chance accuses more than the level allows
    #[arg(long, value_enum, value_name = "ANSWER")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// The whole 95 % interval is above what the level allows
    Above,
    /// Part of it is: the level is not shown to hold (takes hundreds of copies where nobody is accused)
    Open,
}

impl Audit {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let (fail_on, quiet, out) = (self.fail_on, self.input.quiet, self.out.clone());
        let result = self.work()?;
        if !quiet {
            say(&terminal::audit::table(&result, &out));
        }
        let failed = match fail_on {
            Some(FailOn::Above) => result.chance.answer == Answer::Above,
            Some(FailOn::Open) => result.chance.answer != Answer::Within,
            None => false,
        };
        Ok(if failed { FOUND } else { DONE })
    }

    fn work(self) -> Result<report::Audit, Failure> {
        let quiet = self.input.quiet;
        let resolved = self.input.resolve()?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(resolved.threads.unwrap_or(0))
            .build()
            .map_err(|e| Failure::Internal(anyhow!(e)))?;
        let bar = Bar::new(quiet);
        let (out, copies) = (self.out, self.copies);
        let result = pool.install(|| -> Result<report::Audit, Failure> {
            let folder = OutputFolder::begin_marked(&out, MARKER)?;
            let mut input = resolved.ingest;
            input.scratch = folder.spill();
            input.rejects_path = folder.findings().join("rejects.csv");
            let stages = Stages::new(&bar);
            let store = stages.time("read", 0, || ingest(&input, &bar).map_err(ingest_failure))?;
            let options = AuditOptions { copies, seed: resolved.params.seed, scratch: folder.spill() };
            let mut result = audit(&store, &resolved.params, &options, &stages, &bar).map_err(run_failure)?;
            result.title = resolved.title;
            result.version = env!("CARGO_PKG_VERSION").into();
            let mut json = serde_json::to_string_pretty(&result).map_err(|e| Failure::Internal(e.into()))?;
            json.push('\n');
            for (name, text) in [(MARKER, json), ("audit.html", touchstone_console::audit(&result))] {
                let path = folder.findings().join(name);
                std::fs::write(&path, text).with_context(|| format!("{}: cannot be written", path.display()))?;
            }
            folder.publish()?;
            Ok(result)
        });
        bar.finish();
        result
    }
}

/// The file by which a folder is known to be an earlier audit.
const MARKER: &str = "audit.json";
