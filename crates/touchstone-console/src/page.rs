//! The page: head, sections in the order of a reader's questions, foot.

use touchstone_detect::findings::ReportModel;

use crate::escape::Html;
use crate::{detail, ring, rings, summary, targets, words};

/// From this many rings on, a browser lays out only those in sight.
const MANY: usize = 20;

/// The page with as much detail of each ring as fits: every ring with the least first, then more
/// for all in rounds, the strongest rings first. Where even the least is too much, fewer rings.
pub(crate) fn render_within(model: &ReportModel, bytes_max: usize) -> String {
    let timed = model.overview.timed;
    let draw = |place: usize, level: usize| ring::ring(&model.rings[place], place, timed, detail::LEVELS[level]);
    let mut sections: Vec<Html> = (0..model.rings.len()).map(|place| draw(place, 0)).collect();
    let mut bytes = size(model, &sections);
    while bytes >= bytes_max && !sections.is_empty() {
        sections.truncate(sections.len() * 49 / 50);
        bytes = size(model, &sections);
    }
    for level in 1..detail::LEVELS.len() {
        for (place, section) in sections.iter_mut().enumerate() {
            let better = draw(place, level);
            let bytes_then = bytes - section.len() + better.len();
            if bytes_then < bytes_max {
                (*section, bytes) = (better, bytes_then);
            }
        }
    }
    render(model, &sections).into_string()
}

/// Length of the page with these sections.
fn size(model: &ReportModel, sections: &[Html]) -> usize {
    let none: Vec<Html> = sections.iter().map(|_| Html::new()).collect();
    render(model, &none).len() + sections.iter().map(Html::len).sum::<usize>()
}

fn render(model: &ReportModel, sections: &[Html]) -> Html {
    let title = if model.title.is_empty() { words::UNTITLED } else { &model.title };
    let mut html = Html::new();
    html.append(&head(title, words::PRODUCT));
    html.append(&hatch());
    html.raw("<header class=\"top\"><p class=\"brand\">").raw(words::PRODUCT);
    html.raw("</p><h1>").name(title, 80, 400).raw("</h1><p class=\"quiet\">");
    html.text(&words::provenance(&model.overview, &model.version)).raw("</p>\n");
    html.append(&report_navigation()).raw("</header>\n");
    html.raw(if sections.len() > MANY { "<main class=\"many\">\n" } else { "<main>\n" });
    html.append(&summary::summary(model));
    html.append(&summary::timeline(model));
    html.append(&rings::rings(model, sections));
    html.append(&targets::targets(model));
    html.append(&reading(model));
    html.raw("</main>\n</body>\n</html>\n");
    html
}

/// The beginning of every page, up to the link that skips to its summary.
pub(crate) fn head(title: &str, product: &'static str) -> Html {
    let mut html = Html::new();
    // The policy allows nothing but the styles in the page itself: no script, no request. The
    // empty icon keeps browsers from asking a server for one.
    html.raw(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>",
    );
    html.text(&crate::escape::shorten(title, 80)).raw(" \u{b7} ").raw(product);
    html.raw("</title>\n<style>\n").raw(include_str!("style.css"));
    html.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#summary\">");
    html.raw(words::SKIP).raw("</a>\n");
    html
}

fn report_navigation() -> Html {
    navigation(&[
        ("#summary", words::SUMMARY),
        ("#timeline", words::TIMELINE),
        ("#rings", words::RINGS),
        ("#targets", words::TARGETS),
        ("#reading", words::READING),
    ])
}

/// Links to the sections of a page.
pub(crate) fn navigation(sections: &[(&'static str, &'static str)]) -> Html {
    let mut html = Html::new();
    html.raw("<nav aria-label=\"").raw(words::NAVIGATION).raw("\"><ul>");
    for (href, name) in sections {
        html.raw("<li><a href=\"").raw(href).raw("\">").raw(name).raw("</a></li>");
    }
    html.raw("</ul></nav>\n");
    html
}

/// The hatch that means discounted, for all pictures. Not a picture itself, so hidden; not
/// `display: none`, under which browsers lose patterns.
fn hatch() -> Html {
    let mut html = Html::new();
    html.raw(
        "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">\
         <title>",
    );
    html.raw(words::DISCOUNTED).raw("</title><desc>").raw(words::HATCH_DESC);
    html.raw(
        "</desc><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"hatch-under\" width=\"6\" height=\"6\"/>\
         <rect class=\"fake\" width=\"3\" height=\"6\"/></pattern></defs></svg>\n",
    );
    html
}

fn reading(model: &ReportModel) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"reading\" aria-labelledby=\"reading-h\"><h2 id=\"reading-h\">");
    html.raw(words::READING).raw("</h2>\n<dl class=\"glossary\">");
    for (term, meaning) in words::glossary(model.overview.fdr) {
        html.raw("<div><dt>").raw(term).raw(":</dt> <dd>").text(&meaning).raw("</dd></div>\n");
    }
    html.raw("</dl></section>\n");
    html
}
