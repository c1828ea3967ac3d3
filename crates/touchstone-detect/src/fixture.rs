//! Likes by hand, for the tests of single modules.

use crate::census::Census;
use crate::likes::{self, Likes};
use crate::partition::Partition;

/// Likes of `(target, account)` and a census to them, in which the owner of each target is known where `owners` are given.
pub(crate) fn with_likes<T>(
    rows: Vec<(u32, u32)>,
    owners: Option<&[u32]>,
    use_them: impl FnOnce(&Likes, &Census<'_>) -> T,
) -> T {
    with(rows.into_iter().map(|(target, account)| (target, account, 0)).collect(), owners, false, use_them)
}

/// The same of `(target, account, time)`.
pub(crate) fn with_timed_likes<T>(
    rows: Vec<(u32, u32, i64)>,
    owners: Option<&[u32]>,
    use_them: impl FnOnce(&Likes, &Census<'_>) -> T,
) -> T {
    with(rows, owners, true, use_them)
}

fn with<T>(
    mut rows: Vec<(u32, u32, i64)>,
    owners: Option<&[u32]>,
    timed: bool,
    use_them: impl FnOnce(&Likes, &Census<'_>) -> T,
) -> T {
    rows.sort_unstable();
    let target: Vec<u32> = rows.iter().map(|r| r.0).collect();
    let actor: Vec<u32> = rows.iter().map(|r| r.1).collect();
    let ts: Vec<i64> = rows.iter().map(|r| r.2).collect();
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
        timed,
    };
    let partition = Partition { target: &target, actor: &actor, ts: &ts, ip: &[], device: &[], dwell_ms: &[] };
    use_them(&Likes::new(&[likes::count(&partition, None)], &census), &census)
}
