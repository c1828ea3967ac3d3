//! A simulated world must not give itself away.
//!
//! Features that can't carry information about faking (the order of rows and files, ids, hashes of
//! addresses and devices, rounding of times, arithmetic between dwell, duration and watch fraction,
//! the first and last rows) are compared between fake and authentic, each by itself and all
//! together in two classifiers (logistic regression, boosted trees) that are trained on one half and tested on the other. What clusters by
//! account, device, address or target is compared once for each of them, not once an event.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::statistics::{boost, classify, separation};
use common::{Event, Log, generate, log, scenario};

/// Standard errors beyond which a difference is no accident: of the few hundred comparisons made
/// here, one in a thousand runs would reach it by chance.
const BEYOND_CHANCE: f64 = 4.8;

/// Named features of one kind of subject, and whether it is fake.
struct Subjects {
    what: &'static str,
    names: Vec<&'static str>,
    rows: Vec<(Vec<f64>, bool)>,
}

impl Subjects {
    /// Every feature that separates, and the classifier if it does.
    fn tells(&self) -> Vec<String> {
        let mut tells = Vec::new();
        let fake = self.rows.iter().filter(|row| row.1).count();
        if fake < 60 {
            // A small world may have few attacked targets; the mixed ones have enough of everything.
            return tells;
        }
        for (column, name) in self.names.iter().enumerate() {
            let scores: Vec<(f64, bool)> = self.rows.iter().map(|(row, fake)| (row[column], *fake)).collect();
            let (area, errors) = separation(&scores);
            if errors.abs() > BEYOND_CHANCE {
                tells.push(format!("{}: {name} separates, AUC {area:.4}, {errors:.1} standard errors", self.what));
            }
        }
        // Odd and even rows are as good a split as any: their order carries nothing.
        let half = |odd: usize| -> Vec<(Vec<f64>, bool)> {
            // Enough to learn from; an unoptimised build needs its time.
            let rows = self.rows.iter().skip(odd).step_by(2).cloned();
            let (fakes, others): (Vec<_>, Vec<_>) = rows.partition(|row| row.1);
            // From all over: rows are sorted by name, so that the first of many would share their first digit.
            let some = |rows: Vec<_>, most: usize| {
                let step = rows.len().div_ceil(most).max(1);
                rows.into_iter().step_by(step)
            };
            some(fakes, 5000).chain(some(others, 10_000)).collect()
        };
        let (train, test) = (half(0), half(1));
        for (name, scores) in [("the classifier", classify(&train, &test)), ("the forest", boost(&train, &test))] {
            let (area, errors) = separation(&scores);
            if errors.abs() > BEYOND_CHANCE {
                tells.push(format!("{}: {name} separates, AUC {area:.4}, {errors:.1} standard errors", self.what));
            }
        }
        tells
    }
}

/// Digits of a text as a number; letters count as digits of base 36.
fn number(text: &str, digits: usize) -> f64 {
    let digits = &text[text.len() - digits.min(text.len())..];
    digits.chars().filter_map(|digit| digit.to_digit(36)).fold(0.0, |sum, digit| sum * 36.0 + f64::from(digit))
}

/// The digits of a text, one by one.
fn digits(text: &str) -> Vec<f64> {
    text.chars().filter_map(|digit| digit.to_digit(16)).map(f64::from).collect()
}

/// The same features, with the digits of a name behind them.
const DIGITS: [&str; 16] =
    ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15", "d16"];

fn plain(name: &str) -> f64 {
    name[1..].parse().unwrap()
}

fn hash(text: &str) -> f64 {
    // FNV-1a: any hash will do.
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    (hash >> 40) as f64
}

fn modulo(value: i64, by: i64) -> f64 {
    value.rem_euclid(by) as f64
}

fn likes(log: &Log) -> Subjects {
    let rows = log
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| event.kind == "like")
        .map(|(place, event)| {
            let mut features = vec![
                modulo(place as i64, 2),
                modulo(place as i64, 10),
                // No longer cycle: an order's likes come in clumps of hundreds of rows, which is no tell.
                modulo(place as i64, 16),
                modulo(event.ts, 10),
                modulo(event.ts, 100),
                modulo(event.ts, 1000),
                modulo(event.ts / 1000, 2),
                modulo(event.ts / 1000, 10),
                modulo(event.ts / 1000, 60),
                number(&event.id, 2),
                number(&event.id[..4], 4),
                f64::from(event.retry),
            ];
            features.extend(digits(&event.id));
            (features, event.fake)
        })
        .collect();
    let mut names = vec![
        "row mod 2",
        "row mod 10",
        "row mod 16",
        "ms mod 10",
        "ms mod 100",
        "ms mod 1000",
        "second mod 2",
        "second mod 10",
        "second of the minute",
        "end of the id",
        "start of the id",
        "second copy",
    ];
    names.extend(DIGITS);
    Subjects { what: "likes", names, rows }
}

fn views(log: &Log) -> Subjects {
    let mut rows = Vec::new();
    // All fake ones, and enough of the others.
    let compared = |event: &&Event| event.kind == "view" && (event.fake || number(&event.id, 1) < 2.0);
    for event in log.events.iter().filter(compared) {
        let (Some(dwell), Some(fraction)) = (event.dwell_ms, event.watch_fraction) else { continue };
        let duration = log.contents[&event.target].duration_ms;
        let left = dwell as f64 - fraction * duration as f64;
        let thousandths = (fraction * 1e4).round() as i64;
        rows.push((
            vec![
                modulo(dwell, 10),
                modulo(dwell, 100),
                modulo(thousandths, 10),
                modulo(thousandths, 100),
                // Waiting: the median is a third of a second, so its digits are not all alike.
                modulo(left.round() as i64, 10),
                left.clamp(-100.0, 20_000.0),
                f64::from(dwell == duration),
                f64::from(thousandths == 10_000),
                f64::from(thousandths >= 40_000),
                f64::from(thousandths > 10_000 && thousandths < 10_100),
                modulo(event.ts, 1000),
            ],
            event.fake,
        ));
    }
    let names = vec![
        "dwell mod 10",
        "dwell mod 100",
        "fraction's last digit",
        "fraction's last two digits",
        "dwell minus fraction times duration, mod 10",
        "dwell minus fraction times duration",
        "dwell is duration",
        "fraction is one",
        "fraction is the most",
        "fraction just over one",
        "ms mod 1000",
    ];
    Subjects { what: "views", names, rows }
}

/// Devices, addresses and sessions by the hash of their name; fake where they placed a fake like.
fn places(log: &Log, what: &'static str, name: impl Fn(&Event) -> &str) -> Subjects {
    let mut fake: BTreeMap<&str, bool> = BTreeMap::new();
    for event in log.events.iter().filter(|event| event.kind == "like" && !name(event).is_empty()) {
        *fake.entry(name(event)).or_default() |= event.fake;
    }
    let rows: Vec<(Vec<f64>, bool)> = fake
        .into_iter()
        .map(|(name, fake)| {
            let mut features = vec![hash(name), hash(name) % 2.0, number(name, 1)];
            // What an address says of the network is no accident.
            features.extend(if name.contains('.') { Vec::new() } else { digits(name) });
            (features, fake)
        })
        .collect();
    let mut names = vec!["hash", "hash mod 2", "last digit"];
    names.extend(&DIGITS[..rows.first().map_or(0, |row| row.0.len() - 3)]);
    Subjects { what, names, rows }
}

/// Sessions by whether they stand below later rows; fake where they placed a fake like.
fn lateness(log: &Log) -> Subjects {
    let mut sessions: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    let mut latest = i64::MIN / 2;
    for event in &log.events {
        // Beyond what a wrong clock explains.
        let late = event.ts < latest - 660_000;
        latest = latest.max(event.ts);
        if event.kind == "like" {
            let session = sessions.entry(&event.session).or_default();
            *session = (session.0 | late, session.1 | event.fake);
        }
    }
    let rows = sessions.into_values().map(|(late, fake)| (vec![f64::from(late)], fake));
    Subjects { what: "sessions", names: vec!["late"], rows: rows.collect() }
}

/// The last octet, once for each block of 256 addresses.
fn blocks(log: &Log) -> Subjects {
    let mut blocks: BTreeMap<&str, (f64, bool)> = BTreeMap::new();
    for event in log.events.iter().filter(|event| event.kind == "like") {
        let (block, octet) = event.ip.rsplit_once('.').unwrap();
        let seen = blocks.entry(block).or_insert((octet.parse().unwrap(), false));
        seen.1 |= event.fake;
    }
    let rows = blocks.into_values().map(|(octet, fake)| (vec![octet, octet % 2.0, (octet - 127.5).abs()], fake));
    Subjects { what: "blocks of addresses", names: vec!["last octet", "odd", "from the middle"], rows: rows.collect() }
}

fn accounts(log: &Log) -> Subjects {
    let rows = log
        .accounts
        .iter()
        .enumerate()
        .map(|(place, account)| {
            let features = vec![
                place as f64,
                modulo(place as i64, 2),
                plain(&account.name),
                plain(&account.name) % 10.0,
                modulo(account.created_at, 10),
                modulo(account.created_at, 1000),
                modulo(account.created_at / 1000, 10),
                modulo(account.created_at / 1000, 60),
            ];
            (features, account.role == "operated")
        })
        .collect();
    let names = vec![
        "place in the file",
        "place mod 2",
        "number",
        "last digit",
        "created ms mod 10",
        "created ms mod 1000",
        "created second mod 10",
        "created second of the minute",
    ];
    Subjects { what: "accounts", names, rows }
}

fn targets(log: &Log) -> Subjects {
    let mut rows = Vec::new();
    for target in log.targets.iter().filter(|target| target.reported > 0) {
        let content = &log.contents[&target.name];
        let features = vec![
            content.place as f64,
            modulo(content.place as i64, 2),
            plain(&target.name),
            modulo(content.published_at, 1000),
            modulo(content.published_at / 1000, 60),
            modulo(content.duration_ms, 10),
            modulo(content.duration_ms, 1000),
        ];
        rows.push((features, target.attacked));
    }
    let names = vec![
        "place in the file",
        "place mod 2",
        "number",
        "published ms mod 1000",
        "published second of the minute",
        "duration mod 10",
        "duration mod 1000",
    ];
    Subjects { what: "targets", names, rows }
}

fn tells(log: &Log) -> Vec<String> {
    [
        likes(log),
        views(log),
        places(log, "devices", |event| &event.device),
        places(log, "addresses", |event| &event.ip),
        places(log, "sessions", |event| &event.session),
        lateness(log),
        blocks(log),
        homes(log),
        accounts(log),
        targets(log),
    ]
    .iter()
    .flat_map(Subjects::tells)
    .collect()
}

#[test]
fn nuisance_features_tell_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for (name, seed) in [("mixed", 11), ("mixed", 12), ("farm-evasive", 13), ("farm-burst", 14)] {
        let out = dir.path().join(format!("{name}-{seed}"));
        generate(&scenario(name, 6000, 21), seed, &out);
        let found = tells(&log(&out));
        assert!(found.is_empty(), "{name}, seed {seed}:\n{}", found.join("\n"));
    }
}

/// Homes by what stands behind their provider's range: exits of proxies lie where homes do.
fn homes(log: &Log) -> Subjects {
    let mut homes: BTreeMap<&str, bool> = BTreeMap::new();
    for event in log.events.iter().filter(|event| event.kind == "like") {
        if event.ip.split('.').next().is_some_and(|first| (24..100).contains(&first.parse::<u32>().unwrap())) {
            *homes.entry(&event.ip).or_default() |= event.fake;
        }
    }
    let rows = homes.into_iter().map(|(ip, fake)| {
        let octets: Vec<f64> = ip.split('.').map(|octet| octet.parse().unwrap()).collect();
        (vec![octets[1] % 16.0, octets[2], octets[3], octets[3] % 2.0, octets[3] % 10.0], fake)
    });
    let names = vec!["second octet mod 16", "third octet", "last octet", "odd", "last octet mod 10"];
    Subjects { what: "homes", names, rows: rows.collect() }
}

#[test]
fn first_and_last_rows_are_like_others() {
    let dir = tempfile::tempdir().unwrap();
    let (mut edge, mut edge_fakes, mut all, mut all_fakes) = (0.0, 0.0, 0.0, 0.0);
    for seed in 0..8 {
        let out = dir.path().join(seed.to_string());
        generate(&scenario("mixed", 1500, 7), seed, &out);
        let log = log(&out);
        let fakes = |events: &[Event]| events.iter().filter(|event| event.fake).count() as f64;
        for events in [&log.events[..15], &log.events[log.events.len() - 15..]] {
            edge += events.len() as f64;
            edge_fakes += fakes(events);
        }
        all += log.events.len() as f64;
        all_fakes += fakes(&log.events);
    }
    let share = all_fakes / all;
    // Rows of one order come together: their count varies several times as much as a binomial.
    let error = 4.0 * (share * (1.0 - share) / edge).sqrt();
    assert!(edge_fakes / edge < share + 3.0 * error, "{edge_fakes} of {edge} at the edges, {share:.3} overall");
}

/// A log is a window on a world that was there before and goes on: nothing begins with its first second.
#[test]
fn the_edges_of_the_log_are_no_edges_of_the_world() {
    let dir = tempfile::tempdir().unwrap();
    let world = scenario("plain", 8000, 28);
    generate(&world, 3, &dir.path().join("plain"));
    let plain = log(&dir.path().join("plain"));
    let start_ms = world.start_seconds * 1000;
    let opened = |from: i64, to: i64| {
        let within = (start_ms + from * 86_400_000)..(start_ms + to * 86_400_000);
        plain.accounts.iter().filter(|account| within.contains(&account.created_at)).count() as f64
    };
    let (before, after) = (opened(-20, 0), opened(0, 20));
    // Four standard deviations of the difference of two counts.
    assert!((before - after).abs() < 4.0 * (before + after).sqrt(), "{before} accounts before the log, {after} in it");

    for (name, reason) in [("exchange", "task"), ("pod", "pod"), ("null", "courtesy")] {
        let out = dir.path().join(name);
        generate(&scenario(name, 6000, 21), 4, &out);
        let log = log(&out);
        let mut days = [0.0; 21];
        let placed = log.events.iter().filter(|event| event.kind == "like" && event.reason == reason);
        for event in placed {
            days[((event.ts - start_ms) / 86_400_000).clamp(0, 20) as usize] += 1.0;
        }
        let mean = |days: &[f64]| days.iter().sum::<f64>() / days.len() as f64;
        let ratio = mean(&days[..3]) / mean(&days[3..]);
        assert!((0.6..1.6).contains(&ratio), "{reason}: {ratio:.2} times as many in the first days as later, {days:?}");
    }
}

/// The test of the test: small planted tells are found.
#[test]
fn planted_tells_are_found() {
    let dir = tempfile::tempdir().unwrap();
    generate(&scenario("mixed", 3000, 21), 15, dir.path());
    let found = |plant: &dyn Fn(&mut Log)| -> BTreeSet<String> {
        let mut log = log(dir.path());
        plant(&mut log);
        tells(&log).iter().map(|tell| tell.split(',').next().unwrap().to_owned()).collect()
    };
    let none = found(&|_| {});
    assert!(none.is_empty(), "{none:?}");
    // One fake like in eight at a full tenth of a second.
    let rounded = found(&|log| {
        for event in log.events.iter_mut().filter(|event| event.fake && event.id.ends_with(['3', '7'])) {
            event.ts -= event.ts.rem_euclid(100);
        }
    });
    assert!(rounded.contains("likes: ms mod 100 separates"), "{rounded:?}");
    // A script whose clock does not wait.
    let exact = found(&|log| {
        let contents = &log.contents;
        for event in log.events.iter_mut().filter(|event| event.fake) {
            let Some(fraction) = event.watch_fraction else { continue };
            event.dwell_ms = Some((fraction * contents[&event.target].duration_ms as f64).round() as i64);
        }
    });
    assert!(exact.iter().any(|tell| tell.starts_with("views: dwell minus fraction times duration")), "{exact:?}");
    // Accounts of services at the end of the file.
    let appended = found(&|log| log.accounts.sort_by_key(|account| account.role == "operated"));
    assert!(appended.contains("accounts: place in the file separates"), "{appended:?}");
    // Two digits of an id that agree too often: no digit by itself tells.
    let agreeing = found(&|log| {
        for event in log.events.iter_mut().filter(|event| event.fake && event.kind == "like") {
            if event.id.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']) {
                let digit = if event.id.as_bytes()[0] < b'8' { "2" } else { "c" };
                event.id.replace_range(1..2, digit);
            }
        }
    });
    assert!(agreeing.iter().any(|tell| tell.starts_with("likes: ")), "{agreeing:?}");
}
