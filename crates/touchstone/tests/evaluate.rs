//! simulate, detect, evaluate: the command line, its errors, and laws of its numbers.

mod common;

use common::Desk;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// A small world with a few attacks, and findings on it.
fn world(desk: &Desk) {
    let run = desk.run(&[
        "simulate",
        "--scenario",
        "mixed",
        "--users",
        "3000",
        "--days",
        "14",
        "--seed",
        "1",
        "--out",
        "world",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = desk.run(&["detect", "world/events.parquet", "--format", "csv", "--out", "out", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn evaluation(desk: &Desk, folder: &str) -> Value {
    serde_json::from_slice(&std::fs::read(desk.path(folder).join("evaluation.json")).unwrap()).unwrap()
}

/// Names of all fields; those of the rows of a list once.
fn keys(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                keys(value, &format!("{at}.{key}"), into);
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| keys(row, &format!("{at}[]"), into)),
        _ => {
            into.insert(at.trim_start_matches('.').to_owned());
        }
    }
}

/// Rewrites a table of CSV, row by row; a row may be dropped.
fn rewrite(desk: &Desk, file: &str, mut change: impl FnMut(&mut Vec<String>, &[String]) -> bool) {
    let path = desk.path(file);
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for record in reader.records() {
        let mut row: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        if change(&mut row, &header) {
            writer.write_record(&row).unwrap();
        }
    }
    std::fs::write(path, writer.into_inner().unwrap()).unwrap();
}

#[test]
fn numbers_a_page_and_a_table() {
    let desk = Desk::new();
    world(&desk);
    let run = desk.run(&["evaluate", "out", "--truth", "world"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in ["accounts", "recall", "rings", "calibration", "evaluation.json", "evaluation.html"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert!(!run.stdout.contains('\u{1b}'), "no colours where there is no terminal");
    let e = evaluation(&desk, "out");
    assert_eq!(e["not_evaluated"], Value::Array(vec![]));
    assert_eq!(e["notes"], Value::Array(vec![]), "findings and truth of one log match to the row");
    assert_eq!((&e["world"]["seed"], &e["counts"]["reported_differs"]), (&1.into(), &0.into()));
    assert!(e["accounts"]["fake"].as_u64().unwrap() > 0);
    // The names that other people's scripts rely on.
    let mut found = BTreeSet::new();
    keys(&e, "", &mut found);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/evaluation-keys.txt");
    let text: String = found.iter().map(|key| format!("{key}\n")).collect();
    if std::env::var_os("TOUCHSTONE_UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&golden).unwrap(), "a field came or went; docs/evaluate.md lists them");
    let page = std::fs::read_to_string(desk.path("out").join("evaluation.html")).unwrap();
    assert!(page.contains("</html>") && !page.contains("<script") && !page.contains("://"), "self-contained");

    // The order of rows changes nothing, nor does the format.
    let first = std::fs::read(desk.path("out").join("evaluation.json")).unwrap();
    for table in ["accounts", "likes", "targets", "rings", "ring_members"] {
        let path = desk.path("out").join(format!("{table}.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.reverse();
        let half = rows.len() / 3;
        rows.rotate_left(half);
        std::fs::write(path, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    }
    let run = desk.run(&["evaluate", "out", "--truth", "world", "--json"]);
    assert_eq!(run.stdout.as_bytes(), first);
    let run = desk.run(&["detect", "world/events.parquet", "--out", "parquet", "-q"]);
    assert_eq!(run.code, 0);
    let run = desk.run(&["evaluate", "parquet", "--truth", "world", "-q", "--out", "numbers.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(desk.path("numbers.html").is_file() && !desk.path("parquet").join("evaluation.json").exists());
    assert_eq!(std::fs::read(desk.path("numbers.json")).unwrap(), first);
}

/// Findings made of the truth itself: nothing is wrong with them, and the numbers must say so.
#[test]
fn perfect_findings_are_perfect() {
    let desk = Desk::new();
    world(&desk);
    let truth = truths::read(&desk.path("world"));
    let place = |header: &[String], name: &str| header.iter().position(|h| h == name).unwrap();
    rewrite(&desk, "out/accounts.csv", |row, header| {
        let (fake, ring) = &truth.accounts[&row[0]];
        row[place(header, "verdict")] = if *fake { "inauthentic" } else { "organic" }.into();
        row[place(header, "evidence_bits")] = if *fake { "9" } else { "0" }.into();
        row[place(header, "ring")] = ring.clone();
        true
    });
    // Accounts all of whose likes were taken back are not in the findings, and cannot be.
    let listed: BTreeSet<String> = desk.table("out", "accounts").into_iter().map(|r| r["account"].clone()).collect();
    let mut extra = std::fs::read_to_string(desk.path("out/accounts.csv")).unwrap();
    for (account, (fake, _)) in truth.accounts.iter().filter(|(a, (fake, _))| *fake && !listed.contains(*a)) {
        assert!(fake);
        extra.push_str(&format!("{account},inauthentic,9,,0,0,\n"));
    }
    std::fs::write(desk.path("out/accounts.csv"), extra).unwrap();
    rewrite(&desk, "out/likes.csv", |row, header| {
        let fake = truth.likes[&(row[0].clone(), row[1].clone())];
        row[place(header, "p_fake")] = u8::from(fake).to_string();
        true
    });
    rewrite(&desk, "out/targets.csv", |row, header| {
        for column in ["authentic", "authentic_low", "authentic_high"] {
            row[place(header, column)] = truth.targets[&row[0]].to_string();
        }
        true
    });
    std::fs::remove_file(desk.path("out/ring_members.csv")).unwrap();
    assert_eq!(desk.run(&["evaluate", "out", "--truth", "world", "-q"]).code, 0);
    let e = evaluation(&desk, "out");
    for part in ["precision", "recall"] {
        assert_eq!(e["accounts"][part]["rate"], 1.0, "{part}");
        assert_eq!(e["likes"]["all"][part]["rate"], 1.0, "{part}");
        assert!(e["likes"]["all"][part]["low"].as_f64().unwrap() < 1.0, "a few rings do not make it certain");
    }
    assert_eq!(e["accounts"]["ranking"]["average_precision"], 1.0);
    assert_eq!(e["accounts"]["ranking"]["oracle"]["f1"], 1.0);
    assert_eq!(e["accounts"]["harmed"]["total"], 0);
    assert_eq!(e["likes"]["all"]["average_precision"], 1.0);
    assert_eq!(e["calibration"]["brier"], 0.0);
    for targets in ["attacked", "cover_only", "clean", "all"] {
        assert_eq!(e["counts"][targets]["absolute_error"], 0.0, "{targets}");
    }
    assert_eq!(e["counts"]["attacked"]["error_removed"], 1.0);
    assert_eq!(e["counts"]["attacked"]["coverage"]["rate"], 1.0);
    let rings = &e["rings"];
    assert_eq!(
        (&rings["one_to_one"], &rings["split"], &rings["innocent"]),
        (&rings["true_rings"], &0.into(), &0.into())
    );
    assert_eq!(rings["mean_purity"], 1.0);
}

#[test]
fn a_baseline_of_accounts_alone() {
    let desk = Desk::new();
    world(&desk);
    let accounts = desk.table("out", "accounts");
    let mut text = String::from("account,verdict\n");
    for (i, row) in accounts.iter().enumerate() {
        text.push_str(&format!("{},{}\n", row["account"], if i % 5 == 0 { "inauthentic" } else { "organic" }));
    }
    desk.write("baseline/accounts.csv", text);
    let run = desk.run(&["evaluate", "baseline", "--truth", "world"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let e = evaluation(&desk, "baseline");
    let gaps: Vec<&str> = e["not_evaluated"].as_array().unwrap().iter().map(|g| g["part"].as_str().unwrap()).collect();
    assert_eq!(gaps, ["ranking", "counts", "rings", "likes", "calibration"]);
    for part in ["likes", "counts", "rings", "calibration"] {
        assert!(e[part].is_null(), "{part}");
    }
    let a = &e["accounts"];
    // Precision times accused is hits, and so is recall times fake.
    let hits = a["precision"]["hits"].as_u64().unwrap();
    assert_eq!(a["precision"]["total"], a["accused"]);
    assert_eq!((a["recall"]["hits"].as_u64(), &a["recall"]["total"]), (Some(hits), &a["fake"]));
    assert_eq!(hits + a["harmed"]["total"].as_u64().unwrap(), a["accused"].as_u64().unwrap());
    assert!(run.stdout.contains("not evaluated"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let desk = Desk::new();
    world(&desk);
    let refused = |arguments: &[&str], words: &[&str]| {
        let run = desk.run(arguments);
        assert_eq!(run.code, 2, "{}", run.stderr);
        for w in words {
            assert!(run.stderr.contains(w), "\"{w}\" is not in: {}", run.stderr);
        }
        assert!(
            !desk.path("out").join("evaluation.json").exists() && !desk.path("out").join("evaluation.html").exists()
        );
    };
    refused(&["evaluate", "out", "--truth", "nowhere"], &["nowhere", "no such folder", "simulate"]);
    refused(&["evaluate", "out", "--truth", "out"], &["truth_accounts", "simulate"]);
    refused(&["evaluate", "world", "--truth", "world"], &["no column \"verdict\""]);
    desk.write("empty/notes.txt", "");
    refused(&["evaluate", "empty", "--truth", "world"], &["empty", "no findings"]);
    refused(&["evaluate", "out"], &["--truth"]);
    // Another seed has the same names, but not the same likes.
    let run = desk.run(&[
        "simulate",
        "--scenario",
        "mixed",
        "--users",
        "3000",
        "--days",
        "14",
        "--seed",
        "2",
        "--out",
        "other",
        "-q",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    refused(&["evaluate", "out", "--truth", "other"], &["likes.csv", "another log", "--truth"]);
    desk.write("foreign/accounts.csv", "account,verdict\nalice,organic\nbob,inauthentic\n");
    refused(&["evaluate", "foreign", "--truth", "world"], &["2 of its 2 rows", "another log"]);
    desk.write("words/accounts.csv", "account,verdict\nu1,organic\nu2,guilty\n");
    refused(&["evaluate", "words", "--truth", "world"], &["accounts.csv", "row 3", "verdict", "guilty", "inauthentic"]);
    desk.write("twice/accounts.csv", "account,verdict\nu1,organic\nu1,organic\n");
    refused(&["evaluate", "twice", "--truth", "world"], &["row 3", "u1", "twice"]);
    desk.write("odds/likes.csv", "actor,target,p_fake\nu1,p1,1.5\n");
    refused(&["evaluate", "odds", "--truth", "world"], &["row 2", "p_fake", "1.5", "0 to 1"]);
    // Truth with its heart taken out.
    std::fs::remove_file(desk.path("world").join("truth_events.parquet")).unwrap();
    refused(&["evaluate", "out", "--truth", "world"], &["truth_events", "simulate the world again"]);
    std::fs::copy(desk.path("other").join("truth_events.parquet"), desk.path("world").join("truth_events.parquet"))
        .unwrap();
    refused(&["evaluate", "out", "--truth", "world"], &["truth_events", "simulate the world again"]);
    // Nowhere to write.
    let run = desk.run(&["evaluate", "out", "--truth", "other", "--out", "no/such/folder.json"]);
    assert_eq!(run.code, 2);
}

/// The truth files, read without the code under test.
mod truths {
    use arrow_array::RecordBatch;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int64Type;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use std::collections::BTreeMap;
    use std::path::Path;

    pub(crate) struct Truths {
        /// Whether fake, and the ring.
        pub(crate) accounts: BTreeMap<String, (bool, String)>,
        pub(crate) likes: BTreeMap<(String, String), bool>,
        pub(crate) targets: BTreeMap<String, i64>,
    }

    fn batches(path: &Path) -> Vec<RecordBatch> {
        let file = std::fs::File::open(path).unwrap();
        ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect()
    }

    fn text(batch: &RecordBatch, column: &str) -> Vec<String> {
        let array = batch.column_by_name(column).unwrap().as_string::<i32>();
        array.iter().map(|t| t.unwrap_or_default().to_owned()).collect()
    }

    fn number(batch: &RecordBatch, column: &str) -> Vec<i64> {
        batch.column_by_name(column).unwrap().as_primitive::<Int64Type>().values().to_vec()
    }

    pub(crate) fn read(world: &Path) -> Truths {
        let mut truths = Truths { accounts: BTreeMap::new(), likes: BTreeMap::new(), targets: BTreeMap::new() };
        for b in batches(&world.join("truth_accounts.parquet")) {
            let (account, role, ring) = (text(&b, "account"), text(&b, "role"), text(&b, "ring"));
            let (likes, fakes) = (number(&b, "likes"), number(&b, "fake_likes"));
            for i in 0..b.num_rows() {
                let fake = likes[i] > 0 && (role[i] == "operated" || (role[i] == "member" && fakes[i] > 0));
                let ring = if fakes[i] > 0 { ring[i].clone() } else { String::new() };
                truths.accounts.insert(account[i].clone(), (fake, ring));
            }
        }
        for b in batches(&world.join("truth_targets.parquet")) {
            truths.targets.extend(text(&b, "target").into_iter().zip(number(&b, "authentic")));
        }
        let events = batches(&world.join("events.parquet"));
        let told = batches(&world.join("truth_events.parquet"));
        let mut fake: BTreeMap<String, bool> = BTreeMap::new();
        for b in &told {
            let column = b.column_by_name("fake").unwrap().as_boolean();
            fake.extend(text(b, "event_id").into_iter().zip((0..b.num_rows()).map(|i| column.value(i))));
        }
        for b in &events {
            let (id, actor, target, kind) = (text(b, "event_id"), text(b, "actor"), text(b, "target"), text(b, "kind"));
            for i in (0..b.num_rows()).filter(|i| kind[*i] == "like") {
                truths.likes.insert((actor[i].clone(), target[i].clone()), fake[&id[i]]);
            }
        }
        truths
    }
}
