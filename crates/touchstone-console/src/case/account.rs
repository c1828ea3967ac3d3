//! One account: verdict and effect, evidence, when it acted, how that compares, what to look up.

use touchstone_detect::case::{Endorsed, Hub};
use touchstone_detect::findings::AccountCase;

use super::{View, compared, evidence, figure, link};
use crate::chart::waterfall::Counted;
use crate::chart::{shares, strip};
use crate::escape::Html;
use crate::tables::{self, Column};
use crate::text::{count, date_second, percent};
use crate::words::{self, column};

/// The account's section; `id` is unique on its page.
pub(crate) fn account(a: &AccountCase, id: &str, view: View) -> Html {
    let x = &a.exhibits;
    let mut html = Html::new();
    html.raw("<article class=\"ring account\" aria-labelledby=\"").text(id).raw("-h\"><header><h3 id=\"").text(id);
    html.raw("-h\" tabindex=\"-1\"><span>").raw(column::ACCOUNT).raw("</span> ").name(&a.account, 40, 400);
    html.raw("</h3><a class=\"up\" href=\"").text(view.links.lists.1).raw("\">").raw(words::TO_ACCOUNTS);
    html.raw("</a></header>\n<p class=\"verdict\"><span>").text(&words::account_verdict(a)).raw("</span>");
    if let Some(ring) = &a.ring {
        html.raw(" <span>").raw(words::FOUND_IN).raw("</span> ");
        link(&mut html, view.links.ring, ring, 24, 100);
        if let Some(kind) = x.kind {
            html.raw(" (<span>").raw(words::kind(kind)).raw("</span>)");
        }
    }
    html.raw("</p>\n<p class=\"effect\">").text(&words::account_effect(a)).raw("</p>\n<ul class=\"facts\">");
    for fact in words::account_facts(a, view.timed) {
        html.raw("<li>").text(&fact).raw("</li>");
    }
    html.raw("</ul>\n");
    html.append(&super::innocents("", &a.innocents));
    let line = Some(x.line_bits);
    html.append(&evidence(&a.evidence, (a.bits, line, Counted::Sum), id, true));
    html.append(&super::changes(&a.changes));
    if let Some(picture) = strip::strip(format!("{id}-strip"), &x.times) {
        html.raw("<h4>").raw(words::RASTER).raw("</h4>\n");
        figure(&mut html, words::STRIP_CAPTION, &[], words::RASTER, &picture);
    }
    html.raw("<div class=\"parts\">");
    compared(&mut html, words::GAPS, words::GAPS_CAPTION, format!("{id}-gaps"), x.gaps.as_ref());
    if let Some(unseen) = &x.unseen {
        html.raw("<div class=\"part\"><h4>").raw(words::CONDUCT).raw("</h4>\n");
        let picture = shares::unseen(format!("{id}-unseen"), unseen);
        figure(&mut html, words::UNSEEN_CAPTION, &[], words::CONDUCT, &picture);
        html.raw("</div>\n");
    }
    html.raw("</div>\n");
    html.append(&shared(&x.shared));
    html.append(&samples(&x.samples, view));
    html.raw("</article>\n");
    html
}

/// Devices and addresses it shares, numbered: identifiers are nobody's business.
fn shared(hubs: &[Hub]) -> Html {
    let mut html = Html::new();
    if hubs.is_empty() {
        return html;
    }
    html.raw("<h4>").raw(words::SHARED).raw("</h4>\n<ul class=\"facts\">");
    let (mut devices, mut addresses) = (0, 0);
    for hub in hubs {
        let number = if hub.is_device { &mut devices } else { &mut addresses };
        *number += 1;
        html.raw("<li>").text(&words::shared(hub, *number)).raw("</li>");
    }
    html.raw("</ul>\n");
    html
}

/// Endorsements to look up.
fn samples(samples: &[Endorsed], view: View) -> Html {
    let mut html = Html::new();
    if samples.is_empty() {
        return html;
    }
    let has_owner = samples.iter().any(|s| s.owner.is_some());
    let has_views = samples.iter().any(|s| s.seen.is_some());
    let mut columns: Vec<Column> = vec![(column::TARGET, false)];
    if has_owner {
        columns.push((column::OWNER, false));
    }
    if view.timed {
        columns.push((column::WHEN, false));
    }
    columns.push((column::P_FAKE, true));
    if has_views {
        columns.push((column::SEEN, false));
    }
    let rows: Vec<Html> = samples
        .iter()
        .map(|s| {
            let mut row = Html::new();
            row.raw("<th scope=\"row\">");
            link(&mut row, view.links.target, &s.target, 32, 100);
            if has_owner {
                row.raw("<td>").name(s.owner.as_deref().unwrap_or("\u{2013}"), 24, 100);
            }
            if view.timed {
                tables::words_cell(&mut row, &date_second(s.ts));
            }
            tables::number(&mut row, &percent(s.p_fake));
            if has_views {
                tables::words_cell(&mut row, words::seen(s.seen));
            }
            row
        })
        .collect();
    html.raw("<h4>").raw(words::SAMPLES).raw("</h4>\n");
    html.append(&tables::table(words::SAMPLES_CAPTION, &columns, &rows));
    html
}

/// A row of the table of accounts.
pub(crate) fn row(a: &AccountCase, has_rings: bool, view: View) -> Html {
    let mut row = Html::new();
    row.raw("<th scope=\"row\">");
    link(&mut row, view.links.account, &a.account, 32, 100);
    super::ring::verdict_cell(&mut row, a.verdict);
    tables::number(&mut row, &crate::text::bits(a.bits));
    if has_rings {
        row.raw("<td>");
        if let Some(ring) = &a.ring {
            link(&mut row, view.links.ring, ring, 24, 60);
        }
    }
    tables::number(&mut row, &count(a.exhibits.endorsements));
    tables::number(&mut row, &crate::text::amount(a.exhibits.discounted));
    row
}
