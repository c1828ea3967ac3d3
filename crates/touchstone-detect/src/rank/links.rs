//! How independent the likers of a target are: a linked group counts little more than once.
//!
//! Two likers of a target are linked as far as they also like the same *other authors*, rare ones above all. A liker
//! whose links to the others add up to `s` weighs [`group_factor`]`(s)`; in a group of n whose members are all fully linked
//! that makes `1 + ln n` likes of n. How much likeness is usual here is learned from the log: the threshold rises until three
//! quarters of the targets lose next to nothing, which no minority of attacked targets can hinder.
//!
//! # Cost
//! Pairs of likers grow with the square of popularity; so many are gone through for each like, and the work is linear. Where they do not
//! suffice, the most endorsed targets say nothing of tastes (they tell least: everybody likes them), and on a popular target a
//! liker is compared with an even sample of the others, whose links stand for all. Small logs are compared whole.

use crate::census::Census;
use crate::likes::Likes;
use crate::partition::NONE;
use crate::ring::roster::Roster;
use rayon::prelude::*;

/// Pairs of likers that are gone through: so many for each like of the log, which keeps the work linear, and in a small log so many
/// in all.
const PAIRS_EACH: u64 = 16;
const PAIRS_MIN: u64 = 40_000_000;
/// Likers of one target that a liker is compared with: the most, and the fewest, which still show a group that is a tenth of them.
const COMPARED_MAX: u64 = 256;
const COMPARED_MIN: u64 = 32;
/// Likeness from which two accounts count as one.
const LIKENESS_FULL: f64 = 0.6;
/// Candidates for the likeness below which two accounts count as strangers.
const THRESHOLDS: [f64; 5] = [0.1, 0.2, 0.3, 0.4, 0.5];
/// What two accounts share below which they are strangers by any threshold, whatever else they like.
const SHARED_MIN: f32 = 0.2;
/// What three quarters of the targets may lose at most.
const USUAL_LOSS: f64 = 0.01;
/// Likers of one target on one device from which they count as one: families share devices.
const DEVICE_FROM: usize = 4;
/// Likes from which a target has a say in that.
const JUDGED_FROM: usize = 5;

/// Weight of a liker whose links to other likers of the target add up to `links`: `(1 + ln n) / n` for `n = 1 + links`.
#[must_use]
pub fn group_factor(links: f64) -> f64 {
    let n = 1.0 + links.max(0.0);
    (1.0 + n.ln()) / n
}

/// What others share with one account: a table as large as it needs, so that it stays in the cache.
#[derive(Default)]
struct Shared {
    slots: Vec<Slot>,
    shift: u32,
}

#[derive(Clone, Copy)]
struct Slot {
    /// Whose, or [`NONE`].
    account: u32,
    /// Of which author it was told last.
    author: u32,
    shared: f32,
}

impl Shared {
    /// Forgets everything, and makes room for so many accounts.
    fn clear(&mut self, accounts: usize) {
        let size = (2 * accounts).next_power_of_two().max(16);
        self.shift = 64 - size.trailing_zeros();
        self.slots.clear();
        self.slots.resize(size, Slot { account: NONE, author: NONE, shared: 0.0 });
    }

    /// Place of an account, or the one where it would be.
    fn find(&self, account: u32) -> usize {
        // Multiplication by the golden ratio scatters neighbours (Knuth, volume 3, 6.4).
        let mut i = (u64::from(account).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize;
        while self.slots[i].account != account && self.slots[i].account != NONE {
            i = (i + 1) & (self.slots.len() - 1);
        }
        i
    }

    /// Adds what is shared of one author: once, whatever they have in common of his.
    fn add(&mut self, account: u32, author: u32, rarity: f32) {
        let i = self.find(account);
        let slot = &mut self.slots[i];
        if slot.account == NONE || slot.author != author {
            *slot = Slot { account, author, shared: slot.shared + rarity };
        }
    }

    fn of(&self, account: u32) -> f32 {
        self.slots[self.find(account)].shared
    }
}

/// An even sample of the likers of each target, side by side.
struct Samples {
    start: Vec<usize>,
    likers: Vec<u32>,
}

impl Samples {
    fn new(likes: &Likes, most: usize) -> Self {
        let mut samples = Self { start: vec![0], likers: Vec::new() };
        for target in 0..likes.targets() {
            let likers = likes.likers(target);
            samples.likers.extend(likers.iter().step_by(Self::step(likers.len(), most)));
            samples.start.push(samples.likers.len());
        }
        samples
    }

    /// How many likers each one of a sample stands for.
    fn step(likers: usize, most: usize) -> usize {
        likers.div_ceil(most).max(1)
    }

    fn of(&self, target: u32) -> &[u32] {
        &self.likers[self.start[target as usize]..self.start[target as usize + 1]]
    }
}

/// Links of one like at each of [`THRESHOLDS`].
type Links = [f32; THRESHOLDS.len()];

/// What is known of the log before accounts are compared.
struct Tastes<'a> {
    likes: &'a Likes,
    census: &'a Census<'a>,
    rarity: Vec<f32>,
    /// What each account likes, in rarity; one author once.
    breadth: Vec<f32>,
    /// Likers beyond which a target says nothing of tastes.
    popularity_max: usize,
    /// Likers of one target that a liker is compared with.
    compared_max: usize,
    samples: Samples,
}

/// The factor of every like, in the order of `likes`.
pub(super) fn factors(likes: &Likes, census: &Census<'_>, roster: &Roster) -> Vec<f32> {
    let rarity = rarities(likes, census);
    let breadth: Vec<f32> = (0..likes.accounts()).into_par_iter().map(|a| breadth(likes, census, &rarity, a)).collect();
    let (popularity_max, compared_max) = bounds(likes);
    let samples = Samples::new(likes, compared_max);
    let tastes = Tastes { likes, census, rarity, breadth, popularity_max, compared_max, samples };
    let mut links: Vec<Links> = vec![[0.0; THRESHOLDS.len()]; likes.len()];
    likes
        .split_by_account(&mut links)
        .into_par_iter()
        .enumerate()
        .for_each_init(Shared::default, |shared, (account, links)| links_of(&tastes, account as u32, links, shared));
    let told = told_links(likes, roster);
    let chosen = (0..THRESHOLDS.len()).find(|k| usual_loss(likes, &links, *k) <= USUAL_LOSS);
    let chosen = chosen.unwrap_or(THRESHOLDS.len() - 1);
    links.par_iter().zip(told).map(|(s, t)| group_factor(f64::from(s[chosen].max(t))) as f32).collect()
}

/// How much liking each target tells of a taste: 1 where its author has one liker, 0 where everybody likes him.
fn rarities(likes: &Likes, census: &Census<'_>) -> Vec<f32> {
    let mut by_author: Vec<(u64, u32)> = (0..likes.targets()).map(|t| (census.author(t), t)).collect();
    by_author.sort_unstable();
    let all = (likes.len().max(2) as f64).ln();
    let mut rarity = vec![0f32; by_author.len()];
    for run in by_author.chunk_by(|a, b| a.0 == b.0) {
        let likers: usize = run.iter().map(|(_, t)| likes.of_target(*t).len()).sum();
        let r = (1.0 - (likers.max(1) as f64).ln() / all) as f32;
        run.iter().for_each(|(_, t)| rarity[*t as usize] = r);
    }
    rarity
}

/// Up to how many likers a target says something of their tastes, and with how many of them each is compared: as many as the pairs
/// that may be gone through allow.
fn bounds(likes: &Likes) -> (usize, usize) {
    let budget = (PAIRS_EACH * likes.len() as u64).max(PAIRS_MIN);
    let mut sizes: Vec<u64> = (0..likes.targets()).map(|t| likes.of_target(t).len() as u64).collect();
    sizes.sort_unstable();
    let mut compared = COMPARED_MAX;
    while compared > COMPARED_MIN && sizes.iter().map(|n| n * compared.min(*n)).sum::<u64>() > budget {
        compared /= 2;
    }
    let (mut pairs, mut most) = (0u64, usize::MAX);
    for (i, n) in sizes.iter().enumerate() {
        pairs = pairs.saturating_add(n * n);
        if pairs > budget {
            most = if i == 0 { 0 } else { sizes[i - 1] as usize };
            break;
        }
    }
    (most, compared as usize)
}

/// Places of an account's likes, by author.
fn by_author(likes: &Likes, census: &Census<'_>, account: u32) -> Vec<u32> {
    let mut places: Vec<u32> = likes.of_account(account).map(|p| p as u32).collect();
    places.sort_unstable_by_key(|p| (census.author(likes.target[*p as usize]), likes.target[*p as usize]));
    places
}

fn breadth(likes: &Likes, census: &Census<'_>, rarity: &[f32], account: u32) -> f32 {
    let target = |p: &u32| likes.target[*p as usize];
    let places = by_author(likes, census, account);
    let runs = places.chunk_by(|a, b| census.author(target(a)) == census.author(target(b)));
    runs.map(|run| rarity[target(&run[0]) as usize]).sum()
}

/// Fills in the links of each like of an account.
fn links_of(tastes: &Tastes<'_>, account: u32, links: &mut [Links], shared: &mut Shared) {
    let Tastes { likes, census, rarity, breadth, popularity_max, compared_max, samples } = tastes;
    if links.len() < 2 {
        return;
    }
    let target = |p: &u32| likes.target[*p as usize];
    let rarity = |t: u32| rarity[t as usize].max(1e-6);
    let places = by_author(likes, census, account);
    let tells = |t: u32| likes.likers(t).len() <= *popularity_max;
    let others: usize = places.iter().map(target).filter(|t| tells(*t)).map(|t| likes.likers(t).len()).sum();
    shared.clear(others.min(breadth.len()));
    for (author, run) in places.chunk_by(|a, b| census.author(target(a)) == census.author(target(b))).enumerate() {
        for t in run.iter().map(target).filter(|t| tells(*t)) {
            likes.likers(t).iter().for_each(|v| shared.add(*v, author as u32, rarity(t)));
        }
    }
    let first = likes.of_account(account).start;
    for place in &places {
        let t = target(place);
        let here = rarity(t);
        let counted = if tells(t) { here } else { 0.0 };
        let step = Samples::step(likes.likers(t).len(), *compared_max);
        let mut sums = [0f64; THRESHOLDS.len()];
        for v in samples.of(t).iter().filter(|v| **v != account) {
            let shared = shared.of(*v) - counted;
            if shared <= SHARED_MIN {
                continue;
            }
            let shared = f64::from(shared);
            let narrower = f64::from(breadth[account as usize].min(breadth[*v as usize]) - here);
            // Two authors' worth of doubt: sharing the only other one means little.
            let likeness = shared / (narrower.max(shared) + 2.0);
            if likeness <= THRESHOLDS[0] {
                continue;
            }
            for (sum, from) in sums.iter_mut().zip(THRESHOLDS) {
                *sum += ((likeness - from) / (LIKENESS_FULL - from)).clamp(0.0, 1.0);
            }
        }
        links[*place as usize - first] = sums.map(|s| (s * step as f64) as f32);
    }
}

/// Links that are known otherwise: likers of one target from one ring of the findings, or from one device.
fn told_links(likes: &Likes, roster: &Roster) -> Vec<f32> {
    let of_target = |marked: &mut Vec<(u64, u32)>, target: u32| {
        let (mut told, places) = (Vec::new(), likes.of_target(target));
        let rings = places.iter().zip(likes.likers(target)).filter_map(|(p, a)| Some((u64::from(roster.of(*a)?), *p)));
        note(marked, rings, 2, &mut told);
        if !likes.device.is_empty() {
            let devices = places.iter().map(|p| (likes.device[*p as usize], *p)).filter(|(d, _)| *d != 0);
            note(marked, devices, DEVICE_FROM, &mut told);
        }
        told
    };
    let told: Vec<Vec<(u32, f32)>> =
        (0..likes.targets()).into_par_iter().map_init(Vec::new, of_target).filter(|t| !t.is_empty()).collect();
    let mut all = vec![0f32; likes.len()];
    for (place, links) in told.into_iter().flatten() {
        all[place as usize] = all[place as usize].max(links);
    }
    all
}

/// Notes `(place, others)` where at least `from` of a target's likes have one mark in common.
fn note(
    marked: &mut Vec<(u64, u32)>,
    marks: impl Iterator<Item = (u64, u32)>,
    from: usize,
    told: &mut Vec<(u32, f32)>,
) {
    marked.clear();
    marked.extend(marks);
    marked.sort_unstable();
    for run in marked.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() >= from) {
        told.extend(run.iter().map(|(_, place)| (*place, run.len() as f32 - 1.0)));
    }
}

/// Share of its likes that the target at the third quarter loses.
fn usual_loss(likes: &Likes, links: &[Links], k: usize) -> f64 {
    let mut losses: Vec<f64> = (0..likes.targets())
        .into_par_iter()
        .map(|t| likes.of_target(t))
        .filter(|likers| likers.len() >= JUDGED_FROM)
        .map(|likers| {
            let kept: f64 = likers.iter().map(|p| group_factor(f64::from(links[*p as usize][k]))).sum();
            1.0 - kept / likers.len() as f64
        })
        .collect();
    losses.par_sort_unstable_by(f64::total_cmp);
    losses.get(losses.len() * 3 / 4).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_likes;
    use crate::hash::mix64;
    use std::collections::BTreeSet;

    fn factors_of(rows: &[(u32, u32)]) -> Vec<((u32, u32), f32)> {
        with_likes(rows.to_vec(), None, |likes, census| {
            let roster = Roster::new(census.degree.len(), Vec::new(), Vec::new());
            let factors = factors(likes, census, &roster);
            (0..likes.len()).map(|p| ((likes.target[p], likes.account[p]), factors[p])).collect()
        })
    }

    /// Everybody likes some of many targets, and a group likes the same.
    fn rows(seed: u64, group: u32) -> Vec<(u32, u32)> {
        let mut state = seed;
        let mut below = move |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % n) as u32
        };
        let mut rows: BTreeSet<(u32, u32)> = (0..900).map(|_| (below(60), below(150))).collect();
        rows.extend((0..group).flat_map(|g| (0..8).map(move |t| (t, 150 + g))));
        rows.into_iter().collect()
    }

    #[test]
    fn factors_are_those_of_all_pairs() {
        let rows = rows(3, 12);
        let liked = |a: u32| rows.iter().filter(move |r| r.1 == a).map(|r| r.0).collect::<BTreeSet<u32>>();
        let all = (rows.len() as f64).ln();
        let rarity = |t: u32| 1.0 - (rows.iter().filter(|r| r.0 == t).count() as f64).ln() / all;
        let sum = |ts: &BTreeSet<u32>, but: u32| ts.iter().filter(|t| **t != but).map(|t| rarity(*t)).sum::<f64>();
        let links = |t: u32, u: u32, from: f64| -> f64 {
            let others = rows.iter().filter(|r| r.0 == t && r.1 != u).map(|r| r.1);
            others
                .map(|v| {
                    let (a, b) = (liked(u), liked(v));
                    let shared = sum(&a.intersection(&b).copied().collect(), t);
                    let narrower = sum(&a, t).min(sum(&b, t));
                    ((shared / (narrower.max(shared) + 2.0) - from) / (LIKENESS_FULL - from)).clamp(0.0, 1.0)
                })
                .sum()
        };
        let found = factors_of(&rows);
        let fits = |from: f64| {
            found.iter().all(|((t, u), f)| (group_factor(links(*t, *u, from)) - f64::from(*f)).abs() < 1e-3)
        };
        assert!(THRESHOLDS.iter().any(|from| fits(*from)), "the factors are those of no threshold");
    }

    #[test]
    fn innocents_lose_little_and_a_group_nearly_all() {
        let (mut innocent, mut group) = ((0.0, 0), (0.0, 0));
        for ((_, account), factor) in factors_of(&rows(4, 20)) {
            let sum = if account < 150 { &mut innocent } else { &mut group };
            *sum = (sum.0 + f64::from(factor), sum.1 + 1);
        }
        assert!(innocent.0 / f64::from(innocent.1) > 0.95, "{innocent:?}");
        assert!(group.0 / f64::from(group.1) < 0.3, "{group:?}");
    }

    #[test]
    fn an_even_sample_of_many_likers_still_shows_a_group() {
        // More like target 0 than are compared; a fifth of them like the same eight others, too.
        let mut all: BTreeSet<(u32, u32)> = (0..600).map(|a| (0, a)).collect();
        all.extend((0..600u32).filter(|a| a % 5 == 0).flat_map(|a| (1..9).map(move |t| (t, a))));
        let other = |a: u32, i: u32| 9 + (mix64(u64::from(8 * a + i)) % 700) as u32;
        all.extend((0..600u32).filter(|a| a % 5 != 0).flat_map(|a| (0..8).map(move |i| (other(a, i), a))));
        let rows: Vec<(u32, u32)> = all.into_iter().collect();
        let mut innocents = 0.0;
        for ((_, account), factor) in factors_of(&rows).into_iter().filter(|((target, _), _)| *target == 0) {
            assert!(account % 5 != 0 || factor < 0.1, "{account}: {factor}");
            innocents += if account % 5 == 0 { 0.0 } else { factor / 480.0 };
        }
        assert!(innocents > 0.95, "{innocents}");
    }
}
