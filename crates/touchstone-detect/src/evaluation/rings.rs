//! Are ten rings ten? True rings against found ones, by their members.
//!
//! Active members of a true ring are those who gave a fake like. A true ring is *found* if one found
//! ring holds at least half of them, and *split* if two found rings or more are pieces of it (at least
//! two of its active members and a twentieth of them). A found ring is *merged* if it holds at least a
//! fifth of the active members of two true rings, and *innocent* if fewer than half of its members
//! gave a fake like. A pair is one-to-one if each is the other's best match, the true ring is found
//! in it and most of the found ring's members are of the true one.

use super::interval::Rate;
use super::material::{Account, NONE, Rings};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Share of active members in one found ring that finds a true ring.
pub const FOUND_SHARE: f64 = 0.5;
/// Share of active members that a piece of a ring holds, and how many at least.
pub const PIECE: (f64, u64) = (0.05, 2);
/// Share of active members of each of two true rings that makes a found ring merged.
pub const MERGED_SHARE: f64 = 0.2;

/// Numbers on rings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RingsEvaluation {
    /// True rings with at least two active members.
    pub true_rings: u64,
    /// Found rings.
    pub found_rings: u64,
    /// True rings that are found.
    pub found: Rate,
    /// True rings that are split.
    pub split: u64,
    /// Found rings that are merged.
    pub merged: u64,
    /// Found rings that are innocent.
    pub innocent: u64,
    /// Pairs that are each other's.
    pub one_to_one: u64,
    /// Mean share of a found ring's members that are of its majority true ring.
    pub mean_purity: Option<f64>,
    /// The same, by members instead of rings.
    pub member_purity: Option<f64>,
    /// True rings.
    pub truth: Vec<TrueRow>,
    /// Found rings.
    pub findings: Vec<FoundRow>,
}

/// A true ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueRow {
    /// Its name in the truth.
    pub ring: String,
    /// Its attack.
    pub attack: String,
    /// farm, exchange, pod or collusion.
    pub kind: String,
    /// Members who gave a fake like.
    pub active: u64,
    /// The found ring with most of them.
    pub best: Option<String>,
    /// Active members in the best found ring.
    pub in_best: Rate,
    /// Active members in any found ring.
    pub in_any: Rate,
    /// Found rings that are pieces of it.
    pub pieces: u64,
    /// See the module.
    pub found: bool,
}

/// A found ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundRow {
    /// Its name in the findings.
    pub ring: String,
    /// Its kind in the findings.
    pub kind: Option<String>,
    /// Its members.
    pub members: u64,
    /// Members who gave a fake like, of all.
    pub fake: Rate,
    /// The true ring with most members in it.
    pub majority: Option<String>,
    /// Members of that, of all.
    pub purity: Rate,
    /// True rings of which it holds at least a fifth.
    pub holds: u64,
    /// See the module.
    pub innocent: bool,
    /// The true ring whose one and only it is.
    pub one_to_one: Option<String>,
}

/// Members of a true ring among those of a found one.
#[derive(Clone, Copy, Default)]
struct Overlap {
    active: u64,
    all: u64,
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Compares by members.
pub(super) fn rings(rings: &Rings, accounts: &[Account]) -> RingsEvaluation {
    let active = |m: &u32| accounts[*m as usize].fake_likes > 0;
    let actives: Vec<u64> = rings.truth.iter().map(|r| r.members.iter().filter(|m| active(m)).count() as u64).collect();
    let counts = |true_ring: usize| actives[true_ring] >= 2;
    let overlaps: Vec<BTreeMap<usize, Overlap>> = rings
        .found
        .iter()
        .map(|found| {
            let mut overlap: BTreeMap<usize, Overlap> = BTreeMap::new();
            for m in found.members.iter().filter(|m| accounts[**m as usize].ring != NONE) {
                let o = overlap.entry(accounts[*m as usize].ring as usize).or_default();
                o.active += u64::from(active(m));
                o.all += 1;
            }
            overlap
        })
        .collect();
    // The first of equals, both ways: names are in order.
    let best_found = |t: usize| {
        let held = overlaps.iter().enumerate().map(|(f, o)| (o.get(&t).map_or(0, |o| o.active), f));
        held.filter(|(n, _)| *n > 0).max_by_key(|(n, f)| (*n, std::cmp::Reverse(*f))).map(|(_, f)| f)
    };
    let majority =
        |f: usize| overlaps[f].iter().max_by_key(|(t, o)| (o.all, std::cmp::Reverse(**t))).map(|(t, o)| (*t, o.all));
    let truth: Vec<TrueRow> = (0..rings.truth.len())
        .filter(|t| counts(*t))
        .map(|t| {
            let held = |o: &BTreeMap<usize, Overlap>| o.get(&t).map_or(0, |o| o.active);
            let best = best_found(t);
            let in_best = Rate::of(best.map_or(0, |f| held(&overlaps[f])), actives[t]);
            let piece = |n: u64| n >= PIECE.1 && share(n, actives[t]) >= PIECE.0;
            TrueRow {
                ring: rings.truth[t].name.clone(),
                attack: rings.truth[t].attack.clone(),
                kind: rings.truth[t].kind.clone(),
                active: actives[t],
                best: best.map(|f| rings.found[f].name.clone()),
                in_best,
                in_any: Rate::of(overlaps.iter().map(held).sum::<u64>().min(actives[t]), actives[t]),
                pieces: overlaps.iter().filter(|o| piece(held(o))).count() as u64,
                found: in_best.rate.is_some_and(|r| r >= FOUND_SHARE),
            }
        })
        .collect();
    let findings: Vec<FoundRow> = rings
        .found
        .iter()
        .enumerate()
        .map(|(f, found)| {
            let members = found.members.len() as u64;
            let fake = Rate::of(found.members.iter().filter(|m| active(m)).count() as u64, members);
            let major = majority(f);
            let purity = Rate::of(major.map_or(0, |(_, n)| n), members);
            let own = major.map(|(t, _)| t).filter(|t| {
                let held = overlaps[f].get(t).map_or(0, |o| o.active);
                counts(*t)
                    && best_found(*t) == Some(f)
                    && share(held, actives[*t]) >= FOUND_SHARE
                    && purity.rate.is_some_and(|p| p >= FOUND_SHARE)
            });
            FoundRow {
                ring: found.name.clone(),
                kind: found.kind.clone(),
                members,
                fake,
                majority: major.map(|(t, _)| rings.truth[t].name.clone()),
                purity,
                holds: overlaps[f]
                    .iter()
                    .filter(|(t, o)| counts(**t) && share(o.active, actives[**t]) >= MERGED_SHARE)
                    .count() as u64,
                innocent: fake.rate.is_some_and(|r| r < 0.5),
                one_to_one: own.map(|t| rings.truth[t].name.clone()),
            }
        })
        .collect();
    let populated: Vec<&FoundRow> = findings.iter().filter(|f| f.members > 0).collect();
    let mean = |sum: f64, n: f64| (n > 0.0).then(|| sum / n);
    RingsEvaluation {
        true_rings: truth.len() as u64,
        found_rings: findings.len() as u64,
        found: Rate::of(truth.iter().filter(|t| t.found).count() as u64, truth.len() as u64),
        split: truth.iter().filter(|t| t.pieces >= 2).count() as u64,
        merged: findings.iter().filter(|f| f.holds >= 2).count() as u64,
        innocent: findings.iter().filter(|f| f.innocent).count() as u64,
        one_to_one: findings.iter().filter(|f| f.one_to_one.is_some()).count() as u64,
        mean_purity: mean(populated.iter().filter_map(|f| f.purity.rate).sum(), populated.len() as f64),
        member_purity: mean(
            populated.iter().map(|f| f.purity.hits as f64).sum(),
            populated.iter().map(|f| f.members as f64).sum(),
        ),
        truth,
        findings,
    }
}

#[cfg(test)]
mod tests {
    use super::super::material::{FoundRing, Role, TrueRing};
    use super::*;
    use crate::findings::Verdict;

    /// 40 accounts: ten in each of three rings (the last of each idle), ten people.
    fn accounts() -> Vec<Account> {
        (0..40u32)
            .map(|i| Account {
                role: if i < 30 { Role::Operated } else { Role::Person },
                attack: NONE,
                ring: if i < 30 { i / 10 } else { NONE },
                look_alikes: 0,
                likes: 3,
                fake_likes: u64::from(i < 30 && i % 10 < 9),
                verdict: Verdict::Organic,
                bits: 0.0,
            })
            .collect()
    }

    fn compare(found: &[&[u32]]) -> RingsEvaluation {
        let truth = (0..3)
            .map(|r| TrueRing {
                name: format!("t{r}"),
                attack: "farm".into(),
                kind: "farm".into(),
                members: (r * 10..r * 10 + 10).collect(),
            })
            .collect();
        let found = found
            .iter()
            .enumerate()
            .map(|(i, m)| FoundRing { name: format!("r{i}"), kind: None, members: m.to_vec() })
            .collect();
        rings(&Rings { truth, found }, &accounts())
    }

    #[test]
    fn three_are_three() {
        let (a, b, c): (Vec<u32>, Vec<u32>, Vec<u32>) = ((0..9).collect(), (10..19).collect(), (20..29).collect());
        let e = compare(&[&b, &a, &c]);
        assert_eq!((e.true_rings, e.found_rings, e.one_to_one, e.found.hits), (3, 3, 3, 3));
        assert_eq!((e.split, e.merged, e.innocent, e.mean_purity), (0, 0, 0, Some(1.0)));
        assert_eq!(e.truth[0].best.as_deref(), Some("r1"));
        assert_eq!(e.truth[0].active, 9, "the idle one need not be found");
    }

    #[test]
    fn merged_split_and_innocent() {
        // r0 holds t0 whole and a third of t1; r1 and r2 are the rest of t1; r3 are people and one fake.
        let r0: Vec<u32> = (0..9).chain(10..13).collect();
        let e = compare(&[&r0, &[13, 14, 15], &[16, 17, 18, 30], &[31, 32, 33, 20]]);
        assert_eq!((e.found.hits, e.split, e.merged, e.innocent, e.one_to_one), (1, 1, 1, 1, 1));
        let t1 = &e.truth[1];
        assert_eq!((t1.pieces, t1.in_best.hits, t1.in_any.hits, t1.found), (3, 3, 9, false));
        assert_eq!(t1.best.as_deref(), Some("r0"), "the first of equals");
        assert_eq!((e.truth[2].pieces, e.truth[2].in_any.hits), (0, 1), "one member is no piece");
        assert_eq!(e.findings[0].one_to_one.as_deref(), Some("t0"));
        assert_eq!((e.findings[0].purity.hits, e.findings[0].holds), (9, 2));
        let purity = (9.0 / 12.0 + 1.0 + 3.0 / 4.0 + 1.0 / 4.0) / 4.0;
        assert!((e.mean_purity.unwrap() - purity).abs() < 1e-12);
        assert!((e.member_purity.unwrap() - 16.0 / 23.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_found() {
        let e = compare(&[]);
        assert_eq!((e.true_rings, e.found_rings, e.found.hits, e.mean_purity), (3, 0, 0, None));
        assert_eq!(e.truth[0].best, None);
    }
}
