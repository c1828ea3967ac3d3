//! What members of groups looked at, inside and outside.

use crate::census::Census;
use crate::cohort::contrast::Beta;
use crate::cohort::refine::{Bicluster, SUPPORT_MIN};
use crate::hash::mix64;
use crate::partition::{NO_TIME, Partition};
use std::collections::BTreeMap;

/// Accounts sampled to learn how people look and like; enough for three digits.
const SAMPLE: u64 = 8192;

/// Targets looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Targets looked at.
    pub viewed: u32,
    /// Of these, endorsed.
    pub liked: u32,
    /// Of these, looked at more than once.
    pub again: u32,
    /// Both: endorsed, and looked at more than once.
    pub both: u32,
}

impl Look {
    fn add(&mut self, other: Self) {
        self.viewed += other.viewed;
        self.liked += other.liked;
        self.again += other.again;
        self.both += other.both;
    }
}

/// An account's looks at a group's targets and at all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// At the group's targets. Those count that enough others of the group endorsed: a target must not be inside
    /// because of this account.
    pub inside: Look,
    /// At all others.
    pub outside: Look,
}

/// Who is in which group, for the pass over the views.
#[derive(Clone, Debug, Default)]
pub struct Places {
    of_account: BTreeMap<u32, Vec<u32>>,
    of_target: BTreeMap<(u32, u32), u32>,
    sample: u64,
}

impl Places {
    /// Groups by number, with the accounts beside the members that are looked at.
    #[must_use]
    pub fn new(groups: &[Bicluster], also: &[Vec<u32>], support: &[Vec<u32>], census: &Census<'_>) -> Self {
        let mut places = Self { sample: (census.endorsers() as u64 / SAMPLE).max(1), ..Self::default() };
        for (g, group) in groups.iter().enumerate() {
            for a in group.members.iter().chain(&also[g]) {
                places.of_account.entry(*a).or_default().push(g as u32);
            }
            for (t, s) in group.targets.iter().zip(&support[g]) {
                places.of_target.insert((*t, g as u32), *s);
            }
        }
        places
    }
}

/// Counts of one partition, mergeable.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    looks: BTreeMap<(u32, u32), Look>,
    neither: BTreeMap<(u32, u32), Look>,
    totals: BTreeMap<u32, Look>,
    sampled: BTreeMap<u32, Look>,
}

impl Tally {
    /// Adds another partition's.
    pub fn merge(&mut self, other: Self) {
        for (to, from) in [(&mut self.totals, other.totals), (&mut self.sampled, other.sampled)] {
            from.into_iter().for_each(|(k, look)| to.entry(k).or_default().add(look));
        }
        for (to, from) in [(&mut self.looks, other.looks), (&mut self.neither, other.neither)] {
            from.into_iter().for_each(|(k, look)| to.entry(k).or_default().add(look));
        }
    }
}

/// Counts one partition.
#[must_use]
pub fn count(
    partition: &Partition<'_>,
    views: Option<&Partition<'_>>,
    places: &Places,
    census: &Census<'_>,
    seed: u64,
) -> Tally {
    let mut tally = Tally::default();
    let Some(views) = views else { return tally };
    let mut at = 0;
    let mut of_target: Vec<u32> = Vec::new();
    for range in views.targets() {
        let target = views.target[range.start];
        at += partition.target[at..].partition_point(|t| *t < target);
        let end = at + partition.target[at..].partition_point(|t| *t <= target);
        let mut endorsers = partition.actor[at..end].to_vec();
        endorsers.sort_unstable();
        at = end;
        of_target.clear();
        of_target.extend(&views.actor[range]);
        of_target.sort_unstable();
        for run in of_target.chunk_by(|a, b| a == b) {
            let account = run[0];
            let key = census.actor_first_ts.get(account as usize).copied().unwrap_or(NO_TIME);
            let sampled = key != NO_TIME && mix64(key as u64 ^ mix64(seed ^ 0x100C)).is_multiple_of(places.sample);
            let groups = places.of_account.get(&account);
            if !sampled && groups.is_none() {
                continue;
            }
            let liked = endorsers.binary_search(&account).is_ok();
            let again = run.len() > 1;
            let look =
                Look { viewed: 1, liked: u32::from(liked), again: u32::from(again), both: u32::from(liked && again) };
            if sampled {
                tally.sampled.entry(account).or_default().add(look);
            }
            let Some(groups) = groups else { continue };
            tally.totals.entry(account).or_default().add(look);
            for g in groups {
                if let Some(support) = places.of_target.get(&(target, *g)) {
                    // One who is judged beside the members is not among those who support a target.
                    let supported = support.saturating_sub(u32::from(liked)) >= SUPPORT_MIN;
                    let looks = if supported { &mut tally.looks } else { &mut tally.neither };
                    looks.entry((*g, account)).or_default().add(look);
                }
            }
        }
    }
    tally
}

/// What was learned.
#[derive(Clone, Debug)]
pub struct Viewing {
    looks: BTreeMap<(u32, u32), Look>,
    neither: BTreeMap<(u32, u32), Look>,
    totals: BTreeMap<u32, Look>,
    /// How much of what they see people endorse.
    pub liked: Beta,
    /// How much of what they see people look at again.
    pub again: Beta,
    /// How much of what they endorse people look at again.
    pub both: Beta,
}

impl Viewing {
    /// Learns from all partitions.
    #[must_use]
    pub fn new(tally: Tally) -> Self {
        let fit = |f: fn(&Look) -> (u32, u32)| Beta::fit(tally.sampled.values().map(f));
        Self {
            liked: fit(|l| (l.liked, l.viewed)),
            again: fit(|l| (l.again, l.viewed)),
            both: fit(|l| (l.both, l.liked)),
            looks: tally.looks,
            neither: tally.neither,
            totals: tally.totals,
        }
    }

    /// An account's looks, by group.
    #[must_use]
    pub fn of(&self, group: u32, account: u32) -> Option<Looks> {
        let all = *self.totals.get(&account)?;
        let inside = self.looks.get(&(group, account)).copied().unwrap_or_default();
        let neither = self.neither.get(&(group, account)).copied().unwrap_or_default();
        let outside = Look {
            viewed: all.viewed - inside.viewed - neither.viewed,
            liked: all.liked - inside.liked - neither.liked,
            again: all.again - inside.again - neither.again,
            both: all.both - inside.both - neither.both,
        };
        Some(Looks { inside, outside })
    }
}
