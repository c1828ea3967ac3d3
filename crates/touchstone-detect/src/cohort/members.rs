//! Who belongs to a proven ring, and which of their endorsements are the ring's.
//!
//! An account is held against a proven ring by a likelihood ratio: what it endorses (how much of its life is
//! the ring's, against what strangers of like activity have of those targets) times how it did so inside, by every mark
//! the ring is known by. Traits are of different data (targets, views, devices, addresses, times), so they multiply. Each
//! ratio has mean one for somebody who has nothing to do with the ring; negative bits acquit.

use super::bare::clockwork::{self, TARGETS_SHARE};
use super::contrast::{Beta, Inside, rate_without};
use super::mark::Mark;
use super::marks::Traits;
use super::proof::Group;
use super::refine::{Bicluster, beside, owners_by_account, targets_of};
use crate::census::Census;
use crate::evalue::{ln_factorial, ln_mean, ln_weighted_mean};
use crate::findings::RingKind;
use crate::likes::{Likes, Seen};
use crate::signals::exchange::receipts::receipts;
use crate::signals::exchange::sittings;
use crate::signals::exchange::tasks::{Tasks, is_near};
use crate::signals::infrastructure::Networks;
use crate::signals::pool::company::{self, Life};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Most that one trait may say for or against an account, in `ln` (12 bits): traits of many occasions are not as
/// independent as they look.
const LN_TRAIT_MAX: f64 = 8.3;

/// Most that what it endorses may say for an account (24 bits): whoever is devoted to what a customer publishes has much in common with
/// that customer's farm, and must not be held against it where its conduct speaks otherwise.
const LN_POOL_MAX: f64 = 16.6;

/// Probability of belonging from which an account's company makes a target the ring's.
const CERTAIN: f64 = 0.99;

/// And below which it is surely none of it.
const STRANGER: f64 = 0.01;

/// Of those near a mutual group, how many are friends of a few of its members, and no more; and how many members
/// such a friend knows: each further one is less than half as likely.
const FRIENDS_SHARE: f64 = 0.02;
const FURTHER_FRIEND: f64 = 0.4;

/// How often strangers are on the beat of a ring's clock, at least and at most, and the weight of what is usual, in endorsements. Assumed:
/// accounts that the ring used once are among them.
const BEAT_USUAL: (f64, f64) = (0.1, 0.5);
const BEAT_WEIGHT: f64 = 8.0;

/// How even members are about a clock, as a weight in endorsements: it is one clock for all.
const EVEN: f64 = 50.0;

/// From where on a clock's beat speaks against an account's being a member, in `ln` (4 bits).
const LN_OFF_BEAT: f64 = -2.77;

/// Share of an exchange's members who do not work as the others do, in any one trait.
const OTHERWISE: f64 = 0.1;

/// What is held against an account in one ring.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The account.
    pub account: u32,
    /// `ln` likelihood ratio of what it endorses.
    pub ln_pool: f64,
    /// Owners among the ring's targets of whom it endorsed something, and all its owners; targets, where the ring was found by these.
    pub owners: (u32, u32),
    /// As many strangers would have.
    pub expected: f64,
    /// The same counts by target, where those were asked, too: see [`judge_both`].
    pub targets: Option<((u32, u32), f64)>,
    /// `ln` likelihood ratio by mark, with the counts behind it.
    pub by_mark: BTreeMap<Mark, (f64, Inside)>,
    /// Probability that it belongs to the ring.
    pub belongs: f64,
    /// Whether it may know nothing of what it did there: a victim.
    pub foreign: bool,
}

impl Standing {
    /// All of it. What others do to an account never says more than what it does itself.
    #[must_use]
    pub fn ln_e(&self) -> f64 {
        let done = self.by_mark.iter().filter(|(m, _)| **m != Mark::Received).map(|(_, m)| m.0);
        let own = self.ln_pool + done.sum::<f64>();
        own + self.by_mark.get(&Mark::Received).map_or(0.0, |m| m.0.min(own.max(0.0)))
    }

    /// With the probability that it belongs to the ring, of accounts of which `prior` do.
    fn with_belonging(mut self, prior: f64) -> Self {
        let odds = prior * self.ln_e().min(60.0).exp();
        self.belongs = odds / (1.0 + odds);
        self
    }
}

/// Distinct owners of what an account endorsed.
fn owners_of(likes: &Likes, census: &Census<'_>, account: u32) -> u32 {
    let mut owners: Vec<u64> = likes.of_account(account).map(|i| census.author(likes.target[i])).collect();
    owners.sort_unstable();
    owners.dedup();
    owners.len() as u32
}

/// Share of the members whose lives must be known, most of them foreign to the devices they are seen on, for the others to be taken for
/// victims, too. A class that came to what a farm worked off is foreign to the machines of its room, but is not so much of the farm.
const LIVES_MIN: f64 = 1.0 / 3.0;

/// Where no device tells whose hand it was: share with lives of their own among those whom an account met on the ring's targets from
/// which it may be the owner of a stolen token, or one of a taste. A third of owners lead such quiet lives that the log shows none.
const MET_MIN: f64 = 0.5;

/// The same where a log has endorsements alone.
const MET_MIN_BARE: f64 = 1.0 / 3.0;

/// Owners outside from which, where a log has endorsements alone, an account's own life speaks for it, if they are not fewer than those
/// inside.
const OWN_LIFE_BARE: u32 = 3;

/// Rounds in which it is settled who is a stranger to a ring: each weighs accounts by what the one before said of them.
const ROUNDS: usize = 3;

/// Who may have known nothing of it, ascending: whose access was used from devices that are not theirs; or, where no device is known, who
/// leads a life, or keeps the company of those who do. Nobody of a mutual group: members of an exchange use what devices they like.
#[must_use]
pub fn victims(group: &Group, likes: &Likes, census: &Census<'_>) -> Vec<u32> {
    if group.is_mutual() {
        return Vec::new();
    }
    match group.inside.get(&Mark::ForeignDevice) {
        Some(all) => victims_by_device(all, group, likes),
        None => victims_by_life(&group.bicluster, group.is_bare(), likes, census),
    }
}

fn victims_by_life(group: &Bicluster, bare: bool, likes: &Likes, census: &Census<'_>) -> Vec<u32> {
    let met_min = if bare { MET_MIN_BARE } else { MET_MIN };
    let own = |l: &Life| bare && l.outside >= OWN_LIFE_BARE.max(l.inside);
    let lives = company::lives(group, likes, census);
    lives.iter().filter(|l| l.met >= met_min || own(l)).map(|l| l.account).collect()
}

fn victims_by_device(all: &[Inside], judged: &Group, likes: &Likes) -> Vec<u32> {
    let group = &judged.bicluster;
    let beside = beside(group, likes);
    let devices = Networks::foreign_to_most((group, &beside), likes);
    // Whoever is at home on a rack is the operator's; a farm that sells to the same customers says nothing of the others.
    let shared = judged.inside.get(&Mark::SharedDevice).map_or(&[][..], Vec::as_slice);
    let racked: BTreeSet<u32> = shared.iter().filter(|i| i.successes > 0).map(|i| i.account).collect();
    let is_other = |a: u32| group.members.binary_search(&a).is_ok() && !racked.contains(&a);
    let others = || all.iter().filter(|i| is_other(i.account));
    let known = others().filter(|i| i.trials > 0).count();
    let foreign = others().filter(|i| Networks::is_foreign(i)).count();
    let stolen = 2 * foreign > known && known as f64 >= LIVES_MIN * others().count() as f64;
    let is_victim = |i: &&Inside| {
        let unknown = stolen && i.trials == 0 && !racked.contains(&i.account);
        Networks::is_foreign(i) || unknown || Networks::is_on(&devices, i.account, (group, &beside), likes)
    };
    all.iter().filter(is_victim).map(|i| i.account).collect()
}

/// [`judge`], and where endorsements are all there is of a ring that keeps a clock, by what each account endorsed as if owners were unknown,
/// too: a clock delivers target by target, so that two of one owner are two, where to people they are one taste. The mean of the two.
#[must_use]
pub fn judge_both(
    group: &Group,
    likes: &Likes,
    census: &Census<'_>,
    traits: &Traits,
    in_step: &BTreeMap<u32, f64>,
) -> Vec<Standing> {
    let standings = judge(group, likes, census, traits, in_step);
    if census.owner.is_none() || !group.is_bare() || !group.is_of_clock() {
        return standings;
    }
    let prior = prior(group, likes);
    let unowned = Census { owner: None, ..*census };
    let by_target = judge(group, likes, &unowned, traits, in_step);
    let both = standings.into_iter().zip(by_target).map(|(mut s, t)| {
        s.ln_pool = ln_mean(&[s.ln_pool, t.ln_pool]);
        s.targets = Some((t.owners, t.expected));
        s.with_belonging(prior)
    });
    both.collect()
}

/// Share of the accounts that are of the ring.
fn prior(group: &Group, likes: &Likes) -> f64 {
    group.bicluster.members.len() as f64 / f64::from(likes.accounts())
}

/// Judges everybody who endorsed a target of the ring. `in_step` is the lockstep test by account. Ascending by
/// account.
#[must_use]
pub fn judge(
    group: &Group,
    likes: &Likes,
    census: &Census<'_>,
    traits: &Traits,
    in_step: &BTreeMap<u32, f64>,
) -> Vec<Standing> {
    let bicluster = &group.bicluster;
    let touched = owners_by_account(likes, census, &bicluster.targets);
    let is_member = |a: u32| bicluster.members.binary_search(&a).is_ok();
    let rows: Vec<(u32, u32, u32)> = touched.par_iter().map(|(a, x)| (*a, *x, owners_of(likes, census, *a))).collect();
    let member = Beta::fit(rows.iter().filter(|r| is_member(r.0)).map(|r| (r.1, r.2)));
    // Devotion and cohesion are of the same data as the pool ratio.
    let of_pool = |m: &Mark| matches!(m, Mark::Devoted | Mark::Cohesive);
    let marked: Vec<Mark> = group.marked().into_iter().filter(|m| !of_pool(m)).collect();
    let prior = prior(group, likes);
    let stray = traits.networks.stray_device_share(bicluster, likes);
    let by_mark: BTreeMap<Mark, BTreeMap<u32, Inside>> = marked
        .iter()
        .filter_map(|m| Some((*m, group.inside.get(m)?.iter().map(|i| (i.account, *i)).collect())))
        .collect();
    let members_inside: BTreeMap<Mark, Vec<Inside>> = marked
        .iter()
        .filter_map(|m| Some((*m, group.inside.get(m)?.iter().filter(|i| is_member(i.account)).copied().collect())))
        .collect();
    let marks: Vec<BTreeMap<Mark, (f64, Inside)>> = rows
        .par_iter()
        .map(|(account, _, _)| {
            let mut of = BTreeMap::new();
            for (mark, all) in &by_mark {
                let Some(inside) = all.get(account).filter(|i| i.trials > 0) else { continue };
                let mut inside = *inside;
                if *mark == Mark::SharedDevice {
                    inside.null = Beta { a: stray * 1e3, b: (1.0 - stray) * 1e3 };
                }
                let rate = rate_without(&members_inside[mark], *account);
                let ln =
                    if *mark == Mark::Clockwork { inside.ln_ratio_about(rate, EVEN) } else { inside.ln_ratio(rate) };
                let ln = if mark.of_mutual_groups() { or_otherwise(ln) } else { ln };
                of.insert(*mark, (ln.clamp(-LN_TRAIT_MAX, LN_TRAIT_MAX), inside));
            }
            if let Some(ln) = in_step.get(account).filter(|_| marked.contains(&Mark::InStep)) {
                let none = Inside { account: *account, successes: 0, trials: 0, null: Beta { a: 1.0, b: 1.0 } };
                // When to work is left to a board's members: who keeps no step with the others is none the less one.
                let ln = if group.is_mutual() { ln_mean(&[*ln, 0.0]) } else { *ln };
                of.insert(Mark::InStep, (ln.clamp(-LN_TRAIT_MAX, LN_TRAIT_MAX), none));
            }
            of
        })
        .collect();
    let of_tasks = |r: &(u32, u32, u32)| sittings::steps(r.0, &bicluster.targets, likes, census);
    let steps = marked.contains(&Mark::InSequence).then(|| {
        let all: Vec<(u32, u32)> = rows.par_iter().map(of_tasks).collect();
        let of_members = all.iter().zip(&rows).filter(|(_, r)| is_member(r.0));
        let null = Beta { a: 1.0, b: 1.0 };
        let row = |(s, r): (&(u32, u32), &(u32, u32, u32))| Inside { account: r.0, successes: s.0, trials: s.1, null };
        let of_members: Vec<Inside> = of_members.map(row).collect();
        (all, of_members)
    });
    // Spread over those who came near at all: devoted followers of its targets are the innocent to mind.
    let near = Beta::fit(rows.iter().filter(|r| !is_member(r.0)).map(|r| (r.1, r.2)));
    let weight = (near.a + near.b).min(50.0);
    let mut belongs: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(is_member(r.0)))).collect();
    let mut standings: Vec<Standing> = Vec::new();
    for _ in 0..ROUNDS {
        let stranger = strangers(&rows, &belongs, weight, likes);
        let standing = |(account, x, k): (u32, u32, u32), of: &BTreeMap<Mark, (f64, Inside)>| {
            // Friends of a customer come to all that he bought for. Where conduct speaks against an account, its taste is one
            // trait among others.
            let conduct: f64 = of.iter().filter(|(m, _)| !m.of_endorsements()).map(|(_, m)| m.0).sum();
            let off_beat = of.get(&Mark::Clockwork).is_some_and(|m| m.0 < LN_OFF_BEAT);
            let outvoted = (conduct < 0.0 || off_beat) && !group.is_mutual();
            let ln_pool = ln_pool((x, k), member, stranger, group.is_mutual());
            let standing = Standing {
                account,
                ln_pool: ln_pool.min(if outvoted { LN_TRAIT_MAX } else { LN_POOL_MAX }),
                owners: (x, k),
                expected: f64::from(k) * stranger.mean(),
                targets: None,
                by_mark: of.clone(),
                belongs: 0.0,
                foreign: group.victims.binary_search(&account).is_ok(),
            };
            standing.with_belonging(prior)
        };
        let with_steps: Option<Vec<BTreeMap<Mark, (f64, Inside)>>> = steps.as_ref().map(|(steps, of_members)| {
            let usual = sittings::usual(steps.iter().copied().zip(belongs.iter().copied()));
            let said = |account: u32, s: (u32, u32)| sittings::ln_ratio(account, s, usual, of_members);
            let all = rows.par_iter().zip(&marks).zip(steps);
            all.map(|((row, of), s)| with_steps(of.clone(), said(row.0, *s))).collect()
        });
        let marks = with_steps.as_ref().unwrap_or(&marks);
        standings = rows.par_iter().zip(marks).map(|(row, of)| standing(*row, of)).collect();
        belongs = standings.iter().map(|s| s.belongs).collect();
    }
    if group.kind() == RingKind::Exchange {
        let is_other = |a: u32| {
            standings.binary_search_by_key(&a, |s| s.account).map_or(true, |n| standings[n].belongs < STRANGER)
        };
        let received = receipts(&certain(&standings), &is_other, (likes, census), &traits.timing);
        for s in &mut standings {
            if let Some((ln, counts)) = received.get(&s.account) {
                s.by_mark.insert(Mark::Received, (ln.min(s.ln_e().max(0.0)), *counts));
                *s = s.clone().with_belonging(prior);
            }
        }
    }
    standings
}

/// A board leaves its members free how they work: some do it otherwise than most.
fn or_otherwise(ln: f64) -> f64 {
    ln_weighted_mean(&[(1.0 - OTHERWISE, ln), (OTHERWISE, 0.0)])
}

/// With how it goes from task to task, where it does at all. That and whether it endorses in sequence are of the same times: the mean of both
/// counts, under the name of the stronger.
fn with_steps(mut of: BTreeMap<Mark, (f64, Inside)>, (ln, steps): (f64, Inside)) -> BTreeMap<Mark, (f64, Inside)> {
    if steps.trials > 0 {
        let in_sequence = of.remove(&Mark::InSequence);
        let both = in_sequence
            .map_or(or_otherwise(ln), |s| ln_mean(&[s.0, or_otherwise(ln)]))
            .clamp(-LN_TRAIT_MAX, LN_TRAIT_MAX);
        match in_sequence.filter(|s| s.0 > ln) {
            Some((_, counts)) => of.insert(Mark::InSequence, (both, counts)),
            None => of.insert(Mark::OneSitting, (both, steps)),
        };
    }
    of
}

/// How much of what a stranger to a ring endorses is the ring's owners', about which strangers differ with this weight: everybody in the log as
/// far as it does not belong to it. Of `rows` (account, its owners in the ring, all its owners) `belongs` says how far; most accounts have
/// nothing of the ring. Accounts that it used once are no members of the group that was found, and would make its own targets seem
/// popular among strangers.
fn strangers(rows: &[(u32, u32, u32)], belongs: &[f64], weight: f64, likes: &Likes) -> Beta {
    let (mut inside, mut all, mut of_ring) = (0.0, 0.0, 0.0);
    for ((account, x, k), belongs) in rows.iter().zip(belongs) {
        inside += (1.0 - belongs) * f64::from(*x);
        all += (1.0 - belongs) * f64::from(*k);
        of_ring += belongs * likes.of_account(*account).len() as f64;
    }
    let everybody = (likes.len() as f64 - of_ring).max(all).max(1.0);
    let share = ((inside + 1.0) / everybody).min(0.5);
    Beta { a: share * weight, b: (1.0 - share) * weight }
}

/// `ln` likelihood ratio of `x` of an account's `k` owners being the ring's: a member against a stranger, or, where members endorse each other,
/// a friend of a few of them. Of one order of the account's owners, as the other likelihoods are.
fn ln_pool((x, k): (u32, u32), member: Beta, stranger: Beta, mutual: bool) -> f64 {
    let orders = ln_factorial(k) - ln_factorial(x) - ln_factorial(k - x);
    let friend = FRIENDS_SHARE.ln() + f64::from(x) * FURTHER_FRIEND.ln() - orders;
    let stranger = stranger.ln_likelihood(x, k);
    member.ln_likelihood(x, k) - if mutual { stranger.max(friend) } else { stranger }
}

/// Who surely belongs to the ring, ascending.
fn certain(standings: &[Standing]) -> Vec<u32> {
    standings.iter().filter(|s| s.belongs >= CERTAIN).map(|s| s.account).collect()
}

/// Probabilities that endorsements are the ring's, `(account, target, p)`, of everybody with a standing.
#[must_use]
pub fn ascribe(group: &Group, standings: &[Standing], likes: &Likes, census: &Census<'_>) -> Vec<(u32, u32, f64)> {
    let kind = group.kind();
    let certain = certain(standings);
    let targets = &targets_of(likes, &certain, &group.bicluster.targets, 0.0);
    let unseen = group.inside.get(&Mark::Unseen).map(|all| rate_without(all, u32::MAX));
    let tasks = if group.is_mutual() { Tasks::learn(&certain, targets, likes, census) } else { None };
    let owners: BTreeSet<u64> = group.bicluster.targets.iter().map(|t| census.author(*t)).collect();
    let owners = owners.len();
    let near = |i: usize| is_near(i, targets, likes, census);
    // Where a clock is all that tells of an operator, what it did not deliver is its members' own.
    let of_clock = |target: u32| match group.bicluster.targets.binary_search(&target) {
        _ if group.delivered.is_empty() => 1.0,
        Ok(place) => group.delivered[place],
        Err(_) => TARGETS_SHARE,
    };
    let mut out = Vec::new();
    for s in standings.iter().filter(|s| s.belongs > 0.01) {
        for i in likes.of_account(s.account) {
            let target = likes.target[i];
            let inside = targets.binary_search(&target).is_ok();
            let p = match (kind, inside) {
                (RingKind::Farm, true) if !s.foreign => s.belongs,
                // If the account itself is the operator's, what it does elsewhere is cover: a whole life is at stake, so only
                // where there is no doubt.
                (RingKind::Farm, false) if !s.foreign && s.belongs >= CERTAIN => s.belongs * s.belongs,
                (RingKind::Exchange | RingKind::Pod, false) if s.belongs >= CERTAIN => {
                    let likely = tasks.as_ref().map_or(0.0, |t| t.likely(target));
                    if likely < 0.01 {
                        0.0
                    } else {
                        let odds = own_odds(s, owners) * tasks.as_ref().map_or(1.0, |t| t.ratio(near(i)));
                        s.belongs * likely * odds / (1.0 + odds)
                    }
                }
                (_, false) => 0.0,
                (_, true) => {
                    let seen = seen_ratio(likes.seen[i], unseen, s);
                    let odds = own_odds(s, owners) * seen * tasks.as_ref().map_or(1.0, |t| t.ratio(near(i)));
                    s.belongs * odds / (1.0 + odds) * of_clock(target)
                }
            };
            if p > 0.001 {
                out.push((s.account, target, p));
            }
        }
    }
    out
}

/// Whether one of these accounts owns the target.
fn is_of(census: &Census<'_>, target: u32, accounts: &[u32]) -> bool {
    census.owner.is_some_and(|o| accounts.binary_search(&o[target as usize]).is_ok())
}

/// Odds that an account endorsed a ring's target for the ring, which is of so many `owners`: its own taste, as far as it shows elsewhere, would
/// have given it so many of those that it left alone, and of what it did for the ring nothing is left to taste.
fn own_odds(s: &Standing, owners: usize) -> f64 {
    let (x, k) = (f64::from(s.owners.0.max(1)), f64::from(s.owners.1));
    let share = s.expected / k.max(1.0);
    let left = (1.0 - x / owners.max(1) as f64).max(0.0);
    let own = (left * (k - x) * share / (1.0 - share) / x).clamp(0.0, 0.9);
    (1.0 - own) / own.max(1e-3)
}

/// How much likelier the ring's endorsements are to be seen, or not seen, to have been looked at first than
/// the account's own.
fn seen_ratio(seen: Seen, ring_unseen: Option<f64>, s: &Standing) -> f64 {
    let (Some(ring), Some((_, own))) = (ring_unseen, s.by_mark.get(&Mark::Unseen)) else { return 1.0 };
    let own = own.null.mean().clamp(0.01, 0.99);
    match seen {
        Seen::Unknown => 1.0,
        Seen::No => ring / own,
        Seen::Yes => (1.0 - ring) / (1.0 - own),
    }
}

/// Members of an undecided group on a target from which, where owners are unknown, it may be of the group.
const TOGETHER_MIN: usize = 2;

/// What members endorsed inside a group, and of a mutual one whatever they endorsed of each other; where owners are unknown, what some of
/// them did, and what others did inside who may be of them: `(account, target)`.
#[must_use]
pub fn endorsements_inside(group: &Group, likes: &Likes, census: &Census<'_>) -> Vec<(u32, u32)> {
    let Bicluster { members, targets } = &group.bicluster;
    let mutual = group.is_mutual();
    // Without owners a board's small tasks cannot be told from its members' common taste.
    let unowned = members.iter().filter(|_| census.owner.is_none());
    let mut together: Vec<u32> = unowned.flat_map(|a| likes.of_account(*a)).map(|i| likes.target[i]).collect();
    together.sort_unstable();
    let together: Vec<u32> =
        together.chunk_by(|a, b| a == b).filter(|run| run.len() >= TOGETHER_MIN).map(|run| run[0]).collect();
    let met = |t: u32| together.binary_search(&t).is_ok();
    let is_inside = |t: u32| targets.binary_search(&t).is_ok() || met(t) || (mutual && is_of(census, t, members));
    let of =
        |a: &u32| likes.of_account(*a).map(|i| (*a, likes.target[i])).filter(|x| is_inside(x.1)).collect::<Vec<_>>();
    let mut all: Vec<(u32, u32)> = members.iter().flat_map(of).collect();
    if census.owner.is_none() {
        let regulars = regulars(&group.bicluster, likes, census);
        all.extend(regulars.into_iter().flat_map(|a| endorsed_of(&group.bicluster, a, likes)));
    }
    all
}

/// What an account endorsed of a group's targets: `(account, target)`.
pub(super) fn endorsed_of<'a>(
    group: &'a Bicluster,
    account: u32,
    likes: &'a Likes,
) -> impl Iterator<Item = (u32, u32)> + 'a {
    let touched = likes.of_account(account).map(|i| likes.target[i]);
    touched.filter(|t| group.targets.binary_search(t).is_ok()).map(move |t| (account, t))
}

/// Who is no member of a group but endorsed several of its targets, and more than its activity gives: too few or too busy to be told from
/// those who came upon them.
fn regulars(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Vec<u32> {
    let given: u64 = group.targets.iter().map(|t| u64::from(census.popularity[*t as usize])).sum();
    let share = given as f64 / likes.len().max(1) as f64;
    let touched = owners_by_account(likes, census, &group.targets);
    let more = |(a, n): &(u32, u32)| {
        *n as usize >= TOGETHER_MIN
            && f64::from(*n) > f64::from(census.degree[*a as usize]) * share
            && group.members.binary_search(a).is_err()
    };
    touched.into_iter().filter(more).map(|x| x.0).collect()
}

/// How many of a ring's members endorsed each of its targets, in their order.
#[must_use]
pub fn support(group: &Bicluster, likes: &Likes) -> Vec<u32> {
    let of = |t: &u32| {
        let members =
            likes.of_target(*t).iter().filter(|i| group.members.binary_search(&likes.account[**i as usize]).is_ok());
        members.count() as u32
    };
    group.targets.iter().map(of).collect()
}

/// The times, ascending, of the members' endorsements of each of a group's targets.
#[must_use]
pub fn times(group: &Bicluster, likes: &Likes) -> Vec<Vec<i64>> {
    let of = |t: &u32| {
        let members = likes.of_target(*t).iter().map(|i| *i as usize);
        let members = members.filter(|i| group.members.binary_search(&likes.account[*i]).is_ok());
        let mut times: Vec<i64> = members.map(|i| likes.ts[i]).collect();
        times.sort_unstable();
        times
    };
    group.targets.iter().map(of).collect()
}

/// How many of its endorsements inside an account gave on the beat of the clock that the group keeps, with `times` as [`times`] has them; against
/// how often those in `also` did. Ascending.
#[must_use]
pub fn on_beat(group: &Bicluster, also: &[u32], times: &[Vec<i64>], resolution: i64, likes: &Likes) -> Vec<Inside> {
    let beat = |account: u32, is_member: bool| {
        let mut counts = (0, 0);
        for i in likes.of_account(account) {
            let Ok(place) = group.targets.binary_search(&likes.target[i]) else { continue };
            if let Some(hit) = clockwork::is_on_beat(likes.ts[i], &times[place], is_member, resolution) {
                counts = (counts.0 + u32::from(hit), counts.1 + 1);
            }
        }
        counts
    };
    let of_others: Vec<(u32, (u32, u32))> = also.iter().map(|a| (*a, beat(*a, false))).collect();
    let (hits, all) = of_others.iter().fold((0, 0), |s, (_, c)| (s.0 + c.0, s.1 + c.1));
    let usual = ((f64::from(hits) + 0.5) / (f64::from(all) + 1.0)).clamp(BEAT_USUAL.0, BEAT_USUAL.1);
    let null = Beta { a: usual * BEAT_WEIGHT, b: (1.0 - usual) * BEAT_WEIGHT };
    let of_members = group.members.iter().map(|a| (*a, beat(*a, true)));
    let row = |(account, (successes, trials))| Inside { account, successes, trials, null };
    let mut rows: Vec<Inside> = of_members.chain(of_others).map(row).collect();
    rows.sort_unstable_by_key(|r| r.account);
    rows
}

/// What members endorsed of the targets that a group's clock rather did not deliver than did: `(account, target)`. Empty where the group is
/// known by more than its clock.
#[must_use]
pub fn undelivered(group: &Group, likes: &Likes) -> Vec<(u32, u32)> {
    let Bicluster { members, targets } = &group.bicluster;
    let left = targets.iter().zip(&group.delivered).filter(|(_, delivered)| **delivered < 0.5).map(|(t, _)| *t);
    let by_members = |t: u32| likes.likers(t).iter().filter(|a| members.binary_search(a).is_ok()).map(move |a| (*a, t));
    left.flat_map(by_members).collect()
}

/// Accounts beside the members that endorsed at least two of its supported targets: to be judged as well.
#[must_use]
pub fn bystanders(group: &Bicluster, likes: &Likes) -> Vec<u32> {
    let mut all: Vec<u32> = group
        .targets
        .iter()
        .flat_map(|t| likes.of_target(*t))
        .map(|i| likes.account[*i as usize])
        .filter(|a| group.members.binary_search(a).is_err())
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{with_likes, with_timed_likes};

    #[test]
    fn regulars_come_more_often_than_their_activity_gives() {
        // Five members on targets 0 to 3; 100 other targets of ten people each.
        let members = (0..5).flat_map(|a| (0..4).map(move |t| (t, a)));
        let people = (4..104).flat_map(|t| (0..10).map(move |n| (t, 20 + (t * 7 + n) % 50)));
        // One is there twice and hardly anywhere else, one once, one twice among all that there is.
        let others = [(0, 10), (1, 10), (50, 10), (0, 11), (2, 12), (3, 12)];
        let busy = (4..104).map(|t| (t, 12));
        let rows: Vec<(u32, u32)> = members.chain(people).chain(others).chain(busy).collect();
        let group = Bicluster { members: (0..5).collect(), targets: (0..4).collect() };
        let found = with_likes(rows, None, |likes, census| regulars(&group, likes, census));
        assert_eq!(found, [10]);
    }

    #[test]
    fn strangers_are_those_who_do_not_belong() {
        // Account 0 is a member with three targets; 1 and 2 came for one of them, 2 has three others; sixty endorsements are other people's.
        let near = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 2), (3, 2), (4, 2), (5, 2)];
        let rows: Vec<(u32, u32)> = near.into_iter().chain((0..60).map(|n| (6 + n / 10, 3 + n % 10))).collect();
        let counts = [(0, 3, 3), (1, 1, 1), (2, 1, 4)];
        let of = |belongs: [f64; 3]| {
            with_likes(rows.clone(), None, |likes, _| strangers(&counts, &belongs, 10.0, likes).mean())
        };
        // Endorsements by strangers inside, and one more for prudence, of all theirs.
        assert!((of([1.0, 0.0, 0.0]) - 3.0 / 65.0).abs() < 1e-9);
        assert!((of([1.0, 1.0, 0.0]) - 2.0 / 64.0).abs() < 1e-9);
        assert!((of([1.0, 1.0, 0.5]) - 1.5 / 62.0).abs() < 1e-9);
    }

    #[test]
    fn a_member_of_a_board_need_not_keep_step_and_an_account_of_a_farm_must() {
        // Six accounts on six targets, of which each owns one; others elsewhere.
        let inside = (0..6).flat_map(|a| (0..6).filter(move |t| *t != a).map(move |t| (t, a, 0)));
        let rows: Vec<_> = inside.chain((0..60).map(|n| (6 + n % 10, 6 + n / 10, 0))).collect();
        let owners: Vec<u32> = (0..16).collect();
        let said = |mutual: f64| {
            with_timed_likes(rows.clone(), Some(&owners), |likes, census| {
                let bicluster = Bicluster { members: (0..6).collect(), targets: (0..6).collect() };
                let terms = super::super::proof::Terms::default();
                let group = Group::new(bicluster, BTreeMap::new(), mutual, terms, [Some(20.0), None]);
                let all = judge(&group, likes, census, &Traits::new(likes, census), &BTreeMap::from([(3, -5.0)]));
                all.iter().find(|s| s.account == 3).unwrap().by_mark[&Mark::InStep].0
            })
        };
        assert!((said(0.0) + 5.0).abs() < 1e-12);
        assert!(said(1.0) > 0.5f64.ln() && said(1.0) < -0.6, "{}", said(1.0));
    }

    #[test]
    fn who_does_not_work_as_most_do_may_be_a_member_all_the_same() {
        assert!(or_otherwise(-50.0) >= OTHERWISE.ln() - 1e-9);
        assert!(or_otherwise(5.0) > 5.0 - 0.12 && or_otherwise(5.0) < 5.0);
        assert!(or_otherwise(0.0).abs() < 1e-12);
    }

    #[test]
    fn steps_and_sequence_count_once() {
        let null = Beta { a: 1.0, b: 9.0 };
        let counts = |trials| Inside { account: 1, successes: trials, trials, null };
        let before = BTreeMap::from([(Mark::InSequence, (2.0, counts(3))), (Mark::Late, (1.0, counts(3)))]);
        let of = |ln, steps| with_steps(before.clone(), (ln, counts(steps)));
        // Without a step nothing is known; else the stronger gives the name, and the mean the weight.
        assert_eq!(of(0.0, 0), before);
        let stronger = of(4.0, 2);
        assert_eq!(stronger.keys().copied().collect::<Vec<_>>(), [Mark::OneSitting, Mark::Late]);
        assert!((stronger[&Mark::OneSitting].0 - ln_mean(&[2.0, or_otherwise(4.0)])).abs() < 1e-9);
        let weaker = of(-3.0, 2);
        assert_eq!(weaker.keys().copied().collect::<Vec<_>>(), [Mark::InSequence, Mark::Late]);
        assert!(weaker[&Mark::InSequence].0 < 2.0 && weaker[&Mark::InSequence].0 > 2.0 - 0.7);
        assert_eq!(with_steps(BTreeMap::new(), (4.0, counts(2))).len(), 1);
    }

    #[test]
    fn a_member_is_on_the_beat_and_whoever_comes_after_is_not() {
        // Thirty accounts on two targets a quarter of an hour apart; two others on both, hours later and close together.
        let quarter = 900_000_000i64;
        let clock = (0..2).flat_map(|t| (0..30).map(move |a| (t, a, i64::from(a) * quarter)));
        let late = (0..2).flat_map(|t| [(t, 40, 200 * quarter), (t, 41, 200 * quarter + 60_000_000)]);
        with_timed_likes(clock.chain(late).collect(), None, |likes, _| {
            let group = Bicluster { members: (0..30).collect(), targets: vec![0, 1] };
            let times = times(&group, likes);
            let rows = on_beat(&group, &[40, 41], &times, 1, likes);
            let of = |a: u32| rows.iter().find(|r| r.account == a).map(|r| (r.successes, r.trials)).unwrap();
            assert_eq!([of(10), of(20)], [(2, 2), (2, 2)]);
            assert_eq!([of(40), of(41)], [(0, 2), (0, 2)]);
            assert!(rows.iter().all(|r| (r.null.mean() - BEAT_USUAL.0).abs() < 0.05));
        });
    }

    #[test]
    fn of_what_a_member_does_for_all_that_its_ring_asks_nothing_is_left_to_taste() {
        let standing = |x: u32| Standing {
            account: 0,
            ln_pool: 0.0,
            owners: (x, 100),
            expected: 5.0,
            targets: None,
            by_mark: BTreeMap::new(),
            belongs: 1.0,
            foreign: false,
        };
        // Of 80 owners elsewhere a twentieth would be the ring's by taste, four beside twenty; half of the ring's it left alone.
        let own = 0.5 * 80.0 * (0.05 / 0.95) / 20.0;
        assert!((own_odds(&standing(20), 40) - (1.0 - own) / own).abs() < 1e-9);
        assert!((own_odds(&standing(20), 20) - 1e3).abs() < 1e-9);
        assert!(own_odds(&standing(20), 400) < own_odds(&standing(20), 40));
    }

    #[test]
    fn what_a_clock_did_not_deliver_is_named() {
        let rows = vec![(0, 0), (0, 1), (1, 0), (1, 9), (2, 1)];
        let group = |delivered: Vec<f64>| {
            let bicluster = Bicluster { members: vec![0, 1], targets: vec![0, 1] };
            let mut group = Group::new(bicluster, BTreeMap::new(), 0.0, Default::default(), [None, None]);
            group.delivered = delivered;
            group
        };
        with_likes(rows, None, |likes, _| {
            assert_eq!(undelivered(&group(vec![0.9, 0.2]), likes), [(0, 1)]);
            assert_eq!(undelivered(&group(vec![0.3, 0.9]), likes), [(0, 0), (1, 0)]);
            assert_eq!(undelivered(&group(Vec::new()), likes), []);
        });
    }
}
