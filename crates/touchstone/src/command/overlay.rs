//! `touchstone overlay`.

use super::say;
use crate::exit::{DONE, Failure};
use crate::terminal::grouped;
use clap::Args;
use std::path::PathBuf;
use touchstone_event::mapping::Mapping;
use touchstone_sim::{OverlayFormat, OverlayOptions, overlay};

const AFTER: &str = "\
Fake targets are mapped onto popular targets of the host, fake accounts get new names of the host's
shape, and every train of fakes is moved as a block into the life of its host target, so that gaps and
coincidences stay. Writes events, truth_accounts.csv, truth_events.csv and overlay.json.

Example:
  touchstone overlay --host retweets.csv.gz --fakes trolls.csv.gz --seed 7 --max-accounts 500 --out mixed
  touchstone detect mixed/events.csv --endorse retweet --out findings";

/// Lay known fakes over any log, with the truth beside it
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Overlay {
    /// The log that fakes are laid over: CSV or TSV (also .gz), or Parquet
    #[arg(long, value_name = "FILE")]
    host: PathBuf,
    /// The known fakes, in the same formats
    #[arg(long, value_name = "FILE")]
    fakes: PathBuf,
    /// Folder for the result; it must not exist, or be empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "N")]
    seed: u64,
    /// Which column of the host holds a field (repeatable)
    #[arg(long, value_name = "FIELD=COLUMN")]
    host_map: Vec<String>,
    /// Which column of the fakes holds a field (repeatable)
    #[arg(long, value_name = "FIELD=COLUMN")]
    fakes_map: Vec<String>,
    /// Kinds of the host that are endorsements; fakes get these
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    host_endorse: Vec<String>,
    /// Kinds of the fakes to use [default: all]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    fakes_endorse: Vec<String>,
    /// Use only the busiest window of this many days of the fakes
    #[arg(long, value_name = "DAYS")]
    window_days: Option<f64>,
    /// Use a seeded sample of this share of the fake accounts
    #[arg(long, value_name = "SHARE")]
    accounts_sample: Option<f64>,
    /// Use at most this many fake accounts
    #[arg(long, value_name = "N")]
    max_accounts: Option<usize>,
    /// Use at most this many fake targets, those with the most accounts
    #[arg(long, value_name = "N")]
    max_targets: Option<usize>,
    /// A host target is popular from this many endorsements
    #[arg(long, value_name = "N", default_value_t = 10)]
    host_target_events_min: u64,
    /// Draw host targets from this many of the most popular [default: twice the fake targets]
    #[arg(long, value_name = "N")]
    pool_targets: Option<usize>,
    /// Give every account a new name, the host's too
    #[arg(long)]
    rename_all: bool,
    /// Write events.parquet instead of events.csv
    #[arg(long)]
    parquet: bool,
}

impl Overlay {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let mapping = |arguments: &[String]| -> anyhow::Result<Mapping> {
            let mut mapping = Mapping::default();
            mapping.set_all(arguments)?;
            Ok(mapping)
        };
        let mut options = OverlayOptions::new(&self.host, &self.fakes, self.seed, &self.out);
        options.host_map = mapping(&self.host_map)?;
        options.fakes_map = mapping(&self.fakes_map)?;
        options.host_endorse = self.host_endorse;
        options.fakes_endorse = self.fakes_endorse;
        options.window_days = self.window_days;
        options.accounts_sample = self.accounts_sample;
        options.max_accounts = self.max_accounts;
        options.max_targets = self.max_targets;
        options.host_target_events_min = self.host_target_events_min;
        options.pool_targets = self.pool_targets;
        options.rename_all = self.rename_all;
        options.format = if self.parquet { OverlayFormat::Parquet } else { OverlayFormat::Csv };
        if std::fs::read_dir(&self.out).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(anyhow::anyhow!("{}: exists and is not empty; choose another --out", self.out.display()).into());
        }
        let report = overlay(&options)?;
        say(&format!(
            "{} fake endorsements by {} accounts on {} targets, laid over {} events by {} accounts\n{}\n",
            grouped(report.fake_events),
            grouped(report.fake_accounts),
            grouped(report.fake_targets),
            grouped(report.host_events),
            grouped(report.host_accounts),
            self.out.display()
        ));
        Ok(DONE)
    }
}
