//! Bits as a waterfall: from what had to be outweighed, by each piece of evidence, to the verdict.

use touchstone_detect::findings::Evidence;

use crate::escape::{Html, shorten};
use crate::text::decimal;
use crate::words;

use super::path::Path;
use super::{Picture, label, rect};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 76.0;
const ROW: f64 = 22.0;
/// Characters of a statistic beside its bar.
const CHARS: usize = 38;

struct Step<'a> {
    name: &'a str,
    class: &'static str,
    from: f64,
    to: f64,
}

/// `total` is what the pieces come to, `line` what had to be outweighed.
pub(crate) fn waterfall(id: String, evidence: &[Evidence], total: f64, line: Option<f64>) -> Html {
    let finite = |v: f64| if v.is_finite() { v } else { 0.0 };
    let (total, line) = (finite(total), line.map(finite));
    let start = -line.unwrap_or(0.0);
    let mut steps = Vec::new();
    if line.is_some() {
        steps.push(Step { name: words::ROW_LINE, class: "base", from: 0.0, to: start });
    }
    let mut at = start;
    for e in evidence.iter().take(5) {
        let bits = finite(e.bits);
        let class = if bits < 0.0 { "auth" } else { "fake" };
        steps.push(Step { name: &e.statistic, class, from: at, to: at + bits });
        at += bits;
    }
    let end = start + total;
    if (end - at).abs() >= 0.05 {
        steps.push(Step { name: words::ROW_ADJUSTMENT, class: "base", from: at, to: end });
    }
    let name = match line {
        None => words::ROW_TOTAL,
        Some(_) if end >= 0.0 => words::ROW_BEYOND,
        Some(_) => words::ROW_SHORT,
    };
    steps.push(Step { name, class: if end >= 0.0 { "fake" } else { "auth" }, from: 0.0, to: end });

    let low = steps.iter().map(|s| s.from.min(s.to)).fold(0.0, f64::min);
    let high = steps.iter().map(|s| s.from.max(s.to)).fold(1.0, f64::max);
    let x = |v: f64| LEFT + (v - low) / (high - low) * (WIDTH - LEFT - RIGHT);
    let mut body = Html::new();
    let bottom = 4.0 + steps.len() as f64 * ROW;
    let mut zero = Path::default();
    zero.polyline([(x(0.0), 2.0), (x(0.0), bottom)]);
    let mut links = Path::default();
    for (i, s) in steps.iter().enumerate() {
        let y = 4.0 + i as f64 * ROW;
        label(&mut body, "te name-like", LEFT - 10.0, y + 14.0, &shorten(s.name, CHARS));
        let (a, b) = (x(s.from.min(s.to)), x(s.from.max(s.to)));
        rect(&mut body, s.class, a, y + 3.0, (b - a).max(1.5), ROW - 8.0);
        let sign = if s.to >= s.from { "+" } else { "" };
        label(&mut body, "ts strong", b + 6.0, y + 14.0, &format!("{sign}{}", decimal(s.to - s.from, 1)));
        if i + 2 < steps.len() {
            links.polyline([(x(s.to), y + 3.0), (x(s.to), y + ROW + 3.0)]);
        }
    }
    links.draw(&mut body, "grid");
    zero.draw(&mut body, "diagonal");
    let strongest = evidence.iter().fold(None, |best: Option<&Evidence>, e| match best {
        Some(b) if b.bits >= e.bits => Some(b),
        _ => Some(e),
    });
    Picture {
        id,
        class: "waterfall",
        width: WIDTH,
        height: bottom + 2.0,
        title: words::waterfall_title(evidence.len().min(5), total, line),
        desc: strongest.map_or_else(String::new, |e| words::waterfall_desc(&shorten(&e.statistic, 80), e.bits)),
        body,
    }
    .into_html()
}
