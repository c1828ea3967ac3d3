//! Times and conditions from any text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchstone_event::time::{TimeUnit, read_text};
use touchstone_event::when::{Value, When};

fuzz_target!(|text: &str| {
    if let Some(raw) = read_text(text) {
        for unit in TimeUnit::ALL {
            let _ = raw.to_micros(unit);
        }
    }
    if let Ok(when) = text.parse::<When>() {
        let _ = when.holds(Value::Text(text));
    }
});
