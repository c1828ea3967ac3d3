//! What all handlers share.

use crate::auth::{Buckets, Provider, Sessions, Tokens};
use crate::decide::Running;
use crate::desk::Desk;
use crate::metrics::Metrics;
use crate::options::ServeOptions;
use crate::problem::{Code, Problem};
use crate::snapshot::Snapshot;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use touchstone_engine::landing::{Door, Landing};

/// The server's state. Cheap to share.
pub(crate) type App = Arc<State>;

/// See [`App`].
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) options: ServeOptions,
    pub(crate) landing: Landing,
    pub(crate) door: Door,
    pub(crate) tokens: Tokens,
    pub(crate) sessions: Sessions,
    /// By which people sign in, beside tokens.
    pub(crate) oidc: Option<Provider>,
    pub(crate) buckets: Buckets,
    pub(crate) metrics: Metrics,
    pub(crate) running: Mutex<Running>,
    pub(crate) desk: Desk,
    /// Asks the background thread for something; see `detection`.
    pub(crate) orders: crate::detection::Orders,
    pub(crate) stopping: AtomicBool,
    /// One for each request at work.
    pub(crate) places: tokio::sync::Semaphore,
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    findings_made: AtomicU64,
}

impl State {
    pub(crate) fn new(
        options: ServeOptions,
        landing: Landing,
        tokens: Tokens,
        orders: crate::detection::Orders,
        desk: Desk,
        snapshot: Option<Snapshot>,
    ) -> Self {
        Self {
            door: landing.door(),
            landing,
            tokens,
            sessions: Sessions::default(),
            oidc: options.oidc.clone().map(Provider::new),
            buckets: Buckets::default(),
            metrics: Metrics::new(options.version),
            running: Mutex::new(Running::default()),
            desk,
            orders,
            stopping: AtomicBool::new(false),
            places: tokio::sync::Semaphore::new(options.limits.concurrent_requests_max),
            findings_made: AtomicU64::new(snapshot.as_ref().map_or(0, |s| s.number)),
            snapshot: RwLock::new(snapshot.map(Arc::new)),
            options,
        }
    }

    /// The latest findings, where there are any.
    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The latest findings.
    pub(crate) fn findings(&self) -> Result<Arc<Snapshot>, Problem> {
        self.snapshot().ok_or_else(|| Problem::new(Code::NoFindings, "no window has been closed and looked at yet"))
    }

    /// No findings any more: they named somebody who was erased.
    pub(crate) fn clear_snapshot(&self) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A number that no findings of this folder had.
    pub(crate) fn next_findings(&self) -> u64 {
        self.findings_made.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn set_snapshot(&self, snapshot: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(snapshot));
    }
}
