//! The report: one self-contained page that shows findings and computes nothing.
//!
//! [`report`] turns a [`ReportModel`] into one HTML file: styles and a small script inline, pictures as SVG drawn
//! here, no request to anywhere. The same model gives the same bytes. [`ring_case`] and [`account_case`] give the case
//! view alone, for other pages.
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
//! translate); `detail` bounds what is drawn; `chart` draws; `case` is the view of one ring or account; `summary`,
//! `rings`, `accounts`, `targets` and `ranking` are the pages; `page` puts them together. `evaluation` is a page of its own,
//! drawn with the same hands.

mod accounts;
mod audit;
mod case;
mod chart;
mod detail;
mod escape;
mod evaluation;
mod page;
mod ranking;
mod rings;
mod summary;
mod tables;
mod targets;
mod text;
mod words;

use std::io;

use touchstone_detect::evaluation::Evaluation;
use touchstone_detect::findings::{AccountCase, ReportModel, RingCase};

pub use case::{Links, REPORT_LINKS, View};
pub use detail::PAGE_BYTES_MAX;
pub use text::{count, counted};

/// The whole page. It stays below [`PAGE_BYTES_MAX`] by drawing less of each ring, weakest rings
/// first, and says on the page what it left out.
#[must_use]
pub fn report(model: &ReportModel) -> String {
    page::render_within(model, PAGE_BYTES_MAX)
}

/// The styles that every piece of HTML made here needs.
pub const STYLE: &str = include_str!("style.css");

/// The script of the report: it turns pages, searches, sorts, and translates what it finds on a page into Chinese by
/// [`CHINESE`]. It does without any part that a page lacks.
pub const SCRIPT: &str = page::SCRIPT;

/// The catalogue of translations that [`SCRIPT`] looks for in a `script` element of type `text/plain` and id `zh`: a pair a
/// line, English and Chinese, parted by a tab.
pub const CHINESE: &str = page::CHINESE;

/// The hidden SVG element with the hatch of discounted parts, which a page with case views needs once.
#[must_use]
pub fn hatch() -> String {
    page::hatch().into_string()
}

/// The case view of a ring, as an `article` element in full detail.
#[must_use]
pub fn ring_case(ring: &RingCase, view: View) -> String {
    case::ring::ring(ring, 0, view, detail::LEVELS[detail::LEVELS.len() - 1]).into_string()
}

/// The case view of an account, as an `article` element.
#[must_use]
pub fn account_case(account: &AccountCase, view: View) -> String {
    case::account::account(account, "case", view).into_string()
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
