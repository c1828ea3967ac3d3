//! The arms race: laws of the attacker's policy, and races against defenders so simple that what
//! must come out is known.

mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use common::{Log, log, scenario};
use proptest::prelude::*;
use touchstone_sim::Scenario;
use touchstone_sim::adapt::{
    ATTACKER, Attacker, Judged, Judgement, Outcome, OwnLike, RaceError, RaceOptions, Round, ladder, race, total,
};

/// So many likes by so many accounts, in turn; the first `gone` of the likes are discounted.
fn outcome(accounts: usize, likes: usize, gone: usize) -> Outcome {
    let like = |number: usize| OwnLike {
        account: format!("u{}", number % accounts.max(1)),
        discounted: if number < gone { 1.0 } else { 0.0 },
    };
    Outcome { accounts, likes: (0..likes).map(like).collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn never_spends_beyond_the_budget(
        budget in 0.01f64..20_000.0,
        wanted in 1.0f64..20_000.0,
        // Services deliver what they please, and defenders discount what they please.
        seen in prop::collection::vec((0usize..3000, 0usize..3000, 0.0f64..1.0), 1..15),
    ) {
        let mut attacker = Attacker::new(budget, seen.len() as u32, wanted);
        let mut spent = 0.0;
        for (accounts, likes, gone) in seen {
            let Some(order) = attacker.order() else { break };
            let outcome = outcome(accounts, likes, (likes as f64 * gone) as usize);
            let bill = attacker.bill(&order, &outcome);
            prop_assert!(bill.dollars >= 0.0 && bill.dollars <= order.agreed_dollars);
            prop_assert!(order.likes <= wanted);
            spent += bill.dollars;
            attacker = attacker.next(&outcome);
            prop_assert!(attacker.money_dollars >= 0.0);
            prop_assert!((budget - spent - attacker.money_dollars).abs() < 1e-6 * budget);
        }
        prop_assert!(spent <= budget * (1.0 + 1e-9));
    }

    #[test]
    fn moves_up_when_all_was_discounted_and_stays_when_all_survive(
        likes in 1usize..3000,
        stays in prop::collection::vec(0usize..3, 6),
    ) {
        let mut attacker = Attacker::new(1e9, 100, 2000.0);
        for (rung, stays) in stays.into_iter().enumerate() {
            for _ in 0..stays {
                attacker = attacker.next(&outcome(150, likes, 0));
                prop_assert_eq!(attacker.rung, rung, "all survive");
            }
            attacker = attacker.next(&outcome(150, likes, likes));
            // The record of earlier rounds does not matter: it climbs while there is something to try.
            prop_assert_eq!(attacker.rung, rung + 1, "all was discounted");
        }
    }
}

#[test]
fn an_order_that_brings_nothing_teaches_nothing() {
    let attacker = Attacker::new(1000.0, 5, 2000.0);
    let next = attacker.next(&Outcome::default());
    assert_eq!((next.rung, next.rounds_left), (0, 4));
}

#[test]
fn having_tried_all_it_goes_where_most_survives_for_a_rounds_money() {
    // Money enough for everything: then the share that survives decides.
    let mut attacker = Attacker::new(1e9, 100, 2000.0);
    for survived in [10, 20, 30, 70, 60, 50, 40] {
        attacker = attacker.next(&outcome(150, 100, 100 - survived));
    }
    assert_eq!(attacker.rung, 3);
    // Now it learns that the same rung has got worse.
    attacker = attacker.next(&outcome(150, 100, 100));
    assert_eq!(attacker.rung, 4, "70 of 200 survived there, 60 of 100 here");
    // Short of money, the same record sends it to where likes are cheap.
    let mut poor = Attacker::new(700.0, 7 + 100, 2000.0);
    for survived in [10, 20, 30, 70, 60, 50, 40] {
        poor = poor.next(&outcome(0, 100, 100 - survived));
    }
    assert!(poor.rung < 2, "{poor:?}");
}

#[test]
fn burned_accounts_are_bought_again_and_clean_ones_are_kept() {
    let attacker = Attacker::new(1000.0, 10, 2000.0);
    let first = outcome(100, 400, 0);
    assert_eq!(attacker.bill(&attacker.order().unwrap(), &first).accounts_bought, 100);
    let attacker = attacker.next(&first);
    // 30 accounts lose a like each; the rung is kept, since 370 of 400 survive.
    let second = outcome(100, 400, 30);
    assert_eq!(attacker.bill(&attacker.order().unwrap(), &second).accounts_bought, 0);
    let attacker = attacker.next(&second);
    assert_eq!(attacker.bill(&attacker.order().unwrap(), &first).accounts_bought, 30);
}

#[test]
fn every_rung_is_a_valid_service_and_adds_to_the_one_below() {
    let base = scenario("null", 10_000, 28);
    let ladder = ladder();
    for rung in &ladder {
        let mut world = base.clone();
        world.attacks.service.push(rung.service("x", 2000.0, world.users, world.days));
        world.check().unwrap_or_else(|error| panic!("{}: {error}", rung.name));
    }
    for pair in ladder.windows(2) {
        let [below, above] = pair else { unreachable!() };
        assert!(above.dollars_per_like() >= below.dollars_per_like(), "{} is cheaper than below", above.name);
        assert!(above.evasion != below.evasion || above.trickle != below.trickle, "{} adds nothing", above.name);
    }
}

/// All likes that stand, each discounted by `share` of the log.
fn judge(log: &Log, discounted: impl Fn(&str) -> f64) -> Judgement {
    let mut standing: BTreeSet<(&str, &str)> = BTreeSet::new();
    for event in &log.events {
        let pair = (event.actor.as_str(), event.target.as_str());
        match event.kind.as_str() {
            "like" => drop(standing.insert(pair)),
            "unlike" => drop(standing.remove(&pair)),
            _ => {}
        }
    }
    let likes: Vec<Judged> = standing
        .into_iter()
        .map(|(actor, target)| Judged {
            actor: actor.to_owned(),
            target: target.to_owned(),
            discounted: discounted(actor),
        })
        .collect();
    let accused: BTreeSet<String> =
        likes.iter().filter(|like| like.discounted > 0.0).map(|like| like.actor.clone()).collect();
    Judgement { likes, accused: accused.into_iter().collect() }
}

fn base() -> Scenario {
    scenario("null", 1500, 7)
}

/// A race of the base world against a rule that sees the log (and, to be checked, its truth).
fn play(rounds: u32, budget_dollars: f64, mut rule: impl FnMut(&Log) -> Judgement) -> Vec<Round> {
    let dir = tempfile::tempdir().unwrap();
    let options = RaceOptions { base: base(), seed: 5, rounds, budget_dollars, scratch: dir.path().to_owned() };
    let told = RefCell::new(0);
    let defend = |exhibit: &touchstone_sim::adapt::Exhibit| -> Result<Judgement, Infallible> {
        Ok(rule(&log(exhibit.events.parent().unwrap())))
    };
    let played = race(&options, defend, |_| *told.borrow_mut() += 1).unwrap();
    assert_eq!(*told.borrow(), played.len());
    played
}

fn rungs(rounds: &[Round]) -> Vec<&str> {
    rounds.iter().map(|round| round.rung).collect()
}

#[test]
fn against_no_defence_it_stays_at_the_bottom_and_nobody_is_harmed() {
    let rounds = play(3, 500.0, |log| judge(log, |_| 0.0));
    assert_eq!(rungs(&rounds), ["L0", "L0", "L0"]);
    for round in &rounds {
        assert!(round.likes_delivered > 50, "{round:?}");
        assert_eq!(round.likes_surviving, round.likes_delivered as f64);
        assert_eq!((round.innocents_accused, round.innocent_likes_discounted), (0, 0.0));
        assert!(round.innocents > 500 && round.innocent_likes > 1000, "{round:?}");
    }
    let seeds: BTreeSet<u64> = rounds.iter().map(|round| round.seed).collect();
    assert_eq!(seeds.len(), 3, "each round has a world of its own");
    assert_eq!(play(3, 500.0, |log| judge(log, |_| 0.0)), rounds, "the same seed gives the same rounds");
}

#[test]
fn against_a_defender_who_discounts_all_it_climbs_to_the_top_for_nothing() {
    let rounds = play(7, 20_000.0, |log| judge(log, |_| 1.0));
    assert_eq!(rungs(&rounds), ["L0", "L1", "L2", "L3", "L4", "L5", "L6"]);
    for round in &rounds {
        assert_eq!((round.likes_surviving, round.dollars_per_surviving_like), (0.0, None));
        assert_eq!(round.innocents_accused, round.innocents);
        assert_eq!(round.innocent_likes_discounted, round.innocent_likes as f64);
        assert!(round.likes_delivered > 50 && round.accounts >= 10, "{round:?}");
    }
    let all = total(&rounds);
    assert!(all.dollars <= 20_000.0 && all.dollars_per_surviving_like.is_none());
    let paid: f64 = rounds.iter().map(|round| round.dollars).sum();
    assert!((rounds.last().unwrap().money_left_dollars + paid - 20_000.0).abs() < 1e-6);
}

/// Likes of accounts younger than two months when the log begins are worth nothing.
fn distrust_the_young(log: &Log) -> Judgement {
    let oldest = base().start_seconds * 1000 - 60 * 86_400_000;
    let young: BTreeSet<&str> = log
        .accounts
        .iter()
        .filter(|account| account.created_at > oldest)
        .map(|account| account.name.as_str())
        .collect();
    judge(log, |actor| f64::from(u8::from(young.contains(actor))))
}

#[test]
fn a_rule_against_fresh_accounts_drives_it_to_aged_ones_and_harms_newcomers() {
    let rounds = play(4, 5000.0, distrust_the_young);
    assert_eq!(rungs(&rounds), ["L0", "L1", "L2", "L2"]);
    assert_eq!(rounds[0].likes_surviving, 0.0);
    assert_eq!(rounds[2].likes_surviving, rounds[2].likes_delivered as f64);
    for round in &rounds {
        assert!(round.innocents_accused > 0 && round.innocents_accused < round.innocents / 2, "{round:?}");
    }
    let bought = &rounds[3];
    assert!(bought.accounts_bought < bought.accounts, "its aged accounts are clean and used again: {bought:?}");
    let cost = |rounds: &[Round]| total(rounds).dollars_per_surviving_like.unwrap();
    let free = play(4, 5000.0, |log| judge(log, |_| 0.0));
    assert!(cost(&rounds) > 5.0 * cost(&free), "{} and {}", cost(&rounds), cost(&free));
}

#[test]
fn it_sees_only_its_own_likes() {
    // The same to the attacker, with everybody else accused on top.
    let cruel = |log: &Log| {
        let own: BTreeSet<&str> = log
            .events
            .iter()
            .filter(|event| event.attack.as_deref() == Some(ATTACKER))
            .map(|event| event.actor.as_str())
            .collect();
        let mild = distrust_the_young(log);
        let others = judge(log, |actor| f64::from(u8::from(!own.contains(actor))));
        let mut likes = mild.likes;
        likes
            .iter_mut()
            .zip(&others.likes)
            .for_each(|(one, other)| one.discounted = one.discounted.max(other.discounted));
        Judgement { likes, accused: others.accused }
    };
    let (mild, cruel) = (play(4, 5000.0, distrust_the_young), play(4, 5000.0, cruel));
    for (mild, cruel) in mild.iter().zip(&cruel) {
        assert_eq!((mild.rung, mild.likes_ordered, mild.dollars), (cruel.rung, cruel.likes_ordered, cruel.dollars));
        assert_eq!(mild.likes_surviving, cruel.likes_surviving);
        assert!(cruel.innocents_accused > mild.innocents_accused);
    }
}

#[test]
fn the_figures_are_those_of_the_truth() {
    let expected = RefCell::new(Vec::new());
    let rounds = play(2, 500.0, |log| {
        let judgement = judge(log, |actor| if actor.ends_with(['1', '3', '5', '7']) { 0.25 } else { 0.0 });
        let mut sold: BTreeMap<(&str, &str), bool> = BTreeMap::new();
        let mut fakers: BTreeSet<&str> = BTreeSet::new();
        for event in log.events.iter().filter(|event| event.fake && event.kind == "like") {
            *sold.entry((&event.actor, &event.target)).or_default() |= event.reason != "cover";
            fakers.insert(&event.actor);
        }
        let pair = |like: &&Judged| sold.get(&(like.actor.as_str(), like.target.as_str())).copied();
        let own: Vec<&Judged> = judgement.likes.iter().filter(|like| pair(like) == Some(true)).collect();
        let people: BTreeSet<&str> = log
            .accounts
            .iter()
            .filter(|account| account.role == "person" && !fakers.contains(account.name.as_str()))
            .map(|account| account.name.as_str())
            .collect();
        let innocent: Vec<&Judged> =
            judgement.likes.iter().filter(|like| people.contains(like.actor.as_str())).collect();
        expected.borrow_mut().push((
            own.len() as u64,
            own.iter().map(|like| 1.0 - like.discounted).sum::<f64>(),
            innocent.len() as u64,
            innocent.iter().map(|like| like.discounted).sum::<f64>(),
        ));
        judgement
    });
    for (round, expected) in rounds.iter().zip(expected.into_inner()) {
        let found =
            (round.likes_delivered, round.likes_surviving, round.innocent_likes, round.innocent_likes_discounted);
        assert_eq!(found, expected);
        assert!(round.likes_surviving < round.likes_delivered as f64 && round.innocent_likes_discounted > 0.0);
    }
}

#[test]
fn where_money_is_short_it_buys_less_and_climbs_no_further_than_it_can_pay() {
    // A hundred accounts at ten cents is all there is, and none comes back clean.
    let rounds = play(6, 12.0, |log| judge(log, |_| 1.0));
    assert_eq!(rungs(&rounds), ["L0", "L1", "L1", "L1", "L1", "L1"], "no aged account can be paid");
    // It wants 300; what a round did not deliver is left for the last.
    assert!(rounds[..5].iter().all(|round| round.likes_ordered < 300), "{rounds:?}");
    assert!(total(&rounds).dollars <= 12.0);
}

#[test]
fn races_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let good = RaceOptions { base: base(), seed: 1, rounds: 1, budget_dollars: 10.0, scratch: dir.path().to_owned() };
    let mut small = good.clone();
    small.base.users = 400;
    let mut named = good.clone();
    named.base.attacks.service.push(ladder()[0].service(ATTACKER, 100.0, 1500, 7));
    let poor = RaceOptions { budget_dollars: 0.5, ..good.clone() };
    let broke = RaceOptions { budget_dollars: f64::NAN, ..good };
    for (options, word) in [(small, "400"), (named, ATTACKER), (poor, "0.5"), (broke, "NaN")] {
        let refused = race(&options, |_| -> Result<Judgement, Infallible> { unreachable!() }, |_| ());
        match refused {
            Err(RaceError::Options(message)) => assert!(message.contains(word), "{message}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_defender_who_fails_ends_the_race() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        RaceOptions { base: base(), seed: 1, rounds: 2, budget_dollars: 100.0, scratch: dir.path().to_owned() };
    let result = race(&options, |_| Err("out of memory"), |_| ());
    assert!(matches!(result, Err(RaceError::Defender("out of memory"))));
}
