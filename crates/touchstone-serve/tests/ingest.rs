//! Ingest over HTTP, as a sender sees it.

mod common;

use common::Desk;
use std::io::Write;

const LIKE: &str = r#"{"actor":"a","target":"p","ts":1700000000,"kind":"like","event_id":"1"}"#;

#[test]
fn what_lands_counts_once_and_faults_are_told_row_by_row() {
    let desk = Desk::new();
    let landed = desk.land(LIKE);
    assert_eq!((landed["landed"].as_u64(), landed["duplicates"].as_u64()), (Some(1), Some(0)));
    assert_eq!(desk.land(LIKE)["duplicates"], 1);
    let mixed = format!("{}\n{{\n{}", LIKE.replace("\"1\"", "\"2\""), LIKE.replace("1700000000", "\"soon\""));
    let answer = desk.ask("ingest", "POST", "/v1/events", &[], mixed.as_bytes());
    assert_eq!(answer.status, 207, "{}", answer.text());
    let json = answer.json();
    assert_eq!((json["landed"].as_u64(), json["rejected_total"].as_u64()), (Some(1), Some(2)));
    let told: Vec<_> = json["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["row"].as_u64().unwrap(), r["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(2, "invalid_json"), (3, "unreadable_time")]);
    let answer = desk.ask("ingest", "POST", "/v1/events", &[], b"{}");
    assert_eq!((answer.status, answer.problem().as_str()), (422, "nothing-usable"));
    assert_eq!(answer.json()["rejected"][0]["reason"], "missing_actor");
    assert_eq!(desk.land("")["landed"], 0, "nothing is not an error");
}

#[test]
fn packed_bodies_and_other_formats_land() {
    let desk = Desk::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(LIKE.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(LIKE.as_bytes(), 1).unwrap();
    let answer = desk.ask("ingest", "POST", "/v1/events", &[("Content-Encoding", "gzip")], &gzip);
    assert_eq!((answer.status, answer.json()["landed"].as_u64()), (200, Some(1)));
    let answer = desk.ask("ingest", "POST", "/v1/events", &[("Content-Encoding", "zstd")], &zstd);
    assert_eq!((answer.status, answer.json()["duplicates"].as_u64()), (200, Some(1)), "the same event");
    let answer = desk.ask("ingest", "POST", "/v1/events", &[("Content-Encoding", "br")], &gzip);
    assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported-encoding"));
    let answer = desk.ask("ingest", "POST", "/v1/events", &[("Content-Type", "image/png")], &gzip);
    assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported-format"));
    let event = r#"{"specversion":"1.0","id":"7","source":"/app","type":"org.example.like","time":"2023-11-03T08:26:40Z","subject":"p","data":{"actor":"a"}}"#;
    let answer = desk.ask(
        "ingest",
        "POST",
        "/v1/events",
        &[("Content-Type", "application/cloudevents+json; charset=utf-8")],
        event.as_bytes(),
    );
    assert_eq!((answer.status, answer.json()["landed"].as_u64()), (200, Some(1)));
    let two = format!("[{event},{}]", event.replace("\"7\"", "\"8\""));
    let answer = desk.ask(
        "ingest",
        "POST",
        "/v1/events",
        &[("Content-Type", "application/cloudevents-batch+json")],
        two.as_bytes(),
    );
    assert_eq!((answer.json()["landed"].as_u64(), answer.json()["duplicates"].as_u64()), (Some(1), Some(1)));
    let answer = desk.ask(
        "ingest",
        "POST",
        "/v1/events",
        &[("Content-Type", "application/vnd.apache.arrow.stream")],
        b"no stream",
    );
    assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"));
}

#[test]
fn a_batch_key_makes_a_batch_safe_to_repeat() {
    let desk = Desk::new();
    let body = LIKE.replace(r#","event_id":"1""#, "");
    let send =
        |key: &str, body: &str| desk.ask("ingest", "POST", "/v1/events", &[("Idempotency-Key", key)], body.as_bytes());
    assert_eq!(send("k", &body).json()["landed"], 1);
    let again = send("k", &body);
    assert_eq!((again.status, again.json()["replayed"].as_bool()), (200, Some(true)));
    let other = send("k", &body.replace("\"a\"", "\"b\""));
    assert_eq!((other.status, other.problem().as_str()), (422, "key-reused"));
    let empty = send("", &body);
    assert_eq!((empty.status, empty.problem().as_str()), (400, "bad-request"));
}

#[test]
fn bodies_have_limits_packed_and_unpacked() {
    let desk = Desk::with(|o| {
        o.limits.body_bytes_max = 50_000;
        o.limits.decompressed_bytes_max = 200_000;
    });
    let answer = desk.ask("ingest", "POST", "/v1/events", &[], &vec![b' '; 60_000]);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body-too-large"));
    let bomb = zstd::encode_all(vec![b'\n'; 5_000_000].as_slice(), 19).unwrap();
    assert!(bomb.len() < 50_000);
    let answer = desk.ask("ingest", "POST", "/v1/events", &[("Content-Encoding", "zstd")], &bomb);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body-too-large"));
}

#[test]
fn what_is_too_much_is_refused_with_a_time_to_come_again() {
    let desk = Desk::with(|o| o.landing.journal_bytes_max = 300);
    let mut refused = None;
    for i in 0..50 {
        let answer =
            desk.ask("ingest", "POST", "/v1/events", &[], LIKE.replace("\"1\"", &format!("\"{i}\"")).as_bytes());
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a journal of 300 bytes is soon full");
    assert_eq!((refused.status, refused.problem().as_str()), (429, "journal-full"));
    assert!(refused.headers["retry-after"].parse::<u64>().unwrap() > 0);
    assert_eq!(desk.get("", "/readyz").status, 503);
    desk.flush();
    assert_eq!(desk.get("", "/readyz").status, 200);
    assert_eq!(desk.land(&LIKE.replace("\"1\"", "\"new\""))["landed"], 1);

    let desk = Desk::with(|o| o.limits.token_requests_per_second = 3.0);
    let answers: Vec<_> = (0..20).map(|_| desk.ask("ingest", "POST", "/v1/events", &[], b"")).collect();
    let refused = answers.iter().find(|a| a.status != 200).expect("twenty at once are more than three a second");
    assert_eq!((refused.status, refused.problem().as_str()), (429, "too-many-requests"));
    assert!(refused.headers.contains_key("retry-after"));
}

#[test]
fn many_senders_share_waits_for_the_disk() {
    let desk = Desk::new();
    std::thread::scope(|scope| {
        for sender in 0..8 {
            let desk = &desk;
            scope.spawn(move || {
                for batch in 0..20 {
                    let lines: Vec<String> =
                        (0..50).map(|i| LIKE.replace("\"1\"", &format!("\"{sender}-{batch}-{i}\""))).collect();
                    assert_eq!(desk.land(&lines.join("\n"))["landed"], 50);
                }
            });
        }
    });
    let counts = desk.get("read", "/v1/counts").json();
    assert_eq!(counts["rows_taken"], 8 * 20 * 50);
    let metrics = desk.get("read", "/metrics").text();
    let commits: f64 = metrics.lines().find_map(|l| l.strip_prefix("touchstone_commits ")).unwrap().parse().unwrap();
    assert!(commits < 160.0, "{commits} waits for 160 batches: none was shared");
}
