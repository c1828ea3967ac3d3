//! Known fakes laid over any log, so that detection can be scored where the truth is known.
//!
//! Two logs go in: the *host*, real life of which nobody knows what is fake, and the *fakes*,
//! events known to be coordinated. Out comes one log in which the fakes act on the host's popular
//! targets, in the host's time and under names like the host's, with the truth beside it.
//!
//! What is kept: every row of the host, its values unchanged; and of the fakes who acted with whom,
//! and how closely. Two fake accounts that acted on one target within [`JOINT_SECONDS`] do so
//! still. The rules, in the order in which they apply:
//!
//! 1. **Selection.** Fake rows of the kinds asked for; of these, where
//!    [`window_days`](OverlayOptions::window_days) is set, the busiest window of that length; of
//!    these, a seeded sample of the accounts.
//! 2. **Targets, one to one.** The pool is the host's most endorsed targets. As many as there are
//!    fake targets are drawn from it without replacement, and the fake target with the k-th most
//!    accounts goes onto the k-th most endorsed of those drawn. Where the pool is smaller than the
//!    number of fake targets, the fake targets with the fewest accounts are left out and counted;
//!    a host target never carries two.
//! 3. **Time, in blocks.** All that happened on one fake target is its train. A train moves by a
//!    whole number of days, so gaps and the hour of day stay, to a start drawn within the life of
//!    its host target. A train longer than the whole host is cut at each gap of more than a day,
//!    and, where that does not do, at its longest gaps; the parts move on their own. No gap is
//!    ever shortened within a part. Where no whole number of days fits, the hour is given up for
//!    a start within the life, and a part too long for that starts earlier; both are counted.
//! 4. **Precision.** Fakes with coarser times than the host's (minutes over seconds) get the
//!    missing digits drawn at random, in a way that keeps each pair within [`JOINT_SECONDS`]
//!    within and each other pair apart; fakes with finer times are rounded down.
//! 5. **Names and columns.** Accounts get unused names of the host's shape. Kind and owner are the
//!    host's. Columns that only one of the logs has are dropped, since they would tell which row
//!    is which.
//! 6. **Order.** Rows are sorted by time, actor and target.
//!
//! What the overlay does not give the fakes: a life of their own. The accounts do nothing but what
//! the fakes log says, and they have no views even where the host has them.

mod names;
mod options;
mod retime;
mod select;
mod trace;
mod write;

use crate::files::Staged;
use crate::log::{Log, NONE};
use crate::random::Random;

pub use options::{OverlayError, OverlayFormat, OverlayOptions, OverlayReport};
pub use retime::JOINT_SECONDS;

/// What a stream of numbers is for; each purpose draws its own.
#[derive(Clone, Copy)]
enum Purpose {
    Accounts = 101,
    Targets,
    Place,
    Sharpen,
    Names,
    Kinds,
}

fn stream(seed: u64, purpose: Purpose, index: u64) -> Random {
    Random::stream(seed, purpose as u64, index)
}

/// Lays the fakes of one log over another, as the [module](self) says, and writes to
/// [`OverlayOptions::out`]:
///
/// * `events.csv` or `events.parquet`: actor, target, ts (seconds as precise as the host's), and
///   kind and owner where the host has them; sorted by (ts, actor, target).
/// * `truth_accounts.csv`: account, role (`fake` or `host`), source (its name in the log it comes
///   from), events (rows in this log), joint_targets (targets on which it acted within
///   [`JOINT_SECONDS`] of another fake account), partner_targets (the most such targets with one
///   and the same other). The last two say how much trace of coordination there is to find; they
///   are 0 for host accounts, whose truth is unknown.
/// * `truth_events.csv`: actor, target, ts, fake (1 or 0), row by row as in the events file.
/// * `overlay.json`: options and [`OverlayReport`].
///
/// # Errors
/// [`OverlayError`]; nothing is left in the folder then.
pub fn overlay(options: &OverlayOptions) -> Result<OverlayReport, OverlayError> {
    options.check()?;
    let host = read("host", &options.host, &options.host_map)?;
    let fakes = read("fakes", &options.fakes, &options.fakes_map)?;
    let mixed = mix(options, &host, &fakes)?;
    let fail = |source| OverlayError::Write { folder: options.out.clone(), source };
    let mut staged = Staged::new(&options.out).map_err(fail)?;
    write::all(&mut staged, options, &mixed).map_err(fail)?;
    staged.publish().map_err(fail)?;
    Ok(mixed.report)
}

fn read(
    side: &'static str,
    path: &std::path::Path,
    map: &touchstone_event::mapping::Mapping,
) -> Result<Log, OverlayError> {
    Log::read(path, map).map_err(|source| OverlayError::Log { side, source })
}

/// One row of the result. Names are borrowed from the host or from [`Mixed::fresh_names`].
struct Row {
    ts_micros: i64,
    /// Host accounts first, then fake ones.
    account: u32,
    target: u32,
    kind: u32,
    owner: u32,
    fake: bool,
}

/// The result in memory.
struct Mixed<'a> {
    host: &'a Log,
    rows: Vec<Row>,
    /// Names of all accounts by number: the host's, then the fakes'.
    names: Vec<String>,
    /// The same accounts' names in the logs they come from.
    sources: Vec<String>,
    host_accounts: usize,
    trace: trace::Trace,
    precision_micros: i64,
    report: OverlayReport,
}

fn mix<'a>(options: &OverlayOptions, host: &'a Log, fakes: &Log) -> Result<Mixed<'a>, OverlayError> {
    let seed = options.seed;
    let kinds = select::endorsed_kinds("host", host, &options.host_endorse)?;
    let fake_kinds = if options.fakes_endorse.is_empty() {
        None
    } else {
        select::endorsed_kinds("fakes", fakes, &options.fakes_endorse)?
    };
    let chosen = select::fakes(options, fakes, fake_kinds.as_deref())?;
    let placed = select::targets(options, host, kinds.as_deref(), chosen)?;

    let mut trains = placed.trains;
    let before = trace::joint(&trains, placed.accounts.len());
    let clock = retime::Clock::new(host, fakes);
    let mut moved = retime::Moved::default();
    for (place, (train, life)) in trains.iter_mut().zip(&placed.lives).enumerate() {
        let index = place as u64;
        clock.sharpen(train, &mut stream(seed, Purpose::Sharpen, index));
        clock.place(train, *life, &mut stream(seed, Purpose::Place, index), &mut moved);
    }
    let trace = trace::joint(&trains, placed.accounts.len());

    let host_names = host.actors.all();
    let mut draw = stream(seed, Purpose::Names, 0);
    let names = if options.rename_all {
        names::plain(host_names.len() + placed.accounts.len(), &mut draw)
    } else {
        let fresh = names::like(&host.actors, placed.accounts.len(), &mut draw)?;
        host_names.iter().cloned().chain(fresh).collect()
    };
    let sources = host_names
        .iter()
        .cloned()
        .chain(placed.accounts.iter().map(|&account| fakes.actors.name(account).to_owned()))
        .collect();

    let mut rows: Vec<Row> = host
        .events
        .iter()
        .map(|event| Row {
            ts_micros: event.ts_micros,
            account: event.actor,
            target: event.target,
            kind: event.kind,
            owner: event.owner,
            fake: false,
        })
        .collect();
    let mut draw = stream(seed, Purpose::Kinds, 0);
    let owners = owners(host);
    for (train, &target) in trains.iter().zip(&placed.host_targets) {
        for event in train {
            let kind = kinds.as_ref().map_or(NONE, |kinds| {
                // As often as the host has each of them.
                kinds[draw.below(kinds.len() as u64) as usize]
            });
            rows.push(Row {
                ts_micros: event.ts_micros,
                account: host_names.len() as u32 + event.account,
                target,
                kind,
                owner: owners[target as usize],
                fake: true,
            });
        }
    }
    rows.sort_by(|left, right| {
        let key = |row: &Row| (row.ts_micros, &names[row.account as usize]);
        let text = |row: &Row| (host.targets.name(row.target), host.kinds.name(row.kind));
        key(left).cmp(&key(right)).then_with(|| text(left).cmp(&text(right)))
    });

    let fake_events: u64 = trains.iter().map(|train| train.len() as u64).sum();
    let report = OverlayReport {
        host_events: host.events.len() as u64,
        host_accounts: host_names.len() as u64,
        fake_events,
        fake_accounts: placed.accounts.len() as u64,
        fake_targets: trains.len() as u64,
        accounts_left_out: placed.accounts_left_out,
        targets_left_out: placed.targets_left_out,
        events_left_out: fakes.events.len() as u64 - fake_events,
        joint_pairs_source: before.event_pairs,
        joint_pairs_overlay: trace.event_pairs,
        host_precision_micros: clock.host_micros,
        fakes_precision_micros: clock.fakes_micros,
        trains_split: moved.split,
        parts: moved.parts,
        parts_outside_life: moved.outside_life,
        parts_off_hour: moved.off_hour,
        host_rows_skipped: host.skipped.values().sum(),
        fakes_rows_skipped: fakes.skipped.values().sum(),
        columns_dropped: host.unused_columns.clone(),
    };
    let host_accounts = host_names.len();
    let precision_micros = clock.host_micros;
    Ok(Mixed { host, rows, names, sources, host_accounts, trace, precision_micros, report })
}

/// The owner of each host target; of several, the first by name.
fn owners(host: &Log) -> Vec<u32> {
    let mut owners = vec![NONE; host.targets.all().len()];
    for event in host.events.iter().filter(|event| event.owner != NONE) {
        let owner = &mut owners[event.target as usize];
        if *owner == NONE || host.owners.name(event.owner) < host.owners.name(*owner) {
            *owner = event.owner;
        }
    }
    owners
}
