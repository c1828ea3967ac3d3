//! The page: head, pages within it in the order of a reader's questions, the script that turns them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use touchstone_detect::findings::ReportModel;

use crate::case::{REPORT_LINKS, View, ring};
use crate::escape::Html;
use crate::{accounts, detail, ranking, rings, summary, targets, words};

/// From this many rings on, a browser lays out only those in sight.
const MANY: usize = 20;

/// Share of the page that accounts, their cases and rows, may take, in percent.
const PACKS_PERCENT: usize = 40;

/// Says that the script runs, before anything is drawn.
const EARLY: &str = "document.documentElement.classList.add('js')";

/// The script of the page.
pub(crate) const SCRIPT: &str = include_str!("script.js");

/// English and Chinese, a pair a line.
pub(crate) const CHINESE: &str = include_str!("words/zh.tsv");

/// The page with as much detail of each ring as fits: every ring with the least first, then more
/// for all in rounds, the strongest rings first. Where even the least is too much, fewer rings.
pub(crate) fn render_within(model: &ReportModel, bytes_max: usize) -> String {
    let view = View { timed: model.overview.timed, links: REPORT_LINKS };
    let draw = |place: usize, level: usize| ring::ring(&model.rings[place], place, view, detail::LEVELS[level]);
    let mut sections: Vec<Html> = (0..model.rings.len()).map(|place| draw(place, 0)).collect();
    // Every ring comes before any account.
    let none = Rest { accounts: Html::new(), packs: Html::new() };
    let free = bytes_max.saturating_sub(size(model, &sections, &none));
    let (packs, accounts_shown) = accounts::packs(model, (bytes_max * PACKS_PERCENT / 100).min(free));
    let rest = Rest { accounts: accounts::accounts(model, accounts_shown), packs };
    let mut bytes = size(model, &sections, &rest);
    while bytes >= bytes_max && !sections.is_empty() {
        sections.truncate(sections.len() * 49 / 50);
        bytes = size(model, &sections, &rest);
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
    render(model, &sections, &rest).into_string()
}

/// Parts whose size does not depend on the rings'.
struct Rest {
    accounts: Html,
    packs: Html,
}

/// Length of the page with these sections.
fn size(model: &ReportModel, sections: &[Html], rest: &Rest) -> usize {
    let none: Vec<Html> = sections.iter().map(|_| Html::new()).collect();
    render(model, &none, rest).len() + sections.iter().map(Html::len).sum::<usize>()
}

fn render(model: &ReportModel, sections: &[Html], rest: &Rest) -> Html {
    let title = if model.title.is_empty() { words::UNTITLED } else { &model.title };
    let mut html = Html::new();
    html.append(&head(title, words::PRODUCT, true));
    html.append(&hatch());
    html.raw("<header class=\"top\"><div class=\"title\"><p class=\"brand\">").raw(words::PRODUCT);
    html.raw("</p><h1>").name(title, 80, 400).raw("</h1><p class=\"quiet\">");
    html.text(&words::provenance(&model.overview, &model.version)).raw("</p></div>\n");
    html.append(&tools());
    html.append(&report_navigation(model.ranking.is_some())).raw("</header>\n");
    html.raw(if sections.len() > MANY { "<main class=\"many\">\n" } else { "<main>\n" });
    html.raw("<div class=\"page on\" id=\"overview\">\n");
    html.append(&summary::summary(model));
    html.append(&summary::timeline(model));
    html.append(&targets::inflated(model)).raw("</div>\n");
    html.append(&rings::rings(model, sections.len()));
    html.append(&rest.accounts);
    html.append(&targets::targets(model));
    if let Some(r) = &model.ranking {
        html.append(&ranking::ranking(r));
    }
    html.append(&reading(model));
    html.raw("<div id=\"cases\">\n");
    for section in sections {
        html.append(section);
    }
    html.raw("</div>\n<div class=\"page\" id=\"account\"></div>\n");
    html.append(&missing()).raw("</main>\n");
    html.append(&help());
    html.append(&rest.packs);
    html.raw("<script type=\"text/plain\" id=\"zh\">").raw(CHINESE).raw("</script>\n<script>");
    html.raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    html
}

/// The beginning of every page, up to the link that skips to its summary.
pub(crate) fn head(title: &str, product: &'static str, has_script: bool) -> Html {
    let mut html = Html::new();
    // The policy allows nothing but the styles and scripts of the page itself, by their hashes: no request, no handler in an
    // attribute. The empty icon keeps browsers from asking a server for one.
    html.raw(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src ",
    );
    html.text(&hash(crate::STYLE));
    if has_script {
        html.raw("; script-src ").text(&hash(EARLY)).raw(" ").text(&hash(SCRIPT));
    }
    html.raw(
        "; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>",
    );
    html.text(&crate::escape::shorten(title, 80)).raw(" \u{b7} ").raw(product).raw("</title>\n");
    if has_script {
        html.raw("<script>").raw(EARLY).raw("</script>\n");
    }
    html.raw("<style>").raw(crate::STYLE);
    html.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#summary\">");
    html.raw(words::SKIP).raw("</a>\n");
    html
}

/// As a content security policy names an inline style or script.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Search, language and help: for the script to bring to life.
fn tools() -> Html {
    let mut html = Html::new();
    html.raw("<div class=\"tools\"><input type=\"search\" id=\"search\" autocomplete=\"off\" placeholder=\"");
    html.raw(words::SEARCH).raw("\" aria-label=\"").raw(words::SEARCH).raw("\">");
    // A switch that translates nothing would be worse than none.
    if !CHINESE.is_empty() {
        html.raw("<button type=\"button\" id=\"language\" lang=\"zh\">\u{4e2d}\u{6587}</button>");
    }
    html.raw("<button type=\"button\" id=\"help-open\" aria-label=\"").raw(words::HELP).raw("\">?</button>");
    html.raw("<div id=\"found\" hidden></div><p id=\"said\" role=\"status\"></p></div>\n");
    html
}

fn report_navigation(has_ranking: bool) -> Html {
    let all = [
        (true, "#overview", words::OVERVIEW),
        (true, "#rings", words::RINGS),
        (true, "#accounts", words::ACCOUNTS),
        (true, "#targets", words::ALL_TARGETS),
        (has_ranking, "#ranking", words::RANKING),
        (true, "#reading", words::READING),
    ];
    let there: Vec<_> = all.iter().filter(|s| s.0).map(|s| (s.1, s.2)).collect();
    navigation(&there)
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

/// Where a link leads to something that this page does not hold.
fn missing() -> Html {
    let mut html = Html::new();
    html.raw("<div class=\"page scripted\" id=\"missing\"><h2 tabindex=\"-1\">").raw(words::MISSING);
    html.raw("</h2><p>").raw(words::MISSING_WHY).raw("</p></div>\n");
    html
}

/// The keys.
fn help() -> Html {
    let mut html = Html::new();
    html.raw("<dialog id=\"help\" aria-labelledby=\"help-h\"><h2 id=\"help-h\">").raw(words::HELP).raw("</h2><dl>");
    for (keys, what) in words::KEYS.iter().filter(|k| k.0 != ["l"] || !CHINESE.is_empty()) {
        html.raw("<div><dt>");
        for key in *keys {
            html.raw("<kbd>").raw(key).raw("</kbd> ");
        }
        html.raw("</dt><dd>").raw(what).raw("</dd></div>");
    }
    html.raw("</dl><button type=\"button\" id=\"help-close\">").raw(words::CLOSE).raw("</button></dialog>\n");
    html
}

/// The hatch that means discounted, for all pictures. Not a picture itself, so hidden; not
/// `display: none`, under which browsers lose patterns.
pub(crate) fn hatch() -> Html {
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
    html.raw("<section class=\"page\" id=\"reading\" aria-labelledby=\"reading-h\">");
    html.raw("<h2 id=\"reading-h\" tabindex=\"-1\">");
    html.raw(words::READING).raw("</h2>\n<dl class=\"glossary\">");
    for (term, meaning) in words::glossary(model.overview.fdr) {
        html.raw("<div><dt>").raw(term).raw("</dt> <dd>").text(&meaning).raw("</dd></div>\n");
    }
    html.raw("</dl></section>\n");
    html
}
