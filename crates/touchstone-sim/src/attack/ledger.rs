//! Points of an exchange, to the hundredth of a point.
//!
//! Points come into the world as bonuses and for money. Whatever a member spends, another earns or the
//! operator keeps, so at any time: bonuses + bought = balances + what the operator holds.

/// Hundredths of a point.
pub(crate) type Cents = i64;

/// A member's book.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Book {
    pub(crate) bonus: Cents,
    /// Bought for money.
    pub(crate) bought: Cents,
    pub(crate) earned: Cents,
    pub(crate) spent: Cents,
    /// Taken by the operator when banned.
    pub(crate) forfeited: Cents,
    pub(crate) tasks_claimed: u32,
    pub(crate) tasks_done: u32,
    pub(crate) received: u32,
    pub(crate) banned: bool,
}

impl Book {
    pub(crate) fn balance(&self) -> Cents {
        self.bonus + self.bought + self.earned - self.spent - self.forfeited
    }
}

/// The books of an exchange.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// In the order of the ring's members.
    pub(crate) books: Vec<Book>,
    /// The operator's spread and forfeited points.
    pub(crate) operator: Cents,
}

impl Ledger {
    pub(crate) fn new(members: usize) -> Self {
        Self { books: vec![Book::default(); members], operator: 0 }
    }

    /// Opens the books at the log's beginning: what members hold then is what they brought along, and nothing was done yet.
    pub(crate) fn open(&mut self) {
        for book in &mut self.books {
            *book = Book { bonus: book.balance(), banned: book.banned, ..Book::default() };
        }
        self.operator = 0;
    }

    pub(crate) fn bonus(&mut self, member: usize, points: Cents) {
        self.books[member].bonus += points;
    }

    pub(crate) fn buy(&mut self, member: usize, points: Cents) {
        self.books[member].bought += points;
    }

    /// Moves the price of one task from the customer to the worker and the operator.
    /// `false`, and nothing moves, where the customer can't pay.
    pub(crate) fn pay(&mut self, customer: usize, worker: usize, price: Cents, reward: Cents) -> bool {
        debug_assert!(reward <= price);
        if self.books[customer].balance() < price {
            return false;
        }
        self.books[customer].spent += price;
        self.books[worker].earned += reward;
        self.operator += price - reward;
        true
    }

    pub(crate) fn ban(&mut self, member: usize) {
        let left = self.books[member].balance();
        self.books[member].forfeited += left;
        self.books[member].banned = true;
        self.operator += left;
    }

    /// All that came in minus all that is held: zero, always.
    pub(crate) fn imbalance(&self) -> Cents {
        let put_in: Cents = self.books.iter().map(|book| book.bonus + book.bought).sum();
        let held: Cents = self.books.iter().map(Book::balance).sum();
        put_in - held - self.operator
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_books_balance_whatever_happens(
            steps in proptest::collection::vec((0_usize..5, 0_usize..5, 0_i64..300, 0_u8..6), 0..200)
        ) {
            let mut ledger = Ledger::new(5);
            for (one, other, points, step) in steps {
                match step {
                    0 => ledger.bonus(one, points),
                    1 => ledger.ban(one),
                    2 => ledger.buy(one, points),
                    3 if points < 5 => ledger.open(),
                    _ => {
                        ledger.pay(one, other, points, points * 2 / 3);
                    }
                }
                prop_assert_eq!(ledger.imbalance(), 0);
                prop_assert!(ledger.books.iter().all(|book| book.balance() >= 0));
            }
        }
    }
}
