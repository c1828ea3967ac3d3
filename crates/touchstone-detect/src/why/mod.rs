//! Why a verdict is what it is: evidence with events that show it, the innocent explanations that were considered and
//! what speaks against each, and what would change the verdict.
//!
//! Nothing here decides anything. What is said of "without ..." is computed by the rules that decided, with one
//! piece of evidence taken out and all else, the lines of e-BH included, as it is.

pub mod innocent;
pub mod samples;
pub mod what_if;

use crate::cohort::mark::Mark;
use crate::cohort::members::Standing;
use crate::cohort::run::{Cohorts, Proven};
use crate::findings::RingKind;

/// What a mark is called where it is left out.
#[must_use]
pub fn called(mark: Mark) -> &'static str {
    match mark {
        Mark::Unseen => "the endorsements that no view precedes",
        Mark::SharedDevice => "the shared devices",
        Mark::ForeignDevice => "the devices that are used for nothing else",
        Mark::FleetingAddress => "the addresses that are used but once",
        Mark::WanderingAddress => "the addresses that the same account never returns to",
        Mark::Rewatched => "the repeated looks",
        Mark::Reopened => "the repeated looks at what was endorsed",
        Mark::Saturated => "the endorsing of nearly all that is opened",
        Mark::InSequence => "the endorsements one after the other",
        Mark::OneSitting => "the going from one task to the next at once",
        Mark::InOrder => "the one order of all",
        Mark::Prompt => "the haste after publication",
        Mark::Late => "the coming days after publication",
        Mark::Received => "what members endorse of its own",
        Mark::Cohesive => "the share of members on each target",
        Mark::Devoted => "the want of any other taste",
        Mark::InStep => "the acting at the same moments",
        Mark::Clockwork => "the gaps as even as a clock's",
    }
}

/// What is held against an account in its ring.
#[must_use]
pub fn standing(ring: &Proven, account: u32) -> Option<&Standing> {
    ring.standings.binary_search_by_key(&account, |s| s.account).ok().map(|i| &ring.standings[i])
}

/// `ln e` against an account over all proven rings, with the standing and the evidence on one ring (by number) replaced:
/// the mean over rings of what is the least of both, as [`crate::cohort::run`] has it.
#[must_use]
pub fn against(cohorts: &Cohorts, account: u32, replaced: Option<(u32, f64)>) -> f64 {
    let one = |(number, ring): (usize, &Proven)| {
        // Owners of stolen tokens are held against nothing.
        let is_victim =
            |s: &Standing| s.foreign || ring.kind == RingKind::Collusion || cohorts.spared.contains(&account);
        let s = standing(ring, account).filter(|s| !is_victim(s))?;
        Some(match replaced {
            Some((n, ln)) if n == number as u32 => ln,
            _ => s.ln_e().min(ring.ln_e),
        })
    };
    let mut logs: Vec<f64> = cohorts.rings.iter().enumerate().filter_map(one).collect();
    logs.resize(cohorts.rings.len(), f64::NEG_INFINITY);
    crate::evalue::ln_mean(&logs)
}
