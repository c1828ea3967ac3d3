//! Reads logs and says how long it took: `ingest FILE... [--map field=column] [--memory BYTES]`.
#![allow(clippy::print_stdout)]

use std::time::Instant;
use touchstone_engine::store::{IngestOptions, Progress, ingest};

/// Says when each stage begins.
struct Stages(Instant);

impl Progress for Stages {
    fn stage(&self, name: &'static str, _: Option<u64>) {
        println!("{:.3} s: {name}", self.0.elapsed().as_secs_f64());
    }

    fn advance(&self, _: u64) {}
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scratch = tempfile::tempdir()?;
    let mut options = IngestOptions::new(Vec::new(), scratch.path().to_owned());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("an option needs a value");
        match argument.as_str() {
            "--map" => options.mapping.set_all([value()?])?,
            "--memory" => options.memory_limit_bytes = Some(value()?.parse()?),
            "--endorse" => options.endorse = value()?.split(',').map(str::to_owned).collect(),
            "--no-time" => options.no_time = true,
            "--accounts" => options.accounts = Some(value()?.into()),
            "--contents" => options.contents = Some(value()?.into()),
            _ => options.inputs.push(argument.into()),
        }
    }
    let start = Instant::now();
    let store = ingest(&options, &Stages(start))?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{}", serde_json::to_string_pretty(store.facts())?);
    println!("{seconds:.3} s, {:.0} rows a second", store.facts().rows as f64 / seconds);
    Ok(())
}
