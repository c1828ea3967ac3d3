//! How well reviewers judge. Whoever reviews sees the own line; an admin sees all.

use super::words::count;
use super::{Fault, Frame, html};
use crate::app::App;
use crate::auth::{Principal, Role};
use crate::desk;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use touchstone_ledger::ReviewerRecord;

struct Row {
    name: String,
    decisions: String,
    golden: String,
    seconds: String,
    appeals: String,
}

#[derive(Template)]
#[template(path = "reviewers.html")]
struct ReviewersPage {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
}

/// "9 of 10"; nothing of nothing.
fn of(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{} of {}", count(part), count(whole)) }
}

fn row(r: ReviewerRecord) -> Row {
    Row {
        name: r.name,
        decisions: count(r.decisions),
        golden: of(r.golden_right, r.golden),
        seconds: of(r.seconds_agreed, r.seconds),
        appeals: of(r.appeals_upheld, r.appeals),
    }
}

/// The page.
pub(crate) async fn reviewers(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
) -> Result<Html<String>, Fault> {
    let all = who.role.may(Role::Admin);
    let records = desk::look(&app, |ledger, _| ledger.reviewers()).await?;
    let rows = records.into_iter().filter(|r| all || r.name == who.name).map(row).collect();
    Ok(html(&ReviewersPage { frame: Frame::of("Reviewers", Some(&who)).at("reviewers"), all, rows })?)
}
