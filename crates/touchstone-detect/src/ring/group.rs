//! From surprising pairs to groups that hold together.
//!
//! Components of the pair graph, each split by modularity where it clearly falls into parts
//! (Blondel et al. 2008, "Fast unfolding of communities in large networks"): bare components chain
//! unrelated rings through one common member.

/// Modularity below which a split is what chance gives in a random graph of that size, so the
/// component stays whole.
const SPLIT_MODULARITY_MIN: f64 = 0.3;

/// Groups of at least `members_min` nodes from weighted edges `(a, b, weight)`; node ids are any
/// `u32`. Groups and their members come in ascending order of id, so the result depends on the set
/// of edges alone.
#[must_use]
pub fn groups(edges: &[(u32, u32, f64)], members_min: usize) -> Vec<Vec<u32>> {
    let (nodes, links) = graph(edges);
    let mut found = Vec::new();
    for component in components(&links) {
        if component.len() < members_min {
            continue;
        }
        for part in split(&component, &links) {
            if part.len() >= members_min {
                found.push(part.into_iter().map(|i| nodes[i]).collect::<Vec<u32>>());
            }
        }
    }
    found.sort();
    found
}

/// Communities of the whole graph by modularity at a resolution: the higher, the smaller
/// (Reichardt & Bornholdt 2006). In ascending order of their smallest members, which are ascending too.
#[must_use]
pub fn communities(edges: &[(u32, u32, f64)], resolution: f64, members_min: usize) -> Vec<Vec<u32>> {
    let (nodes, links) = graph(edges);
    let labels = louvain(&links, resolution);
    let mut parts: Vec<Vec<u32>> = vec![Vec::new(); labels.iter().max().map_or(0, |m| m + 1)];
    labels.iter().zip(&nodes).for_each(|(l, n)| parts[*l].push(*n));
    parts.retain(|p| p.len() >= members_min);
    parts.sort();
    parts
}

/// Nodes of edges, ascending, and each one's links by position.
fn graph(edges: &[(u32, u32, f64)]) -> (Vec<u32>, Vec<Vec<(usize, f64)>>) {
    let mut nodes: Vec<u32> = edges.iter().flat_map(|e| [e.0, e.1]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let index = |id: u32| nodes.binary_search(&id).unwrap_or_default();
    let mut links: Vec<Vec<(usize, f64)>> = vec![Vec::new(); nodes.len()];
    for (a, b, w) in edges {
        let (a, b) = (index(*a), index(*b));
        links[a].push((b, *w));
        links[b].push((a, *w));
    }
    links.iter_mut().for_each(|l| l.sort_by_key(|x| x.0));
    (nodes, links)
}

fn components(links: &[Vec<(usize, f64)>]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; links.len()];
    let mut all = Vec::new();
    for start in 0..links.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let (mut members, mut next) = (vec![start], 0);
        while next < members.len() {
            for (other, _) in &links[members[next]] {
                if !seen[*other] {
                    seen[*other] = true;
                    members.push(*other);
                }
            }
            next += 1;
        }
        members.sort_unstable();
        all.push(members);
    }
    all
}

/// Splits one component by modularity, or returns it whole.
fn split(component: &[usize], links: &[Vec<(usize, f64)>]) -> Vec<Vec<usize>> {
    if component.len() < 6 {
        return vec![component.to_vec()];
    }
    let local = |id: usize| component.binary_search(&id).unwrap_or_default();
    let graph: Vec<Vec<(usize, f64)>> =
        component.iter().map(|n| links[*n].iter().map(|(o, w)| (local(*o), *w)).collect()).collect();
    let labels = louvain(&graph, 1.0);
    if modularity(&graph, &labels) < SPLIT_MODULARITY_MIN {
        return vec![component.to_vec()];
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); labels.iter().max().map_or(0, |m| m + 1)];
    labels.iter().enumerate().for_each(|(i, l)| parts[*l].push(component[i]));
    parts.retain(|p| !p.is_empty());
    parts
}

fn modularity(graph: &[Vec<(usize, f64)>], labels: &[usize]) -> f64 {
    let strength: Vec<f64> = graph.iter().map(|l| l.iter().map(|x| x.1).sum()).collect();
    let total: f64 = strength.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let count = labels.iter().max().map_or(0, |m| m + 1);
    let (mut inside, mut sum) = (vec![0.0; count], vec![0.0; count]);
    for (i, l) in graph.iter().enumerate() {
        sum[labels[i]] += strength[i];
        inside[labels[i]] += l.iter().filter(|(o, _)| labels[*o] == labels[i]).map(|x| x.1).sum::<f64>();
    }
    inside.iter().zip(&sum).map(|(i, s)| i / total - (s / total).powi(2)).sum()
}

/// Labels by repeated local moving and contraction, in node order (deterministic).
fn louvain(graph: &[Vec<(usize, f64)>], resolution: f64) -> Vec<usize> {
    let mut labels: Vec<usize> = (0..graph.len()).collect();
    let mut level: Vec<Vec<(usize, f64)>> = graph.to_vec();
    loop {
        let (moved, assignment) = local_moves(&level, resolution);
        if !moved {
            return labels;
        }
        labels.iter_mut().for_each(|l| *l = assignment[*l]);
        let count = assignment.iter().max().map_or(0, |m| m + 1);
        let mut next: Vec<std::collections::BTreeMap<usize, f64>> = vec![Default::default(); count];
        for (i, l) in level.iter().enumerate() {
            for (o, w) in l {
                *next[assignment[i]].entry(assignment[*o]).or_default() += w;
            }
        }
        level = next.into_iter().map(|m| m.into_iter().collect()).collect();
    }
}

fn local_moves(graph: &[Vec<(usize, f64)>], resolution: f64) -> (bool, Vec<usize>) {
    let n = graph.len();
    let strength: Vec<f64> = graph.iter().map(|l| l.iter().map(|x| x.1).sum()).collect();
    let total: f64 = strength.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut label: Vec<usize> = (0..n).collect();
    let mut sums = strength.clone();
    let mut moved = false;
    let mut to = vec![0.0; n];
    for _round in 0..32 {
        let mut changes = 0;
        for i in 0..n {
            let mut near: Vec<usize> = Vec::new();
            for (o, w) in &graph[i] {
                if *o != i {
                    let l = label[*o];
                    if to[l] == 0.0 {
                        near.push(l);
                    }
                    to[l] += w;
                }
            }
            let own = label[i];
            sums[own] -= strength[i];
            let gain = |l: usize| to[l] - resolution * sums[l] * strength[i] / total;
            let (mut best, mut best_gain) = (own, gain(own));
            for l in &near {
                // A strict improvement, or the smaller label at a tie in gain: order-free.
                if gain(*l) > best_gain + 1e-12 {
                    (best, best_gain) = (*l, gain(*l));
                }
            }
            sums[best] += strength[i];
            near.iter().for_each(|l| to[*l] = 0.0);
            if best != own {
                label[i] = best;
                changes += 1;
                moved = true;
            }
        }
        if changes == 0 {
            break;
        }
    }
    // Renumber densely in order of first appearance.
    let mut dense = vec![usize::MAX; n];
    let mut count = 0;
    for l in &mut label {
        if dense[*l] == usize::MAX {
            dense[*l] = count;
            count += 1;
        }
        *l = dense[*l];
    }
    (moved, label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clique(ids: std::ops::Range<u32>, w: f64) -> Vec<(u32, u32, f64)> {
        ids.clone().flat_map(|a| ids.clone().filter(move |b| a < *b).map(move |b| (a, b, w))).collect()
    }

    #[test]
    fn two_cliques_joined_by_one_edge_are_two_groups() {
        let mut edges = clique(0..10, 5.0);
        edges.extend(clique(20..30, 5.0));
        edges.push((3, 24, 5.0));
        let g = groups(&edges, 3);
        assert_eq!(g, vec![(0..10).collect::<Vec<_>>(), (20..30).collect()]);
        edges.reverse();
        assert_eq!(groups(&edges, 3), g, "the order of edges changes nothing");
    }

    #[test]
    fn a_clique_stays_whole_and_pairs_are_dropped() {
        let mut edges = clique(0..40, 2.0);
        edges.push((100, 101, 9.0));
        assert_eq!(groups(&edges, 3), vec![(0..40).collect::<Vec<_>>()]);
        assert_eq!(groups(&[], 3), Vec::<Vec<u32>>::new());
    }
}
