//! One ring: verdict and effect, evidence, the innocent explanation, pictures each beside the null, the lists.

use touchstone_detect::findings::{RingCase, RingMember, TargetCount, Verdict};

use super::{View, compared, evidence, figure, link};
use crate::chart::waterfall::Counted;
use crate::chart::{books, counts, heatmap, moment, network, raster, shares};
use crate::detail::Detail;
use crate::escape::{Html, prose};
use crate::rings::anchor;
use crate::tables::{self, Column};
use crate::text::{amount, count};
use crate::words::{self, column};

/// The ring's section. `place` counts from 0, the strongest.
pub(crate) fn ring(ring: &RingCase, place: usize, view: View, detail: Detail) -> Html {
    let id = anchor(ring, place);
    let mut html = Html::new();
    html.raw("<article class=\"ring page\" id=\"").text(&id);
    html.raw("\" aria-labelledby=\"").text(&id).raw("-h\">");
    html.raw("<header><h3 id=\"").text(&id).raw("-h\" tabindex=\"-1\">");
    html.raw("<span>").raw(words::column::RING).raw("</span> ").name(&ring.ring, 24, 100);
    html.raw(" <span class=\"kind\">").raw(words::kind(ring.kind));
    html.raw("</span></h3><a class=\"up\" href=\"").text(view.links.lists.0).raw("\">").raw(words::TO_RINGS);
    html.raw("</a></header>\n<p class=\"verdict\">").text(&prose(&ring.verdict));
    html.raw("</p>\n");
    html.append(&effect(ring, view));
    html.raw("<ul class=\"facts\">");
    for fact in words::ring_facts(ring, view.timed) {
        html.raw("<li>").text(&fact).raw("</li>");
    }
    html.raw("</ul>\n<p>").text(&words::ring_odds(ring)).raw("</p>\n");
    // With numbers where there is room, in general words where not; both would say the same twice.
    let innocents = if detail.exhibits || ring.innocent.is_empty() { &ring.innocents[..] } else { &[] };
    html.append(&super::innocents(&ring.innocent, innocents));
    let line = Some(ring.exhibits.line_bits).filter(|_| ring.accused > 0);
    html.append(&evidence(&ring.evidence, (ring.bits, line, Counted::Second), &id, detail.exhibits));
    if detail.exhibits {
        html.append(&super::changes(&ring.changes));
    }
    html.append(&pictures(ring, &id, view, detail));
    html.append(&exhibits(ring, &id, detail));
    html.append(&members(ring, view, detail));
    html.append(&targets(ring, &id, view, detail));
    html.raw("</article>\n");
    html
}

/// What acting on it does, in a sentence or two.
fn effect(ring: &RingCase, view: View) -> Html {
    let e = &ring.exhibits.effect;
    let mut html = Html::new();
    html.raw("<p class=\"effect\"><span>").text(&words::effect(e)).raw("</span>");
    if let Some(most) = &e.most {
        html.raw(" <span>").raw(words::HARDEST).raw("</span> ");
        link(&mut html, view.links.target, &most.target, 40, 200);
        html.raw(" <span>").text(&words::hardest(most)).raw("</span>");
    }
    html.raw("</p>\n");
    html
}

fn pictures(ring: &RingCase, id: &str, view: View, detail: Detail) -> Html {
    let timed = view.timed;
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
            figure(&mut html, raster.caption, &raster.notes, words::RASTER, &raster.picture);
        }
    }
    let moment = timed.then(|| moment::moment(format!("{id}-moment"), ring, detail)).flatten();
    if let Some(moment) = moment {
        html.raw("<h4>").raw(words::MOMENT).raw("</h4>\n");
        figure(&mut html, &moment.caption, &moment.notes, words::MOMENT, &moment.picture);
    }
    let heatmap = heatmap::heatmap(format!("{id}-heatmap"), ring, timed, detail);
    if let Some(heatmap) = heatmap {
        html.raw("<h4>").raw(words::HEATMAP).raw("</h4>\n<div class=\"pair\">");
        let notes: Vec<String> = heatmap.note.into_iter().collect();
        figure(&mut html, words::HEATMAP_CAPTION, &notes, words::HEATMAP, &heatmap.picture);
        if detail.exhibits {
            let null = heatmap::null(format!("{id}-null"), ring, detail);
            figure(&mut html, words::NULL_CAPTION, &[], words::NULL, &null);
        }
        html.raw("</div>\n");
    }
    html
}

/// What the case shows beside its evidence.
fn exhibits(ring: &RingCase, id: &str, detail: Detail) -> Html {
    let x = &ring.exhibits;
    let mut html = Html::new();
    if !detail.exhibits {
        return html;
    }
    html.raw("<div class=\"parts\">");
    if let Some(b) = &x.books {
        part(&mut html, words::BOOKS, words::BOOKS_CAPTION, &books::books(format!("{id}-books"), b));
    }
    if let Some(c) = &x.conduct {
        let picture = shares::conduct(format!("{id}-conduct"), c);
        part(&mut html, words::CONDUCT, words::CONDUCT_CAPTION, &picture);
        compared(&mut html, words::DWELL, words::DWELL_CAPTION, format!("{id}-dwell"), c.dwell.as_ref());
    }
    compared(&mut html, words::GAPS, words::GAPS_CAPTION, format!("{id}-gaps"), x.gaps.as_ref());
    compared(&mut html, words::AGES, words::AGES_CAPTION, format!("{id}-ages"), x.ages.as_ref());
    html.raw("</div>\n");
    if let Some(n) = &x.network {
        html.raw("<h4>").raw(words::NETWORK).raw("</h4>\n");
        let picture = network::network(format!("{id}-network"), n, &ring.members, detail.nodes);
        figure(&mut html, words::NETWORK_CAPTION, &picture.notes, words::NETWORK, &picture.picture);
    }
    html
}

fn part(html: &mut Html, heading: &'static str, caption: &'static str, picture: &Html) {
    html.raw("<div class=\"part\"><h4>").raw(heading).raw("</h4>\n");
    figure(html, caption, &[], heading, picture);
    html.raw("</div>\n");
}

fn members(ring: &RingCase, view: View, detail: Detail) -> Html {
    let columns: [Column; 7] = [
        (column::NUMBER, true),
        (column::ACCOUNT, false),
        (column::VERDICT, false),
        (column::EVIDENCE, true),
        (column::JOINT, true),
        (column::ENDORSEMENTS, true),
        (column::DISCOUNTED, true),
    ];
    let shown = ring.members.iter().take(detail.members).enumerate();
    let rows: Vec<Html> = shown.map(|(i, m)| member_row(m, i + 1, view, detail)).collect();
    let mut html = Html::new();
    html.raw("<h4>").raw(words::MEMBERS).raw("</h4>\n");
    html.append(&tables::folded(
        words::MEMBERS_CAPTION,
        words::MORE_MEMBERS_CAPTION,
        &words::more_members,
        &columns,
        &rows,
    ));
    cut_note(&mut html, rows.len(), ring.members_total);
    html
}

fn member_row(m: &RingMember, number: usize, view: View, detail: Detail) -> Html {
    let mut row = Html::new();
    tables::number(&mut row, &count(number as u64));
    row.raw("<th scope=\"row\">");
    if m.verdict == Verdict::Organic {
        row.name(&m.account, 32, detail.title_chars);
    } else {
        link(&mut row, view.links.account, &m.account, 32, detail.title_chars);
    }
    verdict_cell(&mut row, m.verdict);
    tables::number(&mut row, &crate::text::bits(m.bits));
    tables::number(&mut row, &count(m.joint_targets));
    tables::number(&mut row, &count(m.endorsements));
    tables::number(&mut row, &amount(m.discounted));
    row
}

/// A cell with a verdict.
pub(crate) fn verdict_cell(row: &mut Html, verdict: Verdict) {
    row.raw(match verdict {
        Verdict::Inauthentic => "<td class=\"v-fake\">",
        Verdict::Suspect => "<td class=\"v-suspect\">",
        Verdict::Organic => "<td>",
    });
    row.raw(words::verdict(verdict));
}

fn targets(ring: &RingCase, id: &str, view: View, detail: Detail) -> Html {
    let has_owner = ring.targets.iter().any(|t| t.owner.is_some());
    let shown = ring.targets.iter().take(detail.targets).enumerate();
    let rows: Vec<Html> = shown.map(|(i, t)| target_row(t, i + 1, has_owner, Some(view), detail.title_chars)).collect();
    let mut html = Html::new();
    html.raw("<h4>").raw(words::RING_TARGETS).raw("</h4>\n");
    if detail.exhibits
        && let Some(picture) = counts::counts(format!("{id}-counts"), &ring.targets)
    {
        figure(&mut html, words::COUNTS_CAPTION, &[], words::RING_TARGETS, &picture);
    }
    html.append(&tables::folded(
        words::RING_TARGETS_CAPTION,
        words::MORE_TARGETS_CAPTION,
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

/// A row that fits [`target_columns`]; with a link to the target's own row where `view` says where.
pub(crate) fn target_row(
    t: &TargetCount,
    number: usize,
    has_owner: bool,
    view: Option<View>,
    title_chars: usize,
) -> Html {
    let (authentic, discounted) = crate::text::split(t.reported, t.reported as f64 - t.authentic);
    let mut row = Html::new();
    tables::number(&mut row, &count(number as u64));
    match view.filter(|_| t.reported as f64 - t.authentic >= 0.5) {
        Some(view) => {
            row.raw("<th scope=\"row\">");
            link(&mut row, view.links.target, &t.target, 32, title_chars);
        }
        None => tables::head(&mut row, &t.target, title_chars),
    }
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
