//! Several worlds at once, with the results in the order of the worlds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Does `work` on every item, `jobs` at a time; after the first failure nothing new is begun.
///
/// # Errors
/// The failure of the first item, in their order, that failed.
pub(crate) fn each<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results: Mutex<Vec<(usize, anyhow::Result<R>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while !failed.load(Ordering::SeqCst) {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    let Some(item) = items.get(place) else { break };
                    let result = work(item);
                    failed.fetch_or(result.is_err(), Ordering::SeqCst);
                    // Poisoned where another thread panicked: the scope passes that on.
                    if let Ok(mut results) = results.lock() {
                        results.push((place, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_is_first() {
        let items: Vec<u64> = (0..40).collect();
        let slow = |item: &u64| {
            std::thread::sleep(std::time::Duration::from_micros(40 - item));
            Ok(item * 2)
        };
        assert_eq!(each(&items, 7, slow).unwrap(), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(each(&[] as &[u64], 3, slow).unwrap().is_empty());
    }

    #[test]
    fn a_failure_ends_it() {
        let begun = AtomicUsize::new(0);
        let items: Vec<u64> = (0..1000).collect();
        let work = |item: &u64| {
            begun.fetch_add(1, Ordering::SeqCst);
            if *item == 3 { Err(anyhow::anyhow!("world {item}")) } else { Ok(()) }
        };
        assert_eq!(each(&items, 2, work).unwrap_err().to_string(), "world 3");
        assert!(begun.load(Ordering::SeqCst) < 100, "{begun:?}");
    }
}
