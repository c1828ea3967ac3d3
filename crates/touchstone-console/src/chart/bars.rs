//! Bars: observed against expected, and authentic against discounted.

use touchstone_detect::findings::{Evidence, Overview};

use crate::escape::{Html, prose};
use crate::text::amount;
use crate::words;

use super::{Picture, label, rect};

/// One piece of evidence: what was observed above what was expected, on one scale.
pub(crate) fn evidence(id: String, e: &Evidence) -> Html {
    const WIDTH: f64 = 300.0;
    let most = e.observed.abs().max(e.expected.abs());
    let length = |value: f64| {
        let share = value.abs() / most;
        // An expectation of nearly nothing is still a mark.
        if share.is_finite() { (share * WIDTH).clamp(1.5, WIDTH) } else { 1.5 }
    };
    let mut body = Html::new();
    let rows = [("fake", words::OBSERVED, e.observed), ("base", words::EXPECTED, e.expected)];
    for (i, (class, word, value)) in rows.into_iter().enumerate() {
        let y = i as f64 * 31.0;
        label(&mut body, "ts", 0.0, y + 11.0, word);
        label(&mut body, "tv", WIDTH, y + 11.0, &amount(value));
        rect(&mut body, class, 0.0, y + 16.0, length(value), 9.0);
    }
    Picture {
        id,
        class: "bars",
        width: WIDTH,
        height: 58.0,
        title: words::evidence_title(e.observed, e.expected),
        desc: words::evidence_desc(&prose(&e.statistic), e.observed, e.expected),
        body,
    }
    .into_html()
}

/// The whole log: one bar, its discounted end hatched.
pub(crate) fn share(o: &Overview) -> Html {
    const WIDTH: f64 = 1000.0;
    let share = o.discounted / o.endorsements.max(1) as f64;
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    // What is there is seen, however small.
    let fake = if share > 0.0 { (share * WIDTH).max(3.0) } else { 0.0 };
    let mut body = Html::new();
    rect(&mut body, "auth", 0.0, 0.0, WIDTH - fake, 18.0);
    rect(&mut body, "hatch", WIDTH - fake, 0.0, fake, 18.0);
    Picture {
        id: "share".to_string(),
        class: "share",
        width: WIDTH,
        height: 18.0,
        title: words::share_title(o),
        desc: words::share_desc(o),
        body,
    }
    .into_html()
}
