//! Which groups are rings, and of what kind.

use super::contrast::{Inside, ln_group};
use super::mark::{MARKS, Mark};
use super::refine::Bicluster;
use crate::evalue::ebh_threshold;
use crate::findings::RingKind;
use crate::signals::infrastructure::Networks;
use std::collections::BTreeMap;

/// Share of its targets that members own, from which a group counts as mutual.
pub(super) const MUTUAL_MIN: f64 = 0.5;

/// Owners outside from which the usual member counts as having a life of its own.
const OUTSIDE_MIN: u32 = 2;

/// `ln e` of the clock from which somebody operates a ring, whoever its members are (10 bits).
const LN_OPERATED: f64 = 6.93;

/// The same where a log has endorsements alone, so that nothing else tells a hired account from a stolen one.
const OUTSIDE_MIN_BARE: u32 = 1;

/// Members up to which a mutual group that reacts at once is a pod.
const POD_MAX: usize = 80;

/// `ln e` from which a mark counts when the kind is named (5 bits).
const LN_MARK: f64 = 3.47;

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
    /// Owners outside of whom the usual member endorsed something (median).
    pub outside: u32,
}

impl Group {
    /// Judges the marks; `in_step` and `clockwork` are `ln e` of these tests where they ran.
    #[must_use]
    pub fn new(
        bicluster: Bicluster,
        inside: BTreeMap<Mark, Vec<Inside>>,
        (mutual, outside): (f64, u32),
        in_step: Option<f64>,
        clockwork: Option<f64>,
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
        // Both ask of the same sittings, or of the same looks: the clearer one speaks.
        for (a, b) in [(Mark::FleetingAddress, Mark::WanderingAddress), (Mark::Rewatched, Mark::Reopened)] {
            if let (Some(first), Some(second)) = (ln_e.get(&a), ln_e.get(&b)) {
                let weaker = if first >= second { b } else { a };
                ln_e.remove(&weaker);
            }
        }
        if let Some(ln) = in_step {
            ln_e.insert(Mark::InStep, ln);
        }
        if let Some(ln) = clockwork {
            ln_e.insert(Mark::Clockwork, ln);
        }
        Self { bicluster, inside, ln_e, mutual, outside }
    }

    /// Evidence against "these are people of one taste", as `ln e`: that of the second strongest mark, so that no
    /// single trait convicts, less what looking at all of them costs. Where conduct can be seen, all that endorsements alone show
    /// counts as one mark, and not beside marks that innocent company has, too ([`Mark::of_company`]).
    #[must_use]
    pub fn ln_proof(&self) -> f64 {
        let conduct = !self.is_bare();
        let (alone, of_conduct): (Vec<_>, Vec<_>) = self.ln_e.iter().partition(|(m, _)| conduct && m.of_endorsements());
        let alone = alone.into_iter().map(|m| *m.1).fold(f64::NEG_INFINITY, f64::max);
        // Of friends everything is company, as far as there are looks to tell more.
        let friends = self.mutual >= MUTUAL_MIN;
        let looks = self.inside.contains_key(&Mark::Saturated);
        let is_apart = |m: Mark| if friends { !looks } else { !m.of_company() };
        let apart = of_conduct.iter().filter(|m| is_apart(*m.0));
        let apart = apart.map(|m| *m.1).fold(f64::NEG_INFINITY, f64::max);
        // Before the machines of one room a class likes what it is shown: the two count as one.
        let of_class = |m: Mark| matches!(m, Mark::ForeignDevice | Mark::Saturated);
        let (class, others): (Vec<_>, Vec<_>) = of_conduct.into_iter().partition(|(m, _)| of_class(**m));
        let mut all: Vec<f64> = others.into_iter().map(|m| *m.1).collect();
        all.extend(class.into_iter().map(|m| *m.1).max_by(f64::total_cmp));
        all.sort_by(|a, b| b.total_cmp(a));
        let second = all.get(1).copied().unwrap_or(f64::NEG_INFINITY).max(alone.min(apart));
        if second.is_finite() { second - (MARKS.len() as f64).ln() } else { 0.0 }
    }

    /// Whether it is unknown what it is: the log shows nothing of conduct by which it could be cleared, or one mark speaks against it.
    /// Its endorsements then widen intervals.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.is_bare() || self.marked().iter().any(|m| !m.of_endorsements() && !m.of_company())
    }

    /// Marks that count, in order.
    #[must_use]
    pub fn marked(&self) -> Vec<Mark> {
        self.ln_e.iter().filter(|(_, ln)| **ln >= LN_MARK).map(|(m, _)| *m).collect()
    }

    /// Whether most members were used from devices that are not theirs. A few are not enough: a class that came to what a farm worked off
    /// is foreign to the machines of its room, and makes no victims of the farm's accounts.
    #[must_use]
    pub fn is_of_foreign_devices(&self) -> bool {
        let rows = self.inside.get(&Mark::ForeignDevice).map_or(&[][..], Vec::as_slice);
        let is_member = |i: &&Inside| self.bicluster.members.binary_search(&i.account).is_ok();
        let foreign = rows.iter().filter(is_member).filter(|i| Networks::is_foreign(i)).count();
        2 * foreign >= self.bicluster.members.len()
            && self.ln_e.get(&Mark::ForeignDevice).is_some_and(|ln| *ln >= LN_MARK)
    }

    /// Whether somebody operates it, by other people's devices or by a clock: then its endorsements are nobody's own, even
    /// where its members have lives of their own.
    #[must_use]
    pub fn is_operated(&self) -> bool {
        self.is_of_foreign_devices() || self.ln_e.get(&Mark::Clockwork).is_some_and(|ln| *ln >= LN_OPERATED)
    }

    /// Whether nothing is known of its conduct but endorsements.
    fn is_bare(&self) -> bool {
        self.ln_e.keys().all(|m| m.of_endorsements() || m.of_mutual_groups())
    }

    /// Its kind by its marks. Whoever has a life outside may be the owner of a stolen token: where no devices tell, a ring of
    /// such accounts counts as one of those, so that nobody is accused.
    #[must_use]
    pub fn kind(&self) -> RingKind {
        let device_less = !self.ln_e.contains_key(&Mark::ForeignDevice) && self.mutual < MUTUAL_MIN;
        let least = if self.is_bare() { OUTSIDE_MIN_BARE } else { OUTSIDE_MIN };
        if device_less && self.outside >= least {
            return RingKind::Collusion;
        }
        let has = |m: Mark| self.ln_e.get(&m).is_some_and(|ln| *ln >= LN_MARK);
        if self.is_of_foreign_devices() && has(Mark::Unseen) && self.mutual < MUTUAL_MIN {
            RingKind::Collusion
        } else if self.mutual < MUTUAL_MIN {
            RingKind::Farm
        } else if self.bicluster.members.len() <= POD_MAX && !has(Mark::InSequence) {
            RingKind::Pod
        } else {
            RingKind::Exchange
        }
    }
}

/// Line on [`Group::ln_proof`] at level `q`, by e-BH over all groups.
#[must_use]
pub fn line(groups: &[Group], q: f64) -> f64 {
    let all: Vec<f64> = groups.iter().map(Group::ln_proof).collect();
    ebh_threshold(&all, all.len(), q)
}
