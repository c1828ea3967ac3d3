//! Copies without coordination: what they keep, what they destroy, and what detection says of them.

mod common;

use arrow_array::{Int64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use common::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchstone_detect::audit::disturb::{self, Recipe};
use touchstone_detect::audit::gather::{Endorsements, count};
use touchstone_detect::audit::swap::{Communities, plan};
use touchstone_detect::census::Census;
use touchstone_detect::likes::{self, Likes};
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::Engine;

/// One sitting of an account: `(before, after, swapped)` of each endorsement.
type Sitting = Vec<(i64, i64, bool)>;

const JITTER: i64 = 2 * HOUR;

/// A world whose targets have owners: every third target one of a few popular ones.
fn owned(seed: u64) -> World {
    let mut world = organic(1500, 500, seed);
    let owners = (0..500u32).map(|t| (t, if t % 3 == 0 { t % 40 } else { 1000 + t }));
    world.owners = Some(owners.collect());
    world
}

/// Endorsements with a device that tells the account, in one partition.
struct Material {
    all: Endorsements,
    donor: Vec<u32>,
    loaded: Loaded,
}

fn material(world: &World, seed: u64) -> Material {
    let loaded = world.load(1);
    let census = loaded.census();
    let Ok(parts) = loaded.count(likes::count);
    let communities = Communities::new(&Likes::new(&parts, &census), &census, &Params::default());
    let Ok(parts) = loaded.count(|p, v| {
        let batch = with_devices(p);
        let views = v.map(plain);
        count((&batch, p), views.as_ref().zip(v))
    });
    let all = Endorsements::new(parts, !world.views.is_empty());
    let donor = plan(&all, &census, &communities, seed);
    Material { all, donor, loaded }
}

fn plain(p: &Partition<'_>) -> RecordBatch {
    let schema = touchstone_detect::partition::partition_schema();
    let (target, actor) = (UInt32Array::from(p.target.to_vec()), UInt32Array::from(p.actor.to_vec()));
    RecordBatch::try_new(schema, vec![Arc::new(target), Arc::new(actor), Arc::new(Int64Array::from(p.ts.to_vec()))])
        .unwrap()
}

/// A device by account.
fn device(account: u32) -> u64 {
    u64::from(account) + 77
}

fn with_devices(p: &Partition<'_>) -> RecordBatch {
    let batch = plain(p);
    let mut fields: Vec<Arc<Field>> = batch.schema_ref().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new("device", DataType::UInt64, true)));
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(UInt64Array::from_iter_values(p.actor.iter().map(|a| device(*a)))));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn recipe(m: &Material, seed: u64) -> Recipe<'_> {
    Recipe { all: &m.all, donor: &m.donor, jitter: JITTER, resolution: SECOND, seed }
}

/// By account: sizes of what it gave to each owner, ascending.
fn sizes(rows: impl Iterator<Item = (u32, u32)>, census: &Census<'_>) -> BTreeMap<u32, Vec<usize>> {
    let mut of: BTreeMap<u32, BTreeMap<u64, usize>> = BTreeMap::new();
    for (account, target) in rows {
        *of.entry(account).or_default().entry(census.author(target)).or_default() += 1;
    }
    let sorted = |m: BTreeMap<u64, usize>| {
        let mut all: Vec<usize> = m.into_values().collect();
        all.sort_unstable();
        all
    };
    of.into_iter().map(|(a, m)| (a, sorted(m))).collect()
}

#[test]
fn everybody_keeps_what_innocents_keep() {
    for seed in 700..704 {
        let world = owned(seed);
        let m = material(&world, seed);
        let census = m.loaded.census();
        let mut places = m.donor.clone();
        places.sort_unstable();
        assert!(
            places.iter().enumerate().all(|(i, p)| i as u32 == *p),
            "a permutation: nothing is lost, nothing twice"
        );
        let batch = disturb::endorsements(&recipe(&m, seed), 0, &census).unwrap();
        let copy = Partition::try_from_batch(&batch).unwrap();
        assert!(copy.target.is_sorted(), "in the order of partitions");
        let pairs: BTreeSet<(u32, u32)> = copy.actor.iter().copied().zip(copy.target.iter().copied()).collect();
        assert_eq!(pairs.len(), copy.len(), "nobody endorses a target twice");
        let before = sizes(m.all.account.iter().copied().zip(m.all.target.iter().copied()), &census);
        assert_eq!(before, sizes(pairs.into_iter(), &census), "as many endorsements of as many owners: fans stay fans");
        let popularity = |targets: &[u32]| targets.chunk_by(|a, b| a == b).map(|r| (r[0], r.len())).collect::<Vec<_>>();
        let mut own = m.all.target.clone();
        own.sort_unstable();
        assert_eq!(popularity(copy.target), popularity(&own));
        assert!(copy.actor.iter().zip(copy.device).all(|(a, d)| *d == device(*a)), "devices go with their accounts");
        let moved = (0..m.all.len()).filter(|i| m.all.account[*i] != m.all.account[m.donor[*i] as usize]).count();
        assert!(moved * 10 > m.all.len() * 7, "{moved} of {}", m.all.len());
    }
}

#[test]
fn times_move_within_bounds_and_prompt_stays_prompt() {
    // Few sittings of one world hold two such endorsements: several worlds.
    let (mut pairs, mut together) = (0, 0);
    for seed in 710..716 {
        let (p, t) = times_of_one_world(seed);
        (pairs, together) = (pairs + p, together + t);
    }
    assert!(pairs > 50 && together == pairs, "{together} of {pairs}");
}

/// Asserts what must hold of every time; counts pairs of endorsements of one sitting, and those that moved together.
fn times_of_one_world(seed: u64) -> (usize, usize) {
    let world = owned(seed);
    let m = material(&world, 1);
    let census = m.loaded.census();
    let r = recipe(&m, 1);
    let mut moved = 0;
    let mut sitting: BTreeMap<(u32, i64), Sitting> = BTreeMap::new();
    for i in 0..m.all.len() {
        let (then, now, first) = (m.all.ts[i], r.time(i, &census), census.first_ts[m.all.target[i] as usize]);
        let own = m.all.ts[m.donor[i] as usize];
        let by_target = (now - then).abs() <= JITTER.min((then - first) / 2) && now >= first;
        let by_account = (now - own).abs() <= JITTER && now - first > HOUR;
        assert!(by_target || by_account, "{then} {own} {now} {first}");
        if then - first <= HOUR {
            assert!(by_target && (now - first) * 2 <= (then - first) * 3, "prompt stays prompt");
        }
        sitting.entry((m.all.account[m.donor[i] as usize], own / HOUR)).or_default().push((own, now, by_target));
        assert_eq!(now % SECOND, 0, "the resolution stays");
        moved += usize::from(now != then);
    }
    assert!(moved * 2 > m.all.len());
    // What an account did in one hour moves as a whole, but for what the target set the time of.
    let (mut pairs, mut together) = (0, 0);
    for of in sitting.values() {
        for pair in of.windows(2).filter(|p| !p[0].2 && !p[1].2) {
            pairs += 1;
            together += usize::from(pair[0].0 - pair[0].1 == pair[1].0 - pair[1].1);
        }
    }
    let other = Recipe { seed: 2, ..r };
    assert!((0..m.all.len()).any(|i| r.time(i, &census) != other.time(i, &census)));
    let still = Recipe { jitter: 0, ..r };
    let unmoved = |i: usize| [m.all.ts[i], m.all.ts[m.donor[i] as usize]].contains(&still.time(i, &census));
    assert!((0..m.all.len()).all(unmoved));
    (pairs, together)
}

#[test]
fn looks_go_with_the_endorsements_they_led_to() {
    let mut world = owned(720);
    let mut random = Random(9);
    for (account, target, ts) in world.events.clone() {
        // Four in five look first; some come back; and some look at what they do not endorse.
        if random.unit() < 0.8 {
            world.views.push((account, target, ts - 20 * SECOND));
        }
        if random.unit() < 0.2 {
            world.views.push((account, target, ts + HOUR));
        }
        world.views.push((account, (target + 1) % 500, ts + 60 * SECOND));
    }
    let m = material(&world, 3);
    let census = m.loaded.census();
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    let Ok(done) = m.loaded.count(|p, v| {
        let original = plain(v.unwrap());
        let views = disturb::views(&recipe(&m, 3), 0, &census, (&original, v.unwrap())).unwrap();
        let endorsements = disturb::endorsements(&recipe(&m, 3), 0, &census).unwrap();
        let part = |b: &RecordBatch| Partition::try_from_batch(b).unwrap().actor.to_vec();
        let seen = likes::count(
            &Partition::try_from_batch(&endorsements).unwrap(),
            Some(&Partition::try_from_batch(&views).unwrap()),
        );
        let (was, now) = (likes::count(p, v), seen);
        (v.unwrap().actor.to_vec(), part(&views), was, now)
    });
    for (was, now, seen_was, seen_now) in done {
        was.into_iter().for_each(|a| *before.entry(a).or_insert(0u32) += 1);
        now.into_iter().for_each(|a| *after.entry(a).or_insert(0u32) += 1);
        let looked = |part: likes::Part| {
            let all = Likes::new(&[part], &census);
            (0..all.accounts())
                .map(|a| all.of_account(a).filter(|i| all.seen[*i] == likes::Seen::Yes).count())
                .collect::<Vec<_>>()
        };
        // Some meet a look of their own at the new target; none is lost.
        let (was, now) = (looked(seen_was), looked(seen_now));
        assert!(was.iter().zip(&now).all(|(a, b)| b >= a), "whoever looks first still does");
        let (a, b): (usize, usize) = (was.iter().sum(), now.iter().sum());
        assert!(b as f64 <= a as f64 * 1.05, "{a} {b}");
    }
    assert_eq!(before, after, "every account looks as often");
}

#[test]
fn one_seed_one_copy() {
    let world = owned(730);
    let (a, b, c) = (material(&world, 5), material(&world, 5), material(&world, 6));
    assert_eq!(a.donor, b.donor);
    assert_ne!(a.donor, c.donor);
}

/// The copy as a world of its own.
fn copied(m: &Material, seed: u64) -> World {
    let census = m.loaded.census();
    let r = recipe(m, seed);
    let row = |i: usize| (m.all.account[m.donor[i] as usize], m.all.target[i], r.time(i, &census));
    let owners = census.owner.map(|o| o.iter().enumerate().map(|(t, a)| (t as u32, *a % 5000)).collect());
    World { events: (0..m.all.len()).map(row).collect(), views: Vec::new(), owners }
}

#[test]
fn in_the_copies_of_an_attacked_world_nobody_is_accused() {
    for seed in 740..743 {
        let mut world = owned(seed);
        let ring = add_ring(&mut world, 10_000, 40, 20, 0.7, 300 * SECOND, seed);
        let owners = world.owners.as_mut().unwrap();
        owners.values_mut().for_each(|o| *o %= 5000);
        let found = world.accused(&Params::default()).intersection(&ring).count();
        assert!(found > 20, "seed {seed}: {found}");
        for copy in 0..2 {
            let m = material(&world, copy);
            let accused = copied(&m, copy).accused(&Params::default());
            assert!(accused.is_empty(), "seed {seed}, copy {copy}: {} accused by chance", accused.len());
        }
    }
}
