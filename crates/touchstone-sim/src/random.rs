//! Seeded randomness: no clock, no process state, one stream for each purpose.
//!
//! A stream is named by a seed, a purpose and an index, so work can be split over threads in any
//! way and still draw the same numbers.

/// A small generator (SplitMix64, Steele, Lea & Flood 2014): one word of state, and any word is a
/// good seed, which is what thousands of short independent streams need.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

/// Mixes a word so that near inputs give unrelated outputs (the finaliser of SplitMix64).
#[must_use]
pub fn mix(word: u64) -> u64 {
    let mut z = word;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    /// The stream `index` of `purpose` under `seed`.
    #[must_use]
    pub fn stream(seed: u64, purpose: u64, index: u64) -> Self {
        let keyed = mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ mix(purpose ^ 0x51_7c_c1_b7);
        Self { state: mix(keyed.wrapping_add(mix(index ^ 0x2545_f491))) }
    }

    /// The next word.
    pub fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Uniform in `[0, 1)`, 53 bits.
    pub fn unit(&mut self) -> f64 {
        // 2^-53: the spacing of doubles just below 1.
        (self.word() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in `0..bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The high half of a 128-bit product: its bias is under bound / 2^64.
        ((u128::from(self.word()) * u128::from(bound)) >> 64) as u64
    }

    /// Uniform in `low..=high`; `low` where the range is empty.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        low.wrapping_add(self.below(high.wrapping_sub(low) as u64 + 1) as i64)
    }

    /// Log-uniform in `[low, high)`: as likely between 20 and 40 as between 100 and 200.
    pub fn log_uniform(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.unit())
    }

    /// Shuffles in place (Fisher-Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = self.below(end as u64 + 1) as usize;
            items.swap(end, other);
        }
    }
}

/// A seeded one-to-one map of `0..size` onto itself that needs no table: a Feistel network over
/// the next even number of bits, walked until the value falls into the range.
#[derive(Debug, Clone)]
pub struct Permutation {
    size: u64,
    half_bits: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// The permutation of `0..size` that `seed` and `purpose` name.
    #[must_use]
    pub fn new(seed: u64, purpose: u64, size: u64) -> Self {
        let bits = u64::BITS - size.max(2).saturating_sub(1).leading_zeros();
        let mut keys = Random::stream(seed, purpose, 0);
        Self { size, half_bits: bits.div_ceil(2).max(1), keys: std::array::from_fn(|_| keys.word()) }
    }

    /// Where `value` goes. `value` must be under the size.
    #[must_use]
    pub fn apply(&self, value: u64) -> u64 {
        debug_assert!(value < self.size, "{value} is outside 0..{}", self.size);
        let mask = (1_u64 << self.half_bits) - 1;
        let mut current = value;
        // Cycle walking ends: the network is a bijection of a set less than four times as large,
        // so the orbit of a value inside the range comes back into the range.
        loop {
            let (mut left, mut right) = (current >> self.half_bits, current & mask);
            for key in self.keys {
                (left, right) = (right, left ^ (mix(right ^ key) & mask));
            }
            current = (left << self.half_bits) | right;
            if current < self.size {
                return current;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutation_is_one_to_one() {
        for size in [1_u64, 2, 3, 5, 64, 65, 1000] {
            let permutation = Permutation::new(9, 1, size);
            let mut seen: Vec<u64> = (0..size).map(|value| permutation.apply(value)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..size).collect::<Vec<_>>());
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let word = |seed, purpose, index| Random::stream(seed, purpose, index).word();
        assert_eq!(word(1, 2, 3), word(1, 2, 3));
        assert_ne!(word(1, 2, 3), word(1, 3, 2));
        assert_ne!(word(1, 2, 3), word(2, 2, 3));
    }

    #[test]
    fn draws_are_uniform_enough() {
        let mut random = Random::stream(5, 0, 0);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[random.below(10) as usize] += 1;
        }
        // Six standard deviations of a binomial around 10,000.
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 570), "{counts:?}");
        assert_eq!(random.between(4, 4), 4);
        assert_eq!(random.below(0), 0);
    }
}
