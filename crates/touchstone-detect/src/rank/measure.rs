//! From the partitions of a log to one line of sums for each target.

use super::links;
use super::metrics::{REACTIONS, Reaction, TargetMetrics};
use super::params::RankParams;
use super::trust::{self, Histories};
use super::watch::{WatchCounts, WatchTable};
use crate::attribute::Attribution;
use crate::census::Census;
use crate::fuse::Dossier;
use crate::likes::{self, Likes, Seen};
use crate::partition::{NO_TIME, NONE, Partition};
use crate::ring::roster::Roster;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A follow this long after a view came of it.
const FOLLOWED_WITHIN: i64 = 30 * 60 * 1_000_000;
/// A reaction this long before the view still came of it: clients report in batches.
const LATE_VIEW: i64 = 5_000_000;
/// Part of the length that makes the end: players stop a moment early.
const FINISHED_FROM: f64 = 0.98;
/// A like after a shorter look does not count, milliseconds (FACTS 7).
const LOOK_MS_MIN: f32 = 1000.0;
/// Share of a target's endorsements whose givers must have been seen to look, so that views are what was served: at half of
/// the targets, so that no flood of likes without views can make the log one without views.
const SEEN_SHARE_MIN: f64 = 0.5;

/// Views of one partition, sorted by (target, ts, actor).
#[derive(Clone, Copy, Debug)]
pub struct Looks<'a> {
    /// Canonical target ids.
    pub target: &'a [u32],
    /// Canonical account ids.
    pub actor: &'a [u32],
    /// Microseconds since 1970 UTC.
    pub ts: &'a [i64],
    /// Milliseconds watched, NaN where unknown; empty where the log has none.
    pub dwell_ms: &'a [f32],
    /// Fraction watched, NaN where unknown; empty where the log has none.
    pub fraction: &'a [f32],
}

/// Reactions of one partition, sorted by target.
#[derive(Clone, Copy, Debug)]
pub struct Reactions<'a> {
    /// Canonical target ids.
    pub target: &'a [u32],
    /// Canonical account ids.
    pub actor: &'a [u32],
    /// Microseconds since 1970 UTC.
    pub ts: &'a [i64],
    /// Which, as the numbers of [`Reaction`].
    pub kind: &'a [u8],
}

/// All that happened on some targets.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// Endorsements.
    pub likes: Partition<'a>,
    /// Views, where the log has any.
    pub looks: Option<Looks<'a>>,
    /// Reactions, where the log has any.
    pub reactions: Option<Reactions<'a>>,
}

/// Who brings all partitions.
pub trait Source {
    /// Why a partition cannot be had.
    type Error: Send;

    /// Runs `count` over the activity of every partition; results in order of partition.
    ///
    /// # Errors
    /// If a partition cannot be had, or the run was cancelled.
    fn activity<T: Send>(&self, count: impl Fn(&Activity<'_>) -> T + Sync) -> Result<Vec<T>, Self::Error>;
}

/// What ranking is told of a log besides its partitions.
#[derive(Clone, Copy, Debug)]
pub struct RankLog<'a> {
    /// Numbers an account or target.
    pub census: Census<'a>,
    /// Last event, microseconds since 1970 UTC.
    pub last_ts: i64,
    /// Creation of each account, [`NO_TIME`] where unknown; `None` where none is known.
    pub created: Option<&'a [i64]>,
    /// Length of each target in milliseconds, NaN where unknown; `None` where none is known.
    pub duration_ms: Option<&'a [f32]>,
    /// Follows of owners as `(actor, owner, ts)`, ascending.
    pub follows: &'a [(u32, u32, i64)],
    /// Whether the log has views. [`measure`] clears it where they are too few to be what was served.
    pub per_view: bool,
}

/// What [`measure`] found.
pub struct Measured {
    /// Targets with their sums, ascending by canonical id; those on which nothing happened are left out.
    pub lines: Vec<(u32, TargetMetrics)>,
    /// All endorsements, by account.
    pub likes: Likes,
    /// How much each of them counts for being independent of the others on its target, in that order.
    pub independence: Vec<f32>,
    /// Weight of each account.
    pub trust: Vec<f32>,
    /// Likes that one account may place at full weight.
    pub budget: f64,
    /// Whether rates are taken of views.
    pub per_view: bool,
}

/// Everything that decides what an account's act on a target weighs.
struct Weigher<'a> {
    likes: &'a Likes,
    independence: &'a [f32],
    trust: &'a [f32],
    budget: f64,
    degree: &'a [u32],
    roster: &'a Roster,
    attribution: &'a Attribution,
}

/// A target, and whether anything but rings that act in step is known of it.
#[derive(Clone, Copy)]
struct Liked {
    target: u32,
    touched: bool,
}

impl Weigher<'_> {
    fn place(&self, account: u32, target: u32) -> Option<usize> {
        let i = self.likes.likers(target).binary_search(&account).ok()?;
        Some(self.likes.of_target(target)[i] as usize)
    }

    fn target(&self, target: u32) -> Liked {
        Liked { target, touched: self.attribution.touches(target) }
    }

    /// Weight of an endorser of a target, its probability of being fake, and whether it was seen to look.
    fn liker(&self, account: u32, liked: Liked) -> (f64, f64, Seen) {
        // Nearly all: no ring, nothing to compute.
        let held = liked.touched || self.roster.of(account).is_some();
        let fake = if held { self.attribution.p_fake(account, liked.target) } else { 0.0 };
        let (group, seen) = self
            .place(account, liked.target)
            .map_or((1.0, Seen::Unknown), |p| (f64::from(self.independence[p]), self.likes.seen[p]));
        (f64::from(self.trust[account as usize]) * group * (1.0 - fake), fake, seen)
    }

    fn budget(&self, account: u32) -> f64 {
        (self.budget / f64::from(self.degree[account as usize].max(1))).min(1.0)
    }
}

/// Measures all targets.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn measure<S: Source>(
    source: &S,
    log: &RankLog<'_>,
    dossiers: &BTreeMap<u32, Dossier>,
    roster: &Roster,
    attribution: &Attribution,
    params: &RankParams,
) -> Result<Measured, S::Error> {
    let census = &log.census;
    let parts = source.activity(|a| {
        // Only who looked first matters here; dwell and the rest come later.
        let views = a.looks.map(|l| Partition {
            target: l.target,
            actor: l.actor,
            ts: l.ts,
            ip: &[],
            device: &[],
            dwell_ms: &[],
        });
        likes::count(&a.likes, views.as_ref())
    })?;
    let all = Likes::new(&parts, census);
    drop(parts);
    let per_view = log.per_view && views_are_served(&all);
    let log = &RankLog { per_view, ..*log };

    let histories = Histories::new(census.degree.len());
    let counts = source.activity(|a| {
        let pairs = histories.see(a, log);
        let mut counts = WatchCounts::default();
        if let Some(looks) = &a.looks {
            viewings(looks, log, |_, length, viewers| {
                viewers.iter().for_each(|v| {
                    if let Some(dwell) = v.dwell(length) {
                        counts.add(length, dwell, v.finished(length));
                    }
                });
            });
        }
        (pairs, counts)
    })?;
    let mut sum = WatchCounts::default();
    let mut pairs = Vec::new();
    for (of_part, c) in counts {
        pairs.extend(of_part);
        sum.merge(&c);
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    histories.authors(&pairs);
    let table = WatchTable::new(&sum);
    let trust = match params.trust {
        true => trust::weights(&histories, log, dossiers, params),
        false => vec![1.0; census.degree.len()],
    };
    let independence = match params.independence {
        true => links::factors(&all, census, roster),
        false => vec![1.0; all.len()],
    };
    let budget = trust::budget(census.degree, params.budget_share);
    let weigher = Weigher {
        likes: &all,
        independence: &independence,
        trust: &trust,
        budget,
        degree: census.degree,
        roster,
        attribution,
    };
    let mut lines = source.activity(|a| count(a, log, &weigher, &table))?.concat();
    lines.sort_unstable_by_key(|(t, _)| *t);
    Ok(Measured { lines, independence, trust, budget, per_view, likes: all })
}

/// Whether most targets' endorsers were seen to look.
fn views_are_served(likes: &Likes) -> bool {
    let (mut liked, mut served) = (0, 0);
    for of in (0..likes.targets()).map(|t| likes.of_target(t)).filter(|of| !of.is_empty()) {
        let seen = of.iter().filter(|p| likes.seen[**p as usize] == Seen::Yes).count();
        liked += 1;
        served += usize::from(seen as f64 >= SEEN_SHARE_MIN * of.len() as f64);
    }
    2 * served >= liked
}

/// One account's views of one target.
#[derive(Clone, Copy, Debug)]
struct Viewer {
    actor: u32,
    first_ts: i64,
    dwell_ms: f32,
    fraction: f32,
}

impl Viewer {
    /// Milliseconds watched, from the fraction where need be.
    fn dwell(&self, length: Option<f64>) -> Option<f64> {
        if !self.dwell_ms.is_nan() {
            return Some(f64::from(self.dwell_ms).max(0.0));
        }
        // Without a length the fraction itself is compared, on any scale.
        (!self.fraction.is_nan()).then(|| f64::from(self.fraction).max(0.0) * length.unwrap_or(10_000.0))
    }

    fn finished(&self, length: Option<f64>) -> Option<bool> {
        if !self.fraction.is_nan() {
            return Some(f64::from(self.fraction) >= FINISHED_FROM);
        }
        let length = length.filter(|_| !self.dwell_ms.is_nan())?;
        Some(f64::from(self.dwell_ms) >= FINISHED_FROM * length)
    }
}

/// Calls `take` for every target with its length and its viewers, ascending by account: of an account's views the longest.
fn viewings(looks: &Looks<'_>, log: &RankLog<'_>, mut take: impl FnMut(u32, Option<f64>, &[Viewer])) {
    let mut viewers: Vec<Viewer> = Vec::new();
    let mut start = 0;
    while start < looks.target.len() {
        let target = looks.target[start];
        let end = start + looks.target[start..].partition_point(|t| *t == target);
        viewers.clear();
        let number = |column: &[f32], i: usize| column.get(i).copied().unwrap_or(f32::NAN);
        viewers.extend((start..end).map(|i| Viewer {
            actor: looks.actor[i],
            first_ts: looks.ts[i],
            dwell_ms: number(looks.dwell_ms, i),
            fraction: number(looks.fraction, i),
        }));
        let length = length(target, &viewers, log);
        viewers.sort_unstable_by_key(|v| (v.actor, v.first_ts));
        viewers.dedup_by(|later, first| {
            let same = later.actor == first.actor;
            if same {
                // `max` takes the number where one is none.
                first.dwell_ms = first.dwell_ms.max(later.dwell_ms);
                first.fraction = first.fraction.max(later.fraction);
            }
            same
        });
        take(target, length, &viewers);
        start = end;
    }
}

/// Length of a target in milliseconds: as told, else as views tell that know both time and fraction.
fn length(target: u32, views: &[Viewer], log: &RankLog<'_>) -> Option<f64> {
    if let Some(told) = log.duration_ms.map(|d| d[target as usize]).filter(|d| *d > 0.0) {
        return Some(f64::from(told));
    }
    let ratio = |v: &Viewer| f64::from(v.dwell_ms) / f64::from(v.fraction);
    let mut ratios: Vec<f64> = views.iter().filter(|v| v.fraction > 0.05 && v.dwell_ms > 0.0).map(ratio).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}

/// The sums of all targets of a partition.
fn count(
    activity: &Activity<'_>,
    log: &RankLog<'_>,
    weigher: &Weigher<'_>,
    table: &WatchTable,
) -> Vec<(u32, TargetMetrics)> {
    let mut lines: BTreeMap<u32, TargetMetrics> = BTreeMap::new();
    let born = |line: &mut TargetMetrics, target: u32, ts: i64| {
        let published = log.census.published.map(|p| p[target as usize]).filter(|p| *p != NO_TIME);
        line.born = line.born.min(published.unwrap_or(ts));
    };
    // Likers by account, for each target in turn.
    for range in activity.likes.targets() {
        let target = activity.likes.target[range.start];
        let line = lines.entry(target).or_default();
        born(line, target, activity.likes.ts[range.start]);
        let liked = weigher.target(target);
        for actor in &activity.likes.actor[range] {
            let (weight, fake, seen) = weigher.liker(*actor, liked);
            line.likes += 1;
            line.authentic += 1.0 - fake;
            if seen != Seen::No {
                line.likes_seen += 1;
            }
            if !log.per_view {
                line.liked += weight * weigher.budget(*actor);
            }
        }
    }
    let reactions = Reacted::new(activity.reactions.as_ref());
    if let Some(looks) = &activity.looks {
        viewings(looks, log, |target, length, viewers| {
            let line = lines.entry(target).or_default();
            viewers.iter().for_each(|v| born(line, target, v.first_ts));
            viewed(line, target, length, viewers, log, weigher, table, &reactions);
        });
    }
    if !log.per_view {
        for (target, kind, actor) in reactions.all() {
            let line = lines.entry(target).or_default();
            line.reacted[usize::from(kind)] += f64::from(weigher.trust[actor as usize]);
        }
    }
    for (target, kind, _) in reactions.all() {
        lines.entry(target).or_default().reactions[usize::from(kind)] += 1;
    }
    lines.into_iter().filter(|(_, l)| !l.is_empty()).map(|(t, l)| (t, l.rounded())).collect()
}

#[allow(clippy::too_many_arguments)] // one inner loop, cut out for reading
fn viewed(
    line: &mut TargetMetrics,
    target: u32,
    length: Option<f64>,
    viewers: &[Viewer],
    log: &RankLog<'_>,
    weigher: &Weigher<'_>,
    table: &WatchTable,
    reactions: &Reacted,
) {
    let owner = log.census.owner.map_or(NONE, |o| o[target as usize]);
    let known = weigher.target(target);
    for v in viewers {
        line.viewers += 1;
        let liked = weigher.place(v.actor, target).is_some();
        let (weight, seen) = if liked {
            let (weight, _, seen) = weigher.liker(v.actor, known);
            (weight, seen)
        } else {
            (f64::from(weigher.trust[v.actor as usize]), Seen::No)
        };
        if log.per_view {
            line.trials += weight;
            line.trials_squared += weight * weight;
            // A glance is no reason for a like.
            let looked = v.dwell_ms.is_nan() || v.dwell_ms >= LOOK_MS_MIN;
            if liked && seen == Seen::Yes && looked {
                line.liked += weight * weigher.budget(v.actor);
            }
            for k in REACTIONS {
                let own = reactions.when(target, k as u8, v.actor).is_some_and(|ts| ts + LATE_VIEW >= v.first_ts);
                let followed = k == Reaction::Follow && {
                    let from = log.follows.partition_point(|f| *f < (v.actor, owner, v.first_ts));
                    log.follows
                        .get(from)
                        .is_some_and(|f| (f.0, f.1) == (v.actor, owner) && f.2 - v.first_ts <= FOLLOWED_WITHIN)
                };
                if own || followed {
                    line.reacted[k as usize] += weight;
                }
                // A follow names its owner, so it was not counted as the target's.
                line.reactions[k as usize] += u64::from(followed && !own);
            }
        }
        // Who fakes a like fakes its watching, too; the watching of others is not so easily had.
        if let Some(dwell) = v.dwell(length).filter(|_| !liked) {
            line.watched += weight;
            line.completion += weight * table.completion(length, dwell);
            line.dwell += weight * table.dwell(dwell);
            if let Some(finished) = v.finished(length) {
                line.finish_expected += weight * table.finish(length);
                line.finished += if finished { weight } else { 0.0 };
            }
        }
    }
}

/// Reactions of a partition: the last of each account and kind on a target counts.
struct Reacted(Vec<(u32, u8, u32, i64)>);

impl Reacted {
    fn new(reactions: Option<&Reactions<'_>>) -> Self {
        let mut all: Vec<(u32, u8, u32, i64)> = reactions.map_or(Vec::new(), |r| {
            (0..r.target.len()).map(|i| (r.target[i], r.kind[i], r.actor[i], r.ts[i])).collect()
        });
        all.sort_unstable_by_key(|r| (r.0, r.1, r.2, std::cmp::Reverse(r.3)));
        all.dedup_by_key(|r| (r.0, r.1, r.2));
        Self(all)
    }

    fn when(&self, target: u32, kind: u8, actor: u32) -> Option<i64> {
        let at = self.0.binary_search_by_key(&(target, kind, actor), |r| (r.0, r.1, r.2)).ok()?;
        Some(self.0[at].3)
    }

    fn all(&self) -> impl Iterator<Item = (u32, u8, u32)> + '_ {
        self.0.iter().map(|r| (r.0, r.1, r.2))
    }
}
