//! Does a p_fake of 0.7 mean seven in ten?
//!
//! Cover likes are fake here: the detector says "fake", not "ordered".

use super::interval::Rate;
use super::material::Like;
use serde::{Deserialize, Serialize};

/// Bins of equal width.
pub const BINS: usize = 10;
/// Likes from which on a bin is held to [`OFF`].
pub const LIKES_MIN: u64 = 500;
/// Distance of the mean p_fake from the observed share that is too much.
pub const OFF: f64 = 0.05;

/// Numbers on p_fake.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Likes compared.
    pub likes: u64,
    /// Mean of (p_fake - fake)².
    pub brier: Option<f64>,
    /// That of a p_fake which is the share of fake likes for all: what is to be beaten.
    pub brier_reference: Option<f64>,
    /// Mean distance of the bins' mean p_fake from the observed share, by likes.
    pub expected_calibration_error: Option<f64>,
    /// Bins with at least 500 likes that are off by more than 0.05.
    pub bins_off: u64,
    /// From 0 to 1.
    pub bins: Vec<Bin>,
}

/// Likes with about the same p_fake.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// p_fake from here,
    pub from: f64,
    /// to below here; 1 itself is in the last bin.
    pub to: f64,
    /// Mean p_fake; none in an empty bin.
    pub mean_p_fake: Option<f64>,
    /// Fake of the likes in the bin.
    pub fake: Rate,
    /// Enough likes, and off.
    pub off: bool,
}

/// Bins all likes.
pub(super) fn calibration(likes: &[Like]) -> Calibration {
    // Sums of p_fake, and of what the Brier score adds, in units of 1e-6: integers do not depend on
    // the order of rows.
    let mut sums = [(0u64, 0u64, 0u128); BINS];
    let mut squares = 0u128;
    for like in likes {
        let p = like.p_fake.clamp(0.0, 1.0);
        let bin = &mut sums[((p * BINS as f64) as usize).min(BINS - 1)];
        let distance = p - f64::from(u8::from(like.fake));
        bin.0 += 1;
        bin.1 += u64::from(like.fake);
        bin.2 += (p * 1e6).round() as u128;
        squares += (distance * distance * 1e12).round() as u128;
    }
    let n = likes.len() as u64;
    let bins: Vec<Bin> = sums
        .iter()
        .enumerate()
        .map(|(i, (likes, fake, mass))| {
            let fake = Rate::of(*fake, *likes);
            let mean_p_fake = (*likes > 0).then(|| *mass as f64 / 1e6 / *likes as f64);
            let distance = mean_p_fake.zip(fake.rate).map(|(m, r)| (m - r).abs());
            Bin {
                from: i as f64 / BINS as f64,
                to: (i + 1) as f64 / BINS as f64,
                mean_p_fake,
                fake,
                off: *likes >= LIKES_MIN && distance.is_some_and(|d| d > OFF),
            }
        })
        .collect();
    let prevalence = bins.iter().map(|b| b.fake.hits).sum::<u64>() as f64 / n as f64;
    let distance = |b: &Bin| Some((b.mean_p_fake? - b.fake.rate?).abs() * b.fake.total as f64);
    Calibration {
        likes: n,
        brier: (n > 0).then(|| squares as f64 / 1e12 / n as f64),
        brier_reference: (n > 0).then_some(prevalence * (1.0 - prevalence)),
        expected_calibration_error: (n > 0).then(|| bins.iter().filter_map(distance).sum::<f64>() / n as f64),
        bins_off: bins.iter().filter(|b| b.off).count() as u64,
        bins,
    }
}

#[cfg(test)]
mod tests {
    use super::super::material::NO_ATTACK;
    use super::*;

    fn likes(p_fake: f64, fake: usize, authentic: usize) -> Vec<Like> {
        let one = |fake| Like { p_fake, account: 0, attack: NO_ATTACK, fake, cover: false };
        [vec![one(true); fake], vec![one(false); authentic]].concat()
    }

    #[test]
    fn by_hand() {
        let c = calibration(&[likes(0.0, 1, 9), likes(1.0, 3, 1), likes(0.72, 1, 1)].concat());
        assert_eq!((c.likes, c.bins.len(), c.bins_off), (16, 10, 0));
        assert_eq!((c.bins[0].fake.hits, c.bins[0].fake.total, c.bins[9].fake.hits), (1, 10, 3));
        assert_eq!(c.bins[7].mean_p_fake, Some(0.72));
        assert_eq!(c.bins[1].mean_p_fake, None);
        let brier = (1.0 + 1.0 + 0.28 * 0.28 + 0.72 * 0.72) / 16.0;
        assert!((c.brier.unwrap() - brier).abs() < 1e-9);
        let ece = (10.0 * 0.1 + 4.0 * 0.25 + 2.0 * 0.22) / 16.0;
        assert!((c.expected_calibration_error.unwrap() - ece).abs() < 1e-9);
        assert!((c.brier_reference.unwrap() - 5.0 / 16.0 * 11.0 / 16.0).abs() < 1e-12);
    }

    #[test]
    fn a_bin_is_off_only_with_enough_likes() {
        assert_eq!(calibration(&likes(0.5, 280, 220)).bins_off, 1, "0.56 of 500");
        assert_eq!(calibration(&likes(0.5, 279, 220)).bins_off, 0, "499 are too few");
        assert_eq!(calibration(&likes(0.5, 270, 230)).bins_off, 0, "0.54 is near enough");
        assert_eq!(calibration(&[]).brier, None);
    }
}
