//! A histogram of a case, filled, under the outline of what others give.

use touchstone_detect::case::Compared;

use crate::escape::Html;
use crate::text::percent;
use crate::words;

use super::path::Path;
use super::{Picture, label, rect};

const WIDTH: f64 = 460.0;
const LEFT: f64 = 38.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 146.0;

pub(crate) fn histogram(id: String, c: &Compared) -> Html {
    let classes = c.observed.len().min(c.expected.len()).max(1);
    let (seen, expected): (u64, f64) = (c.observed.iter().sum(), c.expected.iter().sum());
    let share = |v: f64, of: f64| if of > 0.0 && v.is_finite() { v / of } else { 0.0 };
    let pairs: Vec<(f64, f64)> =
        c.observed.iter().zip(&c.expected).map(|(o, e)| (share(*o as f64, seen as f64), share(*e, expected))).collect();
    let most = pairs.iter().map(|p| p.0.max(p.1)).fold(0.05, f64::max);
    let pitch = (WIDTH - LEFT - RIGHT) / classes as f64;
    let y = |v: f64| BOTTOM - v / most * (BOTTOM - TOP);
    let mut body = Html::new();
    let mut grid = Path::default();
    for v in [0.0, most / 2.0, most] {
        grid.polyline([(LEFT, y(v)), (WIDTH - RIGHT, y(v))]);
        label(&mut body, "te", LEFT - 5.0, y(v) + 4.0, &percent((v * 100.0).round() / 100.0));
    }
    grid.draw(&mut body, "grid");
    let mut outline = Path::default();
    let mut points = vec![(LEFT, BOTTOM)];
    for (i, (own, null)) in pairs.iter().enumerate() {
        let x = LEFT + i as f64 * pitch;
        rect(&mut body, "fake", x + 2.0, y(*own), pitch - 4.0, BOTTOM - y(*own));
        points.extend([(x, y(*null)), (x + pitch, y(*null))]);
    }
    points.push((WIDTH - RIGHT, BOTTOM));
    outline.polyline(points);
    outline.draw(&mut body, "line-rep");
    for (i, upper) in c.uppers.iter().enumerate() {
        // Every edge where there is room, else every other.
        if classes <= 9 || i % 2 == 0 {
            let x = LEFT + (i + 1) as f64 * pitch;
            label(&mut body, "tm", x, BOTTOM + 14.0, &words::edge(*upper));
        }
    }
    legend(&mut body);
    Picture {
        id,
        class: "histogram",
        width: WIDTH,
        height: BOTTOM + 20.0,
        title: words::histogram_title(c),
        desc: words::HISTOGRAM_DESC.to_string(),
        body,
    }
    .into_html()
}

fn legend(body: &mut Html) {
    rect(body, "fake", LEFT, 4.0, 12.0, 10.0);
    label(body, "ts", LEFT + 17.0, 13.0, words::CASE_LEGEND);
    let mut line = Path::default();
    line.polyline([(LEFT + 92.0, 9.0), (LEFT + 108.0, 9.0)]);
    line.draw(body, "line-rep");
    label(body, "ts", LEFT + 113.0, 13.0, words::NULL_LEGEND);
}
