//! The file of reviewed accounts and endorsements.

use super::collect::Collected;
use super::facts::FileFacts;
use super::rejects::Rejects;
use super::{IngestError, Progress};
use crate::source::column::Cells;
use crate::source::discover::discover;
use crate::source::{self, Chunk, Wanted};
use arrow_array::ArrayRef;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchstone_detect::labels::{Label, Review};
use touchstone_event::reject::{Reason, Reject, cut};
use touchstone_event::when::Value;

/// Columns of the file; the first two must be there.
const COLUMNS: [&str; 5] = ["account", "label", "target", "date", "weight"];

/// Reviews by the numbers that names have while reading: of an account, or of its endorsement of a target.
pub(crate) type Reviews = BTreeMap<(u32, Option<u32>), Review>;

/// What one row says.
struct Row {
    line: u64,
    account: String,
    target: Option<String>,
    date: String,
    review: Review,
}

/// Reads it. Of several reviews of one account or endorsement the one with the latest date counts.
pub(crate) fn read_labels(
    path: &Path,
    collected: &Collected,
    facts: &mut Vec<FileFacts>,
    rejects: &mut Rejects,
    progress: &dyn Progress,
) -> Result<Reviews, IngestError> {
    progress.stage("labels", None);
    let wanted: Vec<Wanted> =
        COLUMNS.iter().map(|n| Wanted { name: (*n).to_owned(), must: false, time: false }).collect();
    let mut latest: BTreeMap<(u32, Option<u32>), (String, Review)> = BTreeMap::new();
    for file in &discover(&[PathBuf::from(path)])?.0 {
        let inspection = source::inspect(file, &wanted, false)?;
        if let Some(missing) = (0..2).find(|c| !inspection.present[*c]) {
            let found = inspection.found.clone();
            return Err(IngestError::LabelColumn { path: file.path.clone(), column: COLUMNS[missing], found });
        }
        let mut rows = Vec::new();
        let (mut seen, before) = (0, rejects.total());
        if !inspection.no_rows {
            let mut reader = source::open(file, &wanted, &Arc::default())?;
            loop {
                let chunks = reader.next_chunks()?;
                if chunks.is_empty() {
                    break;
                }
                for chunk in chunks {
                    seen += (chunk.rows + chunk.faults.len()) as u64;
                    take(&file.name, &chunk, &mut rows, rejects);
                }
            }
        }
        rows.sort_by_key(|r: &Row| r.line);
        for row in rows {
            let mut reject = |reason, value: &str| {
                rejects.add(Reject { file: file.name.clone(), line: row.line, reason, value: cut(value) });
            };
            let Some(account) = collected.actors.find(&row.account) else {
                reject(Reason::UnknownAccount, &row.account);
                continue;
            };
            let target = match &row.target {
                None => None,
                Some(name) => match collected.targets.find(name) {
                    Some(target) => Some(target),
                    None => {
                        reject(Reason::UnknownTarget, name);
                        continue;
                    }
                },
            };
            let key = (account, target);
            match latest.get(&key) {
                Some((date, old)) if *date == row.date && old.label != row.review.label => {
                    reject(Reason::ContradictoryLabel, row.review.label.as_str());
                }
                Some((date, _)) if *date > row.date => {}
                _ => {
                    latest.insert(key, (row.date, row.review));
                }
            }
        }
        rejects.settle()?;
        facts.push(FileFacts {
            name: file.name.clone(),
            format: file.format_name(),
            role: "labels",
            rows: seen,
            rejected: rejects.total() - before,
            time_format: "none".to_owned(),
        });
    }
    Ok(latest.into_iter().map(|(key, (_, review))| (key, review)).collect())
}

/// Reads the rows of a chunk; what cannot be read is a reject.
fn take(name: &str, chunk: &Chunk, rows: &mut Vec<Row>, rejects: &mut Rejects) {
    let null: ArrayRef = Arc::new(arrow_array::NullArray::new(chunk.rows));
    let column = |c: usize| Cells::new(chunk.columns[c].as_ref().unwrap_or(&null));
    let [account, label, target, date, weight] = [0, 1, 2, 3, 4].map(column);
    let mut reject = |line, reason, value: String| {
        rejects.add(Reject { file: name.to_owned(), line, reason, value: cut(&value) });
    };
    for fault in &chunk.faults {
        reject(fault.line, fault.reason, fault.value.clone());
    }
    for row in 0..chunk.rows {
        let line = chunk.lines.of(row);
        let Some(account) = account.text(row) else {
            reject(line, Reason::MissingAccount, String::new());
            continue;
        };
        let text = label.text(row).unwrap_or_default();
        let label = match text.trim().to_ascii_lowercase().as_str() {
            "confirmed" => Label::Confirmed,
            "cleared" => Label::Cleared,
            _ => {
                reject(line, Reason::UnreadableLabel, text.into_owned());
                continue;
            }
        };
        let number = match weight.value(row) {
            Value::Null => Some(1.0),
            Value::Text(t) if t.trim().is_empty() => Some(1.0),
            value => value.number(),
        };
        let Some(weight) = number.filter(|w| *w > 0.0 && *w <= 1.0) else {
            reject(line, Reason::UnreadableWeight, weight.text(row).unwrap_or_default().into_owned());
            continue;
        };
        rows.push(Row {
            line,
            account: account.into_owned(),
            target: target.text(row).map(std::borrow::Cow::into_owned),
            date: date.text(row).unwrap_or_default().into_owned(),
            review: Review { label, weight },
        });
    }
}
