//! Parquet.
//!
//! Row groups are decoded side by side, a few at a time, and within each of them the columns. Text
//! comes as views into the pages, or as a dictionary where all its pages are dictionary encoded.

use super::discover::InputFile;
use super::{CHUNK_ROWS_MAX, Chunk, Inspection, Lines, Reader, Wanted, column};
use crate::store::IngestError;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Encoding;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;
use rayon::prelude::*;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use touchstone_event::time::{TimeUnit, UnitVotes};

/// Row groups decoded at once, at most: each holds pages of all its columns.
const LANES_MAX: usize = 8;

/// What is known from the footer.
struct Footer {
    metadata: ArrowReaderMetadata,
    /// Position of each wanted column among the columns of the file.
    places: Vec<Option<usize>>,
}

impl Footer {
    fn read(file: &InputFile, wanted: &[Wanted]) -> Result<Self, IngestError> {
        let path = &file.path;
        let opened = File::open(path).map_err(|e| IngestError::open(path, e))?;
        let plain = guard(path, || ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new()))?;
        let places = places(path, plain.schema(), wanted)?;
        let chosen = Arc::new(Schema::new(text_types(&plain, &places)));
        let options = ArrowReaderOptions::new().with_schema(chosen);
        let metadata = guard(path, || ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options))?;
        Ok(Self { metadata, places })
    }

    /// The chunks of a column, where it is a plain one.
    fn chunks(&self, place: usize) -> impl Iterator<Item = &ColumnChunkMetaData> {
        let leaf = leaf_of(&self.metadata, place);
        self.metadata.metadata().row_groups().iter().filter_map(move |group| leaf.and_then(|l| group.columns().get(l)))
    }
}

fn places(path: &Path, schema: &Schema, wanted: &[Wanted]) -> Result<Vec<Option<usize>>, IngestError> {
    let place = |w: &Wanted| {
        let mut places = schema.fields().iter().enumerate().filter(|(_, f)| *f.name() == w.name).map(|(i, _)| i);
        let first = places.next();
        match places.next() {
            Some(_) => Err(IngestError::TwiceColumn { path: path.to_owned(), column: w.name.clone() }),
            None => Ok(first),
        }
    };
    wanted.iter().map(place).collect()
}

/// The leaf column of a column that has just one.
fn leaf_of(metadata: &ArrowReaderMetadata, place: usize) -> Option<usize> {
    let schema = metadata.parquet_schema();
    let mut leaves = (0..schema.num_columns()).filter(|&leaf| schema.get_column_root_idx(leaf) == place);
    let first = leaves.next();
    if leaves.next().is_some() { None } else { first }
}

/// The fields of the file with text in the shape that is cheapest to intern.
fn text_types(metadata: &ArrowReaderMetadata, places: &[Option<usize>]) -> Vec<Arc<Field>> {
    let mut fields: Vec<Arc<Field>> = metadata.schema().fields().iter().cloned().collect();
    for &place in places.iter().flatten() {
        let is_text = match fields[place].data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, value) => {
                matches!(**value, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
            }
            _ => false,
        };
        if !is_text {
            continue;
        }
        let leaf = leaf_of(metadata, place);
        let groups = metadata.metadata().row_groups();
        let all_dictionary = !groups.is_empty()
            && groups.iter().all(|g| leaf.and_then(|l| g.columns().get(l)).is_some_and(is_dictionary_encoded));
        let kind = if all_dictionary {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        } else {
            DataType::Utf8View
        };
        fields[place] = Arc::new(fields[place].as_ref().clone().with_data_type(kind));
    }
    fields
}

fn is_dictionary_encoded(chunk: &ColumnChunkMetaData) -> bool {
    chunk.dictionary_page_offset().is_some()
        && chunk
            .page_encoding_stats_mask()
            .is_some_and(|m| m.is_only(Encoding::PLAIN_DICTIONARY) || m.is_only(Encoding::RLE_DICTIONARY))
}

/// Runs a part of the decoder. Damaged pages may make it panic: to the user that is a damaged file.
fn guard<T, E: std::fmt::Display>(path: &Path, decode: impl FnOnce() -> Result<T, E>) -> Result<T, IngestError> {
    let what = match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(e)) => format!("not a readable Parquet file ({e})"),
        Err(_) => "not a readable Parquet file (its pages are damaged)".to_owned(),
    };
    Err(IngestError::Damaged {
        path: path.to_owned(),
        what,
        remedy: "it may be truncated: copy or export it again; if it is another format, rename it",
    })
}

/// One column of one row group.
fn read_column(
    path: &Path,
    metadata: &ArrowReaderMetadata,
    group: usize,
    place: usize,
) -> Result<ParquetRecordBatchReader, IngestError> {
    // Each reader has a file of its own: clones of one share their position.
    let file = File::open(path).map_err(|e| IngestError::open(path, e))?;
    guard(path, || {
        let mask = ProjectionMask::roots(metadata.parquet_schema(), [place]);
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(CHUNK_ROWS_MAX)
            .build()
    })
}

/// The next batch of a column, in one of the shapes of [`column`].
fn next_array(path: &Path, reader: &mut ParquetRecordBatchReader) -> Result<Option<ArrayRef>, IngestError> {
    let Some(batch) = guard(path, || reader.next().transpose())? else { return Ok(None) };
    let Some(array) = batch.columns().first() else { return Ok(None) };
    column::shape(array).map(Some).ok_or_else(|| IngestError::Damaged {
        path: path.to_owned(),
        what: format!(
            "column \"{}\" is {}, which is of no use here",
            batch.schema().field(0).name(),
            array.data_type()
        ),
        remedy: "convert it to text, numbers or truth values",
    })
}

/// Looks at the footer, and at the times where the footer does not tell their unit.
pub(crate) fn inspect(file: &InputFile, wanted: &[Wanted], vote: bool) -> Result<Inspection, IngestError> {
    let footer = Footer::read(file, wanted)?;
    let schema = footer.metadata.schema();
    let types: Vec<Option<DataType>> =
        footer.places.iter().map(|p| p.map(|p| schema.field(p).data_type().clone())).collect();
    let mut votes = vec![UnitVotes::default(); wanted.len()];
    for (i, place) in footer.places.iter().enumerate() {
        if let (true, true, Some(place)) = (vote, wanted[i].time, place) {
            votes[i] = vote_on(file, &footer, *place, types[i].as_ref())?;
        }
    }
    Ok(Inspection {
        found: schema.fields().iter().map(|f| f.name().clone()).collect(),
        present: footer.places.iter().map(Option::is_some).collect(),
        types,
        votes,
        no_rows: false,
    })
}

fn vote_on(file: &InputFile, footer: &Footer, place: usize, kind: Option<&DataType>) -> Result<UnitVotes, IngestError> {
    if kind.is_none_or(|k| !(k.is_integer() || k.is_floating() || is_text(k))) {
        return Ok(UnitVotes::default());
    }
    if let Some(unit) = unit_by_statistics(footer, place) {
        let mut votes = UnitVotes::default();
        votes.add_many(unit, 1);
        return Ok(votes);
    }
    let groups = 0..footer.metadata.metadata().num_row_groups();
    let parts: Result<Vec<UnitVotes>, IngestError> = groups
        .into_par_iter()
        .map(|group| {
            let mut votes = UnitVotes::default();
            let mut reader = read_column(&file.path, &footer.metadata, group, place)?;
            while let Some(array) = next_array(&file.path, &mut reader)? {
                let cells = column::Cells::new(&array);
                (0..array.len()).filter_map(|row| cells.time(row).ok().flatten()).for_each(|raw| votes.add(raw));
            }
            Ok(votes)
        })
        .collect();
    let mut votes = UnitVotes::default();
    parts?.iter().for_each(|part| votes.merge(part));
    Ok(votes)
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8View | DataType::Dictionary(..))
}

/// The unit, where the smallest and the largest number of every row group agree on it.
fn unit_by_statistics(footer: &Footer, place: usize) -> Option<TimeUnit> {
    let mut unit = None;
    for chunk in footer.chunks(place) {
        let (low, high) = match chunk.statistics()? {
            Statistics::Int32(s) => (i64::from(*s.min_opt()?), i64::from(*s.max_opt()?)),
            Statistics::Int64(s) => (*s.min_opt()?, *s.max_opt()?),
            _ => return None,
        };
        let of = |n: i64| TimeUnit::of_magnitude(n.unsigned_abs());
        // On both sides of zero there may be anything between.
        if (low < 0) != (high < 0) || of(low) != of(high) || unit.is_some_and(|u| u != of(low)) {
            return None;
        }
        unit = Some(of(low));
    }
    unit
}

/// A row group that is being decoded.
struct Lane {
    next_line: u64,
    columns: Vec<Option<ParquetRecordBatchReader>>,
    compressed_bytes: u64,
}

/// Reads a Parquet file.
pub(crate) struct ParquetReader {
    file: InputFile,
    footer: Footer,
    next_group: usize,
    next_line: u64,
    lanes: Vec<Lane>,
    bytes_read: Arc<AtomicU64>,
}

impl ParquetReader {
    pub(crate) fn open(file: &InputFile, wanted: &[Wanted], bytes_read: &Arc<AtomicU64>) -> Result<Self, IngestError> {
        let footer = Footer::read(file, wanted)?;
        let bytes_read = Arc::clone(bytes_read);
        Ok(Self { file: file.clone(), footer, next_group: 0, next_line: 1, lanes: Vec::new(), bytes_read })
    }

    fn open_lanes(&mut self) -> Result<(), IngestError> {
        let metadata = &self.footer.metadata;
        let groups = metadata.metadata().row_groups();
        let lanes = rayon::current_num_threads().clamp(1, LANES_MAX);
        while self.lanes.len() < lanes && self.next_group < groups.len() {
            let group = &groups[self.next_group];
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            let open = |place: &Option<usize>| {
                place.map(|p| read_column(&self.file.path, metadata, self.next_group, p)).transpose()
            };
            let compressed = u64::try_from(group.compressed_size()).unwrap_or(0);
            if rows > 0 {
                self.lanes.push(Lane {
                    next_line: self.next_line,
                    columns: self.footer.places.iter().map(open).collect::<Result<_, _>>()?,
                    compressed_bytes: compressed,
                });
            }
            self.next_line += rows;
            self.next_group += 1;
        }
        Ok(())
    }
}

impl Lane {
    /// The next rows of all columns; none at the end of the row group.
    fn next(&mut self, path: &Path) -> Result<Option<Chunk>, IngestError> {
        let arrays: Vec<Option<Option<ArrayRef>>> = self
            .columns
            .par_iter_mut()
            .map(|reader| reader.as_mut().map(|r| next_array(path, r)).transpose())
            .collect::<Result<_, _>>()?;
        let mut present = arrays.iter().flatten();
        let rows = present.next().and_then(|first| first.as_ref().map(|a| a.len()));
        if arrays.iter().flatten().any(|a| a.as_ref().map(|a| a.len()) != rows) {
            return Err(IngestError::Damaged {
                path: path.to_owned(),
                what: "its columns have different numbers of rows".to_owned(),
                remedy: "export the file again",
            });
        }
        let Some(rows) = rows else { return Ok(None) };
        let lines = Lines::From(self.next_line);
        self.next_line += rows as u64;
        let columns = arrays.into_iter().map(Option::flatten).collect();
        Ok(Some(Chunk { rows, columns, lines, faults: Vec::new() }))
    }
}

impl Reader for ParquetReader {
    fn next_chunks(&mut self) -> Result<Vec<Chunk>, IngestError> {
        loop {
            if self.lanes.is_empty() {
                self.open_lanes()?;
            }
            if self.lanes.is_empty() {
                return Ok(Vec::new());
            }
            let path = &self.file.path;
            let chunks: Vec<Option<Chunk>> =
                self.lanes.par_iter_mut().map(|lane| lane.next(path)).collect::<Result<_, _>>()?;
            let mut going = chunks.iter().map(Option::is_some);
            let count = &self.bytes_read;
            self.lanes.retain(|lane| {
                let more = going.next().unwrap_or(false);
                if !more {
                    count.fetch_add(lane.compressed_bytes, Ordering::Relaxed);
                }
                more
            });
            let chunks: Vec<Chunk> = chunks.into_iter().flatten().collect();
            if !chunks.is_empty() {
                return Ok(chunks);
            }
        }
    }

    fn in_order(&self) -> bool {
        self.lanes.is_empty()
    }
}
