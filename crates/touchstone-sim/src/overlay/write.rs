//! The files of an overlay.

use std::fs::File;
use std::io::{self, BufWriter};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::options::{OverlayFormat, OverlayOptions};
use super::{Mixed, Row};
use crate::files::Staged;
use crate::log::{NONE, Names};

const SECOND: i64 = 1_000_000;

pub(super) fn all(staged: &mut Staged, options: &OverlayOptions, mixed: &Mixed<'_>) -> io::Result<()> {
    match options.format {
        OverlayFormat::Csv => events_csv(staged.create("events.csv")?, mixed)?,
        OverlayFormat::Parquet => events_parquet(staged.create("events.parquet")?, mixed)?,
    }
    truth_events(staged.create("truth_events.csv")?, mixed)?;
    truth_accounts(staged.create("truth_accounts.csv")?, mixed)?;
    let both = serde_json::json!({ "options": options, "report": mixed.report });
    Ok(serde_json::to_writer_pretty(staged.create("overlay.json")?, &both)?)
}

/// Seconds with as many decimals as the host's grain needs.
fn seconds(ts_micros: i64, precision_micros: i64) -> String {
    let decimals = match precision_micros {
        SECOND.. => return ts_micros.div_euclid(SECOND).to_string(),
        1000.. => 3,
        _ => 6,
    };
    let sign = if ts_micros < 0 { "-" } else { "" };
    let (whole, fraction) = (ts_micros.unsigned_abs() / 1_000_000, ts_micros.unsigned_abs() % 1_000_000);
    let text = format!("{sign}{whole}.{fraction:06}");
    text[..text.len() - 6 + decimals].to_owned()
}

impl Mixed<'_> {
    fn actor(&self, row: &Row) -> &str {
        &self.names[row.account as usize]
    }

    fn target(&self, row: &Row) -> &str {
        self.host.targets.name(row.target)
    }

    fn ts(&self, row: &Row) -> String {
        seconds(row.ts_micros, self.precision_micros)
    }
}

fn events_csv(file: File, mixed: &Mixed<'_>) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(BufWriter::new(file));
    let (kind, owner) = (mixed.host.has_kind, mixed.host.has_owner);
    let optional = |wanted: bool, text: &'static str| wanted.then_some(text);
    let header = ["actor", "target", "ts"].into_iter();
    table.write_record(header.chain(optional(kind, "kind")).chain(optional(owner, "owner")))?;
    for row in &mixed.rows {
        table.write_field(mixed.actor(row))?;
        table.write_field(mixed.target(row))?;
        table.write_field(mixed.ts(row))?;
        if kind {
            table.write_field(mixed.host.kinds.name(row.kind))?;
        }
        if owner {
            table.write_field(mixed.host.owners.name(row.owner))?;
        }
        table.write_record(None::<&[u8]>)?;
    }
    table.flush()
}

fn events_parquet(file: File, mixed: &Mixed<'_>) -> io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("touchstone-sim".to_owned())
        .build();
    let empty = parquet_batch(mixed, &[])?;
    let mut writer = ArrowWriter::try_new(file, empty.schema(), Some(properties)).map_err(io::Error::other)?;
    for rows in mixed.rows.chunks(64 * 1024) {
        writer.write(&parquet_batch(mixed, rows)?).map_err(io::Error::other)?;
    }
    writer.close().map(drop).map_err(io::Error::other)
}

fn parquet_batch(mixed: &Mixed<'_>, rows: &[Row]) -> io::Result<RecordBatch> {
    let mut actors = StringBuilder::new();
    let mut targets = StringBuilder::new();
    for row in rows {
        actors.append_value(mixed.actor(row));
        targets.append_value(mixed.target(row));
    }
    let times: ArrayRef = if mixed.precision_micros >= SECOND {
        let seconds = rows.iter().map(|row| row.ts_micros.div_euclid(SECOND));
        Arc::new(seconds.collect::<Int64Array>())
    } else {
        let micros = rows.iter().map(|row| row.ts_micros).collect::<Vec<_>>();
        Arc::new(TimestampMicrosecondArray::from(micros).with_timezone("UTC"))
    };
    let mut columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("actor", Arc::new(actors.finish()), false),
        ("target", Arc::new(targets.finish()), false),
        ("ts", times, false),
    ];
    let optional = |names: &Names, number: fn(&Row) -> u32| -> ArrayRef {
        let mut builder = StringBuilder::new();
        for row in rows {
            let number = number(row);
            builder.append_option((number != NONE).then(|| names.name(number)));
        }
        Arc::new(builder.finish())
    };
    if mixed.host.has_kind {
        columns.push(("kind", optional(&mixed.host.kinds, |row| row.kind), true));
    }
    if mixed.host.has_owner {
        columns.push(("owner", optional(&mixed.host.owners, |row| row.owner), true));
    }
    RecordBatch::try_from_iter_with_nullable(columns).map_err(io::Error::other)
}

fn truth_events(file: File, mixed: &Mixed<'_>) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(BufWriter::new(file));
    table.write_record(["actor", "target", "ts", "fake"])?;
    for row in &mixed.rows {
        let fake = if row.fake { "1" } else { "0" };
        table.write_record([mixed.actor(row), mixed.target(row), &mixed.ts(row), fake])?;
    }
    table.flush()
}

fn truth_accounts(file: File, mixed: &Mixed<'_>) -> io::Result<()> {
    let mut events = vec![0_u64; mixed.names.len()];
    for row in &mixed.rows {
        events[row.account as usize] += 1;
    }
    let mut order: Vec<usize> = (0..mixed.names.len()).collect();
    order.sort_unstable_by_key(|&account| &mixed.names[account]);

    let mut table = csv::Writer::from_writer(BufWriter::new(file));
    let header = ["account", "role", "source", "events", "joint_targets", "partner_targets"];
    table.write_record(header)?;
    for account in order {
        let fake = account.checked_sub(mixed.host_accounts);
        let count = |counts: &[u32]| fake.map_or(0, |fake| counts[fake]).to_string();
        table.write_record([
            mixed.names[account].as_str(),
            if fake.is_some() { "fake" } else { "host" },
            &mixed.sources[account],
            &events[account].to_string(),
            &count(&mixed.trace.joint_targets),
            &count(&mixed.trace.partner_targets),
        ])?;
    }
    table.flush()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_keep_their_digits() {
        assert_eq!(seconds(1_610_870_193_000_000, 1_000_000), "1610870193");
        assert_eq!(seconds(1_610_870_193_040_000, 1000), "1610870193.040");
        assert_eq!(seconds(1_610_870_193_000_007, 1), "1610870193.000007");
        assert_eq!(seconds(-1_500_000, 1000), "-1.500");
        assert_eq!(seconds(-500_000, 1000), "-0.500");
    }
}
