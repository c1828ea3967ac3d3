//! Places of targets, as they are once endorsements are given back.

use crate::snapshot::Snapshot;
use std::collections::HashMap;
use touchstone_detect::rank::{RankParams, rank};

/// Places by target, from 1; nothing where the findings were not ranked.
pub(crate) type Ranks = HashMap<Box<str>, u64>;

/// Ranks targets anew, with so many endorsements given back to each. They count whole, which is the most that they can: how
/// far whoever made them is trusted is only known to the next detection.
pub(crate) fn ranks(snapshot: &Snapshot, params: &RankParams, given: impl Fn(&str) -> f64) -> Ranks {
    let Some(kept) = &snapshot.kept else { return Ranks::new() };
    let mut lines = kept.lines.clone();
    for (line, target) in lines.iter_mut().zip(&kept.targets) {
        line.liked += given(target);
    }
    // What is usual was learned from what was found.
    let ranked = rank(&lines, snapshot.learned(params), params, kept.now, |i| kept.targets[i].as_str());
    ranked.into_iter().map(|r| (kept.targets[r.line].as_str().into(), r.rank)).collect()
}
