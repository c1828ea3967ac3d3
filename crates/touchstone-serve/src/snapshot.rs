//! The latest findings, in memory: what answers come from.
//!
//! Sorted by name, so that pages are ranges and a look-up is a binary search.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use touchstone_detect::findings::ReportModel;
use touchstone_detect::rank::{Learned, RankParams};
use touchstone_engine::rank::Kept;

/// An account's row of the findings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    /// Pseudonym.
    pub(crate) account: Box<str>,
    pub(crate) verdict: Box<str>,
    pub(crate) evidence_bits: f64,
    pub(crate) ring: Option<Box<str>>,
    pub(crate) endorsements: u64,
    pub(crate) discounted: f64,
    pub(crate) top_signal: Option<Box<str>>,
}

/// A target's row of the findings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) target: Box<str>,
    /// Pseudonym.
    pub(crate) owner: Option<Box<str>>,
    pub(crate) likes: u64,
    pub(crate) authentic: f64,
    pub(crate) authentic_low: f64,
    pub(crate) authentic_high: f64,
}

/// A ring's row of the findings, with its members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ring {
    pub(crate) ring: Box<str>,
    pub(crate) kind: Box<str>,
    pub(crate) targets: u64,
    pub(crate) first_ts: Option<i64>,
    pub(crate) last_ts: Option<i64>,
    pub(crate) evidence_bits: f64,
    pub(crate) accused: u64,
    pub(crate) window_seconds: Option<f64>,
    /// (pseudonym, bits, joint targets), most bits first.
    pub(crate) members: Vec<(Box<str>, f64, u64)>,
    /// Share of all endorsements that its members made.
    pub(crate) activity: f64,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evidence {
    pub(crate) subject_type: Box<str>,
    pub(crate) subject: Box<str>,
    pub(crate) signal: Box<str>,
    pub(crate) bits: f64,
    pub(crate) statistic: Box<str>,
    pub(crate) observed: f64,
    pub(crate) expected: f64,
    pub(crate) detail: Box<str>,
}

/// One set of findings.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) number: u64,
    pub(crate) accounts: Vec<Account>,
    pub(crate) targets: Vec<Target>,
    pub(crate) rings: Vec<Ring>,
    /// By (subject type, subject, falling bits).
    pub(crate) evidence: Vec<Evidence>,
    /// `counts` of summary.json.
    pub(crate) counts: serde_json::Value,
    /// Level of the false discovery rate.
    pub(crate) fdr: f64,
    /// Hash of the configuration they were made with.
    pub(crate) configuration: String,
    /// Cases as they are drawn; none where findings of another version are read.
    pub(crate) model: Option<ReportModel>,
    /// What targets are ranked by; none where ranking is off.
    pub(crate) kept: Option<Kept>,
    learned: OnceLock<Learned>,
    /// What each account's endorsements are discounted by: (place of the target, p_fake).
    discounts: HashMap<Box<str>, Vec<(u32, f32)>>,
    ring_index: HashMap<Box<str>, usize>,
}

/// Why findings cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub(crate) struct Unreadable {
    path: PathBuf,
    why: String,
}

/// Columns of a table, by name.
struct Rows<'a>(&'a RecordBatch);

impl Rows<'_> {
    fn text(&self, name: &str, row: usize) -> Option<Box<str>> {
        let column = self.0.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row).into())
    }

    fn float(&self, name: &str, row: usize) -> Option<f64> {
        let column = self.0.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn count(&self, name: &str, row: usize) -> u64 {
        let column = self.0.column_by_name(name).and_then(|c| c.as_primitive_opt::<UInt64Type>());
        column.map_or(0, |c| c.value(row))
    }

    fn time(&self, name: &str, row: usize) -> Option<i64> {
        let column = self.0.column_by_name(name)?.as_primitive_opt::<TimestampMicrosecondType>()?;
        column.is_valid(row).then(|| column.value(row))
    }
}

fn table(folder: &Path, name: &str, mut each: impl FnMut(&Rows<'_>, usize)) -> Result<(), Unreadable> {
    let path = folder.join(format!("{name}.parquet"));
    let fail = |e: &dyn std::fmt::Display| Unreadable { path: path.clone(), why: e.to_string() };
    let file = File::open(&path).map_err(|e| fail(&e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).map_err(|e| fail(&e))?;
    for batch in reader {
        let batch = batch.map_err(|e| fail(&e))?;
        (0..batch.num_rows()).for_each(|row| each(&Rows(&batch), row));
    }
    Ok(())
}

impl Snapshot {
    /// Reads a folder of findings.
    pub(crate) fn read(folder: &Path, number: u64) -> Result<Self, Unreadable> {
        let mut s = Snapshot { number, ..Snapshot::default() };
        table(folder, "accounts", |rows, i| {
            s.accounts.push(Account {
                account: rows.text("account", i).unwrap_or_default(),
                verdict: rows.text("verdict", i).unwrap_or_default(),
                evidence_bits: rows.float("evidence_bits", i).unwrap_or(0.0),
                ring: rows.text("ring", i),
                endorsements: rows.count("endorsements", i),
                discounted: rows.float("discounted", i).unwrap_or(0.0),
                top_signal: rows.text("top_signal", i),
            });
        })?;
        table(folder, "targets", |rows, i| {
            s.targets.push(Target {
                target: rows.text("target", i).unwrap_or_default(),
                owner: rows.text("owner", i),
                likes: rows.count("likes", i),
                authentic: rows.float("authentic", i).unwrap_or(0.0),
                authentic_low: rows.float("authentic_low", i).unwrap_or(0.0),
                authentic_high: rows.float("authentic_high", i).unwrap_or(0.0),
            });
        })?;
        table(folder, "rings", |rows, i| {
            s.rings.push(Ring {
                ring: rows.text("ring", i).unwrap_or_default(),
                kind: rows.text("kind", i).unwrap_or_default(),
                targets: rows.count("targets", i),
                first_ts: rows.time("first_ts", i),
                last_ts: rows.time("last_ts", i),
                evidence_bits: rows.float("evidence_bits", i).unwrap_or(0.0),
                accused: rows.count("accused", i),
                window_seconds: rows.float("window_seconds", i),
                members: Vec::new(),
                activity: 0.0,
            });
        })?;
        s.rings.sort_by(|a, b| a.ring.cmp(&b.ring));
        s.ring_index = s.rings.iter().enumerate().map(|(i, r)| (r.ring.clone(), i)).collect();
        table(folder, "ring_members", |rows, i| {
            let ring = rows.text("ring", i).and_then(|r| s.ring_index.get(&r)).and_then(|&r| s.rings.get_mut(r));
            if let (Some(ring), Some(account)) = (ring, rows.text("account", i)) {
                ring.members.push((
                    account,
                    rows.float("evidence_bits", i).unwrap_or(0.0),
                    rows.count("joint_targets", i),
                ));
            }
        })?;
        table(folder, "evidence", |rows, i| {
            s.evidence.push(Evidence {
                subject_type: rows.text("subject_type", i).unwrap_or_default(),
                subject: rows.text("subject", i).unwrap_or_default(),
                signal: rows.text("signal", i).unwrap_or_default(),
                bits: rows.float("bits", i).unwrap_or(0.0),
                statistic: rows.text("statistic", i).unwrap_or_default(),
                observed: rows.float("observed", i).unwrap_or(0.0),
                expected: rows.float("expected", i).unwrap_or(0.0),
                detail: rows.text("detail", i).unwrap_or_default(),
            });
        })?;
        s.accounts.sort_by(|a, b| a.account.cmp(&b.account));
        s.targets.sort_by(|a, b| a.target.cmp(&b.target));
        table(folder, "likes", |rows, i| {
            let p = rows.float("p_fake", i).unwrap_or(0.0);
            if p <= 0.0 {
                return;
            }
            let place = rows.text("target", i).and_then(|t| s.targets.binary_search_by(|x| x.target.cmp(&t)).ok());
            if let (Some(place), Some(actor)) = (place.and_then(|p| u32::try_from(p).ok()), rows.text("actor", i)) {
                s.discounts.entry(actor).or_default().push((place, p as f32));
            }
        })?;
        let key = |e: &Evidence| (e.subject_type.clone(), e.subject.clone());
        s.evidence.sort_by(|a, b| key(a).cmp(&key(b)).then(b.bits.total_cmp(&a.bits)));
        let path = folder.join("summary.json");
        let fail = |e: &dyn std::fmt::Display| Unreadable { path: path.clone(), why: e.to_string() };
        let text = std::fs::read(&path).map_err(|e| fail(&e))?;
        let summary: serde_json::Value = serde_json::from_slice(&text).map_err(|e| fail(&e))?;
        s.fdr = summary["fdr"].as_f64().unwrap_or(0.01);
        s.counts = summary["counts"].clone();
        s.configuration = summary["configuration_hash"].as_str().unwrap_or_default().to_owned();
        s.model = touchstone_engine::write::model::load(folder).ok();
        s.kept = touchstone_engine::rank::read(folder).ok();
        s.weigh_rings();
        Ok(s)
    }

    /// What is usual among the lines that targets are ranked by.
    pub(crate) fn learned(&self, params: &RankParams) -> &Learned {
        self.learned.get_or_init(|| Learned::new(self.kept.as_ref().map_or(&[], |k| &k.lines), params))
    }

    fn weigh_rings(&mut self) {
        let all: u64 = self.accounts.iter().map(|a| a.endorsements).sum();
        let mut rings = std::mem::take(&mut self.rings);
        for ring in &mut rings {
            ring.members.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let own: u64 = ring.members.iter().filter_map(|(m, ..)| self.account(m)).map(|a| a.endorsements).sum();
            ring.activity = own as f64 / all.max(1) as f64;
        }
        self.rings = rings;
    }

    /// By pseudonym.
    pub(crate) fn account(&self, pseudonym: &str) -> Option<&Account> {
        let i = self.accounts.binary_search_by(|a| (*a.account).cmp(pseudonym)).ok()?;
        self.accounts.get(i)
    }

    pub(crate) fn target(&self, name: &str) -> Option<&Target> {
        let i = self.targets.binary_search_by(|t| (*t.target).cmp(name)).ok()?;
        self.targets.get(i)
    }

    pub(crate) fn ring(&self, id: &str) -> Option<&Ring> {
        self.rings.get(*self.ring_index.get(id)?)
    }

    /// The endorsements of an account that are discounted: their targets, and by how much (p_fake).
    pub(crate) fn discounts_of(&self, pseudonym: &str) -> impl Iterator<Item = (&Target, f64)> {
        let all = self.discounts.get(pseudonym).map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(|&(place, p)| Some((self.targets.get(place as usize)?, f64::from(p))))
    }

    /// Place of a ring among the rings.
    pub(crate) fn ring_place(&self, id: &str) -> Option<usize> {
        self.ring_index.get(id).copied()
    }

    /// Evidence against a subject, strongest first.
    pub(crate) fn evidence_of(&self, subject_type: &str, subject: &str) -> &[Evidence] {
        let key = |e: &Evidence| (*e.subject_type).cmp(subject_type).then_with(|| (*e.subject).cmp(subject));
        let start = self.evidence.partition_point(|e| key(e).is_lt());
        let end = self.evidence.partition_point(|e| key(e).is_le());
        &self.evidence[start..end]
    }
}

#[cfg(test)]
impl Snapshot {
    /// For tests: findings of a few rows, accounts sorted by name.
    pub(crate) fn by_hand(accounts: Vec<Account>, rings: Vec<Ring>, fdr: f64) -> Self {
        let ring_index = rings.iter().enumerate().map(|(i, r)| (r.ring.clone(), i)).collect();
        let mut s = Snapshot { number: 1, accounts, rings, fdr, ring_index, ..Snapshot::default() };
        s.weigh_rings();
        s
    }
}
