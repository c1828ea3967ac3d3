//! How attention to a content fades.

/// Older contents are left to search and the catalogue.
pub(crate) const FRESH_SECONDS: f64 = 30.0 * 86_400.0;

/// Attention by age: (1 + age / scale)^-exponent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay {
    scale_seconds: f64,
    exponent: f64,
}

impl Decay {
    /// The decay of which half falls within the half-life, as far as a power law of this exponent can.
    pub(crate) fn new(half_life_seconds: f64, exponent: f64) -> Self {
        let (mut low, mut high) = (half_life_seconds * 1e-6, half_life_seconds * 1e6);
        for _ in 0..80 {
            let scale_seconds = (low * high).sqrt();
            if (Self { scale_seconds, exponent }).part(half_life_seconds) > 0.5 {
                low = scale_seconds;
            } else {
                high = scale_seconds;
            }
        }
        Self { scale_seconds: low, exponent }
    }

    /// Attention at an age, 1 at first.
    pub(crate) fn at(&self, age_seconds: i64) -> f64 {
        (1.0 + age_seconds.max(0) as f64 / self.scale_seconds).powf(-self.exponent)
    }

    /// Part of all attention of the fresh time that falls before an age.
    pub(crate) fn part(&self, age_seconds: f64) -> f64 {
        let sum = |age: f64| {
            let grown = (age / self.scale_seconds).ln_1p();
            let power = 1.0 - self.exponent;
            if power.abs() < 1e-9 { grown } else { (power * grown).exp_m1() / power }
        };
        (sum(age_seconds.max(0.0)) / sum(FRESH_SECONDS)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_attention_falls_within_the_half_life() {
        for exponent in [1.6, 2.0, 3.0] {
            for half_life in [600.0, 72_000.0, 400_000.0] {
                let decay = Decay::new(half_life, exponent);
                assert!(
                    (decay.part(half_life) - 0.5).abs() < 1e-3,
                    "{exponent} {half_life}: {}",
                    decay.part(half_life)
                );
                // The same by adding up, in steps that grow with age.
                let (mut before, mut all, mut age) = (0.0, 0.0, 0.0_f64);
                while age < FRESH_SECONDS {
                    let step = 1.0 + age * 0.001;
                    let seen = decay.at((age + step / 2.0) as i64) * step;
                    before += if age < half_life { seen } else { 0.0 };
                    all += seen;
                    age += step;
                }
                assert!((before / all - 0.5_f64).abs() < 0.02, "{exponent} {half_life}: {}", before / all);
            }
        }
    }
}
