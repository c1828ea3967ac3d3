//! Who takes whose place: bundles of endorsements are swapped between accounts within strata.

use super::gather::Endorsements;
use crate::census::Census;
use crate::cohort::overlap;
use crate::hash::mix64;
use crate::likes::Likes;
use crate::params::Params;
use crate::ring::group::communities;
use crate::schedule::{DAY, HOUR};
use std::collections::{BTreeMap, BTreeSet};

/// Share of all endorsements below which a community counts with the rest: a ring is a community, too, and must not be kept as
/// one.
const COMMUNITY_SHARE_MIN: f64 = 0.1;

/// Bundles of a block within which accounts are swapped, and the largest share of one owner in it: swaps within one owner's
/// audience change nothing.
const BLOCK_MIN: usize = 64;
const OWNER_SHARE_MAX: f64 = 0.25;

/// Proposed swaps a bundle.
const PROPOSALS: usize = 4;

/// Resolution of the communities: large ones.
const RESOLUTION: f64 = 1.0;

/// Community of each owner (or, without owners, target): 0 for the rest.
#[derive(Clone, Debug, Default)]
pub struct Communities {
    of: BTreeMap<u64, u8>,
}

impl Communities {
    /// Learns them from the endorsements: targets that share endorsers, an owner being where most of his endorsements are.
    #[must_use]
    pub fn new(likes: &Likes, census: &Census<'_>, params: &Params) -> Self {
        let [edges, _] = overlap::edges(likes, census, params.seed, &params.cohort);
        let weight = |targets: &[u32]| targets.iter().map(|t| u64::from(census.popularity[*t as usize])).sum::<u64>();
        let large = communities(&edges, RESOLUTION, 3)
            .into_iter()
            .filter(|c| weight(c) as f64 >= COMMUNITY_SHARE_MIN * likes.len() as f64);
        let mut votes: BTreeMap<u64, BTreeMap<u8, u64>> = BTreeMap::new();
        for (number, targets) in large.enumerate() {
            for t in targets {
                let of = votes.entry(census.author(t)).or_default().entry(number as u8 + 1).or_default();
                *of += u64::from(census.popularity[t as usize]);
            }
        }
        let most =
            |v: BTreeMap<u8, u64>| v.into_iter().max_by_key(|(c, n)| (*n, std::cmp::Reverse(*c))).map_or(0, |c| c.0);
        Self { of: votes.into_iter().map(|(author, v)| (author, most(v))).collect() }
    }

    /// How many, the rest included.
    #[must_use]
    pub fn count(&self) -> usize {
        let named: BTreeSet<u8> = self.of.values().copied().collect();
        named.len() + 1
    }
}

/// What one account gave one owner.
#[derive(Clone, Debug)]
struct Bundle {
    account: u32,
    author: u64,
    /// Places of its endorsements, by time.
    places: Vec<u32>,
    /// Time of the first.
    ts: i64,
    community: u8,
    popularity: u8,
}

/// SplitMix64, a stream of it.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        (mix64(self.0) % n as u64) as usize
    }
}

/// For each place, the place whose account takes it; a permutation. Pure in its arguments.
#[must_use]
pub fn plan(all: &Endorsements, census: &Census<'_>, communities: &Communities, seed: u64) -> Vec<u32> {
    let mut bundles = bundles(all, census, communities);
    let blocks = blocks(&mut bundles, census.timed);
    let mut held: BTreeSet<(u32, u64)> = bundles.iter().map(|b| (b.account, b.author)).collect();
    // Whose facts a bundle has in the end.
    let mut from: Vec<u32> = (0..bundles.len() as u32).collect();
    let mut draws = Draws(mix64(seed ^ 0xA0D1));
    for block in blocks {
        for _ in 0..block.len() * PROPOSALS {
            let (x, y) = (block[draws.below(block.len())], block[draws.below(block.len())]);
            let (a, b) = (bundles[from[x] as usize].account, bundles[from[y] as usize].account);
            let (s, t) = (bundles[x].author, bundles[y].author);
            if a == b || s == t || held.contains(&(a, t)) || held.contains(&(b, s)) {
                continue;
            }
            held.remove(&(a, s));
            held.remove(&(b, t));
            held.insert((a, t));
            held.insert((b, s));
            from.swap(x, y);
        }
    }
    let mut donor: Vec<u32> = (0..all.len() as u32).collect();
    for (b, bundle) in bundles.iter().enumerate() {
        for (place, other) in bundle.places.iter().zip(&bundles[from[b] as usize].places) {
            donor[*place as usize] = *other;
        }
    }
    donor
}

fn bundles(all: &Endorsements, census: &Census<'_>, communities: &Communities) -> Vec<Bundle> {
    let mut rows: Vec<(u32, u64, i64, u32)> =
        (0..all.len()).map(|i| (all.account[i], census.author(all.target[i]), all.ts[i], i as u32)).collect();
    rows.sort_unstable();
    rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|rows| {
            let received: u64 =
                rows.iter().map(|r| u64::from(census.popularity[all.target[r.3 as usize] as usize])).sum();
            Bundle {
                account: rows[0].0,
                author: rows[0].1,
                places: rows.iter().map(|r| r.3).collect(),
                ts: rows[0].2,
                community: communities.of.get(&rows[0].1).copied().unwrap_or(0),
                // Bands of a factor of four.
                popularity: ((received / rows.len() as u64).max(1).ilog2() / 2) as u8,
            }
        })
        .collect()
}

/// Blocks of bundles of one size: by community, popularity and quarter of the day, neighbours in time; what is left over by
/// fewer of these.
fn blocks(bundles: &mut [Bundle], timed: bool) -> Vec<Vec<usize>> {
    bundles.sort_by_key(|b| (b.ts, b.account, b.author));
    let quarter = |b: &Bundle| if timed { (b.ts.rem_euclid(DAY) / (6 * HOUR)) as u8 } else { 0 };
    let mut all = Vec::new();
    let mut left: Vec<usize> = (0..bundles.len()).collect();
    for coarse in 0..3 {
        let mut strata: BTreeMap<(usize, u8, u8, u8), Vec<usize>> = BTreeMap::new();
        for i in left.drain(..) {
            let b = &bundles[i];
            let key = match coarse {
                0 => (b.places.len(), quarter(b), b.community, b.popularity),
                1 => (b.places.len(), quarter(b), b.community, 0),
                _ => (b.places.len(), 0, 0, 0),
            };
            strata.entry(key).or_default().push(i);
        }
        for stratum in strata.into_values() {
            cut(&stratum, bundles, &mut all, &mut left);
        }
        left.sort_unstable();
    }
    all
}

/// Cuts a stratum into blocks, in order of time, that are large enough and in which no owner prevails.
fn cut(stratum: &[usize], bundles: &[Bundle], blocks: &mut Vec<Vec<usize>>, left: &mut Vec<usize>) {
    let mut block: Vec<usize> = Vec::new();
    let mut owners: BTreeMap<u64, usize> = BTreeMap::new();
    let mut most = 0;
    let mut begun = blocks.len();
    let first = begun;
    for i in stratum {
        block.push(*i);
        let n = owners.entry(bundles[*i].author).or_default();
        *n += 1;
        most = most.max(*n);
        if block.len() >= BLOCK_MIN && most as f64 <= OWNER_SHARE_MAX * block.len() as f64 {
            blocks.push(std::mem::take(&mut block));
            owners.clear();
            (most, begun) = (0, blocks.len());
        }
    }
    if block.is_empty() {
        return;
    }
    // A remainder goes with the block before it; where there is none, to the next coarser strata.
    match blocks.get_mut(begun.wrapping_sub(1)).filter(|_| begun > first) {
        Some(last) => last.append(&mut block),
        None => left.append(&mut block),
    }
}
