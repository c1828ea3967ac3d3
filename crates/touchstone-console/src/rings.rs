//! The table of rings, with the way to each.

use touchstone_detect::findings::{ReportModel, RingCase};

use crate::escape::Html;
use crate::tables::{self, Column};
use crate::text::{count, odds, period};
use crate::words::{self, column};

/// The table of the first `shown` rings.
pub(crate) fn rings(model: &ReportModel, shown: usize) -> Html {
    let o = &model.overview;
    let shown = &model.rings[..model.rings.len().min(shown)];
    let mut html = Html::new();
    html.raw("<section class=\"page\" id=\"rings\" aria-labelledby=\"rings-h\"><h2 id=\"rings-h\" tabindex=\"-1\">");
    html.raw(words::RINGS).raw("</h2>\n");
    if shown.is_empty() {
        html.raw("<p>").raw(words::NO_RINGS).raw("</p></section>\n");
        return html;
    }
    let total = o.rings.max(model.rings.len() as u64);
    if (shown.len() as u64) < total {
        html.raw("<p>").text(&words::rings_cut(shown.len(), total)).raw("</p>\n");
    }
    let mut columns: Vec<Column> = vec![
        (column::RING, false),
        (column::KIND, false),
        (column::EVIDENCE, true),
        (column::MEMBERS, true),
        (column::ACCUSED, true),
        (column::TARGETS, true),
        (column::DISCOUNTED, true),
    ];
    if o.timed {
        columns.push((column::PERIOD, false));
    }
    let rows: Vec<Html> = shown.iter().enumerate().map(|(place, ring)| row(ring, place, o.timed)).collect();
    html.append(&tables::list("list-rings", words::RINGS_CAPTION, &columns, &rows));
    html.raw("</section>\n");
    html
}

fn row(ring: &RingCase, place: usize, timed: bool) -> Html {
    let mut row = Html::new();
    row.raw("<th scope=\"row\"><a href=\"#").text(&anchor(ring, place)).raw("\">");
    row.name(&ring.ring, 24, 100).raw("</a><td>");
    row.raw(words::kind(ring.kind)).raw(" <small>");
    row.raw(words::kind_meaning(ring.kind)).raw("</small>");
    let bits = crate::text::bits(ring.bits);
    match odds(ring.bits) {
        None => tables::number(&mut row, &bits),
        Some(odds) => {
            row.raw("<td class=\"n\">").text(&bits).raw(" <small>");
            row.text(&odds).raw("</small>");
        }
    }
    tables::number(&mut row, &count(ring.members_total));
    tables::number(&mut row, &count(ring.accused));
    tables::number(&mut row, &count(ring.targets_total));
    tables::number(&mut row, &crate::text::amount(ring.exhibits.effect.discounted));
    if timed {
        tables::words_cell(&mut row, &period(ring.first_ts, ring.last_ts));
    }
    row
}

/// The ring's own id where it can stand in a link that people share, else its place.
pub(crate) fn anchor(ring: &RingCase, place: usize) -> String {
    let id = &ring.ring;
    let is_plain =
        (1..=24).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_plain {
        format!("ring-{id}")
    } else {
        // No plain id has a dot: the two kinds never meet.
        format!("ring.{}", place + 1)
    }
}
