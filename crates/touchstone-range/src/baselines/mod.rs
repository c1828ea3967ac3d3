//! Peers, each in one file, on the same likes as the detector.
//!
//! Written from their papers for this bench alone. Each says its source, formula, parameters and
//! where it deviates. None is tuned: the setting is the published one, and the score it gives each
//! account lets `evaluate` find the threshold that an oracle would choose.

mod chung_lu;
mod community_notes;
mod components;
mod copycatch;
mod fraudar;
mod network_toolkit;
mod pairs;
mod rule_of_thumb;

use crate::likes::Likes;

/// What a baseline says of every account of [`Likes`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdicts {
    /// The higher the more suspect; 0 is nothing.
    pub scores: Vec<f64>,
    /// Whether the published setting accuses it.
    pub accused: Vec<bool>,
    /// The group it was found in.
    pub rings: Vec<Option<u32>>,
}

impl Verdicts {
    /// Nobody accused.
    #[must_use]
    pub fn none(accounts: usize) -> Self {
        Self { scores: vec![0.0; accounts], accused: vec![false; accounts], rings: vec![None; accounts] }
    }
}

/// How a baseline's run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It said something.
    Verdicts(Verdicts),
    /// These columns are not enough for it; why.
    NoAnswer(String),
    /// It is not on this machine; why.
    NotRun(String),
}

/// A peer.
#[derive(Debug, Clone, Copy)]
pub struct Baseline {
    /// In tables.
    pub name: &'static str,
    /// Its published setting, in words.
    pub setting: &'static str,
    /// Runs it.
    pub run: fn(&Likes) -> anyhow::Result<Answer>,
}

/// All of them, in the order of the table.
pub const BASELINES: &[Baseline] = &[
    Baseline {
        name: "co-action network",
        setting: "coordination-network-toolkit from PyPI, co-retweet, 60 s, weight at least 2",
        run: network_toolkit::run,
    },
    Baseline {
        name: "rater pairs",
        setting: "Community Notes: within 20 min; smoothed NPMI at least 0.45, or 40 % of at least 10 posts",
        run: |likes| Ok(Answer::Verdicts(community_notes::run(likes))),
    },
    Baseline {
        name: "CopyCatch 15 d",
        setting: "n 50, m 10, rho 0.5, beta 2, 15 days (as StarScout runs it)",
        run: |likes| Ok(Answer::Verdicts(copycatch::run(likes, &copycatch::Setting::STARSCOUT))),
    },
    Baseline {
        name: "CopyCatch 2 h",
        setting: "the same with 2 hours",
        run: |likes| Ok(Answer::Verdicts(copycatch::run(likes, &copycatch::Setting::TWO_HOURS))),
    },
    Baseline {
        name: "FRAUDAR",
        setting: "logarithmic column weights, c 5, the first 8 blocks",
        run: |likes| Ok(Answer::Verdicts(fraudar::run(likes, fraudar::BLOCKS))),
    },
    Baseline {
        name: "pair null 2 h",
        setting: "Chung-Lu, Poisson tail, Benjamini-Hochberg over all pairs at 1 %, components of at least 5, 2 hours",
        run: |likes| Ok(Answer::Verdicts(chung_lu::run(likes, Some(2 * 3600 * 1000)))),
    },
    Baseline {
        name: "pair null",
        setting: "the same without a window",
        run: |likes| Ok(Answer::Verdicts(chung_lu::run(likes, None))),
    },
    Baseline {
        name: "rule of thumb",
        setting: "at least 20 likes and no follow",
        run: |likes| Ok(rule_of_thumb::run(likes)),
    },
];
