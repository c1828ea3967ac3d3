//! Erasing an account: every row it acted in goes, and its name as an owner.
//!
//! What is to be erased is written down first, so that a crash on the way is made up for at the
//! next start.

use super::codec::{self, RowView};
use super::files::{make_folder, names, publish, remove, write_whole};
use super::journal::{self, Scan};
use super::open::Repair;
use super::part::{self, Builder, PartRow};
use super::writer::lock;
use super::{Landing, LandingError, close};
use std::path::Path;

/// What an erasure removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows in which the account acted.
    pub rows: u64,
    /// Rows of others that named it as the owner of a target.
    pub owned: u64,
    /// Files that were written anew.
    pub files: u64,
}

/// What becomes of a row.
pub(super) enum Fate {
    Keep,
    Drop,
    Change { actor: String, owner: Option<String> },
}

const FOLDER: &str = "erasures";

impl Landing {
    /// Erases an account, by its name or pseudonym, from all events. Batches that are on their way meanwhile are
    /// new and not touched.
    ///
    /// # Errors
    /// If a file cannot be read or written; then the rest is done at the next start or call.
    pub fn erase(&self, account: &str) -> Result<Erased, LandingError> {
        let pseudonym = match self.identity.reveal(account) {
            Some(_) => account.to_owned(),
            None => self.identity.pseudonym(account),
        };
        let folder = self.folder.join(FOLDER);
        make_folder(&folder)?;
        // The name of the file tells nothing; its content goes with it.
        let order = folder.join(format!("{}.txt", &blake3::hash(pseudonym.as_bytes()).to_hex()[..16]));
        write_whole(&order, pseudonym.as_bytes(), true)?;
        self.carry_out(&order, &pseudonym)
    }

    fn carry_out(&self, order: &Path, pseudonym: &str) -> Result<Erased, LandingError> {
        let _one_at_a_time = lock(&self.maintenance);
        self.seal_if(|state| state.segments.get(&state.active).is_some_and(|s| !s.pending.is_empty()))?;
        let mut erased = Erased::default();
        let mut fate = |actor: &str, owner: Option<&str>| {
            if actor == pseudonym {
                erased.rows += 1;
                Fate::Drop
            } else if owner == Some(pseudonym) {
                erased.owned += 1;
                Fate::Change { actor: actor.to_owned(), owner: None }
            } else {
                Fate::Keep
            }
        };
        let mut files = 0;
        for window in names(&self.events)? {
            let folder = self.events.join(window);
            for covers in close::parts(&folder)? {
                let path = folder.join(covers.file_name());
                files += u64::from(rewrite_part(&path, &self.scratch, &path, &mut fate)?);
            }
        }
        let sealed: Vec<_> = {
            let state = lock(&self.state);
            let sealed = state.segments.iter().filter(|(id, _)| **id != state.active);
            sealed.map(|(id, s)| (*id, s.path.clone())).collect()
        };
        for (id, path) in sealed {
            files += u64::from(rewrite_segment(&path, id, &self.scratch, &path, &mut fate)?);
        }
        erased.files = files;
        if files > 0 {
            lock(&self.state).generation += 1;
        }
        remove(order)?;
        Ok(erased)
    }
}

/// Completes erasures that a crash cut short.
pub(super) fn finish(landing: &Landing, repairs: &mut Vec<Repair>) -> Result<(), LandingError> {
    let folder = landing.folder.join(FOLDER);
    for name in names(&folder)? {
        let order = folder.join(name);
        if order.extension().is_none_or(|e| e != "txt") {
            remove(&order)?;
            continue;
        }
        let pseudonym = std::fs::read_to_string(&order).map_err(|e| LandingError::io(&order, "cannot be read", &e))?;
        let erased = landing.carry_out(&order, &pseudonym)?;
        repairs.push(Repair::Erasure { rows: erased.rows + erased.owned });
    }
    Ok(())
}

/// Writes a part anew at `to` where a row changes, or where it is to be elsewhere; true if so.
pub(super) fn rewrite_part(
    from: &Path,
    scratch: &Path,
    to: &Path,
    fate: &mut impl FnMut(&str, Option<&str>) -> Fate,
) -> Result<bool, LandingError> {
    let mut builder = Builder::new();
    let mut changed = from != to;
    part::read(from, |row| match fate(row.actor, row.texts[0]) {
        Fate::Keep => builder.push(row),
        Fate::Drop => changed = true,
        Fate::Change { actor, owner } => {
            changed = true;
            let [_, ip, device, agent, session] = row.texts;
            let texts = [owner.as_deref(), ip, device, agent, session];
            builder.push(&PartRow { actor: &actor, texts, ..row.clone() });
        }
    })?;
    if changed {
        // A part without rows stays: it says that its segment is done.
        builder.publish(scratch, to)?;
    }
    Ok(changed)
}

/// Writes a segment anew at `to` where a row changes, or where it is to be elsewhere; true if so. A
/// dropped row leaves an empty one, so that the others keep their places.
pub(super) fn rewrite_segment(
    from: &Path,
    segment: u64,
    scratch: &Path,
    to: &Path,
    fate: &mut impl FnMut(&str, Option<&str>) -> Fate,
) -> Result<bool, LandingError> {
    let scan = Scan::read(from, segment)?;
    // Damaged stretches may hold the name of whoever is erased: they are not carried over.
    let mut changed = from != to || !scan.damaged.is_empty() || scan.good_end < scan.len();
    let mut out = journal::header(segment);
    for record in scan.records() {
        let rows: Vec<Vec<u8>> = record
            .rows
            .iter()
            .map(|bytes| match codec::decode(bytes) {
                None => Vec::new(),
                Some(row) => match fate(row.actor, row.owner) {
                    Fate::Keep => bytes.to_vec(),
                    Fate::Drop => {
                        changed = true;
                        Vec::new()
                    }
                    Fate::Change { actor, owner } => {
                        changed = true;
                        again(&row, actor, owner)
                    }
                },
            })
            .collect();
        let offset = out.len() as u64;
        journal::append(segment, offset, record.head, rows.iter().map(Vec::as_slice), &mut out);
    }
    if changed {
        let draft = scratch.join(format!("{segment}.log"));
        std::fs::write(&draft, &out).map_err(|e| LandingError::io(&draft, "cannot be written", &e))?;
        publish(&draft, to)?;
    }
    Ok(changed)
}

fn again(row: &RowView<'_>, actor: String, owner: Option<String>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let row = super::admit::Row {
        actor,
        owner,
        target: row.target.into(),
        kind: row.kind.into(),
        ts: row.ts,
        dwell_ms: row.dwell_ms,
        watch_fraction: row.watch_fraction,
        hashes: row.hashes,
        event: row.event,
    };
    codec::encode(&row, &mut bytes);
    bytes
}
