//! Members who endorse each other's, in small worlds made by hand: what makes a board of them, and what friends and readers of a list
//! are.

mod common;

use common::hand_made::World;
use common::{HOUR, SECOND};
use std::collections::BTreeSet;
use touchstone_detect::cohort::mark::Mark;
use touchstone_detect::findings::RingKind;

#[test]
fn friends_are_no_ring() {
    let mut world = World::organic(7);
    for account in 300..320u32 {
        for target in 300..320u32 {
            if account != target && world.random.unit() < 0.7 {
                let (ts, seen) = (world.moment(), world.random.unit() < 0.9);
                world.like(account, target, ts, u64::from(account) + 1, seen);
            } else {
                let ts = world.moment();
                world.looks.push((account, target, ts));
            }
        }
    }
    let found = world.run();
    assert!(found.groups >= 1);
    assert!(found.rings.is_empty(), "{:?}", found.rings.iter().map(|r| &r.group.ln_e).collect::<Vec<_>>());
}

/// A board of forty members who work off each other's posts, six a sitting, one after the other; the rest of the log likes what is fresh.
fn board(seed: u64, begins: i64) -> World {
    let mut world = World::organic(seed);
    for i in 0..world.likes.len() {
        let day = world.random.unit() * 24.0 * HOUR as f64;
        let target = world.likes[i].target;
        let fresh = if (300..340).contains(&target) { 300 } else { i64::from(target % 500) };
        world.likes[i].ts = fresh * HOUR + day as i64;
    }
    for account in 300..340u32 {
        for _ in 0..4 {
            let start = begins * HOUR + (world.random.unit() * 40.0 * HOUR as f64) as i64;
            for task in 0..6 {
                let target = 300 + world.random.below(40) as u32;
                if target != account {
                    world.like(account, target, start + task * 45 * SECOND, u64::from(account) + 1, true);
                }
                // Not all that is opened is liked.
                let other = 300 + world.random.below(40) as u32;
                if world.random.unit() < 0.4 {
                    world.looks.push((account, other, start + task * 45 * SECOND));
                }
            }
        }
    }
    world
}

#[test]
fn a_board_is_known_by_old_posts_one_after_the_other_and_by_neither_alone() {
    let found = board(31, 420).run();
    assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Exchange]);
    assert!(found.rings[0].group.marked().contains(&Mark::Late), "{:?}", found.rings[0].group.ln_e);
    // The same in the first days, as friends who open a common page might.
    let fresh = board(31, 325).run();
    assert!(fresh.groups >= 1);
    assert!(fresh.rings.is_empty(), "{:?}", fresh.rings.iter().map(|r| &r.group.ln_e).collect::<Vec<_>>());
}

/// People and what forty of them published, all of it fresh: nothing comes late.
fn fresh(seed: u64) -> World {
    let mut world = World::organic(seed);
    for i in 0..world.likes.len() {
        if (300..340).contains(&world.likes[i].target) {
            world.likes[i].ts = 300 * HOUR + (world.random.unit() * 24.0 * HOUR as f64) as i64;
        }
    }
    world
}

/// An account comes so often and works off six entries of a list, from a place of it downwards; in an order of its own where `shuffled`.
fn works_off(world: &mut World, account: u32, list: &[u32], visits: u32, shuffled: bool) {
    for _ in 0..visits {
        let start = 310 * HOUR + (world.random.unit() * 48.0 * HOUR as f64) as i64;
        let top = world.random.below(list.len());
        for task in 0..6 {
            let place = if shuffled { world.random.below(list.len()) } else { (top + task) % list.len() };
            if list[place] != account {
                let ts = start + task as i64 * 45 * SECOND;
                world.like(account, list[place], ts, u64::from(account) + 1, true);
            }
        }
    }
}

/// Not all that is opened is liked.
fn looks_at_the_rest(world: &mut World, targets: std::ops::Range<u32>) {
    let liked: BTreeSet<(u32, u32)> = world.likes.iter().map(|l| (l.account, l.target)).collect();
    for account in 300..340u32 {
        for target in targets.clone().filter(|t| !liked.contains(&(account, *t))) {
            let ts = world.moment();
            world.looks.push((account, target, ts));
        }
    }
}

/// Targets in an order that is none of age or number.
fn list(of: std::ops::Range<u32>) -> Vec<u32> {
    (0..of.end - of.start).map(|place| of.start + (place * 23 + 7) % (of.end - of.start)).collect()
}

/// Forty accounts work off a list of what the first `authors` of them own. Authors come `visits` times, the others five times.
fn listed(seed: u64, shuffled: bool, authors: u32, visits: u32) -> World {
    let mut world = fresh(seed);
    for account in 300..340 {
        let visits = if account < 300 + authors { visits } else { 5 };
        works_off(&mut world, account, &list(300..300 + authors), visits, shuffled);
    }
    looks_at_the_rest(&mut world, 300..300 + authors);
    world
}

/// The marks of what is no ring.
fn marks(world: World) -> BTreeSet<Mark> {
    let found = world.run();
    assert!(found.rings.is_empty(), "{:?}", found.rings.iter().map(|r| &r.group.ln_e).collect::<Vec<_>>());
    found.unproven.iter().flat_map(|g| g.marked()).collect()
}

#[test]
fn a_board_is_known_by_its_order() {
    let found = listed(33, false, 40, 5).run();
    assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Exchange]);
    let marked = found.rings[0].group.marked();
    assert!(marked.contains(&Mark::InSequence) && marked.contains(&Mark::InOrder), "{marked:?}");
    // Friends who go through each other's, everybody as he likes.
    let shuffled = marks(listed(33, true, 40, 5));
    assert!(shuffled.contains(&Mark::InSequence) && !shuffled.contains(&Mark::InOrder), "{shuffled:?}");
}

#[test]
fn authors_who_read_a_digest_of_their_own_posts_are_no_board() {
    for visits in [0, 1, 3] {
        for seed in 35..38 {
            let marked = marks(listed(seed, false, 22, visits));
            assert!(!marked.contains(&Mark::InOrder), "{visits} {marked:?}");
        }
    }
}

#[test]
fn what_members_endorse_of_an_account_speaks_beside_its_own_conduct_and_never_alone() {
    let mut world = board(31, 420);
    // Two who did two tasks each; of the first, and of a third who did nothing, members work off a post.
    for account in [200, 201] {
        for task in 0..2 {
            let target = 300 + (account * 7 + task * 13) % 40;
            world.like(account, target, 440 * HOUR + i64::from(task) * 45 * SECOND, u64::from(account) + 1, true);
        }
    }
    for post in [200, 202] {
        for member in 300..315u32 {
            let ts = (430 + i64::from(member - 300)) * HOUR + i64::from(post) * SECOND;
            world.like(member, post, ts, u64::from(member) + 1, true);
            world.like(member, 300 + (member - 300 + post) % 40, ts + 30 * SECOND, u64::from(member) + 1, true);
        }
    }
    let found = world.run();
    assert_eq!(found.rings.len(), 1);
    let of = |a: u32| found.rings[0].standings.iter().find(|s| s.account == a);
    let (with, without) = (of(200).unwrap(), of(201).unwrap());
    let received = with.by_mark[&Mark::Received].0;
    assert!(received > 1.0 && received <= with.ln_e() / 2.0 + 1e-9, "{with:?}");
    assert!(!without.by_mark.contains_key(&Mark::Received), "{without:?}");
    assert!(of(202).is_none_or(|s| s.ln_e() <= 0.0) && found.accounts.get(&202).is_none_or(|a| a.0 <= 0.0));
}

#[test]
fn what_few_members_endorse_among_tasks_is_one_and_what_they_come_upon_is_theirs() {
    let mut world = board(33, 420);
    // Two more posts of two members: two others take the one in the midst of their tasks, two come upon the other on another day.
    (world.owners[350], world.owners[351]) = (305, 306);
    for (n, member) in [310u32, 311].into_iter().enumerate() {
        let start = 445 * HOUR + n as i64 * HOUR;
        for task in 0..4 {
            let target = if task == 2 { 350 } else { 320 + task as u32 };
            world.like(member, target, start + task * 45 * SECOND, u64::from(member) + 1, true);
        }
    }
    for member in [312u32, 313] {
        world.like(member, 351, 300 * HOUR + i64::from(member) * HOUR, u64::from(member) + 1, true);
    }
    let found = world.run();
    assert_eq!(found.rings.len(), 1);
    let p = |target: u32, account: u32| {
        let of = found.fake.get(&target).and_then(|f| f.iter().find(|x| x.0 == account));
        of.map_or(0.0, |x| x.1)
    };
    assert!(p(350, 310) > 0.9 && p(350, 311) > 0.9, "{} {}", p(350, 310), p(350, 311));
    assert!(p(351, 312) < 0.1 && p(351, 313) < 0.1, "{} {}", p(351, 312), p(351, 313));
}

/// A pod of thirty in the middle of a circle of friends: it likes all that it publishes within half an hour, the friends what they come
/// upon in the days after.
fn pod_among_friends(seed: u64) -> World {
    let mut world = World::organic(seed);
    // Eight posts of each of the pod, one of each friend.
    for target in 300..700u32 {
        world.owners[target as usize] = if target < 540 { 300 + (target - 300) % 30 } else { 330 + (target - 540) };
    }
    let friends: Vec<BTreeSet<u32>> =
        (0..190).map(|_| (0..25).map(|_| 300 + world.random.below(190) as u32).collect()).collect();
    let published: Vec<i64> = (300..700).map(|_| 20 * HOUR + world.moment() * 9 / 10).collect();
    for i in 0..world.likes.len() {
        let after = (world.random.unit() * 90.0 * HOUR as f64) as i64;
        let like = &mut world.likes[i];
        like.ts = if like.target < 300 { like.ts } else { published[like.target as usize - 300] + after };
    }
    for target in 300..700u32 {
        let (owner, published) = (world.owners[target as usize], published[target as usize - 300]);
        for account in (300..490u32).filter(|a| *a != owner) {
            let in_pod = account < 330 && owner < 330;
            let chance = if in_pod {
                0.8
            } else if friends[account as usize - 300].contains(&owner) {
                0.5
            } else {
                0.0
            };
            let (within, roll) = (if in_pod { HOUR / 2 } else { 90 * HOUR }, world.random.unit());
            let ts = published + (world.random.unit() * within as f64) as i64;
            if roll < chance {
                world.like(account, target, ts, u64::from(account) + 1, true);
            } else if !in_pod && chance > 0.0 {
                world.looks.push((account, target, ts));
            }
        }
    }
    world
}

#[test]
fn a_pod_in_the_middle_of_a_circle_is_told_from_it() {
    let found = pod_among_friends(51).run();
    let kinds: Vec<RingKind> = found.rings.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [RingKind::Pod], "{:?}", found.unproven.iter().map(|g| &g.ln_e).collect::<Vec<_>>());
    let members = common::hand_made::members(&found);
    assert!((300..330).all(|a| members.contains(&a)) && members.iter().all(|a| (300..330).contains(a)), "{members:?}");
}
