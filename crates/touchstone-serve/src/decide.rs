//! One like as it happens: counted, held or discounted, from the latest findings and a little running state.
//!
//! **What the findings say** of the account is evidence from closed windows. **Running state** adds what has happened
//! since: of the last endorsers of a target, how many are members of one ring. Under the null a ring's members
//! come as often as their share of all endorsements says; under the alternative half of the
//! endorsers are members. The likelihood ratio is a test martingale, so it may be looked at at any
//! time (Ville's inequality). It is taken over the last [`RECENT_MAX`] endorsers of the target, and costs a few additions.
//!
//! - `discount`: the account is accused, at the false discovery rate of the findings.
//! - `hold`: the account is a member of a ring, not accused itself, and running state alone shows that ring at work on
//!   this target at the same level: count it when the next findings are there.
//! - `allow`: everything else. A suspicion alone takes nothing.

use crate::desk::Overlay;
use crate::snapshot::Snapshot;
use std::collections::{HashMap, VecDeque};
use touchstone_ledger::ActionKind;

/// Endorsers of a target that are remembered.
const RECENT_MAX: usize = 64;
/// Targets that are remembered; the one longest without an endorsement goes.
const TARGETS_MAX: usize = 100_000;
/// Share of endorsers that are members, where a ring is at work.
const SHARE_AT_WORK: f64 = 0.5;

/// What to do with a like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow,
    Hold,
    Discount,
}

impl Decision {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Hold => "hold",
            Self::Discount => "discount",
        }
    }
}

/// A decision with its grounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    pub(crate) decision: Decision,
    /// Evidence against the account in the findings.
    pub(crate) account_bits: f64,
    /// Evidence from running state that its ring is at work on this target.
    pub(crate) running_bits: f64,
    pub(crate) reasons: Vec<String>,
}

#[derive(Debug, Default)]
struct Lately {
    /// Ring of each endorser, the latest last.
    rings: VecDeque<Option<u32>>,
    /// When it was touched, by count of touches.
    touched: u64,
}

/// What happened on targets lately. Belongs to one snapshot: rings have no names across two.
#[derive(Debug, Default)]
pub(crate) struct Running {
    snapshot: u64,
    targets: HashMap<Box<str>, Lately>,
    touches: u64,
}

impl Running {
    /// An endorsement happened.
    pub(crate) fn endorsed(&mut self, snapshot: &Snapshot, actor: &str, target: &str, _ts: i64) {
        if self.snapshot != snapshot.number {
            *self = Self { snapshot: snapshot.number, ..Self::default() };
        }
        self.touches += 1;
        if self.targets.len() >= TARGETS_MAX && !self.targets.contains_key(target) {
            // Half at a time, so that the search for the oldest is paid rarely.
            let mut touched: Vec<u64> = self.targets.values().map(|t| t.touched).collect();
            let middle = touched.len() / 2;
            let (_, &mut median, _) = touched.select_nth_unstable(middle);
            self.targets.retain(|_, t| t.touched > median);
        }
        let ring = ring_of(snapshot, actor);
        let lately = self.targets.entry(target.into()).or_default();
        lately.touched = self.touches;
        if lately.rings.len() == RECENT_MAX {
            lately.rings.pop_front();
        }
        lately.rings.push_back(ring);
    }

    /// Bits for "this ring is at work on this target", the like in question counted as one of its own.
    fn bits(&self, snapshot: &Snapshot, target: &str, ring: u32) -> f64 {
        let Some(found) = snapshot.rings.get(ring as usize) else { return 0.0 };
        let (mut members, mut all) = (1.0, 1.0);
        if self.snapshot == snapshot.number
            && let Some(lately) = self.targets.get(target)
        {
            all += lately.rings.len() as f64;
            members += lately.rings.iter().filter(|r| **r == Some(ring)).count() as f64;
        }
        // A ring that makes half of all endorsements cannot stand out by being half of some.
        let chance = found.activity.clamp(1e-6, SHARE_AT_WORK);
        members * (SHARE_AT_WORK / chance).log2() + (all - members) * ((1.0 - SHARE_AT_WORK) / (1.0 - chance)).log2()
    }
}

fn ring_of(snapshot: &Snapshot, account: &str) -> Option<u32> {
    let ring = snapshot.account(account)?.ring.as_deref()?;
    snapshot.ring_place(ring).and_then(|p| u32::try_from(p).ok())
}

/// Judges a like.
pub(crate) fn decide(snapshot: Option<&Snapshot>, running: &Running, actor: &str, target: &str) -> Judged {
    let mut judged = Judged { decision: Decision::Allow, account_bits: 0.0, running_bits: 0.0, reasons: Vec::new() };
    let Some(snapshot) = snapshot else {
        judged.reasons.push("there are no findings yet".to_owned());
        return judged;
    };
    let Some(account) = snapshot.account(actor) else {
        judged.reasons.push("the findings do not know this account; nothing speaks against it".to_owned());
        return judged;
    };
    judged.account_bits = account.evidence_bits;
    let ring = account.ring.as_deref().and_then(|r| snapshot.ring(r).map(|found| (r, found)));
    if let (Some((id, found)), Some(place)) = (ring, ring_of(snapshot, actor)) {
        judged.running_bits = running.bits(snapshot, target, place);
        judged.reasons.push(format!(
            "the account belongs to ring {id} ({}, {} members, {:.1} bits)",
            found.kind,
            found.members.len(),
            found.evidence_bits
        ));
    }
    if &*account.verdict == "inauthentic" {
        judged.decision = Decision::Discount;
        judged.reasons.insert(0, format!("the account is accused: {:.1} bits of evidence", account.evidence_bits));
        return judged;
    }
    // As unlikely by chance as the level of the findings, and not less than ten bits.
    let line = (1.0 / snapshot.fdr).log2().max(10.0);
    if ring.is_some() && judged.running_bits >= line {
        judged.decision = Decision::Hold;
        judged.reasons.insert(
            0,
            format!(
                "its ring is at work on this target now: {:.1} bits from the latest endorsers",
                judged.running_bits
            ),
        );
    } else if &*account.verdict == "suspect" {
        judged.reasons.insert(
            0,
            format!("the account is a suspect ({:.1} bits); a suspicion takes nothing", account.evidence_bits),
        );
    } else if ring.is_none() {
        judged.reasons.push("nothing speaks against the account beyond chance".to_owned());
    }
    judged
}

/// What people decided about the account goes before what was found.
pub(crate) fn reviewed(mut judged: Judged, overlay: &Overlay, actor: &str) -> Judged {
    if overlay.cleared.contains(actor) {
        judged.decision = Decision::Allow;
        judged.reasons.insert(0, "a reviewer cleared the account".to_owned());
    } else if let Some(kinds) = overlay.actions.get(actor) {
        let stops =
            |k: &&ActionKind| matches!(k, ActionKind::Discount | ActionKind::FreezeLiking | ActionKind::Suspend);
        if let Some(kind) = kinds.iter().filter(stops).max() {
            judged.decision = Decision::Discount;
            judged.reasons.insert(0, format!("an action is in force on the account: {}", kind.as_str()));
        }
    }
    judged
}

#[cfg(test)]
mod tests;
