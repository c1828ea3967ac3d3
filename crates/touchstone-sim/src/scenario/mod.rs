//! Scenarios: which world to invent. TOML with parameters in real units; unknown keys are errors.
//!
//! ```
//! use touchstone_sim::Scenario;
//!
//! let scenario = Scenario::parse("users = 5000\n[[attacks.pod]]\nper_10k = 4.0")?;
//! assert_eq!(scenario.days, 28);
//! assert!(Scenario::parse("user = 5000").is_err());
//! # Ok::<(), touchstone_sim::ScenarioError>(())
//! ```

mod attacks;
mod built_in;
mod check;
mod dirt;
mod life;
mod look_alikes;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use attacks::{Attacks, Board, Evasion, Pod, Service, Speed, Supply};
pub use dirt::Dirt;
pub use life::{FeedMix, Life, Network, Zone};
pub use look_alikes::{Knob, LookAlikes};

/// A world to invent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// One line for people.
    pub about: String,
    /// People; the accounts of services come on top.
    pub users: u32,
    /// Days that the log covers.
    pub days: u32,
    /// First second of the log, UTC seconds since 1970; Thursday 2026-01-01 by default.
    pub start_seconds: i64,
    /// How people live.
    pub life: Life,
    /// Innocent behaviour that resembles a ring.
    pub look_alikes: LookAlikes,
    /// Those who fake.
    pub attacks: Attacks,
    /// What happens to rows on their way into the log, whoever they are of.
    pub dirt: Dirt,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            about: String::new(),
            users: 20_000,
            days: 28,
            start_seconds: 1_767_225_600,
            life: Life::default(),
            look_alikes: LookAlikes::default(),
            attacks: Attacks::default(),
            dirt: Dirt::default(),
        }
    }
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Neither a built-in name nor a file.
    #[error("scenario {name}: neither a file nor a built-in one; built in are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// All names, with commas.
        known: String,
    },
    /// The file can't be read.
    #[error("scenario {path}: cannot be read", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no scenario.
    #[error("scenario {name}: {message}")]
    Syntax {
        /// The file or built-in name.
        name: String,
        /// The parser's words, with line and column.
        message: String,
    },
    /// A value is out of range.
    #[error("{parameter} = {value}: {rule}")]
    Value {
        /// The parameter, with its tables.
        parameter: String,
        /// What it was.
        value: f64,
        /// What it has to be.
        rule: &'static str,
    },
}

impl Scenario {
    /// The built-in scenario of this name, or the one in this file.
    ///
    /// # Errors
    /// Neither exists, or the file is no scenario.
    pub fn load(name: &str) -> Result<Self, ScenarioError> {
        if let Some(scenario) = built_in::rung(name) {
            return Ok(scenario);
        }
        if let Some(text) = built_in::text(name) {
            return Self::read(name, &text);
        }
        let path = PathBuf::from(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::read(name, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let known = Self::names().collect::<Vec<_>>().join(", ");
                Err(ScenarioError::Unknown { name: name.to_owned(), known })
            }
            Err(source) => Err(ScenarioError::Read { path, source }),
        }
    }

    /// A scenario from its text.
    ///
    /// # Errors
    /// Unknown keys, wrong types, values out of range.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        Self::read("text", text)
    }

    /// Names of the built-in scenarios.
    pub fn names() -> impl Iterator<Item = &'static str> {
        built_in::names()
    }

    fn read(name: &str, text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)
            .map_err(|error| ScenarioError::Syntax { name: name.to_owned(), message: error.to_string() })?;
        scenario.check()?;
        Ok(scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_scenarios_are_valid_and_say_what_they_are() {
        for name in Scenario::names() {
            let scenario = Scenario::load(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!scenario.about.is_empty(), "{name}");
        }
    }

    #[test]
    fn unknown_keys_and_values_out_of_range_are_named() {
        for (text, words) in [
            ("[life]\nlike_shares = 0.1", "like_shares"),
            ("[life]\nlike_share = 1.5", "life.like_share = 1.5"),
            ("[[attacks.service]]\nacounts = 3", "acounts"),
            ("users = 3", "users = 3"),
            ("[look_alikes.digest]\nstrength = -1", "look_alikes.digest.strength = -1"),
        ] {
            let error = Scenario::parse(text).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(Scenario::load("nul").unwrap_err().to_string().contains("null"));
    }
}
