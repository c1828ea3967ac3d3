//! The whole of detection, from counts to verdicts, over any engine that can bring partitions.
//!
//! Counting goes over partitions, judging over what they add up to. Partial results are merged in
//! order of partition, so neither the number of threads nor of machines changes anything.

use crate::attribute::Attribution;
use crate::census::Census;
use crate::cohort::run::{self as cohort, Cohorts};
use crate::explain;
use crate::findings::SignalRun;
use crate::fuse::{self, Dossier};
use crate::labels::{Conflict, Labels};
use crate::params::{Params, Signal};
use crate::partition::Partition;
use crate::ring::group::groups;
use crate::ring::merge::{self, Ring};
use crate::ring::roster::Roster;
use crate::schedule::{SCALES, Schedule};
use crate::signals::burst::{self, BurstEvidence};
use crate::signals::lockstep::grow;
use crate::signals::lockstep::judge::{self as lockstep, Testimony};
use crate::signals::lockstep::pairs::{self, BUCKETS, Edge, PairKeys, PairNull, PairTotals};
use crate::signals::lockstep::trials::{self, Habits, Trial, TrialContext};
use crate::signals::pool::PoolEvidence;
use crate::signals::pool::lists::{self, ListTally};
use crate::signals::pool::targets::{self as pool, TargetGroups};
use crate::survey::{Survey, Tempo, schedule};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Who moves the rows: brings every partition to a count, and tells the time.
pub trait Engine {
    /// Why a partition cannot be had.
    type Error: Send;

    /// Runs `count` over every partition (endorsements, and views of the same targets where there are
    /// any); results in order of partition.
    ///
    /// # Errors
    /// If a partition cannot be had, or the run was cancelled.
    fn count<T: Send>(
        &self,
        count: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T + Sync,
    ) -> Result<Vec<T>, Self::Error>;

    /// Runs one stage that goes over `rows` rows; a place to measure.
    fn stage<T>(&self, name: &'static str, rows: u64, work: impl FnOnce() -> T) -> T;
}

/// What detection is told of a log besides its partitions.
#[derive(Clone, Copy, Debug)]
pub struct Log<'a> {
    /// Numbers an account or target.
    pub census: Census<'a>,
    /// First endorsement, microseconds since 1970 UTC.
    pub first_ts: i64,
    /// Last endorsement.
    pub last_ts: i64,
    /// Whether there are views.
    pub has_views: bool,
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
    /// Reviews that strong evidence contradicts, by account.
    pub conflicts: Vec<Conflict>,
    /// Ring of each account as a roster (position in `rings`).
    pub roster: Roster,
    /// Rings that were found without time and proven by their marks.
    pub cohorts: Cohorts,
    /// Evidence on the bursts of targets, by target.
    pub bursts: BTreeMap<u32, BurstEvidence>,
    /// What ran.
    pub signals: Vec<SignalRun>,
    /// What limits the result.
    pub warnings: Vec<String>,
}

/// Detects.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn detect<E: Engine>(engine: &E, log: &Log<'_>, params: &Params) -> Result<Outcome, E::Error> {
    detect_reviewed(engine, log, &Labels::default(), params)
}

/// Detects, with what reviewers said; see [`crate::labels`].
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn detect_reviewed<E: Engine>(
    engine: &E,
    log: &Log<'_>,
    labels: &Labels,
    params: &Params,
) -> Result<Outcome, E::Error> {
    let census = &log.census;
    let rows = census.endorsements();
    let mut signals = Vec::new();
    let mut warnings = Vec::new();

    let mut timed = None;
    if census.timed {
        let survey = engine.stage("survey", rows, || {
            engine.count(|p, _| Survey::count(p, census)).map(|all| {
                let mut sum = Survey::default();
                all.iter().for_each(|s| sum.merge(s));
                sum
            })
        })?;
        let plan = schedule(&survey, log.first_ts, log.last_ts, params.seed);
        if plan.last_ts - plan.first_ts < (log.last_ts - log.first_ts) / 2 {
            warnings.push(format!(
                "Times far outside: nearly all endorsements lie within {}, a few make the log {} long; folds and scales \
                 follow the former (check the clocks of the rest)",
                explain::duration(plan.last_ts - plan.first_ts),
                explain::duration(log.last_ts - log.first_ts)
            ));
        }
        timed = Some((plan, Tempo::new(&survey)));
    }

    let mut rosters: [Roster; 2] = Default::default();
    let mut tested = Tested::default();
    match &timed {
        _ if !params.runs(Signal::Lockstep) => signals.push(switched_off(Signal::Lockstep)),
        Some((schedule, tempo)) if schedule.usable.iter().any(|u| *u) => {
            let (edges, totals) = find_edges(engine, census, schedule, params)?;
            rosters = engine
                .stage("rings", edges.len() as u64, || candidate_rings(&edges, census, params.lockstep.members_min));
            drop(edges);
            tested = test_rings(engine, census, schedule, tempo, params, &mut rosters)?;
            signals.push(lockstep_ran(schedule, census.owner.is_some()));
            if totals.capped > 0 {
                warnings.push(format!(
                    "Pairs were capped: {} of {} endorsements have more than {} others after them within the window; only \
                     the nearest were paired, so a ring that acts in crowds alone may be missed (raise \
                     detect.lockstep.neighbours_max)",
                    explain::count(totals.capped),
                    explain::count(rows),
                    params.lockstep.neighbours_max
                ));
            }
        }
        Some((schedule, _)) => signals.push(not_run(
            Signal::Lockstep,
            &[],
            format!(
                "the log spans {} at a resolution of {}; too short or too coarse to tell coincidence from coordination",
                explain::duration(schedule.last_ts - schedule.first_ts),
                explain::duration(schedule.resolution.max(1_000_000)),
            ),
        )),
        None => signals.push(not_run(Signal::Lockstep, &["ts"], "the log has no times".into())),
    }

    let mut pool = (Vec::new(), Default::default(), Default::default());
    if params.runs(Signal::Pool) {
        let (by_targets, targets_note) = run_pool(engine, census, params)?;
        let (by_lists, rosters, lists_note) = run_lists(engine, census, params)?;
        pool = (by_targets, by_lists, rosters);
        let wanted = wanted(&[("owner", census.owner.is_some())]);
        signals.push(ran(Signal::Pool, format!("{targets_note}; {lists_note}"), wanted));
    } else {
        signals.push(switched_off(Signal::Pool));
    }
    let (pool_evidence, list_evidence, list_rosters) = pool;

    let bursts = match &timed {
        _ if !params.runs(Signal::Burst) => {
            signals.push(switched_off(Signal::Burst));
            BTreeMap::new()
        }
        Some((_, tempo)) => {
            signals.push(burst_ran(log));
            run_burst(engine, census, tempo, params)?
        }
        None => {
            signals.push(not_run(Signal::Burst, &["ts"], "the log has no times".into()));
            BTreeMap::new()
        }
    };

    let cohorts = if params.looks_for_groups() {
        cohort::run(engine, census, timed.as_ref().map(|t| (&t.0, &t.1)), params)?
    } else {
        Cohorts::default()
    };
    signals.extend(marks_ran(&cohorts, log, params));

    let (mut dossiers, accusation_bits, mut rings) = engine.stage("fuse", census.endorsers() as u64, || {
        let dossiers =
            fuse::fuse(tested.testimonies, pool_evidence, list_evidence, &cohorts.accounts, cohorts.has_devices);
        let line = fuse::accusation_bits(&dossiers, census.endorsers(), params);
        let rings = merge::rings(&rosters, &tested.ring_ln_e, &list_rosters, &dossiers, line, params, &cohorts);
        (dossiers, line, rings)
    });
    // The log alone draws the line and finds the rings, so that reviews of some change nothing for others.
    let conflicts = fuse::review(&mut dossiers, &labels.accounts, params);
    for ring in &mut rings {
        ring.accused =
            ring.members.iter().filter(|a| dossiers.get(a).is_some_and(|d| d.accused(accusation_bits))).count();
    }
    let roster = merge::final_roster(&rings, census.degree.len());
    let trials = match &timed {
        Some((schedule, tempo)) if !rings.is_empty() => engine.stage("attribute", rows, || {
            let context = TrialContext {
                census,
                schedule,
                tempo,
                habits: &tested.habits,
                roster: &roster,
                fold: None,
                own_scale_only: true,
                params: &params.lockstep,
            };
            engine.count(|p, _| trials::count(p, &context)).map(|t| t.concat())
        })?,
        _ => Vec::new(),
    };
    let mut attribution = Attribution::new(&rings, &dossiers, &trials, accusation_bits, &cohorts);
    attribution.review(labels, params);
    Ok(Outcome {
        schedule: timed.map(|t| t.0),
        dossiers,
        accusation_bits,
        rings,
        attribution,
        conflicts,
        roster,
        cohorts,
        bursts,
        signals,
        warnings,
    })
}

/// Whether the signals that give marks ran, and what they lacked.
fn marks_ran(cohorts: &Cohorts, log: &Log<'_>, params: &Params) -> Vec<SignalRun> {
    let census = &log.census;
    let (groups, rings) = (cohorts.groups, cohorts.rings.len());
    let of = |signal: Signal, missing: &[&str], used: &str, wanted: Vec<String>| {
        if !params.runs(signal) {
            return switched_off(signal);
        }
        if !missing.is_empty() {
            return not_run(signal, missing, format!("the log has no {}", missing.join(" or ")));
        }
        let note = format!("used {used}; looked at {groups} groups, of which {rings} are rings by at least two marks");
        ran(signal, note, wanted)
    };
    let lacks = |there: bool, names: &'static [&'static str]| if there { &[][..] } else { names };
    vec![
        of(
            Signal::Exchange,
            lacks(census.owner.is_some(), &["owner"]),
            "owner, ts, views where there are any",
            wanted(&[("ts", census.timed), ("views", log.has_views), ("published_at", census.published.is_some())]),
        ),
        of(Signal::Infrastructure, lacks(cohorts.has_networks, &["ip", "device"]), "ip, device", Vec::new()),
        match log.has_views {
            true => of(Signal::Path, &[], "views, ts", Vec::new()),
            false => of(
                Signal::Path,
                lacks(census.timed, &["views", "ts"]),
                "ts (gaps as even as a clock's)",
                vec!["views".into()],
            ),
        },
    ]
}

fn ran(signal: Signal, note: String, wanted: Vec<String>) -> SignalRun {
    SignalRun { signal: signal.as_str().into(), ran: true, note, missing: Vec::new(), wanted }
}

fn not_run(signal: Signal, missing: &[&str], why: String) -> SignalRun {
    let missing = missing.iter().map(|m| (*m).to_string()).collect();
    SignalRun { signal: signal.as_str().into(), ran: false, note: why, missing, wanted: Vec::new() }
}

fn switched_off(signal: Signal) -> SignalRun {
    not_run(signal, &[], "switched off (--without, detect.signals)".into())
}

/// The columns that are not there.
fn wanted(columns: &[(&str, bool)]) -> Vec<String> {
    columns.iter().filter(|c| !c.1).map(|c| c.0.to_string()).collect()
}

fn lockstep_ran(schedule: &Schedule, owners: bool) -> SignalRun {
    let windows: Vec<String> =
        (0..SCALES).filter(|s| schedule.usable[*s]).map(|s| explain::duration(schedule.scales[s].window)).collect();
    let owner = if owners {
        "owner (each counts once)"
    } else {
        "no owner column: fans of one author are told apart by their pace alone"
    };
    let note = format!("used actor, target, ts with windows of {}; {owner}", windows.join(", "));
    ran(Signal::Lockstep, note, wanted(&[("owner", owners)]))
}

fn burst_ran(log: &Log<'_>) -> SignalRun {
    let columns = [
        ("views", log.has_views),
        ("owner", log.census.owner.is_some()),
        ("published_at", log.census.published.is_some()),
    ];
    let used: Vec<&str> =
        ["actor, target, ts"].into_iter().chain(columns.iter().filter(|c| c.1).map(|c| c.0)).collect();
    let wanted = wanted(&columns);
    let note = if wanted.is_empty() {
        format!("used {}", used.join(", "))
    } else {
        format!("used {}; {} would sharpen it", used.join(", "), wanted.join(", "))
    };
    ran(Signal::Burst, note, wanted)
}

fn find_edges<E: Engine>(
    engine: &E,
    census: &Census<'_>,
    schedule: &Schedule,
    params: &Params,
) -> Result<(Vec<Edge>, PairTotals), E::Error> {
    let rows = census.endorsements();
    let lockstep = &params.lockstep;
    let totals = engine.stage("pair totals", rows, || {
        engine.count(|p, _| pairs::count_totals(p, census, schedule, lockstep)).map(|all| {
            let mut sum = PairTotals::default();
            all.iter().for_each(|t| sum.merge(t));
            sum
        })
    })?;
    let null = PairNull::new(
        totals.clone(),
        census,
        lockstep.degree_min,
        lockstep.joint_min,
        lockstep.stray_edges_per_account,
    );
    let passes = totals.total().div_ceil(lockstep.keys_max.max(1) as u64).max(1);
    let mut edges = Vec::new();
    engine.stage("pairs", totals.total(), || -> Result<(), E::Error> {
        for pass in 0..passes {
            let share = totals.total() as f64 / rows.max(1) as f64 / passes as f64;
            let keys = engine.count(|p, _| {
                let expected = (p.len() as f64 * share) as u64;
                pairs::count_keys(p, census, schedule, lockstep, (pass, passes), expected)
            })?;
            edges.extend(judge_pairs(&keys, &null, census));
        }
        Ok(())
    })?;
    edges.sort_unstable_by_key(|e| (e.fold, e.low, e.high));
    Ok((edges, totals))
}

/// Judges all buckets on all cores.
fn judge_pairs(keys: &[PairKeys], null: &PairNull, census: &Census<'_>) -> Vec<Edge> {
    let found: Vec<Vec<Edge>> = (0..BUCKETS)
        .into_par_iter()
        .map(|b| {
            let chunks: Vec<&[u64]> = keys.iter().map(|k| k.buckets[b].as_slice()).collect();
            null.judge(&chunks, census.degree)
        })
        .collect();
    found.concat()
}

fn candidate_rings(edges: &[Edge], census: &Census<'_>, members_min: usize) -> [Roster; 2] {
    [0u8, 1].map(|fold| {
        let of_fold: Vec<&Edge> = edges.iter().filter(|e| e.fold == fold).collect();
        let weighted: Vec<(u32, u32, f64)> = of_fold.iter().map(|e| (e.low, e.high, e.weight)).collect();
        let members = groups(&weighted, members_min);
        let roster = Roster::new(census.degree.len(), members, Vec::new());
        let mut votes = vec![[0u32; SCALES]; roster.members.len()];
        for e in of_fold {
            if let (Some(a), Some(b)) = (roster.of(e.low), roster.of(e.high))
                && a == b
            {
                votes[a as usize][e.scale as usize] += 1;
            }
        }
        let scale = votes
            .iter()
            .map(|v| (0..SCALES).max_by_key(|s| (v[*s], std::cmp::Reverse(*s))).unwrap_or(0) as u8)
            .collect();
        Roster { scale, ..roster }
    })
}

/// What the test of candidate rings leaves behind; by direction of the cross-fit.
#[derive(Default)]
struct Tested {
    testimonies: [Vec<Testimony>; 2],
    ring_ln_e: [Vec<f64>; 2],
    habits: Habits,
}

fn test_rings<E: Engine>(
    engine: &E,
    census: &Census<'_>,
    schedule: &Schedule,
    tempo: &Tempo,
    params: &Params,
    rosters: &mut [Roster; 2],
) -> Result<Tested, E::Error> {
    if rosters.iter().all(|r| r.members.is_empty()) {
        return Ok(Tested::default());
    }
    let rows = census.endorsements();
    engine.stage("grow", rows, || -> Result<(), E::Error> {
        let hits = engine.count(|p, _| {
            [0, 1].map(|fold| grow::count(p, census, schedule, &rosters[fold], fold, &params.lockstep))
        })?;
        let mut sums: [grow::Hits; 2] = Default::default();
        for [a, b] in hits {
            sums[0].merge(a);
            sums[1].merge(b);
        }
        for fold in 0..2 {
            let growth = grow::judge(&sums[fold], &rosters[fold]);
            rosters[fold].grow(&growth.joiners, &growth.mergers);
        }
        Ok(())
    })?;
    let rosters = &*rosters;
    let habits = engine.stage("habits", rows, || -> Result<Habits, E::Error> {
        let actions = engine.count(|p, _| Habits::count(p, census, |a| rosters.iter().any(|r| r.of(a).is_some())))?;
        Ok(Habits::new(actions.concat(), census))
    })?;
    let (testimonies, ring_ln_e) = engine.stage("test", rows, || -> Result<_, E::Error> {
        let parts: Vec<[Vec<Trial>; 2]> = engine.count(|p, _| {
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
        let judge = |mut trials: Vec<Trial>, direction: usize| {
            let rings = rosters[direction].members.len();
            let ring_ln_e = lockstep::judge_rings(&trials, rings, census, schedule);
            (lockstep::judge(&mut trials, census, schedule), ring_ln_e)
        };
        let [a, b] = both;
        let (a, b) = rayon::join(|| judge(a, 0), || judge(b, 1));
        Ok(([a.0, b.0], [a.1, b.1]))
    })?;
    Ok(Tested { testimonies, ring_ln_e, habits })
}

fn run_pool<E: Engine>(
    engine: &E,
    census: &Census<'_>,
    params: &Params,
) -> Result<(Vec<PoolEvidence>, String), E::Error> {
    let rows = census.endorsements();
    let rate = pool::sample_rate(rows, &params.pool);
    let evidence = engine.stage("pool", rows, || -> Result<_, E::Error> {
        let sample = engine.count(|p, _| pool::count_sample(p, census, rate, params.seed, &params.pool))?.concat();
        let found: Vec<TargetGroups> = [0, 1]
            .into_par_iter()
            .map(|fold| pool::judge_groups(&sample, fold, census, params.seed, &params.pool))
            .collect();
        let mut all = Vec::new();
        for (fold, groups) in found.iter().enumerate() {
            if groups.targets.is_empty() {
                continue;
            }
            let tally = engine.count(|p, _| pool::count_tally(p, census, groups, fold, params.seed))?.concat();
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

/// Evidence of both directions, the groups it is about, and a note on the cap.
type Lists = ([Vec<PoolEvidence>; 2], [Roster; 2], String);

fn run_lists<E: Engine>(engine: &E, census: &Census<'_>, params: &Params) -> Result<Lists, E::Error> {
    let pool = &params.pool;
    let most = lists::popularity_max(census, pool);
    engine.stage("lists", census.endorsements(), || {
        let parts = engine.count(|p, _| lists::count_pairs(p, census, most, params.seed, pool))?;
        let mut totals = PairTotals::default();
        let mut keys = Vec::new();
        for (k, t) in parts {
            totals.merge(&t);
            keys.push(k);
        }
        let null = PairNull::new(totals, census, pool.degree_min, pool.shared_min, pool.stray_edges_per_account);
        let mut edges = judge_pairs(&keys, &null, census);
        drop(keys);
        edges.sort_unstable_by_key(|e| (e.fold, e.low, e.high));
        let rosters = candidate_rings(&edges, census, params.lockstep.members_min);
        let mut evidence: [Vec<PoolEvidence>; 2] = Default::default();
        for direction in 0..2 {
            if rosters[direction].members.is_empty() {
                continue;
            }
            let parts = engine
                .count(|p, _| lists::count_lists(p, census, &rosters[direction], 1 - direction, most, params.seed))?;
            let mut tally = ListTally::default();
            parts.into_iter().for_each(|t| tally.merge(t));
            evidence[direction] = lists::judge(tally, direction, pool);
        }
        let note = format!("pairs of accounts were looked for on targets of at most {most} endorsements");
        Ok((evidence, rosters, note))
    })
}

fn run_burst<E: Engine>(
    engine: &E,
    census: &Census<'_>,
    tempo: &Tempo,
    params: &Params,
) -> Result<BTreeMap<u32, BurstEvidence>, E::Error> {
    engine.stage("burst", census.endorsements(), || {
        let peaks = engine.count(|p, views| burst::count(p, views, census, tempo, &params.burst))?.concat();
        let judged = burst::judge(&peaks, census, &params.burst, params.fdr);
        Ok(judged.into_iter().map(|b| (b.peak.target, b)).collect())
    })
}
