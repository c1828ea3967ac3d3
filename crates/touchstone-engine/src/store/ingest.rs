//! Reading all inputs.

use super::collect::Collected;
use super::facts::{FileFacts, IngestFacts};
use super::finish::finish;
use super::labels::read_labels;
use super::plan::Plan;
use super::prepare::{FileContext, Prepared, prepare};
use super::rejects::Rejects;
use super::side::read_side_tables;
use super::{IngestError, IngestOptions, Progress, Store};
use crate::source::discover::{InputFile, discover};
use crate::source::{self, Inspection, Reader};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use touchstone_event::hash::KeyedHash;
use touchstone_event::schema::Field;

/// Reads the inputs.
///
/// # Errors
/// If an input cannot be read, a must-column is missing, too many rows are rejects, no row has an
/// endorsed kind, the scratch folder is full, or the run was cancelled. Every message names the
/// place and a remedy.
pub fn ingest(options: &IngestOptions, progress: &dyn Progress) -> Result<Store, IngestError> {
    let (files, skipped_files) = discover(&options.inputs)?;
    let plan = Plan::events(options)?;
    progress.stage("inspect", None);
    let vote = !options.no_time && plan.time_option == touchstone_event::time::TimeOption::Auto;
    // The first fault in the order of the files is reported, whichever thread met one first.
    let inspections: Vec<Result<Inspection, IngestError>> =
        files.par_iter().map(|file| source::inspect(file, &plan.wanted, vote)).collect();
    let files: Vec<(InputFile, Inspection)> =
        files.into_iter().zip(inspections).map(|(f, i)| Ok((f, i?))).collect::<Result<_, IngestError>>()?;
    for (file, inspection) in &files {
        plan.check(file, inspection)?;
    }
    plan.check_named(&files)?;
    let layout = plan.layout(&files);

    let mut collected = Collected::new(options, layout);
    let mut rejects = Rejects::create(&options.rejects_path)?;
    let mut facts = IngestFacts { skipped_files, timed: !options.no_time, ..IngestFacts::default() };
    facts.columns = plan.columns_seen(&files).map(Field::name).collect();
    progress.stage("read", Some(files.iter().map(|(f, _)| f.size_bytes).sum()));
    let hasher = KeyedHash::new(options.hash_key);
    let seed = [hasher.hash(Field::EventId, "high"), hasher.hash(Field::EventId, "low")];
    for (file, inspection) in &files {
        let context = FileContext::new(&file.name, &plan, layout, inspection, &hasher, seed);
        let (rows, rejected) = (collected.rows, rejects.total());
        read_file(file, &context, &mut collected, &mut rejects, progress)?;
        facts.files.push(FileFacts {
            name: file.name.clone(),
            format: file.format_name(),
            role: "events",
            rows: collected.rows - rows,
            rejected: rejects.total() - rejected,
            time_format: if options.no_time { "none".to_owned() } else { plan.time_format(Field::Ts, inspection) },
        });
    }
    facts.rows = collected.rows;
    check_share(options, &facts, &mut rejects)?;

    let mut tables = read_side_tables(options, &mut collected, &mut rejects, progress)?;
    facts.files.extend(tables.files.iter().cloned());
    check_share(options, &facts, &mut rejects)?;
    // Reviews may well be of accounts of other logs: however many are, the run goes on.
    if let Some(path) = &options.labels {
        tables.reviews = read_labels(path, &collected, &mut facts.files, &mut rejects, progress)?;
    }
    rejects.finish()?;
    facts.rejected = rejects.total();
    facts.rejects = rejects.counts();
    facts.kinds = std::mem::take(&mut collected.kinds);
    facts.unreadable_numbers = collected.unreadable_numbers;
    check_kinds(options, &facts, &plan)?;
    finish(options, collected, tables, facts, progress)
}

/// The events of some chunks, and whether all rows so far come before all to come.
struct Wave {
    events: Vec<Prepared>,
    settled: bool,
}

fn read_file(
    file: &InputFile,
    context: &FileContext<'_>,
    collected: &mut Collected,
    rejects: &mut Rejects,
    progress: &dyn Progress,
) -> Result<(), IngestError> {
    let bytes_read = Arc::new(AtomicU64::new(0));
    let mut reader = source::open(file, &context.plan.wanted, &bytes_read)?;
    let mut wave = next_wave(reader.as_mut(), context)?;
    let mut reported = 0;
    while let Some(current) = wave {
        if progress.cancelled() {
            return Err(IngestError::Cancelled);
        }
        // While these are interned, the next are decoded.
        let (next, absorbed) =
            rayon::join(|| next_wave(reader.as_mut(), context), || absorb(current, collected, rejects));
        absorbed?;
        wave = next?;
        let now = bytes_read.load(Ordering::Relaxed).min(file.size_bytes);
        progress.advance(now.saturating_sub(reported));
        reported = now;
    }
    progress.advance(file.size_bytes.saturating_sub(reported));
    rejects.settle()
}

fn next_wave(reader: &mut dyn Reader, context: &FileContext<'_>) -> Result<Option<Wave>, IngestError> {
    let chunks = reader.next_chunks()?;
    if chunks.is_empty() {
        return Ok(None);
    }
    let settled = reader.in_order();
    let events = chunks.into_par_iter().map(|chunk| prepare(chunk, context)).collect();
    Ok(Some(Wave { events, settled }))
}

fn absorb(wave: Wave, collected: &mut Collected, rejects: &mut Rejects) -> Result<(), IngestError> {
    for mut events in wave.events {
        for reject in std::mem::take(&mut events.rejects) {
            rejects.add(reject);
        }
        collected.absorb(&events)?;
    }
    if wave.settled {
        rejects.settle()?;
    }
    collected.keep_within_limit()
}

fn check_share(options: &IngestOptions, facts: &IngestFacts, rejects: &mut Rejects) -> Result<(), IngestError> {
    let rows: u64 = facts.files.iter().map(|f| f.rows).sum();
    let rejected = rejects.total();
    if rejected as f64 > options.max_reject_share * rows as f64 {
        rejects.finish()?;
        return Err(IngestError::TooManyRejects {
            rejected,
            rows,
            share: options.max_reject_share,
            reasons: rejects.summary(),
            rejects_path: options.rejects_path.clone(),
        });
    }
    Ok(())
}

/// Something must be endorsed, unless there is nothing at all.
fn check_kinds(options: &IngestOptions, facts: &IngestFacts, plan: &Plan) -> Result<(), IngestError> {
    let endorsed =
        |kind: &String| plan.kinds.class(kind) < super::rows::TAKE_BACK || kind == plan.kind_without_column();
    if facts.kinds.is_empty() || facts.kinds.iter().any(|(kind, &count)| count > 0 && endorsed(kind)) {
        return Ok(());
    }
    let mut kinds: Vec<(String, u64)> = facts.kinds.iter().map(|(k, &n)| (k.clone(), n)).filter(|k| k.1 > 0).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Err(IngestError::NoEndorsements { endorse: options.endorse.clone(), kinds })
}
