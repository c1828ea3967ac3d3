//! Lines of targets as `metrics`, and places as `ranks`, among the findings.

use crate::evaluate::EvaluateError;
use crate::evaluate::table::{Table as Reader, find};
use crate::store::Store;
use crate::write::schemas::{schema, time};
use crate::write::table::{Format, WriteError};
use crate::write::tables::{counts, floats, in_batches, maybe_strings, strings, times};
use arrow_schema::DataType::{Float64, UInt64, Utf8};
use arrow_schema::{DataType, SchemaRef};
use std::path::Path;
use touchstone_detect::partition::NONE;
use touchstone_detect::rank::{METRICS, METRICS_COUNT, REACTIONS, Ranked, TargetMetrics, medians, reason};

/// Lines with their names, as ranking needs them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// Names of targets.
    pub targets: Vec<String>,
    /// Names of their owners, where known.
    pub owners: Vec<Option<String>>,
    /// Their sums.
    pub lines: Vec<TargetMetrics>,
    /// End of the log, microseconds since 1970 UTC.
    pub now: i64,
}

impl Kept {
    /// Names the lines that were measured.
    #[must_use]
    pub fn new(store: &Store, lines: &[(u32, TargetMetrics)]) -> Self {
        let owner = |t: u32| store.owners().map(|o| o[t as usize]).filter(|o| *o != NONE);
        Self {
            targets: lines.iter().map(|(t, _)| store.targets().get(*t).to_owned()).collect(),
            owners: lines.iter().map(|(t, _)| owner(*t).map(|o| store.actors().get(o).to_owned())).collect(),
            lines: lines.iter().map(|(_, l)| *l).collect(),
            now: store.facts().last_ts.unwrap_or(0),
        }
    }
}

/// Numbers of a line in the order of its columns: whole ones, then sums.
const WHOLE: usize = 8;
const SUMS: usize = 14;

fn whole(l: &TargetMetrics) -> [u64; WHOLE] {
    let [share, save, comment, follow, negative] = l.reactions;
    [l.viewers, l.likes, l.likes_seen, share, save, comment, follow, negative]
}

fn sums(l: &TargetMetrics) -> [f64; SUMS] {
    let [share, save, comment, follow, negative] = l.reacted;
    let watching = [l.watched, l.completion, l.dwell, l.finished, l.finish_expected];
    let [watched, completion, dwell, finished, expected] = watching;
    [
        l.authentic,
        l.trials,
        l.trials_squared,
        l.liked,
        share,
        save,
        comment,
        follow,
        negative,
        watched,
        completion,
        dwell,
        finished,
        expected,
    ]
}

fn line(whole: [u64; WHOLE], sums: [f64; SUMS], born: Option<i64>) -> TargetMetrics {
    let [viewers, likes, likes_seen, reactions @ ..] = whole;
    let [
        authentic,
        trials,
        trials_squared,
        liked,
        share,
        save,
        comment,
        follow,
        negative,
        watched,
        completion,
        dwell,
        finished,
        expected,
    ] = sums;
    TargetMetrics {
        viewers,
        likes,
        likes_seen,
        authentic,
        reactions,
        trials,
        trials_squared,
        liked,
        reacted: [share, save, comment, follow, negative],
        watched,
        completion,
        dwell,
        finished,
        finish_expected: expected,
        born: born.unwrap_or(i64::MAX),
    }
}

const WHOLE_NAMES: [&str; WHOLE] =
    ["viewers", "likes", "likes_seen", "shares", "saves", "comments", "follows", "negatives"];
const SUM_NAMES: [&str; SUMS] = [
    "authentic",
    "weighted_viewers",
    "weighted_viewers_squared",
    "weighted_likes",
    "weighted_shares",
    "weighted_saves",
    "weighted_comments",
    "weighted_follows",
    "weighted_negatives",
    "weighted_watchers",
    "completion_sum",
    "dwell_sum",
    "weighted_finishers",
    "expected_finishers",
];

fn metrics_schema() -> SchemaRef {
    let mut columns = vec![("target", Utf8, false), ("owner", Utf8, true), ("born", time(), true)];
    columns.extend(WHOLE_NAMES.map(|n| (n, UInt64, false)));
    columns.extend(SUM_NAMES.map(|n| (n, Float64, false)));
    schema(&columns)
}

fn known(born: i64) -> Option<i64> {
    (born != i64::MAX).then_some(born)
}

/// Writes `metrics` into `folder`: one row a target on which anything happened.
///
/// # Errors
/// If the file cannot be written.
pub fn write(kept: &Kept, folder: &Path, format: Format) -> Result<(), WriteError> {
    let rows: Vec<usize> = (0..kept.lines.len()).collect();
    in_batches(folder, "metrics", metrics_schema(), format, &rows, |rows| {
        let mut columns = vec![
            strings(rows.iter().map(|i| kept.targets[*i].as_str())),
            maybe_strings(rows.iter().map(|i| kept.owners[*i].as_deref())),
            times(rows.iter().map(|i| known(kept.lines[*i].born))),
        ];
        columns.extend((0..WHOLE).map(|k| counts(rows.iter().map(|i| whole(&kept.lines[*i])[k]))));
        columns.extend((0..SUMS).map(|k| floats(rows.iter().map(|i| sums(&kept.lines[*i])[k]))));
        columns
    })
}

/// Reads `metrics` of a folder of findings, in either format.
///
/// # Errors
/// If it is not there, or is no such table.
pub fn read(folder: &Path) -> Result<Kept, EvaluateError> {
    let Some(path) = find(folder, "metrics") else {
        return Err(EvaluateError::NoMetrics { folder: folder.to_owned() });
    };
    let must: Vec<&str> = ["target", "owner", "born"].into_iter().chain(WHOLE_NAMES).chain(SUM_NAMES).collect();
    let mut rows: Vec<(u64, String, Option<String>, TargetMetrics)> = Vec::new();
    Reader::open(&path, &must, &[])?.each(|table, row| {
        let name = table.name(0, row)?.into_owned();
        let owner = table.text(1, row).filter(|o| !o.is_empty()).map(std::borrow::Cow::into_owned);
        let born = match table.text(2, row) {
            None => None,
            Some(t) if t.is_empty() => None,
            Some(_) => Some(table.moment(2, row)?),
        };
        let (mut w, mut s) = ([0; WHOLE], [0.0; SUMS]);
        for (k, own) in w.iter_mut().enumerate() {
            *own = table.count(3 + k, row)?;
        }
        for (k, own) in s.iter_mut().enumerate() {
            let number = table.number(3 + WHOLE + k, row)?.filter(|x| *x >= 0.0);
            *own = number.ok_or_else(|| table.bad(3 + WHOLE + k, row, "a number from 0 up"))?;
        }
        rows.push((table.line(row), name, owner, line(w, s, born)));
        Ok(())
    })?;
    rows.sort_by_key(|r| r.0);
    let mut kept = Kept { now: end_of_log(folder), ..Kept::default() };
    for (_, target, owner, line) in rows {
        kept.targets.push(target);
        kept.owners.push(owner);
        kept.lines.push(line);
    }
    Ok(kept)
}

/// Last endorsement as the summary has it; 0 without one, so that nothing is aged.
fn end_of_log(folder: &Path) -> i64 {
    let text = std::fs::read_to_string(folder.join("summary.json")).unwrap_or_default();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    summary["counts"]["last_ts"].as_i64().unwrap_or(0)
}

fn ranks_schema() -> SchemaRef {
    let mut columns: Vec<(&str, DataType, bool)> = vec![
        ("target", Utf8, false),
        ("owner", Utf8, true),
        ("rank", UInt64, false),
        ("score", Float64, false),
        ("score_low", Float64, false),
    ];
    columns.extend(METRICS.map(|m| (m.name(), Float64, false)));
    columns.push(("age", Float64, false));
    columns.extend(AGAINST.map(|n| (n, Float64, false)));
    columns.extend([("capped", UInt64, false), ("reason", Utf8, false)]);
    columns.extend([("viewers", UInt64, false), ("likes", UInt64, false), ("authentic", Float64, false)]);
    schema(&columns)
}

/// Columns of contributions against the median, in the order of [`METRICS`].
const AGAINST: [&str; METRICS_COUNT] = [
    "completion_against_median",
    "finish_against_median",
    "dwell_against_median",
    "share_against_median",
    "save_against_median",
    "comment_against_median",
    "follow_against_median",
    "like_against_median",
    "negative_against_median",
];

/// Writes `ranks` into `folder`: best first, with what each metric contributed, alone and against the median.
///
/// # Errors
/// If the file cannot be written.
pub fn write_ranks(kept: &Kept, ranked: &[Ranked], folder: &Path, format: Format) -> Result<(), WriteError> {
    let medians = medians(ranked);
    in_batches(folder, "ranks", ranks_schema(), format, ranked, |rows| {
        let line = |r: &Ranked| &kept.lines[r.line];
        let reasons: Vec<String> = rows.iter().map(|r| reason(r, &medians)).collect();
        let mut columns = vec![
            strings(rows.iter().map(|r| kept.targets[r.line].as_str())),
            maybe_strings(rows.iter().map(|r| kept.owners[r.line].as_deref())),
            counts(rows.iter().map(|r| r.rank)),
            floats(rows.iter().map(|r| r.score)),
            floats(rows.iter().map(|r| r.score_low)),
        ];
        columns.extend((0..METRICS_COUNT).map(|k| floats(rows.iter().map(|r| r.parts[k]))));
        columns.push(floats(rows.iter().map(|r| r.age)));
        columns.extend((0..METRICS_COUNT).map(|k| floats(rows.iter().map(|r| r.parts[k] - medians[k]))));
        columns.push(counts(rows.iter().map(|r| u64::from(r.capped))));
        columns.push(strings(reasons.iter().map(String::as_str)));
        columns.push(counts(rows.iter().map(|r| line(r).viewers)));
        columns.push(counts(rows.iter().map(|r| line(r).likes)));
        columns.push(floats(rows.iter().map(|r| line(r).authentic)));
        columns
    })
}

const _: () = assert!(REACTIONS.len() + 3 == WHOLE);
