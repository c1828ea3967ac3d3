//! Decisions on findings made by hand.

use super::*;
use crate::snapshot::{Account, Ring};

fn snapshot() -> Snapshot {
    let account = |name: &str, verdict: &str, ring: Option<&str>, bits: f64| Account {
        account: name.into(),
        verdict: verdict.into(),
        evidence_bits: bits,
        ring: ring.map(Into::into),
        endorsements: 10,
        discounted: 0.0,
        top_signal: None,
    };
    let mut accounts: Vec<Account> = (0..1000).map(|i| account(&format!("u{i:03}"), "organic", None, -1.0)).collect();
    accounts.push(account("r1", "inauthentic", Some("ring-1"), 30.0));
    for i in 2..10 {
        accounts.push(account(&format!("r{i}"), "suspect", Some("ring-1"), 6.0));
    }
    accounts.sort_by(|a, b| a.account.cmp(&b.account));
    let ring = Ring {
        ring: "ring-1".into(),
        kind: "farm".into(),
        targets: 5,
        first_ts: None,
        last_ts: None,
        evidence_bits: 50.0,
        accused: 1,
        window_seconds: None,
        members: (1..10).map(|i| (format!("r{i}").into(), 6.0, 5)).collect(),
        activity: 0.0,
    };
    Snapshot::by_hand(accounts, vec![ring], 0.01)
}

fn ask(snapshot: &Snapshot, running: &Running, actor: &str) -> Judged {
    decide(Some(snapshot), running, actor, "p")
}

#[test]
fn who_is_accused_is_discounted_and_who_is_not_is_allowed() {
    let (s, running) = (snapshot(), Running::default());
    assert_eq!(ask(&s, &running, "r1").decision, Decision::Discount);
    for name in ["u001", "nobody", "r2"] {
        let judged = ask(&s, &running, name);
        assert_eq!(judged.decision, Decision::Allow, "{name}");
        assert!(!judged.reasons.is_empty());
    }
    assert_eq!(decide(None, &running, "r1", "p").decision, Decision::Allow);
}

#[test]
fn a_ring_at_work_is_held_and_a_crowd_with_a_member_in_it_is_not() {
    let s = snapshot();
    let mut running = Running::default();
    for i in 2..5 {
        running.endorsed(&s, &format!("r{i}"), "p", 0);
    }
    let judged = ask(&s, &running, "r5");
    assert_eq!(judged.decision, Decision::Hold, "{judged:?}");
    assert_eq!(decide(Some(&s), &running, "r5", "q").decision, Decision::Allow, "elsewhere");
    assert_eq!(ask(&s, &running, "u001").decision, Decision::Allow, "whoever else likes it");
    let mut running = Running::default();
    running.endorsed(&s, "r2", "p", 0);
    for i in 0..40 {
        running.endorsed(&s, &format!("u{i:03}"), "p", 0);
    }
    let judged = ask(&s, &running, "r5");
    assert_eq!(judged.decision, Decision::Allow, "{judged:?}");
    assert!(judged.running_bits < 0.0);
}

#[test]
fn members_who_come_as_often_as_chance_says_are_held_no_more_often_than_the_line_says() {
    // The null: each endorser is a member with the ring's share of all endorsements.
    let s = snapshot();
    let share = s.rings[0].activity;
    let mut state = 7u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut crossed = 0;
    let worlds = 4000;
    for _ in 0..worlds {
        let mut running = Running::default();
        let mut over = false;
        for _ in 0..RECENT_MAX {
            let actor =
                if uniform() < share { "r2".to_owned() } else { format!("u{:03}", (uniform() * 1000.0) as u32) };
            // A look only where the next like is a member's: its own coming is part of the data.
            if actor == "r2" && ask(&s, &running, "r2").decision == Decision::Hold {
                over = true;
            }
            running.endorsed(&s, &actor, "p", 0);
        }
        crossed += u32::from(over);
    }
    assert!(f64::from(crossed) / f64::from(worlds) <= 1.0 / 1024.0 + 0.002, "{crossed} of {worlds}");
}

#[test]
fn memory_is_bounded_and_new_findings_begin_anew() {
    let mut s = snapshot();
    let mut running = Running::default();
    for i in 0..TARGETS_MAX + 10 {
        running.endorsed(&s, "r2", &format!("t{i}"), 0);
    }
    assert!(running.targets.len() <= TARGETS_MAX);
    s.number += 1;
    running.endorsed(&s, "r2", "p", 0);
    assert_eq!(running.targets.len(), 1);
}

#[test]
fn what_people_decided_goes_before_what_was_found() {
    let judged = |decision| Judged { decision, account_bits: 20.0, running_bits: 0.0, reasons: Vec::new() };
    let mut overlay = Overlay::default();
    overlay.cleared.insert("a".into());
    overlay.actions.insert("b".into(), vec![ActionKind::Discount, ActionKind::LimitDistribution]);
    overlay.actions.insert("c".into(), vec![ActionKind::LimitDistribution]);
    assert_eq!(reviewed(judged(Decision::Discount), &overlay, "a").decision, Decision::Allow);
    assert_eq!(reviewed(judged(Decision::Allow), &overlay, "b").decision, Decision::Discount);
    assert_eq!(reviewed(judged(Decision::Allow), &overlay, "c").decision, Decision::Allow, "it may still like");
    assert_eq!(reviewed(judged(Decision::Hold), &overlay, "d").decision, Decision::Hold);
}
