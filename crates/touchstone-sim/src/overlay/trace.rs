//! How much trace of acting together the fakes leave.

use super::retime::JOINT_MICROS;

/// One fake event; accounts are numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FakeEvent {
    pub(super) ts_micros: i64,
    pub(super) account: u32,
}

/// Joint action among fakes, by account.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) event_pairs: u64,
    pub(super) joint_targets: Vec<u32>,
    pub(super) partner_targets: Vec<u32>,
}

/// Counts pairs of events of two accounts within the joint window, target by target.
pub(super) fn joint(trains: &[Vec<FakeEvent>], accounts: usize) -> Trace {
    let mut trace = Trace { event_pairs: 0, joint_targets: vec![0; accounts], partner_targets: vec![0; accounts] };
    let mut all = Vec::new();
    let mut pairs = Vec::new();
    let mut train_sorted = Vec::new();
    for train in trains {
        train_sorted.clone_from(train);
        train_sorted.sort_unstable();
        pairs.clear();
        for (place, left) in train_sorted.iter().enumerate() {
            let near = train_sorted[place + 1..]
                .iter()
                .take_while(|right| right.ts_micros - left.ts_micros <= JOINT_MICROS)
                .filter(|right| right.account != left.account);
            for right in near {
                trace.event_pairs += 1;
                pairs.push((left.account.min(right.account), left.account.max(right.account)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut joined: Vec<u32> = pairs.iter().flat_map(|&(one, two)| [one, two]).collect();
        joined.sort_unstable();
        joined.dedup();
        for account in joined {
            trace.joint_targets[account as usize] += 1;
        }
        all.extend_from_slice(&pairs);
    }
    all.sort_unstable();
    for run in all.chunk_by(|left, right| left == right) {
        let (one, two) = run[0];
        for account in [one, two] {
            let most = &mut trace.partner_targets[account as usize];
            *most = (*most).max(run.len() as u32);
        }
    }
    trace
}
