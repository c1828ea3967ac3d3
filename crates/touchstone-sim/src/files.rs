//! Writing so that no half-written file is ever seen under its final name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder into which files are written under a passing name and renamed together at the end.
/// Dropped without [`Staged::publish`], it removes what it wrote.
pub(crate) struct Staged {
    folder: PathBuf,
    names: Vec<&'static str>,
    published: bool,
}

impl Staged {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), names: Vec::new(), published: false })
    }

    /// The path to write `name` to for now.
    pub(crate) fn path(&mut self, name: &'static str) -> PathBuf {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        self.passing(name)
    }

    pub(crate) fn create(&mut self, name: &'static str) -> io::Result<fs::File> {
        fs::File::create(self.path(name))
    }

    /// Gives every file its name.
    pub(crate) fn publish(mut self) -> io::Result<()> {
        for name in &self.names {
            fs::rename(self.passing(name), self.folder.join(name))?;
        }
        self.published = true;
        Ok(())
    }

    fn passing(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}.partial"))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        for name in &self.names {
            // Best effort: the error that brought us here is the one to report.
            let _ = fs::remove_file(self.passing(name));
        }
    }
}
