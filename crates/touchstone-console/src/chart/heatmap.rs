//! Accounts by targets: who endorsed what, in step or not, and how probably it is fake. Size
//! tells in step from alone, so that colour is not the only carrier.

use std::collections::BTreeMap;

use touchstone_detect::case::grid::{COLUMNS_MAX, ROWS_MAX};
use touchstone_detect::findings::RingCase;

use crate::detail::Detail;
use crate::escape::{Html, shorten};
use crate::words;

use super::path::Path;
use super::{NAME_CHARS, Picture, label, name_room, rect};

const TOP: i64 = 46;
/// Width up to which both grids and the names grow.
const BOTH_WIDTH: i64 = 910;
/// Side of a square of the legend.
const SAMPLE: i64 = 14;

/// Classes of the shades of p_fake: below a half, below nine tenths, above.
const SHADES: [&str; 3] = ["heat-1", "heat-2", "heat-3"];

/// The picture, and a note on what was left out.
pub(crate) struct Heatmap {
    pub(crate) picture: Html,
    pub(crate) note: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    in_step: bool,
    p_fake: f32,
}

fn shade(p_fake: f32) -> usize {
    if p_fake >= 0.9 { 2 } else { usize::from(p_fake >= 0.5) }
}

/// None where the ring lists no event.
pub(crate) fn heatmap(id: String, ring: &RingCase, timed: bool, detail: Detail) -> Option<Heatmap> {
    let rows = ring.members.len().min(detail.heatmap_rows);
    let columns = ring.targets.len().min(detail.heatmap_columns);
    let mut cells: BTreeMap<(u32, u32), Cell> = BTreeMap::new();
    for e in &ring.events {
        if (e.member as usize) < rows && (e.target as usize) < columns {
            let cell = cells.entry((e.member, e.target)).or_default();
            cell.in_step |= e.in_step;
            cell.p_fake = cell.p_fake.max(e.p_fake);
        }
    }
    if cells.is_empty() {
        return None;
    }

    let left = name_room(&ring.members[..rows]);
    let side = side(left, columns);
    let width = columns as i64 * side;
    let height = rows as i64 * side;
    let mut body = Html::new();
    rect(&mut body, "field", left as f64, TOP as f64, width as f64, height as f64);
    let mut grid = Path::default();
    for i in 1..columns as i64 {
        let x = (left + i * side) as f64;
        grid.polyline([(x, TOP as f64), (x, (TOP + height) as f64)]);
    }
    for i in 1..rows as i64 {
        let y = (TOP + i * side) as f64;
        grid.polyline([(left as f64, y), ((left + width) as f64, y)]);
    }
    grid.draw(&mut body, "grid");
    for column in 0..columns {
        // Every number up to twenty columns, else every fifth.
        if columns <= 20 || (column + 1) % 5 == 0 || column == 0 {
            let x = (left + column as i64 * side + side / 2) as f64;
            let number = (column + 1).to_string();
            label(&mut body, "tm", x, TOP as f64 - 4.0, &number);
        }
    }
    for (row, member) in ring.members.iter().take(rows).enumerate() {
        let y = (TOP + row as i64 * side) as f64;
        label(
            &mut body,
            "te name",
            left as f64 - 8.0,
            y + side as f64 / 2.0 + 3.5,
            &shorten(&member.account, NAME_CHARS),
        );
    }
    for (index, class) in SHADES.into_iter().enumerate() {
        let (mut large, mut small) = (Path::default(), Path::default());
        for ((row, column), cell) in &cells {
            if shade(cell.p_fake) == index {
                let x = left + i64::from(*column) * side;
                let y = TOP + i64::from(*row) * side;
                if cell.in_step || !timed {
                    square(&mut large, x, y, side, LARGE_GAP);
                } else {
                    square(&mut small, x, y, side, small_gap(side));
                }
            }
        }
        large.draw_broad(&mut body, class, side - 2 * LARGE_GAP);
        small.draw_broad(&mut body, class, side - 2 * small_gap(side));
    }
    let legend_end = legend(&mut body, timed);

    let endorsed = cells.len() as u64;
    let in_step = cells.values().filter(|c| c.in_step).count() as u64;
    let likely_fake = cells.values().filter(|c| shade(c.p_fake) == 2).count() as u64;
    let is_cut = (rows as u64) < ring.members_total || (columns as u64) < ring.targets_total;
    let total_width = ((left + width) as f64 + 12.0).max(legend_end);
    let picture = Picture {
        id,
        class: "heat",
        width: total_width,
        height: (TOP + height) as f64 + 4.0,
        title: words::heatmap_title(endorsed, rows, columns),
        desc: words::heatmap_desc(endorsed, in_step, likely_fake, timed),
        body,
    }
    .into_html();
    Some(Heatmap {
        picture,
        note: is_cut.then(|| words::drawn_cells(rows, ring.members_total, columns, ring.targets_total)),
    })
}

/// Side of a cell: large where there is room, such that the grid and its null stand side by side.
fn side(left: i64, columns: usize) -> i64 {
    ((BOTH_WIDTH - left) / 2 / columns.max(1) as i64).clamp(9, 22)
}

/// The same grid as one draw of the null filled it.
pub(crate) fn null(id: String, ring: &RingCase, detail: Detail) -> Html {
    let rows = ring.members.len().min(detail.heatmap_rows).min(ROWS_MAX);
    let columns = ring.targets.len().min(detail.heatmap_columns).min(COLUMNS_MAX);
    let side = side(name_room(&ring.members[..ring.members.len().min(detail.heatmap_rows)]), columns);
    let (width, height) = (columns as i64 * side, rows as i64 * side);
    let mut body = Html::new();
    rect(&mut body, "field", LEFT_NULL as f64, TOP as f64, width as f64, height as f64);
    let mut cells = Path::default();
    let mut filled = 0;
    for (row, column) in &ring.exhibits.null_cells {
        if (*row as usize) < rows && (*column as usize) < columns {
            let (x, y) = (LEFT_NULL + i64::from(*column) * side, TOP + i64::from(*row) * side);
            square(&mut cells, x, y, side, LARGE_GAP);
            filled += 1;
        }
    }
    cells.draw_broad(&mut body, "heat-null", side - 2 * LARGE_GAP);
    Picture {
        id,
        class: "heat",
        width: (LEFT_NULL + width) as f64 + 8.0,
        height: (TOP + height) as f64 + 4.0,
        title: words::null_title(filled, rows, columns),
        desc: words::null_desc(ring.exhibits.null_mean),
        body,
    }
    .into_html()
}

const LEFT_NULL: i64 = 4;

/// Free on each side of a square that was in step.
const LARGE_GAP: i64 = 1;

/// Free on each side of one that was not.
fn small_gap(side: i64) -> i64 {
    side * 2 / 7
}

/// A square is a dash as broad as it is long: half as many bytes as an outline.
fn square(path: &mut Path, x: i64, y: i64, side: i64, gap: i64) {
    path.dash(x + gap, y + side / 2, side - 2 * gap);
}

/// What size and shade mean; gives the right edge.
fn legend(body: &mut Html, timed: bool) -> f64 {
    let mut x = 8;
    let mut entry = |class: &'static str, is_large: bool, text: &str| {
        let mut path = Path::default();
        let gap = if is_large { LARGE_GAP } else { small_gap(SAMPLE) };
        square(&mut path, x, 4, SAMPLE, gap);
        path.draw_broad(body, class, SAMPLE - 2 * gap);
        label(body, "ts", (x + SAMPLE + 4) as f64, 15.0, text);
        x += SAMPLE + 18 + (text.chars().count() as f64 * 6.0) as i64;
    };
    if timed {
        entry(SHADES[2], true, words::LEGEND_HEAT_IN_STEP);
        entry(SHADES[2], false, words::LEGEND_HEAT_ALONE);
    } else {
        entry(SHADES[2], true, words::LEGEND_HEAT_ENDORSED);
    }
    for (class, text) in SHADES.into_iter().zip(words::LEGEND_HEAT_SHADES) {
        entry(class, true, text);
    }
    x as f64
}
