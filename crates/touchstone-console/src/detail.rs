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
    /// Members in the moment close up; none for no such picture.
    pub(crate) moment_rows: usize,
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
    /// Whether the case shows more than its evidence, raster and heatmap.
    pub(crate) exhibits: bool,
    /// Nodes of the graph of shared devices and addresses.
    pub(crate) nodes: usize,
}

/// From the least, which still has the verdict and the evidence, to all that a page should hold.
/// How far a ring gets is a matter of room: see the page.
pub(crate) const LEVELS: [Detail; 4] = [
    Detail {
        raster_rows: 6,
        raster_ticks: 60,
        moment_rows: 0,
        heatmap_rows: 5,
        heatmap_columns: 6,
        members: 2,
        targets: 2,
        title_chars: 0,
        exhibits: false,
        nodes: 0,
    },
    Detail {
        raster_rows: 16,
        raster_ticks: 600,
        moment_rows: 12,
        heatmap_rows: 16,
        heatmap_columns: 16,
        members: 10,
        targets: 8,
        title_chars: 60,
        exhibits: true,
        nodes: 60,
    },
    Detail {
        raster_rows: 40,
        raster_ticks: 2_000,
        moment_rows: 24,
        heatmap_rows: 40,
        heatmap_columns: 30,
        members: 60,
        targets: 40,
        title_chars: 200,
        exhibits: true,
        nodes: 150,
    },
    Detail {
        raster_rows: 60,
        raster_ticks: 8_000,
        moment_rows: 24,
        heatmap_rows: 60,
        heatmap_columns: 40,
        members: 300,
        targets: 150,
        title_chars: 600,
        exhibits: true,
        nodes: 300,
    },
];
