//! Which groups are rings, and of what kind.

use super::contrast::{Inside, ln_group};
use super::mark::{MARKS, Mark, OF_ADDRESSES};
use super::refine::Bicluster;
use crate::evalue::ebh_threshold;
use crate::findings::RingKind;
use std::collections::BTreeMap;

/// Share of its targets that members own, from which a group counts as mutual.
pub(super) const MUTUAL_MIN: f64 = 0.5;

/// `ln e` of the clock from which somebody operates a ring, whoever its members are (10 bits).
const LN_OPERATED: f64 = 6.93;

/// Members up to which a mutual group that reacts at once is a pod.
const POD_MAX: usize = 80;

/// `ln e` from which a mark counts when the kind is named (5 bits).
const LN_MARK: f64 = 3.47;

/// What decides which marks count for a group.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// The marks by which the group was found: they prove nothing of it any more.
    pub found_by: &'static [Mark],
    /// Whether it is known when its targets were published.
    pub dated: bool,
    /// Whether it was found, and is judged, as if owners were unknown: by a clock or not at all.
    pub by_target: bool,
}

/// A group with its marks.
#[derive(Clone, Debug)]
pub struct Group {
    /// Accounts and targets.
    pub bicluster: Bicluster,
    /// What members (and others on its targets) did inside, by mark.
    pub inside: BTreeMap<Mark, Vec<Inside>>,
    /// `ln e` by mark.
    pub ln_e: BTreeMap<Mark, f64>,
    /// Share of its targets that members own.
    pub mutual: f64,
    /// Which marks count.
    pub terms: Terms,
    /// Of each target the probability that it was delivered by a clock, should the group keep one; empty where that was not asked.
    pub delivered: Vec<f64>,
    /// Accounts that may have known nothing of it, ascending: see [`super::members::victims`].
    pub victims: Vec<u32>,
}

impl Group {
    /// Judges the marks; `tested` are `ln e` of the tests for keeping step and for a clock, where they ran.
    #[must_use]
    pub fn new(
        bicluster: Bicluster,
        inside: BTreeMap<Mark, Vec<Inside>>,
        mutual: f64,
        terms: Terms,
        tested: [Option<f64>; 2],
    ) -> Self {
        let member = |i: &&Inside| bicluster.members.binary_search(&i.account).is_ok();
        let mut ln_e: BTreeMap<Mark, f64> = inside
            .iter()
            .filter(|(mark, _)| if mutual >= MUTUAL_MIN { !mark.of_other_groups() } else { !mark.of_mutual_groups() })
            .map(|(mark, all)| {
                let of_accounts = *mark != Mark::Cohesive;
                let members: Vec<Inside> = all.iter().filter(|i| !of_accounts || member(i)).copied().collect();
                (*mark, ln_group(&members, mark.rates()))
            })
            .collect();
        let tests = [Mark::InStep, Mark::Clockwork].into_iter().zip(tested);
        ln_e.extend(tests.filter_map(|(mark, ln)| Some((mark, ln?))));
        let mut group = Self { bicluster, inside, ln_e, mutual, terms, delivered: Vec::new(), victims: Vec::new() };
        // Both ask of the same sittings, or of the same looks: the one speaks that proves more.
        for pair in [OF_ADDRESSES, [Mark::Rewatched, Mark::Reopened]] {
            group.keep_one(pair);
        }
        group
    }

    /// Leaves out the one of two marks without which more is proven; of equals the weaker.
    fn keep_one(&mut self, pair: [Mark; 2]) {
        let [Some(first), Some(second)] = pair.map(|m| self.ln_e.get(&m).copied()) else { return };
        let [with_second, with_first] = pair.map(|left_out| {
            let mut other = self.ln_e.clone();
            other.remove(&left_out);
            self.ln_proof_by(&other)
        });
        let keeps_first = with_first.total_cmp(&with_second).then(first.total_cmp(&second)).is_ge();
        self.ln_e.remove(&pair[usize::from(keeps_first)]);
    }

    /// Evidence against "these are people of one taste", as `ln e`: that of the second strongest mark, so that no
    /// single trait convicts, less what looking at all of them costs. Where conduct can be seen, all that endorsements alone show
    /// counts as one mark, and not beside marks that innocent company has, too ([`Mark::of_company`]).
    #[must_use]
    pub fn ln_proof(&self) -> f64 {
        self.ln_proof_by(&self.ln_e)
    }

    fn ln_proof_by(&self, ln_e: &BTreeMap<Mark, f64>) -> f64 {
        let conduct = !is_bare(ln_e);
        let counting = ln_e.iter().filter(|(m, _)| !self.terms.found_by.contains(m));
        let (alone, of_conduct): (Vec<_>, Vec<_>) = counting.partition(|(m, _)| conduct && m.of_endorsements());
        let alone = alone.into_iter().map(|m| *m.1).fold(f64::NEG_INFINITY, f64::max);
        // Of friends everything is company, as far as there are looks to tell more.
        let friends = self.is_mutual();
        let looks = self.inside.contains_key(&Mark::Saturated);
        let is_apart = |m: Mark| if friends { !looks } else { !m.of_company() };
        let apart = of_conduct.iter().filter(|m| is_apart(*m.0));
        let apart = apart.map(|m| *m.1).fold(f64::NEG_INFINITY, f64::max);
        // Before the machines of one room a class likes what it is shown, and whoever works through a list does so in its order: the
        // two count as one. Of a list they do so only where it could be seen that posts come late, which a board's do.
        let one_thing = |m: Mark| match m {
            Mark::ForeignDevice | Mark::Saturated => 0,
            Mark::InSequence | Mark::InOrder if self.terms.dated => 1,
            m => 2 + m as usize,
        };
        let mut by_thing: BTreeMap<usize, f64> = BTreeMap::new();
        for (m, ln) in of_conduct {
            by_thing.entry(one_thing(*m)).and_modify(|most| *most = most.max(*ln)).or_insert(*ln);
        }
        let mut all: Vec<f64> = by_thing.into_values().collect();
        all.sort_by(|a, b| b.total_cmp(a));
        let mut second = all.get(1).copied().unwrap_or(f64::NEG_INFINITY).max(alone.min(apart));
        if self.terms.by_target {
            second = second.min(ln_e.get(&Mark::Clockwork).copied().unwrap_or(f64::NEG_INFINITY));
        }
        if second.is_finite() { second - (MARKS.len() as f64).ln() } else { 0.0 }
    }

    /// The strongest mark of conduct that innocent company does not have, apart from addresses, as `ln e`.
    pub(super) fn ln_conduct(&self) -> f64 {
        let counts = |m: &Mark| !m.of_endorsements() && !m.of_company() && !OF_ADDRESSES.contains(m);
        self.ln_e.iter().filter(|(m, _)| counts(m)).map(|m| *m.1).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Whether it is unknown what it is: the log shows nothing of conduct by which it could be cleared, or one mark speaks against it.
    /// Its endorsements then widen intervals.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        let tells = |m: &Mark| !m.of_endorsements() && !m.of_company() && !self.terms.found_by.contains(m);
        self.is_bare() || self.marked().iter().any(tells)
    }

    /// Marks that count, in order.
    #[must_use]
    pub fn marked(&self) -> Vec<Mark> {
        self.ln_e.iter().filter(|(_, ln)| **ln >= LN_MARK).map(|(m, _)| *m).collect()
    }

    /// Whether most members may have known nothing of it. A few are not enough: a class that came to what a farm worked off is foreign to
    /// the machines of its room, and makes no victims of the farm's accounts.
    #[must_use]
    pub fn is_of_victims(&self) -> bool {
        let members = &self.bicluster.members;
        2 * members.iter().filter(|a| self.victims.binary_search(a).is_ok()).count() >= members.len().max(1)
    }

    /// Whether most members were used from devices that are not theirs.
    #[must_use]
    pub fn is_of_foreign_devices(&self) -> bool {
        self.is_of_victims() && self.ln_e.get(&Mark::ForeignDevice).is_some_and(|ln| *ln >= LN_MARK)
    }

    /// Whether somebody operates it, by other people's devices or by a clock: then its endorsements are nobody's own, even
    /// where its members have lives of their own.
    #[must_use]
    pub fn is_operated(&self) -> bool {
        self.is_of_foreign_devices() || self.is_of_clock()
    }

    /// Whether it is operated by a clock.
    pub(super) fn is_of_clock(&self) -> bool {
        self.ln_e.get(&Mark::Clockwork).is_some_and(|ln| *ln >= LN_OPERATED)
    }

    /// Whether its members own most of what they endorse.
    #[must_use]
    pub fn is_mutual(&self) -> bool {
        self.mutual >= MUTUAL_MIN
    }

    /// Whether nothing is known of its conduct but endorsements.
    pub(super) fn is_bare(&self) -> bool {
        is_bare(&self.ln_e)
    }

    /// Its kind by its marks. A ring of which most members may have known nothing is a collusion network: nobody of it is accused.
    #[must_use]
    pub fn kind(&self) -> RingKind {
        let has = |m: Mark| self.ln_e.get(&m).is_some_and(|ln| *ln >= LN_MARK);
        if !self.is_mutual() && self.is_of_victims() {
            RingKind::Collusion
        } else if !self.is_mutual() {
            RingKind::Farm
        } else if self.bicluster.members.len() <= POD_MAX && !has(Mark::InSequence) {
            RingKind::Pod
        } else {
            RingKind::Exchange
        }
    }
}

fn is_bare(ln_e: &BTreeMap<Mark, f64>) -> bool {
    ln_e.keys().all(|m| m.of_endorsements() || m.of_mutual_groups())
}

/// Line on [`Group::ln_proof`] at level `q`, by e-BH over all groups.
#[must_use]
pub fn line(groups: &[Group], q: f64) -> f64 {
    let all: Vec<f64> = groups.iter().map(Group::ln_proof).collect();
    ebh_threshold(&all, all.len(), q)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::contrast::Beta;

    fn group(members: u32, successes: &[(Mark, u32)], in_step: f64) -> Group {
        let null = Beta { a: 2.0, b: 18.0 };
        let rows = |n: u32| (0..members).map(|account| Inside { account, successes: n, trials: 10, null }).collect();
        let inside = successes.iter().map(|(mark, n)| (*mark, rows(*n))).collect();
        let bicluster = Bicluster { members: (0..members).collect(), targets: vec![1, 2, 3] };
        Group::new(bicluster, inside, 0.0, Terms::default(), [Some(in_step), None])
    }

    #[test]
    fn of_two_marks_of_one_thing_the_one_speaks_that_proves_more() {
        // That they never return to an address is plainer; that nobody else does either goes together with their keeping step.
        let roving = [(Mark::FleetingAddress, 8), (Mark::WanderingAddress, 10)];
        let found = group(20, &roving, 50.0);
        assert!(found.ln_e.contains_key(&Mark::FleetingAddress) && found.ln_proof() > 20.0, "{:?}", found.ln_e);
        // Where nothing else is known of them neither proves anything: the plainer one is shown.
        let found = group(20, &roving, -5.0);
        assert!(found.ln_e.contains_key(&Mark::WanderingAddress) && found.ln_proof() <= 0.0, "{:?}", found.ln_e);
        // Travellers who keep step are no ring.
        assert!(group(20, &[(Mark::FleetingAddress, 1), (Mark::WanderingAddress, 10)], 50.0).ln_proof() <= 0.0);
    }

    #[test]
    fn what_a_group_was_found_by_proves_nothing_of_it() {
        let found = |found_by: &'static [Mark]| {
            let mut found = group(20, &[(Mark::Unseen, 10), (Mark::SharedDevice, 10)], -5.0);
            found.terms.found_by = found_by;
            found
        };
        assert!(found(&[]).ln_proof() > 20.0);
        let of_devices = found(&[Mark::SharedDevice]);
        assert!(of_devices.ln_proof() <= 0.0 && of_devices.is_undecided(), "one mark is left");
        let mut alone = group(20, &[(Mark::SharedDevice, 10)], -5.0);
        assert!(alone.is_undecided());
        alone.terms.found_by = &[Mark::SharedDevice];
        assert!(!alone.is_undecided(), "people at one machine, and nothing else");
    }

    #[test]
    fn fans_of_one_author_are_no_ring_whatever_they_do_together() {
        let found = |clock| {
            let bicluster = Bicluster { members: (0..20).collect(), targets: vec![1, 2, 3] };
            let null = Beta { a: 2.0, b: 18.0 };
            let devoted = (0..20).map(|account| Inside { account, successes: 10, trials: 10, null }).collect();
            let terms = Terms { by_target: true, ..Terms::default() };
            Group::new(bicluster, BTreeMap::from([(Mark::Devoted, devoted)]), 0.0, terms, [Some(50.0), Some(clock)])
        };
        assert!(found(-1.0).ln_proof() <= 0.0);
        assert!(found(30.0).ln_proof() > 20.0);
    }

    #[test]
    fn order_and_sequence_are_one_thing_where_lateness_could_show() {
        let listed = |dated, late| {
            let mut found = group(20, &[(Mark::InSequence, 10), (Mark::InOrder, 10), (Mark::Late, late)], -5.0);
            found.mutual = 1.0;
            found.ln_e = found.inside.iter().map(|(m, all)| (*m, ln_group(all, m.rates()))).collect();
            found.terms.dated = dated;
            found.ln_proof()
        };
        assert!(listed(false, 0) > 20.0);
        assert!(listed(true, 0) <= 0.0);
        assert!(listed(true, 10) > 20.0);
    }

    #[test]
    fn a_ring_whose_members_may_know_nothing_of_it_is_nobodys_farm() {
        let mut found = group(20, &[(Mark::Unseen, 10), (Mark::SharedDevice, 10)], 0.0);
        assert_eq!(found.kind(), RingKind::Farm);
        found.victims = (0..9).chain(100..120).collect();
        assert_eq!(found.kind(), RingKind::Farm, "those who are no members do not count");
        found.victims = (0..10).collect();
        assert_eq!(found.kind(), RingKind::Collusion);
    }
}
