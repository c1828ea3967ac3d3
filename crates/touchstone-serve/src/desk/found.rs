//! Findings as the ledger takes them in: read back from their folder, by the program as by the service. In the service
//! names in them are pseudonyms, and so they are in its ledger.

use touchstone_engine::reread::Reread;
use touchstone_ledger::Model;
use touchstone_ledger::findings::{About, Findings, FoundEvidence};

/// What the ledger opens cases from.
#[must_use]
pub fn taken_in(all: Reread) -> Findings {
    let evidence = all.evidence.into_iter().filter_map(|(kind, subject, evidence)| {
        let about = match kind.as_str() {
            "account" => About::Account(subject),
            "ring" => About::Ring(subject),
            "target" => About::Target(subject),
            _ => return None,
        };
        Some(FoundEvidence { about, evidence })
    });
    Findings {
        model: Model { version: all.version, configuration: all.configuration },
        accounts_total: all.accounts_total,
        accounts: all.accounts,
        rings: all.rings,
        targets: all.targets,
        evidence: evidence.collect(),
    }
}
