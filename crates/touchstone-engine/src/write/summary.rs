//! summary.json.

use super::table::WriteError;
use crate::run::stages::{SignalSeconds, Stage};
use crate::store::IngestFacts;
use serde::Serialize;
use std::path::Path;
use touchstone_detect::findings::Overview;

/// What a run did, in numbers. `stages` and `peak_memory_bytes` differ from run to run; nothing
/// else does.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    /// Version of the program.
    pub version: &'a str,
    /// BLAKE3 of the configuration that decides what is computed.
    pub configuration_hash: String,
    /// Level of the false discovery rate.
    pub fdr: f64,
    /// Accounts accused.
    pub accused_accounts: u64,
    /// The line of e-BH, in bits; null where nobody is accused.
    pub accusation_bits: Option<f64>,
    /// The numbers of the report's summary, what ran and what did not, and warnings.
    pub counts: &'a Overview,
    /// What happened on the way in.
    pub ingest: &'a IngestFacts,
    /// Seconds and rows of each stage.
    pub stages: Vec<Stage>,
    /// Seconds of each signal, and its share of all stages; `shared` is what several signals need, and the rest.
    pub signal_seconds: Vec<SignalSeconds>,
    /// Highest resident memory, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

impl Summary<'_> {
    /// Writes `summary.json` into `folder`.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let path = folder.join("summary.json");
        let mut text = serde_json::to_string_pretty(self).map_err(|e| WriteError::new(&path, e))?;
        text.push('\n');
        std::fs::write(&path, text).map_err(|e| WriteError::new(&path, e))
    }
}
