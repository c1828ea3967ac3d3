//! A table of findings or truth, row by row, from Parquet or CSV.

use super::EvaluateError;
use crate::source::column::Cells;
use crate::source::discover::InputFile;
use crate::source::{self, Chunk, Reader, Wanted};
use arrow_array::Array;
use arrow_array::ArrayRef;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchstone_event::when::Value;

/// The table of this name in a folder, in whichever format it is there.
pub(crate) fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    ["parquet", "csv"].into_iter().map(|e| folder.join(format!("{name}.{e}"))).find(|p| p.is_file())
}

/// A table that is being read. Its columns are numbered: first those that must be there.
pub(crate) struct Table {
    pub(crate) path: PathBuf,
    names: Vec<&'static str>,
    present: Vec<bool>,
    reader: Option<Box<dyn Reader>>,
}

impl Table {
    /// Opens a file and checks its columns.
    pub(crate) fn open(path: &Path, must: &[&'static str], may: &[&'static str]) -> Result<Self, EvaluateError> {
        let file = InputFile::new(path)?;
        let names: Vec<&'static str> = must.iter().chain(may).copied().collect();
        let wanted: Vec<Wanted> =
            names.iter().map(|n| Wanted { name: (*n).to_owned(), must: false, time: false }).collect();
        let inspection = source::inspect(&file, &wanted, false)?;
        if let Some(missing) = (0..must.len()).find(|c| !inspection.present[*c]) {
            let column = names[missing].to_owned();
            return Err(EvaluateError::NoColumn { path: path.to_owned(), column, found: inspection.found });
        }
        let reader = (!inspection.no_rows).then(|| source::open(&file, &wanted, &Arc::default())).transpose()?;
        Ok(Self { path: path.to_owned(), names, present: inspection.present, reader })
    }

    /// True if the file has the column.
    pub(crate) fn has(&self, column: usize) -> bool {
        self.present[column]
    }

    /// The next rows, a few chunks of the file at a time; none at its end. Chunks may come out of
    /// order: rows have numbers.
    pub(crate) fn next(&mut self) -> Result<Vec<Rows>, EvaluateError> {
        let Some(reader) = &mut self.reader else { return Ok(Vec::new()) };
        let chunks = reader.next_chunks()?;
        if let Some(fault) = chunks.iter().flat_map(|c| &c.faults).next() {
            return Err(EvaluateError::Cell {
                path: self.path.clone(),
                row: fault.line,
                column: self.names.join(", "),
                value: format!("{:?} ({})", fault.value, fault.reason),
                wanted: "a row that can be read",
            });
        }
        Ok(chunks.into_iter().map(|chunk| Rows::new(self, chunk)).collect())
    }

    /// Calls `take` for every row.
    pub(crate) fn each(
        mut self,
        mut take: impl FnMut(&Rows, usize) -> Result<(), EvaluateError>,
    ) -> Result<(), EvaluateError> {
        loop {
            let some = self.next()?;
            if some.is_empty() {
                return Ok(());
            }
            for rows in some {
                (0..rows.len).try_for_each(|row| take(&rows, row))?;
            }
        }
    }
}

/// Some rows of a table.
pub(crate) struct Rows {
    path: PathBuf,
    names: Vec<&'static str>,
    pub(crate) len: usize,
    columns: Vec<ArrayRef>,
    chunk: Chunk,
}

impl Rows {
    fn new(table: &Table, chunk: Chunk) -> Self {
        let null: ArrayRef = Arc::new(arrow_array::NullArray::new(chunk.rows));
        let columns = chunk.columns.iter().map(|c| c.clone().unwrap_or_else(|| null.clone())).collect();
        Self { path: table.path.clone(), names: table.names.clone(), len: chunk.rows, columns, chunk }
    }

    /// Number of a row of the file, from 1 (in text files its line).
    pub(crate) fn line(&self, row: usize) -> u64 {
        self.chunk.lines.of(row)
    }

    pub(crate) fn cells(&self, column: usize) -> Cells<'_> {
        Cells::new(&self.columns[column])
    }

    /// Text, if there is any.
    pub(crate) fn text(&self, column: usize, row: usize) -> Option<Cow<'_, str>> {
        self.cells(column).text(row)
    }

    /// A name that must be there.
    pub(crate) fn name(&self, column: usize, row: usize) -> Result<Cow<'_, str>, EvaluateError> {
        self.text(column, row).ok_or_else(|| self.bad(column, row, "a name"))
    }

    /// A finite number; none where the cell is empty.
    pub(crate) fn number(&self, column: usize, row: usize) -> Result<Option<f64>, EvaluateError> {
        let number = match self.cells(column).value(row) {
            Value::Null => return Ok(None),
            Value::Int(i) => Some(i as f64),
            Value::Float(x) => Some(x),
            Value::Text(t) if t.trim().is_empty() => return Ok(None),
            Value::Text(t) => t.trim().parse().ok(),
            Value::Bool(_) => None,
        };
        number.filter(|x| x.is_finite()).map(Some).ok_or_else(|| self.bad(column, row, "a finite number"))
    }

    /// A count that must be there.
    pub(crate) fn count(&self, column: usize, row: usize) -> Result<u64, EvaluateError> {
        let number = self.number(column, row)?;
        let whole = number.filter(|x| *x >= 0.0 && x.fract() == 0.0 && *x < 9e15);
        whole.map(|x| x as u64).ok_or_else(|| self.bad(column, row, "a whole number from 0 up"))
    }

    /// A time that must be there, in microseconds since 1970 UTC.
    pub(crate) fn time(&self, column: usize, row: usize) -> Result<i64, EvaluateError> {
        match self.cells(column) {
            Cells::Time(times) if !times.is_null(row) => Ok(times.value(row)),
            _ => Err(self.bad(column, row, "a timestamp")),
        }
    }

    /// A truth value that must be there.
    pub(crate) fn flag(&self, column: usize, row: usize) -> Result<bool, EvaluateError> {
        match self.cells(column).value(row) {
            Value::Bool(b) => Ok(b),
            Value::Text("true") => Ok(true),
            Value::Text("false") => Ok(false),
            _ => Err(self.bad(column, row, "true or false")),
        }
    }

    /// That a cell makes no sense.
    pub(crate) fn bad(&self, column: usize, row: usize, wanted: &'static str) -> EvaluateError {
        EvaluateError::Cell {
            path: self.path.clone(),
            row: self.line(row),
            column: self.names[column].to_owned(),
            value: self.text(column, row).map_or_else(|| "empty".to_owned(), |t| format!("\"{t}\"")),
            wanted,
        }
    }

    /// That a row is there twice.
    pub(crate) fn twice(&self, row: usize, what: &'static str, name: &str) -> EvaluateError {
        EvaluateError::Twice { path: self.path.clone(), row: self.line(row), what, name: name.to_owned() }
    }
}
