//! Marks of a group that is not just people of one taste: traits of how its endorsements came about, each held
//! against what the same accounts do elsewhere.

use super::contrast::{Beta, Inside};
use super::refine::Bicluster;
use super::views::{Looks, Viewing};
use crate::census::Census;
use crate::likes::{Likes, Seen};
use crate::partition::{NO_TIME, NONE};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Endorsed without having looked.
    Unseen,
    /// From a device that several other members use.
    SharedDevice,
    /// From a device that the account uses for nothing else.
    ForeignDevice,
    /// From an address that nobody, the account included, uses at any other time.
    FleetingAddress,
    /// Looked at again and again.
    Rewatched,
    /// Endorsed whatever of the group was looked at.
    Saturated,
    /// Endorsed within two minutes of another of an unrelated owner.
    InSequence,
    /// Endorsed within the hour after publication.
    Prompt,
    /// Most members endorsed each of the targets.
    Cohesive,
    /// Has little taste but the group's.
    Devoted,
    /// At the same time as other members (the lockstep signal's test).
    InStep,
}

/// All, in order.
pub const MARKS: [Mark; 11] = [
    Mark::Unseen,
    Mark::SharedDevice,
    Mark::ForeignDevice,
    Mark::FleetingAddress,
    Mark::Rewatched,
    Mark::Saturated,
    Mark::InSequence,
    Mark::Prompt,
    Mark::Cohesive,
    Mark::Devoted,
    Mark::InStep,
];

impl Mark {
    /// Which of the six signals it belongs to.
    #[must_use]
    pub fn signal(self) -> &'static str {
        match self {
            Self::Unseen | Self::Rewatched => "path",
            Self::SharedDevice | Self::ForeignDevice | Self::FleetingAddress => "infrastructure",
            Self::Saturated | Self::InSequence | Self::Prompt => "exchange",
            Self::Cohesive | Self::Devoted => "pool",
            Self::InStep => "lockstep",
        }
    }

    /// What was counted.
    #[must_use]
    pub fn statistic(self) -> &'static str {
        match self {
            Self::Unseen => "ring endorsements that no view of the same account precedes",
            Self::SharedDevice => "members on a device that three or more other members use",
            Self::ForeignDevice => "ring endorsements from a device that the account uses for nothing else",
            Self::FleetingAddress => "sittings at an address that nobody, the account included, uses at any other time",
            Self::Rewatched => "ring targets looked at again and again, of those looked at",
            Self::Saturated => "ring targets endorsed, of those looked at",
            Self::InSequence => "ring endorsements within two minutes of another of an unrelated owner",
            Self::Prompt => "ring endorsements within an hour after publication",
            Self::Cohesive => "members who endorsed a ring target, over all its targets",
            Self::Devoted => "owners in the ring, of all the owners that members endorsed",
            Self::InStep => "occasions in step",
        }
    }

    /// Rates that a group may impose: only what is plain to see counts, so that a small difference, which any
    /// group of people may have, never does however often it repeats.
    #[must_use]
    pub fn rates(self) -> &'static [f64] {
        match self {
            Self::Unseen => &[0.4, 0.6, 0.8, 0.95],
            Self::SharedDevice => &[0.5, 0.8, 0.95],
            Self::ForeignDevice => &[0.6, 0.8, 0.95],
            Self::FleetingAddress => &[0.7, 0.9, 0.98],
            Self::Rewatched => &[0.5, 0.7],
            Self::Saturated => &[0.95, 0.98],
            Self::InSequence => &[0.6, 0.8, 0.95],
            Self::Prompt => &[0.8, 0.95],
            Self::Cohesive => &[0.4, 0.6, 0.8],
            Self::Devoted => &[0.7, 0.85, 0.97],
            Self::InStep => &[],
        }
    }

    /// Whether it only speaks of members who endorse each other: elsewhere the innocent do so, too
    /// (newcomers who work through a starter pack).
    #[must_use]
    pub fn of_mutual_groups(self) -> bool {
        matches!(self, Self::Saturated | Self::InSequence | Self::Prompt)
    }

    /// Whether endorsements alone show it. Readers of one digest have these, too: where conduct can be seen, all of these count as
    /// one.
    #[must_use]
    pub fn of_endorsements(self) -> bool {
        matches!(self, Self::Cohesive | Self::Devoted | Self::InStep)
    }

    /// Whether it says nothing of members who endorse each other: friends are devoted to each other, families share
    /// their devices.
    #[must_use]
    pub fn of_other_groups(self) -> bool {
        matches!(self, Self::Devoted | Self::SharedDevice | Self::ForeignDevice)
    }
}

/// What friends like of what they open of each other, as a share, if all that is known of them is that they are friends: whoever comes
/// by to be polite likes nearly all of it. An assumption: no measurement of it is known.
const COURTESY: f64 = 0.8;

/// The same for what they like within the hour: friends who are told of each other's posts. An assumption, too.
const COURTESY_PROMPT: f64 = 0.5;

/// An action this soon after another is in sequence with it.
const SEQUENCE: i64 = 120_000_000;

/// Other members on a device that make it the group's: families share theirs.
const DEVICE_OTHERS_MIN: usize = 3;

/// Endorsements elsewhere from which an account's own devices are known.
const OWN_MIN: usize = 3;

const HOUR: i64 = 3_600_000_000;

/// Groups from which it is known what is usual among groups; with fewer, nothing is said of it.
const USUAL_FROM: usize = 8;

/// Members below which all groups are cohesive, having been found by that.
const COHESIVE_FROM: usize = 20;

/// Facts on single endorsements that do not depend on the group, and their spread over accounts.
#[derive(Clone, Debug)]
pub struct Traits {
    /// The address was used in no other sitting and by nobody else: told once a sitting, of accounts with several. Empty without
    /// addresses.
    fleeting: Vec<Option<bool>>,
    /// Within two minutes of one of another owner.
    sequence: Vec<bool>,
    /// Within an hour after publication; `None` for a target's first where that is all that is known of its age.
    prompt: Vec<Option<bool>>,
    /// Who uses which device, ascending.
    devices: Vec<(u64, u32)>,
    unseen: Beta,
    fleeting_prior: Beta,
    sequence_prior: Beta,
    prompt_prior: Beta,
    foreign_prior: Beta,
    shared_device_share: f64,
}

impl Traits {
    /// Computes them for the whole log.
    #[must_use]
    pub fn new(likes: &Likes, census: &Census<'_>) -> Self {
        let fleeting = fleeting(likes);
        let sequence = sequence(likes, census);
        let prompt = prompt(likes, census);
        let devices = device_users(likes);
        let rates = |f: &(dyn Fn(usize) -> Option<bool> + Sync)| {
            let counts: Vec<(u32, u32)> = (0..likes.accounts())
                .into_par_iter()
                .map(|a| likes.of_account(a).filter_map(f).fold((0, 0), |sum, hit| (sum.0 + u32::from(hit), sum.1 + 1)))
                .collect();
            Beta::fit(counts.into_iter())
        };
        let foreign_prior = rates(&|i| {
            let own = likes.of_account(likes.account[i]);
            let device = *likes.device.get(i).filter(|d| **d != 0)?;
            (own.len() > OWN_MIN).then(|| own.clone().all(|j| j == i || likes.device[j] != device))
        });
        Self {
            unseen: rates(&|i| (likes.seen[i] != Seen::Unknown).then(|| likes.seen[i] == Seen::No)),
            fleeting_prior: rates(&|i| fleeting.get(i).copied().flatten()),
            sequence_prior: rates(&|i| sequence.get(i).copied()),
            prompt_prior: rates(&|i| prompt.get(i).copied().flatten()),
            foreign_prior,
            shared_device_share: shared_device_share(&devices, likes.accounts()),
            fleeting,
            sequence,
            prompt,
            devices,
        }
    }
}

impl Traits {
    /// How often people endorse without having looked.
    #[must_use]
    pub fn unseen(&self) -> Beta {
        self.unseen
    }

    /// Share of accounts on a device that many share.
    #[must_use]
    pub fn shared_device_share(&self) -> f64 {
        self.shared_device_share
    }
}

/// Which sittings are at an address of their own; a sitting is what an account does within one hour.
fn fleeting(likes: &Likes) -> Vec<Option<bool>> {
    if likes.ip.is_empty() {
        return Vec::new();
    }
    let hour = |i: usize| likes.ts[i].div_euclid(HOUR);
    let mut uses: Vec<(u64, u32, i64)> = (0..likes.len()).map(|i| (likes.ip[i], likes.account[i], hour(i))).collect();
    uses.par_sort_unstable();
    uses.dedup();
    let once: Vec<u64> = uses.chunk_by(|a, b| a.0 == b.0).filter(|r| r.len() == 1).map(|r| r[0].0).collect();
    let mut all = vec![None; likes.len()];
    for account in 0..likes.accounts() {
        let own = likes.of_account(account);
        let first = |i: &usize| *i == own.start || hour(*i) != hour(*i - 1);
        // With one sitting every address is used but once.
        if own.clone().filter(first).count() > 1 {
            for i in own.clone().filter(first).filter(|i| likes.ip[*i] != 0) {
                all[i] = Some(once.binary_search(&likes.ip[i]).is_ok());
            }
        }
    }
    all
}

fn sequence(likes: &Likes, census: &Census<'_>) -> Vec<bool> {
    if !census.timed {
        return Vec::new();
    }
    let mut near = vec![false; likes.len()];
    for i in 1..likes.len() {
        let (a, b) = (i - 1, i);
        if likes.account[a] == likes.account[b]
            && likes.ts[b] - likes.ts[a] < SEQUENCE
            && census.author(likes.target[a]) != census.author(likes.target[b])
        {
            (near[a], near[b]) = (true, true);
        }
    }
    near
}

fn prompt(likes: &Likes, census: &Census<'_>) -> Vec<Option<bool>> {
    if !census.timed {
        return Vec::new();
    }
    let known = |t: u32| census.published.map(|p| p[t as usize]).filter(|p| *p != NO_TIME);
    let of = |i: usize| {
        let (target, ts) = (likes.target[i], likes.ts[i]);
        let first = census.first_ts[target as usize];
        let origin = known(target).filter(|p| *p <= first).or((first < ts).then_some(first))?;
        Some(ts - origin <= HOUR)
    };
    (0..likes.len()).into_par_iter().map(of).collect()
}

fn device_users(likes: &Likes) -> Vec<(u64, u32)> {
    let mut users: Vec<(u64, u32)> =
        likes.device.iter().zip(&likes.account).filter(|(d, _)| **d != 0).map(|(d, a)| (*d, *a)).collect();
    users.par_sort_unstable();
    users.dedup();
    users
}

/// Share of accounts that share a device with so many others as would mark a group.
fn shared_device_share(users: &[(u64, u32)], accounts: u32) -> f64 {
    let sharing: BTreeSet<u32> = users
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|r| r.len() > DEVICE_OTHERS_MIN)
        .flat_map(|r| r.iter().map(|u| u.1))
        .collect();
    // Whatever the log says, not so common that sharing means nothing, nor so rare that one family convicts.
    ((sharing.len() as f64 + 1.0) / (f64::from(accounts) + 2.0)).clamp(0.005, 0.2)
}

/// Share of the group's targets that members own.
#[must_use]
pub fn mutual_share(group: &Bicluster, census: &Census<'_>) -> f64 {
    let Some(owner) = census.owner else { return 0.0 };
    let own = |t: &&u32| owner[**t as usize] != NONE && group.members.binary_search(&owner[**t as usize]).is_ok();
    group.targets.iter().filter(own).count() as f64 / group.targets.len().max(1) as f64
}

/// Of how many owners each member endorsed something inside, and in all: `(account, inside, all)`.
fn owners_inside(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Vec<(u32, u32, u32)> {
    let of = |account: &u32| {
        let mut owners: Vec<(u64, bool)> = likes
            .of_account(*account)
            .map(|i| (census.author(likes.target[i]), group.targets.binary_search(&likes.target[i]).is_err()))
            .collect();
        owners.sort_unstable();
        owners.dedup_by_key(|o| o.0);
        (*account, owners.iter().filter(|o| !o.1).count() as u32, owners.len() as u32)
    };
    group.members.iter().map(of).collect()
}

/// Owners outside the group of whom the usual member endorsed something (median).
#[must_use]
pub fn owners_outside(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> u32 {
    let mut outside: Vec<u32> = owners_inside(group, likes, census).into_iter().map(|(_, s, n)| n - s).collect();
    outside.sort_unstable();
    outside.get(outside.len() / 2).copied().unwrap_or(0)
}

/// By target, how many members endorsed it. One target of an owner: members who like one of his like others, too.
fn cohesion_inside(group: &Bicluster, likes: &Likes, census: &Census<'_>) -> Vec<(u32, u32, u32)> {
    let members = group.members.len() as u32;
    let mut owners = BTreeSet::new();
    let support = super::members::support(group, likes);
    let each = group.targets.iter().zip(support).filter(|(t, _)| owners.insert(census.author(**t)));
    each.map(|(t, s)| (*t, s, members)).collect()
}

/// How much of a group endorses each of its targets: over all groups of some size, each counting the same.
#[must_use]
pub fn cohesion(groups: &[Bicluster], likes: &Likes, census: &Census<'_>) -> Option<Beta> {
    const TARGETS_EACH: usize = 5;
    let large = groups.iter().filter(|g| g.members.len() >= COHESIVE_FROM).count();
    let rows: Vec<(u32, u32)> = groups
        .par_iter()
        .filter(|g| g.members.len() >= COHESIVE_FROM)
        .flat_map_iter(|g| {
            let all = cohesion_inside(g, likes, census);
            let step = all.len().div_ceil(TARGETS_EACH).max(1);
            all.into_iter().step_by(step).map(|(_, s, n)| (s, n)).collect::<Vec<_>>()
        })
        .collect();
    (large >= USUAL_FROM).then(|| Beta::fit(rows.into_iter()))
}

/// How much of their lives people give to the groups they are found in: over all groups, each counting with at
/// most `MEMBERS_EACH` members, so that no large ring sets the standard.
#[must_use]
pub fn devotion(groups: &[Bicluster], likes: &Likes, census: &Census<'_>) -> Option<Beta> {
    const MEMBERS_EACH: usize = 20;
    let rows: Vec<(u32, u32)> = groups
        .par_iter()
        .flat_map_iter(|g| {
            let step = g.members.len().div_ceil(MEMBERS_EACH).max(1);
            let some =
                Bicluster { members: g.members.iter().step_by(step).copied().collect(), targets: g.targets.clone() };
            owners_inside(&some, likes, census).into_iter().map(|(_, s, n)| (s, n))
        })
        .collect();
    (groups.len() >= USUAL_FROM).then(|| Beta::fit(rows.into_iter()))
}

/// What the members and anybody in `also` did inside the group, by mark (of [`Mark::Cohesive`] by target); `usual` is devotion and cohesion
/// of groups in general; accounts in order. Marks whose columns the
/// log lacks are absent.
#[must_use]
pub fn inside(
    group: &Bicluster,
    also: &[u32],
    (likes, census): (&Likes, &Census<'_>),
    traits: &Traits,
    viewing: &Viewing,
    number: u32,
    usual: (Option<Beta>, Option<Beta>),
) -> BTreeMap<Mark, Vec<Inside>> {
    let mut accounts = group.members.clone();
    accounts.extend_from_slice(also);
    accounts.sort_unstable();
    accounts.dedup();
    let is_inside = |i: usize| group.targets.binary_search(&likes.target[i]).is_ok();
    let mut all = BTreeMap::new();
    if let Some(null) = usual.0 {
        let row = |(account, successes, trials)| Inside { account, successes, trials, null };
        all.insert(Mark::Devoted, owners_inside(group, likes, census).into_iter().map(row).collect());
    }
    // Without owners, fans of one author would be just that.
    if let Some(null) = usual.1.filter(|_| group.members.len() >= COHESIVE_FROM && census.owner.is_some()) {
        let row = |(account, successes, trials)| Inside { account, successes, trials, null };
        all.insert(Mark::Cohesive, cohesion_inside(group, likes, census).into_iter().map(row).collect());
    }
    // A trait of single endorsements: inside against outside, or against the log alone.
    let mut single = |mark: Mark, prior: Beta, own: bool, hit: &dyn Fn(usize) -> Option<bool>| {
        // Whoever hides does so in all it does.
        let everywhere = mark == Mark::FleetingAddress;
        let rows = accounts.iter().map(|account| {
            let (mut s, mut n, mut out_s, mut out_n) = (0, 0, 0, 0);
            for i in likes.of_account(*account) {
                let Some(hit) = hit(i) else { continue };
                let sums = if everywhere || is_inside(i) { (&mut s, &mut n) } else { (&mut out_s, &mut out_n) };
                *sums.0 += u32::from(hit);
                *sums.1 += 1;
            }
            let null = if own { prior.after(out_s, out_n) } else { prior };
            let null = if mark == Mark::Prompt { null.at_least(COURTESY_PROMPT, 20.0) } else { null };
            Inside { account: *account, successes: s, trials: n, null }
        });
        all.insert(mark, rows.collect::<Vec<_>>());
    };
    if likes.has_views() {
        single(Mark::Unseen, traits.unseen, true, &|i| Some(likes.seen[i] == Seen::No));
    }
    if !traits.fleeting.is_empty() {
        // Only others tell what is usual.
        single(Mark::FleetingAddress, traits.fleeting_prior, false, &|i| traits.fleeting[i]);
    }
    if !traits.sequence.is_empty() {
        single(Mark::InSequence, traits.sequence_prior, true, &|i| Some(traits.sequence[i]));
    }
    if !traits.prompt.is_empty() {
        single(Mark::Prompt, traits.prompt_prior, true, &|i| traits.prompt[i]);
    }
    if !likes.device.is_empty() {
        all.insert(Mark::SharedDevice, shared_devices(group, &accounts, likes, traits));
        all.insert(Mark::ForeignDevice, foreign_devices(group, &accounts, likes, traits));
    }
    if likes.has_views() {
        let of = |a: u32| viewing.of(number, a).unwrap_or_default();
        let row = |a: &u32, (successes, trials): (u32, u32), null| Inside { account: *a, successes, trials, null };
        let (mut saturated, mut rewatched) = (Vec::new(), Vec::new());
        for a in &accounts {
            let Looks { inside, outside } = of(*a);
            let own = viewing.liked.after(outside.liked, outside.viewed).at_least(COURTESY, 20.0);
            saturated.push(row(a, (inside.liked, inside.viewed), own));
            let again = viewing.again.after(outside.again, outside.viewed);
            rewatched.push(row(a, (inside.again, inside.viewed), again));
        }
        all.insert(Mark::Rewatched, rewatched);
        all.insert(Mark::Saturated, saturated);
    }
    all
}

fn shared_devices(group: &Bicluster, accounts: &[u32], likes: &Likes, traits: &Traits) -> Vec<Inside> {
    let devices = |a: u32| {
        let inside = likes.of_account(a).filter(|i| group.targets.binary_search(&likes.target[*i]).is_ok());
        inside.map(|i| likes.device[i]).filter(|d| *d != 0).collect::<BTreeSet<u64>>()
    };
    let mut users: BTreeMap<u64, usize> = BTreeMap::new();
    for a in &group.members {
        devices(*a).into_iter().for_each(|d| *users.entry(d).or_default() += 1);
    }
    let p = traits.shared_device_share;
    // Known well enough to be taken for certain.
    let null = Beta { a: p * 1e3, b: (1.0 - p) * 1e3 };
    let row = |a: &u32| {
        let own = devices(*a);
        let is_member = usize::from(group.members.binary_search(a).is_ok());
        let shared = own.iter().any(|d| users.get(d).is_some_and(|n| *n >= DEVICE_OTHERS_MIN + is_member));
        Inside { account: *a, successes: u32::from(shared), trials: u32::from(!own.is_empty()), null }
    };
    accounts.iter().map(row).collect()
}

/// The chance that somebody who has nothing to do with the group is found on one of its shared devices: as many of
/// all other accounts are.
#[must_use]
pub fn stray_device_share(group: &Bicluster, likes: &Likes, traits: &Traits) -> f64 {
    let is_member = |a: &u32| group.members.binary_search(a).is_ok();
    let (mut strays, mut ours) = (BTreeSet::new(), BTreeSet::new());
    for users in traits.devices.chunk_by(|a, b| a.0 == b.0) {
        if users.iter().filter(|u| is_member(&u.1)).count() > DEVICE_OTHERS_MIN {
            strays.extend(users.iter().map(|u| u.1).filter(|a| !is_member(a)));
            ours.insert(users[0].0);
        }
    }
    (strays.len() as f64 + 1.0) / (f64::from(likes.accounts()) + 2.0)
}

fn foreign_devices(group: &Bicluster, accounts: &[u32], likes: &Likes, traits: &Traits) -> Vec<Inside> {
    let row = |a: &u32| {
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            likes.of_account(*a).partition(|i| group.targets.binary_search(&likes.target[*i]).is_ok());
        let own: BTreeSet<u64> = outside.iter().map(|i| likes.device[*i]).filter(|d| *d != 0).collect();
        let known = inside.iter().filter(|i| likes.device[**i] != 0 && outside.len() >= OWN_MIN);
        let foreign = known.clone().filter(|i| !own.contains(&likes.device[**i])).count() as u32;
        Inside { account: *a, successes: foreign, trials: known.count() as u32, null: traits.foreign_prior }
    };
    accounts.iter().map(row).collect()
}
