//! Groups found without time, in small worlds made by hand: what makes a ring of a group, and what does not.

mod common;

use common::{HOUR, Random, SECOND};
use std::collections::BTreeSet;
use std::convert::Infallible;
use touchstone_detect::census::Census;
use touchstone_detect::cohort::run::{Cohorts, run};
use touchstone_detect::findings::RingKind;
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::pipeline::Engine;
use touchstone_detect::why::what_if::{self, Lines};
use touchstone_detect::why::{against, innocent};

const PEOPLE: u32 = 1500;
const CONTENTS: u32 = 700;

/// A like: account, target, time, address, device, and whether it was looked at before.
#[derive(Clone, Copy)]
struct Like {
    account: u32,
    target: u32,
    ts: i64,
    ip: u64,
    device: u64,
    seen: bool,
}

/// Everything by dense ids; the owner of target `t` is account `t`.
struct World {
    likes: Vec<Like>,
    /// Looks that led to nothing.
    looks: Vec<(u32, u32, i64)>,
    random: Random,
}

struct Whole<'a>(Partition<'a>, Partition<'a>);

impl Engine for Whole<'_> {
    type Error = Infallible;

    fn count<T: Send>(
        &self,
        count: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T + Sync,
    ) -> Result<Vec<T>, Infallible> {
        Ok(vec![count(&self.0, Some(&self.1))])
    }

    fn stage<T>(&self, _: &'static str, _: u64, work: impl FnOnce() -> T) -> T {
        work()
    }
}

impl World {
    /// People who like a tenth of what they see, from their homes and phones; one look in ten is lost.
    fn organic(seed: u64) -> Self {
        let mut world = Self { likes: Vec::new(), looks: Vec::new(), random: Random(seed) };
        for account in 0..PEOPLE {
            let views = world.random.lognormal(40.0, 0.8) as usize;
            for _ in 0..views {
                let target = world.random.zipf(CONTENTS as usize) as u32;
                let ts = world.moment();
                if world.random.unit() < 0.1 {
                    let seen = world.random.unit() < 0.9;
                    world.like(account, target, ts, u64::from(account) + 1, seen);
                } else {
                    world.looks.push((account, target, ts));
                }
            }
        }
        world
    }

    fn moment(&mut self) -> i64 {
        (self.random.unit() * 600.0 * HOUR as f64) as i64
    }

    fn like(&mut self, account: u32, target: u32, ts: i64, device: u64, seen: bool) {
        // Of home and four other places.
        let ip = u64::from(account) * 8 + self.random.below(5) as u64 + 1;
        self.likes.push(Like { account, target, ts, ip, device, seen });
    }

    fn run(mut self) -> Cohorts {
        self.likes.sort_by_key(|l| (l.account, l.target, l.ts));
        self.likes.dedup_by_key(|l| (l.account, l.target));
        self.likes.sort_by_key(|l| (l.target, l.ts, l.account));
        let accounts = self.likes.iter().map(|l| l.account).max().unwrap_or(0) as usize + 1;
        let targets = CONTENTS as usize;
        let mut views = self.looks.clone();
        views.extend(self.likes.iter().filter(|l| l.seen).map(|l| (l.account, l.target, l.ts - 10 * SECOND)));
        views.sort_by_key(|v| (v.1, v.2, v.0));
        let (mut degree, mut popularity) = (vec![0u32; accounts], vec![0u32; targets]);
        let (mut first, mut actor_first) = (vec![i64::MAX; targets], vec![i64::MAX; accounts]);
        for l in &self.likes {
            degree[l.account as usize] += 1;
            popularity[l.target as usize] += 1;
            first[l.target as usize] = first[l.target as usize].min(l.ts);
            actor_first[l.account as usize] = actor_first[l.account as usize].min(l.ts);
        }
        let owner: Vec<u32> = (0..targets as u32).collect();
        let census = Census {
            degree: &degree,
            popularity: &popularity,
            first_ts: &first,
            actor_first_ts: &actor_first,
            owner: Some(&owner),
            published: None,
            timed: true,
        };
        let column = |f: fn(&Like) -> u32| self.likes.iter().map(f).collect::<Vec<u32>>();
        let (target, actor) = (column(|l| l.target), column(|l| l.account));
        let ts: Vec<i64> = self.likes.iter().map(|l| l.ts).collect();
        let ip: Vec<u64> = self.likes.iter().map(|l| l.ip).collect();
        let device: Vec<u64> = self.likes.iter().map(|l| l.device).collect();
        let (v_target, v_actor): (Vec<u32>, Vec<u32>) = views.iter().map(|v| (v.1, v.0)).unzip();
        let v_ts: Vec<i64> = views.iter().map(|v| v.2).collect();
        let endorsements =
            Partition { target: &target, actor: &actor, ts: &ts, ip: &ip, device: &device, dwell_ms: &[] };
        let looked = Partition { target: &v_target, actor: &v_actor, ts: &v_ts, ip: &[], device: &[], dwell_ms: &[] };
        let Ok(found) = run(&Whole(endorsements, looked), &census, None, &Params::default());
        found
    }
}

/// Accounts that belong to any proven ring.
fn members(found: &Cohorts) -> BTreeSet<u32> {
    let of = |r: &touchstone_detect::cohort::run::Proven| {
        r.standings.iter().filter(|s| s.belongs > 0.5).map(|s| s.account).collect::<Vec<_>>()
    };
    found.rings.iter().flat_map(of).collect()
}

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

/// Three in ten are made to look first.
fn world_unseen(account: u32) -> bool {
    account % 10 < 3
}
