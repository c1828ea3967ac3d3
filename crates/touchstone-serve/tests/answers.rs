//! Answers from findings: from ingest through closed windows to a decision.

mod common;

use common::{Desk, ringed};

fn ids(list: &serde_json::Value, key: &str) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|i| i[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn before_findings_everything_is_allowed_and_questions_say_when_to_come_again() {
    let desk = Desk::new();
    let answer = desk.ask("read", "POST", "/v1/decide", &[], br#"{"actor":"a","target":"p"}"#);
    assert_eq!((answer.status, answer.json()["decision"].as_str()), (200, Some("allow")));
    for path in
        ["/v1/accounts", "/v1/accounts/a", "/v1/targets", "/v1/rings", "/v1/evidence?subject_type=ring&subject=r1"]
    {
        let answer = desk.get("read", path);
        assert_eq!((answer.status, answer.problem().as_str()), (503, "no-findings"), "{path}");
        assert!(answer.headers.contains_key("retry-after"));
    }
    assert_eq!(desk.get("read", "/v1/counts").json()["findings"], serde_json::Value::Null);
    assert_eq!(desk.flush()["findings"], serde_json::Value::Null, "nothing to find in nothing");
}

#[test]
fn a_ring_that_lands_is_found_and_its_likes_are_discounted() {
    let mut desk = Desk::new();
    desk.land(&ringed());
    let flushed = desk.flush();
    // On a busy machine windows close, and a detection runs, before the flush: then it has fewer rows left to close.
    let (rows, findings) = (flushed["rows"].as_u64().unwrap(), flushed["findings"].as_u64().unwrap());
    assert!((rows == 9480 && findings == 1) || (rows < 9480 && findings > 1), "{flushed}");

    let accused = desk.get("read", "/v1/accounts?verdict=inauthentic&limit=1000").json();
    let mut names = ids(&accused, "account");
    names.sort();
    assert_eq!(names.len(), 20, "{names:?}");
    assert!(names.iter().all(|n| n.starts_with("ring")), "the platform's own names: {names:?}");
    let rings = desk.get("read", "/v1/rings").json();
    let ring = ids(&rings, "ring")[0].clone();
    let detail = desk.get("read", &format!("/v1/rings/{ring}")).json();
    assert_eq!(detail["members"].as_array().unwrap().len(), 20);

    let account = desk.get("read", "/v1/accounts/ring3").json();
    assert_eq!(account["account"]["verdict"], "inauthentic");
    assert!(!account["evidence"].as_array().unwrap().is_empty(), "no verdict without evidence");
    let pseudonym = account["account"]["pseudonym"].as_str().unwrap();
    let again = desk.get("read", &format!("/v1/accounts/{pseudonym}")).json();
    assert_eq!(again["account"]["account"], "ring3", "also by pseudonym");
    let evidence = desk.get("read", "/v1/evidence?subject_type=account&subject=ring3").json();
    assert_eq!(evidence["items"], account["evidence"]);

    let target = desk.get("read", "/v1/targets/post0").json()["target"].clone();
    let sum = target["authentic"].as_f64().unwrap() + target["bubble"].as_f64().unwrap();
    assert!((sum - target["likes"].as_f64().unwrap()).abs() < 1e-9);
    assert!(target["bubble"].as_f64().unwrap() > 10.0, "{target}");

    let decide = |actor: &str| {
        let body = format!(r#"{{"actor":"{actor}","target":"post1"}}"#);
        desk.ask("read", "POST", "/v1/decide", &[], body.as_bytes()).json()
    };
    assert_eq!(decide("ring3")["decision"], "discount");
    assert_eq!(decide("user3")["decision"], "allow");
    assert_eq!(decide("somebody-new")["decision"], "allow");

    // All accounts, page by page.
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.get("read", &format!("/v1/accounts?limit=97{cursor}")).json();
        all.extend(ids(&page, "account"));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    all.sort();
    let before = all.len();
    all.dedup();
    assert_eq!((before, all.len()), (620, 620));

    for (path, status, problem) in [
        ("/v1/accounts/nobody", 404, "not-found"),
        ("/v1/targets/nothing", 404, "not-found"),
        ("/v1/rings/none", 404, "not-found"),
        ("/v1/nothing", 404, "not-found"),
        ("/v1/accounts?verdict=guilty", 400, "bad-request"),
        ("/v1/accounts?limit=0", 400, "bad-request"),
        ("/v1/accounts?limit=many", 400, "bad-request"),
        ("/v1/accounts?cursor=%25", 400, "bad-cursor"),
        ("/v1/evidence?subject_type=planet&subject=x", 400, "bad-request"),
    ] {
        let answer = desk.get("read", path);
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{path}");
    }
    let answer = desk.ask("read", "DELETE", "/v1/counts", &[], b"");
    assert_eq!((answer.status, answer.problem().as_str()), (405, "method-not-allowed"));

    // Findings outlive a restart.
    desk.start(|_| {});
    assert_eq!(desk.get("read", "/v1/counts").json()["findings"], 1);
    assert_eq!(desk.get("read", "/v1/accounts/ring3").json()["account"]["verdict"], "inauthentic");
}

#[test]
fn windows_close_and_findings_come_without_being_asked_for() {
    let desk = Desk::with(|o| o.landing.lateness_seconds = 0);
    desk.land(&ringed());
    let start = std::time::Instant::now();
    while desk.get("read", "/v1/counts").json()["findings"].is_null() {
        assert!(start.elapsed().as_secs() < 60, "no findings after a minute");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let counts = desk.get("read", "/v1/counts").json();
    assert_eq!(counts["windows_open"], 1, "the last day is not over");
    assert!(counts["rows_pending"].as_u64().unwrap() > 0);
}
