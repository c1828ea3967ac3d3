//! Books of giving and receiving: a dot a member.

use touchstone_detect::case::Books;

use crate::escape::Html;
use crate::words;

use super::path::Path;
use super::scale::round_steps;
use super::{Picture, label};

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 388.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 296.0;

pub(crate) fn books(id: String, b: &Books) -> Html {
    let most = b.members.iter().map(|m| m.given.max(m.received)).max().unwrap_or(1) as f64;
    let (step, steps) = round_steps(most, 5.0);
    let end = step * steps as f64;
    let x = |v: f64| LEFT + v / end * (RIGHT - LEFT);
    let y = |v: f64| BOTTOM - v / end * (BOTTOM - TOP);
    let mut body = Html::new();
    let mut grid = Path::default();
    for i in 0..=steps {
        let v = step * i as f64;
        grid.polyline([(x(v), TOP), (x(v), BOTTOM)]);
        grid.polyline([(LEFT, y(v)), (RIGHT, y(v))]);
        label(&mut body, "tm", x(v), BOTTOM + 16.0, &crate::text::count(v as u64));
        label(&mut body, "te", LEFT - 6.0, y(v) + 4.0, &crate::text::count(v as u64));
    }
    grid.draw(&mut body, "grid");
    let mut diagonal = Path::default();
    diagonal.polyline([(x(0.0), y(0.0)), (x(end), y(end))]);
    diagonal.draw(&mut body, "diagonal");
    label(&mut body, "tm", (LEFT + RIGHT) / 2.0, BOTTOM + 34.0, words::GIVEN);
    label(&mut body, "ts", LEFT + 5.0, TOP + 12.0, words::RECEIVED);
    let mut dots = Path::default();
    for m in &b.members {
        dots.dash(x(m.given as f64) as i64, y(m.received as f64) as i64, 0);
    }
    dots.draw(&mut body, "dots");
    Picture {
        id,
        class: "square",
        width: WIDTH,
        height: HEIGHT,
        title: words::books_title(b),
        desc: words::BOOKS_DESC.to_string(),
        body,
    }
    .into_html()
}
