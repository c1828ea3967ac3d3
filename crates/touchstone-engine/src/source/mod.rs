//! Inputs: finding files, and reading each as a sequence of columnar chunks.
//!
//! A reader gives the wanted columns of a file as arrays of a few shapes (see [`column`]), and the
//! rows that could not be read as faults with their line. What the columns mean is not known here.
//!
//! Every file is inspected before any is read: its columns, and how it spells times. The unit of
//! bare numbers is a property of the whole file, so a text file whose unit is not given is parsed
//! twice; Parquet answers from its statistics in most cases.

pub(crate) mod bytes;
pub(crate) mod column;
pub(crate) mod csv;
pub(crate) mod discover;
pub(crate) mod jsonl;
pub(crate) mod parquet;

use crate::store::IngestError;
use arrow_array::ArrayRef;
use discover::{Format, InputFile};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use touchstone_event::reject::Reason;
use touchstone_event::time::UnitVotes;

/// Rows of a chunk, at most.
pub(crate) const CHUNK_ROWS_MAX: usize = 131_072;

/// A column that is wanted of every file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    /// Its name in the files.
    pub(crate) name: String,
    /// Holds an id or a time without which a row is of no use: a list or an object there makes the
    /// row a reject.
    pub(crate) must: bool,
    /// Holds a time, whose unit is to be found out.
    pub(crate) time: bool,
}

/// What is known of a file before it is read.
#[derive(Clone, Debug)]
pub(crate) struct Inspection {
    /// All its columns.
    pub(crate) found: Vec<String>,
    /// Which of the wanted columns it has.
    pub(crate) present: Vec<bool>,
    /// Names of Arrow types of the wanted columns, where the format has types.
    pub(crate) types: Vec<Option<arrow_schema::DataType>>,
    /// How each wanted time column spells times.
    pub(crate) votes: Vec<UnitVotes>,
    /// Zero rows for sure; a JSON Lines file without rows has no columns to miss.
    pub(crate) no_rows: bool,
}

/// Lines of the rows of a chunk.
#[derive(Clone, Debug)]
pub(crate) enum Lines {
    /// Row `i` is line `first + i`.
    From(u64),
    /// Row `i` starts on this physical line.
    Each(Vec<u64>),
}

impl Lines {
    pub(crate) fn of(&self, row: usize) -> u64 {
        match self {
            Lines::From(first) => first + row as u64,
            Lines::Each(lines) => lines[row],
        }
    }
}

/// A row that is not in the columns because it cannot be read.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    pub(crate) reason: Reason,
    pub(crate) value: String,
}

/// Some rows of a file.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    /// Rows in the columns.
    pub(crate) rows: usize,
    /// Wanted columns, in their order; none where the file lacks it.
    pub(crate) columns: Vec<Option<ArrayRef>>,
    pub(crate) lines: Lines,
    pub(crate) faults: Vec<Fault>,
}

/// Reads a file.
pub(crate) trait Reader: Send {
    /// The next chunks; none at the end of the file.
    fn next_chunks(&mut self) -> Result<Vec<Chunk>, IngestError>;

    /// True where all rows given so far come before all rows still to come.
    fn in_order(&self) -> bool {
        true
    }
}

/// Looks at a file before it is read.
pub(crate) fn inspect(file: &InputFile, wanted: &[Wanted], vote: bool) -> Result<Inspection, IngestError> {
    match file.format {
        Format::Parquet => parquet::inspect(file, wanted, vote),
        Format::Csv => csv::inspect(file, b',', wanted, vote),
        Format::Tsv => csv::inspect(file, b'\t', wanted, vote),
        Format::JsonLines => jsonl::inspect(file, wanted, vote),
    }
}

/// Opens a file for reading; raw bytes read are added to `bytes_read`.
pub(crate) fn open(
    file: &InputFile,
    wanted: &[Wanted],
    bytes_read: &Arc<AtomicU64>,
) -> Result<Box<dyn Reader>, IngestError> {
    Ok(match file.format {
        Format::Parquet => Box::new(parquet::ParquetReader::open(file, wanted, bytes_read)?),
        Format::Csv => Box::new(csv::CsvReader::open(file, b',', wanted, bytes_read)?),
        Format::Tsv => Box::new(csv::CsvReader::open(file, b'\t', wanted, bytes_read)?),
        Format::JsonLines => Box::new(jsonl::JsonLinesReader::open(file, wanted, bytes_read)?),
    })
}
