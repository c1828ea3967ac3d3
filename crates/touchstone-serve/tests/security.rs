//! Who may what, what a browser is told, and what is left of people.

mod common;

use common::{Answer, Desk, request, ringed};
use std::path::Path;

#[test]
fn every_path_asks_for_its_role() {
    let desk = Desk::new();
    let table = [
        ("POST", "/v1/events", "ingest"),
        ("POST", "/v1/decide", "read"),
        ("GET", "/v1/accounts", "read"),
        ("GET", "/v1/accounts/x", "read"),
        ("GET", "/v1/targets", "read"),
        ("GET", "/v1/targets/x", "read"),
        ("GET", "/v1/rings", "read"),
        ("GET", "/v1/rings/x", "read"),
        ("GET", "/v1/evidence", "read"),
        ("GET", "/v1/counts", "read"),
        ("GET", "/metrics", "read"),
        ("GET", "/v1/cases", "read"),
        ("GET", "/v1/cases/c1", "read"),
        ("GET", "/v1/cases/c1/effect", "read"),
        ("GET", "/v1/actions", "read"),
        ("GET", "/v1/labels", "read"),
        ("GET", "/v1/ledger", "read"),
        ("POST", "/v1/cases/next", "review"),
        ("POST", "/v1/cases/c1/claim", "review"),
        ("POST", "/v1/cases/c1/notes", "review"),
        ("POST", "/v1/cases/c1/decision", "review"),
        ("POST", "/v1/cases/c1/second", "review"),
        ("POST", "/v1/cases/c1/undo", "review"),
        ("POST", "/v1/appeals", "review"),
        ("POST", "/v1/appeals/p1/decision", "review"),
        ("GET", "/v1/policy", "read"),
        ("POST", "/v1/policy/backtest", "review"),
        ("POST", "/v1/webhooks/retry", "admin"),
        ("POST", "/v1/golden", "admin"),
        ("GET", "/v1/reviewers", "admin"),
        ("POST", "/v1/flush", "admin"),
        ("DELETE", "/v1/accounts/x", "admin"),
    ];
    let may = |role: &str, needed: &str| role == "admin" || role == needed || (role == "review" && needed == "read");
    for (method, path, needed) in table {
        let answer = desk.ask("", method, path, &[], b"");
        assert_eq!((answer.status, answer.problem().as_str()), (401, "no-token"), "{path}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        let answer = desk.ask("", method, path, &[("Authorization", "Bearer ts_admin_guess")], b"");
        assert_eq!((answer.status, answer.problem().as_str()), (401, "unknown-token"), "{path}");
        for role in ["ingest", "read", "review", "admin"] {
            let answer = desk.ask(role, method, path, &[], b"");
            let refused = answer.status == 403 && answer.problem() == "role-too-small";
            assert_eq!(!refused, may(role, needed), "{role} {method} {path}: {}", answer.status);
        }
    }
    // Pages that change something, too; their problems are pages.
    for what in ["claim", "release", "note", "decide", "second", "appeal", "undo"] {
        let answer = desk.ask("read", "POST", &format!("/cases/c1/{what}"), &[], b"");
        assert_eq!(
            (answer.status, answer.headers["content-type"].as_str()),
            (403, "text/html; charset=utf-8"),
            "{what}"
        );
    }
    for path in ["/healthz", "/readyz", "/v1/openapi.json", "/sign-in", "/static/console.css"] {
        assert_eq!(desk.get("", path).status, 200, "{path}");
    }
}

#[test]
fn a_revoked_token_opens_nothing_soon_after() {
    let desk = Desk::new();
    let tokens = touchstone_serve::Tokens::open(&desk.data()).unwrap();
    let id = tokens.list().into_iter().find(|t| t.name == "read").unwrap().id;
    assert_eq!(desk.get("read", "/v1/counts").status, 200);
    tokens.revoke(&id).unwrap();
    let start = std::time::Instant::now();
    while desk.get("read", "/v1/counts").status != 401 {
        assert!(start.elapsed().as_secs() < 10);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn browsers_are_told_to_trust_nothing_from_elsewhere() {
    let desk = Desk::new();
    for path in ["/sign-in", "/v1/counts", "/nothing", "/static/console.css"] {
        let answer = desk.get("", path);
        let policy = &answer.headers["content-security-policy"];
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    }
    // Pages keep to it: nothing inline, nothing from elsewhere.
    let page = desk.get("", "/sign-in").text();
    for forbidden in ["<script>", "style=", "onclick", "http://", "https://"] {
        assert!(!page.contains(forbidden), "{forbidden} in {page}");
    }
    let answer = desk.ask("read", "GET", "/v1/counts", &[("Host", "evil.example")], b"");
    assert_eq!((answer.status, answer.problem().as_str()), (421, "wrong-host"), "a name that points here is not ours");
    assert_eq!(desk.ask("read", "GET", "/v1/counts", &[("Host", "localhost:1")], b"").status, 200);
    let desk = Desk::with(|o| o.public_url = Some("https://touchstone.example/".into()));
    assert_eq!(desk.ask("read", "GET", "/v1/counts", &[("Host", "touchstone.example")], b"").status, 200);
}

/// Signs in; the cookie as a request sends it, and the answer.
fn sign_in(desk: &Desk, token: &str) -> (String, Answer) {
    let form = format!("token={token}");
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = request(desk.address(), "POST", "/sign-in", &headers, form.as_bytes());
    let cookie = answer.headers.get("set-cookie").map_or("", |c| c.split(';').next().unwrap_or("")).to_owned();
    (cookie, answer)
}

#[test]
fn people_sign_in_and_forms_carry_their_sessions_number() {
    let desk = Desk::new();
    assert_eq!(desk.get("", "/").headers["location"], "/sign-in");
    let (cookie, answer) = sign_in(&desk, "guess");
    assert_eq!((answer.status, cookie.as_str()), (401, ""));
    let (_, answer) = sign_in(&desk, desk.token("ingest"));
    assert_eq!(answer.status, 401, "a token that may not read is for no person");
    let (cookie, answer) = sign_in(&desk, desk.token("review"));
    assert_eq!((answer.status, answer.headers["location"].as_str()), (303, "/"));
    let set = &answer.headers["set-cookie"];
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
    assert!(!set.contains(desk.token("review")));
    let with = [("Cookie", cookie.as_str())];
    let page = request(desk.address(), "GET", "/", &with, b"");
    assert_eq!(page.status, 200);
    let csrf = page.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(page.text().contains("review"));
    assert_eq!(request(desk.address(), "GET", "/v1/counts", &with, b"").status, 200, "pages may ask the API");
    let form = [with[0], ("Content-Type", "application/x-www-form-urlencoded")];
    for body in ["", "csrf=", "csrf=guess"] {
        let answer = request(desk.address(), "POST", "/sign-out", &form, body.as_bytes());
        assert!(answer.status == 403 && answer.text().contains("was not sent from this site"), "{body:?}");
    }
    let answer = request(desk.address(), "POST", "/v1/decide", &with, br#"{"actor":"a","target":"p"}"#);
    assert_eq!(answer.status, 403, "the API, too, where a cookie says who asks");
    let header = [with[0], ("X-CSRF-Token", csrf.as_str())];
    assert_eq!(request(desk.address(), "POST", "/v1/decide", &header, br#"{"actor":"a","target":"p"}"#).status, 200);
    let answer = request(desk.address(), "POST", "/sign-out", &form, format!("x=1&csrf={csrf}").as_bytes());
    assert_eq!(answer.status, 303);
    assert_eq!(request(desk.address(), "GET", "/", &with, b"").status, 303, "signed out");

    let elsewhere = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "cross-site")];
    let body = format!("token={}", desk.token("review"));
    assert_eq!(request(desk.address(), "POST", "/sign-in", &elsewhere, body.as_bytes()).status, 403);
    let desk = Desk::with(|o| o.public_url = Some("https://touchstone.example".into()));
    let (_, answer) = sign_in(&desk, desk.token("read"));
    assert!(answer.headers["set-cookie"].contains("; Secure"));
    let desk = Desk::with(|o| o.limits.sign_ins_per_minute = 3.0);
    let refused = (0..5).map(|_| sign_in(&desk, "guess").1).find(|a| a.status == 429);
    assert_eq!(refused.expect("five attempts are more than three").problem(), "too-many-requests");
}

/// True where some file below `folder` holds the text: as it stands, or within a column of Parquet.
fn occurs(folder: &Path, needle: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return occurs(&path, needle);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(needle.len()).any(|w| w == needle.as_bytes()) || in_parquet(&path, needle)
    })
}

fn in_parquet(path: &Path, needle: &str) -> bool {
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    if path.extension().is_none_or(|e| e != "parquet") {
        return false;
    }
    let file = std::fs::File::open(path).unwrap();
    let batches = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    batches.into_iter().any(|batch| {
        let batch = batch.unwrap();
        let texts = batch.columns().iter().filter_map(|c| c.as_string_opt::<i32>());
        texts.into_iter().any(|column| column.iter().flatten().any(|text| text.contains(needle)))
    })
}

#[test]
fn an_erased_account_is_in_no_file_and_the_others_stay() {
    let desk = Desk::new();
    desk.land(&ringed());
    desk.flush();
    let last = r#"{"actor":"ring3","target":"other","owner":"ring3","ts":1702500000,"kind":"like"}"#;
    desk.land(last);
    let pseudonym = desk.get("read", "/v1/accounts/ring3").json()["account"]["pseudonym"].as_str().unwrap().to_owned();
    assert!(occurs(&desk.data(), &pseudonym), "else the search proves nothing");
    assert!(!occurs(&desk.data(), "ring3"), "no name stands in clear");
    let answer = desk.ask("admin", "DELETE", "/v1/accounts/ring3", &[], b"");
    assert_eq!((answer.status, answer.json()["rows"].as_u64()), (200, Some(25)), "{}", answer.text());
    assert!(!occurs(&desk.data(), &pseudonym));
    assert_eq!(desk.get("read", "/v1/accounts/ring3").status, 404);
    assert_eq!(desk.get("read", "/v1/accounts/ring4").json()["account"]["verdict"], "inauthentic");
    let metrics = desk.get("read", "/metrics").text();
    assert!(
        !metrics.contains("ring4") && !metrics.contains(&pseudonym) && metrics.contains("/v1/accounts/{account}"),
        "no ids as labels"
    );
}
