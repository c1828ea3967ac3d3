//! What `touchstone evaluate` says of one set of findings, as far as the table shows it.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Some of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Those that are.
    pub hits: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// As a number; none of none.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }
}

/// The best that any threshold on the scores would do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Oracle {
    /// Precision there.
    pub precision: f64,
    /// Recall there.
    pub recall: f64,
    /// Their harmonic mean, the largest there is.
    pub f1: f64,
}

/// Rings of the truth and of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rings {
    /// In the truth.
    pub truth: u64,
    /// Of those, found as one ring and no other in it.
    pub one_to_one: u64,
    /// In the findings.
    pub found: u64,
    /// Share of ring members, over found rings, that belong to the found ring's largest true ring.
    pub purity: Option<f64>,
}

/// Corrected counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Attacked targets: total absolute error of the authentic count over the total.
    pub attacked_error: Option<f64>,
    /// Attacked targets whose interval covers the truth.
    pub attacked_covered: Share,
    /// Endorsements of clean targets that were discounted.
    pub clean_discounted: f64,
    /// Endorsements of clean targets.
    pub clean_likes: u64,
}

/// One set of findings against the truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Accused accounts that faked, of all accused.
    pub precision: Share,
    /// Accused accounts that faked, of all that faked.
    pub recall: Share,
    /// Area under precision over recall, by score.
    pub average_precision: Option<f64>,
    /// The best threshold.
    pub oracle: Option<Oracle>,
    /// Accounts of each attack that were accused.
    pub attacks: BTreeMap<String, Share>,
    /// Innocents of each look-alike that were accused.
    pub look_alikes: BTreeMap<String, Share>,
    /// Rings, where the findings have any.
    pub rings: Option<Rings>,
    /// Fake likes found, by attack; only where findings have likes.
    pub likes: BTreeMap<String, Share>,
    /// Counts, where findings have targets.
    pub counts: Option<Counts>,
}

impl Measured {
    /// Innocents among the accused.
    #[must_use]
    pub fn innocents_accused(&self) -> u64 {
        self.precision.of - self.precision.hits
    }
}

impl Measured {
    /// From `evaluation.json`.
    ///
    /// # Errors
    /// It can't be read, or lacks what every evaluation has.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let _value: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }
}
