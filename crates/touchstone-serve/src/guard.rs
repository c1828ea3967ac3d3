//! What stands before every handler: who may pass, how often, under which name; and what every answer carries.

use crate::app::App;
use crate::auth::{Principal, Role, SESSION_COOKIE, cookie};
use crate::clock::now_seconds;
use crate::pages::Fault;
use crate::problem::{Code, Problem};
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Instant;

/// Forms are small.
const FORM_BYTES_MAX: usize = 1 << 20;

/// Nothing from elsewhere, nothing inline, no frames.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Outermost: the request is counted, logged and bounded; the answer gets its headers.
pub(crate) async fn every(
    State(app): State<App>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let mut response = match right_host(&app, request.headers()) {
        Ok(()) => match app.places.try_acquire() {
            Ok(_place) => next.run(request).await,
            Err(_) => Problem::new(Code::TooManyRequests, "as many requests are at work as may be").into_response(),
        },
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    app.metrics.answered(route, method.as_str(), status, took);
    // The route, never the path: paths hold names.
    let milliseconds = took.as_secs_f64() * 1000.0;
    if status >= 500 {
        tracing::warn!(route, method = method.as_str(), status, milliseconds, "answered");
    } else {
        tracing::debug!(route, method = method.as_str(), status, milliseconds, "answered");
    }
    response
}

/// A page elsewhere can point a name of its own at this address; its scripts would then be of our origin.
fn right_host(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else { return Ok(()) };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |h| h.0);
    let own = app.options.public_url.as_deref().and_then(|url| url.split("://").nth(1));
    let own = own.map(|rest| rest.split(['/', ':']).next().unwrap_or(rest));
    let listening = app.options.listen.ip();
    let here = name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback() || ip == listening || listening.is_unspecified());
    if here || own == Some(name) {
        return Ok(());
    }
    Err(Problem::new(Code::WrongHost, format!("\"{name}\" is not a name of this server")))
}

/// For programs and pages alike: lets pass who may do what `role` may do.
pub(crate) async fn role(State((app, needed)): State<(App, Role)>, request: Request, next: Next) -> Response {
    match admit(&app, needed, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// For pages: whoever is not signed in is led to where one signs in.
pub(crate) async fn page(State((app, needed)): State<(App, Role)>, request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    match admit(&app, needed, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) if is_get && problem.code == Code::NoToken => Redirect::to("/sign-in").into_response(),
        Err(problem) => Fault(problem).into_response(),
    }
}

async fn admit(app: &App, needed: Role, request: Request) -> Result<Request, Problem> {
    let (principal, request) = match bearer(request.headers()) {
        Some(token) => {
            let kept =
                app.tokens.find(token).ok_or_else(|| Problem::new(Code::UnknownToken, "the token is not known"))?;
            let limit = app.options.limits.token_requests_per_second;
            limited(app, &kept.id, limit)?;
            (Principal { name: kept.name, role: kept.role, csrf: None }, request)
        }
        None => {
            let value = session_value(request.headers());
            let found = value.and_then(|v| app.sessions.find(v, now_seconds()));
            let principal =
                found.ok_or_else(|| Problem::new(Code::NoToken, "neither a token nor a session was sent"))?;
            limited(app, &format!("session {}", principal.name), app.options.limits.session_requests_per_second)?;
            let request = from_this_site(&principal, request).await?;
            (principal, request)
        }
    };
    if !principal.role.may(needed) {
        let detail = format!(
            "this needs the role {}, and {} has the role {}",
            needed.name(),
            principal.name,
            principal.role.name()
        );
        return Err(Problem::new(Code::RoleTooSmall, detail));
    }
    let mut request = request;
    request.extensions_mut().insert(principal);
    Ok(request)
}

fn limited(app: &App, name: &str, per_second: f64) -> Result<(), Problem> {
    if app.buckets.take(name, per_second, per_second.max(1.0), Instant::now()) {
        return Ok(());
    }
    Err(Problem::new(Code::TooManyRequests, format!("more than {per_second} requests a second")))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The value of the session cookie.
pub(crate) fn session_value(headers: &HeaderMap) -> Option<&str> {
    cookie_value(headers, SESSION_COOKIE)
}

/// The value of a cookie.
pub(crate) fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(header::COOKIE).iter().find_map(|h| cookie(h.to_str().ok()?, name))
}

/// A browser sends cookies whoever made the form: what changes something must also carry the session's own number, in the field
/// `csrf` or the header `x-csrf-token`.
async fn from_this_site(principal: &Principal, request: Request) -> Result<Request, Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(request);
    }
    let expected = principal.csrf.as_deref().unwrap_or_default();
    let same = |sent: &str| !expected.is_empty() && blake3::hash(sent.as_bytes()) == blake3::hash(expected.as_bytes());
    if request.headers().get("x-csrf-token").and_then(|h| h.to_str().ok()).is_some_and(same) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes: Bytes = axum::body::to_bytes(body, FORM_BYTES_MAX)
        .await
        .map_err(|_| Problem::new(Code::BodyTooLarge, "forms have at most 1 MiB"))?;
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    // The number is of letters that forms do not escape.
    let sent = bytes.split(|&b| b == b'&').find_map(|pair| pair.strip_prefix(b"csrf="));
    if is_form && sent.and_then(|s| std::str::from_utf8(s).ok()).is_some_and(same) {
        return Ok(Request::from_parts(parts, Body::from(bytes)));
    }
    Err(Problem::new(Code::CrossSite, "the form does not carry this session's number"))
}
