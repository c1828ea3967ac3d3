//! What a browser sees: signing in, and the frame of every page. Templates escape by themselves; scripts and styles are
//! files of our own, since the content security policy allows nothing else.

mod frame;
mod home;
mod sign_in;

pub(crate) use frame::{Frame, html};

use crate::app::App;
use crate::auth::Role;
use crate::guard;
use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};

/// All pages.
pub(crate) fn router(app: &App) -> Router<App> {
    let may = |role: Role| from_fn_with_state((app.clone(), role), guard::page);
    let signed_in = Router::new()
        .route("/", get(home::home))
        .route("/sign-out", post(sign_in::sign_out))
        .route_layer(may(Role::Read));
    let open = Router::new().route("/sign-in", get(sign_in::form).post(sign_in::sign_in)).route(
        "/static/console.css",
        get(|| file("text/css; charset=utf-8", include_str!("../../static/console.css"))),
    );
    signed_in.merge(open)
}

/// A file of ours. Small enough to be asked for again with every start of the program.
async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=300")], text)
}
