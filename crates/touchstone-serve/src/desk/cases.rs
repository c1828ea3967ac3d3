//! Cases and actions as lists show them. Names in them are pseudonyms still.

use std::collections::BTreeMap;
use touchstone_detect::findings::RingKind;
use touchstone_ledger::case::Status;
use touchstone_ledger::state::Bulk;
use touchstone_ledger::{
    ActionId, ActionKind, Answer, BulkId, By, CaseId, Filter, Ledger, LedgerError, Seal, SealKind, Subject,
};

/// A line of the queue.
#[derive(Clone, Debug)]
pub(crate) struct CaseRow {
    pub(crate) id: CaseId,
    pub(crate) subject: &'static str,
    pub(crate) kind: Option<RingKind>,
    /// Of a case on one account or target.
    pub(crate) name: Option<String>,
    pub(crate) members: usize,
    pub(crate) bits: f64,
    /// Endorsements that are discounted, of all members.
    pub(crate) discounted: f64,
    pub(crate) status: &'static str,
    pub(crate) answer: Option<Answer>,
    pub(crate) holder: Option<String>,
    pub(crate) opened_at: i64,
}

/// Which cases a query means: those that wait, or all of a status that it names. The most urgent first.
pub(crate) fn wanted(ledger: &mut Ledger, filter: &Filter, now: i64) -> Result<Vec<CaseId>, LedgerError> {
    if filter.status.as_deref() != Some("decided") {
        return ledger.queue(filter, now);
    }
    let mut found: Vec<CaseId> = ledger.state()?.cases().filter(|c| filter.matches(c, now)).map(|c| c.id).collect();
    found.reverse();
    Ok(found)
}

/// Lines for cases.
pub(crate) fn rows(ledger: &mut Ledger, ids: &[CaseId], now: i64) -> Result<Vec<CaseRow>, LedgerError> {
    let state = ledger.state()?;
    let mut seals: Vec<Seal> = Vec::new();
    let mut rows = Vec::with_capacity(ids.len());
    for case in ids.iter().filter_map(|id| state.case(*id)) {
        let view = &case.view;
        let (kind, seal) = match &view.subject {
            Subject::Ring { kind, .. } => (Some(*kind), None),
            Subject::Account(member) => (None, Some(member.account.clone())),
            Subject::Target { target, .. } => (None, Some(target.clone())),
        };
        let claim = case.claim(now).map(|c| c.who.clone());
        seals.extend(seal.iter().chain(&claim).cloned());
        let status = case.status(now);
        let row = CaseRow {
            id: case.id,
            subject: view.subject.word(),
            kind,
            name: None,
            members: view.subject.members().len(),
            bits: view.bits,
            discounted: view.subject.members().iter().map(|m| m.discounted).sum(),
            status: status.word(),
            answer: if let Status::Decided(answer) = status { Some(answer) } else { None },
            holder: None,
            opened_at: case.opened_at,
        };
        rows.push((row, seal, claim));
    }
    let names = ledger.open_seals(&seals)?;
    let name = |seal: Option<Seal>| seal.map(|s| names.get(&s).cloned().unwrap_or_else(|| "(erased)".to_owned()));
    Ok(rows.into_iter().map(|(row, seal, claim)| CaseRow { name: name(seal), holder: name(claim), ..row }).collect())
}

/// How much waits, for the first page.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    pub(crate) waiting: usize,
    pub(crate) appeals: usize,
    pub(crate) seconds: usize,
    pub(crate) decided: usize,
    pub(crate) in_force: usize,
}

/// How much waits.
pub(crate) fn work(ledger: &mut Ledger, now: i64) -> Result<Work, LedgerError> {
    let state = ledger.state()?;
    let mut work = Work::default();
    for case in state.cases() {
        let second = case.view.decision.as_ref().is_some_and(|d| !d.effective);
        match case.status(now) {
            Status::Decided(_) => work.decided += 1,
            _ => {
                work.waiting += 1;
                work.appeals += usize::from(!case.view.appeals.is_empty());
                work.seconds += usize::from(case.view.appeals.is_empty() && second);
            }
        }
    }
    work.in_force = state.actions().filter(|a| a.stands(now)).count();
    Ok(work)
}

/// An action as lists show it.
#[derive(Clone, Debug)]
pub(crate) struct ActionRow {
    pub(crate) id: ActionId,
    pub(crate) case: CaseId,
    pub(crate) account: Option<String>,
    pub(crate) kind: ActionKind,
    pub(crate) phase: &'static str,
    pub(crate) starts_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) reason: String,
    pub(crate) automatic: bool,
    /// For a link under which the account can appeal; none where there is nothing to appeal against.
    pub(crate) appeal_token: Option<String>,
}

/// Which actions.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    Case(CaseId),
    /// By pseudonym.
    Account(String),
    Id(ActionId),
}

/// Actions, the latest first.
pub(crate) fn actions(ledger: &mut Ledger, which: &Which, now: i64) -> Result<Vec<ActionRow>, LedgerError> {
    let account = match which {
        Which::Account(name) => match ledger.find(SealKind::Account, name)? {
            Some(seal) => Some(seal),
            None => return Ok(Vec::new()),
        },
        _ => None,
    };
    let state = ledger.state()?;
    let mut found: Vec<_> = state
        .actions()
        .filter(|a| match which {
            Which::Case(id) => a.act.case == *id,
            Which::Account(_) => a.act.account == account,
            Which::Id(id) => a.id == *id,
        })
        .map(|a| (a.clone(), state.appeals().any(|p| p.action == a.id)))
        .collect();
    found.reverse();
    let seals: Vec<Seal> =
        found.iter().flat_map(|(a, _)| a.act.account.iter().chain([&a.act.reason])).cloned().collect();
    let names = ledger.open_seals(&seals)?;
    let mut rows = Vec::with_capacity(found.len());
    for (a, appealed) in found {
        let open = !appealed && a.reversals.is_empty();
        rows.push(ActionRow {
            id: a.id,
            case: a.act.case,
            account: a.act.account.as_ref().and_then(|s| names.get(s)).cloned(),
            kind: a.act.kind,
            phase: a.phase(now).word(),
            starts_at: a.act.starts_at,
            expires_at: a.act.expires_at,
            reason: names.get(&a.act.reason).cloned().unwrap_or_default(),
            automatic: a.act.automatic,
            appeal_token: if open { Some(ledger.appeal_token(a.id)?) } else { None },
        });
    }
    Ok(rows)
}

/// A bulk decision as a list shows it.
#[derive(Clone, Debug)]
pub(crate) struct BulkRow {
    pub(crate) id: BulkId,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) query: String,
    pub(crate) decided: usize,
    /// Cases on which it still stands.
    pub(crate) standing: usize,
}

/// Bulk decisions, the latest first.
pub(crate) fn bulks(ledger: &mut Ledger, most: usize) -> Result<Vec<BulkRow>, LedgerError> {
    let state = ledger.state()?;
    let stands = |bulk: &Bulk| {
        let cases = bulk.decided.iter().filter_map(|id| state.case(*id));
        cases.filter(|c| c.view.decision.as_ref().is_some_and(|d| d.bulk == Some(bulk.id))).count()
    };
    let mut found: Vec<(Bulk, usize)> = state.bulks().map(|b| (b.clone(), stands(b))).collect();
    found.reverse();
    found.truncate(most);
    let who = |by: &By| if let By::Person(who) = by { Some(who.clone()) } else { None };
    let seals: Vec<Seal> = found.iter().flat_map(|(b, _)| who(&b.by).into_iter().chain([b.query.clone()])).collect();
    let names = ledger.open_seals(&seals)?;
    let rows = found.into_iter().map(|(b, standing)| BulkRow {
        id: b.id,
        at: b.at,
        by: who(&b.by).and_then(|w| names.get(&w).cloned()).unwrap_or_default(),
        query: names.get(&b.query).cloned().unwrap_or_default(),
        decided: b.decided.len(),
        standing,
    });
    Ok(rows.collect())
}

/// A line of the ledger.
#[derive(Clone, Debug)]
pub(crate) struct LedgerRow {
    pub(crate) seq: u64,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) what: &'static str,
    pub(crate) case: Option<CaseId>,
}

/// Entries after a number, oldest first.
pub(crate) fn ledger_rows(ledger: &mut Ledger, after: u64, most: usize) -> Result<Vec<LedgerRow>, LedgerError> {
    let entries = ledger.entries(after, most)?;
    let seals: Vec<Seal> = entries
        .iter()
        .filter_map(|e| if let By::Person(s) | By::Account(s) = &e.by { Some(s.clone()) } else { None })
        .collect();
    let names: BTreeMap<Seal, String> = ledger.open_seals(&seals)?;
    let state = ledger.state()?;
    let case_of = |seq: u64| state.cases().find(|c| c.history.iter().any(|e| e.seq == seq)).map(|c| c.id);
    let rows = entries.into_iter().map(|e| LedgerRow {
        seq: e.seq,
        at: e.at,
        by: match &e.by {
            By::Person(who) => names.get(who).cloned().unwrap_or_else(|| who.to_string()),
            By::Policy(hash) => format!("policy {}", hash.get(..8).unwrap_or(hash)),
            By::Account(_) => "the account".to_owned(),
            By::Program => "program".to_owned(),
        },
        what: e.fact.word(),
        case: case_of(e.seq),
    });
    Ok(rows.collect())
}
