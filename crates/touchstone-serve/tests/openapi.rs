//! The OpenAPI document says what the server does: every operation is called on a running server, and what it answers is
//! held against the schema of its status.

mod common;
#[path = "common/schema.rs"]
mod schema;

use common::{Answer, Desk, ringed};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
    let desk = Desk::new();
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
    let mut names = 0;
    for line in source.lines().filter(|l| l.contains("(4") || l.contains("(5")) {
        let Some(name) = line.split('"').nth(1).filter(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        else {
            continue;
        };
        assert!(text.contains(&format!("`{name}`")), "docs/SERVICE.md does not explain {name}");
        names += 1;
    }
    assert!(names >= 15, "{names}");
}
