//! The tables of a `rank`.

use super::{grouped, marks};
use std::fmt::Write;
use touchstone_detect::findings::Ranking;
use touchstone_detect::rank::{Fit, METRICS, Ranked, TargetMetrics};

/// Widest name of a target in a table.
const NAME_WIDTH: usize = 24;

/// A name cut to the width of its column.
fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_WIDTH {
        return name.to_owned();
    }
    name.chars().take(NAME_WIDTH - 3).chain("...".chars()).collect()
}

/// Weights that are in force, then the first targets with reasons.
pub(crate) fn table(model: &Ranking, show: usize) -> String {
    let m = marks();
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}metric      weight  learned from{}", m.dim, m.off);
    for metric in &model.metrics {
        let weight = if metric.ran { format!("{:>6.2}", metric.weight) } else { "     -".into() };
        let off = if metric.ran { "" } else { "did not run: " };
        let _ = writeln!(text, "{:<10}  {weight}  {off}{}", metric.metric, metric.note);
    }
    let _ = writeln!(
        text,
        "\n{}{:>6}  {:<NAME_WIDTH$}  {:>7}  {:>6}  {:>8}  {:>8}  why, against the median target{}",
        m.dim, "rank", "target", "score", "sure", "likes", "by likes", m.off
    );
    for t in model.targets.iter().take(show) {
        let _ = writeln!(
            text,
            "{:>6}  {:<NAME_WIDTH$}  {:>7.2}  {:>6.2}  {:>8}  {:>8}  {}",
            grouped(t.rank),
            cut(&t.target),
            t.score,
            t.score_low,
            grouped(t.likes),
            grouped(t.rank_by_likes),
            t.reason
        );
    }
    let _ = writeln!(
        text,
        "\n{} targets; the first {} by what is sure of their score, the others by the score\n",
        grouped(model.targets_total),
        grouped(model.top.min(model.targets_total))
    );
    text
}

/// One target, metric by metric.
pub(crate) fn why(target: &str, ranked: &Ranked, line: &TargetMetrics, model: &Ranking) -> String {
    let m = marks();
    let mut text = format!(
        "{}{target}{}  rank {} of {}, score {:.2} (sure {:.2}); {} viewers, {} likes, {:.1} authentic\n\n",
        m.bold,
        m.off,
        grouped(ranked.rank),
        grouped(model.targets_total),
        ranked.score,
        ranked.score_low,
        grouped(line.viewers),
        grouped(line.likes),
        line.authentic
    );
    let _ = writeln!(text, "{}metric       part  median  against it{}", m.dim, m.off);
    for ((metric, part), k) in model.metrics.iter().zip(ranked.parts).zip(0..) {
        if metric.ran {
            let capped =
                if METRICS[k].name() == "like" && ranked.capped { "  capped at what the rest bears out" } else { "" };
            let against = part - metric.median;
            let _ = writeln!(
                text,
                "{:<10}  {part:>+5.2}   {:>+5.2}  {against:>+10.2}{capped}",
                metric.metric, metric.median
            );
        }
    }
    if ranked.age < 0.0 {
        let _ = writeln!(text, "{:<10}  {:>+5.2}", "age", ranked.age);
    }
    text
}

/// Fitted weights as a piece of configuration, with their error.
pub(crate) fn fit(fit: &Fit, outcome: &str, per: Option<&str>) -> String {
    let per = per.map_or(String::new(), |p| format!(" a {p}"));
    let mut text = format!(
        "# fitted to {outcome}{per} of {} targets; on targets held out (five parts):\n\
         # explained share of the outcome's variance {:.3}; rank correlation {:.3} (before {:.3}); NDCG@20 {:.3} (before {:.3})\n\
         [rank.weights]\n",
        grouped(fit.targets as u64),
        fit.r_squared,
        fit.spearman.0,
        fit.spearman.1,
        fit.ndcg.0,
        fit.ndcg.1
    );
    for metric in METRICS {
        let _ = writeln!(text, "{} = {}", metric.name(), toml::Value::Float(fit.weights.of(metric)));
    }
    text
}
