//! Shared devices and addresses.

use super::{Act, Hub, NODES_MAX, Network, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Devices (true) and addresses that these endorsements came from, with who used them, as (is device, hash, account).
#[must_use]
pub fn uses<'a>(acts: impl Iterator<Item = &'a Act>) -> BTreeSet<(bool, u64, u32)> {
    let both = |a: &Act| [(true, a.device, a.account), (false, a.ip, a.account)];
    acts.flat_map(both).filter(|u| u.1 != 0).collect()
}

/// The graph of `members`, given all their uses and how many accounts of the log used each; `None` where nothing is known or
/// nothing shared.
#[must_use]
pub fn network(
    members: &[u32],
    uses: &BTreeSet<(bool, u64, u32)>,
    users: &BTreeMap<(bool, u64), u64>,
) -> Option<Network> {
    let index: BTreeMap<u32, u32> = members.iter().enumerate().map(|(i, m)| (*m, i as u32)).collect();
    let mut by_hub: BTreeMap<(bool, u64), Vec<u32>> = BTreeMap::new();
    let mut known: BTreeSet<u32> = BTreeSet::new();
    for (is_device, hash, account) in uses {
        if let Some(member) = index.get(account) {
            by_hub.entry((*is_device, *hash)).or_default().push(*member);
            known.insert(*member);
        }
    }
    by_hub.retain(|_, m| m.len() >= 2);
    let mut hubs: Vec<(Hub, Vec<u32>)> = by_hub
        .into_iter()
        .map(|(key, of)| (hub(key.0, of.len() as u64, users.get(&key).copied().unwrap_or(0)), of))
        .collect();
    // By what it says, then by whom it holds: hashes must not decide what is shown.
    hubs.sort_by(|(a, of_a), (b, of_b)| {
        (a.is_common, b.members, b.is_device, a.users)
            .cmp(&(b.is_common, a.members, a.is_device, b.users))
            .then(of_a.cmp(of_b))
    });
    let sharing: BTreeSet<u32> = hubs.iter().filter(|h| !h.0.is_common).flat_map(|h| h.1.iter().copied()).collect();
    let sharing = Part { part: sharing.len() as u64, whole: known.len() as u64 };
    let mut network = Network { sharing, ..Network::default() };
    let mut places: BTreeMap<u32, u32> = BTreeMap::new();
    for (hub, of) in hubs {
        let more = of.iter().filter(|m| !places.contains_key(m)).count();
        if places.len() + network.hubs.len() + more + 1 > NODES_MAX {
            network.left_out += 1;
            continue;
        }
        for member in of {
            let next = places.len() as u32;
            let place = *places.entry(member).or_insert_with(|| {
                network.accounts.push(member);
                next
            });
            network.edges.push((place, network.hubs.len() as u32));
        }
        network.hubs.push(hub);
    }
    (!network.hubs.is_empty()).then_some(network)
}

/// A device or an address and what is known of its users.
#[must_use]
pub fn hub(is_device: bool, members: u64, users: u64) -> Hub {
    let users = users.max(members);
    Hub { is_device, members, users, is_common: users - members > members }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(account: u32, device: u64, ip: u64) -> Act {
        Act { account, target: 0, ts: 0, ip, device }
    }

    #[test]
    fn common_networks_come_last_and_say_nothing() {
        // 7: a device of three members; 9: an address of everybody's; 5: one member's own.
        let acts = [act(1, 7, 9), act(2, 7, 9), act(3, 7, 9), act(4, 5, 9), act(8, 6, 9)];
        let users = BTreeMap::from([((true, 7), 3), ((false, 9), 500), ((true, 5), 1)]);
        let net = network(&[1, 2, 3, 4], &uses(acts.iter()), &users).expect("shared");
        assert_eq!(net.hubs.len(), 2);
        assert!(net.hubs[0].is_device && !net.hubs[0].is_common && net.hubs[1].is_common);
        assert_eq!(net.sharing, Part { part: 3, whole: 4 });
        assert_eq!(net.edges.len(), 7);
        assert_eq!(network(&[4, 8], &uses(acts[3..].iter()), &users).map(|n| n.hubs.len()), Some(1));
        assert_eq!(network(&[1], &uses(acts.iter()), &users), None);
    }

    #[test]
    fn a_graph_has_at_most_so_many_nodes() {
        let acts: Vec<Act> = (0..2_000).map(|i| act(i, u64::from(i / 4) + 1, u64::from(i % 100) + 1)).collect();
        let members: Vec<u32> = (0..2_000).collect();
        let net = network(&members, &uses(acts.iter()), &BTreeMap::new()).expect("shared");
        assert!(net.accounts.len() + net.hubs.len() <= NODES_MAX);
        assert!(net.left_out > 400);
        for (a, h) in &net.edges {
            assert!((*a as usize) < net.accounts.len() && (*h as usize) < net.hubs.len());
        }
    }
}
