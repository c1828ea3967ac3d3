//! New keys: every pseudonym at rest is made anew. Done while nobody serves.
//!
//! All files are written beside the old ones first. A file `COMPLETE` then says so, and only then they
//! are put in place; a crash before it undoes the rotation, a crash after it completes it.
//!
//! Hashes of addresses and devices cannot be made anew, since nobody has the values. They stay, but
//! their key is gone, so a guess can no longer be checked; a device seen before and after counts as two.

use super::close;
use super::erase::{Fate, rewrite_part, rewrite_segment};
use super::files::{make_folder, names, remove, sync_folder, write_whole};
use super::open::{Repair, lock_folder};
use super::{Identity, LandingError, journal};
use std::path::Path;

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Rows whose pseudonyms were made anew.
    pub rows: u64,
    /// Names that were no pseudonyms under the old key, and stayed.
    pub unknown: u64,
    /// Files that were written.
    pub files: u64,
}

const FOLDER: &str = "rotation";
const COMPLETE: &str = "COMPLETE";

/// Makes new keys for accounts and attributes, and all pseudonyms of the folder anew. Findings are
/// removed: they name the old ones, and the next start makes them again.
///
/// # Errors
/// If a server has the folder, or something cannot be read or written; then the old keys hold.
pub fn rotate_keys(folder: &Path, keys: &Path) -> Result<Rotated, LandingError> {
    let _lock = lock_folder(folder)?;
    finish(folder, keys, &mut Vec::new())?;
    let old = Identity::open(keys)?;
    let stage = folder.join(FOLDER);
    let scratch = stage.join("scratch");
    for needed in [&stage, &scratch, &stage.join("events"), &stage.join("journal")] {
        make_folder(needed)?;
    }
    let new = Identity::prepare_rotation(keys, &stage.join("keys.json"))?;
    let mut rotated = Rotated::default();
    let rename = |name: &str, unknown: &mut u64| match old.reveal(name) {
        Some(account) => new.pseudonym(&account),
        None => {
            *unknown += 1;
            name.to_owned()
        }
    };
    let (mut rows, mut unknown) = (0, 0);
    let mut fate = |actor: &str, owner: Option<&str>| {
        rows += 1;
        Fate::Change { actor: rename(actor, &mut unknown), owner: owner.map(|o| rename(o, &mut unknown)) }
    };
    let (events, journal) = (folder.join("events"), folder.join("journal"));
    for window in names(&events)? {
        let to = stage.join("events").join(&window);
        make_folder(&to)?;
        for covers in close::parts(&events.join(&window))? {
            let name = covers.file_name();
            rewrite_part(&events.join(&window).join(&name), &scratch, &to.join(&name), &mut fate)?;
            rotated.files += 1;
        }
    }
    for name in names(&journal)? {
        let Some(segment) = journal::of_file(&name) else { continue };
        rewrite_segment(&journal.join(&name), segment, &scratch, &stage.join("journal").join(&name), &mut fate)?;
        rotated.files += 1;
    }
    (rotated.rows, rotated.unknown) = (rows, unknown);
    write_whole(&stage.join(COMPLETE), b"all files of the rotation are here\n", false)?;
    finish(folder, keys, &mut Vec::new())?;
    Ok(rotated)
}

/// Completes or undoes a rotation that a crash cut short.
pub(super) fn finish(folder: &Path, keys: &Path, repairs: &mut Vec<Repair>) -> Result<(), LandingError> {
    let stage = folder.join(FOLDER);
    if !stage.exists() {
        return Ok(());
    }
    let clear = |path: &Path| match std::fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(LandingError::io(path, "cannot be removed", &e)),
        _ => Ok(()),
    };
    if !stage.join(COMPLETE).exists() {
        clear(&stage)?;
        repairs.push(Repair::RotationUndone);
        return Ok(());
    }
    // Each step is done or not, which its names tell; the order makes every state one of ours.
    let rename = |from: &Path, to: &Path| {
        std::fs::rename(from, to).map_err(|e| LandingError::io(to, "cannot be moved into place", &e))
    };
    for name in ["events", "journal"] {
        let (new, place, old) = (stage.join(name), folder.join(name), stage.join(format!("old-{name}")));
        if new.exists() {
            if place.exists() {
                rename(&place, &old)?;
            }
            rename(&new, &place)?;
        }
    }
    sync_folder(folder)?;
    let next = stage.join("keys.json");
    if next.exists() {
        // The keys may live on another disk, where a rename cannot reach.
        let text = std::fs::read(&next).map_err(|e| LandingError::io(&next, "cannot be read", &e))?;
        write_whole(keys, &text, true)?;
    }
    clear(&folder.join("findings"))?;
    // The mark goes last but one, so that a crash while clearing is completed again.
    for name in ["old-events", "old-journal", "scratch"] {
        clear(&stage.join(name))?;
    }
    remove(&next)?;
    remove(&stage.join(COMPLETE))?;
    clear(&stage)?;
    repairs.push(Repair::Rotation);
    Ok(())
}
