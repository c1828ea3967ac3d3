//! The service: durable ingest over HTTP, and answers from the latest findings.
//!
//! In the order of the data: `ingest` takes batches and lands them (`touchstone_engine::landing`
//! does the durable part), `detection` closes windows and runs the batch detection over them in the background, `snapshot` holds
//! what it found, `decide` and `answers` answer from it, `desk` is where people decide on cases,
//! `delivery` tells of it. `auth` says who may, `pages` is what a browser sees.
//! Handlers are thin: they translate between HTTP and functions that know no HTTP.

mod answers;
mod app;
mod auth;
mod clock;
mod decide;
mod delivery;
mod desk;
mod detection;
mod guard;
mod health;
mod ingest;
mod metrics;
mod openapi;
mod options;
mod pages;
mod problem;
mod router;
mod server;
mod snapshot;

pub use auth::{OidcSettings, Role, TokenError, Tokens};
pub use desk::taken_in;
pub use options::{Limits, ServeOptions};
pub use server::{ServeError, Server, serve};

/// How many entries the ledger of a data folder has; 0 where there is none.
///
/// # Errors
/// If the keys or the ledger cannot be read.
pub fn ledger_entries(data: &std::path::Path, keys: &std::path::Path) -> Result<u64, ServeError> {
    if !data.join(desk::LEDGER_FILE).exists() {
        return Ok(0);
    }
    let identity = touchstone_engine::landing::Identity::open(keys)?;
    Ok(desk::open_ledger(data, &identity)?.head().seq)
}

/// The OpenAPI document, as served at `/v1/openapi.json`.
#[must_use]
pub fn openapi_document() -> String {
    openapi::document()
}
