//! The truth on accounts, targets, rings and look-alikes.

use super::table::{Table, find};
use super::{EvaluateError, gap};
use crate::store::intern::{Interner, NO_ID};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use touchstone_detect::evaluation::World;
use touchstone_detect::evaluation::material::{Account, Material, NONE, Rings, Role, Target, TrueRing};
use touchstone_detect::findings::Verdict;

/// Most kinds of look-alikes: they are bits of a word.
const KINDS_MAX: usize = 32;

/// Names of the truth. Ids of accounts and targets are rows of its tables.
pub(super) struct Known {
    pub(super) folder: PathBuf,
    pub(super) accounts: Interner,
    pub(super) targets: Interner,
    pub(super) attacks: Vec<String>,
    /// Targets of the truth, all of them.
    pub(super) rows: Vec<Target>,
}

fn open(folder: &Path, name: &'static str, must: &[&'static str]) -> Result<Table, EvaluateError> {
    let path = find(folder, name).ok_or_else(|| EvaluateError::NoFile { folder: folder.to_owned(), name })?;
    Table::open(&path, must, &[])
}

/// Reads all truth but that on single events.
pub(super) fn read(folder: &Path, material: &mut Material) -> Result<Known, EvaluateError> {
    let mut known = Known {
        folder: folder.to_owned(),
        accounts: Interner::new(&[0; 32]),
        targets: Interner::new(&[1; 32]),
        attacks: Vec::new(),
        rows: Vec::new(),
    };
    let rings = read_rings(folder, &mut known)?;
    read_accounts(folder, &mut known, &rings, material)?;
    let mut rings: Vec<TrueRing> = rings.into_values().map(|(_, ring)| ring).collect();
    rings.sort_by_key(|r| ring_number(&r.name));
    for (account, a) in material.accounts.iter().enumerate().filter(|(_, a)| a.ring != NONE) {
        rings[a.ring as usize].members.push(account as u32);
    }
    material.rings = Some(Rings { truth: rings, found: Vec::new() });
    read_look_alikes(folder, &known, material)?;
    read_targets(folder, &mut known)?;
    material.attacks = known.attacks.clone();
    Ok(known)
}

/// Rings by number where their names end with one: ring-2 comes before ring-10.
fn ring_number(name: &str) -> (u64, String) {
    let digits = name.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    (digits.parse().unwrap_or(u64::MAX), name.to_owned())
}

/// Rings with their places in order.
fn read_rings(folder: &Path, known: &mut Known) -> Result<BTreeMap<String, (u32, TrueRing)>, EvaluateError> {
    let mut rings: Vec<TrueRing> = Vec::new();
    open(folder, "truth_rings", &["ring", "attack", "kind"])?.each(|rows, row| {
        rings.push(TrueRing {
            name: rows.name(0, row)?.into_owned(),
            attack: rows.name(1, row)?.into_owned(),
            kind: rows.name(2, row)?.into_owned(),
            members: Vec::new(),
        });
        Ok(())
    })?;
    rings.sort_by_key(|r| ring_number(&r.name));
    for ring in &rings {
        if !known.attacks.contains(&ring.attack) {
            known.attacks.push(ring.attack.clone());
        }
    }
    Ok(rings.into_iter().enumerate().map(|(i, r)| (r.name.clone(), (i as u32, r))).collect())
}

fn read_accounts(
    folder: &Path,
    known: &mut Known,
    rings: &BTreeMap<String, (u32, TrueRing)>,
    material: &mut Material,
) -> Result<(), EvaluateError> {
    let columns = ["account", "role", "ring", "likes", "fake_likes"];
    open(folder, "truth_accounts", &columns)?.each(|rows, row| {
        let name = rows.name(0, row)?;
        let role = rows.text(1, row).and_then(|r| Role::from_name(&r));
        let role = role.ok_or_else(|| rows.bad(1, row, "person, member, token_owner or operated"))?;
        let ring = match rows.text(2, row) {
            None => None,
            Some(ring) => Some(rings.get(&*ring).ok_or_else(|| rows.bad(2, row, "a ring of truth_rings"))?),
        };
        let attack = ring.and_then(|(_, ring)| known.attacks.iter().position(|a| *a == ring.attack));
        if known.accounts.intern(&name) as usize != material.accounts.len() {
            return Err(rows.twice(row, "account", &name));
        }
        material.accounts.push(Account {
            role,
            attack: attack.map_or(NONE, |a| a as u32),
            ring: ring.map_or(NONE, |(number, _)| *number),
            look_alikes: 0,
            likes: rows.count(3, row)?,
            fake_likes: rows.count(4, row)?,
            verdict: Verdict::Organic,
            bits: f64::NEG_INFINITY,
        });
        Ok(())
    })
}

fn read_look_alikes(folder: &Path, known: &Known, material: &mut Material) -> Result<(), EvaluateError> {
    if find(folder, "truth_look_alikes").is_none() {
        material.not_evaluated.push(gap("look-alikes", "the truth has no truth_look_alikes.parquet"));
        return Ok(());
    }
    let mut kinds: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    open(folder, "truth_look_alikes", &["kind", "account"])?.each(|rows, row| {
        let account = known.accounts.find(&rows.name(1, row)?);
        let account = account.ok_or_else(|| rows.bad(1, row, "an account of truth_accounts"))?;
        kinds.entry(rows.name(0, row)?.into_owned()).or_default().push(account);
        if kinds.len() > KINDS_MAX {
            return Err(rows.bad(0, row, "one of at most 32 kinds"));
        }
        Ok(())
    })?;
    for (kind, (name, members)) in kinds.into_iter().enumerate() {
        material.look_alikes.push(name);
        members.iter().for_each(|m| material.accounts[*m as usize].look_alikes |= 1 << kind);
    }
    Ok(())
}

fn read_targets(folder: &Path, known: &mut Known) -> Result<(), EvaluateError> {
    let columns = ["target", "reported", "authentic", "attacked", "ordered"];
    open(folder, "truth_targets", &columns)?.each(|rows, row| {
        let name = rows.name(0, row)?;
        if known.targets.intern(&name) as usize != known.rows.len() {
            return Err(rows.twice(row, "target", &name));
        }
        let (reported, authentic) = (rows.count(1, row)?, rows.count(2, row)?);
        if authentic > reported {
            return Err(rows.bad(2, row, "at most what is reported"));
        }
        let (attacked, ordered) = (rows.flag(3, row)?, rows.flag(4, row)?);
        known.rows.push(Target { reported, authentic, attacked, ordered, ..Target::default() });
        Ok(())
    })
}

impl Known {
    /// The account of this name.
    pub(super) fn account(&self, name: &str) -> Option<usize> {
        self.accounts.find(name).map(|id| id as usize)
    }

    /// The target of this name.
    pub(super) fn target(&self, name: &str) -> Option<usize> {
        self.targets.find(name).map(|id| id as usize)
    }

    /// A pair of names in one number; none where a name is unknown.
    pub(super) fn pair(&self, account: u32, target: u32) -> Option<u64> {
        (account != NO_ID && target != NO_ID).then_some(u64::from(account) << 32 | u64::from(target))
    }
}

/// What simulate.json says, if it is there and can be read: it is shown, and nothing depends on it.
pub(super) fn world(folder: &Path) -> World {
    let read = || -> Option<serde_json::Value> {
        serde_json::from_slice(&std::fs::read(folder.join("simulate.json")).ok()?).ok()
    };
    let Some(all) = read() else { return World::default() };
    World {
        about: all["scenario"]["about"].as_str().map(str::to_owned),
        seed: all["seed"].as_u64(),
        events: all["report"]["events"].as_u64().unwrap_or(0),
    }
}
