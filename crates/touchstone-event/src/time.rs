//! Every spelling of a time, as microseconds since 1970 UTC.
//!
//! The unit of bare numbers is a property of a file, not of a row: [`UnitVotes`] counts the
//! magnitudes of all of them and the median decides, so the order of rows changes nothing.

use serde::{Deserialize, Serialize};

/// The year 1: an earlier event is a mistake of the exporter.
pub const LONG_AGO_MICROS: i64 = -62_135_596_800_000_000;

/// 2100-01-01: a later event is a mistake of the exporter, not an event.
pub const FAR_FUTURE_MICROS: i64 = 4_102_444_800_000_000;

const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Unit of a bare number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum TimeUnit {
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Microseconds.
    #[serde(rename = "us")]
    Microseconds,
    /// Nanoseconds.
    #[serde(rename = "ns")]
    Nanoseconds,
}

impl TimeUnit {
    /// Every unit, by falling length.
    pub const ALL: [TimeUnit; 4] =
        [TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds];

    /// Short name: s, ms, us, ns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TimeUnit::Seconds => "s",
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Microseconds => "us",
            TimeUnit::Nanoseconds => "ns",
        }
    }

    /// The unit in which a number of this size is a time of our age.
    #[must_use]
    pub const fn of_magnitude(magnitude: u64) -> Self {
        match magnitude {
            0..100_000_000_000 => TimeUnit::Seconds,
            100_000_000_000..100_000_000_000_000 => TimeUnit::Milliseconds,
            100_000_000_000_000..100_000_000_000_000_000 => TimeUnit::Microseconds,
            _ => TimeUnit::Nanoseconds,
        }
    }
}

/// How the user wants times to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeOption {
    /// Text as RFC 3339, bare numbers in the unit that fits the file.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// Bare numbers are seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Bare numbers are milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Bare numbers are microseconds.
    #[serde(rename = "us")]
    Microseconds,
    /// Bare numbers are nanoseconds.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Text alone; bare numbers are unreadable.
    #[serde(rename = "rfc3339")]
    Rfc3339,
}

impl TimeOption {
    /// The unit, where the user chose one.
    #[must_use]
    pub const fn unit(self) -> Option<TimeUnit> {
        match self {
            TimeOption::Seconds => Some(TimeUnit::Seconds),
            TimeOption::Milliseconds => Some(TimeUnit::Milliseconds),
            TimeOption::Microseconds => Some(TimeUnit::Microseconds),
            TimeOption::Nanoseconds => Some(TimeUnit::Nanoseconds),
            TimeOption::Auto | TimeOption::Rfc3339 => None,
        }
    }
}

impl std::str::FromStr for TimeOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "auto" => TimeOption::Auto,
            "s" => TimeOption::Seconds,
            "ms" => TimeOption::Milliseconds,
            "us" => TimeOption::Microseconds,
            "ns" => TimeOption::Nanoseconds,
            "rfc3339" => TimeOption::Rfc3339,
            _ => return Err(format!("there is no time unit \"{text}\"; choose s, ms, us, ns, rfc3339 or auto")),
        })
    }
}

/// A time as it was written, before the unit of the file is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RawTime {
    /// Said with its date or its unit: microseconds since 1970 UTC.
    Micros(i64),
    /// A bare whole number.
    Integer(i64),
    /// A bare decimal number.
    Decimal(f64),
}

/// Why a time is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// Not a time, or before every time that can be represented.
    Unreadable,
    /// After 2100-01-01.
    FarFuture,
}

impl RawTime {
    /// Microseconds since 1970 UTC, bare numbers taken in `unit`. Below a microsecond it rounds
    /// down (whole numbers) or to the nearest (decimals).
    ///
    /// # Errors
    /// If it cannot be represented or lies after 2100-01-01.
    #[inline]
    pub fn to_micros(self, unit: TimeUnit) -> Result<i64, TimeFault> {
        let micros = match self {
            RawTime::Micros(micros) => micros,
            RawTime::Integer(n) => match unit {
                TimeUnit::Seconds => scaled(n, MICROS_PER_SECOND)?,
                TimeUnit::Milliseconds => scaled(n, 1000)?,
                TimeUnit::Microseconds => n,
                TimeUnit::Nanoseconds => n.div_euclid(1000),
            },
            RawTime::Decimal(x) => {
                let micros = match unit {
                    TimeUnit::Seconds => x * 1e6,
                    TimeUnit::Milliseconds => x * 1e3,
                    TimeUnit::Microseconds => x,
                    TimeUnit::Nanoseconds => x / 1e3,
                }
                .round();
                if micros > FAR_FUTURE_MICROS as f64 {
                    return Err(TimeFault::FarFuture);
                }
                // 9e18 is within i64.
                if micros.is_nan() || micros < -9e18 {
                    return Err(TimeFault::Unreadable);
                }
                micros as i64
            }
        };
        // Before the year 1 nothing was liked; differences of times must not overflow further on.
        if micros > FAR_FUTURE_MICROS {
            Err(TimeFault::FarFuture)
        } else if micros < LONG_AGO_MICROS {
            Err(TimeFault::Unreadable)
        } else {
            Ok(micros)
        }
    }
}

fn scaled(n: i64, factor: i64) -> Result<i64, TimeFault> {
    n.checked_mul(factor).ok_or(if n > 0 { TimeFault::FarFuture } else { TimeFault::Unreadable })
}

/// Counts of the magnitudes of the bare numbers of a file. Votes add, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitVotes {
    counts: [u64; 4],
    dated: u64,
}

impl UnitVotes {
    /// Counts one time.
    #[inline]
    pub fn add(&mut self, raw: RawTime) {
        match raw {
            RawTime::Micros(_) => self.dated += 1,
            RawTime::Integer(n) => self.counts[TimeUnit::of_magnitude(n.unsigned_abs()) as usize] += 1,
            // `as` saturates, which is what a magnitude wants.
            RawTime::Decimal(x) => self.counts[TimeUnit::of_magnitude(x.abs() as u64) as usize] += 1,
        }
    }

    /// Adds `count` bare numbers of one magnitude.
    pub fn add_many(&mut self, unit: TimeUnit, count: u64) {
        self.counts[unit as usize] += count;
    }

    /// Adds the votes of another part of the file.
    pub fn merge(&mut self, other: &UnitVotes) {
        for (own, more) in self.counts.iter_mut().zip(other.counts) {
            *own += more;
        }
        self.dated += other.dated;
    }

    /// The unit of the median magnitude (the lower one of an even number); none without numbers.
    #[must_use]
    pub fn unit(&self) -> Option<TimeUnit> {
        let numbers: u64 = self.counts.iter().sum();
        let mut below = 0;
        TimeUnit::ALL.into_iter().find(|&unit| {
            below += self.counts[unit as usize];
            numbers > 0 && below >= numbers.div_ceil(2)
        })
    }

    /// How the file spells times, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match (self.unit(), self.dated) {
            (None, 0) => "none".to_owned(),
            (None, _) => "rfc3339".to_owned(),
            (Some(unit), 0) => format!("number in {}", unit.name()),
            (Some(unit), _) => format!("rfc3339 and numbers in {}", unit.name()),
        }
    }
}

/// Reads a time from text: RFC 3339; a date alone; date and time with a blank between, with or
/// without an offset (UTC without one); or a bare number. None where it is none of these.
#[inline]
#[must_use]
pub fn read_text(text: &str) -> Option<RawTime> {
    let text = text.trim_ascii();
    if let Some(n) = read_integer(text.as_bytes()) {
        return Some(RawTime::Integer(n));
    }
    read_date(text.as_bytes()).map(RawTime::Micros).or_else(|| read_decimal(text))
}

fn read_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut value: i64 = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    Some(if negative { -value } else { value })
}

fn read_decimal(text: &str) -> Option<RawTime> {
    // Words such as "nan" and "infinity" are numbers to Rust, but no times.
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return None;
    }
    text.parse().ok().filter(|x: &f64| x.is_finite()).map(RawTime::Decimal)
}

fn read_date(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&date[..4])?, digits(&date[5..7])?, digits(&date[8..])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let midnight = days_from_civil(year, month, day) * MICROS_PER_DAY;
    let rest = match rest.split_first() {
        None => return Some(midnight),
        Some((b'T' | b't' | b' ' | b'_', rest)) => rest,
        Some(_) => return None,
    };
    let (clock, rest) = rest.split_at_checked(5)?;
    let (hour, minute) = (digits(&clock[..2])?, digits(&clock[3..])?);
    if clock[2] != b':' || hour > 23 || minute > 59 {
        return None;
    }
    let (second, rest) = match rest.split_first() {
        Some((b':', rest)) => {
            let (second, rest) = rest.split_at_checked(2)?;
            (digits(second)?, rest)
        }
        _ => (0, rest),
    };
    // A leap second (60) is the start of the next minute, as POSIX time has it.
    if second > 60 {
        return None;
    }
    let (fraction, rest) = match rest.split_first() {
        Some((b'.' | b',', rest)) => {
            let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            let micros = (0..6).fold(0, |sum, i| sum * 10 + if i < length { i64::from(rest[i] - b'0') } else { 0 });
            (micros, &rest[length..])
        }
        _ => (0, rest),
    };
    let seconds = hour * 3600 + minute * 60 + second - offset_seconds(rest)?;
    Some(midnight + seconds * MICROS_PER_SECOND + fraction)
}

/// `Z`, `UTC`, nothing, or an offset such as +02:00, +0200, +02; with or without a blank before.
fn offset_seconds(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii_start();
    let (sign, rest) = match text.split_first() {
        None => return Some(0),
        Some((b'+', rest)) => (1, rest),
        Some((b'-', rest)) => (-1, rest),
        Some(_) => return (matches!(text, b"Z" | b"z" | b"UTC" | b"GMT")).then_some(0),
    };
    let (hours, minutes) = match rest.len() {
        2 => (digits(rest)?, 0),
        4 => (digits(&rest[..2])?, digits(&rest[2..])?),
        5 if rest[2] == b':' => (digits(&rest[..2])?, digits(&rest[3..])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970 of a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level
/// date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expect: Option<i64>) {
        let got = read_text(text).and_then(|raw| match raw {
            RawTime::Micros(micros) => Some(micros),
            _ => None,
        });
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn dates_of_every_spelling() {
        const DAY: i64 = MICROS_PER_DAY;
        check("1970-01-02", Some(DAY));
        check(" 1970-01-02T00:00Z ", Some(DAY));
        check("1970-01-02 00:00:00", Some(DAY));
        check("1970-01-02t00:00:00.5z", Some(DAY + 500_000));
        check("1970-01-02 00:00:00.1234567 UTC", Some(DAY + 123_456));
        check("1970-01-02 02:00:00+02", Some(DAY));
        check("1970-01-01T22:30:00-0130", Some(DAY));
        check("1970-01-01T23:59:60Z", Some(DAY));
        check("1969-12-31", Some(-DAY));
        check("2000-02-29", Some(951_782_400_000_000));
    }

    #[test]
    fn what_is_no_time() {
        let dates = ["1970-02-29", "1900-02-29", "1970-13-01", "1970-00-01", "1970-01-32", "1970-1-2", "1970-01-02X"];
        let clocks = ["T", "T24:00", "T00:60", "T00:00:61", "T00:00:00.", "T00:00:00+2", "T00:00:00 CET"];
        let others = ["soon", "", "nan", "inf", "1e", "--5", "1970-01-0\u{0662}", "1970-01-\u{0662}"];
        let clocks = clocks.map(|clock| format!("1970-01-02{clock}"));
        for bad in dates.into_iter().chain(others).chain(clocks.iter().map(String::as_str)) {
            assert_eq!(read_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_of_every_size() {
        assert_eq!(read_text("1700000000.25"), Some(RawTime::Decimal(1_700_000_000.25)));
        assert_eq!(read_text("-5"), Some(RawTime::Integer(-5)));
        assert_eq!(RawTime::Integer(4_102_444_801).to_micros(TimeUnit::Seconds), Err(TimeFault::FarFuture));
        assert_eq!(RawTime::Integer(4_102_444_800).to_micros(TimeUnit::Seconds), Ok(FAR_FUTURE_MICROS));
        assert_eq!(RawTime::Integer(i64::MAX).to_micros(TimeUnit::Seconds), Err(TimeFault::FarFuture));
        assert_eq!(RawTime::Integer(i64::MIN).to_micros(TimeUnit::Microseconds), Err(TimeFault::Unreadable));
        assert_eq!(RawTime::Integer(-1).to_micros(TimeUnit::Nanoseconds), Ok(-1));
        assert_eq!(RawTime::Decimal(f64::NAN).to_micros(TimeUnit::Seconds), Err(TimeFault::Unreadable));
        assert_eq!(RawTime::Decimal(1e300).to_micros(TimeUnit::Seconds), Err(TimeFault::FarFuture));
    }

    #[test]
    fn the_lower_median_decides() {
        let mut votes = UnitVotes::default();
        assert_eq!((votes.unit(), votes.describe().as_str()), (None, "none"));
        votes.add(RawTime::Integer(1));
        votes.add(RawTime::Integer(1_700_000_000_000));
        assert_eq!(votes.unit(), Some(TimeUnit::Seconds));
        votes.add(RawTime::Decimal(1_700_000_000_000.0));
        assert_eq!(votes.unit(), Some(TimeUnit::Milliseconds));
    }

    proptest! {
        #[test]
        fn reads_what_jiff_writes(micros in -62_135_596_800_000_000_i64..=FAR_FUTURE_MICROS) {
            let time = jiff::Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(read_text(&time.to_string()), Some(RawTime::Micros(micros)));
        }

        #[test]
        fn reads_as_jiff_reads(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?(Z|[+-][0-2][0-9]:[0-5][0-9])"
        ) {
            if let (Ok(theirs), Some(RawTime::Micros(ours))) = (text.parse::<jiff::Timestamp>(), read_text(&text)) {
                // A leap second is the last second of the minute to jiff and the next minute here.
                let leap = &text[17..19] == "60";
                prop_assert!(leap || theirs.as_nanosecond().div_euclid(1000) == i128::from(ours), "{}", text);
            }
        }

        #[test]
        fn every_unit_round_trips(seconds in -62_135_596_800_i64..4_102_444_800) {
            let expect = Ok(seconds * MICROS_PER_SECOND);
            for (unit, factor) in TimeUnit::ALL.into_iter().zip([1_i64, 1000, 1_000_000, 1_000_000_000]) {
                if let Some(number) = seconds.checked_mul(factor) {
                    let raw = read_text(&number.to_string()).unwrap();
                    prop_assert_eq!(raw.to_micros(unit), expect);
                }
            }
            let raw = read_text(&format!("{seconds}.000000")).unwrap();
            prop_assert_eq!(raw.to_micros(TimeUnit::Seconds), expect);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}", digits in "[-+0-9eE.:TZ ]{0,40}") {
            for text in [text, digits] {
                let raw = read_text(&text);
                for unit in TimeUnit::ALL {
                    let _ = raw.map(|raw| raw.to_micros(unit));
                }
            }
        }
    }
}
