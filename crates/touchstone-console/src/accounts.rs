//! The table of accounts, and their cases, packed: there may be thousands, and only one is read at a time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;
use touchstone_detect::findings::ReportModel;

use crate::case::{REPORT_LINKS, View, account};
use crate::escape::Html;
use crate::tables::{self, Column};
use crate::words::{self, column};

/// Cases in a pack: few enough to unpack at once, enough to have much in common.
const PACK: usize = 40;

/// What parts one case from the next in a pack; no case can contain it, since hidden characters are shown.
const PARTING: &str = "\u{1e}";

/// The table of the first `shown` accounts.
pub(crate) fn accounts(model: &ReportModel, shown: usize) -> Html {
    let view = View { timed: model.overview.timed, links: REPORT_LINKS };
    let all = &model.accounts[..model.accounts.len().min(shown)];
    let mut html = Html::new();
    html.raw("<section class=\"page\" id=\"accounts\" aria-labelledby=\"accounts-h\">");
    html.raw("<h2 id=\"accounts-h\" tabindex=\"-1\">").raw(words::ACCOUNTS).raw("</h2>\n");
    if all.is_empty() {
        html.raw("<p>").raw(words::NO_ACCOUNTS).raw("</p></section>\n");
        return html;
    }
    let total = model.overview.accused + model.overview.suspects;
    if (all.len() as u64) < total {
        html.raw("<p>").text(&words::accounts_cut(all.len(), total)).raw("</p>\n");
    }
    html.raw("<noscript><p>").raw(words::NO_SCRIPT).raw("</p></noscript>\n");
    let has_rings = all.iter().any(|a| a.ring.is_some());
    let mut columns: Vec<Column> = vec![(column::ACCOUNT, false), (column::VERDICT, false), (column::EVIDENCE, true)];
    if has_rings {
        columns.push((column::RING, false));
    }
    columns.extend([(column::ENDORSEMENTS, true), (column::DISCOUNTED, true)]);
    let rows: Vec<Html> = all.iter().map(|a| account::row(a, has_rings, view)).collect();
    html.append(&tables::list("list-accounts", words::ACCOUNTS_CAPTION, &columns, &rows));
    html.raw("</section>\n");
    html
}

/// The packs of their cases: data that the page's script unpacks. `room` bounds their bytes and those of their rows in the table;
/// tells how many fit.
pub(crate) fn packs(model: &ReportModel, room: usize) -> (Html, usize) {
    let view = View { timed: model.overview.timed, links: REPORT_LINKS };
    let mut html = Html::new();
    let (mut fit, mut rows) = (0, 0);
    for (number, some) in model.accounts.chunks(PACK).enumerate() {
        let cases: Vec<String> = some
            .iter()
            .enumerate()
            .map(|(i, a)| account::account(a, &format!("case{}", number * PACK + i), view).into_string())
            .collect();
        let packed = pack(cases.join(PARTING).as_bytes());
        rows += some.iter().map(|a| account::row(a, true, view).len() + 8).sum::<usize>();
        if html.len() + packed.len() + rows + 100 > room {
            break;
        }
        html.raw("<script type=\"application/x-deflate\" class=\"pack\" data-first=\"").number((number * PACK) as i64);
        html.raw("\">").text(&packed).raw("</script>\n");
        fit += some.len();
    }
    (html, fit)
}

/// Deflate, then base64, which needs no escaping.
fn pack(bytes: &[u8]) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(7));
    // Writing to memory cannot fail.
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
    STANDARD.encode(packed)
}
