//! Marks of a group that is not just people of one taste: traits of how its endorsements came about, each held
//! against what the same accounts do elsewhere. Each signal's room says how its marks are counted; here they are put together.

use super::contrast::{Beta, Inside};
use super::mark::{Mark, OF_ADDRESSES};
use super::proof::MUTUAL_MIN;
use super::refine::{Bicluster, beside};
use crate::census::Census;
use crate::likes::{Likes, Seen};
use crate::signals::exchange::books::{BALANCE_MIN, balance};
use crate::signals::exchange::order::in_order;
use crate::signals::exchange::{COURTESY, COURTESY_LATE, COURTESY_PROMPT, Timing, mutual_share};
use crate::signals::infrastructure::Networks;
use crate::signals::path::looks::{Looks, Viewing};
use crate::signals::path::machines::Machines;
use crate::signals::path::unseen_prior;
use crate::signals::pool::company;
use std::collections::BTreeMap;

/// Facts on single endorsements that do not depend on the group, and their spread over accounts.
#[derive(Clone, Debug)]
pub struct Traits {
    /// Devices and addresses.
    pub networks: Networks,
    /// When endorsements come.
    pub timing: Timing,
    /// How often people endorse without having looked.
    pub unseen: Beta,
    /// And how often it is so on the machines that many share.
    pub machines: Machines,
}

impl Traits {
    /// Computes them for the whole log.
    #[must_use]
    pub fn new(likes: &Likes, census: &Census<'_>) -> Self {
        let networks = Networks::new(likes);
        let machines = Machines::new(likes, &networks);
        Self { networks, timing: Timing::new(likes, census), unseen: unseen_prior(likes), machines }
    }
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
        all.insert(Mark::Devoted, company::owners_inside(group, likes, census).into_iter().map(row).collect());
    }
    // Without owners, fans of one author would be just that.
    if let Some(null) = usual.1.filter(|_| group.members.len() >= company::COHESIVE_FROM && census.owner.is_some()) {
        let row = |(account, successes, trials)| Inside { account, successes, trials, null };
        all.insert(Mark::Cohesive, company::cohesion_inside(group, likes, census).into_iter().map(row).collect());
    }
    if likes.has_views() {
        let outside = traits.machines.outside(group, likes);
        let row = |account: &u32| {
            let inside = likes.of_account(*account).filter(|i| is_inside(*i));
            let (successes, trials) = inside.fold((0, 0), |s, i| (s.0 + u32::from(likes.seen[i] == Seen::No), s.1 + 1));
            let (unseen, all) = outside(*account);
            Inside { account: *account, successes, trials, null: traits.unseen.after(unseen, all) }
        };
        all.insert(Mark::Unseen, accounts.iter().map(row).collect());
    }
    // A trait of single endorsements: inside against outside, or against the log alone.
    let mut single = |mark: Mark, prior: Beta, own: bool, hit: &dyn Fn(usize) -> Option<bool>| {
        // Whoever hides does so in all it does.
        let everywhere = OF_ADDRESSES.contains(&mark);
        let rows = accounts.iter().map(|account| {
            let (mut s, mut n, mut out_s, mut out_n) = (0, 0, 0, 0);
            for i in likes.of_account(*account) {
                let Some(hit) = hit(i) else { continue };
                let sums = if everywhere || is_inside(i) { (&mut s, &mut n) } else { (&mut out_s, &mut out_n) };
                *sums.0 += u32::from(hit);
                *sums.1 += 1;
            }
            let null = if own { prior.after(out_s, out_n) } else { prior };
            let null = match mark {
                Mark::Prompt => null.at_least(COURTESY_PROMPT, 20.0),
                Mark::Late => null.at_least(COURTESY_LATE, 20.0),
                _ => null,
            };
            Inside { account: *account, successes: s, trials: n, null }
        });
        all.insert(mark, rows.collect::<Vec<_>>());
    };
    if !traits.networks.fleeting.is_empty() {
        // Only others tell what is usual.
        single(Mark::FleetingAddress, traits.networks.fleeting_prior, false, &|i| traits.networks.fleeting[i]);
        single(Mark::WanderingAddress, traits.networks.wandering_prior, false, &|i| traits.networks.wandering[i]);
    }
    if !traits.timing.sequence.is_empty() {
        single(Mark::InSequence, traits.timing.sequence_prior, true, &|i| Some(traits.timing.sequence[i]));
    }
    if !traits.timing.prompt.is_empty() {
        single(Mark::Prompt, traits.timing.prompt_prior, true, &|i| traits.timing.prompt[i]);
    }
    if !traits.timing.late.is_empty() {
        single(Mark::Late, traits.timing.late_prior, true, &|i| traits.timing.late[i]);
    }
    let mutual = mutual_share(group, census) >= MUTUAL_MIN;
    if mutual && census.timed && balance(&group.members, likes, census) >= BALANCE_MIN {
        let of_members =
            |i: usize| census.owner.is_some_and(|o| group.members.binary_search(&o[likes.target[i] as usize]).is_ok());
        if let Some(rows) = in_order(&accounts, &group.members, (likes, census), &of_members) {
            all.insert(Mark::InOrder, rows);
        }
    }
    if !likes.device.is_empty() {
        let beside = beside(group, likes);
        all.insert(Mark::SharedDevice, traits.networks.shared_devices((group, &beside), &accounts, likes));
        all.insert(Mark::ForeignDevice, traits.networks.foreign_devices((group, &beside), &accounts, likes));
    }
    if likes.has_views() {
        let of = |a: u32| viewing.of(number, a).unwrap_or_default();
        let row = |a: &u32, (successes, trials): (u32, u32), null| Inside { account: *a, successes, trials, null };
        let (mut saturated, mut rewatched, mut reopened) = (Vec::new(), Vec::new(), Vec::new());
        for a in &accounts {
            let Looks { inside, outside } = of(*a);
            let own = viewing.liked.after(outside.liked, outside.viewed).at_least(COURTESY, 20.0);
            saturated.push(row(a, (inside.liked, inside.viewed), own));
            let again = viewing.again.after(outside.again, outside.viewed);
            rewatched.push(row(a, (inside.again, inside.viewed), again));
            let both = viewing.both.after(outside.both, outside.liked);
            reopened.push(row(a, (inside.both, inside.liked), both));
        }
        all.insert(Mark::Rewatched, rewatched);
        all.insert(Mark::Reopened, reopened);
        all.insert(Mark::Saturated, saturated);
    }
    all
}
