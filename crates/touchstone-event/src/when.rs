//! Conditions on a row of a wide log: `col`, `!col`, or `col OP literal`.

use serde::Deserialize;

/// A cell of a row, as a condition sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing there.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any number.
    Float(f64),
    /// Text, as text formats give everything.
    Text(&'a str),
}

impl Value<'_> {
    /// Null, false, 0, NaN, empty text and the words no, false, f, n, off, null, none, nan are
    /// false; everything else is true.
    #[must_use]
    pub fn is_true(self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(b) => b,
            Value::Int(i) => i != 0,
            Value::Float(x) => x != 0.0 && !x.is_nan(),
            Value::Text(t) => {
                let t = t.trim();
                if let Ok(x) = t.parse::<f64>() {
                    return x != 0.0 && !x.is_nan();
                }
                !["", "false", "f", "no", "n", "off", "null", "none"].iter().any(|no| t.eq_ignore_ascii_case(no))
            }
        }
    }

    /// The number it is, or spells.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Null => None,
            Value::Bool(b) => Some(f64::from(u8::from(b))),
            // Conditions compare small flags and durations; beyond 2^53 the nearest float will do.
            #[allow(clippy::cast_precision_loss)]
            Value::Int(i) => Some(i as f64),
            Value::Float(x) => Some(x),
            Value::Text(t) => t.trim().parse().ok(),
        }
        .filter(|x| !x.is_nan())
    }
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    AtLeast,
    AtMost,
    Greater,
    Less,
}

const OPERATORS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Greater),
    ("<", Comparison::Less),
];

impl Comparison {
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::AtLeast => order.is_ge(),
            Comparison::AtMost => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::Less => order.is_lt(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Number(f64),
    Bool(bool),
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    True,
    False,
    Compare(Comparison, Literal),
}

/// A condition on one column. Null fails every comparison (also `!=`), and `!col` holds for it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct When {
    column: String,
    test: Test,
}

/// A condition that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read the condition \"{text}\": {fault}; write `column`, `!column` or `column OP value` with OP one of == != > >= < <="
)]
pub struct WhenError {
    text: String,
    fault: &'static str,
}

impl std::str::FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let fail = |fault| Err(WhenError { text: text.to_owned(), fault });
        let trimmed = text.trim();
        // The leftmost operator splits; of two at one place the longer one.
        let found = OPERATORS
            .iter()
            .filter_map(|&(sign, operator)| {
                trimmed.find(sign).map(|at| (at, std::cmp::Reverse(sign.len()), sign, operator))
            })
            .min_by_key(|&(at, longest, _, _)| (at, longest));
        let (column, test) = match found {
            Some((at, _, sign, operator)) => {
                let value = trimmed[at + sign.len()..].trim();
                if value.is_empty() {
                    return fail("no value after the operator");
                }
                (&trimmed[..at], Test::Compare(operator, literal(value)))
            }
            None => match trimmed.strip_prefix('!') {
                Some(column) => (column, Test::False),
                None => (trimmed, Test::True),
            },
        };
        let column = column.trim();
        if column.is_empty() {
            return fail("no column");
        }
        if column.starts_with('!') {
            return fail("`!` goes with a bare column");
        }
        if column.contains('=') || column.contains('&') || column.contains('|') {
            return fail("not a column name (equality is ==; one condition a rule)");
        }
        Ok(Self { column: column.to_owned(), test })
    }
}

impl TryFrom<String> for When {
    type Error = WhenError;

    fn try_from(text: String) -> Result<Self, WhenError> {
        text.parse()
    }
}

fn literal(text: &str) -> Literal {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            return Literal::Text(inner.to_owned());
        }
    }
    match text {
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        _ => text
            .parse()
            .ok()
            .filter(|x: &f64| !x.is_nan())
            .map_or_else(|| Literal::Text(text.to_owned()), Literal::Number),
    }
}

impl When {
    /// The column it looks at.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }

    /// Whether it holds for a row whose column has this value.
    #[must_use]
    pub fn holds(&self, value: Value<'_>) -> bool {
        let (comparison, literal) = match &self.test {
            Test::True => return value.is_true(),
            Test::False => return !value.is_true(),
            Test::Compare(comparison, literal) => (*comparison, literal),
        };
        if value == Value::Null {
            return false;
        }
        match literal {
            Literal::Number(x) => value.number().and_then(|v| v.partial_cmp(x)).is_some_and(|o| comparison.holds(o)),
            Literal::Bool(b) => comparison.holds(value.is_true().cmp(b)),
            Literal::Text(text) => {
                let own = match value {
                    Value::Text(t) => std::borrow::Cow::Borrowed(t),
                    Value::Bool(b) => b.to_string().into(),
                    Value::Int(i) => i.to_string().into(),
                    Value::Float(x) => x.to_string().into(),
                    Value::Null => return false,
                };
                comparison.holds(own.as_ref().cmp(text.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(condition: &str, value: Value<'_>, expect: bool) {
        let when: When = condition.parse().unwrap();
        assert_eq!(when.holds(value), expect, "{condition} on {value:?}");
    }

    #[test]
    fn conditions_hold_or_not() {
        for yes in [Value::Bool(true), Value::Int(3), Value::Float(0.5), Value::Text("1"), Value::Text("True")] {
            check("is_like", yes, true);
            check("!is_like", yes, false);
        }
        for no in
            [Value::Null, Value::Bool(false), Value::Int(0), Value::Text("0"), Value::Text("false"), Value::Text("")]
        {
            check("is_like", no, false);
            check("! is_like", no, true);
        }
        check("play_ms >= 1000", Value::Int(1000), true);
        check("play_ms>=1000", Value::Text("999.5"), false);
        check("play_ms < 1000", Value::Null, false);
        check("play_ms != 1000", Value::Null, false);
        check("kind == star", Value::Text("star"), true);
        check("kind == \"st ar\"", Value::Text("st ar"), true);
        check("kind != 'star'", Value::Text("fork"), true);
        check("flag == true", Value::Int(1), true);
        check("id == '7'", Value::Int(7), true);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["", "!", "== 3", "a =", "a ==", "a = 3", "!a == 1", "a && b", "a = b == c"] {
            assert!(bad.parse::<When>().is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}", near in "[!a-c=<>0-9\"' ]{0,12}", cell in "\\PC{0,9}") {
            for text in [text, near] {
                if let Ok(when) = text.parse::<When>() {
                    let _ = (when.holds(Value::Text(&cell)), when.holds(Value::Float(f64::NAN)));
                }
            }
        }
    }
}
