//! The page, table by table.

use super::cells::{NOTHING, Table, average, pooled};
use super::{Settings, goals, words};
use crate::baselines::BASELINES;
use crate::columns::Columns;
use crate::measured::{Measured, Share};
use crate::run::{Outcome, Row, TOUCHSTONE};
use crate::statistics::none_in;
use std::collections::BTreeSet;

/// All of it.
pub(super) fn page(settings: &Settings, rows: &[Row]) -> String {
    let mut page = words::head(settings);
    page += &goals::goals(rows);
    let (mut attacks, mut quiet) = (Vec::new(), Vec::new());
    for cell in &settings.cells {
        let name = cell.scenario.as_str();
        match (of(rows, name).any(has_fakes), cell.seeds > 1 || cell.seeds_with_baselines > 0) {
            (true, true) => page += &scenario(settings, rows, name),
            (true, false) => attacks.push(name),
            (false, _) => quiet.push(name),
        }
    }
    if !attacks.is_empty() {
        page += &one_by_one(settings, rows, &attacks);
    }
    if !quiet.is_empty() {
        page += &without_fakes(settings, rows, &quiet);
    }
    page
}

fn of<'a>(rows: &'a [Row], scenario: &str) -> impl Iterator<Item = &'a Row> {
    rows.iter().filter(move |row| row.scenario == scenario)
}

fn has_fakes(row: &Row) -> bool {
    row.result.measured().is_some_and(|measured| measured.recall.of > 0)
}

/// The worlds that one method saw through one column set, or several that are one to it.
struct Look<'a> {
    columns: String,
    method: &'static str,
    rows: Vec<&'a Row>,
}

impl<'a> Look<'a> {
    /// All looks at a scenario, in the order of the tables.
    fn all(settings: &Settings, rows: &'a [Row], scenario: &str) -> Vec<Self> {
        let mut looks = Vec::new();
        for &columns in &settings.columns {
            looks.push(Self::new(rows, scenario, &[columns], TOUCHSTONE));
            let twins: Vec<Columns> =
                settings.columns.iter().copied().filter(|other| other.has_tables() == columns.has_tables()).collect();
            // Baselines once, beside the last of the sets that are one to them.
            if twins.last() == Some(&columns) {
                looks.extend(BASELINES.iter().map(|baseline| Self::new(rows, scenario, &twins, baseline.name)));
            }
        }
        looks.retain(|look| !look.rows.is_empty());
        looks
    }

    fn new(rows: &'a [Row], scenario: &str, columns: &[Columns], method: &'static str) -> Self {
        let seen = of(rows, scenario).filter(|row| row.columns == columns[0] && row.method == method);
        let names: Vec<&str> = columns.iter().map(|set| set.name()).collect();
        Self { columns: names.join(", "), method, rows: seen.collect() }
    }

    fn measured(&self) -> Vec<&'a Measured> {
        self.rows.iter().filter_map(|row| row.result.measured()).collect()
    }

    fn name(&self) -> [String; 2] {
        let method = if self.method == TOUCHSTONE { format!("**{TOUCHSTONE}**") } else { self.method.to_owned() };
        [self.columns.clone(), method]
    }

    /// Why there is no number.
    fn silence(&self) -> Option<&str> {
        self.rows.iter().find_map(|row| match &row.result {
            Outcome::Measured(_) => None,
            Outcome::NoAnswer(_) => Some("no answer"),
            Outcome::NotRun(_) => Some("not run"),
        })
    }
}

fn scenario(settings: &Settings, rows: &[Row], name: &str) -> String {
    let looks = Look::all(settings, rows, name);
    let worlds = of(rows, name).map(|row| row.seed).collect::<BTreeSet<_>>().len();
    let mut text = format!("## {name}\n\nWorlds: {worlds}.\n\n");
    text += &overall(&looks);
    text += "### Accounts found, by attack\n\n";
    text += &by_kind(&looks, |measured| &measured.attacks);
    text += "### Innocents accused, by look-alike\n\n";
    text + &by_kind(&looks, |measured| &measured.look_alikes)
}

fn overall(looks: &[Look<'_>]) -> String {
    let mut table = Table::new(&[
        "columns",
        "method",
        "found (recall)",
        "precision",
        "innocent (FDR)",
        "innocents accused a world",
        "AP",
        "best threshold",
        "rings one to one",
        "purity",
        "s",
    ]);
    for look in looks {
        let mut cells = look.name().to_vec();
        let worlds = look.measured();
        if let (Some(why), true) = (look.silence(), worlds.is_empty()) {
            cells.push(why.to_owned());
            cells.resize(11, NOTHING.into());
            table.row(cells);
            continue;
        }
        let values = |of: &dyn Fn(&Measured) -> Option<f64>| worlds.iter().filter_map(|m| of(m)).collect::<Vec<_>>();
        let innocent = |m: &Measured| Some(Share { hits: m.innocents_accused(), of: m.precision.of });
        cells.push(pooled(worlds.iter().copied(), |m| Some(m.recall)));
        cells.push(pooled(worlds.iter().copied(), |m| Some(m.precision)));
        cells.push(pooled(worlds.iter().copied(), innocent));
        cells.push(average(&values(&|m| Some(m.innocents_accused() as f64)), 1));
        cells.push(average(&values(&|m| m.average_precision), 2));
        cells.push(oracle(&worlds));
        cells.push(rings(&worlds));
        cells.push(average(&values(&|m| m.rings.and_then(|rings| rings.purity)), 2));
        cells.push(average(&look.rows.iter().map(|row| row.seconds).collect::<Vec<_>>(), 1));
        table.row(cells);
    }
    table.finish()
}

fn oracle(worlds: &[&Measured]) -> String {
    let best: Vec<_> = worlds.iter().filter_map(|measured| measured.oracle).collect();
    if best.is_empty() {
        return NOTHING.into();
    }
    let mean = |of: fn(&crate::measured::Oracle) -> f64| best.iter().map(of).sum::<f64>() / best.len() as f64;
    format!("{:.2} ({:.2}, {:.2})", mean(|o| o.f1), mean(|o| o.precision), mean(|o| o.recall))
}

fn rings(worlds: &[&Measured]) -> String {
    let rings: Vec<_> = worlds.iter().filter_map(|measured| measured.rings).collect();
    if rings.is_empty() {
        return NOTHING.into();
    }
    let sum = |of: fn(&crate::measured::Rings) -> u64| rings.iter().map(of).sum::<u64>();
    format!("{} of {}; {} found", sum(|r| r.one_to_one), sum(|r| r.truth), sum(|r| r.found))
}

/// Shares by attack or look-alike: a column each.
fn by_kind(looks: &[Look<'_>], shares: fn(&Measured) -> &std::collections::BTreeMap<String, Share>) -> String {
    let kinds: BTreeSet<&str> = looks
        .iter()
        .flat_map(Look::measured)
        .flat_map(|measured| shares(measured).keys().map(String::as_str))
        .collect();
    if kinds.is_empty() {
        return "None in these worlds.\n\n".into();
    }
    let mut header = vec!["columns", "method"];
    header.extend(&kinds);
    let mut table = Table::new(&header);
    for look in looks {
        let worlds = look.measured();
        if worlds.is_empty() {
            continue;
        }
        let mut cells = look.name().to_vec();
        cells.extend(kinds.iter().map(|&kind| pooled(worlds.iter().copied(), |m| shares(m).get(kind).copied())));
        table.row(cells);
    }
    table.finish()
}

/// Worlds of one attack, the detector alone.
fn one_by_one(settings: &Settings, rows: &[Row], names: &[&str]) -> String {
    let mut header = vec!["scenario".to_owned()];
    for columns in &settings.columns {
        header.push(format!("{}: found", columns.name()));
        header.push(format!("{}: innocents accused", columns.name()));
    }
    let mut table = Table::new(&header.iter().map(String::as_str).collect::<Vec<_>>());
    for name in names {
        let mut cells = vec![(*name).to_owned()];
        for look in Look::all(settings, rows, name).iter().filter(|look| look.method == TOUCHSTONE) {
            let worlds = look.measured();
            cells.push(pooled(worlds.iter().copied(), |m| Some(m.recall)));
            cells.push(worlds.iter().map(|m| m.innocents_accused()).sum::<u64>().to_string());
        }
        table.row(cells);
    }
    format!(
        "## Attacks one by one\n\nThe detector alone; one world each unless the command says otherwise.\n\n{}",
        table.finish()
    )
}

/// Worlds in which everybody accused is innocent.
fn without_fakes(settings: &Settings, rows: &[Row], names: &[&str]) -> String {
    let mut table = Table::new(&[
        "scenario",
        "columns",
        "method",
        "worlds",
        "worlds with an accusation",
        "chance of one, at most (95 %)",
        "accounts accused, all worlds",
    ]);
    for name in names {
        for look in Look::all(settings, rows, name) {
            let worlds = look.measured();
            if worlds.is_empty() {
                continue;
            }
            let accused = worlds.iter().map(|measured| measured.precision.of).sum::<u64>();
            let hit = worlds.iter().filter(|measured| measured.precision.of > 0).count();
            let most = if hit == 0 { super::cells::percent(none_in(worlds.len())) } else { NOTHING.into() };
            let [columns, method] = look.name();
            let numbers = [worlds.len().to_string(), hit.to_string(), most, accused.to_string()];
            table.row([vec![(*name).to_owned(), columns, method], numbers.to_vec()].concat());
        }
    }
    format!("## Worlds without fakes\n\nWhoever is accused here is innocent.\n\n{}", table.finish())
}
