//! Rings: who belongs together.

pub mod group;
pub mod merge;
pub mod roster;
