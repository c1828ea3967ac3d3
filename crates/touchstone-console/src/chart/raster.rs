//! The lockstep raster: accounts by time. Whoever is driven together lines up in columns.

use std::collections::BTreeSet;

use touchstone_detect::findings::RingCase;

use crate::detail::Detail;
use crate::escape::{Html, shorten};
use crate::words;

use super::path::Path;
use super::scale::TimeScale;
use super::{NAME_CHARS, Picture, label, name_room};

const RIGHT: f64 = 12.0;
const WIDTH: f64 = 960.0;
const TOP: i64 = 30;

/// The picture, and a note on what was left out.
pub(crate) struct Raster {
    pub(crate) picture: Html,
    pub(crate) caption: &'static str,
    pub(crate) notes: Vec<String>,
}

/// None where the ring lists no event.
pub(crate) fn raster(id: String, ring: &RingCase, detail: Detail) -> Option<Raster> {
    let rows = ring.members.len().min(detail.raster_rows);
    let events: Vec<_> = ring.events.iter().filter(|e| (e.member as usize) < ring.members.len()).collect();
    let first = events.iter().map(|e| e.ts).min()?;
    let last = events.iter().map(|e| e.ts).max()?;
    let left = name_room(&ring.members[..rows]) as f64;
    // A small ring has room for taller rows.
    let pitch: i64 = if rows <= 12 { 18 } else { 12 };
    let scale = TimeScale::new(first, last, left, WIDTH - left - RIGHT);

    // Ticks that fall onto one place are one tick; in step wins. Where there are too many, places
    // grow: dropping ticks would break the columns that the picture is about.
    let mut grid = 1;
    let (in_step, alone) = loop {
        let mut in_step = BTreeSet::new();
        let mut alone = BTreeSet::new();
        for e in &events {
            if (e.member as usize) < rows {
                let x = (scale.x(e.ts).round() as i64 - left as i64) / grid * grid + left as i64;
                let places = if e.in_step { &mut in_step } else { &mut alone };
                places.insert((e.member, x));
            }
        }
        alone.retain(|place| !in_step.contains(place));
        if in_step.len() + alone.len() <= detail.raster_ticks || grid >= 32 {
            break (in_step, alone);
        }
        grid *= 2;
    };

    let mut body = Html::new();
    let bottom = TOP + rows as i64 * pitch;
    scale.draw(&mut body, TOP as f64 - 4.0, bottom as f64, 96.0);
    let mut lines = Path::default();
    for (row, member) in ring.members.iter().take(rows).enumerate() {
        let y = (TOP + row as i64 * pitch) as f64;
        label(&mut body, "te name", left - 8.0, y + pitch as f64 - 2.5, &shorten(&member.account, NAME_CHARS));
        lines.polyline([(left, y + pitch as f64 - 1.0), (WIDTH - RIGHT, y + pitch as f64 - 1.0)]);
    }
    lines.draw(&mut body, "grid");
    let mut short = Path::default();
    for (member, x) in &alone {
        short.tick(*x, TOP + i64::from(*member) * pitch + pitch / 2, pitch / 2 - 1);
    }
    short.draw(&mut body, "tick-alone");
    let mut tall = Path::default();
    for (member, x) in &in_step {
        tall.tick(*x, TOP + i64::from(*member) * pitch + 1, pitch - 2);
    }
    tall.draw(&mut body, "tick-step");

    let events_in_step = events.iter().filter(|e| e.in_step).count() as u64;
    let members_in_step: BTreeSet<u32> = events.iter().filter(|e| e.in_step).map(|e| e.member).collect();
    let events_alone = events.len() as u64 - events_in_step;
    if events_in_step > 0 {
        legend(&mut body, left, events_in_step, events_alone);
    }

    let mut notes = Vec::new();
    if (rows as u64) < ring.members_total {
        notes.push(words::drawn_members(rows, ring.members_total));
    }
    if grid > 1 {
        let seconds = (last as f64 - first as f64) / 1e6;
        notes.push(words::merged_ticks(seconds * grid as f64 / (WIDTH - left - RIGHT)));
    }
    let picture = Picture {
        id,
        class: "wide",
        width: WIDTH,
        height: bottom as f64 + 38.0,
        title: words::raster_title(events_in_step, events.len() as u64),
        desc: words::raster_desc(ring.members.len() as u64, members_in_step.len() as u64, first, last),
        body,
    }
    .into_html();
    let caption = if events_in_step > 0 { words::RASTER_CAPTION } else { words::RASTER_ALONE_CAPTION };
    Some(Raster { picture, caption, notes })
}

fn legend(body: &mut Html, left: f64, in_step: u64, alone: u64) {
    let mut tall = Path::default();
    tall.tick(left as i64 + 2, 4, 10);
    tall.draw(body, "tick-step");
    let text = words::legend_in_step(in_step);
    label(body, "ts", left + 8.0, 13.0, &text);
    let x = left + 8.0 + text.chars().count() as f64 * 6.2 + 18.0;
    let mut short = Path::default();
    short.tick(x as i64, 9, 5);
    short.draw(body, "tick-alone");
    label(body, "ts", x + 6.0, 13.0, &words::legend_alone(alone));
}
