//! Lockstep: accounts that again and again act on the same targets within the same short window.
//!
//! # Sees
//! Groups whose members endorse the same targets within a minute, ten minutes or an hour of each
//! other, on many separate occasions.
//!
//! # Null model
//! Discovery ([`pairs`], [`grow`]) uses a degree-corrected Poisson null and only proposes. The test
//! ([`trials`]) runs on the other fold of the log's time blocks and conditions on the targets an
//! account likes and the tile of time in which it acted; only the place in the tile is random, with
//! the largest intensity that general tempo, own speed, own clock and the crowd present allow. One
//! occasion counts a tile and an author. [`judge`] makes an e-value of the occasions, a mean over
//! scales and directions of it.
//!
//! # Innocent look-alikes
//! Fan clubs (one author: one occasion; prompt people: their own speed), digests and launch days
//! (the crowd is there, too), shared tastes (conditioned on), people of one time zone (own clock),
//! one session on the same feed (one occasion a tile). Not told apart: friends who act within a
//! minute of each other on many days on many authors' targets where nobody else does.
//!
//! # Parameters
//! [`crate::params::LockstepParams`]: places, counts, shares and keys; windows and
//! tiles in microseconds in [`schedule`](crate::schedule).
//!
//! # Cost
//! Pairs: at most `neighbours_max` an endorsement, so linear in the log; keys in bounded memory by
//! passes. Trials: the endorsements of candidates times the scales.
//!
//! # Source
//! CopyCatch (WWW'13) and SynchroTrap (CCS'14) for the behaviour; Amarasingham et al. 2012 for
//! the test; Vovk & Wang 2021 for the means of e-values.

pub mod grow;
pub mod judge;
pub mod pairs;
pub mod trials;
