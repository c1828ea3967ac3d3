//! Connected components of a graph of accounts.

/// The components of at least `members_min` accounts, each account with its number; numbered by
/// their first account.
pub(super) fn components(
    accounts: usize,
    edges: impl IntoIterator<Item = (u32, u32)>,
    members_min: usize,
) -> Vec<Option<u32>> {
    let mut parents: Vec<u32> = (0..accounts as u32).collect();
    for (a, b) in edges {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        // The smaller number is the root: no order of edges shows.
        parents[a.max(b) as usize] = a.min(b);
    }
    let roots: Vec<u32> = (0..accounts as u32).map(|account| root(&mut parents, account)).collect();
    let mut members = vec![0_usize; accounts];
    roots.iter().for_each(|&root| members[root as usize] += 1);
    let mut numbers = vec![None; accounts];
    let mut next = 0;
    for root in 0..accounts {
        if members[root] >= members_min {
            numbers[root] = Some(next);
            next += 1;
        }
    }
    roots.iter().map(|&root| numbers[root as usize]).collect()
}

fn root(parents: &mut [u32], mut account: u32) -> u32 {
    while parents[account as usize] != account {
        let above = parents[parents[account as usize] as usize];
        parents[account as usize] = above;
        account = above;
    }
    account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ones_are_dropped() {
        let found = components(7, [(5, 3), (3, 1), (0, 6)], 3);
        assert_eq!(found, [None, Some(0), None, Some(0), None, Some(0), None]);
        assert_eq!(components(3, [(2, 0)], 2), [Some(0), None, Some(0)]);
    }
}
