//! The page on hand-made rows.

use super::{Report, Settings};
use crate::columns::Columns;
use crate::grid::Cell;
use crate::measured::{Measured, Rings, Share};
use crate::purpose::Tuning;
use crate::run::{Outcome, Parts, Row, Size, TOUCHSTONE};
use std::collections::BTreeMap;

fn measured(accused: u64, found: u64, fakes: u64) -> Outcome {
    let share = |hits, of| Share { hits, of };
    Outcome::Measured(Box::new(Measured {
        precision: share(found, accused),
        recall: share(found, fakes),
        average_precision: Some(0.5),
        oracle: None,
        attacks: if fakes > 0 { BTreeMap::from([("farm-burst".into(), share(found, fakes))]) } else { BTreeMap::new() },
        look_alikes: BTreeMap::from([("courtesy".into(), share(accused - found, 500))]),
        rings: Some(Rings { truth: 2, one_to_one: 1, found: 3, purity: Some(0.75) }),
        likes: BTreeMap::new(),
        counts: None,
    }))
}

fn row(scenario: &str, seed: u64, columns: Columns, method: &'static str, result: Outcome) -> Row {
    Row { scenario: scenario.into(), seed, columns, method, seconds: 1.0, signal_seconds: Default::default(), result }
}

fn page(rows: Vec<Row>) -> String {
    let cell =
        |scenario: &str, seeds, seeds_with_baselines| Cell { scenario: scenario.into(), seeds, seeds_with_baselines };
    let settings = Settings {
        command: "the command".into(),
        purpose: "tune",
        size: Size { users: 10_000, days: 28 },
        columns: vec![Columns::All, Columns::Owner, Columns::Three],
        cells: vec![cell("mixed", 2, 2), cell("null", 3, 0), cell("pod", 1, 0)],
        version: "0",
        cores: 2,
        jobs: 1,
        seconds: 60.0,
        parts: Parts::default(),
    };
    Report::<Tuning>::new(settings, rows).page()
}

/// The cells of the only line that begins so.
fn line<'a>(page: &'a str, begin: &str) -> Vec<&'a str> {
    let mut lines = page.lines().filter(|line| line.starts_with(begin));
    let found = lines.next().unwrap_or_else(|| panic!("no line begins with {begin}:\n{page}"));
    assert_eq!(lines.next(), None, "a second line begins with {begin}");
    found.trim_matches('|').split('|').map(str::trim).collect()
}

fn section<'a>(page: &'a str, title: &str) -> &'a str {
    let rest = page.split_once(title).unwrap_or_else(|| panic!("no {title}:\n{page}")).1;
    rest.split("\n#").next().unwrap()
}

#[test]
fn every_world_finds_its_table() {
    let mut rows = Vec::new();
    for columns in [Columns::All, Columns::Owner, Columns::Three] {
        for seed in 0..2 {
            rows.push(row("mixed", seed, columns, TOUCHSTONE, measured(90, 80 + 10 * seed, 100)));
            rows.push(row("mixed", seed, columns, "FRAUDAR", measured(200, 50, 100)));
            let thumb = if columns.has_tables() { measured(1, 1, 100) } else { Outcome::NoAnswer("why".into()) };
            rows.push(row("mixed", seed, columns, "rule of thumb", thumb));
        }
        rows.extend((0..3).map(|seed| row("null", seed, columns, TOUCHSTONE, measured(seed / 2, 0, 0))));
        rows.push(row("pod", 0, columns, TOUCHSTONE, measured(7, 5, 10)));
    }
    let page = page(rows);
    let mixed = section(&page, "\n## mixed\n");
    let ours = line(mixed, "| all | **touchstone**");
    assert!(ours[2].starts_with("85 (") && ours[3].starts_with("94 (") && ours[4].starts_with("5.6 ("), "{ours:?}");
    assert_eq!(ours[8], "2 of 4; 6 found");
    assert!(line(mixed, "| owner, three | FRAUDAR")[2].starts_with("50 ("));
    assert_eq!(line(mixed, "| owner, three | rule of thumb")[2], "no answer");
    let quiet = section(&page, "\n## Worlds without fakes\n");
    assert_eq!(line(quiet, "| null | three | **touchstone**")[3..], ["3", "1", "-", "1"]);
    let single = section(&page, "\n## Attacks one by one\n");
    assert_eq!(line(single, "| pod ")[1..3], ["50", "2"]);
    let goals = section(&page, "\n## Goals\n");
    assert!(line(goals, "| accounts found: burst farm")[1].contains("85; goal at least 97, **missed**"));
    assert!(line(goals, "| worlds without attack")[1].contains("1 in 3 worlds"));
}

#[test]
fn no_line_of_a_table_has_more_or_fewer_cells_than_its_head() {
    let rows = vec![
        row("mixed", 0, Columns::All, TOUCHSTONE, measured(0, 0, 100)),
        row("mixed", 0, Columns::All, "co-action network", Outcome::NotRun("no python".into())),
    ];
    let page = page(rows);
    let mut head = None;
    for line in page.lines() {
        let cells = line.starts_with('|').then(|| line.matches('|').count());
        assert!(head.is_none() || cells.is_none() || head == cells, "{line}");
        head = cells;
    }
    assert!(page.contains("not run"));
}
