//! What to read and what to compute: the options that every command on a log shares.

use super::detect::hash_key;
use crate::configuration::Configuration;
use anyhow::bail;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use touchstone_detect::params::{Params, Signal};
use touchstone_engine::store::IngestOptions;
use touchstone_event::mapping::Mapping;
use touchstone_event::time::TimeOption;

/// Options of reading and computing.
#[derive(Args)]
pub(super) struct Input {
    /// Event files or folders of them
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Which column holds a field, such as actor=user_id (repeatable)
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Table of accounts: account, created_at
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// Table of contents: target, owner, published_at, duration_ms
    #[arg(long, value_name = "FILE")]
    contents: Option<PathBuf>,
    /// Kinds that count as endorsements [default: like]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    endorse: Vec<String>,
    /// Level of the false discovery rate of accusations [default: 0.01]
    #[arg(long, value_name = "Q")]
    fdr: Option<f64>,
    /// Configuration file (TOML); flags go over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Rows beyond this spill to disk, such as 4GiB or 500MB
    #[arg(long, value_name = "LIMIT", value_parser = bytes)]
    memory: Option<u64>,
    /// Threads [default: all cores]; findings do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The log has no times: run the signals that need none
    #[arg(long)]
    no_time: bool,
    /// Unit of bare numbers in the time column: auto, s, ms, us, ns
    #[arg(long, value_name = "UNIT")]
    time_unit: Option<TimeOption>,
    /// Share of rejected rows above which the run fails [default: 0.05]
    #[arg(long, value_name = "SHARE")]
    max_reject_share: Option<f64>,
    /// Seed of folds and samples
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Leave a signal out, to see what it is worth (repeatable)
    #[arg(long, value_enum, value_name = "SIGNAL", value_delimiter = ',')]
    without: Vec<SignalName>,
    /// No progress, no summary
    #[arg(long, short)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum SignalName {
    Burst,
    Lockstep,
    Pool,
    Exchange,
    Infrastructure,
    Path,
}

impl SignalName {
    fn signal(self) -> Signal {
        match self {
            Self::Burst => Signal::Burst,
            Self::Lockstep => Signal::Lockstep,
            Self::Pool => Signal::Pool,
            Self::Exchange => Signal::Exchange,
            Self::Infrastructure => Signal::Infrastructure,
            Self::Path => Signal::Path,
        }
    }
}

/// Input as resolved.
pub(super) struct Resolved {
    /// What to read.
    pub(super) ingest: IngestOptions,
    /// What to compute.
    pub(super) params: Params,
    /// What the report calls the input.
    pub(super) title: String,
    /// Number of threads, or as many as there are cores.
    pub(super) threads: Option<usize>,
}

impl Input {
    /// Flags over configuration over defaults, checked once.
    pub(super) fn resolve(self) -> anyhow::Result<Resolved> {
        let configuration = self.config.as_deref().map(Configuration::read).transpose()?.unwrap_or_default();
        let mut mapping = Mapping::new(configuration.columns()?, configuration.event.clone());
        mapping.set_all(&self.map)?;
        mapping.time_unit = self.time_unit.unwrap_or(configuration.time_unit);
        let mut params = configuration.detect.clone();
        params.fdr = self.fdr.unwrap_or(params.fdr);
        params.seed = self.seed.unwrap_or(params.seed);
        let left_out: Vec<Signal> = self.without.iter().map(|s| s.signal()).collect();
        params.signals.retain(|s| !left_out.contains(s));
        if params.signals.is_empty() {
            bail!("no signal is left; leave fewer out (--without, detect.signals)");
        }
        if !(params.fdr > 0.0 && params.fdr < 1.0) {
            bail!("--fdr {}: the level must lie between 0 and 1, such as 0.01", params.fdr);
        }
        let share = self.max_reject_share.or(configuration.max_reject_share).unwrap_or(0.05);
        if !(0.0..=1.0).contains(&share) {
            bail!("--max-reject-share {share}: must lie between 0 and 1, such as 0.05");
        }
        let title = title(&self.inputs);
        let mut ingest = IngestOptions::new(self.inputs, PathBuf::new());
        ingest.mapping = mapping;
        ingest.accounts = self.accounts;
        ingest.contents = self.contents;
        if let Some(kinds) = Some(self.endorse).filter(|k| !k.is_empty()).or(configuration.endorse) {
            ingest.endorse = kinds;
        }
        ingest.no_time = self.no_time || configuration.no_time;
        ingest.max_reject_share = share;
        ingest.memory_limit_bytes = self.memory;
        ingest.hash_key = hash_key(params.seed)?;
        Ok(Resolved { ingest, params, title, threads: self.threads.map(usize::from) })
    }
}

/// What the report calls the input: file names, not paths.
fn title(inputs: &[PathBuf]) -> String {
    let name = |p: &PathBuf| p.file_name().unwrap_or(p.as_os_str()).to_string_lossy().into_owned();
    match inputs {
        [] => String::new(),
        [one] => name(one),
        [first, rest @ ..] => format!("{} and {} more", name(first), rest.len()),
    }
}

/// Reads "4GiB", "500MB", "1073741824".
fn bytes(text: &str) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err("write a number of bytes with a unit, such as 4GiB or 500MB".into()),
    };
    match number.parse::<f64>() {
        Ok(n) if n > 0.0 => Ok((n * factor) as u64),
        _ => Err("write a number of bytes with a unit, such as 4GiB or 500MB".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read() {
        assert_eq!(bytes("4GiB"), Ok(4 << 30));
        assert_eq!(bytes("500MB"), Ok(500_000_000));
        assert_eq!(bytes("1.5k"), Ok(1500));
        assert!(bytes("much").is_err() && bytes("-1").is_err() && bytes("0").is_err());
    }
}
