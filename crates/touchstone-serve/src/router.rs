//! Which path is whose, and who may go there.

use crate::app::App;
use crate::auth::Role;
use crate::problem::{Code, Problem};
use crate::{answers, guard, health, ingest, openapi, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};

/// Everything the server answers.
pub(crate) fn router(app: &App) -> Router {
    let may = |role: Role| from_fn_with_state((app.clone(), role), guard::role);
    let ingest = Router::new().route("/v1/events", post(ingest::events)).route_layer(may(Role::Ingest));
    let read = Router::new()
        .route("/v1/decide", post(answers::decide))
        .route("/v1/accounts", get(answers::accounts))
        .route("/v1/accounts/{account}", get(answers::account))
        .route("/v1/targets", get(answers::targets))
        .route("/v1/targets/{target}", get(answers::target))
        .route("/v1/rings", get(answers::rings))
        .route("/v1/rings/{ring}", get(answers::ring))
        .route("/v1/evidence", get(answers::evidence_about))
        .route("/v1/counts", get(answers::counts))
        .route("/v1/cases", get(answers::cases))
        .route("/v1/cases/{case}", get(answers::case))
        .route("/v1/cases/{case}/effect", get(answers::effect))
        .route("/v1/actions", get(answers::actions))
        .route("/v1/labels", get(answers::labels))
        .route("/v1/ledger", get(answers::ledger))
        .route("/v1/policy", get(answers::policy))
        .route("/metrics", get(health::metrics))
        .route_layer(may(Role::Read));
    let review = Router::new()
        .route("/v1/cases/next", post(answers::next_case))
        .route("/v1/cases/{case}/claim", post(answers::claim))
        .route("/v1/cases/{case}/notes", post(answers::note))
        .route("/v1/cases/{case}/decision", post(answers::decide_case))
        .route("/v1/cases/{case}/second", post(answers::second))
        .route("/v1/cases/{case}/undo", post(answers::undo))
        .route("/v1/appeals", post(answers::appeal))
        .route("/v1/appeals/{appeal}/decision", post(answers::decide_appeal))
        .route("/v1/policy/backtest", post(answers::backtest))
        .route_layer(may(Role::Review));
    let operate = Router::new()
        .route("/v1/golden", post(answers::golden))
        .route("/v1/reviewers", get(answers::reviewers))
        .route("/v1/webhooks/retry", post(answers::retry_webhooks))
        .route("/v1/flush", post(answers::flush))
        .route("/v1/accounts/{account}", delete(answers::erase))
        .route_layer(may(Role::Admin));
    let open = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/v1/openapi.json", get(document));
    Router::new()
        .merge(ingest)
        .merge(read)
        .merge(review)
        .merge(operate)
        .merge(open)
        .merge(pages::router(app))
        .fallback(|| async { Problem::new(Code::NotFound, "no such path") })
        .method_not_allowed_fallback(|| async { Problem::new(Code::MethodNotAllowed, "another method is meant here") })
        .layer(map_response(body_limit))
        .layer(DefaultBodyLimit::max(app.options.limits.body_bytes_max))
        .layer(from_fn_with_state(app.clone(), guard::every))
        .with_state(app.clone())
}

/// The framework's own refusal of a large body, in our form.
async fn body_limit(response: Response) -> Response {
    if response.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|t| !t.as_bytes().starts_with(b"application/problem"))
    {
        return Problem::new(Code::BodyTooLarge, "more bytes than a body may have").into_response();
    }
    response
}

async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], openapi::document())
}
