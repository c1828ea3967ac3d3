//! Keys that occur more than once, counted without sorting those that occur once.
//!
//! Nearly all pairs that accounts or targets make are single, and say nothing. Keys are scattered into buckets by a hash; in each, one
//! sweep notes in tables of bits that fit the cache what came once and what came again, a second keeps what may have come again, and only
//! that is sorted.

use crate::hash::mix64;
use rayon::prelude::*;

/// Buckets that keys are scattered into; each is counted within the cache.
pub const BUCKETS: usize = 256;

/// Keys of one part of the data, by bucket; equal keys of all parts meet in one bucket.
#[derive(Clone, Debug)]
pub struct Scattered {
    buckets: Vec<Vec<u64>>,
}

impl Scattered {
    /// None yet; room for `expected` of them.
    #[must_use]
    pub fn new(expected: usize) -> Self {
        // A little more than a bucket's share, since hashes are not even.
        let room = expected / BUCKETS + expected / BUCKETS / 16;
        Self { buckets: (0..BUCKETS).map(|_| Vec::with_capacity(room)).collect() }
    }

    /// Adds a key.
    pub fn push(&mut self, key: u64) {
        self.buckets[mix64(key) as usize % BUCKETS].push(key);
    }
}

/// Keys that occur at least `least` times over all parts, each with how often; ascending.
#[must_use]
pub fn repeats(parts: &[Scattered], least: usize) -> Vec<(u64, u32)> {
    let of_bucket = |b: usize| {
        let chunks: Vec<&[u64]> = parts.iter().map(|p| p.buckets[b].as_slice()).collect();
        let mut kept = if least > 1 { repeated(&chunks, mix64) } else { chunks.concat() };
        kept.sort_unstable();
        let runs = kept.chunk_by(|a, b| a == b).filter(|run| run.len() >= least);
        runs.map(|run| (run[0], run.len() as u32)).collect::<Vec<_>>()
    };
    let mut all: Vec<(u64, u32)> = (0..BUCKETS).into_par_iter().flat_map_iter(of_bucket).collect();
    all.par_sort_unstable();
    all
}

/// How many keys of all parts `wanted` gives a class to, by class below `classes`.
#[must_use]
pub fn tally(parts: &[Scattered], classes: usize, wanted: impl Fn(u64) -> Option<usize> + Sync) -> Vec<u64> {
    let of_bucket = |mut sums: Vec<u64>, bucket: &Vec<u64>| {
        bucket.iter().filter_map(|key| wanted(*key)).for_each(|class| sums[class] += 1);
        sums
    };
    parts
        .par_iter()
        .flat_map(|p| &p.buckets)
        .fold(|| vec![0; classes], of_bucket)
        .reduce(|| vec![0; classes], |a, b| a.iter().zip(&b).map(|(a, b)| a + b).collect())
}

/// Keys whose hash occurs more than once in one bucket, which are all that repeat and a few that collide. The hash's high bits must not
/// be those that chose the bucket.
pub(crate) fn repeated(chunks: &[&[u64]], hash: impl Fn(u64) -> u64) -> Vec<u64> {
    let total: usize = chunks.iter().map(|c| c.len()).sum();
    let slots = (total * 2).next_power_of_two().max(64);
    let bit = |key: u64| {
        let slot = (hash(key) >> 16) as usize & (slots - 1);
        (slot / 64, 1u64 << (slot % 64))
    };
    let (mut once, mut twice) = (vec![0u64; slots / 64], vec![0u64; slots / 64]);
    for key in chunks.iter().copied().flatten() {
        let (word, bit) = bit(*key);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let again = |key: &u64| {
        let (word, bit) = bit(*key);
        twice[word] & bit != 0
    };
    chunks.iter().copied().flatten().copied().filter(again).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn repeats_are_those_of_a_map() {
        let keys: Vec<u64> = (0..40_000u64).map(|i| mix64(i) % 30_000).collect();
        let mut map: BTreeMap<u64, u32> = BTreeMap::new();
        keys.iter().for_each(|k| *map.entry(*k).or_default() += 1);
        let parts: Vec<Scattered> = keys
            .chunks(7_000)
            .map(|chunk| {
                let mut part = Scattered::new(0);
                chunk.iter().for_each(|k| part.push(*k));
                part
            })
            .collect();
        for least in [1, 2, 3] {
            let expected: Vec<(u64, u32)> = map.iter().map(|(k, n)| (*k, *n)).filter(|k| k.1 >= least).collect();
            assert_eq!(repeats(&parts, least as usize), expected);
        }
        let even = keys.iter().filter(|k| *k % 2 == 0).count() as u64;
        assert_eq!(tally(&parts, 2, |k| (k % 2 == 0).then_some(1)), vec![0, even]);
    }
}
