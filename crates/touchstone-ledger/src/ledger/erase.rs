//! Erasing a person: the values go, the chain stays.

use super::Ledger;
use crate::entry::{By, Fact};
use crate::error::LedgerError;
use crate::seal::{Seal, SealKind};
use std::collections::BTreeSet;

impl Ledger {
    /// Erases an account: its name, targets and texts that have its name in them, and what it wrote in appeals. Then
    /// the store's files are compacted, so that nothing of it is left in free space. Says how many values went.
    ///
    /// Names of people who work with the ledger are kept: they answer for what they decided. PostgreSQL's write-ahead
    /// log and any copies are the operator's to expire.
    ///
    /// # Errors
    /// The ledger cannot be written or compacted.
    pub fn erase(&mut self, account: &str, who: &str, at: i64) -> Result<u64, LedgerError> {
        let erased = self.write(at, |draft| {
            let person = draft.person(who)?;
            let own = draft.tables.find(SealKind::Account, account)?;
            let mut seals: BTreeSet<Seal> = draft.tables.mentioning(account)?.into_iter().collect();
            seals.retain(|s| s.kind() != SealKind::Who);
            if let Some(own) = own {
                let appeals = draft.state.appeals().filter(|a| a.account == own);
                seals.extend(appeals.map(|a| a.text.clone()));
                seals.insert(own);
            }
            seals.retain(|s| !draft.state.is_erased(s));
            let seals: Vec<Seal> = seals.into_iter().collect();
            if !seals.is_empty() {
                draft.tables.erase(&seals)?;
                draft.push(&By::Person(person), Fact::Erased { seals: seals.clone() })?;
            }
            Ok(seals.len() as u64)
        })?;
        self.store.scrub()?;
        Ok(erased)
    }
}
