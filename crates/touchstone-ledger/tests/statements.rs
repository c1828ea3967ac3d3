//! Statements of reasons: what the author is told, and what the EU's transparency database is, which is public.

mod common;

use common::{Somewhere, T0, confirm, evidence, findings};
use serde_json::Value;
use touchstone_ledger::findings::About;
use touchstone_ledger::policy::Policy;
use touchstone_ledger::{ActionId, ActionKind, Decision, Filter, Ledger, Outcome};

/// All other members of the ring, and whoever works with the ledger.
const OTHERS: [&str; 6] = ["bob-elk", "cyd-owl", "dan-ant", "fay-cod", "Ann Lee", "author-1"];

fn decided(place: &Somewhere, kind: ActionKind) -> (Ledger, ActionId) {
    let mut ledger = place.open();
    let mut found = findings();
    let names = "In step with bob-elk, cyd-owl and dan-ant; see bob-elk/tool and author-1's post.";
    found.evidence.push(evidence(About::Account("ada-fox".into()), names, 12.0));
    ledger.open_cases(&found, T0).unwrap();
    let case = ledger.next("Ann Lee", &Filter::default(), T0).unwrap().unwrap();
    let reason = "Works with bob-elk and fay-cod; Ann Lee looked at all of them.".to_owned();
    let ground = "terms 4; agreed by Ann Lee".to_owned();
    let decision = Decision { reason, ground, ..confirm(&[(kind, 30)]) };
    if ledger.decide(case, "Ann Lee", &decision, T0).unwrap() == Outcome::AwaitsSecond {
        ledger.claim(case, "Ben", T0).unwrap();
        ledger.second(case, "Ben", true, "so do I", T0).unwrap();
    }
    let seal = ledger.find(touchstone_ledger::SealKind::Account, "ada-fox").unwrap().unwrap();
    let action = ledger.state().unwrap().actions_of(&seal).next().unwrap().id;
    // An author's name is sealed where an action of a policy names it.
    let rule = "name = \"x\"\n[limits]\nper_day = 9\nper_author_day = 9\nshare_of_accounts = 1.0\n[[rule]]\nname = \"r\"\n\
                when = \"account.bits < 9.0\"\nmode = \"live\"\nreason = \"it is one of those\"\nground = \"terms\"\n\
                [[rule.step]]\naction = \"discount\"\ndays = 3\n";
    ledger.propose(&Policy::read(rule).unwrap(), &found, T0, false).unwrap();
    (ledger, action)
}

#[test]
fn the_author_is_told_what_why_how_long_and_how_to_complain() {
    let place = Somewhere::file();
    let (mut ledger, action) = decided(&place, ActionKind::Discount);
    let it = ledger.statement(action).unwrap().unwrap();
    assert_eq!((it.about.as_str(), it.from.as_str(), it.until.as_str()), ("ada-fox", "2026-05-28", "2026-06-27"));
    assert!(it.automated_detection && !it.automated_decision && !it.taken_back);
    assert!(it.facts.iter().any(|f| f.contains("Of 40 endorsements by this account, 30")), "{:?}", it.facts);
    assert!(it.facts.iter().any(|f| f.contains("3 others on 12 targets")), "{:?}", it.facts);
    assert!(it.facts.iter().any(|f| f.contains("In step with (another person)")), "{:?}", it.facts);
    assert!(it.complaint.contains("until 2026-11-28") && it.complaint.contains("no part in this decision"));
    assert_eq!(ledger.appeal_action(&it.appeal_token, T0).unwrap(), action);
    let text = serde_json::to_string(&it).unwrap();
    for other in OTHERS {
        assert!(!text.contains(other), "{other}: {text}");
    }
    ledger.erase("ada-fox", "ops", T0).unwrap();
    assert_eq!(ledger.statement(action).unwrap(), None);
}

/// The fields of the database's API (transparency.dsa.ec.europa.eu, API documentation, schema of July 2025): name, most
/// characters of a text, values of a list. What is not here it does not take.
const FIELDS: [(&str, usize, &[&str]); 23] = [
    ("decision_visibility", 0, &["DECISION_VISIBILITY_CONTENT_DEMOTED", "DECISION_VISIBILITY_OTHER"]),
    ("decision_visibility_other", 500, &[]),
    ("decision_provision", 0, &["DECISION_PROVISION_PARTIAL_SUSPENSION"]),
    ("decision_account", 0, &["DECISION_ACCOUNT_SUSPENDED"]),
    ("decision_ground", 0, &["DECISION_GROUND_INCOMPATIBLE_CONTENT"]),
    ("incompatible_content_ground", 500, &[]),
    ("incompatible_content_explanation", 2_000, &[]),
    ("incompatible_content_illegal", 0, &["No"]),
    ("content_type", 0, &["CONTENT_TYPE_OTHER"]),
    ("content_type_other", 500, &[]),
    ("category", 0, &["STATEMENT_CATEGORY_OTHER_VIOLATION_TC"]),
    ("category_specification", 0, &["KEYWORD_OTHER"]),
    ("category_specification_other", 500, &[]),
    ("content_date", 10, &[]),
    ("application_date", 10, &[]),
    ("end_date_visibility_restriction", 10, &[]),
    ("end_date_service_restriction", 10, &[]),
    ("end_date_account_restriction", 10, &[]),
    ("decision_facts", 5_000, &[]),
    ("source_type", 0, &["SOURCE_VOLUNTARY"]),
    ("automated_detection", 0, &["Yes"]),
    ("automated_decision", 0, &["AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY"]),
    ("puid", 500, &[]),
];

const REQUIRED: [&str; 10] = [
    "decision_ground",
    "content_type",
    "category",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "puid",
];

/// As the database's own rules have it.
fn check(statement: &Value) {
    let fields = statement.as_object().unwrap();
    for required in REQUIRED {
        assert!(fields.contains_key(required), "{required}");
    }
    for (name, value) in fields {
        let (_, most, values) = FIELDS.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name} is no field"));
        let texts: Vec<&str> = match value {
            Value::Array(items) => items.iter().map(|i| i.as_str().unwrap()).collect(),
            other => vec![other.as_str().unwrap()],
        };
        for text in texts {
            assert!(!text.is_empty() && (values.contains(&text) || text.chars().count() <= *most), "{name}: {text}");
        }
        if name.ends_with("_date") || name.starts_with("end_date") {
            let day: jiff::civil::Date = value.as_str().unwrap().parse().unwrap();
            assert!((2020..2038).contains(&day.year()), "{name}: {day}");
        }
    }
    let there = |name: &str| fields.contains_key(name);
    assert!(there("decision_visibility") || there("decision_provision") || there("decision_account"), "some decision");
    assert_eq!(
        statement["decision_visibility"] == serde_json::json!(["DECISION_VISIBILITY_OTHER"]),
        there("decision_visibility_other")
    );
    assert!(
        there("content_type_other")
            && there("incompatible_content_ground")
            && there("incompatible_content_explanation")
    );
    let puid = statement["puid"].as_str().unwrap();
    assert!(puid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{puid}");
}

#[test]
fn the_transparency_database_takes_it_and_learns_nobodys_name() {
    for (kind, field) in [
        (ActionKind::Discount, "decision_visibility"),
        (ActionKind::LimitDistribution, "decision_visibility"),
        (ActionKind::FreezeLiking, "decision_provision"),
        (ActionKind::Suspend, "decision_account"),
    ] {
        let place = Somewhere::file();
        let (mut ledger, action) = decided(&place, kind);
        let statement = serde_json::to_value(ledger.dsa_statement(action).unwrap().unwrap()).unwrap();
        check(&statement);
        assert!(statement.get(field).is_some(), "{kind:?}: {statement}");
        assert_eq!(statement["automated_decision"], "AUTOMATED_DECISION_PARTIALLY", "people decided");
        let text = statement.to_string();
        for name in OTHERS.iter().chain(&["ada-fox", "Ben"]) {
            assert!(!text.contains(name), "{name}: {text}");
        }
    }
}

#[test]
fn what_a_policy_did_alone_is_called_so_and_what_restricts_nobody_is_not_reported() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let rule = |action: &str| {
        let text = format!(
            "name = \"x\"\n[limits]\nper_day = 9\nper_author_day = 9\nshare_of_accounts = 1.0\n[[rule]]\nname = \"{action}\"\n\
             when = \"true\"\nmode = \"live\"\nreason = \"it is one of those\"\nground = \"terms\"\n[[rule.step]]\n\
             action = \"{action}\"\ndays = 3\n"
        );
        Policy::read(&text).unwrap()
    };
    let discount = ledger.propose(&rule("discount"), &findings(), T0, false).unwrap();
    let review = ledger.propose(&rule("require_review"), &findings(), T0 + 1, false).unwrap();
    let statement = ledger.dsa_statement(discount.lines[0].action.unwrap()).unwrap().unwrap();
    let statement = serde_json::to_value(statement).unwrap();
    check(&statement);
    assert_eq!(statement["automated_decision"], "AUTOMATED_DECISION_FULLY");
    assert!(ledger.dsa_statement(review.lines[0].action.unwrap()).unwrap().is_none());
}
