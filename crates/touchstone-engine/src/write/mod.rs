//! Writing findings: every file of the contract, and the model of the report.

mod accounts;
mod cases;
mod closely;
pub mod folder;
mod likes;
mod lives;
pub mod model;
mod reasons;
mod report;
mod schemas;
mod summary;
pub mod table;
mod tables;

pub use likes::LikesError as FindingsError;
pub use summary::Summary;

use crate::run::stages::Stages;
use crate::store::{Progress, Store};
use std::path::Path;
use table::Format;
use touchstone_detect::findings::ReportModel;
use touchstone_detect::params::Params;
use touchstone_detect::pipeline::Outcome;

/// Writes all tables of the findings into `folder` (`rejects.csv` is there already) and returns the
/// report's model. The summary is written by the caller, once everything has been timed.
///
/// # Errors
/// If a partition cannot be read back, a file cannot be written, or the run was cancelled.
pub fn findings(
    store: &Store,
    outcome: &Outcome,
    params: &Params,
    folder: &Path,
    format: Format,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<ReportModel, FindingsError> {
    let rows = store.facts().endorsements;
    let totals = stages.time("write likes", rows, || likes::write(store, outcome, folder, format, progress))?;
    let cases = cases::cases(outcome, &totals);
    stages.time("write findings", store.endorsers() as u64, || {
        tables::write(store, outcome, &totals, &cases, params, folder, format)
    })?;
    stages.time("cases", rows, || report::model(store, outcome, &totals, &cases, params, progress))
}
