//! CloudEvents 1.0 in JSON: the envelope gives what the data does not say.
//!
//! `data` is the event, with the names of the columns. Where it has none, `time` is the time, the last part of `type`
//! ("com.example.like") the kind, `subject` the target, and `source` with `id` the event id: the specification makes
//! that pair unique.

use super::admit::Fields;
use crate::source::Wanted;
use crate::source::jsonl::{Cell, cell};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use touchstone_event::reject::cut;
use touchstone_event::schema::Field;

/// One envelope, its data unread.
pub(super) type Envelope<'a> = HashMap<String, &'a RawValue>;

/// Reads one envelope or, with `batch`, an array of them.
pub(super) fn read(text: &[u8], batch: bool) -> Result<Vec<Envelope<'_>>, String> {
    let text = std::str::from_utf8(text).map_err(|_| "not UTF-8".to_owned())?;
    if batch {
        serde_json::from_str(text).map_err(|e| format!("not a JSON array of CloudEvents: {e}"))
    } else {
        serde_json::from_str(text).map(|one| vec![one]).map_err(|e| format!("not a CloudEvent in JSON: {e}"))
    }
}

/// The cells of an envelope.
pub(super) fn fields<'a>(envelope: Envelope<'a>, wanted: &[Wanted]) -> Result<Fields<'a>, (&'static str, String)> {
    let attribute = |name: &str| match envelope.get(name).map(|raw| cell(raw.get())) {
        Some(Cell::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    for must in ["specversion", "id", "source", "type"] {
        if attribute(must).is_none() {
            return Err(("not_a_cloud_event", format!("no attribute \"{must}\"")));
        }
    }
    if attribute("specversion").as_deref() != Some("1.0") {
        return Err(("not_a_cloud_event", "only specversion 1.0 is known".to_owned()));
    }
    let mut fields = Fields::new();
    let data = envelope.get("data").copied().ok_or(("not_a_cloud_event", "no \"data\" in JSON".to_owned()))?;
    let data: HashMap<Cow<'a, str>, &'a RawValue> =
        HashMap::deserialize(&mut serde_json::Deserializer::from_str(data.get()))
            .map_err(|_| ("invalid_json", cut(data.get())))?;
    for (i, wanted) in wanted.iter().enumerate() {
        if let Some(raw) = data.get(wanted.name.as_str()) {
            fields.cells[i] = cell(raw.get());
        }
    }
    let mut fill = |field: Field, value: Option<Cow<'a, str>>| {
        let cell = &mut fields.cells[field as usize];
        if let (Cell::Nothing, Some(value)) = (&*cell, value) {
            *cell = Cell::Text(value);
        }
    };
    fill(Field::Ts, attribute("time"));
    fill(Field::Target, attribute("subject"));
    fill(Field::Kind, attribute("type").map(|t| Cow::Owned(t.rsplit('.').next().unwrap_or(&t).to_owned())));
    let unique = attribute("source").zip(attribute("id")).map(|(source, id)| format!("{source} {id}"));
    fill(Field::EventId, unique.map(Cow::Owned));
    Ok(fields)
}
