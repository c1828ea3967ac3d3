//! Reported against corrected counts of a ring's targets.

use touchstone_detect::findings::TargetCount;

use crate::escape::{Html, shorten};
use crate::text::{amount, count};
use crate::words;

use super::path::Path;
use super::{NAME_CHARS, Picture, label, rect};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 176.0;
const RIGHT: f64 = 120.0;
const ROW: f64 = 20.0;
const ROWS_MAX: usize = 12;

/// None where no target loses anything.
pub(crate) fn counts(id: String, targets: &[TargetCount]) -> Option<Html> {
    let loss = |t: &TargetCount| t.reported as f64 - t.authentic;
    let mut worst: Vec<&TargetCount> = targets.iter().filter(|t| loss(t) >= 0.5).collect();
    worst.sort_by(|a, b| loss(b).total_cmp(&loss(a)));
    worst.truncate(ROWS_MAX);
    let most = worst.iter().map(|t| t.reported).max()? as f64;
    let x = |v: f64| LEFT + (v / most).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT);
    let mut body = Html::new();
    let mut whiskers = Path::default();
    for (i, t) in worst.iter().enumerate() {
        let y = 2.0 + i as f64 * ROW;
        label(&mut body, "te name", LEFT - 8.0, y + 13.0, &shorten(&t.target, NAME_CHARS));
        let authentic = if t.authentic.is_finite() { t.authentic } else { 0.0 };
        rect(&mut body, "auth", LEFT, y + 3.0, x(authentic) - LEFT, ROW - 7.0);
        rect(&mut body, "hatch", x(authentic), y + 3.0, x(t.reported as f64) - x(authentic), ROW - 7.0);
        let middle = y + 3.0 + (ROW - 7.0) / 2.0;
        whiskers.polyline([(x(t.low), middle), (x(t.high), middle)]);
        for end in [t.low, t.high] {
            whiskers.polyline([(x(end), middle - 4.0), (x(end), middle + 4.0)]);
        }
        let text = format!("{} \u{2192} {}", count(t.reported), amount(authentic));
        label(&mut body, "ts strong", x(t.reported as f64) + 6.0, y + 13.0, &text);
    }
    whiskers.draw(&mut body, "whisker");
    let (reported, authentic) = worst.iter().fold((0, 0.0), |s, t| (s.0 + t.reported, s.1 + t.authentic));
    let picture = Picture {
        id,
        class: "waterfall",
        width: WIDTH,
        height: 4.0 + worst.len() as f64 * ROW,
        title: words::counts_title(reported, authentic, worst.len()),
        desc: words::COUNTS_DESC.to_string(),
        body,
    };
    Some(picture.into_html())
}
