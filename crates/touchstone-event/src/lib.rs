//! What an event is: one action of an actor on a target at a time.
//!
//! No I/O here. The modules follow the way of a foreign row into the project:
//! [`mapping`] says which column means what (and which flags of a wide log make which event),
//! [`schema`] names the canonical fields, [`time`] reads every spelling of a time,
//! [`hash`] replaces addresses and devices by keyed hashes at the door, and [`reject`] says why a
//! row was left out. [`suggest`] guesses which column a user meant.
//!
//! ```
//! use touchstone_event::time::{RawTime, TimeUnit, UnitVotes, read_text};
//!
//! let mut votes = UnitVotes::default();
//! let raw = read_text("1700000000").unwrap();
//! votes.add(raw);
//! let unit = votes.unit().unwrap();
//! assert_eq!(unit, TimeUnit::Seconds);
//! assert_eq!(raw.to_micros(unit), Ok(1_700_000_000_000_000));
//! assert_eq!(read_text("2023-11-14T22:13:20Z"), Some(RawTime::Micros(1_700_000_000_000_000)));
//! ```

pub mod hash;
pub mod mapping;
pub mod reject;
pub mod schema;
pub mod suggest;
pub mod time;
pub mod when;
