//! Running detection over the partitions of a store, on all cores of one machine.

pub mod stages;

use crate::store::{IngestError, Progress, Store};
use arrow_array::RecordBatch;
use rayon::prelude::*;
use stages::Stages;
use touchstone_detect::census::Census;
use touchstone_detect::labels::Labels;
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::{self, Engine, Log, Outcome};

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A partition could not be read back, or the run was cancelled.
    #[error(transparent)]
    Ingest(Box<IngestError>),
    /// A partition that the store made is none: a bug.
    #[error("internal error: {0}; please report it")]
    Partition(#[from] touchstone_detect::partition::NotAPartition),
    /// More accounts than a pair key can hold.
    #[error("the log has {0} accounts; pair counting holds at most {max}; split the log by region or time", max = 1u64 << 30)]
    TooManyAccounts(usize),
}

impl From<IngestError> for RunError {
    fn from(error: IngestError) -> Self {
        Self::Ingest(Box::new(error))
    }
}

/// The census of a store.
#[must_use]
pub fn census(store: &Store) -> Census<'_> {
    Census {
        degree: store.degrees(),
        popularity: store.popularity(),
        first_ts: store.target_first_ts(),
        actor_first_ts: store.actor_first_ts(),
        owner: store.owners(),
        published: store.published(),
        timed: store.facts().timed,
    }
}

/// Where partitions come from: a store, or a copy of one.
pub(crate) trait Source: Sync {
    /// How many.
    fn partitions(&self) -> usize;

    /// Endorsements of a partition, as [`Store::endorsements`] gives them.
    ///
    /// # Errors
    /// If they cannot be read back.
    fn endorsements(&self, i: usize) -> Result<RecordBatch, IngestError>;

    /// Views of a partition, as [`Store::views`] gives them.
    ///
    /// # Errors
    /// If they cannot be read back.
    fn views(&self, i: usize) -> Result<Option<RecordBatch>, IngestError>;
}

impl Source for Store {
    fn partitions(&self) -> usize {
        self.partition_count()
    }

    fn endorsements(&self, i: usize) -> Result<RecordBatch, IngestError> {
        Self::endorsements(self, i)
    }

    fn views(&self, i: usize) -> Result<Option<RecordBatch>, IngestError> {
        Self::views(self, i)
    }
}

/// This machine.
pub(crate) struct Local<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) stages: &'a Stages<'a>,
    pub(crate) progress: &'a dyn Progress,
}

impl Engine for Local<'_> {
    type Error = RunError;

    fn count<T: Send>(
        &self,
        count: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T + Sync,
    ) -> Result<Vec<T>, RunError> {
        (0..self.source.partitions())
            .into_par_iter()
            .map(|i| {
                if self.progress.cancelled() {
                    return Err(IngestError::Cancelled.into());
                }
                let batch = self.source.endorsements(i)?;
                let partition = Partition::try_from_batch(&batch)?;
                let views = self.source.views(i)?;
                let views = views.as_ref().map(Partition::try_from_batch).transpose()?;
                self.progress.advance(partition.len() as u64);
                Ok(count(&partition, views.as_ref()))
            })
            .collect()
    }

    fn stage<T>(&self, name: &'static str, rows: u64, work: impl FnOnce() -> T) -> T {
        self.stages.time(name, rows, work)
    }
}

/// Detects.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn detect(
    store: &Store,
    params: &Params,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    // Pair keys hold an account in 30 bits.
    if store.endorsers() > 1 << 30 {
        return Err(RunError::TooManyAccounts(store.endorsers()));
    }
    let facts = store.facts();
    let log = Log {
        census: census(store),
        first_ts: facts.first_ts.unwrap_or(0),
        last_ts: facts.last_ts.unwrap_or(0),
        has_views: facts.views > 0,
    };
    detect_in(store, &log, store.labels(), params, stages, progress)
}

/// Detects in any source of partitions.
pub(crate) fn detect_in(
    source: &dyn Source,
    log: &Log<'_>,
    labels: &Labels,
    params: &Params,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    pipeline::detect_reviewed(&Local { source, stages, progress }, log, labels, params)
}
