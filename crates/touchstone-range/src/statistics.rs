//! Rates over worlds, with intervals that know worlds differ.
//!
//! Accounts of one world share its rings and its luck, so the unit is the world: the spread
//! between worlds sets how many independent accounts the sample is worth (Kish's design effect),
//! and Student's t stands for the few worlds. The interval is Wilson's, which stays within 0 and 1.
//! Where all worlds agree (all 0, all 1) the spread says nothing and accounts alone remain.

use serde::Serialize;

/// A share over worlds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Hits over trials of all worlds.
    pub rate: f64,
    /// 95 % interval, lower end.
    pub low: f64,
    /// 95 % interval, upper end.
    pub high: f64,
    /// Worlds with a trial.
    pub worlds: usize,
    /// Trials of all worlds.
    pub trials: u64,
}

/// The rate of (hits, trials) of each world; none where there is no trial.
#[must_use]
pub fn rate(worlds: &[(u64, u64)]) -> Option<Rate> {
    let worlds: Vec<(f64, f64)> =
        worlds.iter().filter(|world| world.1 > 0).map(|&(hits, trials)| (hits as f64, trials as f64)).collect();
    let trials: f64 = worlds.iter().map(|world| world.1).sum();
    if trials == 0.0 {
        return None;
    }
    let rate = worlds.iter().map(|world| world.0).sum::<f64>() / trials;
    let count = worlds.len() as f64;
    // Variance of a ratio estimate by clusters, over that of independent accounts.
    let independent = rate * (1.0 - rate) / trials;
    let clustered = match worlds.len() {
        1 => 0.0,
        _ => {
            let squares: f64 = worlds.iter().map(|world| (world.0 - rate * world.1).powi(2)).sum();
            count / (count - 1.0) * squares / (trials * trials)
        }
    };
    let design_effect = if independent > 0.0 { (clustered / independent).max(1.0) } else { 1.0 };
    let (low, high) = wilson(rate, trials / design_effect, t_quantile(worlds.len()));
    Some(Rate { rate, low, high, worlds: worlds.len(), trials: trials as u64 })
}

/// Mean and 95 % interval (Student's t) of one number a world; the interval is none with one world.
#[must_use]
pub fn mean(values: &[f64]) -> Option<(f64, Option<f64>)> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let half = (values.len() > 1).then(|| {
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        t_quantile(values.len()) * (variance / count).sqrt()
    });
    Some((mean, half))
}

/// Standard deviation between worlds; 0 with fewer than two.
#[must_use]
pub fn deviation(values: &[f64]) -> f64 {
    let Some((mean, Some(_))) = mean(values) else { return 0.0 };
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

/// The largest chance that is compatible, at 95 %, with nothing in `worlds` worlds.
#[must_use]
pub fn none_in(worlds: usize) -> f64 {
    1.0 - 0.05_f64.powf(1.0 / worlds.max(1) as f64)
}

fn wilson(rate: f64, trials: f64, quantile: f64) -> (f64, f64) {
    let square = quantile * quantile;
    let middle = (rate + square / (2.0 * trials)) / (1.0 + square / trials);
    let half =
        quantile / (1.0 + square / trials) * (rate * (1.0 - rate) / trials + square / (4.0 * trials * trials)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// 97.5 % quantile of Student's t for a number of worlds; the normal one for a single world, of
/// which no spread is known.
fn t_quantile(worlds: usize) -> f64 {
    const TABLE: [f64; 20] = [
        1.960, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
        2.131, 2.120, 2.110, 2.101, 2.093,
    ];
    TABLE.get(worlds.saturating_sub(1)).copied().unwrap_or(2.09)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worlds_that_differ_widen_the_interval() {
        let alike = rate(&[(50, 100), (50, 100), (50, 100), (50, 100)]).unwrap();
        let apart = rate(&[(10, 100), (90, 100), (20, 100), (80, 100)]).unwrap();
        assert_eq!((alike.rate, apart.rate), (0.5, 0.5));
        assert!(apart.high - apart.low > 3.0 * (alike.high - alike.low));
        assert!(apart.low >= 0.0 && apart.high <= 1.0);
    }

    #[test]
    fn nothing_found_is_not_certainty() {
        let none = rate(&[(0, 50), (0, 50)]).unwrap();
        assert_eq!((none.rate, none.low), (0.0, 0.0));
        assert!(none.high > 0.03);
        assert_eq!(rate(&[(0, 0)]), None);
        assert!((none_in(20) - 0.139).abs() < 0.001);
    }

    #[test]
    fn wilson_is_wilson() {
        // 8 of 10 at 1.96: 0.4902 to 0.9433 (Newcombe 1998).
        let (low, high) = wilson(0.8, 10.0, 1.96);
        assert!((low - 0.4902).abs() < 5e-4 && (high - 0.9433).abs() < 5e-4);
    }
}
