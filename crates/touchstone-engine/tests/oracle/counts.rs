//! All counts of the detector over given partitions, merged.

use crate::duck::Ledger;
use arrow_array::{Int64Array, RecordBatch, UInt32Array};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_detect::census::Census;
use touchstone_detect::params::Params;
use touchstone_detect::partition::{NONE, Partition, partition_schema};
use touchstone_detect::ring::roster::Roster;
use touchstone_detect::schedule::{SCALES, SECOND, Schedule};
use touchstone_detect::signals::burst::{self, Peak};
use touchstone_detect::signals::lockstep::grow::{self, Hits};
use touchstone_detect::signals::lockstep::pairs::{self, PairKeys, PairTotals, empty_keys};
use touchstone_detect::signals::lockstep::trials::{self, Habits, Trial, TrialContext};
use touchstone_detect::signals::pool::PoolEvidence;
use touchstone_detect::signals::pool::lists::{self, ListTally};
use touchstone_detect::signals::pool::targets::{self as pool, TargetGroups};
use touchstone_detect::survey::{Survey, Tempo, schedule};
use touchstone_engine::store::Store;

/// Endorsements of some targets, and their views.
pub struct Part {
    endorsements: RecordBatch,
    views: Option<RecordBatch>,
}

impl Part {
    pub fn with<T>(&self, count: impl FnOnce(&Partition<'_>, Option<&Partition<'_>>) -> T) -> T {
        let views = self.views.as_ref().map(|v| Partition::try_from_batch(v).unwrap());
        count(&Partition::try_from_batch(&self.endorsements).unwrap(), views.as_ref())
    }
}

/// The partitions as they are.
pub fn parts(store: &Store) -> Vec<Part> {
    let part = |i| Part { endorsements: store.endorsements(i).unwrap(), views: store.views(i).unwrap() };
    (0..store.partition_count()).map(part).collect()
}

/// The same rows in one partition.
pub fn whole(store: &Store) -> Vec<Part> {
    let (mut likes, mut views, mut some) = (Vec::new(), Vec::new(), false);
    for part in parts(store) {
        part.with(|p, v| {
            let rows = |p: &Partition<'_>| (0..p.len()).map(|i| (p.target[i], p.ts[i], p.actor[i])).collect::<Vec<_>>();
            likes.extend(rows(p));
            some |= v.is_some();
            views.extend(v.map_or(Vec::new(), rows));
        });
    }
    let batch = |mut rows: Vec<(u32, i64, u32)>| {
        rows.sort_unstable();
        let target = UInt32Array::from_iter_values(rows.iter().map(|r| r.0));
        let actor = UInt32Array::from_iter_values(rows.iter().map(|r| r.2));
        let ts = Int64Array::from_iter_values(rows.iter().map(|r| r.1));
        RecordBatch::try_new(partition_schema(), vec![Arc::new(target), Arc::new(actor), Arc::new(ts)]).unwrap()
    };
    vec![Part { endorsements: batch(likes), views: some.then(|| batch(views)) }]
}

fn each<T>(parts: &[Part], count: impl Fn(&Partition<'_>, Option<&Partition<'_>>) -> T) -> Vec<T> {
    parts.iter().map(|p| p.with(&count)).collect()
}

fn gather(all: Vec<PairKeys>) -> PairKeys {
    let mut sum = empty_keys();
    for keys in all {
        sum.buckets.iter_mut().zip(keys.buckets).for_each(|(a, b)| a.extend(b));
    }
    sum.buckets.iter_mut().for_each(|b| b.sort_unstable());
    sum
}

/// What the counts are told.
pub struct Log<'a> {
    pub census: &'a Census<'a>,
    pub first_ts: i64,
    pub last_ts: i64,
    pub params: &'a Params,
    pub rings: Vec<Vec<u32>>,
}

impl Log<'_> {
    fn roster(&self, usable: &[u8]) -> Roster {
        let scale = (0..self.rings.len()).map(|r| usable[r % usable.len()]).collect();
        Roster::new(self.census.degree.len(), self.rings.clone(), scale)
    }
}

/// Ages about which tempo is asked: from before the origin to years, on and off the edges of bins.
pub fn ages() -> impl Iterator<Item = i64> {
    let grown = (0..160).map(|i| (1.27f64.powi(i / 2) * 1e4) as i64 + i64::from(i));
    let edges = (0..12).map(|k| ((1 << k) - 1) * SECOND / 4);
    let mut all: Vec<i64> = grown.chain(edges).chain([-SECOND, 0, 1]).filter(|a| *a < 1 << 50).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

/// A span of time in the life of a target, and an account that acted in it.
pub struct Span {
    pub account: u32,
    pub origin: i64,
    pub from: i64,
    pub to: i64,
    pub ts: i64,
}

/// The counts that go by time.
pub struct Timed {
    pub survey: Survey,
    pub schedule: Schedule,
    pub tempo: Tempo,
    pub roster: Roster,
    pub totals: PairTotals,
    pub keys: PairKeys,
    pub keys_by_pass: PairKeys,
    pub passes: [usize; 3],
    pub hits: [Hits; 2],
    /// Beginning of each target.
    pub origins: BTreeMap<u32, i64>,
    pub habits: Habits,
    /// Of fold 0, of fold 1, of both at the ring's own scale.
    pub trials: [Vec<Trial>; 3],
    pub peaks: Vec<Peak>,
}

impl Timed {
    pub fn count(parts: &[Part], log: &Log<'_>) -> Self {
        let (census, lockstep) = (log.census, &log.params.lockstep);
        let mut survey = Survey::default();
        each(parts, |p, _| Survey::count(p, census)).iter().for_each(|s| survey.merge(s));
        let schedule = schedule(&survey, log.first_ts, log.last_ts, log.params.seed);
        let tempo = Tempo::new(&survey);
        let usable: Vec<u8> = (0..SCALES as u8).filter(|s| schedule.usable[usize::from(*s)]).collect();
        let roster = log.roster(&usable);
        let mut totals = PairTotals::default();
        each(parts, |p, _| pairs::count_totals(p, census, &schedule, lockstep)).iter().for_each(|t| totals.merge(t));
        let keys = |pass, passes| {
            gather(each(parts, |p, _| pairs::count_keys(p, census, &schedule, lockstep, (pass, passes), 100)))
        };
        let by_pass = [0, 1, 2].map(|pass| keys(pass, 3));
        let actions = each(parts, |p, _| Habits::count(p, census, |a| roster.of(a).is_some())).concat();
        let habits = Habits::new(actions, census);
        let trials = [Some(0), Some(1), None].map(|fold| {
            let context = TrialContext {
                census,
                schedule: &schedule,
                tempo: &tempo,
                habits: &habits,
                roster: &roster,
                fold,
                own_scale_only: fold.is_none(),
                params: lockstep,
            };
            let mut trials = each(parts, |p, _| trials::count(p, &context)).concat();
            trials.sort_unstable_by_key(|t| (t.target, t.ring, t.scale, t.ts, t.account));
            trials
        });
        let hits = [0, 1].map(|fold| {
            let mut sum = Hits::default();
            each(parts, |p, _| grow::count(p, census, &schedule, &roster, fold, lockstep))
                .into_iter()
                .for_each(|h| sum.merge(h));
            sum
        });
        let mut peaks = each(parts, |p, v| burst::count(p, v, census, &tempo, &log.params.burst)).concat();
        peaks.sort_unstable_by_key(|p| p.target);
        let origins = each(parts, |p, _| {
            let origin = |r: std::ops::Range<usize>| (p.target[r.start], census.origin(p.target[r.start], &p.ts[r]));
            p.targets().map(origin).collect::<Vec<_>>()
        });
        Self {
            origins: origins.into_iter().flatten().collect(),
            keys: keys(0, 1),
            passes: by_pass.each_ref().map(|k| k.buckets.iter().map(Vec::len).sum()),
            keys_by_pass: gather(by_pass.into()),
            survey,
            schedule,
            tempo,
            roster,
            totals,
            hits,
            habits,
            trials,
            peaks,
        }
    }

    /// Spans about which tempo and habits are asked: tiles of trials and pieces of them.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        let trials = self.trials.iter().flat_map(|t| t.iter().step_by(t.len() / 60 + 1));
        for (n, t) in (0..).map(|n| n % 50).zip(trials) {
            let scale = self.schedule.scales[usize::from(t.scale)];
            let (origin, start) = (self.origins[&t.target], t.ts.div_euclid(scale.tile) * scale.tile);
            let part = |from: i64, to: i64| Span { account: t.account, origin, from, to, ts: t.ts };
            spans.push(part(start.max(origin.min(t.ts)), start + scale.tile));
            spans.push(part((t.ts - scale.window + n * SECOND).max(origin.min(t.ts)), t.ts + scale.window + 1 + n));
        }
        spans
    }

    /// Says where the same counts over other partitions differ.
    pub fn same(&self, ledger: &mut Ledger, other: &Self) {
        ledger.equal("merging: survey", &self.survey, &other.survey);
        ledger.equal("merging: schedule", &self.schedule, &other.schedule);
        ledger.equal("merging: pair totals", &self.totals, &other.totals);
        ledger.equal("merging: pair keys", &self.keys.buckets, &other.keys.buckets);
        ledger.equal("merging: pair keys by pass", &self.keys_by_pass.buckets, &other.keys_by_pass.buckets);
        ledger.equal("merging: hits", &self.hits, &other.hits);
        ledger.equal("merging: habits", &self.habits, &other.habits);
        ledger.equal("merging: trials", &self.trials, &other.trials);
        ledger.equal("merging: peaks", &self.peaks, &other.peaks);
    }
}

/// The counts that need no times.
pub struct Pooled {
    pub sample: Vec<(u32, i64, u32)>,
    /// The same at a rate of a third.
    pub third: Vec<(u32, i64, u32)>,
    /// Made up: two groups of a quarter of the targets each.
    pub groups: TargetGroups,
    /// By the half that the groups are not tested on.
    pub tally: [Vec<(u32, u32)>; 2],
    pub most: u32,
    pub totals: PairTotals,
    pub keys: PairKeys,
    /// By half.
    pub lists: [ListTally; 2],
}

impl Pooled {
    pub fn count(parts: &[Part], log: &Log<'_>) -> Self {
        let (census, params, seed) = (log.census, &log.params.pool, log.params.seed);
        let sample = |rate| {
            let mut rows = each(parts, |p, _| pool::count_sample(p, census, rate, seed, params)).concat();
            rows.sort_unstable();
            rows
        };
        let group: Vec<u32> =
            (0..census.popularity.len() as u32).map(|t| if t % 4 < 2 { t % 4 } else { NONE }).collect();
        let targets = [0, 1].map(|g| (0..group.len() as u32).filter(|t| group[*t as usize] == g).collect()).to_vec();
        let groups = TargetGroups { group, targets };
        let tally = [0, 1].map(|half| {
            let mut rows = each(parts, |p, _| pool::count_tally(p, census, &groups, half, seed)).concat();
            rows.sort_unstable();
            rows
        });
        let most = lists::popularity_max(census, params);
        let (keys, all): (Vec<_>, Vec<_>) =
            each(parts, |p, _| lists::count_pairs(p, census, most, seed, params)).into_iter().unzip();
        let mut totals = PairTotals::default();
        all.iter().for_each(|t| totals.merge(t));
        let roster = log.roster(&[0]);
        let lists = [0, 1].map(|half| {
            let mut sum = ListTally::default();
            each(parts, |p, _| lists::count_lists(p, census, &roster, half, most, seed))
                .into_iter()
                .for_each(|t| sum.merge(t));
            sum
        });
        Self { sample: sample(1.0), third: sample(1.0 / 3.0), groups, tally, most, totals, keys: gather(keys), lists }
    }

    /// What the tallies of lists come to, by half.
    pub fn verdicts(&self, log: &Log<'_>) -> Vec<(usize, PoolEvidence)> {
        let of = |half: usize| lists::judge(self.lists[half].clone(), half, &log.params.pool);
        (0..2).flat_map(|half| of(half).into_iter().map(move |e| (half, e))).collect()
    }

    /// Says where the same counts over other partitions differ.
    pub fn same(&self, ledger: &mut Ledger, other: &Self, log: &Log<'_>) {
        ledger.equal("merging: pool sample", &self.sample, &other.sample);
        ledger.equal("merging: pool sample of a third", &self.third, &other.third);
        ledger.equal("merging: pool tally", &self.tally, &other.tally);
        ledger.equal("merging: pool pair totals", &self.totals, &other.totals);
        ledger.equal("merging: pool pair keys", &self.keys.buckets, &other.keys.buckets);
        ledger.equal("merging: pool lists", &self.verdicts(log), &other.verdicts(log));
    }
}
