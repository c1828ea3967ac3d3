//! Checking a ledger that may have been tampered with: entry by entry, without trusting its head.

use crate::chain::{Broken, Head, Verified, Walk};
use crate::error::LedgerError;
use crate::seal::Seal;
use crate::store::{Place, Tables, connect_read_only, unhex};
use std::collections::BTreeSet;

/// Checks the chain, the head, and that every sealed value is there and is the one that was sealed, or was erased by an
/// entry. Reads only; needs no key and no network but the store's own.
///
/// `expected`: a head that was kept elsewhere. With it, even a ledger that was rewritten from some entry on is seen.
///
/// # Errors
/// The ledger cannot be opened at all. Damage inside is no error but [`Verified::broken`].
pub fn verify(place: &Place, expected: Option<&Head>) -> Result<Verified, LedgerError> {
    let mut store = connect_read_only(place)?;
    if store.is_empty().unwrap_or(false) {
        let lost = expected.filter(|e| e.seq > 0).map(|e| {
            let why = format!("is missing: the ledger once reached entry {}, and is empty", e.seq);
            Broken { seq: 1, why }
        });
        return Ok(Verified { broken: lost, ..Verified::default() });
    }
    let mut transaction = store.begin(false)?;
    let mut tables = Tables::new(&mut *transaction);
    let mut walk = Walk::default();
    let mut broken = None;
    let mut expected_seen = expected.is_none_or(|e| e.seq == 0);
    let read = tables.links(0, |link| {
        broken = walk.take(&link).err();
        if let Some(expected) = expected.filter(|e| e.seq == link.seq) {
            expected_seen = true;
            if broken.is_none() && expected.hash != link.hash {
                let why = "is not the one whose hash was kept: the ledger was rewritten here or before".to_owned();
                broken = Some(Broken { seq: link.seq, why });
            }
        }
        broken.is_none()
    });
    let next = walk.head.seq + 1;
    if let (Err(e), None) = (read, &broken) {
        let cause = Broken::from(e).why;
        broken = Some(Broken { seq: next, why: format!("cannot be read: the file is torn ({cause})") });
    }
    if broken.is_none() {
        broken = ending(&mut tables, &walk, expected.filter(|_| !expected_seen));
    }
    let mut verified = Verified { entries: walk.head.seq, head: walk.head.clone(), broken, ..Verified::default() };
    if verified.broken.is_none() {
        values(&mut tables, &walk, &mut verified);
    }
    Ok(verified)
}

/// That the last entry is the one the last writer left.
fn ending(tables: &mut Tables<'_>, walk: &Walk, missing: Option<&Head>) -> Option<Broken> {
    let next = walk.head.seq + 1;
    if let Some(expected) = missing {
        let why = format!("is missing: the ledger once reached entry {}; its end was removed", expected.seq);
        return Some(Broken { seq: next, why });
    }
    match tables.head() {
        Ok(head) if head == walk.head => None,
        Ok(head) if head.seq > walk.head.seq => {
            Some(Broken { seq: next, why: format!("is missing: entries {next} to {} were removed", head.seq) })
        }
        Ok(head) => {
            let why = format!("was added behind the ledger's back: its head is entry {}", head.seq);
            Some(Broken { seq: head.seq + 1, why })
        }
        Err(e) => Some(Broken { seq: next, why: Broken::from(e).why }),
    }
}

/// That the vault holds what was sealed.
fn values(tables: &mut Tables<'_>, walk: &Walk, verified: &mut Verified) {
    let mut there = BTreeSet::new();
    let mut wrong: Option<Broken> = None;
    let mut find = |seq: u64, why: String| {
        if wrong.as_ref().is_none_or(|w| seq < w.seq) {
            wrong = Some(Broken { seq, why });
        }
    };
    let read = tables.vault(|seal, salt, value| {
        let (Ok(seal), Ok(value)) = (seal.parse::<Seal>(), serde_json::from_str::<String>(&value)) else {
            return find(u64::MAX, format!("a value in the vault cannot be read ({seal})"));
        };
        let first = walk.named.get(&seal).copied();
        if unhex(&salt).is_none_or(|salt| Seal::new(seal.kind(), &salt, &value) != seal) {
            find(first.unwrap_or(u64::MAX), format!("names {seal}, whose value was edited after it was sealed"));
        }
        if walk.erased.contains(&seal) {
            find(first.unwrap_or(u64::MAX), format!("names {seal}, which was erased and is there again"));
        }
        there.insert(seal);
    });
    for (seal, seq) in &walk.named {
        if !there.contains(seal) && !walk.erased.contains(seal) {
            find(*seq, format!("names {seal}, whose value is gone though no entry erased it"));
        }
    }
    if let Err(e) = read {
        find(verified.entries, format!("its values cannot be read ({})", Broken::from(e).why));
    }
    verified.sealed = there.len() as u64;
    verified.erased = walk.erased.len() as u64;
    verified.broken = wrong;
}
