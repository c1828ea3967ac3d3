//! What the commands on ledger and policy have in common.

use crate::exit::Failure;
use anyhow::anyhow;
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use touchstone_engine::reread::read;
use touchstone_ledger::findings::Findings;
use touchstone_ledger::policy::Policy;
use touchstone_ledger::{Ledger, LedgerError, Place, key};
use touchstone_serve::taken_in;

/// Which ledger.
#[derive(Args)]
pub(super) struct LedgerAt {
    /// The ledger: a file, or postgres://user@host/database
    #[arg(long, value_name = "FILE")]
    ledger: String,
    /// File with the ledger's key; made where there is none [default: the ledger's name with .key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl LedgerAt {
    pub(super) fn open(&self) -> Result<Ledger, Failure> {
        let place = Place::parse(&self.ledger);
        let key = self.key(&place)?;
        Ledger::open(&place, key).map_err(failure)
    }

    fn key(&self, place: &Place) -> Result<[u8; 32], Failure> {
        let path = match (&self.key, place) {
            (Some(path), _) => path.clone(),
            (None, Place::File(path)) => {
                let mut name = path.clone().into_os_string();
                name.push(".key");
                PathBuf::from(name)
            }
            (None, Place::Postgres(_)) => return Err(anyhow!("name the ledger's key with --key FILE").into()),
        };
        Ok(key::read_or_make(&path)?)
    }
}

/// What the user can mend is misuse; damage is too, since only a copy helps.
pub(super) fn failure(error: LedgerError) -> Failure {
    match error {
        LedgerError::Entry(_) => Failure::Internal(error.into()),
        _ => Failure::Misuse(error.into()),
    }
}

/// Microseconds since 1970 UTC. The library takes the time; here is where it comes from.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A policy file, read and checked.
pub(super) fn policy(path: &Path) -> Result<Policy, Failure> {
    Policy::load(path).map_err(|e| anyhow!("{e}").into())
}

/// Findings from their folder.
pub(super) fn findings(folder: &Path) -> Result<Findings, Failure> {
    Ok(taken_in(read(folder)?))
}
