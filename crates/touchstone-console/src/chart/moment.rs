//! One moment close up. Over weeks a minute and an hour look the same; here the seconds are seen.

use touchstone_detect::findings::{RingCase, RingEvent};

use crate::detail::Detail;
use crate::escape::{Html, shorten};
use crate::words;

use super::path::Path;
use super::scale::TimeScale;
use super::{NAME_CHARS, Picture, label, name_room};

const WIDTH: f64 = 960.0;
const RIGHT: f64 = 12.0;
const TOP: i64 = 8;
const ROW: i64 = 14;

/// The picture, and the finding in words.
pub(crate) struct Moment {
    pub(crate) picture: Html,
    pub(crate) caption: String,
    pub(crate) notes: Vec<String>,
}

/// None where no two members were in step.
pub(crate) fn moment(id: String, ring: &RingCase, detail: Detail) -> Option<Moment> {
    if detail.moment_rows == 0 {
        return None;
    }
    let shared = densest(ring)?;
    let (first, last) = (shared.first()?.ts, shared.last()?.ts);
    let target_number = shared.first()?.target as usize + 1;
    let rows = shared.len().min(detail.moment_rows);
    // The time axis holds all, also those whose rows are left out.
    let members: Vec<_> = shared.iter().take(rows).filter_map(|e| ring.members.get(e.member as usize)).collect();
    let left = name_room(members.iter().copied()) as f64;
    let scale = TimeScale::new(first, last, left, WIDTH - left - RIGHT);
    let bottom = (TOP + rows as i64 * ROW) as f64;
    let mut body = Html::new();
    scale.draw(&mut body, TOP as f64 - 4.0, bottom, 96.0);
    let mut marks = Path::default();
    for (row, (event, member)) in shared.iter().zip(&members).enumerate() {
        let y = TOP + row as i64 * ROW;
        let name = shorten(&member.account, NAME_CHARS);
        label(&mut body, "te name", left - 8.0, y as f64 + 10.5, &name);
        marks.dash(scale.x(event.ts) as i64 - 4, y + ROW / 2, 8);
    }
    marks.draw_broad(&mut body, "dot", 8);
    let seconds = last.saturating_sub(first) as f64 / 1e6;
    let picture = Picture {
        id,
        class: "wide",
        width: WIDTH,
        height: bottom + 38.0,
        title: words::moment_title(shared.len() as u64, ring.members_total, seconds),
        desc: words::moment_desc(target_number, first, last),
        body,
    };
    let acted = words::moment_title(shared.len() as u64, ring.members_total, seconds);
    let mut notes = vec![words::moment_caption(target_number)];
    if rows < shared.len() {
        notes.push(words::moment_cut(rows));
    }
    Some(Moment { picture: picture.into_html(), caption: format!("{acted}."), notes })
}

/// The events in step that most members share on one target within the ring's window, one a
/// member, by time.
fn densest(ring: &RingCase) -> Option<Vec<RingEvent>> {
    let window = (ring.window_seconds.clamp(1.0, 1e9) * 1e6) as i64;
    let mut events: Vec<RingEvent> =
        ring.events.iter().filter(|e| e.in_step && (e.member as usize) < ring.members.len()).copied().collect();
    events.sort_by_key(|e| (e.target, e.ts, e.member));
    let mut best = 0..0;
    let mut start = 0;
    for end in 0..events.len() {
        while events[start].target != events[end].target || events[end].ts.saturating_sub(events[start].ts) > window {
            start += 1;
        }
        if end + 1 - start > best.len() {
            best = start..end + 1;
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    let shared: Vec<RingEvent> = events[best].iter().filter(|e| seen.insert(e.member)).copied().collect();
    (shared.len() >= 2).then_some(shared)
}
