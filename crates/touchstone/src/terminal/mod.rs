//! What a person reads when a run is over.

pub(crate) mod audit;
pub(crate) mod backtest;
pub(crate) mod evaluation;
pub(crate) mod rank;

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;
use touchstone_detect::findings::{Overview, ReportModel, Verdict};

/// Rings listed on the terminal.
const RINGS_LISTED: usize = 8;

/// Marks for emphasis, empty where the output is no terminal or NO_COLOR is set.
struct Marks {
    bold: &'static str,
    red: &'static str,
    dim: &'static str,
    off: &'static str,
}

fn marks() -> Marks {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) || !std::io::stdout().is_terminal();
    if plain {
        Marks { bold: "", red: "", dim: "", off: "" }
    } else {
        Marks { bold: "\x1b[1m", red: "\x1b[31m", dim: "\x1b[2m", off: "\x1b[0m" }
    }
}

pub(crate) use touchstone_detect::explain::count as grouped;

/// A line on how far it is, on standard error: it is not the result.
#[allow(clippy::print_stderr)] // progress of commands that have no bar
pub(crate) fn note(line: &str) {
    eprint!("{line}");
}

/// The end of a `detect`, in a dozen lines.
pub(crate) fn summary(model: &ReportModel, out: &Path) -> String {
    let m = marks();
    let o = &model.overview;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_summary(&mut text, &m, model, o, out);
    text
}

fn write_summary(text: &mut String, m: &Marks, model: &ReportModel, o: &Overview, out: &Path) -> std::fmt::Result {
    writeln!(
        text,
        "{} endorsements by {} accounts on {} targets{}",
        grouped(o.endorsements),
        grouped(o.accounts),
        grouped(o.targets),
        if o.rejects > 0 {
            format!("; {} of {} rows rejected", grouped(o.rejects), grouped(o.rows))
        } else {
            String::new()
        }
    )?;
    if o.accused == 0 {
        writeln!(text, "{}nobody is accused{} at a false discovery rate of {} %", m.bold, m.off, o.fdr * 100.0)?;
    } else {
        writeln!(
            text,
            "{}{}{} accounts accused{} at a false discovery rate of {} %; {} endorsements discounted",
            m.bold,
            m.red,
            grouped(o.accused),
            m.off,
            o.fdr * 100.0,
            grouped(o.discounted.round() as u64)
        )?;
    }
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    writeln!(
        text,
        "{} account{} worth a look, {} ring{}",
        grouped(o.suspects),
        plural(o.suspects),
        grouped(o.rings),
        plural(o.rings)
    )?;
    if !model.rings.is_empty() {
        writeln!(text)?;
        writeln!(text, "{}ring   kind       members  accused  targets     bits  within{}", m.dim, m.off)?;
    }
    for r in model.rings.iter().take(RINGS_LISTED) {
        let within = if r.window_seconds > 0.0 {
            touchstone_detect::explain::duration((r.window_seconds * 1e6) as i64)
        } else {
            "-".into()
        };
        writeln!(
            text,
            "{:<6} {:<10} {:>7}  {:>7}  {:>7}  {:>7.1}  {}",
            r.ring,
            r.kind.as_str(),
            grouped(r.members_total),
            grouped(r.accused),
            grouped(r.targets_total),
            r.bits,
            within
        )?;
    }
    if o.rings as usize > RINGS_LISTED {
        writeln!(text, "{}... and {} more in the report{}", m.dim, o.rings as usize - RINGS_LISTED, m.off)?;
    }
    for s in o.signals.iter().filter(|s| !s.ran) {
        writeln!(text, "{}{} did not run: {}{}", m.dim, s.signal, s.note, m.off)?;
    }
    for w in &o.warnings {
        writeln!(text, "{}note: {w}{}", m.dim, m.off)?;
    }
    writeln!(text)?;
    writeln!(text, "report    {}", out.join("report.html").display())?;
    writeln!(text, "findings  {}", out.display())
}

/// True if anybody has this verdict.
pub(crate) fn found(o: &Overview, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Inauthentic => o.accused > 0,
        Verdict::Suspect => o.accused + o.suspects > 0,
        Verdict::Organic => false,
    }
}
