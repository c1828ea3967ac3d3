//! From a scenario to files.
//!
//! Time is cut into slices. In each, every account lives its part on any thread, the rows are
//! sorted by arrival and handed to a writer that works beside; rows that arrive after the slice's end wait
//! for the next. So memory holds the world (people, contents, plans) and a few slices of rows,
//! however many events there are.

pub(crate) mod table;
mod write;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;
use serde::Serialize;

use crate::files::Staged;
use crate::life::crowd::Crowd;
use crate::life::errand::Errand;
use crate::life::feed::Feed;
use crate::life::row::Row;
use crate::life::session::{Slice, State, live};
use crate::random::mix;
use crate::scenario::{Scenario, ScenarioError};
use crate::truth::{self, Truth};
use crate::world::{HOUR, World};
use write::EventWriter;

/// Accounts that one thread lives in a row.
const SHARD: usize = 512;
/// Accounts up to which a slice has six hours; beyond, one: rows of a slice stay bounded.
const ACCOUNTS_OF_LONG_SLICES: usize = 400_000;

/// What to simulate, and where to put it.
#[derive(Debug, Clone)]
pub struct SimulateOptions {
    /// The world.
    pub scenario: Scenario,
    /// Names the draw: the same seed gives the same bytes.
    pub seed: u64,
    /// Folder for the files.
    pub out: PathBuf,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulateReport {
    /// Rows of events.parquet, second copies among them.
    pub events: u64,
    /// Likes, fake or not; of a row that was sent twice, one.
    pub likes: u64,
    /// Likes that nobody meant.
    pub fake_likes: u64,
    /// Accounts of people and services.
    pub accounts: u64,
    /// Accounts that placed at least one fake like.
    pub fake_accounts: u64,
    /// Contents.
    pub contents: u64,
    /// Groups of those who fake.
    pub rings: u64,
    /// Groups that look like rings.
    pub look_alikes: u64,
}

/// Why nothing came out.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The scenario makes no sense.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The files can't be written.
    #[error("{path}: cannot be written", path = path.display())]
    Write {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Invents a world and writes its log, with the truth beside it.
///
/// Files in the folder: events, accounts and contents as a platform has them; truth_events
/// (event_id, fake, attack, ring, reason; each event once, however often its row was sent), truth_accounts, truth_rings, truth_ring_members,
/// truth_targets and truth_look_alikes; simulate.json with the scenario, the seed and the report.
///
/// # Errors
/// The scenario is out of range or the folder can't be written; nothing half-written stays.
pub fn simulate(options: &SimulateOptions) -> Result<SimulateReport, SimulateError> {
    options.scenario.check()?;
    let world = World::new(&options.scenario, options.seed);
    run(&world, options).map_err(|source| SimulateError::Write { path: options.out.clone(), source })
}

fn run(world: &World, options: &SimulateOptions) -> io::Result<SimulateReport> {
    let mut staged = Staged::new(&options.out)?;
    let writer = EventWriter::create(world, staged.create("events.parquet")?, staged.create("truth_events.parquet")?)?;
    let truth = std::thread::scope(|scope| {
        // One slice waits while another is written.
        let (sender, receiver) = sync_channel::<Vec<Row>>(1);
        let writing = scope.spawn(move || {
            let (mut writer, mut truth) = (writer, Truth::new(world));
            for rows in receiver {
                rows.iter().for_each(|row| truth.count(row));
                writer.write(&rows)?;
            }
            writer.finish().map(|()| truth)
        });
        slices(world, |rows| sender.send(rows).is_ok());
        drop(sender);
        writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    truth::write(&mut staged, world, &truth)?;
    let report = SimulateReport {
        events: truth.events,
        likes: truth.likes,
        fake_likes: truth.fake_likes,
        accounts: world.people.len() as u64,
        fake_accounts: truth.accounts.iter().filter(|account| account.fake > 0).count() as u64,
        contents: world.catalogue.contents.len() as u64,
        rings: world.rings.len() as u64,
        look_alikes: world.groups.len() as u64,
    };
    let all = serde_json::json!({ "seed": options.seed, "report": report, "scenario": options.scenario });
    serde_json::to_writer_pretty(staged.create("simulate.json")?, &all)?;
    staged.publish()?;
    Ok(report)
}

/// Lives all slices in the order of time; `give` takes the rows of each and says whether to go on.
fn slices(world: &World, mut give: impl FnMut(Vec<Row>) -> bool) {
    let hours = if world.people.len() <= ACCOUNTS_OF_LONG_SLICES { 6 } else { 1 };
    let length = hours * HOUR;
    let mut errands = world.errands.clone();
    errands.par_sort_unstable_by_key(|errand| (i64::from(errand.at) / length, *errand));
    let mut states = vec![State::default(); world.people.len()];
    let mut crowd = Crowd::new(world);
    let mut carried: Vec<Row> = Vec::new();
    let mut errands = errands.as_slice();
    for number in 0..(world.end + length - 1) / length {
        let (from, to) = (number * length, ((number + 1) * length).min(world.end));
        let feed = Feed::new(world, from, to);
        crowd.weigh(&feed);
        let slice = Slice { number: number as u64, from, to, feed, crowd: &crowd };
        let (now, later) = errands.split_at(errands.partition_point(|errand| i64::from(errand.at) / length <= number));
        errands = later;
        let shards: Vec<Vec<Row>> = states
            .par_chunks_mut(SHARD)
            .enumerate()
            .map(|(shard, states)| live_shard(world, &slice, shard * SHARD, states, now))
            .collect();
        let mut rows = std::mem::take(&mut carried);
        rows.reserve(shards.iter().map(Vec::len).sum());
        shards.into_iter().for_each(|shard| rows.extend(shard));
        sort(&mut rows);
        carried = rows.split_off(rows.partition_point(|row| row.arrived_ms() < to * 1000));
        crowd.see(&rows);
        if !give(rows) {
            return;
        }
    }
    // The log waits for late rows of its days.
    carried.retain(|row| row.at_ms < world.end * 1000);
    give(carried);
}

/// By arrival alone; the rest only makes the order the same on any number of threads.
fn sort(rows: &mut [Row]) {
    rows.par_sort_unstable_by(|one, other| {
        let tie = |row: &Row| (mix(row.serial()), row.retry);
        one.arrived_ms().cmp(&other.arrived_ms()).then_with(|| tie(one).cmp(&tie(other)))
    });
}

fn live_shard(world: &World, slice: &Slice<'_>, first: usize, states: &mut [State], errands: &[Errand]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut planned = Vec::new();
    let mut rest = &errands[errands.partition_point(|errand| (errand.account as usize) < first)..];
    for (place, state) in states.iter_mut().enumerate() {
        let account = (first + place) as u32;
        let (own, others) = rest.split_at(rest.partition_point(|errand| errand.account <= account));
        rest = others;
        live(world, slice, account, own, state, &mut planned, &mut rows);
    }
    rows
}
