//! Generated logs: exact size, exact bytes, and rings that do what they are said to do.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use touchstone_sim::{ScaleError, ScaleOptions, ScaleReport, scale};

type Row = (i64, String, String);

fn rows(dir: &Path) -> Vec<Row> {
    let file = File::open(dir.join("events.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let actors = batch.column(0).as_string::<i32>();
        let targets = batch.column(1).as_string::<i32>();
        let times = batch.column(2).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            rows.push((times.value(row), actors.value(row).to_owned(), targets.value(row).to_owned()));
        }
    }
    rows
}

fn records(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

fn generate(options: &ScaleOptions, threads: usize) -> ScaleReport {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| scale(options)).unwrap()
}

#[test]
fn same_seed_same_bytes_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let files = ["events.parquet", "truth_accounts.csv", "truth_orders.csv", "scale.json"];
    let read = |name: &str| files.map(|file| fs::read(dir.path().join(name).join(file)).unwrap());
    for (name, seed, threads) in [("one", 3, 1), ("four", 3, 4), ("other", 4, 4)] {
        generate(&ScaleOptions::new(60_000, seed, dir.path().join(name)), threads);
    }
    assert!(read("one") == read("four"), "threads changed the bytes");
    assert!(read("one") != read("other"), "the seed changed nothing");
    let left: Vec<_> = fs::read_dir(dir.path().join("one")).unwrap().collect();
    assert_eq!(left.len(), files.len(), "only the finished files stay");
}

#[test]
fn a_log_is_what_the_report_says() {
    let dir = tempfile::tempdir().unwrap();
    let options = ScaleOptions::new(200_000, 11, dir.path());
    let report = generate(&options, 2);
    let rows = rows(dir.path());
    assert_eq!(rows.len(), 200_000);
    assert_eq!(report.events, 200_000);
    assert!(rows.is_sorted_by_key(|(ts, _, _)| *ts));
    let end = options.start_seconds + 28 * 86_400;
    assert!(rows.iter().all(|(ts, _, _)| (options.start_seconds..end).contains(ts)));

    let fake = report.order_events + report.cover_events;
    assert!((9_500..=10_000).contains(&fake), "one in twenty comes from rings: {fake}");
    let listed = records(&dir.path().join("truth_accounts.csv"));
    assert_eq!(listed.len() as u64, report.ring_accounts);
    let members: HashMap<&str, &str> = listed.iter().map(|row| (&row[0], &row[2])).collect();
    assert_eq!(members.len() as u64, report.ring_accounts, "an account is in one ring");

    // Every order is in the log: its members, on its target, within its window.
    let mut by_target: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in &rows {
        by_target.entry(&row.2).or_default().push(row);
    }
    let orders = records(&dir.path().join("truth_orders.csv"));
    assert_eq!(orders.len() as u64, report.orders);
    for order in &orders {
        let number = |place: usize| order[place].parse::<i64>().unwrap();
        let window = number(2)..number(2) + number(3);
        let joined = by_target[&order[1]]
            .iter()
            .filter(|row| window.contains(&row.0) && members.get(&*row.1) == Some(&&order[0]))
            .map(|row| &row.1)
            .collect::<HashSet<_>>();
        assert!(joined.len() as i64 >= number(4), "{order:?}: {}", joined.len());
    }
}

#[test]
fn popularity_activity_and_the_day_are_uneven() {
    let dir = tempfile::tempdir().unwrap();
    generate(&ScaleOptions::new(200_000, 5, dir.path()), 2);
    let rows = rows(dir.path());
    let top_tenth_share = |key: fn(&Row) -> &String| {
        let mut counts: HashMap<&String, usize> = HashMap::new();
        for row in &rows {
            *counts.entry(key(row)).or_default() += 1;
        }
        let mut counts: Vec<usize> = counts.values().copied().collect();
        counts.sort_unstable();
        let tenth = counts.len() / 10;
        counts.iter().rev().take(tenth).sum::<usize>() as f64 / rows.len() as f64
    };
    assert!(top_tenth_share(|row| &row.1) > 0.25);
    assert!(top_tenth_share(|row| &row.2) > 0.5);
    let mut hours = [0_u32; 24];
    for (ts, _, _) in &rows {
        hours[(ts.rem_euclid(86_400) / 3600) as usize] += 1;
    }
    assert!(hours[21] > 5 * hours[9], "{hours:?}");
}

#[test]
fn names_do_not_tell_rings() {
    let dir = tempfile::tempdir().unwrap();
    let report = generate(&ScaleOptions::new(400_000, 6, dir.path()), 2);
    let numbers: Vec<f64> =
        records(&dir.path().join("truth_accounts.csv")).iter().map(|row| row[0][1..].parse().unwrap()).collect();
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64 / report.accounts as f64;
    // Uniform over the names: mean 1/2, standard error 0.29 / sqrt(n).
    assert!((mean - 0.5).abs() < 5.0 * 0.29 / (numbers.len() as f64).sqrt(), "{mean}");
}

#[test]
fn wrong_options_name_themselves() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = ScaleOptions::new(0, 1, dir.path().join("never"));
    assert!(matches!(scale(&options), Err(ScaleError::Option { option: "events", .. })));
    options.events = 10;
    options.window_seconds = (600, 60);
    assert!(matches!(scale(&options), Err(ScaleError::Option { option: "window_seconds", .. })));
    assert!(!options.out.exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any small world has exactly the rows asked for, in order and in time.
    #[test]
    fn exact_size(events in 1_u64..3000, seed: u64, days in 1_u32..4, ring_share in 0.0..0.9_f64) {
        let dir = tempfile::tempdir().unwrap();
        let mut options = ScaleOptions::new(events, seed, dir.path());
        options.days = days;
        options.ring_share = ring_share;
        options.ring_accounts = (2, 9);
        let report = scale(&options).unwrap();
        let rows = rows(dir.path());
        prop_assert_eq!(rows.len() as u64, events);
        prop_assert_eq!(report.events, events);
        prop_assert!(rows.is_sorted_by_key(|row| row.0));
        let end = options.start_seconds + i64::from(days) * 86_400;
        prop_assert!(rows.iter().all(|row| (options.start_seconds..end).contains(&row.0)));
    }
}
