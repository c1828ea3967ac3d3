//! Innocent explanations: what each would explain, and what it would not.

use crate::cohort::mark::Mark;
use crate::cohort::members::Standing;
use crate::cohort::run::Proven;
use crate::evalue::bits;
use crate::explain::{count, duration};
use crate::findings::Innocent;
use crate::fuse::Dossier;
use crate::schedule::Schedule;

/// Evidence that counts when it is said what speaks against an explanation, in bits.
const TELLING: f64 = 1.0;

/// An explanation, the marks it would explain, and whether it explains why the same targets were chosen.
struct Candidate {
    words: &'static str,
    explains: &'static [Mark],
    taste: bool,
}

const TASTE: Candidate = Candidate {
    words: "people of one taste: readers of the same digest or niche, newcomers who work through one starter pack",
    explains: &[Mark::Cohesive, Mark::Devoted, Mark::InStep, Mark::InSequence, Mark::InOrder, Mark::Prompt],
    taste: true,
};
const HOUSE: Candidate = Candidate {
    words: "one family, school or office that shares its devices and its hours",
    explains: &[Mark::SharedDevice, Mark::InStep],
    taste: false,
};
const CLIENT: Candidate = Candidate {
    words: "an app that reports no views, behind a network that changes addresses",
    explains: &[Mark::Unseen, Mark::Rewatched, Mark::Reopened, Mark::FleetingAddress, Mark::WanderingAddress],
    taste: false,
};
const STOLEN: Candidate = Candidate {
    words: "owners of stolen or lent access, who know nothing of these endorsements",
    explains: &[Mark::ForeignDevice, Mark::SharedDevice, Mark::Unseen, Mark::FleetingAddress, Mark::WanderingAddress],
    taste: true,
};
const FRIENDS: Candidate = Candidate {
    words: "friends or colleagues who are polite to each other",
    explains: &[Mark::SharedDevice, Mark::ForeignDevice, Mark::Devoted, Mark::Cohesive, Mark::InStep],
    taste: true,
};

fn candidates(ring: &Proven) -> Vec<&'static Candidate> {
    if ring.group.is_mutual() {
        return vec![&FRIENDS, &CLIENT];
    }
    let mut all = vec![&TASTE, &HOUSE, &CLIENT];
    if ring.group.is_of_foreign_devices() {
        all.push(&STOLEN);
    }
    all
}

/// The strongest few of what an explanation leaves unexplained, as a sentence.
fn sentence(mut left: Vec<(f64, String)>) -> String {
    left.retain(|l| l.0 >= TELLING);
    if left.is_empty() {
        return "nothing in this log speaks against it".into();
    }
    left.sort_by(|a, b| b.0.total_cmp(&a.0));
    left.truncate(3);
    let parts: Vec<String> = left.into_iter().map(|(b, what)| format!("{what} ({b:.1} bits)")).collect();
    parts.join("; ")
}

/// Least against it first; at equal bits in the order they were thought of.
fn ranked(mut all: Vec<Innocent>) -> Vec<Innocent> {
    all.sort_by(|a, b| a.bits.total_cmp(&b.bits));
    all
}

/// Explanations of a proven ring, the best first.
#[must_use]
pub fn of_ring(ring: &Proven) -> Vec<Innocent> {
    let members = &ring.group.bicluster.members;
    let counted = |mark: Mark| {
        let all = ring.group.inside.get(&mark).map_or(&[][..], Vec::as_slice);
        let of = all.iter().filter(|i| mark == Mark::Cohesive || members.binary_search(&i.account).is_ok());
        of.fold((0u64, 0u64, 0.0), |s, i| {
            let expected = f64::from(i.trials) * i.null.mean();
            (s.0 + u64::from(i.successes), s.1 + u64::from(i.trials), s.2 + expected)
        })
    };
    let explained = |c: &Candidate| {
        let left = ring.group.ln_e.iter().filter(|(m, _)| !c.explains.contains(m));
        let left: Vec<(f64, String)> = left
            .map(|(m, ln)| {
                let (observed, trials, expected) = counted(*m);
                let words = match *m {
                    Mark::InStep => "its members act at the same moments".to_string(),
                    Mark::Clockwork => {
                        "on its targets members follow each other at gaps as even as a clock's".to_string()
                    }
                    m => format!("{}: {} of {}, {expected:.1} expected", m.statistic(), count(observed), count(trials)),
                };
                (bits(*ln), words)
            })
            .collect();
        let strongest = left.iter().map(|l| l.0).fold(0.0, f64::max);
        Innocent { explanation: c.words.into(), against: sentence(left), bits: strongest }
    };
    ranked(candidates(ring).into_iter().map(explained).collect())
}

/// Explanations of an account's part in a proven ring, the best first.
#[must_use]
pub fn of_member(ring: &Proven, standing: &Standing) -> Vec<Innocent> {
    let pool = || {
        let (x, k) = standing.owners;
        let words = if ring.group.terms.by_target {
            format!("it endorsed {x} targets of the ring's list, of {k} in all, {:.2} expected", standing.expected)
        } else {
            format!("it endorsed {x} owners of the ring's list, of {k} in all, {:.2} expected", standing.expected)
        };
        (bits(standing.ln_pool), words)
    };
    let marks = |left_out: &[Mark]| {
        let left = standing.by_mark.iter().filter(|(m, _)| !left_out.contains(m));
        left.map(|(m, (ln, i))| {
            let words = match *m {
                Mark::InStep => "it acts at the same moments as the others".to_string(),
                Mark::Clockwork => format!(
                    "it keeps the distance of a clock: {} of {}, {:.1} expected",
                    i.successes,
                    i.trials,
                    f64::from(i.trials) * i.null.mean()
                ),
                m => format!(
                    "{}: {} of {}, {:.1} expected",
                    m.statistic(),
                    i.successes,
                    i.trials,
                    f64::from(i.trials) * i.null.mean()
                ),
            };
            (bits(*ln), words)
        })
        .collect::<Vec<_>>()
    };
    let one = |words: &str, mut left: Vec<(f64, String)>, taste: bool| {
        if !taste {
            left.push(pool());
        }
        let sum = left.iter().map(|l| l.0).sum::<f64>();
        Innocent { explanation: words.into(), against: sentence(left), bits: (sum * 1e6).round() / 1e6 }
    };
    let mut all: Vec<Innocent> =
        candidates(ring).into_iter().map(|c| one(c.words, marks(c.explains), c.taste)).collect();
    // Whoever came upon the ring's targets by accident explains none of it.
    all.push(one("a stranger who came upon some of these targets by accident", marks(&[]), false));
    ranked(all)
}

/// Explanations of an account that was found by its times or lists alone.
#[must_use]
pub fn of_stranger(dossier: &Dossier, schedule: Option<&Schedule>, owners_known: bool) -> Vec<Innocent> {
    let in_step = dossier.stronger().zip(schedule).map(|((_, t), s)| {
        let scale = s.scales[t.scale as usize];
        let (window, tile) = (duration(scale.window), duration(scale.tile));
        let (observed, occasions, expected) = (t.observed, t.occasions, t.expected);
        let words = if owners_known {
            format!(
                "in step within {window} on {observed} of {occasions} occasions, each owner counted once, where pace, habits \
                 and the crowd of the same {tile} give at most {expected:.1}"
            )
        } else {
            format!(
                "in step within {window} on {observed} of {occasions} occasions, where pace, habits and the crowd of the same \
                 {tile} give at most {expected:.1}"
            )
        };
        (bits(dossier.ln_lockstep), words)
    });
    let shared = dossier.pool_best().map(|p| {
        let words = format!("{} endorsements of targets that its group shares, {:.1} expected", p.observed, p.expected);
        (bits(dossier.ln_pool), words)
    });
    let one = |words: &str, left: Vec<(f64, String)>| {
        let most = left.iter().map(|l| l.0).fold(0.0, f64::max);
        Innocent { explanation: words.into(), against: sentence(left), bits: most }
    };
    ranked(vec![
        one("a devoted follower of one niche, author or playlist", in_step.iter().cloned().collect()),
        one(
            "somebody who happens to be online at the same hours as the others",
            in_step.into_iter().chain(shared).collect(),
        ),
    ])
}
