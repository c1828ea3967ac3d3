//! Running the signals over the partitions of a store.
//!
//! Counting goes over partitions on all cores, judging over what they add up to. Partial results are
//! always merged in order of partition, so the number of threads changes nothing.

pub mod stages;

use crate::store::{IngestError, Progress, Store};
use rayon::prelude::*;
use stages::Stages;
use std::collections::BTreeMap;
use touchstone_detect::attribute::Attribution;
use touchstone_detect::census::Census;
use touchstone_detect::findings::SignalRun;
use touchstone_detect::fuse::{self, Dossier};
use touchstone_detect::params::Params;
use touchstone_detect::partition::Partition;
use touchstone_detect::ring::group::groups;
use touchstone_detect::ring::merge::{self, Ring};
use touchstone_detect::ring::roster::Roster;
use touchstone_detect::schedule::{SCALES, Schedule};
use touchstone_detect::signals::burst::{self, BurstEvidence};
use touchstone_detect::signals::lockstep::judge::{self as lockstep, Testimony};
use touchstone_detect::signals::lockstep::pairs::{self, BUCKETS, Edge, PairNull, PairTotals};
use touchstone_detect::signals::lockstep::trials::{self, Habits, Trial, TrialContext};
use touchstone_detect::signals::lockstep::grow;
use touchstone_detect::signals::pool::{self, PoolEvidence, TargetGroups};
use touchstone_detect::survey::{Survey, Tempo, schedule};

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A partition could not be read back, or the run was cancelled.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A partition that the store made is none: a bug.
    #[error("internal error: {0}; please report it")]
    Partition(#[from] touchstone_detect::partition::NotAPartition),
    /// More accounts than a pair key can hold.
    #[error("the log has {0} accounts; pair counting holds at most {max}; split the log by region or time", max = 1u64 << 30)]
    TooManyAccounts(usize),
}

/// All that was found, by canonical id.
pub struct Outcome {
    /// Scales and folds; `None` without times.
    pub schedule: Option<Schedule>,
    /// Evidence by account; whoever is not listed has none.
    pub dossiers: BTreeMap<u32, Dossier>,
    /// The line of e-BH in bits.
    pub accusation_bits: f64,
    /// Rings, strongest first.
    pub rings: Vec<Ring>,
    /// Which endorsements are fake.
    pub attribution: Attribution,
    /// Ring of each account as a roster (position in `rings`).
    pub roster: Roster,
    /// Evidence on the bursts of targets, by target.
    pub bursts: BTreeMap<u32, BurstEvidence>,
    /// What ran.
    pub signals: Vec<SignalRun>,
    /// What limits the result.
    pub warnings: Vec<String>,
}

/// The census of a store.
#[must_use]
pub fn census(store: &Store) -> Census<'_> {
    Census {
        degree: store.degrees(),
        popularity: store.popularity(),
        first_ts: store.target_first_ts(),
        actor_first_ts: store.actor_first_ts(),
        owner: store.owners(),
        published: store.published(),
        timed: store.facts().timed,
    }
}

/// Runs `count` over every partition on all cores; results in order of partition.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn over_partitions<T: Send>(
    store: &Store,
    progress: &dyn Progress,
    count: impl Fn(usize, &Partition<'_>) -> T + Sync,
) -> Result<Vec<T>, RunError> {
    (0..store.partition_count())
        .into_par_iter()
        .map(|i| {
            if progress.cancelled() {
                return Err(RunError::Ingest(IngestError::Cancelled));
            }
            let batch = store.endorsements(i)?;
            let partition = Partition::try_from_batch(&batch)?;
            progress.advance(partition.len() as u64);
            Ok(count(i, &partition))
        })
        .collect()
}

/// Detects.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn detect(store: &Store, params: &Params, stages: &Stages<'_>, progress: &dyn Progress) -> Result<Outcome, RunError> {
    let census = census(store);
    let rows = store.facts().endorsements;
    if store.endorsers() > 1 << 30 {
        return Err(RunError::TooManyAccounts(store.endorsers()));
    }
    let mut signals = Vec::new();
    let mut warnings = Vec::new();

    let mut timed = None;
    if census.timed {
        let survey = stages.time("survey", rows, || {
            over_partitions(store, progress, |_, p| Survey::count(p, &census)).map(|all| {
                let mut sum = Survey::default();
                all.iter().for_each(|s| sum.merge(s));
                sum
            })
        })?;
        let (first, last) = (store.facts().first_ts.unwrap_or(0), store.facts().last_ts.unwrap_or(0));
        timed = Some((schedule(&survey, first, last, params.seed), Tempo::new(&survey)));
    }

    let mut rosters: [Roster; 2] = Default::default();
    let mut testimonies: [Vec<Testimony>; 2] = Default::default();
    let mut habits = Habits::default();
    match &timed {
        Some((schedule, tempo)) if schedule.usable.iter().any(|u| *u) => {
            let (edges, totals) = find_edges(store, &census, schedule, params, stages, progress)?;
            rosters = stages.time("rings", edges.len() as u64, || candidate_rings(&edges, &census, params));
            drop(edges);
            (testimonies, habits) = test_rings(store, &census, schedule, tempo, params, &mut rosters, stages, progress)?;
            signals.push(lockstep_ran(schedule, census.owner.is_some()));
            if totals.capped > 0 {
                warnings.push(format!(
                    "pair generation: {} of {rows} endorsements have more than {} others after them within the window; only \
                     the nearest were paired, so a ring that acts in crowds alone may be missed (raise \
                     detect.lockstep.neighbours_max)",
                    totals.capped, params.lockstep.neighbours_max
                ));
            }
        }
        Some((schedule, _)) => signals.push(not_run(
            "lockstep",
            format!(
                "the log spans {} at a resolution of {}; too short or too coarse to tell coincidence from coordination",
                touchstone_detect::explain::duration(schedule.last_ts - schedule.first_ts),
                touchstone_detect::explain::duration(schedule.resolution.max(1_000_000)),
            ),
        )),
        None => signals.push(not_run("lockstep", "the log has no times".into())),
    }

    let (pool_evidence, pool_note) = run_pool(store, &census, params, stages, progress)?;
    signals.push(SignalRun { signal: "pool".into(), ran: true, note: pool_note });

    let bursts = match &timed {
        Some((_, tempo)) => {
            signals.push(SignalRun { signal: "burst".into(), ran: true, note: burst_note(store) });
            run_burst(store, &census, tempo, params, stages, progress)?
        }
        None => {
            signals.push(not_run("burst", "the log has no times".into()));
            BTreeMap::new()
        }
    };

    let (dossiers, accusation_bits, rings) = stages.time("fuse", store.endorsers() as u64, || {
        let dossiers = fuse::fuse(testimonies, pool_evidence);
        let line = fuse::accusation_bits(&dossiers, store.endorsers(), params);
        let rings = merge::rings(&rosters, &dossiers, line, params.suspect_bits);
        (dossiers, line, rings)
    });
    let roster = merge::final_roster(&rings, census.degree.len());
    let trials = match &timed {
        Some((schedule, tempo)) if !rings.is_empty() => stages.time("attribute", rows, || {
            let context = TrialContext {
                census: &census,
                schedule,
                tempo,
                habits: &habits,
                roster: &roster,
                fold: None,
                own_scale_only: true,
                params: &params.lockstep,
            };
            over_partitions(store, progress, |_, p| trials::count(p, &context)).map(|t| t.concat())
        })?,
        _ => Vec::new(),
    };
    let attribution = Attribution::new(&rings, &dossiers, &trials);
    Ok(Outcome {
        schedule: timed.map(|t| t.0),
        dossiers,
        accusation_bits,
        rings,
        attribution,
        roster,
        bursts,
        signals,
        warnings,
    })
}

fn not_run(signal: &str, why: String) -> SignalRun {
    SignalRun { signal: signal.into(), ran: false, note: why }
}

fn lockstep_ran(schedule: &Schedule, owners: bool) -> SignalRun {
    let windows: Vec<String> = (0..SCALES)
        .filter(|s| schedule.usable[*s])
        .map(|s| touchstone_detect::explain::duration(schedule.scales[s].window))
        .collect();
    let owner = if owners {
        "owner (each counts once)"
    } else {
        "no owner column: fans of one author are told apart by their pace alone"
    };
    SignalRun {
        signal: "lockstep".into(),
        ran: true,
        note: format!("used actor, target, ts with windows of {}; {owner}", windows.join(", ")),
    }
}

fn burst_note(store: &Store) -> String {
    let mut used = vec!["actor, target, ts"];
    let mut missing = Vec::new();
    let mut check = |there: bool, name: &'static str| if there { used.push(name) } else { missing.push(name) };
    check(store.facts().views > 0, "views");
    check(store.owners().is_some(), "owner");
    check(store.published().is_some(), "published_at");
    if missing.is_empty() {
        format!("used {}", used.join(", "))
    } else {
        format!("used {}; {} would sharpen it", used.join(", "), missing.join(", "))
    }
}

fn find_edges(
    store: &Store,
    census: &Census<'_>,
    schedule: &Schedule,
    params: &Params,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<(Vec<Edge>, PairTotals), RunError> {
    let rows = store.facts().endorsements;
    let lockstep = &params.lockstep;
    let totals = stages.time("pair totals", rows, || {
        over_partitions(store, progress, |_, p| pairs::count_totals(p, census, schedule, lockstep)).map(|all| {
            let mut sum = PairTotals::default();
            all.iter().for_each(|t| sum.merge(t));
            sum
        })
    })?;
    let null = PairNull::new(totals.clone(), census, lockstep);
    let passes = totals.total().div_ceil(lockstep.keys_max.max(1) as u64).max(1);
    let mut edges = Vec::new();
    stages.time("pairs", totals.total(), || -> Result<(), RunError> {
        for pass in 0..passes {
            let keys = over_partitions(store, progress, |_, p| {
                pairs::count_keys(p, census, schedule, lockstep, (pass, passes))
            })?;
            let found: Vec<Vec<Edge>> = (0..BUCKETS)
                .into_par_iter()
                .map(|b| {
                    let chunks: Vec<&[u64]> = keys.iter().map(|k| k.buckets[b].as_slice()).collect();
                    null.judge(&chunks, census.degree)
                })
                .collect();
            edges.extend(found.into_iter().flatten());
        }
        Ok(())
    })?;
    edges.sort_unstable_by_key(|e| (e.fold, e.low, e.high));
    Ok((edges, totals))
}

fn candidate_rings(edges: &[Edge], census: &Census<'_>, params: &Params) -> [Roster; 2] {
    [0u8, 1].map(|fold| {
        let of_fold: Vec<&Edge> = edges.iter().filter(|e| e.fold == fold).collect();
        let weighted: Vec<(u32, u32, f64)> = of_fold.iter().map(|e| (e.low, e.high, e.weight)).collect();
        let members = groups(&weighted, params.lockstep.members_min);
        let roster = Roster::new(census.degree.len(), members, Vec::new());
        let mut votes = vec![[0u32; SCALES]; roster.members.len()];
        for e in of_fold {
            if let (Some(a), Some(b)) = (roster.of(e.low), roster.of(e.high)) {
                if a == b {
                    votes[a as usize][e.scale as usize] += 1;
                }
            }
        }
        let scale = votes
            .iter()
            .map(|v| (0..SCALES).max_by_key(|s| (v[*s], std::cmp::Reverse(*s))).unwrap_or(0) as u8)
            .collect();
        Roster { scale, ..roster }
    })
}

#[allow(clippy::too_many_arguments)] // one caller
fn test_rings(
    store: &Store,
    census: &Census<'_>,
    schedule: &Schedule,
    tempo: &Tempo,
    params: &Params,
    rosters: &mut [Roster; 2],
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<([Vec<Testimony>; 2], Habits), RunError> {
    if rosters.iter().all(|r| r.members.is_empty()) {
        return Ok(Default::default());
    }
    let rows = store.facts().endorsements;
    stages.time("grow", rows, || -> Result<(), RunError> {
        let hits = over_partitions(store, progress, |_, p| {
            [0, 1].map(|fold| grow::count(p, census, schedule, &rosters[fold], fold, &params.lockstep))
        })?;
        let mut sums: [grow::Hits; 2] = Default::default();
        for [a, b] in hits {
            sums[0].merge(a);
            sums[1].merge(b);
        }
        for fold in 0..2 {
            let joiners = grow::judge(&sums[fold], &rosters[fold]);
            rosters[fold].grow(&joiners);
        }
        Ok(())
    })?;
    let rosters = &*rosters;
    let habits = stages.time("habits", rows, || -> Result<Habits, RunError> {
        let parts = over_partitions(store, progress, |_, p| {
            Habits::count(p, census, |a| rosters.iter().any(|r| r.of(a).is_some()))
        })?;
        let mut sum = Habits::default();
        parts.into_iter().for_each(|h| sum.merge(h));
        Ok(sum)
    })?;
    let testimonies = stages.time("test", rows, || -> Result<_, RunError> {
        let parts: Vec<[Vec<Trial>; 2]> = over_partitions(store, progress, |_, p| {
            [0, 1].map(|direction| {
                let context = TrialContext {
                    census,
                    schedule,
                    tempo,
                    habits: &habits,
                    roster: &rosters[direction],
                    // Found in one fold, tested on the other.
                    fold: Some(1 - direction),
                    own_scale_only: false,
                    params: &params.lockstep,
                };
                trials::count(p, &context)
            })
        })?;
        let mut both: [Vec<Trial>; 2] = Default::default();
        for [a, b] in parts {
            both[0].extend(a);
            both[1].extend(b);
        }
        Ok(both.map(|t| lockstep::judge(t, census, schedule)))
    })?;
    Ok((testimonies, habits))
}

fn run_pool(
    store: &Store,
    census: &Census<'_>,
    params: &Params,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<(Vec<PoolEvidence>, String), RunError> {
    let rows = store.facts().endorsements;
    let rate = pool::sample_rate(rows, &params.pool);
    let evidence = stages.time("pool", rows, || -> Result<_, RunError> {
        let sample = over_partitions(store, progress, |_, p| {
            pool::count_sample(p, census, rate, params.seed, &params.pool)
        })?
        .concat();
        let found: Vec<TargetGroups> = [0, 1]
            .into_par_iter()
            .map(|fold| pool::judge_groups(&sample, fold, census, params.seed, &params.pool))
            .collect();
        let mut all = Vec::new();
        for (fold, groups) in found.iter().enumerate() {
            if groups.targets.is_empty() {
                continue;
            }
            let tally =
                over_partitions(store, progress, |_, p| pool::count_tally(p, census, groups, fold, params.seed))?.concat();
            all.extend(pool::judge(tally, fold, census, &params.pool));
        }
        Ok(all)
    })?;
    let note = if rate < 1.0 {
        format!(
            "used actor, target; target groups were looked for among a sample of {:.0} % of the accounts (detect.pool.keys_max)",
            rate * 100.0
        )
    } else {
        "used actor, target".into()
    };
    Ok((evidence, note))
}

fn run_burst(
    store: &Store,
    census: &Census<'_>,
    tempo: &Tempo,
    params: &Params,
    stages: &Stages<'_>,
    progress: &dyn Progress,
) -> Result<BTreeMap<u32, BurstEvidence>, RunError> {
    stages.time("burst", store.facts().endorsements, || {
        let parts: Vec<Result<_, RunError>> = over_partitions(store, progress, |i, p| {
            let views = store.views(i)?;
            let seen = views.as_ref().map(Partition::try_from_batch).transpose()?;
            Ok(burst::count(p, seen.as_ref(), census, tempo, &params.burst))
        })?;
        let peaks = parts.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
        let judged = burst::judge(&peaks, census, &params.burst, params.fdr);
        Ok(judged.into_iter().map(|b| (b.peak.target, b)).collect())
    })
}
