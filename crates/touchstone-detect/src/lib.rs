//! placeholder
pub mod attribute;
pub mod census;
pub mod counts;
pub mod evaluation;
pub mod evalue;
pub mod explain;
pub mod findings;
pub mod fuse;
pub mod hash;
pub mod params;
pub mod partition;
pub mod pipeline;
pub mod ring;
pub mod schedule;
pub mod signals;
pub mod survey;
