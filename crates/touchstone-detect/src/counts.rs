//! Corrected counts with honest intervals.

/// Adds up the endorsements of one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    reported: u64,
    discounted: f64,
    variance: f64,
    /// What may be fake but is not acted on, and its variance.
    doubt: f64,
    doubt_variance: f64,
    /// Discounted by each ring: what is uncertain about a ring is uncertain about all its likes.
    by_ring: Vec<(u32, f64)>,
}

/// Doubt about a ring as a whole that its members share: whether its window and shares are right.
/// A twentieth of what is ascribed to it. A tenth, which was assumed before ascriptions were measured, made intervals wider than they
/// say in simulated worlds.
const SHARED_DOUBT: f64 = 0.05;

/// A corrected count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corrected {
    /// Endorsements as reported.
    pub reported: u64,
    /// Expected authentic ones.
    pub authentic: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end; never more than reported.
    pub high: f64,
}

impl Tally {
    /// Adds one endorsement with its probability of being fake and the ring held responsible.
    pub fn add(&mut self, p_fake: f64, ring: Option<u32>) {
        self.reported += 1;
        if p_fake <= 0.0 {
            return;
        }
        self.discounted += p_fake;
        self.variance += p_fake * (1.0 - p_fake);
        if let Some(ring) = ring {
            match self.by_ring.iter_mut().find(|r| r.0 == ring) {
                Some(r) => r.1 += p_fake,
                None => self.by_ring.push((ring, p_fake)),
            }
        }
    }

    /// Notes that so many more may be fake, which are not discounted: the lower end goes down by them.
    pub fn doubt(&mut self, expected: f64) {
        self.doubt += expected;
    }

    /// Notes that one endorsement that is not discounted may be fake after all, with this probability.
    pub fn doubt_one(&mut self, p_fake: f64) {
        self.doubt += p_fake;
        self.doubt_variance += p_fake * (1.0 - p_fake);
    }

    /// The corrected count: mean, and mean plus or minus 1.96 standard deviations, within what is
    /// possible; the lower end less what is in doubt, with the deviation of that.
    #[must_use]
    pub fn corrected(&self) -> Corrected {
        let reported = self.reported as f64;
        // Rounded so that a sum in another order prints the same.
        let authentic = ((reported - self.discounted) * 1e6).round() / 1e6;
        let shared: f64 = self.by_ring.iter().map(|r| (SHARED_DOUBT * r.1).powi(2)).sum();
        let half = 1.96 * (self.variance + shared).sqrt();
        let lower_half = 1.96 * (self.variance + shared + self.doubt_variance).sqrt();
        let round = |x: f64| (x * 1e6).round() / 1e6;
        Corrected {
            reported: self.reported,
            authentic,
            low: round((authentic - lower_half - self.doubt).max(0.0)),
            high: round((authentic + half).min(reported)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reported_is_authentic_plus_discounted() {
        let mut t = Tally::default();
        for i in 0..10 {
            t.add(f64::from(i) / 10.0, (i > 4).then_some(1));
        }
        let c = t.corrected();
        assert_eq!(c.reported, 10);
        assert!((c.authentic - 5.5).abs() < 1e-9);
        assert!(c.low < c.authentic && c.authentic < c.high && c.high <= 10.0 && c.low >= 0.0);
    }

    #[test]
    fn doubt_widens_and_takes_nothing() {
        let mut t = Tally::default();
        (0..10).for_each(|_| t.add(0.0, None));
        t.doubt(3.5);
        assert_eq!(t.corrected(), Corrected { reported: 10, authentic: 10.0, low: 6.5, high: 10.0 });
    }

    #[test]
    fn what_may_be_fake_may_all_be_fake() {
        let mut t = Tally::default();
        (0..10).for_each(|_| t.add(0.0, None));
        (0..4).for_each(|_| t.doubt_one(0.5));
        let c = t.corrected();
        assert_eq!((c.authentic, c.high), (10.0, 10.0));
        assert!((c.low - (10.0 - 2.0 - 1.96)).abs() < 1e-5, "{c:?}");
    }

    #[test]
    fn an_untouched_target_has_no_doubt() {
        let mut t = Tally::default();
        (0..7).for_each(|_| t.add(0.0, None));
        assert_eq!(t.corrected(), Corrected { reported: 7, authentic: 7.0, low: 7.0, high: 7.0 });
    }
}
