//! Chance that only the holder of the key can foretell, and that comes out the same whenever it is asked.

/// A number from 0 up to but below 1: a keyed hash of a purpose and some words.
#[must_use]
pub(crate) fn unit(key: &[u8; 32], purpose: &str, words: &[&str]) -> f64 {
    let digest = mac(key, purpose, words);
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_bytes()[..8]);
    // 53 bits are what a double holds.
    (u64::from_le_bytes(first) >> 11) as f64 / (1u64 << 53) as f64
}

/// BLAKE3 in keyed mode. Lengths go in, so that no two lists of words run together.
#[must_use]
pub(crate) fn mac(key: &[u8; 32], purpose: &str, words: &[&str]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for word in std::iter::once(&purpose).chain(words) {
        hasher.update(&(word.len() as u64).to_le_bytes()).update(word.as_bytes());
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_even_and_depends_on_everything() {
        let draws: Vec<f64> = (0..10_000).map(|i| unit(&[7; 32], "test", &[&i.to_string()])).collect();
        assert!(draws.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = draws.iter().sum::<f64>() / 10_000.0;
        // Five standard errors of a mean of uniforms.
        assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0f64 / 10_000.0).sqrt(), "{mean}");
        assert_ne!(unit(&[7; 32], "a", &["b"]), unit(&[8; 32], "a", &["b"]));
        assert_ne!(unit(&[7; 32], "a", &["bc", "d"]), unit(&[7; 32], "a", &["b", "cd"]));
        assert_ne!(unit(&[7; 32], "a", &[]), unit(&[7; 32], "", &["a"]));
    }
}
