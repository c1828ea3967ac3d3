//! Laws of the ranking, and sums against a reckoning by hand.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use touchstone_detect::attribute::Attribution;
use touchstone_detect::census::Census;
use touchstone_detect::partition::Partition;
use touchstone_detect::rank::{
    Activity, Learned, Looks, METRICS, Measured, Metric, RankLog, RankParams, Ranked, Reaction, Reactions, Source,
    TargetMetrics, group_factor, measure, rank,
};
use touchstone_detect::ring::roster::Roster;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Everything that happened, in rows.
#[derive(Clone, Default)]
struct Log {
    accounts: u32,
    targets: u32,
    owner: Vec<u32>,
    /// (target, ts, actor)
    likes: Vec<(u32, i64, u32)>,
    /// (target, ts, actor, dwell_ms, fraction)
    views: Vec<(u32, i64, u32, f32, f32)>,
    /// (target, actor, ts, kind)
    reactions: Vec<(u32, u32, i64, u8)>,
}

/// Columns of one partition.
#[derive(Default)]
struct Columns {
    like: (Vec<u32>, Vec<u32>, Vec<i64>),
    view: (Vec<u32>, Vec<u32>, Vec<i64>),
    watching: (Vec<f32>, Vec<f32>),
    reaction: (Vec<u32>, Vec<u32>, Vec<i64>, Vec<u8>),
}

struct Parts(Vec<Columns>);

impl Source for Parts {
    type Error = Infallible;

    fn activity<T: Send>(&self, count: impl Fn(&Activity<'_>) -> T + Sync) -> Result<Vec<T>, Infallible> {
        let of = |c: &Columns| {
            count(&Activity {
                likes: Partition {
                    target: &c.like.0,
                    actor: &c.like.1,
                    ts: &c.like.2,
                    ip: &[],
                    device: &[],
                    dwell_ms: &[],
                },
                looks: Some(Looks {
                    target: &c.view.0,
                    actor: &c.view.1,
                    ts: &c.view.2,
                    dwell_ms: &c.watching.0,
                    fraction: &c.watching.1,
                }),
                reactions: Some(Reactions {
                    target: &c.reaction.0,
                    actor: &c.reaction.1,
                    ts: &c.reaction.2,
                    kind: &c.reaction.3,
                }),
            })
        };
        Ok(self.0.iter().map(of).collect())
    }
}

impl Log {
    fn parts(&self, n: u32) -> Parts {
        let mut parts: Vec<Columns> = (0..n).map(|_| Columns::default()).collect();
        let (mut likes, mut views, mut reactions) = (self.likes.clone(), self.views.clone(), self.reactions.clone());
        likes.sort_unstable();
        views.sort_by_key(|v| (v.0, v.1, v.2));
        reactions.sort_unstable();
        for (t, ts, a) in likes {
            let c = &mut parts[(t % n) as usize].like;
            c.0.push(t);
            c.1.push(a);
            c.2.push(ts);
        }
        for (t, ts, a, dwell, fraction) in views {
            let c = &mut parts[(t % n) as usize];
            c.view.0.push(t);
            c.view.1.push(a);
            c.view.2.push(ts);
            c.watching.0.push(dwell);
            c.watching.1.push(fraction);
        }
        for (t, a, ts, kind) in reactions {
            let c = &mut parts[(t % n) as usize].reaction;
            c.0.push(t);
            c.1.push(a);
            c.2.push(ts);
            c.3.push(kind);
        }
        Parts(parts)
    }

    fn measure(&self, partitions: u32, params: &RankParams) -> Measured {
        let count = |n: u32, of: &dyn Fn(&(u32, i64, u32)) -> u32| {
            let mut counts = vec![0u32; n as usize];
            self.likes.iter().for_each(|l| counts[of(l) as usize] += 1);
            counts
        };
        let (degree, popularity) = (count(self.accounts, &|l| l.2), count(self.targets, &|l| l.0));
        let (firsts, actor_firsts) = (vec![0; self.targets as usize], vec![0; self.accounts as usize]);
        let census = Census {
            degree: &degree,
            popularity: &popularity,
            first_ts: &firsts,
            actor_first_ts: &actor_firsts,
            owner: Some(&self.owner),
            published: None,
            timed: true,
        };
        let log = RankLog { census, last_ts: 30 * DAY, created: None, duration_ms: None, follows: &[], per_view: true };
        let nobody = Roster::new(self.accounts as usize, Vec::new(), Vec::new());
        let Ok(measured) =
            measure(&self.parts(partitions), &log, &BTreeMap::new(), &nobody, &Attribution::default(), params);
        measured
    }
}

/// A log of `targets` targets of as many owners, with taste: everybody has eight favourites among them.
fn log(seed: u64, accounts: u32, targets: u32) -> Log {
    let mut state = seed;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut log = Log { accounts, targets, owner: (0..targets).collect(), ..Log::default() };
    for a in 0..accounts {
        let mut seen = BTreeSet::new();
        for _ in 0..20 {
            let t = below(u64::from(targets)) as u32;
            let ts = below(28) as i64 * DAY + below(86_000) as i64 * SECOND;
            let fraction = below(120) as f32 / 100.0;
            log.views.push((t, ts, a, fraction * 20_000.0, fraction));
            if !seen.insert(t) {
                continue;
            }
            if below(5) == 0 {
                log.likes.push((t, ts + 2 * SECOND, a));
            }
            if below(20) == 0 {
                log.reactions.push((t, a, ts + SECOND, below(5) as u8));
            }
        }
        // A like without a look.
        let t = below(u64::from(targets)) as u32;
        if seen.insert(t) && below(4) == 0 {
            log.likes.push((t, DAY, a));
        }
    }
    log
}

#[test]
fn sums_are_those_of_a_reckoning_by_hand() {
    let log = log(7, 120, 30);
    let lines = log.measure(4, &RankParams::default().undefended()).lines;
    assert_eq!(lines.len(), 30);
    for (t, line) in lines {
        let first = |a: u32| log.views.iter().filter(|v| v.0 == t && v.2 == a).map(|v| v.1).min();
        let longest = |a: u32| log.views.iter().filter(|v| v.0 == t && v.2 == a).map(|v| v.3).fold(0.0, f32::max);
        let viewers: BTreeSet<u32> = log.views.iter().filter(|v| v.0 == t).map(|v| v.2).collect();
        let likers: BTreeMap<u32, i64> = log.likes.iter().filter(|l| l.0 == t).map(|l| (l.2, l.1)).collect();
        let seen = likers.iter().filter(|(a, ts)| first(**a).is_some_and(|v| v <= **ts + 5 * SECOND)).count();
        let counted = likers
            .iter()
            .filter(|(a, ts)| first(**a).is_some_and(|v| v <= **ts + 5 * SECOND) && longest(**a) >= 1000.0)
            .count();
        assert_eq!(line.viewers, viewers.len() as u64);
        assert_eq!((line.likes, line.likes_seen), (likers.len() as u64, seen as u64));
        assert_eq!((line.trials, line.liked), (viewers.len() as f64, counted as f64));
        for k in 0..5u8 {
            let who: BTreeSet<u32> = log.reactions.iter().filter(|r| r.0 == t && r.3 == k).map(|r| r.1).collect();
            assert_eq!(line.reactions[usize::from(k)], who.len() as u64);
            assert_eq!(line.reacted[usize::from(k)], who.len() as f64, "every reaction came of a look");
        }
        let others: Vec<u32> = viewers.iter().copied().filter(|a| !likers.contains_key(a)).collect();
        assert_eq!(line.watched, others.len() as f64);
        let finished = others.iter().filter(|a| longest(**a) >= 0.98 * 20_000.0 - 0.5).count();
        assert_eq!(line.finished, finished as f64);
        assert!(line.completion > 0.0 && line.completion < line.watched);
    }
}

#[test]
fn partitions_and_order_change_nothing() {
    let log = log(8, 150, 40);
    let one = log.measure(1, &RankParams::default());
    let many = log.measure(7, &RankParams::default());
    assert_eq!(one.lines, many.lines);
    let mut turned = log.clone();
    turned.likes.reverse();
    turned.views.reverse();
    turned.reactions.reverse();
    assert_eq!(one.lines, turned.measure(3, &RankParams::default()).lines);
}

#[test]
fn a_linked_group_counts_little_more_than_once() {
    let innocents = log(9, 400, 80);
    let params = RankParams { trust: false, budget_share: 0.0, ..RankParams::default() };
    let before = innocents.measure(2, &params);
    // Thirty accounts that look at and like the same ten targets.
    let mut attacked = innocents.clone();
    let group = 30;
    attacked.accounts += group;
    for a in innocents.accounts..attacked.accounts {
        for t in 0..10 {
            let ts = 3 * DAY + i64::from(a) * SECOND;
            attacked.views.push((t, ts, a, 2000.0, 0.1));
            attacked.likes.push((t, ts + SECOND, a));
        }
    }
    let after = attacked.measure(2, &params);
    let most = 1.0 + f64::from(group).ln();
    for t in 0..10 {
        let gained = after.lines[t].1.liked - before.lines[t].1.liked;
        assert!(gained > 0.5 && gained <= most + 0.1, "target {t}: {gained} of {group} likes, at most {most}");
    }
    for t in 10..80 {
        let lost = before.lines[t].1.liked - after.lines[t].1.liked;
        assert!(lost.abs() < 0.3, "target {t}, where the group did nothing: {lost}");
    }
}

#[test]
fn a_group_of_n_weighs_one_and_ln_n() {
    for n in 1..200u32 {
        let together = f64::from(n) * group_factor(f64::from(n) - 1.0);
        assert!((together - (1.0 + f64::from(n).ln())).abs() < 1e-9);
    }
}

fn lines() -> impl Strategy<Value = Vec<TargetMetrics>> {
    let line = (1u32..400, prop::array::uniform8(0.0..1.0f64), 0i64..1000).prop_map(|(n, share, born)| {
        let trials = f64::from(n);
        let reacted = [0.02, 0.01, 0.03, 0.01, 0.005].map(|base| base * 3.0 * share[0] * trials);
        let liked = 0.1 * share[1] * trials;
        TargetMetrics {
            viewers: u64::from(n),
            likes: (liked * 1.5) as u64,
            likes_seen: liked as u64,
            authentic: liked,
            reactions: reacted.map(|r| r.ceil() as u64),
            trials,
            trials_squared: 0.6 * trials,
            liked,
            reacted,
            watched: 0.9 * trials,
            completion: 0.9 * trials * share[2],
            dwell: 0.9 * trials * share[3],
            finished: 0.9 * trials * 0.6 * share[4],
            finish_expected: 0.9 * trials * 0.3,
            born: born * DAY,
        }
    });
    prop::collection::vec(line, 60..120)
}

fn scored(lines: &[TargetMetrics], learned: &Learned, params: &RankParams) -> Vec<Ranked> {
    let mut ranked = rank(lines, learned, params, 1000 * DAY, |_| "");
    ranked.sort_by_key(|r| r.line);
    ranked
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn more_of_anything_good_never_lowers_a_target(lines in lines(), at in 0usize..60, more in 0.01f64..40.0) {
        let params = RankParams { half_life_hours: Some(1000.0), ..RankParams::default() };
        let learned = Learned::new(&lines, &params);
        let before = &scored(&lines, &learned, &params)[at];
        for metric in METRICS {
            let mut changed = lines.clone();
            let line = &mut changed[at];
            match metric {
                Metric::Completion => line.completion = (line.completion + more).min(line.watched),
                Metric::Dwell => line.dwell = (line.dwell + more).min(line.watched),
                Metric::Finish => line.finished += more,
                Metric::Like => line.liked += more,
                Metric::Share => line.reacted[Reaction::Share as usize] += more,
                Metric::Save => line.reacted[Reaction::Save as usize] += more,
                Metric::Comment => line.reacted[Reaction::Comment as usize] += more,
                Metric::Follow => line.reacted[Reaction::Follow as usize] += more,
                Metric::Negative => line.reacted[Reaction::Negative as usize] += more,
            }
            let after = &scored(&changed, &learned, &params)[at];
            if metric == Metric::Negative {
                prop_assert!(after.score <= before.score && after.rank >= before.rank);
            } else {
                prop_assert!(after.score >= before.score, "{metric:?}");
                prop_assert!(after.score_low >= before.score_low, "{metric:?}");
                prop_assert!(after.rank <= before.rank, "{metric:?}: {} to {}", before.rank, after.rank);
            }
        }
    }

    #[test]
    fn the_order_of_lines_changes_nothing(lines in lines(), turn in 1usize..50) {
        let params = RankParams::default();
        let names: Vec<String> = (0..lines.len()).map(|i| format!("t{i}")).collect();
        let places = |lines: &[TargetMetrics], names: &[String]| -> BTreeMap<String, (u64, String)> {
            let learned = Learned::new(lines, &params);
            let ranked = rank(lines, &learned, &params, 0, |i| names[i].as_str());
            ranked.iter().map(|r| (names[r.line].clone(), (r.rank, format!("{:.5}", r.score)))).collect()
        };
        let before = places(&lines, &names);
        let (mut turned, mut turned_names) = (lines.clone(), names.clone());
        turned.rotate_left(turn);
        turned_names.rotate_left(turn);
        let after = places(&turned, &turned_names);
        let same = before.iter().filter(|(n, (r, _))| after[*n].0 == *r).count();
        // Sums of priors may differ in their last digit, which may turn two equals.
        prop_assert!(same + 2 >= before.len(), "{same} of {}", before.len());
        prop_assert!(before.iter().all(|(n, (_, s))| after[n].1 == *s));
    }

    #[test]
    fn lines_add_up(lines in lines()) {
        let sum = |of: &[TargetMetrics]| {
            let mut all = TargetMetrics::default();
            of.iter().for_each(|l| all.merge(l));
            all.rounded()
        };
        let (one, other) = lines.split_at(lines.len() / 3);
        let mut merged = sum(other);
        merged.merge(&sum(one));
        let whole = sum(&lines);
        prop_assert_eq!((merged.viewers, merged.likes, merged.reactions, merged.born), (whole.viewers, whole.likes, whole.reactions, whole.born));
        prop_assert!((merged.completion - whole.completion).abs() < 1e-4 && (merged.liked - whole.liked).abs() < 1e-4);
    }

    #[test]
    fn likes_alone_lift_by_no_more_than_their_bound(lines in lines(), at in 0usize..60) {
        let params = RankParams::default();
        let learned = Learned::new(&lines, &params);
        let before = &scored(&lines, &learned, &params)[at];
        let mut bought = lines.clone();
        bought[at].liked += 1e6;
        bought[at].likes += 1_000_000;
        let after = &scored(&bought, &learned, &params)[at];
        let k = Metric::Like as usize;
        prop_assert!(after.capped || after.parts[k] <= params.weights.like * 2.0);
        let others = |r: &Ranked| (0..METRICS.len()).filter(|m| *m != k).map(|m| r.parts[m]).sum::<f64>();
        prop_assert!((others(before) - others(after)).abs() < 1e-9, "likes move nothing else");
        // However many: the same as with a thousand.
        bought[at].liked = before.line as f64 + 1e3;
        let fewer = &scored(&bought, &learned, &params)[at];
        prop_assert!((after.parts[k] - fewer.parts[k]).abs() < 1e-9);
    }
}

#[test]
fn ranks_with_likes_alone() {
    let mut lines: Vec<TargetMetrics> = (0..60)
        .map(|i| TargetMetrics {
            likes: i,
            authentic: i as f64,
            likes_seen: i,
            liked: i as f64,
            ..TargetMetrics::default()
        })
        .collect();
    lines[5].authentic = 5.0;
    let params = RankParams::default();
    let learned = Learned::new(&lines, &params);
    let ran: Vec<Metric> = learned.runs.iter().filter(|r| r.ran).map(|r| r.metric).collect();
    assert_eq!(ran, [Metric::Like]);
    assert!(learned.runs.iter().filter(|r| !r.ran).all(|r| !r.note.is_empty()));
    let ranked = rank(&lines, &learned, &params, 0, |_| "");
    assert!(ranked.windows(2).all(|w| lines[w[0].line].liked >= lines[w[1].line].liked));
    // Nothing at all is no reason to fall over.
    assert!(rank(&[], &Learned::new(&[], &params), &params, 0, |_| "").is_empty());
}
