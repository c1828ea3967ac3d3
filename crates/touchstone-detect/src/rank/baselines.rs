//! Rankings that others use, for the same table.

use super::metrics::{Reaction, TargetMetrics};

/// A score from raw counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Likes as reported.
    RawLikes,
    /// Likes a view.
    LikesPerView,
    /// Lower end of Wilson's 95 % interval of likes a view (Miller 2009).
    Wilson,
    /// X's published weights (For You, August 2026), on smoothed rates a view.
    PublishedWeights,
    /// Reddit's "hot": logarithm of likes, plus 12.5 hours of age for each factor of ten.
    Hot,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::RawLikes, Self::LikesPerView, Self::Wilson, Self::PublishedWeights, Self::Hot];

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RawLikes => "raw likes",
            Self::LikesPerView => "likes a view",
            Self::Wilson => "Wilson",
            Self::PublishedWeights => "X's weights",
            Self::Hot => "hot",
        }
    }

    /// The score of each line. Where the log has no views, likes take the place of rates.
    #[must_use]
    pub fn scores(self, lines: &[TargetMetrics]) -> Vec<f64> {
        let has_views = lines.iter().any(|l| l.viewers > 0);
        let sum = |f: &dyn Fn(&TargetMetrics) -> u64| lines.iter().map(f).sum::<u64>() as f64;
        let viewers = sum(&|l| l.viewers).max(1.0);
        // Likes without a view make a view of their own, so that no rate exceeds one.
        let views = |l: &TargetMetrics| l.viewers.max(l.likes) as f64;
        let likes = sum(&|l| l.likes) / viewers;
        let reactions = super::REACTIONS.map(|r| sum(&|l| l.reactions[r as usize]) / viewers);
        lines
            .iter()
            .map(|l| match self {
                Self::RawLikes => l.likes as f64,
                _ if !has_views && self != Self::Hot => l.likes as f64,
                Self::LikesPerView => l.likes as f64 / views(l).max(1.0),
                Self::Wilson => wilson_low(l.likes as f64, views(l)),
                Self::PublishedWeights => {
                    // Predicted probabilities stand in as rates shrunk by 50 impressions, X's cold-start strength.
                    let rate = |x: u64, base: f64| (x as f64 + 50.0 * base) / (views(l) + 50.0);
                    let of = |r: Reaction| rate(l.reactions[r as usize], reactions[r as usize]);
                    0.5 * rate(l.likes, likes)
                        + 5.0 * of(Reaction::Comment)
                        + 2.0 * of(Reaction::Share)
                        + 4.0 * of(Reaction::Follow)
                        - 43.2 * of(Reaction::Negative)
                }
                Self::Hot => {
                    (l.likes as f64).max(1.0).log10() + if l.born == i64::MAX { 0.0 } else { l.born as f64 / 4.5e10 }
                }
            })
            .collect()
    }
}

/// Lower end of Wilson's 95 % score interval.
fn wilson_low(successes: f64, trials: f64) -> f64 {
    if trials <= 0.0 {
        return 0.0;
    }
    let (z, p) = (1.96, successes / trials);
    let centre = p + z * z / (2.0 * trials);
    let half = z * (p * (1.0 - p) / trials + z * z / (4.0 * trials * trials)).sqrt();
    ((centre - half) / (1.0 + z * z / trials)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_as_published() {
        // 10 of 10 and 0 of 10: 0.7225, 0 (tables of the score interval).
        assert!((wilson_low(10.0, 10.0) - 0.7225).abs() < 1e-3);
        assert!(wilson_low(0.0, 10.0) < 1e-12);
        assert!(wilson_low(1.0, 1.0) < wilson_low(90.0, 100.0));
    }
}
