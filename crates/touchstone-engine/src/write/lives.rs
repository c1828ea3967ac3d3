//! One more pass over the log, for the accounts that a case shows and a sample of all others.

use super::likes::LikesError;
use crate::run::RunError;
use crate::store::{IngestError, Progress, Store};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::case::sample::Life;
use touchstone_detect::case::{Act, Look};
use touchstone_detect::partition::Partition;

/// Endorsements and looks of some accounts.
pub(crate) struct Lives {
    acts: Vec<Act>,
    looks: Vec<Look>,
}

impl Lives {
    /// Nobody's.
    pub(crate) fn none() -> Self {
        Self { acts: Vec::new(), looks: Vec::new() }
    }

    /// Reads them; `wanted` says which accounts.
    pub(crate) fn read(store: &Store, wanted: &[bool], progress: &dyn Progress) -> Result<Self, LikesError> {
        let is_wanted = |a: u32| wanted.get(a as usize).copied().unwrap_or(false);
        let parts = each(store, progress, |p, views| {
            let of = |hashes: &[u64], i: usize| hashes.get(i).copied().unwrap_or(0);
            let acts: Vec<Act> = (0..p.len())
                .filter(|i| is_wanted(p.actor[*i]))
                .map(|i| Act {
                    account: p.actor[i],
                    target: p.target[i],
                    ts: p.ts[i],
                    ip: of(p.ip, i),
                    device: of(p.device, i),
                })
                .collect();
            (acts, views.map_or_else(Vec::new, |v| looks(v, is_wanted)))
        })?;
        let (mut acts, mut looks) = (Vec::new(), Vec::new());
        for (a, l) in parts {
            acts.extend(a);
            looks.extend(l);
        }
        acts.par_sort_unstable_by_key(|a| (a.account, a.ts, a.target));
        looks.par_sort_unstable_by_key(|l| (l.account, l.target));
        Ok(Self { acts, looks })
    }

    /// The life of one of them.
    pub(crate) fn of(&self, account: u32) -> Life<'_> {
        fn of<T>(all: &[T], account: u32, key: impl Fn(&T) -> u32) -> &[T] {
            let (from, to) = (all.partition_point(|x| key(x) < account), all.partition_point(|x| key(x) <= account));
            &all[from..to]
        }
        Life { acts: of(&self.acts, account, |a| a.account), looks: of(&self.looks, account, |l| l.account) }
    }
}

/// The looks of some accounts at the targets of a partition, one a pair.
fn looks(views: &Partition<'_>, is_wanted: impl Fn(u32) -> bool) -> Vec<Look> {
    let mut of_pair: BTreeMap<(u32, u32), (i64, f32)> = BTreeMap::new();
    for i in (0..views.len()).filter(|i| is_wanted(views.actor[*i])) {
        let dwell = views.dwell_ms.get(i).copied().unwrap_or(0.0);
        let look = of_pair.entry((views.actor[i], views.target[i])).or_insert((views.ts[i], 0.0));
        *look = (look.0.min(views.ts[i]), look.1.max(dwell));
    }
    of_pair.into_iter().map(|((account, target), (ts, dwell_ms))| Look { account, target, ts, dwell_ms }).collect()
}

/// How many accounts used each of some devices (true) and addresses.
pub(crate) fn users(
    store: &Store,
    hubs: &BTreeSet<(bool, u64)>,
    progress: &dyn Progress,
) -> Result<BTreeMap<(bool, u64), u64>, LikesError> {
    let parts = each(store, progress, |p, _| {
        let mut found: Vec<(bool, u64, u32)> = Vec::new();
        for (is_device, hashes) in [(true, p.device), (false, p.ip)] {
            let of = hashes.iter().zip(p.actor).filter(|(h, _)| hubs.contains(&(is_device, **h)));
            found.extend(of.map(|(h, a)| (is_device, *h, *a)));
        }
        found.sort_unstable();
        found.dedup();
        found
    })?;
    let mut all = parts.concat();
    all.par_sort_unstable();
    all.dedup();
    let mut users = BTreeMap::new();
    all.into_iter().for_each(|(is_device, hash, _)| *users.entry((is_device, hash)).or_default() += 1);
    Ok(users)
}

/// What `work` makes of each partition with its views, in order.
fn each<T: Send>(
    store: &Store,
    progress: &dyn Progress,
    work: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T + Sync,
) -> Result<Vec<T>, LikesError> {
    (0..store.partition_count())
        .into_par_iter()
        .map(|i| {
            if progress.cancelled() {
                return Err(LikesError::Run(IngestError::Cancelled.into()));
            }
            let batch = store.endorsements(i).map_err(RunError::from)?;
            let partition = Partition::try_from_batch(&batch).map_err(RunError::from)?;
            let views = store.views(i).map_err(RunError::from)?;
            let views = views.as_ref().map(Partition::try_from_batch).transpose().map_err(RunError::from)?;
            progress.advance(partition.len() as u64);
            Ok(work(&partition, views.as_ref()))
        })
        .collect()
}
