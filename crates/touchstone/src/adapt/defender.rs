//! The defender: `touchstone detect` on a round's files, and its findings read back.

use crate::command::hash_key;
use crate::exit::Failure;
use crate::job::Job;
use anyhow::{Context, anyhow};
use arrow_array::{Array, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::{Path, PathBuf};
use touchstone_detect::findings::Verdict;
use touchstone_detect::params::Params;
use touchstone_engine::store::IngestOptions;
use touchstone_engine::write::table::Format;
use touchstone_sim::adapt::{Exhibit, Judged, Judgement};

/// The detector at one level. It knows what a platform knows: nothing of the world's making.
pub(crate) struct Defender {
    params: Params,
    findings: PathBuf,
}

impl Defender {
    /// Puts the findings of one round at a time into `scratch`.
    pub(crate) fn new(fdr: f64, scratch: &Path) -> Self {
        Self { params: Params { fdr, ..Params::default() }, findings: scratch.join("findings") }
    }

    /// Detects.
    pub(crate) fn judge(&mut self, exhibit: &Exhibit) -> Result<Judgement, Failure> {
        let mut ingest = IngestOptions::new(vec![exhibit.events.clone()], PathBuf::new());
        ingest.accounts = Some(exhibit.accounts.clone());
        ingest.contents = Some(exhibit.contents.clone());
        ingest.hash_key = hash_key(self.params.seed)?;
        let job = Job {
            ingest,
            params: self.params.clone(),
            rank: None,
            out: self.findings.clone(),
            format: Format::Parquet,
            threads: None,
            quiet: true,
            title: "arms race".into(),
        };
        job.run()?;
        read(&self.findings).map_err(Failure::Internal)
    }
}

/// What the findings in a folder say of likes and accounts.
fn read(folder: &Path) -> anyhow::Result<Judgement> {
    let mut judgement = Judgement::default();
    each(&folder.join("likes.parquet"), &["actor", "target", "p_fake"], |batch| {
        let (actor, target): (&StringArray, &StringArray) = (column(batch, "actor")?, column(batch, "target")?);
        let discounted: &Float64Array = column(batch, "p_fake")?;
        judgement.likes.extend((0..batch.num_rows()).map(|row| Judged {
            actor: actor.value(row).to_owned(),
            target: target.value(row).to_owned(),
            discounted: discounted.value(row),
        }));
        Ok(())
    })?;
    each(&folder.join("accounts.parquet"), &["account", "verdict"], |batch| {
        let (account, verdict): (&StringArray, &StringArray) = (column(batch, "account")?, column(batch, "verdict")?);
        let accused = (0..batch.num_rows()).filter(|&row| verdict.value(row) == Verdict::Inauthentic.as_str());
        judgement.accused.extend(accused.map(|row| account.value(row).to_owned()));
        Ok(())
    })?;
    Ok(judgement)
}

fn each(path: &Path, names: &[&str], mut work: impl FnMut(&RecordBatch) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let unreadable = || format!("{}: cannot be read back", path.display());
    let file = File::open(path).with_context(unreadable)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).with_context(unreadable)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    for batch in builder.with_projection(mask).build().with_context(unreadable)? {
        work(&batch.with_context(unreadable)?).with_context(unreadable)?;
    }
    Ok(())
}

fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a T> {
    let array = batch.column_by_name(name).and_then(|array| array.as_any().downcast_ref());
    array.ok_or_else(|| anyhow!("column {name} is not of the type of the contract"))
}
