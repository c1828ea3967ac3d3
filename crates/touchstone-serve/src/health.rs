//! Alive? Ready? And the metrics.

use crate::app::App;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;

/// How the server is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or why not.
    pub(crate) status: &'static str,
}

/// Is the process alive?
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "Alive", body = Health)))]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Does it take events and answer?
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "Ready", body = Health),
    (status = 503, description = "Stopping, or more waits for the disk than may wait", body = Health),
))]
pub(crate) async fn readyz(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let status = app.landing.status();
    let limits = &app.options.landing;
    let not = |status| (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status }));
    if app.stopping.load(Ordering::Relaxed) {
        not("stopping")
    } else if status.journal_bytes >= limits.journal_bytes_max || status.waiting_bytes > limits.waiting_bytes_max {
        not("busy")
    } else {
        (StatusCode::OK, Json(Health { status: "ok" }))
    }
}

/// Metrics in the text form that Prometheus reads
#[utoipa::path(get, path = "/metrics", tag = "operation", security(("bearer" = [])), responses(
    (status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    (status = 401, description = "No token of the role read", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let text = app.metrics.text(&app).map_err(|e| Problem::new(Code::Internal, e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}
