//! The case view: all that a reviewer needs to decide on one ring or one account, as a piece of HTML. The report puts it on its
//! page, and so can any other page that carries [`crate::STYLE`]: plain data in, markup out, names made inert.

pub(crate) mod account;
pub(crate) mod ring;

use touchstone_detect::case::Compared;
use touchstone_detect::findings::{Change, Evidence, Innocent, Sample};

use crate::chart::waterfall::Counted;
use crate::chart::{bars, histogram, waterfall};
use crate::escape::{Html, prose};
use crate::tables::scroll_box;
use crate::words;

/// Where links of a case go: what stands before a name, which follows percent-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links {
    /// Before the name of an account.
    pub account: &'static str,
    /// Before the id of a ring.
    pub ring: &'static str,
    /// Before the name of a target.
    pub target: &'static str,
    /// To the list of rings, and to that of accounts.
    pub lists: (&'static str, &'static str),
}

/// Links within the report: fragments that can be shared.
pub const REPORT_LINKS: Links =
    Links { account: "#account/", ring: "#ring-", target: "#target/", lists: ("#rings", "#accounts") };

/// What a piece of HTML is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether the log has times.
    pub timed: bool,
    /// Where links go.
    pub links: Links,
}

/// A link to whatever `before` and a name lead to, with the name as its text.
pub(crate) fn link(html: &mut Html, before: &str, name: &str, chars: usize, title_chars: usize) {
    html.raw("<a href=\"").text(before).text(&crate::escape::percent(name)).raw("\">");
    html.name(name, chars, title_chars).raw("</a>");
}

/// From what had to be outweighed, by each piece of evidence, to the verdict; then the pieces as cards, with bars and events where there is
/// room.
pub(crate) fn evidence(
    evidence: &[Evidence],
    (total, line, counted): (f64, Option<f64>, Counted),
    id: &str,
    in_full: bool,
) -> Html {
    let mut html = Html::new();
    html.raw("<h4>").raw(words::EVIDENCE).raw("</h4>\n");
    if evidence.is_empty() {
        html.raw("<p>").raw(words::NO_EVIDENCE).raw("</p>\n");
        return html;
    }
    let fall = waterfall::waterfall(evidence, total, line, counted);
    // One piece with nothing to outweigh is its own sum.
    if evidence.len() > 1 || line.is_some() {
        html.append(&fall.table).raw("<p class=\"quiet\">").raw(fall.caption).raw("</p>\n");
    }
    html.raw("<ul class=\"cards\">");
    for (i, e) in evidence.iter().take(5).enumerate() {
        html.raw(if e.bits < 0.0 { "<li class=\"clears\">" } else { "<li>" });
        html.raw("<p class=\"card-h\"><strong>").text(words::signal_name(&e.signal));
        html.raw("</strong> <b>").text(&crate::text::bits(e.bits)).raw("</b></p>");
        html.raw("<p class=\"quiet\">").text(&words::evidence_odds(e.bits)).raw("</p>");
        // Most sentences begin with what was counted.
        if !e.sentence.starts_with(&e.statistic) {
            html.raw("<p>").text(&prose(&e.statistic)).raw("</p>");
        }
        // Nothing to draw where a piece was not counted in occasions.
        if in_full && (e.observed != 0.0 || e.expected != 0.0) {
            html.append(&bars::evidence(format!("{id}-e{}", i + 1), e));
        }
        html.raw("<p>").text(&prose(&e.sentence)).raw("</p>");
        if in_full {
            html.append(&samples(&e.samples));
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
    html
}

/// A few of the events behind a piece of evidence.
fn samples(samples: &[Sample]) -> Html {
    let mut html = Html::new();
    if samples.is_empty() {
        return html;
    }
    html.raw("<details><summary>").raw(words::EVENTS).raw("</summary><ul>");
    for s in samples.iter().take(SAMPLES_MAX) {
        html.raw("<li>").name(&s.actor, 24, 60).raw(" \u{2192} ").name(&s.target, 24, 60);
        if let Some(ts) = s.ts {
            html.raw(", <span>").text(&crate::text::date_second(ts)).raw("</span>");
        }
        html.raw("</li>");
    }
    html.raw("</ul></details>");
    html
}

/// Events shown of one piece of evidence, and innocent explanations of one case.
const SAMPLES_MAX: usize = 3;
const INNOCENTS_MAX: usize = 3;

/// The best innocent explanation, and others that were considered.
pub(crate) fn innocents(summary: &str, all: &[Innocent]) -> Html {
    let mut html = Html::new();
    if summary.is_empty() && all.is_empty() {
        return html;
    }
    html.raw("<div class=\"note innocent\"><h4>").raw(words::INNOCENT).raw("</h4>");
    // What was considered one by one says it with numbers; the summary says it without.
    match all.split_first() {
        None => {
            html.raw("<p>").text(&prose(summary)).raw("</p>");
        }
        Some((best, others)) => {
            html.raw("<p>").append(&innocent(best)).raw("</p>");
            if !others.is_empty() {
                html.raw("<details><summary>").raw(words::OTHER_INNOCENTS).raw("</summary><ul>");
                for other in others.iter().take(INNOCENTS_MAX - 1) {
                    html.raw("<li>").append(&innocent(other)).raw("</li>");
                }
                html.raw("</ul></details>");
            }
        }
    }
    html.raw("</div>\n");
    html
}

fn innocent(i: &Innocent) -> Html {
    let mut html = Html::new();
    html.raw("<b>").text(&prose(&i.explanation)).raw("</b>. <span>").raw(words::AGAINST);
    html.raw("</span> <span>").text(&prose(&i.against)).raw("</span>");
    html
}

/// What would change the verdict, where anything would.
pub(crate) fn changes(all: &[Change]) -> Html {
    let mut html = Html::new();
    if all.is_empty() {
        return html;
    }
    html.raw("<h4>").raw(words::CHANGES).raw("</h4>\n<ul>");
    for change in all.iter().take(5) {
        html.raw(if change.turns { "<li class=\"turns\">" } else { "<li>" });
        html.text(&prose(&change.sentence)).raw("</li>");
    }
    html.raw("</ul>\n");
    html
}

/// A picture with its caption, in a box that scrolls where it must.
pub(crate) fn figure(html: &mut Html, caption: &str, notes: &[String], what: &str, picture: &Html) {
    html.raw("<figure><figcaption>").text(caption);
    for note in notes {
        html.raw(" <span>").text(note).raw("</span>");
    }
    html.raw("</figcaption>");
    scroll_box(html, what);
    html.append(picture).raw("</div></figure>\n");
}

/// A heading and a histogram against others, where there is one.
pub(crate) fn compared(
    html: &mut Html,
    heading: &'static str,
    caption: &'static str,
    id: String,
    compared: Option<&Compared>,
) {
    if let Some(c) = compared {
        html.raw("<div class=\"part\"><h4>").raw(heading).raw("</h4>\n");
        figure(html, caption, &[words::learned_from(c.learned_from)], heading, &histogram::histogram(id, c));
        html.raw("</div>\n");
    }
}
