//! Accounts by targets, as they would be if everybody acted alone.

use crate::hash::mix64;

/// Members and targets that a grid shows at most.
pub const ROWS_MAX: usize = 60;
/// See [`ROWS_MAX`].
pub const COLUMNS_MAX: usize = 40;

/// One draw of who would endorse what if accounts with `given` endorsements picked targets by their popularity
/// `received` alone, of `all` endorsements; and the mean number of cells so filled. A pair is endorsed with probability
/// `1 - exp(-given received / all)`, the degree-corrected null of Karrer & Newman 2011.
#[must_use]
pub fn alone(given: &[u64], received: &[u64], all: u64, seed: u64) -> (Vec<(u32, u32)>, f64) {
    let (mut cells, mut mean) = (Vec::new(), 0.0);
    for (row, d) in given.iter().take(ROWS_MAX).enumerate() {
        for (column, k) in received.iter().take(COLUMNS_MAX).enumerate() {
            let p = -(-(*d as f64) * *k as f64 / all.max(1) as f64).exp_m1();
            mean += p;
            let draw = mix64(seed ^ mix64((row as u64) << 32 | column as u64)) as f64 / u64::MAX as f64;
            if draw < p {
                cells.push((row as u32, column as u32));
            }
        }
    }
    (cells, (mean * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_near_its_mean_and_the_same_every_time() {
        let (cells, mean) = alone(&[40; 60], &[300; 40], 100_000, 3);
        assert!((mean - 2_400.0 * 0.1131).abs() < 1.0, "{mean}");
        assert!((cells.len() as f64 - mean).abs() < 4.0 * mean.sqrt(), "{}", cells.len());
        assert_eq!(cells, alone(&[40; 60], &[300; 40], 100_000, 3).0);
        assert_eq!(alone(&[0], &[9], 9, 0), (vec![], 0.0));
    }
}
