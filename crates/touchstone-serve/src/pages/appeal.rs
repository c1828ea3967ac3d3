//! Where an account appeals, by a link and without signing in. Shows what was done to it and why, and nobody else.

use super::words::{action, time};
use super::{Fault, Frame, html};
use crate::app::App;
use crate::desk::{self, ActionRow, Which};
use crate::problem::{Code, Problem};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Html;
use serde::Deserialize;
use std::time::Instant;

#[derive(Template)]
#[template(path = "appeal.html")]
struct AppealPage {
    frame: Frame,
    done: bool,
    open: bool,
    kind: &'static str,
    account: String,
    starts: String,
    expires: String,
    by: &'static str,
    reason: String,
}

fn page(app: &App, row: ActionRow, done: bool) -> Result<Html<String>, Problem> {
    html(&AppealPage {
        frame: Frame::of("Appeal", None),
        done,
        open: row.appeal_token.is_some(),
        kind: action(row.kind),
        account: row.account.map(|a| desk::revealed(app.door.identity(), &a)).unwrap_or_default(),
        starts: time(row.starts_at),
        expires: time(row.expires_at),
        by: if row.automatic { "a program, without a person" } else { "a person" },
        reason: row.reason,
    })
}

/// Whoever guesses links is slowed down.
fn limited(app: &App) -> Result<(), Problem> {
    if app.buckets.take("appeal", 10.0, 50.0, Instant::now()) {
        return Ok(());
    }
    Err(Problem::new(Code::TooManyRequests, "too many appeals at a time"))
}

/// The form, with the reasons for what was done.
pub(crate) async fn form(State(app): State<App>, Path(token): Path<String>) -> Result<Html<String>, Fault> {
    limited(&app)?;
    let row = desk::look(&app, move |ledger, now| {
        let id = ledger.appeal_action(&token, now)?;
        Ok(desk::actions(ledger, &Which::Id(id), now)?.pop())
    })
    .await?;
    let row = row.ok_or_else(|| Problem::new(Code::NotFound, "the action is not known"))?;
    Ok(page(&app, row, false)?)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    text: String,
}

/// Lodges it. Nothing but the link is needed, so no session's number either.
pub(crate) async fn lodge(
    State(app): State<App>,
    Path(token): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Html<String>, Fault> {
    limited(&app)?;
    let row = desk::write(&app, move |ledger, now| {
        let id = ledger.appeal_action(&token, now)?;
        ledger.appeal_by_link(&token, &sent.text, now)?;
        Ok(desk::actions(ledger, &Which::Id(id), now)?.pop())
    })
    .await?;
    let row = row.ok_or_else(|| Problem::new(Code::NotFound, "the action is not known"))?;
    Ok(page(&app, row, true)?)
}
