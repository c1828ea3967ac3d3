//! Small worlds with known truth: rings are found, innocents are not accused. Seeds here were never
//! looked at while thresholds were chosen; the figures at scale are in docs/REAL_DATA.md.

mod common;

use common::*;
use std::collections::BTreeSet;
use touchstone_detect::params::Params;

#[test]
fn a_world_without_attack_accuses_nobody() {
    for seed in 100..120 {
        let accused = organic(2000, 600, seed).accused(&Params::default());
        assert!(accused.is_empty(), "seed {seed}: {accused:?}");
    }
}

#[test]
fn a_burst_farm_is_found_and_nobody_else() {
    let (mut found, mut innocent, mut all) = (0, 0, 0);
    for seed in 200..210 {
        let mut world = organic(2000, 600, seed);
        let ring = add_ring(&mut world, 10_000, 40, 20, 0.7, 300 * SECOND, seed);
        let accused = world.accused(&Params::default());
        found += accused.intersection(&ring).count();
        innocent += accused.difference(&ring).count();
        all += ring.len();
    }
    assert!(found * 100 >= all * 97, "{found} of {all}");
    assert!(innocent * 100 <= found, "{innocent} innocents beside {found}");
}

#[test]
fn two_farms_stay_two_rings() {
    let mut world = organic(2000, 600, 300);
    let a = add_ring(&mut world, 10_000, 30, 20, 0.7, 300 * SECOND, 1);
    let b = add_ring(&mut world, 20_000, 30, 20, 0.7, 300 * SECOND, 2);
    let (loaded, outcome) = world.detect(&Params::default());
    assert_eq!(outcome.rings.len(), 2);
    for ring in &outcome.rings {
        let members: BTreeSet<u32> = ring.members.iter().map(|m| loaded.account[*m as usize]).collect();
        assert!(members.is_subset(&a) || members.is_subset(&b), "{members:?}");
    }
}

/// Fans who rush to every post of one author: prompt, together, again and again.
fn fan_club(world: &mut World, fans: u32, posts: u32, known_owner: bool, seed: u64) -> BTreeSet<u32> {
    let mut r = Random(seed ^ 0xFA25);
    for p in 0..posts {
        let target = 50_000 + p;
        let published = (r.unit() * 27.0 * DAY as f64) as i64;
        for f in 0..fans {
            if r.unit() < 0.6 {
                let wait = (r.lognormal(90.0, 1.0) * SECOND as f64) as i64;
                world.events.push((30_000 + f, target, (published + wait) / SECOND * SECOND));
            }
        }
        // The rest of the audience comes over the day.
        for _ in 0..30 {
            let wait = (r.lognormal(4.0 * 3600.0, 1.5) * SECOND as f64) as i64;
            world.events.push((r.below(2000) as u32, target, (published + wait) / SECOND * SECOND));
        }
        if known_owner {
            world.owners.get_or_insert_default().insert(target, 7);
        }
    }
    // They like other things as well, as anybody.
    for f in 0..fans {
        for _ in 0..8 {
            let (_, t, ts) = world.events[r.below(world.events.len() / 2)];
            world.events.push((30_000 + f, t, (ts + (r.unit() * DAY as f64) as i64) / SECOND * SECOND));
        }
    }
    (30_000..30_000 + fans).collect()
}

#[test]
fn a_fan_club_is_not_accused() {
    for known_owner in [true, false] {
        let mut accused = 0;
        for seed in 400..405 {
            let mut world = organic(2000, 600, seed);
            let fans = fan_club(&mut world, 60, 25, known_owner, seed);
            accused += world.accused(&Params::default()).intersection(&fans).count();
        }
        assert_eq!(accused, 0, "of 300 fans, owner known: {known_owner}");
    }
}

/// Readers of a newsletter: every morning links to some posts by unrelated authors, and readers
/// who open it like what they like of it within minutes.
fn digest(world: &mut World, readers: u32, seed: u64) -> BTreeSet<u32> {
    let mut r = Random(seed ^ 0xD16E);
    let targets: Vec<u32> = world.events.iter().map(|e| e.1).collect::<BTreeSet<_>>().into_iter().collect();
    for day in 0..27 {
        let items: Vec<u32> = (0..6).map(|_| targets[r.below(targets.len())]).collect();
        for reader in 0..readers {
            if r.unit() < 0.7 {
                let open = day * DAY + 8 * HOUR + (r.lognormal(40.0 * 60.0, 1.0) * SECOND as f64) as i64;
                for (i, t) in items.iter().enumerate() {
                    if r.unit() < 0.3 {
                        let ts = open + i as i64 * 40 * SECOND;
                        world.events.push((40_000 + reader, *t, ts / SECOND * SECOND));
                    }
                }
            }
        }
    }
    (40_000..40_000 + readers).collect()
}

#[test]
fn digest_readers_are_not_accused() {
    let mut accused = 0;
    for seed in 500..505 {
        let mut world = organic(2000, 600, seed);
        let readers = digest(&mut world, 80, seed);
        accused += world.accused(&Params::default()).intersection(&readers).count();
    }
    assert!(accused <= 1, "{accused} of 400 readers");
}

#[test]
fn partitions_do_not_matter() {
    let mut world = organic(1000, 300, 600);
    add_ring(&mut world, 10_000, 20, 15, 0.8, 120 * SECOND, 3);
    let of = |n| {
        let loaded = world.load(n);
        let outcome = loaded.detect(&Params::default());
        (outcome.dossiers.clone(), outcome.rings.clone())
    };
    assert_eq!(of(1), of(7));
}

#[test]
fn an_unrelated_user_accuses_nobody_new() {
    let mut world = organic(1000, 300, 700);
    let ring = add_ring(&mut world, 10_000, 20, 15, 0.8, 120 * SECOND, 4);
    let before = world.accused(&Params::default());
    assert!(before.len() >= 19);
    let mut r = Random(9);
    for _ in 0..30 {
        let (_, t, ts) = world.events[r.below(world.events.len())];
        world.events.push((99_999, t, (ts + (r.unit() * DAY as f64) as i64) / SECOND * SECOND));
    }
    let after = world.accused(&Params::default());
    assert!(after.difference(&before).all(|a| ring.contains(a)), "{before:?} {after:?}");
}
