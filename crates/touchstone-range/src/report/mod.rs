//! The table that can't be argued with, and the numbers behind it.

pub(crate) mod cells;
mod goals;
mod tables;
#[cfg(test)]
mod tests;
mod words;

use crate::columns::Columns;
use crate::grid::Cell;
use crate::purpose::{Purpose, Reporting};
use crate::run::{Parts, Row, Size};
use anyhow::Context;
use serde::Serialize;
use std::marker::PhantomData;
use std::path::Path;

/// How the numbers came about.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// What to type to get them again.
    pub command: String,
    /// Tuning or reporting.
    pub purpose: &'static str,
    /// Size of worlds.
    pub size: Size,
    /// Column sets.
    pub columns: Vec<Columns>,
    /// Scenarios and numbers of worlds.
    pub cells: Vec<Cell>,
    /// Version of the program.
    pub version: &'static str,
    /// Cores of the machine.
    pub cores: usize,
    /// Worlds at once.
    pub jobs: usize,
    /// Wall time of the whole run.
    pub seconds: f64,
    /// Of its parts.
    pub parts: Parts,
}

/// All runs of a grid. `P` is the purpose of its worlds.
#[derive(Debug, Clone, Serialize)]
pub struct Report<P> {
    /// How they came about.
    pub settings: Settings,
    /// One row a world, column set and method.
    pub rows: Vec<Row>,
    #[serde(skip)]
    purpose: PhantomData<P>,
}

impl<P: Purpose> Report<P> {
    /// A report on rows of worlds drawn for `P`.
    #[must_use]
    pub fn new(settings: Settings, rows: Vec<Row>) -> Self {
        Self { settings, rows, purpose: PhantomData }
    }

    /// The page, in Markdown.
    #[must_use]
    pub fn page(&self) -> String {
        tables::page(&self.settings, &self.rows)
    }

    /// Writes `evaluation.md` and `evaluation.json` to a folder of the user's.
    ///
    /// # Errors
    /// The folder can't be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        self.write_as(&folder.join("evaluation.md"), &folder.join("evaluation.json"))
    }

    /// The page of a table of signals.
    #[must_use]
    pub fn ablation(&self) -> String {
        crate::ablation::page(&self.settings, &self.rows)
    }

    fn write_as(&self, page: &Path, numbers: &Path) -> anyhow::Result<()> {
        whole(page, &self.page())?;
        whole(numbers, &(serde_json::to_string(self)? + "\n"))
    }
}

/// Writes the published table, `EVALUATION.md` and `evaluation.json`, into the docs folder. Worlds
/// that anybody may have tuned on can't get here: the argument's type forbids it.
///
/// ```compile_fail
/// use touchstone_range::{purpose::Tuning, report};
/// fn leak(tuned: &report::Report<Tuning>) {
///     let _ = report::publish(tuned, std::path::Path::new("docs"));
/// }
/// ```
///
/// # Errors
/// The folder can't be written.
pub fn publish(report: &Report<Reporting>, docs: &Path) -> anyhow::Result<()> {
    report.write_as(&docs.join("EVALUATION.md"), &docs.join("evaluation.json"))
}

/// Writes the published table of signals, `ABLATION.md`; worlds of tuning can't get here, either.
///
/// # Errors
/// The folder can't be written.
pub fn publish_ablation(report: &Report<Reporting>, docs: &Path) -> anyhow::Result<()> {
    whole(&docs.join("ABLATION.md"), &report.ablation())
}

/// A file appears whole or not at all.
fn whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let passing = path.with_extension("partial");
    std::fs::write(&passing, text)
        .and_then(|()| std::fs::rename(&passing, path))
        .with_context(|| format!("{}: cannot be written", path.display()))
}
