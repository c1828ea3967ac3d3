//! Axes: round numbers upwards, round moments (UTC) sideways.

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::escape::Html;
use crate::text::{clock, decimal, moment, month};
use crate::words::AXIS_UTC;

use super::label;
use super::path::Path;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps of a fixed length that people count in.
const STEPS: [i64; 20] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    10 * DAY,
    14 * DAY,
];

/// Steps in months.
const MONTH_STEPS: [i64; 10] = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

/// Moments onto a line.
pub(crate) struct TimeScale {
    first: i64,
    last: i64,
    left: f64,
    width: f64,
}

impl TimeScale {
    /// From the first to the last moment. A single moment gets a minute around it.
    pub(crate) fn new(first: i64, last: i64, left: f64, width: f64) -> Self {
        let (first, last) = if last <= first {
            (first.saturating_sub(MINUTE / 2), first.saturating_add(MINUTE / 2))
        } else {
            (first, last)
        };
        Self { first, last, left, width }
    }

    pub(crate) fn x(&self, ts: i64) -> f64 {
        let span = self.last as f64 - self.first as f64;
        let share = (ts as f64 - self.first as f64) / span;
        self.left + share.clamp(0.0, 1.0) * self.width
    }

    /// Places and labels: at most one in `spacing` units.
    fn ticks(&self, spacing: f64) -> Vec<(f64, String)> {
        let most = (self.width / spacing).floor().max(1.0) as i64;
        let span = self.last.saturating_sub(self.first);
        if let Some(step) = STEPS.into_iter().find(|step| span / step <= most) {
            return self.clock_ticks(step);
        }
        let months = span / (30 * DAY);
        let step = MONTH_STEPS.into_iter().find(|step| months / step <= most).unwrap_or(1200);
        self.month_ticks(step)
    }

    fn clock_ticks(&self, step: i64) -> Vec<(f64, String)> {
        let mut ticks = Vec::new();
        let mut ts = self.first.div_euclid(step).saturating_mul(step);
        while ts <= self.last {
            if ts >= self.first
                && let Some(m) = moment(ts)
            {
                // The date at midnight, the time elsewhere.
                let text = if ts.rem_euclid(DAY) == 0 {
                    format!("{} {}", m.day(), month(m))
                } else if step < MINUTE {
                    format!("{}:{:02}", clock(m), m.second())
                } else {
                    clock(m)
                };
                ticks.push((self.x(ts), text));
            }
            let Some(next) = ts.checked_add(step) else {
                break;
            };
            ts = next;
        }
        ticks
    }

    fn month_ticks(&self, step: i64) -> Vec<(f64, String)> {
        let Some(start) = moment(self.first) else {
            return Vec::new();
        };
        let mut ticks = Vec::new();
        let mut index = i64::from(start.year()) * 12 + i64::from(start.month()) - 1;
        index = index.div_euclid(step) * step;
        while ticks.len() < 64 {
            let (year, month_index) = (index.div_euclid(12), index.rem_euclid(12));
            let date = i16::try_from(year).ok().and_then(|y| Date::new(y, month_index as i8 + 1, 1).ok());
            let Some(at) = date.map(|d| d.at(0, 0, 0, 0)) else {
                break;
            };
            let Ok(ts) = Offset::UTC.to_timestamp(at) else {
                break;
            };
            let ts = ts.as_microsecond();
            if ts > self.last {
                break;
            }
            if ts >= self.first {
                let text = if step >= 12 { format!("{year}") } else { format!("{} {year}", month(at)) };
                ticks.push((self.x(ts), text));
            }
            index += step;
        }
        ticks
    }

    /// Grid lines and labels below `bottom`.
    pub(crate) fn draw(&self, html: &mut Html, top: f64, bottom: f64, spacing: f64) {
        let ticks = self.ticks(spacing);
        let mut grid = Path::default();
        for (x, _) in &ticks {
            grid.polyline([(*x, top), (*x, bottom + 4.0)]);
        }
        grid.draw(html, "grid");
        let right = self.left + self.width;
        for (x, text) in &ticks {
            // A label must not hang over the edge of the picture, nor a date in Chinese, which is wider.
            let reach = (text.chars().count() as f64 * 3.2).max(22.0);
            let x = x.clamp(self.left - 12.0 + reach, (right + 12.0 - reach).max(self.left));
            label(html, "tm", x, bottom + 16.0, text);
        }
        label(html, "ts", self.left, bottom + 30.0, &self.note());
    }

    /// The year, or the day, that the labels leave out.
    fn note(&self) -> String {
        let period = crate::text::period(self.first, self.last);
        format!("{period}, {AXIS_UTC}")
    }
}

/// Round numbers from 0 to at least `max`: the step and how many.
pub(crate) fn round_steps(max: f64, most: f64) -> (f64, usize) {
    let max = if max.is_finite() { max.max(1.0) } else { 1.0 };
    let mut step = 10f64.powf((max / most).log10().floor()).max(1.0);
    for factor in [1.0, 2.0, 2.5, 2.0] {
        if max / step <= most {
            break;
        }
        step *= factor;
    }
    // The product of the factors is 10: the loop ends at a step that fits.
    let step = step.round().max(1.0);
    (step, (max / step).ceil().max(1.0) as usize)
}

/// Values upwards from a base line.
pub(crate) struct ValueScale {
    step: f64,
    steps: usize,
    top: f64,
    bottom: f64,
}

impl ValueScale {
    pub(crate) fn new(max: f64, top: f64, bottom: f64) -> Self {
        let (step, steps) = round_steps(max, 4.0);
        Self { step, steps, top, bottom }
    }

    pub(crate) fn y(&self, value: f64) -> f64 {
        let share = value / (self.step * self.steps as f64);
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        self.bottom - share * (self.bottom - self.top)
    }

    /// Grid lines with their values on the left.
    pub(crate) fn draw(&self, html: &mut Html, left: f64, right: f64) {
        self.draw_every(html, left, right, 1);
    }

    /// As [`draw`](Self::draw), the lowest and the highest line alone.
    pub(crate) fn draw_ends(&self, html: &mut Html, left: f64, right: f64) {
        self.draw_every(html, left, right, self.steps);
    }

    fn draw_every(&self, html: &mut Html, left: f64, right: f64, stride: usize) {
        let mut grid = Path::default();
        for i in (0..=self.steps).step_by(stride) {
            let value = self.step * i as f64;
            let y = self.y(value);
            grid.polyline([(left, y), (right, y)]);
            label(html, "te", left - 6.0, y + 4.0, &decimal(value, 0));
        }
        grid.draw(html, "grid");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(first: i64, last: i64) -> Vec<String> {
        let scale = TimeScale::new(first, last, 0.0, 700.0);
        scale.ticks(90.0).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn round_moments() {
        let may = 1_493_820_309_000_000;
        assert_eq!(labels(may, may + 3 * HOUR)[0], "14:30");
        assert!(labels(may, may + 2 * DAY).contains(&"4 May".to_string()));
        assert_eq!(labels(may, may + 400 * DAY)[0], "Jul 2017");
        assert_eq!(labels(may, may + 9_000 * DAY)[0], "2020");
        assert_eq!(labels(may, may + 7 * SECOND)[0], "14:05:09");
        assert!(!labels(may, may).is_empty());
    }

    #[test]
    fn any_span_ends_with_few_labels() {
        for (first, last) in [(i64::MIN, i64::MAX), (0, i64::MAX), (i64::MAX, i64::MAX), (0, 1)] {
            assert!(labels(first, last).len() <= 64);
        }
    }

    #[test]
    fn round_numbers() {
        assert_eq!(round_steps(1_204.0, 4.0), (500.0, 3));
        assert_eq!(round_steps(1.0, 4.0), (1.0, 1));
        assert_eq!(round_steps(9.0, 4.0), (5.0, 2));
        assert_eq!(round_steps(f64::NAN, 4.0), (1.0, 1));
        let (step, n) = round_steps(39_999.0, 4.0);
        assert_eq!((step, n), (10_000.0, 4));
    }
}
