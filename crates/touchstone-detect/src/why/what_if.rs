//! What would be said without one piece of evidence.

use super::{against, called, standing};
use crate::cohort::mark::Mark;
use crate::cohort::run::{Cohorts, Proven};
use crate::evalue::bits;
use crate::findings::{Change, RingKind, Verdict};
use crate::fuse::{Dossier, combined};
use crate::params::Params;
use std::collections::BTreeSet;

/// Lines and rings of the run.
#[derive(Clone, Copy)]
pub struct Lines<'a> {
    /// Proven rings.
    pub cohorts: &'a Cohorts,
    /// The line of accusation, in bits.
    pub accusation_bits: f64,
    /// Thresholds.
    pub params: &'a Params,
}

impl Lines<'_> {
    fn verdict(&self, ln_accusing: f64, ln_all: f64, listed: bool) -> Verdict {
        if bits(ln_accusing) >= self.accusation_bits {
            Verdict::Inauthentic
        } else if listed || bits(ln_all) >= self.params.suspect_bits {
            Verdict::Suspect
        } else {
            Verdict::Organic
        }
    }

    /// Evidence on a ring without a mark, as `ln e`; none where it is no ring then.
    fn proof_without(&self, ring: &Proven, mark: Mark) -> Option<f64> {
        let mut group = ring.group.clone();
        group.ln_e.remove(&mark);
        Some(group.ln_proof()).filter(|ln| *ln >= self.cohorts.proof_line)
    }
}

/// What would change the verdict on an account; `listed` says whether it stands in a ring of the findings. Those that
/// turn it first, then by what they take away.
#[must_use]
pub fn account(id: u32, dossier: &Dossier, listed: bool, today: Verdict, lines: &Lines<'_>) -> Vec<Change> {
    let cohorts = lines.cohorts;
    let rings = !cohorts.accounts.is_empty();
    let cohort = dossier.cohort.map(|c| c.0);
    let mut changes = Vec::new();
    if dossier.label.is_some() {
        let (ln_accusing, ln_all) = combined((dossier.ln_lockstep, dossier.ln_held), dossier.ln_pool, cohort, rings);
        let then = lines.verdict(ln_accusing, ln_all, listed);
        changes.push(change("the review", bits(ln_all), then, today));
    }
    let mut say = |without: &str, lockstep: f64, pool: f64, cohort: Option<f64>, listed: bool| {
        let (ln_accusing, ln_all) = combined((lockstep, lockstep.min(dossier.ln_held)), pool, cohort, rings);
        // A review stays, and accuses nobody by itself.
        let (accusing, ln_all) = (ln_accusing + dossier.ln_label(), ln_all + dossier.ln_label());
        let accusing = if ln_accusing > 0.0 { accusing } else { accusing.min(0.0) };
        let then = lines.verdict(accusing, ln_all, listed);
        changes.push(change(without, bits(ln_all), then, today));
    };
    if let Some((_, number)) = dossier.cohort {
        let ring = &cohorts.rings[number as usize];
        if let Some(of) = standing(ring, id) {
            let of_group = ring.group.ln_e.iter().filter(|(_, ln)| **ln > 0.0).map(|(m, _)| *m);
            let asked: BTreeSet<Mark> = of_group.chain(of.by_mark.keys().copied()).collect();
            for mark in asked {
                let proof = lines.proof_without(ring, mark);
                let mut own = of.clone();
                own.by_mark.remove(&mark);
                let replaced = proof.map_or(f64::NEG_INFINITY, |proof| own.ln_e().min(proof));
                let ln = against(cohorts, id, Some((number, replaced)));
                // The same rule as for everybody: who is not held against a ring has no such part.
                let ln = Some(ln).filter(|ln| *ln > 0.0);
                let lockstep = if mark == Mark::InStep { 0.0 } else { dossier.ln_lockstep };
                say(called(mark), lockstep, dossier.ln_pool, ln, listed && proof.is_some());
            }
        }
    }
    if dossier.ln_lockstep > 0.0 && cohort.is_none() {
        say(called(Mark::InStep), 0.0, dossier.ln_pool, cohort, false);
    }
    if dossier.ln_pool > 0.0 && cohort.is_none() {
        say("the targets that its group shares", dossier.ln_lockstep, 0.0, cohort, listed && dossier.ln_lockstep > 0.0);
    }
    ordered(&mut changes);
    if let Some(more) = missing(dossier, today, lines) {
        changes.push(more);
    }
    changes
}

/// What a suspect lacks to be accused.
fn missing(dossier: &Dossier, today: Verdict, lines: &Lines<'_>) -> Option<Change> {
    if today != Verdict::Suspect {
        return None;
    }
    let of_ring = dossier.cohort.map(|c| lines.cohorts.rings[c.1 as usize].kind);
    let sentence = if of_ring == Some(RingKind::Collusion) {
        "nobody is accused in a ring of stolen or lent accounts, whatever the evidence".to_string()
    } else if lines.accusation_bits.is_finite() {
        let lacks = (lines.accusation_bits - dossier.accusing_bits()).max(0.0);
        format!(
            "it would be accused with {lacks:.1} bits more of evidence that can accuse ({:.1} today, the line is at {:.1})",
            dossier.accusing_bits(),
            lines.accusation_bits
        )
    } else {
        format!(
            "nobody reaches the line of accusation in this log ({:.1} bits can accuse here)",
            dossier.accusing_bits()
        )
    };
    Some(Change {
        without: String::new(),
        bits: dossier.bits(),
        then: Verdict::Suspect.as_str().into(),
        turns: false,
        sentence,
    })
}

fn change(without: &str, left: f64, then: Verdict, today: Verdict) -> Change {
    let (turns, word) = (then != today, then.as_str());
    let sentence = if turns {
        format!("without {without} the evidence is {left:.1} bits: {word}")
    } else {
        format!("without {without} the evidence is {left:.1} bits: still {word}")
    };
    Change { without: without.into(), bits: left, then: word.into(), turns, sentence }
}

fn ordered(changes: &mut [Change]) {
    changes.sort_by(|a, b| b.turns.cmp(&a.turns).then(a.bits.total_cmp(&b.bits)).then(a.without.cmp(&b.without)));
}

/// What would make a proven ring none.
#[must_use]
pub fn ring(ring: &Proven, lines: &Lines<'_>) -> Vec<Change> {
    let mut changes: Vec<Change> = ring
        .group
        .ln_e
        .iter()
        .filter(|(_, ln)| **ln > 0.0)
        .map(|(mark, _)| {
            let mut group = ring.group.clone();
            group.ln_e.remove(mark);
            let left = bits(group.ln_proof());
            let stands = lines.proof_without(ring, *mark).is_some();
            let (then, words) = if stands { ("ring", "still a ring") } else { ("no ring", "no ring") };
            let sentence = format!("without {} the evidence is {left:.1} bits: {words}", called(*mark));
            Change { without: called(*mark).into(), bits: left, then: then.into(), turns: !stands, sentence }
        })
        .collect();
    ordered(&mut changes);
    changes
}
