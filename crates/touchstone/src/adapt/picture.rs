//! The curve as a picture: SVG by itself, no script, nothing fetched, white wherever it is shown.
//!
//! On the left, what the issue asks for: dollars for each surviving like against innocents accused,
//! a point a level. On the right, how it came about: the share of likes that survived each round,
//! with the rung on which it was.

use super::{Level, text};
use std::fmt::Write;
use touchstone_sim::adapt::{Round, ladder};

/// Inks of the levels (Okabe and Ito's, told apart by the colour-blind), darkened for text.
const INKS: [&str; 6] = ["#0b6486", "#b03a06", "#00735c", "#7a5800", "#a1478a", "#1b222c"];

const STYLE: &str = "text{font:13px 'Liberation Sans',Arial,sans-serif;fill:#1b222c}\
.h{font-size:16px;font-weight:700}.q{fill:#535e6c}.e{text-anchor:end}.m{text-anchor:middle}\
.g{stroke:#e1e5ea;stroke-width:1}.a{stroke:#535e6c;stroke-width:1}.l{fill:none}\
.c{fill:none;stroke:#9aa4b0;stroke-width:1.5;stroke-dasharray:4 4}";

const WIDTH: f64 = 1040.0;
/// The frames of both charts.
const TOP: f64 = 84.0;
const BOTTOM: f64 = 384.0;
const CURVE: (f64, f64) = (84.0, 440.0);
const ROUNDS: (f64, f64) = (600.0, 1010.0);
/// A row of the table of rungs.
const ROW: f64 = 20.0;

/// Draws races at some levels.
pub(super) fn draw(levels: &[Level]) -> String {
    let table = BOTTOM + 64.0;
    // The legend of rungs below the curve may be the longer column.
    let height = table + ROW * (levels.len() as f64 + 1.0).max(ladder().len() as f64 + 1.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">The arms race: cost for each surviving like against the \
         share of innocents harmed</title><desc id=\"d\">{}</desc><style>{STYLE}</style>\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>",
        description(levels)
    );
    curve(&mut svg, levels);
    rounds(&mut svg, levels);
    rungs_by_round(&mut svg, levels, table);
    legend(&mut svg, table);
    svg.push_str("</svg>\n");
    svg
}

/// The points in words, for whoever does not see them.
fn description(levels: &[Level]) -> String {
    let point = |level: &Level| {
        format!(
            "level {}: {} dollars for each surviving like, {:.2} of 10,000 innocents accused",
            level.fdr,
            text::cost(level.total.dollars_per_surviving_like),
            10_000.0 * text::accused_share(&level.total)
        )
    };
    levels.iter().map(point).collect::<Vec<_>>().join("; ")
}

/// Writing to a string cannot fail.
fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    let _ = svg.write_fmt(element);
}

fn label(svg: &mut String, class: &str, x: f64, y: f64, text: &str) {
    put(svg, format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"));
}

fn ink_label(svg: &mut String, class: &str, x: f64, y: f64, ink: &str, text: &str) {
    put(svg, format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" style=\"fill:{ink}\">{text}</text>"));
}

fn line(svg: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    put(svg, format_args!("<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>"));
}

fn titles(svg: &mut String, (left, right): (f64, f64), title: &str, up: &str, across: &str) {
    label(svg, "h", left - 60.0, 30.0, title);
    label(svg, "q", left - 60.0, 54.0, up);
    label(svg, "q m", (left + right) / 2.0, BOTTOM + 40.0, across);
    line(svg, "a", (left, BOTTOM), (right, BOTTOM));
}

/// Dollars for each surviving like (logarithmic) against innocents accused of 10,000.
fn curve(svg: &mut String, levels: &[Level]) {
    let (left, right) = CURVE;
    let up = "US dollars for each surviving like (log scale), all rounds";
    titles(svg, CURVE, "What a surviving like costs, and whom it hurts", up, "innocents accused, of 10,000");
    let harms: Vec<f64> = levels.iter().map(|level| 10_000.0 * text::accused_share(&level.total)).collect();
    let most = round_up(harms.iter().copied().fold(0.0, f64::max));
    let x = |harm: f64| left + harm / most * (right - left);
    for tick in 0..=5 {
        let value = most * f64::from(tick) / 5.0;
        line(svg, "g", (x(value), TOP), (x(value), BOTTOM + 4.0));
        label(svg, "m", x(value), BOTTOM + 20.0, &decimal(value));
    }
    let costs: Vec<Option<f64>> = levels.iter().map(|level| level.total.dollars_per_surviving_like).collect();
    // Whole powers of ten around all costs.
    let known = costs.iter().flatten().filter(|cost| **cost > 0.0).map(|cost| cost.log10());
    let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), cost| (l.min(cost), h.max(cost)));
    let (low, high) = if low > high { (-3.0, 0.0) } else { (low.floor(), (high + 0.01).ceil()) };
    let y = |cost: f64| BOTTOM - (cost.max(1e-12).log10() - low) / (high - low) * (BOTTOM - TOP - 20.0);
    for power in low as i32..=high as i32 {
        let value = 10f64.powi(power);
        line(svg, "g", (left - 4.0, y(value)), (right, y(value)));
        label(svg, "e", left - 8.0, y(value) + 4.0, &format!("${}", decimal(value)));
    }
    let places: Vec<(f64, f64)> =
        harms.iter().zip(&costs).map(|(harm, cost)| (x(*harm), cost.map_or(TOP, &y))).collect();
    for pair in places.windows(2) {
        line(svg, "c", pair[0], pair[1]);
    }
    for (place, at) in spread(&places).into_iter().enumerate() {
        let ((cx, cy), ink) = (places[place], INKS[place]);
        put(
            svg,
            format_args!("<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"{}\" fill=\"{ink}\"/>", 5 + under(levels, place)),
        );
        let none = if costs[place].is_none() { ": none survived" } else { "" };
        // Towards the middle, so that no label leaves the frame.
        let (class, dx) = if cx > (left + right) / 2.0 { ("e", -12.0) } else { ("", 12.0) };
        ink_label(svg, class, cx + dx, at + 4.0, ink, &format!("FDR {}{none}", levels[place].fdr));
    }
}

/// Heights of labels beside points, moved apart where they would overlap.
fn spread(places: &[(f64, f64)]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].1.total_cmp(&places[*b].1).then(a.cmp(b)));
    let mut heights = vec![0.0; places.len()];
    let mut free = f64::NEG_INFINITY;
    for place in order {
        heights[place] = places[place].1.max(free);
        free = heights[place] + 16.0;
    }
    // Not below the frame.
    let over = (free - 16.0 - (BOTTOM - 8.0)).max(0.0);
    heights.iter().map(|height| height - over).collect()
}

/// How many levels are drawn over this one: it is drawn broader, so that it shows where all agree.
fn under(levels: &[Level], number: usize) -> usize {
    levels.len() - 1 - number
}

/// A number without the noise of binary fractions.
fn decimal(value: f64) -> String {
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The least of 1, 2, 5 times a power of ten that is no less; 1 for nothing.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powi(value.max(0.1).log10().floor() as i32);
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    if value <= 0.0 { 1.0 } else { steps.into_iter().find(|step| *step >= value).unwrap_or(value) }
}

fn last_round(levels: &[Level]) -> u32 {
    levels.iter().flat_map(|level| &level.rounds).map(|round| round.round).max().unwrap_or(1)
}

/// The middle of a round's column.
fn round_x(round: u32, last: u32) -> f64 {
    let width = (ROUNDS.1 - ROUNDS.0) / f64::from(last);
    ROUNDS.0 + width * (f64::from(round) - 0.5)
}

/// Share of likes that survived, round by round.
fn rounds(svg: &mut String, levels: &[Level]) {
    let (left, right) = ROUNDS;
    titles(svg, ROUNDS, "How the attacker climbs", "its likes that survived, %", "round");
    let y = |share: f64| BOTTOM - share * (BOTTOM - TOP);
    for tick in 0..=4 {
        let share = f64::from(tick) / 4.0;
        line(svg, "g", (left - 4.0, y(share)), (right, y(share)));
        label(svg, "e", left - 8.0, y(share) + 4.0, &(100.0 * share).to_string());
    }
    let last = last_round(levels);
    for round in (1..=last).filter(|round| last <= 20 || round % 10 == 0) {
        label(svg, "m", round_x(round, last), BOTTOM + 20.0, &round.to_string());
    }
    for (number, (level, ink)) in levels.iter().zip(INKS).enumerate() {
        let under = under(levels, number);
        let place = |round: &Round| {
            let share = round.likes_surviving / round.likes_delivered.max(1) as f64;
            (round_x(round.round, last), y(share))
        };
        let places: Vec<(f64, f64)> = level.rounds.iter().map(place).collect();
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        if !path.is_empty() {
            put(
                svg,
                format_args!(
                    "<path class=\"l\" stroke=\"{ink}\" stroke-width=\"{}\" d=\"M{}\"/>",
                    2 + 3 * under,
                    path.join("L")
                ),
            );
        }
        for (x, y) in places {
            put(svg, format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\" fill=\"{ink}\"/>", 4 + 2 * under));
        }
    }
}

/// The rung of each round, a row a level.
fn rungs_by_round(svg: &mut String, levels: &[Level], top: f64) {
    let last = last_round(levels);
    for (row, (level, ink)) in levels.iter().zip(INKS).enumerate() {
        let y = top + ROW * row as f64;
        ink_label(svg, "e", ROUNDS.0 - 4.0, y, ink, &format!("FDR {}", level.fdr));
        // Too many rounds for a word each: the picture above says enough.
        for round in level.rounds.iter().filter(|_| last <= 20) {
            ink_label(svg, "m", round_x(round.round, last), y, ink, round.rung);
        }
    }
}

/// What the rungs are, below the curve.
fn legend(svg: &mut String, top: f64) {
    for (row, rung) in ladder().iter().enumerate() {
        let y = top + ROW * row as f64;
        label(svg, "", CURVE.0 - 60.0, y, rung.name);
        let plus = if row > 0 { "+ " } else { "" };
        label(svg, "q", CURVE.0 - 34.0, y, &format!("{plus}{}", rung.adds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchstone_sim::adapt::Total;

    fn level(fdr: f64, cost: Option<f64>, accused: u64) -> Level {
        let total = Total {
            dollars_per_surviving_like: cost,
            innocents: 10_000,
            innocents_accused: accused,
            ..Total::default()
        };
        Level { fdr, total, rounds: Vec::new() }
    }

    #[test]
    fn axes_end_in_round_numbers() {
        for (value, end) in [(0.0, 1.0), (0.3, 0.5), (1.0, 1.0), (7.2, 10.0), (41.0, 50.0)] {
            assert!((round_up(value) - end).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn labels_do_not_overlap_and_stay_in_the_frame() {
        let heights = spread(&[(0.0, BOTTOM), (0.0, BOTTOM), (0.0, BOTTOM - 3.0)]);
        let mut sorted = heights.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 16.0), "{heights:?}");
        assert!(sorted[2] <= BOTTOM, "{heights:?}");
    }

    #[test]
    fn a_race_without_survivors_is_drawn_and_said() {
        let svg = draw(&[level(0.01, None, 0), level(0.2, Some(0.03), 4)]);
        assert!(svg.contains("FDR 0.01: none survived") && svg.contains("FDR 0.2<"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
