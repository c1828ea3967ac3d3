//! What is around every page.

use crate::auth::{Principal, Role};
use crate::problem::{Code, Problem};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// Who looks, and what forms must carry. Templates that extend `frame.html` have it as `frame`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) title: String,
    /// Empty where nobody is signed in.
    pub(crate) name: String,
    /// True where this person may decide cases.
    pub(crate) may_review: bool,
    /// True where this person may do everything.
    pub(crate) may_admin: bool,
    /// Goes into a hidden field `csrf` of every form.
    pub(crate) csrf: String,
    /// Which link of the navigation is this page's.
    pub(crate) here: &'static str,
    /// For styles: what kind of page it is.
    pub(crate) class: &'static str,
}

impl Frame {
    pub(crate) fn of(title: &str, principal: Option<&Principal>) -> Self {
        Self {
            title: title.to_owned(),
            name: principal.map_or_else(String::new, |p| p.name.clone()),
            may_review: principal.is_some_and(|p| p.role.may(Role::Review)),
            may_admin: principal.is_some_and(|p| p.role.may(Role::Admin)),
            csrf: principal.and_then(|p| p.csrf.clone()).unwrap_or_default(),
            here: "",
            class: "",
        }
    }

    pub(crate) fn at(self, here: &'static str) -> Self {
        Self { here, ..self }
    }

    pub(crate) fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }
}

/// Renders a template.
pub(crate) fn html(template: &impl Template) -> Result<Html<String>, Problem> {
    template.render().map(Html).map_err(|e| Problem::new(Code::Internal, format!("a page could not be drawn: {e}")))
}

/// A problem, on a page.
#[derive(Debug)]
pub(crate) struct Fault(pub(crate) Problem);

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    frame: Frame,
    title: &'static str,
    detail: String,
    remedy: &'static str,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, _, title, remedy, _) = self.0.code.row();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let page = FaultPage { frame: Frame::of(title, None), title, detail: self.0.detail.clone(), remedy };
        match html(&page) {
            Ok(page) => (status, page).into_response(),
            Err(_) => self.0.into_response(),
        }
    }
}
