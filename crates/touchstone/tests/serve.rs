//! The service as a process of its own: killed at any moment, out of disk, and beside the batch.

#[path = "../../touchstone-ledger/tests/common/hook.rs"]
mod hook;
#[path = "../../touchstone-serve/tests/common/logs.rs"]
mod logs;
#[path = "common/serving.rs"]
mod serving;

use arrow_array::cast::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serving::http::try_request;
use serving::{PROGRAM, Process, token};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How often each target stands in the closed windows.
fn targets(events: &Path) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for window in std::fs::read_dir(events).unwrap() {
        for part in std::fs::read_dir(window.unwrap().path()).unwrap() {
            let file = std::fs::File::open(part.unwrap().path()).unwrap();
            for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
                for target in batch.unwrap().column_by_name("target").unwrap().as_string::<i32>().iter() {
                    *counts.entry(target.unwrap().to_owned()).or_default() += 1;
                }
            }
        }
    }
    counts
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_counts_twice() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (ingest, admin) = (token(&data, "ingest"), token(&data, "admin"));
    let (sent, acknowledged) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()));
    for round in 0..8u64 {
        let process = Process::start(&data, &[]);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let bearer = format!("Bearer {ingest}");
                    while !stop.load(Ordering::Relaxed) {
                        let first = sent.fetch_add(20, Ordering::Relaxed);
                        // One target an event, so that each can be found again; the times are over three days.
                        let lines: Vec<String> = (first..first + 20)
                            .map(|n| {
                                format!(
                                    r#"{{"actor":"u{}","target":"t{n}","ts":{},"kind":"like","event_id":"e{n}"}}"#,
                                    n % 7,
                                    1_700_000_000 + n * 7919 % 259_200
                                )
                            })
                            .collect();
                        let body = lines.join("\n");
                        // As a sender does: the same batch again until it is answered, or the server is gone.
                        let answer = try_request(
                            process.address,
                            "POST",
                            "/v1/events",
                            &[("Authorization", &bearer)],
                            body.as_bytes(),
                        );
                        if answer.is_ok_and(|a| a.status == 200) {
                            acknowledged.lock().unwrap().extend(first..first + 20);
                            // A repeat of what is there counts once.
                            let _ = try_request(
                                process.address,
                                "POST",
                                "/v1/events",
                                &[("Authorization", &bearer)],
                                body.as_bytes(),
                            );
                        }
                    }
                });
            }
            scope.spawn(|| {
                let bearer = format!("Bearer {admin}");
                while !stop.load(Ordering::Relaxed) {
                    // Windows close and findings are made meanwhile, so that some kills hit that.
                    let _ = try_request(process.address, "POST", "/v1/flush", &[("Authorization", &bearer)], b"");
                }
            });
            std::thread::sleep(Duration::from_millis(150 + round * 97 % 300));
            Command::new("kill").args(["-9", &process.child.id().to_string()]).status().unwrap();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let process = Process::start(&data, &[]);
    assert_eq!(process.ask(&admin, "POST", "/v1/flush", "").status, 200);
    let counts = targets(&data.join("events"));
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    let lost: Vec<&u64> = acknowledged.iter().filter(|n| !counts.contains_key(&format!("t{n}"))).collect();
    assert!(lost.is_empty(), "{} of {} lost: {lost:?}", lost.len(), acknowledged.len());
    let found = process.ask(&admin, "GET", "/v1/counts", "").json();
    assert_eq!(found["counts"]["endorsements"].as_u64().unwrap() as usize, counts.len(), "each event counts once");
    let starts = process.log().iter().filter(|e| e["message"] == "listening").count();
    assert_eq!(starts, 9);
    process.kill();
}

#[test]
fn a_full_disk_refuses_and_takes_again_when_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    // A disk of one megabyte that only this process sees.
    let script = r#"mount -t tmpfs -o size=1m none "$0" && head -c 600000 /dev/zero >"$0/filler" &&
        "$1" serve token create --role admin --name a --data "$0" >"$2" && exec "$1" serve --listen 127.0.0.1:0 --window 1d --data "$0""#;
    let mut command = Command::new("unshare");
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    command
        .arg(if is_root { "-m" } else { "-rm" })
        .args(["sh", "-c", script])
        .arg(&data)
        .arg(PROGRAM)
        .arg(dir.path().join("token"));
    let process = Process::of(command, dir.path().join("log"));
    let admin = std::fs::read_to_string(dir.path().join("token")).unwrap().trim().to_owned();
    let mut landed = 0;
    let batch = |n: u64| -> String {
        (0..50).map(|i| format!("{{\"actor\":\"u{i}\",\"target\":\"t{n}-{i}\",\"ts\":1700000000,\"kind\":\"like\",\"event_id\":\"{n}-{i}\"}}\n")).collect()
    };
    let mut n = 0;
    let refused = loop {
        let answer = process.ask(&admin, "POST", "/v1/events", &batch(n));
        if answer.status != 200 {
            break answer;
        }
        landed += 50;
        n += 1;
        assert!(n < 1000, "a disk of a megabyte is never full");
    };
    assert_eq!((refused.status, refused.problem().as_str()), (507, "disk-full"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(
        process.ask(&admin, "GET", "/v1/counts", "").json()["rows_taken"],
        landed,
        "what was refused was not taken"
    );
    std::fs::remove_file(format!("/proc/{}/root{}/filler", process.child.id(), data.display())).unwrap();
    let again = process.ask(&admin, "POST", "/v1/events", &batch(n));
    assert_eq!((again.status, again.json()["landed"].as_u64()), (200, Some(50)), "{}", again.text());
    assert_eq!(process.ask(&admin, "GET", "/v1/counts", "").json()["rows_taken"], landed + 50);
    assert_eq!(process.ask(&admin, "POST", "/v1/flush", "").json()["rows"], landed + 50);
    process.kill();
}

/// Discounts at once whoever is accused.
const POLICY: &str = r#"name = "Likes"
[limits]
per_day = 1000
per_author_day = 1000
share_of_accounts = 0.5
[[rule]]
name = "accused"
when = "verdict == 'inauthentic'"
mode = "live"
reason = "They came with those of the same other accounts, far too often for chance."
ground = "terms, section 4"
[[rule.step]]
action = "discount"
days = 30
"#;

/// The answer of a receiver may be lost with the process: it is told again then, of the same under the same key.
#[test]
fn killed_while_it_tells_receivers_every_action_arrives_and_none_is_two() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (ingest, admin) = (token(&data, "ingest"), token(&data, "admin"));
    let hook = hook::Hook::slow(&[], Duration::from_millis(40));
    let receiver =
        format!("[[receiver]]\nname = \"site\"\nurl = \"{}\"\nsecret_file = \"secret\"\n", hook.receiver.url);
    std::fs::write(data.join("receivers.toml"), receiver).unwrap();
    std::fs::write(data.join("secret"), hook::SECRET).unwrap();
    std::fs::write(data.join("policy.toml"), POLICY).unwrap();
    let mut process = Process::start(&data, &[]);
    assert_eq!(process.ask(&ingest, "POST", "/v1/events", &logs::ringed()).status, 200);
    assert_eq!(process.ask(&admin, "POST", "/v1/flush", "").status, 200);
    let mut kills = 0;
    while hook.requests().iter().map(|r| r.key().to_owned()).collect::<BTreeSet<_>>().len() < 20 {
        let seen = hook.requests().len();
        process.kill();
        kills += 1;
        assert!(kills < 40, "{seen} came");
        process = Process::start(&data, &[]);
        hook.once(|all| all.len() >= seen + 3 || all.iter().map(|r| r.key()).collect::<BTreeSet<_>>().len() == 20);
    }
    assert!(kills >= 3, "{kills}");
    let requests = hook.requests();
    let mut told: BTreeMap<String, BTreeSet<(String, Vec<u8>)>> = BTreeMap::new();
    for request in &requests {
        assert!(request.is_signed());
        let action = request.json()["action"].as_str().unwrap().to_owned();
        told.entry(action).or_default().insert((request.key().to_owned(), request.body.clone()));
    }
    assert_eq!(told.len(), 20);
    assert!(told.values().all(|keys| keys.len() == 1), "one key and one body an action");
    let actions = process.ask(&admin, "GET", "/v1/actions?account=ring3", "").json();
    assert_eq!(actions["items"].as_array().unwrap().len(), 1, "nor was the account acted on twice: {actions:#}");
}

#[test]
fn the_batch_over_the_same_folder_finds_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let admin = token(&data, "admin");
    let process = Process::start(&data, &[]);
    // In three pieces, out of order, with a window touched again after it was closed.
    let log = logs::ringed();
    let lines: Vec<&str> = log.lines().collect();
    let pieces: [Vec<&str>; 3] = std::array::from_fn(|i| lines.iter().copied().skip(i).step_by(3).collect());
    for piece in &pieces {
        assert_eq!(process.ask(&admin, "POST", "/v1/events", &piece.join("\n")).status, 200);
        assert_eq!(process.ask(&admin, "POST", "/v1/flush", "").status, 200);
    }
    let accused = process.ask(&admin, "GET", "/v1/counts", "").json()["counts"]["accused"].clone();
    assert_eq!(accused, 20);
    let out = dir.path().join("out");
    let batch = Command::new(PROGRAM)
        .arg("detect")
        .arg(data.join("events"))
        .arg("--out")
        .arg(&out)
        .arg("--quiet")
        .output()
        .unwrap();
    assert!(batch.status.success(), "{}", String::from_utf8_lossy(&batch.stderr));
    let number = process.ask(&admin, "GET", "/v1/counts", "").json()["findings"].as_u64().unwrap();
    let served = data.join("findings").join(format!("{number:08}"));
    let mut compared = 0;
    for entry in std::fs::read_dir(&out).unwrap() {
        let name = entry.unwrap().file_name();
        // The summary has seconds in it.
        if name != "summary.json" {
            let (a, b) = (std::fs::read(out.join(&name)).unwrap(), std::fs::read(served.join(&name)).unwrap());
            assert!(a == b, "{} differs", name.display());
            compared += 1;
        }
    }
    assert!(compared >= 8, "{compared}");
    // SIGTERM ends it in good order.
    let id = process.child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    let mut process = process;
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
    assert_eq!(process.log().last().unwrap()["message"], "stopped");
}

#[test]
fn wrong_use_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let run = |arguments: &[&str]| {
        let out = Command::new(PROGRAM).arg("serve").args(arguments).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, said) = run(&[]);
    assert!(code == Some(2) && said.contains("--data"), "{said}");
    let data = data.to_str().unwrap();
    let process = Process::start(Path::new(data), &[]);
    let (code, said) = run(&["--data", data, "--window", "1d", "--listen", "127.0.0.1:0"]);
    assert!(code == Some(2) && said.contains("in use by another"), "{said}");
    let (code, said) = run(&["rotate-keys", "--data", data]);
    assert!(code == Some(2) && said.contains("in use by another"), "{said}");
    process.kill();
    let (code, said) = run(&["--data", data, "--window", "2h", "--listen", "127.0.0.1:0"]);
    assert!(code == Some(2) && said.contains("use a new folder"), "{said}");
    let (code, said) = run(&["token", "create", "--data", data, "--role", "king", "--name", "x"]);
    assert!(code == Some(2) && said.contains("choose ingest, read, review or admin"), "{said}");
    let (code, said) = run(&["token", "revoke", "--data", data, "--id", "x"]);
    assert!(code == Some(2) && said.contains("token list shows them"), "{said}");
}

/// The blocks of shell in a document, in order.
fn shell_blocks(text: &str) -> Vec<String> {
    text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_walk_in_the_documentation_works_as_it_stands() {
    let document = include_str!("../../../docs/SERVICE.md");
    let blocks = shell_blocks(document);
    let [tokens, walk] = blocks.as_slice() else { panic!("{} blocks of shell in docs/SERVICE.md", blocks.len()) };
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let path = format!("{}:{}", Path::new(PROGRAM).parent().unwrap().display(), std::env::var("PATH").unwrap());
    let shell = |script: &str, variables: &[(&str, &str)]| {
        let mut command = Command::new("sh");
        command.arg("-euc").arg(script).env("PATH", &path).env("DATA", &data).envs(variables.iter().copied());
        let out = command.output().unwrap();
        assert!(out.status.success(), "{script}\n{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let made = shell(&format!("{tokens}\necho \"$ADMIN\"; echo \"$APP\""), &[]);
    let made: Vec<&str> = made.lines().collect();
    let process = Process::start(&data, &[]);
    let url = format!("http://{}", process.address);
    let said = shell(walk, &[("URL", &url), ("ADMIN", made[0]), ("APP", made[1])]);
    for expected in [r#""landed":2"#, r#""decision":"allow""#, r#""verdict":"organic""#, r#""likes":1"#, r#""rows":2"#]
    {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
}
