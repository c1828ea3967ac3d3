//! Likes by hand, for the tests of modules that need no time.

use crate::census::Census;
use crate::likes::{self, Likes};
use crate::partition::Partition;

/// Likes of `(target, account)` and a census to them, in which the owner of each target is known where `owners` are given.
pub(crate) fn with_likes<T>(
    mut rows: Vec<(u32, u32)>,
    owners: Option<&[u32]>,
    use_them: impl FnOnce(&Likes, &Census<'_>) -> T,
) -> T {
    rows.sort_unstable();
    let (target, actor): (Vec<u32>, Vec<u32>) = rows.iter().copied().unzip();
    let ts = vec![0; rows.len()];
    let size = |of: &[u32]| of.iter().max().map_or(0, |most| *most as usize + 1);
    let (accounts, targets) = (size(&actor), size(&target));
    let count = |of: &[u32], n: usize| {
        let mut counts = vec![0; n];
        of.iter().for_each(|x| counts[*x as usize] += 1);
        counts
    };
    let (degree, popularity): (Vec<u32>, Vec<u32>) = (count(&actor, accounts), count(&target, targets));
    let (first, actor_first) = (vec![0; targets], vec![0; accounts]);
    let census = Census {
        degree: &degree,
        popularity: &popularity,
        first_ts: &first,
        actor_first_ts: &actor_first,
        owner: owners,
        published: None,
        timed: false,
    };
    let partition = Partition { target: &target, actor: &actor, ts: &ts, ip: &[], device: &[], dwell_ms: &[] };
    use_them(&Likes::new(&[likes::count(&partition, None)], &census), &census)
}
