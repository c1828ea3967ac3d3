//! A policy at work in the service: what it does, what it only records, who is told, and what is taken back.

mod common;
#[path = "../../touchstone-ledger/tests/common/hook.rs"]
mod hook;

use common::{Desk, ringed};
use hook::Hook;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const POLICY: &str = r#"name = "Likes"
[limits]
per_day = 12
per_author_day = 1000
share_of_accounts = 0.5
[review]
second_share = 0.0
[[rule]]
name = "proven ring"
when = "verdict == 'inauthentic' && ring.members >= 5"
mode = "live"
reason = "They came with those of the same other accounts, far too often for chance."
ground = "terms, section 4"
[[rule.step]]
action = "discount"
days = 30
[[rule]]
name = "tried"
when = "verdict == 'inauthentic'"
reason = "They look as if they were made for somebody else, and are looked at by a person."
ground = "terms, section 4"
[[rule.step]]
action = "suspend"
days = 7
"#;

/// A server with a policy and a receiver, and the findings of a log in which 20 accounts fake together.
fn found(policy: &str, hook: &Hook) -> Desk {
    let desk = Desk::with(|options| {
        std::fs::write(options.data.join("policy.toml"), policy).unwrap();
        options.policy = Some(options.data.join("policy.toml"));
        options.receivers = vec![hook.receiver.clone()];
    });
    desk.land(&ringed());
    desk.flush();
    desk
}

fn policy(desk: &Desk) -> Value {
    desk.get("read", "/v1/policy").json()
}

fn post(desk: &Desk, who: &str, path: &str, body: &Value) -> Value {
    let answer = desk.ask(who, "POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// Waits until something holds: the server looks at its files every tick.
fn until(what: &str, holds: impl Fn() -> bool) {
    let since = std::time::Instant::now();
    while !holds() {
        assert!(since.elapsed().as_secs() < 20, "not yet: {what}");
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
}

#[test]
fn what_a_policy_does_is_told_and_taken_back_on_appeal() {
    let hook = Hook::new(&[500]);
    let desk = found(POLICY, &hook);
    // Twelve of twenty: the breaker holds the others back.
    let rule = policy(&desk)["policy"]["rules"][0].clone();
    assert_eq!(rule["backtest"]["holds"], 20, "{rule:#}");
    assert_eq!((&rule["record"]["acted"], &rule["record"]["standing"]), (&json!(12), &json!(12)));
    assert_eq!(rule["record"]["held_today"], json!([{"breaker": "day", "actions": 8}]));
    let tripped = |desk: &Desk| {
        let entries = desk.get("read", "/v1/ledger?limit=1000").json();
        entries["items"].as_array().unwrap().iter().filter(|e| e["what"] == "tripped").count()
    };
    assert_eq!(tripped(&desk), 1);

    // Each is told, signed, under a key of its own and by the name that the platform knows; also the one refused at first.
    let told = hook.once(|all| all.len() >= 12);
    let distinct: BTreeSet<_> = told.iter().map(|r| r.key().to_owned()).collect();
    assert!(told.iter().all(hook::Request::is_signed) && distinct.len() >= 11, "{distinct:?}");
    let notice = told[5].json();
    let account = notice["account"].as_str().unwrap().to_owned();
    assert!(account.starts_with("ring"), "{notice}");
    assert_eq!(
        (&notice["event"], &notice["kind"], &notice["automatic"], &notice["rule"]),
        (&json!("taken"), &json!("discount"), &json!(true), &json!("proven ring"))
    );

    // Found again, nothing more is done or entered.
    let last = desk.get("read", "/v1/ledger").json()["last"].clone();
    desk.land(r#"{"actor":"late","target":"post1","ts":1700000000,"kind":"like"}"#);
    desk.flush();
    assert_eq!(desk.get("read", "/v1/ledger").json()["last"], last);

    // The account appeals by the link in the notice; somebody upholds it; the receiver is told, and its likes count again.
    let counted = |account: &str| {
        let body = json!({"actor": account, "target": "anything"}).to_string();
        desk.ask("read", "POST", "/v1/decide", &[], body.as_bytes()).json()["decision"].clone()
    };
    assert_eq!(counted(&account), "discount");
    let link = format!("/appeal/{}", notice["appeal_token"].as_str().unwrap());
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    assert_eq!(desk.ask("", "POST", &link, &form, b"text=It+was+my+class").status, 200);
    let case = notice["case"].as_str().unwrap();
    let claimed = post(&desk, "review", &format!("/v1/cases/{case}/claim"), &json!({}));
    let appeal = claimed["appeals"][0]["appeal"].as_str().unwrap();
    post(
        &desk,
        "review",
        &format!("/v1/appeals/{appeal}/decision"),
        &json!({"yes": true, "reason": "the class is real"}),
    );
    let told = hook.once(|all| all.iter().any(|r| r.json()["event"] == "reversed"));
    let back = told.iter().find(|r| r.json()["event"] == "reversed").unwrap();
    assert!(back.is_signed() && told.iter().filter(|r| r.key() == back.key()).count() == 1);
    assert_eq!((&back.json()["account"], &back.json()["action"]), (&json!(account), &notice["action"]));
    assert_eq!(counted(&account), "allow");

    // Nor does the policy act on it again.
    desk.land(r#"{"actor":"later","target":"post1","ts":1700000000,"kind":"like"}"#);
    desk.flush();
    let record = policy(&desk)["policy"]["rules"][0]["record"].clone();
    assert_eq!((&record["acted"], &record["taken_back"], &record["standing"]), (&json!(12), &json!(1), &json!(11)));
}

#[test]
fn another_policy_takes_effect_when_the_file_changes_and_a_bad_one_is_refused() {
    let hook = Hook::new(&[]);
    let shadow = POLICY.replace("mode = \"live\"\n", "");
    let desk = found(&shadow, &hook);
    let file = desk.data().join("policy.toml");
    let rules = policy(&desk)["policy"]["rules"].clone();
    assert_eq!((&rules[0]["mode"], &rules[0]["record"]["shadowed"]), (&json!("shadow"), &json!(20)));
    assert_eq!((&rules[1]["record"]["shadowed"], &rules[1]["backtest"]["shadows"]), (&json!(20), &json!(20)));
    assert_eq!(desk.get("read", "/v1/actions?account=ring3").json()["items"], json!([]), "nobody is acted on");

    std::fs::write(&file, POLICY.replace("verdict ==", "verdit ==")).unwrap();
    until("it is refused", || policy(&desk)["refused"].is_string());
    let said = policy(&desk);
    assert!(said["refused"].as_str().unwrap().contains("policy.toml:10:9: no field \"verdit\""), "{said:#}");
    assert_eq!(said["policy"]["rules"][0]["mode"], "shadow", "the one before stays");

    // A good one acts on the findings that are there, by percentage.
    let half =
        POLICY.replace("mode = \"live\"", "mode = \"live\"\npercent = 50.0").replace("per_day = 12", "per_day = 1000");
    std::fs::write(&file, &half).unwrap();
    until("it is in force", || policy(&desk)["policy"]["rules"][0]["mode"] == "live");
    let rule = policy(&desk)["policy"]["rules"][0].clone();
    let acted = rule["record"]["acted"].as_u64().unwrap();
    assert!(acted > 0 && acted < 20, "{rule:#}");
    assert_eq!((&rule["backtest"]["acts"], rule["backtest"]["outside"].as_u64()), (&json!(acted), Some(20 - acted)));
    hook.once(|all| all.len() as u64 == acted);

    // What people find of whom a rule in shadow mode would have hit is its result.
    let case = desk.get("read", "/v1/cases?q=is:ring").json()["items"][0]["case"].as_str().unwrap().to_owned();
    post(&desk, "review", &format!("/v1/cases/{case}/claim"), &json!({}));
    let innocent = json!({"answer": "cleared", "reason": "a class with one reading list"});
    post(&desk, "review", &format!("/v1/cases/{case}/decision"), &innocent);
    let record = policy(&desk)["policy"]["rules"][1]["record"].clone();
    assert_eq!((&record["shadow_cleared"], &record["shadow_confirmed"]), (&json!(20), &json!(0)));
}

#[test]
fn a_policy_can_be_tried_before_it_is_in_force() {
    let desk = Desk::new();
    assert_eq!(policy(&desk)["policy"], Value::Null);
    let attempt = |text: &str| desk.ask("review", "POST", "/v1/policy/backtest", &[], text.as_bytes());
    assert_eq!(attempt(POLICY).problem(), "no-findings");
    desk.land(&ringed());
    desk.flush();
    let bad = attempt(&POLICY.replace("verdict ==", "verdit =="));
    assert_eq!(bad.problem(), "unfit");
    assert!(bad.text().contains("10:9: no field"), "{}", bad.text());
    let last = desk.get("read", "/v1/ledger").json()["last"].clone();
    let good = attempt(POLICY).json();
    assert_eq!((&good["rules"][0]["acts"], &good["hits_total"]), (&json!(12), &json!(12)), "{good:#}");
    assert!(good["hits"][0]["subject"].as_str().unwrap().starts_with("ring"), "{good:#}");
    assert_eq!(desk.get("read", "/v1/ledger").json()["last"], last, "nothing is entered");
    assert_eq!(desk.ask("read", "POST", "/v1/policy/backtest", &[], POLICY.as_bytes()).status, 403);
}

#[test]
fn a_server_does_not_start_with_a_policy_that_has_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, POLICY.replace("days = 30", "days = 0")).unwrap();
    let data = folder.path().join("data");
    let options = touchstone_serve::ServeOptions { policy: Some(path), ..common::options(&data) };
    let refused = touchstone_serve::Server::start(options).unwrap_err().to_string();
    assert!(refused.contains("policy.toml:16:8: days is from 1"), "{refused}");
    assert!(!data.exists(), "nor does it leave anything behind");
}
