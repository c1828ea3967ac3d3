//! `touchstone rank`.

use super::attack::Attack;
use super::say;
use crate::configuration::Configuration;
use crate::exit::{DONE, Failure};
use crate::terminal;
use anyhow::{Context, anyhow};
use clap::Args;
use std::path::{Path, PathBuf};
use touchstone_detect::rank::{self as ranking, RankParams};
use touchstone_engine::hash_text;
use touchstone_engine::rank::{self, Kept, OutcomeTable};
use touchstone_engine::write::table::Format;

const AFTER: &str = "\
FINDINGS is a folder that `touchstone detect` wrote; what is needed of the log is kept there in metrics.parquet.
ranks.parquet (or .csv, as the findings are) is written into it: target, rank, score, score_low, what each metric
contributed, alone and against the median target, and a reason in words.

Weights, from a configuration file; what is not named keeps its default:
  [rank]
  likes_beyond = 0.2       # how far likes lift beyond what the other metrics bear out
  top = 50                 # places given by the lower end of the score
  half_life_hours = 48     # time decay; none by default
  [rank.weights]
  completion = 1.2
  like = 0.25
[rank] is read by detect, too: trust_min and budget_share take effect there.

Examples:
  touchstone rank findings
  touchstone rank findings --config weights.toml --show 50
  touchstone rank findings --fit later/metrics.parquet --outcome weighted_finishers --per expected_finishers
  touchstone rank findings --fit outcomes.csv --outcome long_views --per views
  touchstone rank --attack --seeds 9001,9002,9003
  touchstone rank --attack --input likes.parquet --gains later.csv --outcome long_views --per views

Exit codes: 0 done, 2 wrong use or bad input, 3 internal error.";

/// Rank targets by what can't be bought, and say why
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Rank {
    /// Folder of findings
    #[arg(value_name = "FINDINGS", required_unless_present = "attack", conflicts_with = "attack")]
    findings: Option<PathBuf>,
    #[command(flatten)]
    attack: Attack,
    /// Configuration file (TOML) with [rank] and [rank.weights]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Targets to print
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
    /// Explain the place of this target
    #[arg(long, value_name = "TARGET")]
    why: Option<String>,
    /// Fit weights to an outcome: a table with a column target; prints a [rank.weights] and its error, ranks nothing
    #[arg(long, value_name = "FILE", conflicts_with = "attack")]
    fit: Option<PathBuf>,
    /// Column of the outcome; more is better
    #[arg(long, value_name = "COLUMN", default_value = "outcome")]
    outcome: String,
    /// Column that the outcome is a part of, such as views
    #[arg(long, value_name = "COLUMN")]
    per: Option<String>,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

impl Rank {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let configuration = self.config.as_deref().map(Configuration::read).transpose()?.unwrap_or_default();
        let Some(findings) = &self.findings else {
            return self.attack.run(&configuration, &self.columns(), self.quiet);
        };
        let params = configuration.rank;
        if !findings.is_dir() {
            let problem = format!("{}: no such folder; rank takes a folder that detect wrote", findings.display());
            return Err(anyhow!(problem).into());
        }
        let kept = rank::read(findings)?;
        if let Some(path) = &self.fit {
            return self.fit(path, &kept, &params);
        }
        let (learned, ranked) = rank::ranking(&kept, &params);
        let format = format_of(findings);
        replace(findings, format, |folder| rank::write_ranks(&kept, &ranked, folder, format))?;
        if self.quiet {
            return Ok(DONE);
        }
        let model = rank::model(&kept, &ranked, &learned, &params);
        if let Some(target) = &self.why {
            let Some(r) = ranked.iter().find(|r| kept.targets[r.line] == *target) else {
                return Err(anyhow!("{target}: no such target in {}", findings.display()).into());
            };
            say(&terminal::rank::why(target, r, &kept.lines[r.line], &model));
            return Ok(DONE);
        }
        say(&terminal::rank::table(&model, self.show));
        say(&format!("ranks     {}\n", findings.join(format!("ranks.{}", format.extension())).display()));
        Ok(DONE)
    }

    fn columns(&self) -> OutcomeTable {
        OutcomeTable { target: "target".into(), outcome: self.outcome.clone(), per: self.per.clone() }
    }

    fn fit(&self, path: &Path, kept: &Kept, params: &RankParams) -> Result<u8, Failure> {
        let outcomes = rank::read_outcomes(path, &self.columns())?;
        let outcomes: Vec<_> = kept.targets.iter().map(|t| outcomes.get(t).copied()).collect();
        let keys: Vec<u64> = kept.targets.iter().map(|t| key(t)).collect();
        let learned = ranking::Learned::new(&kept.lines, params);
        let fit = ranking::fit(&kept.lines, &outcomes, &keys, &learned, params)
            .with_context(|| format!("{}: column {}", path.display(), self.outcome))?;
        if !self.quiet {
            say(&terminal::rank::fit(&fit, &self.outcome, self.per.as_deref()));
        }
        Ok(DONE)
    }
}

/// A number made of a name.
fn key(name: &str) -> u64 {
    u64::from_str_radix(&hash_text(name)[..16], 16).unwrap_or(0)
}

/// The format in which the findings are.
fn format_of(findings: &Path) -> Format {
    if findings.join("metrics.parquet").is_file() { Format::Parquet } else { Format::Csv }
}

/// Puts a new `ranks` into the folder, whole or not at all.
fn replace<E: Into<anyhow::Error>>(
    findings: &Path,
    format: Format,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> anyhow::Result<()> {
    let problem = || format!("{}: cannot be written", findings.display());
    let scratch = tempfile::Builder::new().prefix(".touchstone-").tempdir_in(findings).with_context(problem)?;
    write(scratch.path()).map_err(Into::into)?;
    let name = format!("ranks.{}", format.extension());
    std::fs::rename(scratch.path().join(&name), findings.join(&name)).with_context(problem)
}
