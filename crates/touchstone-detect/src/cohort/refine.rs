//! A group of targets and the accounts that work them off, each refined by the other.
//!
//! Rates of chance come from everybody but the group itself: a ring that inflates its own baseline
//! hides in it.

use crate::census::Census;
use crate::evalue::ln_poisson_tail;
use crate::likes::Likes;

/// Rounds at most; most groups settle in two or three.
const ROUNDS: usize = 4;

/// Chance below which an account's share in the group's targets makes it a member, and below which
/// members' endorsements make a target the group's.
const LN_MEMBER: f64 = -6.9;
const LN_TARGET: f64 = -11.5;

/// Unrelated owners of whom a member endorsed something, and members that a target needs.
pub(crate) const OWNERS_MIN: u32 = 2;
pub(crate) const SUPPORT_MIN: u32 = 3;

/// Support, as a share of the group's usual target's, below which a target is that of some members, not the group's: a circle of
/// friends among its by-standers would bring in all that it likes.
pub(super) const SUPPORT_SHARE_MIN: f64 = 0.1;

/// Smallest group.
pub(crate) const MEMBERS_MIN: usize = 5;
pub(super) const TARGETS_MIN: usize = 3;

/// Accounts and targets that belong together; both ascending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bicluster {
    /// The accounts.
    pub members: Vec<u32>,
    /// The targets.
    pub targets: Vec<u32>,
}

/// Of how many owners an account endorsed something among `targets`: `(account, owners)`, ascending.
#[must_use]
pub fn owners_by_account(likes: &Likes, census: &Census<'_>, targets: &[u32]) -> Vec<(u32, u32)> {
    let mut rows: Vec<(u32, u64)> = Vec::new();
    for t in targets {
        let author = census.author(*t);
        rows.extend(likes.of_target(*t).iter().map(|i| (likes.account[*i as usize], author)));
    }
    rows.sort_unstable();
    rows.dedup();
    rows.chunk_by(|a, b| a.0 == b.0).map(|r| (r[0].0, r.len() as u32)).collect()
}

/// The accounts that endorse these targets beyond chance, ascending.
fn loyal_to(likes: &Likes, census: &Census<'_>, targets: &[u32]) -> Vec<u32> {
    let total = likes.len() as f64;
    let owners = owners_by_account(likes, census, targets);
    let given: u64 = targets.iter().map(|t| likes.of_target(*t).len() as u64).sum();
    let loyal: Vec<(u32, u32)> = owners.into_iter().filter(|(_, n)| *n >= OWNERS_MIN).collect();
    let inside =
        |a: u32| likes.of_account(a).filter(|i| targets.binary_search(&likes.target[*i]).is_ok()).count() as u64;
    let by_loyal: u64 = loyal.iter().map(|(a, _)| inside(*a)).sum();
    let share = ((given - by_loyal) as f64 + 1.0) / (total - by_loyal as f64).max(1.0);
    let beyond = |(a, n): &(u32, u32)| ln_poisson_tail(*n, f64::from(census.degree[*a as usize]) * share) < LN_MEMBER;
    loyal.into_iter().filter(beyond).map(|(a, _)| a).collect()
}

/// A group of targets as it is, with its members.
#[must_use]
pub fn members_of(likes: &Likes, census: &Census<'_>, seed: &[u32]) -> Option<Bicluster> {
    let members = loyal_to(likes, census, seed);
    (members.len() >= MEMBERS_MIN && seed.len() >= TARGETS_MIN).then(|| Bicluster { members, targets: seed.to_vec() })
}

/// Refines from a group of targets; `None` where nothing holds together.
#[must_use]
pub fn refine(likes: &Likes, census: &Census<'_>, seed: &[u32]) -> Option<Bicluster> {
    let mut targets = seed.to_vec();
    let mut members = Vec::new();
    for _ in 0..ROUNDS {
        members = loyal_to(likes, census, &targets);
        if members.len() < MEMBERS_MIN {
            return None;
        }
        let next = targets_of(likes, &members, &targets, SUPPORT_SHARE_MIN);
        if next.len() < TARGETS_MIN {
            return None;
        }
        if next == targets {
            break;
        }
        targets = next;
    }
    Some(Bicluster { members, targets })
}

/// Targets that are not the group's, being too small beside its others, but at which its members met beyond chance: what they did there is no
/// life of their own. Ascending.
#[must_use]
pub fn beside(group: &Bicluster, likes: &Likes) -> Vec<u32> {
    let mut all = targets_of(likes, &group.members, &group.targets, 0.0);
    all.retain(|t| group.targets.binary_search(t).is_err());
    all
}

/// Targets that the members endorse beyond what others' interest in them explains.
///
/// `share_min` is of the support that the usual endorsement of `targets` has.
pub(crate) fn targets_of(likes: &Likes, members: &[u32], targets: &[u32], share_min: f64) -> Vec<u32> {
    let mut all: Vec<u32> = members.iter().flat_map(|a| likes.of_account(*a)).map(|i| likes.target[i]).collect();
    all.sort_unstable();
    let outside = all.iter().filter(|t| targets.binary_search(t).is_err()).count() as f64;
    let rate = (outside + 1.0) / (likes.len() - all.len() + 1) as f64;
    let runs: Vec<&[u32]> = all.chunk_by(|a, b| a == b).collect();
    // As the usual endorsement sees it: a few large orders count for more than many small gatherings.
    let support = runs.iter().filter(|run| targets.binary_search(&run[0]).is_ok()).map(|run| run.len() as f64);
    let (sum, squares) = support.fold((0.0, 0.0), |s, n| (s.0 + n, s.1 + n * n));
    let usual = squares / f64::max(sum, 1.0);
    runs.into_iter()
        .filter(|run| {
            let n = run.len() as u32;
            let others = likes.of_target(run[0]).len() as f64 - f64::from(n);
            n >= SUPPORT_MIN
                && f64::from(n) >= share_min * usual
                && ln_poisson_tail(n, others * rate + 0.05) < LN_TARGET
        })
        .map(|run| run[0])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_likes;

    #[test]
    fn a_small_gathering_of_members_is_beside_the_group_and_a_hit_is_not() {
        // Forty members on targets 0 to 4; four of them on 5, three on 6, which half of the log endorses; all else is other people's.
        let inside = (0..40).flat_map(|a| (0..5).map(move |t| (t, a)));
        let small = (0..4).map(|a| (5, a)).chain((0..3).map(|a| (6, a)));
        let hit = (100..300).map(|a| (6, a));
        let people = (100..500u32).flat_map(|a| (0..10).map(move |n| (7 + (a * 31 + n * 17) % 800, a)));
        let rows: Vec<(u32, u32)> = inside.chain(small).chain(hit).chain(people).collect();
        let group = Bicluster { members: (0..40).collect(), targets: (0..5).collect() };
        assert_eq!(with_likes(rows, None, |likes, _| beside(&group, likes)), [5]);
    }
}
