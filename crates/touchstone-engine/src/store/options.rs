//! What to read and how.

use std::path::PathBuf;
use touchstone_event::mapping::Mapping;

/// Everything [`super::ingest`] needs to know.
#[derive(Clone, Debug)]
pub struct IngestOptions {
    /// Files and folders of events.
    pub inputs: Vec<PathBuf>,
    /// Foreign columns, rules of wide logs, time unit.
    pub mapping: Mapping,
    /// Table of accounts (account, created_at).
    pub accounts: Option<PathBuf>,
    /// Table of contents (target, owner, published_at).
    pub contents: Option<PathBuf>,
    /// Table of reviewed accounts and endorsements (account, target, label, date, weight).
    pub labels: Option<PathBuf>,
    /// Kinds that count as endorsements.
    pub endorse: Vec<String>,
    /// The log has no times: every ts is 0.
    pub no_time: bool,
    /// Share of rejected rows above which the run fails, 0 to 1.
    pub max_reject_share: f64,
    /// Buffered rows beyond this spill to `scratch`. Names stay in memory and count towards it.
    pub memory_limit_bytes: Option<u64>,
    /// Key of the hashes of addresses, devices, browsers and sessions.
    pub hash_key: [u8; 32],
    /// An existing folder for spilled partitions. It must outlive the store.
    pub scratch: PathBuf,
    /// Where `rejects.csv` is written.
    pub rejects_path: PathBuf,
}

impl IngestOptions {
    /// The defaults of the contract: likes are endorsements, at most 5 % rejects, no memory limit,
    /// a zero hash key, rejects written into the scratch folder.
    #[must_use]
    pub fn new(inputs: Vec<PathBuf>, scratch: PathBuf) -> Self {
        Self {
            inputs,
            mapping: Mapping::default(),
            accounts: None,
            contents: None,
            labels: None,
            endorse: vec!["like".to_owned()],
            no_time: false,
            max_reject_share: 0.05,
            memory_limit_bytes: None,
            hash_key: [0; 32],
            rejects_path: scratch.join("rejects.csv"),
            scratch,
        }
    }
}

/// Who wants to know how far it is, or to stop it.
pub trait Progress: Sync {
    /// A stage begins; `total` is in the unit of [`Progress::advance`] (bytes or rows), if known.
    fn stage(&self, name: &'static str, total: Option<u64>);
    /// So much more of the stage is done.
    fn advance(&self, n: u64);
    /// Asked between batches; true ends the run with [`super::IngestError::Cancelled`].
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody wants to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn stage(&self, _: &'static str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}
