//! The ledger, the latest entries first.

use super::words::{entry, time};
use super::{Fault, Frame, html};
use crate::app::App;
use crate::auth::Principal;
use crate::desk;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

/// Entries of a page.
const LISTED: u64 = 100;

struct Row {
    seq: u64,
    at: String,
    by: String,
    what: &'static str,
    case: String,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    frame: Frame,
    last: u64,
    hash: String,
    rows: Vec<Row>,
    /// Where older entries begin; 0 where there are none.
    older: u64,
    newer: bool,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    before: Option<u64>,
}

/// The page.
pub(crate) async fn ledger(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Fault> {
    let (rows, head, after) = desk::look(&app, move |ledger, _| {
        ledger.state()?;
        let head = ledger.head().clone();
        let end = asked.before.map_or(head.seq, |b| b.min(head.seq + 1).saturating_sub(1));
        let after = end.saturating_sub(LISTED);
        Ok((desk::ledger_rows(ledger, after, (end - after) as usize)?, head, after))
    })
    .await?;
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|r| Row {
            seq: r.seq,
            at: time(r.at),
            by: r.by,
            what: entry(r.what),
            case: r.case.map(|c| c.to_string()).unwrap_or_default(),
        })
        .collect();
    rows.reverse();
    let frame = Frame::of("Ledger", Some(&who)).at("ledger");
    let older = if after > 0 { after + 1 } else { 0 };
    Ok(html(&LedgerPage { frame, last: head.seq, hash: head.hash, rows, older, newer: asked.before.is_some() })?)
}
