//! Cases from opening to decision, on both stores.

mod common;

use common::{DAY, MINUTE, Somewhere, T0, clear, confirm, findings, on_both};
use touchstone_ledger::case::Status;
use touchstone_ledger::findings::About;
use touchstone_ledger::state::Phase;
use touchstone_ledger::{ActionKind, Answer, CaseId, Filter, LedgerError, Outcome, Review, State, verify};

fn all() -> Filter {
    Filter::default()
}

#[test]
fn a_case_is_opened_claimed_decided_and_stays_in_the_record() {
    on_both(|place| {
        let mut ledger = place.open();
        let opened = ledger.open_cases(&findings(), T0).unwrap();
        assert_eq!((opened.opened.len(), opened.refreshed.len(), opened.unchanged.len()), (3, 0, 0));
        let again = ledger.open_cases(&findings(), T0 + 1).unwrap();
        assert_eq!((again.opened.len(), again.refreshed.len(), again.unchanged.len()), (0, 0, 3), "nothing new");

        let queue = ledger.queue(&all(), T0).unwrap();
        let bits: Vec<f64> = queue.iter().map(|c| ledger.state().unwrap().case(*c).unwrap().view.bits).collect();
        assert_eq!(bits, [55.0, 18.0, 8.0], "most evidence first");

        let case = ledger.next("ann", &all(), T0 + MINUTE).unwrap().unwrap();
        assert_eq!(case, queue[0]);
        assert!(matches!(ledger.claim(case, "ben", T0 + MINUTE), Err(LedgerError::Taken { by, .. }) if by == "ann"));
        let err = ledger.decide(case, "ben", &confirm(&[]), T0 + MINUTE).unwrap_err();
        assert!(matches!(err, LedgerError::NotClaimed(_)), "{err}");
        let mut silent = confirm(&[(ActionKind::Discount, 30)]);
        silent.reason = " . ".into();
        let err = ledger.decide(case, "ann", &silent, T0 + MINUTE).unwrap_err();
        assert!(matches!(err, LedgerError::NoReason(_)), "{err}");
        ledger.note(case, "ann", "looked at the raster", T0 + 2 * MINUTE).unwrap();
        let outcome = ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0 + 3 * MINUTE).unwrap();
        assert_eq!(outcome, Outcome::Effective);

        let now = T0 + 4 * MINUTE;
        let state = ledger.state().unwrap();
        assert_eq!(state.case(case).unwrap().status(now), Status::Decided(Answer::Confirmed));
        let actions: Vec<_> = state.actions().collect();
        assert_eq!(actions.len(), 4, "one a member");
        assert!(actions.iter().all(|a| a.phase(now) == Phase::InForce && !a.act.automatic));
        assert!(actions.iter().all(|a| a.phase(now + 30 * DAY) == Phase::Expired), "every action ends");

        let file = ledger.case_file(case, now).unwrap();
        assert_eq!(file.members[0].account.as_deref(), Some("ada-fox"));
        assert!(file.evidence[0].words.as_deref().unwrap().contains("12 targets"));
        let said: Vec<&str> = file.history.iter().map(|h| h.what).collect();
        assert_eq!(said, ["opened", "claimed", "noted", "decided", "acted", "acted", "acted", "acted"]);
        assert!(file.history[3].text.contains("day after day"), "{}", file.history[3].text);
        assert!(ledger.claim(case, "ben", now).is_err(), "nothing to decide");
        assert_eq!(ledger.open_cases(&findings(), now).unwrap().unchanged.len(), 3, "a decided case is left alone");

        let overrides = ledger.overrides(now).unwrap();
        assert_eq!(overrides.accounts["ada-fox"][0].kind, ActionKind::Discount);
        assert!(overrides.labels_csv().contains("bob-elk,,confirmed,2026-05-28\n"), "{}", overrides.labels_csv());
        assert!(verify(&place.place, None).unwrap().broken.is_none());

        let entries = ledger.entries(0, 1_000).unwrap();
        assert_eq!(&State::of(&entries), ledger.state().unwrap(), "the state is the fold of the entries");
        assert_eq!(place.open().state().unwrap(), ledger.state().unwrap(), "and the same when opened again");
    });
}

#[test]
fn a_claim_runs_out() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &all(), T0).unwrap().unwrap();
    let after = T0 + 30 * MINUTE;
    ledger.claim(case, "ben", after).unwrap();
    let err = ledger.decide(case, "ann", &clear(), after + 1).unwrap_err();
    assert!(matches!(err, LedgerError::NotClaimed(_)));
    ledger.release(case, "ben", after + 2).unwrap();
    assert_eq!(ledger.state().unwrap().case(case).unwrap().status(after + 3), Status::Open);
}

#[test]
fn hard_measures_need_two_people() {
    on_both(|place| {
        let mut ledger = place.open();
        ledger.open_cases(&findings(), T0).unwrap();
        let case = ledger.next("ann", &all(), T0).unwrap().unwrap();
        let hard = confirm(&[(ActionKind::Suspend, 7)]);
        assert_eq!(ledger.decide(case, "ann", &hard, T0 + 1).unwrap(), Outcome::AwaitsSecond);
        assert_eq!(ledger.state().unwrap().actions().count(), 0, "nothing yet");
        assert_eq!(ledger.state().unwrap().labels(), [], "and nothing learned");
        assert!(matches!(ledger.claim(case, "ann", T0 + 2), Err(LedgerError::Barred { .. })));
        assert_ne!(ledger.next("ann", &all(), T0 + 2).unwrap(), Some(case), "she gets another one");

        assert_eq!(ledger.next("ben", &all(), T0 + 3).unwrap(), Some(case), "second reviews come first");
        ledger.second(case, "ben", false, "too hard for a first time", T0 + 4).unwrap();
        assert_eq!(ledger.state().unwrap().case(case).unwrap().status(T0 + 5), Status::Open);

        ledger.claim(case, "ann", T0 + 6).unwrap();
        ledger.decide(case, "ann", &hard, T0 + 7).unwrap();
        ledger.claim(case, "ben", T0 + 8).unwrap();
        ledger.second(case, "ben", true, "it is the third time", T0 + 9).unwrap();
        assert_eq!(ledger.state().unwrap().actions().count(), 4);
        assert_eq!(ledger.state().unwrap().labels().len(), 4);
    });
}

#[test]
fn a_share_of_decisions_is_looked_at_again() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    ledger.set_review(Review { second_share: 1.0, ..Review::default() });
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &all(), T0).unwrap().unwrap();
    assert_eq!(ledger.decide(case, "ann", &clear(), T0).unwrap(), Outcome::AwaitsSecond);
}

#[test]
fn clearing_takes_actions_back_and_labels() {
    on_both(|place| {
        let mut ledger = place.open();
        ledger.open_cases(&findings(), T0).unwrap();
        let case = ledger.next("ann", &all(), T0).unwrap().unwrap();
        ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0 + 1).unwrap();
        ledger.undo(case, "ann", "wrong case", T0 + 2).unwrap();
        ledger.claim(case, "ann", T0 + 3).unwrap();
        ledger.decide(case, "ann", &clear(), T0 + 4).unwrap();
        assert!(ledger.state().unwrap().actions().all(|a| a.phase(T0 + 5) == Phase::Reversed));
        let overrides = ledger.overrides(T0 + 5).unwrap();
        assert!(overrides.accounts.is_empty());
        assert_eq!(overrides.labels["ada-fox"], Answer::Cleared);
        let restored = overrides.authentic(60.0, [("ada-fox", 0.9), ("somebody", 0.8)]);
        assert!((restored - 60.9).abs() < 1e-9, "{restored}");
    });
}

#[test]
fn only_members_are_concerned_and_only_the_confirmed_are_acted_on() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &all(), T0).unwrap().unwrap();
    let mut some = confirm(&[(ActionKind::Discount, 30)]);
    some.accounts = Some(vec!["ada-fox".into(), "eve-jay".into()]);
    assert!(matches!(ledger.decide(case, "ann", &some, T0), Err(LedgerError::NotAMember { .. })));
    let mut odd = clear();
    odd.measures = confirm(&[(ActionKind::Discount, 30)]).measures;
    assert!(ledger.decide(case, "ann", &odd, T0).is_err());
    for days in [0, 3_661] {
        assert!(ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, days)]), T0).is_err(), "{days} days");
    }
    some.accounts = Some(vec!["ada-fox".into()]);
    ledger.decide(case, "ann", &some, T0).unwrap();
    assert_eq!(ledger.state().unwrap().actions().count(), 1);
}

#[test]
fn the_effect_of_a_decision_is_said_before() {
    fn shared<T: Send + 'static>(it: T) -> std::sync::Arc<std::sync::Mutex<T>> {
        std::sync::Arc::new(std::sync::Mutex::new(it))
    }
    let place = Somewhere::file();
    let ledger = shared(place.open());
    let mut ledger = ledger.lock().unwrap();
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &all(), T0).unwrap().unwrap();
    let effect = ledger.effect(case, None).unwrap();
    assert_eq!((effect.accounts, effect.endorsements, effect.discounted), (4, 160, 120.0));
    let one = ledger.effect(case, Some(&["ada-fox".to_owned()])).unwrap();
    assert_eq!((one.accounts, one.endorsements), (1, 40));
    for stranger in ["eve-jay", "nobody"] {
        let said = ledger.effect(case, Some(&[stranger.to_owned()])).unwrap_err();
        assert!(matches!(said, LedgerError::NotAMember { .. }), "{said}");
    }
    assert!(matches!(ledger.effect(CaseId(999), None), Err(LedgerError::NoCase(_))));
}

#[test]
fn golden_cases_do_nothing_and_score() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let golden = ledger.open_golden(&findings(), &About::Ring("r1".into()), Answer::Cleared, T0).unwrap();
    for (who, decision) in [("ann", confirm(&[(ActionKind::Discount, 30)])), ("ben", clear())] {
        ledger.claim(golden, who, T0).unwrap();
        ledger.decide(golden, who, &decision, T0).unwrap();
        if who == "ann" {
            ledger.undo(golden, "ann", "for the next one", T0).unwrap();
            // The case is as it was before: hers.
            ledger.release(golden, "ann", T0).unwrap();
        }
    }
    assert_eq!(ledger.state().unwrap().actions().count(), 0);
    assert_eq!(ledger.state().unwrap().labels(), []);
    let score = ledger.state().unwrap().golden();
    assert_eq!(score.len(), 1, "an undone answer does not count");
    assert_eq!((score[0].1, score[0].2), (1, 1));
    assert_eq!(ledger.open_cases(&findings(), T0).unwrap().opened.len(), 3, "it is not the ring's real case");
}

#[test]
fn bulk_is_counted_before_and_undone_as_one() {
    on_both(|place| {
        let mut ledger = place.open();
        ledger.open_cases(&findings(), T0).unwrap();
        let query = "is:account bits>=5";
        let filter: Filter = query.parse().unwrap();
        let effect = ledger.preview(&filter, T0).unwrap();
        assert_eq!((effect.cases.len(), effect.accounts, effect.endorsements), (2, 2, 80));
        assert!((effect.discounted - 60.0).abs() < 1e-9);
        let before = ledger.state().unwrap().clone();

        let decision = confirm(&[(ActionKind::Discount, 14)]);
        let err = ledger.bulk(&filter, query, "ann", &decision, 3, T0).unwrap_err();
        assert!(matches!(err, LedgerError::CountChanged { expected: 3, now: 2 }), "{err}");
        assert_eq!(ledger.state().unwrap().seq(), before.seq(), "nothing was entered");
        let bulk = ledger.bulk(&filter, query, "ann", &decision, 2, T0).unwrap();
        assert_eq!(ledger.state().unwrap().actions().filter(|a| a.stands(T0 + 1)).count(), 2);
        ledger.undo_bulk(bulk, "ann", "meant another query", T0 + 2).unwrap();
        let state = ledger.state().unwrap();
        assert!(state.actions().all(|a| a.phase(T0 + 3) == Phase::Reversed));
        for case in before.cases() {
            assert_eq!(state.case(case.id).unwrap().view, case.view, "as it was");
        }
        assert!(ledger.undo_bulk(bulk, "ann", "again", T0 + 4).is_err());
    });
}

#[test]
fn findings_that_say_something_new_refresh_what_waits() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let opened = ledger.open_cases(&findings(), T0).unwrap();
    let mut later = findings();
    later.rings[0].ring = "r9".into();
    later.accounts.iter_mut().filter(|a| a.ring.is_some()).for_each(|a| a.ring = Some("r9".into()));
    later.rings[0].bits = 70.0;
    later.evidence.remove(0);
    let said = ledger.open_cases(&later, T0 + DAY).unwrap();
    assert_eq!(said.refreshed, [opened.opened[0]], "the same ring under another name");
    assert_eq!(ledger.state().unwrap().case(CaseId(opened.opened[0].0)).unwrap().view.bits, 70.0);
    later.rings[0].members = ["kit-1", "kit-2", "kit-3", "ada-fox"].map(str::to_owned).to_vec();
    assert_eq!(ledger.open_cases(&later, T0 + 2 * DAY).unwrap().opened.len(), 1, "another ring");
}

#[test]
fn two_writers_take_turns() {
    on_both(|place| {
        place.open().open_cases(&findings(), T0).unwrap();
        let case = CaseId(1);
        std::thread::scope(|scope| {
            for who in ["ann", "ben", "cem"] {
                scope.spawn(move || {
                    let mut ledger = place.open();
                    for i in 0..20 {
                        ledger.note(case, who, &format!("note {i}"), T0 + i).unwrap();
                    }
                });
            }
        });
        let mut ledger = place.open();
        let notes = ledger.case_file(case, T0).unwrap().history.iter().filter(|h| h.what == "noted").count();
        assert_eq!(notes, 60);
        assert!(verify(&place.place, None).unwrap().broken.is_none());
    });
}

#[test]
fn filters_say_what_they_do_not_know() {
    for bad in ["bits>=x", "is:cat", "kind:", "hello", "status:lost", "case:17"] {
        assert!(bad.parse::<Filter>().is_err(), "{bad}");
    }
    let filter: Filter =
        "is:ring status:open kind:farm bits>=20 bits<90 members>=3 signal:lockstep case:c1,c2".parse().unwrap();
    let place = Somewhere::file();
    let mut ledger = place.open();
    ledger.open_cases(&findings(), T0).unwrap();
    assert_eq!(ledger.queue(&filter, T0).unwrap(), [CaseId(1)]);
    for miss in
        ["is:target", "status:decided", "kind:pod", "bits>=60", "bits<50", "members>=5", "signal:pool", "case:c2"]
    {
        let filter: Filter = miss.parse().unwrap();
        assert!(!ledger.queue(&filter, T0).unwrap().contains(&CaseId(1)), "{miss}");
    }
}
