//! Any text as a policy file; what is taken is also applied.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use touchstone_ledger::findings::Findings;
use touchstone_ledger::policy::{Backtest, Policy};

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::read(text) {
        let _ = Backtest::run(&policy, &Findings::default(), &BTreeMap::new(), &[7; 32], 0);
    }
});
