//! Signing in by way of a provider: there, and back.

use super::sign_in::{begin, limited, refused, with_cookie};
use crate::app::App;
use crate::auth::{Provider, Refusal};
use crate::guard::cookie_value;
use crate::problem::{Code, Problem};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Binds a sign-in to the browser that began it.
const STATE_COOKIE: &str = "touchstone_sign_in";
/// How long that lasts, in seconds.
const STATE_SECONDS: i64 = 600;

fn provider(app: &App) -> Result<&Provider, Problem> {
    app.oidc.as_ref().ok_or_else(|| Problem::new(Code::NotFound, "no provider is configured"))
}

/// Works with the provider, off the threads that answer.
async fn ask<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Provider) -> Result<T, Refusal> + Send + 'static,
) -> Result<Result<T, Refusal>, Problem> {
    let app = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || provider(&app).map(work)).await;
    done.map_err(|e| Problem::new(Code::Internal, e.to_string()))?
}

/// Where the provider sends people back to.
fn back(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let own = app.options.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    format!("{}/sign-in/oidc/return", own.trim_end_matches('/'))
}

fn shown(app: &App, refusal: &Refusal) -> Result<Response, Problem> {
    tracing::warn!(why = %refusal, "a sign-in by the provider failed");
    let (status, fault) = match refusal {
        Refusal::Provider(_) => (StatusCode::BAD_GATEWAY, "The sign-in provider cannot be asked now."),
        Refusal::Answer(_) => (StatusCode::UNAUTHORIZED, "The sign-in could not be finished; begin again."),
        Refusal::NoRole(_) => {
            (StatusCode::FORBIDDEN, "You are known, but have no role here; ask who runs this server.")
        }
    };
    Ok((status, refused(app, fault)?).into_response())
}

/// Leads to the provider.
pub(crate) async fn leave(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    limited(&app)?;
    let back = back(&app, &headers);
    match ask(&app, move |provider| provider.begin(back)).await? {
        Ok((location, state)) => {
            with_cookie(&app, Redirect::to(&location).into_response(), STATE_COOKIE, &state, STATE_SECONDS)
        }
        Err(refusal) => shown(&app, &refusal),
    }
}

/// What the browser brings back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Brought {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Signs in who comes back.
pub(crate) async fn come_back(
    State(app): State<App>,
    headers: HeaderMap,
    Query(brought): Query<Brought>,
) -> Result<Response, Problem> {
    limited(&app)?;
    let provider = provider(&app)?;
    let no = |why: &str| shown(&app, &Refusal::Answer(why.to_owned()));
    let state = brought.state.unwrap_or_default();
    if state.is_empty() || cookie_value(&headers, STATE_COOKIE) != Some(&*state) {
        return no("it was begun in another browser, or too long ago");
    }
    let Some(pending) = provider.take(&state) else { return no("it was begun too long ago, or is finished") };
    if brought.iss.is_some_and(|iss| iss != provider.settings.issuer) {
        return no("it comes from another provider");
    }
    let Some(code) = brought.code.filter(|_| brought.error.is_none()) else {
        return no(&format!("the provider says {}", brought.error.unwrap_or_else(|| "nothing".to_owned())));
    };
    let response = match ask(&app, move |provider| provider.finish(&pending, &code)).await? {
        Ok((name, role)) => begin(&app, &name, role)?,
        Err(refusal) => shown(&app, &refusal)?,
    };
    with_cookie(&app, response, STATE_COOKIE, "", 0)
}
