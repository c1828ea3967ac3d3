//! Where people decide: cases and what was decided, between the ledger and the answers.
//!
//! The ledger is `ledger.db` in the data folder. Accounts stand in it as pseudonyms, as everywhere at rest; here they
//! get their names back for those who may read.

mod cases;
mod found;
mod golden;
mod names;
mod overlay;
mod policy;
mod ranks;
mod standing;

pub(crate) use cases::{
    ActionRow, BulkRow, CaseRow, LedgerRow, Which, Work, actions, bulks, ledger_rows, rows, wanted, work,
};
pub use found::taken_in;
pub(crate) use golden::golden;
pub(crate) use names::{revealed, with_names};
pub(crate) use overlay::{Overlay, Stake};
pub(crate) use policy::PolicyFile;
pub(crate) use ranks::Ranks;
pub(crate) use standing::{PolicyStanding, backtest, standing};

use crate::app::App;
use crate::clock::now_micros;
use crate::options::ServeOptions;
use crate::problem::{Code, Problem};
use crate::server::ServeError;
use crate::snapshot::Snapshot;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;
use touchstone_engine::landing::Identity;
use touchstone_engine::reread;
use touchstone_ledger::findings::Findings;
use touchstone_ledger::{Ledger, LedgerError, Place, Proposal};

/// Name of the ledger's file in the data folder.
pub(crate) const LEDGER_FILE: &str = "ledger.db";

/// The ledger, and what follows from it for answers.
#[derive(Debug)]
pub(crate) struct Desk {
    ledger: Mutex<Ledger>,
    overlay: RwLock<Arc<Overlay>>,
    laid: Mutex<Option<Instant>>,
    policy: Option<PolicyFile>,
    /// The latest findings as the ledger takes them in.
    found: RwLock<Option<Arc<Findings>>>,
}

/// Opens the ledger of a data folder and checks its chain.
pub(crate) fn open_ledger(data: &Path, identity: &Identity) -> Result<Ledger, LedgerError> {
    Ledger::open(&Place::File(data.join(LEDGER_FILE)), identity.derived("touchstone ledger 1"))
}

impl Desk {
    /// Opens the ledger.
    pub(crate) fn open(
        options: &ServeOptions,
        policy: Option<PolicyFile>,
        identity: &Identity,
    ) -> Result<Self, LedgerError> {
        let mut ledger = open_ledger(&options.data, identity)?;
        ledger.set_receivers(options.receivers.iter().map(|r| r.name.clone()).collect());
        Ok(Self {
            ledger: Mutex::new(ledger),
            overlay: RwLock::default(),
            laid: Mutex::new(None),
            policy,
            found: RwLock::default(),
        })
    }

    /// The policy's file, where there is one.
    pub(crate) fn policy(&self) -> Option<&PolicyFile> {
        self.policy.as_ref()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic inside leaves the ledger as of its last commit: it writes all of a call or nothing.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens cases from findings and does to them what the policy says. Called again with the same findings it changes
    /// nothing, so that what a crash cut off is made up for at the next start.
    pub(crate) fn take_in(&self, folder: &Path, snapshot: &Snapshot) -> Result<(), ServeError> {
        let found = Arc::new(taken_in(reread::read(folder)?));
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        self.propose(&found)?;
        Ok(self.lay(Some(snapshot))?)
    }

    /// The latest findings as the ledger takes them in.
    pub(crate) fn found(&self) -> Option<Arc<Findings>> {
        self.found.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// No findings any more: they named somebody who was erased.
    pub(crate) fn forget(&self) {
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn propose(&self, found: &Findings) -> Result<(), LedgerError> {
        let now = now_micros();
        let proposal = match &self.policy {
            Some(file) => self.ledger().propose(&file.policy(), found, now, false)?,
            None => Proposal { cases: self.ledger().open_cases(found, now)?, ..Proposal::default() },
        };
        let (opened, refreshed) = (proposal.cases.opened.len(), proposal.cases.refreshed.len());
        let acted = proposal.lines.iter().filter(|l| l.action.is_some()).count();
        if opened + refreshed + acted > 0 {
            tracing::info!(opened, refreshed, acted, "cases");
        }
        for ((breaker, rule), held) in &proposal.tripped {
            tracing::warn!(breaker = breaker.as_str(), rule, held, "a breaker holds actions back");
        }
        if let Some((_, rule, why)) = proposal.failed.first() {
            tracing::warn!(rule, why, failed = proposal.failed.len(), "conditions could not be evaluated");
        }
        Ok(())
    }

    /// Looks whether the policy's file has changed; another policy is applied to the latest findings at once.
    pub(crate) fn look_at_policy(&self, snapshot: Option<&Snapshot>) -> Result<(), LedgerError> {
        if !self.policy.as_ref().is_some_and(PolicyFile::look) {
            return Ok(());
        }
        if let Some(found) = self.found() {
            self.propose(&found)?;
        }
        self.lay(snapshot)
    }

    /// Decisions as answers need them. Never waits for the ledger.
    pub(crate) fn overlay(&self) -> Arc<Overlay> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lays decisions over findings anew.
    pub(crate) fn lay(&self, snapshot: Option<&Snapshot>) -> Result<(), LedgerError> {
        let overrides = self.ledger().overrides(now_micros())?;
        let overlay = Arc::new(Overlay::new(snapshot, overrides, &self.overlay()));
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
