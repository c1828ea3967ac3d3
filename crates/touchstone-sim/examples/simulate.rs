//! Invents a world: `cargo run --release -p touchstone-sim --example simulate -- SCENARIO SEED DIR [USERS] [DAYS]`.

#![allow(clippy::print_stdout)]

use touchstone_sim::{Scenario, SimulateOptions, simulate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, seed, out, rest @ ..] = arguments.as_slice() else {
        return Err("usage: simulate SCENARIO SEED DIR [USERS] [DAYS] (for example: simulate mixed 1 world)".into());
    };
    let mut scenario = Scenario::load(name)?;
    if let Some(users) = rest.first() {
        scenario.users = users.parse()?;
    }
    if let Some(days) = rest.get(1) {
        scenario.days = days.parse()?;
    }
    let report = simulate(&SimulateOptions { scenario, seed: seed.parse()?, out: out.into() })?;
    println!("{report:#?}");
    Ok(())
}
