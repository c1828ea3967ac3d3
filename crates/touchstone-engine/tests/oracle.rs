//! Every count of the detector, held against the same question asked of DuckDB: from the rows of the
//! log as they stand in the file, in SQL that shares nothing with the code but the definitions.
//!
//! Folds and canonical numbers are given to DuckDB; chances of trials, which are no counts, are
//! computed a second time here, in the plainest way. Each count is also taken over all 64 partitions,
//! merged, and over one that holds everything: the same must come out.
//!
//! Needs Python with the package duckdb (`TOUCHSTONE_PYTHON`, else that of `target/venv`, else
//! python3). Without it the tests say so and pass, unless `TOUCHSTONE_REQUIRE_TOOLS=1`.
#![allow(missing_docs, unreachable_pub, clippy::print_stderr)] // A skipped test says so.

#[path = "oracle/chance.rs"]
mod chance;
#[path = "oracle/counts.rs"]
mod counts;
#[path = "oracle/duck.rs"]
mod duck;
mod logs;
#[path = "oracle/world.rs"]
mod world;

use counts::{Log, Pooled, Timed, parts, whole};
use duck::{Duck, Ledger, row};
use logs::Bench;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::params::{LockstepParams, Params, PoolParams};
use touchstone_detect::partition::{NO_TIME, NONE, Partition};
use touchstone_detect::schedule::{DAY, SCALES, SECOND};
use touchstone_detect::signals::lockstep::pairs::{BUCKETS, PairKeys};
use touchstone_detect::signals::pool::{lists, targets as pool};
use touchstone_engine::run::census;
use touchstone_engine::store::Store;
use world::{Shape, Spelling, World};

#[test]
fn three_columns_at_whole_seconds() {
    check(Shape {
        name: "whole seconds",
        seed: 11,
        accounts: 420,
        targets: 90,
        organic: 3200,
        days: 20,
        step: SECOND,
        spelling: Spelling::Seconds,
        wide: false,
    });
}

#[test]
fn all_columns_at_microseconds() {
    check(Shape {
        name: "microseconds",
        seed: 12,
        accounts: 260,
        targets: 80,
        organic: 2600,
        days: 3,
        step: 1,
        spelling: Spelling::Text,
        wide: true,
    });
}

#[test]
fn all_columns_at_whole_minutes() {
    check(Shape {
        name: "whole minutes",
        seed: 13,
        accounts: 200,
        targets: 60,
        organic: 2200,
        days: 18,
        step: 60 * SECOND,
        spelling: Spelling::Millis,
        wide: true,
    });
}

#[test]
fn no_times_at_all() {
    check(Shape {
        name: "no times",
        seed: 14,
        accounts: 220,
        targets: 70,
        organic: 2400,
        days: 5,
        step: SECOND,
        spelling: Spelling::None,
        wide: true,
    });
}

/// Thresholds at which every cap bites in logs of some thousand rows.
fn params() -> Params {
    Params {
        seed: 5,
        lockstep: LockstepParams { neighbours_max: 3, ..LockstepParams::default() },
        pool: PoolParams { keys_max: 40_000, ..PoolParams::default() },
        ..Params::default()
    }
}

fn check(shape: Shape) {
    let Some(python) = duck::python() else { return };
    let world = World::new(shape);
    let timed = world.shape.spelling != Spelling::None;
    let mut bench = Bench::new().aside("contents.csv", world.contents.csv(b',')).with(|o| {
        o.endorse = vec!["like".into(), "star".into()];
        o.no_time = !timed;
    });
    bench.options.contents = Some(bench.path("contents.csv"));
    for (i, table) in world.events.iter().enumerate() {
        bench = bench.file(&format!("events-{i}.csv"), table.csv(b','));
    }
    let store = bench.read().unwrap();
    let census = census(&store);
    let params = params();
    let ids: BTreeMap<&str, u32> = store.actors().iter().zip(0..).collect();
    let facts = store.facts();
    let log = Log {
        census: &census,
        first_ts: facts.first_ts.unwrap(),
        last_ts: facts.last_ts.unwrap(),
        params: &params,
        rings: rings(&world, &ids, store.endorsers() as u32),
    };
    let (many, one) = (parts(&store), whole(&store));

    let mut duck = Duck::new(bench.folder.path());
    let mut ledger = Ledger::new(world.shape.name);
    ask_about_store(&mut duck, &store, &world);
    let pooled = Pooled::count(&many, &log);
    ask_about_pools(&mut duck, &log, &pooled, store.endorsers() as u32);
    let mut questions = vec!["1_store", "2_census"];
    let counted = timed.then(|| Timed::count(&many, &log));
    if let Some(counted) = &counted {
        ask_about_times(&mut duck, &one, &log, counted);
        questions.extend(["3_survey", "4_pairs", "5_grow", "6_trials", "7_burst"]);
    } else {
        duck.put("folds.csv", "block,fold", [vec!["0".into(), "0".into()]]);
    }
    questions.push("8_pool");
    duck.ask(&python, &questions);

    check_store(&mut ledger, &duck, &store);
    check_pools(&mut ledger, &duck, &log, &pooled);
    pooled.same(&mut ledger, &Pooled::count(&one, &log), &log);
    if let Some(counted) = &counted {
        check_survey(&mut ledger, &duck, counted);
        check_lockstep(&mut ledger, &duck, counted);
        check_burst(&mut ledger, &duck, counted);
        chance::check(&mut ledger, &one, &log, counted);
        counted.same(&mut ledger, &Timed::count(&one, &log));
    }
    ledger.close();
}

/// Rings to count for: most of those in the world, a pair, and one so big that caps of trials bite.
fn rings(world: &World, ids: &BTreeMap<&str, u32>, endorsers: u32) -> Vec<Vec<u32>> {
    let mut taken = BTreeSet::new();
    let mut rings: Vec<Vec<u32>> = Vec::new();
    for names in &world.rings {
        // Some stay outside, for growing to find.
        let known: BTreeSet<u32> =
            names[names.len() / 4..].iter().filter_map(|n| ids.get(n.as_str()).copied()).collect();
        rings.push(known.into_iter().filter(|id| *id < endorsers && taken.insert(*id)).collect());
    }
    rings.push((0..endorsers).filter(|id| id % 10 == 3 && taken.insert(*id)).take(2).collect());
    rings.push((0..endorsers).filter(|id| id % 5 != 4 && taken.insert(*id)).collect());
    rings
}

fn known<T: PartialEq + ToString>(value: T, unknown: &T) -> String {
    if value == *unknown { String::new() } else { value.to_string() }
}

fn ask_about_store(duck: &mut Duck<'_>, store: &Store, world: &World) {
    duck.set("timed", store.facts().timed);
    duck.set("unit", if world.shape.spelling == Spelling::Millis { 1_000 } else { 1_000_000 });
    duck.put("kinds.csv", "kind,class", [["like", "0"], ["star", "1"]].map(|r| r.map(str::to_owned).to_vec()));
    for (file, names) in [("actors.csv", store.actors()), ("targets.csv", store.targets())] {
        duck.put(file, "id,name", names.iter().enumerate().map(|(i, n)| vec![i.to_string(), n.to_owned()]));
    }
}

fn ask_about_pools(duck: &mut Duck<'_>, log: &Log<'_>, pooled: &Pooled, endorsers: u32) {
    let pool = &log.params.pool;
    duck.set("pool_popularity_min", pool.popularity_min);
    duck.set("pool_keys_max", pool.keys_max);
    duck.set("pool_degree_min", pool.degree_min);
    let pair = |a: u32, b: u32| vec![a.to_string(), b.to_string()];
    let seed = log.params.seed;
    let half = |a| pair(a, pool::fold_of(a, log.census, seed) as u32);
    duck.put("account_halves.csv", "actor,half", (0..endorsers).map(half));
    let targets = 0..log.census.popularity.len() as u32;
    let half = |t| pair(t, lists::fold_of(t, log.census, seed) as u32);
    duck.put("target_halves.csv", "target,half", targets.clone().map(half));
    let group = |t: u32| Some(pooled.groups.group[t as usize]).filter(|g| *g != NONE).map(|g| pair(t, g));
    duck.put("groups.csv", "target,grp", targets.filter_map(group));
    let members = log.rings.iter().zip(0..).flat_map(|(of, ring)| of.iter().map(move |a| pair(*a, ring)));
    duck.put("roster.csv", "actor,ring", members);
}

fn ask_about_times(duck: &mut Duck<'_>, one: &[counts::Part], log: &Log<'_>, counted: &Timed) {
    let schedule = &counted.schedule;
    duck.set("degree_min", log.params.lockstep.degree_min);
    duck.set("neighbours_max", log.params.lockstep.neighbours_max);
    duck.set("burst_popularity_min", log.params.burst.popularity_min);
    let folds: BTreeMap<i64, usize> =
        one[0].with(|p, _| p.ts.iter().map(|ts| (schedule.block_of(*ts), schedule.fold_of(*ts))).collect());
    duck.put("folds.csv", "block,fold", folds.iter().map(|(b, f)| vec![b.to_string(), f.to_string()]));
    let scales = counted.roster.scale.iter().enumerate();
    duck.put("rings.csv", "ring,scale", scales.map(|(r, s)| vec![r.to_string(), s.to_string()]));
    duck.put("ages.csv", "age", counts::ages().map(|a| vec![a.to_string()]));
    let spans = counted.spans().into_iter().enumerate();
    duck.put(
        "spans.csv",
        "id,actor,origin,since,until,ts",
        spans.map(|(id, s)| {
            let cells = [id as i64, i64::from(s.account), s.origin, s.from, s.to, s.ts];
            cells.map(|c| c.to_string()).to_vec()
        }),
    );
    let peaks = counted.peaks.iter().map(|p| [i64::from(p.target), p.from, p.to].map(|c| c.to_string()).to_vec());
    duck.put("peaks.csv", "target,since,until", peaks);
}

fn check_store(ledger: &mut Ledger, duck: &Duck<'_>, store: &Store) {
    let facts = store.facts();
    let (actors, targets) = (store.actors(), store.targets());
    let named = |p: &Partition<'_>| -> Vec<String> {
        (0..p.len()).map(|i| row![actors.get(p.actor[i]), targets.get(p.target[i]), p.ts[i]]).collect()
    };
    let all = parts(store);
    let (mut at, mut times) = (BTreeMap::new(), BTreeMap::new());
    for (i, part) in all.iter().enumerate() {
        part.with(|p, _| {
            let keys: Vec<_> = (0..p.len()).map(|r| (p.target[r], p.ts[r], p.actor[r])).collect();
            ledger.holds("a partition is sorted by target, time and account", keys.is_sorted());
            p.targets().for_each(|r| drop(times.insert(p.target[r.start] as usize, p.ts[r].to_vec())));
            let whole = p.target.iter().all(|t| *at.entry(*t).or_insert(i) == i);
            ledger.holds("a target is whole in one partition", whole);
        });
    }
    ledger.rows("endorsements", all.iter().flat_map(|p| p.with(|p, _| named(p))), duck.rows("endorsements"));
    if facts.views > 0 {
        let views = all.iter().flat_map(|p| p.with(|_, v| v.map_or(Vec::new(), &named)));
        ledger.rows("views", views, duck.rows("views"));
    }
    let owner = |t: usize| store.owners().map_or(NONE, |o| o[t]);
    let published = |t: usize| store.published().map_or(NO_TIME, |p| p[t]);
    let owned = targets.iter().enumerate().map(|(t, name)| {
        let owner = Some(owner(t)).filter(|o| *o != NONE).map_or("", |o| actors.get(o));
        row![name, owner, known(published(t), &NO_TIME)]
    });
    ledger.rows("targets, owners and publication", owned, duck.rows("targets"));
    ledger.rows("accounts", actors.iter().map(str::to_owned), duck.rows("accounts"));
    let counted = [
        ("rows", facts.rows as i64),
        ("duplicates", facts.duplicates as i64),
        ("repeats", facts.repeats as i64),
        ("taken_back", facts.taken_back as i64),
        ("idle_take_backs", facts.idle_take_backs as i64),
        ("owner_conflicts", facts.owner_conflicts as i64),
        ("endorsements", facts.endorsements as i64),
        ("views", facts.views as i64),
        ("endorsers", facts.endorsers as i64),
        ("accounts", facts.accounts as i64),
        ("targets", facts.targets as i64),
        ("first_ts", facts.first_ts.unwrap()),
        ("last_ts", facts.last_ts.unwrap()),
    ];
    ledger.rows("facts", counted.map(|(name, n)| row![name, n]), duck.rows("facts"));
    ledger.rows("kinds", facts.kinds.iter().map(|(kind, n)| row![kind, n]), duck.rows("kinds"));

    let census = census(store);
    let first = |ts: i64| known(ts, &NO_TIME);
    let degrees = (0..actors.len()).map(|a| row![a, census.degree[a], first(census.actor_first_ts[a])]);
    ledger.rows("degrees", degrees, duck.rows("degrees"));
    let popularity = (0..targets.len()).map(|t| {
        let n = census.popularity[t];
        let origin = times.get(&t).map_or(String::new(), |ts| census.origin(t as u32, ts).to_string());
        row![t, n, first(census.first_ts[t]), origin, census.author(t as u32)]
    });
    ledger.rows("popularity, origins and authors", popularity, duck.rows("popularity"));
    ledger.equal("canonical order", &duck.rows("disorder"), &Vec::new());
    ledger.equal("sum of degrees", &census.endorsements(), &facts.endorsements);
    ledger.equal("accounts with a degree", &census.endorsers(), &store.endorsers());
}

fn check_survey(ledger: &mut Ledger, duck: &Duck<'_>, counted: &Timed) {
    let (schedule, tempo) = (&counted.schedule, &counted.tempo);
    let plan = row![schedule.first_ts, schedule.last_ts, schedule.block, schedule.resolution];
    ledger.rows("span, block and resolution", [plan], duck.rows("plan"));
    let scales = (0..SCALES).map(|s| row![s, schedule.scales[s].window, schedule.scales[s].tile, schedule.usable[s]]);
    ledger.rows("scales", scales, duck.rows("scales"));
    let reached = counts::ages().map(|age| (age.to_string(), tempo.reached_at(0, age))).collect();
    ledger.numbers("tempo: share reached by an age", &reached, &duck.numbers("reached"), 1e-9);
    let spans = counted.spans();
    let habit = |s: &counts::Span| counted.habits.of(s.account).unwrap();
    let each = |f: &dyn Fn(&counts::Span) -> f64| -> BTreeMap<String, f64> {
        spans.iter().enumerate().map(|(id, s)| (id.to_string(), f(s))).collect()
    };
    let mass = each(&|s| tempo.mass(s.origin, s.from, s.to));
    ledger.numbers("tempo: mass of a span", &mass, &duck.numbers("mass"), 1e-9);
    let by_age = each(&|s| habit(s).by_age(s.origin, s.from, s.to, s.ts));
    ledger.numbers("habits by age", &by_age, &duck.numbers("by_age"), 1e-6);
    let by_clock = each(&|s| habit(s).by_clock(s.from, s.to, s.ts));
    ledger.numbers("habits by the clock", &by_clock, &duck.numbers("by_clock"), 1e-9);
}

/// Keys as (low, high, fold, scale, how often).
fn pairs_of(keys: &PairKeys) -> Vec<String> {
    let mut found: BTreeMap<u64, u32> = BTreeMap::new();
    keys.buckets.iter().flatten().for_each(|key| *found.entry(*key).or_default() += 1);
    let id = |key: u64| key & ((1 << 30) - 1);
    found.iter().map(|(key, n)| row![id(key >> 34), id(key >> 4), key >> 3 & 1, key & 7, n]).collect()
}

/// Whether all keys of a pair and fold are in one bucket.
fn pairs_meet(keys: &PairKeys) -> bool {
    let mut at: BTreeMap<u64, usize> = BTreeMap::new();
    keys.buckets.len() == BUCKETS
        && keys.buckets.iter().enumerate().all(|(b, of)| of.iter().all(|key| *at.entry(key >> 3).or_insert(b) == b))
}

fn check_lockstep(ledger: &mut Ledger, duck: &Duck<'_>, counted: &Timed) {
    let totals = &counted.totals;
    let by_scale = (0..SCALES).flat_map(|s| [0, 1].map(|f| row![s, f, totals.pairs[s][f]]));
    ledger.rows("pair totals by scale and fold", by_scale, duck.rows("pair_totals"));
    ledger.rows("endorsements capped", [row![totals.capped]], duck.rows("capped"));
    ledger.holds("the cap bites somewhere", totals.capped > 0);
    ledger.rows("pair keys", pairs_of(&counted.keys), duck.rows("pair_keys"));
    ledger.holds("keys of a pair share a bucket", pairs_meet(&counted.keys));
    ledger.equal("pair keys in three passes", &pairs_of(&counted.keys_by_pass), &pairs_of(&counted.keys));
    ledger.holds("each pass has its share", counted.passes.iter().all(|n| *n > 0));

    // Where the crowd is too big the count may look away, so a hit is certain or possible.
    let mut known: BTreeMap<(usize, u32, u32), (u32, u32)> = BTreeMap::new();
    for line in duck.rows("hits") {
        let c: Vec<u32> = line.split(" | ").map(|c| c.parse().unwrap()).collect();
        known.insert((c[0] as usize, c[1], c[2]), (c[3], c[4]));
    }
    let hits = (0..2).flat_map(|f| counted.hits[f].hits.iter().map(move |((ring, a), n)| ((f, *ring, *a), *n)));
    let hits: BTreeMap<(usize, u32, u32), u32> = hits.collect();
    let between = |key| {
        let (fewest, most) = known.get(key).copied().unwrap_or((0, 0));
        let n = hits.get(key).copied().unwrap_or(0);
        // What lies within the bounds is not a difference.
        n.clamp(fewest, most)
    };
    let row_of = |key: &(usize, u32, u32), n: u32| row![key.0, key.1, key.2, n];
    let expect = known.keys().map(|key| (key, between(key))).filter(|(_, n)| *n > 0).map(|(key, n)| row_of(key, n));
    ledger.rows("hits of growing by fold, ring and account", hits.iter().map(|(k, n)| row_of(k, *n)), expect.collect());
    let certain = known.values().filter(|(fewest, most)| fewest == most).count();
    ledger.holds("most hits are certain", certain * 2 > known.len());

    let named = ["fold 0", "fold 1", "own scale"].iter().zip(&counted.trials);
    let trials = named.flat_map(|(name, trials)| {
        trials.iter().map(move |t| {
            let before = t.before.map_or(String::new(), |b| b.0.to_string());
            row![name, t.account, t.ring, t.target, t.ts, t.scale, t.in_step, t.others, before]
        })
    });
    ledger.rows("trials", trials, duck.rows("trials"));
    for (name, trials) in ["fold 0", "fold 1", "own scale"].iter().zip(&counted.trials) {
        let both = [true, false].iter().all(|x| trials.iter().any(|t| t.in_step == *x));
        ledger.holds(&format!("{name}: some are in step, some are not"), both);
    }
}

fn check_burst(ledger: &mut Ledger, duck: &Duck<'_>, counted: &Timed) {
    let peaks = &counted.peaks;
    let by_target = |f: &dyn Fn(&touchstone_detect::signals::burst::Peak) -> Option<f64>| -> BTreeMap<String, f64> {
        peaks.iter().filter_map(|p| Some((p.target.to_string(), f(p)?))).collect()
    };
    let rows = peaks.iter().map(|p| row![p.target, p.total, p.observed]);
    ledger.rows("peaks: endorsements of the target and in the window", rows, duck.rows("peaks"));
    let strength = by_target(&|p| Some(p.strength));
    ledger.numbers("peaks: the strongest window", &strength, &duck.numbers("strength"), 1e-6);
    let expected = by_target(&|p| Some(p.expected));
    ledger.numbers("peaks: expected in the window", &expected, &duck.numbers("expected"), 1e-6);
    let by_views = by_target(&|p| p.strength_by_views);
    let oracle = duck.numbers("by_views");
    if !(by_views.is_empty() && oracle.is_empty()) {
        ledger.numbers("peaks: against views", &by_views, &oracle, 1e-9);
    }
    ledger.holds("no window is longer than six hours", peaks.iter().all(|p| (0..=DAY / 4).contains(&(p.to - p.from))));
}

fn check_pools(ledger: &mut Ledger, duck: &Duck<'_>, log: &Log<'_>, pooled: &Pooled) {
    let pool = &log.params.pool;
    let sample = pooled.sample.iter().map(|(account, ts, target)| row![account, ts, target]);
    ledger.rows("pool: endorsements of those paired", sample, duck.rows("sample"));
    // A smaller sample takes accounts whole, and about as many as it should.
    let accounts = |rows: &[(u32, i64, u32)]| -> BTreeSet<u32> { rows.iter().map(|r| r.0).collect() };
    let (all, some) = (accounts(&pooled.sample), accounts(&pooled.third));
    let mut kept: Vec<_> = pooled.sample.iter().copied().filter(|r| some.contains(&r.0)).collect();
    let mut third = pooled.third.clone();
    kept.sort_unstable();
    third.sort_unstable();
    ledger.equal("pool: a sample takes accounts whole", &third, &kept);
    let share = some.len() as f64 / all.len() as f64;
    ledger.holds("pool: a sample of a third is about a third", (0.2..0.5).contains(&share));

    let mut tally: BTreeMap<(usize, u32, u32), u32> = BTreeMap::new();
    for (half, entries) in pooled.tally.iter().enumerate() {
        entries.iter().for_each(|(group, account)| *tally.entry((half, *group, *account)).or_default() += 1);
    }
    let tally = tally.iter().map(|((half, group, account), n)| row![half, group, account, n]);
    ledger.rows("pool: targets of each group an account has", tally, duck.rows("tally"));

    ledger.rows("pool: popularity up to which lists are paired", [row![pooled.most]], duck.rows("most"));
    let cut = log.census.popularity.iter().any(|p| *p > pooled.most);
    ledger.holds("pool: the cap on popularity bites", cut && pooled.most > 8 && pool.keys_max < 100_000);
    let totals = [0, 1].map(|half| row![half, pooled.totals.pairs[0][half]]);
    ledger.rows("pool: pairs that share a target", totals, duck.rows("list_totals"));
    ledger.equal("pool: pairs of other scales", &pooled.totals.total(), &pooled.totals.pairs[0].iter().sum());
    ledger.rows("pool: keys of pairs that share targets", pairs_of(&pooled.keys), duck.rows("list_keys"));
    ledger.holds("pool: keys of a pair share a bucket", pairs_meet(&pooled.keys));

    let verdicts = pooled.verdicts(log);
    let rows = verdicts.iter().map(|(half, e)| row![half, e.group, e.account, e.observed, e.listed]);
    ledger.rows("pool: how much of a ring's list a member has", rows, duck.rows("lists"));
    let expected = verdicts.iter().map(|(half, e)| (format!("{half} {} {}", e.group, e.account), e.expected)).collect();
    ledger.numbers("pool: how much outsiders have", &expected, &duck.numbers("list_expected"), 1e-9);
}
