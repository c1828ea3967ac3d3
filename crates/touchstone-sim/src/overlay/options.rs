//! What can be asked of an overlay, what it tells, and how it fails.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use touchstone_event::mapping::Mapping;

use crate::log::LogError;

/// The format of the events file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OverlayFormat {
    /// `events.csv`.
    #[default]
    Csv,
    /// `events.parquet`.
    Parquet,
}

/// What to lay over what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverlayOptions {
    /// The log that fakes are laid over: `.csv`, `.tsv` (also `.gz`) or `.parquet`.
    #[serde(skip)]
    pub host: PathBuf,
    /// Its columns. Rules that make events of a wide log are refused.
    #[serde(skip)]
    pub host_map: Mapping,
    /// The kinds of the host that are endorsements; fakes get these kinds. May stay empty where
    /// the host has one kind or none.
    pub host_endorse: Vec<String>,
    /// The known fakes, in the same formats.
    #[serde(skip)]
    pub fakes: PathBuf,
    /// Their columns.
    #[serde(skip)]
    pub fakes_map: Mapping,
    /// The kinds of the fakes log to use; empty for all.
    pub fakes_endorse: Vec<String>,
    /// Names the draw: the same seed gives the same bytes.
    pub seed: u64,
    /// The folder to write to.
    #[serde(skip)]
    pub out: PathBuf,
    /// The format of the events file.
    pub format: OverlayFormat,
    /// Use only the fakes of their busiest window of this many days.
    pub window_days: Option<f64>,
    /// Use a seeded sample of this share of the fake accounts, `0..=1`.
    pub accounts_sample: Option<f64>,
    /// Use at most this many fake accounts, drawn by seed.
    pub max_accounts: Option<usize>,
    /// Use at most this many fake targets, those with the most accounts.
    pub max_targets: Option<usize>,
    /// A host target is popular from this many endorsements (default 10).
    pub host_target_events_min: u64,
    /// Draw host targets from this many of the most popular; by default from twice as many as
    /// there are fake targets.
    pub pool_targets: Option<usize>,
    /// Give every account a new name, the host's too: for hosts whose names leave no unused ones
    /// of their shape.
    pub rename_all: bool,
}

impl OverlayOptions {
    /// The defaults, for two logs in the schema of Touchstone.
    pub fn new(host: impl AsRef<Path>, fakes: impl AsRef<Path>, seed: u64, out: impl AsRef<Path>) -> Self {
        Self {
            host: host.as_ref().to_owned(),
            host_map: Mapping::default(),
            host_endorse: Vec::new(),
            fakes: fakes.as_ref().to_owned(),
            fakes_map: Mapping::default(),
            fakes_endorse: Vec::new(),
            seed,
            out: out.as_ref().to_owned(),
            format: OverlayFormat::Csv,
            window_days: None,
            accounts_sample: None,
            max_accounts: None,
            max_targets: None,
            host_target_events_min: 10,
            pool_targets: None,
            rename_all: false,
        }
    }

    pub(super) fn check(&self) -> Result<(), OverlayError> {
        let wrong = |option, rule| Err(OverlayError::Option { option, rule });
        match self {
            _ if self.window_days.is_some_and(|days| !(days > 0.0 && days < 1e5)) => {
                wrong("window-days", "must be more than 0 and under 100,000")
            }
            _ if self.accounts_sample.is_some_and(|share| !(share > 0.0 && share <= 1.0)) => {
                wrong("accounts-sample", "must be more than 0 and at most 1")
            }
            _ if self.max_accounts == Some(0) => wrong("max-accounts", "must be at least 1"),
            _ if self.max_targets == Some(0) => wrong("max-targets", "must be at least 1"),
            _ if self.pool_targets == Some(0) => wrong("pool-targets", "must be at least 1"),
            _ => Ok(()),
        }
    }
}

/// What was done; also in `overlay.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverlayReport {
    /// Rows of the host, all of them in the result.
    pub host_events: u64,
    /// Accounts of the host.
    pub host_accounts: u64,
    /// Fake rows in the result.
    pub fake_events: u64,
    /// Fake accounts in the result.
    pub fake_accounts: u64,
    /// Host targets that carry fakes.
    pub fake_targets: u64,
    /// Fake accounts that selection or the lack of host targets left without any row.
    pub accounts_left_out: u64,
    /// Fake targets for which there was no host target, or no room under `max_targets`.
    pub targets_left_out: u64,
    /// Readable rows of the fakes log that are not in the result.
    pub events_left_out: u64,
    /// Pairs of fake events within the joint window on one target by two accounts, among those
    /// used, in the fakes log.
    pub joint_pairs_source: u64,
    /// The same in the result: never fewer, and more only where two parts of a train met.
    pub joint_pairs_overlay: u64,
    /// The grain of the host's times in microseconds.
    pub host_precision_micros: i64,
    /// The grain of the fakes' times in microseconds.
    pub fakes_precision_micros: i64,
    /// Trains longer than the host that were cut.
    pub trains_split: u64,
    /// Parts that moved on their own; the number of trains where none was cut.
    pub parts: u64,
    /// Parts whose hour of day had to be given up to start within the life of the host target.
    pub parts_off_hour: u64,
    /// Parts so long that they had to start before the life of their host target.
    pub parts_outside_life: u64,
    /// Rows of the host that could not be read.
    pub host_rows_skipped: u64,
    /// Rows of the fakes that could not be read.
    pub fakes_rows_skipped: u64,
    /// Columns of the host that are not in the result.
    pub columns_dropped: Vec<String>,
}

/// Why nothing was laid over anything.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// An option is out of range.
    #[error("option {option} {rule}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// A log could not be read.
    #[error("could not use the {side} log")]
    Log {
        /// `host` or `fakes`.
        side: &'static str,
        /// Why.
        #[source]
        source: LogError,
    },
    /// It is open which kinds are endorsements.
    #[error("which kinds of the {side} log are endorsements?\n  it has {}; name one or more with --{side}-endorse", found.join(", "))]
    Kinds {
        /// `host` or `fakes`.
        side: &'static str,
        /// The kinds there are, with their counts.
        found: Vec<String>,
    },
    /// No fake event is left after selection.
    #[error("no fake event is left to lay over the host\n  check --fakes-endorse and --window-days")]
    NoFakes,
    /// No host target is popular enough.
    #[error("no target of the host has {least} endorsements\n  lower --host-target-events-min, or use a larger host")]
    NoTargets {
        /// The least number asked for.
        least: u64,
    },
    /// The host's names leave no unused ones of their shape.
    #[error(
        "the host's {accounts} account names leave no {wanted} unused ones of their shape, so fakes would show by name\n  use --rename-all to give every account a new name"
    )]
    Names {
        /// How many accounts the host has.
        accounts: usize,
        /// How many names were needed.
        wanted: usize,
    },
    /// The folder or a file in it could not be written.
    #[error("could not write to {}; check space and permissions there", folder.display())]
    Write {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
