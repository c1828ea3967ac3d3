//! What is looked at closely for the cases: lives of their accounts, how others live, who uses what.

use super::cases::{Case, MEMBERS_SHOWN, RINGS_SHOWN, owner_name, target_count};
use super::likes::{LikesError, MemberEvent, Totals};
use super::lives::{Lives, users};
use crate::run::census;
use crate::store::{Progress, Store};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::case::sample::{Life, Sample, is_sampled};
use touchstone_detect::case::{Effect, Exhibits, books, conduct, grid, network, spread};
use touchstone_detect::evalue::bits;
use touchstone_detect::hash::mix64;
use touchstone_detect::params::Params;
use touchstone_detect::partition::{NO_TIME, NONE};
use touchstone_detect::pipeline::Outcome;

/// Loss of a target below which it is not said to lose anything.
const LOSS_MIN: f64 = 0.5;

/// All of it.
pub(crate) struct Closely {
    lives: Lives,
    pub(crate) sample: Sample,
    pub(crate) users: BTreeMap<(bool, u64), u64>,
    ages: Vec<u64>,
    line_bits: f64,
    seed: u64,
}

impl Closely {
    /// Reads the lives of the members shown, of `also`, and of a sample of accounts that nothing speaks against.
    pub(crate) fn read(
        store: &Store,
        outcome: &Outcome,
        cases: &[Case<'_>],
        also: &[u32],
        params: &Params,
        progress: &dyn Progress,
    ) -> Result<Self, LikesError> {
        let shown = cases.iter().take(RINGS_SHOWN).flat_map(|c| c.ring.members.iter().take(MEMBERS_SHOWN)).chain(also);
        let shown: BTreeSet<u32> = shown.copied().collect();
        let is_clear = |a: u32| !outcome.dossiers.contains_key(&a) && outcome.roster.of(a).is_none();
        let first = store.actor_first_ts();
        let endorsers = store.endorsers();
        let sampled: Vec<u32> = (0..endorsers as u32)
            .filter(|a| is_clear(*a) && is_sampled(first[*a as usize], endorsers, params.seed))
            .collect();
        let mut wanted = vec![false; endorsers];
        shown.iter().chain(&sampled).for_each(|a| wanted[*a as usize] = true);
        let lives = if shown.is_empty() { Lives::none() } else { Lives::read(store, &wanted, progress)? };
        let sample = Sample::new(sampled.iter().map(|a| lives.of(*a)));
        let used = network::uses(shown.iter().flat_map(|a| lives.of(*a).acts));
        let hubs: BTreeSet<(bool, u64)> = used.iter().map(|u| (u.0, u.1)).collect();
        let users = if hubs.is_empty() { BTreeMap::new() } else { users(store, &hubs, progress)? };
        let mut ages = vec![0; spread::AGES.len() + 1];
        for account in (0..endorsers as u32).filter(|a| is_clear(*a)) {
            if let Some(age) = age(store, account) {
                ages[spread::class(&spread::AGES, age)] += 1;
            }
        }
        let accused = outcome.dossiers.values().filter(|d| d.accused(outcome.accusation_bits)).count();
        Ok(Self {
            lives,
            sample,
            users,
            ages,
            line_bits: line_bits(endorsers, accused, params.fdr).min(outcome.accusation_bits),
            seed: params.seed,
        })
    }

    /// Bits that an accusation takes.
    pub(crate) fn line_bits(&self) -> f64 {
        self.line_bits
    }

    /// The life of an account that is shown.
    pub(crate) fn life(&self, account: u32) -> Life<'_> {
        self.lives.of(account)
    }

    /// What the case of ring number `number` shows.
    pub(crate) fn exhibits(
        &self,
        store: &Store,
        outcome: &Outcome,
        totals: &Totals,
        case: &Case<'_>,
        number: usize,
        params: &Params,
    ) -> Exhibits {
        let members = &case.ring.members[..case.ring.members.len().min(MEMBERS_SHOWN)];
        let lives: Vec<Life<'_>> = members.iter().map(|m| self.life(*m)).collect();
        let facts = store.facts();
        let given: Vec<u64> = members.iter().map(|m| u64::from(store.degrees()[*m as usize])).collect();
        let received: Vec<u64> = case.targets.iter().map(|t| u64::from(store.popularity()[t.0 as usize])).collect();
        let (null_cells, null_mean) =
            grid::alone(&given, &received, facts.endorsements, self.seed ^ mix64(number as u64));
        let times: Vec<Vec<i64>> = lives.iter().map(Life::times).collect();
        let own_ages = members.iter().filter_map(|m| age(store, *m));
        let mut targets: Vec<u32> = case.targets.iter().map(|t| t.0).collect();
        targets.sort_unstable();
        let owners = store.owners();
        let owner = |t: u32| owners.map(|o| o[t as usize]).filter(|o| *o != NONE);
        let uses = network::uses(lives.iter().flat_map(|l| l.acts));
        let proven = outcome.cohorts.rings.len();
        Exhibits {
            effect: effect(store, totals, case, number),
            line_bits: match case.ring.proven {
                Some(_) => line_bits(outcome.cohorts.groups, proven, params.fdr).min(bits(outcome.cohorts.proof_line)),
                None => self.line_bits,
            },
            null_cells,
            null_mean,
            gaps: if facts.timed { spread::gaps(&times, &self.sample) } else { None },
            ages: spread::against(&spread::AGES, own_ages, &self.ages),
            conduct: (facts.views > 0).then(|| conduct::conduct(&lives, &targets, &self.sample)),
            books: books::books(members, lives.iter().flat_map(|l| l.acts), owner),
            network: network::network(members, &uses, &self.users),
        }
    }
}

/// What e-BH asks of each of `accused` of `tested`, in bits, if nothing at all is known against the others: a little less, if there is.
fn line_bits(tested: usize, accused: usize, fdr: f64) -> f64 {
    let (tested, accused) = (tested.max(1), accused.max(1));
    ((tested + 1).saturating_sub(accused).max(1) as f64 / (accused as f64 * fdr)).log2().max(0.0)
}

/// Age of an account at its first endorsement, in seconds, where its creation is known and came first.
fn age(store: &Store, account: u32) -> Option<f64> {
    let created = *store.created()?.get(account as usize)?;
    let first = census(store).actor_first_ts[account as usize];
    (store.facts().timed && created != NO_TIME && first != NO_TIME && created <= first)
        .then(|| (first - created) as f64 / 1e6)
}

/// What discounting the endorsements of a ring's members does.
fn effect(store: &Store, totals: &Totals, case: &Case<'_>, number: usize) -> Effect {
    let mut by_target: BTreeMap<u32, f64> = BTreeMap::new();
    let of_ring = |e: &&MemberEvent| e.ring as usize == number && e.p_fake > 0.0;
    totals.events.iter().filter(of_ring).for_each(|e| *by_target.entry(e.target).or_default() += e.p_fake);
    let discounted: f64 = by_target.values().sum();
    let given: f64 = case.ring.members.iter().map(|m| f64::from(store.degrees()[*m as usize])).sum();
    by_target.retain(|_, p| *p >= LOSS_MIN);
    let owners: BTreeSet<&str> = by_target.keys().filter_map(|t| owner_name(store, *t)).collect();
    let most = by_target
        .iter()
        .fold(None, |best: Option<(u32, f64)>, (t, p)| Some(best.filter(|b| b.1 >= *p).unwrap_or((*t, *p))));
    Effect {
        discounted: (discounted * 1e3).round() / 1e3,
        kept: ((given - discounted) * 1e3).round() / 1e3,
        targets: by_target.len() as u64,
        owners: owners.len() as u64,
        most: most.map(|(t, p)| target_count(store, totals, t, p.round() as u64)),
    }
}
