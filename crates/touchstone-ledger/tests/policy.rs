//! Policies: what they may do, what holds them back, and what they record.

mod common;

use common::{DAY, KEY, Somewhere, T0, account, clear, findings, on_both};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::findings::Verdict;
use touchstone_ledger::findings::{Findings, FoundAccount};
use touchstone_ledger::policy::{Backtest, Fate, Policy};
use touchstone_ledger::state::Phase;
use touchstone_ledger::{ActionKind, BreakerKind, Filter, Ledger, Proposal, verify};

const EXAMPLE: &str = include_str!("../../../docs/policy.toml");
const REASON: &str = "They were endorsed together far too often for chance.";

/// A policy of one rule.
fn policy(limits: (u64, u64, f64), rule: &str, steps: &[(&str, u32)]) -> Policy {
    read(&text(limits, rule, steps))
}

fn text((day, author, share): (u64, u64, f64), rule: &str, steps: &[(&str, u32)]) -> String {
    let mut text = format!(
        "name = \"test\"\n[limits]\nper_day = {day}\nper_author_day = {author}\nshare_of_accounts = {share:?}\n\
         [[rule]]\nname = \"one\"\nreason = \"{REASON}\"\nground = \"section 4\"\n{rule}\n"
    );
    for (action, days) in steps {
        text.push_str(&format!("[[rule.step]]\naction = \"{action}\"\ndays = {days}\n"));
    }
    text
}

fn read(text: &str) -> Policy {
    Policy::read(text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

const FREE: (u64, u64, f64) = (100_000, 100_000, 1.0);
const LIVE: &str = "when = \"verdict == 'inauthentic'\"\nmode = \"live\"";

/// So many accused, each on its own, with these authors.
fn many(n: usize, author: impl Fn(usize) -> String) -> Findings {
    let accounts: Vec<FoundAccount> = (0..n)
        .map(|i| {
            let mut it = account(&format!("user-{i}"), Verdict::Inauthentic, 20.0, None);
            it.authors = vec![author(i)];
            it
        })
        .collect();
    Findings { accounts_total: 10 * n as u64, accounts, ..Findings::default() }
}

fn propose(ledger: &mut Ledger, policy: &Policy, findings: &Findings, at: i64) -> Proposal {
    ledger.propose(policy, findings, at, false).unwrap()
}

fn fates(proposal: &Proposal) -> BTreeMap<String, Fate> {
    proposal.lines.iter().map(|l| (l.subject.name().to_owned(), l.fate)).collect()
}

fn acted(proposal: &Proposal) -> BTreeSet<String> {
    let lines = proposal.lines.iter().filter(|l| matches!(l.fate, Fate::Act { .. }));
    lines.map(|l| l.subject.name().to_owned()).collect()
}

#[test]
fn the_example_of_the_documentation_holds_up() {
    on_both(|place| {
        let policy = read(EXAMPLE);
        let mut ledger = place.open();
        let mut found = findings();
        found.accounts_total = 10_000;
        let proposal = propose(&mut ledger, &policy, &found, T0);
        assert!(proposal.failed.is_empty(), "{:?}", proposal.failed);
        let hit: Vec<String> = acted(&proposal).into_iter().collect();
        assert_eq!(hit, ["ada-fox", "bob-elk", "cyd-owl"], "accused, with 20 bits or more");
        let state = ledger.state().unwrap();
        for action in state.actions() {
            assert!(action.act.automatic && action.act.kind == ActionKind::Discount);
            let delay = action.act.starts_at - T0;
            assert!((DAY / 24..=DAY).contains(&delay), "from 1 to 24 hours: {delay}");
            assert_eq!(action.act.expires_at - action.act.starts_at, 30 * DAY);
            assert_eq!(action.phase(T0), Phase::Delayed);
        }
        assert_eq!(state.policy().unwrap().0, policy.hash, "which policy it was stands in the ledger");
        let seq = state.seq();
        let again = propose(&mut ledger, &policy, &found, T0 + 60);
        assert!(acted(&again).is_empty());
        assert_eq!(ledger.state().unwrap().seq(), seq, "the same again changes nothing");
        assert!(verify(&place.place, None).unwrap().broken.is_none());
    });
}

#[test]
fn problems_have_a_line_and_a_column() {
    let good = text(FREE, LIVE, &[("discount", 30)]);
    let cases: [(&str, &str, usize, usize, &str); 13] = [
        ("name = \"test\"", "name = test", 1, 8, ""),
        ("per_day = 100000", "per_dya = 100000", 3, 1, "per_dya"),
        ("per_day = 100000", "per_day = -1", 3, 11, "whole number from 0 up"),
        ("share_of_accounts = 1.0", "share_of_accounts = 1.5", 5, 21, "a share, from 0.0 to 1.0"),
        ("verdict == 'inauthentic'", "verdict == 3", 10, 17, "does not go with"),
        ("verdict == 'inauthentic'", "verdit == 'inauthentic'", 10, 9, "no field \"verdit\""),
        ("action = \"discount\"", "action = \"ban\"", 13, 10, "actions: require_review, discount"),
        ("days = 30", "days = 0", 14, 8, "every action ends"),
        ("days = 30", "days = 99999", 14, 8, "from 0 to 3660"),
        (REASON, "Fake.", 8, 10, "a sentence in plain words"),
        ("mode = \"live\"", "mode = \"live\"\npercent = 101.0", 12, 11, "from 0.0 to 100.0"),
        ("mode = \"live\"", "mode = \"live\"\ndelay_hours = [3.0, 1.0]", 12, 15, "two numbers"),
        ("mode = \"live\"", "mode = \"on\"", 11, 8, ""),
    ];
    for (before, after, line, column, words) in cases {
        assert!(good.contains(before), "{before}");
        let problems = Policy::read(&good.replacen(before, after, 1)).err().unwrap_or_else(|| panic!("{after}: taken"));
        let first = &problems[0];
        assert!(problems.iter().any(|p| p.message.contains(words)), "{after}: {problems:?}");
        assert_eq!((first.line, first.column), (line, column), "{after}: {problems:?}");
    }
    let two = format!("{good}[[rule]]\n{}", good.split_once("[[rule]]\n").unwrap().1);
    assert!(Policy::read(&two).unwrap_err()[0].message.contains("two rules"));
    let stepless = text(FREE, LIVE, &[]);
    assert!(Policy::read(&stepless).is_err());
    let falling = text(FREE, LIVE, &[("suspend", 3), ("discount", 3)]);
    assert!(Policy::read(&falling).unwrap_err()[0].message.contains("mild to hard"));
    let target = text(FREE, "on = \"target\"\nwhen = \"target.share > 0.5\"", &[("suspend", 3)]);
    assert!(Policy::read(&target).unwrap_err()[0].message.contains("done to accounts"));
    // All of it is said at once, in the order of the file.
    let many = good.replace("days = 30", "days = 0").replace("per_day = 100000", "per_day = -1");
    assert_eq!(Policy::read(&many).unwrap_err().len(), 2);
    // A condition over lines is found where it is in the file.
    let over = good.replace("\"verdict == 'inauthentic'\"", "'''\nbits > 3.0 &&\n  bitz > 2.0'''");
    let problem = &Policy::read(&over).unwrap_err()[0];
    assert_eq!((problem.line, problem.column), (12, 3), "{problem}");
}

#[test]
fn nobody_is_hit_hard_without_a_person_unless_the_file_says_so_in_writing() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let steps = [("suspend", 7)];
    let proposal = propose(&mut ledger, &policy(FREE, LIVE, &steps), &findings(), T0);
    assert!(acted(&proposal).is_empty());
    assert!(proposal.lines.iter().all(|l| l.fate == Fate::Suggest), "{:?}", proposal.lines);
    assert_eq!(ledger.state().unwrap().actions().count(), 0);
    let case = ledger.queue(&Filter::default(), T0).unwrap()[0];
    let history = ledger.case_file(case, T0).unwrap().history;
    assert!(
        history.iter().any(|h| h.what == "suggested" && h.text.contains("suspend")),
        "reviewers see it: {history:?}"
    );

    let permit = |words: &str, actions: &str| {
        let permission = format!(
            "[permission]\nactions = [{actions}]\nby = \"Ann Example\"\ndate = \"2026-11-25\"\nwords = \"{words}\"\n[limits]"
        );
        Policy::read(&text(FREE, LIVE, &steps).replace("[limits]", &permission))
    };
    let problem = permit("ok", "\"suspend\"").unwrap_err().remove(0);
    assert!(problem.message.contains("at least 40 characters") && problem.line == 6, "{problem}");
    let long = "Agreed with the board on Monday; see the minutes, item 4.";
    let problem = permit(long, "\"freeze_liking\"").unwrap_err().remove(0);
    assert!(problem.message.contains("does not name suspend"), "{problem}");
    let allowed = permit(long, "\"suspend\"").unwrap();
    let proposal = propose(&mut ledger, &allowed, &findings(), T0 + 1);
    assert_eq!(acted(&proposal).len(), 4);
    assert!(ledger.state().unwrap().actions().all(|a| a.act.automatic && a.act.kind == ActionKind::Suspend));
}

#[test]
fn a_shadow_records_and_does_nothing() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let shadow = policy(FREE, "when = \"verdict == 'inauthentic'\"", &[("discount", 30)]);
    propose(&mut ledger, &shadow, &findings(), T0);
    let state = ledger.state().unwrap();
    assert_eq!((state.actions().count(), state.shadowed().count()), (0, 4));
    let seq = state.seq();
    propose(&mut ledger, &shadow, &findings(), T0 + DAY);
    assert_eq!(ledger.state().unwrap().seq(), seq, "said once");
    propose(&mut ledger, &shadow, &findings(), T0 + 31 * DAY);
    assert_eq!(ledger.state().unwrap().shadowed().count(), 8, "and again when its time would be over");
    // A shadow ahead of a live rule does not stand in its way.
    let both = text(FREE, "when = \"true\"", &[("suspend", 7)])
        + &text(FREE, LIVE, &[("discount", 30)]).split_once("[[rule]]").map(|(_, r)| format!("[[rule]]{r}")).unwrap();
    let both = read(&both.replacen("name = \"one\"", "name = \"shadow\"", 1));
    assert_eq!(acted(&propose(&mut ledger, &both, &findings(), T0 + 32 * DAY)).len(), 4);
    let on_target = policy(FREE, "on = \"target\"\nwhen = \"target.share > 0.1\"", &[("limit_distribution", 7)]);
    let cases = ledger.state().unwrap().cases().count();
    let proposal = propose(&mut ledger, &on_target, &findings(), T0 + 33 * DAY);
    assert_eq!(proposal.lines[0].fate, Fate::Shadow);
    assert_eq!(ledger.state().unwrap().cases().count(), cases, "no work for reviewers from a shadow");
}

#[test]
fn a_roll_out_grows_and_keeps_whom_it_has() {
    let found = many(2_000, |i| format!("author-{i}"));
    let mut before = BTreeSet::new();
    for percent in [5.0, 25.0, 60.0, 100.0] {
        let place = Somewhere::file();
        let rule = format!("{LIVE}\npercent = {percent:?}");
        let proposal = propose(&mut place.open(), &policy(FREE, &rule, &[("discount", 30)]), &found, T0);
        let hit = acted(&proposal);
        assert!(hit.is_superset(&before), "at {percent} %");
        let (n, p): (f64, f64) = (2_000.0, percent / 100.0);
        let error = 5.0 * (n * p * (1.0 - p)).sqrt();
        assert!((hit.len() as f64 - n * p).abs() <= error, "{} at {percent} %", hit.len());
        let rest = proposal.lines.iter().filter(|l| l.fate == Fate::OutsideRollOut).count();
        assert_eq!(rest + hit.len(), 2_000);
        before = hit;
    }
}

#[test]
fn breakers_hold_back_and_say_so() {
    let found = many(40, |i| format!("author-{}", i % 4));
    let cases = [
        ((100, 100, 1.0), "per_day = 7", 7, BreakerKind::Rule),
        ((9, 100, 1.0), "", 9, BreakerKind::Day),
        ((100, 3, 1.0), "", 12, BreakerKind::Author),
        // 400 accounts in all.
        ((100, 100, 0.01), "", 4, BreakerKind::Share),
        ((0, 100, 1.0), "", 0, BreakerKind::Day),
    ];
    for (limits, more, expected, breaker) in cases {
        let place = Somewhere::file();
        let mut ledger = place.open();
        let it = policy(limits, &format!("{LIVE}\n{more}"), &[("discount", 1)]);
        let proposal = propose(&mut ledger, &it, &found, T0);
        assert_eq!(acted(&proposal).len(), expected, "{breaker:?}");
        assert_eq!(proposal.tripped.values().sum::<u64>(), 40 - expected as u64, "{breaker:?}");
        assert!(proposal.tripped.keys().all(|(b, _)| *b == breaker), "{:?}", proposal.tripped);
        assert_eq!(ledger.state().unwrap().trips()[0].breaker, breaker, "it stands in the ledger");
        // Within the day nothing more is done, whoever asks; on the next, as much again, but for the share.
        assert!(acted(&propose(&mut ledger, &it, &found, T0 + 1)).is_empty(), "{breaker:?}");
        let next = acted(&propose(&mut ledger, &it, &found, T0 + DAY)).len();
        assert_eq!(next, expected, "{breaker:?}: what was done yesterday is over by now");
    }
}

#[test]
fn steps_go_from_mild_to_hard_and_every_action_ends() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let rule = format!("{LIVE}\nlook_back_days = 100");
    let it = policy(FREE, &rule, &[("discount", 10), ("discount", 20), ("freeze_liking", 30)]);
    let found = many(1, |_| "author".into());
    let mut days = Vec::new();
    for day in [0, 5, 10, 29, 30, 31] {
        for line in propose(&mut ledger, &it, &found, T0 + day * DAY).lines {
            days.push((day, line.days, line.fate));
        }
    }
    let act = |day: i64| Fate::Act { starts_at: T0 + day * DAY };
    let expected = [
        (0, 10, act(0)),
        (5, 20, Fate::Stands),
        (10, 20, act(10)),
        (29, 30, Fate::Stands),
        (30, 30, Fate::Suggest),
        (31, 30, Fate::Suggest),
    ];
    assert_eq!(days, expected);
    assert_eq!(ledger.state().unwrap().suggested().count(), 1, "suggested once");
    // Long after, it begins anew.
    let later = propose(&mut ledger, &it, &found, T0 + 200 * DAY);
    assert_eq!((later.lines[0].days, later.lines[0].fate), (10, act(200)));
}

#[test]
fn delays_are_spread_and_repeat_with_the_key() {
    let found = many(200, |i| format!("author-{i}"));
    let it = policy(FREE, &format!("{LIVE}\ndelay_hours = [2.0, 10.0]"), &[("discount", 30)]);
    let run = |key: [u8; 32]| {
        let place = Somewhere::file();
        let mut ledger = Ledger::open(&place.place, key).unwrap();
        fates(&propose(&mut ledger, &it, &found, T0))
    };
    let (once, again, other) = (run(KEY), run(KEY), run([9; 32]));
    assert_eq!(once, again);
    assert_ne!(once, other, "who does not know the key cannot foretell it");
    let hours: Vec<f64> = once
        .values()
        .map(|f| if let Fate::Act { starts_at } = f { (starts_at - T0) as f64 / 3.6e9 } else { panic!("{f:?}") })
        .collect();
    assert!(hours.iter().all(|h| (2.0..=10.0).contains(h)));
    let mean = hours.iter().sum::<f64>() / 200.0;
    // Five standard errors of a mean of uniforms on 2 to 10.
    assert!((mean - 6.0).abs() < 5.0 * 8.0 / (12.0f64 * 200.0).sqrt(), "{mean}");
}

#[test]
fn a_dry_run_enters_nothing_and_says_the_same() {
    on_both(|place| {
        let mut ledger = place.open();
        let it = policy(FREE, LIVE, &[("discount", 30)]);
        let dry = ledger.propose(&it, &findings(), T0, true).unwrap();
        assert_eq!(ledger.state().unwrap().seq(), 0);
        assert_eq!(verify(&place.place, None).unwrap().sealed, 0, "no names either");
        assert_eq!(dry, propose(&mut ledger, &it, &findings(), T0));
        assert!(verify(&place.place, None).unwrap().sealed > 0);
    });
}

#[test]
fn whom_a_person_cleared_no_rule_touches() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let it = policy(FREE, LIVE, &[("discount", 30)]);
    ledger.open_cases(&findings(), T0).unwrap();
    let case = ledger.next("ann", &Filter::default(), T0).unwrap().unwrap();
    ledger.decide(case, "ann", &clear(), T0).unwrap();
    let proposal = propose(&mut ledger, &it, &findings(), T0 + 1);
    let fates = fates(&proposal);
    assert_eq!(fates["ada-fox"], Fate::Cleared);
    assert!(matches!(fates["fay-cod"], Fate::Act { .. }));
    // And clearing takes back what a policy did.
    let case = ledger.queue(&"case:c2,c3".parse().unwrap(), T0 + 2).unwrap();
    for case in case {
        ledger.claim(case, "ann", T0 + 2).unwrap();
        ledger.decide(case, "ann", &clear(), T0 + 2).unwrap();
    }
    assert!(ledger.state().unwrap().actions().all(|a| a.phase(T0 + 3) == Phase::Reversed));
}

#[test]
fn rules_on_targets_open_a_case_on_the_target() {
    let place = Somewhere::file();
    let mut ledger = place.open();
    let rule = "on = \"target\"\nmode = \"live\"\nwhen = \"target.share > 0.3 && target.owned\"";
    let it = policy(FREE, rule, &[("discount", 30)]);
    let proposal = propose(&mut ledger, &it, &findings(), T0);
    assert_eq!(acted(&proposal).into_iter().collect::<Vec<_>>(), ["post-9"]);
    let case = proposal.lines[0].case.unwrap();
    let file = ledger.case_file(case, T0).unwrap();
    assert_eq!(file.target.as_deref(), Some("post-9"));
    let action = proposal.lines[0].action.unwrap();
    let name = ledger.statement(action).unwrap().unwrap().about;
    assert_eq!(name, "post-9");
    ledger.appeal("author-1", action, "they came from a newsletter", T0 + DAY).unwrap();
    assert!(acted(&propose(&mut ledger, &it, &findings(), T0 + 1)).is_empty());
}

#[test]
fn a_backtest_says_whom_it_would_have_hit() {
    let group = |name: &str, innocent| (name.to_owned(), innocent);
    let groups = BTreeMap::from([
        ("ada-fox".to_owned(), group("attack: farm", false)),
        ("bob-elk".to_owned(), group("attack: farm", false)),
        ("cyd-owl".to_owned(), group("look-alike: class", true)),
        ("eve-jay".to_owned(), group("ordinary", true)),
        ("zoe-bee".to_owned(), group("ordinary", true)),
    ]);
    let it = policy(FREE, LIVE, &[("discount", 30)]);
    let result = Backtest::run(&it, &findings(), &groups, &KEY, T0);
    let by: BTreeMap<&str, (u64, u64)> =
        result.groups.iter().map(|g| (g.group.as_str(), (g.accounts, g.acted))).collect();
    assert_eq!(by["attack: farm"], (2, 2));
    assert_eq!(by["look-alike: class"], (1, 1));
    assert_eq!(by["ordinary"], (2, 0));
    assert_eq!((result.innocents_acted_on(), result.innocents_hit_hard()), (1, 0));
    assert_eq!((result.candidates, result.accounts, result.rules[0].holds), (6, 1_000, 4));
    let bad =
        policy(FREE, "when = \"account.endorsements / account.earlier > 1\"\nmode = \"live\"", &[("discount", 30)]);
    let result = Backtest::run(&bad, &findings(), &groups, &KEY, T0);
    assert_eq!((result.rules[0].failed, result.rules[0].holds), (6, 0), "a rule that fails holds for nobody");
}
