//! JSON Lines.

use super::discover::{Compression, InputFile};
use super::{Chunk, Fault, Inspection, Lines, Reader, Wanted, bytes};
use crate::store::IngestError;
use arrow_array::ArrayRef;
use arrow_array::builder::LargeStringBuilder;
use rayon::prelude::*;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use touchstone_event::reject::{Reason, VALUE_CHARS_MAX, cut};
use touchstone_event::time::{UnitVotes, read_text};

/// Bytes read before lines are handed to the cores.
const BLOCK_BYTES: usize = 4 << 20;
/// Lines parsed by one task.
const TASK_LINES: usize = 8192;

/// Lines of the file in blocks of some megabytes.
struct Blocks {
    path: PathBuf,
    compression: Compression,
    input: BufReader<Box<dyn Read + Send>>,
    line: u64,
}

/// Some lines: their bytes, and the end of each with its number.
struct Block {
    text: Vec<u8>,
    ends: Vec<usize>,
    first_line: u64,
}

impl Block {
    fn line(&self, i: usize) -> &[u8] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        self.text[start..self.ends[i]].trim_ascii()
    }
}

impl Blocks {
    fn open(file: &InputFile, count: &Arc<AtomicU64>) -> Result<Self, IngestError> {
        let input = BufReader::with_capacity(1 << 18, bytes::open(file, count)?);
        let mut blocks = Self { path: file.path.clone(), compression: file.compression, input, line: 1 };
        let fail = |e| bytes::damaged(&file.path, file.compression, e);
        let start = blocks.input.fill_buf().map_err(fail)?;
        if start.is_empty() {
            return Err(IngestError::Empty { path: file.path.clone() });
        }
        bytes::refuse_utf16(&file.path, start)?;
        let bom = if start.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        if start[bom..].trim_ascii_start().starts_with(b"[") {
            return Err(IngestError::Damaged {
                path: file.path.clone(),
                what: "this is one JSON array, not JSON Lines".to_owned(),
                remedy: "write one object a line, for instance with jq -c '.[]'",
            });
        }
        blocks.input.consume(bom);
        Ok(blocks)
    }

    fn next(&mut self) -> Result<Option<Block>, IngestError> {
        let mut block = Block { text: Vec::with_capacity(BLOCK_BYTES + 4096), ends: Vec::new(), first_line: self.line };
        while block.text.len() < BLOCK_BYTES {
            let n = self
                .input
                .read_until(b'\n', &mut block.text)
                .map_err(|e| bytes::damaged(&self.path, self.compression, e))?;
            if n == 0 {
                break;
            }
            block.ends.push(block.text.len());
        }
        self.line += block.ends.len() as u64;
        Ok((!block.ends.is_empty()).then_some(block))
    }
}

/// One cell of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// No such key, or null.
    Nothing,
    /// Text, or a number or truth value as it is written.
    Text(Cow<'a, str>),
    /// Something that is no text: nested, or a truth value.
    Odd(&'a str),
}

pub(crate) fn cell(raw: &str) -> Cell<'_> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Text<'_>>(raw).map_or(Cell::Odd(raw), |text| Cell::Text(text.0)),
        Some(b'n') => Cell::Nothing,
        Some(b'{' | b'[' | b't' | b'f') => Cell::Odd(raw),
        _ => Cell::Text(Cow::Borrowed(raw)),
    }
}

/// A string, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads an object into the cells of the wanted keys.
struct Row<'w, 'c, 'a> {
    wanted: &'w [Wanted],
    cells: &'c mut [Cell<'a>],
    keys: Option<&'c mut BTreeSet<String>>,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            if let Some(i) = self.wanted.iter().position(|w| w.name == key) {
                self.cells[i] = cell(map.next_value::<&RawValue>()?.get());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if let Some(keys) = self.keys.as_mut().filter(|k| k.len() < KEYS_MAX && !k.contains(key.as_ref())) {
                keys.insert(key.into_owned());
            }
        }
        Ok(())
    }
}

/// Keys remembered for error messages: a log with ids for keys has no end of them.
const KEYS_MAX: usize = 1000;

/// Reads one line into `cells`.
pub(crate) fn read_row<'a>(
    line: &'a [u8],
    wanted: &[Wanted],
    cells: &mut [Cell<'a>],
    keys: Option<&mut BTreeSet<String>>,
) -> Result<(), Reason> {
    cells.fill(Cell::Nothing);
    let text = std::str::from_utf8(line).map_err(|_| Reason::InvalidUtf8)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let row = Row { wanted, cells, keys };
    row.deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(|_| Reason::InvalidJson)
}

/// Which wanted columns some lines have, how they spell times, and all their keys.
#[derive(Clone, Default)]
struct Seen {
    present: Vec<bool>,
    votes: Vec<UnitVotes>,
    keys: BTreeSet<String>,
    rows: u64,
}

impl Seen {
    fn new(wanted: usize) -> Self {
        Self { present: vec![false; wanted], votes: vec![UnitVotes::default(); wanted], keys: BTreeSet::new(), rows: 0 }
    }

    fn merge(mut self, other: &Seen) -> Self {
        for (own, more) in self.present.iter_mut().zip(&other.present) {
            *own |= more;
        }
        for (own, more) in self.votes.iter_mut().zip(&other.votes) {
            own.merge(more);
        }
        self.keys.extend(other.keys.iter().cloned());
        self.rows += other.rows;
        self
    }
}

/// Looks at all lines: a key may appear late, and the unit of times is a property of the file.
pub(crate) fn inspect(file: &InputFile, wanted: &[Wanted], _vote: bool) -> Result<Inspection, IngestError> {
    let mut blocks = Blocks::open(file, &Arc::default())?;
    let mut seen = Seen::new(wanted.len());
    while let Some(block) = blocks.next()? {
        let parts: Vec<Seen> = tasks(&block).into_par_iter().map(|lines| look(&block, lines, wanted)).collect();
        seen = parts.iter().fold(seen, Seen::merge);
    }
    Ok(Inspection {
        found: seen.keys.into_iter().collect(),
        present: seen.present,
        types: vec![None; wanted.len()],
        votes: seen.votes,
        no_rows: seen.rows == 0,
    })
}

fn tasks(block: &Block) -> Vec<std::ops::Range<usize>> {
    let count = block.ends.len();
    (0..count.div_ceil(TASK_LINES)).map(|i| i * TASK_LINES..((i + 1) * TASK_LINES).min(count)).collect()
}

fn look(block: &Block, lines: std::ops::Range<usize>, wanted: &[Wanted]) -> Seen {
    let mut seen = Seen::new(wanted.len());
    let mut cells = vec![Cell::Nothing; wanted.len()];
    for i in lines {
        let line = block.line(i);
        if line.is_empty() {
            continue;
        }
        if read_row(line, wanted, &mut cells, Some(&mut seen.keys)).is_err() {
            continue;
        }
        seen.rows += 1;
        for (i, cell) in cells.iter().enumerate() {
            seen.present[i] |= *cell != Cell::Nothing;
            if let (true, Cell::Text(text)) = (wanted[i].time, cell)
                && let Some(raw) = read_text(text)
            {
                seen.votes[i].add(raw);
            }
        }
    }
    // A key that is always null is there all the same.
    for (present, w) in seen.present.iter_mut().zip(wanted) {
        *present |= seen.keys.contains(&w.name);
    }
    seen
}

/// Reads a JSON Lines file.
pub(crate) struct JsonLinesReader {
    blocks: Blocks,
    wanted: Vec<Wanted>,
}

impl JsonLinesReader {
    pub(crate) fn open(file: &InputFile, wanted: &[Wanted], count: &Arc<AtomicU64>) -> Result<Self, IngestError> {
        Ok(Self { blocks: Blocks::open(file, count)?, wanted: wanted.to_vec() })
    }
}

impl Reader for JsonLinesReader {
    fn next_chunks(&mut self) -> Result<Vec<Chunk>, IngestError> {
        let Some(block) = self.blocks.next()? else { return Ok(Vec::new()) };
        let wanted = &self.wanted;
        Ok(tasks(&block).into_par_iter().map(|lines| read(&block, lines, wanted)).collect())
    }
}

fn read(block: &Block, range: std::ops::Range<usize>, wanted: &[Wanted]) -> Chunk {
    let mut builders: Vec<LargeStringBuilder> = wanted.iter().map(|_| LargeStringBuilder::new()).collect();
    let mut cells = vec![Cell::Nothing; wanted.len()];
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    for i in range {
        let bytes = block.line(i);
        if bytes.is_empty() {
            continue;
        }
        let line = block.first_line + i as u64;
        let excerpt = || cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * VALUE_CHARS_MAX)]));
        if let Err(reason) = read_row(bytes, wanted, &mut cells, None) {
            faults.push(Fault { line, reason, value: excerpt() });
            continue;
        }
        let odd = cells.iter().zip(wanted).find_map(|(cell, w)| match cell {
            Cell::Odd(raw) if w.must => Some(*raw),
            _ => None,
        });
        if let Some(raw) = odd {
            faults.push(Fault { line, reason: Reason::WrongType, value: cut(raw) });
            continue;
        }
        for (builder, cell) in builders.iter_mut().zip(&cells) {
            match cell {
                Cell::Text(text) => builder.append_value(text),
                Cell::Odd(raw) if matches!(raw.as_bytes().first(), Some(b't' | b'f')) => builder.append_value(raw),
                Cell::Odd(_) | Cell::Nothing => builder.append_null(),
            }
        }
        lines.push(line);
    }
    let columns = builders.into_iter().map(|mut b| Some(Arc::new(b.finish()) as ArrayRef)).collect();
    Chunk { rows: lines.len(), columns, lines: Lines::Each(lines), faults }
}
