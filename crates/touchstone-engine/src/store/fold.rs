//! The events of an actor on a target become one endorsement, or none.

use super::rows::{Rows, TAKE_BACK};

/// What was folded away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) kept: u64,
    pub(crate) duplicates: u64,
    pub(crate) repeats: u64,
    pub(crate) taken_back: u64,
    pub(crate) idle_take_backs: u64,
}

/// The rows that stay, given `order` by (target, actor, ts, take-backs last).
///
/// An endorsement stands from its first event to a take-back of its kind. What stands in the end
/// counts once, whatever the number of kinds, from the earliest event that still stands. Without
/// times there is no order: a kind stands if there are fewer take-backs than endorsements.
pub(crate) fn fold(rows: &Rows, order: &[u32], no_time: bool, tally: &mut Tally) -> Vec<u32> {
    let mut kept = Vec::with_capacity(order.len());
    let mut standing: Vec<(u8, u32)> = Vec::new();
    let same = |a: &u32, b: &u32| rows.keys[*a as usize] >> 64 == rows.keys[*b as usize] >> 64;
    for group in order.chunk_by(same) {
        standing.clear();
        if no_time {
            fold_without_order(rows, group, &mut standing, tally);
        } else {
            fold_in_order(rows, group, &mut standing, tally);
        }
        if let Some((_, row)) = standing.first() {
            kept.push(*row);
            tally.repeats += standing.len() as u64 - 1;
        }
    }
    kept
}

fn class(rows: &Rows, row: u32) -> u8 {
    rows.classes.get(row as usize).copied().unwrap_or(0)
}

fn fold_in_order(rows: &Rows, group: &[u32], standing: &mut Vec<(u8, u32)>, tally: &mut Tally) {
    for &row in group {
        let class = class(rows, row);
        let place = standing.iter().position(|&(kind, _)| kind == class % TAKE_BACK);
        match (class < TAKE_BACK, place) {
            (true, None) => standing.push((class, row)),
            (true, Some(_)) => tally.repeats += 1,
            (false, Some(place)) => {
                standing.remove(place);
                tally.taken_back += 1;
            }
            (false, None) => tally.idle_take_backs += 1,
        }
    }
}

fn fold_without_order(rows: &Rows, group: &[u32], standing: &mut Vec<(u8, u32)>, tally: &mut Tally) {
    // All times are equal, so endorsements come first, by kind.
    let start = group.partition_point(|&row| class(rows, row) < TAKE_BACK);
    let (given, taken) = group.split_at(start);
    let mut idle = taken.len() as u64;
    for events in given.chunk_by(|&a, &b| class(rows, a) == class(rows, b)) {
        let kind = class(rows, events[0]);
        let take_backs = taken.iter().filter(|&&row| class(rows, row) == kind + TAKE_BACK).count();
        if take_backs >= events.len() {
            tally.taken_back += events.len() as u64;
            idle -= events.len() as u64;
        } else {
            tally.repeats += events.len() as u64 - 1;
            standing.push((kind, events[0]));
        }
    }
    tally.idle_take_backs += idle;
}

#[cfg(test)]
mod tests {
    use super::super::rows::key_of;
    use super::*;

    const LIKE: u8 = 0;
    const STAR: u8 = 1;
    const UNLIKE: u8 = TAKE_BACK;

    /// Kept time, if any, of events (ts, class) of one actor on one target.
    fn check(events: &[(i64, u8)], no_time: bool, expect: Option<i64>, repeats: u64, taken_back: u64) {
        let time = |ts| if no_time { 0 } else { ts };
        let rows = Rows {
            keys: events.iter().map(|&(ts, _)| key_of(1, 2, time(ts))).collect(),
            classes: events.iter().map(|e| e.1).collect(),
            ..Rows::default()
        };
        let mut tally = Tally::default();
        let kept = fold(&rows, &rows.sorted_order(), no_time, &mut tally);
        let times: Vec<i64> = kept.iter().map(|&row| events[row as usize].0).collect();
        assert_eq!(times.first().copied(), expect, "{events:?}");
        assert!(times.len() <= 1);
        assert_eq!((tally.repeats, tally.taken_back), (repeats, taken_back), "{events:?}");
    }

    #[test]
    fn the_final_state_counts() {
        check(&[(5, LIKE)], false, Some(5), 0, 0);
        check(&[(5, LIKE), (3, LIKE)], false, Some(3), 1, 0);
        check(&[(5, UNLIKE), (3, LIKE)], false, None, 0, 1);
        check(&[(5, UNLIKE), (5, LIKE)], false, None, 0, 1);
        check(&[(5, UNLIKE), (3, LIKE), (7, LIKE), (9, LIKE)], false, Some(7), 1, 1);
        check(&[(2, UNLIKE), (3, LIKE)], false, Some(3), 0, 0);
        check(&[(2, LIKE), (3, STAR), (4, UNLIKE)], false, Some(3), 0, 1);
        check(&[(2, LIKE), (3, STAR)], false, Some(2), 1, 0);
    }

    #[test]
    fn without_times_numbers_decide() {
        check(&[(1, LIKE), (2, LIKE), (3, UNLIKE)], true, Some(1), 1, 0);
        check(&[(1, LIKE), (2, UNLIKE), (3, UNLIKE)], true, None, 0, 1);
        check(&[(1, LIKE), (2, UNLIKE), (3, STAR)], true, Some(3), 0, 1);
    }
}
