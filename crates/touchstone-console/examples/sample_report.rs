//! Writes made-up reports to look at: `cargo run -p touchstone-console --example sample_report DIR`.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dir = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "target/sample-reports".into()));
    fs::create_dir_all(&dir)?;
    let models = [
        ("three-rings.html", sample::three_rings()),
        ("small.html", sample::small()),
        ("nobody.html", sample::nobody()),
        ("no-times.html", sample::no_times()),
        ("many-rings.html", sample::many_rings(200, 60, 40, 30)),
    ];
    for (name, model) in models {
        fs::write(dir.join(name), touchstone_console::report(&model))?;
    }
    Ok(())
}
