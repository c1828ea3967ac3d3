//! Parts of a group whose members have one trait in common that the others lack.
//!
//! An operator's accounts that work off what people of one topic like, too, are found as one group with these people. Where many of a
//! group hop from address to address and the others live somewhere, those who hop are looked at by themselves. Addresses prove nothing
//! of such a part any more ([`super::mark::OF_ADDRESSES`], [`super::proof::Terms`]): travellers have that in common, too.

use super::contrast::Inside;
use super::mark::Mark;
use super::refine::{Bicluster, MEMBERS_MIN, SUPPORT_SHARE_MIN, TARGETS_MIN, targets_of};
use crate::census::Census;
use crate::likes::Likes;
use crate::signals::exchange::mutual_share;
use crate::signals::infrastructure::Networks;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Shares of a group between which a part is looked at: fewer are strays in it, more are the group itself.
const PART: (f64, f64) = (1.0 / 3.0, 0.95);

/// The parts of these groups, in order.
#[must_use]
pub fn by_addresses(
    groups: &[Bicluster],
    networks: &Networks,
    (likes, census): (&Likes, &Census<'_>),
) -> Vec<Bicluster> {
    if networks.wandering.is_empty() {
        return Vec::new();
    }
    let rate = Mark::WanderingAddress.rates()[0];
    let hops = |account: &u32| {
        let told = likes.of_account(*account).filter_map(|i| networks.wandering[i]);
        let (successes, trials) = told.fold((0, 0), |s, hit| (s.0 + u32::from(hit), s.1 + 1));
        Inside { account: *account, successes, trials, null: networks.wandering_prior }.ln_ratio(rate) > 0.0
    };
    let part = |group: &Bicluster| {
        let members: Vec<u32> = group.members.iter().copied().filter(hops).collect();
        let share = members.len() as f64 / group.members.len() as f64;
        if members.len() < MEMBERS_MIN || !(PART.0..PART.1).contains(&share) || mutual_share(group, census) > 0.0 {
            return None;
        }
        let targets = targets_of(likes, &members, &group.targets, SUPPORT_SHARE_MIN);
        (targets.len() >= TARGETS_MIN).then_some(Bicluster { members, targets })
    };
    let parts: BTreeSet<Bicluster> = groups.par_iter().filter_map(part).collect();
    parts.into_iter().collect()
}
