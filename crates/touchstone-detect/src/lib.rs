//! The core: which endorsements are fake, who faked them together, and how sure is that?
//!
//! Pure: no files, no clock, no environment, no unseeded randomness. Every signal is a `count` over a partition, whose
//! results merge, and a `judge`, statistics on what they add up to. [`pipeline`] says in which order.

pub mod attribute;
pub mod audit;
pub mod case;
pub mod census;
pub mod cohort;
pub mod counts;
pub mod evaluation;
pub mod evalue;
pub mod explain;
pub mod findings;
#[cfg(test)]
mod fixture;
pub mod found;
pub mod fuse;
pub mod hash;
pub mod labels;
pub mod likes;
pub mod params;
pub mod partition;
pub mod pipeline;
pub mod rank;
pub mod repeats;
pub mod ring;
pub mod schedule;
pub mod signals;
pub mod survey;
pub mod why;
