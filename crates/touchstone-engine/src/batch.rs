//! One detection, from inputs to a folder of findings: what `touchstone detect` runs on files and the
//! service on its closed windows. One code, so that both give the same bytes.

use crate::rank;
use crate::run::stages::{Stages, by_signal, peak_memory_bytes};
use crate::run::{self, RunError};
use crate::store::{IngestError, IngestOptions, Progress, ingest};
use crate::write::folder::{FolderError, OutputFolder};
use crate::write::table::{Format, WriteError};
use crate::write::{self, FindingsError, Summary};
use std::path::PathBuf;
use touchstone_detect::findings::ReportModel;
use touchstone_detect::params::Params;
use touchstone_detect::rank::RankParams;

/// All that a detection needs; nothing is looked up later.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What to read. Its scratch folder and rejects path are set when the batch runs.
    pub ingest: IngestOptions,
    /// What to compute.
    pub params: Params,
    /// How targets are ranked; none skips it.
    pub rank: Option<RankParams>,
    /// Where findings go; the folder appears whole or not at all.
    pub out: PathBuf,
    /// As which files.
    pub format: Format,
    /// What the report calls the input.
    pub title: String,
    /// Version of the program, for the summary.
    pub version: &'static str,
}

/// Why a detection did not get done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The output folder cannot be had.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The inputs cannot be used, or the run was cancelled.
    #[error(transparent)]
    Ingest(Box<IngestError>),
    /// The run failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Findings cannot be written.
    #[error(transparent)]
    Findings(FindingsError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<IngestError> for BatchError {
    fn from(error: IngestError) -> Self {
        Self::Ingest(Box::new(error))
    }
}

impl From<FindingsError> for BatchError {
    fn from(error: FindingsError) -> Self {
        match error {
            FindingsError::Run(e) => Self::Run(e),
            e => Self::Findings(e),
        }
    }
}

impl BatchError {
    /// True where somebody asked it to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Ingest(e) => e.is_cancelled(),
            Self::Run(RunError::Ingest(e)) => e.is_cancelled(),
            _ => false,
        }
    }

    /// True where the fault is the program's.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self, Self::Run(RunError::Partition(_)))
    }
}

impl Batch {
    /// Runs on the current thread pool. `report` draws the page from the model.
    ///
    /// # Errors
    /// If the input cannot be used, the output cannot be written, or the run was cancelled; then nothing is left in `out`.
    pub fn run(
        mut self,
        report: impl FnOnce(&ReportModel) -> String,
        progress: &dyn Progress,
    ) -> Result<ReportModel, BatchError> {
        let folder = OutputFolder::begin(&self.out)?;
        let findings = folder.findings();
        self.ingest.scratch = folder.spill();
        self.ingest.rejects_path = findings.join("rejects.csv");
        let stages = Stages::new(progress);
        let store = stages.time("read", 0, || ingest(&self.ingest, progress))?;
        stages.set_rows("read", store.facts().rows);
        let outcome = run::detect(&store, &self.params, &stages, progress)?;
        let mut model = write::findings(&store, &outcome, &self.params, &findings, self.format, &stages, progress)?;
        model.title.clone_from(&self.title);
        if let Some(params) = &self.rank {
            model.ranking = stages.time("rank", store.facts().endorsements, || -> Result<_, BatchError> {
                let measured = rank::run(&store, &outcome, params, progress)?;
                let kept = rank::Kept::new(&store, &measured.lines);
                rank::write(&kept, &findings, self.format)?;
                let (learned, ranked) = rank::ranking(&kept, params);
                rank::write_ranks(&kept, &ranked, &findings, self.format)?;
                Ok(Some(rank::model(&kept, &ranked, &learned, params)))
            })?;
        }
        write::model::save(&model, &findings)?;
        stages.time("report", model.rings.len() as u64, || {
            let path = findings.join("report.html");
            std::fs::write(&path, report(&model)).map_err(|e| WriteError::new(&path, e))
        })?;
        let summary = Summary {
            version: self.version,
            configuration_hash: self.configuration_hash(),
            fdr: self.params.fdr,
            accused_accounts: model.overview.accused,
            accusation_bits: Some(outcome.accusation_bits).filter(|b| b.is_finite()),
            counts: &model.overview,
            ingest: store.facts(),
            stages: stages.done(),
            signal_seconds: by_signal(&stages.done()),
            peak_memory_bytes: peak_memory_bytes(),
        };
        summary.write(&findings)?;
        folder.publish()?;
        Ok(model)
    }

    /// Names everything that decides what is computed, so that two runs with one hash and one input
    /// have the same findings.
    fn configuration_hash(&self) -> String {
        let i = &self.ingest;
        let text = format!(
            "{}\n{}\n{:?}\n{:?}\n{:?}\n{}\n{}",
            serde_json::to_string(&self.params).unwrap_or_default(),
            serde_json::to_string(&self.rank).unwrap_or_default(),
            i.reactions,
            i.mapping,
            i.endorse,
            i.no_time,
            i.max_reject_share
        );
        crate::hash_text(&text)
    }
}
