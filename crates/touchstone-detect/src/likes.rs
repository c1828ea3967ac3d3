//! All endorsements in memory, by account and by target, each with what is known of how it came about.

use crate::census::Census;
use crate::partition::Partition;
use rayon::prelude::*;

/// A view this long after the endorsement still counts as before it: clients report in batches.
const LATE_VIEW: i64 = 5_000_000;

/// Whether the endorser was seen to look first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The log has no views.
    Unknown,
    /// No view by this account of this target came before.
    No,
    /// One did.
    Yes,
}

/// Endorsements of one partition with their facts; in order of the partition.
#[derive(Clone, Debug, Default)]
pub struct Part {
    rows: Vec<(u32, i64, u32)>,
    seen: Vec<Seen>,
    ip: Vec<u64>,
    device: Vec<u64>,
}

/// Reads one partition.
#[must_use]
pub fn count(partition: &Partition<'_>, views: Option<&Partition<'_>>) -> Part {
    let rows = (0..partition.len()).map(|i| (partition.actor[i], partition.ts[i], partition.target[i])).collect();
    let mut seen = vec![Seen::Unknown; partition.len()];
    if let Some(views) = views {
        let mut at = 0;
        let mut first: Vec<(u32, i64)> = Vec::new();
        for range in partition.targets() {
            let target = partition.target[range.start];
            at += views.target[at..].partition_point(|t| *t < target);
            let end = at + views.target[at..].partition_point(|t| *t <= target);
            first.clear();
            first.extend((at..end).map(|i| (views.actor[i], views.ts[i])));
            first.sort_unstable();
            at = end;
            for i in range {
                let place = first.partition_point(|v| v.0 < partition.actor[i]);
                let looked = first.get(place).filter(|v| v.0 == partition.actor[i]);
                seen[i] = match looked {
                    Some((_, ts)) if *ts <= partition.ts[i] + LATE_VIEW => Seen::Yes,
                    _ => Seen::No,
                };
            }
        }
    }
    Part { rows, seen, ip: partition.ip.to_vec(), device: partition.device.to_vec() }
}

/// All endorsements, by (account, time, target). Columns that the log lacks are empty.
#[derive(Clone, Debug, Default)]
pub struct Likes {
    /// Where each account's begin; one more than there are accounts.
    start: Vec<u32>,
    /// What was endorsed.
    pub target: Vec<u32>,
    /// Who endorsed.
    pub account: Vec<u32>,
    /// Microseconds.
    pub ts: Vec<i64>,
    /// Whether the endorser looked first.
    pub seen: Vec<Seen>,
    /// Keyed hash of the address, 0 where unknown.
    pub ip: Vec<u64>,
    /// Keyed hash of the device, 0 where unknown.
    pub device: Vec<u64>,
    target_start: Vec<u32>,
    by_target: Vec<u32>,
    likers: Vec<u32>,
}

impl Likes {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: &[Part], census: &Census<'_>) -> Self {
        let mut start = vec![0u32; census.degree.len() + 1];
        let mut target_start = vec![0u32; census.popularity.len() + 1];
        for (account, _, target) in parts.iter().flat_map(|p| &p.rows) {
            start[*account as usize + 1] += 1;
            target_start[*target as usize + 1] += 1;
        }
        for sums in [&mut start, &mut target_start] {
            let mut sum = 0;
            sums.iter_mut().for_each(|s| {
                sum += *s;
                *s = sum;
            });
        }
        let total = *start.last().unwrap_or(&0) as usize;
        // (time, target, row in all parts) by account: sorting moves no more than it needs.
        let mut order: Vec<(i64, u32, u32)> = vec![(0, 0, 0); total];
        let mut next = start.clone();
        for (row, (account, ts, target)) in parts.iter().flat_map(|p| &p.rows).enumerate() {
            let place = &mut next[*account as usize];
            order[*place as usize] = (*ts, *target, row as u32);
            *place += 1;
        }
        split(&start, &mut order).into_par_iter().for_each(|of_account| of_account.sort_unstable());
        let seen: Vec<Seen> = parts.iter().flat_map(|p| p.seen.iter().copied()).collect();
        let seen = order.par_iter().map(|o| seen[o.2 as usize]).collect();
        let hashes = |f: fn(&Part) -> &Vec<u64>| -> Vec<u64> {
            if parts.iter().all(|p| f(p).is_empty()) {
                return Vec::new();
            }
            // A part without the column knows none of its hashes.
            let known = |p: &Part| (0..p.rows.len()).map(|r| f(p).get(r).copied().unwrap_or(0)).collect::<Vec<u64>>();
            let all: Vec<u64> = parts.iter().flat_map(known).collect();
            order.par_iter().map(|o| all[o.2 as usize]).collect()
        };
        let (ip, device) = (hashes(|p| &p.ip), hashes(|p| &p.device));
        let target: Vec<u32> = order.par_iter().map(|o| o.1).collect();
        let ts = order.par_iter().map(|o| o.0).collect();
        drop(order);
        let mut account = vec![0u32; total];
        split(&start, &mut account).into_iter().zip(0..).for_each(|(of_account, a)| of_account.fill(a));
        let mut next = target_start.clone();
        let (mut by_target, mut likers) = (vec![0u32; total], vec![0u32; total]);
        for (i, (t, a)) in target.iter().zip(&account).enumerate() {
            let place = &mut next[*t as usize];
            (by_target[*place as usize], likers[*place as usize]) = (i as u32, *a);
            *place += 1;
        }
        Self { account, ts, seen, ip, device, target, start, target_start, by_target, likers }
    }

    /// Places of an account's endorsements, by time.
    #[must_use]
    pub fn of_account(&self, account: u32) -> std::ops::Range<usize> {
        self.start[account as usize] as usize..self.start[account as usize + 1] as usize
    }

    /// Places of a target's endorsements, by account.
    #[must_use]
    pub fn of_target(&self, target: u32) -> &[u32] {
        &self.by_target[self.target_start[target as usize] as usize..self.target_start[target as usize + 1] as usize]
    }

    /// Endorsers of a target, ascending: the accounts of [`Likes::of_target`], side by side, which is what makes going over many fast.
    #[must_use]
    pub fn likers(&self, target: u32) -> &[u32] {
        &self.likers[self.target_start[target as usize] as usize..self.target_start[target as usize + 1] as usize]
    }

    /// Cuts something in the order of the endorsements into one piece an account.
    ///
    /// # Panics
    /// If it is shorter.
    pub fn split_by_account<'a, T>(&self, all: &'a mut [T]) -> Vec<&'a mut [T]> {
        split(&self.start, all)
    }

    /// All endorsements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.target.len()
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.target.is_empty()
    }

    /// Accounts.
    #[must_use]
    pub fn accounts(&self) -> u32 {
        self.start.len().saturating_sub(1) as u32
    }

    /// Targets.
    #[must_use]
    pub fn targets(&self) -> u32 {
        self.target_start.len().saturating_sub(1) as u32
    }

    /// Whether views tell who looked first.
    #[must_use]
    pub fn has_views(&self) -> bool {
        self.seen.first().is_some_and(|s| *s != Seen::Unknown)
    }
}

/// Cuts a slice where the pieces begin.
fn split<'a, T>(start: &[u32], mut rest: &'a mut [T]) -> Vec<&'a mut [T]> {
    let mut pieces = Vec::with_capacity(start.len());
    for pair in start.windows(2) {
        let (head, tail) = rest.split_at_mut((pair[1] - pair[0]) as usize);
        pieces.push(head);
        rest = tail;
    }
    pieces
}
