//! The scenarios that ship with the program.

use std::fmt::Write;

use super::{Scenario, Service};
use crate::adapt::ladder;

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
    "exchange-open",
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
    ("only-large-circle", "large_circle", 6.0),
    ("only-community", "community", 6.0),
    ("only-fan-club", "fan_club", 20.0),
    ("only-digest", "digest", 15.0),
    ("only-class", "class", 15.0),
    ("only-starter-pack", "starter_pack", 10.0),
    ("only-launch", "launch", 15.0),
    ("only-news", "news", 12.0),
    ("only-shared-network", "shared_network", 20.0),
    ("only-office", "office", 20.0),
    ("only-carrier", "carrier", 10.0),
    ("only-front-page", "front_page", 800.0),
    ("only-power-user", "power_user", 300.0),
    ("only-family", "family", 600.0),
    ("only-api-client", "api_client", 400.0),
    ("only-shift-worker", "shift_worker", 2000.0),
    ("only-roundup", "roundup", 10.0),
    ("only-kiosk", "kiosk", 20.0),
];

/// The ladder of evasions, a world a rung: each adds one evasion to the last.
const LADDER: [&str; 7] = ["ladder-l0", "ladder-l1", "ladder-l2", "ladder-l3", "ladder-l4", "ladder-l5", "ladder-l6"];
/// Likes that a rung's farm delivers in a world of 10,000 people and 28 days: some 2 % of all.
const LADDER_LIKES: f64 = 2000.0;

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|&(name, _)| name).chain(LADDER).chain(ALONE.iter().map(|&(name, ..)| name))
}

/// A rung of the arms race's ladder as a scenario.
pub(super) fn rung(name: &str) -> Option<Scenario> {
    let place = LADDER.iter().position(|&rung| rung == name)?;
    let rung = &ladder()[place];
    let mut scenario = Scenario {
        about: format!("farms on rung {} of the ladder, which adds: {}; among all look-alikes", rung.name, rung.adds),
        ..Scenario::default()
    };
    let mut service = rung.service(name, LADDER_LIKES, 10_000, scenario.days);
    // One for 10,000 people, as uneven as others.
    (service.per_10k, service.unevenness) = (1.0, Service::default().unevenness);
    scenario.attacks.service.push(service);
    Some(scenario)
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
