//! `touchstone rank --attack`: what bought likes buy, in a ranking and in those that others use.
//!
//! A log, simulated or real, is ranked as it is; then bought likes are laid over it, and it is detected and ranked anew, by
//! every method. The simulator's module `bought` makes the likes and knows nothing of the detector; the detector sees a log.

mod host;
mod run;
mod scores;
pub(crate) mod text;

pub(crate) use host::{Host, real, simulated};
pub(crate) use run::{Plan, Report, measure};
pub(crate) use scores::METHODS;
