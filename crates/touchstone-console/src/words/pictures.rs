//! What the pictures say: captions, legends and the text alternatives, which state the finding
//! with its numbers.

use touchstone_detect::findings::{Overview, TargetCount};

use crate::text::{amount, count, counted, duration, percent, period, share, split};

use super::{endorsements, members, targets};

pub(crate) const SCROLLS: &str = "scrolls sideways on a narrow screen";
pub(crate) const AXIS_UTC: &str = "UTC";

pub(crate) fn share_title(o: &Overview) -> String {
    let (authentic, discounted) = split(o.endorsements, o.discounted);
    format!("{authentic} of {} authentic, {discounted} discounted", endorsements(o.endorsements))
}

pub(crate) fn share_desc(o: &Overview) -> String {
    format!("The bar is {} discounted.", percent(o.discounted / o.endorsements.max(1) as f64))
}

pub(crate) const TIMELINE_CAPTION: &str = "Endorsements reported in each stretch of time. The hatched part is discounted, the solid part \
     authentic.";
pub(crate) const TIMELINE_PANEL: &str = "Discounted alone, on its own scale";
pub(crate) const NO_TIMELINE: &str = "There is no picture over time: the log has no times.";
pub(crate) const NO_TIMELINE_DATA: &str = "There is no picture over time: no endorsement to show.";

pub(crate) fn timeline_title(reported: f64, authentic: f64, first: i64, last: i64) -> String {
    format!("{} reported, {} authentic, {}", amount(reported), amount(authentic), period(first, last))
}

pub(crate) fn timeline_desc(when: &str, discounted: f64, reported: f64) -> String {
    if discounted < 0.05 {
        return "Nothing is discounted at any time.".to_string();
    }
    format!(
        "The most is discounted in the stretch that starts {when}: {} of {} reported.",
        amount(discounted),
        amount(reported)
    )
}

pub(crate) const RASTER_NO_TIMES: &str = "There is no picture over time: the log has no times, so nobody can be seen to act in step. The \
     evidence rests on who endorsed what.";
pub(crate) const RASTER_NO_EVENTS: &str = "There is no picture over time: no endorsement of this ring is listed.";

pub(crate) const RASTER_CAPTION: &str = "A row a member, a tick an endorsement of a ring target. Tall ticks are in step: they line up in \
     columns where members acted at the same moments.";

pub(crate) const RASTER_ALONE_CAPTION: &str = "A row a member, a tick an endorsement of a ring target. None of them is in step with others: this ring rests on \
     other evidence.";

pub(crate) fn raster_title(in_step: u64, events: u64) -> String {
    let (of, part) = (endorsements(events), share(in_step, events));
    match in_step {
        1 => format!("1 of {of} ({part}) was in step"),
        n => format!("{} of {of} ({part}) were in step", count(n)),
    }
}

pub(crate) fn raster_desc(accounts: u64, in_step_accounts: u64, first: i64, last: i64) -> String {
    format!(
        "{}, {}; {} of them acted in step at least once.",
        members(accounts),
        period(first, last),
        count(in_step_accounts)
    )
}

pub(crate) fn legend_in_step(n: u64) -> String {
    format!("in step ({})", count(n))
}

pub(crate) fn legend_alone(n: u64) -> String {
    format!("not in step ({})", count(n))
}

pub(crate) fn drawn_members(drawn: usize, total: u64) -> String {
    format!("Drawn: the {} members with most evidence of {}.", count(drawn as u64), count(total))
}

pub(crate) fn merged_ticks(seconds: f64) -> String {
    format!("A member's ticks within {} of each other are drawn as one.", duration(seconds))
}

/// The moment shown close up: on which target, and who took part.
pub(crate) fn moment_title(members: u64, of: u64, seconds: f64) -> String {
    format!("{} of {} members acted on one target within {}", count(members), count(of), duration(seconds))
}

pub(crate) fn moment_desc(number: usize, first: i64, last: i64) -> String {
    format!("Target no. {number}, {} (UTC).", period(first, last))
}

pub(crate) fn moment_caption(number: usize) -> String {
    format!("On no. {number} of the table of targets below: a row a member, a mark when it acted.")
}

pub(crate) fn moment_cut(drawn: usize) -> String {
    format!("Drawn: the first {}.", count(drawn as u64))
}

pub(crate) fn drawn_cells(rows: usize, rows_of: u64, columns: usize, columns_of: u64) -> String {
    format!(
        "Drawn: {} of {} and {} of {}, strongest first.",
        count(rows as u64),
        members(rows_of),
        count(columns as u64),
        targets(columns_of)
    )
}

pub(crate) const HEATMAP_CAPTION: &str =
    "A row a member, a column a target, numbered as in the table of targets below.";

pub(crate) fn heatmap_title(endorsed: u64, rows: usize, columns: usize) -> String {
    let cells = (rows * columns) as u64;
    format!(
        "{} by {}: {} of {} pairs endorsed ({})",
        members(rows as u64),
        targets(columns as u64),
        count(endorsed),
        count(cells),
        share(endorsed, cells)
    )
}

pub(crate) fn heatmap_desc(endorsed: u64, in_step: u64, likely_fake: u64, timed: bool) -> String {
    let fake =
        format!("{} ({}) are fake with a probability of 90% or more", count(likely_fake), share(likely_fake, endorsed));
    if timed {
        format!("{} of them ({}) were in step; {fake}.", count(in_step), share(in_step, endorsed))
    } else {
        format!("{fake}.")
    }
}

pub(crate) const LEGEND_HEAT_IN_STEP: &str = "in step";
pub(crate) const LEGEND_HEAT_ALONE: &str = "out of step";
pub(crate) const LEGEND_HEAT_ENDORSED: &str = "endorsed";
pub(crate) const LEGEND_HEAT_SHADES: [&str; 3] = ["p_fake under 50%", "50 to 90%", "90% or more"];

pub(crate) fn evidence_title(observed: f64, expected: f64) -> String {
    format!("{} observed, {} expected", amount(observed), amount(expected))
}

pub(crate) fn evidence_desc(statistic: &str, observed: f64, expected: f64) -> String {
    if expected > 0.0 && observed / expected >= 1.5 {
        return format!("{statistic}: {} times as many as expected.", amount(observed / expected));
    }
    if observed > 0.0 && expected / observed >= 1.5 {
        return format!("{statistic}: fewer than expected.");
    }
    format!("{statistic}: about as expected.")
}

pub(crate) fn series_title(c: &TargetCount) -> String {
    format!(
        "{} reported, {} authentic ({} to {})",
        count(c.reported),
        amount(c.authentic),
        amount(c.low),
        amount(c.high)
    )
}

pub(crate) fn series_desc(c: &TargetCount, first: i64, last: i64) -> String {
    let (_, discounted) = split(c.reported, c.reported as f64 - c.authentic);
    format!(
        "{discounted} of {} ({}) are discounted; {}.",
        endorsements(c.reported),
        percent(1.0 - c.authentic / c.reported.max(1) as f64),
        period(first, last)
    )
}

pub(crate) fn series_reported(n: u64) -> String {
    format!("reported {}", count(n))
}

pub(crate) fn series_authentic(authentic: f64) -> String {
    format!("authentic {}", amount(authentic))
}

pub(crate) const SERIES_CAPTION: &str = "So far, over time: the upper line is reported, the lower one authentic, the hatched gap \
     discounted. The bar at the end is the 95% interval.";

pub(crate) fn series_cut(drawn: usize, total: usize) -> String {
    format!("Drawn: the first {} of {}.", count(drawn as u64), counted(total as u64, "target", "targets"))
}

pub(crate) const HATCH_DESC: &str = "The pattern of discounted parts.";
