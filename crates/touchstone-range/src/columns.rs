//! The same world through narrower eyes: projections of the simulator's log.

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::Schema;
use arrow_select::filter::filter_record_batch;
use clap::ValueEnum;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which columns a detector gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Columns {
    /// Every column, and the tables of accounts and contents
    All,
    /// The same without ip, device, user_agent and session
    NoNetwork,
    /// Likes alone: actor, target, ts, owner
    Owner,
    /// Likes alone: actor, target, ts
    Three,
}

impl Columns {
    /// As written on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NoNetwork => "no-network",
            Self::Owner => "owner",
            Self::Three => "three",
        }
    }

    /// Whether the tables of accounts and contents are given, too.
    #[must_use]
    pub fn has_tables(self) -> bool {
        matches!(self, Self::All | Self::NoNetwork)
    }

    fn keeps(self, column: &str) -> bool {
        match self {
            Self::All => true,
            Self::NoNetwork => !matches!(column, "ip" | "device" | "user_agent" | "session"),
            Self::Owner => matches!(column, "actor" | "target" | "ts" | "owner"),
            Self::Three => matches!(column, "actor" | "target" | "ts"),
        }
    }
}

/// The log of `world` with these columns: the simulator's own file for all, else one written into
/// `folder`, a batch at a time.
///
/// # Errors
/// A file can't be read or written.
pub fn project(world: &Path, columns: Columns, folder: &Path) -> anyhow::Result<PathBuf> {
    let source = world.join("events.parquet");
    if columns == Columns::All {
        return Ok(source);
    }
    let path = folder.join("events.parquet");
    copy(&source, columns, &path).with_context(|| format!("{} from {}", path.display(), source.display()))?;
    Ok(path)
}

fn copy(source: &Path, columns: Columns, path: &Path) -> anyhow::Result<()> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(source)?)?;
    let fields: Vec<_> = reader.schema().fields().iter().cloned().collect();
    // The kind is read to choose by, and not written where only likes are left.
    let likes_alone = !columns.has_tables();
    let read: Vec<usize> = (0..fields.len())
        .filter(|&at| columns.keeps(fields[at].name()) || (likes_alone && fields[at].name() == "kind"))
        .collect();
    let mask = ProjectionMask::roots(reader.parquet_schema(), read.iter().copied());
    let schema = Schema::new(
        read.iter().map(|&at| fields[at].clone()).filter(|field| columns.keeps(field.name())).collect::<Vec<_>>(),
    );
    let schema = Arc::new(schema);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema.clone(), Some(properties))?;
    for batch in reader.with_projection(mask).build()? {
        let batch = batch?;
        let batch = if likes_alone { likes(&batch)? } else { batch };
        let columns = schema.fields().iter().map(|field| batch.column_by_name(field.name()).cloned());
        let columns = columns.collect::<Option<Vec<_>>>().context("a column went missing")?;
        writer.write(&RecordBatch::try_new(schema.clone(), columns)?)?;
    }
    writer.close()?;
    Ok(())
}

fn likes(batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let kinds = batch.column_by_name("kind").context("no column \"kind\"")?.as_string::<i32>();
    let kept: BooleanArray = kinds.iter().map(|kind| Some(kind == Some("like"))).collect();
    Ok(filter_record_batch(batch, &kept)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchstone_sim::log::Log;
    use touchstone_sim::{Scenario, SimulateOptions, simulate};

    #[test]
    fn projections_keep_likes_and_drop_what_they_must() {
        let folder = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::load("mixed").unwrap();
        (scenario.users, scenario.days) = (300, 2);
        let report = simulate(&SimulateOptions { scenario, seed: 1, out: folder.path().into() }).unwrap();
        let columns = |path: &Path| -> Vec<String> {
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
            reader.schema().fields().iter().map(|field| field.name().clone()).collect()
        };
        for (set, rows, names) in [
            (Columns::All, report.events, 12),
            (Columns::NoNetwork, report.events, 8),
            (Columns::Owner, report.likes, 4),
            (Columns::Three, report.likes, 3),
        ] {
            let to = folder.path().join(set.name());
            std::fs::create_dir(&to).unwrap();
            let path = project(folder.path(), set, &to).unwrap();
            let log = Log::read(&path, &touchstone_event::mapping::Mapping::default()).unwrap();
            // Some clients send a row twice.
            let found = log.events.len() as u64;
            assert!(found >= rows && found <= rows + rows / 10, "{set:?}: {found} rows of {rows} events");
            assert_eq!(columns(&path).len(), names, "{set:?}: {:?}", columns(&path));
            assert_eq!(log.has_kind, set.has_tables());
        }
    }
}
