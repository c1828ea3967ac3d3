//! Tuning and reporting, kept apart by types.
//!
//! A number that was tuned on the worlds it is reported on proves nothing. So every seed carries
//! its purpose: [`Tuning`] seeds lie below 2^31, [`Reporting`] seeds between 2^52 and 2^53, where
//! nobody lands by typing small numbers; some scenarios exist for reporting alone; and only a run
//! for reporting can write the published table (`report::publish` takes nothing else).

use std::marker::PhantomData;
use touchstone_sim::random::mix;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Tuning {}
    impl Sealed for super::Reporting {}
}

/// What worlds are drawn for.
pub trait Purpose: sealed::Sealed + Sync {
    /// As written on the command line and in reports.
    const NAME: &'static str;
    /// Whether scenarios held out for reporting may be drawn.
    const HELD_OUT: bool;
    /// Places a mixed word into this purpose's range of seeds.
    fn place(word: u64) -> u64;
}

/// Worlds to look at, to choose parameters by, to debug on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning;

/// Worlds that only count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reporting;

impl Purpose for Tuning {
    const NAME: &'static str = "tune";
    const HELD_OUT: bool = false;
    fn place(word: u64) -> u64 {
        word >> 33
    }
}

impl Purpose for Reporting {
    const NAME: &'static str = "report";
    const HELD_OUT: bool = true;
    // Below 2^53: a reader of JSON that keeps numbers as doubles loses no digit.
    fn place(word: u64) -> u64 {
        (1 << 52) | (word >> 12)
    }
}

/// A seed that knows what it may be used for.
#[derive(Debug, PartialEq, Eq)]
pub struct Seed<P> {
    number: u64,
    purpose: PhantomData<P>,
}

// Derived ones would ask the same of `P`.
impl<P> Clone for Seed<P> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<P> Copy for Seed<P> {}

impl<P: Purpose> Seed<P> {
    /// The `index`-th seed of a scenario; scenarios share none, so that their worlds are independent.
    #[must_use]
    pub fn new(scenario: &str, index: u32) -> Self {
        let name = scenario.bytes().fold(0, |word, byte| mix(word ^ u64::from(byte)));
        Self { number: P::place(mix(name ^ mix(index.into()))), purpose: PhantomData }
    }

    /// The number that the simulator takes.
    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn seeds_of_the_two_purposes_are_disjoint_and_all_different() {
        let mut tuning = BTreeSet::new();
        let mut reporting = BTreeSet::new();
        for scenario in ["mixed", "rare", "null"] {
            for index in 0..200 {
                tuning.insert(Seed::<Tuning>::new(scenario, index).number());
                reporting.insert(Seed::<Reporting>::new(scenario, index).number());
            }
        }
        assert_eq!((tuning.len(), reporting.len()), (600, 600));
        assert!(tuning.iter().all(|&seed| seed < 1 << 31));
        assert!(reporting.iter().all(|&seed| (1 << 52..1 << 53).contains(&seed)));
    }
}
