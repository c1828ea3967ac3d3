//! Signing in with a token, and out.

use super::{Frame, html};
use crate::app::App;
use crate::auth::{Role, SESSION_COOKIE};
use crate::clock::now_seconds;
use crate::guard::session_value;
use crate::problem::{Code, Problem};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::time::Instant;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    fault: &'static str,
    /// By which people can sign in without a token; empty where there is none.
    provider: String,
}

/// The form.
pub(crate) async fn form(State(app): State<App>) -> Result<Html<String>, Problem> {
    refused(&app, "")
}

/// The form, with what was wrong.
pub(super) fn refused(app: &App, fault: &'static str) -> Result<Html<String>, Problem> {
    let provider = app.oidc.as_ref().map(|p| p.settings.name.clone()).unwrap_or_default();
    html(&SignIn { frame: Frame::of("Sign in", None), fault, provider })
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Sent {
    token: String,
}

/// Signs in.
pub(crate) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    // Another site must not sign somebody in under its own name.
    let site = headers.get("sec-fetch-site").and_then(|h| h.to_str().ok()).unwrap_or("same-origin");
    if !matches!(site, "same-origin" | "none") {
        return Err(Problem::new(Code::CrossSite, "the form was sent from another site"));
    }
    limited(&app)?;
    let kept = app.tokens.find(sent.token.trim()).filter(|k| k.role.may(Role::Read));
    let Some(kept) = kept else {
        tracing::warn!("an attempt to sign in failed");
        let page = refused(&app, "This token is not known, or may not read.")?;
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    begin(&app, &kept.name, kept.role)
}

pub(super) fn limited(app: &App) -> Result<(), Problem> {
    let per_minute = app.options.limits.sign_ins_per_minute;
    if app.buckets.take("sign-in", per_minute / 60.0, per_minute, Instant::now()) {
        return Ok(());
    }
    Err(Problem::new(Code::TooManyRequests, "too many attempts to sign in"))
}

/// Begins a session and leads to the first page.
pub(crate) fn begin(app: &App, name: &str, role: Role) -> Result<Response, Problem> {
    let seconds = app.options.limits.session_seconds;
    let value = app.sessions.begin(name, role, now_seconds(), seconds)?;
    tracing::info!(name, role = role.name(), "signed in");
    with_cookie(app, Redirect::to("/").into_response(), SESSION_COOKIE, &value, seconds)
}

pub(super) fn with_cookie(
    app: &App,
    mut response: Response,
    name: &str,
    value: &str,
    seconds: i64,
) -> Result<Response, Problem> {
    // Over plain HTTP on this machine a secure cookie would never come back.
    let secure =
        if app.options.public_url.as_deref().is_some_and(|u| u.starts_with("https://")) { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let header_value = HeaderValue::from_str(&text).map_err(|e| Problem::new(Code::Internal, e.to_string()))?;
    response.headers_mut().append(header::SET_COOKIE, header_value);
    Ok(response)
}

/// Signs out.
pub(crate) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(value) = session_value(&headers) {
        app.sessions.end(value);
    }
    with_cookie(&app, Redirect::to("/sign-in").into_response(), SESSION_COOKIE, "", 0)
}
