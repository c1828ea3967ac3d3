//! `touchstone audit`, through the real binary.

mod common;

use common::{Desk, ringed};

fn audit(desk: &Desk, out: &str, more: &[&str]) -> common::Run {
    let mut arguments = vec!["audit", "log.csv", "--out", out, "--copies", "3"];
    arguments.extend(more);
    desk.run(&arguments)
}

fn numbers(desk: &Desk, out: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(desk.path(out).join("audit.json")).unwrap()).unwrap()
}

#[test]
fn an_attacked_log_accuses_its_ring_and_its_copies_nobody() {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    let run = audit(&desk, "audit", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = numbers(&desk, "audit");
    assert!(found["log"]["accused"].as_u64().unwrap() >= 15, "{}", found["log"]);
    assert_eq!(found["copies"].as_array().unwrap().len(), 3);
    assert!(found["copies"].as_array().unwrap().iter().all(|c| c["said"]["accused"] == 0), "{found}");
    assert!(found["copies"][0]["moved"].as_f64().unwrap() > 0.5);
    for words in ["nobody coordinates", "never \"not honest\"", "audit.html"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let page = std::fs::read_to_string(desk.path("audit/audit.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(!page.contains("http://") && !page.contains("https://"), "self-contained");
}

#[test]
fn threads_and_memory_change_nothing_and_the_seed_does() {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    for (out, more) in [
        ("one", &["--threads", "1"][..]),
        ("four", &["--threads", "4"]),
        ("tight", &["--memory", "100kB"]),
        ("other", &["--seed", "7"]),
    ] {
        let run = audit(&desk, out, more);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let bytes = |out: &str, file: &str| std::fs::read(desk.path(out).join(file)).unwrap();
    for file in ["audit.json", "audit.html"] {
        assert_eq!(bytes("one", file), bytes("four", file), "threads, {file}");
        assert_eq!(bytes("one", file), bytes("tight", file), "memory, {file}");
    }
    assert_ne!(bytes("one", "audit.json"), bytes("other", "audit.json"));
    let left: Vec<_> = std::fs::read_dir(desk.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|n| !n.to_string_lossy().starts_with(".touchstone")), "{left:?}");
}

#[test]
fn fail_on_sets_the_code() {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    assert_eq!(audit(&desk, "above", &["--quiet", "--fail-on", "above"]).code, 0);
    // Three copies cannot show that one percent holds.
    assert_eq!(audit(&desk, "open", &["--quiet", "--fail-on", "open"]).code, 1);
    let refused = desk.run(&["audit", "log.csv"]);
    assert_eq!(refused.code, 2);
    desk.write("mine/thesis.txt", "x");
    let occupied = audit(&desk, "mine", &[]);
    assert!(occupied.code == 2 && desk.path("mine/thesis.txt").is_file());
}
