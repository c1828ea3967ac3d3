//! E-values have mean at most one where nothing but chance is at work: measured, with its error.

mod common;

use common::*;
use std::collections::BTreeMap;
use touchstone_detect::params::Params;
use touchstone_detect::pipeline::Engine;
use touchstone_detect::ring::roster::Roster;
use touchstone_detect::schedule::SCALES;
use touchstone_detect::signals::lockstep::judge;
use touchstone_detect::signals::lockstep::trials::{self, Habits, TrialContext};
use touchstone_detect::survey::{Survey, Tempo, schedule};

/// Mean of e and its standard error.
fn mean(e: &[f64]) -> (f64, f64) {
    let n = e.len() as f64;
    let mean = e.iter().sum::<f64>() / n;
    let variance = e.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// A mean of at most one, measured well enough for the bound to mean something.
fn assert_at_most_one(mean: f64, error: f64) {
    assert!(error < 0.25, "mean e {mean:.3} +- {error:.3}: too loose to say anything");
    assert!(mean - 2.0 * error <= 1.0, "mean e {mean:.3} +- {error:.3}");
}

/// Every endorsement moves to a random moment of its day: who acts on what, and on which day, stays;
/// who coincides with whom becomes chance.
fn jittered(world: &World, seed: u64) -> World {
    let mut r = Random(seed);
    let mut out = world.clone();
    for e in &mut out.events {
        e.2 = e.2.div_euclid(DAY) * DAY + (r.unit() * 86_400.0) as i64 * SECOND;
    }
    out
}

/// E-values of the members of given groups on a world, one direction, all scales.
fn lockstep_e(world: &World, groups: Vec<Vec<u32>>) -> Vec<f64> {
    let loaded = world.load(4);
    let census = loaded.census();
    let params = Params::default();
    let Ok(parts) = loaded.count(|p, _| Survey::count(p, &census));
    let mut survey = Survey::default();
    parts.iter().for_each(|s| survey.merge(s));
    let span = world.events.iter().fold((i64::MAX, i64::MIN), |s, e| (s.0.min(e.2), s.1.max(e.2)));
    let schedule = schedule(&survey, span.0, span.1, 0);
    assert_eq!(schedule.usable, [true; SCALES]);
    let tempo = Tempo::new(&survey);
    let number: BTreeMap<u32, u32> = loaded.account.iter().enumerate().map(|(i, a)| (*a, i as u32)).collect();
    let members: Vec<Vec<u32>> =
        groups.iter().map(|g| g.iter().filter_map(|a| number.get(a).copied()).collect()).collect();
    let scales = vec![0; members.len()];
    let roster = Roster::new(loaded.account.len(), members, scales);
    let Ok(actions) = loaded.count(|p, _| Habits::count(p, &census, |a| roster.of(a).is_some()));
    let habits = Habits::new(actions.concat(), &census);
    let context = TrialContext {
        census: &census,
        schedule: &schedule,
        tempo: &tempo,
        habits: &habits,
        roster: &roster,
        fold: Some(1),
        own_scale_only: false,
        params: &params.lockstep,
    };
    let Ok(trials) = loaded.count(|p, _| trials::count(p, &context));
    judge::judge(&mut trials.concat(), &census, &schedule).iter().map(|t| t.ln_e.exp()).collect()
}

#[test]
fn lockstep_under_jitter() {
    let mut e = Vec::new();
    for seed in 0..12 {
        let mut world = organic(1500, 400, 800 + seed);
        add_ring(&mut world, 10_000, 40, 30, 0.7, 300 * SECOND, seed);
        // The ring as it is, but with its coordination destroyed: everything innocent is still there.
        e.extend(lockstep_e(&jittered(&world, seed), vec![(10_000..10_040).collect()]));
    }
    let (m, error) = mean(&e);
    assert!(e.len() > 300, "{}", e.len());
    assert_at_most_one(m, error);
}

#[test]
fn lockstep_in_organic_groups_of_one_taste() {
    let mut e = Vec::new();
    for seed in 0..12 {
        let world = organic(1500, 400, 900 + seed);
        // Groups by what they like most: the homophily that naive nulls take for conspiracy.
        let mut likes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        world.events.iter().for_each(|(a, t, _)| likes.entry(*t).or_default().push(*a));
        let mut popular: Vec<&Vec<u32>> = likes.values().collect();
        popular.sort_by_key(|l| std::cmp::Reverse(l.len()));
        let mut taken = std::collections::BTreeSet::new();
        let groups: Vec<Vec<u32>> =
            popular.iter().take(5).map(|l| l.iter().copied().filter(|a| taken.insert(*a)).take(40).collect()).collect();
        e.extend(lockstep_e(&world, groups));
    }
    let (m, error) = mean(&e);
    assert!(e.len() > 500, "{}", e.len());
    assert_at_most_one(m, error);
}

/// Fans of eight authors who are told of every post and come within a minute or two, independently of
/// each other: the promptest innocents there are.
fn prompt_fans(world: &mut World, seed: u64, own_like_hours: f64) -> Vec<u32> {
    let mut r = Random(seed ^ 0xFA);
    for post in 0..80u32 {
        let published = (r.unit() * 26.0 * DAY as f64) as i64 + DAY;
        let target = 50_000 + post;
        if own_like_hours > 0.0 {
            // The author's own like, while it was still a draft.
            let early = (r.unit() * own_like_hours * HOUR as f64) as i64;
            world.events.push((90_000 + post % 8, target, (published - early) / SECOND * SECOND));
        }
        for fan in 0..60u32 {
            if r.unit() < 0.35 {
                let wait = (r.lognormal(50.0, 0.8) * SECOND as f64) as i64;
                world.events.push((30_000 + fan, target, (published + wait) / SECOND * SECOND));
            }
        }
        for _ in 0..12 {
            let wait = (r.lognormal(4.0 * 3600.0, 1.5) * SECOND as f64) as i64;
            world.events.push((r.below(1500) as u32, target, (published + wait) / SECOND * SECOND));
        }
    }
    (30_000..30_060).collect()
}

#[test]
fn lockstep_among_prompt_fans() {
    let mut e = Vec::new();
    for seed in 0..6 {
        for own_like_hours in [0.0, 2.0, 36.0] {
            let mut world = organic(1500, 400, 950 + seed);
            let fans = prompt_fans(&mut world, seed, own_like_hours);
            e.extend(lockstep_e(&world, vec![fans]));
        }
    }
    let (m, error) = mean(&e);
    assert!(e.len() > 500, "{}", e.len());
    assert_at_most_one(m, error);
}

#[test]
fn bursts_of_organic_targets() {
    let mut e = Vec::new();
    for seed in 0..6 {
        let world = organic(3000, 500, 1000 + seed);
        let (_, outcome) = world.detect(&Params::default());
        e.extend(outcome.bursts.values().map(|b| b.ln_e.exp()));
        assert!(outcome.bursts.values().all(|b| !b.accepted), "seed {seed}");
    }
    let (m, error) = mean(&e);
    assert!(e.len() > 300, "{}", e.len());
    assert_at_most_one(m, error);
}
