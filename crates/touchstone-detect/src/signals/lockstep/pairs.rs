//! Which accounts act together? Counting of close pairs, and which of them are more than chance.

use crate::census::Census;
use crate::evalue::ln_poisson_tail;
use crate::hash::mix64;
use crate::params::LockstepParams;
use crate::partition::Partition;
pub use crate::repeats::BUCKETS;
use crate::repeats::repeated;
use crate::schedule::{SCALES, Schedule};

/// Bits of an account id within a key; a log may hold at most 2^30 accounts.
const ID_BITS: u32 = 30;

/// How many close pairs there are, by the smallest scale that holds them and by fold; mergeable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairTotals {
    /// `pairs[scale][fold]`.
    pub pairs: [[u64; 2]; SCALES],
    /// Endorsements whose later neighbours were cut by the cap.
    pub capped: u64,
}

impl PairTotals {
    /// Adds the totals of other partitions.
    pub fn merge(&mut self, other: &Self) {
        for s in 0..SCALES {
            for f in 0..2 {
                self.pairs[s][f] += other.pairs[s][f];
            }
        }
        self.capped += other.capped;
    }

    /// All pairs.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.pairs.iter().flatten().sum()
    }

    /// Pairs within the window of `scale`, smaller scales included.
    #[must_use]
    pub fn within(&self, scale: usize, fold: usize) -> u64 {
        (0..=scale).map(|s| self.pairs[s][fold]).sum()
    }
}

/// Calls `visit(low account, high account, scale, fold)` for every pair of endorsements of one
/// target that lie within the widest window, in one block, at most `neighbours_max` places apart
/// among accounts that can be judged. Returns how many endorsements the cap cut short.
fn for_each_pair(
    partition: &Partition<'_>,
    census: &Census<'_>,
    schedule: &Schedule,
    params: &LockstepParams,
    mut visit: impl FnMut(u32, u32, usize, usize),
) -> u64 {
    let reach = schedule.window_max();
    let mut capped = 0;
    let mut row: Vec<(i64, u32)> = Vec::new();
    for range in partition.targets() {
        if range.len() < 2 {
            continue;
        }
        row.clear();
        row.extend(
            range
                .map(|i| (partition.ts[i], partition.actor[i]))
                .filter(|(ts, _)| schedule.tells(*ts))
                .filter(|(_, actor)| census.degree[*actor as usize] >= params.degree_min),
        );
        for (i, (ts, u)) in row.iter().enumerate() {
            let mut block_fold = None;
            for (place, (later, v)) in row[i + 1..].iter().enumerate() {
                let gap = later - ts;
                if gap > reach {
                    break;
                }
                let (block, fold) = *block_fold.get_or_insert_with(|| (schedule.block_of(*ts), schedule.fold_of(*ts)));
                if schedule.block_of(*later) != block {
                    break;
                }
                if place == params.neighbours_max {
                    capped += 1;
                    break;
                }
                if let Some(scale) = schedule.scale_of(gap) {
                    visit(*u.min(v), *u.max(v), scale, fold);
                }
            }
        }
    }
    capped
}

/// Counts how many pairs there are, without keeping them.
#[must_use]
pub fn count_totals(
    partition: &Partition<'_>,
    census: &Census<'_>,
    schedule: &Schedule,
    params: &LockstepParams,
) -> PairTotals {
    let mut totals = PairTotals::default();
    totals.capped = for_each_pair(partition, census, schedule, params, |_, _, scale, fold| {
        totals.pairs[scale][fold] += 1;
    });
    totals
}

/// The close pairs of one partition as keys, scattered into [`BUCKETS`] by pair and fold, so that
/// equal pairs of all partitions meet in one bucket. Merging is concatenation.
#[derive(Clone, Debug)]
pub struct PairKeys {
    /// Keys: low account, high account, fold, scale.
    pub buckets: Vec<Vec<u64>>,
}

fn group_hash(key: u64) -> u64 {
    mix64(key >> 3)
}

/// No keys yet.
#[must_use]
pub fn empty_keys() -> PairKeys {
    PairKeys { buckets: vec![Vec::new(); BUCKETS] }
}

/// Adds one coincidence of two accounts, `low < high`.
pub fn push_key(keys: &mut PairKeys, low: u32, high: u32, fold: usize, scale: usize) {
    let key = key(low, high, fold, scale);
    keys.buckets[group_hash(key) as usize % BUCKETS].push(key);
}

fn key(low: u32, high: u32, fold: usize, scale: usize) -> u64 {
    u64::from(low) << (ID_BITS + 4) | u64::from(high) << 4 | (fold as u64) << 3 | scale as u64
}

/// Emits the pairs of one partition that belong to pass `pass` of `passes`; about `expected` of them, so
/// that room is made once.
#[must_use]
pub fn count_keys(
    partition: &Partition<'_>,
    census: &Census<'_>,
    schedule: &Schedule,
    params: &LockstepParams,
    (pass, passes): (u64, u64),
    expected: u64,
) -> PairKeys {
    let room = (expected as usize / BUCKETS).saturating_mul(9) / 8;
    let mut keys = PairKeys { buckets: (0..BUCKETS).map(|_| Vec::with_capacity(room)).collect() };
    for_each_pair(partition, census, schedule, params, |u, v, scale, fold| {
        if passes == 1 || (group_hash(key(u, v, fold, scale)) >> 32) % passes == pass {
            push_key(&mut keys, u, v, fold, scale);
        }
    });
    keys
}

/// Two accounts that coincide more often than chance allows, in one fold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The lower id.
    pub low: u32,
    /// The higher id.
    pub high: u32,
    /// The fold in which they coincide.
    pub fold: u8,
    /// The scale at which they do so most surprisingly.
    pub scale: u8,
    /// Coincidences within that scale's window.
    pub joint: u32,
    /// Surprise, `-ln p`, at most 60.
    pub weight: f64,
}

/// The null of a pair: how often it would coincide if accounts drew targets and moments by
/// activity alone. With `P` pairs in the fold and degrees `k`, `lambda = 2 P k_u k_v / K^2`
/// (Chung-Lu, with the crowding of every target already in `P`). It only chooses candidates; nobody
/// is accused by it, since it knows nothing of shared tastes.
#[derive(Clone, Debug)]
pub struct PairNull {
    totals: PairTotals,
    degree_sum: f64,
    ln_p_max: f64,
    joint_min: u32,
}

impl PairNull {
    /// Prepares it for a log: accounts from `degree_min` endorsements, pairs from `joint_min`
    /// coincidences, and `stray_edges` pairs an account by chance.
    #[must_use]
    pub fn new(totals: PairTotals, census: &Census<'_>, degree_min: u32, joint_min: u32, stray_edges: f64) -> Self {
        let judged = census.degree.iter().filter(|d| **d >= degree_min);
        let (count, degree_sum) = judged.fold((0u64, 0.0), |(n, s), d| (n + 1, s + f64::from(*d)));
        let ln_p_max = (stray_edges / count.max(1) as f64).ln();
        Self { totals, degree_sum: degree_sum.max(1.0), ln_p_max, joint_min }
    }

    fn mean(&self, scale: usize, fold: usize, product: f64) -> f64 {
        2.0 * self.totals.within(scale, fold) as f64 * product / (self.degree_sum * self.degree_sum)
    }

    /// Judges the keys of one bucket, which holds every coincidence of its pairs.
    #[must_use]
    pub fn judge(&self, bucket: &[&[u64]], degree: &[u32]) -> Vec<Edge> {
        let mut kept = repeated(bucket, group_hash);
        kept.sort_unstable();
        let mut edges = Vec::new();
        for run in kept.chunk_by(|a, b| a >> 3 == b >> 3) {
            if run.len() < self.joint_min as usize {
                continue;
            }
            let key = run[0];
            let (low, high) = ((key >> (ID_BITS + 4)) as u32, (key >> 4) as u32 & ((1 << ID_BITS) - 1));
            let fold = (key >> 3 & 1) as usize;
            let product = f64::from(degree[low as usize]) * f64::from(degree[high as usize]);
            let mut best: Option<Edge> = None;
            for scale in 0..SCALES {
                let joint = run.iter().take_while(|k| **k & 7 <= scale as u64).count() as u32;
                if joint < self.joint_min {
                    continue;
                }
                let ln_p = ln_poisson_tail(joint, self.mean(scale, fold, product));
                if ln_p <= self.ln_p_max && best.is_none_or(|b| -ln_p > b.weight) {
                    let weight = (-ln_p).min(60.0);
                    best = Some(Edge { low, high, fold: fold as u8, scale: scale as u8, joint, weight });
                }
            }
            edges.extend(best);
        }
        edges
    }
}
