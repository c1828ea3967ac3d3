//! Events dealt to a partition, before names have their canonical numbers.

use super::spill::Spill;
use super::{IngestError, PARTITION_COUNT};
use touchstone_event::schema::Field;

/// Rows of a block: big enough to write, small enough that a half-filled one in each partition
/// costs little.
const BLOCK_ROWS: usize = 8192;

/// Class of an event: index of its endorsed kind, that plus [`TAKE_BACK`], or one of those below.
pub(crate) const TAKE_BACK: u8 = 64;
/// Class of the first reaction; the others follow in the order of their numbers.
pub(crate) const REACTION: u8 = 192;
/// Class of a view.
pub(crate) const VIEW: u8 = 254;
/// Class of an event that is no endorsement, view or reaction; it only tells owners.
pub(crate) const OTHER: u8 = 255;

/// Which columns there are beside target, actor and ts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) class: bool,
    pub(crate) event_id: bool,
    /// In the order of [`Field::HASHED`].
    pub(crate) hashes: [bool; 4],
    pub(crate) dwell: bool,
    pub(crate) fraction: bool,
}

impl Layout {
    /// Layout of the endorsements.
    pub(crate) fn of_endorsements(self) -> Self {
        Self { dwell: false, fraction: false, ..self }
    }

    /// Layout of the views.
    pub(crate) fn of_views(self) -> Self {
        Self { class: false, hashes: [false; 4], ..self }
    }

    /// Layout of the reactions. Each kind counts once an account and target, so ids of events say nothing.
    pub(crate) fn of_reactions() -> Self {
        Self { class: true, ..Self::default() }
    }

    /// True where target, actor and ts are all.
    pub(crate) fn is_plain(self) -> bool {
        self == Self::default()
    }

    fn row_bytes(self) -> u64 {
        let hashes = self.hashes.iter().filter(|&&h| h).count() as u64;
        16 + u64::from(self.class)
            + 16 * u64::from(self.event_id)
            + 8 * hashes
            + 4 * (u64::from(self.dwell) + u64::from(self.fraction))
    }

    /// Names of the keyed hashes it has, with their place.
    pub(crate) fn hashed_fields(self) -> impl Iterator<Item = (usize, Field)> {
        Field::HASHED.into_iter().enumerate().filter(move |&(i, _)| self.hashes[i])
    }
}

/// What an event has beside target, actor and ts. Zero and NaN mean "unknown".
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extras {
    pub(crate) class: u8,
    pub(crate) event_id: u128,
    pub(crate) hashes: [u64; 4],
    pub(crate) dwell: f32,
    pub(crate) fraction: f32,
}

/// True for the class of a reaction.
pub(crate) fn is_reaction(class: u8) -> bool {
    (REACTION..VIEW).contains(&class)
}

/// Target, actor and ts in one number that sorts by them.
#[inline]
pub(crate) fn key_of(target: u32, actor: u32, ts: i64) -> u128 {
    (u128::from(target) << 96) | (u128::from(actor) << 64) | u128::from(ordered(ts))
}

/// Flips the sign bit, so that unsigned order is the order of times.
#[inline]
pub(crate) fn ordered(ts: i64) -> u64 {
    ts as u64 ^ (1 << 63)
}

/// The time that [`ordered`] came from.
#[inline]
pub(crate) fn unordered(bits: u64) -> i64 {
    (bits ^ (1 << 63)) as i64
}

/// Target of a key.
#[inline]
pub(crate) fn target_of(key: u128) -> u32 {
    (key >> 96) as u32
}

/// Actor of a key.
#[inline]
pub(crate) fn actor_of(key: u128) -> u32 {
    (key >> 64) as u32
}

/// Time of a key.
#[inline]
pub(crate) fn ts_of(key: u128) -> i64 {
    unordered(key as u64)
}

/// Rows; columns that the layout lacks are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) keys: Vec<u128>,
    pub(crate) classes: Vec<u8>,
    pub(crate) event_ids: Vec<u128>,
    pub(crate) hashes: [Vec<u64>; 4],
    pub(crate) dwells: Vec<f32>,
    pub(crate) fractions: Vec<f32>,
}

impl Rows {
    fn with_capacity(layout: Layout, rows: usize) -> Self {
        let room = |there: bool| if there { rows } else { 0 };
        Self {
            keys: Vec::with_capacity(rows),
            classes: Vec::with_capacity(room(layout.class)),
            event_ids: Vec::with_capacity(room(layout.event_id)),
            hashes: layout.hashes.map(|h| Vec::with_capacity(room(h))),
            dwells: Vec::with_capacity(room(layout.dwell)),
            fractions: Vec::with_capacity(room(layout.fraction)),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// What row `i` has beside its key.
    pub(crate) fn extras(&self, i: usize) -> Extras {
        Extras {
            class: self.classes.get(i).copied().unwrap_or(0),
            event_id: self.event_ids.get(i).copied().unwrap_or(0),
            hashes: [0, 1, 2, 3].map(|h| self.hashes[h].get(i).copied().unwrap_or(0)),
            dwell: self.dwells.get(i).copied().unwrap_or(f32::NAN),
            fraction: self.fractions.get(i).copied().unwrap_or(f32::NAN),
        }
    }

    fn push(&mut self, layout: Layout, key: u128, extras: &Extras) {
        self.keys.push(key);
        if layout.class {
            self.classes.push(extras.class);
        }
        if layout.event_id {
            self.event_ids.push(extras.event_id);
        }
        for (i, column) in self.hashes.iter_mut().enumerate() {
            if layout.hashes[i] {
                column.push(extras.hashes[i]);
            }
        }
        if layout.dwell {
            self.dwells.push(extras.dwell);
        }
        if layout.fraction {
            self.fractions.push(extras.fraction);
        }
    }

    fn append(&mut self, other: &mut Rows) {
        self.keys.append(&mut other.keys);
        self.classes.append(&mut other.classes);
        self.event_ids.append(&mut other.event_ids);
        for (own, more) in self.hashes.iter_mut().zip(&mut other.hashes) {
            own.append(more);
        }
        self.dwells.append(&mut other.dwells);
        self.fractions.append(&mut other.fractions);
    }

    /// The rows at `order`, in that order.
    pub(crate) fn gather(&self, order: &[u32]) -> Rows {
        fn pick<T: Copy>(column: &[T], order: &[u32]) -> Vec<T> {
            if column.is_empty() { Vec::new() } else { order.iter().map(|&i| column[i as usize]).collect() }
        }
        Rows {
            keys: pick(&self.keys, order),
            classes: pick(&self.classes, order),
            event_ids: pick(&self.event_ids, order),
            hashes: [0, 1, 2, 3].map(|h| pick(&self.hashes[h], order)),
            dwells: pick(&self.dwells, order),
            fractions: pick(&self.fractions, order),
        }
    }

    /// Order of the rows by all their columns: no row order of the input survives in it.
    pub(crate) fn sorted_order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        let rest = |i: u32| {
            let e = self.extras(i as usize);
            (e.class, e.event_id, e.hashes, e.dwell.to_bits(), e.fraction.to_bits())
        };
        order.sort_unstable_by(|&a, &b| {
            self.keys[a as usize].cmp(&self.keys[b as usize]).then_with(|| rest(a).cmp(&rest(b)))
        });
        order
    }
}

/// The partitions while they fill: blocks in memory, and what was spilled before.
#[derive(Debug)]
pub(crate) struct Buckets {
    layout: Layout,
    blocks: Vec<Vec<Rows>>,
    rows: u64,
    spill: Spill,
}

impl Buckets {
    pub(crate) fn new(layout: Layout, spill: Spill) -> Self {
        Self { layout, blocks: vec![Vec::new(); PARTITION_COUNT], rows: 0, spill }
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// Bytes of the buffered rows.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.rows * self.layout.row_bytes()
    }

    pub(crate) fn is_spilled(&self) -> bool {
        self.spill.is_used()
    }

    #[inline]
    fn block(&mut self, partition: u8) -> &mut Rows {
        let blocks = &mut self.blocks[usize::from(partition)];
        if blocks.last().is_none_or(|b| b.keys.len() == BLOCK_ROWS) {
            blocks.push(Rows::with_capacity(self.layout, BLOCK_ROWS));
        }
        let last = blocks.len() - 1;
        &mut blocks[last]
    }

    #[inline]
    pub(crate) fn push(&mut self, partition: u8, key: u128, extras: &Extras) {
        let layout = self.layout;
        self.block(partition).push(layout, key, extras);
        self.rows += 1;
    }

    /// Adds a row of a plain layout.
    #[inline]
    pub(crate) fn push_plain(&mut self, partition: u8, key: u128) {
        self.block(partition).keys.push(key);
        self.rows += 1;
    }

    /// Writes all buffered rows to the scratch folder.
    pub(crate) fn spill(&mut self) -> Result<(), IngestError> {
        for partition in 0..PARTITION_COUNT {
            let rows = join(std::mem::take(&mut self.blocks[partition]));
            if rows.len() > 0 {
                self.spill.append(partition, self.layout, &rows)?;
            }
        }
        self.rows = 0;
        Ok(())
    }

    /// Ends writing; partitions can be loaded from here on.
    pub(crate) fn close(&mut self) -> Result<(), IngestError> {
        self.spill.close()
    }

    /// Takes the rows that are in memory out of partition `i`.
    pub(crate) fn take_blocks(&mut self) -> Vec<Vec<Rows>> {
        std::mem::take(&mut self.blocks)
    }

    /// All rows of partition `i`, given those in memory.
    pub(crate) fn load(&self, i: usize, blocks: Vec<Rows>) -> Result<Rows, IngestError> {
        let mut rows = join(blocks);
        if self.spill.is_used() {
            for mut part in self.spill.load(i, self.layout)? {
                rows.append(&mut part);
            }
        }
        Ok(rows)
    }

    /// Removes the spilled rows of partition `i`.
    pub(crate) fn forget(&self, i: usize) {
        self.spill.forget(i);
    }
}

fn join(blocks: Vec<Rows>) -> Rows {
    let total: usize = blocks.iter().map(Rows::len).sum();
    let mut all = Rows::default();
    all.keys.reserve_exact(total);
    for mut block in blocks {
        all.append(&mut block);
    }
    all
}
