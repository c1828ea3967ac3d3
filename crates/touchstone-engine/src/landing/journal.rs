//! The journal on the disk: segments of checksummed records, and reading what a crash or a bad
//! disk left of them.
//!
//! A segment is a header (`TSJOURN1`, its number) and records. A record is a mark, the length of its payload, the
//! first 16 bytes of BLAKE3 over segment, offset and payload, and the payload. So a record that is not whole, or not at its
//! place, is seen; and after a damaged stretch the next good record is found by its mark.

use super::LandingError;
use super::codec::Bytes;
use std::ops::Range;
use std::path::{Path, PathBuf};

const HEADER: &[u8; 8] = b"TSJOURN1";
/// Bytes of a segment's header.
pub(super) const HEADER_BYTES: usize = 16;
const MARK: &[u8; 4] = b"\xF7TSR";
const RECORD_HEAD: usize = 4 + 4 + 16;
/// Largest payload, in bytes: a request has less.
const PAYLOAD_MAX: usize = 1 << 30;

/// Path of a segment.
pub(super) fn path(folder: &Path, segment: u64) -> PathBuf {
    folder.join(format!("{segment:012}.log"))
}

/// The segment of a file name.
pub(super) fn of_file(name: &str) -> Option<u64> {
    name.strip_suffix(".log")?.parse().ok()
}

/// The header of a segment.
pub(super) fn header(segment: u64) -> Vec<u8> {
    [HEADER.as_slice(), &segment.to_le_bytes()].concat()
}

fn checksum(segment: u64, offset: u64, payload: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&segment.to_le_bytes()).update(&offset.to_le_bytes()).update(payload);
    let mut sum = [0; 16];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    sum
}

/// What a record says of its batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Number of the batch's key; 0 without one.
    pub(super) key: u128,
    /// Tells batches of one key apart.
    pub(super) digest: u64,
    /// Place of its first row in the segment.
    pub(super) first_row: u64,
}

/// Appends a record that will stand at `offset` of `segment`.
pub(super) fn append<'a>(
    segment: u64,
    offset: u64,
    head: Head,
    rows: impl ExactSizeIterator<Item = &'a [u8]>,
    out: &mut Vec<u8>,
) {
    let at = out.len();
    out.resize(at + RECORD_HEAD, 0);
    let payload_at = out.len();
    out.extend(head.key.to_le_bytes());
    out.extend(head.digest.to_le_bytes());
    out.extend(head.first_row.to_le_bytes());
    out.extend((rows.len() as u32).to_le_bytes());
    for row in rows {
        out.extend((row.len() as u32).to_le_bytes());
        out.extend(row);
    }
    let length = (out.len() - payload_at) as u32;
    let sum = checksum(segment, offset, &out[payload_at..]);
    out[at..at + 4].copy_from_slice(MARK);
    out[at + 4..at + 8].copy_from_slice(&length.to_le_bytes());
    out[at + 8..payload_at].copy_from_slice(&sum);
}

/// A segment as it was found.
#[derive(Debug)]
pub(super) struct Scan {
    bytes: Vec<u8>,
    /// Payloads of good records.
    records: Vec<Range<usize>>,
    /// Stretches between good records (or before the first) that are none.
    pub(super) damaged: Vec<Range<usize>>,
    /// End of the last good record; what follows is torn or damaged.
    pub(super) good_end: usize,
}

/// A record as read: what it says of its batch, and its rows. A row of no bytes was erased.
pub(super) struct Record<'a> {
    pub(super) head: Head,
    pub(super) rows: Vec<&'a [u8]>,
}

impl Scan {
    /// Reads a segment.
    pub(super) fn read(path: &Path, segment: u64) -> Result<Self, LandingError> {
        let bytes = std::fs::read(path).map_err(|e| LandingError::io(path, "cannot be read", &e))?;
        Ok(Self::of(bytes, segment))
    }

    /// Finds the good records among the bytes of a segment.
    pub(super) fn of(bytes: Vec<u8>, segment: u64) -> Self {
        let (mut records, mut damaged) = (Vec::new(), Vec::new());
        let mut good_end = if bytes.starts_with(&header(segment)) { HEADER_BYTES } else { 0 };
        let mut at = good_end;
        while at < bytes.len() {
            if let Some(payload) = payload_at(&bytes, at, segment) {
                if at > good_end {
                    damaged.push(good_end..at);
                }
                at = payload.end;
                good_end = at;
                records.push(payload);
                continue;
            }
            at += 1;
            match bytes[at..].windows(MARK.len()).position(|w| w == MARK) {
                Some(next) => at += next,
                None => break,
            }
        }
        Self { bytes, records, damaged, good_end }
    }

    /// Bytes of the file.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True where no record is good.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The good records, in order.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        // A checksum that fits over a payload that does not read would be a bug of the writer; it
        // is passed over rather than trusted.
        self.records.iter().filter_map(|range| read(&self.bytes[range.clone()]))
    }
}

fn payload_at(bytes: &[u8], at: usize, segment: u64) -> Option<Range<usize>> {
    let mut rest = Bytes(bytes.get(at..)?);
    if rest.take(4)? != MARK {
        return None;
    }
    let length = rest.u32()? as usize;
    let sum: [u8; 16] = rest.array()?;
    if length > PAYLOAD_MAX {
        return None;
    }
    let payload = rest.take(length)?;
    let start = at + RECORD_HEAD;
    (checksum(segment, at as u64, payload) == sum).then_some(start..start + length)
}

fn read(payload: &[u8]) -> Option<Record<'_>> {
    let mut bytes = Bytes(payload);
    let key = u128::from_le_bytes(bytes.array()?);
    let digest = u64::from_le_bytes(bytes.array()?);
    let first_row = u64::from_le_bytes(bytes.array()?);
    let count = bytes.u32()?;
    let mut rows = Vec::new();
    for _ in 0..count {
        let length = bytes.u32()? as usize;
        rows.push(bytes.take(length)?);
    }
    bytes.0.is_empty().then_some(Record { head: Head { key, digest, first_row }, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five records of two rows each, and where each ends.
    fn segment() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = header(7);
        let mut ends = Vec::new();
        for i in 0..5u8 {
            let rows = [vec![i; 5], vec![i + 100; 9]];
            let head = Head { key: u128::from(i), digest: 1, first_row: u64::from(i) * 2 };
            let offset = bytes.len() as u64;
            append(7, offset, head, rows.iter().map(Vec::as_slice), &mut bytes);
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    fn keys(scan: &Scan) -> Vec<u128> {
        scan.records().map(|r| r.head.key).collect()
    }

    #[test]
    fn cut_anywhere_every_whole_record_is_there() {
        let (bytes, ends) = segment();
        for cut in 0..=bytes.len() {
            let scan = Scan::of(bytes[..cut].to_vec(), 7);
            let whole = ends.iter().filter(|&&end| end <= cut).count();
            assert_eq!(keys(&scan), (0..whole as u128).collect::<Vec<_>>(), "cut at {cut}");
            assert!(scan.damaged.is_empty(), "a torn end is not damage");
            assert_eq!(scan.good_end, ends[..whole].last().copied().unwrap_or(HEADER_BYTES.min(cut / 16 * 16)));
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_costs_its_record_alone() {
        let (bytes, ends) = segment();
        for at in 0..bytes.len() {
            for bit in [0, 3, 7] {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                let scan = Scan::of(bytes, 7);
                let hit = ends.iter().position(|&end| at < end).filter(|_| at >= HEADER_BYTES);
                let left: Vec<u128> = (0..5).filter(|&i| Some(i as usize) != hit).collect();
                assert_eq!(keys(&scan), left, "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn a_record_moved_elsewhere_is_no_record() {
        let (bytes, ends) = segment();
        let mut moved = header(7);
        moved.extend(&bytes[ends[0]..ends[1]]);
        assert!(Scan::of(moved, 7).is_empty());
        assert!(Scan::of(bytes, 8).is_empty(), "another segment's");
    }
}
