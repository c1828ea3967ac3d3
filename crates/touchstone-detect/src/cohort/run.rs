//! The whole of it: from partitions to proven rings, the standing of accounts, and whose endorsements are whose.

use super::bare::clockwork;
use super::bare::one_off::{self, OneOff};
use super::delivery::{self, Delivery};
use super::mark::{Mark, OF_ADDRESSES};
use super::marks::{self, Traits};
use super::members::{self, Standing};
use super::proof::{self, Group, Terms};
use super::refine::Bicluster;
use super::{BY_ADDRESSES, BY_DEVICES, BY_TARGETS, apart};
use crate::census::Census;
use crate::evalue::ln_mean;
use crate::findings::RingKind;
use crate::likes::{self, Likes};
use crate::params::{Params, Signal};
use crate::partition::NONE;
use crate::pipeline::Engine;
use crate::ring::roster::Roster;
use crate::schedule::Schedule;
use crate::signals::exchange::mutual_share;
use crate::signals::lockstep::judge as lockstep;
use crate::signals::lockstep::trials::{self, Habits, Trial, TrialContext};
use crate::signals::path::looks::{self, Places, Tally, Viewing};
use crate::signals::pool::company;
use crate::survey::Tempo;
use crate::why::samples::{self, Samples};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A proven ring.
#[derive(Clone, Debug)]
pub struct Proven {
    /// Its accounts, targets and marks.
    pub group: Group,
    /// Its kind.
    pub kind: RingKind,
    /// `ln e` against "people of one taste".
    pub ln_e: f64,
    /// Everybody who endorsed a target of it, by account.
    pub standings: Vec<Standing>,
}

impl Proven {
    /// The signal whose mark says most.
    #[must_use]
    pub fn top_signal(&self) -> Option<&'static str> {
        let best =
            self.group.ln_e.iter().fold(None, |best: Option<(&Mark, &f64)>, m| best.filter(|b| b.1 >= m.1).or(Some(m)));
        best.map(|(m, _)| m.signal())
    }
}

/// What was found without time.
#[derive(Clone, Debug, Default)]
pub struct Cohorts {
    /// Proven rings, strongest first.
    pub rings: Vec<Proven>,
    /// Groups that are not proven to be rings: people of one taste, circles of friends, or what cannot be told from them.
    pub unproven: Vec<Group>,
    /// How many groups were looked at.
    pub groups: usize,
    /// Whether addresses or devices are known.
    pub has_networks: bool,
    /// Whether devices are.
    pub has_devices: bool,
    /// `ln e` by account, over all proven rings whose members are to blame; and the ring that says most.
    pub accounts: BTreeMap<u32, (f64, u32)>,
    /// Victims in a ring of such, who are held against no other ring either.
    pub spared: BTreeSet<u32>,
    /// Deliveries to single targets by accounts that are used once.
    pub deliveries: Vec<Delivery>,
    /// The same by endorsements alone, where nothing else is known.
    pub one_off: Vec<OneOff>,
    /// What may be fake, by target: `(account, probability, ring)`, ascending.
    pub fake: BTreeMap<u32, Vec<(u32, f32, u32)>>,
    /// What may be fake but is not acted on, by target: `(account, probability)`, ascending.
    pub doubts: BTreeMap<u32, Vec<(u32, f32)>>,
    /// The line of e-BH over all groups, as `ln e`: from there on a group is a ring.
    pub proof_line: f64,
    /// Endorsements that show the evidence on members of rings.
    pub samples: Samples,
}

impl Cohorts {
    /// Adds deliveries known by endorsements alone; what a ring is held to stays the ring's.
    fn add_one_off(&mut self, found: Vec<OneOff>) {
        for d in &found {
            let of = self.fake.entry(d.target).or_default();
            of.extend(d.fake.iter().filter(|f| f.1 > 0.01).map(|(account, p)| (*account, *p as f32, NONE)));
            of.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            of.dedup_by_key(|f| f.0);
        }
        self.one_off = found;
    }
}

/// Times of a log, where it has any.
pub type Timed<'a> = Option<(&'a Schedule, &'a Tempo)>;

/// Finds and judges.
///
/// # Errors
/// If a partition cannot be read, or the run was cancelled.
pub fn run<E: Engine>(engine: &E, census: &Census<'_>, timed: Timed<'_>, params: &Params) -> Result<Cohorts, E::Error> {
    let rows = census.endorsements();
    let likes = engine.stage("gather", rows, || -> Result<Likes, E::Error> {
        let parts = engine.count(likes::count)?;
        Ok(Likes::new(&parts, census))
    })?;
    let is_bare = !likes.has_views() && likes.ip.is_empty() && likes.device.is_empty();
    let found = engine.stage("groups", rows, || {
        let mut found = super::find(&likes, census, params.seed, &params.cohort);
        if is_bare && census.owner.is_some() && timed.is_some() && params.runs(Signal::Path) {
            found.extend(super::find_by_targets(&likes, census, params.seed, &params.cohort));
        }
        found
    });
    let (mut groups, mut layers): (Vec<Bicluster>, Vec<usize>) = found.into_iter().unzip();
    let traits = engine.stage("traits", rows, || Traits::new(&likes, census));
    if params.runs(Signal::Infrastructure) {
        let first = &groups[..layers.iter().filter(|l| **l == 0).count()];
        groups.extend(apart::by_addresses(first, &traits.networks, (&likes, census)));
        layers.resize(groups.len(), BY_ADDRESSES);
    }
    let also: Vec<Vec<u32>> = groups.par_iter().map(|g| members::bystanders(g, &likes)).collect();
    let viewing = engine.stage("looks", rows, || -> Result<Viewing, E::Error> {
        let support: Vec<Vec<u32>> = groups.par_iter().map(|g| members::support(g, &likes)).collect();
        let places = Places::new(&groups, &also, &support, census);
        let mut sum = Tally::default();
        if likes.has_views() {
            let parts = engine.count(|p, v| looks::count(p, v, &places, census, params.seed))?;
            parts.into_iter().for_each(|t| sum.merge(t));
        }
        Ok(Viewing::new(sum))
    })?;
    let together = match timed.filter(|_| params.runs(Signal::Lockstep)) {
        Some((schedule, tempo)) if schedule.usable.iter().any(|u| *u) => {
            let found = &groups[..layers.iter().filter(|l| **l < BY_DEVICES).count()];
            engine.stage("in step", rows, || in_step(engine, census, schedule, tempo, found, params))?
        }
        _ => Together::default(),
    };
    engine.stage("proof", rows, || {
        let first = &groups[..layers.iter().filter(|l| **l == 0).count()];
        let usual = (company::devotion(first, &likes, census), company::cohesion(first, &likes, census));
        let unowned = Census { owner: None, ..*census };
        let by_target = &groups[layers.iter().filter(|l| **l < BY_TARGETS).count()..];
        let usual_by_target = (company::devotion(by_target, &likes, &unowned), None);
        let judged: Vec<Group> = groups
            .into_par_iter()
            .enumerate()
            .map(|(g, bicluster)| {
                let by_target = layers[g] == BY_TARGETS;
                let (census, usual) = if by_target { (&unowned, usual_by_target) } else { (census, usual) };
                let mut inside =
                    marks::inside(&bicluster, &also[g], (&likes, census), &traits, &viewing, g as u32, usual);
                inside.retain(|mark, _| params.signals.iter().any(|s| s.as_str() == mark.signal()));
                let mutual = mutual_share(&bicluster, census);
                // What is of a later layer shares its members with an earlier one, for which they were tested.
                let in_step = together.rings.get(&(g as u32)).copied().filter(|_| layers[g] == 0);
                let times = timed
                    .filter(|_| params.runs(Signal::Path))
                    .map(|(s, _)| (members::times(&bicluster, &likes), s.resolution));
                let clock = times.as_ref().map(|(t, resolution)| clockwork::ln_group(t, *resolution));
                let found_by: &[Mark] = match layers[g] {
                    BY_DEVICES => &[Mark::SharedDevice],
                    BY_ADDRESSES => &OF_ADDRESSES,
                    _ => &[],
                };
                let terms = Terms { found_by, dated: census.published.is_some(), by_target };
                let mut group = Group::new(bicluster, inside, mutual, terms, [in_step, clock]);
                if let Some((times, resolution)) = times.filter(|_| group.is_bare() && group.is_of_clock()) {
                    group.delivered = times.iter().map(|t| clockwork::delivered(t, resolution)).collect();
                    let on_beat = members::on_beat(&group.bicluster, &also[g], &times, resolution, &likes);
                    group.inside.insert(Mark::Clockwork, on_beat);
                }
                group.victims = members::victims(&group, &likes, census);
                group
            })
            .collect();
        let mut found = conclude(judged, &layers, (&likes, census), &traits, &together, params);
        let bare = !likes.has_views() && !found.has_networks;
        if let Some((schedule, _)) = timed.filter(|_| bare && params.runs(Signal::Path)) {
            found.add_one_off(one_off::judge(&likes, census, schedule.resolution, params.fdr));
        }
        Ok(found)
    })
}

/// Chance that an endorsement inside a group that can be neither proven nor cleared is fake: it goes into the lower end of the
/// interval whole.
const UNDECIDED: f32 = 1.0;

/// Targets below which a group may be the crowd of one thread, where no owners are known: nobody is accused, nothing is discounted.
const THREAD: usize = 5;

/// What the lockstep test says of groups and accounts.
#[derive(Debug, Default)]
struct Together {
    rings: BTreeMap<u32, f64>,
    accounts: BTreeMap<u32, f64>,
}

/// Tests groups, found without time, for synchrony on the whole log: the times did not help to find them.
fn in_step<E: Engine>(
    engine: &E,
    census: &Census<'_>,
    schedule: &Schedule,
    tempo: &Tempo,
    groups: &[Bicluster],
    params: &Params,
) -> Result<Together, E::Error> {
    let mut taken = vec![false; census.degree.len()];
    let mut rosters: Vec<Vec<u32>> = Vec::with_capacity(groups.len());
    for g in groups {
        let free: Vec<u32> = g.members.iter().copied().filter(|a| !taken[*a as usize]).collect();
        free.iter().for_each(|a| taken[*a as usize] = true);
        rosters.push(free);
    }
    let roster = Roster::new(census.degree.len(), rosters, vec![u8::MAX; groups.len()]);
    let actions = engine.count(|p, _| Habits::count(p, census, |a| roster.of(a).is_some()))?.concat();
    let habits = Habits::new(actions, census);
    let context = TrialContext {
        census,
        schedule,
        tempo,
        habits: &habits,
        roster: &roster,
        fold: None,
        own_scale_only: false,
        params: &params.lockstep,
    };
    let mut all: Vec<Trial> = engine.count(|p, _| trials::count(p, &context))?.concat();
    let rings = lockstep::judge_rings(&all, groups.len(), census, schedule);
    let accounts = lockstep::judge(&mut all, census, schedule);
    Ok(Together {
        rings: rings.into_iter().enumerate().map(|(g, ln)| (g as u32, ln)).collect(),
        accounts: accounts.into_iter().map(|t| (t.account, t.ln_e)).collect(),
    })
}

/// Which groups are rings, who is in them, and what is fake.
fn conclude(
    groups: Vec<Group>,
    layers: &[usize],
    (likes, census): (&Likes, &Census<'_>),
    traits: &Traits,
    together: &Together,
    params: &Params,
) -> Cohorts {
    let line = proof::line(&groups, params.fdr);
    let looked_at = groups.len();
    let (proven, unproven, mut parts) = settle(groups, layers, line);
    // Fans of one author are such, too.
    parts.retain(|g| !g.terms.by_target);
    let unowned = Census { owner: None, ..*census };
    let census_of = |g: &Group| if g.terms.by_target { &unowned } else { census };
    let mut rings: Vec<Proven> = proven
        .into_par_iter()
        .map(|group| {
            let census = census_of(&group);
            let standings = members::judge_both(&group, likes, census, traits, &together.accounts);
            // Whoever came for one thread and left is devoted and in step, too.
            let is_thread = census.owner.is_none() && group.bicluster.targets.len() < THREAD;
            let kind = if is_thread { RingKind::Collusion } else { group.kind() };
            Proven { kind, ln_e: group.ln_proof(), standings, group }
        })
        .collect();
    rings.sort_by(|a, b| b.ln_e.total_cmp(&a.ln_e).then(a.group.bicluster.cmp(&b.group.bicluster)));
    let mut by_account: BTreeMap<u32, Vec<(f64, u32)>> = BTreeMap::new();
    let mut fake: BTreeMap<u32, Vec<(u32, f32, u32)>> = BTreeMap::new();
    let mut doubts: BTreeMap<u32, Vec<(u32, f32)>> = BTreeMap::new();
    let spared = spared(&rings);
    for (r, ring) in rings.iter().enumerate() {
        // Owners of stolen tokens are victims: their endorsements go, they stay.
        if ring.kind != RingKind::Collusion {
            for s in ring.standings.iter().filter(|s| !s.foreign && !spared.contains(&s.account)) {
                by_account.entry(s.account).or_default().push((s.ln_e(), r as u32));
            }
        }
        // Where nothing but endorsements says so of people with lives of their own, it is a doubt, not acted on.
        let census = census_of(&ring.group);
        let is_thread = census.owner.is_none() && ring.group.bicluster.targets.len() < THREAD;
        let doubtful = ring.kind == RingKind::Collusion && (is_thread || !ring.group.is_operated());
        for (account, target, p) in members::ascribe(&ring.group, &ring.standings, likes, census) {
            if doubtful {
                doubts.entry(target).or_default().push((account, p as f32));
            } else {
                fake.entry(target).or_default().push((account, p as f32, r as u32));
            }
        }
        // What the clock of a ring did not deliver, which nothing else proves, is as undecided as what people of one taste like.
        for (account, target) in members::undelivered(&ring.group, likes) {
            doubts.entry(target).or_default().push((account, UNDECIDED));
        }
        if doubtful {
            doubt(&ring.group, likes, census, &mut doubts);
            // Nothing but endorsements tells of them either who is a member: whoever is rather like one than like a stranger.
            let likely = ring.standings.iter().filter(|s| s.ln_e() > 0.0).map(|s| s.account);
            for (account, target) in likely.flat_map(|a| members::endorsed_of(&ring.group.bicluster, a, likes)) {
                doubts.entry(target).or_default().push((account, UNDECIDED));
            }
        }
    }
    let count = rings.iter().filter(|r| r.kind != RingKind::Collusion).count();
    let accounts = by_account
        .into_iter()
        .map(|(account, of)| {
            let best = of.iter().fold(of[0], |best, x| if x.0 > best.0 { *x } else { best });
            // The mean over all rings that accuse: to be held against any of them costs as much as there are.
            let mut logs: Vec<f64> = of.iter().map(|x| ring_cap(&rings, x)).collect();
            logs.resize(count, f64::NEG_INFINITY);
            (account, (ln_mean(&logs), best.1))
        })
        .collect();
    // Told by both traits, so by neither alone.
    let deliveries = if params.runs(Signal::Path) && params.runs(Signal::Infrastructure) {
        delivery::judge(likes, census, traits, &fake, params.fdr)
    } else {
        Vec::new()
    };
    for group in unproven.iter().chain(&parts).filter(|g| g.is_undecided()) {
        doubt(group, likes, census, &mut doubts);
    }
    for d in &deliveries {
        let found = d.fake.iter().filter(|f| f.1 > 0.01).map(|(account, p)| (*account, *p as f32));
        if d.is_certain {
            fake.entry(d.target).or_default().extend(found.map(|(account, p)| (account, p, NONE)));
        } else {
            doubts.entry(d.target).or_default().extend(found);
        }
    }
    for of in doubts.values_mut() {
        of.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        of.dedup_by_key(|f| f.0);
    }
    for of in fake.values_mut() {
        of.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        of.dedup_by_key(|f| f.0);
    }
    let has_networks = !likes.ip.is_empty() || !likes.device.is_empty();
    let samples = samples::collect(&rings, likes, census);
    Cohorts {
        rings,
        unproven,
        groups: looked_at,
        has_networks,
        has_devices: !likes.device.is_empty(),
        accounts,
        spared,
        deliveries,
        one_off: Vec::new(),
        fake,
        doubts,
        proof_line: line,
        samples,
    }
}

/// Leaves open whether what members endorsed inside a group is theirs.
fn doubt(group: &Group, likes: &Likes, census: &Census<'_>, doubts: &mut BTreeMap<u32, Vec<(u32, f32)>>) {
    for (account, target) in members::endorsements_inside(group, likes, census) {
        doubts.entry(target).or_default().push((account, UNDECIDED));
    }
}

/// Who is a victim in a ring of such: not to be accused in a larger one that holds it either.
fn spared(rings: &[Proven]) -> BTreeSet<u32> {
    let of_victims = rings.iter().filter(|r| r.kind == RingKind::Collusion);
    of_victims.flat_map(|r| &r.standings).filter(|s| s.foreign && s.belongs >= 0.5).map(|s| s.account).collect()
}

/// Which groups are proven: of those of one nature that share most of their members the one of the earliest layer, then the strongest. What is left of
/// the first layer is unproven; last come the unproven of later layers whose members are not mostly those of a proven one.
fn settle(groups: Vec<Group>, layers: &[usize], line: f64) -> (Vec<Group>, Vec<Group>, Vec<Group>) {
    let (mut proven, mut unproven, mut parts): (Vec<Group>, Vec<Group>, Vec<Group>) = Default::default();
    let mut candidates: Vec<(usize, Group)> = Vec::new();
    for (group, layer) in groups.into_iter().zip(layers) {
        if group.ln_proof() >= line {
            candidates.push((*layer, group));
        } else if *layer == 0 {
            unproven.push(group);
        } else {
            parts.push(group);
        }
    }
    candidates.sort_by(|a, b| {
        a.0.cmp(&b.0).then(b.1.ln_proof().total_cmp(&a.1.ln_proof())).then_with(|| a.1.bicluster.cmp(&b.1.bicluster))
    });
    // A pod among a farm's customers is a ring of its own, and so are stolen tokens beside a farm that sells to the same.
    let of_kind = |a: &Group, b: &Group| a.is_mutual() == b.is_mutual() && a.is_of_victims() == b.is_of_victims();
    // Found by targets, a ring is no other than by owners, whatever lives its accounts seem to lead there.
    let is_same = |a: &Group, b: &Group| (a.terms.by_target || of_kind(a, b)) && shares_most(a, b);
    for (layer, group) in candidates {
        if layer == BY_ADDRESSES {
            // Where those of a group who hop from address to address show a trait more plainly without the others, these were people among them.
            let mut same = proven.iter().filter(|p| is_same(&group, p));
            if same.all(|p| group.ln_conduct() > p.ln_conduct()) {
                proven.retain(|p| !is_same(&group, p));
            }
        }
        if layer == 0 || !proven.iter().any(|p| is_same(&group, p)) {
            proven.push(group);
        }
    }
    parts.retain(|part| !proven.iter().any(|p| shares_most(part, p)));
    (proven, unproven, parts)
}

/// Whether two groups have half of the smaller one's members in common.
fn shares_most(a: &Group, b: &Group) -> bool {
    let (a, b) = (&a.bicluster.members, &b.bicluster.members);
    let both = a.iter().filter(|m| b.binary_search(m).is_ok()).count();
    2 * both >= a.len().min(b.len())
}

/// Evidence against an account is at most that against its ring: both questions, "is it a ring?" and "does the account
/// belong?", must be answered.
fn ring_cap(rings: &[Proven], standing: &(f64, u32)) -> f64 {
    standing.0.min(rings[standing.1 as usize].ln_e)
}
