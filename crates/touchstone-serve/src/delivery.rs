//! Tells receivers what is done to whom. What is to be told lies in the ledger's outbox from the commit that decided it, so
//! that a crash loses none; a receiver takes each once by its key, which is the same at every try.

use crate::app::App;
use crate::clock::now_micros;
use crate::desk::{open_ledger, revealed};
use crate::server::ServeError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use touchstone_engine::landing::Identity;
use touchstone_ledger::Ledger;
use touchstone_ledger::webhook::{Notice, Round};

/// Between two looks at the outbox.
const PAUSE: Duration = Duration::from_secs(1);
/// After the ledger could not be read.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(30);

/// Starts the thread, where somebody is to be told.
pub(crate) fn start(app: &App) -> Result<Option<JoinHandle<()>>, ServeError> {
    if app.options.receivers.is_empty() {
        return Ok(None);
    }
    // A ledger of its own: it waits for receivers, and nobody else shall.
    let ledger = open_ledger(&app.options.data, app.door.identity())?;
    let app = Arc::clone(app);
    let thread = std::thread::Builder::new().name("webhooks".into()).spawn(move || tell(&app, ledger));
    thread.map(Some).map_err(|source| ServeError::System { what: "a thread cannot be started", source })
}

fn tell(app: &App, mut ledger: Ledger) {
    let identity = app.door.identity();
    let go_on = || !app.stopping.load(Ordering::Relaxed);
    while go_on() {
        let round = ledger.deliver_as(&app.options.receivers, now_micros(), &|n| named(identity, n), &go_on);
        let pause = match round {
            Ok(round) => {
                if round != Round::default() {
                    app.metrics.told(round);
                    let Round { sent, failed, given_up, void } = round;
                    tracing::info!(sent, failed, given_up, void, "webhooks");
                }
                PAUSE
            }
            Err(e) => {
                tracing::error!(error = %e, "the outbox cannot be read; it is tried again");
                PAUSE_AFTER_ERROR
            }
        };
        let since = Instant::now();
        while go_on() && since.elapsed() < pause {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The ledger has pseudonyms; who is to act needs the names that the platform knows.
fn named(identity: &Identity, notice: &mut Notice) {
    for text in [&mut notice.account, &mut notice.reason] {
        *text = text.take().map(|t| revealed(identity, &t));
    }
}
