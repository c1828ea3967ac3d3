//! Why findings cannot be compared with the truth, where, and what to do.

use crate::store::IngestError;
use std::path::PathBuf;

/// Why findings cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Not there, or no folder.
    #[error("{}: no such folder; evaluate takes the folder of findings, and --truth the folder that `touchstone simulate` wrote", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder without truth.
    #[error("{}: no truth_accounts.parquet in it; --truth takes the folder that `touchstone simulate` wrote", path.display())]
    NoTruth {
        /// The folder.
        path: PathBuf,
    },
    /// A folder without findings.
    #[error("{}: no findings in it; there must be at least one of accounts, likes, targets, ring_members (.parquet or .csv), as `touchstone detect` writes them", path.display())]
    NoFindings {
        /// The folder.
        path: PathBuf,
    },
    /// Findings without what targets are ranked by.
    #[error("{}: no metrics.parquet or metrics.csv in it; `touchstone rank` takes a folder that `touchstone detect` wrote (detect again, if an older version wrote it)", folder.display())]
    NoMetrics {
        /// The folder.
        folder: PathBuf,
    },
    /// A file that must be there.
    #[error("{}: no {name}.parquet in it; simulate the world again, and keep the whole folder", folder.display())]
    NoFile {
        /// The folder.
        folder: PathBuf,
        /// The file's name without its extension.
        name: &'static str,
    },
    /// A file that cannot be read.
    #[error(transparent)]
    Read(Box<IngestError>),
    /// A column that must be there.
    #[error("{}: no column \"{column}\"; the file has: {}; rename the column that holds it", path.display(), if found.is_empty() { "none".to_owned() } else { found.join(", ") })]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The columns there are.
        found: Vec<String>,
    },
    /// A cell that makes no sense.
    #[error("{}: row {row}: column \"{column}\" is {value}, but must be {wanted}; correct it or write the file again", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Row, or line of a text file, from 1.
        row: u64,
        /// The column.
        column: String,
        /// What is there.
        value: String,
        /// What should be.
        wanted: &'static str,
    },
    /// Two rows on one thing.
    #[error("{}: row {row}: {what} \"{name}\" is there twice; there must be one row on each", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// Row, or line of a text file, from 1.
        row: u64,
        /// account, target or like.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Findings of another log.
    #[error("{}: {unknown} of its {rows} rows are about {what} that the truth in {} does not have; these are findings of another log: give --truth the folder whose events.parquet was the input of the detection", path.display(), truth.display())]
    OtherWorld {
        /// The file.
        path: PathBuf,
        /// The folder of the truth.
        truth: PathBuf,
        /// Rows not matched.
        unknown: u64,
        /// All rows.
        rows: u64,
        /// accounts, targets or likes.
        what: &'static str,
    },
    /// Truth that does not fit its own events.
    #[error("{}: {what}; simulate the world again, and keep the whole folder", path.display())]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
}

impl From<IngestError> for EvaluateError {
    fn from(error: IngestError) -> Self {
        Self::Read(Box::new(error))
    }
}

impl EvaluateError {
    /// Refuses findings of which fewer than half of the rows are about this log.
    pub(super) fn check_world(
        path: &std::path::Path,
        truth: &std::path::Path,
        what: &'static str,
        unknown: u64,
        rows: u64,
    ) -> Result<(), Self> {
        if unknown * 2 > rows {
            return Err(Self::OtherWorld { path: path.into(), truth: truth.into(), unknown, rows, what });
        }
        Ok(())
    }
}
