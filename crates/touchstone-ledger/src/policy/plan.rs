//! What a policy does to findings. Pure: the ledger enters it, a backtest counts it.

use super::breaker::Counts;
use super::condition::{AccountFacts, Facts, RingFacts, TargetFacts};
use super::file::{Policy, Rule, RuleTarget, Step};
use crate::chance::unit;
use crate::entry::BreakerKind;
use crate::findings::{Findings, FoundAccount, FoundTarget};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::findings::Verdict;

/// An hour, in microseconds.
const HOUR: f64 = 3_600_000_000.0;

/// Whom a rule may hit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An account.
    Account(String),
    /// A target.
    Target(String),
}

impl Subject {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Account(name) | Self::Target(name) => name,
        }
    }
}

/// An account or target, with all that rules ask.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Who.
    pub subject: Subject,
    /// What breakers know it by.
    pub key: String,
    /// What breakers know the authors by whose counts it changes.
    pub authors: Vec<String>,
    /// True if a person cleared it: nothing is done to it.
    pub cleared: bool,
    /// Earlier actions by rule, with their times: what steps count.
    pub earlier: BTreeMap<String, Vec<i64>>,
    /// Rules of which an action stands on it.
    pub standing: BTreeSet<String>,
    facts: Facts,
}

impl Candidate {
    /// What the ledger knows of it beyond the findings.
    pub(crate) fn set_history(&mut self, earlier: i64, confirmed: bool) {
        match &mut self.facts {
            Facts::Account(account, _) => (account.earlier, account.confirmed) = (earlier, confirmed),
            Facts::Target(target) => target.earlier = earlier,
        }
    }
}

/// What becomes of a candidate under a rule that holds for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is acted on, from a time on.
    Act {
        /// When, in microseconds since 1970 UTC.
        starts_at: i64,
    },
    /// A person has to decide: the step is harder than the policy may take alone.
    Suggest,
    /// The rule is in shadow mode: only recorded.
    Shadow,
    /// It is not in the rule's percentage yet.
    OutsideRollOut,
    /// A breaker holds it back.
    Held(BreakerKind),
    /// An action of this rule stands already.
    Stands,
    /// A person cleared it.
    Cleared,
}

/// One candidate under one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Which candidate.
    pub candidate: usize,
    /// Which rule of the policy.
    pub rule: usize,
    /// Which step of it.
    pub step: Step,
    /// What becomes of it.
    pub fate: Fate,
}

/// Candidates from findings, as if the ledger were empty: most evidence first.
#[must_use]
pub fn candidates(findings: &Findings) -> Vec<Candidate> {
    let rings: BTreeMap<&str, _> = findings.rings.iter().map(|r| (r.ring.as_str(), r)).collect();
    let mut accounts: Vec<&FoundAccount> = findings.accounts.iter().filter(|a| a.verdict != Verdict::Organic).collect();
    accounts.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.account.cmp(&b.account)));
    let mut all: Vec<Candidate> = accounts
        .into_iter()
        .map(|account| {
            let ring = account.ring.as_deref().and_then(|r| rings.get(r));
            let ring = ring.map(|r| RingFacts {
                kind: r.kind.as_str().to_owned(),
                bits: r.bits,
                members: whole(r.members.len() as u64),
                accused: whole(r.accused),
                targets: whole(r.targets),
                days: (r.last_ts - r.first_ts).max(0) as f64 / 86_400e6,
            });
            Candidate {
                subject: Subject::Account(account.account.clone()),
                key: account.account.clone(),
                authors: account.authors.clone(),
                cleared: false,
                earlier: BTreeMap::new(),
                standing: BTreeSet::new(),
                facts: Facts::Account(account_facts(account), ring.unwrap_or_default()),
            }
        })
        .collect();
    let mut targets: Vec<&FoundTarget> = findings.targets.iter().collect();
    let bubble = |t: &FoundTarget| t.reported as f64 - t.authentic;
    targets.sort_by(|a, b| bubble(b).total_cmp(&bubble(a)).then_with(|| a.target.cmp(&b.target)));
    all.extend(targets.into_iter().map(|target| Candidate {
        subject: Subject::Target(target.target.clone()),
        key: format!("target {}", target.target),
        authors: target.owner.iter().cloned().collect(),
        cleared: false,
        earlier: BTreeMap::new(),
        standing: BTreeSet::new(),
        facts: Facts::Target(TargetFacts {
            reported: whole(target.reported),
            authentic: target.authentic,
            low: target.low,
            high: target.high,
            bubble: bubble(target),
            share: bubble(target) / (target.reported.max(1) as f64),
            owned: target.owner.is_some(),
            earlier: 0,
        }),
    }));
    all
}

fn account_facts(account: &FoundAccount) -> AccountFacts {
    AccountFacts {
        verdict: account.verdict.as_str().to_owned(),
        bits: account.bits,
        endorsements: whole(account.endorsements),
        discounted: account.discounted,
        share: account.discounted / (account.endorsements.max(1) as f64),
        signal: account.top_signal.clone().unwrap_or_default(),
        in_ring: account.ring.is_some(),
        authors: whole(account.authors.len() as u64),
        earlier: 0,
        confirmed: false,
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Which rules hold for whom, and what becomes of it. Each candidate is acted on by the first live rule that holds and
/// has it in its percentage; shadow rules are recorded beside that. Also says which conditions could not be
/// evaluated: (candidate, rule, why); such a rule does not hold.
///
/// `key` decides who is in a percentage and how long a delay is; `total` is the number of all accounts.
#[must_use]
pub fn plan(
    policy: &Policy,
    candidates: &[Candidate],
    counts: &mut Counts,
    key: &[u8; 32],
    now: i64,
    total: u64,
) -> (Vec<Planned>, Vec<(usize, usize, String)>) {
    let (mut planned, mut failed) = (Vec::new(), Vec::new());
    for (c, candidate) in candidates.iter().enumerate() {
        let kind =
            if matches!(candidate.subject, Subject::Account(_)) { RuleTarget::Account } else { RuleTarget::Target };
        for (r, rule) in policy.rules.iter().enumerate().filter(|(_, rule)| rule.on == kind) {
            match rule.when.holds(&candidate.facts) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(why) => {
                    failed.push((c, r, why));
                    continue;
                }
            }
            let step = step(rule, candidate, now);
            let fate = fate(policy, rule, step, candidate, counts, key, now, total);
            planned.push(Planned { candidate: c, rule: r, step, fate });
            if !matches!(fate, Fate::Shadow | Fate::OutsideRollOut) {
                break;
            }
        }
    }
    (planned, failed)
}

/// Who was acted on by this rule before gets the next step.
fn step(rule: &Rule, candidate: &Candidate, now: i64) -> Step {
    let since = now.saturating_sub(i64::from(rule.look_back_days).saturating_mul(86_400_000_000));
    let before = candidate.earlier.get(&rule.name).map_or(0, |times| times.iter().filter(|t| **t >= since).count());
    rule.steps[before.min(rule.steps.len() - 1)]
}

#[allow(clippy::too_many_arguments)] // one decision, with all it depends on
fn fate(
    policy: &Policy,
    rule: &Rule,
    step: Step,
    candidate: &Candidate,
    counts: &mut Counts,
    key: &[u8; 32],
    now: i64,
    total: u64,
) -> Fate {
    if candidate.cleared {
        return Fate::Cleared;
    }
    let name = candidate.subject.name();
    // A shadow falls on everybody: what is looked at is what the rule would do when it is rolled out.
    if !rule.live {
        return Fate::Shadow;
    }
    // The rule is in it, so that it is not always the same accounts on which rules are tried first.
    if unit(key, "roll-out", &[&rule.name, name]) * 100.0 >= rule.percent {
        return Fate::OutsideRollOut;
    }
    if candidate.standing.contains(&rule.name) {
        return Fate::Stands;
    }
    if !policy.allows(step.kind) {
        return Fate::Suggest;
    }
    match counts.admit(policy, rule, &candidate.key, &candidate.authors, total) {
        Err(breaker) => Fate::Held(breaker),
        Ok(()) => {
            let (low, high) = rule.delay_hours;
            // The day is in it, so that a second action is not as late as the first was.
            let day = (now / 86_400_000_000).to_string();
            let hours = low + (high - low) * unit(key, "delay", &[&rule.name, name, &day]);
            Fate::Act { starts_at: now.saturating_add((hours * HOUR) as i64) }
        }
    }
}
