//! Every method's view of the same lines.

use touchstone_detect::rank::{Baseline, RankParams, ndcg};
use touchstone_engine::rank::{Kept, ranking};

/// Names of all methods, ours first.
pub(crate) const METHODS: [&str; 6] = ["touchstone", "raw likes", "likes a view", "Wilson", "X's weights", "hot"];

/// Depth of NDCG and of "the top".
pub(crate) const DEPTH: usize = 20;

/// Scores of one method. The first `top` places go by `low`, the others by `score`.
#[derive(Clone, Debug)]
pub(crate) struct Scores {
    low: Vec<f64>,
    score: Vec<f64>,
    top: usize,
}

impl Scores {
    /// All methods on some lines, in the order of [`METHODS`].
    pub(crate) fn all(kept: &Kept, params: &RankParams) -> Vec<Self> {
        let mut all = vec![Self::ours(kept, params)];
        for baseline in Baseline::ALL {
            let score = baseline.scores(&kept.lines);
            all.push(Self { low: score.clone(), score, top: 0 });
        }
        all
    }

    /// Our own.
    pub(crate) fn ours(kept: &Kept, params: &RankParams) -> Self {
        let (_, ranked) = ranking(kept, params);
        let mut own =
            Self { low: vec![0.0; kept.lines.len()], score: vec![0.0; kept.lines.len()], top: params.top as usize };
        for r in &ranked {
            own.low[r.line] = r.score_low;
            own.score[r.line] = r.score;
        }
        own
    }

    /// The order of some lines, best first; equal ones in the order of `tie`.
    fn order(&self, lines: &[usize], tie: &[u64]) -> Vec<usize> {
        let mut order = lines.to_vec();
        let by = |values: &[f64], a: usize, b: usize| values[b].total_cmp(&values[a]).then(tie[a].cmp(&tie[b]));
        order.sort_by(|a, b| by(&self.low, *a, *b));
        let top = self.top.min(order.len());
        order[top..].sort_by(|a, b| by(&self.score, *a, *b));
        order
    }

    /// NDCG of these lines.
    pub(crate) fn ndcg(&self, lines: &[usize], gains: &[f64], tie: &[u64]) -> f64 {
        ndcg(&self.order(lines, tie).iter().map(|i| gains[*i]).collect::<Vec<_>>(), DEPTH)
    }

    /// A function that says where a line stands among `others` alone; equals share their middle.
    pub(crate) fn among<'a>(&'a self, others: &[usize], tie: &[u64]) -> impl Fn(usize) -> f64 + 'a {
        let order = self.order(others, tie);
        let top = self.top.min(order.len());
        let column = |values: &[f64], part: &[usize]| {
            let mut sorted: Vec<f64> = part.iter().map(|i| values[*i]).collect();
            sorted.sort_by(|a, b| b.total_cmp(a));
            sorted
        };
        let (lows, rest) = (column(&self.low, &order[..top]), column(&self.score, &order[top..]));
        let place = |sorted: &[f64], x: f64| {
            let above = sorted.partition_point(|y| *y > x);
            let not_below = sorted.partition_point(|y| *y >= x);
            above as f64 + (not_below - above) as f64 / 2.0
        };
        move |line| {
            let by_low = place(&lows, self.low[line]);
            if (by_low as usize) < lows.len() {
                1.0 + by_low
            } else {
                1.0 + top as f64 + place(&rest, self.score[line])
            }
        }
    }
}
