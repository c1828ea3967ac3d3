//! Draws the report of a model in JSON: `zstd -dc findings/cases.json.zst | cargo run -p touchstone-console --example draw > report.html`.

use std::io;
use touchstone_detect::findings::ReportModel;

fn main() -> io::Result<()> {
    let model: ReportModel = serde_json::from_reader(io::stdin().lock())?;
    touchstone_console::write_report(&model, &mut io::stdout().lock())
}
