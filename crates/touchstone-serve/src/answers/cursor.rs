//! Pages: where to go on, and how many.

use crate::problem::{Code, Problem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Rows of a page, 1 to 1,000; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u64>,
    /// `next` of the page before.
    pub(crate) cursor: Option<String>,
}

/// Cursors are names: the list may change between two pages without rows being shown twice.
pub(crate) fn encode(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

impl Page {
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(100) {
            n @ 1..=1000 => Ok(n as usize),
            n => Err(Problem::new(Code::BadRequest, format!("limit {n} is not between 1 and 1000"))),
        }
    }

    /// The name after which the page begins.
    pub(crate) fn after(&self) -> Result<Option<String>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bad = || Problem::new(Code::BadCursor, "the cursor cannot be read");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
        String::from_utf8(bytes).map(Some).map_err(|_| bad())
    }
}

/// A page of `sorted` rows that `keep` wants, and where to go on.
pub(crate) fn page<'a, T>(
    sorted: &'a [T],
    name: impl Fn(&T) -> &str,
    keep: impl Fn(&T) -> bool,
    page: &Page,
) -> Result<(Vec<&'a T>, Option<String>), Problem> {
    let (limit, after) = (page.limit()?, page.after()?);
    let start = after.map_or(0, |after| sorted.partition_point(|row| name(row) <= after.as_str()));
    let mut rows: Vec<&T> = sorted[start..].iter().filter(|row| keep(row)).take(limit + 1).collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(|row| encode(name(row))) } else { None };
    Ok((rows, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_once_whatever_the_size() {
        let rows: Vec<String> = (0..25).map(|i| format!("n{i:02}")).collect();
        for limit in 1..30 {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let wanted = Page { limit: Some(limit), cursor: cursor.clone() };
                let (found, next) = page(&rows, |r| r, |r| !r.ends_with('3'), &wanted).unwrap();
                seen.extend(found.into_iter().cloned());
                cursor = next;
                if cursor.is_none() {
                    break;
                }
            }
            let expected: Vec<String> = rows.iter().filter(|r| !r.ends_with('3')).cloned().collect();
            assert_eq!(seen, expected, "limit {limit}");
        }
        let bad = Page { cursor: Some("%".into()), limit: None };
        assert_eq!(page(&rows, |r| r, |_| true, &bad).unwrap_err().code, Code::BadCursor);
        let bad = Page { cursor: None, limit: Some(0) };
        assert_eq!(page(&rows, |r| r, |_| true, &bad).unwrap_err().code, Code::BadRequest);
    }
}
