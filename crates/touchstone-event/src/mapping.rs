//! Which foreign column holds which field, and which flags of a wide log make which event.

use crate::schema::Field;
use crate::suggest;
use crate::time::TimeOption;
use crate::when::When;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How foreign columns become canonical ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    columns: BTreeMap<Field, String>,
    /// Rules that make events of the rows of a wide log; where there are any, the kind column is
    /// not looked at.
    pub events: Vec<EventRule>,
    /// How times are read.
    pub time_unit: TimeOption,
}

/// One `[[event]]` of the configuration: a row for which `when` holds is also an event of `kind`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// Kind of the event it makes.
    pub kind: String,
    /// Its condition; without one, every row makes this event.
    #[serde(default)]
    pub when: Option<When>,
}

/// A mapping that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not `field=column`.
    #[error("cannot read --map \"{0}\": write field=column, such as --map actor=user_id")]
    Shape(String),
    /// A field nobody knows.
    #[error("--map \"{text}\": there is no field \"{field}\"{}; fields: {}", hint(field), field_names())]
    UnknownField {
        /// What the user wrote.
        text: String,
        /// The unknown part.
        field: String,
    },
    /// One field from two columns.
    #[error("--map gives the field {field} twice: \"{first}\" and \"{second}\"; choose one")]
    Twice {
        /// The field.
        field: Field,
        /// Its first column.
        first: String,
        /// Its second column.
        second: String,
    },
}

fn field_names() -> String {
    Field::ALL.map(Field::name).join(", ")
}

fn hint(field: &str) -> String {
    suggest::closest(field, Field::ALL.iter().map(|f| f.name()))
        .map_or_else(String::new, |n| format!(" (did you mean {n}?)"))
}

impl Mapping {
    /// From a `[map]` table and `[[event]]` rules.
    #[must_use]
    pub fn new(columns: BTreeMap<Field, String>, events: Vec<EventRule>) -> Self {
        Self { columns, events, time_unit: TimeOption::Auto }
    }

    /// Name of the column that holds `field`: its own name where nothing else was said.
    #[must_use]
    pub fn column(&self, field: Field) -> &str {
        self.columns.get(&field).map_or(field.name(), String::as_str)
    }

    /// True where the user named a column for `field`: then it must be there.
    #[must_use]
    pub fn names(&self, field: Field) -> bool {
        self.columns.contains_key(&field)
    }

    /// Sets the column of a field, over whatever was said before (the command line over a file).
    pub fn set(&mut self, field: Field, column: impl Into<String>) {
        self.columns.insert(field, column.into());
    }

    /// Reads `--map field=column` arguments and lays them over what is there.
    ///
    /// # Errors
    /// If one is not of that form, names no field, or names a field a second time.
    pub fn set_all<S: AsRef<str>>(&mut self, arguments: impl IntoIterator<Item = S>) -> Result<(), MappingError> {
        let mut said: BTreeMap<Field, String> = BTreeMap::new();
        for argument in arguments {
            let (field, column) = read_argument(argument.as_ref())?;
            if let Some(first) = said.insert(field, column.clone()).filter(|first| *first != column) {
                return Err(MappingError::Twice { field, first, second: column });
            }
        }
        self.columns.extend(said);
        Ok(())
    }
}

fn read_argument(text: &str) -> Result<(Field, String), MappingError> {
    let (field, column) = text.split_once('=').ok_or_else(|| MappingError::Shape(text.to_owned()))?;
    let field = field.trim();
    if column.is_empty() || field.is_empty() {
        return Err(MappingError::Shape(text.to_owned()));
    }
    let known = Field::from_name(field)
        .ok_or_else(|| MappingError::UnknownField { text: text.to_owned(), field: field.to_owned() })?;
    Ok((known, column.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_lay_over_the_configuration() {
        let mut mapping = Mapping::new(BTreeMap::from([(Field::Actor, "who".to_owned())]), Vec::new());
        mapping.set_all(["actor=user_id", "target=a=b"]).unwrap();
        assert_eq!(mapping.column(Field::Actor), "user_id");
        assert_eq!(mapping.column(Field::Target), "a=b");
        assert_eq!(mapping.column(Field::Ts), "ts");
    }

    #[test]
    fn faults_are_named() {
        let mut mapping = Mapping::default();
        assert!(matches!(mapping.set_all(["actor"]), Err(MappingError::Shape(_))));
        let unknown = mapping.set_all(["actr=x"]).unwrap_err().to_string();
        assert!(unknown.contains("did you mean actor?"), "{unknown}");
        assert!(matches!(mapping.set_all(["actor=a", "actor=b"]), Err(MappingError::Twice { .. })));
    }
}
