//! The report in a real browser, driven as a reader would: browser.py, beside this file, holds the checks.
//!
//! Without Chromium or Playwright the test says so and passes, unless `TOUCHSTONE_REQUIRE_TOOLS=1`.
#![allow(clippy::print_stderr)] // A skipped test says so.

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use touchstone_console::report;
use touchstone_detect::findings::ReportModel;

fn required() -> bool {
    env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_some_and(|v| v == "1")
}

fn chromium() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).flat_map(|dir| ["chromium", "chromium-browser"].map(|name| dir.join(name)));
    env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| on_path.into_iter().find(|file| file.is_file()))
}

/// A Python that has Playwright: that of the checks' environment, or the one on the path.
fn python(root: &Path) -> Option<PathBuf> {
    [root.join("target/venv/bin/python3"), PathBuf::from("python3")].into_iter().find(|python| {
        let modules = "import playwright.sync_api, axe_playwright_python.sync_playwright";
        Command::new(python).args(["-c", modules]).output().is_ok_and(|done| done.status.success())
    })
}

/// Account names that are markup, as a log may hold them.
fn hostile(model: &mut ReportModel) -> Vec<String> {
    let names = [
        "<script>window.ran = 1</script>",
        "<img src=x onerror=\"window.ran = 1\">",
        "\"><svg/onload=window.ran=1></bdi></script><script>window.ran = 1</script>",
    ];
    for (account, name) in model.accounts.iter_mut().skip(2).zip(names) {
        account.account = name.into();
        for sample in &mut account.exhibits.samples {
            sample.target = name.into();
        }
    }
    // The sample has one of its own.
    names.iter().chain(&["<script>alert('x')</script>"]).map(|n| n.to_string()).collect()
}

#[test]
fn a_reader_finds_the_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (Some(chromium), Some(python)) = (chromium(), python(&root)) else {
        assert!(
            !required(),
            "TOUCHSTONE_REQUIRE_TOOLS=1, and no chromium or no Python with playwright and axe-playwright-python"
        );
        eprintln!("skipped: no chromium, or no Python with playwright and axe-playwright-python");
        return;
    };
    let folder = env::temp_dir().join(format!("touchstone-reading-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a scratch folder");
    let mut three = sample::three_rings();
    let names = hostile(&mut three);
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a scratch file");
    write("three-rings.html", &report(&three));
    write("many-rings.html", &report(&sample::many_rings(200, 60, 40, 30)));
    write("hostile.json", &serde_json::to_string(&names).expect("strings"));

    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut command = Command::new(python);
    command.arg(tests.join("browser.py")).arg(&folder).arg(tests.join("golden/layout.json")).arg(chromium);
    if env::var_os("TOUCHSTONE_UPDATE_GOLDEN").is_some() {
        command.arg("--bless");
    }
    let done = command.output().expect("python starts");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let failed: Vec<&str> = said.lines().filter(|l| l.starts_with("FAILED")).collect();
    assert!(
        done.status.success() && failed.is_empty(),
        "{}\n{}\n{said}",
        failed.join("\n"),
        String::from_utf8_lossy(&done.stderr)
    );
    // What is left over is the system's to clean.
    let _ = fs::remove_dir_all(&folder);
}
