//! One account's endorsements over time.

use crate::escape::Html;
use crate::text::period;
use crate::words;

use super::Picture;
use super::path::Path;
use super::scale::TimeScale;

const WIDTH: f64 = 960.0;
const SIDE: f64 = 12.0;
const TOP: i64 = 4;
const HEIGHT: i64 = 40;

/// `times` ascending, with the probability of being fake; `None` where there are none.
pub(crate) fn strip(id: String, times: &[(i64, f32)]) -> Option<Html> {
    let (first, last) = (times.first()?.0, times.last()?.0);
    let scale = TimeScale::new(first, last, SIDE, WIDTH - 2.0 * SIDE);
    let mut body = Html::new();
    scale.draw(&mut body, TOP as f64, (TOP + HEIGHT) as f64, 96.0);
    let (mut tall, mut short) = (Path::default(), Path::default());
    for (ts, p) in times {
        let x = scale.x(*ts).round() as i64;
        if *p >= 0.5 { tall.tick(x, TOP, HEIGHT) } else { short.tick(x, TOP + HEIGHT / 2, HEIGHT / 2) }
    }
    short.draw(&mut body, "tick-alone");
    tall.draw(&mut body, "tick-step");
    let fake = times.iter().filter(|t| t.1 >= 0.5).count();
    Some(
        Picture {
            id,
            class: "wide",
            width: WIDTH,
            height: (TOP + HEIGHT) as f64 + 36.0,
            title: words::strip_title(times.len(), fake),
            desc: format!("{} (UTC)", period(first, last)),
            body,
        }
        .into_html(),
    )
}
