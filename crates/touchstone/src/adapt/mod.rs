//! The arms race: the detector as the simulator's defender, and what is told of the races.

pub(crate) mod defender;
pub(crate) mod files;
mod picture;
pub(crate) mod text;

use serde::Serialize;
use touchstone_sim::adapt::{Round, Total};

/// A race against the detector at one level.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Level {
    /// Level of the false discovery rate.
    pub(crate) fdr: f64,
    /// All its rounds.
    pub(crate) total: Total,
    /// Round by round.
    pub(crate) rounds: Vec<Round>,
}
