//! The report's model as a file beside the findings, so that a page can be drawn again, and cases shown elsewhere, without
//! detecting again.

use super::table::WriteError;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use touchstone_detect::findings::ReportModel;

/// Its name in the folder of the findings.
pub const MODEL_FILE: &str = "cases.json.zst";

/// Writes the model into a folder of findings, as JSON compressed with zstd.
///
/// # Errors
/// If the file cannot be written.
pub fn save(model: &ReportModel, findings: &Path) -> Result<(), WriteError> {
    let path = findings.join(MODEL_FILE);
    let fail = |e: std::io::Error| WriteError::new(&path, e);
    let file = File::create(&path).map_err(fail)?;
    let mut out = zstd::Encoder::new(BufWriter::new(file), 3).map_err(fail)?;
    serde_json::to_writer(&mut out, model).map_err(|e| WriteError::new(&path, e))?;
    out.finish().and_then(|mut o| o.flush()).map_err(fail)
}

/// Reads it back.
///
/// # Errors
/// If there is no such file, or it is not one of this version's.
pub fn load(findings: &Path) -> Result<ReportModel, WriteError> {
    let path = findings.join(MODEL_FILE);
    let fail = |e: std::io::Error| WriteError::new(&path, e);
    let input = zstd::Decoder::new(File::open(&path).map_err(fail)?).map_err(fail)?;
    serde_json::from_reader(BufReader::new(input)).map_err(|e| WriteError::new(&path, e))
}
