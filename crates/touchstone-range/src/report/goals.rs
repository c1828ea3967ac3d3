//! The project's goals beside what was measured, on worlds of all attacks mixed.

use super::cells::{NOTHING, Table, percent, rate_of};
use crate::columns::Columns;
use crate::measured::{Measured, Share};
use crate::run::{Row, TOUCHSTONE};

/// Worlds the goals speak of: all attacks mixed, parameters as everybody knows them and drawn anew.
const MIXED: [&str; 2] = ["mixed", "drawn-mixed"];
const NULL: &str = "null";
/// Null worlds that the goal asks for.
const WORLDS_MIN: usize = 20;
/// Column sets with goals of their own.
const COLUMNS: [Columns; 3] = [Columns::All, Columns::Owner, Columns::Three];

/// What is asked of a share.
#[derive(Clone, Copy)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
    Within(f64, f64),
    Report,
}

use Goal::{AtLeast, AtMost, Report, Within};

impl Goal {
    fn met(self, value: f64) -> bool {
        match self {
            AtLeast(least) => value >= least,
            AtMost(most) => value <= most,
            Within(low, high) => (low..=high).contains(&value),
            Report => true,
        }
    }

    fn words(self) -> String {
        match self {
            AtLeast(least) => format!("at least {}", percent(least)),
            AtMost(most) => format!("at most {}", percent(most)),
            Within(low, high) => format!("{} to {}", percent(low), percent(high)),
            Report => String::new(),
        }
    }
}

/// A row of the table: what is measured, and the goal for each of [`COLUMNS`].
type Line<'a> = (String, Box<dyn Fn(&Measured) -> Option<Share> + 'a>, [Goal; 3]);

/// The same for a number that is no share of accounts or likes.
type Number = (&'static str, fn(&Measured) -> Option<f64>, [Goal; 3]);

fn attack<'a>(words: &str, name: &'static str, goals: [Goal; 3]) -> Line<'a> {
    (format!("accounts found: {words}"), Box::new(move |m| m.attacks.get(name).copied()), goals)
}

fn likes<'a>(words: &str, name: &'static str, goals: [Goal; 3]) -> Line<'a> {
    (format!("fake likes found: {words}"), Box::new(move |m| m.likes.get(name).copied()), goals)
}

fn lines<'a>() -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = vec![
        (
            "accused accounts that are innocent".into(),
            Box::new(|m| Some(Share { hits: m.innocents_accused(), of: m.precision.of })),
            [AtMost(0.01); 3],
        ),
        attack("burst farm", "farm-burst", [AtLeast(0.97), AtLeast(0.9), AtLeast(0.85)]),
        attack("slow farm", "farm-trickle", [AtLeast(0.97), AtLeast(0.9), AtLeast(0.85)]),
        attack("exchange group", "exchange", [AtLeast(0.97), AtLeast(0.85), Report]),
        attack("pods", "pod", [AtLeast(0.97), AtLeast(0.85), Report]),
        attack("farm with every evasion at once", "farm-evasive", [AtLeast(0.9), Report, Report]),
        attack("large pool, small subsets", "farm-subsets", [Report; 3]),
        likes("stolen tokens", "tokens", [AtLeast(0.95), Report, Report]),
        (
            "owners of stolen tokens accused".into(),
            Box::new(|m| m.look_alikes.get("token_owner").copied()),
            [AtMost(0.005), Report, Report],
        ),
        likes("accounts used once", "one-off", [AtLeast(0.95), AtLeast(0.8), Report]),
    ];
    for name in ["courtesy", "large_circle", "community", "office", "fan_club", "digest", "class", "shared_network"] {
        lines.push((
            format!("accused: {}", name.replace('_', " ")),
            Box::new(move |m| m.look_alikes.get(name).copied()),
            [AtMost(0.001); 3],
        ));
    }
    lines.push((
        "95 % interval covers the authentic count, attacked targets".into(),
        Box::new(|m| m.counts.map(|counts| counts.attacked_covered)),
        [Within(0.9, 0.99); 3],
    ));
    lines
}

/// The table of goals; empty where no world of the kind was run.
pub(super) fn goals(rows: &[Row]) -> String {
    let mut table = Table::new(&["percent", "all", "owner", "three"]);
    let mixed = |columns| worlds(rows, &MIXED, columns);
    if COLUMNS.iter().all(|&columns| mixed(columns).is_empty()) {
        return String::new();
    }
    for (words, share, goals) in lines() {
        let mut cells = vec![words];
        for (columns, goal) in COLUMNS.into_iter().zip(goals) {
            cells.push(cell(rate_of(mixed(columns), &share).map(|rate| rate.rate), goal));
        }
        table.row(cells);
    }
    let numbers: [Number; 2] = [
        (
            "authentic count of attacked targets, total absolute error",
            |m| m.counts.and_then(|counts| counts.attacked_error),
            [AtMost(0.03), AtMost(0.15), Report],
        ),
        (
            "clean targets: endorsements wrongly discounted",
            |m| m.counts.and_then(|counts| counts.clean_discounted),
            [AtMost(0.002); 3],
        ),
    ];
    for (words, number, goals) in numbers {
        let mut cells = vec![words.to_owned()];
        for (columns, goal) in COLUMNS.into_iter().zip(goals) {
            let values: Vec<f64> = mixed(columns).into_iter().filter_map(number).collect();
            cells.push(cell(crate::statistics::mean(&values).map(|mean| mean.0), goal));
        }
        table.row(cells);
    }
    let mut cells = vec!["worlds without attack: accounts accused".to_owned()];
    for columns in COLUMNS {
        let null = worlds(rows, &[NULL], columns);
        let accused: u64 = null.iter().map(|measured| measured.precision.of).sum();
        let mark = match (accused, null.len()) {
            (0, WORLDS_MIN..) => "met",
            (0, _) => "too few worlds to tell",
            _ => "**missed**",
        };
        let text = format!("{accused} in {} worlds; goal 0 in {WORLDS_MIN}, {mark}", null.len());
        cells.push(if null.is_empty() { NOTHING.into() } else { text });
    }
    table.row(cells);
    format!(
        "## Goals\n\nThe detector on worlds of all attacks mixed ({}), pooled.\n\n{}",
        MIXED.join(", "),
        table.finish()
    )
}

fn worlds<'a>(rows: &'a [Row], scenarios: &[&str], columns: Columns) -> Vec<&'a Measured> {
    rows.iter()
        .filter(|row| row.method == TOUCHSTONE && row.columns == columns && scenarios.contains(&row.scenario.as_str()))
        .filter_map(|row| row.result.measured())
        .collect()
}

fn cell(value: Option<f64>, goal: Goal) -> String {
    match (value, goal) {
        (None, _) => NOTHING.into(),
        (Some(value), Report) => percent(value),
        (Some(value), goal) => {
            let mark = if goal.met(value) { "met" } else { "**missed**" };
            format!("{}; goal {}, {mark}", percent(value), goal.words())
        }
    }
}
