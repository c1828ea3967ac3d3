//! Rings with their members, targets and events, as files and report need them.

use super::closely::Closely;
use super::likes::{MemberEvent, Totals, ring_name};
use super::reasons::Reasons;
use crate::run::census;
use crate::store::Store;
use std::collections::BTreeMap;
use touchstone_detect::case::Exhibits;
use touchstone_detect::evalue::bits;
use touchstone_detect::explain;
use touchstone_detect::findings::{RingCase, RingEvent, RingMember, TargetCount, Verdict};
use touchstone_detect::fuse;
use touchstone_detect::params::Params;
use touchstone_detect::partition::NONE;
use touchstone_detect::pipeline::Outcome;
use touchstone_detect::ring::merge::Ring;

/// Most rings, and most members and targets of each, that the report shows; files hold all.
pub(super) const RINGS_SHOWN: usize = 200;
pub(super) const MEMBERS_SHOWN: usize = 120;
const TARGETS_SHOWN: usize = 80;

/// Members in step that make a target a ring's target (for rings without times: members).
const RING_TARGET_MEMBERS_MIN: usize = 2;

/// A ring with its numbers.
pub(crate) struct Case<'a> {
    pub(crate) ring: &'a Ring,
    pub(crate) name: String,
    pub(crate) bits: f64,
    /// (target, ring endorsements), most first.
    pub(crate) targets: Vec<(u32, u64)>,
    /// Ring targets each member endorsed, as `ring.members`.
    pub(crate) joint_targets: Vec<u64>,
    pub(crate) first_ts: i64,
    pub(crate) last_ts: i64,
    /// Endorsements of members on ring targets, by (ts, account, target).
    pub(crate) events: Vec<MemberEvent>,
}

/// Assembles all rings, in order.
pub(crate) fn cases<'a>(outcome: &'a Outcome, totals: &Totals) -> Vec<Case<'a>> {
    let mut events: Vec<Vec<MemberEvent>> = vec![Vec::new(); outcome.rings.len()];
    totals.events.iter().for_each(|e| events[e.ring as usize].push(*e));
    outcome
        .rings
        .iter()
        .zip(events)
        .enumerate()
        .map(|(r, (ring, mut events))| {
            let mut together: BTreeMap<u32, (usize, u64)> = BTreeMap::new();
            for e in &events {
                let t = together.entry(e.target).or_default();
                t.0 += usize::from(e.in_step || ring.scale.is_none());
                t.1 += 1;
            }
            together.retain(|_, (n, _)| *n >= RING_TARGET_MEMBERS_MIN);
            events.retain(|e| together.contains_key(&e.target));
            events.sort_unstable_by_key(|e| (e.ts, e.account, e.target));
            let mut joint: BTreeMap<u32, u64> = BTreeMap::new();
            events.iter().for_each(|e| *joint.entry(e.account).or_default() += 1);
            let mut targets: Vec<(u32, u64)> = together.into_iter().map(|(t, (_, n))| (t, n)).collect();
            targets.sort_by_key(|(t, n)| (std::cmp::Reverse(*n), *t));
            Case {
                ring,
                name: ring_name(r as u32),
                bits: bits(ring.ln_e),
                targets,
                joint_targets: ring.members.iter().map(|m| joint.get(m).copied().unwrap_or(0)).collect(),
                first_ts: events.first().map_or(0, |e| e.ts),
                last_ts: events.last().map_or(0, |e| e.ts),
                events,
            }
        })
        .collect()
}

/// The verdict on an account, and on what evidence.
pub(crate) fn verdict(outcome: &Outcome, account: u32, params: &Params) -> (Verdict, f64) {
    let Some(dossier) = outcome.dossiers.get(&account) else { return (Verdict::Organic, 0.0) };
    let (alone, evidence_bits) = (fuse::verdict(dossier, outcome.accusation_bits, params), dossier.bits());
    // Whoever stands in a ring that is listed is worth a look, if only to be cleared.
    let listed = outcome.roster.of(account).is_some();
    (if listed { alone.max(Verdict::Suspect) } else { alone }, evidence_bits)
}

/// A target's corrected count with its names.
pub(crate) fn target_count(store: &Store, totals: &Totals, target: u32, by_ring: u64) -> TargetCount {
    let c = totals.counts[target as usize];
    TargetCount {
        target: store.targets().get(target).to_owned(),
        owner: owner_name(store, target).map(str::to_owned),
        reported: c.reported,
        authentic: c.authentic,
        low: c.low,
        high: c.high,
        by_ring,
    }
}

/// Name of a target's owner.
pub(crate) fn owner_name(store: &Store, target: u32) -> Option<&str> {
    let owner = store.owners()?[target as usize];
    (owner != NONE).then(|| store.actors().get(owner))
}

/// The rings as the report shows them.
pub(crate) fn report_cases(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    cases: &[Case<'_>],
    closely: &Closely,
    params: &Params,
) -> Vec<RingCase> {
    let shown = cases.iter().take(RINGS_SHOWN).enumerate();
    shown
        .map(|(number, c)| {
            let exhibits = closely.exhibits(store, outcome, totals, c, number, params);
            report_case(store, outcome, totals, c, exhibits, params)
        })
        .collect()
}

fn report_case(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    case: &Case<'_>,
    exhibits: Exhibits,
    params: &Params,
) -> RingCase {
    let ring = case.ring;
    let scale = outcome.schedule.as_ref().zip(ring.scale).map(|(s, k)| s.scales[k as usize]);
    let (window, tile) = scale.map_or((0, 0), |s| (s.window, s.tile));
    let census = census(store);
    let owners: std::collections::BTreeSet<u64> = case.targets.iter().map(|(t, _)| census.author(*t)).collect();
    let shown = &ring.members[..ring.members.len().min(MEMBERS_SHOWN)];
    let members: Vec<RingMember> = shown
        .iter()
        .enumerate()
        .map(|(i, m)| {
            let (verdict, bits) = verdict(outcome, *m, params);
            RingMember {
                account: store.actors().get(*m).to_owned(),
                verdict,
                bits,
                joint_targets: case.joint_targets[i],
                endorsements: u64::from(store.degrees()[*m as usize]),
                discounted: totals.discounted.get(m).copied().unwrap_or(0.0),
            }
        })
        .collect();
    let member_index: BTreeMap<u32, u32> = shown.iter().enumerate().map(|(i, m)| (*m, i as u32)).collect();
    let shown_targets = &case.targets[..case.targets.len().min(TARGETS_SHOWN)];
    let target_index: BTreeMap<u32, u32> = shown_targets.iter().enumerate().map(|(i, t)| (t.0, i as u32)).collect();
    let events = case
        .events
        .iter()
        .filter_map(|e| {
            Some(RingEvent {
                member: *member_index.get(&e.account)?,
                target: *target_index.get(&e.target)?,
                ts: e.ts,
                p_fake: e.p_fake as f32,
                in_step: e.in_step,
            })
        })
        .collect();
    let mut why = Reasons::new(store, outcome, params).ring(ring);
    why.evidence.truncate(5);
    RingCase {
        ring: case.name.clone(),
        kind: ring.kind,
        verdict: explain::ring_verdict(ring, window, case.bits, params.fdr),
        innocent: explain::ring_innocent(ring, window, tile, store.owners().is_some(), owners.len()),
        bits: case.bits,
        window_seconds: window as f64 / 1e6,
        first_ts: case.first_ts,
        last_ts: case.last_ts,
        members_total: ring.members.len() as u64,
        targets_total: case.targets.len() as u64,
        accused: ring.accused as u64,
        members,
        targets: shown_targets.iter().map(|(t, n)| target_count(store, totals, *t, *n)).collect(),
        events,
        evidence: why.evidence,
        innocents: why.innocents,
        changes: why.changes,
        exhibits,
    }
}
