//! The scenarios that ship with the program.

use std::fmt::Write;

/// A scenario of a file of `scenarios/`.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../scenarios/", $name, ".toml")))),*];
    };
}

files!(
    "null",
    "plain",
    "mixed",
    "rare",
    "exchange",
    "exchange-no-ledger",
    "pod",
    "farm-burst",
    "farm-trickle",
    "farm-rotating",
    "farm-aged",
    "farm-pauses",
    "farm-click-path",
    "farm-cover",
    "farm-subsets",
    "farm-views",
    "farm-evasive",
    "tokens",
    "one-off",
);

/// Worlds without attack in which one look-alike is common and strong, and no other occurs.
const ALONE: &[(&str, &str, f64)] = &[
    ("only-courtesy", "courtesy", 400.0),
    ("only-fan-club", "fan_club", 20.0),
    ("only-digest", "digest", 15.0),
    ("only-class", "class", 15.0),
    ("only-starter-pack", "starter_pack", 10.0),
    ("only-launch", "launch", 15.0),
    ("only-shared-network", "shared_network", 20.0),
    ("only-power-user", "power_user", 300.0),
    ("only-family", "family", 600.0),
    ("only-api-client", "api_client", 400.0),
    ("only-shift-worker", "shift_worker", 2000.0),
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|&(name, _)| name).chain(ALONE.iter().map(|&(name, ..)| name))
}

pub(super) fn text(name: &str) -> Option<String> {
    if let Some((_, text)) = FILES.iter().find(|(file, _)| *file == name) {
        return Some((*text).to_owned());
    }
    let (_, kind, per_10k) = ALONE.iter().find(|(alone, ..)| *alone == name)?;
    let mut text = format!("about = \"no attack; of all look-alikes only {kind}, common and strong\"\n");
    // Writing to a string can't fail.
    let _ = write!(text, "[look_alikes]\neveryday = 0.0\n{kind} = {{ per_10k = {per_10k:.1}, strength = 1.5 }}\n");
    Some(text)
}
