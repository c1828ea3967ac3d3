//! Laws: whatever is changed is found, whatever is undone is as it was, and no breaker is ever exceeded.

mod common;

use common::{DAY, KEY, MINUTE, Somewhere, T0, account, clear, confirm, findings};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;
use touchstone_detect::findings::Verdict;
use touchstone_ledger::findings::Findings;
use touchstone_ledger::policy::{Backtest, Policy};
use touchstone_ledger::state::Phase;
use touchstone_ledger::{ActionId, ActionKind, CaseId, Filter, Ledger, Outcome, Place, State, verify};

/// A ledger with most kinds of entries, made once, as the bytes of its file.
fn sample() -> &'static (Vec<u8>, u64) {
    static SAMPLE: OnceLock<(Vec<u8>, u64)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let place = Somewhere::file();
        let mut ledger = place.open();
        ledger.open_cases(&findings(), T0).unwrap();
        let case = ledger.next("ann", &Filter::default(), T0).unwrap().unwrap();
        ledger.note(case, "ann", "looked twice", T0).unwrap();
        ledger.decide(case, "ann", &confirm(&[(ActionKind::Discount, 30)]), T0 + MINUTE).unwrap();
        let (action, account) = {
            let action = ledger.state().unwrap().actions().next().unwrap();
            (action.id, action.act.account.clone().unwrap())
        };
        let name = ledger.open_seals([&account]).unwrap()[&account].clone();
        let appeal = ledger.appeal(&name, action, "not me", T0 + DAY).unwrap();
        ledger.claim(case, "ben", T0 + DAY).unwrap();
        ledger.decide_appeal(appeal, "ben", true, "neighbours", T0 + DAY).unwrap();
        ledger.erase("eve-jay", "ops", T0 + DAY).unwrap();
        let entries = ledger.head().seq;
        drop(ledger);
        let Place::File(path) = &place.place else { unreachable!() };
        // What is in the write-ahead log goes into the file.
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        drop(connection);
        (std::fs::read(path).unwrap(), entries)
    })
}

fn cell(path: &Path, column: &str, seq: u64) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    let sql = format!("SELECT {column} FROM ledger_entries WHERE seq = {seq}");
    connection.query_row(&sql, [], |r| r.get(0)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn one_letter_anywhere_in_an_entry_is_found_there(
        pick in any::<prop::sample::Index>(),
        column in prop::sample::select(vec!["body", "hash", "prev"]),
        at in any::<prop::sample::Index>(),
        letter in prop::sample::select(vec!['0', 'a', 'Z', ' ', '"', '{', 'é', '\u{1}']),
        how in 0..3,
    ) {
        let (bytes, entries) = sample();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        std::fs::write(&path, bytes).unwrap();
        let place = Somewhere { place: Place::File(path.clone()), folder };
        let seq = 1 + pick.index(*entries as usize) as u64;
        let before: Vec<char> = cell(&path, column, seq).chars().collect();
        let at = at.index(before.len());
        let mut after = before.clone();
        match how {
            0 => after[at] = letter,
            1 => _ = after.remove(at),
            _ => after.insert(at, letter),
        }
        prop_assume!(after != before);
        let after: String = after.into_iter().collect();
        place.tamper(&format!("UPDATE ledger_entries SET {column} = '{}' WHERE seq = {seq}", after.replace('\'', "''")));
        let verified = verify(&place.place, None).unwrap();
        let broken = verified.broken.expect("it was found");
        prop_assert_eq!(broken.seq, seq, "{}", broken.why);
        prop_assert_eq!(verified.entries, seq - 1);
        prop_assert!(Ledger::open(&place.place, KEY).is_err(), "and nothing is added to it");
    }

    #[test]
    fn entries_removed_or_moved_are_found(pick in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let (bytes, entries) = sample();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        std::fs::write(&path, bytes).unwrap();
        let place = Somewhere { place: Place::File(path), folder };
        let seq = |i: &prop::sample::Index| 1 + i.index(*entries as usize) as u64;
        let (a, b) = (seq(&pick), seq(&other));
        if a == b {
            place.tamper(&format!("DELETE FROM ledger_entries WHERE seq = {a}"));
        } else {
            place.tamper(&format!(
                "UPDATE ledger_entries SET seq = 9000 WHERE seq = {a}; UPDATE ledger_entries SET seq = {a} WHERE seq = {b}; \
                 UPDATE ledger_entries SET seq = {b} WHERE seq = 9000"
            ));
        }
        prop_assert_eq!(verify(&place.place, None).unwrap().broken.expect("it was found").seq, a.min(b));
    }
}

/// Something that people do.
#[derive(Clone, Debug)]
enum Step {
    Confirm(usize, u32),
    Clear(usize),
    Freeze(usize),
    Bulk(f64),
    Note(usize),
    News(f64),
    Policy,
    Undo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3usize, 1..60u32).prop_map(|(c, d)| Step::Confirm(c, d)),
        (0..3usize).prop_map(Step::Clear),
        (0..3usize).prop_map(Step::Freeze),
        (0.0..60.0f64).prop_map(Step::Bulk),
        (0..3usize).prop_map(Step::Note),
        (10.0..90.0f64).prop_map(Step::News),
        Just(Step::Policy),
        (0..3usize).prop_map(Step::Undo),
    ]
}

const RULE: &str = "name = \"x\"\n[limits]\nper_day = 9\nper_author_day = 9\nshare_of_accounts = 1.0\n[[rule]]\nname = \"r\"\n\
    when = \"bits > 25.0\"\nmode = \"live\"\nreason = \"it is one of those\"\nground = \"terms\"\n[[rule.step]]\n\
    action = \"discount\"\ndays = 3\n";

/// Does it if it can be done now; says which cases it decided.
fn play(ledger: &mut Ledger, step: &Step, now: i64) -> Vec<CaseId> {
    let case = |ledger: &mut Ledger, n: usize| ledger.state().unwrap().cases().nth(n).unwrap().id;
    let decide = |ledger: &mut Ledger, n: usize, decision| {
        let id = case(ledger, n);
        let done = ledger.claim(id, "ann", now).and_then(|()| ledger.decide(id, "ann", &decision, now));
        if let Ok(Outcome::AwaitsSecond) = done {
            let seconded = ledger.claim(id, "ben", now).and_then(|()| ledger.second(id, "ben", true, "agreed", now));
            seconded.unwrap();
        }
        done.map(|_| vec![id]).unwrap_or_default()
    };
    match step {
        Step::Confirm(n, days) => decide(ledger, *n, confirm(&[(ActionKind::Discount, *days)])),
        Step::Clear(n) => decide(ledger, *n, clear()),
        Step::Freeze(n) => decide(ledger, *n, confirm(&[(ActionKind::FreezeLiking, 9)])),
        Step::Bulk(bits) => {
            let filter = Filter { bits_min: Some(*bits), ..Filter::default() };
            let effect = ledger.preview(&filter, now).unwrap();
            let decision = confirm(&[(ActionKind::Discount, 5)]);
            ledger.bulk(&filter, "bits", "ann", &decision, effect.cases.len() as u64, now).unwrap();
            effect.cases
        }
        Step::Note(n) => {
            let id = case(ledger, *n);
            ledger.note(id, "cem", "hm", now).unwrap();
            Vec::new()
        }
        Step::News(bits) => {
            let mut found = findings();
            found.rings[0].bits = *bits;
            ledger.open_cases(&found, now).unwrap();
            Vec::new()
        }
        Step::Policy => {
            ledger.propose(&Policy::read(RULE).unwrap(), &findings(), now, false).unwrap();
            Vec::new()
        }
        Step::Undo(n) => {
            let id = case(ledger, *n);
            let _ = ledger.undo(id, "ann", "changed my mind", now);
            Vec::new()
        }
    }
}

/// Decisions, what holds at a time, and labels: what must come back.
fn standing(ledger: &mut Ledger, now: i64) -> (Vec<String>, BTreeMap<ActionId, Phase>, String) {
    let state = ledger.state().unwrap();
    let views = state.cases().map(|c| {
        let mut view = c.view.clone();
        // Who worked on a case since has left it.
        view.claim = None;
        format!("{view:?}")
    });
    let views = views.collect();
    let in_force = |(_, phase): &(ActionId, Phase)| matches!(phase, Phase::InForce | Phase::Delayed);
    let actions = state.actions().map(|a| (a.id, a.phase(now))).filter(in_force).collect();
    (views, actions, ledger.overrides(now).unwrap().labels_csv())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_undone_is_as_it_was(before in prop::collection::vec(step(), 0..8), last in step()) {
        let place = Somewhere::file();
        let mut ledger = place.open();
        ledger.open_cases(&findings(), T0).unwrap();
        let mut now = T0;
        for step in &before {
            now += MINUTE;
            play(&mut ledger, step, now);
        }
        now += MINUTE;
        let then = standing(&mut ledger, now);
        let decided = play(&mut ledger, &last, now);
        let cases: BTreeSet<CaseId> = decided.into_iter().collect();
        if !cases.is_empty() {
            for case in cases {
                ledger.undo(case, "dan", "as if it had not been", now).unwrap();
            }
            prop_assert_eq!(standing(&mut ledger, now), then);
        }
        let entries = ledger.entries(0, 100_000).unwrap();
        prop_assert_eq!(&State::of(&entries), ledger.state().unwrap());
        prop_assert_eq!(verify(&place.place, Some(ledger.head())).unwrap().broken, None);
    }

    #[test]
    fn no_breaker_is_exceeded_and_nothing_hard_is_done_alone(
        people in prop::collection::vec((0..40u32, 0..5usize, any::<bool>()), 1..60),
        (day, author, rule) in (0..30u64, 0..10u64, 0..20u64),
        share in 0.0..1.0f64,
        hard in any::<bool>(),
        days in 1..4i64,
    ) {
        let mut found = Findings { accounts_total: 80, ..Findings::default() };
        for (i, (bits, author, accused)) in people.iter().enumerate() {
            let verdict = if *accused { Verdict::Inauthentic } else { Verdict::Suspect };
            let mut it = account(&format!("u{i}"), verdict, f64::from(*bits), None);
            it.authors = vec![format!("author-{author}")];
            found.accounts.push(it);
        }
        let steps = if hard { "suspend" } else { "discount" };
        let text = format!(
            "name = \"x\"\n[limits]\nper_day = {day}\nper_author_day = {author}\nshare_of_accounts = {share:?}\n[[rule]]\n\
             name = \"r\"\nwhen = \"bits > 10.0\"\nmode = \"live\"\nper_day = {rule}\nreason = \"it is one of those\"\n\
             ground = \"terms\"\n[[rule.step]]\naction = \"{steps}\"\ndays = 2\n"
        );
        let policy = Policy::read(&text).unwrap();
        let place = Somewhere::file();
        let mut ledger = place.open();
        for d in 0..days {
            let now = T0 + d * DAY;
            for again in 0..2 {
                ledger.propose(&policy, &found, now + again, false).unwrap();
            }
            let state = ledger.state().unwrap();
            let today: Vec<_> = state.actions().filter(|a| a.at >= now).collect();
            prop_assert!(today.len() as u64 <= day.min(rule));
            let mut by_author: BTreeMap<String, u64> = BTreeMap::new();
            today.iter().flat_map(|a| &a.act.authors).for_each(|a| *by_author.entry(a.to_string()).or_default() += 1);
            prop_assert!(by_author.values().all(|n| *n <= author));
            let under: BTreeSet<_> = state.actions().filter(|a| a.stands(now)).filter_map(|a| a.act.account.clone()).collect();
            prop_assert!(under.len() as f64 <= share * 80.0);
            prop_assert!(state.actions().all(|a| a.act.kind.is_mild()));
        }
        // A backtest says what the first run did.
        let test = Backtest::run(&policy, &found, &BTreeMap::new(), &KEY, T0);
        let first = ledger.state().unwrap().actions().filter(|a| a.at < T0 + DAY).count() as u64;
        prop_assert_eq!(test.rules[0].acts.values().sum::<u64>(), first);
    }
}
