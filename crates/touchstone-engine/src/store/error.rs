//! Why an ingest fails, where, and what to do.

use std::path::{Path, PathBuf};
use touchstone_event::schema::Field;

/// Why an ingest failed. Everything but [`IngestError::Scratch`] and [`IngestError::Cancelled`] is
/// wrong use or bad input (exit code 2).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// Nothing to read.
    #[error("no input: name at least one Parquet, CSV, TSV or JSON Lines file, or a folder of them")]
    NoInput,
    /// A folder without a file that could be read.
    #[error("{}: no Parquet, CSV, TSV or JSON Lines file in this folder ({skipped} other files); name a file, or a folder that has some", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
        /// Files of other kinds in it.
        skipped: usize,
    },
    /// The file cannot be opened or listed.
    #[error("{}: cannot be read; {}", path.display(), remedy(source))]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// An extension that says nothing.
    #[error("{}: unknown kind of file; formats go by extension: .parquet, .csv, .tsv, .jsonl, .ndjson, .json, text formats also with .gz or .zst; rename or convert it", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A file of no bytes.
    #[error("{}: the file is empty; export it again, or leave it out", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Truncated, damaged or not what its extension says.
    #[error("{}: {what}; {remedy}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A file of reviews without a column it must have.
    #[error("{}: no column {column}; reviews need account and label (confirmed or cleared), and may have target, date and weight; columns here: {}", path.display(), found.join(", "))]
    LabelColumn {
        /// The file.
        path: PathBuf,
        /// What is missing.
        column: &'static str,
        /// What is there.
        found: Vec<String>,
    },
    /// A must-column is missing.
    #[error("{}: no column \"{column}\" for {field}{}; the file has: {}; say which with --map {field}={}{}", path.display(), why_needed(because), listed(found), guess.as_deref().unwrap_or("COLUMN"), other_remedy(*field))]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// What is missing.
        field: Field,
        /// The column looked for.
        column: String,
        /// Why it must be there, where that is not plain.
        because: Option<String>,
        /// The columns there are.
        found: Vec<String>,
        /// The column that was perhaps meant.
        guess: Option<String>,
    },
    /// A rule looks at a column that is not there.
    #[error("{}: no column \"{column}\", which an [[event]] rule looks at; the file has: {}{}", path.display(), listed(found), guess.as_ref().map_or_else(String::new, |g| format!("; did you mean \"{g}\"?")))]
    MissingRuleColumn {
        /// The file.
        path: PathBuf,
        /// The column of the rule.
        column: String,
        /// The columns there are.
        found: Vec<String>,
        /// The column that was perhaps meant.
        guess: Option<String>,
    },
    /// Two columns of one name.
    #[error("{}: two columns are called \"{column}\"; rename one, or choose others with --map", path.display())]
    TwiceColumn {
        /// The file.
        path: PathBuf,
        /// Their name.
        column: String,
    },
    /// A column of a type that cannot be what it is said to be.
    #[error("{}: column \"{column}\" is {found}, but {field} must be {wanted}; convert the column, or choose another with --map {field}=COLUMN", path.display())]
    WrongColumnType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What it should hold.
        field: Field,
        /// Its type.
        found: String,
        /// Types that would do.
        wanted: &'static str,
    },
    /// More rejects than allowed.
    #[error("{rejected} of {rows} rows cannot be used, more than --max-reject-share {share} allows: {}; see {}, correct the export or the --map options, or raise --max-reject-share", reasons.join("; "), rejects_path.display())]
    TooManyRejects {
        /// Rejected rows.
        rejected: u64,
        /// All rows.
        rows: u64,
        /// Share allowed.
        share: f64,
        /// Counts by reason, with an example each.
        reasons: Vec<String>,
        /// Where each is listed.
        rejects_path: PathBuf,
    },
    /// No event of an endorsed kind.
    #[error("no event is of the kind {}; kinds found: {}; choose with --endorse KIND[,KIND]", listed(endorse), if kinds.is_empty() { "none".to_owned() } else { kinds.iter().map(|(k, n)| format!("{k} ({n})")).collect::<Vec<_>>().join(", ") })]
    NoEndorsements {
        /// What was looked for.
        endorse: Vec<String>,
        /// What was found, with counts, most frequent first.
        kinds: Vec<(String, u64)>,
    },
    /// Too many of something.
    #[error("{what}: more than {limit}; {remedy}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are possible.
        limit: u64,
        /// What to do.
        remedy: &'static str,
    },
    /// The scratch folder or the rejects file cannot be written or read back.
    #[error("{}: cannot write or read back scratch data; {}", path.display(), remedy(source))]
    Scratch {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Asked to stop.
    #[error("stopped on request")]
    Cancelled,
}

impl IngestError {
    /// An error of the scratch folder.
    pub(crate) fn scratch(path: &Path, source: std::io::Error) -> Self {
        IngestError::Scratch { path: path.to_owned(), source }
    }

    /// An error of opening or listing an input.
    pub(crate) fn open(path: &Path, source: std::io::Error) -> Self {
        IngestError::Open { path: path.to_owned(), source }
    }

    /// True where the user can act on the input or the options; false for faults of the machine.
    #[must_use]
    pub fn is_bad_input(&self) -> bool {
        !matches!(self, IngestError::Scratch { .. } | IngestError::Cancelled)
    }

    /// True where the run was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, IngestError::Cancelled)
    }
}

fn remedy(source: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match source.kind() {
        ErrorKind::NotFound => "check the path",
        ErrorKind::PermissionDenied => "grant permission, or run as a user that has it",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full: free some space, or put scratch and --out elsewhere"
        }
        _ => "check the disk and the file",
    }
}

fn listed(names: &[String]) -> String {
    const SHOWN_MAX: usize = 30;
    match names.len() {
        0 => "no columns".to_owned(),
        n if n > SHOWN_MAX => format!("{} and {} more", names[..SHOWN_MAX].join(", "), n - SHOWN_MAX),
        _ => names.join(", "),
    }
}

fn why_needed(because: &Option<String>) -> String {
    because.as_ref().map_or_else(String::new, |why| format!(" ({why})"))
}

fn other_remedy(field: Field) -> &'static str {
    if field == Field::Ts { ", or --no-time for edges without times" } else { "" }
}
