//! One byte string for one value: JSON with sorted keys and no spaces. What is hashed is what is stored.

use serde::Serialize;
use serde_json::Value;

/// Writes a value canonically.
///
/// # Errors
/// A number that JSON can't hold (not finite), or a map whose keys are no strings.
pub(crate) fn text(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    write(&serde_json::to_value(value)?, &mut out);
    Ok(out)
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            // Sorted here: whether a map keeps its order depends on what else is built into the program.
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (i, (key, item)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_sorted_and_nothing_is_lost() {
        let value: serde_json::Value =
            serde_json::from_str(r#" {"b": [1, 2.5, null, "\u0000é\n"], "a": {"d": true, "c": -7}} "#).unwrap();
        let text = super::text(&value).unwrap();
        assert_eq!(text, "{\"a\":{\"c\":-7,\"d\":true},\"b\":[1,2.5,null,\"\\u0000é\\n\"]}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
