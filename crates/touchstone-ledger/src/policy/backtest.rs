//! Whom a policy would have hit: counted on findings, by group where the truth is known.

use super::breaker::Counts;
use super::file::Policy;
use super::plan::{Fate, Subject, candidates, plan};
use crate::entry::ActionKind;
use crate::findings::Findings;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a rule would have done.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RuleResult {
    /// The rule.
    pub rule: String,
    /// live or shadow.
    pub mode: &'static str,
    /// For how many it holds, and nothing before it decided.
    pub holds: u64,
    /// Acted on, by action.
    pub acts: BTreeMap<&'static str, u64>,
    /// Left to a person.
    pub suggests: u64,
    /// Recorded in shadow mode.
    pub shadows: u64,
    /// Outside its percentage.
    pub outside: u64,
    /// Held back, by breaker.
    pub held: BTreeMap<&'static str, u64>,
    /// Candidates for which its condition could not be evaluated, and why the first could not.
    pub failed: u64,
    /// Why.
    pub failure: Option<String>,
    /// Accounts it holds for, by group, where groups are known.
    pub groups: BTreeMap<String, u64>,
}

/// How many of a group are hit.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// The group: "attacker", "ordinary", or the name of a look-alike.
    pub group: String,
    /// True if its accounts are innocent.
    pub innocent: bool,
    /// Its accounts.
    pub accounts: u64,
    /// Acted on.
    pub acted: u64,
    /// Left to a person.
    pub suggested: u64,
    /// Recorded in shadow mode.
    pub shadowed: u64,
}

/// What a policy would have done to findings, on an empty ledger.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Backtest {
    /// Hash of the policy.
    pub policy: String,
    /// Accounts that are not organic.
    pub candidates: u64,
    /// All accounts.
    pub accounts: u64,
    /// By rule, in order of the file.
    pub rules: Vec<RuleResult>,
    /// By group, where the truth is known.
    pub groups: Vec<Share>,
    /// Whom it would hit, with rule, action and group, strongest evidence first.
    pub hits: Vec<Hit>,
}

/// One account or target that is hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Its name.
    pub subject: String,
    /// The rule.
    pub rule: String,
    /// What is done, or would be.
    pub action: &'static str,
    /// act, suggest or shadow.
    pub fate: &'static str,
    /// Its group, where known.
    pub group: Option<String>,
}

impl Backtest {
    /// Runs a policy on findings.
    ///
    /// `groups`: for each account whose truth is known, its group and whether it is innocent.
    #[must_use]
    pub fn run(
        policy: &Policy,
        findings: &Findings,
        groups: &BTreeMap<String, (String, bool)>,
        key: &[u8; 32],
        now: i64,
    ) -> Self {
        let all = candidates(findings);
        let (planned, failed) = plan(policy, &all, &mut Counts::default(), key, now, findings.accounts_total);
        let mut rules: Vec<RuleResult> = policy
            .rules
            .iter()
            .map(|r| {
                let mode = if r.live { "live" } else { "shadow" };
                RuleResult { rule: r.name.clone(), mode, ..RuleResult::default() }
            })
            .collect();
        let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
        for (group, innocent) in groups.values() {
            let share = shares.entry(group).or_insert_with(|| Share {
                group: group.clone(),
                innocent: *innocent,
                ..Share::default()
            });
            share.accounts += 1;
        }
        let mut hits = Vec::new();
        let (mut acted, mut suggested, mut shadowed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for p in &planned {
            let (result, rule) = (&mut rules[p.rule], &policy.rules[p.rule]);
            let candidate = &all[p.candidate];
            result.holds += 1;
            let group = match &candidate.subject {
                Subject::Account(name) => groups.get(name).map(|(group, _)| group.as_str()),
                Subject::Target(_) => None,
            };
            if let Some(group) = group {
                *result.groups.entry(group.to_owned()).or_default() += 1;
            }
            let fate = match p.fate {
                Fate::Act { .. } => {
                    *result.acts.entry(p.step.kind.as_str()).or_default() += 1;
                    acted.extend(group.map(|g| (g, p.candidate)));
                    "act"
                }
                Fate::Suggest => {
                    result.suggests += 1;
                    suggested.extend(group.map(|g| (g, p.candidate)));
                    "suggest"
                }
                Fate::Shadow => {
                    result.shadows += 1;
                    shadowed.extend(group.map(|g| (g, p.candidate)));
                    "shadow"
                }
                Fate::OutsideRollOut => {
                    result.outside += 1;
                    continue;
                }
                Fate::Held(breaker) => {
                    *result.held.entry(breaker.as_str()).or_default() += 1;
                    continue;
                }
                Fate::Stands | Fate::Cleared => continue,
            };
            hits.push(Hit {
                subject: candidate.subject.name().to_owned(),
                rule: rule.name.clone(),
                action: p.step.kind.as_str(),
                fate,
                group: group.map(str::to_owned),
            });
        }
        for (_, rule, why) in failed {
            rules[rule].failed += 1;
            rules[rule].failure.get_or_insert(why);
        }
        type Column = fn(&mut Share) -> &mut u64;
        let columns: [(BTreeSet<(&str, usize)>, Column); 3] =
            [(acted, |s| &mut s.acted), (suggested, |s| &mut s.suggested), (shadowed, |s| &mut s.shadowed)];
        for (set, column) in columns {
            for (group, _) in set {
                if let Some(share) = shares.get_mut(group) {
                    *column(share) += 1;
                }
            }
        }
        Self {
            policy: policy.hash.clone(),
            candidates: all.iter().filter(|c| matches!(c.subject, Subject::Account(_))).count() as u64,
            accounts: findings.accounts_total,
            rules,
            groups: shares.into_values().collect(),
            hits,
        }
    }

    /// Innocents acted on, where the truth is known.
    #[must_use]
    pub fn innocents_acted_on(&self) -> u64 {
        self.groups.iter().filter(|g| g.innocent).map(|g| g.acted).sum()
    }

    /// Innocents acted on by something harder than a discount, where the truth is known.
    #[must_use]
    pub fn innocents_hit_hard(&self) -> u64 {
        let innocent: BTreeSet<&str> = self.groups.iter().filter(|g| g.innocent).map(|g| g.group.as_str()).collect();
        let hard = |h: &&Hit| {
            h.fate == "act"
                && h.action.parse::<ActionKind>().is_ok_and(|k| !k.is_mild())
                && h.group.as_deref().is_some_and(|g| innocent.contains(g))
        };
        self.hits.iter().filter(hard).count() as u64
    }
}
