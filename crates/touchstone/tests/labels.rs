//! Reviews move priors and override nothing: through the real binary.

mod common;

use common::{Desk, Run, ringed};
use std::collections::BTreeMap;

/// Accounts with verdict and evidence; findings as CSV.
fn accounts(desk: &Desk, out: &str) -> BTreeMap<String, (String, f64)> {
    let text = std::fs::read_to_string(desk.path(out).join("accounts.csv")).unwrap();
    let rows = text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|r| (r[0].clone(), (r[1].clone(), r[2].parse().unwrap()))).collect()
}

fn detect(desk: &Desk, out: &str, labels: Option<&str>) -> Run {
    let mut arguments = vec!["detect", "log.csv", "--format", "csv", "--out", out];
    if let Some(text) = labels {
        desk.write(&format!("{out}-labels.csv"), text);
    }
    let file = format!("{out}-labels.csv");
    if labels.is_some() {
        arguments.extend(["--labels", &file]);
    }
    desk.run(&arguments)
}

fn ready() -> Desk {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    assert_eq!(detect(&desk, "plain", None).code, 0);
    desk
}

#[test]
fn reviews_of_some_change_nothing_for_others() {
    let desk = ready();
    let before = accounts(&desk, "plain");
    // Two of whom the log says nothing at all, and one of the ring.
    let quiet: Vec<&String> = before.keys().filter(|a| before[*a].1 == 0.0).take(2).collect();
    let text = format!("account,label\n{},cleared\n{},confirmed\nring3,confirmed\n", quiet[0], quiet[1]);
    let run = detect(&desk, "reviewed", Some(&text));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let after = accounts(&desk, "reviewed");
    let changed: Vec<&String> = before.keys().filter(|a| before[*a] != after[*a]).collect();
    assert_eq!(changed, [&"ring3".to_string(), quiet[0], quiet[1]]);
    assert_eq!(after[quiet[0]].0, "organic", "cleared, and nothing else: organic");
    assert!((after[quiet[0]].1 + 7.0).abs() < 1e-6);
    assert_eq!(after[quiet[1]].0, "suspect", "confirmed by a reviewer alone: a look, no accusation");
    assert!((after["ring3"].1 - before["ring3"].1 - 7.0).abs() < 1e-6);
    let lines = |out: &str, file: &str| std::fs::read_to_string(desk.path(out).join(file)).unwrap();
    assert_eq!(lines("plain", "rings.csv"), lines("reviewed", "rings.csv"));
    assert_eq!(lines("plain", "targets.csv"), lines("reviewed", "targets.csv"));
    let evidence = lines("reviewed", "evidence.csv");
    let told: Vec<&str> = evidence.lines().filter(|l| l.contains(",label,")).collect();
    assert_eq!(told.len(), 3, "each review is a piece of evidence");
    assert!(told.iter().any(|l| l.contains("ring3") && l.contains("confirmed as fake by a reviewer")));
}

#[test]
fn what_strong_evidence_contradicts_is_said_and_stays() {
    let desk = ready();
    let before = accounts(&desk, "plain");
    let (strongest, _) = before.iter().max_by(|a, b| a.1.1.total_cmp(&b.1.1)).unwrap();
    assert_eq!(before[strongest].0, "inauthentic");
    let run = detect(&desk, "reviewed", Some(&format!("account,label\n{strongest},cleared\n")));
    let after = accounts(&desk, "reviewed");
    assert_ne!(after[strongest].0, "organic", "a review overrides nothing");
    assert!(run.stdout.contains("Reviews contradict the log: 1 accounts were cleared"), "{}", run.stdout);
    assert!(run.stdout.contains(strongest), "{}", run.stdout);
    let summary = desk.summary("reviewed");
    let warnings = summary["counts"]["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|w| w.as_str().unwrap().contains(strongest)));
    // Weight and date: half as sure is half the bits; the latest review counts.
    let text =
        format!("account,label,date,weight\n{strongest},confirmed,2024-01-01,1\n{strongest},cleared,2024-02-01,0.5\n");
    assert_eq!(detect(&desk, "weighed", Some(&text)).code, 0);
    let weighed = accounts(&desk, "weighed");
    assert!((weighed[strongest].1 - before[strongest].1 + 3.5).abs() < 1e-6);
}

#[test]
fn bad_rows_are_rejects_with_a_reason() {
    let desk = ready();
    let text = "account,label,target,weight\nring1,confirmed,,\nnobody,cleared,,\nring1,fake,,\n,confirmed,,\nring2,cleared,,7\n\
        ring2,cleared,nothing,\nring4,cleared,,\nring4,confirmed,,\n";
    let run = detect(&desk, "reviewed", Some(text));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let rejects = std::fs::read_to_string(desk.path("reviewed/rejects.csv")).unwrap();
    let reasons: Vec<(&str, &str)> =
        rejects.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()).map(|f| (f[1], f[2])).collect();
    let expected = [
        ("4", "unreadable_label"),
        ("5", "missing_account"),
        ("6", "unreadable_weight"),
        ("3", "unknown_account"),
        ("7", "unknown_target"),
        ("9", "contradictory_label"),
    ];
    for (line, reason) in expected {
        assert!(reasons.contains(&(line, reason)), "{line} {reason}: {rejects}");
    }
    assert_eq!(reasons.len(), expected.len(), "{rejects}");

    let run = detect(&desk, "refused", Some("account,verdict\nring1,confirmed\n"));
    assert_eq!(run.code, 2);
    for word in ["refused-labels.csv", "no column label", "verdict"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert!(!desk.path("refused").exists());
}

#[test]
fn reviewed_endorsements_move_theirs() {
    let desk = ready();
    let likes = |out: &str| {
        let text = std::fs::read_to_string(desk.path(out).join("likes.csv")).unwrap();
        let rows = text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        rows.map(|r| ((r[0].clone(), r[1].clone()), r[3].parse::<f64>().unwrap())).collect::<BTreeMap<_, _>>()
    };
    let before = likes("plain");
    let (fake, p) = before.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    let (clean, _) = before.iter().find(|(like, p)| **p == 0.0 && like.0.starts_with("user")).unwrap();
    assert!(*p > 0.9);
    let text = format!("account,target,label\n{},{},cleared\n{},{},confirmed\n", fake.0, fake.1, clean.0, clean.1);
    assert_eq!(detect(&desk, "reviewed", Some(&text)).code, 0);
    let after = likes("reviewed");
    assert!(after[fake] < before[fake], "{} {}", after[fake], before[fake]);
    assert!(after[clean] > 0.5, "{}", after[clean]);
    let moved = before.iter().filter(|(like, p)| after[*like] != **p).count();
    assert_eq!(moved, 2, "two reviews are too few to recalibrate the others");
    // reported = authentic + discounted, with reviews as without.
    let discounted: f64 = after.values().sum();
    let summary = desk.summary("reviewed");
    assert!((summary["counts"]["discounted"].as_f64().unwrap() - discounted).abs() < 1e-2);
}
