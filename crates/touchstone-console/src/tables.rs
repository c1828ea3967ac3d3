//! Tables: with captions and scopes, in a box that scrolls by itself on a narrow screen.

use crate::escape::Html;
use crate::words;

/// A heading, and whether its column holds numbers.
pub(crate) type Column = (&'static str, bool);

/// A table whose rows are made by the caller, cell by cell.
pub(crate) fn table(caption: &str, columns: &[Column], rows: &[Html]) -> Html {
    let mut html = Html::new();
    scroll_box(&mut html, caption);
    html.raw("<table><caption>").text(caption).raw("</caption><thead><tr>");
    for (heading, is_number) in columns {
        html.raw(if *is_number { "<th scope=\"col\" class=\"n\">" } else { "<th scope=\"col\">" });
        html.text(heading);
    }
    html.raw("</thead><tbody>\n");
    for row in rows {
        html.raw("<tr>").append(row).raw("\n");
    }
    html.raw("</tbody></table></div>\n");
    html
}

/// A table that can be searched and sorted; `id` is unique on the page.
pub(crate) fn list(id: &'static str, caption: &str, columns: &[Column], rows: &[Html]) -> Html {
    let mut html = Html::new();
    html.raw("<div class=\"list\" id=\"").raw(id).raw("\">").append(&table(caption, columns, rows)).raw("</div>\n");
    html
}

/// Opens a box that scrolls sideways and can be reached by keyboard.
pub(crate) fn scroll_box(html: &mut Html, what: &str) {
    html.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    html.text(what).raw(", ").raw(words::SCROLLS).raw("\">");
}

/// A cell with a number.
pub(crate) fn number(row: &mut Html, text: &str) {
    row.raw("<td class=\"n\">").text(text);
}

/// A cell with words.
pub(crate) fn words_cell(row: &mut Html, text: &str) {
    row.raw("<td>").text(text);
}

/// The cell that names the row.
pub(crate) fn head(row: &mut Html, name: &str, title_chars: usize) {
    row.raw("<th scope=\"row\">").name(name, 32, title_chars);
}

/// The first rows in sight, the rest behind a click (and in print).
pub(crate) fn folded(
    caption: &str,
    more_caption: &str,
    more: &dyn Fn(usize) -> String,
    columns: &[Column],
    rows: &[Html],
) -> Html {
    const IN_SIGHT: usize = 10;
    // A fold of two or three is a nuisance.
    let cut = if rows.len() > IN_SIGHT + 4 { IN_SIGHT } else { rows.len() };
    let mut html = table(caption, columns, &rows[..cut]);
    if cut < rows.len() {
        html.raw("<details><summary>").text(&more(rows.len() - cut)).raw("</summary>");
        html.append(&table(more_caption, columns, &rows[cut..])).raw("</details>\n");
    }
    html
}
