//! Why events could not be landed.

use std::path::{Path, PathBuf};

/// Why events could not be landed, or a data folder not be used.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LandingError {
    /// More is waiting than may wait; nothing was taken.
    #[error("more events are waiting for the disk than may wait; send them again a little later")]
    Busy,
    /// The journal has reached its limit because windows do not close; nothing was taken.
    #[error(
        "the journal holds {bytes} bytes of events whose windows are still open, the most it may; send them again later"
    )]
    JournalFull {
        /// Its size.
        bytes: u64,
    },
    /// The disk is full; nothing was taken.
    #[error("{}: the disk is full; free some space and send the batch again", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// A batch key that stood for other rows before.
    #[error("this batch key was used for other rows before; use a new key for new rows")]
    KeyReused,
    /// Shut down while the batch waited; it may or may not be on the disk.
    #[error("stopping; send the batch again")]
    Stopped,
    /// Another process has the folder.
    #[error("{}: in use by another touchstone serve; stop it, or choose another --data", .0.display())]
    Locked(PathBuf),
    /// The folder was made with other settings, or is damaged beyond repair.
    #[error("{}: {what}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        what: String,
    },
    /// The system refused.
    #[error("{}: {what}: {why}; check the disk and the folder's permissions", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        why: String,
    },
}

impl LandingError {
    /// An error of the system at `path` while trying to do `what`.
    pub(super) fn io(path: &Path, what: &'static str, source: &std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        if matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge) {
            return LandingError::DiskFull { path: path.to_owned() };
        }
        LandingError::Io { path: path.to_owned(), what, why: source.to_string() }
    }

    /// A file that is not what it should be.
    pub(super) fn unfit(path: &Path, what: impl Into<String>) -> Self {
        LandingError::Unfit { path: path.to_owned(), what: what.into() }
    }
}
