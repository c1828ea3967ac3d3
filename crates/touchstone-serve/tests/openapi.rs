//! The OpenAPI document says what the server does: every operation is called on a running server, and what it answers is
//! held against the schema of its status.

mod common;
#[path = "common/schema.rs"]
mod schema;

use common::{Answer, Desk, ringed};
use serde_json::Value;
use std::collections::BTreeSet;

const POLICY: &str = include_str!("../../../docs/policy.toml");

/// What an answer is held against: the schema of its status and type in the document.
fn check(document: &Value, path: &str, method: &str, answer: &Answer) {
    let operation = &document["paths"][path][method];
    let said = &operation["responses"][answer.status.to_string()];
    assert!(
        said.is_object(),
        "{method} {path} answered {}, which the document does not know: {}",
        answer.status,
        answer.text()
    );
    let kind = answer.headers["content-type"].as_str();
    let content =
        said["content"].as_object().unwrap_or_else(|| panic!("{method} {path} {}: no content", answer.status));
    let (_, media) = content
        .iter()
        .find(|(name, _)| kind.starts_with(name.as_str()))
        .unwrap_or_else(|| panic!("{method} {path}: {kind} is not among {:?}", content.keys()));
    if !kind.contains("json") {
        return;
    }
    let body = answer.json();
    let mut faults = Vec::new();
    schema::hold(document, &media["schema"], &body, "", &mut faults);
    assert!(faults.is_empty(), "{method} {path} {}: {faults:?}\n{body:#}", answer.status);
}

#[test]
fn every_operation_answers_as_the_document_says() {
    let desk = Desk::with(|options| {
        std::fs::write(options.data.join("policy.toml"), POLICY).unwrap();
        options.policy = Some(options.data.join("policy.toml"));
    });
    let served = desk.get("", "/v1/openapi.json");
    assert_eq!(served.text(), touchstone_serve::openapi_document());
    let document = served.json();
    // Before there are findings, with them, and without a token.
    let calls: Vec<(&str, &str, String, &str, &str)> = vec![
        (
            "/v1/events",
            "post",
            "/v1/events".into(),
            "application/x-ndjson",
            r#"{"actor":"a","target":"p","ts":1700000000,"kind":"like"}"#,
        ),
        (
            "/v1/events",
            "post",
            "/v1/events".into(),
            "application/x-ndjson",
            "{\"actor\":\"a\",\"target\":\"p\",\"ts\":1700000000,\"kind\":\"like\"}\n{}",
        ),
        ("/v1/events", "post", "/v1/events".into(), "application/x-ndjson", "{}"),
        ("/v1/events", "post", "/v1/events".into(), "application/cloudevents+json", "{"),
        ("/v1/events", "post", "/v1/events".into(), "image/png", "x"),
        ("/v1/decide", "post", "/v1/decide".into(), "application/json", r#"{"actor":"ring3","target":"post1"}"#),
        ("/v1/decide", "post", "/v1/decide".into(), "application/json", r#"{"actor":"ring3"}"#),
        ("/v1/accounts", "get", "/v1/accounts?limit=3".into(), "", ""),
        ("/v1/accounts", "get", "/v1/accounts?verdict=guilty".into(), "", ""),
        ("/v1/accounts/{account}", "get", "/v1/accounts/ring3".into(), "", ""),
        ("/v1/accounts/{account}", "get", "/v1/accounts/nobody".into(), "", ""),
        ("/v1/targets", "get", "/v1/targets?limit=2".into(), "", ""),
        ("/v1/targets", "get", "/v1/targets?limit=0".into(), "", ""),
        ("/v1/targets/{target}", "get", "/v1/targets/post1".into(), "", ""),
        ("/v1/targets/{target}", "get", "/v1/targets/nothing".into(), "", ""),
        ("/v1/rings", "get", "/v1/rings".into(), "", ""),
        ("/v1/rings", "get", "/v1/rings?cursor=%25".into(), "", ""),
        ("/v1/rings/{ring}", "get", "/v1/rings/r1".into(), "", ""),
        ("/v1/rings/{ring}", "get", "/v1/rings/none".into(), "", ""),
        ("/v1/evidence", "get", "/v1/evidence?subject_type=account&subject=ring3".into(), "", ""),
        ("/v1/evidence", "get", "/v1/evidence?subject_type=planet&subject=x".into(), "", ""),
        ("/v1/counts", "get", "/v1/counts".into(), "", ""),
        ("/healthz", "get", "/healthz".into(), "", ""),
        ("/readyz", "get", "/readyz".into(), "", ""),
        ("/metrics", "get", "/metrics".into(), "", ""),
        ("/v1/cases", "get", "/v1/cases?q=is:ring&limit=3".into(), "", ""),
        ("/v1/cases", "get", "/v1/cases?q=is:planet".into(), "", ""),
        ("/v1/cases/next", "post", "/v1/cases/next?q=is:ring".into(), "", ""),
        ("/v1/cases/{case}", "get", "/v1/cases/c2".into(), "", ""),
        ("/v1/cases/{case}", "get", "/v1/cases/x".into(), "", ""),
        ("/v1/cases/{case}/effect", "get", "/v1/cases/c2/effect".into(), "", ""),
        ("/v1/cases/{case}/claim", "post", "/v1/cases/c2/claim".into(), "", ""),
        ("/v1/cases/{case}/notes", "post", "/v1/cases/c2/notes".into(), "application/json", r#"{"text":"seen"}"#),
        ("/v1/cases/{case}/notes", "post", "/v1/cases/c2/notes".into(), "application/json", r#"{"text":""}"#),
        ("/v1/cases/{case}/decision", "post", "/v1/cases/c2/decision".into(), "application/json", "{"),
        ("/v1/cases/{case}/undo", "post", "/v1/cases/c2/undo".into(), "application/json", r#"{"text":"why not"}"#),
        ("/v1/actions", "get", "/v1/actions?case=c2".into(), "", ""),
        ("/v1/actions", "get", "/v1/actions".into(), "", ""),
        (
            "/v1/appeals",
            "post",
            "/v1/appeals".into(),
            "application/json",
            r#"{"account":"ring3","action":"a9","text":"not me"}"#,
        ),
        (
            "/v1/appeals/{appeal}/decision",
            "post",
            "/v1/appeals/p9/decision".into(),
            "application/json",
            r#"{"yes":true,"reason":"right"}"#,
        ),
        ("/v1/labels", "get", "/v1/labels".into(), "", ""),
        ("/v1/ledger", "get", "/v1/ledger?limit=2".into(), "", ""),
        ("/v1/ledger", "get", "/v1/ledger?limit=0".into(), "", ""),
        ("/v1/policy", "get", "/v1/policy".into(), "", ""),
        ("/v1/policy/backtest", "post", "/v1/policy/backtest".into(), "application/toml", POLICY),
        ("/v1/policy/backtest", "post", "/v1/policy/backtest".into(), "application/toml", "name = 3"),
        ("/v1/golden", "post", "/v1/golden".into(), "application/json", r#"{"account":"ring3","answer":"confirmed"}"#),
        ("/v1/golden", "post", "/v1/golden".into(), "application/json", r#"{"ring":"r9","answer":"cleared"}"#),
        ("/v1/golden", "post", "/v1/golden".into(), "application/json", r#"{"answer":"cleared"}"#),
        ("/v1/reviewers", "get", "/v1/reviewers".into(), "", ""),
        ("/v1/webhooks/retry", "post", "/v1/webhooks/retry".into(), "", ""),
        ("/v1/flush", "post", "/v1/flush".into(), "", ""),
        ("/v1/accounts/{account}", "delete", "/v1/accounts/user9".into(), "", ""),
    ];
    let mut statuses = BTreeSet::new();
    for findings in [false, true] {
        for (path, method, uri, kind, body) in &calls {
            let headers: Vec<(&str, &str)> = if kind.is_empty() { vec![] } else { vec![("Content-Type", kind)] };
            for role in ["admin", ""] {
                let answer = desk.ask(role, &method.to_uppercase(), uri, &headers, body.as_bytes());
                if role.is_empty() && answer.status == 401 && *method == "post" {
                    // What every guarded operation answers; listed where it matters to the caller.
                    assert_eq!(answer.problem(), "no-token");
                    continue;
                }
                check(&document, path, method, &answer);
                statuses.insert((*path, *method, answer.status));
            }
        }
        if !findings {
            desk.land(&ringed());
            desk.flush();
        }
    }
    // A case from its claim to an appeal that is upheld.
    let mut step = |who: &str, path: &'static str, uri: &str, body: &str| {
        let answer = desk.ask(who, "POST", uri, &[("Content-Type", "application/json")], body.as_bytes());
        check(&document, path, "post", &answer);
        assert_eq!(answer.status, 200, "{who} {uri}: {}", answer.text());
        statuses.insert((path, "post", answer.status));
        answer.json()
    };
    let case = desk.get("read", "/v1/cases?q=is:ring").json()["items"][0]["case"].as_str().unwrap().to_owned();
    let at = |what: &str| format!("/v1/cases/{case}/{what}");
    step("admin", "/v1/cases/{case}/claim", &at("claim"), "");
    let suspend = r#"{"answer":"confirmed","measures":[{"kind":"suspend","days":3}],"reason":"one hand"}"#;
    step("admin", "/v1/cases/{case}/decision", &at("decision"), suspend);
    step("bob", "/v1/cases/{case}/claim", &at("claim"), "");
    step("bob", "/v1/cases/{case}/second", &at("second"), r#"{"yes":true,"reason":"so it is"}"#);
    step("bob", "/v1/cases/{case}/undo", &at("undo"), r#"{"text":"too hard"}"#);
    step("admin", "/v1/cases/{case}/claim", &at("claim"), "");
    step("admin", "/v1/cases/{case}/decision", &at("decision"), suspend);
    step("bob", "/v1/cases/{case}/claim", &at("claim"), "");
    step("bob", "/v1/cases/{case}/second", &at("second"), r#"{"yes":true,"reason":"so it is"}"#);
    let actions = desk.get("read", "/v1/actions?account=ring3").json();
    let action = actions["items"][0]["action"].as_str().unwrap();
    let appeal = format!(r#"{{"account":"ring3","action":"{action}","text":"not me"}}"#);
    let lodged = step("admin", "/v1/appeals", "/v1/appeals", &appeal);
    step("review", "/v1/cases/{case}/claim", &at("claim"), "");
    let uri = format!("/v1/appeals/{}/decision", lodged["appeal"].as_str().unwrap());
    step("review", "/v1/appeals/{appeal}/decision", &uri, r#"{"yes":true,"reason":"right"}"#);
    // Nothing in the document went uncalled.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|m| *m != "parameters") {
            let called = statuses.iter().any(|(p, m, status)| p == path && m == method && *status < 300);
            assert!(called, "{method} {path} was not seen to succeed");
        }
    }
}

#[test]
fn the_table_of_problems_is_documented() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/SERVICE.md")).unwrap();
    let source = include_str!("../src/problem.rs");
    // Rows are (status, "name", ...), in one line or in several.
    let flat = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut names = 0;
    for row in flat.split("=> ").skip(1) {
        let row = row.trim_start_matches(['{', '(', ' ']);
        if !row.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let name = row.split('"').nth(1).unwrap();
        assert!(text.contains(&format!("`{name}`")), "docs/SERVICE.md does not explain {name}");
        names += 1;
    }
    assert!(names >= 25, "{names}");
}
