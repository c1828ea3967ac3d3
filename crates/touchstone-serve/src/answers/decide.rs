//! `POST /v1/decide`.

use super::pseudonym_of;
use crate::app::App;
use crate::decide::{decide as judge, reviewed};
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A like that is about to be counted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Like {
    /// The account's name on the platform.
    pub(crate) actor: String,
    /// The target.
    pub(crate) target: String,
}

/// What to do with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DecideAnswer {
    /// allow: count it. hold: count it when the next findings are there. discount: do not count it.
    pub(crate) decision: String,
    /// Evidence against the account in the latest findings, in bits.
    pub(crate) account_bits: f64,
    /// Evidence from the latest endorsers that the account's ring is at work on this target, in bits.
    pub(crate) running_bits: f64,
    /// Why, in words.
    pub(crate) reasons: Vec<String>,
    /// Number of the findings; null before the first.
    pub(crate) findings: Option<u64>,
}

/// Decide about a like as it happens
///
/// Nothing is stored: send the like to `/v1/events` as well. Without findings everything is allowed.
#[utoipa::path(post, path = "/v1/decide", tag = "decide", security(("bearer" = [])),
    request_body(content = Like, content_type = "application/json", example = json!({"actor": "u17", "target": "p9"})),
    responses(
    (status = 200, description = "The decision", body = DecideAnswer),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn decide(State(app): State<App>, body: Bytes) -> Result<Json<DecideAnswer>, Problem> {
    let like: Like = serde_json::from_slice(&body).map_err(|e| Problem::new(Code::BadRequest, e.to_string()))?;
    let findings = app.snapshot();
    let actor = pseudonym_of(app.door.identity(), &like.actor);
    let judged = {
        let running = app.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        judge(findings.as_deref(), &running, &actor, &like.target)
    };
    let judged = reviewed(judged, &app.desk.overlay(), &actor);
    Ok(Json(DecideAnswer {
        decision: judged.decision.name().to_owned(),
        account_bits: judged.account_bits,
        running_bits: judged.running_bits,
        reasons: judged.reasons,
        findings: findings.map(|f| f.number),
    }))
}
