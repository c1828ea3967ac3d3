//! The test: given that an account acted on a target in a certain hour, was it in step with its ring
//! more often than the hour explains?
//!
//! Everything slow is conditioned on: which targets an account likes (taste, author, topic,
//! popularity) and in which tile of time. Only the place within the tile is random under the null,
//! with an intensity that is the largest of what four views of innocence allow: everybody's speed of
//! reaction and hours, the account's own speed, its own times of day, and the crowd that is on this very
//! target in this very tile. Interval jitter with a fitted intensity (Amarasingham et al. 2012,
//! "Conditional modeling and the jitter method of spike resampling").

use crate::census::Census;
use crate::params::LockstepParams;
use crate::partition::{NONE, Partition};
use crate::ring::roster::Roster;
use crate::schedule::{SCALES, Scale, Schedule};
use crate::survey::{Action, Habit, Tempo};
use rayon::prelude::*;

/// Weight, in endorsements, of the general tempo against what few others show.
const PRIOR_ENDORSEMENTS: f64 = 4.0;

/// From this many other actions of its own at the same age or time of day, an account has a habit.
const OWN_ACTIONS_MIN: f64 = 2.0;

/// At most this many of the crowd in a tile are looked at, evenly spread.
const CROWD_MAX: usize = 256;

/// From this many ring members in a tile the account's own action is left in the union of
/// windows: never in its disfavour, and it keeps the work linear.
const LEAVE_OUT_MAX: usize = 256;

/// The habits of the accounts in question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Habits {
    habits: Vec<Habit>,
    /// By account, the place of its habit, or [`NONE`].
    place: Vec<u32>,
}

impl Habits {
    /// What the accounts that `wanted` names do in one partition. Merging is concatenation.
    #[must_use]
    pub fn count(partition: &Partition<'_>, census: &Census<'_>, wanted: impl Fn(u32) -> bool) -> Vec<Action> {
        let mut actions = Vec::new();
        for range in partition.targets() {
            let origin = census.origin(partition.target[range.start], &partition.ts[range.clone()]);
            let rows = range.filter(|i| wanted(partition.actor[*i]));
            actions.extend(rows.map(|i| Action::new(partition.actor[i], origin, partition.ts[i])));
        }
        actions
    }

    /// Learns them from the actions of all partitions.
    #[must_use]
    pub fn new(mut actions: Vec<Action>, census: &Census<'_>) -> Self {
        actions.par_sort_unstable();
        let of_accounts: Vec<&[Action]> = actions.chunk_by(|a, b| a.account == b.account).collect();
        let mut place = vec![NONE; census.degree.len()];
        for (i, of_account) in of_accounts.iter().enumerate() {
            place[of_account[0].account as usize] = i as u32;
        }
        Self { habits: of_accounts.into_par_iter().map(Habit::new).collect(), place }
    }

    /// The habits of one account, if it is one of them.
    #[must_use]
    pub fn of(&self, account: u32) -> Option<&Habit> {
        self.habits.get(*self.place.get(account as usize)? as usize)
    }
}

/// One opportunity to be in step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// The account.
    pub account: u32,
    /// Its candidate ring.
    pub ring: u32,
    /// The target.
    pub target: u32,
    /// When it acted.
    pub ts: i64,
    /// Which scale.
    pub scale: u8,
    /// Whether another member acted within the window.
    pub in_step: bool,
    /// How many did (at most 65,535).
    pub others: u16,
    /// The largest chance that innocence gives it.
    pub chance: f32,
    /// The same against members of lower number alone: a sequence of members, each tested
    /// against those before, so that their e-values multiply. `None` where none of those is near.
    pub before: Option<(bool, f32)>,
}

/// What a count of trials needs to know.
#[derive(Clone, Copy, Debug)]
pub struct TrialContext<'a> {
    /// The log.
    pub census: &'a Census<'a>,
    /// Its scales and folds.
    pub schedule: &'a Schedule,
    /// How busy each moment is.
    pub tempo: &'a Tempo,
    /// Habits of the accounts on the roster.
    pub habits: &'a Habits,
    /// The candidate rings.
    pub roster: &'a Roster,
    /// Only this fold, or all.
    pub fold: Option<usize>,
    /// Only the ring's own scale, or all usable ones.
    pub own_scale_only: bool,
    /// Thresholds.
    pub params: &'a LockstepParams,
}

/// The trials of one partition, in order of (target, ring, scale, time). Merging is concatenation.
#[must_use]
pub fn count(partition: &Partition<'_>, context: &TrialContext<'_>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for range in partition.targets() {
        let target = partition.target[range.start];
        let (ts, actor) = (&partition.ts[range.clone()], &partition.actor[range]);
        let mut present: Vec<(u32, usize)> = actor
            .iter()
            .enumerate()
            .filter_map(|(i, a)| context.roster.of(*a).map(|r| (r, i)))
            .filter(|(_, i)| context.fold.is_none_or(|f| context.schedule.fold_of(ts[*i]) == f))
            .filter(|(_, i)| context.schedule.tells(ts[*i]))
            .collect();
        present.sort_unstable();
        for run in present.chunk_by(|a, b| a.0 == b.0).filter(|r| r.len() > 1) {
            let ring = run[0].0;
            let rows: Vec<usize> = run.iter().map(|x| x.1).collect();
            for scale in 0..SCALES {
                let own = context.roster.scale[ring as usize] as usize == scale;
                if context.schedule.usable[scale] && (own || !context.own_scale_only) {
                    on_target(target, ring, scale, &rows, ts, actor, context, &mut trials);
                }
            }
        }
    }
    trials
}

/// Trials of one ring on one target at one scale. `rows` are the ring's rows in time order.
#[allow(clippy::too_many_arguments)] // one caller; a struct would only rename the list
fn on_target(
    target: u32,
    ring: u32,
    scale: usize,
    rows: &[usize],
    ts: &[i64],
    actor: &[u32],
    context: &TrialContext<'_>,
    trials: &mut Vec<Trial>,
) {
    let Scale { window, tile } = context.schedule.scales[scale];
    let origin = context.census.origin(target, ts);
    let times: Vec<i64> = rows.iter().map(|r| ts[*r]).collect();
    let mut from_row = 0;
    while from_row < times.len() {
        // All of the ring's actions in one tile at a time.
        let start = times[from_row].div_euclid(tile) * tile;
        let to_row = from_row + times[from_row..].partition_point(|t| *t < start + tile);
        let block = context.schedule.block_of(start);
        // Not before the target began, but for whoever was earlier than its origin.
        let end = context.schedule.last_ts.max(times[to_row - 1]) + 1;
        let span = (start.max(origin.min(times[from_row])), (start + tile).min(end));
        // Members whose window reaches into the tile, from the same block.
        let near_from = times.partition_point(|t| *t < start - window);
        let near_to = times.partition_point(|t| *t <= start + tile + window);
        let near: Vec<(u32, i64)> = (near_from..near_to)
            .map(|i| (actor[rows[i]], times[i]))
            .filter(|(_, t)| context.schedule.block_of(*t) == block)
            .collect();
        if near.len() > 1 {
            let crowd = crowd(ts, actor, span, |a| context.roster.of(a) == Some(ring));
            let whole = context.tempo.mass(origin, span.0, span.1);
            let shared = (near.len() > LEAVE_OUT_MAX).then(|| windows(&near, |_| true, window, span));
            for i in from_row..to_row {
                let (account, at) = (actor[rows[i]], times[i]);
                let own_windows;
                let all = match &shared {
                    Some(all) => all,
                    None => {
                        own_windows = windows(&near, |a| a != account, window, span);
                        &own_windows
                    }
                };
                if all.is_empty() {
                    continue;
                }
                let others = near.partition_point(|(_, t)| *t <= at + window)
                    - near.partition_point(|(_, t)| *t < at - window)
                    - 1;
                let habit = context.habits.of(account);
                let chance =
                    |windows: &[(i64, i64)]| chance(at, origin, span, whole, windows, &crowd, habit, context) as f32;
                // Beyond the cap the sequence says nothing rather than cost a square.
                let earlier = if shared.is_some() { Vec::new() } else { windows(&near, |a| a < account, window, span) };
                let before = (!earlier.is_empty() && !context.own_scale_only)
                    .then(|| (earlier.iter().any(|w| w.0 <= at && at < w.1), chance(&earlier)));
                trials.push(Trial {
                    account,
                    ring,
                    target,
                    ts: at,
                    scale: scale as u8,
                    in_step: others > 0,
                    others: others.min(usize::from(u16::MAX)) as u16,
                    chance: chance(all),
                    before,
                });
            }
        }
        from_row = to_row;
    }
}

/// Times of endorsers outside the ring within `span`, thinned evenly to [`CROWD_MAX`].
fn crowd(ts: &[i64], actor: &[u32], span: (i64, i64), member: impl Fn(u32) -> bool) -> Vec<i64> {
    let rows = ts.partition_point(|t| *t < span.0)..ts.partition_point(|t| *t < span.1);
    let step = rows.len().div_ceil(CROWD_MAX).max(1);
    rows.step_by(step).filter(|i| !member(actor[*i])).map(|i| ts[i]).collect()
}

/// The union of the windows around the `near` times of accounts that `wanted` names, within `span`.
fn windows(near: &[(u32, i64)], wanted: impl Fn(u32) -> bool, window: i64, span: (i64, i64)) -> Vec<(i64, i64)> {
    let mut union: Vec<(i64, i64)> = Vec::new();
    for (account, t) in near {
        let (from, to) = ((t - window).max(span.0), (t + window + 1).min(span.1));
        if !wanted(*account) || from >= to {
            continue;
        }
        match union.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(to),
            _ => union.push((from, to)),
        }
    }
    union
}

/// The largest chance that any view of innocence gives to falling into the windows.
#[allow(clippy::too_many_arguments)]
fn chance(
    at: i64,
    origin: i64,
    span: (i64, i64),
    whole: f64,
    windows: &[(i64, i64)],
    crowd: &[i64],
    habit: Option<&Habit>,
    context: &TrialContext<'_>,
) -> f64 {
    let length = (span.1 - span.0).max(1) as f64;
    let covered: f64 = windows.iter().map(|w| (w.1 - w.0) as f64).sum::<f64>() / length;
    let by_tempo = if whole > 0.0 {
        windows.iter().map(|w| context.tempo.mass(origin, w.0, w.1)).sum::<f64>() / whole
    } else {
        covered
    };
    let shrunk = |inside: f64, all: f64| (inside + PRIOR_ENDORSEMENTS * by_tempo) / (all + PRIOR_ENDORSEMENTS);
    // Both ascend, and windows have no moment in common.
    let before = |ts: i64| crowd.partition_point(|t| *t < ts);
    let inside: usize = windows.iter().map(|w| before(w.1) - before(w.0)).sum();
    let mut chance = by_tempo.max(covered).max(shrunk(inside as f64, crowd.len() as f64));
    if let Some(habit) = habit {
        let sum = |f: &dyn Fn(i64, i64) -> f64| windows.iter().map(|w| f(w.0, w.1)).sum::<f64>();
        let by_age = |from, to| habit.by_age(origin, from, to, at);
        let by_clock = |from, to| habit.by_clock(from, to, at);
        // Whoever has the habit of being there is judged by it, with this action counted in; else the
        // general tempo weighs in.
        let own = |inside: f64, all: f64| {
            if inside >= OWN_ACTIONS_MIN - 1e-9 { (inside + 1.0) / (all + 1.0) } else { shrunk(inside, all) }
        };
        chance =
            chance.max(own(sum(&by_age), by_age(span.0, span.1))).max(own(sum(&by_clock), by_clock(span.0, span.1)));
    }
    chance.clamp(context.params.coverage_floor, 1.0)
}
