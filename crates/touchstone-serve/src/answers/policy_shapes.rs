//! Shapes of the policy.

use crate::desk::{PolicyStanding, revealed};
use serde::Serialize;
use touchstone_engine::landing::Identity;
use touchstone_ledger::policy::{Backtest, Policy, Rule, RuleResult, RuleTarget};
use touchstone_ledger::{PolicyRecord, RuleRecord};
use utoipa::ToSchema;

/// Cases listed with a rule.
pub(crate) const CASES_LISTED: usize = 20;
/// Accounts and targets listed with a backtest.
const HITS_LISTED: usize = 1000;

/// The policy, and who is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyAnswer {
    /// Null where there is none: nothing is done without a person then.
    pub(crate) policy: Option<PolicyInForce>,
    /// Why the file as it is now is not in force: a line each problem. Null where it is.
    pub(crate) refused: Option<String>,
    /// Who is told of actions.
    pub(crate) receivers: Vec<ReceiverAnswer>,
}

/// A receiver of webhooks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceiverAnswer {
    /// Its name.
    pub(crate) name: String,
    /// Deliveries that wait: for their time, or for it to answer.
    pub(crate) waiting: u64,
    /// Deliveries that were given up after 25 tries.
    pub(crate) given_up: u64,
}

/// A policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyInForce {
    /// Its name.
    pub(crate) name: String,
    /// BLAKE3 of its file: what the ledger names it by.
    pub(crate) hash: String,
    /// What may be done without a person beyond discount and review.
    pub(crate) permission: Option<PermissionAnswer>,
    /// Breakers that concern all rules.
    pub(crate) breakers: Vec<BreakerAnswer>,
    /// The rules, in order.
    pub(crate) rules: Vec<RuleAnswer>,
}

/// What the operator allows in writing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PermissionAnswer {
    /// Which actions.
    pub(crate) actions: Vec<String>,
    /// In whose name.
    pub(crate) by: String,
    /// Since when.
    pub(crate) date: String,
    /// Why.
    pub(crate) words: String,
}

/// How far a breaker is used up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BreakerAnswer {
    /// day: actions today (UTC). author: the most of them on one author's counts. share: accounts and targets under an
    /// action.
    pub(crate) breaker: String,
    /// So many now.
    pub(crate) now: u64,
    /// So many at most; null before the first findings, where it is a share of accounts.
    pub(crate) most: Option<u64>,
}

/// A step of a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StepAnswer {
    /// What is done.
    pub(crate) action: String,
    /// For how many days.
    pub(crate) days: u32,
}

/// What a breaker held back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HeldAnswer {
    /// rule, day, author or share.
    pub(crate) breaker: String,
    /// How many actions.
    pub(crate) actions: u64,
}

/// A rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleAnswer {
    /// Its name.
    pub(crate) rule: String,
    /// account or target.
    pub(crate) on: String,
    /// Its condition.
    pub(crate) when: String,
    /// live or shadow.
    pub(crate) mode: String,
    /// Share of accounts it acts on, in percent.
    pub(crate) percent: f64,
    /// Steps, mild to hard.
    pub(crate) steps: Vec<StepAnswer>,
    /// Actions start so many hours later, at least ...
    pub(crate) delay_hours_min: f64,
    /// ... and at most.
    pub(crate) delay_hours_max: f64,
    /// Most actions in a day; null where it has no limit of its own.
    pub(crate) per_day: Option<u64>,
    /// Why, as the account reads it.
    pub(crate) reason: String,
    /// The ground in the platform's terms.
    pub(crate) ground: String,
    /// What it did, by the ledger.
    pub(crate) record: RecordAnswer,
    /// What it would do to the latest findings if nothing had been done before; null before the first.
    pub(crate) backtest: Option<RuleBacktest>,
}

/// What a rule did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecordAnswer {
    /// Actions it ever took.
    pub(crate) acted: u64,
    /// Of them, today (UTC).
    pub(crate) today: u64,
    /// Of them, those that hold or will.
    pub(crate) standing: u64,
    /// Of them, those that were taken back.
    pub(crate) taken_back: u64,
    /// Actions it only recorded, in shadow mode.
    pub(crate) shadowed: u64,
    /// Accounts of these that people confirmed.
    pub(crate) shadow_confirmed: u64,
    /// Accounts of these that people cleared.
    pub(crate) shadow_cleared: u64,
    /// Actions it left to people.
    pub(crate) suggested: u64,
    /// Held back today.
    pub(crate) held_today: Vec<HeldAnswer>,
    /// The latest cases it acted on or suggested something on.
    pub(crate) cases: Vec<String>,
}

/// What a rule would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleBacktest {
    /// The rule.
    pub(crate) rule: String,
    /// live or shadow.
    pub(crate) mode: String,
    /// For how many it holds, and no rule before it decided.
    pub(crate) holds: u64,
    /// Acted on.
    pub(crate) acts: u64,
    /// Left to people.
    pub(crate) suggests: u64,
    /// Recorded in shadow mode.
    pub(crate) shadows: u64,
    /// Outside its percentage.
    pub(crate) outside: u64,
    /// Held back.
    pub(crate) held: Vec<HeldAnswer>,
    /// Candidates it could not be asked about.
    pub(crate) failed: u64,
    /// Why the first could not.
    pub(crate) failure: Option<String>,
}

/// Whom a policy would hit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BacktestAnswer {
    /// BLAKE3 of the policy.
    pub(crate) hash: String,
    /// Accounts that are not organic.
    pub(crate) candidates: u64,
    /// All accounts.
    pub(crate) accounts: u64,
    /// By rule.
    pub(crate) rules: Vec<RuleBacktest>,
    /// Who is hit, at most 1,000, strongest evidence first.
    pub(crate) hits: Vec<HitAnswer>,
    /// How many are hit.
    pub(crate) hits_total: u64,
}

/// Who is hit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HitAnswer {
    /// The account or target.
    pub(crate) subject: String,
    /// The rule.
    pub(crate) rule: String,
    /// What is done, or would be.
    pub(crate) action: String,
    /// act, suggest or shadow.
    pub(crate) fate: String,
}

/// What is tried again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Retried {
    /// How many deliveries wait again.
    pub(crate) waiting: u64,
}

impl RuleBacktest {
    pub(crate) fn of(r: &RuleResult) -> Self {
        let held = r.held.iter().map(|(word, n)| HeldAnswer { breaker: (*word).to_owned(), actions: *n });
        Self {
            rule: r.rule.clone(),
            mode: r.mode.to_owned(),
            holds: r.holds,
            acts: r.acts.values().sum(),
            suggests: r.suggests,
            shadows: r.shadows,
            outside: r.outside,
            held: held.collect(),
            failed: r.failed,
            failure: r.failure.clone(),
        }
    }
}

impl BacktestAnswer {
    pub(crate) fn of(b: Backtest, identity: &Identity) -> Self {
        let hits = b.hits.iter().take(HITS_LISTED).map(|h| HitAnswer {
            subject: revealed(identity, &h.subject),
            rule: h.rule.clone(),
            action: h.action.to_owned(),
            fate: h.fate.to_owned(),
        });
        Self {
            hits: hits.collect(),
            hits_total: b.hits.len() as u64,
            rules: b.rules.iter().map(RuleBacktest::of).collect(),
            hash: b.policy,
            candidates: b.candidates,
            accounts: b.accounts,
        }
    }
}

impl RecordAnswer {
    fn of(r: &RuleRecord) -> Self {
        let held = r.held_today.iter().map(|(b, n)| HeldAnswer { breaker: b.as_str().to_owned(), actions: *n });
        Self {
            acted: r.acted,
            today: r.today,
            standing: r.standing,
            taken_back: r.taken_back,
            shadowed: r.shadowed,
            shadow_confirmed: r.shadow_confirmed,
            shadow_cleared: r.shadow_cleared,
            suggested: r.suggested,
            held_today: held.collect(),
            cases: r.cases.iter().take(CASES_LISTED).map(ToString::to_string).collect(),
        }
    }
}

fn rule(rule: &Rule, record: &PolicyRecord, backtest: Option<&RuleResult>) -> RuleAnswer {
    let steps = rule.steps.iter().map(|s| StepAnswer { action: s.kind.as_str().to_owned(), days: s.days });
    RuleAnswer {
        rule: rule.name.clone(),
        on: if rule.on == RuleTarget::Account { "account" } else { "target" }.to_owned(),
        when: rule.when.text().to_owned(),
        mode: if rule.live { "live" } else { "shadow" }.to_owned(),
        percent: rule.percent,
        steps: steps.collect(),
        delay_hours_min: rule.delay_hours.0,
        delay_hours_max: rule.delay_hours.1,
        per_day: Some(rule.per_day).filter(|n| *n != u64::MAX),
        reason: rule.reason.clone(),
        ground: rule.ground.clone(),
        record: RecordAnswer::of(record.rules.get(&rule.name).unwrap_or(&RuleRecord::default())),
        backtest: backtest.map(RuleBacktest::of),
    }
}

fn in_force(policy: &Policy, standing: &PolicyStanding) -> PolicyInForce {
    let (record, backtest) = (&standing.record, standing.backtest.as_ref());
    let share = backtest.map(|b| (policy.share_of_accounts * b.accounts as f64).floor() as u64);
    let breaker = |name: &str, now, most| BreakerAnswer { breaker: name.to_owned(), now, most };
    PolicyInForce {
        name: policy.name.clone(),
        hash: policy.hash.clone(),
        permission: policy.permission.as_ref().map(|p| PermissionAnswer {
            actions: p.actions.iter().map(|a| a.as_str().to_owned()).collect(),
            by: p.by.clone(),
            date: p.date.clone(),
            words: p.words.clone(),
        }),
        breakers: vec![
            breaker("day", record.today, Some(policy.per_day)),
            breaker("author", record.author_today, Some(policy.per_author_day)),
            breaker("share", record.under, share),
        ],
        rules: policy
            .rules
            .iter()
            .enumerate()
            .map(|(i, r)| rule(r, record, backtest.and_then(|b| b.rules.get(i))))
            .collect(),
    }
}

impl From<PolicyStanding> for PolicyAnswer {
    fn from(standing: PolicyStanding) -> Self {
        let receivers = standing.receivers.iter().map(|(name, (waiting, given_up))| ReceiverAnswer {
            name: name.clone(),
            waiting: *waiting,
            given_up: *given_up,
        });
        Self {
            receivers: receivers.collect(),
            policy: standing.policy.as_deref().map(|p| in_force(p, &standing)),
            refused: standing.refused,
        }
    }
}
