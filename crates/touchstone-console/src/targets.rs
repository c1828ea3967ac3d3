//! The most inflated targets and owners: who on the overview, all in a table, the worst drawn over time.

use touchstone_detect::findings::ReportModel;

use crate::case::ring::{target_columns, target_row};
use crate::case::{REPORT_LINKS, View, link};
use crate::chart::counts::counts;
use crate::chart::series::series;
use crate::escape::Html;
use crate::tables::{self, Column};
use crate::text::{count, split};
use crate::words::{self, column};

/// More pictures than this say no more.
const PICTURES_MAX: usize = 6;
/// Rows of the tables.
const ROWS_MAX: usize = 500;
const OWNERS_MAX: usize = 10;

/// Who is most inflated: a glance.
pub(crate) fn inflated(model: &ReportModel) -> Html {
    let mut html = Html::new();
    let all: Vec<_> = model.targets.iter().take(PICTURES_MAX * 2).map(|t| t.count.clone()).collect();
    let Some(picture) = counts("inflated-targets".into(), &all) else { return html };
    html.raw("<section id=\"inflated\" aria-labelledby=\"inflated-h\"><h2 id=\"inflated-h\">");
    html.raw(words::INFLATED).raw("</h2>\n<h3>").raw(words::INFLATED_TARGETS).raw("</h3>\n");
    crate::case::figure(&mut html, words::COUNTS_CAPTION, &[], words::INFLATED_TARGETS, &picture);
    html.append(&owners(model)).raw("</section>\n");
    html
}

fn owners(model: &ReportModel) -> Html {
    let columns: [Column; 5] = [
        (column::OWNER, false),
        (column::TARGETS_OWNED, true),
        (column::REPORTED, true),
        (column::DISCOUNTED, true),
        (column::AUTHENTIC, true),
    ];
    let rows: Vec<Html> = model
        .owners
        .iter()
        .take(OWNERS_MAX)
        .map(|o| {
            let (authentic, discounted) = split(o.reported, o.reported as f64 - o.authentic);
            let mut row = Html::new();
            tables::head(&mut row, &o.owner, 200);
            tables::number(&mut row, &count(o.targets));
            tables::number(&mut row, &count(o.reported));
            tables::number(&mut row, &discounted);
            tables::number(&mut row, &authentic);
            row
        })
        .collect();
    if rows.is_empty() { Html::new() } else { tables::table(words::INFLATED_OWNERS, &columns, &rows) }
}

/// The page of targets.
pub(crate) fn targets(model: &ReportModel) -> Html {
    let mut html = Html::new();
    html.raw("<section class=\"page\" id=\"targets\" aria-labelledby=\"targets-h\">");
    html.raw("<h2 id=\"targets-h\" tabindex=\"-1\">").raw(words::TARGETS).raw("</h2>\n");
    if model.targets.is_empty() {
        html.raw("<p>").raw(words::NO_TARGETS).raw("</p></section>\n");
        return html;
    }
    let has_owner = model.targets.iter().any(|t| t.count.owner.is_some());
    let has_rings = model.targets.iter().any(|t| !t.rings.is_empty());
    let mut columns = target_columns(has_owner, column::BY_ANY_RING);
    if has_rings {
        columns.push((column::RINGS, false));
    }
    let shown = model.targets.iter().take(ROWS_MAX).enumerate();
    let rows: Vec<Html> = shown
        .map(|(i, t)| {
            let view = View { timed: model.overview.timed, links: REPORT_LINKS };
            let mut row = target_row(&t.count, i + 1, has_owner, Some(view), 100);
            if has_rings {
                row.raw("<td>");
                for ring in &t.rings {
                    link(&mut row, REPORT_LINKS.ring, ring, 24, 60);
                    row.raw(" ");
                }
            }
            row
        })
        .collect();
    html.append(&tables::list("list-targets", words::TARGETS_CAPTION, &columns, &rows));
    if model.overview.timed {
        html.append(&pictures(model));
    }
    html.raw("</section>\n");
    html
}

fn pictures(model: &ReportModel) -> Html {
    let mut html = Html::new();
    let mut drawn = Html::new();
    let mut n = 0;
    for (i, target) in model.targets.iter().enumerate().take(PICTURES_MAX) {
        if let Some(picture) = series(format!("target-{}", i + 1), target) {
            drawn.raw("<figure><figcaption>").number(i as i64 + 1).raw(". ");
            drawn.name(&target.count.target, 40, 200).raw("</figcaption>");
            drawn.append(&picture).raw("</figure>\n");
            n += 1;
        }
    }
    if n == 0 {
        return html;
    }
    html.raw("<p>").raw(words::SERIES_CAPTION);
    if n < model.targets.len() {
        html.raw(" <span>").text(&words::series_cut(n, model.targets.len())).raw("</span>");
    }
    html.raw("</p>\n<div class=\"multiples\">").append(&drawn).raw("</div>\n");
    html
}
