//! What a person reads while the races run.

use super::Level;
use crate::terminal::grouped;
use std::fmt::Write;
use std::path::Path;
use touchstone_sim::adapt::{Round, Total, ladder};

/// Told where the attacker could not pay all rounds.
pub(crate) const OUT_OF_MONEY: &str = "       the attacker's money buys no service any more\n";

/// Before the rounds of a level.
pub(crate) fn heading(fdr: f64) -> String {
    format!(
        "\nfalse discovery rate {fdr}\nround  rung  delivered  surviving        paid  $ a surviving  innocents   their likes\n\
         \x20                  likes      likes           $           like    accused    discounted\n"
    )
}

/// A round.
pub(crate) fn round(round: &Round) -> String {
    format!(
        "{:>5}  {:<4}  {:>9}  {:>9}  {:>10.2}  {:>13}  {:>9}  {:>12.1}\n",
        round.round,
        round.rung,
        grouped(round.likes_delivered),
        grouped(round.likes_surviving.round() as u64),
        round.dollars,
        cost(round.dollars_per_surviving_like),
        grouped(round.innocents_accused),
        round.innocent_likes_discounted,
    )
}

/// The end: the points of the curve, what the rungs are, where the files are.
pub(crate) fn curve(levels: &[Level], out: &Path) -> String {
    let mut text = String::from(
        "\n  fdr  $ a surviving  surviving  innocents accused   their likes discounted\n\
         \x20                like      likes   of 10,000             of 10,000\n",
    );
    for Level { fdr, total, .. } in levels {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{fdr:>5}  {:>13}  {:>8.1} %  {:>8.2} ({} of {})  {:>8.2}",
            cost(total.dollars_per_surviving_like),
            100.0 * survival(total),
            10_000.0 * accused_share(total),
            total.innocents_accused,
            grouped(total.innocents),
            10_000.0 * total.innocent_likes_discounted / total.innocent_likes.max(1) as f64,
        );
    }
    text.push('\n');
    for rung in ladder() {
        let _ = writeln!(text, "{}  {}", rung.name, rung.adds);
    }
    let _ = writeln!(text, "\npicture   {}", out.join("adapt.svg").display());
    text
}

/// Dollars for each surviving like.
pub(super) fn cost(dollars: Option<f64>) -> String {
    dollars.map_or_else(|| "none survived".into(), |dollars| format!("{dollars:.4}"))
}

/// Share of the attacker's likes that survived.
pub(super) fn survival(total: &Total) -> f64 {
    total.likes_surviving / total.likes_delivered.max(1) as f64
}

/// Share of innocents who were accused.
pub(super) fn accused_share(total: &Total) -> f64 {
    total.innocents_accused as f64 / total.innocents.max(1) as f64
}
