//! From pseudonyms to names, for those who may read: in a text, and in a case as it is drawn.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use touchstone_engine::landing::Identity;

/// Shortest pseudonym: base64 of 17 bytes, of which 16 prove that it is one.
const PSEUDONYM_CHARS_MIN: usize = 23;

/// The text with the names of accounts in place of pseudonyms.
pub(crate) fn revealed(identity: &Identity, text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let name = if word.len() < PSEUDONYM_CHARS_MIN { None } else { identity.reveal(word) };
        out.push_str(name.as_deref().unwrap_or(word));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn walk(identity: &Identity, value: &mut Value) {
    match value {
        Value::String(text) => *text = revealed(identity, text),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(identity, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| walk(identity, field)),
        _ => {}
    }
}

/// A case with names in place of pseudonyms, wherever they stand in it.
pub(crate) fn with_names<T: Serialize + DeserializeOwned>(identity: &Identity, case: &T) -> Option<T> {
    let mut value = serde_json::to_value(case).ok()?;
    walk(identity, &mut value);
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_become_names_wherever_they_stand() {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::open(&dir.path().join("keys.json")).unwrap();
        let (a, b) = (identity.pseudonym("用户 17"), identity.pseudonym("x"));
        let text = format!("{a} and \"{b}\" on aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, not {}", &a[..20]);
        let expected = format!("用户 17 and \"x\" on aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, not {}", &a[..20]);
        assert_eq!(revealed(&identity, &text), expected);
        assert_eq!(revealed(&identity, ""), "");
        assert_eq!(with_names(&identity, &vec![a]).unwrap(), ["用户 17"]);
    }
}
