//! Exchange: people who endorse each other's by agreement, one task after the other.
//!
//! # Sees
//! Groups whose members own what they endorse ([`mutual_share`]) and work it off: nearly all that is opened is endorsed
//! ([`crate::cohort::mark::Mark::Saturated`]), unrelated owners one after the other
//! ([`crate::cohort::mark::Mark::InSequence`]), at once ([`crate::cohort::mark::Mark::Prompt`], a pod's call) or days
//! after publication ([`crate::cohort::mark::Mark::Late`], a board's tasks), in one order ([`order`]). Needs owner; sharper with ts,
//! publication and views.
//!
//! # Null model
//! Reciprocity proves nothing: friends have more of it. The null is courtesy: friends are assumed to like 80 % of what they open of each
//! other, half of it within the hour, half of it after three days, three quarters of it in one order, or as they do outside the group where
//! that is more. Order counts only where books balance among strangers ([`books`]). Within a proven exchange an account is judged by how it
//! goes from task to task ([`sittings`]) and by what it receives ([`receipts`]), too, and its endorsements by whether they come among
//! tasks ([`tasks`]).
//!
//! # Innocent look-alikes
//! Courtesy circles, couples, team accounts: devoted and prompt, but they do not work off a list of strangers.
//!
//! # Parameters
//! [`COURTESY`], [`COURTESY_PROMPT`] and [`COURTESY_LATE`] as shares; [`SEQUENCE`], [`SITTING`] and [`LATE`] in microseconds.
//!
//! # Cost
//! Linear in endorsements.
//!
//! # Source
//! The marks follow how boards and pods work (Ikram et al. 2017 on like farms).

pub mod books;
pub mod order;
pub mod receipts;
pub mod sittings;
pub mod tasks;

use crate::census::Census;
use crate::cohort::contrast::Beta;
use crate::cohort::refine::Bicluster;
use crate::likes::Likes;
use crate::partition::NO_TIME;
use crate::schedule::HOUR;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What friends like of what they open of each other, as a share, if all that is known of them is that they are friends: whoever comes
/// by to be polite likes nearly all of it. An assumption: no measurement of it is known.
pub const COURTESY: f64 = 0.8;

/// The same for what they like within the hour: friends who are told of each other's posts. An assumption, too.
pub const COURTESY_PROMPT: f64 = 0.5;

/// And for what they like long after: people who go through each other's archives. An assumption, too.
pub const COURTESY_LATE: f64 = 0.5;

/// An endorsement this long after publication is late: feeds have moved on.
pub const LATE: i64 = 72 * HOUR;

/// An action this soon after another is in sequence with it.
pub const SEQUENCE: i64 = 120_000_000;

/// Actions closer than this are of one sitting: who opens a task, reads and thinks is still at it. An assumption: web analytics usually
/// take twice as long.
pub const SITTING: i64 = 15 * 60 * 1_000_000;

/// When endorsements come, in the whole log.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Within two minutes of one of another owner. Empty without times.
    pub sequence: Vec<bool>,
    /// How often that is so.
    pub sequence_prior: Beta,
    /// Within an hour after publication; `None` for a target's first where that is all that is known of its age. Empty
    /// without times.
    pub prompt: Vec<Option<bool>>,
    /// How often that is so.
    pub prompt_prior: Beta,
    /// More than [`LATE`] after publication, as `prompt`.
    pub late: Vec<Option<bool>>,
    /// How often that is so.
    pub late_prior: Beta,
}

impl Timing {
    /// Learns it.
    #[must_use]
    pub fn new(likes: &Likes, census: &Census<'_>) -> Self {
        let sequence = sequence(likes, census);
        let ages = ages(likes, census);
        let of_age = |f: fn(i64) -> bool| ages.iter().map(|age| age.map(f)).collect::<Vec<_>>();
        let (prompt, late) = (of_age(|age| age <= HOUR), of_age(|age| age > LATE));
        Self {
            sequence_prior: Beta::of_accounts(likes, |i| sequence.get(i).copied()),
            prompt_prior: Beta::of_accounts(likes, |i| prompt.get(i).copied().flatten()),
            late_prior: Beta::of_accounts(likes, |i| late.get(i).copied().flatten()),
            sequence,
            prompt,
            late,
        }
    }
}

fn sequence(likes: &Likes, census: &Census<'_>) -> Vec<bool> {
    if !census.timed {
        return Vec::new();
    }
    let mut near = vec![false; likes.len()];
    for i in 1..likes.len() {
        let (a, b) = (i - 1, i);
        if likes.account[a] == likes.account[b]
            && likes.ts[b] - likes.ts[a] < SEQUENCE
            && census.author(likes.target[a]) != census.author(likes.target[b])
        {
            (near[a], near[b]) = (true, true);
        }
    }
    near
}

/// Time from publication, or from the first endorsement where no more is known: then at least so long.
fn ages(likes: &Likes, census: &Census<'_>) -> Vec<Option<i64>> {
    if !census.timed {
        return Vec::new();
    }
    let known = |t: u32| census.published.map(|p| p[t as usize]).filter(|p| *p != NO_TIME);
    let of = |i: usize| {
        let (target, ts) = (likes.target[i], likes.ts[i]);
        let first = census.first_ts[target as usize];
        let origin = known(target).filter(|p| *p <= first).or((first < ts).then_some(first))?;
        Some(ts - origin)
    };
    (0..likes.len()).into_par_iter().map(of).collect()
}

/// Share of the members who must own a target of the group for it to be mutual: a customer or two who came to look, however much they
/// publish, do not make friends of a farm.
const OWNERS_SHARE_MIN: f64 = 0.2;

/// Share of the group's targets that members own; 0 where these are the targets of a few.
#[must_use]
pub fn mutual_share(group: &Bicluster, census: &Census<'_>) -> f64 {
    let Some(owner) = census.owner else { return 0.0 };
    let owners: Vec<u32> =
        group.targets.iter().map(|t| owner[*t as usize]).filter(|o| group.members.binary_search(o).is_ok()).collect();
    let distinct = owners.iter().collect::<BTreeSet<_>>().len() as f64;
    if distinct < OWNERS_SHARE_MIN * group.members.len() as f64 {
        return 0.0;
    }
    owners.len() as f64 / group.targets.len().max(1) as f64
}
