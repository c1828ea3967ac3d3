//! Accounts.

use super::cursor::{Page, page};
use super::{AccountAnswer, AccountDetail, AccountList, evidence, pseudonym_of};
use crate::app::App;
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

/// A question that cannot be read.
pub(crate) fn unreadable(e: &QueryRejection) -> Problem {
    Problem::new(Code::BadRequest, e.body_text())
}

/// Which accounts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichAccounts {
    /// Those of this verdict alone: organic, suspect or inauthentic.
    verdict: Option<String>,
    /// Rows of a page, 1 to 1,000; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Accounts, a page at a time
#[utoipa::path(get, path = "/v1/accounts", tag = "findings", params(WhichAccounts), security(("bearer" = [])), responses(
    (status = 200, description = "A page", body = AccountList),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn accounts(
    State(app): State<App>,
    query: Result<Query<WhichAccounts>, QueryRejection>,
) -> Result<Json<AccountList>, Problem> {
    let Query(query) = query.map_err(|e| unreadable(&e))?;
    let findings = app.findings()?;
    let wanted = Page { limit: query.limit, cursor: query.cursor };
    if let Some(verdict) = query.verdict.as_deref().filter(|v| !["organic", "suspect", "inauthentic"].contains(v)) {
        let detail = format!("there is no verdict \"{verdict}\"; choose organic, suspect or inauthentic");
        return Err(Problem::new(Code::BadRequest, detail));
    }
    let keep = |a: &crate::snapshot::Account| query.verdict.as_deref().is_none_or(|v| v == &*a.verdict);
    let (rows, next) = page(&findings.accounts, |a| &a.account, keep, &wanted)?;
    let overlay = app.desk.overlay();
    let items = rows.into_iter().map(|a| AccountAnswer::of(a, app.door.identity(), &overlay)).collect();
    Ok(Json(AccountList { items, next, findings: findings.number }))
}

/// One account, with the evidence for and against it
#[utoipa::path(get, path = "/v1/accounts/{account}", tag = "findings", security(("bearer" = [])),
    params(("account" = String, Path, description = "Its name on the platform, or its pseudonym")),
    responses(
    (status = 200, description = "The account", body = AccountDetail),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "The findings do not know it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn account(State(app): State<App>, Path(name): Path<String>) -> Result<Json<AccountDetail>, Problem> {
    let findings = app.findings()?;
    let identity = app.door.identity();
    let pseudonym = pseudonym_of(identity, &name);
    let found = findings.account(&pseudonym).ok_or_else(|| Problem::new(Code::NotFound, "no account of this name"))?;
    Ok(Json(AccountDetail {
        account: AccountAnswer::of(found, identity, &app.desk.overlay()),
        evidence: evidence(findings.evidence_of("account", &pseudonym)),
        findings: findings.number,
    }))
}
