//! Windows of event time and the names of what is in them.

/// The start of the window that holds `ts`, both in microseconds since 1970 UTC.
pub(super) fn window_of(ts: i64, length_micros: i64) -> i64 {
    ts.div_euclid(length_micros) * length_micros
}

/// The folder of the window that starts at `start`: `window=2026-01-31T1400`, sortable.
pub(super) fn folder_name(start: i64) -> String {
    match jiff::Timestamp::from_microsecond(start) {
        Ok(t) => format!(
            "window={}",
            jiff::fmt::strtime::format("%Y-%m-%dT%H%M%S", &t.to_zoned(jiff::tz::TimeZone::UTC))
                .unwrap_or_else(|_| start.to_string())
        ),
        Err(_) => format!("window={start}"),
    }
}

/// The start of the window of a folder's name.
pub(super) fn start_of_folder(name: &str) -> Option<i64> {
    let time = name.strip_prefix("window=")?;
    let civil = jiff::fmt::strtime::parse("%Y-%m-%dT%H%M%S", time).ok()?.to_datetime().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// Journal segments that a part was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Covers {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Covers {
    pub(super) fn contains(self, segment: u64) -> bool {
        (self.first..=self.last).contains(&segment)
    }

    /// True where `other` is within, and not the same.
    pub(super) fn replaces(self, other: Covers) -> bool {
        self != other && self.first <= other.first && other.last <= self.last
    }

    /// `part-7.parquet`, or `part-7-12.parquet` after a merge.
    pub(super) fn file_name(self) -> String {
        if self.first == self.last {
            format!("part-{}.parquet", self.first)
        } else {
            format!("part-{}-{}.parquet", self.first, self.last)
        }
    }

    pub(super) fn of_file(name: &str) -> Option<Self> {
        let numbers = name.strip_prefix("part-")?.strip_suffix(".parquet")?;
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        Some(Self { first: first.parse().ok()?, last: last.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for start in [0, 3_600_000_000, 1_770_000_000_000_000 / 1_000_000 * 1_000_000, -86_400_000_000] {
            assert_eq!(start_of_folder(&folder_name(start)), Some(start), "{}", folder_name(start));
        }
        assert_eq!(window_of(-1, 10), -10);
        for covers in [Covers { first: 7, last: 7 }, Covers { first: 7, last: 12 }] {
            assert_eq!(Covers::of_file(&covers.file_name()), Some(covers));
        }
        assert_eq!(Covers::of_file("part-x.parquet"), None);
    }
}
