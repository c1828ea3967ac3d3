//! Names to small numbers, once.
//!
//! A table of slots that hold half a hash and an id; names lie one after the other in one string.
//! Names are looked up a few dozen at a time: first all hashes, then all slots, then all names, so
//! that the memory fetches of a group overlap instead of waiting for each other.

use super::names::Names;
use crate::source::column::Cells;
use arrow_array::{Array, Int32Array, StringArray};

/// "Not interned".
pub(crate) const NO_ID: u32 = u32::MAX;

const GROUP: usize = 32;
const BITS_MIN: u32 = 10;

/// Interns texts and whole numbers; a number is the same name as its decimal text.
#[derive(Debug)]
pub(crate) struct Interner {
    /// Upper half of the hash, then id + 1; 0 where empty. The place of a name is given by the
    /// uppermost bits of its hash, so the table grows without hashing again.
    slots: Vec<u64>,
    bits: u32,
    names: Names,
    seed: [u64; 2],
    numbers: Numbers,
    overflow: bool,
}

/// Ids of names that came as whole numbers.
#[derive(Debug)]
struct Numbers {
    slots: Vec<(i64, u32)>,
    bits: u32,
    len: usize,
}

/// Multiplies to 128 bits and folds the halves: every bit of both reaches every bit of the result.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn word(bytes: &[u8]) -> u64 {
    let mut buffer = [0; 8];
    buffer.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(buffer)
}

#[inline]
fn half_word(bytes: &[u8]) -> u64 {
    let mut buffer = [0; 4];
    buffer.copy_from_slice(&bytes[..4]);
    u64::from(u32::from_le_bytes(buffer))
}

/// A hash of the family of wyhash and foldhash: fast, and with a secret seed hard enough to flood.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8], seed: [u64; 2]) -> u64 {
    const LENGTH: u64 = 0x9E37_79B9_7F4A_7C15;
    const LAST: u64 = 0xE703_7ED1_A0B4_28DB;
    let n = bytes.len();
    let mut state = seed[0] ^ (n as u64).wrapping_mul(LENGTH);
    let (a, b) = if n > 16 {
        let mut rest = bytes;
        while rest.len() > 16 {
            state = fold(word(rest) ^ seed[1], word(&rest[8..]) ^ state);
            rest = &rest[16..];
        }
        (word(&bytes[n - 16..]), word(&bytes[n - 8..]))
    } else if n >= 8 {
        (word(bytes), word(&bytes[n - 8..]))
    } else if n >= 4 {
        (half_word(bytes), half_word(&bytes[n - 4..]))
    } else if n > 0 {
        ((u64::from(bytes[0]) << 8) | u64::from(bytes[n / 2]), u64::from(bytes[n - 1]))
    } else {
        (0, 0)
    };
    fold(fold(a ^ seed[1], b ^ state), LAST ^ state)
}

/// Partition of a target, by its name alone. Frozen: stores and their readers rely on it.
pub(crate) fn partition_of(name: &str) -> u8 {
    const SEED: [u64; 2] = [0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344];
    (hash_bytes(name.as_bytes(), SEED) >> 58) as u8
}

impl Interner {
    /// Empty, with a seed drawn from a secret key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let seed = [word(key) ^ 0xA409_3822_299F_31D0, word(&key[8..]) ^ 0x082E_FA98_EC4E_6C89];
        Self {
            slots: vec![0; 1 << BITS_MIN],
            bits: BITS_MIN,
            names: Names::default(),
            seed,
            numbers: Numbers { slots: vec![(0, NO_ID); 1 << BITS_MIN], bits: BITS_MIN, len: 0 },
            overflow: false,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }


    /// True where there were more names than ids.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflow
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        (self.slots.len() * 8 + self.names.len() * 8 + self.names.bytes() + self.numbers.slots.len() * 16) as u64
    }

    #[inline]
    fn place(&self, tag: u32) -> usize {
        (tag >> (32 - self.bits)) as usize
    }

    /// The id of a name, if it is known.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let tag = (hash_bytes(name.as_bytes(), self.seed) >> 32) as u32;
        self.probe(tag, name).ok()
    }

    /// The id, or the empty slot where it belongs.
    #[inline]
    fn probe(&self, tag: u32, name: &str) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = self.place(tag);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            if (slot >> 32) as u32 == tag {
                let id = slot as u32 - 1;
                if self.names.get(id) == name {
                    return Ok(id);
                }
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn intern_tagged(&mut self, tag: u32, name: &str) -> u32 {
        match self.probe(tag, name) {
            Ok(id) => id,
            Err(at) => self.insert(at, tag, name),
        }
    }

    #[cold]
    fn insert(&mut self, at: usize, tag: u32, name: &str) -> u32 {
        let id = self.names.len();
        if id >= (NO_ID - 1) as usize {
            self.overflow = true;
            return 0;
        }
        self.names.push(name);
        self.slots[at] = (u64::from(tag) << 32) | (id as u64 + 1);
        if (id + 1) * 16 > self.slots.len() * 9 && self.bits < 32 {
            self.grow();
        }
        id as u32
    }

    fn grow(&mut self) {
        self.bits += 1;
        let old = std::mem::replace(&mut self.slots, vec![0; 1 << self.bits]);
        let mask = self.slots.len() - 1;
        for slot in old.into_iter().filter(|&slot| slot != 0) {
            let mut at = self.place((slot >> 32) as u32);
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }

    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        let tag = (hash_bytes(name.as_bytes(), self.seed) >> 32) as u32;
        self.intern_tagged(tag, name)
    }

    pub(crate) fn intern_number(&mut self, number: i64) -> u32 {
        match self.numbers.find(number) {
            Ok(id) => id,
            Err(at) => {
                let id = self.intern(&number.to_string());
                self.numbers.insert(at, number, id);
                id
            }
        }
    }

    /// Ids of the cells of `rows`, [`NO_ID`] where there is none or it is empty.
    pub(crate) fn intern_cells(&mut self, cells: Cells<'_>, rows: impl ExactSizeIterator<Item = usize>) -> Vec<u32> {
        let mut ids = Vec::with_capacity(rows.len());
        match cells {
            Cells::Text(array) => {
                self.intern_texts(rows.map(|r| if array.is_valid(r) { array.value(r) } else { "" }), &mut ids);
            }
            Cells::View(array) => {
                self.intern_texts(rows.map(|r| if array.is_valid(r) { array.value(r) } else { "" }), &mut ids);
            }
            Cells::Integer(array) => {
                ids.extend(rows.map(|r| if array.is_valid(r) { self.intern_number(array.value(r)) } else { NO_ID }));
            }
            Cells::Dictionary(keys, values) => self.intern_dictionary(keys, values, rows, &mut ids),
            _ => ids.extend(rows.map(|r| cells.text(r).map_or(NO_ID, |text| self.intern(&text)))),
        }
        ids
    }

    fn intern_texts<'t>(&mut self, mut texts: impl Iterator<Item = &'t str>, ids: &mut Vec<u32>) {
        let mut group = [""; GROUP];
        let mut tags = [0; GROUP];
        let mut slots = [0; GROUP];
        loop {
            let mut n = 0;
            for (place, text) in group.iter_mut().zip(&mut texts) {
                *place = text;
                n += 1;
            }
            if n == 0 {
                return;
            }
            for i in 0..n {
                tags[i] = (hash_bytes(group[i].as_bytes(), self.seed) >> 32) as u32;
            }
            for i in 0..n {
                slots[i] = self.slots[self.place(tags[i])];
            }
            for i in 0..n {
                let (tag, name, slot) = (tags[i], group[i], slots[i]);
                if name.is_empty() {
                    ids.push(NO_ID);
                } else if (slot >> 32) as u32 == tag && slot != 0 && self.names.get(slot as u32 - 1) == name {
                    ids.push(slot as u32 - 1);
                } else {
                    ids.push(self.intern_tagged(tag, name));
                }
            }
        }
    }

    fn intern_dictionary(
        &mut self,
        keys: &Int32Array,
        values: &StringArray,
        rows: impl Iterator<Item = usize>,
        ids: &mut Vec<u32>,
    ) {
        const UNKNOWN: u32 = NO_ID - 1;
        let mut known = vec![UNKNOWN; values.len()];
        ids.extend(rows.map(|row| {
            if !keys.is_valid(row) {
                return NO_ID;
            }
            let key = keys.value(row) as usize;
            if known[key] == UNKNOWN {
                let text = if values.is_valid(key) { values.value(key) } else { "" };
                known[key] = if text.is_empty() { NO_ID } else { self.intern(text) };
            }
            known[key]
        }));
    }
}

impl Numbers {
    #[inline]
    fn place(&self, number: i64) -> usize {
        (fold(number as u64 ^ 0x9E37_79B9_7F4A_7C15, 0xE703_7ED1_A0B4_28DB) >> (64 - self.bits)) as usize
    }

    #[inline]
    fn find(&self, number: i64) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = self.place(number);
        loop {
            let (own, id) = self.slots[at];
            if id == NO_ID {
                return Err(at);
            }
            if own == number {
                return Ok(id);
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn insert(&mut self, at: usize, number: i64, id: u32) {
        self.slots[at] = (number, id);
        self.len += 1;
        if self.len * 16 > self.slots.len() * 9 {
            self.bits += 1;
            let old = std::mem::replace(&mut self.slots, vec![(0, NO_ID); 1 << self.bits]);
            for (number, id) in old.into_iter().filter(|&(_, id)| id != NO_ID) {
                if let Err(at) = self.find(number) {
                    self.slots[at] = (number, id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_share_names() {
        let mut interner = Interner::new(&[7; 32]);
        let ids: Vec<u32> = (0..5000).map(|i| interner.intern_number(i * 1_000_003)).collect();
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(interner.intern(&(i * 1_000_003).to_string()), *id);
        }
        assert_eq!(interner.len(), 5000);
        assert_eq!(interner.find("x"), None);
    }

    #[test]
    fn partitions_are_frozen() {
        let names = ["", "a", "p9", "12345", "0123456789abcdef", "https://example.org/a/rather/long/name"];
        assert_eq!(names.map(partition_of), PARTITIONS);
    }

    const PARTITIONS: [u8; 6] = [0, 0, 0, 0, 0, 0];
}
