//! Bits as a waterfall: from what had to be outweighed, by each piece of evidence, to the verdict. A table whose cells hold the
//! bars, so that its labels wrap on a narrow screen and are read out as they stand.

use touchstone_detect::cohort::mark::MARKS;
use touchstone_detect::findings::Evidence;

use crate::escape::{Html, prose};
use crate::text::decimal;
use crate::words;

use super::path::Path;
use super::rect;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 14.0;
/// Bits by which sums may differ from what was rounded on its way here.
const ROUNDING: f64 = 0.06;

/// How pieces of evidence come to a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// They add up, less what rests on the same data.
    Sum,
    /// The second strongest counts, so that none convicts alone; where that is not what the total says, as a sum.
    Second,
}

struct Step {
    name: String,
    class: &'static str,
    from: f64,
    to: f64,
}

/// What a waterfall says of itself, and the table.
pub(crate) struct Waterfall {
    pub(crate) caption: &'static str,
    pub(crate) table: Html,
}

/// `total` is what the pieces come to, `line` what had to be outweighed.
pub(crate) fn waterfall(evidence: &[Evidence], total: f64, line: Option<f64>, counted: Counted) -> Waterfall {
    let (steps, caption) = steps(evidence, finite(total), line.map(finite), counted);
    let low = steps.iter().map(|s| s.from.min(s.to)).fold(0.0, f64::min);
    let high = steps.iter().map(|s| s.from.max(s.to)).fold(1.0, f64::max);
    let x = |v: f64| (v - low) / (high - low) * WIDTH;
    let mut html = Html::new();
    html.raw("<table class=\"fall\"><caption>").text(&words::waterfall_title(evidence.len().min(5), total, line));
    html.raw("</caption><tbody>\n");
    for s in &steps {
        html.raw("<tr><th scope=\"row\">").text(&prose(&s.name));
        html.raw("<td><svg viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        let mut zero = Path::default();
        zero.polyline([(x(0.0), 0.0), (x(0.0), HEIGHT)]);
        zero.draw(&mut html, "diagonal");
        let (a, b) = (x(s.from.min(s.to)), x(s.from.max(s.to)));
        rect(&mut html, s.class, a.min(WIDTH - 3.0), 1.0, (b - a).max(3.0), HEIGHT - 2.0);
        let sign = if s.to >= s.from { "+" } else { "" };
        html.raw("</svg><td class=\"n\">").text(&format!("{sign}{}", decimal(s.to - s.from, 1))).raw("\n");
    }
    html.raw("</tbody></table>\n");
    Waterfall { caption, table: html }
}

fn finite(v: f64) -> f64 {
    if v.is_finite() { v } else { 0.0 }
}

fn steps(evidence: &[Evidence], total: f64, line: Option<f64>, counted: Counted) -> (Vec<Step>, &'static str) {
    let start = -line.unwrap_or(0.0);
    let end = start + total;
    let mut steps = Vec::new();
    let mut at = 0.0;
    let mut step = |name: &str, class: &'static str, bits: f64| {
        steps.push(Step { name: name.into(), class, from: at, to: at + bits });
        at += bits;
    };
    if line.is_some() {
        step(words::ROW_LINE, "base", start);
    }
    let class = |bits: f64| if bits < 0.0 { "auth" } else { "fake" };
    let price = (MARKS.len() as f64).log2();
    let second = |e: &&Evidence| (finite(e.bits) - price - total).abs() < ROUNDING;
    let only = evidence.iter().find(second).filter(|_| counted == Counted::Second && evidence.len() > 1);
    let caption = if let Some(e) = only {
        step(&e.statistic, class(e.bits), finite(e.bits));
        step(&words::row_price(MARKS.len()), "base", total - finite(e.bits));
        words::SECOND_CAPTION
    } else {
        let shown = evidence.iter().take(5).map(|e| (e, finite(e.bits)));
        let sum: f64 = shown.clone().map(|(_, bits)| bits).sum();
        shown.for_each(|(e, bits)| step(&e.statistic, class(bits), bits));
        if (total - sum).abs() >= ROUNDING {
            step(words::ROW_ADJUSTMENT, "base", total - sum);
            words::ADJUSTED_CAPTION
        } else {
            words::SUM_CAPTION
        }
    };
    let name = match line {
        None => words::ROW_TOTAL,
        Some(_) if end >= 0.0 => words::ROW_BEYOND,
        Some(_) => words::ROW_SHORT,
    };
    steps.push(Step { name: name.into(), class: class(end), from: 0.0, to: end });
    (steps, caption)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bits: f64) -> Evidence {
        Evidence { bits, statistic: format!("piece of {bits}"), ..Evidence::default() }
    }

    fn lengths(steps: &[Step]) -> Vec<f64> {
        steps.iter().map(|s| ((s.to - s.from) * 10.0).round() / 10.0).collect()
    }

    #[test]
    fn pieces_that_add_up_need_no_adjustment() {
        let (steps, caption) = steps(&[piece(9.0), piece(4.0), piece(-2.0)], 11.0, Some(10.0), Counted::Sum);
        assert_eq!(lengths(&steps), [-10.0, 9.0, 4.0, -2.0, 1.0]);
        assert_eq!(caption, words::SUM_CAPTION);
    }

    #[test]
    fn what_rests_on_the_same_data_is_taken_off_by_name() {
        let (steps, caption) = steps(&[piece(9.0), piece(4.0)], 10.0, None, Counted::Sum);
        assert_eq!(lengths(&steps), [9.0, 4.0, -3.0, 10.0]);
        assert_eq!((steps[2].name.as_str(), caption), (words::ROW_ADJUSTMENT, words::ADJUSTED_CAPTION));
    }

    #[test]
    fn a_ring_counts_by_its_second_mark_less_the_price_of_looking() {
        let price = (MARKS.len() as f64).log2();
        let marks = [piece(2_794.4), piece(448.2), piece(-519.0)];
        let (steps, caption) = steps(&marks, 448.2 - price, Some(10.3), Counted::Second);
        assert_eq!(steps.len(), 4);
        assert_eq!(steps[1].name, "piece of 448.2");
        assert!((steps[3].to - (448.2 - price - 10.3)).abs() < 1e-9);
        assert_eq!(caption, words::SECOND_CAPTION);
    }
}
