//! Deliveries to one target by accounts that are used once.
//!
//! No account can be held against anything but this one endorsement, so nobody is accused. But a target can be: too many of its
//! endorsements come without a look, from devices that several of its endorsers share. An unknown share of them was delivered; a
//! likelihood ratio mixes over that share, and every endorsement gets its part by Bayes' rule.
//!
//! Innocent look-alikes: launches with an outside link (new accounts, but they look), campuses (one address, but
//! devices of their own), clients that report no views (their own endorsements elsewhere tell).

use super::contrast::Beta;
use super::marks::Traits;
use crate::census::Census;
use crate::evalue::{ebh_threshold, ln_mean};
use crate::likes::{Likes, Seen};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Endorsements below which a target is not judged.
const POPULARITY_MIN: usize = 5;

/// Shares that may have been delivered.
const SHARES: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 0.95];

/// How often a delivered endorsement shows each trait. Plain to see, or it does not count.
const UNSEEN_DELIVERED: f64 = 0.7;
const DEVICE_DELIVERED: f64 = 0.8;

/// Other endorsers of the target on a device that make it suspicious: families share theirs.
const DEVICE_OTHERS_MIN: usize = 2;

/// A target with deliveries.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The target.
    pub target: u32,
    /// `ln e`, the weaker of the two traits' evidence.
    pub ln_e: f64,
    /// Endorsements without a look, on shared devices, and all.
    pub counts: (u32, u32, u32),
    /// `(account, probability that it was delivered)`, ascending.
    pub fake: Vec<(u32, f64)>,
}

/// One endorsement: `(likelihood if delivered, if not)` by trait.
type Readings = [(f64, f64); 2];

/// Whether one endorsement was unseen, and on a shared device (where known).
type Hits = (bool, Option<bool>);

/// Rounds of expectation and maximisation, and the weight of the starting rates, in endorsements.
const ROUNDS: usize = 8;
const START_WEIGHT: f64 = 4.0;

/// Judges all targets; those that pass e-BH at level `q`, ascending.
#[must_use]
pub fn judge(likes: &Likes, census: &Census<'_>, traits: &Traits, q: f64) -> Vec<Delivery> {
    if !likes.has_views() || likes.device.is_empty() {
        return Vec::new();
    }
    let owners = unseen_by_owner(likes, census);
    let targets: Vec<u32> = (0..likes.targets()).filter(|t| likes.of_target(*t).len() >= POPULARITY_MIN).collect();
    let judged: Vec<Delivery> =
        targets.par_iter().filter_map(|t| one(*t, likes, census, traits, &owners)).filter(|d| d.ln_e > 0.0).collect();
    let line = ebh_threshold(&judged.iter().map(|d| d.ln_e).collect::<Vec<_>>(), targets.len(), q);
    judged.into_iter().filter(|d| d.ln_e >= line).collect()
}

/// By owner: `(unseen, all)` of the endorsements of each author's targets.
fn unseen_by_owner(likes: &Likes, census: &Census<'_>) -> BTreeMap<u64, (u32, u32)> {
    let mut sums: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
    for i in 0..likes.len() {
        let s = sums.entry(census.author(likes.target[i])).or_default();
        s.0 += u32::from(likes.seen[i] == Seen::No);
        s.1 += 1;
    }
    sums
}

fn one(
    target: u32,
    likes: &Likes,
    census: &Census<'_>,
    traits: &Traits,
    owners: &BTreeMap<u64, (u32, u32)>,
) -> Option<Delivery> {
    let all = likes.of_target(target);
    let mut users: BTreeMap<u64, usize> = BTreeMap::new();
    for i in all {
        *users.entry(likes.device[*i as usize]).or_default() += 1;
    }
    let unseen_here = all.iter().filter(|i| likes.seen[**i as usize] == Seen::No).count() as u32;
    // What the owner's other targets show is usual with him (he may be embedded elsewhere).
    let (s, n) = owners.get(&census.author(target)).copied().unwrap_or_default();
    let others = traits.unseen.after(s - unseen_here, n - all.len() as u32).mean();
    let mut shared = 0;
    let readings: Vec<Readings> = all
        .iter()
        .map(|i| {
            let i = *i as usize;
            let unseen = likes.seen[i] == Seen::No;
            let own = own_unseen(i, likes, traits).max(others).clamp(0.01, 0.9);
            let on_shared = likes.device[i] != 0 && users[&likes.device[i]] > DEVICE_OTHERS_MIN;
            shared += u32::from(on_shared);
            let of = |hit: bool, p: f64| if hit { p } else { 1.0 - p };
            let device = match likes.device[i] {
                0 => (1.0, 1.0),
                _ => (of(on_shared, DEVICE_DELIVERED), of(on_shared, traits.networks.shared_device_share())),
            };
            [(of(unseen, UNSEEN_DELIVERED), of(unseen, own)), device]
        })
        .collect();
    let ratio = |share: f64, trait_: usize| -> f64 {
        readings.iter().map(|r| (share * r[trait_].0 + (1.0 - share) * r[trait_].1).ln() - r[trait_].1.ln()).sum()
    };
    let of_trait = |t: usize| ln_mean(&SHARES.map(|s| ratio(s, t)));
    // Both must show.
    let ln_e = of_trait(0).min(of_trait(1));
    if ln_e <= 0.0 {
        return None;
    }
    let hits: Vec<Hits> = all
        .iter()
        .map(|i| *i as usize)
        .map(|i| {
            let device = likes.device[i];
            (likes.seen[i] == Seen::No, (device != 0).then(|| users[&device] > DEVICE_OTHERS_MIN))
        })
        .collect();
    let parts = parts(&readings, &hits);
    let mut fake: Vec<(u32, f64)> = all.iter().map(|i| likes.account[*i as usize]).zip(parts).collect();
    fake.sort_by_key(|f| f.0);
    Some(Delivery { target, ln_e, counts: (unseen_here, shared, all.len() as u32), fake })
}

/// Probability of each endorsement to be of the delivery: share and rates are learned from the target itself (expectation and
/// maximisation), starting from what deliveries usually show.
fn parts(readings: &[Readings], hits: &[Hits]) -> Vec<f64> {
    let (mut share, mut unseen, mut device) = (0.5, UNSEEN_DELIVERED, DEVICE_DELIVERED);
    let mut p = vec![0.0; readings.len()];
    for _ in 0..ROUNDS {
        let of = |hit: bool, rate: f64| if hit { rate } else { 1.0 - rate };
        for ((p, reading), hit) in p.iter_mut().zip(readings).zip(hits) {
            let delivered = of(hit.0, unseen) * hit.1.map_or(1.0, |d| of(d, device));
            let odds = share / (1.0 - share) * delivered / (reading[0].1 * reading[1].1);
            *p = odds / (1.0 + odds);
        }
        let total: f64 = p.iter().sum();
        let sum = |f: fn(&Hits) -> bool| -> f64 { p.iter().zip(hits).filter(|(_, h)| f(h)).map(|(p, _)| p).sum() };
        share = (total / p.len() as f64).clamp(0.01, 0.99);
        unseen = (sum(|h| h.0) + UNSEEN_DELIVERED * START_WEIGHT) / (total + START_WEIGHT);
        let known = sum(|h| h.1.is_some());
        device = (sum(|h| h.1 == Some(true)) + DEVICE_DELIVERED * START_WEIGHT) / (known + START_WEIGHT);
    }
    p
}

/// The account's chance to be unseen, by its other endorsements.
fn own_unseen(i: usize, likes: &Likes, traits: &Traits) -> f64 {
    let (mut s, mut n) = (0, 0);
    for j in likes.of_account(likes.account[i]).filter(|j| *j != i) {
        s += u32::from(likes.seen[j] == Seen::No);
        n += 1;
    }
    let own: Beta = traits.unseen.after(s, n);
    own.mean()
}
