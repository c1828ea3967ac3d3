//! What was found on accounts, targets and rings.

use super::table::{Table, find};
use super::truth::Known;
use super::{EvaluateError, gap};
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_detect::evaluation::material::{Corrected, FoundRing, Material, Targets};
use touchstone_detect::findings::Verdict;

/// Reads the tables of the findings but likes, and says how many there were.
pub(super) fn read(folder: &Path, known: &mut Known, material: &mut Material) -> Result<usize, EvaluateError> {
    let mut members: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut rings_known = false;
    let mut tables = 0;
    if let Some(path) = find(folder, "accounts") {
        rings_known |= read_accounts(&path, known, material, &mut members)?;
        tables += 1;
    } else {
        material.not_evaluated.push(gap("accounts", "the findings have no accounts.parquet or accounts.csv"));
    }
    if let Some(path) = find(folder, "targets") {
        read_targets(&path, known, material)?;
        read_bursts(folder, known, material)?;
        tables += 1;
    } else {
        material.not_evaluated.push(gap("counts", "the findings have no targets.parquet or targets.csv"));
    }
    if let Some(path) = find(folder, "ring_members") {
        // All members, where the column of accounts may name only those with a verdict.
        members = read_members(&path, known)?;
        (rings_known, tables) = (true, tables + 1);
    }
    if rings_known {
        let mut kinds = read_kinds(folder)?;
        if let Some(rings) = &mut material.rings {
            rings.found = members
                .into_iter()
                .map(|(name, members)| FoundRing { kind: kinds.remove(&name).flatten(), name, members })
                .collect();
            rings.found.sort_by_key(|r| order(&r.name));
        }
    } else {
        material.rings = None;
        let why = "the findings have neither ring_members nor a column \"ring\" of accounts";
        material.not_evaluated.push(gap("rings", why));
    }
    tables += usize::from(find(folder, "likes").is_some());
    Ok(tables)
}

/// r2 before r10.
fn order(name: &str) -> (usize, String) {
    (name.len(), name.to_owned())
}

fn read_accounts(
    path: &Path,
    known: &Known,
    material: &mut Material,
    members: &mut BTreeMap<String, Vec<u32>>,
) -> Result<bool, EvaluateError> {
    let table = Table::open(path, &["account", "verdict"], &["evidence_bits", "ring"])?;
    let (bits, ring) = (table.has(2), table.has(3));
    let mut seen = vec![false; material.accounts.len()];
    let (mut unknown, mut total, mut unknown_accused) = (0u64, 0u64, 0u64);
    table.each(|rows, row| {
        total += 1;
        let name = rows.name(0, row)?;
        let verdict = match rows.text(1, row).as_deref() {
            Some("organic") => Verdict::Organic,
            Some("suspect") => Verdict::Suspect,
            Some("inauthentic") => Verdict::Inauthentic,
            _ => return Err(rows.bad(1, row, "organic, suspect or inauthentic")),
        };
        let Some(account) = known.account(&name) else {
            unknown += 1;
            unknown_accused += u64::from(verdict == Verdict::Inauthentic);
            return Ok(());
        };
        if std::mem::replace(&mut seen[account], true) {
            return Err(rows.twice(row, "account", &name));
        }
        material.accounts[account].verdict = verdict;
        if let Some(bits) = rows.number(2, row)? {
            material.accounts[account].bits = bits;
        }
        if let Some(ring) = rows.text(3, row) {
            members.entry(ring.into_owned()).or_default().push(account as u32);
        }
        Ok(())
    })?;
    EvaluateError::check_world(path, &known.folder, "accounts", unknown, total)?;
    if unknown > 0 {
        material.notes.push(format!(
            "{unknown} of {total} accounts of the findings are not in the truth and left out, {unknown_accused} of them \
             accused"
        ));
    }
    (material.verdicts, material.bits) = (true, bits);
    if !bits {
        material.not_evaluated.push(gap("ranking", "accounts of the findings have no column \"evidence_bits\""));
    }
    Ok(ring)
}

fn read_targets(path: &Path, known: &mut Known, material: &mut Material) -> Result<(), EvaluateError> {
    let table = Table::open(path, &["target", "likes", "authentic"], &["authentic_low", "authentic_high"])?;
    let (mut unknown, mut total) = (0u64, 0u64);
    table.each(|rows, row| {
        total += 1;
        let name = rows.name(0, row)?;
        let Some(target) = known.target(&name) else {
            unknown += 1;
            return Ok(());
        };
        if known.rows[target].found.is_some() {
            return Err(rows.twice(row, "target", &name));
        }
        let authentic = rows.number(2, row)?.ok_or_else(|| rows.bad(2, row, "a number"))?;
        let interval = rows.number(3, row)?.zip(rows.number(4, row)?);
        known.rows[target].found = Some(Corrected { reported: rows.count(1, row)?, authentic, interval });
        Ok(())
    })?;
    EvaluateError::check_world(path, &known.folder, "targets", unknown, total)?;
    material.targets = Some(Targets { unknown, ..Targets::default() });
    Ok(())
}

/// Targets whose burst the detection stands by, and the end of reading targets.
fn read_bursts(folder: &Path, known: &mut Known, material: &mut Material) -> Result<(), EvaluateError> {
    let Some(targets) = &mut material.targets else { return Ok(()) };
    if let Some(path) = find(folder, "evidence") {
        targets.bursts_known = true;
        Table::open(&path, &["subject_type", "subject", "signal"], &["detail"])?.each(|rows, row| {
            let is_burst =
                rows.text(0, row).as_deref() == Some("target") && rows.text(2, row).as_deref() == Some("burst");
            if is_burst && accepted(rows.text(3, row).as_deref()) {
                let target = rows.text(1, row).and_then(|name| known.target(&name));
                if let Some(target) = target {
                    known.rows[target].burst = true;
                }
            }
            Ok(())
        })?;
    }
    let rows = std::mem::take(&mut known.rows);
    targets.rows = rows.into_iter().filter(|t| t.reported > 0 || t.found.is_some()).collect();
    Ok(())
}

/// A burst is written down even where it was too weak to stand by; then its detail says so.
fn accepted(detail: Option<&str>) -> bool {
    let detail = detail.and_then(|d| serde_json::from_str::<serde_json::Value>(d).ok());
    detail.and_then(|d| d["accepted"].as_bool()).unwrap_or(true)
}

fn read_members(path: &Path, known: &Known) -> Result<BTreeMap<String, Vec<u32>>, EvaluateError> {
    let mut members: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let (mut unknown, mut total) = (0u64, 0u64);
    Table::open(path, &["ring", "account"], &[])?.each(|rows, row| {
        total += 1;
        let ring = rows.name(0, row)?.into_owned();
        match known.account(&rows.name(1, row)?) {
            Some(account) => members.entry(ring).or_default().push(account as u32),
            None => unknown += 1,
        }
        Ok(())
    })?;
    EvaluateError::check_world(path, &known.folder, "accounts", unknown, total)?;
    for ring in members.values_mut() {
        ring.sort_unstable();
        ring.dedup();
    }
    Ok(members)
}

fn read_kinds(folder: &Path) -> Result<BTreeMap<String, Option<String>>, EvaluateError> {
    let mut kinds = BTreeMap::new();
    if let Some(path) = find(folder, "rings") {
        Table::open(&path, &["ring"], &["kind"])?.each(|rows, row| {
            kinds.insert(rows.name(0, row)?.into_owned(), rows.text(1, row).map(|k| k.into_owned()));
            Ok(())
        })?;
    }
    Ok(kinds)
}

/// What a reader should know about the match.
pub(super) fn notes(material: &mut Material) {
    if let Some(t) = material.targets.as_ref().filter(|t| t.unknown > 0) {
        material.notes.push(format!("{} targets of the findings are not in the truth and left out", t.unknown));
    }
    if let Some(l) = &material.likes {
        let parts = [
            (l.not_in_findings, "likes of the log are not in the findings and count as p_fake 0"),
            (l.taken_back, "likes of the findings were taken back in the log and count as what they were"),
            (l.unknown, "likes of the findings are not in the log and left out"),
        ];
        for (n, what) in parts.into_iter().filter(|(n, _)| *n > 0) {
            material.notes.push(format!("{n} {what}"));
        }
    }
}
