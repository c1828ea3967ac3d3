//! Cases of accounts: whoever is accused or suspect.

use super::cases::{Case, owner_name, verdict};
use super::closely::Closely;
use super::likes::{Totals, p_fake};
use crate::store::Store;
use touchstone_detect::case::{AccountCase, Endorsed, Hub, Part, Rates, network, spread};
use touchstone_detect::explain;
use touchstone_detect::findings::Verdict;
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

/// Accounts with a case: the accused, then suspects, most evidence first.
pub(super) fn listed(outcome: &Outcome, params: &Params) -> Vec<u32> {
    let mut all: Vec<(Verdict, f64, u32)> = outcome
        .dossiers
        .keys()
        .map(|a| {
            let (verdict, bits) = verdict(outcome, *a, params);
            (verdict, bits, *a)
        })
        .filter(|(v, _, _)| *v != Verdict::Organic)
        .collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    all.truncate(ACCOUNTS_SHOWN);
    all.into_iter().map(|x| x.2).collect()
}

/// Their cases, in that order.
pub(super) fn cases(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    rings: &[Case<'_>],
    listed: &[u32],
    closely: &Closely,
    params: &Params,
) -> Vec<AccountCase> {
    listed.iter().map(|a| case(store, outcome, totals, rings, *a, closely, params)).collect()
}

fn case(
    store: &Store,
    outcome: &Outcome,
    totals: &Totals,
    rings: &[Case<'_>],
    account: u32,
    closely: &Closely,
    params: &Params,
) -> AccountCase {
    let (verdict, bits) = verdict(outcome, account, params);
    let life = closely.life(account);
    let (timed, has_views) = (store.facts().timed, store.facts().views > 0);
    let evidence = outcome
        .dossiers
        .get(&account)
        .map_or_else(Vec::new, |d| explain::account(account, d, outcome.schedule.as_ref(), &outcome.cohorts));
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
    AccountCase {
        account: store.actors().get(account).to_owned(),
        verdict,
        bits,
        line_bits: closely.line_bits(),
        ring: ring.map(|c| (c.name.clone(), c.ring.kind)),
        endorsements: u64::from(store.degrees()[account as usize]),
        discounted: totals.discounted.get(&account).copied().unwrap_or(0.0),
        created: store.created().map(|c| c[account as usize]).filter(|c| *c != NO_TIME),
        evidence,
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
