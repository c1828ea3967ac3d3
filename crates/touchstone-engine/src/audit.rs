//! The self-test: detection on the log and on copies of it in which nobody coordinates.
//!
//! What a copy is, is decided in [`touchstone_detect::audit`]; here rows are moved. One copy is held at a time, in the scratch
//! folder where the log itself had to go there.

use crate::run::stages::Stages;
use crate::run::{Local, RunError, Source, census, detect, detect_in};
use crate::store::{Held, IngestError, Progress, Store};
use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use touchstone_detect::audit::disturb::{self, Recipe};
use touchstone_detect::audit::gather::{self, Endorsements, Part};
use touchstone_detect::audit::report::{self, Audit, Chance, Copy, Kept, Said};
use touchstone_detect::audit::swap::{self, Communities};
use touchstone_detect::census::Census;
use touchstone_detect::hash::mix64;
use touchstone_detect::labels::Labels;
use touchstone_detect::likes::{self, Likes};
use touchstone_detect::params::Params;
use touchstone_detect::partition::{NO_TIME, Partition};
use touchstone_detect::pipeline::{Engine, Log};

/// What an audit needs to know.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    /// How many copies.
    pub copies: u32,
    /// Of the copies.
    pub seed: u64,
    /// An existing folder for copies that do not fit into memory.
    pub scratch: PathBuf,
}

/// Runs it. `title` and `version` are left for the caller.
///
/// # Errors
/// If a partition cannot be read or written, or the run was cancelled.
pub fn audit(
    store: &Store,
    params: &Params,
    options: &AuditOptions,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<Audit, RunError> {
    let outcome = detect(store, params, stages, progress)?;
    let log = Said::of(&outcome, params);
    let schedule = outcome.schedule.clone();
    drop(outcome);
    let census = census(store);
    let rows = census.endorsements();
    let (all, communities) = stages.time("gather", rows, || -> Result<_, RunError> {
        let local = Local { source: store, stages, progress };
        let parts = local.count(likes::count)?;
        let communities = Communities::new(&Likes::new(&parts, &census), &census, params);
        drop(parts);
        let parts: Vec<Part> =
            (0..store.partition_count()).into_par_iter().map(|i| part(store, i)).collect::<Result<_, RunError>>()?;
        Ok((Endorsements::new(parts, store.facts().views > 0), communities))
    })?;
    let jitter = 2 * schedule.as_ref().map_or(0, |s| s.window_max());
    let resolution = schedule.as_ref().map_or(1, |s| s.resolution);
    let mut kept: Vec<Kept> = report::shares(&all, &census, |i| (all.account[i], all.ts[i], i))
        .into_iter()
        .map(|(what, share)| Kept { what: what.into(), log: rounded(share), copies: 0.0 })
        .collect();

    // One step a stage of each copy.
    let steps = stages.done().len() as u64;
    progress.stage("copies", Some(steps * u64::from(options.copies)));
    let quiet = Steps(progress);
    let mut copies = Vec::new();
    for k in 0..options.copies {
        let seed = mix64(options.seed ^ mix64(u64::from(k) + 1));
        let donor = swap::plan(&all, &census, &communities, seed);
        let recipe = Recipe { all: &all, donor: &donor, jitter, resolution, seed };
        let copy = Disturbed::new(store, &recipe, &census, &options.scratch, progress)?;
        let own = Stages::new(&quiet);
        let outcome = detect_in(&copy, &copy.log(&census, store), &Labels::default(), params, &own, &quiet)?;
        let moved = donor.iter().enumerate().filter(|(i, d)| all.account[*i] != all.account[**d as usize]).count();
        let moved = rounded(moved as f64 / all.len().max(1) as f64);
        copies.push(Copy { seed, said: Said::of(&outcome, params), moved });
        let shares = report::shares(&all, &census, |i| {
            let from = donor[i] as usize;
            (all.account[from], recipe.time(i, &census), from)
        });
        for (kept, (_, share)) in kept.iter_mut().zip(shares) {
            kept.copies += share / f64::from(options.copies);
        }
    }
    kept.iter_mut().for_each(|k| k.copies = rounded(k.copies));
    let accused: Vec<u64> = copies.iter().map(|c| c.said.accused).collect();
    let mut audit = Audit {
        fdr: params.fdr,
        endorsements: rows,
        accounts: census.endorsers() as u64,
        chance: Chance::of(&accused, log.accused, params.fdr),
        log,
        copies,
        jitter_seconds: jitter as f64 / 1e6,
        communities: communities.count() as u64,
        kept,
        ..Audit::default()
    };
    audit.put_into_words(census.owner.is_some());
    Ok(audit)
}

fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

fn part(store: &Store, i: usize) -> Result<Part, RunError> {
    let batch = store.endorsements(i)?;
    let partition = Partition::try_from_batch(&batch)?;
    let views = store.views(i)?;
    let looks = views.as_ref().map(Partition::try_from_batch).transpose()?;
    Ok(gather::count((&batch, &partition), views.as_ref().zip(looks.as_ref())))
}

/// One partition of a copy, with the first times of its targets and accounts.
struct Made {
    endorsements: Held,
    views: Option<Held>,
    targets: Vec<(u32, i64)>,
    actors: Vec<(u32, i64)>,
}

/// A copy of a store's partitions.
struct Disturbed {
    endorsements: Vec<Held>,
    views: Option<Vec<Held>>,
    first_ts: Vec<i64>,
    actor_first_ts: Vec<i64>,
    span: (i64, i64),
}

impl Disturbed {
    fn new(
        store: &Store,
        recipe: &Recipe<'_>,
        census: &Census<'_>,
        scratch: &Path,
        progress: &dyn Progress,
    ) -> Result<Self, RunError> {
        let spilled = store.facts().spilled;
        let place = |name: &str, i: usize| spilled.then(|| scratch.join(format!("copy-{name}-{i}.arrow")));
        let parts: Vec<Made> = (0..store.partition_count())
            .into_par_iter()
            .map(|i| -> Result<_, RunError> {
                if progress.cancelled() {
                    return Err(IngestError::Cancelled.into());
                }
                let batch = disturb::endorsements(recipe, i, census).map_err(not_made)?;
                let partition = Partition::try_from_batch(&batch)?;
                let targets = partition.targets().map(|r| (partition.target[r.start], partition.ts[r.start])).collect();
                let mut actors: Vec<(u32, i64)> =
                    partition.actor.iter().copied().zip(partition.ts.iter().copied()).collect();
                actors.sort_unstable();
                actors.dedup_by_key(|a| a.0);
                let views = match store.views(i)? {
                    None => None,
                    Some(original) => {
                        let looks = Partition::try_from_batch(&original)?;
                        let made = disturb::views(recipe, i, census, (&original, &looks)).map_err(not_made)?;
                        Some(Held::keep(made, place("views", i))?)
                    }
                };
                let endorsements = Held::keep(batch, place("endorsements", i))?;
                Ok(Made { endorsements, views, targets, actors })
            })
            .collect::<Result<_, RunError>>()?;
        let mut copy = Self {
            endorsements: Vec::new(),
            views: (store.facts().views > 0).then(Vec::new),
            first_ts: vec![NO_TIME; census.first_ts.len()],
            actor_first_ts: vec![NO_TIME; census.actor_first_ts.len()],
            span: (i64::MAX, i64::MIN),
        };
        for Made { endorsements, views, targets, actors } in parts {
            copy.endorsements.push(endorsements);
            if let (Some(all), Some(views)) = (&mut copy.views, views) {
                all.push(views);
            }
            for (target, ts) in targets {
                copy.first_ts[target as usize] = ts;
                copy.span.0 = copy.span.0.min(ts);
            }
            for (actor, ts) in actors {
                let first = &mut copy.actor_first_ts[actor as usize];
                *first = if *first == NO_TIME { ts } else { ts.min(*first) };
            }
        }
        let last = recipe.all.ts.iter().copied().max().unwrap_or(0);
        copy.span = (copy.span.0.min(last), last.saturating_add(recipe.jitter));
        Ok(copy)
    }

    fn log<'a>(&'a self, census: &Census<'a>, store: &Store) -> Log<'a> {
        let census = Census { first_ts: &self.first_ts, actor_first_ts: &self.actor_first_ts, ..*census };
        Log { census, first_ts: self.span.0, last_ts: self.span.1, has_views: store.facts().views > 0 }
    }
}

fn not_made(error: ArrowError) -> RunError {
    IngestError::scratch(Path::new("copy"), std::io::Error::other(error.to_string())).into()
}

impl Source for Disturbed {
    fn partitions(&self) -> usize {
        self.endorsements.len()
    }

    fn endorsements(&self, i: usize) -> Result<RecordBatch, IngestError> {
        self.endorsements[i].batch()
    }

    fn views(&self, i: usize) -> Result<Option<RecordBatch>, IngestError> {
        self.views.as_ref().map(|views| views[i].batch()).transpose()
    }
}

/// Progress by stages, of however many rows.
struct Steps<'a>(&'a dyn Progress);

impl Progress for Steps<'_> {
    fn stage(&self, _: &'static str, _: Option<u64>) {
        self.0.advance(1);
    }

    fn advance(&self, _: u64) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}
