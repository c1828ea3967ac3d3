//! Growing a candidate ring: who else keeps acting in its windows?
//!
//! The pair cap and chance leave members out whose pairs never repeat. They show against the ring
//! as a whole. Discovery only: whoever joins is tested on the other fold like everybody else.

use crate::census::Census;
use crate::params::LockstepParams;
use crate::partition::Partition;
use crate::ring::roster::Roster;
use crate::schedule::Schedule;
use std::collections::BTreeMap;

/// Members that must act within the window for it to count as the ring's.
const MEMBERS_IN_WINDOW_MIN: usize = 3;

/// Share of all endorsements in the window that must be the ring's: a crowd proves nothing.
const RING_SHARE_MIN: f64 = 0.2;

/// How many ring windows an outsider hit, by (ring, account); mergeable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Distinct targets.
    pub hits: BTreeMap<(u32, u32), u32>,
}

impl Hits {
    /// Adds the hits of other partitions.
    pub fn merge(&mut self, other: Self) {
        for (key, n) in other.hits {
            *self.hits.entry(key).or_default() += n;
        }
    }
}

/// Counts one partition, in fold `fold` alone; members' own hits are counted as well, as the
/// yardstick.
#[must_use]
pub fn count(
    partition: &Partition<'_>,
    census: &Census<'_>,
    schedule: &Schedule,
    roster: &Roster,
    fold: usize,
    params: &LockstepParams,
) -> Hits {
    let mut hits = Hits::default();
    for range in partition.targets() {
        let (ts, actor) = (&partition.ts[range.clone()], &partition.actor[range]);
        // Times that tell something, of this fold alone: the other one is for the test.
        let counts = |t: i64| schedule.fold_of(t) == fold && schedule.tells(t);
        let mut rings: Vec<(u32, usize)> = actor
            .iter()
            .enumerate()
            .filter_map(|(i, a)| roster.of(*a).map(|r| (r, i)))
            .filter(|(_, i)| counts(ts[*i]))
            .collect();
        if rings.len() < MEMBERS_IN_WINDOW_MIN {
            continue;
        }
        rings.sort_unstable();
        for run in rings.chunk_by(|a, b| a.0 == b.0) {
            if run.len() < MEMBERS_IN_WINDOW_MIN {
                continue;
            }
            let ring = run[0].0;
            let window = schedule.scales[roster.scale[ring as usize] as usize].window;
            let times: Vec<i64> = run.iter().map(|(_, i)| ts[*i]).collect();
            // Only rows near some ring event can matter.
            let mut row = 0;
            for at in &times {
                row = row.max(ts.partition_point(|t| *t < at - window));
                // Where the crowd is far larger than what the ring could be a fifth of, nobody can be
                // told apart: skip it unseen, or popular targets cost a square.
                let crowd = ts.partition_point(|t| *t <= at + window).saturating_sub(row);
                let members =
                    times.partition_point(|t| *t <= at + 2 * window) - times.partition_point(|t| *t < at - 2 * window);
                if crowd as f64 * RING_SHARE_MIN > 2.0 * members as f64 {
                    row += crowd;
                    continue;
                }
                while row < ts.len() && ts[row] <= at + window {
                    let (t, a) = (ts[row], actor[row]);
                    row += 1;
                    if census.degree[a as usize] < params.degree_min || !counts(t) {
                        continue;
                    }
                    let own = usize::from(roster.of(a) == Some(ring));
                    let near = times.partition_point(|x| *x <= t + window) - times.partition_point(|x| *x < t - window);
                    let all = ts.partition_point(|x| *x <= t + window) - ts.partition_point(|x| *x < t - window);
                    if near - own >= MEMBERS_IN_WINDOW_MIN && near as f64 >= RING_SHARE_MIN * all as f64 {
                        *hits.hits.entry((ring, a)).or_default() += 1;
                    }
                }
            }
        }
    }
    hits
}

/// What the hits change in a roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Rings that are one, (lower, higher).
    pub mergers: Vec<(u32, u32)>,
    /// Accounts that join, (account, ring).
    pub joiners: Vec<(u32, u32)>,
}

/// Who joins: outsiders with at least two hits and at least a quarter of the median member's; the
/// ring they hit most. Which rings merge: those of which half the members would join the other. A
/// ring in parts hides itself, since each part takes the others for the crowd.
#[must_use]
pub fn judge(hits: &Hits, roster: &Roster) -> Growth {
    let mut by_ring: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for ((ring, account), n) in &hits.hits {
        if roster.of(*account) == Some(*ring) {
            by_ring.entry(*ring).or_default().push(*n);
        }
    }
    let median: BTreeMap<u32, u32> = by_ring
        .into_iter()
        .map(|(ring, mut n)| {
            n.sort_unstable();
            (ring, n[n.len() / 2])
        })
        .collect();
    let mut best: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let mut shared: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for ((ring, account), n) in &hits.hits {
        let Some(typical) = median.get(ring) else { continue };
        if *n < 2 || *n * 4 < *typical {
            continue;
        }
        match roster.of(*account) {
            Some(own) if own == *ring => {}
            Some(own) => *shared.entry((own, *ring)).or_default() += 1,
            None => {
                let entry = best.entry(*account).or_insert((*n, *ring));
                if *n > entry.0 {
                    *entry = (*n, *ring);
                }
            }
        }
    }
    let mergers = shared
        .into_iter()
        .filter(|((own, _), n)| *n * 2 >= roster.members[*own as usize].len())
        .map(|((a, b), _)| (a.min(b), a.max(b)))
        .collect();
    Growth { mergers, joiners: best.into_iter().map(|(account, (_, ring))| (account, ring)).collect() }
}
