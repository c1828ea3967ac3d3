//! The chances of trials, computed again without any shortcut: cut the tile wherever a window begins
//! or ends, and look at each piece.

use crate::counts::{Log, Part, Timed};
use crate::duck::Ledger;
use std::collections::BTreeMap;
use touchstone_detect::schedule::Scale;
use touchstone_detect::signals::lockstep::trials::Trial;

/// Members in a tile from which the own window counts, and the most of a crowd that is looked at: both
/// as [`touchstone_detect::signals::lockstep::trials`] has them.
const MANY: usize = 256;

pub fn check(ledger: &mut Ledger, one: &[Part], log: &Log<'_>, counted: &Timed) {
    let mut rows: BTreeMap<u32, Vec<(i64, u32)>> = BTreeMap::new();
    one[0].with(|p, _| (0..p.len()).for_each(|i| rows.entry(p.target[i]).or_default().push((p.ts[i], p.actor[i]))));
    for (name, trials) in ["fold 0", "fold 1", "own scale"].iter().zip(&counted.trials) {
        let (mut got, mut expect) = (BTreeMap::new(), BTreeMap::new());
        for t in trials.iter().step_by(trials.len() / 1000 + 1) {
            let key = format!("account {} target {} at {} scale {}", t.account, t.target, t.ts, t.scale);
            let of = &rows[&t.target];
            let mut compare = |key: String, chance: f32, wanted: &dyn Fn(u32) -> bool| {
                let chance = f64::from(chance);
                // Rounding may put a sum on either side of a whole number.
                let readings = [2.0 - 1e-6, 2.0 + 1e-6].map(|two| plain(t, of, wanted, two, log, counted));
                let nearest = readings.into_iter().min_by(|a, b| (a - chance).abs().total_cmp(&(b - chance).abs()));
                expect.insert(key.clone(), nearest.unwrap());
                got.insert(key, chance);
            };
            if let Some((_, chance)) = t.before {
                compare(format!("{key} before"), chance, &|a| a < t.account);
            }
            let shared = near(t, of, counted).len() > MANY;
            compare(key, t.chance, &|a| shared || a != t.account);
        }
        ledger.numbers(&format!("chances of trials, {name} (against a plain computation)"), &got, &expect, 1e-5);
        let inner = |c: &f64| *c > log.params.lockstep.coverage_floor + 1e-6 && *c < 0.97;
        ledger.holds(&format!("{name}: chances differ"), expect.values().filter(|c| inner(c)).count() > 20);
    }
}

fn tile(t: &Trial, counted: &Timed) -> (i64, Scale) {
    let scale = counted.schedule.scales[usize::from(t.scale)];
    (t.ts.div_euclid(scale.tile) * scale.tile, scale)
}

/// Actions of the ring whose windows may reach into the trial's tile.
fn near(t: &Trial, rows: &[(i64, u32)], counted: &Timed) -> Vec<(i64, u32)> {
    let (start, Scale { window, tile }) = tile(t, counted);
    let block = counted.schedule.block_of(t.ts);
    let inside = |ts: i64| (start - window..=start + tile + window).contains(&ts);
    let ours = |a: u32| counted.roster.of(a) == Some(t.ring);
    rows.iter()
        .copied()
        .filter(|(ts, a)| {
            inside(*ts) && counted.schedule.block_of(*ts) == block && ours(*a) && counted.schedule.tells(*ts)
        })
        .collect()
}

fn plain(
    t: &Trial,
    rows: &[(i64, u32)],
    wanted: &dyn Fn(u32) -> bool,
    two: f64,
    log: &Log<'_>,
    counted: &Timed,
) -> f64 {
    let (start, Scale { window, tile }) = tile(t, counted);
    let origin = counted.origins[&t.target];
    let ring = near(t, rows, counted);
    let first = ring.iter().map(|r| r.0).find(|ts| *ts >= start).unwrap();
    let (from, to) = (start.max(origin.min(first)), (start + tile).min(counted.schedule.last_ts + 1));
    let around: Vec<i64> = ring.iter().filter(|(_, a)| wanted(*a)).map(|(ts, _)| *ts).collect();
    let covered = |at: i64| around.iter().any(|ts| (at - ts).abs() <= window);
    let mut cuts: Vec<i64> = around.iter().flat_map(|ts| [ts - window, ts + window + 1]).collect();
    cuts.extend([from, to]);
    cuts.retain(|c| (from..=to).contains(c));
    cuts.sort_unstable();
    cuts.dedup();
    let pieces: Vec<(i64, i64)> = cuts.windows(2).map(|c| (c[0], c[1])).filter(|c| covered(c.0)).collect();

    let sum = |f: &dyn Fn(i64, i64) -> f64| pieces.iter().map(|p| f(p.0, p.1)).sum::<f64>();
    let length = sum(&|a, b| (b - a) as f64) / (to - from) as f64;
    let whole = counted.tempo.mass(origin, from, to);
    let tempo = if whole > 0.0 { sum(&|a, b| counted.tempo.mass(origin, a, b)) / whole } else { length };
    // Four endorsements' worth of the general tempo.
    let shrunk = |inside: f64, all: f64| (inside + 4.0 * tempo) / (all + 4.0);
    let present: Vec<(i64, u32)> = rows.iter().copied().filter(|(ts, _)| (from..to).contains(ts)).collect();
    let crowd = present.iter().step_by(present.len().div_ceil(MANY).max(1));
    let crowd: Vec<i64> = crowd.filter(|(_, a)| counted.roster.of(*a) != Some(t.ring)).map(|(ts, _)| *ts).collect();
    let among = shrunk(crowd.iter().filter(|ts| covered(**ts)).count() as f64, crowd.len() as f64);
    let habit = counted.habits.of(t.account).unwrap();
    // From `two` other actions of its own on, an account is judged by them and this one.
    let own = |inside: f64, all: f64| if inside >= two { (inside + 1.0) / (all + 1.0) } else { shrunk(inside, all) };
    let age = own(sum(&|a, b| habit.by_age(origin, a, b, t.ts)), habit.by_age(origin, from, to, t.ts));
    let clock = own(sum(&|a, b| habit.by_clock(a, b, t.ts)), habit.by_clock(from, to, t.ts));
    [length, tempo, among, age, clock].into_iter().fold(0.0, f64::max).clamp(log.params.lockstep.coverage_floor, 1.0)
}
