//! Token buckets: so many requests a second, and as many at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Buckets by whoever is limited.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    levels: Mutex<HashMap<String, (f64, Instant)>>,
}

/// Beyond so many names the full buckets are forgotten: they are as good as new ones.
const NAMES_MAX: usize = 10_000;

impl Buckets {
    /// Takes one from the bucket of `name`, which holds `size` and gains `per_second`; false where it
    /// is empty.
    pub(crate) fn take(&self, name: &str, per_second: f64, size: f64, now: Instant) -> bool {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if levels.len() > NAMES_MAX {
            levels.retain(|_, (level, at)| *level + now.duration_since(*at).as_secs_f64() * per_second < size);
        }
        let (level, at) = levels.entry(name.to_owned()).or_insert((size, now));
        *level = (*level + now.duration_since(*at).as_secs_f64() * per_second).min(size);
        *at = now;
        let taken = *level >= 1.0;
        if taken {
            *level -= 1.0;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn empties_and_fills() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        assert!((0..3).all(|_| buckets.take("a", 1.0, 3.0, start)));
        assert!(!buckets.take("a", 1.0, 3.0, start));
        assert!(buckets.take("b", 1.0, 3.0, start), "each has its own");
        let later = start + Duration::from_millis(1500);
        assert!(buckets.take("a", 1.0, 3.0, later));
        assert!(!buckets.take("a", 1.0, 3.0, later), "half a request is none");
    }
}
