//! Golden cases, and how well reviewers judge.

use super::cases::{body, number};
use super::pseudonym_of;
use crate::app::App;
use crate::desk;
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_ledger::findings::About;
use touchstone_ledger::{Answer, ReviewerRecord};
use utoipa::ToSchema;

/// A case whose answer is known. Say either account or ring.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoldenAsked {
    /// An account of the latest findings that is not organic, by its name on the platform.
    pub(crate) account: Option<String>,
    /// A ring of the latest findings.
    pub(crate) ring: Option<String>,
    /// confirmed or cleared.
    pub(crate) answer: String,
}

/// The case that was put into the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GoldenMade {
    /// Its number. It looks like any other.
    pub(crate) case: String,
}

/// How a reviewer judges.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReviewerAnswer {
    /// The reviewer.
    pub(crate) reviewer: String,
    /// Decisions on cases.
    pub(crate) decisions: u64,
    /// Of them, on golden cases.
    pub(crate) golden: u64,
    /// Of these, with the known answer.
    pub(crate) golden_right: u64,
    /// Decisions that somebody else looked at again.
    pub(crate) seconds: u64,
    /// Of them, those agreed with.
    pub(crate) seconds_agreed: u64,
    /// Appeals on cases in whose decision this reviewer had a part.
    pub(crate) appeals: u64,
    /// Of them, upheld: the account was right.
    pub(crate) appeals_upheld: u64,
}

impl ReviewerAnswer {
    fn of(r: ReviewerRecord) -> Self {
        Self {
            reviewer: r.name,
            decisions: r.decisions,
            golden: r.golden,
            golden_right: r.golden_right,
            seconds: r.seconds,
            seconds_agreed: r.seconds_agreed,
            appeals: r.appeals,
            appeals_upheld: r.appeals_upheld,
        }
    }
}

/// All reviewers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReviewerList {
    /// By name.
    pub(crate) items: Vec<ReviewerAnswer>,
}

/// Put a case into the queue whose answer is known, to see how well reviewers judge
///
/// It looks like any other; deciding it does nothing and teaches nothing.
#[utoipa::path(post, path = "/v1/golden", tag = "cases", security(("bearer" = [])),
    request_body(content = GoldenAsked, content_type = "application/json", example = json!({"ring": "r1", "answer": "confirmed"})),
    responses(
    (status = 200, description = "It waits", body = GoldenMade),
    (status = 400, description = "The request cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role admin", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "The latest findings do not have it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn golden(State(app): State<App>, bytes: Bytes) -> Result<Json<GoldenMade>, Problem> {
    let asked: GoldenAsked = body(&bytes)?;
    let about = match (asked.account, asked.ring) {
        (Some(account), None) => About::Account(pseudonym_of(app.door.identity(), &account)),
        (None, Some(ring)) => About::Ring(ring),
        _ => return Err(Problem::new(Code::BadRequest, "say either account or ring")),
    };
    let known: Answer = number(&asked.answer)?;
    Ok(Json(GoldenMade { case: desk::golden(&app, about, known).await?.to_string() }))
}

/// How well reviewers judge: on golden cases, in second reviews, on appeal
#[utoipa::path(get, path = "/v1/reviewers", tag = "cases", security(("bearer" = [])), responses(
    (status = 200, description = "Reviewers by name", body = ReviewerList),
    (status = 401, description = "No token of the role admin", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn reviewers(State(app): State<App>) -> Result<Json<ReviewerList>, Problem> {
    let all = desk::look(&app, |ledger, _| ledger.reviewers()).await?;
    Ok(Json(ReviewerList { items: all.into_iter().map(ReviewerAnswer::of).collect() }))
}
