//! A value against a schema of an OpenAPI document: as much of JSON Schema as the document uses, and an error where it uses
//! more. Fields that a schema does not name are faults: they would go unnoticed otherwise.
#![allow(unreachable_pub)]

use serde_json::Value;

/// Keywords that say nothing about what is allowed.
const SAID: [&str; 5] = ["description", "title", "example", "examples", "default"];

/// Adds what is wrong with `value`, which stands at `at`.
pub fn hold(document: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        faults.push(format!("{at}: the schema is no object: {schema}"));
        return;
    };
    for (keyword, rule) in keywords {
        match keyword.as_str() {
            "$ref" => {
                let path = rule.as_str().and_then(|r| r.strip_prefix('#')).unwrap_or_default();
                match document.pointer(path) {
                    Some(schema) => hold(document, schema, value, at, faults),
                    None => faults.push(format!("{at}: {rule} leads nowhere")),
                }
            }
            "type" => {
                let types: Vec<&str> = match rule {
                    Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !types.iter().any(|t| is(t, value)) {
                    faults.push(format!("{at}: {value} is not of {types:?}"));
                }
            }
            "oneOf" => {
                let fits = rule.as_array().into_iter().flatten().filter(|schema| {
                    let mut inner = Vec::new();
                    hold(document, schema, value, at, &mut inner);
                    inner.is_empty()
                });
                let fits = fits.count();
                if fits != 1 {
                    faults.push(format!("{at}: {fits} of the alternatives fit {value}"));
                }
            }
            "allOf" => {
                for schema in rule.as_array().into_iter().flatten() {
                    hold(document, schema, value, at, faults);
                }
            }
            "required" => {
                let missing = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                faults.extend(missing.filter(|name| value.get(name).is_none()).map(|n| format!("{at}: no {n}")));
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(schema) => hold(document, schema, part, &format!("{at}/{name}"), faults),
                        None => faults.push(format!("{at}: the document does not know {name}")),
                    }
                }
            }
            "items" => {
                for (i, part) in value.as_array().into_iter().flatten().enumerate() {
                    hold(document, rule, part, &format!("{at}/{i}"), faults);
                }
            }
            "enum" => {
                if !rule.as_array().is_some_and(|all| all.contains(value)) {
                    faults.push(format!("{at}: {value} is none of {rule}"));
                }
            }
            "minimum" => {
                if value.as_f64().zip(rule.as_f64()).is_some_and(|(v, least)| v < least) {
                    faults.push(format!("{at}: {value} is less than {rule}"));
                }
            }
            // How a number is kept, which JSON does not show.
            "format" => {}
            known if SAID.contains(&known) => {}
            other => faults.push(format!("{at}: this test does not know the keyword {other}")),
        }
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let document = serde_json::json!({"a": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 0}}}});
    let told = |value: Value| {
        let mut faults = Vec::new();
        hold(&document, &serde_json::json!({"$ref": "#/a"}), &value, "", &mut faults);
        faults.len()
    };
    assert_eq!(told(serde_json::json!({"n": 1})), 0);
    assert_eq!(told(serde_json::json!({"n": -1})), 1);
    assert_eq!(told(serde_json::json!({"n": "1"})), 1);
    assert_eq!(told(serde_json::json!({"n": 1, "m": 1})), 1);
    assert_eq!(told(serde_json::json!([])), 2);
}
