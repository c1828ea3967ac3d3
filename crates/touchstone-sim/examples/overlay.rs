//! Lays known fakes over a log with the default options:
//! `cargo run --release -p touchstone-sim --example overlay -- HOST HOST_KIND FAKES SEED DIR [WINDOW_DAYS]`

#![allow(clippy::print_stdout)]

use touchstone_sim::{OverlayOptions, overlay};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, kind, fakes, seed, out, window @ ..] = arguments.as_slice() else {
        return Err("usage: overlay HOST HOST_KIND FAKES SEED DIR [WINDOW_DAYS]".into());
    };
    let mut options = OverlayOptions::new(host, fakes, seed.parse()?, out);
    options.host_endorse = vec![kind.clone()];
    options.window_days = window.first().map(|days| days.parse()).transpose()?;
    println!("{:#?}", overlay(&options)?);
    Ok(())
}
