//! What a baseline gets to see: who liked what, when, and who followed anybody.

use anyhow::Context;
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_event::mapping::Mapping;
use touchstone_sim::log::Log;

/// One standing like; numbers refer to the names of [`Likes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Like {
    /// The thing liked.
    pub target: u32,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// Who liked.
    pub account: u32,
}

/// All standing likes of a log.
#[derive(Debug, Clone, Default)]
pub struct Likes {
    /// Names of accounts.
    pub accounts: Vec<String>,
    /// Names of targets.
    pub targets: Vec<String>,
    /// Sorted by target, time, account; the first of each account on each target.
    pub likes: Vec<Like>,
    /// Accounts followed by each account; none where the log has no other kinds than likes.
    pub follows: Option<Vec<u32>>,
}

impl Likes {
    /// Reads a log: the second like of a pair is dropped, and one taken back is none.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let log = Log::read(path, &Mapping::default()).with_context(|| path.display().to_string())?;
        let mut events = log.events;
        events.sort_by_key(|event| event.ts_micros);
        let mut standing: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        let mut follows = log.has_kind.then(|| vec![0; log.actors.all().len()]);
        for event in &events {
            let pair = (event.target, event.actor);
            let kind = if log.has_kind { log.kinds.name(event.kind) } else { "like" };
            match (kind, &mut follows) {
                ("like", _) => {
                    standing.entry(pair).or_insert(event.ts_micros.div_euclid(1000));
                }
                ("unlike", _) => {
                    standing.remove(&pair);
                }
                ("follow", Some(follows)) => follows[event.actor as usize] += 1,
                _ => {}
            }
        }
        let likes = standing.into_iter().map(|((target, account), at_ms)| Like { target, at_ms, account });
        let names = |names: &touchstone_sim::log::Names| names.all().to_vec();
        Ok(Self::new(names(&log.actors), names(&log.targets), likes.collect(), follows))
    }

    /// Likes in any order, at most one of an account on a target.
    #[must_use]
    pub fn new(accounts: Vec<String>, targets: Vec<String>, mut likes: Vec<Like>, follows: Option<Vec<u32>>) -> Self {
        likes.sort_unstable();
        Self { accounts, targets, likes, follows }
    }

    /// The likes of each target that has any.
    pub fn by_target(&self) -> impl Iterator<Item = &[Like]> {
        self.likes.chunk_by(|a, b| a.target == b.target)
    }

    /// Likes given by each account.
    #[must_use]
    pub fn given(&self) -> Vec<u32> {
        let mut given = vec![0; self.accounts.len()];
        self.likes.iter().for_each(|like| given[like.account as usize] += 1);
        given
    }
}

#[cfg(test)]
pub(crate) mod hand_made {
    use super::{Like, Likes};

    /// Likes of (account, target, second).
    pub(crate) fn likes(rows: &[(u32, u32, i64)]) -> Likes {
        let count = |of: fn(&(u32, u32, i64)) -> u32| rows.iter().map(of).max().map_or(0, |n| n + 1);
        let name = |letter: char, count: u32| (0..count).map(|n| format!("{letter}{n}")).collect();
        let likes = rows.iter().map(|&(account, target, at)| Like { target, at_ms: at * 1000, account }).collect();
        Likes::new(name('u', count(|r| r.0)), name('p', count(|r| r.1)), likes, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_like_taken_back_is_none_and_a_second_one_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        let text = "actor,target,ts,kind\na,x,1,like\na,x,5,like\nb,x,2,like\nb,x,3,unlike\nc,x,4,follow\na,y,9,like\n";
        std::fs::write(&path, text).unwrap();
        let likes = Likes::read(&path).unwrap();
        let seen: Vec<_> = likes.likes.iter().map(|l| (l.account, l.target, l.at_ms)).collect();
        assert_eq!(seen, [(0, 0, 1000), (0, 1, 9000)]);
        assert_eq!(likes.follows, Some(vec![0, 0, 1]));
        assert_eq!(likes.given(), [2, 0, 0]);
    }
}
