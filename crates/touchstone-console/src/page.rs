//! The page: head, sections in the order of a reader's questions, foot.

use touchstone_detect::findings::ReportModel;

use crate::escape::Html;
use crate::{detail, rings, summary, targets, words};

/// Draws less until the page fits: first less of the weaker rings, then fewer rings.
pub(crate) fn render_within(model: &ReportModel, bytes_max: usize) -> String {
    for plan in 0..detail::PLANS {
        let page = render(model, plan, usize::MAX);
        if page.len() < bytes_max {
            return page.into_string();
        }
    }
    let mut rings_max = model.rings.len() / 2;
    loop {
        let page = render(model, detail::PLANS - 1, rings_max);
        if page.len() < bytes_max || rings_max == 0 {
            return page.into_string();
        }
        rings_max /= 2;
    }
}

fn render(model: &ReportModel, plan: usize, rings_max: usize) -> Html {
    let title = if model.title.is_empty() {
        words::UNTITLED
    } else {
        &model.title
    };
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
    html.text(&crate::escape::shorten(title, 80))
        .raw(" \u{b7} ")
        .raw(words::PRODUCT);
    html.raw("</title>\n<style>\n")
        .raw(include_str!("style.css"));
    html.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#summary\">");
    html.raw(words::SKIP).raw("</a>\n");
    html.append(&hatch());
    html.raw("<header class=\"top\"><p class=\"brand\">")
        .raw(words::PRODUCT);
    html.raw("</p><h1>")
        .name(title, 80, 400)
        .raw("</h1><p class=\"quiet\">");
    html.text(&words::provenance(&model.overview, &model.version))
        .raw("</p>\n");
    html.append(&navigation()).raw("</header>\n<main>\n");
    html.append(&summary::summary(model));
    html.append(&summary::timeline(model));
    html.append(&rings::rings(model, plan, rings_max));
    html.append(&targets::targets(model));
    html.append(&reading(model));
    html.raw("</main>\n</body>\n</html>\n");
    html
}

fn navigation() -> Html {
    let mut html = Html::new();
    html.raw("<nav aria-label=\"")
        .raw(words::NAVIGATION)
        .raw("\"><ul>");
    let sections = [
        ("#summary", words::SUMMARY),
        ("#timeline", words::TIMELINE),
        ("#rings", words::RINGS),
        ("#targets", words::TARGETS),
        ("#reading", words::READING),
    ];
    for (href, name) in sections {
        html.raw("<li><a href=\"")
            .raw(href)
            .raw("\">")
            .raw(name)
            .raw("</a></li>");
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
    html.raw(words::DISCOUNTED)
        .raw("</title><desc>")
        .raw(words::HATCH_DESC);
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
    html.raw(words::READING)
        .raw("</h2>\n<dl class=\"glossary\">");
    for (term, meaning) in words::glossary(model.overview.fdr) {
        html.raw("<div><dt>")
            .raw(term)
            .raw("</dt><dd>")
            .text(&meaning)
            .raw("</dd></div>\n");
    }
    html.raw("</dl></section>\n");
    html
}
