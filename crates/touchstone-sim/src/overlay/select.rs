//! Which fakes are used, and onto which host targets they go.

use super::options::{OverlayError, OverlayOptions};
use super::trace::FakeEvent;
use super::{Purpose, stream};
use crate::log::{Event, Log, NONE};

const DAY_MICROS: f64 = 86_400e6;

/// The fakes to use, in the numbers of their own log.
pub(super) struct Chosen<'a> {
    log: &'a Log,
    events: Vec<Event>,
}

/// The fakes on their host targets.
pub(super) struct Placed {
    /// Events by host target.
    pub(super) trains: Vec<Vec<FakeEvent>>,
    /// The host target of each train.
    pub(super) host_targets: Vec<u32>,
    /// First and last endorsement of the host target of each train.
    pub(super) lives: Vec<(i64, i64)>,
    /// The accounts' numbers in the fakes log.
    pub(super) accounts: Vec<u32>,
    pub(super) accounts_left_out: u64,
    pub(super) targets_left_out: u64,
}

/// The kinds that are endorsements, each as often as the log has it; `None` where the log has no
/// kinds.
pub(super) fn endorsed_kinds(
    side: &'static str,
    log: &Log,
    asked: &[String],
) -> Result<Option<Vec<u32>>, OverlayError> {
    let kinds = log.kinds.all();
    if kinds.is_empty() && asked.is_empty() {
        return Ok(None);
    }
    let mut counts = vec![0_u64; kinds.len()];
    for event in log.events.iter().filter(|event| event.kind != NONE) {
        counts[event.kind as usize] += 1;
    }
    let open = asked.is_empty() && kinds.len() > 1;
    if open || asked.iter().any(|kind| !log.kinds.contains(kind)) {
        let found = kinds.iter().zip(&counts).map(|(kind, count)| format!("{kind} ({count})"));
        return Err(OverlayError::Kinds { side, found: found.collect() });
    }
    // As many entries as events make a draw from the list a draw in proportion; by name, so that
    // the order of the file's rows changes nothing.
    let endorsed = |kind: &u32| asked.is_empty() || asked.contains(&kinds[*kind as usize]);
    let mut by_name: Vec<u32> = (0..kinds.len() as u32).filter(endorsed).collect();
    by_name.sort_unstable_by_key(|&kind| &kinds[kind as usize]);
    let entries = |kind: u32| std::iter::repeat_n(kind, counts[kind as usize] as usize);
    Ok(Some(by_name.into_iter().flat_map(entries).collect()))
}

fn is_endorsement(kinds: Option<&[bool]>, event: &Event) -> bool {
    kinds.is_none_or(|kinds| event.kind != NONE && kinds[event.kind as usize])
}

/// Whether each kind number is in a list that [`endorsed_kinds`] made.
fn flags(kinds: Option<&[u32]>, count: usize) -> Option<Vec<bool>> {
    kinds.map(|list| {
        let mut flags = vec![false; count];
        for &kind in list {
            flags[kind as usize] = true;
        }
        flags
    })
}

/// Chooses by kind, window and account.
pub(super) fn fakes<'a>(
    options: &OverlayOptions,
    log: &'a Log,
    kinds: Option<&[u32]>,
) -> Result<Chosen<'a>, OverlayError> {
    let flags = flags(kinds, log.kinds.all().len());
    let mut events: Vec<Event> =
        log.events.iter().filter(|event| is_endorsement(flags.as_deref(), event)).copied().collect();
    if let Some(days) = options.window_days {
        busiest_window(&mut events, (days * DAY_MICROS) as i64);
    }

    // By name, so that the order of the file's rows changes nothing.
    let mut accounts: Vec<u32> = events.iter().map(|event| event.actor).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts.sort_unstable_by_key(|&account| log.actors.name(account));
    stream(options.seed, Purpose::Accounts, 0).shuffle(&mut accounts);
    let share = options.accounts_sample.unwrap_or(1.0);
    let sampled = ((accounts.len() as f64 * share).round() as usize).max(1);
    accounts.truncate(sampled.min(options.max_accounts.unwrap_or(usize::MAX)));
    let mut used = vec![false; log.actors.all().len()];
    for account in accounts {
        used[account as usize] = true;
    }
    events.retain(|event| used[event.actor as usize]);
    if events.is_empty() {
        return Err(OverlayError::NoFakes);
    }
    Ok(Chosen { log, events })
}

/// Keeps the events of the window with the most of them; the earliest where several tie.
fn busiest_window(events: &mut Vec<Event>, length_micros: i64) {
    let mut times: Vec<i64> = events.iter().map(|event| event.ts_micros).collect();
    times.sort_unstable();
    let mut end = 0;
    let mut best = (0, i64::MIN);
    for (start, &first) in times.iter().enumerate() {
        while end < times.len() && times[end] < first.saturating_add(length_micros) {
            end += 1;
        }
        if end - start > best.0 {
            best = (end - start, first);
        }
    }
    let (first, after) = (best.1, best.1.saturating_add(length_micros));
    events.retain(|event| (first..after).contains(&event.ts_micros));
}

/// Pairs fake targets with host targets.
pub(super) fn targets(
    options: &OverlayOptions,
    host: &Log,
    kinds: Option<&[u32]>,
    chosen: Chosen<'_>,
) -> Result<Placed, OverlayError> {
    let Chosen { log, mut events } = chosen;

    // The host's popular targets, most endorsed first.
    let flags = flags(kinds, host.kinds.all().len());
    let mut counts = vec![0_u64; host.targets.all().len()];
    let mut lives = vec![(i64::MAX, i64::MIN); counts.len()];
    for event in host.events.iter().filter(|event| is_endorsement(flags.as_deref(), event)) {
        let target = event.target as usize;
        counts[target] += 1;
        let life = &mut lives[target];
        *life = (life.0.min(event.ts_micros), life.1.max(event.ts_micros));
    }
    let least = options.host_target_events_min.max(1);
    let mut pool: Vec<u32> = (0..counts.len() as u32).filter(|&target| counts[target as usize] >= least).collect();
    if pool.is_empty() {
        return Err(OverlayError::NoTargets { least });
    }
    let rank = |target: &u32| (std::cmp::Reverse(counts[*target as usize]), host.targets.name(*target).to_owned());
    pool.sort_by_cached_key(rank);

    // The fake targets, those with the most accounts first.
    let mut acts: Vec<(u32, u32)> = events.iter().map(|event| (event.target, event.actor)).collect();
    acts.sort_unstable();
    acts.dedup();
    let mut fake_targets: Vec<(usize, u32)> =
        acts.chunk_by(|left, right| left.0 == right.0).map(|run| (run.len(), run[0].0)).collect();
    fake_targets
        .sort_by_cached_key(|&(accounts, target)| (std::cmp::Reverse(accounts), log.targets.name(target).to_owned()));
    let found = fake_targets.len();
    let wanted = found.min(options.max_targets.unwrap_or(usize::MAX));
    pool.truncate(options.pool_targets.unwrap_or(wanted.saturating_mul(2)));
    fake_targets.truncate(wanted.min(pool.len()));

    stream(options.seed, Purpose::Targets, 0).shuffle(&mut pool);
    pool.truncate(fake_targets.len());
    pool.sort_by_cached_key(rank);

    // Trains, with accounts numbered anew by name.
    let mut train_of = vec![NONE; log.targets.all().len()];
    for (place, &(_, target)) in fake_targets.iter().enumerate() {
        train_of[target as usize] = place as u32;
    }
    events.retain(|event| train_of[event.target as usize] != NONE);
    let mut accounts: Vec<u32> = events.iter().map(|event| event.actor).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts.sort_unstable_by_key(|&account| log.actors.name(account));
    let mut number = vec![NONE; log.actors.all().len()];
    for (place, &account) in accounts.iter().enumerate() {
        number[account as usize] = place as u32;
    }
    let mut trains = vec![Vec::new(); fake_targets.len()];
    for event in &events {
        trains[train_of[event.target as usize] as usize]
            .push(FakeEvent { ts_micros: event.ts_micros, account: number[event.actor as usize] });
    }
    for train in &mut trains {
        train.sort_unstable();
    }
    let all_accounts = log.actors.all().len();
    Ok(Placed {
        trains,
        lives: pool.iter().map(|&target| lives[target as usize]).collect(),
        host_targets: pool,
        accounts_left_out: (all_accounts - accounts.len()) as u64,
        accounts,
        targets_left_out: (found - fake_targets.len()) as u64,
    })
}
