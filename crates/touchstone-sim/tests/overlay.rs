//! Overlays: the host stays, the fakes' joint structure stays, and nothing tells them apart.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;
use touchstone_sim::log::Log;
use touchstone_sim::random::Random;
use touchstone_sim::{OverlayError, OverlayFormat, OverlayOptions, OverlayReport, overlay};

const START: i64 = 1_600_000_000;

/// A host of ten days: 40 targets of falling popularity, sparse integer accounts.
fn host(seed: u64) -> String {
    let mut random = Random::stream(seed, 1, 1);
    let mut text = "actor,target,ts,kind,owner,note\n".to_owned();
    for target in 0..40_u64 {
        for _ in 0..(600 / (target + 1)).max(8) {
            let actor = 1000 + 7 * random.below(900);
            let ts = START + random.below(10 * 86_400) as i64;
            let kind = if random.unit() < 0.8 { "RT" } else { "MT" };
            writeln!(text, "{actor},t{target},{ts},{kind},o{},x", target / 3).unwrap();
        }
    }
    text
}

/// Fakes of another year: accounts that act together on `targets` targets, at a grain in seconds.
fn fakes(seed: u64, targets: u64, grain: i64, days: u64) -> String {
    let mut random = Random::stream(seed, 2, 2);
    let mut text = "actor,target,ts,kind,label\n".to_owned();
    for target in 0..targets {
        for burst in 0..3 {
            let first = START * 2 / 3 + random.below(days * 86_400) as i64 + burst * 500;
            for account in 0..8 {
                if random.unit() < 0.7 {
                    let ts = (first + random.below(200) as i64) / grain * grain;
                    writeln!(text, "bot-{account},fake{target},{ts},star,1").unwrap();
                }
            }
        }
    }
    text
}

struct Case {
    dir: tempfile::TempDir,
    options: OverlayOptions,
}

fn case(host: &str, fakes: &str, seed: u64) -> Case {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("host.csv"), host).unwrap();
    fs::write(dir.path().join("fakes.csv"), fakes).unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut options = OverlayOptions::new(path("host.csv"), path("fakes.csv"), seed, path("out"));
    options.host_endorse = vec!["RT".to_owned()];
    Case { dir, options }
}

impl Case {
    fn run(&self) -> OverlayReport {
        overlay(&self.options).unwrap()
    }

    fn table(&self, name: &str) -> Vec<csv::StringRecord> {
        table(&self.options.out.join(name))
    }
}

fn table(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

/// Pairs of events within a minute on one target, counted by pair of accounts.
fn joint_pairs(rows: &[(String, String, i64)]) -> BTreeMap<(String, String), u64> {
    let mut pairs = BTreeMap::new();
    for (place, left) in rows.iter().enumerate() {
        for right in &rows[place + 1..] {
            if left.1 == right.1 && left.0 != right.0 && (left.2 - right.2).abs() <= 60 {
                let (one, two) = (left.0.clone().min(right.0.clone()), left.0.clone().max(right.0.clone()));
                *pairs.entry((one, two)).or_default() += 1;
            }
        }
    }
    pairs
}

/// The fake rows of a result under their source names, and those of the source.
fn both_sides(case: &Case, fakes: &str) -> [Vec<(String, String, i64)>; 2] {
    let source: HashMap<String, String> = case
        .table("truth_accounts.csv")
        .iter()
        .filter(|row| &row[1] == "fake")
        .map(|row| (row[0].to_owned(), row[2].to_owned()))
        .collect();
    let after = case
        .table("truth_events.csv")
        .iter()
        .filter(|row| &row[3] == "1")
        .map(|row| (source[&row[0]].clone(), row[1].to_owned(), row[2].parse().unwrap()))
        .collect();
    let before = csv::Reader::from_reader(fakes.as_bytes())
        .records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].parse().unwrap()))
        .collect();
    [before, after]
}

#[test]
fn the_host_is_unchanged_and_the_fakes_complete() {
    let (host, fakes) = (host(1), fakes(1, 12, 1, 3));
    let case = case(&host, &fakes, 7);
    let report = case.run();
    let truth = case.table("truth_events.csv");
    let events = case.table("events.csv");
    assert_eq!(events.len(), truth.len());

    let mut kept: Vec<String> = Vec::new();
    for (event, truth) in events.iter().zip(&truth) {
        assert_eq!([&event[0], &event[1], &event[2]], [&truth[0], &truth[1], &truth[2]]);
        if &truth[3] == "0" {
            kept.push(event.iter().collect::<Vec<_>>().join(","));
        }
    }
    let mut given: Vec<String> = host.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect();
    kept.sort();
    given.sort();
    assert_eq!(kept, given);
    assert_eq!(report.fake_events as usize, fakes.lines().count() - 1);
    assert_eq!(report.events_left_out, 0);
    assert_eq!(report.fake_targets, 12);
    assert_eq!(report.columns_dropped, ["note"]);
}

#[test]
fn joint_action_is_conserved_exactly_where_trains_stay_whole() {
    for grain in [1, 10, 60] {
        let fakes = fakes(2, 15, grain, 5);
        let case = case(&host(2), &fakes, 3);
        let report = case.run();
        assert_eq!(report.trains_split, 0);
        let [before, after] = both_sides(&case, &fakes);
        assert_eq!(joint_pairs(&before), joint_pairs(&after), "grain {grain}");
        assert_eq!(report.joint_pairs_source, joint_pairs(&before).values().sum::<u64>());
        assert_eq!(report.joint_pairs_overlay, report.joint_pairs_source);
    }
}

#[test]
fn fakes_finer_than_the_host_are_rounded_to_its_grain() {
    let mut coarse = "actor,target,ts,kind\n".to_owned();
    for line in host(10).lines().skip(1) {
        let row: Vec<&str> = line.split(',').collect();
        let minute = row[2].parse::<i64>().unwrap() / 60 * 60;
        writeln!(coarse, "{},{},{minute},{}", row[0], row[1], row[3]).unwrap();
    }
    let fakes = fakes(10, 10, 1, 3);
    let case = case(&coarse, &fakes, 4);
    assert_eq!(case.run().host_precision_micros, 60_000_000);
    let [before, after] = both_sides(&case, &fakes);
    assert!(after.iter().all(|row| row.2 % 60 == 0));
    let after = joint_pairs(&after);
    for (pair, count) in joint_pairs(&before) {
        assert!(after.get(&pair).is_some_and(|&now| now >= count), "{pair:?}");
    }
}

#[test]
fn trains_longer_than_the_host_are_cut_and_keep_their_joint_action() {
    let fakes = fakes(3, 6, 1, 400);
    let case = case(&host(3), &fakes, 3);
    let report = case.run();
    assert!(report.trains_split > 0 && report.parts > 6);
    let [before, after] = both_sides(&case, &fakes);
    let after = joint_pairs(&after);
    for (pair, count) in joint_pairs(&before) {
        assert!(after.get(&pair).is_some_and(|&now| now >= count), "{pair:?}");
    }
}

#[test]
fn nothing_tells_fakes_apart() {
    let fakes = fakes(4, 20, 60, 5);
    let case = case(&host(4), &fakes, 9);
    case.run();
    let events = case.table("events.csv");
    let truth = case.table("truth_events.csv");
    let fake_rows: Vec<_> =
        events.iter().zip(&truth).filter(|(_, truth)| &truth[3] == "1").map(|(row, _)| row).collect();

    // Order: by time, actor and target alone.
    let key = |row: &csv::StringRecord| (row[2].parse::<i64>().unwrap(), row[0].to_owned(), row[1].to_owned());
    assert!(events.iter().map(key).is_sorted());

    let accounts: HashSet<&str> = fake_rows.iter().map(|row| &row[0]).collect();
    assert_eq!(accounts.len(), 8);
    let hosts: HashSet<&str> =
        events.iter().zip(&truth).filter(|(_, t)| &t[3] == "0").map(|(row, _)| &row[0]).collect();
    let range = |set: &HashSet<&str>| {
        let numbers = || set.iter().map(|name| name.parse::<u64>().unwrap());
        (numbers().min().unwrap(), numbers().max().unwrap())
    };
    let ((low, high), (fake_low, fake_high)) = (range(&hosts), range(&accounts));
    assert!(low < fake_low && fake_high < high, "names lie in the host's range");
    assert!(accounts.is_disjoint(&hosts));

    // Minutes became seconds: every second of the minute occurs, none too often.
    let mut seconds = [0_u32; 60];
    for row in &fake_rows {
        seconds[(key(row).0 % 60) as usize] += 1;
    }
    let most = *seconds.iter().max().unwrap() as usize;
    assert!(most < fake_rows.len() / 10, "{seconds:?}");

    // Kinds, owners and the first and last second are the host's.
    let owner_of: HashMap<&str, &str> = events.iter().map(|row| (&row[1], &row[4])).collect();
    let times = || events.iter().zip(&truth).filter(|(_, t)| &t[3] == "0").map(|(row, _)| key(row).0);
    let (first, last) = (times().min().unwrap(), times().max().unwrap());
    for row in fake_rows {
        assert_eq!(&row[3], "RT");
        assert_eq!(&row[4], owner_of[&row[1]]);
        assert!((first..=last).contains(&key(row).0));
    }
}

#[test]
fn same_seed_same_bytes_whatever_the_order_of_rows_and_threads() {
    let (host, fakes) = (host(5), fakes(5, 10, 1, 30));
    let shuffled = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        Random::stream(8, 8, 8).shuffle(&mut lines[1..]);
        lines.join("\n")
    };
    let mut one = case(&host, &fakes, 5);
    let mut two = case(&shuffled(&host), &shuffled(&fakes), 5);
    let mut three = case(&host, &fakes, 6);
    for (case, threads) in [(&mut one, 1), (&mut two, 4), (&mut three, 4)] {
        case.options.max_accounts = Some(6);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| case.run());
    }
    for name in ["events.csv", "truth_events.csv", "truth_accounts.csv", "overlay.json"] {
        let read = |case: &Case| fs::read(case.options.out.join(name)).unwrap();
        assert!(read(&one) == read(&two), "{name}");
        assert!(read(&one) != read(&three), "{name}");
    }
}

#[test]
fn formats_agree() {
    let (host, fakes) = (host(6), fakes(6, 10, 1, 3));
    let mut case = case(&host, &fakes, 5);
    let packed = case.dir.path().join("host.csv.gz");
    let mut gz = flate2::write::GzEncoder::new(fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gz.write_all(host.as_bytes()).unwrap();
    gz.finish().unwrap();
    let plain = case.run();
    case.options.host = packed;
    case.options.format = OverlayFormat::Parquet;
    assert_eq!(case.run(), plain);

    let read = |name: &str| {
        let log = Log::read(&case.options.out.join(name), &Default::default()).unwrap();
        let row = |event: &touchstone_sim::log::Event| {
            let names = (log.actors.name(event.actor), log.targets.name(event.target));
            let more = (log.kinds.name(event.kind), log.owners.name(event.owner));
            format!("{names:?} {} {more:?}", event.ts_micros)
        };
        log.events.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(read("events.csv"), read("events.parquet"));
}

#[test]
fn limits_are_kept() {
    let (host, fakes) = (host(7), fakes(7, 60, 1, 3));
    let mut case = case(&host, &fakes, 5);
    // Only 40 targets, of which those with 10 endorsements of the kind asked for are popular.
    let report = case.run();
    assert!(report.fake_targets < 40 && report.targets_left_out > 20);
    assert_eq!(report.fake_targets + report.targets_left_out, 60);
    case.options.max_accounts = Some(3);
    case.options.max_targets = Some(5);
    case.options.window_days = Some(1.0);
    let report = case.run();
    assert!(report.fake_accounts <= 3 && report.fake_targets <= 5);
}

#[test]
fn mistakes_name_their_remedy() {
    fn check(change: impl Fn(&mut OverlayOptions), host: &str, expect: &str) {
        let mut case = case(host, &fakes(8, 3, 1, 3), 5);
        change(&mut case.options);
        let error = overlay(&case.options).unwrap_err();
        let mut text = error.to_string();
        if let OverlayError::Log { source, .. } = &error {
            write!(text, ": {source}").unwrap();
        }
        assert!(text.contains(expect), "{text:?} lacks {expect:?}");
        assert!(!case.options.out.exists(), "nothing is left");
    }
    let good = host(8);
    check(|options| options.host_endorse.clear(), &good, "--host-endorse");
    check(|options| options.host_endorse = vec!["like".into()], &good, "RT (");
    check(|options| options.window_days = Some(0.0), &good, "window-days");
    check(|options| options.host_target_events_min = 1_000_000, &good, "host-target-events-min");
    check(|_| {}, "who,target,ts\n1,2,3\n", "has no column \"actor\"");
    check(|_| {}, "actor,target,ts\n", "no events");
    check(|_| {}, "actor,target,ts\n1,2,soon\n", "first at row 1: no readable time");
    check(|options| options.host = "host.txt".into(), &good, "format");
    check(|options| options.host.set_file_name("absent.csv"), &good, "absent.csv");

    let mut dense = "actor,target,ts,kind\n".to_owned();
    for actor in 0..50 {
        writeln!(dense, "{actor},t,{},RT", START + actor * 9000).unwrap();
    }
    check(|_| {}, &dense, "--rename-all");
    let mut case = case(&dense, &fakes(8, 3, 1, 3), 5);
    case.options.rename_all = true;
    case.run();
    let names = case.table("truth_accounts.csv");
    assert!(names.iter().all(|row| row[0].len() == 12));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the fakes, grains and spans: no joint pair is lost, no row leaves the host's time.
    #[test]
    fn joint_pairs_survive(
        seed: u64,
        grain in prop::sample::select(vec![1_i64, 2, 7, 10, 30, 60]),
        rows in prop::collection::vec((0_u8..5, 0_u8..4, 0_i64..2_000_000), 1..80),
    ) {
        let mut text = "actor,target,ts\n".to_owned();
        for (account, target, ts) in rows {
            // Squeezed unevenly, so that chains, ties and long gaps all occur.
            let ts = if ts % 3 == 0 { ts } else { ts % 900 };
            writeln!(text, "b{account},f{target},{}", (START / 2 + ts) / grain * grain).unwrap();
        }
        let case = case(&host(9), &text, seed);
        case.run();
        let [before, after] = both_sides(&case, &text);
        prop_assert_eq!(before.len(), after.len());
        let after_pairs = joint_pairs(&after);
        for (pair, count) in joint_pairs(&before) {
            prop_assert!(after_pairs.get(&pair).is_some_and(|&now| now >= count), "{:?}", pair);
        }
        let last = START + 10 * 86_400;
        prop_assert!(after.iter().all(|row| (START..last).contains(&row.2)));
    }
}
