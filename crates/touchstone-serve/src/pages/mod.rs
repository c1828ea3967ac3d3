//! What a browser sees: signing in, the queue, cases, the ledger, and the frame of every page. Templates escape by
//! themselves; scripts and styles are files of our own, since the content security policy allows nothing else.

mod account;
mod appeal;
mod bulk;
mod case;
mod frame;
mod golden;
mod home;
mod ledger;
mod oidc;
mod policies;
mod queue;
mod reviewers;
mod sign_in;
mod words;

pub(crate) use frame::{Fault, Frame, html};

use crate::app::App;
use crate::auth::Role;
use crate::guard;
use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use std::sync::LazyLock;

/// English and Chinese, a pair a line: of case views, and of these pages.
static CATALOGUE: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", include_str!("../words/zh.tsv"), touchstone_console::CHINESE));

/// See [`CATALOGUE`].
pub(crate) fn catalogue() -> &'static str {
    &CATALOGUE
}

/// Styles of case views without those for the report's own page.
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// All pages.
pub(crate) fn router(app: &App) -> Router<App> {
    let may = |role: Role| from_fn_with_state((app.clone(), role), guard::page);
    let signed_in = Router::new()
        .route("/", get(home::home))
        .route("/queue", get(queue::queue))
        .route("/cases/{case}", get(case::page))
        .route("/rings/{ring}", get(case::of_ring))
        .route("/accounts/{account}", get(account::account))
        .route("/targets/{target}", get(account::target))
        .route("/bulk", get(bulk::list))
        .route("/reviewers", get(reviewers::reviewers))
        .route("/policies", get(policies::policies))
        .route("/ledger", get(ledger::ledger))
        .route("/sign-out", post(sign_in::sign_out))
        .route_layer(may(Role::Read));
    let review = Router::new()
        .route("/queue/next", post(queue::next))
        .route("/policies/try", post(policies::try_policy))
        .route("/queue/bulk", post(bulk::decide))
        .route("/bulk/{bulk}/undo", post(bulk::undo))
        .route("/cases/{case}/claim", post(case::claim))
        .route("/cases/{case}/release", post(case::release))
        .route("/cases/{case}/note", post(case::note))
        .route("/cases/{case}/decide", post(case::decide))
        .route("/cases/{case}/second", post(case::second))
        .route("/cases/{case}/appeal", post(case::appeal))
        .route("/cases/{case}/undo", post(case::undo))
        .route_layer(may(Role::Review));
    let operate = Router::new().route("/cases/{case}/golden", post(golden::golden)).route_layer(may(Role::Admin));
    let open = Router::new()
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-in/oidc", get(oidc::leave))
        .route("/sign-in/oidc/return", get(oidc::come_back))
        .route("/appeal/{token}", get(appeal::form).post(appeal::lodge))
        .route("/static/report.css", get(|| file(CSS, touchstone_console::STYLE)))
        .route("/static/report.js", get(|| file(JS, touchstone_console::SCRIPT)))
        .route("/static/console.css", get(|| file(CSS, include_str!("../../static/console.css"))))
        .route("/static/console.js", get(|| file(JS, include_str!("../../static/console.js"))));
    signed_in.merge(review).merge(operate).merge(open)
}

/// A file of ours. Small enough to be asked for again with every start of the program.
async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=300")], text)
}
