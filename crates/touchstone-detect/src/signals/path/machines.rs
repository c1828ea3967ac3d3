//! What machines that many share report elsewhere: a library's browser that counts no views does so whatever is endorsed on it.
//!
//! An account's own endorsements outside a group say how often it endorses unseen; of those who come by now and then they are few. What
//! others did on the same machine, outside the group, says more. An operator's phones have little outside.

use crate::cohort::refine::Bicluster;
use crate::likes::{Likes, Seen};
use crate::signals::infrastructure::{DEVICE_OTHERS_MIN, Networks};
use std::collections::{BTreeMap, BTreeSet};

/// `(unseen, all)` endorsements.
type Counts = (u32, u32);

/// By device with more users than a family: `(unseen, all)` of what was endorsed on it.
#[derive(Clone, Debug, Default)]
pub struct Machines(BTreeMap<u64, Counts>);

impl Machines {
    /// Counts them.
    #[must_use]
    pub fn new(likes: &Likes, networks: &Networks) -> Self {
        let shared: BTreeSet<u64> = networks.shared(DEVICE_OTHERS_MIN + 1).collect();
        Self(counts(0..likes.device.len(), likes, |d| shared.contains(&d)))
    }

    /// Of an account: what was endorsed outside the group on machines that it used inside, by whomever, and by itself on any other device.
    pub fn outside<'a>(&'a self, group: &'a Bicluster, likes: &'a Likes) -> impl Fn(u32) -> Counts + 'a {
        let is_inside = |i: usize| group.targets.binary_search(&likes.target[i]).is_ok();
        let all = group.targets.iter().flat_map(|t| likes.of_target(*t)).map(|i| *i as usize);
        let inside = counts(all.filter(|i| *i < likes.device.len()), likes, |d| self.0.contains_key(&d));
        move |account| {
            let device = |i: usize| likes.device.get(i).copied().filter(|d| self.0.contains_key(d));
            let used: BTreeSet<u64> = likes.of_account(account).filter(|i| is_inside(*i)).filter_map(device).collect();
            let machines = used.iter().map(|d| (self.0[d], inside.get(d).copied().unwrap_or_default()));
            let of_machines = machines.fold((0, 0), |s, (all, here)| (s.0 + all.0 - here.0, s.1 + all.1 - here.1));
            let own =
                likes.of_account(account).filter(|i| !is_inside(*i) && device(*i).is_none_or(|d| !used.contains(&d)));
            own.fold(of_machines, |s, i| (s.0 + u32::from(likes.seen[i] == Seen::No), s.1 + 1))
        }
    }
}

fn counts(places: impl Iterator<Item = usize>, likes: &Likes, counted: impl Fn(u64) -> bool) -> BTreeMap<u64, Counts> {
    let mut counts: BTreeMap<u64, Counts> = BTreeMap::new();
    for i in places.filter(|i| counted(likes.device[*i])) {
        let of = counts.entry(likes.device[i]).or_default();
        *of = (of.0 + u32::from(likes.seen[i] == Seen::No), of.1 + 1);
    }
    counts
}
