//! The range.
pub mod baselines;
pub mod columns;
pub mod likes;
pub mod purpose;
pub mod scenarios;
