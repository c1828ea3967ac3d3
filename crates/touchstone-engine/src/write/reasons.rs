//! Why: evidence, innocent explanations and what would change a verdict, with names.

use crate::run::census;
use crate::store::Store;
use touchstone_detect::explain::{self, Piece};
use touchstone_detect::findings::{Change, Evidence, Innocent, Sample, Verdict};
use touchstone_detect::fuse::Dossier;
use touchstone_detect::params::Params;
use touchstone_detect::pipeline::Outcome;
use touchstone_detect::ring::merge::Ring;
use touchstone_detect::why::what_if::{self, Lines};
use touchstone_detect::why::{innocent, standing};

/// Gives reasons.
pub(crate) struct Reasons<'a> {
    store: &'a Store,
    outcome: &'a Outcome,
    lines: Lines<'a>,
    timed: bool,
}

/// Why a ring is one.
pub(crate) struct RingReasons {
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) innocents: Vec<Innocent>,
    pub(crate) changes: Vec<Change>,
}

impl<'a> Reasons<'a> {
    pub(crate) fn new(store: &'a Store, outcome: &'a Outcome, params: &'a Params) -> Self {
        let lines = Lines { cohorts: &outcome.cohorts, accusation_bits: outcome.accusation_bits, params };
        Self { store, outcome, lines, timed: census(store).timed }
    }

    fn named(&self, piece: Piece) -> Evidence {
        let name = |(actor, target, ts): (u32, u32, i64)| Sample {
            actor: self.store.actors().get(actor).to_owned(),
            target: self.store.targets().get(target).to_owned(),
            ts: self.timed.then_some(ts),
        };
        Evidence { samples: piece.shown.into_iter().map(name).collect(), ..piece.evidence }
    }

    /// The evidence on an account, strongest first.
    pub(crate) fn evidence(&self, account: u32, dossier: &Dossier) -> Vec<Evidence> {
        let o = self.outcome;
        let all = explain::account(account, dossier, o.schedule.as_ref(), &o.cohorts);
        all.into_iter().map(|p| self.named(p)).collect()
    }

    /// Innocent explanations of what is held against an account.
    pub(crate) fn innocents(&self, account: u32, dossier: &Dossier) -> Vec<Innocent> {
        let ring = dossier.cohort.map(|c| &self.outcome.cohorts.rings[c.1 as usize]);
        match ring.and_then(|r| Some((r, standing(r, account)?))) {
            Some((ring, of)) => innocent::of_member(ring, of),
            None => innocent::of_stranger(dossier, self.outcome.schedule.as_ref(), self.store.owners().is_some()),
        }
    }

    /// What would change the verdict on an account.
    pub(crate) fn changes(&self, account: u32, dossier: &Dossier, verdict: Verdict) -> Vec<Change> {
        let listed = self.outcome.roster.of(account).is_some();
        what_if::account(account, dossier, listed, verdict, &self.lines)
    }

    /// Why a ring is one.
    pub(crate) fn ring(&self, ring: &Ring) -> RingReasons {
        let o = self.outcome;
        let pieces = explain::ring(ring, &o.dossiers, o.schedule.as_ref(), &o.cohorts);
        let evidence = pieces.into_iter().map(|p| self.named(p)).collect();
        let (innocents, changes) = match ring.proven.map(|n| &o.cohorts.rings[n as usize]) {
            Some(proven) => (innocent::of_ring(proven), what_if::ring(proven, &self.lines)),
            None => Default::default(),
        };
        RingReasons { evidence, innocents, changes }
    }
}
