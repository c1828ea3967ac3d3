//! A backtest as a table.

use std::fmt::Write;
use touchstone_ledger::policy::Backtest;

/// How many of whom it would hit are listed.
const HITS_SHOWN: usize = 10;

/// Rules, then whom they would hit, then groups.
pub(crate) fn table(result: &Backtest) -> String {
    let mut text = format!("{} of {} accounts are not organic\n\n", result.candidates, result.accounts);
    let width = result.rules.iter().map(|r| r.rule.chars().count()).max().unwrap_or(4).max(4);
    let _ = writeln!(
        text,
        "{:<width$}  {:<7} {:>7} {:>7} {:>9} {:>8} {:>8} {:>7}",
        "rule", "mode", "holds", "acts", "suggests", "shadows", "outside", "held"
    );
    for rule in &result.rules {
        let sum = |m: &std::collections::BTreeMap<&str, u64>| m.values().sum::<u64>();
        let _ = writeln!(
            text,
            "{:<width$}  {:<7} {:>7} {:>7} {:>9} {:>8} {:>8} {:>7}",
            rule.rule,
            rule.mode,
            rule.holds,
            sum(&rule.acts),
            rule.suggests,
            rule.shadows,
            rule.outside,
            sum(&rule.held)
        );
    }
    for rule in &result.rules {
        for (breaker, n) in &rule.held {
            let _ = writeln!(text, "note: {}: the breaker \"{breaker}\" held back {n}", rule.rule);
        }
        if let Some(why) = &rule.failure {
            let _ = writeln!(text, "note: {}: could not be asked about {} ({why})", rule.rule, rule.failed);
        }
    }
    hits(result, &mut text);
    if result.groups.is_empty() {
        return text;
    }
    let width = result.groups.iter().map(|g| g.group.chars().count()).max().unwrap_or(5).max(5);
    let _ = writeln!(
        text,
        "\n{:<width$}  {:<8} {:>9} {:>9} {:>10} {:>9}",
        "group", "", "accounts", "acted on", "suggested", "shadowed"
    );
    for group in &result.groups {
        let _ = writeln!(
            text,
            "{:<width$}  {:<8} {:>9} {:>9} {:>10} {:>9}",
            group.group,
            if group.innocent { "innocent" } else { "" },
            group.accounts,
            group.acted,
            group.suggested,
            group.shadowed
        );
    }
    let _ = writeln!(
        text,
        "\n{} innocents acted on, {} of them by more than a discount",
        result.innocents_acted_on(),
        result.innocents_hit_hard()
    );
    text
}

/// The first of whom it would hit.
fn hits(result: &Backtest, text: &mut String) {
    for hit in result.hits.iter().take(HITS_SHOWN) {
        let group = hit.group.as_ref().map(|g| format!("  ({g})")).unwrap_or_default();
        let _ = write!(text, "\n{:<8} {:<18} {}  by \"{}\"{group}", hit.fate, hit.action, hit.subject, hit.rule);
    }
    let more = result.hits.len().saturating_sub(HITS_SHOWN);
    if more > 0 {
        let _ = write!(text, "\n{more} more: --json lists all");
    }
    if !result.hits.is_empty() {
        text.push('\n');
    }
}
