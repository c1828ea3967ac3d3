//! One ring, with all that a reviewer needs to decide: verdict, the innocent explanation,
//! evidence, the two pictures, the lists.

use touchstone_detect::findings::{Evidence, RingCase, RingMember, TargetCount, Verdict};

use crate::chart::{bars, heatmap, moment, raster};
use crate::detail::Detail;
use crate::escape::{Html, prose};
use crate::rings::anchor;
use crate::tables::{self, Column, scroll_box};
use crate::text::{amount, count};
use crate::words::{self, column};

/// The ring's section. `place` counts from 0, the strongest.
pub(crate) fn ring(ring: &RingCase, place: usize, timed: bool, detail: Detail) -> Html {
    let id = anchor(ring, place);
    let mut html = Html::new();
    html.raw("<article class=\"ring\" id=\"").text(&id);
    html.raw("\" aria-labelledby=\"").text(&id).raw("-h\">");
    html.raw("<header><h3 id=\"").text(&id).raw("-h\">");
    html.raw(words::column::RING).raw(" ").name(&ring.ring, 24, 100);
    html.raw(" <span class=\"kind\">").raw(words::kind(ring.kind));
    html.raw("</span></h3><a class=\"up\" href=\"#rings\">").raw(words::TO_RINGS);
    html.raw("</a></header>\n<p class=\"verdict\">").text(&prose(&ring.verdict));
    html.raw("</p>\n<ul class=\"facts\">");
    for fact in words::ring_facts(ring, timed) {
        html.raw("<li>").text(&fact).raw("</li>");
    }
    html.raw("</ul>\n<p>").text(&words::ring_odds(ring)).raw("</p>\n");
    if !ring.innocent.is_empty() {
        html.raw("<div class=\"note innocent\"><h4>").raw(words::INNOCENT).raw("</h4><p>");
        html.text(&prose(&ring.innocent)).raw("</p></div>\n");
    }
    html.append(&evidence(&ring.evidence, &id));
    html.append(&pictures(ring, &id, timed, detail));
    html.append(&members(ring, detail));
    html.append(&targets(ring, detail));
    html.raw("</article>\n");
    html
}

fn evidence(evidence: &[Evidence], id: &str) -> Html {
    let mut html = Html::new();
    html.raw("<h4>").raw(words::EVIDENCE).raw("</h4>\n");
    if evidence.is_empty() {
        html.raw("<p>").raw(words::NO_EVIDENCE).raw("</p>\n");
        return html;
    }
    html.raw("<ul class=\"cards\">");
    for (i, e) in evidence.iter().take(5).enumerate() {
        html.raw(if e.bits < 0.0 { "<li class=\"clears\">" } else { "<li>" });
        html.raw("<p class=\"card-h\"><strong>").name(&e.signal, 32, 100);
        html.raw("</strong> <b>").text(&crate::text::bits(e.bits)).raw("</b></p>");
        html.raw("<p class=\"quiet\">").text(&words::evidence_odds(e.bits)).raw("</p>");
        html.raw("<p>").text(&prose(&e.statistic)).raw("</p>");
        html.append(&bars::evidence(format!("{id}-e{}", i + 1), e));
        html.raw("<p>").text(&prose(&e.sentence)).raw("</p></li>\n");
    }
    html.raw("</ul>\n");
    html
}

fn pictures(ring: &RingCase, id: &str, timed: bool, detail: Detail) -> Html {
    let mut html = Html::new();
    html.raw("<h4>").raw(words::RASTER).raw("</h4>\n");
    let raster = timed.then(|| raster::raster(format!("{id}-raster"), ring, detail));
    match raster {
        None => {
            html.raw("<p>").raw(words::RASTER_NO_TIMES).raw("</p>\n");
        }
        Some(None) => {
            html.raw("<p>").raw(words::RASTER_NO_EVENTS).raw("</p>\n");
        }
        Some(Some(raster)) => {
            figure(&mut html, words::RASTER_CAPTION, &raster.notes, words::RASTER, &raster.picture);
        }
    }
    let moment = timed.then(|| moment::moment(format!("{id}-moment"), ring, detail)).flatten();
    if let Some(moment) = moment {
        html.raw("<h4>").raw(words::MOMENT).raw("</h4>\n");
        figure(&mut html, &moment.caption, &[], words::MOMENT, &moment.picture);
    }
    let heatmap = heatmap::heatmap(format!("{id}-heatmap"), ring, timed, detail);
    if let Some(heatmap) = heatmap {
        html.raw("<h4>").raw(words::HEATMAP).raw("</h4>\n");
        let notes: Vec<String> = heatmap.note.into_iter().collect();
        figure(&mut html, words::HEATMAP_CAPTION, &notes, words::HEATMAP, &heatmap.picture);
    }
    html
}

fn figure(html: &mut Html, caption: &str, notes: &[String], what: &str, picture: &Html) {
    html.raw("<figure><figcaption>").text(caption);
    for note in notes {
        html.raw(" ").text(note);
    }
    html.raw("</figcaption>");
    scroll_box(html, what);
    html.append(picture).raw("</div></figure>\n");
}

fn members(ring: &RingCase, detail: Detail) -> Html {
    let columns: [Column; 7] = [
        (column::NUMBER, true),
        (column::ACCOUNT, false),
        (column::VERDICT, false),
        (column::EVIDENCE, true),
        (column::JOINT, true),
        (column::ENDORSEMENTS, true),
        (column::DISCOUNTED, true),
    ];
    let rows: Vec<Html> =
        ring.members.iter().take(detail.members).enumerate().map(|(i, m)| member_row(m, i + 1, detail)).collect();
    let mut html = Html::new();
    html.raw("<h4>").raw(words::MEMBERS).raw("</h4>\n");
    html.append(&tables::folded(
        &words::members_caption(&ring.ring),
        &words::members_more_caption(&ring.ring),
        &words::more_members,
        &columns,
        &rows,
    ));
    cut_note(&mut html, rows.len(), ring.members_total);
    html
}

fn member_row(m: &RingMember, number: usize, detail: Detail) -> Html {
    let mut row = Html::new();
    tables::number(&mut row, &count(number as u64));
    tables::head(&mut row, &m.account, detail.title_chars);
    row.raw(match m.verdict {
        Verdict::Inauthentic => "<td class=\"v-fake\">",
        Verdict::Suspect => "<td class=\"v-suspect\">",
        Verdict::Organic => "<td>",
    });
    row.raw(words::verdict(m.verdict));
    tables::number(&mut row, &crate::text::bits(m.bits));
    tables::number(&mut row, &count(m.joint_targets));
    tables::number(&mut row, &count(m.endorsements));
    tables::number(&mut row, &amount(m.discounted));
    row
}

fn targets(ring: &RingCase, detail: Detail) -> Html {
    let has_owner = ring.targets.iter().any(|t| t.owner.is_some());
    let rows: Vec<Html> = ring
        .targets
        .iter()
        .take(detail.targets)
        .enumerate()
        .map(|(i, t)| target_row(t, i + 1, has_owner, detail.title_chars))
        .collect();
    let mut html = Html::new();
    html.raw("<h4>").raw(words::RING_TARGETS).raw("</h4>\n");
    html.append(&tables::folded(
        &words::targets_caption(&ring.ring),
        &words::targets_more_caption(&ring.ring),
        &words::more_targets,
        &target_columns(has_owner, column::BY_RING),
        &rows,
    ));
    cut_note(&mut html, rows.len(), ring.targets_total);
    html
}

/// Columns of a table of targets; without owners where the log names none.
pub(crate) fn target_columns(has_owner: bool, by_ring: &'static str) -> Vec<Column> {
    let mut columns = vec![(column::NUMBER, true), (column::TARGET, false)];
    if has_owner {
        columns.push((column::OWNER, false));
    }
    columns.extend([
        (by_ring, true),
        (column::REPORTED, true),
        (column::DISCOUNTED, true),
        (column::AUTHENTIC, true),
        (column::INTERVAL, true),
    ]);
    columns
}

/// A row that fits [`target_columns`].
pub(crate) fn target_row(t: &TargetCount, number: usize, has_owner: bool, title_chars: usize) -> Html {
    let (authentic, discounted) = crate::text::split(t.reported, t.reported as f64 - t.authentic);
    let mut row = Html::new();
    tables::number(&mut row, &count(number as u64));
    tables::head(&mut row, &t.target, title_chars);
    if has_owner {
        row.raw("<td>");
        match &t.owner {
            Some(owner) => row.name(owner, 24, title_chars),
            None => row.raw("<small>").raw(words::NOT_KNOWN).raw("</small>"),
        };
    }
    tables::number(&mut row, &count(t.by_ring));
    tables::number(&mut row, &count(t.reported));
    tables::number(&mut row, &discounted);
    tables::number(&mut row, &authentic);
    tables::number(&mut row, &words::interval(t.low, t.high));
    row
}

fn cut_note(html: &mut Html, shown: usize, total: u64) {
    if (shown as u64) < total {
        html.raw("<p class=\"quiet\">").text(&words::list_cut(shown, total)).raw("</p>\n");
    }
}
