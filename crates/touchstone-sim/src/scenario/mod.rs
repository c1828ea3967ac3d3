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
mod life;
mod look_alikes;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use attacks::{Attacks, Board, Evasion, Pod, Service, Speed, Supply};
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

    /// Checks all values.
    ///
    /// # Errors
    /// Names the first parameter that is out of range.
    pub fn check(&self) -> Result<(), ScenarioError> {
        let range = |parameter: &str, value: f64, low: f64, high: f64, rule| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(ScenarioError::Value { parameter: parameter.to_owned(), value, rule })
        };
        range("users", self.users.into(), 100.0, 2e7, "must be 100 to 20 million")?;
        range("days", self.days.into(), 1.0, 366.0, "must be 1 to 366")?;
        range("start_seconds", self.start_seconds as f64, 0.0, 4e9, "must be 0 to 4 billion seconds since 1970")?;
        let (life, network) = (&self.life, &self.life.network);
        for (name, share) in [
            ("active_days_share", life.active_days_share),
            ("like_share", life.like_share),
            ("unlike_share", life.unlike_share),
            ("comment_share", life.comment_share),
            ("share_share", life.share_share),
            ("save_share", life.save_share),
            ("follow_share", life.follow_share),
            ("closed_share", life.closed_share),
            ("long_share", life.long_share),
            ("newcomers_share", life.newcomers_share),
            ("leavers_share", life.leavers_share),
            ("enthusiasts_share", life.enthusiasts_share),
            ("bingers_share", life.bingers_share),
            ("network.mobile_share", network.mobile_share),
            ("network.office_share", network.office_share),
            ("network.campus_share", network.campus_share),
            ("network.vpn_share", network.vpn_share),
            ("network.changed_phones_share", network.changed_phones_share),
            ("network.shared_device_share", network.shared_device_share),
            ("network.missing_device_share", network.missing_device_share),
            ("network.lossy_clients_share", network.lossy_clients_share),
            ("network.lost_views_share", network.lost_views_share),
        ] {
            range(&format!("life.{name}"), share, 0.0, 1.0, "must be a share, 0 to 1")?;
        }
        for (name, value, low, high) in [
            ("views_per_active_day_median", life.views_per_active_day_median, 0.1, 3000.0),
            ("views_sigma", life.views_sigma, 0.0, 2.5),
            ("like_sigma", life.like_sigma, 0.0, 2.5),
            ("quality_shape", life.quality_shape, 0.1, 0.999),
            ("people_per_topic", life.people_per_topic, 10.0, 1e7),
            ("posts_per_day", life.posts_per_day, 1e-4, 10.0),
            ("posts_sigma", life.posts_sigma, 0.0, 3.0),
            ("backlog_days", life.backlog_days, 1.0, 1000.0),
            ("duration_seconds_median", life.duration_seconds_median, 1.0, 3600.0),
            ("duration_sigma", life.duration_sigma, 0.0, 2.0),
            ("appeal_sigma", life.appeal_sigma, 0.0, 2.5),
            ("half_life_hours", life.half_life_hours, 0.05, 10_000.0),
            ("decay_exponent", life.decay_exponent, 0.0, 5.0),
            ("circadian_ratio", life.circadian_ratio, 1.0, 100.0),
            ("peak_hour", life.peak_hour, 0.0, 24.0),
            ("phase_sd_hours", life.phase_sd_hours, 0.0, 6.0),
            ("weekend_shift_hours", life.weekend_shift_hours, -6.0, 6.0),
            ("front_pages_per_week_per_10k", life.front_pages_per_week_per_10k, 0.0, 1000.0),
            ("news_per_week", life.news_per_week, 0.0, 50.0),
            ("network.people_per_home", network.people_per_home, 1.0, 20.0),
            ("network.people_per_carrier_address", network.people_per_carrier_address, 1.0, 1e6),
            ("network.people_per_office", network.people_per_office, 1.0, 1e4),
            ("network.home_address_days", network.home_address_days, 0.1, 1e5),
            ("network.devices_per_person", network.devices_per_person, 1.0, 5.0),
        ] {
            range(&format!("life.{name}"), value, low, high, "is out of the range that makes sense")?;
        }
        if life.zones.is_empty() || life.zones.iter().any(|zone| zone.share < 0.0 || zone.hours.abs() > 14.0) {
            let rule = "needs a zone, shares of 0 or more, and hours within 14 of UTC";
            return Err(ScenarioError::Value { parameter: "life.zones".into(), value: life.zones.len() as f64, rule });
        }
        let FeedMix { followed, topic, front_page, catalogue } = life.feed;
        let mix = [followed, topic, front_page, catalogue];
        if mix.iter().any(|&part| part < 0.0) || mix.iter().sum::<f64>() <= 0.0 {
            let rule = "parts must be 0 or more, and one of them above";
            return Err(ScenarioError::Value { parameter: "life.feed".into(), value: mix.iter().sum(), rule });
        }
        range("look_alikes.everyday", self.look_alikes.everyday, 0.0, 20.0, "must be 0 to 20")?;
        for (name, knob, _) in self.look_alikes.all() {
            let frequency = knob.per_10k.unwrap_or(0.0);
            range(&format!("look_alikes.{name}.per_10k"), frequency, 0.0, 5000.0, "must be 0 to 5,000")?;
            range(&format!("look_alikes.{name}.strength"), knob.strength, 0.0, 10.0, "must be 0 to 10")?;
        }
        self.attacks.check(&range)
    }
}

impl Attacks {
    fn check(
        &self,
        range: &impl Fn(&str, f64, f64, f64, &'static str) -> Result<(), ScenarioError>,
    ) -> Result<(), ScenarioError> {
        const SENSE: &str = "is out of the range that makes sense";
        for board in &self.board {
            for (name, value, high) in [
                ("per_10k", board.per_10k, 100.0),
                ("members", board.members, 1e6),
                ("active_share", board.active_share, 1.0),
                ("tasks_per_day", board.tasks_per_day, 1000.0),
                ("compliance", board.compliance, 1.0),
                ("free_riders_share", board.free_riders_share, 1.0),
                ("automated_share", board.automated_share, 1.0),
                ("reward_points", board.reward_points, 1000.0),
                ("price_points", board.price_points - board.reward_points, 1000.0),
                ("joining_bonus_points", board.joining_bonus_points, 1e6),
                ("opening_points", board.opening_points, 1e6),
                ("daily_bonus_points", board.daily_bonus_points, 1e6),
                ("price_growth_per_week", board.price_growth_per_week, 1.0),
                ("follow_tasks_share", board.follow_tasks_share, 1.0),
                ("comment_tasks_share", board.comment_tasks_share, 1.0),
                ("cheats_noticed_share", board.cheats_noticed_share, 1.0),
            ] {
                range(&format!("attacks.board.{name}"), value, 0.0, high, SENSE)?;
            }
        }
        for pod in &self.pod {
            for (name, value, high) in [
                ("per_10k", pod.per_10k, 1000.0),
                ("members", pod.members, 1e4),
                ("minutes", pod.minutes, 1440.0),
                ("compliance", pod.compliance, 1.0),
                ("posts_per_day", pod.posts_per_day, 50.0),
                ("comment_share", pod.comment_share, 1.0),
            ] {
                range(&format!("attacks.pod.{name}"), value, 0.0, high, SENSE)?;
            }
        }
        for service in &self.service {
            let speed = service.speed.burst + service.speed.day + service.speed.trickle;
            range("attacks.service.speed", speed, 1e-9, 1e9, "one part must be above 0")?;
            for (name, value, high) in [
                ("per_10k", service.per_10k, 100.0),
                ("accounts", service.accounts, 1e6),
                ("premium_share", service.premium_share, 1.0),
                ("premium_orders_share", service.premium_orders_share, 1.0),
                ("orders_per_week_per_100", service.orders_per_week_per_100, 1000.0),
                ("order_likes_median", service.order_likes_median, 1e5),
                ("order_likes_sigma", service.order_likes_sigma, 3.0),
                ("evasion.cover_views", service.evasion.cover_views, 200.0),
                ("evasion.bought_views", service.evasion.bought_views, 200.0),
                ("dropped_share", service.dropped_share, 1.0),
            ] {
                range(&format!("attacks.service.{name}"), value, 0.0, high, SENSE)?;
            }
        }
        Ok(())
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
