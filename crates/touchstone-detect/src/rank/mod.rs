//! What deserves to be seen, by many measures of which likes are one.
//!
//! Three steps. [`measure`] turns the partitions of a log into one line of sums for each target ([`TargetMetrics`]);
//! lines add up. [`Learned`] holds what all lines together say is usual: base rates, how much targets differ, how likes go
//! with everything else. [`rank`] scores each line against that, with the weights of [`RankParams`], and says what every
//! metric contributed. The last two need no log: they work on lines that were kept.
//!
//! What can be bought counts little. A like counts where its giver was seen to look, as much as its giver has a history of
//! looking, once for a group whose members like the same things, and not at all where it is a proven ring's; and all likes
//! together lift a target no further above what everything else says of it than a stated bound.

mod baselines;
mod fit;
mod learned;
mod links;
mod measure;
mod metrics;
mod params;
mod quality;
mod score;
mod trust;
mod watch;

pub use baselines::Baseline;
pub use fit::{Fit, FitError, Outcome, fit};
pub use learned::{Learned, MetricRun};
pub use links::group_factor;
pub use measure::{Activity, Looks, Measured, RankLog, Reactions, Source, measure};
pub use metrics::{METRICS, METRICS_COUNT, Metric, REACTIONS, Reaction, TargetMetrics};
pub use params::{RankParams, Weights};
pub use quality::{ndcg, places, spearman};
pub use score::{Ranked, medians, rank, reason};
