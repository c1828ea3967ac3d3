//! From rows to a [`Store`]: interned names and sorted partitions of endorsements and views.
//!
//! [`ingest`] reads every input once (text files twice, see `crate::source`), turns rows into
//! events, interns their names and deals them to [`PARTITION_COUNT`] partitions by a fixed hash of
//! the target's name. Then the endorsements of each actor on each target become one row, and
//! names get canonical numbers, so that neither the order of rows, nor the split into files, nor
//! threads, nor memory change a byte of what the store gives.
//!
//! **Memory.** Rows spill to the scratch folder when they outgrow
//! [`IngestOptions::memory_limit_bytes`]; names do not: every distinct account and target costs its
//! length and about 60 bytes, whatever the limit.

mod error;
mod facts;
mod names;
mod options;

mod collect;
mod duplicates;
mod finish;
mod fold;
mod ingest;
pub(crate) mod intern;
mod labels;
mod number;
mod owners;
mod plan;
mod prepare;
mod rejects;
mod rows;
mod side;
mod spill;

pub use error::IngestError;
pub use facts::{FileFacts, IngestFacts, SkippedFile};
pub use ingest::ingest;
pub use names::Names;
pub use options::{IngestOptions, NoProgress, Progress};

use arrow_array::RecordBatch;
use std::path::PathBuf;
use touchstone_detect::labels::Labels;

/// Partitions of a store. Fixed, so that nothing depends on threads or memory.
pub const PARTITION_COUNT: usize = 64;

/// One partition, in memory or on disk.
#[derive(Debug)]
pub(crate) enum Held {
    Memory(RecordBatch),
    File(PathBuf),
}

impl Held {
    /// Keeps a partition: in a file, where one is named, else in memory.
    pub(crate) fn keep(batch: RecordBatch, path: Option<PathBuf>) -> Result<Self, IngestError> {
        let Some(path) = path else { return Ok(Self::Memory(batch)) };
        spill::write_batch(&path, &batch)?;
        Ok(Self::File(path))
    }

    pub(crate) fn batch(&self) -> Result<RecordBatch, IngestError> {
        match self {
            Self::Memory(batch) => Ok(batch.clone()),
            Self::File(path) => spill::read_batch(path),
        }
    }
}

/// What was read: names, facts of each account and target, and partitions.
///
/// Accounts with an endorsement come first among the canonical ids, by (first endorsement,
/// number of endorsements, a hash of what they endorsed when, name); the others follow by name. Targets likewise.
#[derive(Debug)]
pub struct Store {
    actors: Names,
    targets: Names,
    owners: Option<Vec<u32>>,
    published: Option<Vec<i64>>,
    created: Option<Vec<i64>>,
    degrees: Vec<u32>,
    popularity: Vec<u32>,
    actor_first_ts: Vec<i64>,
    target_first_ts: Vec<i64>,
    endorsers: usize,
    endorsements: Vec<Held>,
    views: Option<Vec<Held>>,
    labels: Labels,
    facts: IngestFacts,
}

impl Store {
    /// Accounts by canonical id: who endorsed, viewed, or owns a target.
    #[must_use]
    pub fn actors(&self) -> &Names {
        &self.actors
    }

    /// Targets by canonical id: what was endorsed or viewed.
    #[must_use]
    pub fn targets(&self) -> &Names {
        &self.targets
    }

    /// Owner (account id) of each target, [`touchstone_detect::partition::NONE`] where unknown; `None`
    /// where no owner is known at all.
    #[must_use]
    pub fn owners(&self) -> Option<&[u32]> {
        self.owners.as_deref()
    }

    /// Publication of each target in microseconds since 1970 UTC,
    /// [`touchstone_detect::partition::NO_TIME`] where unknown; `None` without a contents table.
    #[must_use]
    pub fn published(&self) -> Option<&[i64]> {
        self.published.as_deref()
    }

    /// Creation of each account in microseconds since 1970 UTC,
    /// [`touchstone_detect::partition::NO_TIME`] where unknown; `None` without an accounts table.
    #[must_use]
    pub fn created(&self) -> Option<&[i64]> {
        self.created.as_deref()
    }

    /// Endorsements of each account.
    #[must_use]
    pub fn degrees(&self) -> &[u32] {
        &self.degrees
    }

    /// Endorsements of each target.
    #[must_use]
    pub fn popularity(&self) -> &[u32] {
        &self.popularity
    }

    /// First endorsement by each account, [`touchstone_detect::partition::NO_TIME`] for those
    /// without one.
    #[must_use]
    pub fn actor_first_ts(&self) -> &[i64] {
        &self.actor_first_ts
    }

    /// First endorsement of each target, [`touchstone_detect::partition::NO_TIME`] for those
    /// without one.
    #[must_use]
    pub fn target_first_ts(&self) -> &[i64] {
        &self.target_first_ts
    }

    /// Accounts with at least one endorsement: ids `0..endorsers()`.
    #[must_use]
    pub fn endorsers(&self) -> usize {
        self.endorsers
    }

    /// Number of partitions: always [`PARTITION_COUNT`].
    #[must_use]
    pub fn partition_count(&self) -> usize {
        PARTITION_COUNT
    }

    /// Endorsements of partition `i`: [`touchstone_detect::partition::partition_schema`], then the
    /// nullable UInt64 columns `ip`, `device`, `user_agent`, `session` as far as the input had them;
    /// sorted by (target, ts, actor), one row an (actor, target).
    ///
    /// # Errors
    /// If a spilled partition cannot be read back.
    ///
    /// # Panics
    /// If `i` is not below [`Store::partition_count`].
    pub fn endorsements(&self, i: usize) -> Result<RecordBatch, IngestError> {
        self.endorsements[i].batch()
    }

    /// Views of partition `i`: `target`, `actor`, `ts`, then the nullable Float32 columns `dwell_ms`
    /// and `watch_fraction` as far as the input had them; sorted by (target, ts, actor). `None`
    /// where the input has no views.
    ///
    /// # Errors
    /// If a spilled partition cannot be read back.
    ///
    /// # Panics
    /// If `i` is not below [`Store::partition_count`].
    pub fn views(&self, i: usize) -> Result<Option<RecordBatch>, IngestError> {
        self.views.as_ref().map(|views| views[i].batch()).transpose()
    }

    /// What reviewers said, by canonical id.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// What happened on the way.
    #[must_use]
    pub fn facts(&self) -> &IngestFacts {
        &self.facts
    }
}
