//! adapt.json, rounds.csv, adapt.svg.

use super::{Level, picture};
use anyhow::Context;
use serde_json::json;
use std::fs;
use std::path::Path;
use touchstone_sim::adapt::{CONTENT_SHARE, RaceOptions, Round, ladder, prices};

/// Writes all files into a folder.
pub(crate) fn write(folder: &Path, options: &RaceOptions, levels: &[Level]) -> anyhow::Result<()> {
    let all = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seed": options.seed,
        "rounds": options.rounds,
        "budget_dollars": options.budget_dollars,
        "content_share": CONTENT_SHARE,
        "proxy_traffic": prices::PROXY_TRAFFIC,
        "ladder": ladder(),
        "levels": levels,
        "scenario": options.base,
    });
    let save = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
    };
    save("adapt.json", serde_json::to_vec_pretty(&all)?)?;
    save("rounds.csv", rounds(levels)?)?;
    save("adapt.svg", picture::draw(levels).into_bytes())
}

/// A row a round. Numbers of decimals say what they mean: dollars to the cent, likes to a tenth.
fn rounds(levels: &[Level]) -> anyhow::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for level in levels {
        for round in &level.rounds {
            table.write_record(row(level.fdr, round))?;
        }
    }
    Ok(table.into_inner()?)
}

const COLUMNS: [&str; 21] = [
    "fdr",
    "round",
    "seed",
    "rung",
    "likes_ordered",
    "likes_delivered",
    "likes_surviving",
    "accounts",
    "accounts_bought",
    "accounts_accused",
    "accounts_dollars",
    "likes_dollars",
    "proxies_dollars",
    "dollars",
    "money_left_dollars",
    "dollars_per_surviving_like",
    "innocents",
    "innocents_accused",
    "innocent_likes",
    "innocent_likes_discounted",
    "innocents_accused_share",
];

fn row(fdr: f64, round: &Round) -> [String; COLUMNS.len()] {
    let share = round.innocents_accused as f64 / round.innocents.max(1) as f64;
    [
        fdr.to_string(),
        round.round.to_string(),
        round.seed.to_string(),
        round.rung.to_owned(),
        round.likes_ordered.to_string(),
        round.likes_delivered.to_string(),
        format!("{:.1}", round.likes_surviving),
        round.accounts.to_string(),
        round.accounts_bought.to_string(),
        round.accounts_accused.to_string(),
        format!("{:.2}", round.accounts_dollars),
        format!("{:.2}", round.likes_dollars),
        format!("{:.2}", round.proxies_dollars),
        format!("{:.2}", round.dollars),
        format!("{:.2}", round.money_left_dollars),
        round.dollars_per_surviving_like.map_or(String::new(), |dollars| format!("{dollars:.4}")),
        round.innocents.to_string(),
        round.innocents_accused.to_string(),
        round.innocent_likes.to_string(),
        format!("{:.1}", round.innocent_likes_discounted),
        format!("{share:.6}"),
    ]
}
