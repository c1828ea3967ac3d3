//! From trials to evidence against accounts.

use super::trials::Trial;
use crate::census::Census;
use crate::evalue::{ln_bernoulli, ln_mean};
use crate::schedule::{SCALES, Schedule};

/// Taken off `ln e` for each account tested: chances are estimates, and among the promptest innocents
/// they come out a little low (tests/nulls.rs measures a mean e of 1.01 there without this).
const ESTIMATION_MARGIN: f64 = 0.1;

/// What one direction of the cross-fit says of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Testimony {
    /// The account.
    pub account: u32,
    /// Its candidate ring in this direction.
    pub ring: u32,
    /// `ln e`, averaged over the scales.
    pub ln_e: f64,
    /// The scale that says most.
    pub scale: u8,
    /// Independent occasions at that scale.
    pub occasions: u32,
    /// How many of them were in step.
    pub observed: u32,
    /// How many chance gives.
    pub expected: f64,
    /// Up to five occasions in step: (target, time, how many others).
    pub samples: Vec<(u32, i64, u16)>,
}

/// Judges all trials of one direction. Order in: any. Order out: by account.
#[must_use]
pub fn judge(trials: &mut [Trial], census: &Census<'_>, schedule: &Schedule) -> Vec<Testimony> {
    trials.sort_unstable_by_key(|t| (t.account, t.scale, t.ts, t.target));
    let usable = schedule.usable.iter().filter(|u| **u).count();
    let mut all = Vec::new();
    for of_account in trials.chunk_by(|a, b| a.account == b.account) {
        let mut ln_e = [0.0; SCALES];
        let mut best: Option<Testimony> = None;
        for at_scale in of_account.chunk_by(|a, b| a.scale == b.scale) {
            let scale = at_scale[0].scale;
            let tile = schedule.scales[scale as usize].tile;
            let chosen = occasions(at_scale, census, tile, |t| Some((t.in_step, t.chance)));
            let ln = ln_bernoulli(chosen.iter().map(|t| (t.in_step, f64::from(t.chance))));
            ln_e[scale as usize] = ln;
            if best.as_ref().is_none_or(|b| ln > b.ln_e) {
                let in_step = chosen.iter().filter(|t| t.in_step);
                best = Some(Testimony {
                    account: of_account[0].account,
                    ring: of_account[0].ring,
                    ln_e: ln,
                    scale,
                    occasions: chosen.len() as u32,
                    observed: in_step.clone().count() as u32,
                    expected: chosen.iter().map(|t| f64::from(t.chance)).sum(),
                    samples: in_step.take(5).map(|t| (t.target, t.ts, t.others)).collect(),
                });
            }
        }
        if let Some(mut testimony) = best {
            // A scale without a trial says nothing: e = 1.
            let parts: Vec<f64> = (0..SCALES).filter(|s| schedule.usable[*s]).map(|s| ln_e[s]).collect();
            debug_assert_eq!(parts.len(), usable);
            testimony.ln_e = ln_mean(&parts) - ESTIMATION_MARGIN;
            all.push(testimony);
        }
    }
    all
}

/// Evidence that a candidate ring as a whole does not act independently: `ln e` by ring, over `rings`
/// candidates. Members are taken in order, each against those before him, so that all factors
/// multiply; each has one occasion a tile and an author.
#[must_use]
pub fn judge_rings(trials: &[Trial], rings: usize, census: &Census<'_>, schedule: &Schedule) -> Vec<f64> {
    let mut order: Vec<&Trial> = trials.iter().filter(|t| t.before.is_some()).collect();
    order.sort_unstable_by_key(|t| (t.ring, t.scale, t.account, t.ts, t.target));
    let mut ln_e = vec![[0.0; SCALES]; rings];
    for of_scale in order.chunk_by(|a, b| (a.ring, a.scale) == (b.ring, b.scale)) {
        let (ring, scale) = (of_scale[0].ring as usize, of_scale[0].scale as usize);
        let mut outcomes: Vec<(bool, f64)> = Vec::new();
        let mut members = 0.0;
        for of_account in of_scale.chunk_by(|a, b| a.account == b.account) {
            members += 1.0;
            let trials: Vec<Trial> = of_account.iter().map(|t| **t).collect();
            let chosen = occasions(&trials, census, schedule.scales[scale].tile, |t| t.before);
            outcomes.extend(chosen.iter().filter_map(|t| t.before).map(|(x, c)| (x, f64::from(c))));
        }
        ln_e[ring][scale] = ln_bernoulli(outcomes.iter().copied()) - ESTIMATION_MARGIN * members;
    }
    ln_e.iter()
        .map(|all| ln_mean(&(0..SCALES).filter(|s| schedule.usable[*s]).map(|s| all[s]).collect::<Vec<_>>()))
        .collect()
}

/// Picks trials that are independent under the null: no two in one tile (a session touches many
/// targets at once), no two of one author (his fans come together). Most informative first, which
/// depends on chances alone, never on outcomes. `reading` is the outcome and chance to go by.
fn occasions(
    trials: &[Trial],
    census: &Census<'_>,
    tile: i64,
    reading: impl Fn(&Trial) -> Option<(bool, f32)>,
) -> Vec<Trial> {
    let chance = |t: &Trial| reading(t).map_or(1.0, |r| r.1);
    let mut order: Vec<&Trial> = trials.iter().collect();
    order.sort_by(|a, b| chance(a).total_cmp(&chance(b)).then(a.ts.cmp(&b.ts)).then(a.target.cmp(&b.target)));
    let mut tiles = std::collections::BTreeSet::new();
    let mut authors = std::collections::BTreeSet::new();
    let mut chosen = Vec::new();
    for t in order {
        let (tile, author) = (t.ts.div_euclid(tile), census.author(t.target));
        if !tiles.contains(&tile) && !authors.contains(&author) {
            tiles.insert(tile);
            authors.insert(author);
            chosen.push(*t);
        }
    }
    chosen
}
