//! Shares as bars: a trait of conduct on the ring's targets, elsewhere, and of others.

use touchstone_detect::case::{Conduct, Part, Rates};

use crate::escape::Html;
use crate::words;

use super::{Picture, label, rect};

const WIDTH: f64 = 460.0;
const ROW: f64 = 34.0;

/// Endorsed without a view, and endorsed of what was looked at.
pub(crate) fn conduct(id: String, c: &Conduct) -> Html {
    let groups = [(words::UNSEEN, three(&c.unseen)), (words::LIKED, three(&c.liked))];
    let (body, height) = bars(&groups);
    let picture = Picture {
        id,
        class: "shares",
        width: WIDTH,
        height,
        title: words::conduct_title(c),
        desc: words::unseen_desc(&c.unseen),
        body,
    };
    picture.into_html()
}

/// Endorsed without a view: one account against others.
pub(crate) fn unseen(id: String, r: &Rates) -> Html {
    let rows = vec![("fake", words::ITSELF, r.elsewhere), ("base", words::OTHERS, r.others)];
    let (body, height) = bars(&[(words::UNSEEN, rows)]);
    Picture {
        id,
        class: "shares",
        width: WIDTH,
        height,
        title: words::unseen_title(r),
        desc: words::unseen_desc(r),
        body,
    }
    .into_html()
}

type Rows = Vec<(&'static str, &'static str, Part)>;

fn three(r: &Rates) -> Rows {
    vec![
        ("fake", words::ON_TARGETS, r.inside),
        ("auth", words::ELSEWHERE, r.elsewhere),
        ("base", words::OTHERS, r.others),
    ]
}

fn bars(groups: &[(&'static str, Rows)]) -> (Html, f64) {
    let mut body = Html::new();
    let mut y = 0.0;
    for (heading, rows) in groups {
        label(&mut body, "ts strong", 0.0, y + 14.0, heading);
        y += 20.0;
        for (class, name, part) in rows {
            label(&mut body, "ts", 0.0, y + 12.0, name);
            label(&mut body, "tv", WIDTH, y + 12.0, &words::part(*part));
            rect(&mut body, "field", 0.0, y + 17.0, WIDTH, 9.0);
            let share = if part.whole == 0 { 0.0 } else { part.part as f64 / part.whole as f64 };
            rect(&mut body, class, 0.0, y + 17.0, (share * WIDTH).max(if part.part > 0 { 1.5 } else { 0.0 }), 9.0);
            y += ROW;
        }
        y += 8.0;
    }
    (body, y)
}
