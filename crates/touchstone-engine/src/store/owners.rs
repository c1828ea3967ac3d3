//! Who owns a target, when rows disagree.

use super::intern::NO_ID;
use std::collections::BTreeMap;

/// Votes for the owner of each target: the most frequent wins, of equally frequent ones the
/// smallest name. The order of votes changes nothing.
#[derive(Debug, Default)]
pub(crate) struct OwnerVotes {
    /// The owner voted for first, and how often: for nearly all targets there is no other.
    first: Vec<(u32, u32)>,
    others: BTreeMap<(u32, u32), u32>,
}

impl OwnerVotes {
    #[inline]
    pub(crate) fn add(&mut self, target: u32, owner: u32) {
        let t = target as usize;
        if self.first.len() <= t {
            self.first.resize(t + 1, (NO_ID, 0));
        }
        let (own, count) = &mut self.first[t];
        if *own == NO_ID {
            (*own, *count) = (owner, 1);
        } else if *own == owner {
            *count = count.saturating_add(1);
        } else {
            let more = self.others.entry((target, owner)).or_default();
            *more = more.saturating_add(1);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The owner of each of `targets` targets, [`NO_ID`] where nobody voted, and a flag for those
    /// where votes differed.
    pub(crate) fn decide<'n>(&self, targets: usize, name: impl Fn(u32) -> &'n str) -> (Vec<u32>, Vec<bool>) {
        let mut owners: Vec<(u32, u32)> = self.first.clone();
        owners.resize(targets, (NO_ID, 0));
        let mut conflicts = vec![false; targets];
        for (&(target, owner), &count) in &self.others {
            let best = &mut owners[target as usize];
            conflicts[target as usize] = true;
            if count > best.1 || (count == best.1 && name(owner) < name(best.0)) {
                *best = (owner, count);
            }
        }
        (owners.into_iter().map(|(owner, _)| owner).collect(), conflicts)
    }
}
