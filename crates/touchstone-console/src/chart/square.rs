//! A square from 0 to 1 both ways: reliability, and precision against recall.

use touchstone_detect::evaluation::calibration::Calibration;
use touchstone_detect::evaluation::ranking::CurvePoint;

use crate::escape::Html;
use crate::words::evaluation as words;

use super::path::Path;
use super::{Picture, label};

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 384.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 386.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 340.0;

fn x(value: f64) -> f64 {
    LEFT + value.clamp(0.0, 1.0) * (RIGHT - LEFT)
}

fn y(value: f64) -> f64 {
    BOTTOM - value.clamp(0.0, 1.0) * (BOTTOM - TOP)
}

/// Grid, numbers and the names of both axes.
fn axes(body: &mut Html, across: &str, upwards: &str) {
    let mut grid = Path::default();
    for step in 0..=4 {
        let value = f64::from(step) / 4.0;
        grid.polyline([(x(value), TOP), (x(value), BOTTOM)]);
        grid.polyline([(LEFT, y(value)), (RIGHT, y(value))]);
        label(body, "tm", x(value), BOTTOM + 17.0, &words::axis(value));
        label(body, "te", LEFT - 6.0, y(value) + 4.0, &words::axis(value));
    }
    grid.draw(body, "grid");
    label(body, "tm", (LEFT + RIGHT) / 2.0, BOTTOM + 36.0, across);
    label(body, "ts", LEFT + 6.0, TOP + 14.0, upwards);
}

/// Observed against said: a dot a bin with its interval, large where there are many likes.
pub(crate) fn reliability(c: &Calibration) -> Html {
    let mut body = Html::new();
    axes(&mut body, words::P_FAKE_AXIS, words::OBSERVED_AXIS);
    let mut diagonal = Path::default();
    diagonal.polyline([(x(0.0), y(0.0)), (x(1.0), y(1.0))]);
    diagonal.draw(&mut body, "diagonal");
    let mut whiskers = Path::default();
    for bin in &c.bins {
        let (Some(mean), Some(observed)) = (bin.mean_p_fake, bin.fake.rate) else { continue };
        whiskers.polyline([(x(mean), y(bin.fake.low)), (x(mean), y(bin.fake.high))]);
        let radius = 3.0 + (bin.fake.total as f64).log10().clamp(0.0, 7.0) * 0.7;
        body.raw(if bin.off { "<circle class=\"fake\" cx=\"" } else { "<circle class=\"auth\" cx=\"" });
        body.coordinate(x(mean)).raw("\" cy=\"").coordinate(y(observed));
        body.raw("\" r=\"").coordinate(radius).raw("\"/>");
    }
    whiskers.draw(&mut body, "whisker");
    Picture {
        id: "reliability".into(),
        class: "square",
        width: WIDTH,
        height: HEIGHT,
        title: words::reliability_title(c),
        desc: words::reliability_desc(c),
        body,
    }
    .into_html()
}

/// Precision against recall by threshold; the dot is the verdict as given.
pub(crate) fn precision_recall(
    id: &str,
    what: &str,
    points: &[CurvePoint],
    given: Option<(f64, f64)>,
    average: Option<f64>,
) -> Html {
    let mut body = Html::new();
    axes(&mut body, words::RECALL_AXIS, words::PRECISION_AXIS);
    let mut line = Path::default();
    // The highest threshold's precision holds for whatever less could be called.
    let start = points.first().map(|p| (x(0.0), y(p.precision)));
    line.polyline(start.into_iter().chain(points.iter().map(|p| (x(p.recall), y(p.precision)))));
    line.draw(&mut body, "line-auth");
    if let Some((precision, recall)) = given {
        body.raw("<circle class=\"fake\" cx=\"").coordinate(x(recall)).raw("\" cy=\"");
        body.coordinate(y(precision)).raw("\" r=\"5\"/>");
    }
    Picture {
        id: id.into(),
        class: "square",
        width: WIDTH,
        height: HEIGHT,
        title: words::curve_title(what, average),
        desc: words::curve_desc(given),
        body,
    }
    .into_html()
}
