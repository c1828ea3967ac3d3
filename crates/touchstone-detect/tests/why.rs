//! What is said of a verdict follows the rules that gave it.

mod common;

use common::*;
use touchstone_detect::evalue::bits;
use touchstone_detect::explain;
use touchstone_detect::findings::Verdict;
use touchstone_detect::fuse;
use touchstone_detect::params::{Params, Signal};
use touchstone_detect::why::what_if::{Lines, account};
use touchstone_detect::why::{against, innocent};

fn attacked(seed: u64) -> World {
    let mut world = organic(2000, 600, seed);
    add_ring(&mut world, 10_000, 40, 20, 0.7, 300 * SECOND, seed);
    world
}

#[test]
fn with_nothing_left_out_it_says_what_was_decided() {
    for seed in 500..503 {
        let (_, outcome) = attacked(seed).detect(&Params::default());
        for (account, dossier) in &outcome.dossiers {
            if let Some((ln, _)) = dossier.cohort {
                let again = against(&outcome.cohorts, *account, None);
                assert!((ln - again).abs() < 1e-9, "seed {seed}, account {account}: {ln} and {again}");
            }
        }
    }
}

#[test]
fn an_accused_account_says_what_it_hangs_on() {
    let params = Params::default();
    let (_, outcome) = attacked(510).detect(&params);
    let lines = Lines { cohorts: &outcome.cohorts, accusation_bits: outcome.accusation_bits, params: &params };
    let (mut accused, mut turned) = (0, 0);
    for (id, dossier) in &outcome.dossiers {
        let verdict = fuse::verdict(dossier, outcome.accusation_bits, &params);
        if verdict != Verdict::Inauthentic {
            continue;
        }
        accused += 1;
        let listed = outcome.roster.of(*id).is_some();
        let changes = account(*id, dossier, listed, verdict, &lines);
        // Only times speak against it here, so without them it is not accused.
        let times = changes.iter().find(|c| c.without == "the acting at the same moments");
        turned += usize::from(times.is_some_and(|c| c.turns && c.then != "inauthentic" && c.bits < dossier.bits()));
        for c in &changes {
            assert!(c.sentence.contains(&format!("{:.1} bits", c.bits)) && c.sentence.contains(&c.then), "{c:?}");
        }
        let pieces = explain::account(*id, dossier, outcome.schedule.as_ref(), &outcome.cohorts);
        assert!(!pieces.is_empty() && pieces.len() <= 5);
        let shown = pieces.iter().flat_map(|p| &p.shown);
        assert!(shown.clone().count() > 0 && shown.clone().all(|s| s.0 == *id), "events show it");
        let innocents = innocent::of_stranger(dossier, outcome.schedule.as_ref(), false);
        assert!(innocents.iter().all(|i| i.bits <= bits(dossier.ln_e.max(dossier.ln_lockstep).max(dossier.ln_pool))));
    }
    assert!(accused > 20 && turned == accused, "{turned} of {accused}");
}

#[test]
fn a_signal_that_is_left_out_says_nothing() {
    let world = attacked(520);
    for left_out in Signal::ALL {
        let mut params = Params::default();
        params.signals.retain(|s| *s != left_out);
        let (_, outcome) = world.detect(&params);
        let run = outcome.signals.iter().find(|s| s.signal == left_out.as_str()).unwrap();
        assert!(!run.ran && run.note.contains("switched off"), "{run:?}");
        for (id, dossier) in &outcome.dossiers {
            let pieces = explain::account(*id, dossier, outcome.schedule.as_ref(), &outcome.cohorts);
            // Membership of a ring rests on what is endorsed, whichever signals look at how.
            let exempt = left_out == Signal::Pool && dossier.cohort.is_some();
            assert!(exempt || pieces.iter().all(|p| p.evidence.signal != left_out.as_str()), "{left_out:?}");
        }
        if left_out == Signal::Burst {
            assert!(outcome.bursts.is_empty());
        }
        if left_out == Signal::Lockstep {
            assert!(outcome.dossiers.values().all(|d| d.ln_lockstep == 0.0));
        }
    }
}
