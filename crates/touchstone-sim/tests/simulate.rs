//! Simulated worlds: the contract's files, the same bytes for a seed, a truth that adds up, and
//! attacks and look-alikes that do what they are said to do.

mod common;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;

use common::{Event, Log, generate, log, scenario};
use touchstone_sim::{Scenario, SimulateError, SimulateOptions, simulate};

#[test]
fn same_seed_same_bytes_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = scenario("mixed", 1500, 6);
    let read = |name: &str| -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(dir.path().join(name))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
            })
            .collect()
    };
    for (name, seed, threads) in [("one", 3, 1), ("four", 3, 4), ("other", 4, 4)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = SimulateOptions { scenario: scenario.clone(), seed, out: dir.path().join(name) };
        pool.install(|| simulate(&options)).unwrap();
    }
    let (one, four, other) = (read("one"), read("four"), read("other"));
    let names: Vec<&str> = one.keys().map(String::as_str).collect();
    let expected = [
        "accounts.parquet",
        "contents.parquet",
        "events.parquet",
        "simulate.json",
        "truth_accounts.parquet",
        "truth_events.parquet",
        "truth_look_alikes.parquet",
        "truth_ring_members.parquet",
        "truth_rings.parquet",
        "truth_targets.parquet",
    ];
    assert_eq!(names, expected, "only the finished files stay");
    for (name, bytes) in &one {
        assert!(*bytes == four[name], "{name}: threads changed the bytes");
        assert!(*bytes != other[name], "{name}: the seed changed nothing");
    }
}

#[test]
fn files_have_the_columns_of_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    generate(&scenario("mixed", 800, 3), 1, dir.path());
    let columns = |name: &str| common::columns(&dir.path().join(name));
    assert_eq!(
        columns("events.parquet"),
        [
            "event_id",
            "actor",
            "target",
            "ts",
            "kind",
            "owner",
            "dwell_ms",
            "watch_fraction",
            "ip",
            "device",
            "user_agent",
            "session"
        ]
    );
    assert_eq!(columns("accounts.parquet")[..2], ["account", "created_at"]);
    assert_eq!(columns("contents.parquet"), ["target", "owner", "published_at", "duration_ms"]);
    assert_eq!(columns("truth_events.parquet"), ["event_id", "fake", "attack", "ring", "reason"]);
}

fn pair(event: &Event) -> (&str, &str) {
    (&event.actor, &event.target)
}

/// Laws that hold in every world.
fn check_laws(log: &Log, scenario: &Scenario) {
    let start_ms = scenario.start_seconds * 1000;
    let end_ms = start_ms + i64::from(scenario.days) * 86_400_000;
    // A client's clock may be wrong, and its rows late.
    let skew_ms = (scenario.dirt.skew_seconds_max * 1000.0) as i64;
    assert!(log.events.iter().all(|event| (start_ms - skew_ms..end_ms + skew_ms).contains(&event.ts)));
    let mut originals: HashMap<&str, &Event> = HashMap::new();
    for event in &log.events {
        let original = originals.entry(&event.id).or_insert(event);
        assert_eq!(Event { retry: event.retry, ..Event::clone(original) }, *event, "copies are alike in every column");
    }
    let mut events: Vec<&Event> = log.events.iter().filter(|event| !event.retry).collect();
    assert_eq!(events.len(), originals.len(), "but for copies, ids are unique");
    events.sort_by_key(|event| event.ts);
    let accounts: HashMap<&str, i64> =
        log.accounts.iter().map(|account| (account.name.as_str(), account.created_at)).collect();
    let mut standing: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    let liked: HashSet<(&str, &str)> =
        events.iter().filter(|event| event.kind == "like").map(|event| pair(event)).collect();
    for event in events {
        assert!(accounts[event.actor.as_str()] <= event.ts + skew_ms, "{event:?}: acts before it was created");
        if event.kind != "follow" {
            let content = &log.contents[&event.target];
            assert!(content.published_at <= event.ts + skew_ms, "{event:?}: seen before it was published");
            assert_eq!(content.owner, event.owner);
        }
        match event.kind.as_str() {
            "like" => {
                let before = standing.insert((&event.actor, &event.target), event.fake);
                assert!(before.is_none(), "{event:?}: liked twice");
            }
            "unlike" if event.reason.ends_with("before_log") => {
                assert!(log.contents[&event.target].published_at < start_ms, "{event:?}: there was nothing to like");
                assert!(!liked.contains(&pair(event)), "{event:?}: liked in the log");
            }
            "unlike" => {
                let before = standing.remove(&(event.actor.as_str(), event.target.as_str()));
                assert_eq!(before, Some(event.fake), "{event:?}: only a like can be taken back");
            }
            "view" => assert!(event.dwell_ms.is_some() && event.watch_fraction.is_some()),
            _ => assert!(event.dwell_ms.is_none()),
        }
    }
    let mut counts: HashMap<&str, (i64, i64)> = HashMap::new();
    for ((_, target), fake) in standing {
        let count = counts.entry(target).or_default();
        count.0 += 1;
        count.1 += i64::from(!fake);
    }
    for target in &log.targets {
        let count = counts.get(target.name.as_str()).copied().unwrap_or_default();
        assert_eq!(count, (target.reported, target.authentic), "{}", target.name);
    }
    for account in &log.accounts {
        assert!(account.own_share.is_none_or(|share| (0.0..=1.0).contains(&share)));
        assert!(account.role != "person" || account.own_share.is_none_or(|share| share == 1.0));
        assert!(account.role != "operated" || account.own_share.is_none_or(|share| share == 0.0));
    }
}

#[test]
fn every_built_in_world_obeys_the_laws_and_holds_its_attack() {
    let dir = tempfile::tempdir().unwrap();
    for name in Scenario::names() {
        let scenario = scenario(name, 1500, 5);
        let out = dir.path().join(name);
        let report = generate(&scenario, 5, &out);
        let log = log(&out);
        check_laws(&log, &scenario);
        let attacks = scenario.attacks.board.len() + scenario.attacks.pod.len() + scenario.attacks.service.len();
        let seen: HashSet<&str> =
            log.events.iter().filter(|event| event.fake).filter_map(|event| event.attack.as_deref()).collect();
        assert_eq!(seen.len(), attacks, "{name}: {seen:?}");
        assert_eq!(report.fake_likes > 0, attacks > 0, "{name}");
        let kinds: HashSet<&str> = log.events.iter().map(|event| event.kind.as_str()).collect();
        for kind in ["view", "like", "unlike", "comment", "share", "save", "follow"] {
            assert!(kinds.contains(kind), "{name} has no {kind}");
        }
    }
}

#[test]
fn points_of_an_exchange_balance_to_the_point() {
    let dir = tempfile::tempdir().unwrap();
    generate(&scenario("exchange", 6000, 28), 2, dir.path());
    let log = log(dir.path());
    let ring = &log.rings[0];
    let [given, bought, held, operator] = ring.points.unwrap();
    assert!(operator > 0.0, "the operator keeps a spread");
    // Points are written as decimals of whole hundredths: their sums are exact to rounding.
    let cents = |points: f64| (points * 100.0).round() as i64;
    assert_eq!(cents(given) + cents(bought), cents(held) + cents(operator));
    assert!(bought > 0.0 && ring.euros.unwrap() > 0.0, "somebody pays: {bought} points, {:?} euros", ring.euros);
    let books: Vec<_> = log.books.iter().map(|book| book.map(cents)).collect();
    assert_eq!(books.iter().map(|book| book[0]).sum::<i64>(), cents(given));
    assert_eq!(books.iter().map(|book| book[1]).sum::<i64>(), cents(bought));
    for [bonus, bought, earned, spent, forfeited, balance] in books {
        assert_eq!(bonus + bought + earned, spent + forfeited + balance);
        assert!(balance >= 0);
    }
    assert!(ring.likes > 500, "the board is used: {}", ring.likes);
}

#[test]
fn attacks_look_as_they_are_said_to() {
    let dir = tempfile::tempdir().unwrap();
    let world = |name: &str| {
        let out = dir.path().join(name);
        generate(&scenario(name, 4000, 21), 8, &out);
        log(&out)
    };
    let viewless = |log: &Log| {
        let seen: HashSet<(&str, &str)> = log
            .events
            .iter()
            .filter(|event| event.kind == "view")
            .map(|event| (event.actor.as_str(), event.target.as_str()))
            .collect();
        let fakes = log.events.iter().filter(|event| event.kind == "like" && event.reason == "order");
        let (mut without, mut all) = (0, 0);
        for event in fakes {
            all += 1;
            without += usize::from(!seen.contains(&(event.actor.as_str(), event.target.as_str())));
        }
        without as f64 / f64::from(all.max(1))
    };
    let (burst, path, rotating) = (world("farm-burst"), world("farm-click-path"), world("farm-rotating"));
    assert!(viewless(&burst) > 0.5, "a plain farm does not look: {}", viewless(&burst));
    assert!(viewless(&path) < 0.25, "a click path looks first: {}", viewless(&path));
    let addresses = |log: &Log| {
        let orders: Vec<_> = log.events.iter().filter(|event| event.reason == "order").collect();
        let different: HashSet<&str> = orders.iter().map(|event| event.ip.as_str()).collect();
        different.len() as f64 / orders.len() as f64
    };
    assert!(addresses(&burst) < 0.2, "a data centre has few addresses: {}", addresses(&burst));
    assert!(addresses(&rotating) > 0.5, "rotation has many: {}", addresses(&rotating));

    let pod = world("pod");
    let reactions: Vec<i64> = pod
        .events
        .iter()
        .filter(|event| event.kind == "like" && event.reason == "pod")
        .map(|event| event.ts - pod.contents[&event.target].published_at)
        .collect();
    let soon = reactions.iter().filter(|&&delay| delay < 40 * 60_000).count();
    assert!(soon as f64 > 0.7 * reactions.len() as f64, "{soon} of {} within the half hour", reactions.len());

    let tokens = world("tokens");
    let owners: Vec<_> = tokens.accounts.iter().filter(|account| account.role == "token_owner").collect();
    assert!(owners.iter().any(|account| account.own_share.is_some_and(|share| share > 0.3)), "owners live on");
    let once = world("one-off");
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for event in once.events.iter().filter(|event| event.reason == "order" && event.kind == "like" && !event.retry) {
        *uses.entry(&event.actor).or_default() += 1;
    }
    assert!(!uses.is_empty() && uses.values().all(|&used| used == 1));
}

#[test]
fn services_sell_what_they_are_said_to() {
    let dir = tempfile::tempdir().unwrap();
    let fakes = |name: &str, orders: f64| -> BTreeMap<String, usize> {
        let mut scenario = scenario("farm-burst", 4000, 21);
        let service = &mut scenario.attacks.service[0];
        (service.view_orders, service.follow_orders, service.comment_orders) = (orders, orders, orders);
        let out = dir.path().join(name);
        generate(&scenario, 6, &out);
        let mut kinds = BTreeMap::new();
        for event in
            log(&out).events.into_iter().filter(|event| event.reason == "order" || event.reason == "bought_view")
        {
            *kinds.entry(event.kind).or_default() += 1;
        }
        kinds
    };
    let (alone, all) = (fakes("alone", 0.0), fakes("all", 1.0));
    assert!(alone.keys().all(|kind| kind == "like" || kind == "view"), "{alone:?}");
    for kind in ["like", "view", "follow", "comment"] {
        assert!(all.get(kind).is_some_and(|&count| count > 20), "{all:?}");
    }
}

#[test]
fn a_stronger_look_alike_looks_more_alike() {
    let dir = tempfile::tempdir().unwrap();
    let likes = |kind: &str, reason: &str, strength: f64| {
        let out = dir.path().join(format!("{kind}-{strength}"));
        let text = format!(
            "users = 2500\ndays = 14\n[look_alikes]\neveryday = 0.0\n{kind} = {{ per_10k = 120.0, strength = {strength:.1} }}"
        );
        generate(&Scenario::parse(&text).unwrap(), 4, &out);
        log(&out).events.iter().filter(|event| event.kind == "like" && event.reason == reason).count()
    };
    for (kind, reason) in [
        ("courtesy", "courtesy"),
        ("fan_club", "fan_club"),
        ("digest", "digest"),
        ("class", "class"),
        ("starter_pack", "starter_pack"),
        ("launch", "launch"),
        ("large_circle", "large_circle"),
        ("news", "news"),
        ("office", "office"),
        ("carrier", "shared_network"),
        ("shared_network", "shared_network"),
        ("family", "family"),
    ] {
        let (weak, strong) = (likes(kind, reason, 0.3), likes(kind, reason, 1.5));
        assert!(strong as f64 > 1.3 * weak as f64, "{kind}: {weak} likes at 0.3, {strong} at 1.5");
    }
}

#[test]
fn errors_leave_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("none");
    let options = SimulateOptions { scenario: Scenario { users: 3, ..Scenario::default() }, seed: 1, out: out.clone() };
    assert!(matches!(simulate(&options), Err(SimulateError::Scenario(_))));
    assert!(!out.exists());
}
