//! From findings to action, appeal and labels, through the real binary.

mod common;

use common::{Desk, Run, ringed};
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

const POLICY: &str = r#"name = "test"
[limits]
per_day = 100
per_author_day = 100
share_of_accounts = 0.5
[review]
second_share = 0.0
[[rule]]
name = "proven"
when = "verdict == 'inauthentic' && ring.members >= 5"
mode = "live"
reason = "They were endorsed together far too often for chance."
ground = "terms, section 4"
[[rule.step]]
action = "discount"
days = 30
"#;

fn good(desk: &Desk, arguments: &[&str]) -> Run {
    let run = desk.run(arguments);
    assert_eq!(run.code, 0, "{arguments:?}\n{}{}", run.stdout, run.stderr);
    run
}

/// Findings of a log with a ring of twenty, and a policy.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    desk.write("policy.toml", POLICY);
    good(&desk, &["detect", "log.csv", "--out", "findings"]);
    desk
}

const LEDGER: [&str; 2] = ["--ledger", "ledger.db"];

fn on_ledger(desk: &Desk, arguments: &[&str]) -> Run {
    desk.run(&[&["ledger"], arguments, &LEDGER].concat())
}

fn propose(desk: &Desk, more: &[&str]) -> Run {
    good(desk, &[&["propose", "findings", "--policy", "policy.toml"], more, &LEDGER].concat())
}

/// The number after a letter, first in a text.
fn number(text: &str, letter: char) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is = |w: &&str| w.starts_with(letter) && w.len() > 1 && w[1..].bytes().all(|b| b.is_ascii_digit());
    words.into_iter().find(is).unwrap_or_else(|| panic!("no {letter} in {text}")).to_owned()
}

#[test]
fn from_findings_to_action_appeal_and_labels() {
    let desk = desk();
    let said = good(&desk, &["policy", "check", "policy.toml"]).stdout;
    assert!(said.contains("1 rules, 1 live"), "{said}");
    let said = good(&desk, &["policy", "backtest", "policy.toml", "findings"]).stdout;
    assert!(said.contains("proven"), "{said}");

    let dry = propose(&desk, &["--dry-run"]);
    assert!(dry.stdout.contains("nothing was entered"), "{}", dry.stdout);
    let done = propose(&desk, &[]);
    assert!(done.stdout.contains("done without a person"), "{}", done.stdout);
    let again = propose(&desk, &[]);
    assert!(again.stdout.contains("0 cases opened") && again.stdout.contains("stands"), "{}", again.stdout);

    let listed = on_ledger(&desk, &["show", "--query", "is:ring"]).stdout;
    let case = number(&listed, 'c');
    let shown = on_ledger(&desk, &["show", "--case", &case]).stdout;
    assert!(shown.contains("ring7") && shown.contains("policy"), "{shown}");
    let actions = on_ledger(&desk, &["actions"]).stdout;
    let of = |name: &str| {
        let line = actions.lines().find(|l| l.contains(&format!("\"{name}\""))).unwrap_or_else(|| panic!("{actions}"));
        serde_json::from_str::<serde_json::Value>(line).unwrap()
    };
    assert_eq!((&of("ring7")["kind"], &of("ring7")["automatic"]), (&"discount".into(), &true.into()));
    let action = of("ring7")["action"].as_str().unwrap().to_owned();

    let statement = on_ledger(&desk, &["statement", &action]).stdout;
    let statement: serde_json::Value = serde_json::from_str(&statement).unwrap();
    assert_eq!((&statement["about"], &statement["automated_decision"]), (&"ring7".into(), &true.into()));
    assert!(!statement.to_string().contains("ring8"), "{statement}");
    let dsa = on_ledger(&desk, &["statement", &action, "--dsa"]).stdout;
    assert!(dsa.contains("AUTOMATED_DECISION_FULLY") && !dsa.contains("ring7"), "{dsa}");

    let token = statement["appeal_token"].as_str().unwrap();
    let lodged = on_ledger(&desk, &["appeal", token, "--text", "we sit in one office"]);
    assert_eq!(lodged.code, 0, "{}", lodged.stderr);
    let appeal = number(&lodged.stdout, 'p');
    let decided =
        on_ledger(&desk, &["decide-appeal", &appeal, "--by", "Ben", "--uphold", "yes", "--reason", "they do"]);
    assert_eq!(decided.code, 0, "{}", decided.stderr);
    let confirm = |by: &str, dry: &[&str]| {
        let words = ["decide", &case, "--by", by, "--answer", "confirmed", "--do", "discount:60", "--reason", "a farm"];
        on_ledger(&desk, &[&words[..], &["--account", "ring8"], dry].concat())
    };
    assert!(confirm("Ann", &["--dry-run"]).stdout.contains("would concern 1 accounts"));
    let run = confirm("Ann", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let labels = on_ledger(&desk, &["labels"]).stdout;
    assert!(labels.contains("\nring7,,cleared,") && labels.contains("\nring8,,confirmed,"), "{labels}");
    desk.write("labels.csv", &labels);
    let learned = good(&desk, &["detect", "log.csv", "--labels", "labels.csv", "--format", "csv", "--out", "later"]);
    let row = desk.table("later", "evidence").into_iter().find(|r| r["signal"] == "label" && r["subject"] == "ring7");
    assert!(row.is_some(), "the review is evidence in the next run: {}", learned.stderr);
    let undone = on_ledger(&desk, &["undo", &case, "--by", "Ann", "--reason", "too early"]);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    assert!(!on_ledger(&desk, &["labels"]).stdout.contains("ring8"));

    let whole = good(&desk, &["ledger", "verify", "ledger.db"]).stdout;
    let head = whole.lines().find_map(|l| l.strip_prefix("head")).unwrap().trim().to_owned();
    good(&desk, &["ledger", "verify", "ledger.db", "--head", &head]);
    let file = desk.path("ledger.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let needle = b"\"what\":\"acted\"";
    let at = bytes.windows(needle.len()).position(|w| w == needle).expect("an action in the file");
    bytes[at + 9] = b'x';
    std::fs::write(&file, bytes).unwrap();
    let run = desk.run(&["ledger", "verify", "ledger.db"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.starts_with("BROKEN at entry "), "{}", run.stdout);
    let run = on_ledger(&desk, &["labels"]);
    assert_eq!(run.code, 2, "nothing is read from or added to a broken ledger");
    assert!(run.stderr.contains("touchstone ledger verify"), "{}", run.stderr);
}

#[test]
fn wrong_use_is_said_with_its_place() {
    let desk = Desk::new();
    desk.write("policy.toml", POLICY.replace("verdict ==", "verdit ==").replace("days = 30", "days = 0"));
    let run = desk.run(&["policy", "check", "policy.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("policy.toml:10:9: no field \"verdit\""), "{}", run.stderr);
    assert!(run.stderr.contains("policy.toml:16:8: days is from 1"), "{}", run.stderr);
    for (arguments, said) in [
        (&["ledger", "verify", "nowhere.db"][..], "nowhere.db"),
        (&["propose", "nowhere", "--policy", "policy.toml", "--ledger", "l.db"], "policy.toml"),
        (&["ledger", "show", "--ledger", "l.db", "--query", "hello"], "no condition on cases"),
        (&["ledger", "show", "--ledger", "l.db", "--case", "c9"], "no case c9"),
        (
            &["ledger", "decide", "c9", "--by", "x", "--answer", "maybe", "--reason", "y", "--ledger", "l.db"],
            "confirmed, cleared",
        ),
        (&["ledger", "appeal", "a1", "--text", "y", "--ledger", "l.db"], "--account"),
        (&["ledger", "labels", "--ledger", "postgres://x@127.0.0.1:1/y"], "--key"),
    ] {
        let run = desk.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stdout);
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
    assert!(!desk.path("nowhere.db").exists(), "looking makes nothing");
}

/// Killed at any moment: what was acknowledged is there, a proposal is there whole or not at all, the chain holds.
#[test]
fn killed_again_and_again_nothing_acknowledged_is_lost() {
    let desk = desk();
    let entries = |desk: &Desk| -> u64 {
        let said = good(desk, &["ledger", "verify", "ledger.db"]).stdout;
        said.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let kill_after = |arguments: &[&str], micros: u64| -> String {
        let mut child = desk.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(micros));
        // SIGKILL on Unix.
        let _ = child.kill();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        said
    };
    let began = Instant::now();
    propose(&desk, &["--dry-run"]);
    // From at once until after it would have ended.
    let lasts = began.elapsed().as_micros() as u64 * 3 / 2;
    let proposal = ["propose", "findings", "--policy", "policy.toml", "--ledger", "ledger.db"];
    let mut whole = None;
    for round in 0..40u64 {
        let said = kill_after(&proposal, lasts * round / 40);
        let now = entries(&desk);
        assert!(now == 0 || *whole.get_or_insert(now) == now, "{now} entries");
        assert!(said.is_empty() || now > 0, "acknowledged and lost");
    }
    propose(&desk, &[]);
    assert!(entries(&desk) > 0);
    let case = number(&on_ledger(&desk, &["show"]).stdout, 'c');
    let mut acknowledged = Vec::new();
    let began = Instant::now();
    assert_eq!(on_ledger(&desk, &["note", &case, "--by", "Ann", "--text", "first."]).code, 0);
    let lasts = began.elapsed().as_micros() as u64 * 3 / 2;
    for round in 0..60u64 {
        let text = format!("note number {round}.");
        let said = kill_after(
            &["ledger", "note", &case, "--by", "Ann", "--text", &text, "--ledger", "ledger.db"],
            lasts * round / 60,
        );
        if said.contains("noted on") {
            acknowledged.push(text);
        }
        entries(&desk);
    }
    let shown = on_ledger(&desk, &["show", "--case", &case]).stdout;
    assert!(acknowledged.len() < 60, "some were killed before");
    for text in &acknowledged {
        assert_eq!(shown.matches(text.as_str()).count(), 1, "{text}: {shown}");
    }
}
