//! A baseline's verdicts in the form of findings, so that one evaluation serves all.

use crate::baselines::Verdicts;
use crate::likes::Likes;
use anyhow::Context;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Writes accounts.parquet (account, verdict, evidence_bits, ring): one row an account that liked.
/// The score stands where the detector has its bits; only its order means anything.
///
/// # Errors
/// The folder can't be written.
pub fn write(likes: &Likes, verdicts: &Verdicts, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join("accounts.parquet");
    write_accounts(likes, verdicts, &path).with_context(|| format!("{}: cannot be written", path.display()))
}

fn write_accounts(likes: &Likes, verdicts: &Verdicts, path: &Path) -> anyhow::Result<()> {
    let given = likes.given();
    let active: Vec<usize> = (0..given.len()).filter(|&account| given[account] > 0).collect();
    let of = |account: &usize| if verdicts.accused[*account] { "inauthentic" } else { "organic" };
    let ring = |account: &usize| verdicts.rings[*account].map(|ring| format!("r{ring}"));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(active.iter().map(|&account| &likes.accounts[account]))),
        Arc::new(StringArray::from_iter_values(active.iter().map(of))),
        Arc::new(Float64Array::from_iter_values(active.iter().map(|&account| verdicts.scores[account]))),
        Arc::new(StringArray::from_iter(active.iter().map(ring))),
    ];
    let schema = Arc::new(Schema::new(vec![
        Field::new("account", DataType::Utf8, false),
        Field::new("verdict", DataType::Utf8, false),
        Field::new("evidence_bits", DataType::Float64, false),
        Field::new("ring", DataType::Utf8, true),
    ]));
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema.clone(), None)?;
    writer.write(&RecordBatch::try_new(schema, columns)?)?;
    writer.close()?;
    Ok(())
}
