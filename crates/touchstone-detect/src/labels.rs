//! What reviewers said: confirmed or cleared accounts and endorsements.
//!
//! # What a review is worth
//! A reviewer who is wrong once in 128 times confirms an innocent that often, so "confirmed" is an e-value of 128: 7 bits
//! ([`LabelParams::bits`]), times the weight that the file gives it (0 to 1). "Cleared" is as much the other way. The bits are added to
//! the account's evidence, and shown as a piece of it. They move no line: that is drawn by the log alone, so that a review of one account
//! changes nothing for another.
//!
//! # What it is not
//! An override. Seven bits are less than any accusation needs, so a review alone accuses nobody; and an account that the log
//! accuses with twenty bits stays accused when it is cleared, with a warning that review and evidence contradict each other.
//!
//! # Calibration
//! Reviewed endorsements also say how far `p_fake` can be trusted. With at least five of each kind a logistic recalibration
//! `logit p' = a + b logit p` is fitted (Platt 1999) by maximum a posteriori, shrunk towards no change: `a` is normal about 0 with standard
//! deviation 1, `b` about 1 with 0.5. It assumes that reviewers chose what to review by nothing that tells more than `p_fake` does.

use crate::params::LabelParams;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a reviewer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// It is fake.
    Confirmed,
    /// It is not.
    Cleared,
}

impl Label {
    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cleared => "cleared",
        }
    }
}

/// One review.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Review {
    /// The decision.
    pub label: Label,
    /// How sure, above 0 and at most 1.
    pub weight: f64,
}

impl Review {
    /// What it adds to `ln e`.
    #[must_use]
    pub fn ln(&self, params: &LabelParams) -> f64 {
        let ln = params.bits * self.weight * std::f64::consts::LN_2;
        if self.label == Label::Confirmed { ln } else { -ln }
    }
}

/// All reviews, by canonical id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// Of accounts.
    pub accounts: BTreeMap<u32, Review>,
    /// Of endorsements, by target and account.
    pub likes: BTreeMap<(u32, u32), Review>,
}

/// A review that strong evidence contradicts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conflict {
    /// The account.
    pub account: u32,
    /// What was decided.
    pub label: Label,
    /// What the log alone says, in bits.
    pub bits: f64,
}

/// Reviews of each kind from which `p_fake` is recalibrated.
const EACH_MIN: usize = 5;

/// Standard deviations of the priors on offset and slope.
const OFFSET_SPREAD: f64 = 1.0;
const SLOPE_SPREAD: f64 = 0.5;

/// `logit p' = offset + slope logit p`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    offset: f64,
    slope: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { offset: 0.0, slope: 1.0 }
    }
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-3, 1.0 - 1e-3);
    (p / (1.0 - p)).ln()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Calibration {
    /// From `(p_fake, fake, weight)` of reviewed endorsements that have any; no change where there are too few of either kind.
    #[must_use]
    pub fn fit(reviewed: &[(f64, bool, f64)]) -> Self {
        let rows: Vec<(f64, f64, f64)> =
            reviewed.iter().filter(|r| r.0 > 0.0).map(|(p, y, w)| (logit(*p), f64::from(u8::from(*y)), *w)).collect();
        let fake = rows.iter().filter(|r| r.1 > 0.5).count();
        let mut fitted = Self::default();
        if fake < EACH_MIN || rows.len() - fake < EACH_MIN {
            return fitted;
        }
        let (va, vb) = (OFFSET_SPREAD.powi(2), SLOPE_SPREAD.powi(2));
        // Newton's method; the posterior is concave.
        for _ in 0..50 {
            let (mut ga, mut gb) = (-fitted.offset / va, -(fitted.slope - 1.0) / vb);
            let (mut haa, mut hab, mut hbb) = (1.0 / va, 0.0, 1.0 / vb);
            for (x, y, w) in &rows {
                let p = logistic(fitted.offset + fitted.slope * x);
                let (residual, curve) = (w * (y - p), w * p * (1.0 - p));
                ga += residual;
                gb += residual * x;
                haa += curve;
                hab += curve * x;
                hbb += curve * x * x;
            }
            let determinant = haa * hbb - hab * hab;
            let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
            fitted.offset += da;
            fitted.slope += db;
            if da.abs() + db.abs() < 1e-12 {
                break;
            }
        }
        // Reviews may flatten p_fake, never turn it round.
        fitted.slope = fitted.slope.max(0.0);
        fitted
    }

    /// True where it changes nothing.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        *self == Self::default()
    }

    /// Offset and slope.
    #[must_use]
    pub fn parts(&self) -> (f64, f64) {
        (self.offset, self.slope)
    }

    /// The recalibrated probability; nothing stays nothing.
    #[must_use]
    pub fn of(&self, p: f64) -> f64 {
        if p <= 0.0 || self.is_identity() { p } else { logistic(self.offset + self.slope * logit(p)) }
    }
}

/// A probability after a review that is worth `ln`.
#[must_use]
pub fn reviewed(p: f64, ln: f64) -> f64 {
    let p = p.clamp(0.0, 1.0 - 1e-6);
    let odds = p / (1.0 - p) * ln.exp();
    odds / (1.0 + odds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn too_few_reviews_change_nothing() {
        assert!(Calibration::fit(&[]).is_identity());
        let one_kind: Vec<_> = (0..100).map(|_| (0.3, true, 1.0)).collect();
        assert!(
            Calibration::fit(&one_kind).is_identity(),
            "whoever reviews what is fake alone says nothing of the rest"
        );
    }

    #[test]
    fn many_reviews_find_the_truth_and_few_hardly_move() {
        // p_fake says 0.8 and 0.2; of these, half and a twentieth are fake.
        let rows = |n: usize| -> Vec<(f64, bool, f64)> {
            let of = |p: f64, share: f64| (0..n).map(move |i| (p, (i as f64) < share * n as f64, 1.0));
            of(0.8, 0.5).chain(of(0.2, 0.05)).collect()
        };
        let many = Calibration::fit(&rows(2000));
        assert!((many.of(0.8) - 0.5).abs() < 0.02 && (many.of(0.2) - 0.05).abs() < 0.02, "{many:?}");
        let few = Calibration::fit(&rows(10));
        assert!(few.of(0.8) > 0.5 && few.of(0.8) < 0.8, "shrunk: {few:?}");
    }

    proptest! {
        #[test]
        fn calibration_keeps_the_order(
            rows in proptest::collection::vec((0.01f64..0.99, any::<bool>(), 0.1f64..1.0), 0..60),
            p in 0.0f64..1.0, q in 0.0f64..1.0,
        ) {
            let c = Calibration::fit(&rows);
            let (low, high) = (p.min(q), p.max(q));
            prop_assert!(c.of(low) <= c.of(high) + 1e-12);
            prop_assert!((0.0..=1.0).contains(&c.of(p)));
            prop_assert_eq!(c.of(0.0), 0.0);
        }

        #[test]
        fn a_review_and_its_opposite_cancel(p in 0.001f64..0.999, bits in 0.0f64..7.0) {
            prop_assert!((reviewed(reviewed(p, bits), -bits) - p).abs() < 1e-9);
            prop_assert!(reviewed(p, bits) >= p && reviewed(p, -bits) <= p);
        }
    }
}
