//! CSV and TSV.

use super::discover::InputFile;
use super::{CHUNK_ROWS_MAX, Chunk, Fault, Inspection, Lines, Reader, Wanted, bytes};
use crate::store::IngestError;
use arrow_array::ArrayRef;
use arrow_array::builder::LargeStringBuilder;
use csv::ByteRecord;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use touchstone_event::reject::{Reason, VALUE_CHARS_MAX, cut};
use touchstone_event::time::{UnitVotes, read_text};

/// Bytes of a chunk after which it is handed on, so that long fields do not pile up.
const CHUNK_BYTES_MAX: usize = 16 << 20;

/// A reject that spans so many lines is no row with a line too many, but a quote that was never
/// closed and swallows the rest of the file.
const RECORD_LINES_MAX: u64 = 1000;

/// Reads records one after the other.
struct Records {
    path: PathBuf,
    compression: super::discover::Compression,
    /// The file and one more line feed, so that every record ends with one.
    reader: csv::Reader<std::io::Chain<Box<dyn Read + Send>, &'static [u8]>>,
    header: Vec<String>,
    record: ByteRecord,
    /// Line on which the record, or blank lines before it, begin.
    line_before: u64,
}

impl Records {
    fn open(file: &InputFile, delimiter: u8, count: &Arc<AtomicU64>) -> Result<Self, IngestError> {
        Self::new(file, delimiter, bytes::open(file, count)?)
    }

    fn new(file: &InputFile, delimiter: u8, input: Box<dyn Read + Send>) -> Result<Self, IngestError> {
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(1 << 18)
            .from_reader(input.chain(b"\n".as_slice()));
        let mut records = Self {
            path: file.path.clone(),
            compression: file.compression,
            reader,
            header: Vec::new(),
            record: ByteRecord::new(),
            line_before: 1,
        };
        if !records.next()? {
            return Err(IngestError::Empty { path: records.path });
        }
        bytes::refuse_utf16(&records.path, records.record.get(0).unwrap_or_default())?;
        let header = records.record.iter().map(|name| std::str::from_utf8(name).map(|n| n.trim().to_owned()));
        records.header = header.collect::<Result<_, _>>().map_err(|_| IngestError::Damaged {
            path: records.path.clone(),
            what: "the header is not UTF-8".to_owned(),
            remedy: "save the file as UTF-8, for instance with iconv -t UTF-8",
        })?;
        Ok(records)
    }

    /// Reads the next record; false at the end. Blank lines are no records.
    fn next(&mut self) -> Result<bool, IngestError> {
        loop {
            self.line_before = self.reader.position().line();
            let more = self.reader.read_byte_record(&mut self.record).map_err(|e| match e.into_kind() {
                csv::ErrorKind::Io(source) => bytes::damaged(&self.path, self.compression, source),
                other => IngestError::Damaged {
                    path: self.path.clone(),
                    what: format!("cannot be read as CSV ({other:?})"),
                    remedy: "export the file again",
                },
            })?;
            // Lines end with a line feed alone, so that lines can be counted; a carriage return
            // before it stays behind in the last field.
            if more && self.record.as_slice().ends_with(b"\r") {
                if self.record.len() == 1 && self.record.as_slice() == b"\r" {
                    continue;
                }
                let last = self.record.len() - 1;
                let shorter = self.record[last].strip_suffix(b"\r").unwrap_or_default().to_vec();
                self.record.truncate(last);
                self.record.push_field(&shorter);
            }
            return Ok(more);
        }
    }

    /// Line feeds inside the record.
    fn line_feeds(&self) -> u64 {
        self.record.as_slice().iter().filter(|&&b| b == b'\n').count() as u64
    }

    /// Physical line on which the record starts: the reader stands on the line after it, except
    /// where an open quote swallowed the last line feed.
    fn line(&self) -> u64 {
        self.reader.position().line().saturating_sub(self.line_feeds() + 1).max(self.line_before)
    }

    fn places(&self, wanted: &[Wanted]) -> Result<Vec<Option<usize>>, IngestError> {
        let place = |w: &Wanted| {
            let mut places = self.header.iter().enumerate().filter(|(_, name)| **name == w.name).map(|(i, _)| i);
            let first = places.next();
            match places.next() {
                Some(_) => Err(IngestError::TwiceColumn { path: self.path.clone(), column: w.name.clone() }),
                None => Ok(first),
            }
        };
        wanted.iter().map(place).collect()
    }
}

/// Looks at the header and, for the unit of bare numbers, at all times.
pub(crate) fn inspect(
    file: &InputFile,
    delimiter: u8,
    wanted: &[Wanted],
    vote: bool,
) -> Result<Inspection, IngestError> {
    let mut records = Records::open(file, delimiter, &Arc::default())?;
    let places = records.places(wanted)?;
    let mut votes = vec![UnitVotes::default(); wanted.len()];
    let times: Vec<(usize, usize)> = wanted
        .iter()
        .zip(&places)
        .enumerate()
        .filter(|(_, (w, _))| w.time)
        .filter_map(|(i, (_, p))| p.map(|p| (i, p)))
        .collect();
    if vote && !times.is_empty() {
        let fields = records.header.len();
        while records.next()? {
            if records.record.len() != fields {
                continue;
            }
            for &(i, place) in &times {
                let cell = records.record.get(place).and_then(|c| std::str::from_utf8(c).ok());
                if let Some(raw) = cell.and_then(read_text) {
                    votes[i].add(raw);
                }
            }
        }
    }
    Ok(Inspection {
        found: records.header,
        present: places.iter().map(Option::is_some).collect(),
        types: vec![None; wanted.len()],
        votes,
        no_rows: false,
    })
}

/// Reads a CSV or TSV file.
pub(crate) struct CsvReader {
    records: Records,
    /// Where in a record each wanted column is.
    places: Vec<Option<usize>>,
    delimiter: u8,
}

impl CsvReader {
    pub(crate) fn open(
        file: &InputFile,
        delimiter: u8,
        wanted: &[Wanted],
        count: &Arc<AtomicU64>,
    ) -> Result<Self, IngestError> {
        let records = Records::open(file, delimiter, count)?;
        let places = records.places(wanted)?;
        Ok(Self { records, places, delimiter })
    }

    /// The record in one line, for people.
    fn excerpt(&self) -> String {
        let mut text = String::new();
        for (i, field) in self.records.record.iter().enumerate() {
            if i > 0 {
                text.push(char::from(self.delimiter));
            }
            text.push_str(&String::from_utf8_lossy(&field[..field.len().min(4 * VALUE_CHARS_MAX)]));
            if text.len() > 4 * VALUE_CHARS_MAX {
                break;
            }
        }
        cut(&text)
    }
}

impl Reader for CsvReader {
    fn next_chunks(&mut self) -> Result<Vec<Chunk>, IngestError> {
        let mut builders: Vec<Option<LargeStringBuilder>> =
            self.places.iter().map(|p| p.map(|_| LargeStringBuilder::new())).collect();
        let mut lines = Vec::new();
        let mut faults = Vec::new();
        let mut bytes = 0;
        let fields = self.records.header.len();
        while lines.len() + faults.len() < CHUNK_ROWS_MAX && bytes < CHUNK_BYTES_MAX {
            if !self.records.next()? {
                break;
            }
            let line = self.records.line();
            let record = &self.records.record;
            if record.len() != fields {
                let feeds = self.records.line_feeds();
                if feeds > RECORD_LINES_MAX {
                    return Err(IngestError::Damaged {
                        path: self.records.path.clone(),
                        what: format!(
                            "the row that starts on line {line} goes on for {feeds} lines: a quote is not closed"
                        ),
                        remedy: "correct that line, or export the file again",
                    });
                }
                faults.push(Fault { line, reason: Reason::WrongFieldCount, value: self.excerpt() });
                continue;
            }
            let readable = self.places.iter().flatten().all(|&p| std::str::from_utf8(&record[p]).is_ok());
            if !readable {
                faults.push(Fault { line, reason: Reason::InvalidUtf8, value: self.excerpt() });
                continue;
            }
            for (builder, place) in builders.iter_mut().zip(&self.places) {
                if let (Some(builder), Some(place)) = (builder, place) {
                    let cell = std::str::from_utf8(&record[*place]).unwrap_or_default();
                    bytes += cell.len();
                    builder.append_value(cell);
                }
            }
            lines.push(line);
        }
        if lines.is_empty() && faults.is_empty() {
            return Ok(Vec::new());
        }
        let columns = builders.into_iter().map(|b| b.map(|mut b| Arc::new(b.finish()) as ArrayRef)).collect();
        Ok(vec![Chunk { rows: lines.len(), columns, lines: Lines::Each(lines), faults }])
    }
}
