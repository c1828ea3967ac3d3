//! The tables, as Markdown that also reads well on a terminal.

use super::run::{Report, World};
use super::scores::METHODS;
use std::fmt::Write;

/// All tables.
pub(crate) fn tables(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(&mut text, report);
    text
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let all: Vec<f64> = values.collect();
    if all.is_empty() { f64::NAN } else { all.iter().sum::<f64>() / all.len() as f64 }
}

fn number(x: f64, digits: usize) -> String {
    if x.is_nan() { "-".into() } else { format!("{x:.digits$}") }
}

fn write_all(text: &mut String, report: &Report) -> std::fmt::Result {
    let worlds = &report.worlds;
    let judged = worlds.iter().any(|w| w.judged > 0);
    for w in worlds {
        writeln!(text, "{}: {} targets ({} judged), {} likes", w.name, w.targets, w.judged, w.likes)?;
    }
    let heading = |first: &str| {
        let names: Vec<String> = METHODS.iter().map(|m| format!("{m:>12}")).collect();
        let rule = vec!["---:"; METHODS.len()].join(" | ");
        format!("\n| {first:<34} | {} |\n| --- | {rule} |", names.join(" | "))
    };
    let row = |text: &mut String, first: &str, cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|c| format!("{c:>12}")).collect();
        writeln!(text, "| {first:<34} | {} |", cells.join(" | "))
    };
    let over = |f: &dyn Fn(&World, usize) -> f64, digits: usize| -> Vec<String> {
        (0..METHODS.len()).map(|m| number(mean(worlds.iter().map(|w| f(w, m))), digits)).collect()
    };
    if judged {
        writeln!(text, "{}", heading("NDCG@20"))?;
        row(text, "as it is", over(&|w, m| w.clean_ndcg[m], 3))?;
        let levels = worlds.first().map_or(0, |w| w.levels.len());
        for l in 0..levels {
            let level = &worlds[0].levels[l];
            for (s, (share, _, _)) in level.shares.iter().enumerate() {
                let first = format!("{}, {} % attacked", level.level, share * 100.0);
                row(text, &first, over(&|w, m| w.levels[l].shares[s].2[m], 3))?;
            }
        }
        row(text, "rank correlation, as it is", over(&|w, m| w.clean_spearman[m], 3))?;
        let open = mean(worlds.iter().map(|w| w.undefended_ndcg));
        writeln!(text, "\nNDCG@20 of touchstone with every defence off, nobody attacking: {open:.3}")?;
    }
    writeln!(text, "{}", heading("ranks gained, median"))?;
    each_level(worlds, |l, name, dose| {
        row(text, &format!("{name} ({dose} likes)"), over(&|w, m| w.levels[l].ranks[m].0, 0))
    })?;
    writeln!(text, "{}", heading("the same, 95 % quantile"))?;
    each_level(worlds, |l, name, _| row(text, name, over(&|w, m| w.levels[l].ranks[m].1, 0)))?;
    writeln!(text, "{}", heading("against raw likes, medians"))?;
    each_level(worlds, |l, name, _| row(text, name, over(&|w, m| w.levels[l].ranks[m].0 / w.levels[l].ranks[1].0, 3)))?;
    writeln!(text, "{}", heading("dollars a rank, median"))?;
    each_level(worlds, |l, name, _| {
        let cost = |w: &World, m: usize| {
            let level = &w.levels[l];
            f64::from(level.dose) * level.dollars_a_like / level.ranks[m].0
        };
        let cells = (0..METHODS.len()).map(|m| {
            let cost = mean(worlds.iter().map(|w| cost(w, m)));
            if cost.is_finite() && cost >= 0.0 { format!("{cost:.5}") } else { "none gained".into() }
        });
        row(text, name, cells.collect())
    })?;
    writeln!(text, "{}", heading("likes to enter the top 20"))?;
    each_level(worlds, |l, name, _| {
        let cells = (0..METHODS.len()).map(|m| {
            // The largest over the worlds: what surely suffices.
            let all: Option<Vec<u32>> = worlds.iter().map(|w| w.levels[l].to_top[m]).collect();
            all.and_then(|a| a.into_iter().max()).map_or("more".into(), |d| d.to_string())
        });
        row(text, name, cells.collect())
    })?;
    writeln!(text, "\n| bought likes that detection discounted | share |\n| --- | ---: |")?;
    each_level(worlds, |l, name, _| {
        writeln!(text, "| {name} | {} |", number(mean(worlds.iter().map(|w| w.levels[l].discounted)), 3))
    })?;
    if let Some(first) = worlds.first().filter(|w| !w.innocents.is_empty()) {
        writeln!(text, "\n| innocents | accounts | likes | weight lost |\n| --- | ---: | ---: | ---: |")?;
        for say in &first.innocents {
            let of =
                |w: &World| w.innocents.iter().find(|s| s.group == say.group || same(&s.group, &say.group)).cloned();
            let all: Vec<_> = worlds.iter().filter_map(of).collect();
            let lost = mean(all.iter().map(|s| s.lost));
            let (accounts, likes): (usize, usize) =
                (all.iter().map(|s| s.accounts).sum(), all.iter().map(|s| s.likes).sum());
            writeln!(text, "| {} | {accounts} | {likes} | {:.2} % |", say.group, lost * 100.0)?;
        }
    }
    Ok(())
}

/// Groups whose names differ in a number alone.
fn same(a: &str, b: &str) -> bool {
    let plain = |t: &str| t.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    plain(a) == plain(b)
}

fn each_level(worlds: &[World], mut work: impl FnMut(usize, &str, u32) -> std::fmt::Result) -> std::fmt::Result {
    let Some(first) = worlds.first() else { return Ok(()) };
    first.levels.iter().enumerate().try_for_each(|(l, level)| work(l, &level.level, level.dose))
}
