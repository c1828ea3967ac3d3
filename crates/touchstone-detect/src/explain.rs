//! Findings in words: sentences with the numbers in them.

use crate::cohort::mark::Mark;
use crate::cohort::run::{Cohorts, Proven};
use crate::evalue::bits;
use crate::findings::{Evidence, RingKind};
use crate::fuse::Dossier;
use crate::labels::Label;
use crate::ring::merge::Ring;
use crate::schedule::{SECOND, Schedule};
use crate::signals::burst::BurstEvidence;
use crate::why::samples::Samples;
use std::collections::BTreeMap;

/// Events shown with a piece of evidence on a ring.
const SHOWN: usize = 3;

/// A length of time for people: "60 s", "10 min", "1 h".
#[must_use]
pub fn duration(microseconds: i64) -> String {
    let seconds = microseconds / SECOND;
    match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s >= 3_600 && s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s > 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// "1 in 1,024 innocents at most", from bits.
#[must_use]
pub fn odds(evidence_bits: f64) -> String {
    if evidence_bits <= 0.0 {
        return "nothing speaks against it".to_string();
    }
    if evidence_bits > 40.0 {
        return "fewer than 1 in a trillion innocents look so".to_string();
    }
    format!("at most 1 in {} innocents look so", count(evidence_bits.exp2().round() as u64))
}

/// 1204 as "1,204".
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    grouped
}

/// A piece of evidence with endorsements that show it: `(account, target, ts)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// The evidence; its samples are filled in by whoever knows names.
    pub evidence: Evidence,
    /// A few of the endorsements behind it.
    pub shown: Vec<(u32, u32, i64)>,
}

fn shown(samples: &Samples, account: u32, mark: Option<Mark>) -> Vec<(u32, u32, i64)> {
    let of = samples.get(&account).and_then(|s| s.get(&mark)).map_or(&[][..], Vec::as_slice);
    of.iter().map(|(target, ts)| (account, *target, *ts)).collect()
}

/// What is held against an account in a proven ring: what it endorses, and each mark.
fn standing(ring: &Proven, account: u32, samples: &Samples) -> Vec<Piece> {
    let Ok(at) = ring.standings.binary_search_by_key(&account, |s| s.account) else { return Vec::new() };
    let s = &ring.standings[at];
    let b = bits(s.ln_pool);
    let evidence = Evidence {
        signal: "pool".into(),
        bits: b,
        statistic: if ring.group.terms.by_target {
            "targets in the ring, of all the targets it endorsed".into()
        } else {
            "owners in the ring, of all the owners it endorsed".into()
        },
        observed: f64::from(s.owners.0),
        expected: s.expected,
        sentence: match s.targets {
            None if ring.group.terms.by_target => format!(
                "endorsed {} targets on the ring's list, of {} targets in all; an account like it that is no member \
                 would have {:.2} ({b:.1} bits)",
                s.owners.0, s.owners.1, s.expected
            ),
            None => format!(
                "endorsed {} owners on the ring's list, of {} owners in all; an account like it that is no member \
                 would have {:.2} ({b:.1} bits)",
                s.owners.0, s.owners.1, s.expected
            ),
            Some((targets, expected)) => format!(
                "endorsed {} owners on the ring's list, of {} owners in all, and {} of its targets, of {} in all; an account \
                 like it that is no member would have {:.2} and {expected:.2} ({b:.1} bits, the mean of both)",
                s.owners.0, s.owners.1, targets.0, targets.1, s.expected
            ),
        },
        samples: Vec::new(),
    };
    let mut list = vec![Piece { evidence, shown: shown(samples, account, None) }];
    for (mark, (ln, inside)) in &s.by_mark {
        let b = bits(*ln);
        let expected = f64::from(inside.trials) * inside.null.mean();
        let sentence = if *mark == Mark::InStep {
            format!("acts at the same moments as other members, beyond its pace and the crowd ({b:.1} bits)")
        } else if *mark == Mark::Clockwork {
            format!(
                "ring endorsements as far from the members' before and after as a clock's: {} of {}; {expected:.1} of others' \
                 who have as many ({b:.1} bits)",
                inside.successes, inside.trials
            )
        } else if *mark == Mark::OneSitting {
            format!(
                "{}: {} of {}; {expected:.1} of others' who have as many ({b:.1} bits)",
                mark.statistic(),
                inside.successes,
                inside.trials
            )
        } else if *mark == Mark::Received {
            format!(
                "{}: {} of {}; {expected:.1} as they endorse others' ({b:.1} bits)",
                mark.statistic(),
                inside.successes,
                inside.trials
            )
        } else if *mark == Mark::InOrder {
            format!(
                "{}: {} of {}; {expected:.1} if all scrolled one feed ({b:.1} bits)",
                mark.statistic(),
                inside.successes,
                inside.trials
            )
        } else {
            format!(
                "{}: {} of {}; {expected:.1} by what it does elsewhere and what others do ({b:.1} bits)",
                mark.statistic(),
                inside.successes,
                inside.trials
            )
        };
        let evidence = Evidence {
            signal: mark.signal().into(),
            bits: b,
            statistic: mark.statistic().into(),
            observed: f64::from(inside.successes),
            expected,
            sentence,
            samples: Vec::new(),
        };
        list.push(Piece { evidence, shown: shown(samples, account, Some(*mark)) });
    }
    list
}

/// The evidence on an account, strongest first; at most five pieces.
#[must_use]
pub fn account(id: u32, dossier: &Dossier, schedule: Option<&Schedule>, cohorts: &Cohorts) -> Vec<Piece> {
    let mut list =
        dossier.cohort.map_or_else(Vec::new, |(_, ring)| standing(&cohorts.rings[ring as usize], id, &cohorts.samples));
    if let Some((_, t)) = dossier.stronger() {
        let window = schedule.map_or(0, |s| s.scales[t.scale as usize].window);
        let tile = schedule.map_or(0, |s| s.scales[t.scale as usize].tile);
        let shown = t.samples.iter().map(|(target, ts, _)| (id, *target, *ts)).collect();
        let evidence = Evidence {
            signal: "lockstep".into(),
            bits: bits(dossier.ln_lockstep),
            statistic: format!("occasions in step with its group within {}", duration(window)),
            observed: f64::from(t.observed),
            expected: t.expected,
            sentence: format!(
                "in step with its group within {} on {} of {} separate occasions; at most {:.1} are expected of \
                 somebody who acts on the same targets in the same {} by coincidence ({:.1} bits)",
                duration(window),
                t.observed,
                t.occasions,
                t.expected,
                duration(tile),
                bits(dossier.ln_lockstep)
            ),
            samples: Vec::new(),
        };
        list.push(Piece { evidence, shown });
    }
    if let Some(p) = dossier.pool_best() {
        let b = bits(dossier.ln_pool);
        let (statistic, sentence) = if p.listed > 0 {
            (
                "endorsed targets of the list that others of its group share",
                format!(
                    "endorsed {} of the {} targets that at least two others of its group share; other readers of those \
                     targets would have {:.1} ({b:.1} bits)",
                    p.observed, p.listed, p.expected
                ),
            )
        } else {
            (
                "endorsed targets of a group of targets that share endorsers",
                format!(
                    "endorsed {} targets of one group that shares its endorsers; the group's other endorsers would have \
                     {:.1} ({b:.1} bits)",
                    p.observed, p.expected
                ),
            )
        };
        let evidence = Evidence {
            signal: "pool".into(),
            bits: b,
            statistic: statistic.into(),
            observed: f64::from(p.observed),
            expected: p.expected,
            sentence,
            samples: Vec::new(),
        };
        list.push(Piece { evidence, shown: Vec::new() });
    }
    // What speaks for it is as good to know as what speaks against it.
    list.sort_by(|a, b| b.evidence.bits.abs().total_cmp(&a.evidence.bits.abs()));
    list.truncate(5);
    // A review is always told.
    list.extend(dossier.label.map(|l| Piece { evidence: review(l, dossier), shown: Vec::new() }));
    list.sort_by(|a, b| b.evidence.bits.total_cmp(&a.evidence.bits));
    list
}

/// What a reviewer said, as evidence.
fn review((label, ln): (Label, f64), dossier: &Dossier) -> Evidence {
    let (b, log) = (bits(ln), dossier.bits_unreviewed());
    let (said, against) = match label {
        Label::Confirmed => ("confirmed as fake", "nothing in the log says so"),
        Label::Cleared => ("cleared", "the log says otherwise"),
    };
    let odds = b.abs().exp2();
    let contradicts = match label {
        Label::Confirmed => log <= 0.0,
        Label::Cleared => log > 0.0,
    };
    let rest = if contradicts {
        format!("{against} ({log:.1} bits without the review)")
    } else {
        format!("the log alone says {log:.1} bits")
    };
    Evidence {
        signal: "label".into(),
        bits: b,
        statistic: format!("reviewer's decision: {}", label.as_str()),
        observed: 1.0,
        expected: (1.0 / odds * 1e6).round() / 1e6,
        sentence: format!(
            "{said} by a reviewer, who is taken to be wrong 1 in {} times ({b:.1} bits); {rest}",
            count(odds.round() as u64)
        ),
        samples: Vec::new(),
    }
}

/// The marks of a proven ring, strongest first: its members' counts added up.
#[must_use]
pub fn marks(ring: &Proven, samples: &Samples) -> Vec<Piece> {
    let mut list: Vec<Piece> = ring
        .group
        .ln_e
        .iter()
        .map(|(mark, ln_e)| {
            let members = &ring.group.bicluster.members;
            let all = ring.group.inside.get(mark).map_or(&[][..], Vec::as_slice);
            let of_targets = *mark == Mark::Cohesive;
            let all = all.iter().filter(|i| of_targets || members.binary_search(&i.account).is_ok());
            let (mut observed, mut trials, mut expected) = (0u64, 0u64, 0.0);
            for i in all {
                observed += u64::from(i.successes);
                trials += u64::from(i.trials);
                expected += f64::from(i.trials) * i.null.mean();
            }
            let b = bits(*ln_e);
            let sentence = if *mark == Mark::Clockwork {
                format!("on its targets members follow each other at gaps as even as a clock's, which people who do not wait for each other never keep ({b:.1} bits)")
            } else if *mark == Mark::InStep {
                format!("its members act at the same moments beyond their pace, habits and the crowd ({b:.1} bits)")
            } else if *mark == Mark::InOrder {
                format!(
                    "{}: {} of {}, where one feed for all would give {expected:.1} ({b:.1} bits)",
                    mark.statistic(),
                    count(observed),
                    count(trials)
                )
            } else {
                format!(
                    "{}: {} of {}, where the same accounts' conduct elsewhere gives {expected:.1} ({b:.1} bits)",
                    mark.statistic(),
                    count(observed),
                    count(trials)
                )
            };
            let evidence = Evidence {
                signal: mark.signal().into(),
                bits: b,
                statistic: mark.statistic().into(),
                observed: observed as f64,
                expected,
                sentence,
                samples: Vec::new(),
            };
            let each = members.iter().filter_map(|a| shown(samples, *a, Some(*mark)).into_iter().next());
            Piece { evidence, shown: each.take(SHOWN).collect() }
        })
        .collect();
    list.sort_by(|a, b| b.evidence.bits.total_cmp(&a.evidence.bits));
    list
}

/// The evidence on a ring: its members' occasions added up, or the marks that prove it.
#[must_use]
pub fn ring(
    ring: &Ring,
    dossiers: &BTreeMap<u32, Dossier>,
    schedule: Option<&Schedule>,
    cohorts: &Cohorts,
) -> Vec<Piece> {
    if let Some(number) = ring.proven {
        return marks(&cohorts.rings[number as usize], &cohorts.samples);
    }
    let mut list = Vec::new();
    let (mut observed, mut occasions, mut expected, mut members) = (0u64, 0u64, 0.0, 0u64);
    let (mut pool_observed, mut pool_expected, mut pool_members) = (0u64, 0.0, 0u64);
    for d in ring.members.iter().filter_map(|m| dossiers.get(m)) {
        if let Some((_, t)) = d.stronger() {
            observed += u64::from(t.observed);
            occasions += u64::from(t.occasions);
            expected += t.expected;
            members += 1;
        }
        if let Some(p) = d.pool_best() {
            pool_observed += u64::from(p.observed);
            pool_expected += p.expected;
            pool_members += 1;
        }
    }
    let mean = |f: &dyn Fn(&Dossier) -> f64| {
        bits(crate::evalue::ln_mean(&ring.members.iter().map(|m| dossiers.get(m).map_or(0.0, f)).collect::<Vec<_>>()))
    };
    // A ring found by its lists has no window of its own to be held against.
    if let (true, Some((schedule, scale))) = (members > 0, schedule.zip(ring.scale)) {
        let b = mean(&|d| d.ln_lockstep);
        let window = schedule.scales[scale as usize].window;
        let of = |m: &u32| {
            let (_, t) = dossiers.get(m)?.stronger()?;
            t.samples.first().map(|(target, ts, _)| (*m, *target, *ts))
        };
        let shown = ring.members.iter().filter_map(of).take(SHOWN).collect();
        let evidence = Evidence {
            signal: "lockstep".into(),
            bits: b,
            statistic: format!("members' occasions in step, mostly within {}", duration(window)),
            observed: observed as f64,
            expected,
            sentence: format!(
                "its {} members were in step on {} of {} separate occasions held back for the test, mostly within {}; \
                 coincidence gives at most {expected:.1} ({b:.1} bits for a member, in the mean of e-values)",
                count(members),
                count(observed),
                count(occasions),
                duration(window)
            ),
            samples: Vec::new(),
        };
        list.push(Piece { evidence, shown });
    }
    if pool_members > 0 {
        let b = mean(&|d| d.ln_pool);
        let evidence = Evidence {
            signal: "pool".into(),
            bits: b,
            statistic: "members' endorsements of targets that share endorsers".into(),
            observed: pool_observed as f64,
            expected: pool_expected,
            sentence: format!(
                "{} of its members together gave {} endorsements to targets that their group \
                 shares; other readers of those targets would have given {pool_expected:.1} ({b:.1} bits for a member)",
                count(pool_members),
                count(pool_observed)
            ),
            samples: Vec::new(),
        };
        list.push(Piece { evidence, shown: Vec::new() });
    }
    list.sort_by(|a, b| b.evidence.bits.total_cmp(&a.evidence.bits));
    list
}

/// "12.3 bits against it".
fn bits_words(evidence_bits: f64) -> String {
    format!("{evidence_bits:.1} bits of evidence against the belief")
}

/// One sentence on what a ring is and how sure that is.
#[must_use]
pub fn ring_verdict(ring: &Ring, window: i64, ring_bits: f64, fdr: f64) -> String {
    let n = ring.members.len();
    if ring.proven.is_some() {
        return proven_verdict(ring, ring_bits, fdr);
    }
    match ring.kind {
        RingKind::Collusion => format!(
            "{n} accounts share a list of targets far beyond what its other readers do: worth a look, nobody is \
             accused ({ring_bits:.1} bits for a member, on average)"
        ),
        _ if ring.accused > 0 => format!(
            "{n} accounts act together within {} on occasion after occasion; {} of them are accused at a false discovery \
             rate of {}%, any others are suspects ({} that the group acts \
             independently)",
            duration(window),
            ring.accused,
            fdr * 100.0,
            bits_words(ring_bits)
        ),
        _ => format!(
            "{n} accounts seem to act together within {}: worth a look, nobody is accused ({} that they act \
             independently)",
            duration(window),
            bits_words(ring_bits)
        ),
    }
}

/// The same for rings that were found without time and proven by their marks.
fn proven_verdict(ring: &Ring, ring_bits: f64, fdr: f64) -> String {
    let n = ring.members.len();
    let what = match ring.kind {
        RingKind::Farm => "accounts work off one list of targets, as a service's accounts do",
        RingKind::Exchange => "accounts endorse each other's targets one after the other, as a task board has them do",
        RingKind::Pod => "accounts endorse each other's targets as soon as they are out, and all that they open",
        RingKind::Collusion => {
            return format!(
                "{n} accounts were used for one list of targets, though they have lives of their own: stolen or lent, as it \
                 seems. These endorsements are discounted, nobody is accused ({ring_bits:.1} bits that this is more than one \
                 taste)"
            );
        }
        RingKind::Burst => "accounts delivered to one target",
    };
    format!(
        "{n} {what}; {} of them are accused at a false discovery rate of {}%, any others are suspects \
         ({ring_bits:.1} bits that this is more than one taste)",
        ring.accused,
        fdr * 100.0
    )
}

/// What innocent group would look most like a proven ring, and what spoke against it.
fn proven_innocent(kind: RingKind) -> String {
    match kind {
        RingKind::Exchange | RingKind::Pod => {
            "a circle of friends or colleagues who are polite to each other. Against it: friends do not like nearly all that they \
             open, nor one after the other within minutes, nor in one order, nor nearly always within the hour or days late; at \
             least two such marks were needed"
        }
        RingKind::Collusion => {
            "readers of one list who have changed their devices. Against it: their other endorsements come from other devices, \
             after a look, and on other owners. Where the log has no devices, owners of stolen tokens and \
             hired accounts look alike, so nobody is accused"
        }
        _ => {
            "people of one taste, readers of one digest, newcomers working through one starter pack. Against it: at least two marks of \
             how these endorsements came about that such people do not have; see the evidence"
        }
    }
    .into()
}

/// The best innocent explanation and what spoke against it.
#[must_use]
pub fn ring_innocent(ring: &Ring, window: i64, tile: i64, owners_known: bool, owners: usize) -> String {
    if ring.proven.is_some() {
        return proven_innocent(ring.kind);
    }
    if ring.kind == RingKind::Collusion {
        return "devoted followers of one author, niche or playlist would look the same, and so would one person \
                with several accounts. Endorsements alone cannot tell, which is why nobody is accused: look at who owns \
                the targets, and whether the members have any other taste"
            .into();
    }
    let fans = match (owners_known, owners) {
        (true, 0 | 1) => "their targets have one owner, so they may be fans: little else speaks against them".to_string(),
        (true, n) => format!("their targets have {n} owners, and each owner was counted once, so being fans of one does not explain it"),
        (false, _) => "the log names no owners, so fans of one author who react at once are told apart only by their own usual speed".into(),
    };
    format!(
        "people with the same taste who happen to be online together, or readers of one digest. Against it: given the \
         same targets and the same {}, they are far more often within {} of each other than everybody's pace, their own \
         habits and the crowd present explain; {fans}",
        duration(tile),
        duration(window)
    )
}

/// The evidence on a target's burst.
#[must_use]
pub fn burst(b: &BurstEvidence) -> Evidence {
    let p = &b.peak;
    let with = if p.strength_by_views.is_some() { "views did not rise with them" } else { "no views to compare with" };
    Evidence {
        signal: "burst".into(),
        bits: bits(b.ln_e),
        statistic: "endorsements in the densest window".into(),
        observed: f64::from(p.observed),
        expected: p.expected,
        sentence: format!(
            "{} of {} endorsements within {} where the general pace gives {:.1}; {with} ({:.1} bits)",
            p.observed,
            p.total,
            duration((p.to - p.from).max(SECOND)),
            p.expected,
            bits(b.ln_e)
        ),
        samples: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(duration(60 * SECOND), "60 s");
        assert_eq!(duration(600 * SECOND), "10 min");
        assert_eq!(duration(86_400 * SECOND), "1 d");
        assert_eq!((count(0), count(999), count(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        assert_eq!(odds(10.0), "at most 1 in 1,024 innocents look so");
        assert_eq!(odds(-1.0), "nothing speaks against it");
    }
}
