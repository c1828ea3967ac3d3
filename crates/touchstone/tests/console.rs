//! The console in a real browser, on a live server and a simulated world: from ingest through ring, case, action and appeal to
//! the restored count. The walk itself is `python/console_walk.py`.

#[path = "common/serving.rs"]
mod serving;

use serving::{PROGRAM, Process, named_token};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Python with playwright and pyarrow; none where they are missing, which must not be where everything is required.
fn python() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin/python3");
    let python = if installed.exists() { installed } else { PathBuf::from("python3") };
    let has =
        Command::new(&python).args(["-c", "import playwright, pyarrow"]).output().is_ok_and(|o| o.status.success());
    let found = has && Path::new("/usr/bin/chromium").exists();
    assert!(
        found || std::env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_none_or(|v| v != "1"),
        "no python with playwright and pyarrow, or no chromium, and TOUCHSTONE_REQUIRE_TOOLS=1"
    );
    found.then_some(python)
}

#[test]
fn a_reviewers_walk_from_ingest_to_the_restored_count() {
    let Some(python) = python() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (world, data) = (dir.path().join("world"), dir.path().join("data"));
    let made = Command::new(PROGRAM)
        .args([
            "simulate",
            "--scenario",
            "mixed",
            "--seed",
            "9001",
            "--users",
            "3000",
            "--days",
            "14",
            "--quiet",
            "--out",
        ])
        .arg(&world)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let people = [
        ("admin", "admin"),
        ("ingest", "app"),
        ("read", "read"),
        ("review", "ann"),
        ("review", "bob"),
        ("review", "eve"),
    ];
    let tokens: serde_json::Map<String, serde_json::Value> = people
        .iter()
        .map(|(role, name)| {
            (if *name == "app" { "ingest" } else { name }.to_string(), named_token(&data, role, name).into())
        })
        .collect();
    let process = Process::start(&data, &[]);
    let mut walk = Command::new(python);
    walk.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/console_walk.py"))
        .arg(format!("http://{}", process.address))
        .arg(world.join("events.parquet"))
        .arg(serde_json::Value::from(tokens).to_string());
    // Where somebody wants to look at the pages.
    if let Some(shots) = std::env::var_os("TOUCHSTONE_SHOTS") {
        walk.arg(shots);
    }
    let out = walk.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success() && said.ends_with("the walk is done\n"),
        "{said}\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    // The chain holds after all of it.
    let errors: Vec<_> = process.log().into_iter().filter(|l| l["level"] == "ERROR").collect();
    assert!(errors.is_empty(), "{errors:?}");
}
