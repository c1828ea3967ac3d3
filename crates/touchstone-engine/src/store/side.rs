//! The tables beside the events: accounts and contents.

use super::collect::Collected;
use super::facts::FileFacts;
use super::intern::NO_ID;
use super::labels::Reviews;
use super::owners::OwnerVotes;
use super::plan::Plan;
use super::prepare::{excerpt, read_time};
use super::rejects::Rejects;
use super::{IngestError, IngestOptions, Progress};
use crate::source::column::Cells;
use crate::source::discover::discover;
use crate::source::{self, Chunk};
use arrow_array::ArrayRef;
use std::path::PathBuf;
use std::sync::Arc;
use touchstone_detect::partition::NO_TIME;
use touchstone_event::reject::{Reason, Reject};
use touchstone_event::schema::Field;
use touchstone_event::time::TimeUnit;

/// What the tables say, by the numbers that names have while reading.
#[derive(Default)]
pub(crate) struct SideTables {
    pub(crate) created: Option<Vec<i64>>,
    pub(crate) published: Option<Vec<i64>>,
    pub(crate) owners: OwnerVotes,
    pub(crate) files: Vec<FileFacts>,
    pub(crate) reviews: Reviews,
}

/// Reads both tables, if there are any. Rows on accounts and targets that no event names are
/// read past; of several rows on one the earliest time counts.
pub(crate) fn read_side_tables(
    options: &IngestOptions,
    collected: &mut Collected,
    rejects: &mut Rejects,
    progress: &dyn Progress,
) -> Result<SideTables, IngestError> {
    let mut tables = SideTables::default();
    // Contents first: their owners are accounts, too.
    if let Some(path) = &options.contents {
        progress.stage("contents", None);
        let plan = Plan::contents(options)?;
        let mut published = vec![NO_TIME; collected.targets.len()];
        let owners = &mut tables.owners;
        let take = |cells: &Row<'_>| {
            let Some(target) = cells.key.and_then(|name| collected.targets.find(name)) else { return };
            if let Some(micros) = cells.time {
                earlier(&mut published[target as usize], micros);
            }
            if let Some(owner) = cells.owner.as_deref() {
                owners.add(target, collected.actors.intern(owner));
            }
        };
        let keys =
            Keys { role: "contents", key: Field::Target, time: Field::PublishedAt, no_key: Reason::MissingTarget };
        read_table(path, &plan, &keys, &mut tables.files, rejects, progress, take)?;
        tables.published = Some(published);
    }
    if let Some(path) = &options.accounts {
        progress.stage("accounts", None);
        let plan = Plan::accounts(options)?;
        let mut created = vec![NO_TIME; collected.actors.len()];
        let take = |cells: &Row<'_>| {
            let account = cells.key.and_then(|name| collected.actors.find(name)).unwrap_or(NO_ID);
            if let (Some(own), Some(micros)) = (created.get_mut(account as usize), cells.time) {
                earlier(own, micros);
            }
        };
        let keys =
            Keys { role: "accounts", key: Field::Account, time: Field::CreatedAt, no_key: Reason::MissingAccount };
        read_table(path, &plan, &keys, &mut tables.files, rejects, progress, take)?;
        tables.created = Some(created);
    }
    Ok(tables)
}

fn earlier(own: &mut i64, other: i64) {
    if *own == NO_TIME || other < *own {
        *own = other;
    }
}

/// Which columns a table has.
struct Keys {
    role: &'static str,
    key: Field,
    time: Field,
    no_key: Reason,
}

/// One row of a table.
struct Row<'a> {
    key: Option<&'a str>,
    time: Option<i64>,
    owner: Option<std::borrow::Cow<'a, str>>,
}

fn read_table(
    path: &std::path::Path,
    plan: &Plan,
    keys: &Keys,
    facts: &mut Vec<FileFacts>,
    rejects: &mut Rejects,
    progress: &dyn Progress,
    mut take: impl FnMut(&Row<'_>),
) -> Result<(), IngestError> {
    let (files, _) = discover(&[PathBuf::from(path)])?;
    for file in &files {
        let inspection = source::inspect(file, &plan.wanted, true)?;
        plan.check(file, &inspection)?;
        let unit = plan.unit(keys.time, &inspection);
        let mut reader = source::open(file, &plan.wanted, &Arc::default())?;
        let mut rows = 0;
        let before = rejects.total();
        loop {
            if progress.cancelled() {
                return Err(IngestError::Cancelled);
            }
            let chunks = reader.next_chunks()?;
            if chunks.is_empty() {
                break;
            }
            for chunk in chunks {
                rows += (chunk.rows + chunk.faults.len()) as u64;
                for reject in take_chunk(&file.name, &chunk, plan, keys, unit, &mut take) {
                    rejects.add(reject);
                }
            }
            if reader.in_order() {
                rejects.settle()?;
            }
        }
        rejects.settle()?;
        facts.push(FileFacts {
            name: file.name.clone(),
            format: file.format_name(),
            role: keys.role,
            rows,
            rejected: rejects.total() - before,
            time_format: plan.time_format(keys.time, &inspection),
        });
    }
    Ok(())
}

fn take_chunk(
    name: &str,
    chunk: &Chunk,
    plan: &Plan,
    keys: &Keys,
    unit: Option<TimeUnit>,
    take: &mut impl FnMut(&Row<'_>),
) -> Vec<Reject> {
    let null: ArrayRef = Arc::new(arrow_array::NullArray::new(chunk.rows));
    let column = |field| Cells::new(plan.place(field).and_then(|p| chunk.columns[p].as_ref()).unwrap_or(&null));
    let (key, time, owner) = (column(keys.key), column(keys.time), column(Field::Owner));
    let reject = |line, reason, value| Reject { file: name.to_owned(), line, reason, value };
    let mut rejects: Vec<Reject> = chunk.faults.iter().map(|f| reject(f.line, f.reason, f.value.clone())).collect();
    for row in 0..chunk.rows {
        let text = key.text(row);
        if text.is_none() {
            rejects.push(reject(chunk.lines.of(row), keys.no_key, String::new()));
            continue;
        }
        match read_time(time, row, unit) {
            Ok(micros) => take(&Row { key: text.as_deref(), time: micros, owner: owner.text(row) }),
            Err(reason) => rejects.push(reject(chunk.lines.of(row), reason, excerpt(time, row))),
        }
    }
    rejects
}
