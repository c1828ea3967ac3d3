//! `POST /v1/events`: a batch is answered when it is durable.

mod body;

use crate::app::App;
use crate::clock::now_micros;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use touchstone_engine::landing::{Admitted, Endorsed, Receipt, RowFault};
use utoipa::ToSchema;

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RejectedRow {
    /// Line of the text, or number of the event, from 1.
    pub(crate) row: u64,
    /// Why: a word as in `rejects.csv`.
    pub(crate) reason: &'static str,
    /// The field it is about, where it is about one.
    pub(crate) field: Option<&'static str>,
    /// What stood there, cut.
    pub(crate) value: String,
    /// What to do.
    pub(crate) remedy: &'static str,
}

/// What became of a batch. All that landed is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Landed {
    /// Events that are durable since now.
    pub(crate) landed: u64,
    /// Events that were durable before, by their event_id.
    pub(crate) duplicates: u64,
    /// True where the whole batch was durable before, by its Idempotency-Key.
    pub(crate) replayed: bool,
    /// Events that were not taken; the first of them are in `rejected`.
    pub(crate) rejected_total: u64,
    /// Why not, row by row.
    pub(crate) rejected: Vec<RejectedRow>,
}

fn remedy(reason: &str) -> &'static str {
    match reason {
        "missing_actor" | "missing_target" | "missing_time" => "every event needs actor, target, ts and kind",
        "missing_kind" => "say the kind of every event, such as like or view: a stream must not leave it open",
        "unreadable_time" => "send RFC 3339 text, or seconds, milliseconds, microseconds or nanoseconds since 1970",
        "far_future" => "correct the clock that made this time",
        "too_old" => "it is older than this server keeps events; leave it out",
        "too_long" => "ids are at most 1,024 bytes",
        "wrong_type" => "send text or a number there",
        "unreadable_number" => "send a plain number there",
        "invalid_utf8" => "send UTF-8",
        "invalid_json" => "send one JSON object a line",
        "not_a_cloud_event" => "follow CloudEvents 1.0 in JSON, with data in JSON",
        _ => "correct the row and send it again",
    }
}

fn rejected(faults: &[RowFault], most: usize) -> Vec<RejectedRow> {
    let row = |f: &RowFault| RejectedRow {
        row: f.row,
        reason: f.reason,
        field: f.field.map(touchstone_event::schema::Field::name),
        value: f.value.clone(),
        remedy: remedy(f.reason),
    };
    faults.iter().take(most).map(row).collect()
}

/// Land a batch of events
///
/// Answered when every row that landed is on the disk. Rows that cannot be used are listed; the others land. Send the same
/// batch again after a lost answer: events with an `event_id`, and batches with an `Idempotency-Key`, count once.
#[utoipa::path(
    post, path = "/v1/events", tag = "ingest",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Names the batch: sent again under it, it counts once"),
        ("Content-Encoding" = Option<String>, Header, description = "gzip or zstd"),
    ),
    request_body(content(
        (String = "application/x-ndjson", example = "{\"actor\":\"u17\",\"target\":\"p9\",\"ts\":1767225600,\"kind\":\"like\"}"),
        (serde_json::Value = "application/cloudevents+json"),
        (Vec<serde_json::Value> = "application/cloudevents-batch+json"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"),
    )),
    responses(
        (status = 200, description = "All rows landed or were there before", body = Landed),
        (status = 207, description = "Some rows landed, some cannot be used", body = Landed),
        (status = 400, description = "The body is not what its type says", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Type or encoding are not known here", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No row can be used, or the key stood for other rows", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too much is waiting; Retry-After says how long to wait", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full; nothing was taken", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn events(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<(StatusCode, Json<Landed>), Problem> {
    let request = Request::of(&headers)?;
    let now = now_micros();
    // Small batches are read where they arrive; large ones must not hold up other requests.
    let mut admitted = if sent.len() <= INLINE_BYTES_MAX && !request.encoded {
        request.read(&app, &sent, now)?
    } else {
        let app = app.clone();
        tokio::task::spawn_blocking(move || request.read(&app, &sent, now)).await.map_err(panicked)??
    };
    let faults = std::mem::take(&mut admitted.faults);
    app.metrics.rejected(faults.iter().map(|f| f.reason));
    let listed = rejected(&faults, app.options.limits.faults_listed_max);
    if admitted.rows() == 0 && !faults.is_empty() {
        let detail = format!("none of {} rows can be used", faults.len());
        return Err(Problem { rejected: listed, ..Problem::new(Code::NothingUsable, detail) });
    }
    let endorsed = std::mem::take(&mut admitted.endorsed);
    let receipt = land(&app, admitted, now).await?;
    if !receipt.replayed {
        note(&app, &endorsed);
    }
    app.metrics.landed(receipt.landed, receipt.duplicates);
    let landed = Landed {
        landed: receipt.landed,
        duplicates: receipt.duplicates,
        replayed: receipt.replayed,
        rejected_total: faults.len() as u64,
        rejected: listed,
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    Ok((status, Json(landed)))
}

const INLINE_BYTES_MAX: usize = 256 << 10;

fn panicked(e: tokio::task::JoinError) -> Problem {
    tracing::error!(error = %e, "reading a batch failed");
    Problem::new(Code::Internal, "reading the batch failed")
}

/// Waits until the rows are durable.
async fn land(app: &App, admitted: Admitted, now: i64) -> Result<Receipt, Problem> {
    if admitted.rows() == 0 {
        return Ok(Receipt::default());
    }
    let (reply, answer) = tokio::sync::oneshot::channel();
    app.landing.submit(admitted, now, move |outcome| {
        // A client that went away does not change what is durable.
        let _ = reply.send(outcome);
    })?;
    answer
        .await
        .map_err(|_| Problem::new(Code::Stopping, "the server stopped while the batch waited"))?
        .map_err(Problem::from)
}

/// Running state learns of endorsements that are durable.
fn note(app: &App, endorsed: &[Endorsed]) {
    let Some(snapshot) = app.snapshot() else { return };
    let mut running = app.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for e in endorsed {
        running.endorsed(&snapshot, &e.actor, &e.target, e.ts);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    JsonLines,
    CloudEvent,
    CloudEvents,
    Arrow,
}

/// What the headers say of a body.
struct Request {
    format: Format,
    encoding: body::Encoding,
    encoded: bool,
    key: Option<String>,
}

impl Request {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
        let said = text(header::CONTENT_TYPE).unwrap_or("application/x-ndjson");
        let format = match said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/x-ndjson" | "application/jsonl" | "application/json-lines" | "application/x-jsonlines"
            | "application/json" | "text/plain"
            // What curl sends where nothing is said.
            | "application/x-www-form-urlencoded" => Format::JsonLines,
            "application/cloudevents+json" => Format::CloudEvent,
            "application/cloudevents-batch+json" => Format::CloudEvents,
            "application/vnd.apache.arrow.stream" => Format::Arrow,
            other => return Err(Problem::new(Code::UnsupportedFormat, format!("Content-Type \"{other}\""))),
        };
        let encoding = body::Encoding::of(text(header::CONTENT_ENCODING))?;
        let key = match headers.get("idempotency-key") {
            None => None,
            Some(value) => match value.to_str() {
                Ok(key) if !key.is_empty() && key.len() <= 256 => Some(key.to_owned()),
                _ => return Err(Problem::new(Code::BadRequest, "Idempotency-Key must be 1 to 256 visible characters")),
            },
        };
        Ok(Self { format, encoding, encoded: encoding != body::Encoding::Plain, key })
    }

    fn read(&self, app: &App, sent: &[u8], now: i64) -> Result<Admitted, Problem> {
        let plain = self.encoding.plain(sent, app.options.limits.decompressed_bytes_max)?;
        let bad = |detail: String| Problem::new(Code::BadRequest, detail);
        let door = &app.door;
        let admitted = match self.format {
            Format::JsonLines => door.json_lines(&plain, now),
            Format::CloudEvent => door.cloud_events(&plain, false, now).map_err(bad)?,
            Format::CloudEvents => door.cloud_events(&plain, true, now).map_err(bad)?,
            Format::Arrow => door.arrow_stream(plain.as_ref(), now).map_err(bad)?,
        };
        Ok(match &self.key {
            Some(key) => door.with_key(admitted, key),
            None => admitted,
        })
    }
}
