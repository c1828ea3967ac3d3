//! Findings read back from their folder, as whoever acts on them needs them: what is not organic, with names.

use crate::evaluate::EvaluateError;
use crate::evaluate::table::{Rows, Table, find};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use touchstone_detect::findings::{Evidence, RingKind, Verdict};
use touchstone_detect::found::{FoundAccount, FoundRing, FoundTarget};

/// A piece of evidence: ("account", "ring" or "target", its name, what).
pub type EvidenceRow = (String, String, Evidence);

/// Findings read back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reread {
    /// Version of the program that wrote them; empty where unknown.
    pub version: String,
    /// Hash of its configuration; empty where unknown.
    pub configuration: String,
    /// All accounts.
    pub accounts_total: u64,
    /// Accounts that are not organic, and members of rings that are: they have endorsements at stake as well.
    pub accounts: Vec<FoundAccount>,
    /// Rings.
    pub rings: Vec<FoundRing>,
    /// Targets with a corrected count below the reported one.
    pub targets: Vec<FoundTarget>,
    /// Evidence, in the order of the file.
    pub evidence: Vec<EvidenceRow>,
}

/// Reads findings that `touchstone detect` wrote, as Parquet or CSV. Only the accounts must be there.
///
/// # Errors
/// The folder or its accounts are missing, or a file cannot be read.
pub fn read(folder: &Path) -> Result<Reread, EvaluateError> {
    if !folder.is_dir() {
        return Err(EvaluateError::NoFolder { path: folder.to_owned() });
    }
    let Some(accounts) = find(folder, "accounts") else {
        return Err(EvaluateError::NoFindings { path: folder.to_owned() });
    };
    let mut all = Reread::default();
    if let Ok(text) = std::fs::read_to_string(folder.join("summary.json")) {
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let text = |name: &str| summary[name].as_str().unwrap_or_default().to_owned();
        (all.version, all.configuration) = (text("version"), text("configuration_hash"));
    }
    read_rings(folder, &mut all)?;
    read_accounts(&accounts, &mut all)?;
    all.accounts.sort_by(|a, b| a.account.cmp(&b.account));
    let owners = read_targets(folder, &mut all)?;
    read_authors(folder, &mut all, &owners)?;
    read_evidence(folder, &mut all)?;
    // Chunks of a file may come in any order; what is made of findings must not depend on it.
    all.rings.sort_by(|a, b| (a.ring.len(), &a.ring).cmp(&(b.ring.len(), &b.ring)));
    all.rings.iter_mut().for_each(|r| r.members.sort());
    all.targets.sort_by(|a, b| a.target.cmp(&b.target));
    all.evidence.sort_by(|a, b| {
        let of = |e: &EvidenceRow| (e.0.clone(), e.1.clone(), e.2.signal.clone(), e.2.sentence.clone());
        of(a).cmp(&of(b)).then(b.2.bits.total_cmp(&a.2.bits))
    });
    Ok(all)
}

fn read_accounts(path: &Path, all: &mut Reread) -> Result<(), EvaluateError> {
    let may = ["evidence_bits", "ring", "endorsements", "discounted", "top_signal"];
    let members: BTreeSet<&str> = all.rings.iter().flat_map(|r| &r.members).map(String::as_str).collect();
    Table::open(path, &["account", "verdict"], &may)?.each(|rows, row| {
        all.accounts_total += 1;
        let verdict = match rows.text(1, row).as_deref() {
            Some("organic") if !members.contains(rows.name(0, row)?.as_ref()) => return Ok(()),
            Some("organic") => Verdict::Organic,
            Some("suspect") => Verdict::Suspect,
            Some("inauthentic") => Verdict::Inauthentic,
            _ => return Err(rows.bad(1, row, "organic, suspect or inauthentic")),
        };
        all.accounts.push(FoundAccount {
            account: rows.name(0, row)?.into_owned(),
            verdict,
            bits: rows.number(2, row)?.unwrap_or(0.0),
            ring: rows.text(3, row).filter(|r| !r.is_empty()).map(|r| r.into_owned()),
            endorsements: rows.number(4, row)?.unwrap_or(0.0).max(0.0) as u64,
            discounted: rows.number(5, row)?.unwrap_or(0.0),
            top_signal: rows.text(6, row).filter(|s| !s.is_empty()).map(|s| s.into_owned()),
            authors: Vec::new(),
        });
        Ok(())
    })
}

fn read_rings(folder: &Path, all: &mut Reread) -> Result<(), EvaluateError> {
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Some(path) = find(folder, "ring_members") {
        Table::open(&path, &["ring", "account"], &[])?.each(|rows, row| {
            members.entry(rows.name(0, row)?.into_owned()).or_default().push(rows.name(1, row)?.into_owned());
            Ok(())
        })?;
    }
    let Some(path) = find(folder, "rings") else { return Ok(()) };
    let may = ["targets", "accused", "first_ts", "last_ts"];
    Table::open(&path, &["ring", "kind", "evidence_bits"], &may)?.each(|rows, row| {
        let ring = rows.name(0, row)?.into_owned();
        let kind = match rows.text(1, row).as_deref() {
            Some("farm") => RingKind::Farm,
            Some("exchange") => RingKind::Exchange,
            Some("pod") => RingKind::Pod,
            Some("collusion") => RingKind::Collusion,
            Some("burst") => RingKind::Burst,
            _ => return Err(rows.bad(1, row, "farm, exchange, pod, collusion or burst")),
        };
        all.rings.push(FoundRing {
            kind,
            bits: rows.number(2, row)?.unwrap_or(0.0),
            targets: rows.number(3, row)?.unwrap_or(0.0).max(0.0) as u64,
            accused: rows.number(4, row)?.unwrap_or(0.0).max(0.0) as u64,
            first_ts: rows.time(5, row).unwrap_or(0),
            last_ts: rows.time(6, row).unwrap_or(0),
            members: members.remove(&ring).unwrap_or_default(),
            ring,
        });
        Ok(())
    })
}

/// Says who owns what.
fn read_targets(folder: &Path, all: &mut Reread) -> Result<BTreeMap<String, String>, EvaluateError> {
    let mut owners = BTreeMap::new();
    let Some(path) = find(folder, "targets") else { return Ok(owners) };
    let may = ["owner", "authentic_low", "authentic_high"];
    Table::open(&path, &["target", "likes", "authentic"], &may)?.each(|rows, row| {
        let target = rows.name(0, row)?.into_owned();
        let owner = rows.text(3, row).filter(|o| !o.is_empty()).map(|o| o.into_owned());
        if let Some(owner) = &owner {
            owners.insert(target.clone(), owner.clone());
        }
        let reported = rows.count(1, row)?;
        let authentic = rows.number(2, row)?.ok_or_else(|| rows.bad(2, row, "a number"))?;
        if authentic < reported as f64 {
            let (low, high) = (rows.number(4, row)?.unwrap_or(authentic), rows.number(5, row)?.unwrap_or(authentic));
            all.targets.push(FoundTarget { target, owner, reported, authentic, low, high });
        }
        Ok(())
    })?;
    Ok(owners)
}

fn read_authors(folder: &Path, all: &mut Reread, owners: &BTreeMap<String, String>) -> Result<(), EvaluateError> {
    let Some(path) = find(folder, "likes").filter(|_| !owners.is_empty()) else { return Ok(()) };
    let place: BTreeMap<String, usize> = all.accounts.iter().enumerate().map(|(i, a)| (a.account.clone(), i)).collect();
    let mut authors = vec![BTreeSet::new(); all.accounts.len()];
    Table::open(&path, &["actor", "target", "p_fake"], &[])?.each(|rows: &Rows, row| {
        if rows.number(2, row)?.is_some_and(|p| p > 0.5) {
            let account = rows.text(0, row).and_then(|a| place.get(a.as_ref()));
            let owner = rows.text(1, row).and_then(|t| owners.get(t.as_ref()));
            if let (Some(account), Some(owner)) = (account, owner) {
                authors[*account].insert(owner.clone());
            }
        }
        Ok(())
    })?;
    for (account, owners) in all.accounts.iter_mut().zip(authors) {
        account.authors = owners.into_iter().collect();
    }
    Ok(())
}

fn read_evidence(folder: &Path, all: &mut Reread) -> Result<(), EvaluateError> {
    let Some(path) = find(folder, "evidence") else { return Ok(()) };
    let may = ["statistic", "observed", "expected", "detail"];
    Table::open(&path, &["subject_type", "subject", "signal", "bits"], &may)?.each(|rows, row| {
        let statistic = rows.text(4, row).map(|s| s.into_owned()).unwrap_or_default();
        let detail: serde_json::Value =
            rows.text(7, row).and_then(|d| serde_json::from_str(&d).ok()).unwrap_or_default();
        // What was written down though the detection did not stand by it.
        if detail["accepted"] == false {
            return Ok(());
        }
        let evidence = Evidence {
            signal: rows.name(2, row)?.into_owned(),
            bits: rows.number(3, row)?.unwrap_or(0.0),
            observed: rows.number(5, row)?.unwrap_or(0.0),
            expected: rows.number(6, row)?.unwrap_or(0.0),
            sentence: detail["sentence"].as_str().unwrap_or(&statistic).to_owned(),
            statistic,
            samples: Vec::new(),
        };
        all.evidence.push((rows.name(0, row)?.into_owned(), rows.name(1, row)?.into_owned(), evidence));
        Ok(())
    })
}

/// The group of each account of a simulated world, and whether it is innocent: an attack's or a look-alike's name, or
/// the role.
///
/// # Errors
/// There is no truth in the folder, or it cannot be read.
pub fn groups(truth: &Path) -> Result<BTreeMap<String, (String, bool)>, EvaluateError> {
    let Some(path) = find(truth, "truth_accounts") else {
        return Err(EvaluateError::NoTruth { path: truth.to_owned() });
    };
    let mut groups = BTreeMap::new();
    Table::open(&path, &["account", "role"], &["attack", "look_alike", "fake_likes"])?.each(|rows, row| {
        let innocent = rows.number(4, row)?.unwrap_or(0.0) == 0.0;
        let attack = rows.text(2, row).filter(|a| !a.is_empty());
        let look_alike = rows.text(3, row).filter(|l| !l.is_empty());
        let group = match (innocent, attack, look_alike) {
            (false, Some(attack), _) => format!("attack: {attack}"),
            (false, None, _) => "attack".to_owned(),
            (true, _, Some(look_alike)) => format!("look-alike: {look_alike}"),
            (true, ..) => "ordinary".to_owned(),
        };
        groups.insert(rows.name(0, row)?.into_owned(), (group, innocent));
        Ok(())
    })?;
    Ok(groups)
}
