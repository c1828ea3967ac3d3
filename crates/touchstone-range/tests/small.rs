//! A small range in every test run: a null world in which anybody is accused fails at once, and a
//! mixed world in which the detector does worse than it did, beyond the noise between seeds.
//!
//! The figures to hold are in `tests/expected.json`; after a change that is meant to move them:
//! `TOUCHSTONE_RANGE_REFRESH=1 cargo test --release -p touchstone-range --test small`.
//! All worlds are drawn for tuning: nothing here touches a reporting seed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use touchstone_range::ablation::WHOLE;
use touchstone_range::baselines::BASELINES;
use touchstone_range::columns::Columns;
use touchstone_range::measured::Measured;
use touchstone_range::program::Program;
use touchstone_range::purpose::{Seed, Tuning};
use touchstone_range::run::{Outcome, Row, Size, TOUCHSTONE, World, run};
use touchstone_range::statistics::{deviation, mean};

const SIZE: Size = Size { users: 3000, days: 14 };
const SEEDS: u32 = 3;
/// Changes smaller than this are never a regression: worlds of this size can't tell.
const TOLERANCE_MIN: f64 = 0.02;

fn world(scenario: &str, index: u32, columns: &[Columns], baselines: bool) -> World<Tuning> {
    let seed = Seed::new(scenario, index);
    World { scenario: scenario.into(), seed, size: SIZE, columns: columns.to_vec(), baselines, variants: &WHOLE }
}

fn rows(worlds: impl IntoIterator<Item = World<Tuning>>) -> Vec<Row> {
    let program = Program::built().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    worlds.into_iter().flat_map(|world| run(&world, &program, scratch.path()).unwrap().0).collect()
}

#[test]
fn nobody_is_accused_where_nobody_fakes() {
    let columns = [Columns::All, Columns::Owner, Columns::Three];
    for row in rows((0..SEEDS).map(|index| world("null", index, &columns, false))) {
        let measured = row.result.measured().unwrap();
        assert_eq!(
            measured.precision.of,
            0,
            "seed {}, columns {}: {} innocents accused by the detector",
            row.seed,
            row.columns.name(),
            measured.precision.of
        );
    }
}

/// A figure's mean over worlds and its standard deviation between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Figure {
    mean: f64,
    deviation: f64,
}

/// What is held, by column set and name.
type Figures = BTreeMap<String, BTreeMap<String, Figure>>;

/// Figures of which more is better.
fn figures(measured: &Measured) -> Vec<(String, f64)> {
    let mut figures = vec![
        ("recall".to_owned(), measured.recall.value().unwrap_or(0.0)),
        // Nobody accused: nobody accused wrongly.
        ("precision".to_owned(), measured.precision.value().unwrap_or(1.0)),
        ("average precision".to_owned(), measured.average_precision.unwrap_or(0.0)),
    ];
    for (attack, share) in &measured.attacks {
        figures.extend(share.value().map(|value| (format!("found: {attack}"), value)));
    }
    figures
}

fn collect(rows: &[Row]) -> Figures {
    let mut values: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for row in rows {
        for (name, value) in figures(row.result.measured().unwrap()) {
            values.entry((row.columns.name().to_owned(), name)).or_default().push(value);
        }
    }
    let mut figures = Figures::new();
    for ((columns, name), values) in values {
        let mean = mean(&values).unwrap().0;
        // Digits that a reader of the file can hold.
        let round = |value: f64| (value * 1e4).round() / 1e4;
        let figure = Figure { mean: round(mean), deviation: round(deviation(&values)) };
        figures.entry(columns).or_default().insert(name, figure);
    }
    figures
}

/// All that is worse than expected by more than three standard errors of the mean.
fn regressions(expected: &Figures, found: &Figures) -> Vec<String> {
    let mut worse = Vec::new();
    for (columns, figures) in expected {
        for (name, expected) in figures {
            let Some(found) = found.get(columns).and_then(|figures| figures.get(name)) else {
                worse.push(format!("{columns}, {name}: gone"));
                continue;
            };
            let tolerance = (3.0 * expected.deviation / f64::from(SEEDS).sqrt()).max(TOLERANCE_MIN);
            if found.mean < expected.mean - tolerance {
                let (found, expected) = (found.mean, expected.mean);
                worse.push(format!("{columns}, {name}: {found:.3}, was {expected:.3}, noise {tolerance:.3}"));
            }
        }
    }
    worse
}

fn expected_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected.json")
}

#[test]
fn no_figure_is_worse_than_it_was_beyond_noise() {
    let columns = [Columns::All, Columns::Three];
    let found = collect(&rows((0..SEEDS).map(|index| world("mixed", index, &columns, false))));
    if std::env::var_os("TOUCHSTONE_RANGE_REFRESH").is_some() {
        std::fs::write(expected_path(), serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        return;
    }
    let expected: Figures = serde_json::from_slice(&std::fs::read(expected_path()).unwrap()).unwrap();
    let worse = regressions(&expected, &found);
    assert!(
        worse.is_empty(),
        "worse than tests/expected.json:\n  {}\nif that is meant, refresh with TOUCHSTONE_RANGE_REFRESH=1 and say why",
        worse.join("\n  ")
    );
}

#[test]
fn a_regression_is_told_from_noise() {
    let of = |mean, deviation| {
        let figures = BTreeMap::from([("recall".to_owned(), Figure { mean, deviation })]);
        Figures::from([("all".to_owned(), figures)])
    };
    assert!(regressions(&of(0.9, 0.02), &of(0.88, 0.0)).is_empty());
    assert_eq!(regressions(&of(0.9, 0.02), &of(0.85, 0.0)).len(), 1);
    assert!(regressions(&of(0.9, 0.1), &of(0.75, 0.0)).is_empty());
    assert!(regressions(&of(0.9, 0.0), &of(1.0, 0.0)).is_empty());
    assert_eq!(regressions(&of(0.9, 0.0), &Figures::new()).len(), 1);
}

#[test]
fn every_peer_runs_on_the_same_world_and_is_measured_alike() {
    let columns = [Columns::All, Columns::Owner, Columns::Three];
    let rows = rows([world("mixed", 0, &columns, true)]);
    assert_eq!(rows.len(), columns.len() * (1 + BASELINES.len()));
    let fakers = rows.iter().find(|row| row.method == TOUCHSTONE).unwrap().result.measured().unwrap().recall.of;
    for row in &rows {
        match &row.result {
            Outcome::Measured(measured) => {
                // One truth for all; what was never judged counts as not found.
                assert_eq!(measured.recall.of, fakers, "{}", row.method);
                assert!(measured.average_precision.is_some_and(|ap| ap > 0.0), "{}", row.method);
            }
            Outcome::NoAnswer(_) => assert!(row.method == "rule of thumb" && !row.columns.has_tables()),
            Outcome::NotRun(_) => assert_eq!(row.method, "co-action network"),
        }
    }
    let of = |columns, method| rows.iter().find(|row| row.columns == columns && row.method == method).unwrap();
    let [owner, three] = [Columns::Owner, Columns::Three].map(|columns| of(columns, "FRAUDAR"));
    assert_eq!(owner.result.measured(), three.result.measured());
    assert!(three.result.measured().unwrap().recall.hits > 0);
}
