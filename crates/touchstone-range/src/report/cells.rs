//! Numbers as they stand in tables.

use crate::measured::{Measured, Share};
use crate::statistics::{Rate, mean, rate};
use std::fmt::Write;

/// Nothing to say.
pub(crate) const NOTHING: &str = "-";

/// A table in Markdown.
pub(crate) struct Table {
    text: String,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(header.iter().map(|cell| (*cell).to_owned()).collect());
        table.row(header.iter().map(|_| "---".to_owned()).collect());
        table
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        // Writing to a string can't fail.
        let _ = writeln!(self.text, "| {} |", cells.join(" | "));
    }

    pub(crate) fn finish(self) -> String {
        self.text + "\n"
    }
}

/// A share in percent, with digits as small shares need them.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    match value {
        v if v < 0.0005 => "0".into(),
        v if v < 0.1 => format!("{v:.3}"),
        v if v < 10.0 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

fn with_interval(rate: Rate) -> String {
    // One world has no spread; an interval of its accounts alone would promise too much.
    if rate.worlds < 2 {
        return percent(rate.rate);
    }
    format!("{} ({}-{})", percent(rate.rate), percent(rate.low), percent(rate.high))
}

/// The pooled share of many worlds with its interval, in percent.
pub(crate) fn pooled<'a>(
    worlds: impl IntoIterator<Item = &'a Measured>,
    share: impl Fn(&Measured) -> Option<Share>,
) -> String {
    rate_of(worlds, share).map_or_else(|| NOTHING.into(), with_interval)
}

/// The same as numbers.
pub(crate) fn rate_of<'a>(
    worlds: impl IntoIterator<Item = &'a Measured>,
    share: impl Fn(&Measured) -> Option<Share>,
) -> Option<Rate> {
    let shares: Vec<(u64, u64)> = worlds.into_iter().filter_map(share).map(|share| (share.hits, share.of)).collect();
    rate(&shares)
}

/// Mean of a number over worlds with half its interval.
pub(crate) fn average(values: &[f64], digits: usize) -> String {
    match mean(values) {
        None => NOTHING.into(),
        Some((mean, None)) => format!("{mean:.digits$}"),
        Some((mean, Some(half))) => format!("{mean:.digits$} ±{half:.digits$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shares_keep_their_digits() {
        assert_eq!([percent(0.0), percent(0.0004), percent(0.0123), percent(0.97)], ["0", "0.040", "1.2", "97"]);
    }

    #[test]
    fn tables_are_markdown() {
        let mut table = Table::new(&["a", "b"]);
        table.row(vec!["1".into(), "2".into()]);
        assert_eq!(table.finish(), "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n");
        assert_eq!(average(&[1.0, 1.0], 1), "1.0 ±0.0");
        assert_eq!(average(&[], 1), "-");
    }
}
