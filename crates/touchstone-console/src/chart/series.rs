//! A target's counts so far, over time: reported above authentic, with the interval at the end.

use touchstone_detect::findings::TargetSeries;

use crate::escape::Html;
use crate::words;

use super::path::Path;
use super::scale::{TimeScale, ValueScale};
use super::{Picture, label};

const WIDTH: f64 = 440.0;
const LEFT: f64 = 46.0;
/// Room for the interval and the values at the end.
const RIGHT: f64 = 110.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 170.0;
/// More points than this are more than pixels.
const POINTS_MAX: usize = 160;

/// None where there is nothing to draw a line through.
pub(crate) fn series(id: String, target: &TargetSeries) -> Option<Html> {
    let points = thin(&target.points);
    let (first, last) = (points.first()?.0, points.last()?.0);
    let count = &target.count;
    let most = points
        .iter()
        .map(|p| p.1.max(p.2))
        .chain([count.reported as f64, count.high])
        .filter(|v| v.is_finite())
        .fold(1.0, f64::max);
    let end = WIDTH - RIGHT;
    let times = TimeScale::new(first, last, LEFT, end - LEFT);
    let values = ValueScale::new(most, TOP, BOTTOM);
    let mut body = Html::new();
    times.draw(&mut body, TOP, BOTTOM, 76.0);
    values.draw(&mut body, LEFT, end);

    // Counts stay until the next event: steps, not slopes.
    let steps = |value: fn(&(i64, f64, f64)) -> f64| -> Vec<(f64, f64)> {
        let mut line = Vec::with_capacity(points.len() * 2 + 1);
        let mut level = None;
        for p in &points {
            let x = times.x(p.0);
            if let Some(y) = level {
                line.push((x, y));
            }
            let y = values.y(value(p));
            line.push((x, y));
            level = Some(y);
        }
        if let Some(y) = level {
            line.push((end, y));
        }
        line
    };
    let (reported, authentic) = (steps(|p| p.1), steps(|p| p.2));
    let mut gap = Path::default();
    gap.polyline(reported.iter().chain(authentic.iter().rev()).copied());
    gap.close();
    gap.draw(&mut body, "hatch");
    for (line, class) in [(&reported, "line-rep"), (&authentic, "line-auth")] {
        let mut path = Path::default();
        path.polyline(line.iter().copied());
        path.draw(&mut body, class);
    }

    let x = end + 8.0;
    let (low, high) = (values.y(count.low), values.y(count.high));
    let mut whisker = Path::default();
    whisker.polyline([(x, low), (x, high)]);
    whisker.polyline([(x - 4.0, low), (x + 4.0, low)]);
    whisker.polyline([(x - 4.0, high), (x + 4.0, high)]);
    whisker.draw(&mut body, "line-auth thin");
    let (upper, lower) = apart(values.y(count.reported as f64), values.y(count.authentic));
    let text = words::series_reported(count.reported);
    label(&mut body, "ts strong", x + 8.0, upper + 4.0, &text);
    let text = words::series_authentic(count.authentic);
    label(&mut body, "ts auth-text", x + 8.0, lower + 4.0, &text);

    let picture = Picture {
        id,
        class: "series",
        width: WIDTH,
        height: BOTTOM + 38.0,
        title: words::series_title(count),
        desc: words::series_desc(count, first, last),
        body,
    };
    Some(picture.into_html())
}

/// Two labels that must not cover each other.
fn apart(upper: f64, lower: f64) -> (f64, f64) {
    let missing = 14.0 - (lower - upper);
    if missing <= 0.0 {
        return (upper, lower);
    }
    // Down, unless that leaves the picture.
    let lower = (upper + 14.0).min(BOTTOM);
    (lower - 14.0, lower)
}

/// Every so-many-th point, and the last.
fn thin(points: &[(i64, f64, f64)]) -> Vec<(i64, f64, f64)> {
    let stride = points.len().div_ceil(POINTS_MAX).max(1);
    let mut thinned: Vec<_> = points.iter().step_by(stride).copied().collect();
    if let Some(last) = points.last()
        && thinned.last() != Some(last)
    {
        thinned.push(*last);
    }
    thinned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_ends() {
        let points: Vec<_> = (0..1_000).map(|i| (i, i as f64, i as f64)).collect();
        let thinned = thin(&points);
        assert!(thinned.len() <= POINTS_MAX + 1);
        assert_eq!(thinned.first(), points.first());
        assert_eq!(thinned.last(), points.last());
        assert!(thin(&[]).is_empty());
    }

    #[test]
    fn labels_keep_apart() {
        let (upper, lower) = apart(100.0, 101.0);
        assert!(lower - upper >= 14.0);
        assert_eq!(apart(20.0, 90.0), (20.0, 90.0));
    }
}
