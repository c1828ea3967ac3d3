//! The tables of an `evaluate`.

use super::{Marks, grouped, marks};
use std::fmt::{Result, Write};
use touchstone_detect::evaluation::Evaluation;
use touchstone_detect::evaluation::accounts::AccountsEvaluation;
use touchstone_detect::evaluation::calibration::Calibration;
use touchstone_detect::evaluation::counts::{CountsEvaluation, CountsRow};
use touchstone_detect::evaluation::interval::{MassRate, Rate};
use touchstone_detect::evaluation::likes::LikesEvaluation;
use touchstone_detect::evaluation::rings::RingsEvaluation;

/// Rows of rings listed.
const RINGS_LISTED: usize = 20;

/// Everything, for a terminal of 100 columns.
pub(crate) fn table(e: &Evaluation) -> String {
    let m = marks();
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(&mut text, &m, e);
    text
}

fn write_all(text: &mut String, m: &Marks, e: &Evaluation) -> Result {
    if let Some(a) = &e.accounts {
        accounts(text, m, a, e.likes.as_ref())?;
    }
    if let Some(l) = &e.likes {
        likes(text, m, l)?;
    }
    if let Some(c) = &e.counts {
        counts(text, m, c)?;
    }
    if let Some(r) = &e.rings {
        rings(text, m, r)?;
    }
    if let Some(c) = &e.calibration {
        calibration(text, m, c)?;
    }
    for gap in &e.not_evaluated {
        writeln!(text, "{}{} not evaluated: {}{}", m.dim, gap.part, gap.why, m.off)?;
    }
    for note in &e.notes {
        writeln!(text, "{}note: {note}{}", m.dim, m.off)?;
    }
    Ok(())
}

/// "0.953 (0.902 to 0.981)  122 of 128".
fn rate(r: &Rate) -> String {
    match r.rate {
        Some(rate) => {
            format!("{rate:.3} ({:.3} to {:.3})  {} of {}", r.low, r.high, grouped(r.hits), grouped(r.total))
        }
        None => format!("{:<23}  none of none", "-"),
    }
}

fn mass(r: &MassRate) -> String {
    match r.rate {
        Some(rate) => format!("{rate:.3} ({:.3} to {:.3})  {:.1} of {:.1}", r.low, r.high, r.mass, r.total),
        None => "-".into(),
    }
}

fn number(x: Option<f64>) -> String {
    x.map_or("-".into(), |x| format!("{x:.3}"))
}

/// "12/40", or "-" for nothing of nothing.
fn of(r: &Rate) -> String {
    if r.total == 0 { "-".into() } else { format!("{}/{}", grouped(r.hits), grouped(r.total)) }
}

fn share(r: &Rate) -> String {
    number(r.rate)
}

fn between(r: &Rate) -> String {
    if r.total == 0 { "-".into() } else { format!("{:.3} to {:.3}", r.low, r.high) }
}

fn accounts(text: &mut String, m: &Marks, a: &AccountsEvaluation, likes: Option<&LikesEvaluation>) -> Result {
    writeln!(
        text,
        "{}accounts{}  {} with a like, {} fake; {} accused, {} suspects",
        m.bold,
        m.off,
        grouped(a.total),
        grouped(a.fake),
        grouped(a.accused),
        grouped(a.suspects)
    )?;
    writeln!(text, "  precision             {}", rate(&a.precision))?;
    writeln!(text, "  false discovery rate  {}", rate(&a.false_discovery_rate))?;
    writeln!(text, "  recall                {}", rate(&a.recall))?;
    writeln!(text, "  recall with suspects  {}", rate(&a.listed_recall))?;
    if let Some(r) = &a.ranking {
        writeln!(text, "  average precision     {}", number(r.average_precision))?;
        if let Some(o) = r.oracle {
            let from = o.threshold.map_or("everybody".into(), |t| format!("from {t:.2} bits"));
            writeln!(
                text,
                "  best in hindsight     F1 {:.3}, precision {:.3}, recall {:.3}, {} called, {from}",
                o.f1,
                o.precision,
                o.recall,
                grouped(o.called)
            )?;
        }
    }
    if a.harmed.total > 0 {
        let h = &a.harmed;
        writeln!(
            text,
            "  {}innocents accused     {}{}: {} people, {} token owners, {} members without fake likes",
            m.red,
            grouped(h.total),
            m.off,
            grouped(h.people),
            grouped(h.token_owners),
            grouped(h.members_without_fake_likes)
        )?;
    }
    writeln!(
        text,
        "\n{}  attack            fakes  accused  recall  95 %              listed  tokens' owners   likes called{}",
        m.dim, m.off
    )?;
    for (i, r) in a.by_attack.iter().enumerate() {
        let called = likes.and_then(|l| l.by_attack.get(i)).map_or("-".into(), |l| of(&l.called));
        writeln!(
            text,
            "  {:<16} {:>6}  {:>7}  {:>6}  {:<16}  {:>6}  {:>14}  {:>13}",
            r.attack,
            grouped(r.recall.total),
            grouped(r.recall.hits),
            share(&r.recall),
            between(&r.recall),
            share(&r.listed),
            of(&r.token_owners),
            called
        )?;
    }
    writeln!(
        text,
        "\n{}  innocents                  total  accused  at most   suspects  likes called{}",
        m.dim, m.off
    )?;
    for (i, r) in a.by_look_alike.iter().enumerate().filter(|(_, r)| r.accused.total > 0) {
        let called = likes.and_then(|l| l.by_look_alike.get(i)).map_or("-".into(), |l| of(&l.called));
        let red = if r.accused.hits > 0 { m.red } else { "" };
        writeln!(
            text,
            "  {:<25} {:>6}  {red}{:>7}{}  {:>7.4}  {:>9}  {:>12}",
            r.look_alike,
            grouped(r.accused.total),
            grouped(r.accused.hits),
            m.off,
            r.accused.high,
            grouped(r.suspects.hits),
            called
        )?;
    }
    writeln!(text)
}

fn likes(text: &mut String, m: &Marks, l: &LikesEvaluation) -> Result {
    writeln!(
        text,
        "{}likes{}  {} compared, {} fake ({} of them for cover, set aside here)",
        m.bold,
        m.off,
        grouped(l.total),
        grouped(l.fake),
        grouped(l.cover.called.total)
    )?;
    let d = &l.directed;
    writeln!(text, "  precision             {}", rate(&d.precision))?;
    writeln!(text, "  recall                {}", rate(&d.recall))?;
    writeln!(text, "  average precision     {}", number(d.average_precision))?;
    writeln!(text, "  p_fake on fake        {}", mass(&d.mass_recall))?;
    writeln!(text, "  p_fake on authentic   {}", mass(&d.mass_on_authentic))?;
    writeln!(text, "  cover likes called    {}", rate(&l.cover.called))?;
    writeln!(text)
}

fn counts(text: &mut String, m: &Marks, c: &CountsEvaluation) -> Result {
    writeln!(
        text,
        "{}counts{}        {}targets   reported  authentic   corrected  error    bias  removed  taken  covered{}",
        m.bold, m.off, m.dim, m.off
    )?;
    let rows: [(&str, &CountsRow); 4] =
        [("attacked", &c.attacked), ("cover alone", &c.cover_only), ("clean", &c.clean), ("all", &c.all)];
    for (name, r) in rows {
        writeln!(
            text,
            "  {:<11} {:>8}  {:>9}  {:>9}  {:>10.1}  {:>5}  {:>6}  {:>7}  {:>5}  {:>7}",
            name,
            grouped(r.targets),
            grouped(r.reported),
            grouped(r.authentic),
            r.estimated,
            number(r.relative_error),
            number(r.bias),
            number(r.error_removed),
            number(r.wrongly_discounted),
            share(&r.coverage)
        )?;
    }
    let o = &c.ordered;
    writeln!(
        text,
        "  of {} targets with ordered likes: {} touched, {} found (half of the fake likes removed){}\n",
        grouped(o.targets),
        grouped(o.touched.hits),
        grouped(o.found.hits),
        o.burst.map_or(String::new(), |b| format!(", {} with a burst", grouped(b.hits)))
    )
}

fn rings(text: &mut String, m: &Marks, r: &RingsEvaluation) -> Result {
    writeln!(
        text,
        "{}rings{}  {} true, {} found; {} are one to one, {} true ones found, {} split; {} found ones merged, {} innocent; \
         mean purity {}",
        m.bold,
        m.off,
        grouped(r.true_rings),
        grouped(r.found_rings),
        grouped(r.one_to_one),
        grouped(r.found.hits),
        grouped(r.split),
        grouped(r.merged),
        grouped(r.innocent),
        number(r.mean_purity)
    )?;
    writeln!(text, "{}  true ring  attack            active  best   in best  in any  pieces{}", m.dim, m.off)?;
    for t in r.truth.iter().take(RINGS_LISTED) {
        writeln!(
            text,
            "  {:<10} {:<16} {:>7}  {:<5}  {:>7}  {:>6}  {:>6}",
            t.ring,
            t.attack,
            grouped(t.active),
            t.best.as_deref().unwrap_or("-"),
            grouped(t.in_best.hits),
            grouped(t.in_any.hits),
            t.pieces
        )?;
    }
    if r.truth.len() > RINGS_LISTED {
        writeln!(text, "{}  ... and {} more{}", m.dim, r.truth.len() - RINGS_LISTED, m.off)?;
    }
    writeln!(text)
}

fn calibration(text: &mut String, m: &Marks, c: &Calibration) -> Result {
    writeln!(
        text,
        "{}calibration{}  Brier {} ({} by the share of fakes alone), expected error {}, {} bins off",
        m.bold,
        m.off,
        c.brier.map_or("-".into(), |b| format!("{b:.4}")),
        c.brier_reference.map_or("-".into(), |b| format!("{b:.4}")),
        c.expected_calibration_error.map_or("-".into(), |b| format!("{b:.4}")),
        c.bins_off
    )?;
    writeln!(text, "{}  p_fake        likes    mean  observed  95 %{}", m.dim, m.off)?;
    for b in c.bins.iter().filter(|b| b.fake.total > 0) {
        writeln!(
            text,
            "  {:.1} to {:.1} {:>9}   {:>5}     {:>5}  {}{}",
            b.from,
            b.to,
            grouped(b.fake.total),
            number(b.mean_p_fake),
            share(&b.fake),
            between(&b.fake),
            if b.off { "  off" } else { "" }
        )?;
    }
    writeln!(text)
}
