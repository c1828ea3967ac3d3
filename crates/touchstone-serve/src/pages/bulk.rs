//! Many cases at once: decided, listed, and taken back as one.

use super::words::{count, counted, time};
use super::{Fault, Frame, html};
use crate::answers::{filter, number};
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, BulkRow};
use crate::problem::{Code, Problem};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use axum::{Extension, Form};
use serde::Deserialize;
use touchstone_ledger::{ActionKind, Answer, BulkId, Decision, Measure};

/// For how long a bulk decision discounts, in days.
const BULK_DAYS: u32 = 30;
/// Bulk decisions listed.
const LISTED: usize = 100;

struct Row {
    id: String,
    at: String,
    by: String,
    query: String,
    decided: String,
    standing: String,
    /// True while some of it stands.
    stands: bool,
}

impl Row {
    fn of(row: BulkRow) -> Self {
        Self {
            id: row.id.to_string(),
            at: time(row.at),
            by: row.by,
            query: row.query,
            decided: counted(row.decided as u64, "case decided", "cases decided"),
            standing: count(row.standing as u64),
            stands: row.standing > 0,
        }
    }
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    frame: Frame,
    rows: Vec<Row>,
}

/// All of them, the latest first.
pub(crate) async fn list(State(app): State<App>, Extension(who): Extension<Principal>) -> Result<Html<String>, Fault> {
    let frame = Frame::of("Many at once", Some(&who)).at("queue");
    let rows = desk::look(&app, |ledger, _| desk::bulks(ledger, LISTED)).await?;
    Ok(html(&BulkPage { frame, rows: rows.into_iter().map(Row::of).collect() })?)
}

/// What a bulk decision sends.
#[derive(Debug, Deserialize)]
pub(crate) struct BulkSent {
    q: String,
    expected: u64,
    answer: String,
    reason: String,
}

/// Decides all that match, if there are as many as were shown.
pub(crate) async fn decide(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Form(sent): Form<BulkSent>,
) -> Result<Redirect, Fault> {
    let by = filter(Some(&sent.q))?;
    let answer: Answer = number(&sent.answer)?;
    if sent.q.trim().is_empty() {
        return Err(Problem::new(Code::BadRequest, "a condition is needed to decide many at once").into());
    }
    let measures = match answer {
        Answer::Confirmed => vec![Measure { kind: ActionKind::Discount, days: BULK_DAYS }],
        _ => Vec::new(),
    };
    let decision = Decision { answer, measures, accounts: None, reason: sent.reason, ground: String::new() };
    desk::write(&app, move |ledger, now| ledger.bulk(&by, &sent.q, &who.name, &decision, sent.expected, now)).await?;
    Ok(Redirect::to("/bulk"))
}

/// What an undo sends.
#[derive(Debug, Deserialize)]
pub(crate) struct UndoSent {
    reason: String,
}

/// Takes a bulk decision back.
pub(crate) async fn undo(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<UndoSent>,
) -> Result<Redirect, Fault> {
    let id: BulkId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.undo_bulk(id, &who.name, &sent.reason, now)).await?;
    Ok(Redirect::to("/bulk"))
}
