//! The queue, and a case as a reviewer sees it.

use super::{Filter, Ledger, TEXT_MAX, bounded, rfc3339};
use crate::case::{Case, Status};
use crate::entry::{AppealId, By, CaseId, Fact, Subject};
use crate::error::LedgerError;
use crate::seal::{Seal, SealKind};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use touchstone_detect::findings::Verdict;

/// A case with its names.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFile {
    /// The case.
    pub case: Case,
    /// Where it is.
    pub status: Status,
    /// Its members, most evidence first.
    pub members: Vec<MemberFile>,
    /// The target of a case on a target.
    pub target: Option<String>,
    /// The evidence as it was.
    pub evidence: Vec<ExhibitFile>,
    /// What was entered on it, oldest first.
    pub history: Vec<HistoryLine>,
    /// Open appeals, and what the accounts say for themselves.
    pub appeals: Vec<(AppealId, Option<String>)>,
}

/// A member with its name; erased ones have none.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberFile {
    /// Its seal.
    pub seal: Seal,
    /// Its name.
    pub account: Option<String>,
    /// Its verdict.
    pub verdict: Verdict,
    /// Evidence against it, in bits.
    pub bits: f64,
    /// Its endorsements.
    pub endorsements: u64,
    /// How many of them are discounted.
    pub discounted: f64,
}

/// A piece of evidence in words.
#[derive(Clone, Debug, PartialEq)]
pub struct ExhibitFile {
    /// The account it is about, if about one.
    pub account: Option<Seal>,
    /// Which detector.
    pub signal: String,
    /// log2 of the e-value.
    pub bits: f64,
    /// What was measured.
    pub statistic: String,
    /// As observed.
    pub observed: f64,
    /// As expected of innocents.
    pub expected: f64,
    /// The sentence, unless erased.
    pub words: Option<String>,
}

/// One entry in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// Its number.
    pub seq: u64,
    /// When, microseconds since 1970 UTC.
    pub at: i64,
    /// Who: a person's name, "policy", "the account" or "program".
    pub by: String,
    /// The word for what happened, as in the ledger.
    pub what: &'static str,
    /// What it says: a reason, a note, what was done.
    pub text: String,
    /// True if it was taken back.
    pub undone: bool,
}

impl Ledger {
    /// Cases that wait and match, the most urgent first: appeals, second reviews, then by evidence.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn queue(&mut self, filter: &Filter, now: i64) -> Result<Vec<CaseId>, LedgerError> {
        let state = self.state()?;
        let mut waiting: Vec<&Case> = state.cases().filter(|c| c.is_waiting(now) && filter.matches(c, now)).collect();
        waiting.sort_by(|a, b| urgency(a).partial_cmp(&urgency(b)).expect("finite").then(a.id.cmp(&b.id)));
        Ok(waiting.into_iter().map(|c| c.id).collect())
    }

    /// Claims the most urgent case that this person can decide and nobody has; none where there is none.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn next(&mut self, who: &str, filter: &Filter, at: i64) -> Result<Option<CaseId>, LedgerError> {
        // Somebody may be quicker; then the next one is tried.
        for case in self.queue(filter, at)? {
            match self.claim(case, who, at) {
                Ok(()) => return Ok(Some(case)),
                Err(LedgerError::Taken { .. } | LedgerError::Barred { .. } | LedgerError::NotNow { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(None)
    }

    /// Claims a case: for a while nobody else can decide it. Claiming one's own again prolongs it.
    ///
    /// # Errors
    /// Somebody has it, it waits for nothing, this person must not decide it, or the ledger cannot be written.
    pub fn claim(&mut self, case: CaseId, who: &str, at: i64) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let now = draft.at;
            let it = draft.case(case)?;
            if let Some(claim) = it.claim(now).filter(|c| c.who != person) {
                let (holder, until) = (claim.who.clone(), rfc3339(claim.until));
                let by = draft.tables.open(&holder)?.unwrap_or_else(|| holder.to_string());
                return Err(LedgerError::Taken { case, by, until });
            }
            if let Status::Decided(_) = it.status(now) {
                return Err(LedgerError::NotNow { case, status: "decided", why: "there is nothing to decide" });
            }
            if let Some(why) = it.barred(&person) {
                return Err(LedgerError::Barred { case, why });
            }
            let until = now.saturating_add(i64::from(draft.review.claim_minutes) * 60_000_000);
            draft.push(&By::Person(person), Fact::Claimed { case, until })?;
            Ok(())
        })
    }

    /// Gives a claimed case back.
    ///
    /// # Errors
    /// This person has not claimed it, or the ledger cannot be written.
    pub fn release(&mut self, case: CaseId, who: &str, at: i64) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            if draft.case(case)?.claim(draft.at).is_none_or(|c| c.who != person) {
                return Err(LedgerError::NotClaimed(case));
            }
            draft.push(&By::Person(person), Fact::Released { case })?;
            Ok(())
        })
    }

    /// Notes something on a case.
    ///
    /// # Errors
    /// There is no such case, the note is empty or too long, or the ledger cannot be written.
    pub fn note(&mut self, case: CaseId, who: &str, text: &str, at: i64) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            bounded("the note", text.trim(), TEXT_MAX)?;
            let person = draft.person(who)?;
            draft.case(case)?;
            let text = draft.text(text.trim())?;
            draft.push(&By::Person(person), Fact::Noted { case, text })?;
            Ok(())
        })
    }

    /// A case with its names, evidence and history in words.
    ///
    /// # Errors
    /// There is no such case, or the ledger cannot be read.
    pub fn case_file(&mut self, id: CaseId, now: i64) -> Result<CaseFile, LedgerError> {
        let state = self.state()?;
        let case = state.case(id).ok_or(LedgerError::NoCase(id))?.clone();
        let appeals: Vec<(AppealId, Seal)> =
            case.view.appeals.iter().filter_map(|a| state.appeal(*a)).map(|a| (a.id, a.text.clone())).collect();
        let undone: Vec<bool> = case.history.iter().map(|e| state.is_undone(e.seq)).collect();
        let mut seals: Vec<Seal> = Vec::new();
        seals.extend(case.view.subject.members().iter().map(|m| m.account.clone()));
        seals.extend(case.view.evidence.iter().map(|e| e.words.clone()));
        seals.extend(appeals.iter().map(|(_, text)| text.clone()));
        if let Subject::Target { target, .. } = &case.view.subject {
            seals.push(target.clone());
        }
        for entry in &case.history {
            seals.extend(if let By::Person(who) | By::Account(who) = &entry.by { Some(who.clone()) } else { None });
            seals.extend(said(&entry.fact).cloned());
        }
        let names = self.open_seals(&seals)?;
        let mut members: Vec<MemberFile> = case
            .view
            .subject
            .members()
            .iter()
            .map(|m| MemberFile {
                seal: m.account.clone(),
                account: names.get(&m.account).cloned(),
                verdict: m.verdict,
                bits: m.bits,
                endorsements: m.endorsements,
                discounted: m.discounted,
            })
            .collect();
        members.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.account.cmp(&b.account)));
        let evidence = case.view.evidence.iter().map(|e| ExhibitFile {
            account: e.account.clone(),
            signal: e.signal.clone(),
            bits: e.bits,
            statistic: e.statistic.clone(),
            observed: e.observed,
            expected: e.expected,
            words: names.get(&e.words).cloned(),
        });
        let evidence = evidence.collect();
        let history = case.history.iter().zip(undone).map(|(entry, undone)| HistoryLine {
            seq: entry.seq,
            at: entry.at,
            by: by_words(&entry.by, &names),
            what: entry.fact.word(),
            text: fact_words(&entry.fact, &names),
            undone,
        });
        let history = history.collect();
        let target = match &case.view.subject {
            Subject::Target { target, .. } => names.get(target).cloned(),
            _ => None,
        };
        let appeals = appeals.into_iter().map(|(id, text)| (id, names.get(&text).cloned())).collect();
        Ok(CaseFile { status: case.status(now), case, members, target, evidence, history, appeals })
    }

    /// Cases that an account was ever a member of.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn cases_of(&mut self, account: &str) -> Result<Vec<CaseId>, LedgerError> {
        let Some(seal) = self.find(SealKind::Account, account)? else { return Ok(Vec::new()) };
        Ok(self.state()?.cases_of(&seal).map(|c| c.id).collect())
    }
}

/// Smaller is more urgent.
fn urgency(case: &Case) -> (u8, Reverse<ordered::Bits>) {
    let second = case.view.decision.as_ref().is_some_and(|d| !d.effective);
    let class = if !case.view.appeals.is_empty() { 0 } else { 2 - u8::from(second) };
    (class, Reverse(ordered::Bits(case.view.bits)))
}

mod ordered {
    /// Bits in their order.
    #[derive(PartialEq, PartialOrd)]
    pub(super) struct Bits(pub(super) f64);
}

fn said(fact: &Fact) -> Option<&Seal> {
    match fact {
        Fact::Noted { text, .. } | Fact::Appealed { text, .. } | Fact::Adopted { text, .. } => Some(text),
        Fact::Decided { reason, .. }
        | Fact::Seconded { reason, .. }
        | Fact::Reversed { reason, .. }
        | Fact::Undone { reason, .. }
        | Fact::AppealDecided { reason, .. } => Some(reason),
        Fact::Acted(act) | Fact::Shadowed(act) | Fact::Suggested(act) => Some(&act.reason),
        Fact::BulkBegun { query, .. } => Some(query),
        _ => None,
    }
}

/// Who made an entry, for people.
pub(crate) fn by_words(by: &By, names: &BTreeMap<Seal, String>) -> String {
    match by {
        By::Person(who) => names.get(who).cloned().unwrap_or_else(|| who.to_string()),
        By::Policy(hash) => format!("policy {}", hash.get(..8).unwrap_or(hash)),
        By::Account(_) => "the account".to_owned(),
        By::Program => "program".to_owned(),
    }
}

/// What an entry says, for people; what was erased says so.
pub(crate) fn fact_words(fact: &Fact, names: &BTreeMap<Seal, String>) -> String {
    let text = said(fact).map(|seal| names.get(seal).map_or("(erased)", String::as_str)).unwrap_or_default();
    match fact {
        Fact::Opened { subject, bits, .. } | Fact::Refreshed { subject, bits, .. } => match subject {
            Subject::Ring { ring, kind, members, targets } => {
                format!("{} {ring}: {} members, {targets} targets, {bits:.1} bits", kind.as_str(), members.len())
            }
            other => format!("{}, {bits:.1} bits", other.word()),
        },
        Fact::Claimed { until, .. } => format!("until {}", rfc3339(*until)),
        Fact::Decided { answer, measures, accounts, second, .. } => {
            let done: Vec<String> = measures.iter().map(|m| format!("{} {} days", m.kind.as_str(), m.days)).collect();
            let done = if done.is_empty() { "nothing is done".to_owned() } else { done.join(", ") };
            let waits = if *second { "; a second reviewer has to agree" } else { "" };
            format!("{}: {done} ({} accounts){waits}. {text}", answer.as_str(), accounts.len())
        }
        Fact::Seconded { agrees, .. } => format!("{}. {text}", if *agrees { "agrees" } else { "does not agree" }),
        Fact::Acted(act) | Fact::Shadowed(act) | Fact::Suggested(act) => {
            format!("{} from {} until {}. {text}", act.kind.as_str(), rfc3339(act.starts_at), rfc3339(act.expires_at))
        }
        Fact::Reversed { action, .. } => format!("{action} is taken back. {text}"),
        Fact::Undone { entries, .. } => format!("{} entries are taken back. {text}", entries.len()),
        Fact::Tripped { breaker, rule, held } => {
            format!("breaker {breaker:?} of rule {} held back {held}", rule.rule).to_lowercase()
        }
        Fact::AppealDecided { appeal, upheld, .. } => {
            format!("{appeal} is {}. {text}", if *upheld { "upheld" } else { "not upheld" })
        }
        Fact::BulkBegun { cases, .. } => format!("{cases} cases: {text}"),
        Fact::Adopted { policy, .. } => format!("policy {policy}"),
        Fact::Erased { seals } => format!("{} values", seals.len()),
        Fact::Released { .. } => String::new(),
        Fact::Noted { .. } | Fact::Appealed { .. } => text.to_owned(),
    }
}
