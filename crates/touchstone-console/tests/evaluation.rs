//! The page of an evaluation: what must hold of every one.

use std::collections::BTreeSet;

use touchstone_console::evaluation as page;
use touchstone_detect::evaluation::material::{
    Account, Corrected, FoundRing, Like, Likes, Material, NO_ATTACK, NONE, Rings, Role, Target, Targets, TrueRing,
};
use touchstone_detect::evaluation::{Evaluation, evaluate};
use touchstone_detect::findings::Verdict;

/// Ten accounts, half of them fake and found, with names that try to be markup.
fn small() -> Evaluation {
    let account = |i: u32| Account {
        role: if i < 5 { Role::Operated } else { Role::Person },
        attack: if i < 5 { 0 } else { NONE },
        ring: if i < 5 { 0 } else { NONE },
        look_alikes: u32::from(i > 7),
        likes: 2,
        fake_likes: if i < 5 { 2 } else { 0 },
        verdict: if i < 6 { Verdict::Inauthentic } else { Verdict::Organic },
        bits: f64::from(9 - i),
    };
    let like = |i: u32| {
        let (fake, attack) = (i < 5, if i < 5 { 0 } else { NO_ATTACK });
        Like { p_fake: if fake { 0.9 } else { 0.1 }, account: i, attack, fake, cover: false }
    };
    let found = Some(Corrected { reported: 10, authentic: 6.0, interval: Some((4.0, 7.0)) });
    let target = Target { reported: 10, authentic: 5, attacked: true, ordered: true, found, burst: false };
    let hostile = "<script>alert('x')</script>".to_owned();
    evaluate(Material {
        attacks: vec![hostile.clone()],
        look_alikes: vec!["fan_club".into()],
        accounts: (0..10).map(account).collect(),
        verdicts: true,
        bits: true,
        likes: Some(Likes { rows: (0..10).map(like).collect(), ..Likes::default() }),
        targets: Some(Targets { rows: vec![target], ..Targets::default() }),
        rings: Some(Rings {
            truth: vec![TrueRing {
                name: "ring-0".into(),
                attack: hostile.clone(),
                kind: "farm".into(),
                members: (0..5).collect(),
            }],
            found: vec![FoundRing { name: hostile.clone(), kind: Some(hostile.clone()), members: (0..6).collect() }],
        }),
        not_evaluated: Vec::new(),
        notes: vec![hostile],
    })
}

#[test]
fn says_what_is_in_the_numbers() {
    let html = page(&small(), "findings");
    assert!(html.contains("5 of 5 fake accounts accused, and 1 innocent."), "{html}");
    assert!(html.contains("1 true ring and 1 found ring: 1 match one to one"), "{html}");
    assert_eq!(html, page(&small(), "findings"), "same numbers, same bytes");
}

#[test]
fn every_page_is_self_contained() {
    for e in [small(), Evaluation::default(), evaluate(Material::default())] {
        let html = page(&e, "<b>findings</b>");
        assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
        for forbidden in ["<script", "<b>", "://", "NaN", "inf\""] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        let mut ids = BTreeSet::new();
        for id in html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.insert(id), "{id} is there twice");
        }
        for link in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(link), "#{link} leads nowhere");
        }
    }
}
