//! The output folder appears whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why the output folder cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// Something else is there.
    #[error("{}: exists and holds no findings of an earlier run; choose another --out or remove it", .0.display())]
    Occupied(PathBuf),
    /// The system refused.
    #[error("{}: cannot be made: {source}; choose another --out", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A folder under construction beside its final place. Dropped before [`OutputFolder::publish`],
/// it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    scratch: tempfile::TempDir,
    destination: PathBuf,
}

impl OutputFolder {
    /// Begins a folder that will become `destination`. An earlier run's findings there are replaced
    /// at the end; anything else is left alone.
    ///
    /// # Errors
    /// If `destination` is taken, or its parent cannot be written.
    pub fn begin(destination: &Path) -> Result<Self, FolderError> {
        Self::begin_marked(destination, "summary.json")
    }

    /// The same for results that are known by another file of theirs.
    ///
    /// # Errors
    /// As [`OutputFolder::begin`].
    pub fn begin_marked(destination: &Path, marker: &str) -> Result<Self, FolderError> {
        let io = |source| FolderError::Io { path: destination.to_path_buf(), source };
        let replaceable = match fs::read_dir(destination) {
            Ok(mut entries) => entries.next().is_none() || destination.join(marker).is_file(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => true,
            Err(e) if e.kind() == io::ErrorKind::NotADirectory => false,
            Err(e) => return Err(io(e)),
        };
        if !replaceable {
            return Err(FolderError::Occupied(destination.to_path_buf()));
        }
        let parent = match destination.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
            _ => PathBuf::from("."),
        };
        fs::create_dir_all(&parent).map_err(io)?;
        let scratch = tempfile::Builder::new().prefix(".touchstone-").tempdir_in(&parent).map_err(io)?;
        for inner in ["findings", "spill"] {
            fs::create_dir(scratch.path().join(inner)).map_err(io)?;
        }
        Ok(Self { scratch, destination: destination.to_path_buf() })
    }

    /// Where findings are written.
    #[must_use]
    pub fn findings(&self) -> PathBuf {
        self.scratch.path().join("findings")
    }

    /// Where partitions spill to.
    #[must_use]
    pub fn spill(&self) -> PathBuf {
        self.scratch.path().join("spill")
    }

    /// Moves the findings into place. The old ones are moved aside first, and back if that fails.
    ///
    /// # Errors
    /// If the system refuses; then the old findings stand.
    pub fn publish(self) -> Result<(), FolderError> {
        let io = |source| FolderError::Io { path: self.destination.clone(), source };
        let old = self.scratch.path().join("old");
        let had = self.destination.exists();
        if had {
            fs::rename(&self.destination, &old).map_err(io)?;
        }
        if let Err(e) = fs::rename(self.findings(), &self.destination) {
            if had {
                // Best effort: the error that is reported is the one that began it.
                let _ = fs::rename(&old, &self.destination);
            }
            return Err(io(e));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("a").join("out");
        {
            let folder = OutputFolder::begin(&out).unwrap();
            fs::write(folder.findings().join("summary.json"), "1").unwrap();
        }
        assert!(!out.exists(), "dropped: nothing");
        assert_eq!(fs::read_dir(dir.path().join("a")).unwrap().count(), 0, "and nothing beside it");
        for text in ["1", "2"] {
            let folder = OutputFolder::begin(&out).unwrap();
            fs::write(folder.findings().join("summary.json"), text).unwrap();
            folder.publish().unwrap();
            assert_eq!(fs::read_to_string(out.join("summary.json")).unwrap(), text);
        }
        assert_eq!(fs::read_dir(dir.path().join("a")).unwrap().count(), 1);
    }

    #[test]
    fn somebody_elses_folder_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("thesis.txt"), "x").unwrap();
        assert!(matches!(OutputFolder::begin(dir.path()), Err(FolderError::Occupied(_))));
        assert!(matches!(OutputFolder::begin(&dir.path().join("thesis.txt")), Err(FolderError::Occupied(_))));
    }
}
