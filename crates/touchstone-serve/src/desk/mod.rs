//! Where people decide: cases and what was decided, between the ledger and the answers.
//!
//! The ledger is `ledger.db` in the data folder. Accounts stand in it as pseudonyms, as everywhere at rest; here they
//! get their names back for those who may read.

mod cases;
mod intake;
mod names;
mod overlay;

pub(crate) use cases::{ActionRow, CaseRow, LedgerRow, Which, Work, actions, ledger_rows, rows, wanted, work};
pub(crate) use names::{revealed, with_names};
pub(crate) use overlay::{Overlay, Stake};

use crate::app::App;
use crate::clock::now_micros;
use crate::problem::{Code, Problem};
use crate::snapshot::Snapshot;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;
use touchstone_engine::landing::Identity;
use touchstone_ledger::{Ledger, LedgerError, Place};

/// Name of the ledger's file in the data folder.
pub(crate) const LEDGER_FILE: &str = "ledger.db";

/// The ledger, and what follows from it for answers.
#[derive(Debug)]
pub(crate) struct Desk {
    ledger: Mutex<Ledger>,
    overlay: RwLock<Arc<Overlay>>,
    laid: Mutex<Option<Instant>>,
}

impl Desk {
    /// Opens the ledger and checks its chain.
    pub(crate) fn open(data: &Path, identity: &Identity) -> Result<Self, LedgerError> {
        let place = Place::File(data.join(LEDGER_FILE));
        let ledger = Ledger::open(&place, identity.derived("touchstone ledger 1"))?;
        Ok(Self { ledger: Mutex::new(ledger), overlay: RwLock::default(), laid: Mutex::new(None) })
    }

    /// How many entries it has.
    pub(crate) fn entries(&self) -> u64 {
        self.ledger().head().seq
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic inside leaves the ledger as of its last commit: it writes all of a call or nothing.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens cases from findings, and lays decisions over them.
    pub(crate) fn take_in(&self, snapshot: &Snapshot, version: &str) -> Result<(), LedgerError> {
        let found = intake::findings(snapshot, version);
        let opened = self.ledger().open_cases(&found, now_micros())?;
        if !opened.opened.is_empty() || !opened.refreshed.is_empty() {
            tracing::info!(opened = opened.opened.len(), refreshed = opened.refreshed.len(), "cases");
        }
        self.lay(Some(snapshot))
    }

    /// Decisions as answers need them. Never waits for the ledger.
    pub(crate) fn overlay(&self) -> Arc<Overlay> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lays decisions over findings anew.
    pub(crate) fn lay(&self, snapshot: Option<&Snapshot>) -> Result<(), LedgerError> {
        let overrides = self.ledger().overrides(now_micros())?;
        let overlay = Arc::new(Overlay::new(snapshot, overrides));
        *self.overlay.write().unwrap_or_else(PoisonError::into_inner) = overlay;
        *self.laid.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(())
    }

    /// Every few seconds: actions start and end by time, and another process may have written.
    pub(crate) fn refresh(&self, snapshot: Option<&Snapshot>) -> Result<(), LedgerError> {
        let laid = *self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        if laid.is_some_and(|at| at.elapsed().as_secs() < 5) { Ok(()) } else { self.lay(snapshot) }
    }

    /// Removes an account's names and words from the ledger's vault.
    pub(crate) fn erase(&self, pseudonym: &str) -> Result<u64, LedgerError> {
        self.ledger().erase(pseudonym, "touchstone serve", now_micros())
    }
}

/// Reads from the ledger, off the threads that answer.
pub(crate) async fn look<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Ledger, i64) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Problem> {
    let shared = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || work(&mut shared.desk.ledger(), now_micros())).await;
    done.map_err(|e| Problem::new(Code::Internal, e.to_string()))?.map_err(Problem::from)
}

/// Writes to the ledger; answers know of it when this returns.
pub(crate) async fn write<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Ledger, i64) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Problem> {
    let shared = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || {
        let done = work(&mut shared.desk.ledger(), now_micros())?;
        shared.desk.lay(shared.snapshot().as_deref())?;
        Ok(done)
    });
    done.await.map_err(|e| Problem::new(Code::Internal, e.to_string()))?.map_err(|e: LedgerError| Problem::from(e))
}
