//! Names to small numbers, once.
//!
//! A table of slots that hold half a hash and an id; names lie one after the other in one string,
//! and beside them a digest of each: short names whole, longer ones as a hash. Names are looked up
//! a few dozen at a time: first all digests, then all slots, then all digests of the names found
//! there, so that the memory fetches of a group overlap instead of waiting for each other. Only
//! long names are compared as text.

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
    digests: Vec<u128>,
    seed: [u64; 2],
    overflow: bool,
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

/// Longest name that a digest holds whole.
const WHOLE_BYTES_MAX: usize = 12;

/// Length in the low 32 bits, then the bytes of a short name (as Arrow lays out its views), or a
/// hash of a long one.
#[inline]
fn digest_of(name: &str, seed: [u64; 2]) -> u128 {
    let bytes = name.as_bytes();
    let n = bytes.len();
    let content = if n > WHOLE_BYTES_MAX {
        // Lengths above 4 GiB need not be told apart here: the text is compared in the end.
        (u128::from(hash_bytes(bytes, seed)) << 64) | (u128::from(half_word(bytes)) << 32)
    } else if n >= 8 {
        (u128::from(word(bytes)) << 32) | (u128::from(half_word(&bytes[n - 4..])) << (8 * n))
    } else if n >= 4 {
        (u128::from(half_word(bytes)) << 32) | (u128::from(half_word(&bytes[n - 4..])) << (8 * n))
    } else {
        bytes.iter().rev().fold(0, |sum, &byte| (sum << 8) | u128::from(byte)) << 32
    };
    content | u128::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// The digest of a number's decimal text, without the text.
#[inline]
fn digest_of_number(number: i64, seed: [u64; 2]) -> u128 {
    if !(0..1_000_000_000_000).contains(&number) {
        return digest_of(&number.to_string(), seed);
    }
    let mut rest = number as u64;
    let mut content = 0;
    let mut digits = 0;
    loop {
        content = (content << 8) | (u128::from(b'0') + u128::from(rest % 10));
        rest /= 10;
        digits += 1;
        if rest == 0 {
            return (content << 32) | digits;
        }
    }
}

/// The tag of a digest: which slots to look at.
#[inline]
fn tag_of(digest: u128, seed: [u64; 2]) -> u32 {
    const LAST: u64 = 0xE703_7ED1_A0B4_28DB;
    let mixed = fold(digest as u64 ^ seed[0], (digest >> 64) as u64 ^ seed[1]);
    (fold(mixed ^ seed[1], LAST) >> 32) as u32
}

#[inline]
fn is_whole(digest: u128) -> bool {
    digest as u32 as usize <= WHOLE_BYTES_MAX
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
            digests: Vec::new(),
            seed,
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
        (self.slots.len() * 8 + self.names.len() * 24 + self.names.bytes()) as u64
    }

    #[inline]
    fn place(&self, tag: u32) -> usize {
        (tag >> (32 - self.bits)) as usize
    }

    /// The id of a name, if it is known.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let digest = digest_of(name, self.seed);
        self.probe(tag_of(digest, self.seed), digest, name).ok()
    }

    /// The id, or the empty slot where it belongs.
    #[inline]
    fn probe(&self, tag: u32, digest: u128, name: &str) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = self.place(tag);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            if (slot >> 32) as u32 == tag {
                let id = slot as u32 - 1;
                if self.digests[id as usize] == digest && (is_whole(digest) || self.names.get(id) == name) {
                    return Ok(id);
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn intern_digest(&mut self, tag: u32, digest: u128, name: &str) -> u32 {
        match self.probe(tag, digest, name) {
            Ok(id) => id,
            Err(at) => self.insert(at, tag, digest, name),
        }
    }

    fn insert(&mut self, at: usize, tag: u32, digest: u128, name: &str) -> u32 {
        let id = self.names.len();
        if id >= (NO_ID - 1) as usize {
            self.overflow = true;
            return 0;
        }
        self.names.push(name);
        self.digests.push(digest);
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
        let digest = digest_of(name, self.seed);
        self.intern_digest(tag_of(digest, self.seed), digest, name)
    }

    /// Ids of the cells of `rows`, [`NO_ID`] where there is none or it is empty.
    pub(crate) fn intern_cells(&mut self, cells: Cells<'_>, rows: impl ExactSizeIterator<Item = usize>) -> Vec<u32> {
        let mut ids = Vec::with_capacity(rows.len());
        match cells {
            Cells::Text(array) => {
                let seed = self.seed;
                let text = |r| if array.is_valid(r) { array.value(r) } else { "" };
                self.intern_texts(rows, |r| digest_of(text(r), seed), text, &mut ids);
            }
            Cells::View(array) => {
                let seed = self.seed;
                let views = array.views();
                let text = |r| if array.is_valid(r) { array.value(r) } else { "" };
                let digest = |r: usize| match views[r] {
                    view if !is_whole(view) => digest_of(text(r), seed),
                    view if array.is_valid(r) => view,
                    _ => 0,
                };
                self.intern_texts(rows, digest, text, &mut ids);
            }
            Cells::Integer(array) => {
                let seed = self.seed;
                let digest = |r| if array.is_valid(r) { digest_of_number(array.value(r), seed) } else { 0 };
                self.intern_texts(rows, digest, |r| array.value(r).to_string(), &mut ids);
            }
            Cells::Dictionary(keys, values) => self.intern_dictionary(keys, values, rows, &mut ids),
            _ => ids.extend(rows.map(|r| cells.text(r).map_or(NO_ID, |text| self.intern(&text)))),
        }
        ids
    }

    fn intern_texts<T: AsRef<str>>(
        &mut self,
        mut rows: impl Iterator<Item = usize>,
        digest: impl Fn(usize) -> u128,
        text: impl Fn(usize) -> T,
        ids: &mut Vec<u32>,
    ) {
        let mut group = [0; GROUP];
        let mut digests = [0; GROUP];
        let mut tags = [0; GROUP];
        let mut found = [NO_ID; GROUP];
        let mut same = [false; GROUP];
        loop {
            let mut n = 0;
            for (place, row) in group.iter_mut().zip(&mut rows) {
                *place = row;
                n += 1;
            }
            if n == 0 {
                return;
            }
            for i in 0..n {
                digests[i] = digest(group[i]);
                tags[i] = tag_of(digests[i], self.seed);
            }
            for i in 0..n {
                let slot = self.slots[self.place(tags[i])];
                let fits = slot != 0 && (slot >> 32) as u32 == tags[i];
                found[i] = if fits { slot as u32 - 1 } else { 0 };
                same[i] = fits;
            }
            for i in 0..n {
                same[i] &= self.digests.get(found[i] as usize) == Some(&digests[i]) && is_whole(digests[i]);
            }
            for i in 0..n {
                // A digest of zero is an empty name.
                let id = match digests[i] {
                    0 => NO_ID,
                    _ if same[i] => found[i],
                    digest => self.intern_digest(tags[i], digest, text(group[i]).as_ref()),
                };
                ids.push(id);
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

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{ArrayRef, DictionaryArray, Int64Array, LargeStringArray, StringViewArray};
    use std::sync::Arc;

    #[test]
    fn every_shape_of_a_name_is_the_same_name() {
        let texts: Vec<String> = (0..60).map(|n| "0123456789äöü☂".chars().cycle().take(n).collect()).collect();
        let mut interner = Interner::new(&[7; 32]);
        let shapes: [ArrayRef; 3] = [
            Arc::new(LargeStringArray::from_iter_values(&texts)),
            Arc::new(StringViewArray::from_iter_values(&texts)),
            Arc::new(texts.iter().map(String::as_str).collect::<DictionaryArray<arrow_array::types::Int32Type>>()),
        ];
        let first = interner.intern_cells(Cells::new(&shapes[0]), 0..60);
        assert_eq!(first[0], NO_ID);
        assert_eq!(first[1..], (0..59).collect::<Vec<u32>>());
        for shape in &shapes {
            assert_eq!(interner.intern_cells(Cells::new(shape), 0..60), first);
        }
        assert_eq!(interner.names().iter().collect::<Vec<_>>(), texts[1..].iter().collect::<Vec<_>>());
    }

    #[test]
    fn numbers_and_texts_share_names() {
        let mut interner = Interner::new(&[7; 32]);
        let mut numbers: Vec<i64> = (0..5000).map(|i| i * 1_000_003).collect();
        numbers.extend([i64::MIN, -1, 999_999_999_999, 1_000_000_000_000, i64::MAX]);
        let array: ArrayRef = Arc::new(Int64Array::from(numbers.clone()));
        let ids = interner.intern_cells(Cells::new(&array), 0..numbers.len());
        for (number, id) in numbers.iter().zip(ids) {
            assert_eq!(interner.intern(&number.to_string()), id);
            assert_eq!(interner.find(&number.to_string()), Some(id));
        }
        assert_eq!(interner.len(), numbers.len());
        assert_eq!(interner.find("x"), None);
    }

    #[test]
    fn partitions_are_frozen() {
        let names = ["", "a", "p9", "12345", "0123456789abcdef", "https://example.org/a/rather/long/name"];
        assert_eq!(names.map(partition_of), [46, 34, 2, 46, 38, 28]);
    }
}
