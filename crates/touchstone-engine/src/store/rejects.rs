//! `rejects.csv`, written as rows are left out.

use super::IngestError;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use touchstone_event::reject::{Reason, Reject};

/// Writes rejects and counts them by reason.
pub(crate) struct Rejects {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    /// Rejects of the part of a file that is being read, not yet in the order of their lines.
    pending: Vec<Reject>,
    counts: BTreeMap<Reason, (u64, Reject)>,
    total: u64,
}

impl Rejects {
    pub(crate) fn create(path: &Path) -> Result<Self, IngestError> {
        let file = File::create(path).map_err(|e| IngestError::scratch(path, e))?;
        let mut out = Self {
            path: path.to_owned(),
            writer: csv::Writer::from_writer(BufWriter::new(file)),
            pending: Vec::new(),
            counts: BTreeMap::new(),
            total: 0,
        };
        out.record(["file", "line", "reason", "value"])?;
        Ok(out)
    }

    fn record<const N: usize>(&mut self, fields: [&str; N]) -> Result<(), IngestError> {
        self.writer.write_record(fields).map_err(|e| IngestError::scratch(&self.path, into_io(e)))
    }

    pub(crate) fn add(&mut self, reject: Reject) {
        self.pending.push(reject);
    }

    /// Writes what was added, by line. To be called where all rows added come before all to come.
    pub(crate) fn settle(&mut self) -> Result<(), IngestError> {
        self.pending.sort_by_key(|r| r.line);
        for reject in std::mem::take(&mut self.pending) {
            let line = reject.line.to_string();
            self.record([&reject.file, &line, reject.reason.name(), &reject.value])?;
            self.total += 1;
            self.counts.entry(reject.reason).or_insert_with(|| (0, reject)).0 += 1;
        }
        Ok(())
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counts.iter().map(|(reason, (count, _))| (reason.name(), *count)).collect()
    }

    /// Counts by reason with an example each, the most frequent first.
    pub(crate) fn summary(&self) -> Vec<String> {
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        let example =
            |r: &Reject| format!("{} line {}: \"{}\"", r.file, r.line, r.value.chars().take(80).collect::<String>());
        counts
            .into_iter()
            .map(|(reason, (count, first))| format!("{reason} {count} (first: {})", example(first)))
            .collect()
    }

    pub(crate) fn finish(&mut self) -> Result<(), IngestError> {
        self.settle()?;
        self.writer.flush().map_err(|e| IngestError::scratch(&self.path, e))
    }
}

fn into_io(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => source,
        other => std::io::Error::other(format!("{other:?}")),
    }
}
