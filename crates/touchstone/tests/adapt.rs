//! `touchstone simulate --adapt` on a small world, with the real detector.

mod common;

use common::Desk;
use std::process::Stdio;
use std::time::Duration;

const RACE: [&str; 12] =
    ["simulate", "--adapt", "--scenario", "null", "--users", "1200", "--days", "7", "--seed", "3", "--rounds", "2"];

fn race<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&RACE, more].concat()
}

#[test]
fn a_race_is_told_written_and_drawn_and_the_same_again() {
    let desk = Desk::new();
    let run = desk.run(&race(&["--fdr", "0.2,0.01", "--budget", "300", "--out", "out"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in ["false discovery rate 0.01", "false discovery rate 0.2", "innocents", "L6", "adapt.svg"] {
        assert!(run.stdout.contains(words), "\"{words}\" is not in: {}", run.stdout);
    }
    let names: Vec<String> = desk.findings("out").into_keys().collect();
    assert_eq!(names, ["adapt.json", "adapt.svg", "rounds.csv"]);

    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(desk.path("out/adapt.json")).unwrap()).unwrap();
    let levels = json["levels"].as_array().unwrap();
    assert_eq!(levels.iter().map(|l| l["fdr"].as_f64().unwrap()).collect::<Vec<_>>(), [0.01, 0.2], "ascending");
    let rows = desk.table("out", "rounds");
    assert_eq!(rows.len(), 4, "two levels, two rounds");
    for (level, rows) in levels.iter().zip(rows.chunks(2)) {
        let rounds = level["rounds"].as_array().unwrap();
        let sum = |name: &str| rounds.iter().map(|r| r[name].as_f64().unwrap()).sum::<f64>();
        assert!((level["total"]["dollars"].as_f64().unwrap() - sum("dollars")).abs() < 1e-9);
        assert!(sum("dollars") > 0.0 && sum("dollars") <= 300.0);
        assert!(sum("likes_delivered") > 50.0 && sum("likes_surviving") <= sum("likes_delivered"));
        assert!(sum("innocents") > 500.0);
        for (round, row) in rounds.iter().zip(rows) {
            assert_eq!(row["rung"], round["rung"].as_str().unwrap());
            assert_eq!(row["likes_delivered"], round["likes_delivered"].to_string());
        }
    }
    // Levels meet the same worlds while the attacker does the same.
    assert_eq!(rows[0]["seed"], rows[2]["seed"]);
    assert_ne!(rows[0]["seed"], rows[1]["seed"]);

    let svg = std::fs::read_to_string(desk.path("out/adapt.svg")).unwrap();
    for words in ["<svg", "US dollars for each surviving like", "innocents accused, of 10,000", "FDR 0.2"] {
        assert!(svg.contains(words), "\"{words}\" is not in the picture");
    }
    assert!(!svg.contains("<script") && !svg.contains("href") && !svg.contains("NaN"), "{svg}");

    let again = desk.run(&race(&["--fdr", "0.01,0.2", "--budget", "300", "--out", "again", "--quiet"]));
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    assert_eq!(desk.findings("out"), desk.findings("again"));
}

#[test]
fn bad_use_is_refused_and_leaves_nothing() {
    let desk = Desk::new();
    for (more, word) in [
        (vec!["--fdr", "0.01,7"], "--fdr 7"),
        (vec!["--fdr", "0.1,0.2,0.3,0.4,0.5,0.6,0.7"], "at most 6"),
        (vec!["--budget", "0.1"], "buys no service"),
        (vec!["--budget", "-3"], "-3"),
        (vec!["--fdr", "much"], "much"),
    ] {
        let run = desk.run(&race(&[&more[..], &["--out", "out"]].concat()));
        assert_eq!(run.code, 2, "{more:?}: {}", run.stdout);
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
        desk.assert_no_output();
    }
    let alone = desk.run(&["simulate", "--scenario", "null", "--seed", "1", "--rounds", "3", "--out", "out"]);
    assert_eq!(alone.code, 2);
    assert!(alone.stderr.contains("--adapt"), "{}", alone.stderr);
    desk.write("full/thesis.txt", "years of work");
    let full = desk.run(&race(&["--out", "full"]));
    assert_eq!(full.code, 2);
    assert!(full.stderr.contains("not empty"), "{}", full.stderr);
}

#[test]
fn ctrl_c_leaves_nothing() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["simulate", "--adapt", "--scenario", "null", "--users", "3000", "--seed", "1", "--out", "out"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(900));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    desk.assert_no_output();
}
