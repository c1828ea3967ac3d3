//! accounts, targets, rings, ring_members, evidence.

use super::cases::{Case, owner_name, verdict};
use super::likes::{Totals, ring_name};
use super::reasons::Reasons;
use super::schemas;
use super::table::{Format, Table, WriteError};
use crate::store::Store;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array};
use arrow_schema::SchemaRef;
use std::path::Path;
use std::sync::Arc;
use touchstone_detect::explain;
use touchstone_detect::findings::{Evidence, Verdict};
use touchstone_detect::params::Params;
use touchstone_detect::pipeline::Outcome;

/// Rows of one batch, which is one row group.
const BATCH_ROWS: usize = 1 << 17;

/// Evidence weaker than this, in bits either way, is not written.
const EVIDENCE_BITS_MIN: f64 = 0.5;

fn strings<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn maybe_strings<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn floats(values: impl Iterator<Item = f64>) -> ArrayRef {
    // No negative zero, no more digits than mean anything.
    Arc::new(Float64Array::from_iter_values(values.map(|x| (x * 1e6).round() / 1e6 + 0.0)))
}

fn counts(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(values))
}

fn times(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

fn batch(schema: SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, WriteError> {
    RecordBatch::try_new(schema, columns).map_err(|e| WriteError::new(Path::new("findings"), e))
}

/// Writes `rows` of a table in batches made by `make`.
fn in_batches<T>(
    folder: &Path,
    name: &str,
    schema: SchemaRef,
    format: Format,
    rows: &[T],
    make: impl Fn(&[T]) -> Vec<ArrayRef>,
) -> Result<(), WriteError> {
    let mut table = Table::create(folder, name, schema.clone(), format)?;
    for (index, chunk) in rows.chunks(BATCH_ROWS).enumerate() {
        let encoded = table.encode(index, &batch(schema.clone(), make(chunk))?)?;
        table.append(encoded)?;
    }
    table.close()
}

/// Writes them all.
pub(super) fn write(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    cases: &[Case<'_>],
    params: &Params,
    folder: &Path,
    format: Format,
) -> Result<(), WriteError> {
    write_accounts(store, outcome, totals, params, folder, format)?;
    write_targets(store, totals, folder, format)?;
    in_batches(folder, "rings", schemas::rings(), format, cases, |rows| {
        let timed = |c: &Case<'_>, ts| (outcome.schedule.is_some() && !c.events.is_empty()).then_some(ts);
        let window = |c: &Case<'_>| {
            outcome.schedule.as_ref().zip(c.ring.scale).map(|(s, k)| s.scales[k as usize].window as f64 / 1e6)
        };
        vec![
            strings(rows.iter().map(|c| c.name.as_str())),
            strings(rows.iter().map(|c| c.ring.kind.as_str())),
            counts(rows.iter().map(|c| c.ring.members.len() as u64)),
            counts(rows.iter().map(|c| c.targets.len() as u64)),
            times(rows.iter().map(|c| timed(c, c.first_ts))),
            times(rows.iter().map(|c| timed(c, c.last_ts))),
            floats(rows.iter().map(|c| c.bits)),
            counts(rows.iter().map(|c| c.ring.accused as u64)),
            Arc::new(rows.iter().map(window).collect::<Float64Array>()),
        ]
    })?;
    let members: Vec<(&Case<'_>, u32, u64)> =
        cases.iter().flat_map(|c| c.ring.members.iter().zip(&c.joint_targets).map(move |(m, n)| (c, *m, *n))).collect();
    in_batches(folder, "ring_members", schemas::ring_members(), format, &members, |rows| {
        vec![
            strings(rows.iter().map(|(c, _, _)| c.name.as_str())),
            strings(rows.iter().map(|(_, m, _)| store.actors().get(*m))),
            floats(rows.iter().map(|(_, m, _)| outcome.dossiers.get(m).map_or(0.0, |d| d.bits()))),
            counts(rows.iter().map(|(_, _, n)| *n)),
        ]
    })?;
    write_evidence(store, outcome, cases, params, folder, format)
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn write_accounts(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    params: &Params,
    folder: &Path,
    format: Format,
) -> Result<(), WriteError> {
    let ids: Vec<u32> = (0..store.endorsers() as u32).collect();
    let ring_names: Vec<String> = (0..outcome.rings.len() as u32).map(ring_name).collect();
    in_batches(folder, "accounts", schemas::accounts(), format, &ids, |ids| {
        let verdicts: Vec<_> = ids.iter().map(|a| verdict(outcome, *a, params)).collect();
        let top = |a: &u32| {
            let d = outcome.dossiers.get(a).filter(|d| d.ln_e > 0.0)?;
            if let Some((_, ring)) = d.cohort.filter(|c| c.0 > d.ln_lockstep) {
                return outcome.cohorts.rings[ring as usize].top_signal();
            }
            Some(if d.ln_lockstep >= d.ln_pool { "lockstep" } else { "pool" })
        };
        vec![
            strings(ids.iter().map(|a| store.actors().get(*a))),
            strings(verdicts.iter().map(|v| v.0.as_str())),
            floats(verdicts.iter().map(|v| v.1)),
            maybe_strings(ids.iter().map(|a| outcome.roster.of(*a).map(|r| ring_names[r as usize].as_str()))),
            counts(ids.iter().map(|a| u64::from(store.degrees()[*a as usize]))),
            floats(ids.iter().map(|a| totals.discounted.get(a).copied().unwrap_or(0.0))),
            maybe_strings(ids.iter().map(top)),
        ]
    })
}

fn write_targets(store: &Store, totals: &Totals, folder: &Path, format: Format) -> Result<(), WriteError> {
    let ids: Vec<u32> = (0..totals.counts.len() as u32).filter(|t| totals.counts[*t as usize].reported > 0).collect();
    in_batches(folder, "targets", schemas::targets(), format, &ids, |ids| {
        let count = |t: &u32| totals.counts[*t as usize];
        vec![
            strings(ids.iter().map(|t| store.targets().get(*t))),
            maybe_strings(ids.iter().map(|t| owner_name(store, *t))),
            counts(ids.iter().map(|t| count(t).reported)),
            floats(ids.iter().map(|t| count(t).authentic)),
            floats(ids.iter().map(|t| count(t).low)),
            floats(ids.iter().map(|t| count(t).high)),
            floats(ids.iter().map(|t| count(t).reported as f64 - count(t).authentic)),
        ]
    })
}

struct Line {
    subject_type: &'static str,
    subject: String,
    evidence: Evidence,
    detail: serde_json::Value,
}

/// `detail` of a piece of evidence: its sentence and the events that show it.
fn detail(evidence: &Evidence) -> serde_json::Value {
    let samples: Vec<_> = evidence
        .samples
        .iter()
        .map(|s| serde_json::json!({ "actor": s.actor, "target": s.target, "ts_microseconds": s.ts }))
        .collect();
    serde_json::json!({ "sentence": evidence.sentence, "samples": samples })
}

fn write_evidence(
    store: &Store,
    outcome: &Outcome,
    cases: &[Case<'_>],
    params: &Params,
    folder: &Path,
    format: Format,
) -> Result<(), WriteError> {
    let mut lines = Vec::new();
    let reasons = Reasons::new(store, outcome, params);
    for c in cases {
        let why = reasons.ring(c.ring);
        for (rank, evidence) in why.evidence.into_iter().enumerate() {
            let mut detail = detail(&evidence);
            detail["members"] = c.ring.members.len().into();
            if rank == 0 {
                detail["innocents"] = json(&why.innocents);
                detail["changes"] = json(&why.changes);
            }
            lines.push(Line { subject_type: "ring", subject: c.name.clone(), evidence, detail });
        }
    }
    for (account, dossier) in &outcome.dossiers {
        let strong = |e: &Evidence| e.bits.abs() >= EVIDENCE_BITS_MIN;
        let mut first = true;
        let told = reasons.evidence(*account, dossier);
        if !told.iter().any(strong) {
            continue;
        }
        let (verdict, _) = verdict(outcome, *account, params);
        for evidence in told.into_iter().filter(strong) {
            let mut detail = detail(&evidence);
            // What is said of the account as a whole stands with its strongest piece.
            if std::mem::take(&mut first) && verdict != Verdict::Organic {
                detail["innocents"] = json(&reasons.innocents(*account, dossier));
                detail["changes"] = json(&reasons.changes(*account, dossier, verdict));
            }
            if let (Some((_, t)), "lockstep") = (dossier.stronger(), evidence.signal.as_str()) {
                detail["occasions"] = t.occasions.into();
            }
            let subject = store.actors().get(*account).to_owned();
            lines.push(Line { subject_type: "account", subject, evidence, detail });
        }
    }
    for b in outcome.bursts.values() {
        let evidence = explain::burst(b);
        if evidence.bits >= EVIDENCE_BITS_MIN {
            let mut detail = detail(&evidence);
            detail["from_microseconds"] = b.peak.from.into();
            detail["to_microseconds"] = b.peak.to.into();
            detail["accepted"] = b.accepted.into();
            let subject = store.targets().get(b.peak.target).to_owned();
            lines.push(Line { subject_type: "target", subject, evidence, detail });
        }
    }
    in_batches(folder, "evidence", schemas::evidence(), format, &lines, |rows| {
        let details: Vec<String> = rows.iter().map(|l| l.detail.to_string()).collect();
        vec![
            strings(rows.iter().map(|l| l.subject_type)),
            strings(rows.iter().map(|l| l.subject.as_str())),
            strings(rows.iter().map(|l| l.evidence.signal.as_str())),
            floats(rows.iter().map(|l| l.evidence.bits)),
            strings(rows.iter().map(|l| l.evidence.statistic.as_str())),
            floats(rows.iter().map(|l| l.evidence.observed)),
            floats(rows.iter().map(|l| l.evidence.expected)),
            strings(details.iter().map(String::as_str)),
        ]
    })
}
