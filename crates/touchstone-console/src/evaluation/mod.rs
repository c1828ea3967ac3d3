//! The page of an evaluation: errors against the truth, as tables and pictures.

mod tables;

use touchstone_detect::evaluation::Evaluation;
use touchstone_detect::evaluation::accounts::AccountsEvaluation;
use touchstone_detect::evaluation::calibration::Calibration;
use touchstone_detect::evaluation::counts::CountsEvaluation;
use touchstone_detect::evaluation::interval::Rate;
use touchstone_detect::evaluation::likes::LikesEvaluation;
use touchstone_detect::evaluation::rings::RingsEvaluation;

use crate::chart::rates::{Look, rates};
use crate::chart::square::{precision_recall, reliability};
use crate::escape::{Html, prose};
use crate::page::{head, navigation};
use crate::words::evaluation as words;

/// The whole page.
pub(crate) fn page(e: &Evaluation, title: &str) -> Html {
    let mut html = head(title, words::PRODUCT, false);
    html.raw("<header class=\"top\"><p class=\"brand\">").raw(words::PRODUCT);
    html.raw("</p><h1>").name(title, 80, 400).raw("</h1><p class=\"quiet\">");
    html.text(&prose(&words::provenance(e))).raw("</p>\n");
    let all = [
        (true, "#summary", words::SUMMARY),
        (e.accounts.is_some(), "#accounts", words::ACCOUNTS),
        (e.likes.is_some(), "#likes", words::LIKES),
        (e.counts.is_some(), "#counts", words::COUNTS),
        (e.rings.is_some(), "#rings", words::RINGS),
        (e.calibration.is_some(), "#calibration", words::CALIBRATION),
        (true, "#reading", words::READING),
    ];
    let there: Vec<_> = all.iter().filter(|s| s.0).map(|s| (s.1, s.2)).collect();
    html.append(&navigation(&there)).raw("</header>\n<main>\n");
    html.append(&summary(e));
    if let Some(a) = &e.accounts {
        html.append(&accounts(a, e.likes.as_ref()));
    }
    if let Some(l) = &e.likes {
        html.append(&likes(l));
    }
    if let Some(c) = &e.counts {
        html.append(&counts(c));
    }
    if let Some(r) = &e.rings {
        html.append(&rings(r));
    }
    if let Some(c) = &e.calibration {
        html.append(&calibration(c));
    }
    html.append(&reading()).raw("</main>\n</body>\n</html>\n");
    html
}

/// Opens a section with its heading.
fn section(id: &'static str, heading: &'static str) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"").raw(id).raw("\" aria-labelledby=\"").raw(id);
    html.raw("-h\"><h2 id=\"").raw(id).raw("-h\">").raw(heading).raw("</h2>\n");
    html
}

fn paragraph(html: &mut Html, text: &str) {
    html.raw("<p>").text(text).raw("</p>\n");
}

fn figure(html: &mut Html, caption: &str, picture: &Html) {
    html.raw("<figure><figcaption>").text(caption).raw("</figcaption>").append(picture).raw("</figure>\n");
}

fn summary(e: &Evaluation) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"summary\" aria-labelledby=\"summary-h\"><h2 id=\"summary-h\" class=\"quiet\">");
    html.raw(words::SUMMARY).raw("</h2>\n<p class=\"headline\">").text(&words::headline(e)).raw("</p>\n");
    let mut tiles: Vec<(&'static str, &'static str, String, String)> = Vec::new();
    if let Some(a) = &e.accounts {
        tiles.push(("k-auth", words::PRECISION, words::share(a.precision.rate), tile_interval(&a.precision)));
        tiles.push(("k-auth", words::RECALL, words::share(a.recall.rate), words::tile_recall(a)));
        tiles.push(("k-fake", words::HARMED, crate::text::count(a.harmed.total), words::tile_harmed(a)));
    }
    if let Some(c) = &e.counts {
        tiles.push(("", words::ERROR_REMOVED, words::share(c.attacked.error_removed), String::new()));
    }
    if !tiles.is_empty() {
        html.raw("<dl class=\"tiles\">");
        for (class, name, value, note) in tiles {
            html.raw("<div class=\"").raw(class).raw("\"><dt>").raw(name).raw("</dt><dd>").text(&value);
            html.raw(" <small>").text(&note).raw("</small></dd></div>");
        }
        html.raw("</dl>\n");
    }
    let gaps: Vec<String> = e.not_evaluated.iter().map(|g| format!("{}: {}", g.part, g.why)).collect();
    list(&mut html, words::GAPS, &gaps);
    list(&mut html, words::NOTES, &e.notes);
    html.raw("</section>\n");
    html
}

fn tile_interval(r: &Rate) -> String {
    if r.total == 0 { String::new() } else { words::interval(r) }
}

fn list(html: &mut Html, heading: &'static str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    html.raw("<div class=\"note\"><h3>").raw(heading).raw("</h3><ul>");
    for line in lines {
        html.raw("<li>").text(&prose(line)).raw("</li>");
    }
    html.raw("</ul></div>\n");
}

/// A picture of shares.
fn bars(id: &'static str, title: &'static str, harm: bool, rows: &[(&str, Rate)]) -> Html {
    let class = if harm { "fake" } else { "auth" };
    rates(Look { id, title: title.into(), class, goal: None, zoom: harm }, rows)
}

fn accounts(a: &AccountsEvaluation, l: Option<&LikesEvaluation>) -> Html {
    let mut html = section("accounts", words::ACCOUNTS);
    if let Some(harmed) = words::harmed(a) {
        paragraph(&mut html, &harmed);
    }
    html.append(&tables::accounts(a));
    html.raw("<div class=\"columns\">");
    if let Some(r) = &a.ranking {
        let title = words::curve_title(words::ACCOUNTS, r.average_precision);
        let given = a.precision.rate.zip(a.recall.rate);
        let picture = precision_recall("curve-accounts", words::ACCOUNTS, &r.curve, given, r.average_precision);
        figure(&mut html, &title, &picture);
    }
    let rows: Vec<(&str, Rate)> = a.by_attack.iter().map(|r| (r.attack.as_str(), r.recall)).collect();
    figure(&mut html, words::BY_ATTACK, &bars("by-attack", words::BY_ATTACK, false, &rows));
    let rows: Vec<(&str, Rate)> = a.by_look_alike.iter().map(|r| (r.look_alike.as_str(), r.accused)).collect();
    figure(&mut html, words::BY_LOOK_ALIKE, &bars("by-look-alike", words::BY_LOOK_ALIKE, true, &rows));
    html.raw("</div>\n");
    if let Some(oracle) = words::oracle(a) {
        paragraph(&mut html, &oracle);
    }
    html.append(&tables::attacks(a, l)).append(&tables::look_alikes(a, l)).raw("</section>\n");
    html
}

fn likes(l: &LikesEvaluation) -> Html {
    let mut html = section("likes", words::LIKES);
    paragraph(&mut html, &words::likes_intro(l));
    html.append(&tables::likes(l)).raw("<div class=\"columns\">");
    let title = words::curve_title(words::LIKES, l.directed.average_precision);
    let given = l.directed.precision.rate.zip(l.directed.recall.rate);
    let picture = precision_recall("curve-likes", words::LIKES, &l.curve, given, l.directed.average_precision);
    figure(&mut html, &title, &picture);
    let rows: Vec<(&str, Rate)> = l.by_attack.iter().map(|r| (r.name.as_str(), r.called)).collect();
    figure(&mut html, words::LIKES_BY_ATTACK, &bars("likes-attack", words::LIKES_BY_ATTACK, false, &rows));
    let rows: Vec<(&str, Rate)> = l.by_look_alike.iter().map(|r| (r.name.as_str(), r.called)).collect();
    let caption = words::LIKES_BY_LOOK_ALIKE;
    figure(&mut html, caption, &bars("likes-look-alike", caption, true, &rows));
    html.raw("</div>\n</section>\n");
    html
}

fn counts(c: &CountsEvaluation) -> Html {
    let mut html = section("counts", words::COUNTS);
    paragraph(&mut html, &words::ordered(c));
    html.append(&tables::counts(c));
    let rows: Vec<(&str, Rate)> = tables::count_rows(c).map(|(name, row)| (name, row.coverage)).to_vec();
    let look = Look { id: "coverage", title: words::INTERVALS.into(), class: "auth", goal: Some(0.95), zoom: false };
    figure(&mut html, words::INTERVALS, &rates(look, &rows));
    html.raw("</section>\n");
    html
}

fn rings(r: &RingsEvaluation) -> Html {
    let mut html = section("rings", words::RINGS);
    paragraph(&mut html, &words::rings_intro(r));
    html.append(&tables::true_rings(r)).append(&tables::found_rings(r)).raw("</section>\n");
    html
}

fn calibration(c: &Calibration) -> Html {
    let mut html = section("calibration", words::CALIBRATION);
    paragraph(&mut html, &words::calibration_intro(c));
    figure(&mut html, &words::reliability_title(c), &reliability(c));
    html.append(&tables::bins(c)).raw("</section>\n");
    html
}

fn reading() -> Html {
    let mut html = section("reading", words::READING);
    html.raw("<dl class=\"glossary\">");
    for (term, meaning) in words::GLOSSARY {
        html.raw("<div><dt>").raw(term).raw(":</dt> <dd>").raw(meaning).raw("</dd></div>\n");
    }
    html.raw("</dl></section>\n");
    html
}
