//! The queue: which cases wait, and the next one.

use super::words::{amount, bits, count, counted, kind, status, time};
use super::{Fault, Frame, html};
use crate::answers::filter;
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, CaseRow};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use axum::{Extension, Form};
use serde::Deserialize;
use touchstone_engine::landing::Identity;

/// Lines of the page.
const LISTED: usize = 200;

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
