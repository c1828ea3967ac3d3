//! The report: one self-contained page that shows findings and computes nothing.
//!
//! [`report`] turns a [`ReportModel`] into one HTML file: styles inline, pictures as SVG drawn
//! here, no script, no request to anywhere. The same model gives the same bytes.
//!
//! ```
//! use touchstone_detect::findings::ReportModel;
//!
//! let page = touchstone_console::report(&ReportModel::default());
//! assert!(page.starts_with("<!doctype html>"));
//! ```
//!
//! Who does what, in reading order: `escape` lets nothing from a log become markup; `text` writes
//! numbers and dates for people; `words` holds every sentence a reader sees (one place to
//! translate); `detail` bounds what is drawn; `chart` draws; `summary`, `rings`, `ring` and
//! `targets` are the sections; `page` puts them together. `evaluation` is a page of its own, drawn
//! with the same hands.

mod audit;
mod chart;
mod detail;
mod escape;
mod evaluation;
mod page;
mod ring;
mod rings;
mod summary;
mod tables;
mod targets;
mod text;
mod words;

use std::io;

use touchstone_detect::evaluation::Evaluation;
use touchstone_detect::findings::ReportModel;

pub use detail::PAGE_BYTES_MAX;

/// The whole page. It stays below [`PAGE_BYTES_MAX`] by drawing less of each ring, weakest rings
/// first, and says on the page what it left out.
#[must_use]
pub fn report(model: &ReportModel) -> String {
    page::render_within(model, PAGE_BYTES_MAX)
}

/// The page of an evaluation, titled with the name of the findings.
#[must_use]
pub fn evaluation(evaluation: &Evaluation, title: &str) -> String {
    evaluation::page(evaluation, title).into_string()
}

/// The page of an audit.
#[must_use]
pub fn audit(audit: &touchstone_detect::audit::report::Audit) -> String {
    audit::page(audit).into_string()
}

/// Writes [`report`] to `out`.
///
/// # Errors
/// Those of `out`.
pub fn write_report(model: &ReportModel, out: &mut impl io::Write) -> io::Result<()> {
    out.write_all(report(model).as_bytes())
}
