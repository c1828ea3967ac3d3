//! What goes wrong, as `application/problem+json` (RFC 9457): one table of codes, each with a remedy.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use touchstone_engine::landing::LandingError;
use touchstone_ledger::LedgerError;
use utoipa::ToSchema;

/// Every way a request can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    BadRequest,
    BadCursor,
    NoToken,
    UnknownToken,
    RoleTooSmall,
    CrossSite,
    WrongHost,
    NotFound,
    MethodNotAllowed,
    BodyTooLarge,
    UnsupportedFormat,
    UnsupportedEncoding,
    NothingUsable,
    KeyReused,
    Unfit,
    Conflict,
    Barred,
    BadLink,
    TooManyRequests,
    Busy,
    JournalFull,
    DiskFull,
    NoFindings,
    Stopping,
    Internal,
}

impl Code {
    /// All codes: for tests of the table.
    #[cfg(test)]
    pub(crate) const ALL: [Code; 25] = [
        Code::BadRequest,
        Code::BadCursor,
        Code::NoToken,
        Code::UnknownToken,
        Code::RoleTooSmall,
        Code::CrossSite,
        Code::WrongHost,
        Code::NotFound,
        Code::MethodNotAllowed,
        Code::BodyTooLarge,
        Code::UnsupportedFormat,
        Code::UnsupportedEncoding,
        Code::NothingUsable,
        Code::KeyReused,
        Code::Unfit,
        Code::Conflict,
        Code::Barred,
        Code::BadLink,
        Code::TooManyRequests,
        Code::Busy,
        Code::JournalFull,
        Code::DiskFull,
        Code::NoFindings,
        Code::Stopping,
        Code::Internal,
    ];

    /// The table: status, name, title, remedy, seconds after which to try again.
    pub(crate) const fn row(self) -> (u16, &'static str, &'static str, &'static str, Option<u64>) {
        match self {
            Code::BadRequest => {
                (400, "bad-request", "The request cannot be read", "compare it with /v1/openapi.json", None)
            }
            Code::BadCursor => {
                (400, "bad-cursor", "The cursor is not one of ours", "begin again without a cursor", None)
            }
            Code::NoToken => (
                401,
                "no-token",
                "No token was sent",
                "send Authorization: Bearer TOKEN; touchstone serve token create makes one",
                None,
            ),
            Code::UnknownToken => (
                401,
                "unknown-token",
                "The token is not known",
                "it may have been revoked; create another with touchstone serve token create",
                None,
            ),
            Code::RoleTooSmall => (
                403,
                "role-too-small",
                "The token's role may not do this",
                "use a token of the role that the detail names",
                None,
            ),
            Code::CrossSite => (
                403,
                "cross-site",
                "The form was not sent from this site",
                "reload the page and send the form again",
                None,
            ),
            Code::WrongHost => (
                421,
                "wrong-host",
                "This server is not called that",
                "start it with --public-url if people reach it by this name",
                None,
            ),
            Code::NotFound => (
                404,
                "not-found",
                "There is no such thing",
                "check the name; findings know accounts that endorsed and targets that were endorsed",
                None,
            ),
            Code::MethodNotAllowed => {
                (405, "method-not-allowed", "This path does not do that", "see /v1/openapi.json", None)
            }
            Code::BodyTooLarge => (
                413,
                "body-too-large",
                "The body is too large",
                "send smaller batches; 500 to 5,000 events are good",
                None,
            ),
            Code::UnsupportedFormat => (
                415,
                "unsupported-format",
                "The body's type is not known here",
                "send application/x-ndjson, application/cloudevents+json, application/cloudevents-batch+json or application/vnd.apache.arrow.stream",
                None,
            ),
            Code::UnsupportedEncoding => (
                415,
                "unsupported-encoding",
                "The body's encoding is not known here or damaged",
                "send it plain, or with Content-Encoding: gzip or zstd",
                None,
            ),
            Code::NothingUsable => (
                422,
                "nothing-usable",
                "No row of the batch could be used",
                "correct the rows that are listed and send them again",
                None,
            ),
            Code::KeyReused => (
                422,
                "key-reused",
                "The Idempotency-Key stood for other rows before",
                "use a new key for new rows",
                None,
            ),
            Code::Unfit => (
                422,
                "unfit",
                "The decision cannot be entered so",
                "give a reason in plain words, and accounts of the case alone",
                None,
            ),
            Code::Conflict => (
                409,
                "conflict",
                "Not as the case stands now",
                "look at the case again; it has to be claimed by whoever decides",
                None,
            ),
            Code::Barred => (
                403,
                "barred",
                "Somebody else has to decide this",
                "leave it to a reviewer who had no part in the decision",
                None,
            ),
            Code::BadLink => (403, "bad-link", "The link is not valid", "use the whole link, as it was sent", None),
            Code::TooManyRequests => {
                (429, "too-many-requests", "Too many requests", "wait as long as Retry-After says", Some(1))
            }
            Code::Busy => (
                429,
                "busy",
                "More waits for the disk than may wait",
                "send the batch again after Retry-After seconds",
                Some(1),
            ),
            Code::JournalFull => (
                429,
                "journal-full",
                "Too many events in windows that are open",
                "send the batch again later; if it persists, lower --lateness or check why windows do not close",
                Some(10),
            ),
            Code::DiskFull => (
                507,
                "disk-full",
                "The disk is full",
                "free some space; the batch was not taken and may be sent again",
                Some(10),
            ),
            Code::NoFindings => (
                503,
                "no-findings",
                "There are no findings yet",
                "send events and wait until a window closes, or POST /v1/flush",
                Some(5),
            ),
            Code::Stopping => {
                (503, "stopping", "The server is stopping", "send the request again after Retry-After seconds", Some(5))
            }
            Code::Internal => (
                500,
                "internal",
                "Something went wrong here",
                "this is a bug: please report it with the log's entry",
                None,
            ),
        }
    }
}

/// A problem, as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// A URN that names the code: `urn:touchstone:problem:busy`.
    pub(crate) r#type: String,
    /// What it means, in general.
    pub(crate) title: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What it means here.
    pub(crate) detail: String,
    /// What to do.
    pub(crate) remedy: &'static str,
    /// Rows that could not be used, where it is about rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rejected: Vec<crate::ingest::RejectedRow>,
}

/// A failed request.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) detail: String,
    pub(crate) rejected: Vec<crate::ingest::RejectedRow>,
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), rejected: Vec::new() }
    }
}

impl From<LandingError> for Problem {
    fn from(e: LandingError) -> Self {
        let code = match &e {
            LandingError::Busy => Code::Busy,
            LandingError::JournalFull { .. } => Code::JournalFull,
            LandingError::DiskFull { .. } => Code::DiskFull,
            LandingError::KeyReused => Code::KeyReused,
            LandingError::Stopped => Code::Stopping,
            _ => {
                tracing::error!(error = %e, "landing failed");
                Code::Internal
            }
        };
        // Paths of the server are nobody else's business.
        let detail = match code {
            Code::DiskFull | Code::Internal => code.row().2.to_owned(),
            _ => e.to_string(),
        };
        Self::new(code, detail)
    }
}

impl From<LedgerError> for Problem {
    fn from(e: LedgerError) -> Self {
        let code = match &e {
            LedgerError::NoCase(_) | LedgerError::NoAction(_) | LedgerError::NoAppeal(_) | LedgerError::NoBulk(_) => {
                Code::NotFound
            }
            LedgerError::NoReason(_) | LedgerError::Length { .. } | LedgerError::NotAMember { .. } => Code::Unfit,
            LedgerError::Barred { .. } => Code::Barred,
            LedgerError::Token(_) => Code::BadLink,
            e if e.is_refusal() => Code::Conflict,
            e => {
                tracing::error!(error = %e, "the ledger failed");
                Code::Internal
            }
        };
        // What failed inside is nobody else's business.
        let detail = if code == Code::Internal { code.row().2.to_owned() } else { e.to_string() };
        Self::new(code, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name, title, remedy, retry) = self.code.row();
        let body = ProblemBody {
            r#type: format!("urn:touchstone:problem:{name}"),
            title,
            status,
            detail: self.detail,
            remedy,
            rejected: self.rejected,
        };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_a_name_of_its_own_and_a_remedy() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|c| c.row().1).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let (status, _, title, remedy, retry) = code.row();
            assert!(StatusCode::from_u16(status).is_ok() && !title.is_empty() && !remedy.is_empty());
            assert_eq!(
                retry.is_some(),
                matches!(status, 429 | 503 | 507),
                "{code:?}: whoever may try again is told when"
            );
        }
    }
}
