//! Deliveries to one target by accounts that are used once, or a few times.
//!
//! No account can be held against anything but this one endorsement, so nobody is accused. But a target can be: too many of its
//! endorsements come without a look, from devices that several accounts share, by accounts that did hardly anything else. An
//! unknown share of them was delivered; a likelihood ratio mixes over that share, and every endorsement gets its part by Bayes' rule.
//! Two of the three must show. Unseen and on shared devices, the endorsements are discounted; any other two are a doubt that widens
//! the target's interval.
//!
//! Innocent look-alikes: launches with an outside link (new accounts, but they look), a button on a page elsewhere (new accounts that
//! do not look: hence only a doubt), campuses (one address, but devices of their own), clients that report no views (their own
//! endorsements elsewhere tell).

use super::contrast::Beta;
use super::marks::Traits;
use crate::census::Census;
use crate::evalue::{ebh_threshold, ln_mean};
use crate::likes::{Likes, Seen};
use crate::partition::NONE;
use crate::signals::infrastructure::DEVICE_OTHERS_MIN;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Endorsements below which a target is not judged.
const POPULARITY_MIN: usize = 5;

/// Shares that may have been delivered.
const SHARES: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 0.95];

/// The traits, and how often a delivered endorsement shows each. Plain to see, or it does not count.
const UNSEEN: usize = 0;
const DEVICE: usize = 1;
const LIGHT: usize = 2;
const DELIVERED: [f64; 3] = [0.7, 0.8, 0.9];

/// Other endorsers of the same target on a device that make it suspicious: families share theirs.
const TOGETHER_MIN: usize = 2;

/// Endorsements up to which an account did hardly anything else.
const LIGHT_MAX: u32 = 3;

/// Rounds of expectation and maximisation, and the weight of the starting rates, in endorsements.
const ROUNDS: usize = 8;
const START_WEIGHT: f64 = 4.0;

/// A target with deliveries.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The target.
    pub target: u32,
    /// `ln e`, the second strongest trait's evidence.
    pub ln_e: f64,
    /// Whether it is acted on: unseen, and on shared devices.
    pub is_certain: bool,
    /// Endorsements without a look, on shared devices, by light accounts, and all.
    pub counts: (u32, u32, u32, u32),
    /// `(account, probability that it was delivered)`, ascending.
    pub fake: Vec<(u32, f64)>,
}

/// What one endorsement shows: of each trait whether (`None` where unknown), and how likely that is of an innocent one.
type Reading = [Option<(bool, f64)>; 3];

/// What is known of all targets.
struct Usual {
    /// By owner: `(unseen, all)` of the endorsements of each author's targets.
    owners: BTreeMap<u64, (u32, u32)>,
    /// How many of a target's endorsements are by light accounts.
    light: Beta,
}

/// What is known to be fake, by target: `(account, probability, ring)`, ascending.
type Fake = BTreeMap<u32, Vec<(u32, f32, u32)>>;

/// Judges all targets; those that pass e-BH at level `q`, ascending. What is usual with an author is learned from what is not `fake`, and
/// in a second round from what was not found to be delivered in the first: whoever buys once buys again.
#[must_use]
pub fn judge(likes: &Likes, census: &Census<'_>, traits: &Traits, fake: &Fake, q: f64) -> Vec<Delivery> {
    let first = round(likes, census, traits, fake, q);
    let mut all = fake.clone();
    for d in &first {
        let of = all.entry(d.target).or_default();
        of.extend(d.fake.iter().map(|(account, p)| (*account, *p as f32, NONE)));
        of.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        of.dedup_by_key(|f| f.0);
    }
    let second = if first.is_empty() { Vec::new() } else { round(likes, census, traits, &all, q) };
    let mut found: BTreeMap<u32, Delivery> = first.into_iter().map(|d| (d.target, d)).collect();
    found.extend(second.into_iter().map(|d| (d.target, d)));
    found.into_values().collect()
}

fn round(likes: &Likes, census: &Census<'_>, traits: &Traits, fake: &Fake, q: f64) -> Vec<Delivery> {
    if !likes.has_views() && likes.device.is_empty() {
        return Vec::new();
    }
    let is_light = |i: &&u32| census.degree[likes.account[**i as usize] as usize] <= LIGHT_MAX;
    let light = |t| (likes.of_target(t).iter().filter(is_light).count() as u32, likes.of_target(t).len() as u32);
    let usual = Usual {
        owners: unseen_by_owner(likes, census, traits, fake),
        light: Beta::fit((0..likes.targets()).map(light)),
    };
    let targets: Vec<u32> = (0..likes.targets()).filter(|t| likes.of_target(*t).len() >= POPULARITY_MIN).collect();
    let judged: Vec<Delivery> = targets
        .par_iter()
        .filter_map(|t| one(*t, likes, census, traits, &usual, fake))
        .filter(|d| d.ln_e > 0.0)
        .collect();
    let line = |of: &dyn Fn(&Delivery) -> bool| {
        let all: Vec<f64> = judged.iter().filter(|d| of(d)).map(|d| d.ln_e).collect();
        ebh_threshold(&all, targets.len(), q)
    };
    let (certain, doubtful) = (line(&|d| d.is_certain), line(&|d| !d.is_certain));
    judged.into_iter().filter(|d| d.ln_e >= if d.is_certain { certain } else { doubtful }).collect()
}

/// Of each endorsement of a target, in order, whether it came from a device that several of the endorsers, or of all accounts, use;
/// `None` where no device is known.
fn on_shared_device(target: u32, likes: &Likes, traits: &Traits) -> Vec<Option<bool>> {
    let device = |i: &u32| likes.device.get(*i as usize).copied().filter(|d| *d != 0);
    let all = likes.of_target(target);
    let mut together: BTreeMap<u64, usize> = BTreeMap::new();
    all.iter().filter_map(device).for_each(|d| *together.entry(d).or_default() += 1);
    let shared = |d: u64| together[&d] > TOGETHER_MIN || traits.networks.users(d) > DEVICE_OTHERS_MIN;
    all.iter().map(|i| device(i).map(shared)).collect()
}

/// `(unseen, all)` of what is neither known to be fake on a target nor from a shared device: an author who buys twice must not make
/// deliveries look usual with him.
fn unseen_on(target: u32, likes: &Likes, traits: &Traits, fake: &Fake) -> (u32, u32) {
    let known = fake.get(&target).map_or(&[][..], Vec::as_slice);
    let is_fake = |account: u32| known.binary_search_by_key(&account, |f| f.0).is_ok_and(|k| known[k].1 >= 0.5);
    let all = likes.of_target(target).iter().map(|i| *i as usize).zip(on_shared_device(target, likes, traits));
    let rest = all.filter(|(i, shared)| *shared != Some(true) && !is_fake(likes.account[*i])).map(|(i, _)| i);
    rest.fold((0, 0), |n, i| (n.0 + u32::from(likes.seen[i] == Seen::No), n.1 + 1))
}

fn unseen_by_owner(likes: &Likes, census: &Census<'_>, traits: &Traits, fake: &Fake) -> BTreeMap<u64, (u32, u32)> {
    let mut sums: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
    for target in 0..likes.targets() {
        let (unseen, all) = unseen_on(target, likes, traits, fake);
        let s = sums.entry(census.author(target)).or_default();
        *s = (s.0 + unseen, s.1 + all);
    }
    sums
}

fn one(
    target: u32,
    likes: &Likes,
    census: &Census<'_>,
    traits: &Traits,
    usual: &Usual,
    fake: &Fake,
) -> Option<Delivery> {
    let all = likes.of_target(target);
    let devices = on_shared_device(target, likes, traits);
    // What the owner's other targets show is usual with him (he may be embedded elsewhere).
    let (s, n) = usual.owners.get(&census.author(target)).copied().unwrap_or_default();
    let here = unseen_on(target, likes, traits, fake);
    let others = traits.unseen.after(s - here.0, n - here.1).mean();
    let light = usual.light.mean().clamp(0.01, 0.9);
    let readings: Vec<Reading> = all
        .iter()
        .map(|i| *i as usize)
        .zip(devices)
        .map(|(i, shared)| {
            let unseen = || (likes.seen[i] == Seen::No, own_unseen(i, likes, traits).max(others).clamp(0.01, 0.9));
            let is_light = census.degree[likes.account[i] as usize] <= LIGHT_MAX;
            [
                likes.has_views().then(unseen),
                shared.map(|shared| (shared, traits.networks.shared_device_share())),
                Some((is_light, light)),
            ]
        })
        .collect();
    let count = |t: usize| readings.iter().filter(|r| r[t].is_some_and(|x| x.0)).count() as u32;
    let counts = (count(UNSEEN), count(DEVICE), count(LIGHT), all.len() as u32);
    // Targets differ in whom they draw: that much is expected of light accounts.
    let by_chance = usual.light.ln_likelihood(counts.2, counts.3);
    let each: f64 = readings.iter().filter_map(|r| r[LIGHT]).map(|(hit, p)| of(hit, p).ln()).sum();
    let evidence = [ln_e(&readings, UNSEEN), ln_e(&readings, DEVICE), ln_e(&readings, LIGHT) + each - by_chance];
    let certain = evidence[UNSEEN].min(evidence[DEVICE]);
    let mut sorted = evidence;
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (ln_e, is_certain) = if certain > 0.0 { (certain, true) } else { (sorted[1], false) };
    if ln_e <= 0.0 {
        return None;
    }
    let mut fake: Vec<(u32, f64)> = all.iter().map(|i| likes.account[*i as usize]).zip(parts(&readings)).collect();
    fake.sort_by_key(|f| f.0);
    Some(Delivery { target, ln_e, is_certain, counts, fake })
}

fn of(hit: bool, rate: f64) -> f64 {
    if hit { rate } else { 1.0 - rate }
}

/// `ln e` by one trait that a share of the endorsements was delivered; none where it shows no more often than usual.
fn ln_e(readings: &[Reading], t: usize) -> f64 {
    let all = || readings.iter().filter_map(|r| r[t]);
    let (shown, usual) = all().fold((0.0, 0.0), |sum, (hit, p)| (sum.0 + f64::from(u8::from(hit)), sum.1 + p));
    let one = |s: f64, hit: bool, p: f64| (s * of(hit, DELIVERED[t]) + (1.0 - s) * of(hit, p)).ln() - of(hit, p).ln();
    let ln = ln_mean(&SHARES.map(|s| all().map(|(hit, p)| one(s, hit, p)).sum()));
    if shown > usual { ln } else { ln.min(0.0) }
}

/// Probability of each endorsement to be of the delivery: share and rates are learned from the target itself (expectation and
/// maximisation), starting from what deliveries usually show.
fn parts(readings: &[Reading]) -> Vec<f64> {
    let (mut share, mut rates) = (0.5, DELIVERED);
    let mut p = vec![0.0; readings.len()];
    for _ in 0..ROUNDS {
        for (p, reading) in p.iter_mut().zip(readings) {
            let known =
                reading.iter().zip(rates).filter_map(|(x, rate)| x.map(|(hit, usual)| of(hit, rate) / of(hit, usual)));
            let odds = share / (1.0 - share) * known.product::<f64>();
            *p = odds / (1.0 + odds);
        }
        share = (p.iter().sum::<f64>() / p.len() as f64).clamp(0.01, 0.99);
        for (t, rate) in rates.iter_mut().enumerate() {
            let known = || p.iter().zip(readings).filter_map(|(p, r)| r[t].map(|x| (*p, x.0)));
            let (shown, total) =
                known().fold((0.0, 0.0), |sum, (p, hit)| (sum.0 + if hit { p } else { 0.0 }, sum.1 + p));
            *rate = ((shown + DELIVERED[t] * START_WEIGHT) / (total + START_WEIGHT)).clamp(0.01, 0.99);
        }
    }
    p
}

/// The account's chance to be unseen, by its other endorsements where it has a life: of a light account they may be
/// deliveries as well.
fn own_unseen(i: usize, likes: &Likes, traits: &Traits) -> f64 {
    let (mut s, mut n) = (0, 0);
    let own = likes.of_account(likes.account[i]);
    let life = own.len() > LIGHT_MAX as usize;
    for j in own.filter(|j| life && *j != i) {
        s += u32::from(likes.seen[j] == Seen::No);
        n += 1;
    }
    traits.unseen.after(s, n).mean()
}
