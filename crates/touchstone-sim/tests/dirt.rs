//! Dirt, herding and what was liked before the log: there by default, alike for fake and authentic rows, off at 0.

mod common;

use std::collections::HashMap;

use common::{Log, generate, log, scenario};
use touchstone_sim::scenario::Dirt;

const CLEAN: Dirt = Dirt { retried_rows_share: 0.0, late_sessions_share: 0.0, skewed_clients_share: 0.0, ..DEFAULT };
const DEFAULT: Dirt = Dirt {
    retried_rows_share: 0.01,
    retry_seconds: 4.0,
    late_sessions_share: 0.01,
    late_minutes: 20.0,
    late_hours_max: 24.0,
    skewed_clients_share: 0.02,
    skew_seconds: 60.0,
    skew_seconds_max: 300.0,
};

#[test]
fn rows_are_retried_late_and_off_the_clock_whoever_acts() {
    assert_eq!(Dirt::default(), DEFAULT);
    let dir = tempfile::tempdir().unwrap();
    let mut scenario = scenario("mixed", 3000, 14);
    generate(&scenario, 9, &dir.path().join("dirty"));
    let dirty = log(&dir.path().join("dirty"));
    for fake in [true, false] {
        let rows: Vec<_> = dirty.events.iter().filter(|event| event.fake == fake).collect();
        let copies = rows.iter().filter(|event| event.retry).count() as f64;
        let mean = 0.01 * (rows.len() as f64 - copies);
        // Five standard deviations of a Poisson count.
        assert!((copies - mean).abs() < 5.0 * mean.sqrt(), "fake {fake}: {copies} copies, {mean:.0} expected");
    }
    let below = |log: &Log| {
        let mut latest = i64::MIN;
        let late = log.events.iter().filter(|event| {
            latest = latest.max(event.ts);
            event.ts < latest
        });
        late.count()
    };
    let share = below(&dirty) as f64 / dirty.events.len() as f64;
    assert!((0.005..0.1).contains(&share), "{share} of rows stand below later ones");

    scenario.dirt = CLEAN;
    generate(&scenario, 9, &dir.path().join("clean"));
    let clean = log(&dir.path().join("clean"));
    assert_eq!(below(&clean), 0, "rows are in the order of time");
    assert!(clean.events.iter().all(|event| !event.retry));
}

#[test]
fn likes_of_before_the_log_are_taken_back_by_people_and_services() {
    let dir = tempfile::tempdir().unwrap();
    let mut scenario = scenario("mixed", 3000, 14);
    generate(&scenario, 9, &dir.path().join("old"));
    let count = |log: &Log, reason: &str| log.events.iter().filter(|event| event.reason == reason).count();
    let old = log(&dir.path().join("old"));
    let (people, services) = (count(&old, "before_log"), count(&old, "dropped_before_log"));
    assert!(people > 5 && services > 5, "{people} by people, {services} by services");

    scenario.life.old_unlikes_share = 0.0;
    scenario.attacks.service.iter_mut().for_each(|service| service.dropped_share = 0.0);
    generate(&scenario, 9, &dir.path().join("none"));
    let none = log(&dir.path().join("none"));
    assert_eq!(count(&none, "before_log") + count(&none, "dropped_before_log"), 0);
}

#[test]
fn likes_draw_likes() {
    let dir = tempfile::tempdir().unwrap();
    // How much more is liked where likes were shown, beside where none were; good contents are liked more without herding, too.
    let ratio = |herding: f64| {
        let mut scenario = scenario("plain", 3000, 14);
        (scenario.life.herding, scenario.life.like_share) = (herding, 0.05);
        let out = dir.path().join(format!("{herding}"));
        let report = generate(&scenario, 3, &out);
        let (mut shown, mut seen): (HashMap<String, u32>, [(f64, f64); 2]) = Default::default();
        let log = log(&out);
        let start_ms = scenario.start_seconds * 1000;
        for event in
            log.events.iter().filter(|event| log.contents.get(&event.target).is_some_and(|c| c.published_at > start_ms))
        {
            let likes = shown.entry(event.target.clone()).or_default();
            let place = match *likes {
                0 => 0,
                7.. => 1,
                _ => 2,
            };
            match event.kind.as_str() {
                "view" if place < 2 => seen[place].0 += 1.0,
                "like" => {
                    *likes += 1;
                    if place < 2 {
                        seen[place].1 += 1.0;
                    }
                }
                _ => {}
            }
        }
        (seen[1].1 / seen[1].0 / (seen[0].1 / seen[0].0), report.likes as f64)
    };
    let ((without, likes), (with, herded)) = (ratio(0.0), ratio(1.0));
    assert!(with > 1.4 * without, "{without:.2} times without herding, {with:.2} with");
    assert!((0.75..1.35).contains(&(herded / likes)), "the mean is kept: {likes} likes without, {herded} with");
}
