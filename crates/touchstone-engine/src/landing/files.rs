//! Files that are there after a power cut: written whole under another name, flushed, renamed.

use super::LandingError;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Makes what is named in `folder` durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), LandingError> {
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| LandingError::io(folder, "cannot be flushed to the disk", &e))
}

/// Makes a folder and its parents, durably.
pub(super) fn make_folder(folder: &Path) -> Result<(), LandingError> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|e| LandingError::io(folder, "cannot be made", &e))?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Moves a file that is complete into place, durably. What had the name before is replaced at once.
pub(super) fn publish(from: &Path, to: &Path) -> Result<(), LandingError> {
    let flush = File::open(from).and_then(|f| f.sync_all());
    flush.map_err(|e| LandingError::io(from, "cannot be flushed to the disk", &e))?;
    fs::rename(from, to).map_err(|e| LandingError::io(to, "cannot be moved into place", &e))?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Writes a small file in one piece, durably; `secret` files are for the owner's eyes.
pub(super) fn write_whole(path: &Path, bytes: &[u8], secret: bool) -> Result<(), LandingError> {
    let fail = |what, e: std::io::Error| LandingError::io(path, what, &e);
    let next = path.with_extension("next");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&next).map_err(|e| fail("cannot be written", e))?;
    file.write_all(bytes).map_err(|e| fail("cannot be written", e))?;
    drop(file);
    publish(&next, path)
}

/// Removes a file; one that is gone already is no error.
pub(super) fn remove(path: &Path) -> Result<(), LandingError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(LandingError::io(path, "cannot be removed", &e)),
        _ => Ok(()),
    }
}

/// Names in a folder, sorted; none where it does not exist.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, LandingError> {
    let fail = |e: std::io::Error| LandingError::io(folder, "cannot be listed", &e);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(fail(e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(fail)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
