//! Invented logs with known truth, in the event schema of Touchstone.
//!
//! A platform never publishes who its fakers are, so errors are measured where the truth is known.
//! This crate makes such logs and knows nothing of how they will be judged: it must never see
//! `touchstone-detect`. It writes files and opens no socket.
//!
//! * [`overlay()`] lays known fakes over any log: the fakes of one data set, mapped onto popular
//!   targets of another and moved in time with their joint structure intact.
//! * [`simulate()`] invents a world from a [`Scenario`]: people and their lives, innocents who look
//!   like fakers, mutual-help groups and paid services, with the truth about every event.
//! * [`adapt`] plays rounds of an arms race: an attacker with a budget who climbs a ladder of evasions,
//!   against whoever defends.
//! * [`scale()`] writes generated logs of any size for speed and memory measurements.
//!
//! Everything is a function of its input and a seed: the same seed gives the same bytes on any
//! number of threads.
//!
//! ```
//! use touchstone_sim::{ScaleOptions, scale};
//!
//! let dir = std::env::temp_dir().join(format!("touchstone-sim-doc-{}", std::process::id()));
//! let report = scale(&ScaleOptions::new(20_000, 7, &dir))?;
//! assert_eq!(report.events, 20_000);
//! # std::fs::remove_dir_all(&dir).ok();
//! # Ok::<(), touchstone_sim::ScaleError>(())
//! ```

pub mod random;

pub mod adapt;
pub mod bought;
pub mod log;
pub mod overlay;
pub mod scale;
pub mod scenario;
pub mod simulate;

mod attack;
mod draws;
mod files;
mod life;
mod look_alike;
mod truth;
mod world;

pub use log::LogError;
pub use overlay::{OverlayError, OverlayFormat, OverlayOptions, OverlayReport, overlay};
pub use scale::{ScaleError, ScaleOptions, ScaleReport, scale};
pub use scenario::{Scenario, ScenarioError};
pub use simulate::{SimulateError, SimulateOptions, SimulateReport, simulate};
