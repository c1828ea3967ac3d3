//! What an operator asks for: findings now, and the erasure of an account.

use crate::app::App;
use crate::detection::Order;
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// What a flush did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Flushed {
    /// Windows closed.
    pub(crate) windows: u64,
    /// Rows in them.
    pub(crate) rows: u64,
    /// Number of the findings that are of them; null where there is nothing to find.
    pub(crate) findings: Option<u64>,
}

/// What an erasure removed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ErasedAnswer {
    /// Events of the account.
    pub(crate) rows: u64,
    /// Events of others that named it as the owner.
    pub(crate) owned: u64,
    /// Files written anew.
    pub(crate) files: u64,
}

async fn order<T>(app: &App, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Result<T, Problem> {
    let stopping = || Problem::new(Code::Stopping, "the server is stopping");
    let (reply, answer) = oneshot::channel();
    app.orders.send(order(reply)).map_err(|_| stopping())?;
    answer.await.map_err(|_| stopping())
}

/// Close all windows and detect, now
#[utoipa::path(post, path = "/v1/flush", tag = "operation", security(("bearer" = [])), responses(
    (status = 200, description = "Done", body = Flushed),
    (status = 401, description = "No token of the role admin", body = ProblemBody, content_type = "application/problem+json"),
    (status = 500, description = "Windows could not be closed, or detection failed", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn flush(State(app): State<App>) -> Result<Json<Flushed>, Problem> {
    let done = order(&app, Order::Flush).await?.map_err(|why| Problem::new(Code::Internal, why))?;
    Ok(Json(Flushed { windows: done.windows, rows: done.rows, findings: app.snapshot().map(|f| f.number) }))
}

/// Erase an account from events and findings
///
/// Answered when no file names it any more; findings are made anew for that.
#[utoipa::path(delete, path = "/v1/accounts/{account}", tag = "operation", security(("bearer" = [])),
    params(("account" = String, Path, description = "Its name on the platform, or its pseudonym")),
    responses(
    (status = 200, description = "Erased", body = ErasedAnswer),
    (status = 401, description = "No token of the role admin", body = ProblemBody, content_type = "application/problem+json"),
    (status = 507, description = "The disk is full; the erasure is completed at the next start", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn erase(State(app): State<App>, Path(account): Path<String>) -> Result<Json<ErasedAnswer>, Problem> {
    let erased = order(&app, |reply| Order::Erase(account, reply)).await??;
    Ok(Json(ErasedAnswer { rows: erased.rows, owned: erased.owned, files: erased.files }))
}
