//! Answers from the latest findings.

mod case_shapes;
mod cases;
mod cursor;
mod decide;
mod operate;
mod people;
mod policy;
mod policy_shapes;
mod reviewers;
mod rings;
mod shapes;
mod things;

pub(crate) use case_shapes::*;
pub(crate) use cases::*;
pub(crate) use decide::*;
pub(crate) use operate::*;
pub(crate) use people::*;
pub(crate) use policy::*;
pub(crate) use policy_shapes::*;
pub(crate) use reviewers::*;
pub(crate) use rings::*;
pub(crate) use shapes::*;
pub(crate) use things::*;
