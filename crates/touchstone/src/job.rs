//! A detection as resolved from flags and configuration, and its running.

use crate::exit::Failure;
use crate::progress::Bar;
use anyhow::anyhow;
use std::path::PathBuf;
use touchstone_detect::findings::ReportModel;
use touchstone_detect::params::Params;
use touchstone_detect::rank::RankParams;
use touchstone_engine::batch::{Batch, BatchError};
use touchstone_engine::run::RunError;
use touchstone_engine::store::{IngestError, IngestOptions};
use touchstone_engine::write::table::Format;

/// All that a detection needs; nothing is looked up later.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What to read. Its scratch folder and rejects path are set when the job runs.
    pub(crate) ingest: IngestOptions,
    /// What to compute.
    pub(crate) params: Params,
    /// How targets are ranked; none skips it.
    pub(crate) rank: Option<RankParams>,
    /// Where findings go.
    pub(crate) out: PathBuf,
    /// As which files.
    pub(crate) format: Format,
    /// Number of threads, or as many as there are cores.
    pub(crate) threads: Option<usize>,
    /// No progress, no summary.
    pub(crate) quiet: bool,
    /// What the report calls the input.
    pub(crate) title: String,
}

impl Job {
    /// Runs it; `out` appears whole or not at all.
    pub(crate) fn run(self) -> Result<ReportModel, Failure> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.unwrap_or(0))
            .build()
            .map_err(|e| Failure::Internal(anyhow!(e)))?;
        let bar = Bar::new(self.quiet);
        let batch = Batch {
            ingest: self.ingest,
            params: self.params,
            rank: self.rank,
            out: self.out,
            format: self.format,
            title: self.title,
            version: env!("CARGO_PKG_VERSION"),
        };
        let result = pool.install(|| batch.run(touchstone_console::report, &bar)).map_err(failure);
        bar.finish();
        result
    }
}

fn failure(e: BatchError) -> Failure {
    if e.is_cancelled() {
        Failure::Interrupted
    } else if e.is_internal() {
        Failure::Internal(e.into())
    } else {
        Failure::Misuse(e.into())
    }
}

pub(crate) fn ingest_failure(e: IngestError) -> Failure {
    failure(e.into())
}

pub(crate) fn run_failure(e: RunError) -> Failure {
    failure(e.into())
}
