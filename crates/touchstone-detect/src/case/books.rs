//! Giving and receiving among members who own targets.

use super::{Act, Book, Books};
use std::collections::BTreeMap;

/// Endorsements of each other's targets from which there is a book worth showing, as a mean over members.
const MEAN_MIN: f64 = 2.0;

/// Books of `members`, whose endorsements are `acts`; `owner` names the account whose target it is.
#[must_use]
pub fn books<'a>(
    members: &[u32],
    acts: impl Iterator<Item = &'a Act>,
    owner: impl Fn(u32) -> Option<u32>,
) -> Option<Books> {
    let index: BTreeMap<u32, u32> = members.iter().enumerate().map(|(i, m)| (*m, i as u32)).collect();
    let mut all: Vec<Book> = (0..members.len()).map(|i| Book { member: i as u32, given: 0, received: 0 }).collect();
    let (mut inside, mut total) = (0, 0);
    for act in acts {
        let Some(giver) = index.get(&act.account) else { continue };
        total += 1;
        let Some(receiver) = owner(act.target).and_then(|o| index.get(&o)).filter(|r| *r != giver) else { continue };
        all[*giver as usize].given += 1;
        all[*receiver as usize].received += 1;
        inside += 1;
    }
    let receivers = all.iter().filter(|b| b.received > 0).count();
    // A ring with one customer among its members is no exchange.
    let mutual = inside as f64 >= MEAN_MIN * members.len() as f64 && receivers * 4 >= members.len();
    mutual.then(|| {
        all.retain(|b| b.given + b.received > 0);
        let correlation = correlation(&all);
        Books { members: all, correlation, inside, all: total }
    })
}

fn correlation(books: &[Book]) -> Option<f64> {
    let n = books.len() as f64;
    let mean = |f: &dyn Fn(&Book) -> f64| books.iter().map(f).sum::<f64>() / n;
    let (given, received) = (mean(&|b| b.given as f64), mean(&|b| b.received as f64));
    let both = mean(&|b| (b.given as f64 - given) * (b.received as f64 - received));
    let spread = mean(&|b| (b.given as f64 - given).powi(2)) * mean(&|b| (b.received as f64 - received).powi(2));
    (spread > 0.0).then(|| (both / spread.sqrt() * 1e3).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_books_correlate() {
        // Target t belongs to account t / 10. Account a gives a + 1 likes to each of the others.
        let owner = |t: u32| Some(t / 10);
        let mut acts = Vec::new();
        for a in 0..4u32 {
            for b in (0..4).filter(|b| *b != a) {
                for k in 0..=a.min(b) {
                    acts.push(Act { account: a, target: b * 10 + k, ts: 0, ip: 0, device: 0 });
                }
            }
            acts.push(Act { account: a, target: a * 10, ts: 0, ip: 0, device: 0 });
            acts.push(Act { account: a, target: 990, ts: 0, ip: 0, device: 0 });
        }
        let books = books(&[0, 1, 2, 3], acts.iter(), owner).expect("mutual");
        assert_eq!(books.all, acts.len() as u64);
        assert_eq!(books.inside, acts.len() as u64 - 8, "neither one's own nor a stranger's");
        assert!(books.members.iter().all(|b| b.given == b.received));
        assert_eq!(books.correlation, Some(1.0));
    }

    #[test]
    fn one_customer_makes_no_exchange() {
        let acts: Vec<Act> =
            (1..9).flat_map(|a| (0..9).map(move |t| Act { account: a, target: t, ts: 0, ip: 0, device: 0 })).collect();
        let members: Vec<u32> = (0..9).collect();
        assert_eq!(books(&members, acts.iter(), |_| Some(0)), None);
        assert_eq!(books(&members, acts.iter(), |_| None), None);
    }
}
