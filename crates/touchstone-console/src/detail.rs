//! How much of each ring is drawn. A page is for reading: past a few dozen rows a picture says no
//! more, and the findings files hold everything.

/// The page stays below this.
pub const PAGE_BYTES_MAX: usize = 3_000_000;

/// How much of one ring is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    /// Members in the raster.
    pub(crate) raster_rows: usize,
    /// Ticks in the raster.
    pub(crate) raster_ticks: usize,
    /// Members in the heatmap.
    pub(crate) heatmap_rows: usize,
    /// Targets in the heatmap.
    pub(crate) heatmap_columns: usize,
    /// Rows of the table of members.
    pub(crate) members: usize,
    /// Rows of the table of targets.
    pub(crate) targets: usize,
    /// Characters of a long name in its title.
    pub(crate) title_chars: usize,
}

const FULL: Detail = Detail {
    raster_rows: 60,
    raster_ticks: 8_000,
    heatmap_rows: 60,
    heatmap_columns: 40,
    members: 300,
    targets: 150,
    title_chars: 600,
};

const MEDIUM: Detail = Detail {
    raster_rows: 40,
    raster_ticks: 1_200,
    heatmap_rows: 40,
    heatmap_columns: 30,
    members: 60,
    targets: 40,
    title_chars: 200,
};

const BRIEF: Detail = Detail {
    raster_rows: 20,
    raster_ticks: 300,
    heatmap_rows: 20,
    heatmap_columns: 16,
    members: 12,
    targets: 10,
    title_chars: 60,
};

/// The last resort: still every ring, with its verdict and evidence.
const BARE: Detail = Detail {
    raster_rows: 8,
    raster_ticks: 60,
    heatmap_rows: 8,
    heatmap_columns: 8,
    members: 5,
    targets: 4,
    title_chars: 0,
};

/// How many plans there are, from generous to bare.
pub(crate) const PLANS: usize = 5;

/// How much of the ring at this place (0 is the strongest) is drawn under a plan. The strongest
/// rings keep their detail longest: they are what a reader opens first.
pub(crate) fn for_ring(plan: usize, place: usize) -> Detail {
    let (full, medium) = match plan {
        0 => (usize::MAX, usize::MAX),
        1 => (12, 40),
        2 => (4, 16),
        3 => (0, 4),
        _ => (0, 0),
    };
    match plan {
        4.. => BARE,
        _ if place < full => FULL,
        _ if place < medium => MEDIUM,
        _ => BRIEF,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_plans_never_draw_more() {
        for place in [0, 3, 10, 39, 199] {
            for plan in 1..PLANS {
                let (before, after) = (for_ring(plan - 1, place), for_ring(plan, place));
                assert!(after.raster_ticks <= before.raster_ticks);
                assert!(after.members <= before.members);
            }
        }
        assert_eq!(for_ring(PLANS - 1, 0), BARE);
    }
}
