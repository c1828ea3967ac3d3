//! Pure detection.
pub mod findings;
pub mod partition;
