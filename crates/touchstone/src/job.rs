//! A detection as resolved from flags and configuration, and its running.

use crate::exit::Failure;
use crate::progress::Bar;
use anyhow::{Context, anyhow};
use std::path::PathBuf;
use touchstone_detect::findings::ReportModel;
use touchstone_detect::params::Params;
use touchstone_engine::run::stages::{self, Stages, peak_memory_bytes};
use touchstone_engine::run::{self, RunError};
use touchstone_engine::store::{IngestError, IngestOptions, ingest};
use touchstone_engine::write::folder::OutputFolder;
use touchstone_engine::write::table::Format;
use touchstone_engine::write::{self, FindingsError, Summary};

/// All that a detection needs; nothing is looked up later.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What to read. Its scratch folder and rejects path are set when the job runs.
    pub(crate) ingest: IngestOptions,
    /// What to compute.
    pub(crate) params: Params,
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
        let result = pool.install(|| self.work(&bar));
        bar.finish();
        result
    }

    fn work(mut self, bar: &Bar) -> Result<ReportModel, Failure> {
        let folder = OutputFolder::begin(&self.out)?;
        let findings = folder.findings();
        self.ingest.scratch = folder.spill();
        self.ingest.rejects_path = findings.join("rejects.csv");
        let stages = Stages::new(bar);
        let store = stages.time("read", 0, || ingest(&self.ingest, bar).map_err(ingest_failure))?;
        stages.set_rows("read", store.facts().rows);
        let outcome = run::detect(&store, &self.params, &stages, bar).map_err(run_failure)?;
        let mut model = write::findings(&store, &outcome, &self.params, &findings, self.format, &stages, bar).map_err(
            |e| match e {
                FindingsError::Run(e) => run_failure(e),
                e => e.into(),
            },
        )?;
        model.title = self.title.clone();
        stages.time("report", model.rings.len() as u64, || {
            let path = findings.join("report.html");
            std::fs::write(&path, touchstone_console::report(&model))
                .with_context(|| format!("{}: cannot be written", path.display()))
        })?;
        let summary = Summary {
            version: env!("CARGO_PKG_VERSION"),
            configuration_hash: self.configuration_hash(),
            fdr: self.params.fdr,
            accused_accounts: model.overview.accused,
            accusation_bits: Some(outcome.accusation_bits).filter(|b| b.is_finite()),
            counts: &model.overview,
            ingest: store.facts(),
            stages: stages.done(),
            signal_seconds: stages::by_signal(&stages.done()),
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
            "{}\n{:?}\n{:?}\n{}\n{}",
            serde_json::to_string(&self.params).unwrap_or_default(),
            i.mapping,
            i.endorse,
            i.no_time,
            i.max_reject_share
        );
        touchstone_engine::hash_text(&text)
    }
}

pub(crate) fn ingest_failure(e: IngestError) -> Failure {
    match e {
        IngestError::Cancelled => Failure::Interrupted,
        e => Failure::Misuse(e.into()),
    }
}

pub(crate) fn run_failure(e: RunError) -> Failure {
    match e {
        RunError::Ingest(e) => ingest_failure(*e),
        RunError::Partition(_) => Failure::Internal(e.into()),
        e => Failure::Misuse(e.into()),
    }
}
