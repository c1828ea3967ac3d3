//! The page in a real browser, headless, with no name server: it renders, nothing runs over the
//! edge at either width, and the console stays silent.
//!
//! Without Chromium on this machine the tests say so and pass, unless
//! `TOUCHSTONE_REQUIRE_TOOLS=1`.
#![allow(clippy::print_stderr)] // A skipped test says so.

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use touchstone_console::report;

const WIDTHS: [u32; 3] = [1280, 390, 360];

/// A directory of its own for each test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = env::temp_dir().join(format!("touchstone-console-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("scratch directory");
        Self(dir)
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("scratch file");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left over is the system's to clean.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The browser, or none after saying so.
fn browser() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .flat_map(|dir| ["chromium", "chromium-browser"].map(|name| dir.join(name)))
        .find(|candidate| candidate.is_file());
    let browser = named.or(found);
    if browser.is_none() {
        assert!(
            env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_none_or(|v| v != "1"),
            "no chromium on PATH, and TOUCHSTONE_REQUIRE_TOOLS=1"
        );
        eprintln!("skipped: no chromium on PATH (set CHROMIUM to its path)");
    }
    browser
}

/// Runs the browser on a page; gives what it wrote to its output and to its log.
fn run(browser: &Path, scratch: &Scratch, page: &Path, extra: &[&str]) -> (String, String) {
    let profile = scratch.0.join(format!("profile-{}", extra.join("").len()));
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--allow-file-access-from-files",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            "--virtual-time-budget=8000",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(extra)
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium starts");
    assert!(output.status.success(), "chromium failed: {:?}", output.status);
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Loads the report at each width in a frame and writes what it measures into its own document.
fn harness(report_file: &str) -> String {
    let frames: String = WIDTHS
        .iter()
        .map(|w| {
            format!("<iframe data-w={w} width={w} height=900 style='border:0' src='{report_file}#all'></iframe>\n")
        })
        .collect();
    format!(
        "<!doctype html><meta charset=utf-8>{frames}<pre id=out></pre><script>
addEventListener('load', () => {{
  const out = document.getElementById('out');
  for (const frame of document.querySelectorAll('iframe')) {{
    const page = frame.contentDocument;
    const boxes = [...page.querySelectorAll('section, article, p, h1, h2, h3, h4, ul, dl, figure, .scroll')];
    const over = boxes.filter(e => e.getBoundingClientRect().right > frame.dataset.w + 0.5).length;
    const style = frame.contentWindow.getComputedStyle(page.querySelector('.headline'));
    const blank = [...page.querySelectorAll('svg[role=img]')].filter(e => e.getBoundingClientRect().height < 4).length;
    out.textContent += `width=${{frame.dataset.w}} scroll=${{page.documentElement.scrollWidth}} over=${{over}} bold=${{style.fontWeight}} pictures=${{page.querySelectorAll('svg[role=img]').length}} blank=${{blank}}\\n`;
  }}
}});
</script>"
    )
}

fn console_errors(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("CONSOLE")).collect()
}

fn check(name: &str, page: &str, expected: &[&str]) {
    let Some(browser) = browser() else {
        return;
    };
    let scratch = Scratch::new(name);
    let file = scratch.write("report.html", page);
    let (dom, log) = run(&browser, &scratch, &file, &["--dump-dom"]);
    for text in expected {
        assert!(dom.contains(text), "{name}: no \"{text}\" in the document");
    }
    assert_eq!(console_errors(&log), Vec::<&str>::new(), "{name}");
    // Nobody asks for anything: not even a refused request shows up.
    assert!(!log.contains("ERR_"), "{name}: {log}");

    let harness = scratch.write("harness.html", &harness("report.html"));
    let (dom, _) = run(&browser, &scratch, &harness, &["--dump-dom", "--window-size=1400,1000"]);
    for width in WIDTHS {
        let line = dom
            .lines()
            .find_map(|l| l.split_once(&format!("width={width} scroll=")).map(|p| p.1))
            .unwrap_or_else(|| panic!("{name}: nothing measured at {width}: {dom}"));
        assert!(line.starts_with(&format!("{width} ")), "{name}: scrolls sideways at {width}: {line}");
        assert!(line.contains(" over=0 "), "{name}: over the edge at {width}: {line}");
        // The policy of the page lets its own styles through.
        assert!(line.contains(" bold=700 "), "{name}: no styles at {width}: {line}");
        assert!(line.ends_with(" blank=0") || line.contains(" blank=0<"), "{name}: {line}");
    }

    for width in WIDTHS {
        let shot = scratch.0.join(format!("shot-{width}.png"));
        let flag = format!("--screenshot={}", shot.display());
        run(&browser, &scratch, &file, &[&flag, &format!("--window-size={width},1200")]);
        let bytes = fs::read(&shot).expect("a screenshot");
        assert_eq!(&bytes[1..4], b"PNG");
        // A blank page compresses to next to nothing.
        assert!(bytes.len() > 15_000, "{name}: blank at {width}? {} bytes", bytes.len());
    }
}

#[test]
fn rings_render() {
    check(
        "rings",
        &report(&sample::three_rings()),
        &[
            "83 of 9,218 accounts are accused",
            "<span>Ring</span> <bdi>r1</bdi>",
            "in step (1,108)",
            "&lt;script&gt;alert('x')&lt;/script&gt;",
            "50 more members",
            "10 bits: at most 1 in 1,024 innocents",
        ],
    );
}

#[test]
fn nobody_accused_renders() {
    check("nobody", &report(&sample::nobody()), &["No account is accused."]);
}

#[test]
fn no_times_renders() {
    check("no-times", &report(&sample::no_times()), &["the log has no times"]);
}

#[test]
fn ten_kilobyte_names_render() {
    let mut model = sample::many_rings(3, 20, 20, 10_000);
    model.title = "x".repeat(10_000);
    check("long-names", &report(&model), &["10,002 characters"]);
}
