//! What happened on the way in.

use serde::Serialize;
use std::collections::BTreeMap;

/// Facts of the whole ingest, for `summary.json` and the report.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
pub struct IngestFacts {
    /// Files read, in order of reading.
    pub files: Vec<FileFacts>,
    /// Files of folders that were not read.
    pub skipped_files: Vec<SkippedFile>,
    /// Rows read from event files, rejects included.
    pub rows: u64,
    /// Rows rejected, side tables included.
    pub rejected: u64,
    /// Rejects by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Events by kind, before duplicates were dropped.
    pub kinds: BTreeMap<String, u64>,
    /// Canonical event columns that the input had.
    pub columns: Vec<&'static str>,
    /// Events dropped because their event_id was there before.
    pub duplicates: u64,
    /// Endorsements that an actor had already given to the target.
    pub repeats: u64,
    /// Endorsements taken back by their `un` kind.
    pub taken_back: u64,
    /// Take-backs that found nothing to take back.
    pub idle_take_backs: u64,
    /// Targets for which rows named more than one owner.
    pub owner_conflicts: u64,
    /// Cells of optional number columns that were no number; taken as empty.
    pub unreadable_numbers: u64,
    /// Counted endorsements: one an (actor, target).
    pub endorsements: u64,
    /// Views.
    pub views: u64,
    /// Accounts with an endorsement.
    pub endorsers: u64,
    /// Accounts, including owners and viewers.
    pub accounts: u64,
    /// Targets.
    pub targets: u64,
    /// First counted endorsement, microseconds since 1970 UTC.
    pub first_ts: Option<i64>,
    /// Last counted endorsement, microseconds since 1970 UTC.
    pub last_ts: Option<i64>,
    /// True where events have times.
    pub timed: bool,
    /// True where rows went through the scratch folder.
    pub spilled: bool,
}

/// Facts of one file.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
pub struct FileFacts {
    /// The file as the user named it.
    pub name: String,
    /// Format and compression: parquet, csv, csv.gz, ...
    pub format: String,
    /// What it was read as: events, accounts or contents.
    pub role: &'static str,
    /// Rows, rejects included.
    pub rows: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// How it spells times.
    pub time_format: String,
}

/// A file that was not read.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct SkippedFile {
    /// The file.
    pub name: String,
    /// Why not.
    pub why: String,
}
