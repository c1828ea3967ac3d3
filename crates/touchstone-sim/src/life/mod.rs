//! Organic life, and how any action becomes rows.
//!
//! A day is planned from its own stream of random numbers, so any slice of time of any account can
//! be lived on any thread. Errands, which look-alikes and attacks plan ahead, go through the same
//! code as life itself: nothing but what was done tells them apart.

pub(crate) mod crowd;
pub(crate) mod day;
pub(crate) mod decay;
pub(crate) mod errand;
pub(crate) mod feed;
pub(crate) mod rhythm;
pub(crate) mod row;
mod run;
pub(crate) mod session;
pub(crate) mod watch;
