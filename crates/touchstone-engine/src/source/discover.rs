//! Which files an input means.

use crate::store::{IngestError, SkippedFile};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Parquet,
    Csv,
    Tsv,
    JsonLines,
}

/// What is around a text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// A file to be read.
#[derive(Clone, Debug)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    /// The file as the user named it.
    pub(crate) name: String,
    pub(crate) format: Format,
    pub(crate) compression: Compression,
    pub(crate) size_bytes: u64,
}

impl InputFile {
    /// Format and compression, as an extension.
    pub(crate) fn format_name(&self) -> String {
        let format = match self.format {
            Format::Parquet => "parquet",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::JsonLines => "jsonl",
        };
        let around = match self.compression {
            Compression::None => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        };
        format!("{format}{around}")
    }

    /// One file given by the user.
    pub(crate) fn new(path: &Path) -> Result<Self, IngestError> {
        let metadata = std::fs::metadata(path).map_err(|e| IngestError::open(path, e))?;
        let (format, compression) =
            by_extension(path).ok_or_else(|| IngestError::UnknownFormat { path: path.to_owned() })?;
        if metadata.is_file() && metadata.len() == 0 {
            return Err(IngestError::Empty { path: path.to_owned() });
        }
        Ok(Self {
            path: path.to_owned(),
            name: path.display().to_string(),
            format,
            compression,
            size_bytes: metadata.len(),
        })
    }
}

fn by_extension(path: &Path) -> Option<(Format, Compression)> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let (stem, compression) = match name.rsplit_once('.')? {
        (stem, "gz") => (stem, Compression::Gzip),
        (stem, "zst" | "zstd") => (stem, Compression::Zstd),
        _ => (name.as_str(), Compression::None),
    };
    let format = match stem.rsplit_once('.')?.1 {
        // Parquet compresses its own pages; a compressed Parquet file cannot be read from its end.
        "parquet" | "pq" if compression == Compression::None => Format::Parquet,
        "csv" => Format::Csv,
        "tsv" => Format::Tsv,
        "jsonl" | "ndjson" | "json" => Format::JsonLines,
        _ => return None,
    };
    Some((format, compression))
}

/// The files meant by `inputs`, in the order given, folders by path; and those left out.
pub(crate) fn discover(inputs: &[PathBuf]) -> Result<(Vec<InputFile>, Vec<SkippedFile>), IngestError> {
    if inputs.is_empty() {
        return Err(IngestError::NoInput);
    }
    let mut files = Vec::new();
    let mut skipped = Vec::new();
    let mut seen = BTreeSet::new();
    for input in inputs {
        let metadata = std::fs::metadata(input).map_err(|e| IngestError::open(input, e))?;
        if !metadata.is_dir() {
            add(InputFile::new(input)?, &mut files, &mut skipped, &mut seen);
            continue;
        }
        let mut inside = Vec::new();
        walk(input, &mut inside, &mut BTreeSet::new())?;
        inside.sort();
        let before = (files.len(), skipped.len());
        for path in inside {
            if is_hidden(&path) {
                skipped.push(SkippedFile { name: path.display().to_string(), why: "hidden".to_owned() });
            } else if by_extension(&path).is_none() {
                skipped.push(SkippedFile { name: path.display().to_string(), why: "not a known format".to_owned() });
            } else {
                add(InputFile::new(&path)?, &mut files, &mut skipped, &mut seen);
            }
        }
        if files.len() == before.0 && seen.is_empty() {
            return Err(IngestError::EmptyFolder { path: input.clone(), skipped: skipped.len() - before.1 });
        }
    }
    Ok((files, skipped))
}

/// Leftovers of writers, such as `_SUCCESS`, `._x` and `.part-0.crc`.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b".") || n.as_encoded_bytes().starts_with(b"_"))
}

fn add(file: InputFile, files: &mut Vec<InputFile>, skipped: &mut Vec<SkippedFile>, seen: &mut BTreeSet<PathBuf>) {
    // A file named twice, or named beside its folder, is still one file.
    let real = std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
    if seen.insert(real) {
        files.push(file);
    } else {
        skipped.push(SkippedFile { name: file.name, why: "named twice".to_owned() });
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>, open: &mut BTreeSet<PathBuf>) -> Result<(), IngestError> {
    let fail = |e| IngestError::open(folder, e);
    // Links may lead back to a folder that is being walked.
    let real = std::fs::canonicalize(folder).map_err(fail)?;
    if !open.insert(real.clone()) {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let metadata = std::fs::metadata(&path).map_err(|e| IngestError::open(&path, e))?;
        if metadata.is_dir() {
            walk(&path, files, open)?;
        } else {
            files.push(path);
        }
    }
    open.remove(&real);
    Ok(())
}
