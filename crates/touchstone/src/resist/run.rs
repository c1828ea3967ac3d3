//! Ranking a log as it is and with bought likes in it.

use super::host::Host;
use super::scores::{DEPTH, METHODS, Scores};
use crate::exit::Failure;
use crate::job::{ingest_failure, run_failure};
use crate::progress::Bar;
use anyhow::Context;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use touchstone_detect::params::Params;
use touchstone_detect::rank::{Measured, RankParams, spearman};
use touchstone_engine::rank::{self, Kept};
use touchstone_engine::run::{self, stages::Stages};
use touchstone_engine::store::{Store, ingest};
use touchstone_event::mapping::Mapping;
use touchstone_event::schema::Field;
use touchstone_sim::bought::{self, Bought, Columns, Level, Market, Offer, Order};
use touchstone_sim::random::Random;

/// Targets for each dose.
const DOSED: usize = 20;
/// Viewers (likes, where there are no views) from which a target is attacked: nobody buys for what nobody sees.
const VIEWERS_MIN: u64 = 10;
const LIKES_MIN: u64 = 2;

/// What to measure.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) params: Params,
    pub(crate) rank: RankParams,
    /// Likes on each attacked target.
    pub(crate) likes: u32,
    /// Likes that one account of a service places.
    pub(crate) likes_an_account: u32,
    /// Likes tried on single targets, ascending; the middle one is what ranks are counted by.
    pub(crate) doses: Vec<u32>,
    /// Shares of targets that are attacked.
    pub(crate) shares: Vec<f64>,
    pub(crate) levels: Vec<Level>,
}

/// All numbers of one log.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct World {
    pub(crate) name: String,
    pub(crate) targets: usize,
    pub(crate) judged: usize,
    pub(crate) likes: u64,
    /// NDCG@20 as it is, by method; and rank correlation with the gains.
    pub(crate) clean_ndcg: Vec<f64>,
    pub(crate) clean_spearman: Vec<f64>,
    /// Our NDCG with every defence off.
    pub(crate) undefended_ndcg: f64,
    pub(crate) innocents: Vec<Say>,
    pub(crate) levels: Vec<LevelReport>,
}

/// How much say a group of innocents keeps.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Say {
    pub(crate) group: String,
    pub(crate) accounts: usize,
    pub(crate) likes: usize,
    /// Share of its likes' weight that is lost to discounts, groups and budgets.
    pub(crate) lost: f64,
    /// The same over all innocents, for comparison.
    pub(crate) lost_by_all: f64,
}

/// One quality of likes on one log.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LevelReport {
    pub(crate) level: String,
    pub(crate) dollars_a_like: f64,
    /// Likes that the dose really is (a courtesy group has no more than its members).
    pub(crate) dose: u32,
    /// Ranks gained by the dose: median and 95 % quantile over targets, by method.
    pub(crate) ranks: Vec<(f64, f64)>,
    /// Fewest of the doses that bring half of the targets into the top 20, by method; none where none does.
    pub(crate) to_top: Vec<Option<u32>>,
    /// By share of attacked targets: the share, attacked targets, NDCG@20 by method.
    pub(crate) shares: Vec<(f64, usize, Vec<f64>)>,
    /// Share of the bought likes that detection discounted, in the attack on most targets.
    pub(crate) discounted: f64,
}

/// All logs of a run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) version: &'static str,
    pub(crate) methods: [&'static str; METHODS.len()],
    pub(crate) likes: u32,
    pub(crate) likes_an_account: u32,
    pub(crate) rank: RankParams,
    pub(crate) worlds: Vec<World>,
}

/// A log that was read and measured.
struct Seen {
    store: Store,
    kept: Kept,
    measured: Measured,
    fakes_discounted: f64,
}

fn see(host: &Host, fakes: Option<&Path>, plan: &Plan, rank: &RankParams, scratch: &Path) -> Result<Seen, Failure> {
    let mut options = host.ingest.clone();
    let spill = tempfile::tempdir_in(scratch).context("no room for a scratch folder")?;
    options.scratch = spill.path().to_owned();
    options.rejects_path = spill.path().join("rejects.csv");
    options.inputs.extend(fakes.map(Path::to_path_buf));
    let bar = Bar::new(true);
    let stages = Stages::new(&bar);
    let store = ingest(&options, &bar).map_err(ingest_failure)?;
    let outcome = run::detect(&store, &plan.params, &stages, &bar).map_err(run_failure)?;
    let measured = rank::run(&store, &outcome, rank, &bar).map_err(run_failure)?;
    let kept = Kept::new(&store, &measured.lines);
    let (mut fakes, mut gone) = (0.0, 0.0);
    for p in 0..measured.likes.len() {
        let account = measured.likes.account[p];
        if store.actors().get(account).starts_with("svc") {
            fakes += 1.0;
            gone += outcome.attribution.p_fake(account, measured.likes.target[p]);
        }
    }
    bar.finish();
    Ok(Seen { store, kept, measured, fakes_discounted: if fakes > 0.0 { gone / fakes } else { 0.0 } })
}

/// Measures one log.
pub(crate) fn measure(host: &Host, plan: &Plan, scratch: &Path, tell: &dyn Fn(&str)) -> Result<World, Failure> {
    tell(&format!("{}: as it is\n", host.name));
    let clean = see(host, None, plan, &plan.rank, scratch)?;
    let kept = &clean.kept;
    let n = kept.lines.len();
    let tie: Vec<u64> = (0..n as u64).map(|i| touchstone_sim::random::mix(i ^ host.seed << 32)).collect();
    let gains: Vec<f64> = kept.targets.iter().map(|t| host.gains.get(t).copied().unwrap_or(0.0)).collect();
    let judged: Vec<usize> = (0..n).filter(|i| host.gains.contains_key(&kept.targets[*i])).collect();
    let scores = Scores::all(kept, &plan.rank);
    let undefended = plan.rank.undefended();
    let open = see(host, None, plan, &undefended, scratch)?;
    let undefended_ndcg = Scores::ours(&open.kept, &undefended).ndcg(&judged, &gains, &tie);
    drop(open);
    let judged_gains: Vec<f64> = judged.iter().map(|i| gains[*i]).collect();
    let mut world = World {
        name: host.name.clone(),
        targets: n,
        judged: judged.len(),
        likes: clean.store.facts().endorsements,
        clean_ndcg: scores.iter().map(|s| s.ndcg(&judged, &gains, &tie)).collect(),
        clean_spearman: scores
            .iter()
            .map(|s| {
                let among = s.among(&judged, &tie);
                spearman(&judged.iter().map(|i| -among(*i)).collect::<Vec<_>>(), &judged_gains)
            })
            .collect(),
        undefended_ndcg,
        innocents: says(host, &clean, plan),
        levels: Vec::new(),
    };
    let (market, columns) = market(&clean, host);
    let has_views = kept.lines.iter().any(|l| l.viewers > 0);
    let worth = |i: &usize| {
        let l = &kept.lines[*i];
        if has_views { l.viewers >= VIEWERS_MIN } else { l.likes >= LIKES_MIN }
    };
    let mut candidates: Vec<usize> = if judged.is_empty() { (0..n).collect() } else { judged.clone() };
    candidates.retain(worth);
    for level in &plan.levels {
        tell(&format!("{}: {}\n", host.name, level.name()));
        let mut draw = Random::stream(host.seed, 302, *level as u64);
        draw.shuffle(&mut candidates);
        let file = scratch.join("bought.parquet");
        let attack = |orders: &[Order]| -> Result<Seen, Failure> {
            let rows: Vec<Bought> = orders.iter().flat_map(|o| bought::buy(&market, o)).collect();
            bought::write(&rows, &market, &columns, &file)
                .with_context(|| format!("{}: cannot be written", file.display()))?;
            see(host, Some(&file), plan, &plan.rank, scratch)
        };
        let order = |targets: &[usize], likes: u32, number: u64| Order {
            level: *level,
            targets: targets.to_vec(),
            likes,
            likes_an_account: plan.likes_an_account,
            seed: host.seed << 8 | number,
        };
        // A few targets at each dose, each looked at as if it were alone.
        let dosed: Vec<&[usize]> =
            candidates.chunks(DOSED.min(candidates.len() / plan.doses.len()).max(1)).take(plan.doses.len()).collect();
        let orders: Vec<Order> = dosed
            .iter()
            .zip(plan.doses.iter().copied())
            .zip(0..)
            .map(|((targets, likes), k)| order(targets, likes, k))
            .collect();
        let seen = attack(&orders)?;
        let place = by_name(kept, &seen.kept);
        let attacked: BTreeSet<usize> = dosed.iter().flat_map(|d| d.iter().copied()).collect();
        let others: Vec<usize> = (0..n).filter(|i| !attacked.contains(i)).collect();
        let others_then: Vec<usize> = others.iter().filter_map(|i| place[*i]).collect();
        let tie_then: Vec<u64> = ties(&seen.kept, kept, &tie);
        let then = Scores::all(&seen.kept, &plan.rank);
        let mut report = LevelReport {
            level: level.name().into(),
            dollars_a_like: level.dollars_a_like(),
            dose: level.delivered(plan.doses[plan.doses.len() / 2]),
            ranks: Vec::new(),
            to_top: Vec::new(),
            shares: Vec::new(),
            discounted: seen.fakes_discounted,
        };
        for (now, then) in scores.iter().zip(&then) {
            let (before, after) = (now.among(&others, &tie), then.among(&others_then, &tie_then));
            let gained = |i: &usize| place[*i].map_or(0.0, |p| before(*i) - after(p));
            let mut gains: Vec<f64> =
                dosed.get(plan.doses.len() / 2).map_or(Vec::new(), |d| d.iter().map(gained).collect());
            gains.sort_by(f64::total_cmp);
            report.ranks.push((quantile(&gains, 0.5), quantile(&gains, 0.95)));
            let enters = |targets: &[usize]| {
                let inside = targets.iter().filter_map(|i| place[*i]).filter(|p| after(*p) <= DEPTH as f64).count();
                2 * inside >= targets.len()
            };
            let fewest = dosed.iter().zip(plan.doses.iter().copied()).find(|(targets, _)| enters(targets));
            report.to_top.push(fewest.map(|(_, dose)| level.delivered(dose)));
        }
        for (number, share) in plan.shares.iter().enumerate() {
            if judged.is_empty() {
                continue;
            }
            let count = ((judged.len() as f64 * share).round() as usize).clamp(1, candidates.len().max(1));
            let targets = &candidates[..count.min(candidates.len())];
            let seen = attack(&[order(targets, plan.likes, 100 + number as u64)])?;
            let place = by_name(kept, &seen.kept);
            let tie_then = ties(&seen.kept, kept, &tie);
            let mut gains_then = vec![0.0; seen.kept.lines.len()];
            let judged_then: Vec<usize> = judged
                .iter()
                .filter_map(|i| {
                    let p = place[*i]?;
                    gains_then[p] = gains[*i];
                    Some(p)
                })
                .collect();
            let all = Scores::all(&seen.kept, &plan.rank);
            let ndcgs = all.iter().map(|s| s.ndcg(&judged_then, &gains_then, &tie_then)).collect();
            report.shares.push((*share, targets.len(), ndcgs));
            report.discounted = seen.fakes_discounted;
        }
        world.levels.push(report);
    }
    Ok(world)
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((q * last as f64).round() as usize).copied().unwrap_or(0.0)
}

/// Where each line stands in another run.
fn by_name(here: &Kept, there: &Kept) -> Vec<Option<usize>> {
    let lines: BTreeMap<&str, usize> = there.targets.iter().enumerate().map(|(i, t)| (t.as_str(), i)).collect();
    here.targets.iter().map(|t| lines.get(t.as_str()).copied()).collect()
}

/// The same order of equals in another run.
fn ties(there: &Kept, here: &Kept, tie: &[u64]) -> Vec<u64> {
    by_name(there, here).into_iter().map(|p| p.map_or(u64::MAX, |p| tie[p])).collect()
}

/// A group's name, its size, and who is in it.
type Group<'a> = (String, usize, Box<dyn Fn(u32) -> bool + 'a>);

/// How much say innocents keep in a log in which nobody fakes.
fn says(host: &Host, clean: &Seen, plan: &Plan) -> Vec<Say> {
    if !host.clean {
        return Vec::new();
    }
    let m = &clean.measured;
    let degree = clean.store.degrees();
    let kept: Vec<f64> = (0..m.likes.len())
        .map(|p| {
            let budget = m.budget / f64::from(degree[m.likes.account[p] as usize].max(1));
            f64::from(m.independence[p]) * if plan.rank.budget_share > 0.0 { budget.min(1.0) } else { 1.0 }
        })
        .collect();
    let lost = |mine: &dyn Fn(u32) -> bool| {
        let of: Vec<f64> = (0..kept.len()).filter(|p| mine(m.likes.account[*p])).map(|p| kept[p]).collect();
        (of.len(), 1.0 - of.iter().sum::<f64>() / of.len().max(1) as f64)
    };
    let (_, lost_by_all) = lost(&|_| true);
    let mut by_degree: Vec<u32> = degree.iter().copied().filter(|d| *d > 0).collect();
    by_degree.sort_unstable();
    let heavy = by_degree.get(by_degree.len() * 99 / 100).copied().unwrap_or(u32::MAX).max(2);
    let mut groups: Vec<Group<'_>> = vec![
        ("everybody".into(), by_degree.len(), Box::new(|_| true)),
        (
            format!("heavy users (the busiest 1 %, from {heavy} likes)"),
            by_degree.iter().filter(|d| **d >= heavy).count(),
            Box::new(move |a| degree[a as usize] >= heavy),
        ),
    ];
    for (name, members) in &host.innocents {
        let mine = move |a: u32| members.contains(clean.store.actors().get(a));
        groups.push((name.clone(), members.len(), Box::new(mine)));
    }
    groups
        .into_iter()
        .map(|(group, accounts, mine)| {
            let (likes, lost) = lost(&*mine);
            Say { group, accounts, likes, lost, lost_by_all }
        })
        .collect()
}

/// The log as everybody sees it, and what its columns are called.
fn market(clean: &Seen, host: &Host) -> (Market, Columns) {
    let facts = clean.store.facts();
    let mapping: &Mapping = &host.ingest.mapping;
    let column = |field: Field| facts.columns.contains(&field.name()).then(|| mapping.column(field).to_owned());
    let columns = Columns {
        actor: mapping.column(Field::Actor).to_owned(),
        target: mapping.column(Field::Target).to_owned(),
        ts: facts.timed.then(|| mapping.column(Field::Ts).to_owned()),
        kind: column(Field::Kind),
        owner: column(Field::Owner),
        dwell_ms: column(Field::DwellMs),
        watch_fraction: column(Field::WatchFraction),
        ip: column(Field::Ip),
        device: column(Field::Device),
        event_id: column(Field::EventId),
        endorsed: host.ingest.endorse[0].clone(),
    };
    let ms = |micros: i64| micros.div_euclid(1000);
    let duration = |t: u32| clean.store.durations().map(|d| f64::from(d[t as usize])).filter(|d| d.is_finite());
    let from_ms = ms(facts.first_ts.unwrap_or(0));
    let targets = clean
        .measured
        .lines
        .iter()
        .zip(&clean.kept.targets)
        .zip(&clean.kept.owners)
        .map(|(((t, line), name), owner)| Offer {
            name: name.clone(),
            owner: owner.clone(),
            duration_ms: duration(*t),
            from_ms: if line.born == i64::MAX { from_ms } else { ms(line.born) },
            popularity: line.viewers.max(line.likes),
        })
        .collect();
    let accounts = (0..clean.store.endorsers() as u32).map(|a| clean.store.actors().get(a).to_owned()).collect();
    (Market { targets, accounts, from_ms, to_ms: ms(facts.last_ts.unwrap_or(0)) }, columns)
}
