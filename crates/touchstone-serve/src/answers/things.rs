//! Targets and counts.

use super::cursor::{Page, page};
use super::people::unreadable;
use super::{TargetAnswer, TargetDetail, TargetList, evidence};
use crate::app::App;
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Serialize;
use utoipa::ToSchema;

/// Targets with their corrected counts, a page at a time
#[utoipa::path(get, path = "/v1/targets", tag = "findings", params(Page), security(("bearer" = [])), responses(
    (status = 200, description = "A page", body = TargetList),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn targets(
    State(app): State<App>,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<Json<TargetList>, Problem> {
    let Query(wanted) = query.map_err(|e| unreadable(&e))?;
    let findings = app.findings()?;
    let (rows, next) = page(&findings.targets, |t| &t.target, |_| true, &wanted)?;
    let overlay = app.desk.overlay();
    let items = rows.into_iter().map(|t| TargetAnswer::of(t, app.door.identity(), &overlay)).collect();
    Ok(Json(TargetList { items, next, findings: findings.number }))
}

/// One target, with the evidence about it
#[utoipa::path(get, path = "/v1/targets/{target}", tag = "findings", security(("bearer" = [])),
    params(("target" = String, Path, description = "Its name")),
    responses(
    (status = 200, description = "The target", body = TargetDetail),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "The findings do not know it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn target(State(app): State<App>, Path(name): Path<String>) -> Result<Json<TargetDetail>, Problem> {
    let findings = app.findings()?;
    let found = findings.target(&name).ok_or_else(|| Problem::new(Code::NotFound, "no target of this name"))?;
    let overlay = app.desk.overlay();
    Ok(Json(TargetDetail {
        target: TargetAnswer::of(found, app.door.identity(), &overlay),
        rank: overlay.ranks(&findings, &app.options.rank).get(&*name).copied(),
        evidence: evidence(findings.evidence_of("target", &name)),
        findings: findings.number,
    }))
}

/// The findings in numbers, and how ingest stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Number of the findings; null before the first.
    pub(crate) findings: Option<u64>,
    /// `counts` of summary.json: accounts, targets, endorsements, discounted, accused, suspects, rings, signals, warnings.
    pub(crate) counts: serde_json::Value,
    /// Rows taken since the start of the process.
    pub(crate) rows_taken: u64,
    /// Rows whose windows are open, so that no findings are of them yet.
    pub(crate) rows_pending: u64,
    /// Windows that are closed.
    pub(crate) windows_closed: u64,
    /// Windows that are open.
    pub(crate) windows_open: u64,
}

/// All in numbers
#[utoipa::path(get, path = "/v1/counts", tag = "findings", security(("bearer" = [])), responses(
    (status = 200, description = "The numbers", body = Counts),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn counts(State(app): State<App>) -> Json<Counts> {
    let (findings, status) = (app.snapshot(), app.landing.status());
    Json(Counts {
        findings: findings.as_ref().map(|f| f.number),
        counts: findings.map_or(serde_json::Value::Null, |f| f.counts.clone()),
        rows_taken: status.rows_taken,
        rows_pending: status.rows_pending,
        windows_closed: status.windows_closed,
        windows_open: status.windows_open,
    })
}
