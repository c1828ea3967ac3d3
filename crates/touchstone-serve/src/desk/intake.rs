//! Findings as the ledger takes them in. Names stay pseudonyms: the ledger holds no name of a person either.

use crate::snapshot::{Account, Snapshot};
use std::collections::{BTreeMap, HashSet};
use touchstone_detect::findings::{self, RingKind, Verdict};
use touchstone_ledger::Model;
use touchstone_ledger::findings::{About, Findings, FoundAccount, FoundEvidence, FoundRing, FoundTarget};

/// Authors named with one account, those who lost most first.
const AUTHORS_MAX: usize = 20;

fn verdict(word: &str) -> Verdict {
    match word {
        "inauthentic" => Verdict::Inauthentic,
        "suspect" => Verdict::Suspect,
        _ => Verdict::Organic,
    }
}

fn kind(word: &str) -> RingKind {
    [RingKind::Farm, RingKind::Exchange, RingKind::Pod, RingKind::Collusion, RingKind::Burst]
        .into_iter()
        .find(|k| k.as_str() == word)
        .unwrap_or(RingKind::Farm)
}

fn account(snapshot: &Snapshot, a: &Account) -> FoundAccount {
    let mut lost: BTreeMap<&str, f64> = BTreeMap::new();
    for (target, p) in snapshot.discounts_of(&a.account) {
        if let Some(owner) = &target.owner {
            *lost.entry(owner).or_default() += p;
        }
    }
    let mut authors: Vec<(&str, f64)> = lost.into_iter().collect();
    authors.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(y.0)));
    authors.truncate(AUTHORS_MAX);
    FoundAccount {
        account: a.account.to_string(),
        verdict: verdict(&a.verdict),
        bits: a.evidence_bits,
        ring: a.ring.as_deref().map(str::to_owned),
        endorsements: a.endorsements,
        discounted: a.discounted,
        top_signal: a.top_signal.as_deref().map(str::to_owned),
        authors: authors.into_iter().map(|(owner, _)| owner.to_owned()).collect(),
    }
}

/// What the ledger opens cases from.
pub(crate) fn findings(snapshot: &Snapshot, version: &str) -> Findings {
    // Members who are not accused, such as owners of stolen tokens, have endorsements at stake as well.
    let members: HashSet<&str> = snapshot.rings.iter().flat_map(|r| &r.members).map(|(m, ..)| &**m).collect();
    let is_told = |a: &Account| &*a.verdict != "organic" || members.contains(&*a.account);
    let rings = snapshot.rings.iter().map(|r| FoundRing {
        ring: r.ring.to_string(),
        kind: kind(&r.kind),
        bits: r.evidence_bits,
        targets: r.targets,
        accused: r.accused,
        first_ts: r.first_ts.unwrap_or(0),
        last_ts: r.last_ts.unwrap_or(0),
        members: r.members.iter().map(|(m, ..)| m.to_string()).collect(),
    });
    let evidence = snapshot.evidence.iter().filter_map(|e| {
        let about = match &*e.subject_type {
            "account" => About::Account(e.subject.to_string()),
            "ring" => About::Ring(e.subject.to_string()),
            _ => return None,
        };
        let detail: serde_json::Value = serde_json::from_str(&e.detail).unwrap_or_default();
        let evidence = findings::Evidence {
            signal: e.signal.to_string(),
            bits: e.bits,
            statistic: e.statistic.to_string(),
            observed: e.observed,
            expected: e.expected,
            sentence: detail["sentence"].as_str().unwrap_or(&e.statistic).to_owned(),
            samples: Vec::new(),
        };
        Some(FoundEvidence { about, evidence })
    });
    let targets = snapshot.targets.iter().filter(|t| (t.likes as f64) - t.authentic > 0.5).map(|t| FoundTarget {
        target: t.target.to_string(),
        owner: t.owner.as_deref().map(str::to_owned),
        reported: t.likes,
        authentic: t.authentic,
        low: t.authentic_low,
        high: t.authentic_high,
    });
    Findings {
        model: Model { version: version.to_owned(), configuration: snapshot.configuration.clone() },
        accounts_total: snapshot.accounts.len() as u64,
        accounts: snapshot.accounts.iter().filter(|a| is_told(a)).map(|a| account(snapshot, a)).collect(),
        rings: rings.collect(),
        targets: targets.collect(),
        evidence: evidence.collect(),
    }
}
