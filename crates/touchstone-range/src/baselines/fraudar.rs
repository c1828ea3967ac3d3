//! Dense blocks that camouflage can't hide.
//!
//! *Source*: Hooi et al., FRAUDAR, KDD 2016.
//!
//! *Formula*: a like of a target with d likes weighs 1 / ln(d + 5). The density of a set of
//! accounts and targets is the weight of the likes among them over the size of the set. Greedily
//! take away the account or target whose likes within the set weigh least; of all sets passed
//! through, the densest is the block, within half of the optimum. For the next block its likes are
//! taken out and weights are computed anew. Members of the first 8 blocks are accused.
//!
//! *Deviations*: none known. The score puts earlier blocks above later ones and, within a block,
//! accounts with more weight above others.

use super::Verdicts;
use crate::likes::Likes;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub(super) const BLOCKS: u32 = 8;
const COLUMN_CONSTANT: f64 = 5.0;

pub(super) fn run(likes: &Likes, blocks: u32) -> Verdicts {
    let accounts = likes.accounts.len();
    let mut verdicts = Verdicts::none(accounts);
    let mut edges: Vec<(u32, u32)> = likes.likes.iter().map(|like| (like.account, like.target)).collect();
    for number in 0..blocks {
        let Some(block) = densest(&edges, accounts, likes.targets.len()) else { break };
        let mut inside = vec![0.0; accounts];
        let weights = weights(&edges, likes.targets.len());
        for &(account, target) in edges.iter().filter(|&&edge| block.holds(edge)) {
            inside[account as usize] += weights[target as usize];
        }
        for account in (0..accounts).filter(|&account| block.accounts[account]) {
            // The first block an account is in is the one that counts.
            if verdicts.accused[account] {
                continue;
            }
            verdicts.accused[account] = true;
            verdicts.rings[account] = Some(number);
            verdicts.scores[account] = f64::from(blocks - number) + inside[account] / (1.0 + inside[account]);
        }
        edges.retain(|&edge| !block.holds(edge));
    }
    verdicts
}

/// A set of accounts and targets.
struct Block {
    accounts: Vec<bool>,
    targets: Vec<bool>,
}

impl Block {
    fn holds(&self, (account, target): (u32, u32)) -> bool {
        self.accounts[account as usize] && self.targets[target as usize]
    }
}

/// What a like of each target weighs.
fn weights(edges: &[(u32, u32)], targets: usize) -> Vec<f64> {
    let mut degrees = vec![0_u32; targets];
    edges.iter().for_each(|edge| degrees[edge.1 as usize] += 1);
    degrees.iter().map(|&degree| 1.0 / (f64::from(degree) + COLUMN_CONSTANT).ln()).collect()
}

/// The densest set that greedy peeling passes through; none where there are no edges.
fn densest(edges: &[(u32, u32)], accounts: usize, targets: usize) -> Option<Block> {
    if edges.is_empty() {
        return None;
    }
    let weights = weights(edges, targets);
    // Accounts come first, targets after them.
    let nodes = accounts + targets;
    let mut neighbours: Vec<Vec<(u32, f64)>> = vec![Vec::new(); nodes];
    let mut weight = vec![0.0; nodes];
    let mut total = 0.0;
    for &(account, target) in edges {
        let (one, other) = (account as usize, accounts + target as usize);
        let value = weights[target as usize];
        neighbours[one].push((other as u32, value));
        neighbours[other].push((one as u32, value));
        weight[one] += value;
        weight[other] += value;
        total += value;
    }
    let mut left = neighbours.iter().filter(|edges| !edges.is_empty()).count();
    // Entries whose weight is no longer the node's are passed over.
    let mut heap: BinaryHeap<Reverse<(Weight, u32)>> =
        (0..nodes).filter(|&node| !neighbours[node].is_empty()).map(|node| entry(weight[node], node)).collect();
    let mut removed_at = vec![usize::MAX; nodes];
    let (mut best, mut best_step, mut step) = (total / left as f64, 0, 0);
    while let Some(Reverse((Weight(value), node))) = heap.pop() {
        let node = node as usize;
        if removed_at[node] != usize::MAX || value != weight[node] {
            continue;
        }
        removed_at[node] = step;
        step += 1;
        left -= 1;
        total -= value;
        for &(other, value) in &neighbours[node] {
            let other = other as usize;
            if removed_at[other] == usize::MAX {
                weight[other] -= value;
                heap.push(entry(weight[other], other));
            }
        }
        if left > 0 && total / left as f64 > best {
            (best, best_step) = (total / left as f64, step);
        }
    }
    // A node is in the block if it outlived the best step; those never in the graph have no likes.
    let stays = |node: usize| !neighbours[node].is_empty() && removed_at[node] >= best_step;
    Some(Block { accounts: (0..accounts).map(stays).collect(), targets: (accounts..nodes).map(stays).collect() })
}

fn entry(weight: f64, node: usize) -> Reverse<(Weight, u32)> {
    Reverse((Weight(weight), node as u32))
}

/// A float with the total order, for the heap.
#[derive(Debug, Clone, Copy)]
struct Weight(f64);

impl PartialEq for Weight {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Weight {}
impl PartialOrd for Weight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Weight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;
    use touchstone_sim::random::Random;

    fn density(edges: &[(u32, u32)], targets: usize, holds: impl Fn((u32, u32)) -> bool, size: usize) -> f64 {
        let weights = weights(edges, targets);
        edges.iter().filter(|&&edge| holds(edge)).map(|edge| weights[edge.1 as usize]).sum::<f64>() / size as f64
    }

    #[test]
    fn peeling_is_within_half_of_the_best_of_all_sets() {
        for seed in 0..20 {
            let mut random = Random::stream(seed, 9, 0);
            let mut edges = Vec::new();
            for account in 0..6 {
                for target in 0..6 {
                    if random.unit() < 0.4 {
                        edges.push((account, target));
                    }
                }
            }
            let block = densest(&edges, 6, 6).unwrap();
            let size = block.accounts.iter().chain(&block.targets).filter(|&&inside| inside).count();
            let found = density(&edges, 6, |edge| block.holds(edge), size);
            let best = (1_u32..1 << 12)
                .map(|set| {
                    let holds = |edge: (u32, u32)| set >> edge.0 & 1 == 1 && set >> (6 + edge.1) & 1 == 1;
                    density(&edges, 6, holds, set.count_ones() as usize)
                })
                .fold(0.0, f64::max);
            assert!(found <= best + 1e-12 && found >= best / 2.0, "seed {seed}: {found} of {best}");
        }
    }

    #[test]
    fn a_planted_block_is_the_first() {
        let mut rows = Vec::new();
        let mut random = Random::stream(1, 9, 1);
        for person in 0..400 {
            for _ in 0..6 {
                rows.push((person, random.below(300) as u32, 0));
            }
        }
        for member in 400..430 {
            rows.extend((300..330).map(|target| (member, target, 0)));
            // Camouflage.
            rows.push((member, random.below(300) as u32, 0));
        }
        rows.sort_unstable();
        rows.dedup();
        let verdicts = run(&likes(&rows), 1);
        let found: Vec<usize> = (0..430).filter(|&account| verdicts.accused[account]).collect();
        assert_eq!(found, (400..430).collect::<Vec<_>>());
        let later = run(&likes(&rows), 8);
        assert!(later.accused.iter().filter(|&&accused| accused).count() > 30, "later blocks are innocents");
        assert!(later.scores[400] > later.scores[..400].iter().copied().fold(0.0, f64::max));
    }
}
