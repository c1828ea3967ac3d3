//! Rings and evidence.

use super::cursor::{Page, page};
use super::people::unreadable;
use super::{EvidenceAnswer, MemberAnswer, RingAnswer, RingDetail, RingList, evidence, name_of, pseudonym_of};
use crate::app::App;
use crate::problem::{Code, Problem, ProblemBody};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Rings, a page at a time
#[utoipa::path(get, path = "/v1/rings", tag = "findings", params(Page), security(("bearer" = [])), responses(
    (status = 200, description = "A page", body = RingList),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn rings(
    State(app): State<App>,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<Json<RingList>, Problem> {
    let Query(wanted) = query.map_err(|e| unreadable(&e))?;
    let findings = app.findings()?;
    let (rows, next) = page(&findings.rings, |r| &r.ring, |_| true, &wanted)?;
    Ok(Json(RingList { items: rows.into_iter().map(RingAnswer::of).collect(), next, findings: findings.number }))
}

/// One ring, with its members and the evidence against it
#[utoipa::path(get, path = "/v1/rings/{ring}", tag = "findings", security(("bearer" = [])),
    params(("ring" = String, Path, description = "Its id in the latest findings")),
    responses(
    (status = 200, description = "The ring", body = RingDetail),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "The findings do not know it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn ring(State(app): State<App>, Path(id): Path<String>) -> Result<Json<RingDetail>, Problem> {
    let findings = app.findings()?;
    let found =
        findings.ring(&id).ok_or_else(|| Problem::new(Code::NotFound, "no ring of this id in the latest findings"))?;
    let member = |(account, bits, joint): &(Box<str>, f64, u64)| MemberAnswer {
        account: name_of(app.door.identity(), account),
        evidence_bits: *bits,
        joint_targets: *joint,
    };
    Ok(Json(RingDetail {
        ring: RingAnswer::of(found),
        members: found.members.iter().map(member).collect(),
        evidence: evidence(findings.evidence_of("ring", &id)),
        findings: findings.number,
    }))
}

/// Whose evidence.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhoseEvidence {
    /// account, target or ring.
    pub(crate) subject_type: String,
    /// Its name.
    pub(crate) subject: String,
}

/// Evidence, strongest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceList {
    pub(crate) items: Vec<EvidenceAnswer>,
    /// Number of the findings.
    pub(crate) findings: u64,
}

/// The evidence about a subject
#[utoipa::path(get, path = "/v1/evidence", tag = "findings", params(WhoseEvidence), security(("bearer" = [])), responses(
    (status = 200, description = "All of it; none where nothing was found", body = EvidenceList),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn evidence_about(
    State(app): State<App>,
    query: Result<Query<WhoseEvidence>, QueryRejection>,
) -> Result<Json<EvidenceList>, Problem> {
    let Query(whose) = query.map_err(|e| unreadable(&e))?;
    let findings = app.findings()?;
    let subject = match whose.subject_type.as_str() {
        "account" => pseudonym_of(app.door.identity(), &whose.subject),
        "target" | "ring" => whose.subject,
        other => {
            let detail = format!("there is no subject_type \"{other}\"; choose account, target or ring");
            return Err(Problem::new(Code::BadRequest, detail));
        }
    };
    let items = evidence(findings.evidence_of(&whose.subject_type, &subject));
    Ok(Json(EvidenceList { items, findings: findings.number }))
}
