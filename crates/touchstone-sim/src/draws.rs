//! Draws from the distributions that a world needs.

use crate::random::Random;

impl Random {
    /// Standard normal (Box & Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Log-normal by its median and the standard deviation of its logarithm.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Log-normal with mean 1.
    pub(crate) fn spread(&mut self, sigma: f64) -> f64 {
        self.log_normal((-sigma * sigma / 2.0).exp(), sigma)
    }

    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in `[low, high)`.
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Poisson: Knuth's product for small means, a rounded normal beyond.
    pub(crate) fn poisson(&mut self, mean: f64) -> u32 {
        if mean <= 0.0 {
            return 0;
        }
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u32;
        }
        let floor = (-mean).exp();
        let (mut count, mut product) = (0, self.unit());
        while product > floor {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Gamma of shape `shape` under 1 and mean 1 (Ahrens & Dieter 1974, algorithm GS).
    pub(crate) fn gamma_low(&mut self, shape: f64) -> f64 {
        let bound = 1.0 + shape / std::f64::consts::E;
        loop {
            let p = bound * self.unit();
            if p <= 1.0 {
                let x = p.powf(1.0 / shape);
                if self.unit() <= (-x).exp() {
                    return x / shape;
                }
            } else {
                let x = -((bound - p) / shape).ln();
                if self.unit() <= x.powf(shape - 1.0) {
                    return x / shape;
                }
            }
        }
    }

    /// One of the items; `None` of none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }

    /// `count` different items in random order, or all of them (a partial Fisher-Yates shuffle).
    pub(crate) fn sample<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut items = items.to_vec();
        let count = count.min(items.len());
        for place in 0..count {
            let other = place + self.below((items.len() - place) as u64) as usize;
            items.swap(place, other);
        }
        items.truncate(count);
        items
    }

    /// A share turned into a whole number without bias: 2.3 is 2 or, three times in ten, 3.
    pub(crate) fn round(&mut self, value: f64) -> usize {
        let whole = value.max(0.0).floor();
        whole as usize + usize::from(self.chance(value.max(0.0) - whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(draw: impl Fn(&mut Random) -> f64) -> f64 {
        let mut random = Random::stream(1, 2, 3);
        (0..100_000).map(|_| draw(&mut random)).sum::<f64>() / 100_000.0
    }

    #[test]
    fn means_are_right() {
        // Five standard errors of each mean over 100,000 draws.
        assert!(mean(Random::normal).abs() < 0.016);
        assert!((mean(|r| r.spread(0.8)) - 1.0).abs() < 0.015);
        assert!((mean(|r| r.exponential(3.0)) - 3.0).abs() < 0.05);
        assert!((mean(|r| f64::from(r.poisson(4.0))) - 4.0).abs() < 0.032);
        assert!((mean(|r| f64::from(r.poisson(90.0))) - 90.0).abs() < 0.15);
        assert!((mean(|r| r.gamma_low(0.75)) - 1.0).abs() < 0.019);
        assert!((mean(|r| r.round(2.3) as f64) - 2.3).abs() < 0.008);
    }

    #[test]
    fn samples_have_no_repeats() {
        let mut drawn = Random::stream(1, 1, 1).sample(&(0..50).collect::<Vec<_>>(), 20);
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 20);
    }
}
