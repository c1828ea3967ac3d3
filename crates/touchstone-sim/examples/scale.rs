//! Generates the benchmark's log: `cargo run --release -p touchstone-sim --example scale -- N SEED DIR`.

#![allow(clippy::print_stdout)]

use touchstone_sim::{ScaleOptions, scale};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [events, seed, out] = arguments.as_slice() else {
        return Err("usage: scale EVENTS SEED DIR (for example: scale 1000000 1 target/bench/1)".into());
    };
    let report = scale(&ScaleOptions::new(events.replace('_', "").parse()?, seed.parse()?, out))?;
    println!("{report:#?}");
    Ok(())
}
