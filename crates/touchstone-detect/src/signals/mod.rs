//! The signals, one room each: a pure, mergeable `count` over a partition, and a `judge`.

pub mod burst;
pub mod exchange;
pub mod infrastructure;
pub mod lockstep;
pub mod path;
pub mod pool;
