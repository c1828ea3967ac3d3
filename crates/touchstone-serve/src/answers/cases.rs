//! Cases: the queue, one case, and what people do with it.

use super::people::unreadable;
use super::{
    ActionAnswer, ActionList, AgreeAsked, AppealAsked, CaseAnswer, CaseDetail, CaseEffect, CaseList, DecisionAsked,
    LedgerEntry, LedgerList, Lodged, NextCase, WhichActions, WhichCases, WhichEntries, Words, pseudonym_of,
};
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, Which};
use crate::problem::{Code, Problem, ProblemBody};
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use serde::de::DeserializeOwned;
use touchstone_ledger::{AppealId, CaseId, Decision, Filter, Measure};

/// A number as it is written.
pub(crate) fn number<T: std::str::FromStr<Err = String>>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|e: String| Problem::new(Code::BadRequest, e))
}

/// A query in words.
pub(crate) fn filter(text: Option<&str>) -> Result<Filter, Problem> {
    text.unwrap_or_default().parse().map_err(|e: String| Problem::new(Code::BadRequest, e))
}

/// A body in JSON.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|e| Problem::new(Code::BadRequest, e.to_string()))
}

fn limited(limit: Option<u64>) -> Result<usize, Problem> {
    match limit.unwrap_or(100) {
        n @ 1..=1000 => Ok(n as usize),
        n => Err(Problem::new(Code::BadRequest, format!("limit {n} is not between 1 and 1000"))),
    }
}

/// What is asked for in JSON, as the ledger takes it.
fn decision(app: &App, asked: DecisionAsked) -> Result<Decision, Problem> {
    let measures = asked.measures.into_iter().map(|m| Ok(Measure { kind: number(&m.kind)?, days: m.days }));
    let identity = app.door.identity();
    Ok(Decision {
        answer: number(&asked.answer)?,
        measures: measures.collect::<Result<_, Problem>>()?,
        accounts: asked.accounts.map(|all| all.iter().map(|a| pseudonym_of(identity, a)).collect()),
        reason: asked.reason,
        ground: asked.ground,
    })
}

async fn detail(app: &App, id: CaseId) -> Result<CaseDetail, Problem> {
    let (row, file, actions) = desk::look(app, move |ledger, now| {
        let file = ledger.case_file(id, now)?;
        let row = desk::rows(ledger, &[id], now)?.pop();
        Ok((row, file, desk::actions(ledger, &Which::Case(id), now)?))
    })
    .await?;
    let row = row.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no case {id}")))?;
    Ok(CaseDetail::of(row, file, actions, app.door.identity()))
}

/// The queue, the most urgent first
///
/// Appeals first, then second reviews, then by evidence.
#[utoipa::path(get, path = "/v1/cases", tag = "cases", params(WhichCases), security(("bearer" = [])), responses(
    (status = 200, description = "Cases", body = CaseList),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn cases(
    State(app): State<App>,
    query: Result<Query<WhichCases>, QueryRejection>,
) -> Result<Json<CaseList>, Problem> {
    let Query(query) = query.map_err(|e| unreadable(&e))?;
    let (filter, limit) = (filter(query.q.as_deref())?, limited(query.limit)?);
    let (rows, total) = desk::look(&app, move |ledger, now| {
        let mut ids = desk::wanted(ledger, &filter, now)?;
        let total = ids.len() as u64;
        ids.truncate(limit);
        Ok((desk::rows(ledger, &ids, now)?, total))
    })
    .await?;
    let items = rows.into_iter().map(|r| CaseAnswer::of(r, app.door.identity())).collect();
    Ok(Json(CaseList { items, total }))
}

/// Claim the most urgent case that you can decide
#[utoipa::path(post, path = "/v1/cases/next", tag = "cases", params(WhichCases), security(("bearer" = [])), responses(
    (status = 200, description = "The case; null where nothing waits", body = NextCase),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn next_case(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    query: Result<Query<WhichCases>, QueryRejection>,
) -> Result<Json<NextCase>, Problem> {
    let Query(query) = query.map_err(|e| unreadable(&e))?;
    let filter = filter(query.q.as_deref())?;
    let found = desk::write(&app, move |ledger, now| ledger.next(&who.name, &filter, now)).await?;
    let case = match found {
        Some(id) => Some(detail(&app, id).await?),
        None => None,
    };
    Ok(Json(NextCase { case }))
}

/// One case, with evidence, history and actions
#[utoipa::path(get, path = "/v1/cases/{case}", tag = "cases", security(("bearer" = [])),
    params(("case" = String, Path, description = "Its number: c17")), responses(
    (status = 200, description = "The case", body = CaseDetail),
    (status = 400, description = "Not a number of a case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "There is no such case", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn case(State(app): State<App>, Path(id): Path<String>) -> Result<Json<CaseDetail>, Problem> {
    Ok(Json(detail(&app, number(&id)?).await?))
}

/// What deciding a case changes in the counts that are served
#[utoipa::path(get, path = "/v1/cases/{case}/effect", tag = "cases", security(("bearer" = [])),
    params(("case" = String, Path, description = "Its number: c17")), responses(
    (status = 200, description = "The effect, by the latest findings", body = CaseEffect),
    (status = 400, description = "Not a number of a case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "There is no such case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "There are no findings yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn effect(State(app): State<App>, Path(id): Path<String>) -> Result<Json<CaseEffect>, Problem> {
    let id: CaseId = number(&id)?;
    let findings = app.findings()?;
    let file = desk::look(&app, move |ledger, now| ledger.case_file(id, now)).await?;
    let members = file.members.iter().filter_map(|m| m.account.as_deref());
    let (overlay, params) = (app.desk.overlay(), &app.options.rank);
    let stakes = desk::Stake::all(&findings, &overlay, members);
    let cleared = overlay.ranks_if_cleared(&findings, params, &stakes);
    Ok(Json(CaseEffect::of(&stakes, (&overlay.ranks(&findings, params), &cleared), app.door.identity())))
}

macro_rules! step {
    ($(#[$doc:meta])* $name:ident, $path:literal, $request:ident, |$ledger:ident, $id:ident, $who:ident, $asked:ident, $now:ident| $work:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "cases", security(("bearer" = [])),
            params(("case" = String, Path, description = "Its number: c17")),
            request_body(content = $request, content_type = "application/json"), responses(
            (status = 200, description = "Done; the case as it is now", body = CaseDetail),
            (status = 400, description = "The request cannot be read", body = ProblemBody, content_type = "application/problem+json"),
            (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
            (status = 403, description = "This person must not", body = ProblemBody, content_type = "application/problem+json"),
            (status = 404, description = "There is no such case", body = ProblemBody, content_type = "application/problem+json"),
            (status = 409, description = "Not as the case stands", body = ProblemBody, content_type = "application/problem+json"),
            (status = 422, description = "A reason is missing, or a text too long", body = ProblemBody, content_type = "application/problem+json"),
        ))]
        pub(crate) async fn $name(
            State(app): State<App>,
            Extension(who): Extension<Principal>,
            Path(id): Path<String>,
            bytes: Bytes,
        ) -> Result<Json<CaseDetail>, Problem> {
            let $id: CaseId = number(&id)?;
            let $asked: $request = body(&bytes)?;
            desk::write(&app, move |$ledger, $now| { let $who = who.name; $work }).await?;
            Ok(Json(detail(&app, $id).await?))
        }
    };
}

step!(
    /// Note something on a case
    note, "/v1/cases/{case}/notes", Words,
    |ledger, id, who, asked, now| ledger.note(id, &who, &asked.text, now)
);
step!(
    /// Agree or disagree with a first decision, on a claimed case that waits for it
    second, "/v1/cases/{case}/second", AgreeAsked,
    |ledger, id, who, asked, now| ledger.second(id, &who, asked.yes, &asked.reason, now)
);
step!(
    /// Take a decision back, with all that followed
    undo, "/v1/cases/{case}/undo", Words,
    |ledger, id, who, asked, now| ledger.undo(id, &who, &asked.text, now)
);

/// Claim a case: for half an hour nobody else can decide it
#[utoipa::path(post, path = "/v1/cases/{case}/claim", tag = "cases", security(("bearer" = [])),
    params(("case" = String, Path, description = "Its number: c17")), responses(
    (status = 200, description = "Claimed", body = CaseDetail),
    (status = 400, description = "Not a number of a case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "This person must not", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "There is no such case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody has it, or it is decided", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn claim(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<CaseDetail>, Problem> {
    let id: CaseId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.claim(id, &who.name, now)).await?;
    Ok(Json(detail(&app, id).await?))
}

/// Decide a claimed case
///
/// Freezing and suspending, and one decision in ten, take effect only when a second reviewer agrees: the status is then
/// awaits_second.
#[utoipa::path(post, path = "/v1/cases/{case}/decision", tag = "cases", security(("bearer" = [])),
    params(("case" = String, Path, description = "Its number: c17")),
    request_body(content = DecisionAsked, content_type = "application/json",
        example = json!({"answer": "confirmed", "measures": [{"kind": "discount", "days": 30}], "reason": "the same twelve posts within a minute"})),
    responses(
    (status = 200, description = "Decided; the case as it is now", body = CaseDetail),
    (status = 400, description = "The request cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "This person must not", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "There is no such case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Not as the case stands: it has to be claimed first", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "The decision makes no sense, or has no reason", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn decide_case(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<CaseDetail>, Problem> {
    let id: CaseId = number(&id)?;
    let decision = decision(&app, body(&bytes)?)?;
    desk::write(&app, move |ledger, now| ledger.decide(id, &who.name, &decision, now)).await?;
    Ok(Json(detail(&app, id).await?))
}

/// What was done to an account, or on a case
#[utoipa::path(get, path = "/v1/actions", tag = "cases", params(WhichActions), security(("bearer" = [])), responses(
    (status = 200, description = "Actions, the latest first", body = ActionList),
    (status = 400, description = "Neither an account nor a case", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn actions(
    State(app): State<App>,
    query: Result<Query<WhichActions>, QueryRejection>,
) -> Result<Json<ActionList>, Problem> {
    let Query(query) = query.map_err(|e| unreadable(&e))?;
    let which = match (&query.account, &query.case) {
        (Some(account), None) => Which::Account(pseudonym_of(app.door.identity(), account)),
        (None, Some(case)) => Which::Case(number(case)?),
        _ => return Err(Problem::new(Code::BadRequest, "say either account or case")),
    };
    let rows = desk::look(&app, move |ledger, now| desk::actions(ledger, &which, now)).await?;
    Ok(Json(ActionList { items: rows.into_iter().map(|a| ActionAnswer::of(a, app.door.identity())).collect() }))
}

/// Lodge an appeal for an account
///
/// The platform knows who is signed in; without it, an account uses the link of the action.
#[utoipa::path(post, path = "/v1/appeals", tag = "cases", security(("bearer" = [])),
    request_body(content = AppealAsked, content_type = "application/json"), responses(
    (status = 200, description = "Lodged", body = Lodged),
    (status = 400, description = "The request cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "There is no such action on this account", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was taken back or appealed against already", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "The text is empty or too long", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn appeal(State(app): State<App>, bytes: Bytes) -> Result<Json<Lodged>, Problem> {
    let asked: AppealAsked = body(&bytes)?;
    let (account, action) = (pseudonym_of(app.door.identity(), &asked.account), number(&asked.action)?);
    let id = desk::write(&app, move |ledger, now| ledger.appeal(&account, action, &asked.text, now)).await?;
    Ok(Json(Lodged { appeal: id.to_string() }))
}

/// Decide an appeal, on its claimed case, by somebody who had no part in the decision
#[utoipa::path(post, path = "/v1/appeals/{appeal}/decision", tag = "cases", security(("bearer" = [])),
    params(("appeal" = String, Path, description = "Its number: p17")),
    request_body(content = AgreeAsked, content_type = "application/json"), responses(
    (status = 200, description = "Decided; the case as it is now", body = CaseDetail),
    (status = 400, description = "The request cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role review", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "This person had a part in the decision", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "There is no such appeal", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It is decided, or its case is not claimed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "A reason is missing", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn decide_appeal(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<CaseDetail>, Problem> {
    let id: AppealId = number(&id)?;
    let asked: AgreeAsked = body(&bytes)?;
    let case = desk::write(&app, move |ledger, now| {
        ledger.decide_appeal(id, &who.name, asked.yes, &asked.reason, now)?;
        Ok(ledger.state()?.appeal(id).map(|a| a.case))
    })
    .await?;
    let case = case.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no appeal {id}")))?;
    Ok(Json(detail(&app, case).await?))
}

/// Entries of the ledger, in order
#[utoipa::path(get, path = "/v1/ledger", tag = "cases", params(WhichEntries), security(("bearer" = [])), responses(
    (status = 200, description = "Entries", body = LedgerList),
    (status = 400, description = "The question cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn ledger(
    State(app): State<App>,
    query: Result<Query<WhichEntries>, QueryRejection>,
) -> Result<Json<LedgerList>, Problem> {
    let Query(query) = query.map_err(|e| unreadable(&e))?;
    let (after, limit) = (query.after.unwrap_or(0), limited(query.limit)?);
    let (rows, head) = desk::look(&app, move |ledger, _| {
        let rows = desk::ledger_rows(ledger, after, limit)?;
        Ok((rows, ledger.head().clone()))
    })
    .await?;
    Ok(Json(LedgerList { items: rows.into_iter().map(LedgerEntry::of).collect(), last: head.seq, hash: head.hash }))
}

/// What people decided about accounts, for `touchstone detect --labels`
#[utoipa::path(get, path = "/v1/labels", tag = "cases", security(("bearer" = [])), responses(
    (status = 200, description = "account,target,label,date", body = String, content_type = "text/csv"),
    (status = 401, description = "No token of the role read", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn labels(
    State(app): State<App>,
) -> Result<([(axum::http::HeaderName, &'static str); 1], String), Problem> {
    let mut overrides = desk::look(&app, |ledger, now| ledger.overrides(now)).await?;
    for line in &mut overrides.lines {
        line.account = super::name_of(app.door.identity(), &line.account);
    }
    Ok(([(axum::http::header::CONTENT_TYPE, "text/csv; charset=utf-8")], overrides.labels_csv()))
}
