//! Shares as bars with their 95 % intervals, one below the other.

use touchstone_detect::evaluation::interval::Rate;

use crate::escape::Html;
use crate::words::evaluation as words;

use super::path::Path;
use super::{Picture, label, rect};

const WIDTH: f64 = 420.0;
const ROW: f64 = 34.0;
const BAR: f64 = 9.0;

/// How bars are drawn.
pub(crate) struct Look {
    /// Unique on the page.
    pub(crate) id: &'static str,
    /// The finding, in one line.
    pub(crate) title: String,
    /// auth where much is good, fake where it is harm.
    pub(crate) class: &'static str,
    /// A share to hold the bars against.
    pub(crate) goal: Option<f64>,
    /// True where the scale ends at the largest upper end, for small shares.
    pub(crate) zoom: bool,
}

/// Bars with names. None of nothing is left out.
pub(crate) fn rates(look: Look, rows: &[(&str, Rate)]) -> Html {
    let rows: Vec<&(&str, Rate)> = rows.iter().filter(|(_, r)| r.total > 0).collect();
    let top = rows.iter().map(|(_, r)| r.high).fold(0.0, f64::max);
    let most = if look.zoom && top > 0.0 { top } else { 1.0 };
    let x = |share: f64| (share / most).clamp(0.0, 1.0) * (WIDTH - 2.0) + 1.0;
    let height = rows.len() as f64 * ROW + 16.0;
    let mut body = Html::new();
    let mut whiskers = Path::default();
    for (i, (name, rate)) in rows.iter().enumerate() {
        let y = i as f64 * ROW;
        label(&mut body, "ts", 0.0, y + 13.0, &words::row_name(name));
        label(&mut body, "tv", WIDTH, y + 13.0, &words::bar_value(rate));
        rect(&mut body, "field", 0.0, y + 18.0, WIDTH, BAR);
        rect(&mut body, look.class, 0.0, y + 18.0, rate.rate.map_or(0.0, &x), BAR);
        let middle = y + 18.0 + BAR / 2.0;
        whiskers.polyline([(x(rate.low), middle), (x(rate.high), middle)]);
        for end in [rate.low, rate.high] {
            whiskers.polyline([(x(end), middle - 4.0), (x(end), middle + 4.0)]);
        }
    }
    whiskers.draw(&mut body, "whisker");
    if let Some(goal) = look.goal {
        let mut line = Path::default();
        for i in 0..rows.len() {
            let y = i as f64 * ROW;
            line.polyline([(x(goal), y + 17.0), (x(goal), y + 28.0)]);
        }
        line.draw(&mut body, "goal");
    }
    label(&mut body, "ts", 0.0, height - 2.0, &words::axis(0.0));
    label(&mut body, "te", WIDTH, height - 2.0, &words::percent_axis(most));
    let desc = rows.iter().map(|(name, r)| words::bar_desc(name, r)).collect::<Vec<_>>().join("; ");
    Picture { id: look.id.into(), class: "rates", width: WIDTH, height, title: look.title, desc, body }.into_html()
}
