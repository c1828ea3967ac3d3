//! Path: how an endorsement came about.
//!
//! # Sees
//! Endorsements without a look at what is endorsed ([`crate::cohort::mark::Mark::Unseen`]), and targets looked at again and again
//! ([`crate::cohort::mark::Mark::Rewatched`], [`crate::cohort::mark::Mark::Reopened`]): bought views. Needs views.
//!
//! # Null model
//! Clients lose views, so nobody is expected to have looked each time: beta-binomial about the account's own rate
//! elsewhere, starting from how the log's accounts differ; and, of machines that many share, about what is reported of them outside the
//! group ([`machines`]).
//!
//! # Innocent look-alikes
//! Clients that report no views, accessibility tools and widgets, the machines of a library: unseen everywhere, so their own rate explains
//! it.
//!
//! # Parameters
//! A view up to five seconds after the endorsement counts as before it: clients report in batches.
//!
//! # Cost
//! One pass over the views ([`looks`]).
//!
//! # Source
//! Griffiths 1973 (beta-binomial); Li et al. 2022 (ECOD) for tails against the population.

pub mod looks;
pub mod machines;

use crate::cohort::contrast::Beta;
use crate::likes::{Likes, Seen};

/// How often people endorse without having looked.
#[must_use]
pub fn unseen_prior(likes: &Likes) -> Beta {
    Beta::of_accounts(likes, |i| (likes.seen[i] != Seen::Unknown).then(|| likes.seen[i] == Seen::No))
}
