//! Cases of accounts: whoever is accused or suspect.

use super::cases::{Case, owner_name, verdict};
use super::closely::Closely;
use super::likes::{Totals, p_fake, ring_name};
use super::reasons::Reasons;
use crate::store::Store;
use rayon::prelude::*;
use touchstone_detect::case::{AccountExhibits, Endorsed, Hub, Part, Rates, network, spread};
use touchstone_detect::findings::AccountCase;
use touchstone_detect::params::Params;
use touchstone_detect::partition::NO_TIME;
use touchstone_detect::pipeline::Outcome;

/// Most accounts that have a case; files hold all.
const ACCOUNTS_SHOWN: usize = 2_000;

/// Endorsements of an account that are drawn, and that are named.
const TIMES_MAX: usize = 200;
const SAMPLES_MAX: usize = 10;

/// Devices and addresses named in an account's case.
const SHARED_MAX: usize = 6;

/// Accounts with a case: accused and suspects, most evidence first, by rings in turn so that every ring has some.
pub(super) fn listed(outcome: &Outcome, rings: &[Case<'_>], params: &Params) -> Vec<u32> {
    let mut order: Vec<(usize, u32)> = Vec::new();
    for case in rings {
        order.extend(case.ring.members.iter().copied().enumerate());
    }
    let alone = outcome.dossiers.iter().filter(|(a, _)| outcome.roster.of(**a).is_none());
    let mut alone: Vec<(f64, u32)> = alone.map(|(a, d)| (d.bits(), *a)).collect();
    alone.retain(|a| a.0 >= params.suspect_bits);
    alone.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.extend(alone.into_iter().map(|a| a.1).enumerate());
    order.sort_by_key(|(rank, account)| (*rank, *account));
    order.truncate(ACCOUNTS_SHOWN);
    order.into_iter().map(|a| a.1).filter(|a| outcome.dossiers.contains_key(a)).collect()
}

/// Their cases, most evidence first.
pub(super) fn cases(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    rings: &[Case<'_>],
    listed: &[u32],
    closely: &Closely,
    params: &Params,
) -> Vec<AccountCase> {
    let reasons = Reasons::new(store, outcome, params);
    let mut all: Vec<AccountCase> = listed
        .par_iter()
        .filter_map(|account| {
            let account = *account;
            let dossier = outcome.dossiers.get(&account)?;
            let (verdict, bits) = verdict(outcome, account, params);
            Some(AccountCase {
                account: store.actors().get(account).to_owned(),
                verdict,
                bits,
                accusing_bits: dossier.accusing_bits(),
                ring: outcome.roster.of(account).map(ring_name),
                evidence: reasons.evidence(account, dossier),
                innocents: reasons.innocents(account, dossier),
                changes: reasons.changes(account, dossier, verdict),
                exhibits: exhibits(store, outcome, totals, rings, account, closely),
            })
        })
        .collect();
    all.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(b.bits.total_cmp(&a.bits)).then(a.account.cmp(&b.account)));
    all
}

fn exhibits(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    rings: &[Case<'_>],
    account: u32,
    closely: &Closely,
) -> AccountExhibits {
    let life = closely.life(account);
    let (timed, has_views) = (store.facts().timed, store.facts().views > 0);
    let mut named: Vec<(f64, usize)> =
        life.acts.iter().enumerate().map(|(i, a)| (p_fake(outcome, account, a.target), i)).collect();
    let step = life.acts.len().div_ceil(TIMES_MAX).max(1);
    let times = named.iter().step_by(step).map(|(p, i)| (life.acts[*i].ts, *p as f32));
    let times: Vec<(i64, f32)> = if timed { times.collect() } else { Vec::new() };
    named.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let samples = named.iter().take(SAMPLES_MAX).map(|(p, i)| {
        let act = &life.acts[*i];
        Endorsed {
            target: store.targets().get(act.target).to_owned(),
            owner: owner_name(store, act.target).map(str::to_owned),
            ts: act.ts,
            p_fake: *p,
            in_step: outcome.attribution.in_step(account, act.target),
            seen: has_views.then(|| life.look(act.target, act.ts).is_some()),
        }
    });
    let unseen = life.acts.iter().filter(|a| life.look(a.target, a.ts).is_none()).count() as u64;
    let ring = outcome.roster.of(account).and_then(|r| rings.get(r as usize));
    AccountExhibits {
        line_bits: closely.line_bits(),
        kind: ring.map(|c| c.ring.kind),
        endorsements: u64::from(store.degrees()[account as usize]),
        discounted: totals.discounted.get(&account).copied().unwrap_or(0.0),
        created: store.created().map(|c| c[account as usize]).filter(|c| *c != NO_TIME),
        times,
        samples: samples.collect(),
        gaps: if timed { spread::gaps(&[life.times()], &closely.sample) } else { None },
        shared: shared(closely, account),
        unseen: has_views.then(|| Rates {
            elsewhere: Part { part: unseen, whole: life.acts.len() as u64 },
            others: closely.sample.unseen,
            ..Rates::default()
        }),
    }
}

/// Devices and addresses that others use as well, devices first, the least common first.
fn shared(closely: &Closely, account: u32) -> Vec<Hub> {
    let mut hubs: Vec<Hub> = network::uses(closely.life(account).acts.iter())
        .into_iter()
        .map(|(is_device, hash, _)| {
            let users = closely.users.get(&(is_device, hash)).copied().unwrap_or(1);
            Hub { is_device, members: 1, users, is_common: false }
        })
        .filter(|h| h.users > 1)
        .collect();
    hubs.sort_by_key(|h| (!h.is_device, h.users));
    hubs.truncate(SHARED_MAX);
    hubs
}
