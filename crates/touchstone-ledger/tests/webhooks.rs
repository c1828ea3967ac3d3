//! Webhooks, to a real receiver on loopback.

mod common;
#[path = "common/hook.rs"]
mod hook;

use common::{DAY, MINUTE, Somewhere, T0, confirm, findings, on_both};
use hook::{Hook, Request, SECRET};
use std::collections::BTreeMap;
use std::net::TcpListener;
use touchstone_ledger::webhook::{Receiver, Round, read_receivers, sign};
use touchstone_ledger::{ActionKind, CaseId, Filter, Ledger};

/// The ring confirmed at `T0` by Ann, with the receiver named before.
fn decided(place: &Somewhere) -> (Ledger, CaseId) {
    let mut ledger = place.open();
    ledger.set_receivers(vec!["site".into()]);
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &Filter::default(), T0).unwrap().unwrap();
    ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0).unwrap();
    (ledger, case)
}

fn round(ledger: &mut Ledger, hook: &Hook, now: i64) -> Round {
    ledger.deliver(std::slice::from_ref(&hook.receiver), now).unwrap()
}

#[test]
fn actions_arrive_signed_once_each_and_so_do_reversals() {
    on_both(|place| {
        let hook = Hook::new(&[]);
        let (mut ledger, case) = decided(place);
        assert_eq!(round(&mut ledger, &hook, T0 + MINUTE), Round { sent: 4, ..Round::default() });
        assert_eq!(round(&mut ledger, &hook, T0 + DAY), Round::default(), "nothing is left");
        let requests = hook.requests();
        assert_eq!(requests.len(), 4);
        let mut keys = Vec::new();
        for request in &requests {
            assert!(request.head.starts_with("POST /hook HTTP/1.1"), "{}", request.head);
            let stamp: i64 = request.headers["touchstone-timestamp"].parse().unwrap();
            assert_eq!(stamp, (T0 + MINUTE) / 1_000_000);
            let expected = format!("v1={}", sign(SECRET, stamp, &request.body));
            assert_eq!(request.headers["touchstone-signature"], expected);
            assert_ne!(expected, format!("v1={}", sign(b"another secret", stamp, &request.body)));
            keys.push(request.headers["idempotency-key"].clone());
        }
        let first = requests[0].json();
        assert_eq!(
            (&first["event"], &first["account"], &first["kind"]),
            (&"taken".into(), &"ada-fox".into(), &"discount".into())
        );
        assert_eq!(first["automatic"], false);
        assert!(first["reason"].as_str().unwrap().contains("day after day"));

        ledger.undo(case, "ann", "wrong case", T0 + 2 * MINUTE).unwrap();
        assert_eq!(round(&mut ledger, &hook, T0 + 3 * MINUTE).sent, 4);
        let requests = hook.requests();
        assert!(requests[4..].iter().all(|r| r.json()["event"] == "reversed"));
        keys.extend(requests[4..].iter().map(|r| r.headers["idempotency-key"].clone()));
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 8, "each has a key of its own");
        let lines: Vec<_> = ledger.notices(T0 + 4 * MINUTE).unwrap().into_iter().map(|n| n.event).collect();
        assert_eq!(lines, ["reversed"; 4], "and so has the file");
    });
}

#[test]
fn what_fails_is_tried_again_later_under_the_same_key() {
    let place = Somewhere::file();
    let hook = Hook::new(&[500, 302, 429, 503]);
    let (mut ledger, _) = decided(&place);
    assert_eq!(round(&mut ledger, &hook, T0), Round { failed: 4, ..Round::default() }, "a redirect is not followed");
    assert_eq!(round(&mut ledger, &hook, T0 + 7_000_000), Round::default(), "not at once");
    assert_eq!(ledger.outbox_counts().unwrap(), (4, 0));
    // Another process goes on where this one was killed.
    drop(ledger);
    let mut ledger = place.open();
    assert_eq!(round(&mut ledger, &hook, T0 + MINUTE), Round { sent: 4, ..Round::default() });
    let requests = hook.requests();
    let by_key = |requests: &[Request]| {
        let pairs = requests.iter().map(|r| (r.headers["idempotency-key"].clone(), r.body.clone()));
        pairs.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(by_key(&requests[..4]), by_key(&requests[4..]), "the same bodies under the same keys");
}

#[test]
fn waits_grow_until_it_is_given_up_and_can_be_taken_up_again() {
    let place = Somewhere::file();
    let (mut ledger, _) = decided(&place);
    // Nobody listens there any more.
    let url = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let gone = Receiver { name: "site".into(), url, secret: SECRET.to_vec() };
    let (mut now, mut tries, mut given_up) = (T0, 0, 0);
    while given_up < 4 {
        let said = ledger.deliver(std::slice::from_ref(&gone), now).unwrap();
        (tries, given_up) = (tries + said.failed + said.given_up, given_up + said.given_up);
        now += 10 * MINUTE;
        assert!(now < T0 + 10 * DAY, "{tries} tries");
    }
    assert_eq!(tries, 100, "25 each");
    assert!(now > T0 + 2 * DAY, "over days: {}", (now - T0) / DAY);
    assert_eq!(ledger.outbox_counts().unwrap(), (0, 4));
    let hook = Hook::new(&[]);
    assert_eq!(round(&mut ledger, &hook, now), Round::default());
    assert_eq!(ledger.retry_given_up(now).unwrap(), 4);
    assert_eq!(round(&mut ledger, &hook, now).sent, 4);
}

#[test]
fn what_was_taken_back_before_it_was_told_is_not_told() {
    let place = Somewhere::file();
    let hook = Hook::new(&[]);
    let (mut ledger, case) = decided(&place);
    ledger.undo(case, "ann", "wrong case", T0 + 1).unwrap();
    let said = round(&mut ledger, &hook, T0 + MINUTE);
    assert_eq!((said.void, said.sent), (4, 4));
    assert!(hook.requests().iter().all(|r| r.json()["event"] == "reversed"));
    // Nor is an account that was erased.
    ledger.claim(case, "ann", T0 + MINUTE).unwrap();
    ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0 + MINUTE).unwrap();
    ledger.erase("ada-fox", "ops", T0 + MINUTE).unwrap();
    let said = round(&mut ledger, &hook, T0 + 2 * MINUTE);
    assert_eq!((said.void, said.sent), (1, 3));
    assert!(
        hook.requests()
            .iter()
            .all(|r| !String::from_utf8_lossy(&r.body).contains("ada-fox") || r.json()["event"] == "reversed")
    );
}

#[test]
fn receivers_are_read_with_care() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("receivers.toml");
    std::fs::write(folder.path().join("secret"), "0123456789abcdef\n").unwrap();
    std::fs::write(folder.path().join("short"), "0123").unwrap();
    let write = |url: &str, secret: &str| {
        let one = format!("[[receiver]]\nname = \"site\"\nurl = \"{url}\"\nsecret_file = \"{secret}\"\n");
        std::fs::write(&path, one).unwrap();
        read_receivers(&path)
    };
    let good = write("http://127.0.0.1:9/hook", "secret").unwrap();
    assert_eq!(good[0].secret, b"0123456789abcdef");
    assert!(!format!("{good:?}").contains("0123456789abcdef") && !format!("{good:?}").contains("48, 49"), "{good:?}");
    assert!(write("https://example.org/hook", "secret").unwrap_err().contains("not http on this machine"));
    assert!(write("http://127.0.0.1:9/hook", "short").unwrap_err().contains("16 bytes"));
    assert!(write("http://127.0.0.1:9/hook", "missing").unwrap_err().contains("missing"));
    std::fs::write(&path, "[[receiver]]\nname = 3\n").unwrap();
    assert!(read_receivers(&path).unwrap_err().contains("receivers.toml"));
    assert!(read_receivers(&folder.path().join("none.toml")).is_err());
}
