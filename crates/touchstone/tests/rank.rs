//! `touchstone rank`: what it writes, what it says, and what it refuses.

mod common;

use common::Desk;
use std::fmt::Write;

/// A platform of 40 posts and 400 people who look at 15 posts each. Post 7 is watched to the end and shared, post 3 has the
/// most likes, none of which came of a look.
fn platform() -> (String, String) {
    let mut state = 11u64;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let start = 1_700_006_400u64;
    let mut events = String::from("actor,target,ts,kind,owner,dwell_ms\n");
    let mut row = |actor: &str, post: u64, ts: u64, kind: &str, dwell: &str| {
        let _ = writeln!(events, "{actor},post{post},{ts},{kind},owner{post},{dwell}");
    };
    for person in 0..400u64 {
        let actor = format!("user{person}");
        for _ in 0..15 {
            let (post, ts) = (below(40), start + below(14 * 86_400));
            let share = if post == 7 { 100 } else { below(110) };
            row(&actor, post, ts, "view", &(share * 200).to_string());
            if below(if post == 7 { 6 } else { 25 }) == 0 {
                row(&actor, post, ts + 4, "like", "");
            }
            if below(if post == 7 { 8 } else { 60 }) == 0 {
                row(&actor, post, ts + 9, ["share", "bookmark", "comment"][below(3) as usize], "");
            }
            if below(80) == 0 {
                row(&actor, post, ts + 20, "dislike", "");
            }
        }
    }
    for fan in 0..300u64 {
        row(&format!("fan{fan}"), 3, start + below(86_400), "like", "");
    }
    let mut contents = String::from("target,owner,duration_ms\n");
    (0..40).for_each(|post| {
        let _ = writeln!(contents, "post{post},owner{post},20000");
    });
    (events, contents)
}

fn desk() -> Desk {
    let desk = Desk::new();
    let (events, contents) = platform();
    desk.write("events.csv", events);
    desk.write("contents.csv", contents);
    desk
}

fn rows(desk: &Desk, file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(desk.path(file)).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Columns that other people's scripts are written against.
const COLUMNS: &str = "target owner rank score score_low completion finish dwell share save comment follow like negative age \
    completion_against_median finish_against_median dwell_against_median share_against_median save_against_median \
    comment_against_median follow_against_median like_against_median negative_against_median capped reason viewers likes \
    authentic";

#[test]
fn ranks_by_what_likes_do_not_decide() {
    let desk = desk();
    let run = desk.run(&["detect", "events.csv", "--contents", "contents.csv", "--out", "out", "--format", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let (metrics, ranks) = (rows(&desk, "out/metrics.csv"), rows(&desk, "out/ranks.csv"));
    assert_eq!((metrics.len(), ranks.len()), (41, 41));
    assert_eq!(ranks[0].join(" "), COLUMNS.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(ranks[1][0], "post7", "watched to the end and shared");
    let liked = ranks.iter().position(|r| r[0] == "post3").unwrap();
    assert!(liked > 5, "300 likes without a look put it on place {liked}");
    let parts: f64 = (5..14).map(|c| ranks[1][c].parse::<f64>().unwrap()).sum();
    assert!((parts - ranks[1][3].parse::<f64>().unwrap()).abs() < 1e-4, "a score is the sum of its parts");

    // Kept lines rank as the log did, to the byte.
    let before = std::fs::read(desk.path("out/ranks.csv")).unwrap();
    let run = desk.run(&["rank", "out"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(std::fs::read(desk.path("out/ranks.csv")).unwrap(), before);
    for words in ["post7", "completion", "weight", "by likes", "share"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let run = desk.run(&["rank", "out", "--why", "post3"]);
    assert!(run.stdout.contains("median") && run.stdout.contains("rank"), "{}", run.stdout);

    desk.write(
        "likes.toml",
        "[rank]\nlikes_beyond = 9.0\n[rank.weights]\ncompletion = 0.0\nfinish = 0.0\nshare = 0.0\n",
    );
    assert_eq!(desk.run(&["rank", "out", "--config", "likes.toml"]).code, 0);
    assert_ne!(std::fs::read(desk.path("out/ranks.csv")).unwrap(), before, "weights decide");
}

#[test]
fn both_formats_and_all_threads_say_the_same() {
    let desk = desk();
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let run = desk.run(&["detect", "events.csv", "--contents", "contents.csv", "--out", out, "--threads", threads]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    for file in ["metrics.parquet", "ranks.parquet"] {
        assert_eq!(
            std::fs::read(desk.path("one").join(file)).unwrap(),
            std::fs::read(desk.path("two").join(file)).unwrap()
        );
    }
    let table = desk.run(&["rank", "one"]);
    assert_eq!(
        std::fs::read(desk.path("one/ranks.parquet")).unwrap(),
        std::fs::read(desk.path("two/ranks.parquet")).unwrap()
    );
    desk.run(&["detect", "events.csv", "--contents", "contents.csv", "--out", "text", "--format", "csv"]);
    let text = desk.run(&["rank", "text"]);
    let first = |s: &str| s.lines().take_while(|l| !l.starts_with("ranks")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(first(&table.stdout), first(&text.stdout));
}

#[test]
fn likes_alone_are_enough() {
    let desk = Desk::new();
    desk.write("likes.csv", common::ringed());
    assert_eq!(desk.run(&["detect", "likes.csv", "--out", "out"]).code, 0);
    let run = desk.run(&["rank", "out"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("did not run"), "{}", run.stdout);
    assert_eq!(desk.run(&["detect", "likes.csv", "--out", "bare", "--no-rank"]).code, 0);
    assert!(!desk.path("bare/ranks.parquet").exists() && !desk.path("bare/metrics.parquet").exists());
    let run = desk.run(&["rank", "bare"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("metrics") && run.stderr.contains("detect"), "{}", run.stderr);
}

#[test]
fn weights_are_fitted_to_an_outcome() {
    let desk = desk();
    desk.run(&["detect", "events.csv", "--contents", "contents.csv", "--out", "out", "--quiet"]);
    let run = desk.run(&[
        "rank",
        "out",
        "--fit",
        "out/metrics.parquet",
        "--outcome",
        "completion_sum",
        "--per",
        "weighted_watchers",
    ]);
    assert_eq!(run.code, 2, "40 targets are too few");
    assert!(run.stderr.contains("40") && run.stderr.contains("50"), "{}", run.stderr);
    let run = desk.run(&["rank", "out", "--fit", "out/metrics.parquet", "--outcome", "joy"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("joy") && run.stderr.contains("completion_sum"), "{}", run.stderr);
}

/// The number after some words of a text.
fn after(text: &str, words: &str) -> f64 {
    let rest = text.split_once(words).unwrap_or_else(|| panic!("no \"{words}\" in {text}")).1;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(rest.len());
    rest[..end].parse().unwrap_or_else(|e| panic!("{e}: {rest}"))
}

#[test]
fn a_fit_says_its_error_and_gives_weights_that_rank() {
    let desk = Desk::new();
    let mut state = 5u64;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    // The higher its number, the longer a post is watched, now and later; likes fall by chance.
    let mut events = String::from("actor,target,ts,kind,owner,dwell_ms\n");
    for person in 0..500u64 {
        for _ in 0..24 {
            let (post, ts) = (below(120), 1_700_006_400 + below(14 * 86_400));
            let dwell = (below(50) + post / 3) * 200;
            let _ = writeln!(events, "user{person},post{post},{ts},view,owner{post},{dwell}");
            if below(20) == 0 {
                let _ = writeln!(events, "user{person},post{post},{},like,owner{post},", ts + 5);
            }
        }
    }
    let (mut contents, mut later) = (String::from("target,duration_ms\n"), String::from("target,long_views,views\n"));
    for post in 0..120u64 {
        let _ = writeln!(contents, "post{post},20000");
        let _ = writeln!(later, "post{post},{},200", post + below(30));
    }
    desk.write("events.csv", events);
    desk.write("contents.csv", contents);
    desk.write("later.csv", later);
    assert_eq!(desk.run(&["detect", "events.csv", "--contents", "contents.csv", "--out", "out", "--quiet"]).code, 0);
    let run = desk.run(&["rank", "out", "--fit", "later.csv", "--outcome", "long_views", "--per", "views"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("long_views a views of 120 targets; on targets held out"), "{}", run.stdout);
    let explained = after(&run.stdout, "explained share of the outcome's variance ");
    let (fitted, before) = (after(&run.stdout, "rank correlation "), after(&run.stdout, "(before "));
    assert!(explained > 0.5 && explained <= 1.0, "{}", run.stdout);
    assert!(fitted > 0.7 && fitted >= before - 0.05, "{}", run.stdout);
    // What was printed is a configuration: it ranks, and by watching alone.
    desk.write("fitted.toml", run.stdout.clone());
    let ranked = desk.run(&["rank", "out", "--config", "fitted.toml", "--show", "5"]);
    assert_eq!(ranked.code, 0, "{}", ranked.stderr);
    let watching: f64 =
        ["completion", "finish", "dwell"].iter().map(|m| after(&run.stdout, &format!("\n{m} = "))).sum();
    assert!(watching > after(&run.stdout, "\nlike = "), "{}", run.stdout);
}

#[test]
fn wrong_use_is_refused() {
    let desk = desk();
    for (arguments, words) in [
        (vec!["rank"], "FINDINGS"),
        (vec!["rank", "nowhere"], "nowhere"),
        (vec!["rank", "nowhere", "--attack"], "attack"),
        (vec!["rank", "--attack", "--shares", "7"], "--shares"),
    ] {
        let run = desk.run(&arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.stderr.contains(words) && !run.stderr.contains("panicked"), "{arguments:?}: {}", run.stderr);
    }
    desk.write("bad.toml", "[rank.weights]\nlike = -1.0\n");
    let run = desk.run(&["detect", "events.csv", "--out", "out", "--config", "bad.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("rank.weights.like"), "{}", run.stderr);
    let help = desk.run(&["rank", "--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Examples"), "{}", help.stdout);
}

#[test]
fn what_bought_likes_buy_is_measured() {
    let desk = desk();
    let run_all = |line: &str| desk.run(&line.split(' ').collect::<Vec<_>>());
    let world = "rank --attack --users 200 --seeds 3 --shares 0.05 --likes 20 --doses 5,20 --json a.json";
    let run = run_all(world);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in ["NDCG@20", "raw likes", "Wilson", "courtesy groups", "weight lost", "ranks gained"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let first = std::fs::read_to_string(desk.path("a.json")).unwrap();
    assert_eq!(run_all(world).code, 0);
    assert_eq!(first, std::fs::read_to_string(desk.path("a.json")).unwrap(), "the same seed, the same numbers");
    // Over a log of one's own, without knowing what its targets are worth.
    let own = "rank --attack --input events.csv --contents contents.csv --seeds 1 --likes 20 --doses 20";
    let run = run_all(own);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("ranks gained") && !run.stdout.contains("NDCG"), "{}", run.stdout);
}
