//! Taking decisions back: an entry that names what it takes back.

use super::{Draft, Ledger};
use crate::case::Case;
use crate::entry::{ActionId, BulkId, By, CaseId, Fact};
use crate::error::LedgerError;

impl Ledger {
    /// Takes back the decision that stands on a case, its second review, and all that followed. The case is then as it
    /// was before.
    ///
    /// # Errors
    /// There is no decision, an appeal was lodged on it since, the reason is missing, or the ledger cannot be written.
    pub fn undo(&mut self, case: CaseId, who: &str, reason: &str, at: i64) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let entries = standing(draft, draft.case(case)?)?;
            take_back(draft, &By::Person(person), entries, reason)
        })
    }

    /// Takes back a bulk decision, as far as it still stands.
    ///
    /// # Errors
    /// As [`Ledger::undo`].
    pub fn undo_bulk(&mut self, bulk: BulkId, who: &str, reason: &str, at: i64) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let it = draft.state.bulk(bulk).ok_or(LedgerError::NoBulk(bulk))?;
            let mut entries = Vec::new();
            for case in it.decided.iter().filter_map(|id| draft.state.case(*id)) {
                if case.view.decision.as_ref().is_some_and(|d| d.bulk == Some(bulk)) {
                    entries.extend(standing(draft, case)?);
                }
            }
            if entries.is_empty() {
                let why = "nothing of it stands any more";
                return Err(LedgerError::NotUndone { seq: bulk.0, why });
            }
            take_back(draft, &By::Person(person), entries, reason)
        })
    }
}

/// The decision on a case and what followed from it.
fn standing(draft: &Draft<'_, '_>, case: &Case) -> Result<Vec<u64>, LedgerError> {
    let Some(decision) = &case.view.decision else {
        return Err(LedgerError::NotNow {
            case: case.id,
            status: case.status(draft.at).word(),
            why: "there is no decision to take back",
        });
    };
    let seq = decision.seq;
    if case.history.iter().any(|e| e.seq > seq && matches!(e.fact, Fact::Appealed { .. })) {
        let why = "an appeal was lodged on it; decide the appeal";
        return Err(LedgerError::NotUndone { seq, why });
    }
    let mut entries = vec![seq];
    entries.extend(decision.seconded);
    entries.extend(case.history.iter().filter(|e| !draft.state.is_undone(e.seq)).filter_map(|e| match &e.fact {
        Fact::Acted(act) if act.cause == Some(seq) => Some(e.seq),
        Fact::Reversed { cause, .. } if *cause == Some(seq) => Some(e.seq),
        // Whoever looks at it for the second time looks at nothing then.
        Fact::Claimed { .. } | Fact::Released { .. } if e.seq > seq => Some(e.seq),
        _ => None,
    }));
    Ok(entries)
}

fn take_back(draft: &mut Draft<'_, '_>, by: &By, mut entries: Vec<u64>, reason: &str) -> Result<(), LedgerError> {
    let reason = draft.reason("taking back", reason)?;
    entries.sort_unstable();
    entries.dedup();
    let now = draft.at;
    let mut told: Vec<(&str, ActionId, i64)> = Vec::new();
    for seq in &entries {
        if let Some(action) = draft.state.action(ActionId(*seq)).filter(|a| a.reversals.is_empty()) {
            told.push(("reversed", action.id, now));
        }
    }
    // What a clearing decision had taken back holds again.
    for action in draft.state.actions().filter(|a| !a.reversals.is_empty()) {
        if action.reversals.iter().all(|seq| entries.binary_search(seq).is_ok()) {
            told.push(("taken", action.id, action.act.starts_at.max(now)));
        }
    }
    let seq = draft.push(by, Fact::Undone { entries, reason })?;
    for (word, action, due) in told {
        draft.tell(seq, word, action, due)?;
    }
    Ok(())
}
