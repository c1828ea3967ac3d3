//! The first page: how things stand.

use super::{Frame, html};
use crate::app::App;
use crate::auth::Principal;
use crate::problem::Problem;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use touchstone_engine::landing::Status;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    status: Status,
    findings: Option<Found>,
}

/// The latest findings in numbers.
struct Found {
    number: u64,
    accounts: usize,
    targets: usize,
    rings: usize,
    accused: usize,
}

/// How things stand.
pub(crate) async fn home(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
) -> Result<Html<String>, Problem> {
    let findings = app.snapshot().map(|f| Found {
        number: f.number,
        accounts: f.accounts.len(),
        targets: f.targets.len(),
        rings: f.rings.len(),
        accused: f.accounts.iter().filter(|a| &*a.verdict == "inauthentic").count(),
    });
    html(&Home { frame: Frame::of("Overview", Some(&principal)), status: app.landing.status(), findings })
}
