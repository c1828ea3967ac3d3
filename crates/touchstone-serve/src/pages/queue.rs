//! The queue: which cases wait, the next one, and many at once.

use super::words::{amount, bits, count, counted, kind, status, time};
use super::{Fault, Frame, html};
use crate::answers::{filter, number};
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, CaseRow};
use crate::problem::{Code, Problem};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use axum::{Extension, Form};
use serde::Deserialize;
use touchstone_engine::landing::Identity;
use touchstone_ledger::{ActionKind, Answer, BulkId, Decision, Measure};

/// Lines of the page.
const LISTED: usize = 200;
/// For how long a bulk decision discounts, in days.
const BULK_DAYS: u32 = 30;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    /// Set where "next" found nothing.
    #[serde(default)]
    nothing: bool,
}

/// A line.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) title: &'static str,
    pub(crate) name: String,
    members: String,
    bits: String,
    discounted: String,
    pub(crate) status: &'static str,
    holder: String,
    opened: String,
}

impl Row {
    pub(crate) fn of(row: CaseRow, identity: &Identity) -> Self {
        Self {
            id: row.id.to_string(),
            title: kind(row.kind, row.subject),
            name: row.name.map(|n| desk::revealed(identity, &n)).unwrap_or_default(),
            members: count(row.members as u64),
            bits: bits(row.bits),
            discounted: amount(row.discounted),
            status: status(row.status, row.answer),
            holder: row.holder.unwrap_or_default(),
            opened: time(row.opened_at),
        }
    }
}

struct Chip {
    name: &'static str,
    query: &'static str,
}

const CHIPS: [Chip; 7] = [
    Chip { name: "All waiting", query: "" },
    Chip { name: "Rings", query: "is:ring" },
    Chip { name: "Accounts", query: "is:account" },
    Chip { name: "Strong evidence", query: "bits>=20" },
    Chip { name: "Appeals", query: "status:appealed" },
    Chip { name: "Second reviews", query: "status:awaits_second" },
    Chip { name: "Decided", query: "status:decided" },
];

struct Bulk {
    cases: u64,
    said: String,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    frame: Frame,
    q: String,
    chips: &'static [Chip],
    nothing_next: bool,
    rows: Vec<Row>,
    shown: String,
    bulk: Option<Bulk>,
}

/// The page.
pub(crate) async fn queue(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Fault> {
    let frame = Frame::of("Queue", Some(&who)).at("queue");
    let by = filter(Some(&asked.q))?;
    let may_bulk = frame.may_review && !asked.q.trim().is_empty();
    let (rows, total, effect) = desk::look(&app, move |ledger, now| {
        let mut ids = desk::wanted(ledger, &by, now)?;
        let total = ids.len();
        ids.truncate(LISTED);
        let effect = if may_bulk { Some(ledger.preview(&by, now)?) } else { None };
        Ok((desk::rows(ledger, &ids, now)?, total, effect))
    })
    .await?;
    let bulk = effect.filter(|e| e.cases.len() > 1).map(|e| Bulk {
        cases: e.cases.len() as u64,
        said: format!(
            "{}, {}: {} of {} are discounted.",
            counted(e.cases.len() as u64, "open case", "open cases"),
            counted(e.accounts, "account", "accounts"),
            amount(e.discounted),
            counted(e.endorsements, "endorsement", "endorsements")
        ),
    });
    let shown = if total > LISTED {
        format!("{} of {} cases, the most urgent first", count(LISTED as u64), count(total as u64))
    } else {
        format!("{}, the most urgent first", counted(total as u64, "case", "cases"))
    };
    let rows = rows.into_iter().map(|r| Row::of(r, app.door.identity())).collect();
    Ok(html(&QueuePage { frame, q: asked.q, chips: &CHIPS, nothing_next: asked.nothing, rows, shown, bulk })?)
}

/// What "next" sends.
#[derive(Debug, Deserialize)]
pub(crate) struct NextSent {
    #[serde(default)]
    q: String,
}

/// Claims the next case and goes there.
pub(crate) async fn next(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Form(sent): Form<NextSent>,
) -> Result<Redirect, Fault> {
    let by = filter(Some(&sent.q))?;
    let found = desk::write(&app, move |ledger, now| ledger.next(&who.name, &by, now)).await?;
    Ok(match found {
        Some(id) => Redirect::to(&format!("/cases/{id}")),
        None => Redirect::to("/queue?nothing=true"),
    })
}

/// What a bulk decision sends.
#[derive(Debug, Deserialize)]
pub(crate) struct BulkSent {
    q: String,
    expected: u64,
    answer: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    frame: Frame,
    bulk: String,
    said: String,
}

/// Decides all that match, if there are as many as were shown.
pub(crate) async fn bulk(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Form(sent): Form<BulkSent>,
) -> Result<Html<String>, Fault> {
    let frame = Frame::of("Many at once", Some(&who)).at("queue");
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
    let id = desk::write(&app, move |ledger, now| ledger.bulk(&by, &sent.q, &who.name, &decision, sent.expected, now))
        .await?;
    let said = format!("{} decided.", counted(sent.expected, "case is", "cases are"));
    Ok(html(&BulkPage { frame, bulk: id.to_string(), said })?)
}

/// What an undo sends.
#[derive(Debug, Deserialize)]
pub(crate) struct UndoSent {
    reason: String,
}

/// Takes a bulk decision back.
pub(crate) async fn undo_bulk(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<UndoSent>,
) -> Result<Redirect, Fault> {
    let id: BulkId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.undo_bulk(id, &who.name, &sent.reason, now)).await?;
    Ok(Redirect::to("/queue"))
}
