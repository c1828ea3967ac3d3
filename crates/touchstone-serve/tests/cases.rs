//! Cases over HTTP: from findings to a decision, its effect on answers, an appeal, and back.

mod common;

use common::{Answer, Desk, ringed};
use serde_json::{Value, json};

/// A server with the findings of a log in which 20 accounts fake together.
fn found() -> Desk {
    let desk = Desk::new();
    desk.land(&ringed());
    desk.flush();
    desk
}

fn post(desk: &Desk, who: &str, path: &str, body: &Value) -> Answer {
    desk.ask(who, "POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

fn done(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The number of the ring's case.
fn ring(desk: &Desk) -> String {
    let list = desk.get("read", "/v1/cases?q=is:ring").json();
    assert_eq!(list["total"], 1, "{list:#}");
    list["items"][0]["case"].as_str().unwrap().to_owned()
}

/// Decides a claimed case as somebody, with the second review that one in ten needs. Who had no part in it.
fn decide(desk: &Desk, case: &str, who: &str, decision: &Value) -> &'static str {
    done(&post(desk, who, &format!("/v1/cases/{case}/claim"), &json!({})));
    let after = done(&post(desk, who, &format!("/v1/cases/{case}/decision"), decision));
    if after["case"]["status"] != "awaits_second" {
        return "bob";
    }
    done(&post(desk, "bob", &format!("/v1/cases/{case}/claim"), &json!({})));
    let agreed = json!({"yes": true, "reason": "so it is"});
    let after = done(&post(desk, "bob", &format!("/v1/cases/{case}/second"), &agreed));
    assert_eq!(after["case"]["status"], "decided");
    "admin"
}

fn fake() -> Value {
    json!({"answer": "confirmed", "measures": [{"kind": "discount", "days": 30}], "reason": "the same posts within seconds"})
}

/// Corrected counts of all targets, summed.
fn authentic(desk: &Desk) -> f64 {
    let targets = desk.get("read", "/v1/targets?limit=1000").json();
    targets["items"].as_array().unwrap().iter().map(|t| t["authentic"].as_f64().unwrap()).sum()
}

#[test]
fn a_ring_becomes_one_case_however_often_it_is_found() {
    let desk = found();
    let case = ring(&desk);
    let detail = desk.get("read", &format!("/v1/cases/{case}")).json();
    assert_eq!(detail["members"].as_array().unwrap().len(), 20);
    let name = detail["members"][0]["account"].as_str().unwrap();
    assert!(name.starts_with("ring"), "the platform's own name, not {name}");
    assert!(!detail["evidence"].as_array().unwrap().is_empty());
    // Found again, after more events and after a restart, it is the same case.
    desk.land(r#"{"actor":"late","target":"post1","ts":1700000000,"kind":"like"}"#);
    desk.flush();
    assert_eq!(ring(&desk), case);
    let mut desk = desk;
    desk.start(|_| {});
    assert_eq!(ring(&desk), case);
}

#[test]
fn a_decision_needs_a_claim_and_a_reason_and_can_be_taken_back() {
    let desk = found();
    let case = ring(&desk);
    let path = format!("/v1/cases/{case}/decision");
    let unclaimed = post(&desk, "review", &path, &fake());
    assert_eq!((unclaimed.status, unclaimed.problem().as_str()), (409, "conflict"));
    done(&post(&desk, "review", &format!("/v1/cases/{case}/claim"), &json!({})));
    let taken = post(&desk, "bob", &format!("/v1/cases/{case}/claim"), &json!({}));
    assert_eq!((taken.status, taken.problem().as_str()), (409, "conflict"), "{}", taken.text());
    let silent = json!({"answer": "cleared", "reason": " . "});
    let silent = post(&desk, "review", &path, &silent);
    assert_eq!((silent.status, silent.problem().as_str()), (422, "unfit"));
    assert_eq!(post(&desk, "read", &path, &fake()).problem(), "role-too-small");

    let (before, effect) = (authentic(&desk), desk.get("read", &format!("/v1/cases/{case}/effect")).json());
    let at_stake = effect["endorsements"].as_f64().unwrap();
    assert!(at_stake > 10.0, "{effect:#}");
    decide(&desk, &case, "review", &json!({"answer": "cleared", "reason": "a class with one reading list"}));
    let cleared = authentic(&desk);
    assert!((cleared - before - at_stake).abs() < 1e-3, "{before} and {at_stake} are not {cleared}");
    for target in effect["targets"].as_array().unwrap() {
        let now = desk.get("read", &format!("/v1/targets/{}", target["target"].as_str().unwrap())).json();
        let (now, said) = (now["target"]["authentic"].as_f64(), target["if_cleared"].as_f64());
        assert!((now.unwrap() - said.unwrap()).abs() < 1e-6, "the preview said so");
    }
    let decide = |actor: &str| {
        post(&desk, "read", "/v1/decide", &json!({"actor": actor, "target": "post1"})).json()["decision"].clone()
    };
    assert_eq!(decide("ring3"), "allow", "a reviewer cleared it");
    assert_eq!(desk.get("read", "/v1/accounts/ring3").json()["account"]["review"], "cleared");

    done(&post(&desk, "review", &format!("/v1/cases/{case}/undo"), &json!({"text": "the wrong case"})));
    assert!((authentic(&desk) - before).abs() < 1e-6, "as before");
    assert_eq!(decide("ring3"), "discount");
    assert_eq!(ring(&desk), case, "and it waits again");
}

#[test]
fn an_appeal_is_decided_by_somebody_else_and_gives_back_this_accounts_endorsements_alone() {
    let desk = found();
    let case = ring(&desk);
    let judge = decide(&desk, &case, "review", &fake());
    let before = authentic(&desk);
    let actions = desk.get("read", "/v1/actions?account=ring3").json();
    let action = &actions["items"][0];
    let appeal = json!({"account": "ring3", "action": action["action"], "text": "it was my class"});
    let stranger = json!({"account": "ring4", "action": action["action"], "text": "it was my class"});
    assert_eq!(post(&desk, "review", "/v1/appeals", &stranger).status, 404, "whose it is, is nobody's business");
    let lodged = done(&post(&desk, "review", "/v1/appeals", &appeal))["appeal"].as_str().unwrap().to_owned();
    assert_eq!(post(&desk, "review", "/v1/appeals", &appeal).status, 409, "once");

    let own = post(&desk, "review", &format!("/v1/cases/{case}/claim"), &json!({}));
    assert_eq!((own.status, own.problem().as_str()), (403, "barred"));
    let next = done(&desk.ask(judge, "POST", "/v1/cases/next", &[], b""));
    assert_eq!(next["case"]["case"]["case"], case.as_str(), "appeals come first");
    assert_eq!(next["case"]["appeals"][0]["text"], "it was my class");
    let upheld = json!({"yes": true, "reason": "the class is real"});
    done(&post(&desk, judge, &format!("/v1/appeals/{lodged}/decision"), &upheld));

    let discounted = desk.get("read", "/v1/accounts/ring3").json()["account"]["discounted"].as_f64().unwrap();
    assert!((authentic(&desk) - before - discounted).abs() < 1e-3);
    let phase =
        |account: &str| desk.get("read", &format!("/v1/actions?account={account}")).json()["items"][0]["phase"].clone();
    assert_eq!((phase("ring3"), phase("ring4")), (json!("reversed"), json!("in_force")));
    let labels = desk.get("read", "/v1/labels").text();
    assert!(labels.contains("ring3,,cleared,") && labels.contains("ring4,,confirmed,"), "{labels}");
}

#[test]
fn an_appeal_by_link_shows_what_was_done_and_nobody_else() {
    let desk = found();
    let case = ring(&desk);
    decide(&desk, &case, "review", &fake());
    let actions = desk.get("read", "/v1/actions?account=ring3").json();
    let path = actions["items"][0]["appeal_path"].as_str().unwrap();
    let page = desk.get("", path);
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("ring3") && text.contains("the same posts within seconds"), "{text}");
    assert!(!text.contains("ring4") && !text.contains("review</bdi>"), "nobody else");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let broken = format!("{}0", &path[..path.len() - 1]);
    let broken = if broken == path { format!("{}1", &path[..path.len() - 1]) } else { broken };
    assert_eq!(desk.get("", &broken).status, 403, "a link that was not made here");
    assert_eq!(desk.ask("", "POST", path, &form, b"text=").status, 422, "nothing said");
    assert_eq!(desk.ask("", "POST", path, &form, b"text=It+was+my+class").status, 200);
    assert!(desk.get("", path).text().contains("nothing to appeal against"));
    assert_eq!(desk.get("read", "/v1/cases?q=status:appealed").json()["total"], 1);
}

#[test]
fn the_ledger_in_the_folder_verifies_and_holds_no_name() {
    let desk = found();
    let case = ring(&desk);
    decide(&desk, &case, "review", &fake());
    let list = desk.get("read", "/v1/ledger?limit=1000").json();
    let place = touchstone_ledger::Place::File(desk.data().join("ledger.db"));
    let head = touchstone_ledger::chain::Head {
        seq: list["last"].as_u64().unwrap(),
        hash: list["hash"].as_str().unwrap().to_owned(),
    };
    let verified = touchstone_ledger::verify(&place, Some(&head)).unwrap();
    assert!(verified.broken.is_none(), "{:?}", verified.broken);
    for entry in std::fs::read_dir(desk.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("ledger.db") {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(6).any(|w| w == b"ring17"), "{}: a name in clear", path.display());
        }
    }
}

#[test]
fn ranks_are_said_before_and_are_so_after() {
    let desk = found();
    let case = ring(&desk);
    let rank = |target: &Value| {
        desk.get("read", &format!("/v1/targets/{}", target["target"].as_str().unwrap())).json()["rank"].clone()
    };
    let effect = desk.get("read", &format!("/v1/cases/{case}/effect")).json();
    let targets = effect["targets"].as_array().unwrap();
    assert!(targets.len() >= 20 && targets.iter().all(|t| t["rank"] == rank(t)), "{effect:#}");
    let rises = targets.iter().filter(|t| t["rank_if_cleared"].as_u64() < t["rank"].as_u64()).count();
    assert!(rises >= 10, "their likes are worth something: {effect:#}");
    decide(&desk, &case, "review", &json!({"answer": "cleared", "reason": "a class with one reading list"}));
    for target in targets {
        assert_eq!(rank(target), target["rank_if_cleared"], "{target}");
    }
}

#[test]
fn a_golden_case_looks_like_any_other_and_scores_the_reviewer() {
    let desk = found();
    let asked = json!({"account": "ring3", "answer": "confirmed"});
    let made = done(&post(&desk, "admin", "/v1/golden", &asked))["case"].as_str().unwrap().to_owned();
    let shown =
        desk.get("read", &format!("/v1/cases/{made}")).text() + &desk.get("review", &format!("/cases/{made}")).text();
    // All words that pages may hold are in their catalogue.
    let shown = shown.split("<script").next().unwrap();
    assert!(!shown.contains("olden"), "nothing says what it is: {shown}");
    assert!(
        desk.get("read", "/v1/cases?q=is:account").text().contains(&format!("\"{made}\"")),
        "it waits with the others"
    );
    decide(&desk, &made, "review", &fake());
    assert_eq!(desk.get("read", "/v1/actions?account=ring3").json()["items"], json!([]), "nothing is done");
    assert!(!desk.get("read", "/v1/labels").text().contains("ring3"), "nothing is learned");
    let scores = desk.get("admin", "/v1/reviewers").json();
    let mine = scores["items"].as_array().unwrap().iter().find(|r| r["reviewer"] == "review").unwrap();
    assert_eq!((&mine["golden"], &mine["golden_right"]), (&json!(1), &json!(1)), "{scores:#}");
    let page = desk.get("review", "/reviewers").text();
    assert!(page.contains("1 of 1") && !page.contains("<bdi>bob</bdi></th>"), "the own line alone: {page}");
    for bad in [json!({"answer": "confirmed"}), json!({"ring": "r1", "answer": "unsure"})] {
        assert_eq!(post(&desk, "admin", "/v1/golden", &bad).status, 400, "{bad}");
    }

    // A decided case is put into the queue again by an admin; whoever decides it otherwise is wrong.
    let case = ring(&desk);
    decide(&desk, &case, "review", &fake());
    let before = desk.get("read", "/v1/cases").json()["total"].as_u64().unwrap();
    assert_eq!(desk.ask("review", "POST", &format!("/cases/{case}/golden"), &[], b"").status, 403);
    assert_eq!(desk.ask("admin", "POST", &format!("/cases/{case}/golden"), &[], b"").status, 303);
    assert_eq!(desk.get("read", "/v1/cases").json()["total"], before + 1);
    let again = ring(&desk);
    decide(&desk, &again, "admin", &json!({"answer": "cleared", "reason": "they seem to like the same things"}));
    let scores = desk.get("admin", "/v1/reviewers").json();
    let other = scores["items"].as_array().unwrap().iter().find(|r| r["reviewer"] == "admin").unwrap();
    assert_eq!((&other["golden"], &other["golden_right"]), (&json!(1), &json!(0)), "{scores:#}");
}

#[test]
fn many_at_once_are_listed_and_taken_back_later() {
    let desk = found();
    let before = authentic(&desk);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let sent = |path: &str, body: &str| desk.ask("review", "POST", path, &form, body.as_bytes());
    let answer = sent("/queue/bulk", "q=is%3Aring&expected=1&answer=cleared&reason=one+class");
    assert_eq!((answer.status, answer.headers["location"].as_str()), (303, "/bulk"), "{}", answer.text());
    let page = desk.get("review", "/bulk").text();
    assert!(page.contains("<kbd>is:ring</kbd>") && page.contains("1 case decided"), "{page}");
    let undo = page.split("action=\"").find_map(|p| p.split('"').next().filter(|a| a.ends_with("/undo"))).unwrap();
    assert_eq!(sent(undo, "reason=looked+at+the+wrong+ones").status, 303);
    let page = desk.get("review", "/bulk").text();
    assert!(page.contains("0 still stand") && !page.contains("/undo\""), "{page}");
    assert!((authentic(&desk) - before).abs() < 1e-6);
}
