//! One target in sums: what was counted, raw and weighted. Lines of the same target add up.

use serde::{Deserialize, Serialize};

/// What a target is ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// How long people watch, as a quantile among contents as long (D2Q).
    Completion,
    /// How many watch to the end, against what is usual for its length.
    Finish,
    /// How long people watch, as a quantile among all contents.
    Dwell,
    /// Shares.
    Share,
    /// Saves.
    Save,
    /// Comments.
    Comment,
    /// Follows after viewing.
    Follow,
    /// Likes: whatever is the endorsement.
    Like,
    /// Dislikes, reports, hides.
    Negative,
}

/// How many metrics there are.
pub const METRICS_COUNT: usize = 9;

/// All metrics, in the order of the columns of the findings.
pub const METRICS: [Metric; METRICS_COUNT] = [
    Metric::Completion,
    Metric::Finish,
    Metric::Dwell,
    Metric::Share,
    Metric::Save,
    Metric::Comment,
    Metric::Follow,
    Metric::Like,
    Metric::Negative,
];

impl Metric {
    /// Its name in files and configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::Finish => "finish",
            Self::Dwell => "dwell",
            Self::Share => "share",
            Self::Save => "save",
            Self::Comment => "comment",
            Self::Follow => "follow",
            Self::Like => "like",
            Self::Negative => "negative",
        }
    }

    /// The reaction it is made of, if it is one.
    #[must_use]
    pub(crate) const fn reaction(self) -> Option<Reaction> {
        match self {
            Self::Share => Some(Reaction::Share),
            Self::Save => Some(Reaction::Save),
            Self::Comment => Some(Reaction::Comment),
            Self::Follow => Some(Reaction::Follow),
            Self::Negative => Some(Reaction::Negative),
            _ => None,
        }
    }
}

/// Events beside views and endorsements that say something of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Reaction {
    /// Passed on.
    Share = 0,
    /// Kept for later.
    Save = 1,
    /// Commented on.
    Comment = 2,
    /// Its owner was followed.
    Follow = 3,
    /// Disliked, hidden, reported.
    Negative = 4,
}

/// All reactions, in order of their numbers.
pub const REACTIONS: [Reaction; 5] =
    [Reaction::Share, Reaction::Save, Reaction::Comment, Reaction::Follow, Reaction::Negative];

impl Reaction {
    /// Its name in files and configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Save => "save",
            Self::Comment => "comment",
            Self::Follow => "follow",
            Self::Negative => "negative",
        }
    }

    /// Kinds of events that are this reaction, where the configuration does not say otherwise.
    #[must_use]
    pub const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Share => &["share", "forward", "repost", "retweet", "quote"],
            Self::Save => &["save", "bookmark", "collect", "favorite", "favourite"],
            Self::Comment => &["comment", "reply", "answer"],
            Self::Follow => &["follow", "subscribe"],
            Self::Negative => &["dislike", "hate", "hide", "report", "downvote", "not_interested", "block"],
        }
    }
}

/// What was counted of one target. "Weighted": each account counts as much as it is trusted, see [`super::measure`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetMetrics {
    /// Accounts that viewed it.
    pub viewers: u64,
    /// Endorsements as reported.
    pub likes: u64,
    /// Those whose giver was seen to look first; all, where the log has no views.
    pub likes_seen: u64,
    /// Endorsements less what is discounted.
    pub authentic: f64,
    /// Accounts with each reaction, in the order of [`REACTIONS`].
    pub reactions: [u64; 5],
    /// Viewers, weighted: what rates are taken of. 0 where the log has no views, or too few to be what was served.
    pub trials: f64,
    /// Sum of the squares of the weights of viewers: how many independent viewers they are worth.
    pub trials_squared: f64,
    /// Endorsements, weighted.
    pub liked: f64,
    /// Reactions, weighted.
    pub reacted: [f64; 5],
    /// Viewers who did not endorse and whose watching is known, weighted.
    pub watched: f64,
    /// Sum of their quantiles (0 to 1) among contents as long.
    pub completion: f64,
    /// Sum of their quantiles (0 to 1) among all contents.
    pub dwell: f64,
    /// Those of whom it is known whether they saw the end, and who did, weighted.
    pub finished: f64,
    /// How many would have, had they watched as contents of its length are watched.
    pub finish_expected: f64,
    /// Publication, or where unknown the first event; microseconds since 1970 UTC, `i64::MAX` where there is none.
    pub born: i64,
}

impl Default for TargetMetrics {
    fn default() -> Self {
        Self {
            viewers: 0,
            likes: 0,
            likes_seen: 0,
            authentic: 0.0,
            reactions: [0; 5],
            trials: 0.0,
            trials_squared: 0.0,
            liked: 0.0,
            reacted: [0.0; 5],
            watched: 0.0,
            completion: 0.0,
            dwell: 0.0,
            finished: 0.0,
            finish_expected: 0.0,
            born: i64::MAX,
        }
    }
}

impl TargetMetrics {
    /// Adds what was counted elsewhere of the same target (other accounts, or another time).
    pub fn merge(&mut self, other: &Self) {
        self.viewers += other.viewers;
        self.likes += other.likes;
        self.likes_seen += other.likes_seen;
        self.authentic += other.authentic;
        self.trials += other.trials;
        self.trials_squared += other.trials_squared;
        self.liked += other.liked;
        self.watched += other.watched;
        self.completion += other.completion;
        self.dwell += other.dwell;
        self.finished += other.finished;
        self.finish_expected += other.finish_expected;
        for k in 0..REACTIONS.len() {
            self.reactions[k] += other.reactions[k];
            self.reacted[k] += other.reacted[k];
        }
        self.born = self.born.min(other.born);
    }

    /// Sums to a millionth, as files keep them: ranking a kept line gives what ranking it at once does.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let round = |x: &mut f64| *x = (*x * 1e6).round() / 1e6;
        let sums = [&mut self.authentic, &mut self.trials, &mut self.liked, &mut self.watched, &mut self.completion];
        sums.into_iter().for_each(round);
        [&mut self.dwell, &mut self.finished, &mut self.finish_expected, &mut self.trials_squared]
            .into_iter()
            .for_each(round);
        self.reacted.iter_mut().for_each(round);
        self
    }

    /// True if nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.viewers == 0 && self.likes == 0 && self.reactions == [0; 5]
    }
}
