//! What each signal is worth: the detector without it, and with it alone.

use crate::columns::Columns;
use crate::measured::{Measured, Share};
use crate::report::cells::{NOTHING, Table, average, pooled};
use crate::report::{Settings, cells};
use crate::run::{Row, TOUCHSTONE};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The detector with some signals left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// Its name in tables.
    pub name: &'static str,
    /// The signals that are left out.
    pub without: &'static [&'static str],
}

/// All signals, each one left out, each one alone.
pub const VARIANTS: [Variant; 13] = [
    Variant { name: TOUCHSTONE, without: &[] },
    Variant { name: "without burst", without: &["burst"] },
    Variant { name: "without lockstep", without: &["lockstep"] },
    Variant { name: "without pool", without: &["pool"] },
    Variant { name: "without exchange", without: &["exchange"] },
    Variant { name: "without infrastructure", without: &["infrastructure"] },
    Variant { name: "without path", without: &["path"] },
    Variant { name: "burst alone", without: &["lockstep", "pool", "exchange", "infrastructure", "path"] },
    Variant { name: "lockstep alone", without: &["burst", "pool", "exchange", "infrastructure", "path"] },
    Variant { name: "pool alone", without: &["burst", "lockstep", "exchange", "infrastructure", "path"] },
    Variant { name: "exchange alone", without: &["burst", "lockstep", "pool", "infrastructure", "path"] },
    Variant { name: "infrastructure alone", without: &["burst", "lockstep", "pool", "exchange", "path"] },
    Variant { name: "path alone", without: &["burst", "lockstep", "pool", "exchange", "infrastructure"] },
];

/// The detector as it is.
pub const WHOLE: [Variant; 1] = [VARIANTS[0]];

/// The page, in Markdown.
#[must_use]
pub fn page(settings: &Settings, rows: &[Row]) -> String {
    let worlds = rows.iter().map(|r| (&r.scenario, r.seed)).collect::<BTreeSet<_>>().len();
    let mut text = format!(
        "# What each signal is worth\n\nWritten by a command; run it again rather than edit:\n\n    {}\n\n{worlds} worlds of {} people and {} \
         days, seeds for purpose `{}`; version {}, {} cores, {:.0} minutes.\n\n",
        settings.command,
        settings.size.users,
        settings.size.days,
        settings.purpose,
        settings.version,
        settings.cores,
        (settings.seconds / 60.0).ceil()
    );
    text += "Percent of fake accounts accused, by attack; in parentheses 95 % intervals over worlds, where there are several. *FDR*: accused \
        accounts that are innocent, of all accused. *discounted*: fake likes found, of all attacks. *counts*: total absolute error of the \
        authentic count of attacked targets, over the total. *s*: wall seconds of reading, judging and writing one world. A signal that is left \
        out gives no evidence of its own and no mark on groups; groups are still looked for as long as pool, exchange, infrastructure or \
        path is there, and who belongs to a ring is still told by what it endorses. No ring is proven by one mark, so a signal alone can \
        accuse by groups only where it has two.\n\n";
    let scenarios: BTreeSet<&str> = rows.iter().map(|r| r.scenario.as_str()).collect();
    for scenario in scenarios {
        for columns in &settings.columns {
            let some: Vec<&Row> = rows.iter().filter(|r| r.scenario == scenario && r.columns == *columns).collect();
            let _ = write!(text, "## {scenario}, columns `{}`\n\n", columns.name());
            text += &table(&some);
        }
    }
    text += "## Time\n\nSeconds of each signal's own stages, of the detector with all signals. `shared` is what several signals need (the survey of \
        times, gathering, traits of endorsements, the proof of groups, fusion); `files` is reading and writing.\n\n";
    text + &time(settings, rows)
}

fn table(rows: &[&Row]) -> String {
    let measured = |name: &str| -> Vec<&Measured> {
        rows.iter().filter(|r| r.method == name).filter_map(|r| r.result.measured()).collect()
    };
    let attacks: BTreeSet<&str> =
        measured(TOUCHSTONE).iter().flat_map(|m| m.attacks.keys().map(String::as_str)).collect();
    let mut header = vec!["signals"];
    header.extend(&attacks);
    header.extend(["FDR", "discounted", "counts", "s"]);
    let mut table = Table::new(&header);
    for variant in VARIANTS {
        let worlds = measured(variant.name);
        let mut cells = vec![if variant.name == TOUCHSTONE { "**all**".into() } else { variant.name.to_owned() }];
        for attack in &attacks {
            cells.push(pooled(worlds.iter().copied(), |m| m.attacks.get(*attack).copied()));
        }
        cells.push(pooled(worlds.iter().copied(), |m| {
            Some(Share { hits: m.innocents_accused(), of: m.precision.of }).filter(|s| s.of > 0)
        }));
        cells.push(pooled(worlds.iter().copied(), |m| {
            let sum = m.likes.values().fold(Share::default(), |s, x| Share { hits: s.hits + x.hits, of: s.of + x.of });
            Some(sum).filter(|s| s.of > 0)
        }));
        let errors: Vec<f64> = worlds.iter().filter_map(|m| m.counts?.attacked_error).collect();
        let error = errors.iter().sum::<f64>() / errors.len() as f64;
        cells.push(if errors.is_empty() { NOTHING.into() } else { cells::percent(error) });
        let seconds: Vec<f64> = rows.iter().filter(|r| r.method == variant.name).map(|r| r.seconds).collect();
        cells.push(average(&seconds, 1));
        table.row(cells);
    }
    table.finish()
}

fn time(settings: &Settings, rows: &[Row]) -> String {
    let mut table = Table::new(&["columns", "signal", "seconds a world", "share"]);
    for columns in &settings.columns {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        let seen = rows.iter().filter(|r| r.method == TOUCHSTONE && r.columns == *columns);
        let worlds = seen.clone().count().max(1) as f64;
        seen.flat_map(|r| &r.signal_seconds).for_each(|(name, s)| *sums.entry(name).or_default() += s);
        let all: f64 = sums.values().sum();
        for (name, sum) in sums {
            let share = cells::percent(sum / all.max(1e-9));
            table.row(vec![columns.name().into(), name.into(), format!("{:.2}", sum / worlds), format!("{share} %")]);
        }
    }
    table.finish()
}

/// Which columns a table of signals is about unless others are wished for.
pub const COLUMNS: [Columns; 3] = [Columns::All, Columns::Owner, Columns::Three];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signal_is_left_out_once_and_alone_once() {
        let signals: BTreeSet<&str> = VARIANTS.iter().flat_map(|v| v.without.iter().copied()).collect();
        assert_eq!(signals.len(), 6);
        for signal in signals {
            assert!(VARIANTS.iter().any(|v| v.without == [signal]), "without {signal}");
            assert!(VARIANTS.iter().any(|v| v.without.len() == 5 && !v.without.contains(&signal)), "{signal} alone");
        }
    }
}
