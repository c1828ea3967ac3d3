//! Numbers, dates and lengths of time, for people. Dates are in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// 1204 as "1,204".
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A number with so many decimals, and separators.
pub(crate) fn decimal(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return "\u{2013}".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "\u{221e}" } else { "\u{2212}\u{221e}" }.to_string();
    }
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_zero = plain.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let whole = whole.parse().map_or_else(|_| scientific(value.abs()), count);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn scientific(value: f64) -> String {
    format!("{value:.1e}")
}

/// A measured number: whole where it is large or whole, else with one or two decimals.
pub(crate) fn amount(value: f64) -> String {
    let size = value.abs();
    if size >= 10.0 || (value - value.round()).abs() < 0.005 {
        decimal(value, 0)
    } else if size >= 1.0 {
        decimal(value, 1)
    } else {
        decimal(value, 2)
    }
}

/// Authentic and discounted with decimals such that they add up to what was reported.
pub(crate) fn split(reported: u64, discounted: f64) -> (String, String) {
    let is_small = discounted < 10.0 && (discounted - discounted.round()).abs() >= 0.05;
    let decimals = usize::from(is_small);
    let scale = if is_small { 10.0 } else { 1.0 };
    let discounted = (discounted * scale).round() / scale;
    (decimal(reported as f64 - discounted, decimals), decimal(discounted, decimals))
}

/// "12.3 bits".
pub(crate) fn bits(bits: f64) -> String {
    format!("{} bits", decimal(bits, 1))
}

/// What bits mean: "1 in 5,000", in two figures; none where they do not speak against anyone.
pub(crate) fn odds(bits: f64) -> Option<String> {
    if bits.is_nan() || bits < 1.0 {
        return None;
    }
    let innocents = bits.exp2();
    Some(if innocents >= 1e15 {
        "1 in a million billion".to_string()
    } else if innocents >= 1e12 {
        format!("1 in {} trillion", amount(two_figures(innocents / 1e12)))
    } else if innocents >= 1e9 {
        format!("1 in {} billion", amount(two_figures(innocents / 1e9)))
    } else if innocents >= 1e6 {
        format!("1 in {} million", amount(two_figures(innocents / 1e6)))
    } else {
        format!("1 in {}", amount(two_figures(innocents)))
    })
}

/// Rounded down to two figures: "at most 1 in n" must not claim more than the bits do.
fn two_figures(value: f64) -> f64 {
    let unit = 10f64.powf(value.log10().floor() - 1.0);
    // A hair above, so that 10 bits of exactly 1,000 do not fall to 990.
    ((value / unit + 1e-9).floor() * unit).max(1.0)
}

/// "5%", "1.9%", "0.04%".
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    let size = value.abs();
    let decimals = if size >= 10.0 || (value - value.round()).abs() < 1e-9 {
        0
    } else if size >= 0.1 {
        1
    } else {
        2
    };
    format!("{}%", decimal(value, decimals))
}

/// `part` of `whole` as a percentage.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return percent(0.0);
    }
    let share = part as f64 / whole as f64;
    // "100%" and "0%" are for all and none.
    if part < whole && share > 0.995 {
        return "over 99%".to_string();
    }
    percent(share)
}

/// "1 account", "2 accounts".
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// "60 s", "5 min", "2.5 h", "3 days".
pub(crate) fn duration(seconds: f64) -> String {
    let seconds = seconds.abs();
    if seconds < 120.0 {
        format!("{}\u{a0}s", amount(seconds))
    } else if seconds < 7_200.0 {
        format!("{}\u{a0}min", amount(seconds / 60.0))
    } else if seconds < 172_800.0 {
        format!("{}\u{a0}h", amount(seconds / 3_600.0))
    } else {
        format!("{}\u{a0}days", amount(seconds / 86_400.0))
    }
}

/// A moment in UTC; none outside of the years that a calendar knows.
pub(crate) fn moment(ts: i64) -> Option<DateTime> {
    let timestamp = Timestamp::from_microsecond(ts).ok()?;
    Some(Offset::UTC.to_datetime(timestamp))
}

/// "3 May 2017".
pub(crate) fn date(ts: i64) -> String {
    moment(ts).map_or_else(unknown_date, |m| format!("{} {} {}", m.day(), month(m), m.year()))
}

/// "3 May 2017, 14:05".
pub(crate) fn date_minute(ts: i64) -> String {
    moment(ts).map_or_else(unknown_date, |m| format!("{}, {}", date(ts), clock(m)))
}

/// "3 May 2017, 14:05:09".
pub(crate) fn date_second(ts: i64) -> String {
    moment(ts).map_or_else(unknown_date, |m| format!("{}, {}:{:02}", date(ts), clock(m), m.second()))
}

/// From one moment to another, as finely as the distance asks for.
pub(crate) fn period(first: i64, last: i64) -> String {
    let seconds = last.saturating_sub(first) / 1_000_000;
    let is_one_day = date(first) == date(last);
    if first == last {
        date_second(first)
    } else if is_one_day && let Some(end) = moment(last) {
        if seconds < 600 {
            crate::words::from_to(&date_second(first), &format!("{}:{:02}", clock(end), end.second()))
        } else {
            crate::words::from_to(&date_minute(first), &clock(end))
        }
    } else if seconds < 600 {
        crate::words::from_to(&date_second(first), &date_second(last))
    } else if seconds < 3 * 86_400 {
        crate::words::from_to(&date_minute(first), &date_minute(last))
    } else {
        crate::words::from_to(&date(first), &date(last))
    }
}

/// "May".
pub(crate) fn month(m: DateTime) -> &'static str {
    MONTHS[usize::try_from(m.month() - 1).unwrap_or(0) % 12]
}

/// "14:05".
pub(crate) fn clock(m: DateTime) -> String {
    format!("{:02}:{:02}", m.hour(), m.minute())
}

fn unknown_date() -> String {
    crate::words::DATE_UNKNOWN.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_204), "1,204");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(amount(1_149.6), "1,150");
        assert_eq!(amount(1.25), "1.2");
        assert_eq!(amount(0.031), "0.03");
        assert_eq!(decimal(-0.01, 1), "0.0");
        assert_eq!(decimal(-3.21, 1), "\u{2212}3.2");
        assert_eq!(decimal(f64::NAN, 1), "\u{2013}");
        assert_eq!(decimal(1e30, 0), "1.0e30");
        assert_eq!(percent(0.05), "5%");
        assert_eq!(percent(0.0194), "1.9%");
        assert_eq!(share(999, 1000), "over 99%");
        assert_eq!(share(0, 0), "0%");
    }

    #[test]
    fn reported_is_authentic_and_discounted_as_shown() {
        assert_eq!(split(1_204, 54.0), ("1,150".into(), "54".into()));
        assert_eq!(split(100, 0.4), ("99.6".into(), "0.4".into()));
        assert_eq!(split(101, 10.5), ("90".into(), "11".into()));
        assert_eq!(split(5, 0.0), ("5".into(), "0".into()));
    }

    #[test]
    fn bits_as_odds() {
        assert_eq!(odds(10.0).as_deref(), Some("1 in 1,000"));
        assert_eq!(odds(12.3).as_deref(), Some("1 in 5,000"));
        assert_eq!(odds(21.0).as_deref(), Some("1 in 2 million"));
        assert_eq!(odds(1.0).as_deref(), Some("1 in 2"));
        assert_eq!(odds(0.5), None);
        assert_eq!(odds(-4.0), None);
        assert_eq!(odds(f64::NAN), None);
        assert_eq!(odds(5_000.0).as_deref(), Some("1 in a million billion"));
    }

    #[test]
    fn dates_and_durations() {
        let ts = 1_493_820_309_000_000;
        assert_eq!(date_second(ts), "3 May 2017, 14:05:09");
        assert_eq!(period(ts, ts), "3 May 2017, 14:05:09");
        assert_eq!(period(ts, ts + 86_400_000_000 * 9), "3 May 2017 to 12 May 2017");
        assert_eq!(period(ts, ts + 51_000_000), "3 May 2017, 14:05:09 to 14:06:00");
        assert_eq!(period(ts, ts + 3_600_000_000), "3 May 2017, 14:05 to 15:05");
        assert_eq!(date(0), "1 Jan 1970");
        assert_eq!(date(i64::MAX), "date out of range");
        assert_eq!(duration(60.0), "60\u{a0}s");
        assert_eq!(duration(300.0), "5\u{a0}min");
        assert_eq!(duration(90_000.0), "25\u{a0}h");
    }
}
