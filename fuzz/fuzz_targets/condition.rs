//! Any text as the condition of a rule.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchstone_ledger::policy::Policy;

fuzz_target!(|text: &str| {
    for on in ["account", "target"] {
        let file = format!(
            "name = \"x\"\n[limits]\nper_day = 1\nper_author_day = 1\nshare_of_accounts = 0.1\n[[rule]]\nname = \"r\"\non = \"{on}\"\n\
             when = {}\nreason = \"it is one of those\"\nground = \"terms\"\n[[rule.step]]\naction = \"discount\"\ndays = 1\n",
            toml_text(text)
        );
        let _ = Policy::read(&file);
    }
});

/// As a basic string of TOML.
fn toml_text(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\U{:08X}", c as u32),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
