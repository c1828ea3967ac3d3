//! Landing events as they arrive: durable at once, in event-time windows a little later.
//!
//! A stream is a directory still growing. Batches of rows pass the [`Door`] (read, checked, made
//! pseudonymous), and a writer thread puts them into a journal, many batches to one wait for the
//! disk ([`Landing::submit`]). Only then is a batch acknowledged. [`Landing::maintain`] closes windows whose end
//! plus the allowed lateness the stream has passed, and turns their rows into Parquet below
//! `events/`, a folder that `touchstone detect` reads like any other. Nothing here knows HTTP.
//!
//! **Why it survives a crash at any moment.** A part file is a function of one journal segment and one
//! window, is named after both, and appears by a rename when it is whole and on the disk. A segment goes when each of its windows has its
//! part. So a start finds out what is left to do by looking at names; there is no index to
//! disagree with. Every landed row has an `event_id` (its own, one made of its batch's key, or one
//! made of its place in the journal), so that whoever reads while parts are merged counts it once.
//!
//! ```text
//! DIR/journal/000000000007.log                   segments, checksummed records
//! DIR/events/window=2026-01-31T1400/part-7.parquet   closed windows
//! DIR/scratch/                                   files under construction; emptied at start
//! DIR/landing.json                               what may not change: the length of windows
//! DIR/keys.json                                  keys of pseudonyms and hashes
//! ```

mod admit;
mod close;
mod codec;
mod door;
mod envelope;
mod erase;
mod error;
mod files;
mod identity;
mod journal;
mod open;
mod part;
mod recent;
mod rotate;
mod state;
mod window;
mod writer;

pub use admit::{Admitted, Endorsed, RowFault};
pub use close::{Maintained, Which};
pub use door::Door;
pub use erase::Erased;
pub use error::LandingError;
pub use identity::Identity;
pub use open::{Landing, LandingOptions, Repair, Status};
pub use rotate::{Rotated, rotate_keys};
pub use writer::Receipt;
