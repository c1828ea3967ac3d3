//! Infrastructure: accounts that share devices more than people do, are used from devices that are not theirs, or act from
//! addresses that nobody uses twice.
//!
//! # Sees
//! Farms on a rack of phones ([`crate::cohort::mark::Mark::SharedDevice`]), tokens that others use
//! ([`crate::cohort::mark::Mark::ForeignDevice`]), and addresses that hop where people's do not
//! ([`crate::cohort::mark::Mark::FleetingAddress`]). Each needs its column: device, device, ip; without it the mark is absent, not zero.
//!
//! # Null model
//! Shared devices: as many accounts of the whole log are on a device with three or more others, kept between 0.5 and 20 %.
//! Foreign devices and fleeting addresses: beta-binomial about how often the log's accounts show them, with their spread. Whoever hides
//! does so in all it does, so addresses are compared with other people's, devices with the account's own.
//!
//! # Innocent look-alikes
//! Carrier networks and campuses (one address of many people is no mark at all), families and shop counters (two or three on a
//! device), travellers (a few sittings away, not most), a new phone (foreign to all that was before, but not to what comes after).
//!
//! # Parameters
//! [`DEVICE_OTHERS_MIN`] accounts; [`OWN_MIN`] endorsements; a sitting is an hour.
//!
//! # Cost
//! One sort of all (address, account, hour) and one of all (device, account).
//!
//! # Source
//! Beta-binomial: Griffiths 1973. The marks follow what services sell and how they are caught (Cao et al. 2014, SynchroTrap, on shared
//! addresses).

pub mod racks;

use crate::cohort::contrast::{Beta, Inside};
use crate::cohort::refine::Bicluster;
use crate::likes::Likes;
use crate::schedule::HOUR;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Other members on a device that make it the group's: families share theirs.
pub const DEVICE_OTHERS_MIN: usize = 3;

/// Endorsements elsewhere from which an account's own devices are known.
pub const OWN_MIN: usize = 2;

/// Share of endorsements from a device of its own from which an account has one.
const PHONE_MIN: f64 = 0.1;

/// Share of endorsements from a device used but once, up to which a life is settled.
const SETTLED_MAX: f64 = 0.4;

/// What is known of devices and addresses in the whole log.
#[derive(Clone, Debug)]
pub struct Networks {
    /// The address was used in no other sitting and by nobody else: told once a sitting, of accounts with several. Empty without
    /// addresses.
    pub fleeting: Vec<Option<bool>>,
    /// How often that is so.
    pub fleeting_prior: Beta,
    /// The address was used in no other sitting of this account, whoever else uses it: a stranger's home, rented by the hour.
    pub wandering: Vec<Option<bool>>,
    /// How often that is so.
    pub wandering_prior: Beta,
    /// Who uses which device, ascending.
    devices: Vec<(u64, u32)>,
    foreign_prior: Beta,
    shared_device_share: f64,
}

impl Networks {
    /// Learns it.
    #[must_use]
    pub fn new(likes: &Likes) -> Self {
        let (fleeting, wandering) = addresses(likes);
        let devices = device_users(likes);
        let foreign = |i: usize| {
            let own = likes.of_account(likes.account[i]);
            let device = *likes.device.get(i).filter(|d| **d != 0)?;
            (own.len() > OWN_MIN).then(|| own.clone().all(|j| j == i || likes.device[j] != device))
        };
        Self {
            fleeting_prior: Beta::of_accounts(likes, |i| fleeting.get(i).copied().flatten()),
            wandering_prior: Beta::of_accounts(likes, |i| wandering.get(i).copied().flatten()),
            foreign_prior: Beta::of_accounts(likes, foreign),
            shared_device_share: shared_device_share(&devices, likes.accounts()),
            fleeting,
            wandering,
            devices,
        }
    }

    /// Accounts on a device.
    #[must_use]
    pub fn users(&self, device: u64) -> usize {
        self.devices.partition_point(|u| u.0 <= device) - self.devices.partition_point(|u| u.0 < device)
    }

    /// Devices with at least so many users, ascending.
    pub fn shared(&self, users_min: usize) -> impl Iterator<Item = u64> + '_ {
        self.devices.chunk_by(|a, b| a.0 == b.0).filter(move |of| of.len() >= users_min).map(|of| of[0].0)
    }

    /// Share of accounts on a device that many share.
    #[must_use]
    pub fn shared_device_share(&self) -> f64 {
        self.shared_device_share
    }

    /// By account, whether it acted inside the group from a device that several members use, and that is its own: it is used for the
    /// rest of its life, too, or there is none; and the account has no phone of its own beside it. People before the screens of one
    /// room, or at a library's machines, have one.
    #[must_use]
    pub fn shared_devices(
        &self,
        (group, beside): (&Bicluster, &[u32]),
        accounts: &[u32],
        likes: &Likes,
    ) -> Vec<Inside> {
        let devices = |a: u32| {
            let inside = likes.of_account(a).filter(|i| group.targets.binary_search(&likes.target[*i]).is_ok());
            inside.map(|i| likes.device[i]).filter(|d| *d != 0).collect::<BTreeSet<u64>>()
        };
        let users = users_inside(group, likes);
        let outside = |a: u32| {
            let outside = likes.of_account(a).filter(|i| is_elsewhere(likes.target[*i], group, beside));
            outside.map(|i| likes.device[i]).filter(|d| *d != 0).collect::<Vec<u64>>()
        };
        let is_rack = |d: &u64| users.get(d).is_some_and(|n| *n > DEVICE_OTHERS_MIN);
        let foreign = Self::foreign_to_most((group, beside), likes);
        let p = self.shared_device_share;
        // Known well enough to be taken for certain.
        let null = Beta { a: p * 1e3, b: (1.0 - p) * 1e3 };
        let row = |a: &u32| {
            let own = devices(*a);
            let is_member = usize::from(group.members.binary_search(a).is_ok());
            let elsewhere = outside(*a);
            // Whoever is on one of the group's devices or another all the time has no life of its own elsewhere.
            let own_life = elsewhere.iter().filter(|d| !is_rack(d)).count();
            let is_own = |d: &u64| if own_life < OWN_MIN { !foreign.contains(d) } else { elsewhere.contains(d) };
            let many = |d: &u64| users.get(d).is_some_and(|n| *n >= DEVICE_OTHERS_MIN + is_member);
            let shared = own.iter().any(|d| many(d) && is_own(d)) && !self.has_phone(*a, likes);
            Inside { account: *a, successes: u32::from(shared), trials: u32::from(!own.is_empty()), null }
        };
        accounts.iter().map(row).collect()
    }

    /// Whether an account acts now and then from a device that is nobody else's, but for a family's.
    fn has_phone(&self, account: u32, likes: &Likes) -> bool {
        let known = || likes.of_account(account).map(|i| likes.device[i]).filter(|d| *d != 0);
        let private = known().filter(|d| self.users(*d) <= DEVICE_OTHERS_MIN).count();
        private > 0 && private as f64 >= PHONE_MIN * known().count() as f64
    }

    /// By account, how many of its endorsements inside came from a device that it uses for nothing else.
    #[must_use]
    pub fn foreign_devices(
        &self,
        (group, beside): (&Bicluster, &[u32]),
        accounts: &[u32],
        likes: &Likes,
    ) -> Vec<Inside> {
        let users = users_inside(group, likes);
        let row = |a: &u32| {
            let (inside, mut outside): (Vec<usize>, Vec<usize>) =
                likes.of_account(*a).partition(|i| group.targets.binary_search(&likes.target[*i]).is_ok());
            outside.retain(|i| is_elsewhere(likes.target[*i], group, beside));
            // A life of its own is one on devices that are not the group's: a rack serves its accounts in turn.
            outside.retain(|i| users.get(&likes.device[*i]).is_none_or(|n| *n <= DEVICE_OTHERS_MIN));
            let mut own: BTreeMap<u64, u32> = BTreeMap::new();
            outside
                .iter()
                .filter(|i| likes.device[**i] != 0)
                .for_each(|i| *own.entry(likes.device[*i]).or_default() += 1);
            let known = inside.iter().filter(|i| likes.device[**i] != 0 && outside.len() >= OWN_MIN);
            let foreign = known.clone().filter(|i| !own.contains_key(&likes.device[**i])).count() as u32;
            // Whoever changes devices all the time does so here, too.
            let (alone, all) = (own.values().filter(|n| **n == 1).count() as u32, own.values().sum());
            Inside {
                account: *a,
                successes: foreign,
                trials: known.count() as u32,
                null: self.foreign_prior.after(alone, all),
            }
        };
        accounts.iter().map(row).collect()
    }

    /// Devices inside the group that most of their users whose lives are known use for nothing else: what holds of these holds of
    /// users of whom nothing else is known.
    #[must_use]
    pub fn foreign_to_most((group, beside): (&Bicluster, &[u32]), likes: &Likes) -> BTreeSet<u64> {
        let racks = users_inside(group, likes);
        let is_rack = |d: u64| racks.get(&d).is_some_and(|n| *n > DEVICE_OTHERS_MIN);
        let mut users: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
        for a in &group.members {
            let is_inside = |i: &usize| group.targets.binary_search(&likes.target[*i]).is_ok();
            let (inside, mut outside): (Vec<usize>, Vec<usize>) =
                likes.of_account(*a).filter(|i| likes.device[*i] != 0).partition(is_inside);
            outside.retain(|i| is_elsewhere(likes.target[*i], group, beside) && !is_rack(likes.device[*i]));
            if outside.len() >= OWN_MIN {
                let own: BTreeSet<u64> = outside.iter().map(|i| likes.device[*i]).collect();
                for d in inside.iter().map(|i| likes.device[*i]).collect::<BTreeSet<u64>>() {
                    let of = users.entry(d).or_default();
                    *of = (of.0 + u32::from(!own.contains(&d)), of.1 + 1);
                }
            }
        }
        users.into_iter().filter(|(_, (foreign, all))| 2 * foreign > *all).map(|u| u.0).collect()
    }

    /// Whether an account of whose life nothing else is known acted inside mostly from such devices.
    #[must_use]
    pub fn is_on(devices: &BTreeSet<u64>, account: u32, (group, beside): (&Bicluster, &[u32]), likes: &Likes) -> bool {
        let (mut inside, mut on, mut outside) = (0, 0, 0);
        for i in likes.of_account(account).filter(|i| likes.device[*i] != 0) {
            if group.targets.binary_search(&likes.target[i]).is_ok() {
                inside += 1;
                on += usize::from(devices.contains(&likes.device[i]));
            } else if is_elsewhere(likes.target[i], group, beside) {
                outside += 1;
            }
        }
        outside < OWN_MIN && inside > 0 && 2 * on >= inside
    }

    /// Whether what an account did inside came mostly from devices foreign to a settled life outside: a stolen or lent token,
    /// whose owner is not to blame.
    #[must_use]
    pub fn is_foreign(inside: &Inside) -> bool {
        inside.trials > 0 && 2 * inside.successes >= inside.trials && inside.null.mean() <= SETTLED_MAX
    }

    /// The chance that somebody who has nothing to do with the group is found on one of its shared devices: as many of
    /// all other accounts are.
    #[must_use]
    pub fn stray_device_share(&self, group: &Bicluster, likes: &Likes) -> f64 {
        let is_member = |a: &u32| group.members.binary_search(a).is_ok();
        let mut strays = BTreeSet::new();
        for users in self.devices.chunk_by(|a, b| a.0 == b.0) {
            if users.iter().filter(|u| is_member(&u.1)).count() > DEVICE_OTHERS_MIN {
                strays.extend(users.iter().map(|u| u.1).filter(|a| !is_member(a)));
            }
        }
        (strays.len() as f64 + 1.0) / (f64::from(likes.accounts()) + 2.0)
    }
}

/// Which sittings are at an address that nobody uses at any other time, and at one that the account does not; a sitting is what an
/// account does within one hour.
fn addresses(likes: &Likes) -> (Vec<Option<bool>>, Vec<Option<bool>>) {
    if likes.ip.is_empty() {
        return Default::default();
    }
    let hour = |i: usize| likes.ts[i].div_euclid(HOUR);
    let mut uses: Vec<(u64, u32, i64)> = (0..likes.len()).map(|i| (likes.ip[i], likes.account[i], hour(i))).collect();
    uses.par_sort_unstable();
    uses.dedup();
    let once: Vec<u64> = uses.chunk_by(|a, b| a.0 == b.0).filter(|r| r.len() == 1).map(|r| r[0].0).collect();
    let (mut fleeting, mut wandering) = (vec![None; likes.len()], vec![None; likes.len()]);
    for account in 0..likes.accounts() {
        let own = likes.of_account(account);
        let first = |i: &usize| *i == own.start || hour(*i) != hour(*i - 1);
        // With one sitting every address is used but once.
        if own.clone().filter(first).count() > 1 {
            let mut sittings: Vec<(u64, i64)> = own.clone().map(|i| (likes.ip[i], hour(i))).collect();
            sittings.sort_unstable();
            sittings.dedup();
            let times = |ip: u64| sittings.partition_point(|s| s.0 <= ip) - sittings.partition_point(|s| s.0 < ip);
            for i in own.clone().filter(first).filter(|i| likes.ip[*i] != 0) {
                fleeting[i] = Some(once.binary_search(&likes.ip[i]).is_ok());
                wandering[i] = Some(times(likes.ip[i]) == 1);
            }
        }
    }
    (fleeting, wandering)
}

/// Whether a target has nothing to do with the group: neither one of its, nor of those beside it (see
/// [`crate::cohort::refine::beside`]).
fn is_elsewhere(target: u32, group: &Bicluster, beside: &[u32]) -> bool {
    group.targets.binary_search(&target).is_err() && beside.binary_search(&target).is_err()
}

/// How many members used each device inside the group.
fn users_inside(group: &Bicluster, likes: &Likes) -> BTreeMap<u64, usize> {
    let mut users: BTreeMap<u64, usize> = BTreeMap::new();
    for a in &group.members {
        let inside = likes.of_account(*a).filter(|i| group.targets.binary_search(&likes.target[*i]).is_ok());
        let devices: BTreeSet<u64> = inside.map(|i| likes.device[i]).filter(|d| *d != 0).collect();
        devices.into_iter().for_each(|d| *users.entry(d).or_default() += 1);
    }
    users
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
