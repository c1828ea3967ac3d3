//! The first screen: what was found, how sure it is, what it rests on.

use touchstone_detect::findings::{Overview, ReportModel, SignalRun};

use crate::chart;
use crate::escape::{Html, prose};
use crate::tables::scroll_box;
use crate::text::{count, split};
use crate::words;

/// The section that is read in a minute.
pub(crate) fn summary(model: &ReportModel) -> Html {
    let o = &model.overview;
    let mut html = Html::new();
    html.raw("<section id=\"summary\" aria-labelledby=\"summary-h\">");
    html.raw("<h2 id=\"summary-h\" class=\"quiet\">").raw(words::SUMMARY).raw("</h2>\n");
    html.raw(if o.accused > 0 { "<p class=\"headline accused\">" } else { "<p class=\"headline\">" });
    html.text(&words::headline(o)).raw("</p>\n");
    html.raw("<p>");
    for sentence in words::how_sure(o) {
        html.raw("<span>").text(&sentence).raw("</span> ");
    }
    html.raw("</p>\n");
    if let Some(suspects) = words::suspects(o) {
        paragraph(&mut html, &suspects);
    }
    if o.endorsements > 0 {
        paragraph(&mut html, &words::bubble(o));
        html.append(&tiles(o));
        html.append(&chart::bars::share(o));
    }
    html.append(&warnings(&o.warnings));
    html.append(&checks(o));
    html.raw("<p class=\"quiet\">").text(&words::input(o)).raw("</p>\n");
    html.raw("</section>\n");
    html
}

fn paragraph(html: &mut Html, text: &str) {
    html.raw("<p>").text(text).raw("</p>\n");
}

fn tiles(o: &Overview) -> Html {
    let (authentic, discounted) = split(o.endorsements, o.discounted);
    let reported = count(o.endorsements);
    let accused = count(o.accused);
    let of = words::tile_note_accused(o);
    let share = words::tile_note_discounted(o);
    let tiles: [(&'static str, &'static str, &str, &str); 4] = [
        ("", words::REPORTED, &reported, ""),
        ("k-auth", words::AUTHENTIC, &authentic, ""),
        ("k-fake", words::DISCOUNTED, &discounted, &share),
        ("", words::ACCUSED, &accused, &of),
    ];
    let mut html = Html::new();
    html.raw("<dl class=\"tiles\">");
    for (class, name, value, note) in tiles {
        html.raw("<div class=\"").raw(class).raw("\"><dt>").raw(name);
        html.raw("</dt><dd>").text(value);
        if !note.is_empty() {
            html.raw(" <small>").text(note).raw("</small>");
        }
        html.raw("</dd></div>");
    }
    html.raw("</dl>\n");
    html
}

fn warnings(warnings: &[String]) -> Html {
    let mut html = Html::new();
    if warnings.is_empty() {
        return html;
    }
    html.raw("<div class=\"note\"><h3>").raw(words::LIMITS).raw("</h3><ul>");
    for warning in warnings {
        html.raw("<li>").text(&prose(warning)).raw("</li>");
    }
    html.raw("</ul></div>\n");
    html
}

fn checks(o: &Overview) -> Html {
    let mut html = Html::new();
    html.raw("<h3>").raw(words::CHECKS).raw("</h3>\n");
    if o.signals.is_empty() {
        html.raw("<p>").raw(words::NO_CHECKS).raw("</p>\n");
        return html;
    }
    let ran = o.signals.iter().filter(|s| s.ran).count();
    paragraph(&mut html, &words::checks(ran, o.signals.len()));
    html.raw("<ul class=\"checks\">");
    for signal in &o.signals {
        html.append(&check(signal));
    }
    html.raw("</ul>\n");
    html
}

fn check(signal: &SignalRun) -> Html {
    let mut html = Html::new();
    html.raw(if signal.ran { "<li class=\"ran\">" } else { "<li class=\"not-ran\">" });
    html.raw("<strong>").text(words::signal_name(&signal.signal)).raw("</strong> <em>");
    html.raw(if signal.ran { words::RAN } else { words::NOT_RUN }).raw("</em>");
    if let Some(sees) = words::signal(&signal.signal) {
        html.raw(" <span>").raw(sees).raw("</span>");
    }
    if !signal.note.is_empty() {
        html.raw("<br><span class=\"quiet\">").text(&prose(&signal.note)).raw("</span>");
    }
    html.raw("</li>");
    html
}

/// The whole log over time.
pub(crate) fn timeline(model: &ReportModel) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"timeline\" aria-labelledby=\"timeline-h\"><h2 id=\"timeline-h\">");
    html.raw(words::TIMELINE).raw("</h2>\n");
    let picture = model.overview.timed.then(|| chart::timeline::timeline(&model.timeline));
    match picture {
        None => {
            html.raw("<p>").raw(words::NO_TIMELINE).raw("</p>\n");
        }
        Some(None) => {
            html.raw("<p>").raw(words::NO_TIMELINE_DATA).raw("</p>\n");
        }
        Some(Some(picture)) => {
            html.raw("<figure><figcaption>").raw(words::TIMELINE_CAPTION).raw("</figcaption>");
            scroll_box(&mut html, words::TIMELINE);
            html.append(&picture).raw("</div></figure>\n");
        }
    }
    html.raw("</section>\n");
    html
}
