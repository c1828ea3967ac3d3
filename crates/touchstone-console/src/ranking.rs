//! The ranking: what deserves to be seen, and why each target stands where it does.

use touchstone_detect::findings::{RankedTarget, Ranking};

use crate::escape::{Html, prose};
use crate::tables::{self, Column};
use crate::text::{amount, count, decimal};
use crate::words::{self, column};

/// Targets listed; files hold all.
const ROWS_MAX: usize = 200;

/// The page of the ranking.
pub(crate) fn ranking(r: &Ranking) -> Html {
    let mut html = Html::new();
    html.raw("<section class=\"page\" id=\"ranking\" aria-labelledby=\"ranking-h\">");
    html.raw("<h2 id=\"ranking-h\" tabindex=\"-1\">").raw(words::RANKING).raw("</h2>\n<p>");
    html.raw(words::RANKING_INTRO).raw("</p>\n");
    html.append(&metrics(r));
    if r.targets.is_empty() {
        html.raw("<p>").raw(words::NO_RANKING).raw("</p></section>\n");
        return html;
    }
    let shown = &r.targets[..r.targets.len().min(ROWS_MAX)];
    if (shown.len() as u64) < r.targets_total {
        html.raw("<p class=\"quiet\">").text(&words::list_cut(shown.len(), r.targets_total)).raw("</p>\n");
    }
    let has_owner = shown.iter().any(|t| t.owner.is_some());
    let has_views = shown.iter().any(|t| t.viewers > 0);
    let mut columns: Vec<Column> = vec![(column::TARGET, false), (column::RANK, true), (column::BY_LIKES, true)];
    if has_owner {
        columns.push((column::OWNER, false));
    }
    if has_views {
        columns.push((column::VIEWERS, true));
    }
    columns.extend([(column::REPORTED, true), (column::AUTHENTIC, true), (column::SCORE, true), (column::WHY, false)]);
    let rows: Vec<Html> = shown.iter().map(|t| row(t, r, has_owner, has_views)).collect();
    html.append(&tables::list("list-ranking", words::RANKING_CAPTION, &columns, &rows)).raw("</section>\n");
    html
}

/// What is measured, with its weight.
fn metrics(r: &Ranking) -> Html {
    let columns: [Column; 4] =
        [(column::METRIC, false), (column::WEIGHT, true), (column::MEDIAN, true), (column::NOTE, false)];
    let rows: Vec<Html> = r
        .metrics
        .iter()
        .map(|m| {
            let mut row = Html::new();
            row.raw("<th scope=\"row\">").text(words::metric(&m.metric));
            tables::number(&mut row, &if m.ran { decimal(m.weight, 2) } else { "\u{2013}".into() });
            tables::number(&mut row, &if m.ran { decimal(m.median, 2) } else { "\u{2013}".into() });
            tables::words_cell(&mut row, &prose(&m.note));
            row
        })
        .collect();
    tables::table(words::METRICS_CAPTION, &columns, &rows)
}

fn row(t: &RankedTarget, r: &Ranking, has_owner: bool, has_views: bool) -> Html {
    let mut row = Html::new();
    row.raw("<th scope=\"row\">");
    crate::case::link(&mut row, "#rank/", &t.target, 32, 100);
    tables::number(&mut row, &count(t.rank));
    tables::number(&mut row, &count(t.rank_by_likes));
    if has_owner {
        row.raw("<td>").name(t.owner.as_deref().unwrap_or("\u{2013}"), 24, 100);
    }
    if has_views {
        tables::number(&mut row, &count(t.viewers));
    }
    tables::number(&mut row, &count(t.likes));
    tables::number(&mut row, &amount(t.authentic));
    tables::number(&mut row, &decimal(t.score, 2));
    row.raw("<td class=\"why\"><span>").text(&prose(&t.reason)).raw("</span>");
    if t.capped {
        row.raw(" <span>").raw(words::CAPPED).raw("</span>");
    }
    row.raw("<details><summary>").raw(words::PARTS).raw("</summary><dl>");
    for (metric, part) in r.metrics.iter().zip(&t.parts).filter(|(m, _)| m.ran) {
        row.raw("<div><dt>").text(words::metric(&metric.metric)).raw("</dt><dd>").text(&decimal(*part, 2));
        row.raw(" <small>").text(&words::against_median(metric.median)).raw("</small></dd></div>");
    }
    if t.age != 0.0 {
        row.raw("<div><dt>").raw(words::AGE).raw("</dt><dd>").text(&decimal(-t.age.abs(), 2)).raw("</dd></div>");
    }
    row.raw("</dl></details>");
    row
}
