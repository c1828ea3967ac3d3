//! The console in a real browser, on a live server and a simulated world: from ingest through ring, case, policy, action, webhook
//! and appeal to the restored count. The walk itself is `python/console_walk.py`.

#[path = "common/serving.rs"]
mod serving;

use serving::{PROGRAM, Process, named_token};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SECRET: &str = "a secret of some length";

/// One rule that acts at once, one that only records.
const POLICY: &str = r#"name = "Likes in the test world"
[limits]
per_day = 10000
per_author_day = 10000
share_of_accounts = 0.5
[[rule]]
name = "strong evidence"
when = "verdict == 'inauthentic' && account.in_ring"
mode = "live"
reason = "These endorsements came with those of the same other accounts, far too often for chance."
ground = "terms of use, section 4"
[[rule.step]]
action = "discount"
days = 30
[[rule.step]]
action = "discount"
days = 180
[[rule]]
name = "tried before it is live"
when = "verdict == 'suspect' && bits >= 5.0"
reason = "These endorsements look as if they were made for others."
ground = "terms of use, section 4"
[[rule.step]]
action = "require_review"
days = 14
"#;

/// Python with playwright, axe and pyarrow; none where they are missing, which must not be where everything is required.
fn python() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin/python3");
    let python = if installed.exists() { installed } else { PathBuf::from("python3") };
    let has = Command::new(&python)
        .args(["-c", "import playwright, pyarrow, axe_playwright_python"])
        .output()
        .is_ok_and(|o| o.status.success());
    let found = has && Path::new("/usr/bin/chromium").exists();
    assert!(
        found || std::env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_none_or(|v| v != "1"),
        "no python with playwright, axe and pyarrow, or no chromium, and TOUCHSTONE_REQUIRE_TOOLS=1"
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
    let mut walk = Command::new(python);
    walk.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/console_walk.py"))
        .arg(world.join("events.parquet"))
        .arg(serde_json::Value::from(tokens).to_string())
        .arg(SECRET);
    // Where somebody wants to look at the pages.
    if let Some(shots) = std::env::var_os("TOUCHSTONE_SHOTS") {
        walk.arg(shots);
    }
    let mut walk = walk.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It says where it listens for webhooks, and is told where the server is.
    let mut said = BufReader::new(walk.stdout.take().unwrap());
    let mut hook = String::new();
    said.read_line(&mut hook).unwrap();
    std::fs::write(data.join("secret"), SECRET).unwrap();
    let receiver = format!("[[receiver]]\nname = \"site\"\nurl = \"{}\"\nsecret_file = \"secret\"\n", hook.trim());
    std::fs::write(data.join("receivers.toml"), receiver).unwrap();
    std::fs::write(data.join("policy.toml"), POLICY).unwrap();
    let process = Process::start(&data, &[]);
    walk.stdin.take().unwrap().write_all(format!("http://{}\n", process.address).as_bytes()).unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let out = walk.wait_with_output().unwrap();
    assert!(
        out.status.success() && rest.ends_with("the walk is done\n"),
        "{rest}\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    // The chain holds after all of it.
    let errors: Vec<_> = process.log().into_iter().filter(|l| l["level"] == "ERROR").collect();
    assert!(errors.is_empty(), "{errors:?}");
}
