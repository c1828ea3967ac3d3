//! Appeals, on both stores.

mod common;

use common::{DAY, MINUTE, Somewhere, T0, confirm, findings, on_both};
use touchstone_ledger::case::Status;
use touchstone_ledger::state::Phase;
use touchstone_ledger::{APPEAL_DAYS, ActionId, ActionKind, Answer, CaseId, Filter, Ledger, LedgerError, verify};

/// Ann confirmed the ring; the action on ada-fox.
fn acted(ledger: &mut Ledger) -> (CaseId, ActionId) {
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &Filter::default(), T0 + 1).unwrap().unwrap();
    ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0 + 2).unwrap();
    let seal = ledger.find(touchstone_ledger::SealKind::Account, "ada-fox").unwrap().unwrap();
    let action = ledger.state().unwrap().actions_of(&seal).next().unwrap().id;
    (case, action)
}

#[test]
fn an_appeal_upheld_takes_back_what_was_done_to_this_account_alone_and_labels_it() {
    on_both(|place| {
        let mut ledger = place.open();
        let (case, action) = acted(&mut ledger);
        let before = ledger.overrides(T0 + 3).unwrap();
        assert_eq!(before.labels["ada-fox"], Answer::Confirmed);
        let appeal = ledger.appeal("ada-fox", action, "I like my neighbour's posts", T0 + DAY).unwrap();
        assert_eq!(ledger.state().unwrap().case(case).unwrap().status(T0 + DAY), Status::Appealed);
        assert!(matches!(ledger.claim(case, "ann", T0 + DAY), Err(LedgerError::Barred { .. })), "not by who decided");
        assert_ne!(ledger.next("ann", &Filter::default(), T0 + DAY).unwrap(), Some(case));

        let now = T0 + DAY + MINUTE;
        assert_eq!(ledger.next("ben", &Filter::default(), now).unwrap(), Some(case), "appeals come first");
        let file = ledger.case_file(case, now).unwrap();
        assert_eq!(file.appeals[0].1.as_deref(), Some("I like my neighbour's posts"));
        assert!(!file.evidence.is_empty(), "with the same evidence");
        assert!(ledger.decide_appeal(appeal, "ben", true, "", now).is_err(), "a reason is needed");
        assert!(ledger.decide_appeal(appeal, "cem", true, "neighbours", now).is_err(), "it is Ben's");
        ledger.decide_appeal(appeal, "ben", true, "two neighbours; the rest of the ring is strangers", now).unwrap();

        let state = ledger.state().unwrap();
        assert_eq!(state.action(action).unwrap().phase(now), Phase::Reversed);
        assert_eq!(state.actions().filter(|a| a.stands(now)).count(), 3, "the others' stand");
        assert_eq!(state.case(case).unwrap().status(now + 1), Status::Decided(Answer::Confirmed));
        let overrides = ledger.overrides(now).unwrap();
        assert_eq!(overrides.labels["ada-fox"], Answer::Cleared);
        assert_eq!(overrides.labels["bob-elk"], Answer::Confirmed);
        assert!(overrides.labels_csv().contains("ada-fox,,cleared,2026-05-29\n"), "{}", overrides.labels_csv());
        let served = overrides.authentic(60.0, [("ada-fox", 0.9), ("bob-elk", 0.8)]);
        assert!((served - 60.9).abs() < 1e-9, "the count is restored: {served}");
        assert!(ledger.decide_appeal(appeal, "ben", false, "changed my mind", now + 1).is_err(), "once");
        assert!(verify(&place.place, None).unwrap().broken.is_none());
    });
}

#[test]
fn an_appeal_that_is_not_upheld_changes_nothing() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let (case, action) = acted(&mut ledger);
    let appeal = ledger.appeal("ada-fox", action, "it was not me", T0 + DAY).unwrap();
    ledger.claim(case, "ben", T0 + DAY).unwrap();
    ledger.decide_appeal(appeal, "ben", false, "the same device on all twelve", T0 + DAY).unwrap();
    let state = ledger.state().unwrap();
    assert_eq!(state.action(action).unwrap().phase(T0 + DAY + 1), Phase::InForce);
    assert_eq!(ledger.overrides(T0 + DAY).unwrap().labels["ada-fox"], Answer::Confirmed);
    assert!(ledger.appeal("ada-fox", action, "again", T0 + 2 * DAY).is_err(), "one appeal an action");
}

#[test]
fn who_decided_an_undone_decision_or_seconded_is_barred_too() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &Filter::default(), T0).unwrap().unwrap();
    ledger.decide(case, "ann", &confirm(&[(ActionKind::FreezeLiking, 7)]), T0).unwrap();
    ledger.claim(case, "ben", T0).unwrap();
    ledger.second(case, "ben", true, "I see the same", T0).unwrap();
    let action = ledger.state().unwrap().actions().next().unwrap();
    let (id, account) = (action.id, action.act.account.clone().unwrap());
    let name = ledger.open_seals([&account]).unwrap()[&account].clone();
    ledger.appeal(&name, id, "no", T0).unwrap();
    for who in ["ann", "ben"] {
        assert!(matches!(ledger.claim(case, who, T0), Err(LedgerError::Barred { .. })), "{who}");
    }
    ledger.claim(case, "cem", T0).unwrap();
    assert!(ledger.undo(case, "ann", "quickly", T0).is_err(), "no undoing around an appeal");
}

#[test]
fn a_link_opens_one_action_and_cannot_be_forged() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let (_, action) = acted(&mut ledger);
    let token = ledger.appeal_token(action).unwrap();
    assert_eq!(ledger.appeal_action(&token, T0).unwrap(), action);
    let other = ActionId(action.0 + 1);
    let mut digits = token.clone();
    let last = digits.pop().unwrap();
    digits.push(if last == '0' { '1' } else { '0' });
    for bad in [
        token.replace(&action.to_string(), &other.to_string()),
        digits,
        format!("{token}.x"),
        action.to_string(),
        String::new(),
        "a1.9.zz".to_owned(),
    ] {
        assert!(matches!(ledger.appeal_action(&bad, T0), Err(LedgerError::Token(_))), "{bad}");
    }
    let late = T0 + 2 + APPEAL_DAYS * DAY;
    assert!(matches!(ledger.appeal_action(&token, late), Err(LedgerError::Token(_))), "six months are over");
    let stranger = Ledger::open(&place.place, [8; 32]).unwrap();
    assert!(stranger.appeal_action(&token, T0).is_err(), "another key");
    ledger.appeal_by_link(&token, "hear me", T0 + DAY).unwrap();
    assert!(ledger.appeal_by_link(&token, "hear me", T0 + DAY).is_err(), "once");
}

#[test]
fn an_appeal_needs_a_text_an_owner_and_its_time() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let (case, action) = acted(&mut ledger);
    let err = ledger.appeal("bob-elk", action, "not mine", T0 + 9).unwrap_err();
    assert!(matches!(err, LedgerError::NoAction(_)), "somebody else's action looks like none: {err}");
    assert!(ledger.appeal("ada-fox", ActionId(9_999), "x", T0 + 9).is_err());
    assert!(ledger.appeal("ada-fox", action, "  ", T0 + 9).is_err());
    assert!(ledger.appeal("ada-fox", action, &"x".repeat(10_001), T0 + 9).is_err());
    assert!(ledger.appeal("ada-fox", action, "late", T0 + 2 + APPEAL_DAYS * DAY).is_err());
    ledger.undo(case, "ann", "wrong case", T0 + 9).unwrap();
    assert!(ledger.appeal("ada-fox", action, "what for", T0 + 10).is_err(), "it was taken back already");
}

#[test]
fn erasing_takes_names_texts_and_appeals_and_leaves_a_whole_chain() {
    on_both(|place| {
        let mut ledger = place.open();
        let (case, action) = acted(&mut ledger);
        ledger.appeal("ada-fox", action, "my private words", T0 + DAY).unwrap();
        ledger.note(case, "ben", "ada-fox wrote to us", T0 + DAY).unwrap();
        let gone = ledger.erase("ada-fox", "ops", T0 + 2 * DAY).unwrap();
        assert_eq!(gone, 3, "name, appeal, note");
        let verified = verify(&place.place, None).unwrap();
        assert_eq!((verified.broken, verified.erased), (None, gone));
        let file = ledger.case_file(case, T0 + 2 * DAY).unwrap();
        assert!(file.members.iter().any(|m| m.account.is_none()));
        assert_eq!(file.appeals[0].1, None);
        let said = format!("{file:?}");
        assert!(!said.contains("ada-fox") && !said.contains("private words"), "{said}");
        assert!(!ledger.overrides(T0 + 2 * DAY).unwrap().labels_csv().contains("ada-fox"));
        assert_eq!(ledger.erase("ada-fox", "ops", T0 + 3 * DAY).unwrap(), 0, "nothing is left");
        // Not in the bytes either.
        for entry in std::fs::read_dir(place.folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(7).any(|w| w == b"ada-fox"));
        }
    });
}
