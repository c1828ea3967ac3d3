//! The whole log over time: a bar for each stretch, its discounted part hatched.

use crate::escape::Html;
use crate::text::{date_minute, date_second};
use crate::words;

use super::path::Path;
use super::scale::{TimeScale, ValueScale};
use super::{Picture, label};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 180.0;
/// A second panel for what is discounted, on its own scale: a few percent would not be seen on
/// the first.
const PANEL_TOP: f64 = 246.0;
const PANEL_BOTTOM: f64 = 306.0;
const BARS_MAX: usize = 240;

/// `points`: moment, reported and authentic so far, ascending. None where empty.
pub(crate) fn timeline(points: &[(i64, f64, f64)]) -> Option<Html> {
    let bars = merge(&stretches(points));
    let (first, last) = (bars.first()?.0, bars.last()?.0);
    let pitch = bars
        .windows(2)
        .map(|pair| pair[1].0.saturating_sub(pair[0].0))
        .filter(|gap| *gap > 0)
        .min()
        .unwrap_or(2_000_000);
    let end = points.last()?.0.max(last);
    let times = TimeScale::new(first, end, LEFT, WIDTH - LEFT - RIGHT);
    let most = bars.iter().map(|b| b.1).filter(|v| v.is_finite()).fold(1.0, f64::max);
    let values = ValueScale::new(most, TOP, BOTTOM);
    let mut body = Html::new();
    times.draw(&mut body, TOP, BOTTOM, 96.0);
    values.draw(&mut body, LEFT, WIDTH - RIGHT);
    let (mut solid, mut hatched) = (Path::default(), Path::default());
    let mut panel = Path::default();
    let discounted = |b: &(i64, f64, f64)| (b.1 - b.2).max(0.0);
    let most = bars.iter().map(discounted).fold(0.0, f64::max);
    let has_panel = most >= 0.05;
    let panel_values = ValueScale::new(most, PANEL_TOP, PANEL_BOTTOM);
    for (ts, reported, authentic) in &bars {
        let left = times.x(*ts);
        let width = (times.x(ts.saturating_add(pitch)) - left).max(1.5);
        let right = left + (width - if width > 4.0 { 1.0 } else { 0.0 });
        let middle = values.y(authentic.min(*reported));
        bar(&mut solid, left, right, BOTTOM, middle);
        bar(&mut hatched, left, right, middle, values.y(*reported));
        let level = panel_values.y((reported - authentic).max(0.0));
        bar(&mut panel, left, right, PANEL_BOTTOM, level);
    }
    solid.draw(&mut body, "auth");
    hatched.draw(&mut body, "hatch");
    if has_panel {
        label(&mut body, "ts strong", LEFT, PANEL_TOP - 10.0, words::TIMELINE_PANEL);
        panel_values.draw_ends(&mut body, LEFT, WIDTH - RIGHT);
        panel.draw(&mut body, "fake");
    }

    let reported = bars.iter().map(|b| b.1).sum();
    let authentic = bars.iter().map(|b| b.2).sum();
    let worst = bars.iter().fold(bars[0], |a, b| if discounted(b) > discounted(&a) { *b } else { a });
    let when = if pitch < 60_000_000 { date_second(worst.0) } else { date_minute(worst.0) };
    let picture = Picture {
        id: "timeline-picture".to_string(),
        class: "wide",
        width: WIDTH,
        height: if has_panel { PANEL_BOTTOM + 10.0 } else { BOTTOM + 38.0 },
        title: words::timeline_title(reported, authentic, first, last),
        desc: words::timeline_desc(&when, worst.1 - worst.2, worst.1),
        body,
    };
    Some(picture.into_html())
}

fn bar(path: &mut Path, left: f64, right: f64, bottom: f64, top: f64) {
    if bottom - top >= 0.05 {
        path.polyline([(left, bottom), (left, top), (right, top), (right, bottom)]);
        path.close();
    }
}

/// What came between one point and the next, at the former; what the first has is at the first.
fn stretches(points: &[(i64, f64, f64)]) -> Vec<(i64, f64, f64)> {
    let mut stretches: Vec<(i64, f64, f64)> = Vec::with_capacity(points.len());
    let Some(first) = points.first() else {
        return stretches;
    };
    let mut before = (first.0, 0.0, 0.0);
    for point in points {
        let (reported, authentic) = (point.1 - before.1, point.2 - before.2);
        match stretches.last_mut() {
            Some(stretch) if stretch.0 == before.0 => {
                stretch.1 += reported;
                stretch.2 += authentic;
            }
            _ => stretches.push((before.0, reported, authentic)),
        }
        before = *point;
    }
    stretches
}

/// As many neighbours together, everywhere the same number, as leave few enough to see.
fn merge(stretches: &[(i64, f64, f64)]) -> Vec<(i64, f64, f64)> {
    let together = stretches.len().div_ceil(BARS_MAX).max(1);
    stretches.chunks(together).map(|c| (c[0].0, c.iter().map(|s| s.1).sum(), c.iter().map(|s| s.2).sum())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_so_far_become_counts_within() {
        let bars = stretches(&[(0, 0.0, 0.0), (10, 5.0, 4.0), (20, 7.0, 5.0)]);
        assert_eq!(bars, [(0, 5.0, 4.0), (10, 2.0, 1.0)]);
        assert_eq!(stretches(&[(3, 1.0, 1.0)]), [(3, 1.0, 1.0)]);
        assert_eq!(stretches(&[(3, 0.0, 0.0), (3, 1.0, 0.5), (3, 2.0, 1.0)]), [(3, 2.0, 1.0)]);
        assert!(stretches(&[]).is_empty());
    }

    #[test]
    fn merging_keeps_sums() {
        let many: Vec<_> = (0..5_000).map(|i| (i * 7, 2.0, 1.5)).collect();
        let merged = merge(&many);
        assert!(merged.len() <= BARS_MAX);
        assert_eq!(merged.iter().map(|b| b.1).sum::<f64>(), 10_000.0);
        assert_eq!(merged.iter().map(|b| b.2).sum::<f64>(), 7_500.0);
    }
}
