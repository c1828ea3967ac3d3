//! Groups found without time, in small worlds made by hand: what makes a ring of a group, and what does not.

mod common;

use common::hand_made::{CONTENTS, PEOPLE, World, members};
use common::{HOUR, Random};
use std::collections::BTreeMap;
use touchstone_detect::cohort::mark::Mark;
use touchstone_detect::cohort::members::Standing;
use touchstone_detect::cohort::run::{Cohorts, Proven};
use touchstone_detect::findings::RingKind;
use touchstone_detect::params::Params;
use touchstone_detect::why::what_if::{self, Lines};
use touchstone_detect::why::{against, innocent};

#[test]
fn a_farm_is_a_ring_by_its_devices_and_by_not_looking() {
    let mut world = World::organic(1);
    for account in PEOPLE..PEOPLE + 60 {
        for target in 300..312 {
            if world.random.unit() < 0.6 {
                let ts = world.moment();
                world.like(account, target, ts, 1_000_000 + u64::from(account % 6), false);
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.len(), 1);
    assert_eq!(found.rings[0].kind, RingKind::Farm);
    let members = members(&found);
    assert!(members.iter().filter(|a| **a >= PEOPLE).count() >= 58, "{}", members.len());
    assert!(members.iter().all(|a| *a >= PEOPLE), "{members:?}");
    says_why(&found);
}

/// The two marks are what the ring hangs on, and the explanations say what speaks against each.
fn says_why(found: &Cohorts) {
    let params = Params::default();
    let lines = Lines { cohorts: found, accusation_bits: 10.0, params: &params };
    let changes = what_if::ring(&found.rings[0], &lines);
    let turns: Vec<&str> = changes.iter().filter(|c| c.turns).map(|c| c.without.as_str()).collect();
    assert!(
        turns.contains(&"the shared devices") || turns.contains(&"the endorsements that no view precedes"),
        "{changes:?}"
    );
    for (account, (ln, _)) in &found.accounts {
        assert!((ln - against(found, *account, None)).abs() < 1e-9);
    }
    let innocents = innocent::of_ring(&found.rings[0]);
    assert!(innocents.windows(2).all(|w| w[0].bits <= w[1].bits), "the best comes first");
    let taste = innocents.iter().find(|i| i.explanation.starts_with("people of one taste")).unwrap();
    assert!(taste.bits > 10.0 && taste.against.contains("no view"), "{taste:?}");
    // Events that show it are the ring's own, and of the accounts they are shown for.
    let targets = &found.rings[0].group.bicluster.targets;
    for of in found.samples.values() {
        assert!(of.values().flatten().all(|(t, _)| targets.binary_search(t).is_ok()));
        assert!(of.values().all(|s| !s.is_empty() && s.len() <= 3));
    }
}

#[test]
fn people_of_one_taste_are_no_ring() {
    // As many endorsements of the same targets, but by people who look, each with a phone of his own.
    for seed in 2..6 {
        let mut world = World::organic(seed);
        for account in 0..60 {
            for target in 300..312 {
                if world.random.unit() < 0.6 {
                    let (ts, seen) = (world.moment(), world.random.unit() < 0.9);
                    world.like(account, target, ts, u64::from(account) + 1, seen);
                }
            }
        }
        let found = world.run();
        assert!(found.groups >= 1, "it is seen as a group");
        assert!(found.rings.is_empty() && found.accounts.is_empty() && found.fake.is_empty());
    }
}

#[test]
fn one_mark_is_not_enough() {
    // A widget elsewhere: nobody is seen to look, but all have phones and homes of their own, and a taste beside it.
    let mut world = World::organic(6);
    for account in 0..60 {
        for target in 300..312 {
            if world.random.unit() < 0.6 {
                let ts = world.moment();
                world.like(account, target, ts, u64::from(account) + 1, false);
            }
        }
    }
    let found = world.run();
    assert!(found.groups >= 1);
    assert!(found.rings.is_empty(), "{:?}", found.rings.iter().map(|r| &r.group.ln_e).collect::<Vec<_>>());
}

#[test]
fn owners_of_stolen_tokens_keep_their_names_and_their_own_likes() {
    let mut world = World::organic(8);
    for account in 100..180 {
        for target in 400..412 {
            if world.random.unit() < 0.5 {
                let ts = world.moment();
                world.like(account, target, ts, 5_000_000 + u64::from(account), false);
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.len(), 1);
    assert_eq!(found.rings[0].kind, RingKind::Collusion);
    assert!(found.accounts.is_empty(), "nobody is held against anything");
    let stolen: usize = (400..412).filter_map(|t| found.fake.get(&t)).map(Vec::len).sum();
    assert!(stolen > 400, "{stolen}");
    let own = found.fake.iter().filter(|(t, _)| !(400..412).contains(*t)).flat_map(|(_, f)| f);
    assert_eq!(own.filter(|f| f.1 > 0.5).count(), 0);
}

#[test]
fn a_delivery_by_accounts_used_once_is_seen_on_its_target() {
    let mut world = World::organic(9);
    for account in PEOPLE..PEOPLE + 40 {
        let ts = world.moment();
        world.like(account, 500, ts, 9_000_000 + u64::from(account % 7), world_unseen(account));
    }
    let found = world.run();
    assert_eq!(found.deliveries.iter().map(|d| d.target).collect::<Vec<_>>(), [500]);
    let p = |a: u32| found.fake[&500].iter().find(|f| f.0 == a).map_or(0.0, |f| f.1);
    assert!((PEOPLE..PEOPLE + 40).filter(|a| p(*a) > 0.5).count() >= 38);
    assert!(found.fake[&500].iter().all(|f| f.0 >= PEOPLE || f.1 < 0.5));
    assert!(found.accounts.is_empty());
}

#[test]
fn a_class_in_its_computer_room_is_no_ring() {
    // One room, twelve screens, a list of posts by unrelated authors to work through together; all look, and all have a life at home.
    for seed in 20..23 {
        let mut world = World::organic(seed);
        for lesson in 0..4u32 {
            let start = world.moment();
            for account in 200..235 {
                for target in 0..10 {
                    if world.random.unit() < 0.7 {
                        let ts = start + (world.random.unit() * 0.3 * HOUR as f64) as i64;
                        let screen = 7_000_000 + world.random.below(12) as u64;
                        let seen = world.random.unit() < 0.9;
                        world.like(account, 300 + lesson * 10 + target, ts, screen, seen);
                    }
                }
            }
        }
        let found = world.run();
        assert!(found.groups >= 1, "it is seen as a group");
        assert!(
            found.accounts.is_empty() && found.rings.is_empty(),
            "{:?}",
            found.rings.iter().map(|r| &r.group.ln_e).collect::<Vec<_>>()
        );
    }
}

#[test]
fn tokens_used_from_a_few_devices_accuse_no_owner() {
    // Not each from a device of its own, but all from the ten of one operator: shared devices, and yet not the owners'.
    let mut world = World::organic(24);
    for account in 100..180 {
        for target in 400..412 {
            if world.random.unit() < 0.5 {
                let (ts, device) = (world.moment(), 8_000_000 + world.random.below(10) as u64);
                world.like(account, target, ts, device, false);
            }
        }
    }
    let found = world.run();
    assert!(found.accounts.values().all(|a| a.0 <= 0.0), "nobody is held against anything");
    let stolen: usize = (400..412).filter_map(|t| found.fake.get(&t)).map(Vec::len).sum();
    assert!(stolen > 400, "{stolen}");
}

#[test]
fn a_customer_among_them_makes_no_friends_of_a_farm() {
    // Eight in ten of the orders are one customer's posts, and he likes what he bought.
    let mut world = World::organic(25);
    world.owners = (0..CONTENTS).map(|t| if (300..316).contains(&t) { 50 + t % 2 } else { t }).collect();
    for account in (PEOPLE..PEOPLE + 60).chain([50, 51]) {
        for target in 300..320 {
            if world.random.unit() < 0.6 {
                let ts = world.moment();
                let device = if account < PEOPLE { u64::from(account) + 1 } else { 1_000_000 + u64::from(account % 6) };
                world.like(account, target, ts, device, account < PEOPLE);
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Farm]);
    let members = members(&found);
    assert!(members.iter().filter(|a| **a >= PEOPLE).count() >= 57, "{}", members.len());
}

#[test]
fn a_farm_that_looks_first_is_known_by_rented_homes_and_by_liking_all_it_opens() {
    // Devices of their own, the clip watched, cover likes; but each sitting from another household's address, and of what it
    // opens of the orders it likes everything.
    let mut world = World::organic(26);
    for account in PEOPLE..PEOPLE + 80 {
        for target in 300..330 {
            if world.random.unit() < 0.4 {
                let (ts, home) = (world.moment(), world.random.below(PEOPLE as usize) as u64);
                world.like(account, target, ts, u64::from(account) + 1, true);
                world.likes.last_mut().unwrap().ip = home * 8 + 1;
            }
        }
        for _ in 0..25 {
            let (target, ts) = (world.random.zipf(CONTENTS as usize) as u32, world.moment());
            if world.random.unit() < 0.3 {
                world.like(account, target, ts, u64::from(account) + 1, true);
                world.likes.last_mut().unwrap().ip = world.random.below(PEOPLE as usize) as u64 * 8 + 1;
            } else {
                world.looks.push((account, target, ts));
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.len(), 1);
    let members = members(&found);
    assert!(members.iter().filter(|a| **a >= PEOPLE).count() >= 72, "{}", members.len());
    // A few people away from home who like nearly all they open cannot be told from it.
    let others = members.iter().filter(|a| **a < PEOPLE).count();
    assert!(others <= 8, "{members:?}");
}

#[test]
fn a_farm_among_people_of_its_customers_topic_is_looked_at_by_itself() {
    // People like what these customers publish, looking once, at home, as they always do; eighty accounts work it off, opening each thing
    // three times and hopping from home to home. Together they are one group: it is no ring, or one that takes the people in.
    for (people, more) in [(60, 0), (60, 60)] {
        let mut world = World::organic(31);
        for account in (0..people).chain(PEOPLE..PEOPLE + 80) {
            let of_farm = account >= PEOPLE;
            for target in 300..330 {
                if world.random.unit() < if of_farm { 0.4 } else { 0.6 } {
                    let ts = world.moment();
                    world.like(account, target, ts, u64::from(account) + 1, true);
                    if of_farm {
                        world.likes.last_mut().unwrap().ip = world.random.below(PEOPLE as usize) as u64 * 8 + 1;
                        let again = [world.moment(), world.moment()];
                        world.looks.extend(again.map(|ts| (account, target, ts)));
                    }
                }
            }
            for _ in 0..if of_farm { 0 } else { more } {
                let (target, ts) = (world.random.below(250) as u32, world.moment());
                world.like(account, target, ts, u64::from(account) + 1, true);
            }
        }
        let found = world.run();
        assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Farm], "{more}");
        let held = |of: &dyn Fn(u32) -> bool| found.accounts.iter().filter(|(a, ln)| of(**a) && ln.0 > 7.0).count();
        assert!(held(&|a| a >= PEOPLE) >= 78, "{} of {more}", held(&|a| a >= PEOPLE));
        assert_eq!(held(&|a| a < PEOPLE), 0, "{more}");
    }
}

#[test]
fn accounts_that_take_turns_on_a_rack_are_nobodys_victims() {
    // Fifteen phones; each account is mostly on one of them, now and then on another, for orders and for cover alike.
    let mut world = World::organic(28);
    for account in PEOPLE..PEOPLE + 120 {
        let like = |world: &mut World, target: u32, seen: bool| {
            let turn = if world.random.unit() < 0.8 { account as usize } else { world.random.below(15) };
            let ts = world.moment();
            world.like(account, target, ts, 2_000_000 + (turn % 15) as u64, seen);
        };
        for target in 300..330 {
            if world.random.unit() < 0.4 {
                like(&mut world, target, false);
            }
        }
        for _ in 0..3 {
            let target = world.random.below(250) as u32;
            like(&mut world, target, true);
        }
    }
    let found = world.run();
    assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Farm]);
    let held = found.accounts.iter().filter(|(a, ln)| **a >= PEOPLE && ln.0 > 7.0).count();
    assert!(held >= 116, "{held}");
    assert!(found.accounts.iter().all(|(a, ln)| *a >= PEOPLE || ln.0 < 7.0));
}

/// With eight groups of one taste, by which it is known what is usual among groups.
fn tastes(mut world: World) -> World {
    for group in 0..8u32 {
        for account in group * 40..group * 40 + 40 {
            for target in 300 + group * 12..312 + group * 12 {
                if world.random.unit() < 0.5 {
                    let ts = world.moment();
                    world.like(account, target, ts, 0, true);
                } else if world.random.unit() < 0.3 {
                    let ts = world.moment();
                    world.looks.push((account, target, ts));
                }
            }
        }
    }
    world
}

/// Worlds of people of whom some lose most of their views, some change devices and addresses all the time, and some like nearly all
/// they open; with groups of one taste in them, who act there as they do elsewhere.
fn people_of_one_taste(seed: u64) -> World {
    let mut world = World::organic(seed);
    let conduct = |r: &mut Random| [r.unit().powi(4), r.unit().powi(3), r.unit().powi(3)];
    let of: Vec<[f64; 3]> = (0..PEOPLE).map(|_| conduct(&mut world.random)).collect();
    world = tastes(world);
    for i in 0..world.likes.len() {
        let [lost, new_device, away] = of[world.likes[i].account as usize];
        let chance = [world.random.unit(), world.random.unit(), world.random.unit()];
        let fresh = 1 << 40 | i as u64;
        let like = &mut world.likes[i];
        like.seen = chance[0] >= lost;
        like.device = if chance[1] < new_device { fresh } else { u64::from(like.account) + 1 };
        if chance[2] < away {
            like.ip = fresh;
        }
    }
    world
}

#[test]
fn marks_have_mean_at_most_one_where_groups_have_but_one_taste() {
    let mut by_mark: BTreeMap<Mark, Vec<f64>> = BTreeMap::new();
    let mut proofs = Vec::new();
    for seed in 40..52 {
        let found = people_of_one_taste(seed).run();
        for g in found.rings.iter().map(|r| &r.group).chain(&found.unproven) {
            g.ln_e.iter().for_each(|(mark, ln)| by_mark.entry(*mark).or_default().push(ln.exp()));
            proofs.push(g.ln_proof().exp());
        }
    }
    assert!(proofs.len() >= 60, "{} groups", proofs.len());
    let table = by_mark.iter().map(|(mark, e)| (format!("{mark:?}"), e)).chain([("proof".to_owned(), &proofs)]);
    for (name, e) in table {
        let (mean, error) = mean(e);
        assert!(mean - 2.0 * error <= 1.0, "{name}: mean e {mean:.3} +- {error:.3} over {} groups", e.len());
    }
}

/// Mean and its standard error.
fn mean(e: &[f64]) -> (f64, f64) {
    let n = e.len() as f64;
    let mean = e.iter().sum::<f64>() / n;
    (mean, (e.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt())
}

/// Three in ten are made to look first.
fn world_unseen(account: u32) -> bool {
    account % 10 < 3
}

#[test]
fn owners_of_stolen_tokens_without_any_other_trace_are_not_accused() {
    // Of 45 owners the log knows a life, of 55 nothing else.
    let mut world = World::organic(32);
    for account in (100..145).chain(PEOPLE..PEOPLE + 55) {
        for target in 400..412 {
            if world.random.unit() < 0.5 {
                let ts = world.moment();
                world.like(account, target, ts, 5_000_000 + u64::from(account), false);
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.len(), 1);
    assert!(found.accounts.values().all(|a| a.0 <= 0.0), "nobody is held against anything");
}

#[test]
fn a_small_delivery_beside_the_others_is_no_life_of_its_owners() {
    // Owners of sixty stolen tokens, of whom the log knows a life, used for eight customers; and of four who lead such quiet lives that nothing of
    // it shows, used for these, and for three who paid for next to nothing.
    let mut world = World::organic(35);
    let quiet: Vec<u32> = (PEOPLE..PEOPLE + 4).collect();
    for account in (400..460).chain(quiet.iter().copied()) {
        for target in 500..508 {
            if world.random.unit() < 0.7 {
                let ts = world.moment();
                world.like(account, target, ts, 5_000_000 + u64::from(account), false);
            }
        }
        if quiet.contains(&account) {
            for target in 690..693 {
                let ts = world.moment();
                world.like(account, target, ts, 5_000_000 + u64::from(account), false);
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Collusion]);
    let belongs = |a: &u32| found.rings[0].standings.iter().find(|s| s.account == *a).unwrap().belongs;
    assert!(quiet.iter().all(|a| belongs(a) > 0.99), "{:?}", quiet.iter().map(belongs).collect::<Vec<_>>());
    assert!(found.accounts.values().all(|a| a.0 <= 0.0), "nobody is held against anything");
}

/// Owners of a hundred stolen tokens, of whom the log knows sixty, and a farm of eighty on phones of its own; so many of their twelve
/// customers are both's.
fn tokens_beside_a_farm(seed: u64, both: u32) -> (World, Vec<u32>, Vec<u32>) {
    let mut world = tastes(World::organic(seed));
    let owners: Vec<u32> = (400..460).chain(PEOPLE..PEOPLE + 40).collect();
    let farm: Vec<u32> = (PEOPLE + 100..PEOPLE + 180).collect();
    for account in owners.iter().chain(&farm) {
        let (targets, device) = match farm.contains(account) {
            true => (512 - both..524 - both, 6_000_000 + u64::from(account / 10)),
            false => (500..512, 5_000_000 + u64::from(*account)),
        };
        for target in targets {
            if world.random.unit() < 0.5 {
                let ts = world.moment();
                world.like(*account, target, ts, device, false);
            }
        }
    }
    (world, owners, farm)
}

#[test]
fn a_farm_that_sells_to_the_same_customers_makes_no_culprits_of_owners_of_stolen_tokens() {
    for both in [2, 6, 12] {
        let (world, owners, farm) = tokens_beside_a_farm(34, both);
        let found = world.run();
        let held = |of: &[u32]| of.iter().filter(|a| found.accounts.get(a).is_some_and(|e| e.0 > 7.0)).count();
        assert_eq!(held(&owners), 0, "{both} in common");
        // The other ring accuses nobody: it costs the farm's accounts nothing that it was looked at.
        let of_farm = |r: &&Proven| r.kind != RingKind::Collusion;
        assert!(both > 6 || found.rings.iter().filter(of_farm).count() == 1, "{both} in common");
        for ring in found.rings.iter().filter(of_farm).filter(|_| both <= 6) {
            let held = |s: &&Standing| found.accounts.contains_key(&s.account);
            for s in ring.standings.iter().filter(held) {
                let ln = found.accounts[&s.account].0;
                assert!((ln - s.ln_e().min(ring.ln_e)).abs() < 1e-9, "{}: {ln} of {}", s.account, s.ln_e());
            }
        }
        assert!(held(&farm) > 60, "{} of {}, {both} in common", held(&farm), farm.len());
    }
}

#[test]
fn a_farm_with_few_customers_is_known_by_its_phones() {
    // Most of its accounts were used once: hardly a pair of targets shares any.
    let mut world = tastes(World::organic(36));
    for account in PEOPLE..PEOPLE + 72 {
        for target in [500 + account % 3, 500 + (account / 3) % 3] {
            if target == 500 + account % 3 || account % 5 == 0 {
                let ts = world.moment();
                world.like(account, target, ts, 6_000_000 + u64::from(account % 6), false);
            }
        }
    }
    let found = world.run();
    assert_eq!(found.rings.iter().map(|r| r.kind).collect::<Vec<_>>(), [RingKind::Farm]);
    let held = |a: &u32| found.accounts.get(a).is_some_and(|e| e.0 > 7.0);
    assert!((PEOPLE..PEOPLE + 72).filter(held).count() >= 66);
    assert!(!(0..PEOPLE).any(|a| held(&a)));
}

/// Sixty people at three machines that count no views, who like what these show first and more; `phones` of what they do is done on phones
/// of their own, which count no views either.
fn library(seed: u64, phones: f64, more: u32) -> World {
    let mut world = tastes(World::organic(seed));
    for account in PEOPLE..PEOPLE + 60 {
        let like = |world: &mut World, target: u32| {
            let own = world.random.unit() < phones;
            let device = if own { u64::from(account) + 1 } else { 6_000_000 + u64::from(account % 3) };
            let ts = world.moment();
            world.like(account, target, ts, device, false);
        };
        for target in 500..515 {
            if world.random.unit() < 0.25 {
                like(&mut world, target);
            }
        }
        for _ in 0..more {
            let target = world.random.zipf(CONTENTS as usize) as u32;
            like(&mut world, target);
        }
    }
    world
}

#[test]
fn readers_at_a_librarys_machines_are_no_ring() {
    // With phones of their own, and without where they do more than what the machines suggest.
    for (seed, phones, more) in [(60, 0.25, 3), (61, 0.25, 3), (62, 0.0, 8), (63, 0.0, 8)] {
        let found = library(seed, phones, more).run();
        assert!(found.groups >= 1);
        let held = found.accounts.values().filter(|a| a.0 > 7.0).count();
        assert_eq!(held, 0, "{:?}", found.rings.iter().map(|r| &r.group.ln_e).collect::<Vec<_>>());
    }
}

#[test]
fn customers_at_a_shops_counter_are_no_ring() {
    // One tablet, three posts of the shop, nobody looks, and hardly anybody does anything else.
    let mut world = tastes(World::organic(64));
    world.owners = (0..CONTENTS).map(|t| if (500..503).contains(&t) { 500 } else { t }).collect();
    for account in PEOPLE..PEOPLE + 60 {
        for target in 500..503 {
            if world.random.unit() < 0.6 {
                let ts = world.moment();
                world.like(account, target, ts, 6_000_000, false);
            }
        }
    }
    let found = world.run();
    assert!(found.rings.is_empty() && found.accounts.is_empty());
}
