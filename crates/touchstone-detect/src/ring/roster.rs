//! Who is in which candidate ring, for both directions of the cross-fit.

use crate::partition::NONE;

/// Candidate rings found in one fold, to be tested on the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    /// Ring of each account, or [`NONE`]; indexed by canonical id.
    pub ring: Vec<u32>,
    /// Members of each ring, ascending.
    pub members: Vec<Vec<u32>>,
    /// Scale at which most of a ring's pairs coincide.
    pub scale: Vec<u8>,
}

impl Roster {
    /// Builds it from disjoint groups.
    #[must_use]
    pub fn new(accounts: usize, members: Vec<Vec<u32>>, scale: Vec<u8>) -> Self {
        let mut ring = vec![NONE; accounts];
        for (r, group) in members.iter().enumerate() {
            group.iter().for_each(|m| ring[*m as usize] = r as u32);
        }
        Self { ring, members, scale }
    }

    /// The ring of an account, if any.
    #[must_use]
    pub fn of(&self, account: u32) -> Option<u32> {
        self.ring.get(account as usize).copied().filter(|r| *r != NONE)
    }

    /// Adds accounts to rings (those already in one stay where they are), then makes one ring of
    /// each merged set, under its lowest number.
    pub fn grow(&mut self, joiners: &[(u32, u32)], mergers: &[(u32, u32)]) {
        for (account, ring) in joiners {
            if self.ring[*account as usize] == NONE {
                self.ring[*account as usize] = *ring;
                self.members[*ring as usize].push(*account);
            }
        }
        let mut sets = Sets::new(self.members.len());
        mergers.iter().for_each(|(a, b)| sets.join(*a as usize, *b as usize));
        for ring in 0..self.members.len() {
            let root = sets.root(ring);
            if root != ring {
                let moved = std::mem::take(&mut self.members[ring]);
                moved.iter().for_each(|m| self.ring[*m as usize] = root as u32);
                self.members[root].extend(moved);
            }
        }
        self.members.iter_mut().for_each(|m| m.sort_unstable());
    }
}

/// Disjoint sets, named by their lowest member.
#[derive(Clone, Debug)]
pub struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    /// So many sets of one.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { parent: (0..count).collect() }
    }

    /// Name of the set that holds `i`.
    pub fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    /// Makes one set of two.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}
