//! Raters who choose the same posts at the same time.
//!
//! *Source*: Community Notes, post selection similarity (public scoring code, 2025; described
//! here, not copied).
//!
//! *Formula*: for two raters, n_ab is the number of posts both rated within 20 minutes of each
//! other, n_a and n_b the posts each rated, N all ratings. Smoothed PMI is
//! ln(n_ab N / ((n_a + 500) (n_b + 500))), NPMI divides it by -ln(n_ab / N). Two raters of at
//! least 10 posts each are linked where NPMI is at least 0.45, or where n_ab is at least 0.4 of
//! the smaller one's posts plus 10. Whoever is linked is acted on; linked raters make one group.
//!
//! *Deviations*: a rating of a note is a like here, and a note's post is the target. The score is
//! the larger of both measures as a share of its threshold, so that 1 is the published line.

use super::Verdicts;
use super::components::components;
use super::pairs;
use crate::likes::Likes;

const WINDOW_MS: i64 = 20 * 60 * 1000;
const POSTS_MIN: u32 = 10;
const SMOOTHING: f64 = 500.0;
const NPMI_MIN: f64 = 0.45;
const SHARE_MIN: f64 = 0.4;
const SHARE_PSEUDOCOUNTS: f64 = 10.0;

pub(super) fn run(likes: &Likes) -> Verdicts {
    let given = likes.given();
    let all = likes.likes.len() as f64;
    let mut verdicts = Verdicts::none(likes.accounts.len());
    let mut edges = Vec::new();
    for pair in pairs::count(likes, WINDOW_MS, usize::MAX) {
        let (a, b) = (given[pair.a as usize], given[pair.b as usize]);
        if a.min(b) < POSTS_MIN {
            continue;
        }
        let score = measure(pair.targets.into(), a.into(), b.into(), all);
        for account in [pair.a, pair.b] {
            let best = &mut verdicts.scores[account as usize];
            *best = best.max(score);
        }
        if score >= 1.0 {
            edges.push((pair.a, pair.b));
        }
    }
    for &(a, b) in &edges {
        verdicts.accused[a as usize] = true;
        verdicts.accused[b as usize] = true;
    }
    verdicts.rings = components(likes.accounts.len(), edges, 2);
    verdicts
}

/// How far over the line: 1 is on it.
fn measure(together: f64, a: f64, b: f64, all: f64) -> f64 {
    let pmi = (together * all / ((a + SMOOTHING) * (b + SMOOTHING))).ln();
    let npmi = pmi / -(together / all).ln();
    let share = together / (a.min(b) + SHARE_PSEUDOCOUNTS);
    // Where all of a log is one pair the logarithm is 0 and the quotient no number.
    let npmi = if npmi.is_finite() { npmi / NPMI_MIN } else { 0.0 };
    npmi.max(share / SHARE_MIN).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;

    #[test]
    fn the_measure_is_the_formula() {
        // 8 of the smaller one's 10 posts: 8 / 20 is 0.4, the line.
        assert!((measure(8.0, 10.0, 40.0, 1e5) - 1.0).abs() < 1e-12);
        // 300 of 300 among a million: ln(3e8 / 640000) / -ln(3e-4) = 6.150 / 8.112 = 0.7582.
        let npmi = (3e8_f64 / 640_000.0).ln() / -(3e-4_f64).ln();
        assert!((measure(300.0, 300.0, 300.0, 1e6) - (npmi / 0.45).max(300.0 / 310.0 / 0.4)).abs() < 1e-12);
    }

    #[test]
    fn a_pair_in_step_is_found_and_one_at_leisure_is_not() {
        let mut rows = Vec::new();
        for post in 0..20 {
            let start = i64::from(post) * 100_000;
            rows.extend([(0, post, start), (1, post, start + 600), (2, post, start + 9000), (3, post, start + 20_000)]);
        }
        let verdicts = run(&likes(&rows));
        assert_eq!(verdicts.accused, [true, true, false, false]);
        assert_eq!(verdicts.rings, [Some(0), Some(0), None, None]);
        // Nine posts each are too few, however well they fit.
        let few: Vec<_> = rows.into_iter().filter(|row| row.1 < 9).collect();
        assert_eq!(run(&likes(&few)).accused, [false; 4]);
    }
}
