//! The policy in force: what it says, what it did, and what it would have done.

use super::policy_shapes::{BacktestAnswer, PolicyAnswer, Retried};
use crate::app::App;
use crate::desk;
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use touchstone_ledger::policy::{Policy, explained};

/// The policy in force: its rules, what each did and would do, and how far breakers are used up
#[utoipa::path(get, path = "/v1/policy", tag = "policy", security(("bearer" = [])), responses(
    (status = 200, description = "The policy; null where there is none", body = PolicyAnswer),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn policy(State(app): State<App>) -> Result<Json<PolicyAnswer>, Problem> {
    Ok(Json(desk::standing(&app).await?.into()))
}

/// What a policy would do to the latest findings, as if nothing had been done before
///
/// The body is a policy file. Nothing is entered.
#[utoipa::path(post, path = "/v1/policy/backtest", tag = "policy", security(("bearer" = [])),
    request_body(content = String, content_type = "application/toml", description = "A policy, as in docs/policy.toml"),
    responses(
    (status = 200, description = "Whom it would hit", body = BacktestAnswer),
    (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "The policy has errors: each with line and column", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn backtest(State(app): State<App>, bytes: Bytes) -> Result<Json<BacktestAnswer>, Problem> {
    let text = std::str::from_utf8(&bytes).map_err(|e| Problem::new(Code::Unfit, e.to_string()))?;
    let policy = checked(text)?;
    let result = desk::backtest(&app, policy).await?;
    Ok(Json(BacktestAnswer::of(result, app.door.identity())))
}

/// A policy that somebody wants to try.
pub(crate) fn checked(text: &str) -> Result<Policy, Problem> {
    Policy::read(text).map_err(|problems| Problem::new(Code::Unfit, explained(&"policy", &problems)))
}

/// Try again what was given up: webhooks that no receiver took in 25 tries
#[utoipa::path(post, path = "/v1/webhooks/retry", tag = "policy", security(("bearer" = [])), responses(
    (status = 200, description = "They wait again", body = Retried),
    (status = 401, description = "No token of the role admin", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn retry_webhooks(State(app): State<App>) -> Result<Json<Retried>, Problem> {
    let waiting = desk::write(&app, touchstone_ledger::Ledger::retry_given_up).await?;
    Ok(Json(Retried { waiting }))
}
