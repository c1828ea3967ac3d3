//! Whatever is done to a ledger behind its back, verifying names the first entry that is broken.

mod common;

use common::{MINUTE, Somewhere, T0, confirm, findings, on_both};
use touchstone_ledger::chain::{self, Head, Verified};
use touchstone_ledger::{ActionKind, Filter, Ledger, LedgerError, Place, verify};

/// A ledger of some twelve entries.
fn filled(place: &Somewhere) -> Ledger {
    let mut ledger = place.open();
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &Filter::default(), T0 + MINUTE).unwrap().unwrap();
    ledger.note(case, "ann", "looked twice", T0 + 2 * MINUTE).unwrap();
    ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0 + 3 * MINUTE).unwrap();
    ledger
}

fn broken(place: &Somewhere) -> (u64, String) {
    let found = verify(&place.place, None).unwrap().broken.expect("nothing was found");
    (found.seq, found.why)
}

#[test]
fn a_whole_ledger_is_whole() {
    on_both(|place| {
        let ledger = filled(place);
        let verified = verify(&place.place, Some(ledger.head())).unwrap();
        assert_eq!(verified.broken, None);
        assert_eq!(verified.head, *ledger.head());
        assert_eq!(verified.entries, 10);
        assert!(verified.sealed > 10 && verified.erased == 0);
        let empty = Somewhere::file();
        empty.open();
        assert_eq!(verify(&empty.place, None).unwrap(), Verified::default());
    });
}

#[test]
fn entries_cannot_be_changed_by_accident() {
    on_both(|place| {
        filled(place);
        for sql in ["UPDATE ledger_entries SET body = '{}' WHERE seq = 2", "DELETE FROM ledger_entries WHERE seq = 2"] {
            let said = place.attempt(sql).unwrap_err();
            assert!(said.contains("only appends"), "{said}");
        }
        assert!(verify(&place.place, None).unwrap().broken.is_none());
    });
}

#[test]
fn edited() {
    on_both(|place| {
        filled(place);
        place.tamper("UPDATE ledger_entries SET body = replace(body, '55', '5') WHERE seq = 1");
        let (seq, why) = broken(place);
        assert!(seq == 1 && why.contains("edited"), "{seq}: {why}");
        let refused = Ledger::open(&place.place, common::KEY).unwrap_err();
        assert!(matches!(refused, LedgerError::Broken(_)), "nothing is added to a damaged ledger: {refused}");
    });
}

#[test]
fn torn() {
    on_both(|place| {
        filled(place);
        place.tamper("UPDATE ledger_entries SET body = substr(body, 1, 40) WHERE seq = 6");
        let (seq, why) = broken(place);
        assert!(seq == 6 && why.contains("torn"), "{seq}: {why}");
    });
}

#[test]
fn removed() {
    on_both(|place| {
        filled(place);
        place.tamper("DELETE FROM ledger_entries WHERE seq = 4");
        let (seq, why) = broken(place);
        assert!(seq == 4 && why.contains("removed"), "{seq}: {why}");
    });
}

#[test]
fn removed_at_the_end() {
    on_both(|place| {
        let head = filled(place).head().clone();
        place.tamper("DELETE FROM ledger_entries WHERE seq > 8");
        let (seq, why) = broken(place);
        assert!(seq == 9 && why.contains("removed"), "{seq}: {why}");
        // Whoever sets the head back as well is seen by the head that was kept elsewhere.
        let links = "SELECT hash FROM ledger_entries WHERE seq = 8";
        place.tamper(&format!("UPDATE ledger_about SET value = '8:' || ({links}) WHERE name = 'head'"));
        assert!(verify(&place.place, None).unwrap().broken.is_none());
        let found = verify(&place.place, Some(&head)).unwrap().broken.unwrap();
        assert!(found.seq == 9 && found.why.contains("its end was removed"), "{found}");
    });
}

#[test]
fn reordered() {
    on_both(|place| {
        filled(place);
        place.tamper(
            "UPDATE ledger_entries SET seq = 900 WHERE seq = 5; UPDATE ledger_entries SET seq = 5 WHERE seq = 6; \
             UPDATE ledger_entries SET seq = 6 WHERE seq = 900",
        );
        let (seq, why) = broken(place);
        assert!(seq == 5 && why.contains("out of order"), "{seq}: {why}");
    });
}

#[test]
fn rewritten_from_an_entry_on() {
    on_both(|place| {
        let mut ledger = filled(place);
        let head = ledger.head().clone();
        // All that a forger with the program could do: the last entry with another text and a right hash.
        let entries = ledger.entries(0, 100).unwrap();
        let prev = verify(&place.place, None).unwrap();
        drop(ledger);
        let mut last = entries.last().unwrap().clone();
        last.at += 1;
        let body = serde_json::to_value(&last).unwrap().to_string();
        let before = previous(place, prev.entries);
        let hash = chain::hash(last.seq, &before, &body);
        let seq = last.seq;
        place.tamper(&format!(
            "UPDATE ledger_entries SET body = '{}', hash = '{hash}' WHERE seq = {seq}; \
             UPDATE ledger_about SET value = '{seq}:{hash}' WHERE name = 'head'",
            body.replace('\'', "''")
        ));
        assert!(verify(&place.place, None).unwrap().broken.is_none(), "from inside it is not seen");
        let found = verify(&place.place, Some(&head)).unwrap().broken.unwrap();
        assert!(found.seq == seq && found.why.contains("rewritten"), "{found}");
    });
}

fn previous(place: &Somewhere, seq: u64) -> String {
    let sql = format!("SELECT prev FROM ledger_entries WHERE seq = {seq}");
    match &place.place {
        Place::File(path) => rusqlite::Connection::open(path).unwrap().query_row(&sql, [], |r| r.get(0)).unwrap(),
        Place::Postgres(url) => {
            postgres::Client::connect(url, postgres::NoTls).unwrap().query_one(&sql, &[]).unwrap().get(0)
        }
    }
}

#[test]
fn added_behind_its_back() {
    on_both(|place| {
        let mut ledger = filled(place);
        let mut entry = ledger.entries(9, 1).unwrap().remove(0);
        let head = ledger.head().clone();
        entry.seq += 1;
        let body = serde_json::to_value(&entry).unwrap().to_string().replace('\'', "''");
        let hash = chain::hash(entry.seq, &head.hash, &body);
        place.tamper(&format!(
            "INSERT INTO ledger_entries (seq, prev, hash, body) VALUES (11, '{}', '{hash}', '{body}')",
            head.hash
        ));
        let (seq, why) = broken(place);
        assert!(seq == 11 && why.contains("behind"), "{seq}: {why}");
    });
}

#[test]
fn values_changed_or_gone() {
    on_both(|place| {
        filled(place);
        place.tamper("UPDATE ledger_vault SET value = '\"looked once\"' WHERE value = '\"looked twice\"'");
        let (seq, why) = broken(place);
        assert!(seq == 5 && why.contains("edited after it was sealed"), "{seq}: {why}");
        place.tamper("DELETE FROM ledger_vault WHERE value = '\"looked once\"'");
        let (seq, why) = broken(place);
        assert!(seq == 5 && why.contains("no entry erased it"), "{seq}: {why}");
    });
}

#[test]
fn a_torn_file_says_where_it_ends() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    for i in 0..300 {
        let mut more = findings();
        more.rings.clear();
        more.accounts = vec![common::account(&format!("user-{i}"), more.accounts[5].verdict, 20.0, None)];
        ledger.open_cases(&more, T0 + i).unwrap();
    }
    drop(ledger);
    let Place::File(path) = &place.place else { unreachable!() };
    let whole = std::fs::read(path).unwrap();
    std::fs::write(path, &whole[..whole.len() / 2]).unwrap();
    let found = verify(&place.place, None);
    match found {
        Ok(verified) => {
            let broken = verified.broken.expect("half a file is not whole");
            assert_eq!(broken.seq, verified.entries + 1, "{broken}");
        }
        Err(e) => assert!(e.to_string().contains("ledger.db"), "{e}"),
    }
    std::fs::write(path, b"this is no database at all, but long enough to have a header").unwrap();
    assert!(verify(&place.place, None).is_err() || verify(&place.place, None).unwrap().broken.is_some());
    assert!(verify(&Place::File(place.folder.path().join("nowhere.db")), None).is_err());
    assert!("x".parse::<Head>().is_err());
}
