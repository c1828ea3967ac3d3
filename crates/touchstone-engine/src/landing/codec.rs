//! Rows as bytes in the journal.

use super::admit::Row;

/// Set where a row has the optional part.
mod flag {
    pub(super) const EVENT: u16 = 1;
    pub(super) const OWNER: u16 = 2;
    pub(super) const DWELL: u16 = 4;
    pub(super) const FRACTION: u16 = 8;
    /// The first of four.
    pub(super) const HASH: u16 = 16;
}

/// A row as it stands in the journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RowView<'a> {
    pub(super) actor: &'a str,
    pub(super) target: &'a str,
    pub(super) kind: &'a str,
    pub(super) owner: Option<&'a str>,
    /// Microseconds since 1970 UTC.
    pub(super) ts: i64,
    pub(super) dwell_ms: Option<f32>,
    pub(super) watch_fraction: Option<f32>,
    /// Address, device, browser, session.
    pub(super) hashes: [Option<u64>; 4],
    /// 0 where it has none.
    pub(super) event: u128,
}

/// Appends a row.
pub(super) fn encode(row: &Row<'_>, out: &mut Vec<u8>) {
    let mut flags = 0;
    let mut mark = |is: bool, flag: u16| flags |= if is { flag } else { 0 };
    mark(row.event != 0, flag::EVENT);
    mark(row.owner.is_some(), flag::OWNER);
    mark(row.dwell_ms.is_some(), flag::DWELL);
    mark(row.watch_fraction.is_some(), flag::FRACTION);
    for (i, hash) in row.hashes.iter().enumerate() {
        mark(hash.is_some(), flag::HASH << i);
    }
    out.extend(flags.to_le_bytes());
    out.extend(row.ts.to_le_bytes());
    if row.event != 0 {
        out.extend(row.event.to_le_bytes());
    }
    for text in
        [Some(row.actor.as_str()), Some(&row.target), Some(&row.kind), row.owner.as_deref()].into_iter().flatten()
    {
        // The door lets no longer text in.
        out.extend((text.len() as u16).to_le_bytes());
        out.extend(text.as_bytes());
    }
    for number in [row.dwell_ms, row.watch_fraction].into_iter().flatten() {
        out.extend(number.to_le_bytes());
    }
    for hash in row.hashes.into_iter().flatten() {
        out.extend(hash.to_le_bytes());
    }
}

/// Appends a row that has no event number, with one.
pub(super) fn with_event(row: &[u8], event: u128, out: &mut Vec<u8>) {
    // Flags and time come first, then the number.
    let (head, rest) = row.split_at(10);
    let flags = u16::from_le_bytes([head[0], head[1]]) | flag::EVENT;
    out.extend(flags.to_le_bytes());
    out.extend(&head[2..]);
    out.extend(event.to_le_bytes());
    out.extend(rest);
}

/// Takes parts off the front of some bytes.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = u16::from_le_bytes(self.array()?);
        std::str::from_utf8(self.take(usize::from(length))?).ok()
    }
}

/// Reads a row; none where the bytes are none.
pub(super) fn decode(bytes: &[u8]) -> Option<RowView<'_>> {
    let mut bytes = Bytes(bytes);
    let flags = u16::from_le_bytes(bytes.array()?);
    let has = |flag: u16| flags & flag != 0;
    let ts = i64::from_le_bytes(bytes.array()?);
    let event = if has(flag::EVENT) { u128::from_le_bytes(bytes.array()?) } else { 0 };
    let (actor, target, kind) = (bytes.text()?, bytes.text()?, bytes.text()?);
    let owner = if has(flag::OWNER) { Some(bytes.text()?) } else { None };
    let mut number = |flag| if has(flag) { Some(bytes.array().map(f32::from_le_bytes)) } else { None };
    let dwell_ms = number(flag::DWELL).map_or(Some(None), |n| n.map(Some))?;
    let watch_fraction = number(flag::FRACTION).map_or(Some(None), |n| n.map(Some))?;
    let mut hashes = [None; 4];
    for (i, hash) in hashes.iter_mut().enumerate() {
        if has(flag::HASH << i) {
            *hash = Some(u64::from_le_bytes(bytes.array()?));
        }
    }
    bytes.0.is_empty().then_some(RowView { actor, target, kind, owner, ts, dwell_ms, watch_fraction, hashes, event })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            texts in proptest::array::uniform3(".{0,40}"),
            owner in proptest::option::of(".{0,9}"),
            numbers in proptest::array::uniform2(proptest::option::of(-1e9f32..1e9)),
            hashes in proptest::array::uniform4(proptest::option::of(any::<u64>())),
            ts in any::<i64>(),
            event in any::<u128>(),
        ) {
            let [actor, target, kind] = texts;
            let row = Row {
                actor, target: target.into(), kind: kind.into(), owner, ts, event, hashes,
                dwell_ms: numbers[0], watch_fraction: numbers[1],
            };
            let mut bytes = Vec::new();
            encode(&row, &mut bytes);
            let view = decode(&bytes).unwrap();
            prop_assert_eq!(view.actor, &row.actor);
            prop_assert_eq!(view.target, &row.target);
            prop_assert_eq!(view.kind, &row.kind);
            prop_assert_eq!(view.owner, row.owner.as_deref());
            prop_assert_eq!((view.ts, view.event, view.hashes), (row.ts, row.event, row.hashes));
            prop_assert_eq!((view.dwell_ms, view.watch_fraction), (row.dwell_ms, row.watch_fraction));
            for cut in 0..bytes.len() {
                prop_assert_eq!(decode(&bytes[..cut]), None, "cut at {}", cut);
            }
        }
    }
}
