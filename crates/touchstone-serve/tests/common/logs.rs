//! Logs for tests.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

/// A log with a ring in it: 600 people on 200 posts over four weeks, and 20 accounts ("ring0" to "ring19") that act within a
/// minute of each other on 24 of the posts. JSON Lines in order of time.
pub fn ringed() -> String {
    let mut state = 42u64;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let (start, day) = (1_700_000_000u64, 86_400u64);
    let mut rows = Vec::new();
    for i in 0..9_000u64 {
        rows.push((start + below(28 * day), format!("user{}", i % 600), below(200)));
    }
    for order in 0..24u64 {
        let at = start + order * day + 7 * 3600 + below(12 * 3600);
        for member in 0..20 {
            rows.push((at + below(60), format!("ring{member}"), order * 8 % 200));
        }
    }
    rows.sort();
    let line = |(i, (ts, actor, post)): (usize, (u64, String, u64))| {
        format!(r#"{{"actor":"{actor}","target":"post{post}","ts":{ts},"kind":"like","event_id":"e{i}"}}"#)
    };
    rows.into_iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
