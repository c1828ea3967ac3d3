//! Farms that keep a clock, where a log has endorsements and owners alone.

mod common;

use common::*;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::findings::RingKind;
use touchstone_detect::params::Params;

/// Posts of a farm's customers, three each.
const BOUGHT: std::ops::Range<u32> = 20_000..20_036;

/// Accounts that work for several customers; for two posts of one; for one post of one.
const REGULAR: std::ops::Range<u32> = 10_000..10_160;
const TWICE: std::ops::Range<u32> = 11_000..11_024;
const ONCE: std::ops::Range<u32> = 12_000..12_072;

/// Owner of a target where each customer buys for so many posts.
fn owner(target: u32, each: u32) -> u32 {
    if BOUGHT.contains(&target) { 30_000 + (target - BOUGHT.start) / each } else { 40_000 + target }
}

/// A month of people, and a farm that delivers an endorsement every quarter of an hour or so.
fn clock_farm(seed: u64, each: u32) -> World {
    let mut world = organic(3000, 900, seed);
    let mut random = Random(seed ^ 0xC10C);
    let people = world.events.len();
    for (n, target) in BOUGHT.enumerate() {
        let mut accounts: Vec<u32> = REGULAR.filter(|_| random.unit() < 0.12).collect();
        // Two posts in three have their share of those who come for one owner twice.
        let pair = n as u32 / 3 * 2;
        accounts.extend(TWICE.skip(pair as usize).take(2).filter(|_| n % 3 < 2));
        accounts.extend(ONCE.skip(2 * n).take(2));
        let mut order: Vec<(u64, u32)> = accounts.into_iter().map(|a| (random.next(), a)).collect();
        order.sort_unstable();
        let start = (random.unit() * 20.0 * DAY as f64) as i64;
        for (place, (_, account)) in order.iter().enumerate() {
            let minutes = 15.0 * (place as f64 + 0.6 * (random.unit() - 0.5));
            world.events.push((*account, target, start + (minutes * 60.0) as i64 * SECOND));
        }
        // A few people like it, too: the more they like, the likelier.
        for _ in 0..3 {
            let account = world.events[random.below(people)].0;
            world.events.push((account, target, start + (random.unit() * 5.0 * DAY as f64) as i64));
        }
    }
    let targets: BTreeSet<u32> = world.events.iter().map(|e| e.1).collect();
    world.owners = Some(targets.into_iter().map(|t| (t, owner(t, each))).collect::<BTreeMap<u32, u32>>());
    world
}

#[test]
fn a_clock_delivers_target_by_target_so_two_posts_of_one_owner_are_two() {
    let (mut regular, mut twice, mut innocent) = (0, 0, 0);
    for seed in 1..4 {
        let (loaded, outcome) = clock_farm(seed, 3).detect(&Params::default());
        assert_eq!(outcome.cohorts.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Farm], "seed {seed}");
        let accused = loaded.accused(&outcome);
        let of = |range: std::ops::Range<u32>| accused.iter().filter(|a| range.contains(a)).count();
        regular += of(REGULAR);
        twice += of(TWICE);
        innocent += of(0..3000);
        assert_eq!(of(ONCE), 0, "one endorsement proves nothing of an account");
    }
    assert!(
        regular >= 3 * 148 && twice >= 3 * 20 && innocent == 0,
        "{regular} regular, {twice} twice, {innocent} innocent"
    );
}

#[test]
fn accounts_used_once_make_no_target_popular_among_strangers() {
    let (loaded, outcome) = clock_farm(5, 3).detect(&Params::default());
    let ring = &outcome.cohorts.rings[0];
    let member =
        |s: &&touchstone_detect::cohort::members::Standing| REGULAR.contains(&loaded.account[s.account as usize]);
    let of_members: Vec<f64> =
        ring.standings.iter().filter(member).map(|s| s.expected / f64::from(s.owners.1)).collect();
    // Three people a target came by themselves, a hundred of some 25,000 endorsements; the farm's odd accounts are as many again.
    let share = of_members[0];
    assert!((0.002..0.007).contains(&share), "{share}");
}

#[test]
fn a_farm_with_a_single_customer_is_told_by_its_clock() {
    for seed in 6..9 {
        let (loaded, outcome) = clock_farm(seed, 36).detect(&Params::default());
        let accused = loaded.accused(&outcome);
        let regular = accused.iter().filter(|a| REGULAR.contains(a)).count();
        assert!(regular >= 144, "seed {seed}: {regular}");
        let ring = &outcome.cohorts.rings[0];
        assert!(ring.group.terms.by_target, "seed {seed}");
        // What was counted are targets, and the evidence says so.
        let explained = outcome.cohorts.accounts.keys().any(|a| {
            let innocents = touchstone_detect::why::innocent::of_member(
                ring,
                &ring.standings[ring.standings.partition_point(|s| s.account < *a)],
            );
            innocents.iter().any(|i| i.against.contains("targets of the ring's list"))
        });
        assert!(explained, "seed {seed}");
        assert_eq!(accused.iter().filter(|a| **a < 3000).count(), 0, "seed {seed}");
    }
}

#[test]
fn fans_of_a_single_author_are_no_farm() {
    for seed in 6..9 {
        let mut world = clock_farm(seed, 36);
        let mut random = Random(seed);
        // The same accounts on the same posts, as people come: not one after the other.
        for (account, target, ts) in &mut world.events {
            if BOUGHT.contains(target) && *account >= 3000 {
                *ts = i64::from(*target - BOUGHT.start) * DAY / 2
                    + (-(1.0 - random.unit()).ln() * 8.0 * HOUR as f64) as i64;
            }
        }
        let (loaded, outcome) = world.detect(&Params::default());
        assert!(outcome.cohorts.rings.is_empty(), "seed {seed}");
        let accused = loaded.accused(&outcome);
        assert!(accused.is_empty(), "seed {seed}: {accused:?}");
    }
}

/// Colleagues who like each other's firm's four posts within the hours after each, and hardly anything else; the firm bought for three
/// of them.
const STAFF: std::ops::Range<u32> = 13_000..13_024;

fn with_staff(seed: u64) -> World {
    let mut world = clock_farm(seed, 36);
    world.owners = None;
    let mut random = Random(seed ^ 0x0FF1CE);
    let bought: Vec<(u32, i64)> =
        BOUGHT.take(3).map(|t| (t, world.events.iter().filter(|e| e.1 == t).map(|e| e.2).min().unwrap())).collect();
    for (target, start) in bought.into_iter().chain([(21_000, 12 * DAY)]) {
        // A week before the farm begins, or as long after.
        let from = if start > 8 * DAY { start - 7 * DAY } else { start + 12 * DAY };
        for account in STAFF {
            if random.unit() < 0.75 {
                let after = -(1.0 - random.unit()).ln() * 1.5 * HOUR as f64;
                world.events.push((account, target, from + after as i64));
            }
        }
    }
    world
}

#[test]
fn colleagues_of_a_customer_are_off_the_beat_of_his_farm() {
    let (mut regular, mut of_staff) = (0, 0);
    for seed in 11..15 {
        let (loaded, outcome) = with_staff(seed).detect(&Params::default());
        let accused = loaded.accused(&outcome);
        let of = |range: std::ops::Range<u32>| accused.iter().filter(|a| range.contains(a)).count();
        regular += of(REGULAR);
        of_staff += of(STAFF);
    }
    // By their taste alone nearly all 96 were accused; what is left was on the beat by chance once or twice.
    assert!(regular >= 4 * 144 && of_staff <= 20, "{regular} regular, {of_staff} colleagues");
}
