//! The most inflated targets: a table, and the worst drawn over time.

use touchstone_detect::findings::ReportModel;

use crate::chart::series::series;
use crate::escape::Html;
use crate::ring::{target_columns, target_row};
use crate::tables;
use crate::words::{self, column};

/// More pictures than this say no more.
const PICTURES_MAX: usize = 6;
/// Rows of the table.
const ROWS_MAX: usize = 100;

pub(crate) fn targets(model: &ReportModel) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"targets\" aria-labelledby=\"targets-h\"><h2 id=\"targets-h\">");
    html.raw(words::TARGETS).raw("</h2>\n");
    if model.targets.is_empty() {
        html.raw("<p>").raw(words::NO_TARGETS).raw("</p></section>\n");
        return html;
    }
    if model.overview.timed {
        html.append(&pictures(model));
    }
    let has_owner = model.targets.iter().any(|t| t.count.owner.is_some());
    let rows: Vec<Html> = model
        .targets
        .iter()
        .take(ROWS_MAX)
        .enumerate()
        .map(|(i, t)| target_row(&t.count, i + 1, has_owner, 200))
        .collect();
    html.append(&tables::folded(
        words::TARGETS_CAPTION,
        words::TARGETS,
        &words::more_targets,
        &target_columns(has_owner, column::BY_ANY_RING),
        &rows,
    ));
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
        html.raw(" ").text(&words::series_cut(n, model.targets.len()));
    }
    html.raw("</p>\n<div class=\"multiples\">").append(&drawn).raw("</div>\n");
    html
}
