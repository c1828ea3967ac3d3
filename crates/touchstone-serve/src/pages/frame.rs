//! What is around every page.

use crate::auth::Principal;
use crate::problem::{Code, Problem};
use askama::Template;
use axum::response::Html;

/// Who looks, and what forms must carry. Templates that extend `frame.html` have it as `frame`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) title: String,
    /// Empty where nobody is signed in.
    pub(crate) name: String,
    pub(crate) role: String,
    /// Goes into a hidden field `csrf` of every form.
    pub(crate) csrf: String,
}

impl Frame {
    pub(crate) fn of(title: &str, principal: Option<&Principal>) -> Self {
        Self {
            title: title.to_owned(),
            name: principal.map_or_else(String::new, |p| p.name.clone()),
            role: principal.map_or_else(String::new, |p| p.role.name().to_owned()),
            csrf: principal.and_then(|p| p.csrf.clone()).unwrap_or_default(),
        }
    }
}

/// Renders a template.
pub(crate) fn html(template: &impl Template) -> Result<Html<String>, Problem> {
    template.render().map(Html).map_err(|e| Problem::new(Code::Internal, format!("a page could not be drawn: {e}")))
}
