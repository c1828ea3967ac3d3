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

/// `stretches`: start, reported and authentic within the stretch, ascending. None where empty.
pub(crate) fn timeline(stretches: &[(i64, f64, f64)]) -> Option<Html> {
    let bars = merge(stretches);
    let (first, last) = (bars.first()?.0, bars.last()?.0);
    let pitch = bars
        .windows(2)
        .map(|pair| pair[1].0.saturating_sub(pair[0].0))
        .filter(|gap| *gap > 0)
        .min()
        .unwrap_or(60_000_000);
    let end = last.saturating_add(pitch);
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

/// Neighbours together until there are few enough to see: sums stay.
fn merge(stretches: &[(i64, f64, f64)]) -> Vec<(i64, f64, f64)> {
    let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else {
        return Vec::new();
    };
    if stretches.len() <= BARS_MAX {
        return stretches.to_vec();
    }
    let pitch = last.0.saturating_sub(first.0) / BARS_MAX as i64 + 1;
    let mut merged: Vec<(i64, f64, f64)> = Vec::with_capacity(BARS_MAX);
    for (ts, reported, authentic) in stretches {
        let start = first.0 + ts.saturating_sub(first.0) / pitch * pitch;
        match merged.last_mut() {
            Some(bar) if bar.0 == start => {
                bar.1 += reported;
                bar.2 += authentic;
            }
            _ => merged.push((start, *reported, *authentic)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_sums() {
        let many: Vec<_> = (0..5_000).map(|i| (i * 7, 2.0, 1.5)).collect();
        let merged = merge(&many);
        assert!(merged.len() <= BARS_MAX + 1);
        assert_eq!(merged.iter().map(|b| b.1).sum::<f64>(), 10_000.0);
        assert_eq!(merged.iter().map(|b| b.2).sum::<f64>(), 7_500.0);
    }
}
