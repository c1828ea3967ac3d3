//! Sources, interning, partitions and spill; running the signals; writing findings.

pub mod run;
pub mod store;
