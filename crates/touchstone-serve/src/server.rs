//! Starting and stopping.

use crate::app::{App, State};
use crate::auth::{TokenError, Tokens};
use crate::delivery;
use crate::desk::{Desk, PolicyFile};
use crate::detection::{self, Background};
use crate::options::ServeOptions;
use crate::router::router;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;
use touchstone_engine::landing::{Landing, LandingError, Repair};

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// The tokens cannot be read.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] touchstone_ledger::LedgerError),
    /// Findings cannot be read.
    #[error(transparent)]
    Findings(#[from] touchstone_engine::evaluate::EvaluateError),
    /// The policy has errors, a line each, or cannot be read.
    #[error("{0}")]
    Policy(String),
    /// The address cannot be had.
    #[error("{address}: cannot listen there: {source}; choose another --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The system refused a thread, a folder or a signal.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
}

/// How long answers that are on their way may take once the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// A server at work.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    repairs: Vec<Repair>,
    app: App,
    background: Option<Background>,
    /// Tells receivers, where there are any.
    told: Option<JoinHandle<()>>,
    runtime: Option<tokio::runtime::Runtime>,
    stop: watch::Sender<bool>,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl Server {
    /// Opens the data folder, repairs what a crash left, and listens.
    ///
    /// # Errors
    /// If the folder or the address cannot be used.
    pub fn start(options: ServeOptions) -> Result<Self, ServeError> {
        let system = |what| move |source| ServeError::System { what, source };
        // First: a server that cannot start leaves no folder behind.
        let policy = options.policy.as_deref().map(PolicyFile::open).transpose().map_err(ServeError::Policy)?;
        let (landing, repairs) = Landing::open(&options.data, &options.keys, options.landing.clone())?;
        for repair in &repairs {
            let what = serde_json::to_string(repair).unwrap_or_default();
            match repair {
                Repair::Damaged { .. } => tracing::error!(
                    repair = what,
                    "the disk has changed the journal; restore what is missing from the sender"
                ),
                _ => tracing::warn!(repair = what, "repaired at start"),
            }
        }
        let tokens = Tokens::open(&options.data)?;
        if tokens.list().is_empty() {
            tracing::warn!(
                "there are no tokens yet: touchstone serve token create --data DIR --role ROLE --name NAME makes one"
            );
        }
        let snapshot = detection::latest(&options.data).map_err(system("findings cannot be listed"))?;
        let desk = Desk::open(&options, policy, landing.door().identity())?;
        if let Some(snapshot) = &snapshot {
            desk.take_in(&detection::folder_of(&options.data, snapshot.number), snapshot)?;
        }
        let (orders, incoming) = std::sync::mpsc::channel();
        let address = options.listen;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(system("the runtime cannot be started"))?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(address))
            .map_err(|source| ServeError::Listen { address, source })?;
        let address = listener.local_addr().map_err(system("the address cannot be told"))?;
        let app = Arc::new(State::new(options, landing, tokens, orders.clone(), desk, snapshot));
        let background = Background::start(&app, orders, incoming).map_err(system("a thread cannot be started"))?;
        let told = delivery::start(&app)?;
        let (stop, mut stopped) = watch::channel(false);
        let router = router(&app);
        let served = runtime.spawn(async move {
            let stopped = async move {
                // An error means that the sender is gone, which is a stop as well.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(e) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(error = %e, "serving ended");
            }
        });
        tracing::info!(%address, "listening");
        Ok(Self {
            address,
            repairs,
            app,
            background: Some(background),
            told,
            runtime: Some(runtime),
            stop,
            served: Some(served),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was repaired at start.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Waits for SIGTERM or Ctrl-C.
    ///
    /// # Errors
    /// If signals cannot be had.
    pub fn wait(&self) -> Result<(), ServeError> {
        let Some(runtime) = &self.runtime else { return Ok(()) };
        let wait = async {
            #[cfg(unix)]
            {
                let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
                tokio::select! {
                    done = tokio::signal::ctrl_c() => done,
                    _ = term.recv() => Ok(()),
                }
            }
            #[cfg(not(unix))]
            tokio::signal::ctrl_c().await
        };
        runtime.block_on(wait).map_err(|source| ServeError::System { what: "signals cannot be had", source })
    }

    /// Stops gracefully: no new requests, answers on their way are sent, what was acknowledged is on the disk anyway.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.app.stopping.store(true, Ordering::Relaxed);
        let _ = self.stop.send(true);
        if let (Some(runtime), Some(served)) = (&self.runtime, self.served.take()) {
            let waited = runtime.block_on(async { tokio::time::timeout(GRACE, served).await });
            if waited.is_err() {
                tracing::warn!("some requests were cut off");
            }
        }
        if let Some(background) = self.background.take() {
            background.stop();
        }
        if self.told.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that tells receivers had failed");
        }
        self.app.landing.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
            tracing::info!("stopped");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Serves until SIGTERM or Ctrl-C; `ready` is called with the address once it listens.
///
/// # Errors
/// If the server cannot run.
pub fn serve(options: ServeOptions, ready: impl FnOnce(&Server)) -> Result<(), ServeError> {
    let server = Server::start(options)?;
    ready(&server);
    server.wait()?;
    server.stop();
    Ok(())
}
