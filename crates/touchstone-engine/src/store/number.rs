//! Canonical numbers: what a name is called depends on what it did, not on where it stood.

use super::collect::Collected;
use super::facts::IngestFacts;
use super::finish::permute;
use super::intern::NO_ID;
use super::names::Names;
use super::rows::{actor_of, target_of, ts_of};
use super::side::SideTables;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};
use touchstone_detect::hash::mix64;
use touchstone_detect::partition::NO_TIME;

/// What each account and target gave and got, counted from all partitions at once: sums and minima
/// are the same in any order.
pub(crate) struct Census {
    actors: Counts,
    targets: Counts,
}

struct Counts {
    first_ts: Vec<AtomicI64>,
    count: Vec<AtomicU32>,
    /// Sum of hashes of all it did or got: tells apart whoever began alike, without looking at names.
    trace: Vec<AtomicU64>,
    /// Whether any event that was not a duplicate names it.
    seen: Vec<AtomicBool>,
}

impl Counts {
    fn new(len: usize) -> Self {
        Self {
            first_ts: (0..len).map(|_| AtomicI64::new(i64::MAX)).collect(),
            count: (0..len).map(|_| AtomicU32::new(0)).collect(),
            trace: (0..len).map(|_| AtomicU64::new(0)).collect(),
            seen: (0..len).map(|_| AtomicBool::new(false)).collect(),
        }
    }

    fn close(self) -> Closed {
        let first_ts = self.first_ts.into_iter().map(AtomicI64::into_inner);
        Closed {
            first_ts: first_ts.map(|ts| if ts == i64::MAX { NO_TIME } else { ts }).collect(),
            count: self.count.into_iter().map(AtomicU32::into_inner).collect(),
            trace: self.trace.into_iter().map(AtomicU64::into_inner).collect(),
            seen: self.seen.into_iter().map(AtomicBool::into_inner).collect(),
        }
    }
}

/// [`Counts`] when all is counted.
struct Closed {
    first_ts: Vec<i64>,
    count: Vec<u32>,
    trace: Vec<u64>,
    seen: Vec<bool>,
}

impl Census {
    /// For so many names; with none it counts nothing.
    pub(crate) fn new(actors: usize, targets: usize) -> Self {
        Self { actors: Counts::new(actors), targets: Counts::new(targets) }
    }

    /// Counts the endorsements of a partition, by (target, actor).
    pub(crate) fn count(&self, keys: &[u128]) {
        if self.actors.count.is_empty() {
            return;
        }
        for group in keys.chunk_by(|a, b| target_of(*a) == target_of(*b)) {
            let mut first = i64::MAX;
            let trace = group.iter().fold(0u64, |sum, key| sum.wrapping_add(mix64(ts_of(*key) as u64)));
            for &key in group {
                let (actor, ts) = (actor_of(key) as usize, ts_of(key));
                first = first.min(ts);
                self.actors.count[actor].fetch_add(1, Relaxed);
                self.actors.trace[actor].fetch_add(mix64(trace ^ ts as u64), Relaxed);
                if ts < self.actors.first_ts[actor].load(Relaxed) {
                    self.actors.first_ts[actor].fetch_min(ts, Relaxed);
                }
            }
            let target = target_of(group[0]) as usize;
            self.targets.count[target].store(u32::try_from(group.len()).unwrap_or(u32::MAX), Relaxed);
            self.targets.first_ts[target].store(first, Relaxed);
            self.targets.trace[target].store(trace, Relaxed);
        }
    }

    /// Notes who and what is named by events that need not count.
    pub(crate) fn see(&self, keys: impl Iterator<Item = u128>) {
        if self.actors.count.is_empty() {
            return;
        }
        for key in keys {
            self.actors.seen[actor_of(key) as usize].store(true, Relaxed);
            self.targets.seen[target_of(key) as usize].store(true, Relaxed);
        }
    }
}

/// Names and facts by canonical number, and the way there.
pub(crate) struct Numbering {
    pub(crate) actors: Names,
    pub(crate) targets: Names,
    /// Canonical number of each actor, [`NO_ID`] for names that no event of the store has.
    pub(crate) actor_rank: Vec<u32>,
    pub(crate) target_rank: Vec<u32>,
    pub(crate) owners: Option<Vec<u32>>,
    pub(crate) published: Option<Vec<i64>>,
    pub(crate) created: Option<Vec<i64>>,
    pub(crate) durations: Option<Vec<f32>>,
    pub(crate) degrees: Vec<u32>,
    pub(crate) popularity: Vec<u32>,
    pub(crate) actor_first_ts: Vec<i64>,
    pub(crate) target_first_ts: Vec<i64>,
    pub(crate) endorsers: usize,
}

/// Numbers all names.
pub(crate) fn number(collected: &Collected, tables: &SideTables, census: Census, facts: &mut IngestFacts) -> Numbering {
    let (actor_names, target_names) = (collected.actors.names(), collected.targets.names());
    let (mut actors, targets) = (census.actors.close(), census.targets.close());
    let target_known = |t: usize| targets.count[t] > 0 || targets.seen[t];

    let has_owners = !collected.votes.is_empty() || !tables.owners.is_empty();
    let owners = has_owners.then(|| {
        let name = |owner: u32| actor_names.get(owner);
        let (mut owners, conflicts) = collected.votes.decide(target_names.len(), name);
        let (told, told_conflicts) = tables.owners.decide(target_names.len(), name);
        for (target, owner) in owners.iter_mut().enumerate() {
            if !target_known(target) {
                *owner = NO_ID;
                continue;
            }
            // The table of contents is made to say this; rows only mention it.
            let by_table = told[target] != NO_ID;
            facts.owner_conflicts += u64::from(if by_table { told_conflicts[target] } else { conflicts[target] });
            if by_table {
                *owner = told[target];
            }
            if let Some(seen) = actors.seen.get_mut(*owner as usize) {
                *seen = true;
            }
        }
        owners
    });

    let (actor_order, target_order) = rayon::join(|| order(actor_names, &actors), || order(target_names, &targets));
    let (actor_rank, target_rank) =
        rayon::join(|| rank(&actor_order, actor_names.len()), || rank(&target_order, target_names.len()));
    let (new_actors, new_targets) =
        rayon::join(|| renamed(actor_names, &actor_order), || renamed(target_names, &target_order));
    let (actor_count, target_count) = (actor_order.len(), target_order.len());
    let owners = owners.map(|owners| {
        let renumbered: Vec<u32> =
            owners.iter().map(|&o| actor_rank.get(o as usize).copied().unwrap_or(NO_ID)).collect();
        permute(&renumbered, &target_rank, target_count, NO_ID)
    });
    let degrees = permute(&actors.count, &actor_rank, actor_count, 0);
    let actor_first_ts = permute(&actors.first_ts, &actor_rank, actor_count, NO_TIME);
    let endorsers = degrees.iter().take_while(|&&d| d > 0).count();
    Numbering {
        owners: owners.filter(|owners| owners.iter().any(|&o| o != NO_ID)),
        published: tables.published.as_ref().map(|p| permute(p, &target_rank, target_count, NO_TIME)),
        created: tables.created.as_ref().map(|c| permute(c, &actor_rank, actor_count, NO_TIME)),
        durations: tables.durations.as_ref().map(|d| permute(d, &target_rank, target_count, f32::NAN)),
        popularity: permute(&targets.count, &target_rank, target_count, 0),
        target_first_ts: permute(&targets.first_ts, &target_rank, target_count, NO_TIME),
        actors: new_actors,
        targets: new_targets,
        actor_rank,
        target_rank,
        degrees,
        actor_first_ts,
        endorsers,
    }
}

/// Names in canonical order: those with endorsements by (first, count, trace, name), then others by
/// name. Names thus decide only between those who did exactly the same.
fn order(names: &Names, counts: &Closed) -> Vec<u32> {
    // The first bytes of a name decide most ties without a look at the name.
    let prefix = |id: u32| {
        let bytes = names.get(id).as_bytes();
        let mut word = [0; 8];
        let n = bytes.len().min(8);
        word[..n].copy_from_slice(&bytes[..n]);
        u64::from_be_bytes(word)
    };
    let mut keys: Vec<(bool, i64, u32, u64, u64, u32)> = (0..names.len() as u32)
        .into_par_iter()
        .filter(|&id| counts.count[id as usize] > 0 || counts.seen[id as usize])
        .map(|id| {
            let count = counts.count[id as usize];
            (count == 0, counts.first_ts[id as usize], count, counts.trace[id as usize], prefix(id), id)
        })
        .collect();
    keys.par_sort_unstable_by(|a, b| {
        (a.0, a.1, a.2, a.3, a.4).cmp(&(b.0, b.1, b.2, b.3, b.4)).then_with(|| names.get(a.5).cmp(names.get(b.5)))
    });
    keys.into_iter().map(|key| key.5).collect()
}

fn rank(order: &[u32], len: usize) -> Vec<u32> {
    let mut rank = vec![NO_ID; len];
    for (canonical, &id) in order.iter().enumerate() {
        rank[id as usize] = canonical as u32;
    }
    rank
}

fn renamed(names: &Names, order: &[u32]) -> Names {
    let mut out = Names::with_capacity(order.len(), names.bytes());
    for &id in order {
        out.push(names.get(id));
    }
    out
}
