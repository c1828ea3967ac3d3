//! Groups by their devices: who uses the same few phones, and what so many of them endorsed.
//!
//! An operator with few customers leaves no pair of targets that share endorsers: most of its accounts were used once. But they live on
//! its phones. Devices with more users than a family, of whose users several endorsed one target beyond what others make of it, belong
//! together where they have such a target in common.
//!
//! That the members share devices proves nothing of a group found by it: libraries, shops and schools have such devices. And their users do
//! other things than to endorse the same few targets, so all users are members, whatever they did.

use super::{DEVICE_OTHERS_MIN, device_users};
use crate::census::Census;
use crate::cohort::refine::{Bicluster, MEMBERS_MIN, OWNERS_MIN, targets_of};
use crate::likes::Likes;
use crate::ring::roster::Sets;
use std::collections::{BTreeMap, BTreeSet};

/// Users beyond which a device is a value that stands for many: a browser that says nothing of itself.
const USERS_MAX: usize = 2000;

/// The groups, in order; none where devices are unknown.
#[must_use]
pub fn racks(likes: &Likes, census: &Census<'_>) -> Vec<Bicluster> {
    let users = device_users(likes);
    let devices: Vec<Vec<u32>> = users
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|of| (DEVICE_OTHERS_MIN + 1..=USERS_MAX).contains(&of.len()))
        .map(|of| of.iter().map(|u| u.1).collect())
        .collect();
    let mut sets = Sets::new(devices.len());
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    let mut used = vec![false; devices.len()];
    for (device, accounts) in devices.iter().enumerate() {
        for target in targets_of(likes, accounts, &[], 0.0) {
            used[device] = true;
            sets.join(*first.entry(target).or_insert(device), device);
        }
    }
    let mut groups: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    for (device, accounts) in devices.iter().enumerate().filter(|(d, _)| used[*d]) {
        groups.entry(sets.root(device)).or_default().extend(accounts);
    }
    let mut found: Vec<Bicluster> = groups
        .into_values()
        .map(|members| members.into_iter().collect::<Vec<u32>>())
        .map(|members| Bicluster { targets: targets_of(likes, &members, &[], 0.0), members })
        .filter(|g| g.members.len() >= MEMBERS_MIN && owners(g, census) >= OWNERS_MIN as usize)
        .collect();
    found.sort();
    found
}

/// Distinct owners of a group's targets.
fn owners(group: &Bicluster, census: &Census<'_>) -> usize {
    group.targets.iter().map(|t| census.author(*t)).collect::<BTreeSet<u64>>().len()
}
