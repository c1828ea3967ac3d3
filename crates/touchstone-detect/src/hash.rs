//! Seeded mixing for folds and samples: the only "randomness" in this crate.

/// SplitMix64's finaliser (Steele, Lea & Flood 2014): a bijection that scatters neighbours.
#[must_use]
pub fn mix64(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
