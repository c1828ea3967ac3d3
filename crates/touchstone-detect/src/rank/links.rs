//! How independent the likers of a target are: a linked group counts little more than once.
//!
//! Two likers of a target are linked as far as they also like the same *other authors*, rare ones above all. A liker
//! whose links to the others add up to `s` weighs [`group_factor`]`(s)`; in a group of n whose members are all fully linked
//! that makes `1 + ln n` likes of n. How much likeness is usual here is learned from the log: the threshold rises until three
//! quarters of the targets lose next to nothing, which no minority of attacked targets can hinder.

use crate::census::Census;
use crate::likes::Likes;
use crate::ring::roster::Roster;
use rayon::prelude::*;

/// Pairs of likers that are compared; beyond, the most endorsed targets are left out (they tell least).
const PAIRS_MAX: u64 = 400_000_000;
/// Likers of one target that a liker is compared with; of more, an even sample.
const COMPARED_MAX: usize = 256;
/// Likeness from which two accounts count as one.
const LIKENESS_FULL: f64 = 0.6;
/// Candidates for the likeness below which two accounts count as strangers.
const THRESHOLDS: [f64; 5] = [0.1, 0.2, 0.3, 0.4, 0.5];
/// What three quarters of the targets may lose at most.
const USUAL_LOSS: f64 = 0.02;
/// Likes from which a target has a say in that.
const JUDGED_FROM: usize = 5;

/// Weight of a liker whose links to other likers of the target add up to `links`: `(1 + ln n) / n` for `n = 1 + links`.
#[must_use]
pub fn group_factor(links: f64) -> f64 {
    let n = 1.0 + links.max(0.0);
    (1.0 + n.ln()) / n
}

struct Scratch {
    shared: Vec<f32>,
    stamp: Vec<u32>,
    touched: Vec<u32>,
    next: u32,
}

/// The factor of every like, in the order of `likes`.
pub(super) fn factors(likes: &Likes, census: &Census<'_>, roster: &Roster) -> Vec<f32> {
    let accounts = likes.accounts() as usize;
    let rarity = rarities(likes, census);
    let rarity_of = |place: usize| rarity[likes.target[place] as usize];
    let most = popularity_max(likes);
    // What each account likes, in rarity; one author once.
    let own: Vec<Vec<u32>> = (0..accounts as u32).into_par_iter().map(|a| by_author(likes, census, a)).collect();
    let breadth: Vec<f32> = own
        .par_iter()
        .map(|places| {
            let author = |p: &u32| census.author(likes.target[*p as usize]);
            places.chunk_by(|a, b| author(a) == author(b)).map(|run| rarity_of(run[0] as usize)).sum()
        })
        .collect();
    let sums: Vec<Vec<(u32, [f32; THRESHOLDS.len()])>> = own
        .par_iter()
        .enumerate()
        .map_init(
            || Scratch { shared: vec![0.0; accounts], stamp: vec![0; accounts], touched: Vec::new(), next: 0 },
            |scratch, (account, places)| links_of(likes, census, &rarity, &breadth, most, account, places, scratch),
        )
        .collect();
    drop(own);
    let mut links = vec![[0f32; THRESHOLDS.len()]; likes.len()];
    sums.into_iter().flatten().for_each(|(place, s)| links[place as usize] = s);
    let told = told_links(likes, roster);
    let chosen = (0..THRESHOLDS.len()).find(|k| usual_loss(likes, &links, *k) <= USUAL_LOSS);
    let chosen = chosen.unwrap_or(THRESHOLDS.len() - 1);
    links.iter().zip(told).map(|(s, t)| group_factor(f64::from(s[chosen].max(t))) as f32).collect()
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

fn popularity_max(likes: &Likes) -> usize {
    let mut sizes: Vec<u64> = (0..likes.targets()).map(|t| likes.of_target(t).len() as u64).collect();
    sizes.sort_unstable();
    let mut pairs = 0u64;
    for (i, n) in sizes.iter().enumerate() {
        pairs = pairs.saturating_add(n * n);
        if pairs > PAIRS_MAX {
            return if i == 0 { 0 } else { sizes[i - 1] as usize };
        }
    }
    usize::MAX
}

/// Places of an account's likes, by author.
fn by_author(likes: &Likes, census: &Census<'_>, account: u32) -> Vec<u32> {
    let mut places: Vec<u32> = likes.of_account(account).map(|p| p as u32).collect();
    places.sort_unstable_by_key(|p| (census.author(likes.target[*p as usize]), likes.target[*p as usize]));
    places
}

#[allow(clippy::too_many_arguments)] // one inner loop, cut out for reading
fn links_of(
    likes: &Likes,
    census: &Census<'_>,
    rarity: &[f32],
    breadth: &[f32],
    most: usize,
    account: usize,
    places: &[u32],
    scratch: &mut Scratch,
) -> Vec<(u32, [f32; THRESHOLDS.len()])> {
    let author = |p: &u32| census.author(likes.target[*p as usize]);
    let other_liker = |p: &u32| likes.account[*p as usize] as usize;
    if places.len() < 2 {
        return Vec::new();
    }
    for run in places.chunk_by(|a, b| author(a) == author(b)) {
        scratch.next += 1;
        for place in run {
            let target = likes.target[*place as usize];
            let likers = likes.of_target(target);
            if likers.len() > most {
                continue;
            }
            for v in likers
                .iter()
                .map(other_liker)
                .filter(|v| *v != account && scratch.stamp[*v] != scratch.next)
                .collect::<Vec<_>>()
            {
                scratch.stamp[v] = scratch.next;
                if scratch.shared[v] == 0.0 {
                    scratch.touched.push(v as u32);
                }
                scratch.shared[v] += rarity[target as usize].max(1e-6);
            }
        }
    }
    let mut out = Vec::new();
    for place in places {
        let target = likes.target[*place as usize];
        let (likers, here) = (likes.of_target(target), rarity[target as usize].max(1e-6));
        let counted = if likers.len() <= most { here } else { 0.0 };
        let step = likers.len().div_ceil(COMPARED_MAX).max(1);
        let mut sums = [0f64; THRESHOLDS.len()];
        for v in likers.iter().step_by(step).map(other_liker).filter(|v| *v != account) {
            let shared = f64::from(scratch.shared[v] - counted);
            if shared <= 1e-5 {
                continue;
            }
            let narrower = f64::from(breadth[account].min(breadth[v]) - here);
            // Two authors' worth of doubt: sharing the only other one means little.
            let likeness = shared / (narrower.max(shared) + 2.0);
            for (sum, from) in sums.iter_mut().zip(THRESHOLDS) {
                *sum += ((likeness - from) / (LIKENESS_FULL - from)).clamp(0.0, 1.0);
            }
        }
        if sums[0] > 0.0 {
            out.push((*place, sums.map(|s| (s * step as f64) as f32)));
        }
    }
    scratch.touched.drain(..).for_each(|v| scratch.shared[v as usize] = 0.0);
    out
}

/// Links that are known otherwise: likers of one target from one ring of the findings, or from one device.
fn told_links(likes: &Likes, roster: &Roster) -> Vec<f32> {
    let mut told = vec![0f32; likes.len()];
    let mut marked: Vec<(u64, u32)> = Vec::new();
    for target in 0..likes.targets() {
        marked.clear();
        for p in likes.of_target(target) {
            if let Some(ring) = roster.of(likes.account[*p as usize]) {
                marked.push((u64::from(ring), *p));
            }
        }
        note(&mut marked, &mut told);
        marked.clear();
        if !likes.device.is_empty() {
            let devices = likes.of_target(target).iter().map(|p| (likes.device[*p as usize], *p));
            marked.extend(devices.filter(|(d, _)| *d != 0));
        }
        note(&mut marked, &mut told);
    }
    told
}

fn note(marked: &mut [(u64, u32)], told: &mut [f32]) {
    marked.sort_unstable();
    for run in marked.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        for (_, place) in run {
            let own = &mut told[*place as usize];
            *own = own.max(run.len() as f32 - 1.0);
        }
    }
}

/// Share of its likes that the target at the third quarter loses.
fn usual_loss(likes: &Likes, links: &[[f32; THRESHOLDS.len()]], k: usize) -> f64 {
    let mut losses: Vec<f64> = (0..likes.targets())
        .map(|t| likes.of_target(t))
        .filter(|likers| likers.len() >= JUDGED_FROM)
        .map(|likers| {
            let kept: f64 = likers.iter().map(|p| group_factor(f64::from(links[*p as usize][k]))).sum();
            1.0 - kept / likers.len() as f64
        })
        .collect();
    losses.sort_by(f64::total_cmp);
    losses.get(losses.len() * 3 / 4).copied().unwrap_or(0.0)
}
