//! Bad input, bad use, interruptions: a clear error or a correct result, never half of one.

mod common;

use common::{Desk, Run, ringed, sample};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Failed with code 2 and a message that has these words; left nothing behind.
fn assert_refused(desk: &Desk, run: &Run, words: &[&str]) {
    assert_eq!(run.code, 2, "stdout {}\nstderr {}", run.stdout, run.stderr);
    for w in words {
        assert!(run.stderr.contains(w), "\"{w}\" is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    desk.assert_no_output();
}

fn assert_done(desk: &Desk, run: &Run) {
    assert_eq!(run.code, 0, "{}", run.stderr);
    for file in ["accounts.parquet", "likes.parquet", "targets.parquet", "rings.parquet", "ring_members.parquet"] {
        assert!(desk.path("out").join(file).is_file(), "{file}");
    }
    for file in ["evidence.parquet", "rejects.csv", "summary.json", "report.html"] {
        assert!(desk.path("out").join(file).is_file(), "{file}");
    }
}

#[test]
fn help_has_examples_and_codes() {
    let desk = Desk::new();
    for command in [vec!["--help"], vec!["detect", "--help"], vec!["demo", "--help"], vec!["overlay", "--help"]] {
        let run = desk.run(&command);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains("xample"), "{command:?}: {}", run.stdout);
    }
    assert_eq!(desk.run(&[]).code, 2);
    assert_eq!(desk.run(&["detect"]).code, 2);
    assert_eq!(desk.run(&["detect", "x.csv", "--out", "out", "--fdr", "7"]).code, 2);
    assert_eq!(desk.run(&["--version"]).code, 0);
}

#[test]
fn files_without_rows() {
    let desk = Desk::new();
    desk.write("empty.csv", "");
    assert_refused(&desk, &desk.detect(&["empty.csv"]), &["empty.csv", "empty"]);
    desk.write("header.csv", "actor,target,ts\n");
    let run = desk.detect(&["header.csv"]);
    assert_done(&desk, &run);
    assert!(run.stdout.contains("nobody is accused"), "{}", run.stdout);
    let missing = desk.run(&["detect", "nowhere.csv", "--out", "other"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("nowhere.csv"), "{}", missing.stderr);
}

#[test]
fn tiny_logs_are_done_right() {
    let logs = [
        ("one row", "actor,target,ts\na,x,2024-01-01T00:00:00Z\n".to_owned(), 1),
        ("one actor", rows((0..500).map(|i| ("a".into(), format!("t{i}"), 1_700_000_000 + i * 60))), 500),
        ("one target", rows((0..500).map(|i| (format!("a{i}"), "t".into(), 1_700_000_000 + i * 60))), 500),
        ("one instant", rows((0..500).map(|i| (format!("a{}", i % 50), format!("t{}", i / 50), 1_700_000_000))), 500),
        ("1970", rows((0..50).map(|i| (format!("a{i}"), "t".into(), i))), 50),
    ];
    for (name, text, endorsements) in logs {
        let desk = Desk::new();
        desk.write("log.csv", text);
        let run = desk.detect(&["log.csv"]);
        assert_done(&desk, &run);
        assert_eq!(desk.summary("out")["counts"]["endorsements"], endorsements, "{name}");
        assert_eq!(desk.summary("out")["accused_accounts"], 0, "{name}");
    }
}

fn rows(rows: impl Iterator<Item = (String, String, i64)>) -> String {
    let mut text = String::from("actor,target,ts\n");
    rows.for_each(|(a, t, ts)| text.push_str(&format!("{a},{t},{ts}\n")));
    text
}

#[test]
fn far_times_and_nulls_are_rejects() {
    let desk = Desk::new();
    let mut text = rows((0..100).map(|i| (format!("a{i}"), format!("t{}", i % 7), 1_700_000_000 + i)));
    text.push_str("late,t1,2262-04-11T00:00:00Z\n,t2,1700000000\nb,,1700000000\nc,t3,yesterday\n");
    desk.write("log.csv", &text);
    assert_done(&desk, &desk.detect(&["log.csv"]));
    let rejects = std::fs::read_to_string(desk.path("out").join("rejects.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 5, "{rejects}");
    assert!(rejects.contains("log.csv,102,"), "file and line: {rejects}");
    assert!(rejects.contains("2262"), "the value: {rejects}");

    let desk = Desk::new();
    desk.write("nulls.csv", "actor,target,ts\n,t1,1700000000\n,t2,1700000001\n");
    assert_refused(&desk, &desk.detect(&["nulls.csv"]), &["nulls.csv", "--max-reject-share"]);
    desk.write("types.csv", "actor,target,ts\na,b,maybe\nc,d,never\n");
    assert_refused(&desk, &desk.detect(&["types.csv"]), &["maybe"]);
}

#[test]
fn strange_names_come_through_whole() {
    let desk = Desk::new();
    let long = "x".repeat(10_240);
    let names = ["say \"hi\"", "two\nlines", "emoji 🦀", "comma, inside", "<script>alert(1)</script>", &long];
    let mut text = String::from("actor,target,ts\n");
    for (i, name) in names.iter().enumerate() {
        text.push_str(&format!("\"{}\",\"t{}\",{}\n", name.replace('"', "\"\""), i, 1_700_000_000 + i));
    }
    desk.write("log.csv", &text);
    let run = desk.detect(&["log.csv", "--format", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found: Vec<String> = desk.table("out", "accounts").into_iter().map(|r| r["account"].clone()).collect();
    for name in names {
        assert!(found.iter().any(|f| f == name), "{name:.20} is lost");
    }
}

#[test]
fn damaged_files_are_named() {
    let desk = Desk::new();
    let gz = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/retweets.csv.gz")).unwrap();
    desk.write("cut.csv.gz", &gz[..gz.len() / 2]);
    assert_refused(&desk, &desk.detect(&["cut.csv.gz", "--endorse", "retweet"]), &["cut.csv.gz"]);
    desk.write("log.csv", sample());
    assert_eq!(desk.run(&["detect", "log.csv", "--endorse", "retweet", "--out", "first", "-q"]).code, 0);
    let parquet = std::fs::read(desk.path("first").join("likes.parquet")).unwrap();
    desk.write("cut.parquet", &parquet[..parquet.len() / 2]);
    assert_refused(&desk, &desk.detect(&["cut.parquet"]), &["cut.parquet"]);
    desk.write("noise.parquet", [7u8; 999]);
    assert_refused(&desk, &desk.detect(&["noise.parquet"]), &["noise.parquet"]);
    desk.write("data.xlsx", "PK");
    assert_refused(&desk, &desk.detect(&["data.xlsx"]), &["data.xlsx", ".parquet"]);
    // Our own output is good input again, as Parquet.
    let again = desk.run(&["detect", "first/likes.parquet", "--out", "second", "-q"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(desk.summary("first")["counts"]["endorsements"], desk.summary("second")["counts"]["endorsements"]);
    assert_eq!(desk.summary("first")["accused_accounts"], desk.summary("second")["accused_accounts"]);
}

#[test]
fn columns_that_are_missing_or_change() {
    let desk = Desk::new();
    desk.write("foreign.csv", "user_id,repo,time\na,b,1700000000\n");
    assert_refused(&desk, &desk.detect(&["foreign.csv"]), &["foreign.csv", "--map", "user_id"]);
    let maps = ["--map", "actor=user_id", "--map", "target=repo", "--map", "ts=time"];
    let mut arguments = vec!["foreign.csv"];
    arguments.extend(maps);
    assert_done(&desk, &desk.detect(&arguments));
    // A folder of mixed formats, with columns in another order.
    let desk = Desk::new();
    desk.write("mix/a.csv", "actor,target,ts\na,x,1700000000\n");
    desk.write("mix/b.tsv", "ts\ttarget\tactor\n1700000100\tx\tb\n");
    desk.write("mix/deep/c.jsonl", "{\"actor\":\"c\",\"target\":\"x\",\"ts\":1700000200,\"extra\":[1]}\n");
    desk.write("mix/README.txt", "not data");
    assert_done(&desk, &desk.detect(&["mix"]));
    assert_eq!(desk.summary("out")["counts"]["endorsements"], 3);
    // A file that changes its columns half way.
    let desk = Desk::new();
    desk.write("torn.csv", "actor,target,ts\na,x,1700000000\nb,1700000001\nc,x,1700000002,9,9\nd,x,1700000003\n");
    assert_refused(&desk, &desk.detect(&["torn.csv"]), &["torn.csv"]);
    assert_done(&desk, &desk.detect(&["torn.csv", "--max-reject-share", "0.9"]));
}

#[test]
fn an_unknown_kind_lists_what_there_is() {
    let desk = Desk::new();
    desk.write("log.csv", "actor,target,ts,kind\na,x,1700000000,star\nb,x,1700000001,star\nb,y,1700000001,fork\n");
    assert_refused(&desk, &desk.detect(&["log.csv"]), &["star", "2", "fork", "--endorse"]);
    assert_done(&desk, &desk.detect(&["log.csv", "--endorse", "star"]));
}

#[test]
fn takes_back_and_counts_once() {
    let desk = Desk::new();
    desk.write(
        "log.csv",
        "actor,target,ts,kind\na,x,100,like\na,x,200,like\nb,x,300,like\nb,x,400,unlike\nc,x,500,like\nc,x,600,unlike\nc,x,700,like\n",
    );
    assert_done(&desk, &desk.detect(&["log.csv"]));
    assert_eq!(desk.summary("out")["counts"]["endorsements"], 2, "a once, b taken back, c again");
}

#[test]
fn somebody_elses_folder_is_refused() {
    let desk = Desk::new();
    desk.write("log.csv", "actor,target,ts\na,x,1700000000\n");
    desk.write("out/thesis.txt", "years of work");
    let run = desk.detect(&["log.csv"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("out"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(desk.path("out/thesis.txt")).unwrap(), "years of work");
}

#[test]
fn no_permission_to_read_or_write() {
    let desk = Desk::new();
    let log = desk.write("log.csv", "actor,target,ts\na,x,1700000000\n");
    let deny = |path: &std::path::Path, mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    deny(&log, 0o000);
    deny(desk.path("").as_path(), 0o755);
    // As nobody, where the tests run as root, whom permissions don't bind.
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n");
    let mut command = desk.command(&["detect", "log.csv", "--out", "out"]);
    if root {
        // The binary may lie where nobody else can look.
        let copy = std::env::temp_dir().join(format!("touchstone-test-{}", std::process::id()));
        std::fs::copy(env!("CARGO_BIN_EXE_touchstone"), &copy).unwrap();
        deny(&copy, 0o755);
        command = Command::new(&copy);
        command.current_dir(desk.path("")).args(["detect", "log.csv", "--out", "/tmp/touchstone-nobody-out"]);
        command.uid(65534).gid(65534);
        let run: Run = command.output().unwrap().into();
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("log.csv"), "{}", run.stderr);
        deny(&log, 0o644);
        let mut command = Command::new(&copy);
        command.current_dir(desk.path("")).args(["detect", "log.csv", "--out", "out"]).uid(65534).gid(65534);
        let run: Run = command.output().unwrap().into();
        std::fs::remove_file(&copy).unwrap();
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("--out"), "{}", run.stderr);
        desk.assert_no_output();
    } else {
        let run: Run = command.output().unwrap().into();
        assert_refused(&desk, &run, &["log.csv"]);
    }
}

#[test]
fn a_full_disk_leaves_nothing() {
    let desk = Desk::new();
    desk.write("log.csv", sample());
    // A limit on the size of a file stands in for a full disk: the write fails in the middle.
    for limit in ["1", "40", "400"] {
        let script = format!(
            "trap '' XFSZ; ulimit -f {limit}; exec '{}' detect log.csv --endorse retweet --out out",
            env!("CARGO_BIN_EXE_touchstone")
        );
        let run: Run = Command::new("bash").arg("-c").arg(script).current_dir(desk.path("")).output().unwrap().into();
        assert_refused(&desk, &run, &["cannot be"]);
    }
}

#[test]
fn ctrl_c_leaves_nothing() {
    let desk = Desk::new();
    let mut text = String::from("actor,target,ts\n");
    for i in 0..1_500_000u64 {
        let mixed = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        text.push_str(&format!("u{},p{},{}\n", mixed >> 44, (mixed >> 20) % 50_000, 1_700_000_000 + i));
    }
    desk.write("log.csv", text);
    for wait in [60, 300, 700] {
        let mut child = desk
            .command(&["detect", "log.csv", "--out", "out"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let status = child.wait().unwrap();
        if status.code() == Some(0) {
            // It was quicker than the signal: then the result must be whole.
            assert!(desk.path("out").join("summary.json").is_file());
            std::fs::remove_dir_all(desk.path("out")).unwrap();
            continue;
        }
        assert_eq!(status.code(), Some(130), "after {wait} ms");
        desk.assert_no_output();
    }
}

#[test]
fn fail_on_sets_the_code() {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    let run = desk.detect(&["log.csv", "--fail-on", "inauthentic", "--quiet"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.is_empty(), "quiet");
    assert!(desk.path("out").join("report.html").is_file(), "the findings are there all the same");
}

#[test]
fn a_log_without_times() {
    let desk = Desk::new();
    desk.write("edges.csv", rows((0..2000).map(|i| (format!("a{}", i % 97), format!("t{}", i % 89), 0))));
    let text = std::fs::read_to_string(desk.path("edges.csv")).unwrap().replace(",ts", "").replace(",0\n", "\n");
    desk.write("edges.csv", text);
    assert_refused(&desk, &desk.detect(&["edges.csv"]), &["ts", "--no-time"]);
    assert_done(&desk, &desk.detect(&["edges.csv", "--no-time"]));
    let summary = desk.summary("out");
    let signals = summary["counts"]["signals"].as_array().unwrap();
    let ran = |name: &str| signals.iter().find(|s| s["signal"] == name).unwrap()["ran"].clone();
    assert_eq!((ran("lockstep"), ran("burst"), ran("pool")), (false.into(), false.into(), true.into()));
}

#[test]
fn the_demo_says_where_to_look() {
    let desk = Desk::new();
    let run = desk.run(&["demo"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("report.html"), "{}", run.stdout);
    assert!(desk.path("demo-report").join("report.html").is_file());
}
