//! Weights and bounds of a ranking, each with its unit and what it trades.

use super::metrics::{METRICS_COUNT, Metric};
use serde::{Deserialize, Serialize};

/// Parameters of a ranking: `[rank]` of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankParams {
    /// What each metric weighs.
    pub weights: Weights,
    /// How far likes may lift a target above what all other metrics say of it, in units of the logarithm of the like
    /// rate. Small: bought likes move little; large: what only likes know counts more. 0.2 was chosen on simulated worlds
    /// (seeds 1 to 4): at 0.5 seven courtesy likes move a target 0.07 of what they move the raw count's ranking, at 0.2
    /// it is 0.02, for 0.007 of NDCG@20 without any attack.
    pub likes_beyond: f64,
    /// How many places at the top are given by the lower end of the score, so that a thin sample cannot take them.
    pub top: u32,
    /// Standard deviations between the score and its lower end; 1.28 is the 10 % quantile.
    pub top_deviations: f64,
    /// Age in which a target loses as much as half of its rates would cost it; none by default.
    pub half_life_hours: Option<f64>,
    /// Whether accounts weigh as much as they are trusted; else all weigh the same.
    pub trust: bool,
    /// Whether a linked group counts little more than once; else each member counts.
    pub independence: bool,
    /// Share of all likes that the influence budget may take from those who like most.
    pub budget_share: f64,
    /// Smallest weight of an account, 0 to 1.
    pub trust_min: f64,
    /// Events a metric needs in the whole log; with fewer it does not run.
    pub events_min: u64,
}

impl Default for RankParams {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            likes_beyond: 0.2,
            top: 50,
            top_deviations: 1.2816,
            half_life_hours: None,
            trust: true,
            independence: true,
            budget_share: 0.002,
            trust_min: 0.02,
            events_min: 20,
        }
    }
}

/// Weight of each metric, per unit of it: completion and dwell run from -1 to 1, the others are logarithms of lifts over the
/// base rate, from -2 to 2. Must not be negative; what speaks against a target is subtracted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Watching, as a quantile among contents as long.
    pub completion: f64,
    /// Watching to the end, against contents as long.
    pub finish: f64,
    /// Time watched, as a quantile among all contents.
    pub dwell: f64,
    /// Shares.
    pub share: f64,
    /// Saves.
    pub save: f64,
    /// Comments.
    pub comment: f64,
    /// Follows after viewing.
    pub follow: f64,
    /// Likes.
    pub like: f64,
    /// Dislikes, reports and the like.
    pub negative: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            completion: 1.2,
            finish: 0.35,
            dwell: 0.0,
            share: 0.45,
            save: 0.35,
            comment: 0.25,
            follow: 0.25,
            like: 0.25,
            negative: 0.8,
        }
    }
}

impl Weights {
    /// The weight of one metric.
    #[must_use]
    pub fn of(&self, metric: Metric) -> f64 {
        match metric {
            Metric::Completion => self.completion,
            Metric::Finish => self.finish,
            Metric::Dwell => self.dwell,
            Metric::Share => self.share,
            Metric::Save => self.save,
            Metric::Comment => self.comment,
            Metric::Follow => self.follow,
            Metric::Like => self.like,
            Metric::Negative => self.negative,
        }
    }

    /// From weights in the order of [`super::METRICS`].
    #[must_use]
    pub fn from_array(w: [f64; METRICS_COUNT]) -> Self {
        let [completion, finish, dwell, share, save, comment, follow, like, negative] = w;
        Self { completion, finish, dwell, share, save, comment, follow, like, negative }
    }
}

impl RankParams {
    /// The same with every defence off, to measure what the defences cost.
    #[must_use]
    pub fn undefended(&self) -> Self {
        let off = Self { trust: false, independence: false, budget_share: 0.0, ..self.clone() };
        Self { likes_beyond: 100.0, ..off }
    }

    /// What is out of range, in words; `None` where all is well.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let weights = super::METRICS.map(|m| (m.name(), self.weights.of(m)));
        if let Some((name, w)) = weights.iter().find(|(_, w)| !(w.is_finite() && *w >= 0.0)) {
            return Some(format!("rank.weights.{name} = {w}: a weight is a number from 0 up"));
        }
        let wrong =
            |ok: bool, name: &str, value: f64, rule: &str| (!ok).then(|| format!("rank.{name} = {value}: {rule}"));
        let half_life = self.half_life_hours.unwrap_or(1.0);
        wrong(self.likes_beyond >= 0.0, "likes_beyond", self.likes_beyond, "must not be negative")
            .or(wrong(self.top_deviations >= 0.0, "top_deviations", self.top_deviations, "must not be negative"))
            .or(wrong(half_life > 0.0, "half_life_hours", half_life, "must be more than 0"))
            .or(wrong((0.0..1.0).contains(&self.budget_share), "budget_share", self.budget_share, "must lie in 0 to 1"))
            .or(wrong(self.trust_min > 0.0 && self.trust_min <= 1.0, "trust_min", self.trust_min, "must lie in 0 to 1"))
    }
}
