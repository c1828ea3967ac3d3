//! Pairs of accounts that liked the same target within a window.

use crate::likes::{Like, Likes};
use rayon::prelude::*;

/// Two accounts, the smaller number first, and on how many targets they met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) targets: u32,
}

/// Calls `meet` for every two likes of one target at most `window_ms` apart.
pub(super) fn meetings(likes: &[Like], window_ms: i64, mut meet: impl FnMut(u32, u32)) {
    let mut first = 0;
    for (place, like) in likes.iter().enumerate() {
        while like.at_ms - likes[first].at_ms > window_ms {
            first += 1;
        }
        for earlier in &likes[first..place] {
            meet(earlier.account.min(like.account), earlier.account.max(like.account));
        }
    }
}

/// Every pair that met, sorted by its accounts. Targets of more than `likes_max` likes are left
/// out: they would be most of the work and say least.
pub(super) fn count(likes: &Likes, window_ms: i64, likes_max: usize) -> Vec<Pair> {
    let mut keys = Vec::new();
    for target in likes.by_target().filter(|target| target.len() <= likes_max) {
        meetings(target, window_ms, |a, b| keys.push(u64::from(a) << 32 | u64::from(b)));
    }
    keys.par_sort_unstable();
    let pair = |same: &[u64]| Pair { a: (same[0] >> 32) as u32, b: same[0] as u32, targets: same.len() as u32 };
    keys.chunk_by(|one, other| one == other).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;

    #[test]
    fn counts_are_those_of_every_two_rows() {
        let rows: Vec<_> = (0..400_u32).map(|i| (i * 7 % 23, i % 31, i64::from(i * 37 % 1000))).collect();
        let mut seen = std::collections::BTreeSet::new();
        let rows: Vec<_> = rows.into_iter().filter(|row| seen.insert((row.0, row.1))).collect();
        let mut expected = std::collections::BTreeMap::new();
        for one in &rows {
            for other in &rows {
                if one.0 < other.0 && one.1 == other.1 && (one.2 - other.2).abs() <= 60 {
                    *expected.entry((one.0, other.0)).or_insert(0) += 1;
                }
            }
        }
        let found: Vec<_> = count(&likes(&rows), 60_000, 1000).iter().map(|p| ((p.a, p.b), p.targets)).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        assert!(count(&likes(&rows), 60_000, 3).len() < found.len());
    }
}
