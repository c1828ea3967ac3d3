//! The page of an audit: what chance accuses, beside what was accused.

use touchstone_detect::audit::report::{Answer, Audit, Copy};

use crate::escape::{Html, prose};
use crate::page::{head, navigation};
use crate::tables::{self, table};
use crate::text::{count, decimal, percent};
use crate::words::audit as words;

/// Copies in the table; the file has all.
const COPIES_SHOWN: usize = 100;

/// The whole page.
pub(crate) fn page(audit: &Audit) -> Html {
    let mut html = head(&audit.title, words::PRODUCT, false);
    html.raw("<header class=\"top\"><p class=\"brand\">").raw(words::PRODUCT);
    html.raw("</p><h1>").name(&audit.title, 80, 400).raw("</h1><p class=\"quiet\">");
    html.text(&words::provenance(audit)).raw("</p>\n");
    html.append(&navigation(&[
        ("#summary", words::SUMMARY),
        ("#copies", words::COPIES),
        ("#kept", words::KEPT),
        ("#cannot", words::CANNOT),
    ]));
    html.raw("</header>\n<main>\n");
    html.append(&summary(audit)).append(&copies(audit)).append(&kept(audit)).append(&cannot(audit));
    html.raw("</main>\n</body>\n</html>\n");
    html
}

fn section(id: &'static str, heading: &'static str) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"").raw(id).raw("\" aria-labelledby=\"").raw(id);
    html.raw("-h\"><h2 id=\"").raw(id).raw("-h\">").raw(heading).raw("</h2>\n");
    html
}

fn sentences(html: &mut Html, all: &[String]) {
    html.raw("<ul>");
    for s in all {
        html.raw("<li>").text(&prose(s)).raw("</li>");
    }
    html.raw("</ul>\n");
}

fn summary(a: &Audit) -> Html {
    let mut html = section("summary", words::SUMMARY);
    html.raw("<p class=\"headline\">").text(&words::headline(a)).raw("</p>\n<dl class=\"tiles\">");
    let bad = if a.chance.answer == Answer::Above { "k-fake" } else { "k-auth" };
    let tiles = [
        ("", words::ACCUSED, count(a.log.accused), String::new()),
        (bad, words::BY_CHANCE, decimal(a.chance.accused, 2), words::interval(a)),
        ("", words::COPIES_WITH, words::of_copies(a), words::share_interval(a)),
        ("", words::ALLOWED, decimal(a.chance.allowed, 2), String::new()),
    ];
    for (class, name, value, note) in tiles {
        html.raw("<div class=\"").raw(class).raw("\"><dt>").raw(name).raw("</dt><dd>").text(&value);
        html.raw(" <small>").text(&note).raw("</small></dd></div>");
    }
    html.raw("</dl>\n");
    sentences(&mut html, &a.reading);
    html.raw("</section>\n");
    html
}

fn copies(a: &Audit) -> Html {
    let mut html = section("copies", words::COPIES);
    html.raw("<p>").raw(words::COPIES_INTRO).raw("</p>\n");
    let mean = |of: &dyn Fn(&Copy) -> f64| a.copies.iter().map(of).sum::<f64>() / a.copies.len().max(1) as f64;
    let rows: Vec<Html> = a
        .tail()
        .into_iter()
        .enumerate()
        .map(|(i, (bits, allowed))| {
            let mut row = Html::new();
            tables::head(&mut row, &words::from_bits(bits), 40);
            tables::number(&mut row, &count(a.log.tail[i]));
            tables::number(&mut row, &decimal(mean(&|c| c.said.tail[i] as f64), 2));
            tables::number(&mut row, &decimal(allowed, 1));
            row
        })
        .collect();
    html.append(&table(words::TAIL_TABLE, &words::TAIL_COLUMNS, &rows));
    let said = |name: &str, s: &touchstone_detect::audit::report::Said, moved: Option<f64>| {
        let mut row = Html::new();
        tables::head(&mut row, name, 40);
        for n in [s.accused, s.suspects, s.rings] {
            tables::number(&mut row, &count(n));
        }
        tables::number(&mut row, &decimal(s.strongest_bits, 1));
        tables::number(&mut row, &moved.map_or_else(|| "-".into(), percent));
        row
    };
    let mut rows = vec![said(words::THE_LOG, &a.log, None)];
    for (i, c) in a.copies.iter().take(COPIES_SHOWN).enumerate() {
        rows.push(said(&words::copy(i), &c.said, Some(c.moved)));
    }
    html.append(&table(words::COPIES_TABLE, &words::COPY_COLUMNS, &rows)).raw("</section>\n");
    html
}

fn kept(a: &Audit) -> Html {
    let mut html = section("kept", words::KEPT);
    html.raw("<p>").text(&words::kept_intro(a)).raw("</p>\n");
    let rows: Vec<Html> = a
        .kept
        .iter()
        .map(|k| {
            let mut row = Html::new();
            tables::head(&mut row, &k.what, 80);
            tables::number(&mut row, &percent(k.log));
            tables::number(&mut row, &percent(k.copies));
            row
        })
        .collect();
    html.append(&table(words::KEPT_TABLE, &words::KEPT_COLUMNS, &rows)).raw("</section>\n");
    html
}

fn cannot(a: &Audit) -> Html {
    let mut html = section("cannot", words::CANNOT);
    sentences(&mut html, &a.cannot_rule_out);
    html.raw("</section>\n");
    html
}
