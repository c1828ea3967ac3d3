//! What became of targets, from a table that somebody states.

use crate::evaluate::EvaluateError;
use crate::evaluate::table::Table;
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_detect::rank::Outcome;

/// Which columns say what became of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeTable {
    /// Name of the target.
    pub target: String,
    /// The outcome: a number, more is better.
    pub outcome: String,
    /// What the outcome is a part of (views, say): then the outcome is their ratio, and counts as much as there are of them.
    pub per: Option<String>,
}

/// Reads outcomes by target. Rows of the same target add up (for a ratio: both its parts; else their mean).
///
/// # Errors
/// If the file cannot be read, lacks a column, or has cells that are no numbers.
pub fn read_outcomes(path: &Path, columns: &OutcomeTable) -> Result<BTreeMap<String, Outcome>, EvaluateError> {
    let mut must = vec![columns.target.as_str(), columns.outcome.as_str()];
    must.extend(columns.per.as_deref());
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    Table::open(path, &must, &[])?.each(|table, row| {
        let Some(value) = table.number(1, row)? else { return Ok(()) };
        let per = if columns.per.is_some() { table.number(2, row)?.unwrap_or(0.0) } else { 1.0 };
        if per < 0.0 {
            return Err(table.bad(2, row, "a number from 0 up"));
        }
        let sum = sums.entry(table.name(0, row)?.into_owned()).or_default();
        *sum = (sum.0 + value, sum.1 + per);
        Ok(())
    })?;
    let outcome = |(value, per): (f64, f64)| Outcome { value: value / per, weight: per };
    Ok(sums.into_iter().filter(|(_, s)| s.1 > 0.0).map(|(t, s)| (t, outcome(s))).collect())
}
