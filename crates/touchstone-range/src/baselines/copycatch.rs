//! Groups that liked the same targets at the same times.
//!
//! *Source*: Beutel et al., CopyCatch, WWW 2013: the serial local search. Parameters as StarScout
//! (He et al. 2024) published them: n 50, m 10, rho 0.5, beta 2, 15 days.
//!
//! *Formula*: a cluster has m targets, each with a centre in time. An account belongs to it if it
//! liked at least rho m of them within the window around their centres. In turn: centres move to
//! the mean of the window of twice the width that holds the most weight of likes, an account
//! weighing the number of centres it hits, its window at this target beta times as wide; then the
//! targets become those m on which most of the present accounts lie within one such window. Until nothing
//! changes. Clusters of at least n accounts are reported, their accounts accused.
//!
//! *Deviations*: a search starts at each target of at least n likes, with the m - 1 targets that
//! share most of its likers, instead of the nearest columns of times, which costs the product of
//! all targets and accounts. All targets are exchanged at once rather than one by one: for given
//! accounts this is the optimum of the paper's objective. An account's score is the number of hits
//! over all clusters; its ring is the cluster in which it hits most.

use super::Verdicts;
use crate::likes::{Like, Likes};
use std::collections::BTreeSet;

/// The knobs of the paper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    accounts_min: usize,
    targets: usize,
    hits_share_min: f64,
    relaxed_factor: i64,
    window_ms: i64,
}

impl Setting {
    pub(super) const STARSCOUT: Self =
        Self { accounts_min: 50, targets: 10, hits_share_min: 0.5, relaxed_factor: 2, window_ms: 15 * 86_400_000 };
    pub(super) const TWO_HOURS: Self = Self { window_ms: 7_200_000, ..Self::STARSCOUT };

    fn hits_min(&self) -> u32 {
        (self.hits_share_min * self.targets as f64).ceil() as u32
    }
}

/// Searches that have not settled by then are taken as they are.
const ROUNDS_MAX: usize = 20;

pub(super) fn run(likes: &Likes, setting: &Setting) -> Verdicts {
    let log = Log::new(likes);
    let mut verdicts = Verdicts::none(likes.accounts.len());
    let mut hits_best = vec![0; likes.accounts.len()];
    let mut seen = BTreeSet::new();
    let mut next = 0;
    let mut work = Work::new(likes);
    for seed in 0..likes.targets.len() as u32 {
        if log.on(seed).len() < setting.accounts_min {
            continue;
        }
        let Some(Cluster { centres, members }) = work.search(&log, setting, seed) else { continue };
        if members.len() < setting.accounts_min {
            continue;
        }
        // Many seeds lead to one cluster: it counts once.
        let targets: Vec<u32> = centres.iter().map(|centre| centre.target).collect();
        if !seen.insert((targets, members.len())) {
            continue;
        }
        for &(account, hits) in &members {
            let account = account as usize;
            verdicts.accused[account] = true;
            verdicts.scores[account] += f64::from(hits);
            if hits > hits_best[account] {
                hits_best[account] = hits;
                verdicts.rings[account] = Some(next);
            }
        }
        next += 1;
    }
    verdicts
}

/// A target and the middle of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Centre {
    target: u32,
    at_ms: i64,
}

/// Where a search ended.
struct Cluster {
    /// By target.
    centres: Vec<Centre>,
    /// Accounts, by number, with their hits.
    members: Vec<(u32, u32)>,
}

/// Likes by target and by account.
struct Log<'a> {
    by_target: &'a [Like],
    target_starts: Vec<usize>,
    by_account: Vec<(u32, u32, i64)>,
    account_starts: Vec<usize>,
}

fn starts(count: usize, of: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut starts = vec![0; count + 1];
    of.for_each(|number| starts[number as usize + 1] += 1);
    for place in 0..count {
        starts[place + 1] += starts[place];
    }
    starts
}

impl<'a> Log<'a> {
    fn new(likes: &'a Likes) -> Self {
        let mut by_account: Vec<_> = likes.likes.iter().map(|l| (l.account, l.target, l.at_ms)).collect();
        by_account.sort_unstable();
        Self {
            by_target: &likes.likes,
            target_starts: starts(likes.targets.len(), likes.likes.iter().map(|like| like.target)),
            account_starts: starts(likes.accounts.len(), by_account.iter().map(|like| like.0)),
            by_account,
        }
    }

    fn on(&self, target: u32) -> &[Like] {
        &self.by_target[self.target_starts[target as usize]..self.target_starts[target as usize + 1]]
    }

    fn of(&self, account: u32) -> &[(u32, u32, i64)] {
        &self.by_account[self.account_starts[account as usize]..self.account_starts[account as usize + 1]]
    }
}

/// Counters that every search uses anew.
struct Work {
    hits: Vec<u32>,
}

impl Work {
    fn new(likes: &Likes) -> Self {
        Self { hits: vec![0; likes.accounts.len()] }
    }

    /// The cluster that the search from a target ends in.
    fn search(&mut self, log: &Log<'_>, setting: &Setting, seed: u32) -> Option<Cluster> {
        let likers: Vec<u32> = log.on(seed).iter().map(|like| like.account).collect();
        let mut centres = best_targets(log, &likers, setting);
        if centres.len() < setting.targets {
            return None;
        }
        for _ in 0..ROUNDS_MAX {
            let before = centres.clone();
            self.move_centres(log, setting, &mut centres);
            let members = self.members(log, setting, &centres);
            if members.is_empty() {
                return None;
            }
            let accounts: Vec<u32> = members.iter().map(|&(account, _)| account).collect();
            centres = best_targets(log, &accounts, setting);
            if centres == before || centres.len() < setting.targets {
                break;
            }
        }
        let members = self.members(log, setting, &centres);
        Some(Cluster { centres, members })
    }

    /// Accounts with enough hits, by number.
    fn members(&mut self, log: &Log<'_>, setting: &Setting, centres: &[Centre]) -> Vec<(u32, u32)> {
        let touched = self.count(log, centres, setting.window_ms);
        let enough = setting.hits_min();
        let mut members: Vec<(u32, u32)> = touched
            .iter()
            .map(|&account| (account, std::mem::take(&mut self.hits[account as usize])))
            .filter(|&(_, hits)| hits >= enough)
            .collect();
        members.sort_unstable();
        members
    }

    /// Counts hits of all accounts; gives those with any, each once.
    fn count(&mut self, log: &Log<'_>, centres: &[Centre], window_ms: i64) -> Vec<u32> {
        let mut touched = Vec::new();
        for centre in centres {
            for like in log.on(centre.target).iter().filter(|like| (like.at_ms - centre.at_ms).abs() <= window_ms) {
                let hits = &mut self.hits[like.account as usize];
                if *hits == 0 {
                    touched.push(like.account);
                }
                *hits += 1;
            }
        }
        touched
    }

    fn move_centres(&mut self, log: &Log<'_>, setting: &Setting, centres: &mut [Centre]) {
        let touched = self.count(log, centres, setting.window_ms);
        let enough = setting.hits_min();
        for centre in centres.iter_mut() {
            let near = |like: &&Like, factor: i64| (like.at_ms - centre.at_ms).abs() <= factor * setting.window_ms;
            let weighted: Vec<(i64, u32)> = log
                .on(centre.target)
                .iter()
                .filter(|like| near(like, setting.relaxed_factor))
                .map(|like| {
                    // In the wider window, but not in the narrow one: this target is one hit more.
                    let hits = self.hits[like.account as usize] + u32::from(!near(&like, 1));
                    (like.at_ms, hits)
                })
                .filter(|&(_, hits)| hits >= enough)
                .collect();
            if let Some((_, at_ms)) = heaviest_window(&weighted, setting.window_ms) {
                centre.at_ms = at_ms;
            }
        }
        touched.iter().for_each(|&account| self.hits[account as usize] = 0);
    }
}

/// The `targets` targets on which most of these accounts lie within one window, by number.
fn best_targets(log: &Log<'_>, accounts: &[u32], setting: &Setting) -> Vec<Centre> {
    let mut likes: Vec<(u32, i64)> =
        accounts.iter().flat_map(|&account| log.of(account)).map(|&(_, target, at_ms)| (target, at_ms)).collect();
    likes.sort_unstable();
    let mut found: Vec<(u32, Centre)> = likes
        .chunk_by(|one, other| one.0 == other.0)
        .filter_map(|same| {
            let weighted: Vec<(i64, u32)> = same.iter().map(|like| (like.1, 1)).collect();
            let (weight, at_ms) = heaviest_window(&weighted, setting.window_ms)?;
            Some((weight, Centre { target: same[0].0, at_ms }))
        })
        .collect();
    found.sort_unstable_by_key(|&(weight, centre)| (std::cmp::Reverse(weight), centre));
    found.truncate(setting.targets);
    let mut centres: Vec<Centre> = found.into_iter().map(|(_, centre)| centre).collect();
    centres.sort_unstable();
    centres
}

/// The weight of the heaviest window of twice the width among times in order, and their mean.
fn heaviest_window(weighted: &[(i64, u32)], window_ms: i64) -> Option<(u32, i64)> {
    let (mut first, mut weight) = (0, 0);
    let mut best: Option<(u32, usize, usize)> = None;
    for (last, &(at, w)) in weighted.iter().enumerate() {
        weight += w;
        while at - weighted[first].0 > 2 * window_ms {
            weight -= weighted[first].1;
            first += 1;
        }
        if best.is_none_or(|(heaviest, ..)| weight > heaviest) {
            best = Some((weight, first, last));
        }
    }
    let (weight, first, last) = best?;
    let times = &weighted[first..=last];
    // Offsets from the first: sums of times since 1970 would overflow in longer logs.
    let offset: i64 = times.iter().map(|time| time.0 - times[0].0).sum::<i64>() / times.len() as i64;
    Some((weight, times[0].0 + offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;
    use touchstone_sim::random::Random;

    #[test]
    fn the_heaviest_window_is_that_of_brute_force() {
        let mut random = Random::stream(4, 9, 2);
        for _ in 0..50 {
            let mut times: Vec<(i64, u32)> =
                (0..12).map(|_| (random.below(100) as i64, random.below(4) as u32)).collect();
            times.sort_unstable();
            let brute = times
                .iter()
                .map(|start| times.iter().filter(|t| (start.0..=start.0 + 20).contains(&t.0)).map(|t| t.1).sum::<u32>())
                .max();
            assert_eq!(heaviest_window(&times, 10).map(|found| found.0), brute);
        }
    }

    #[test]
    fn a_farm_in_step_is_found_and_the_crowd_around_it_is_not() {
        let mut random = Random::stream(5, 9, 3);
        let mut rows = BTreeSet::new();
        for person in 0..500 {
            for _ in 0..15 {
                rows.insert((person, random.below(60) as u32, random.below(2_000_000) as i64));
            }
        }
        for member in 500..560 {
            for order in (0..14).filter(|order| (order + member) % 5 != 0) {
                rows.insert((member, order * 4, i64::from(order) * 120_000 + random.below(3600) as i64));
            }
        }
        // One like of each on each.
        let mut pairs = BTreeSet::new();
        let rows: Vec<_> = rows.into_iter().filter(|row| pairs.insert((row.0, row.1))).collect();
        let verdicts = run(&likes(&rows), &Setting::TWO_HOURS);
        assert!(verdicts.accused[500..].iter().filter(|&&accused| accused).count() >= 55);
        assert_eq!(verdicts.accused[..500].iter().filter(|&&accused| accused).count(), 0);
    }
}
