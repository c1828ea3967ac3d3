//! Policies: what is in force, what each rule did and would do, and another one, tried.

use super::words::{action, count, counted};
use super::{Fault, Frame, html};
use crate::answers::{CASES_LISTED, checked};
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, PolicyStanding};
use crate::problem::Problem;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::{Extension, Form};
use serde::Deserialize;
use touchstone_engine::landing::Identity;
use touchstone_ledger::policy::{Backtest, Policy, Rule, RuleResult, RuleTarget, Step};
use touchstone_ledger::{ActionKind, PolicyRecord, RuleRecord};

/// Names listed of whom a tried policy would hit.
const HITS_LISTED: usize = 50;

struct InForce {
    name: String,
    hash: String,
    /// Who allowed what; empty where nobody did.
    permission: String,
    breakers: Vec<Breaker>,
    rules: Vec<RuleView>,
}

struct Breaker {
    name: &'static str,
    now: String,
    most: String,
    full: bool,
}

struct RuleView {
    name: String,
    mode: String,
    on: &'static str,
    per_day: String,
    delay: String,
    when: String,
    steps: Vec<String>,
    reason: String,
    backtest: Option<Would>,
    acted: String,
    today: String,
    standing: String,
    taken_back: String,
    suggested: String,
    held_today: String,
    shadow: String,
    cases: Vec<String>,
    cases_more: usize,
}

/// What a rule would do to the latest findings.
struct Would {
    holds: String,
    acts: String,
    suggests: String,
    shadows: String,
    outside: String,
    held: String,
    failure: String,
}

struct Tried {
    said: String,
    rules: Vec<(String, Would)>,
    /// Name, action, and what becomes of it.
    hits: Vec<(String, &'static str, &'static str)>,
    hits_more: usize,
}

struct ReceiverRow {
    name: String,
    waiting: String,
    given_up: String,
}

#[derive(Template)]
#[template(path = "policies.html")]
struct PoliciesPage {
    frame: Frame,
    refused: Vec<String>,
    policy: Option<InForce>,
    receivers: Vec<ReceiverRow>,
    /// What is wrong with the policy that was tried.
    problems: Vec<String>,
    tried: Option<Tried>,
    text: String,
}

impl Would {
    fn of(r: &RuleResult) -> Self {
        Self {
            holds: count(r.holds),
            acts: count(r.acts.values().sum()),
            suggests: count(r.suggests),
            shadows: count(r.shadows),
            outside: count(r.outside),
            held: count(r.held.values().sum()),
            failure: r.failure.clone().unwrap_or_default(),
        }
    }
}

/// 100, 12.5: without what says nothing.
fn short(x: f64) -> String {
    let text = format!("{x:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn step(step: &Step) -> String {
    format!("{} for {}", action(step.kind), counted(step.days.into(), "day", "days"))
}

fn rule(rule: &Rule, record: &RuleRecord, backtest: Option<&RuleResult>) -> RuleView {
    let (low, high) = rule.delay_hours;
    let mode = match (rule.live, rule.percent) {
        (false, _) => "shadow: only recorded".to_owned(),
        (true, percent) if percent >= 100.0 => "live".to_owned(),
        (true, percent) => format!("live for {} %", short(percent)),
    };
    let shadow = format!(
        "{} recorded in shadow mode; of their accounts, people found {} fake and {} innocent.",
        counted(record.shadowed, "action", "actions"),
        count(record.shadow_confirmed),
        count(record.shadow_cleared)
    );
    RuleView {
        name: rule.name.clone(),
        mode,
        on: if rule.on == RuleTarget::Account { "on accounts" } else { "on targets" },
        // Without a limit of its own it has those of all.
        per_day: if rule.per_day == u64::MAX {
            String::new()
        } else {
            format!("at most {} a day", count(rule.per_day))
        },
        delay: if high > 0.0 { format!("{} to {} hours later", short(low), short(high)) } else { String::new() },
        when: rule.when.text().to_owned(),
        steps: rule.steps.iter().map(step).collect(),
        reason: rule.reason.clone(),
        backtest: backtest.map(Would::of),
        acted: count(record.acted),
        today: count(record.today),
        standing: count(record.standing),
        taken_back: count(record.taken_back),
        suggested: count(record.suggested),
        held_today: count(record.held_today.values().sum()),
        shadow: if record.shadowed > 0 { shadow } else { String::new() },
        cases: record.cases.iter().take(CASES_LISTED).map(ToString::to_string).collect(),
        cases_more: record.cases.len().saturating_sub(CASES_LISTED),
    }
}

fn breakers(policy: &Policy, record: &PolicyRecord, accounts: Option<u64>) -> Vec<Breaker> {
    let share = accounts.map(|n| (policy.share_of_accounts * n as f64).floor() as u64);
    let one = |name, now: u64, most: Option<u64>| Breaker {
        name,
        now: count(now),
        most: most.map(|m| format!("of {}", count(m))).unwrap_or_default(),
        full: most.is_some_and(|m| now >= m),
    };
    vec![
        one("Actions today", record.today, Some(policy.per_day)),
        one("On one author's counts today", record.author_today, Some(policy.per_author_day)),
        one("Under an action", record.under, share),
    ]
}

fn in_force(policy: &Policy, standing: &PolicyStanding) -> InForce {
    let (record, backtest) = (&standing.record, standing.backtest.as_ref());
    let none = RuleRecord::default();
    let permission = policy.permission.as_ref().map(|p| {
        let actions: Vec<&str> = p.actions.iter().map(|a| action(*a)).collect();
        format!("{}. {}, {}: {}", actions.join(", "), p.by, p.date, p.words)
    });
    let rules = policy
        .rules
        .iter()
        .enumerate()
        .map(|(i, r)| rule(r, record.rules.get(&r.name).unwrap_or(&none), backtest.and_then(|b| b.rules.get(i))));
    InForce {
        name: policy.name.clone(),
        hash: policy.hash.get(..16).unwrap_or(&policy.hash).to_owned(),
        permission: permission.unwrap_or_default(),
        breakers: breakers(policy, record, backtest.map(|b| b.accounts)),
        rules: rules.collect(),
    }
}

fn tried(b: &Backtest, identity: &Identity) -> Tried {
    let fate = |word: &str| match word {
        "act" => "acted on",
        "suggest" => "left to people",
        _ => "only recorded",
    };
    let kind = |word: &str| word.parse::<ActionKind>().map_or("", action);
    let hits = b.hits.iter().take(HITS_LISTED);
    Tried {
        said: format!(
            "{} of {} are not organic; {} would be hit.",
            count(b.candidates),
            counted(b.accounts, "account", "accounts"),
            count(b.hits.len() as u64)
        ),
        rules: b.rules.iter().map(|r| (r.rule.clone(), Would::of(r))).collect(),
        hits: hits.map(|h| (desk::revealed(identity, &h.subject), kind(h.action), fate(h.fate))).collect(),
        hits_more: b.hits.len().saturating_sub(HITS_LISTED),
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

async fn drawn(
    app: &App,
    who: &Principal,
    text: Option<String>,
    outcome: Option<Result<Backtest, Problem>>,
) -> Result<Html<String>, Fault> {
    let standing = desk::standing(app).await?;
    let frame = Frame::of("Policies", Some(who)).at("policies");
    let text = text.or_else(|| standing.policy.as_ref().map(|p| p.text.clone())).unwrap_or_default();
    let (tried, problems) = match outcome {
        Some(Ok(b)) => (Some(tried(&b, app.door.identity())), Vec::new()),
        Some(Err(problem)) => (None, lines(&problem.detail)),
        None => (None, Vec::new()),
    };
    let receivers = standing.receivers.iter().map(|(name, (waiting, given_up))| ReceiverRow {
        name: name.clone(),
        waiting: count(*waiting),
        given_up: count(*given_up),
    });
    let page = PoliciesPage {
        frame,
        refused: standing.refused.as_deref().map(lines).unwrap_or_default(),
        receivers: receivers.collect(),
        policy: standing.policy.as_deref().map(|p| in_force(p, &standing)),
        problems,
        tried,
        text,
    };
    Ok(html(&page)?)
}

/// The page.
pub(crate) async fn policies(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
) -> Result<Html<String>, Fault> {
    drawn(&app, &who, None, None).await
}

/// A policy to try.
#[derive(Debug, Deserialize)]
pub(crate) struct TrySent {
    text: String,
}

/// The page with what another policy would do, or what is wrong with it.
pub(crate) async fn try_policy(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Form(sent): Form<TrySent>,
) -> Result<(StatusCode, Html<String>), Fault> {
    let outcome = match checked(&sent.text) {
        Ok(policy) => desk::backtest(&app, policy).await,
        Err(problem) => Err(problem),
    };
    let status = outcome.as_ref().map_or_else(|p| p.code.row().0, |_| 200);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    Ok((status, drawn(&app, &who, Some(sent.text), Some(outcome)).await?))
}
