//! A case: what was found, what is at stake, what was done, and the decision.

use super::golden::known;
use super::queue::Row;
use super::words::{action, amount, answer, bits, count, counted, entry, phase, time, verdict};
use super::{Fault, Frame, html};
use crate::answers::number;
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, ActionRow, CaseRow, Stake, Which};
use crate::problem::{Code, Problem};
use crate::snapshot::Snapshot;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use axum::{Extension, Form};
use serde::Deserialize;
use std::collections::HashSet;
use touchstone_console::{Links, View};
use touchstone_engine::landing::Identity;
use touchstone_ledger::case::Status;
use touchstone_ledger::{Answer, AppealId, By, CaseFile, CaseId, Decision, Fact, Measure, Subject};

/// Where links of a case view go.
pub(super) const LINKS: Links =
    Links { account: "/accounts/", ring: "/rings/", target: "/targets/", lists: ("/queue", "/queue?q=is:account") };
/// Targets listed with their counts.
const STAKES: usize = 8;
/// Offered as the ground of a decision; whoever decides writes the platform's own.
const GROUND: &str = "terms of service: no fake endorsements";

struct StakeRow {
    target: String,
    likes: String,
    now: String,
    cleared: String,
    /// Its place now, and at best if cleared; empty where the findings were not ranked.
    rank: String,
    rank_cleared: String,
}

struct Decided {
    answer: &'static str,
    measures: String,
    reason: String,
    by: String,
    at: String,
    effective: bool,
}

struct AppealRow {
    id: String,
    text: String,
}

/// An action, on the pages of a case and of an account.
pub(super) struct ActionLine {
    pub(super) kind: &'static str,
    pub(super) account: String,
    pub(super) phase: &'static str,
    pub(super) link: String,
}

impl ActionLine {
    pub(super) fn of(row: ActionRow, identity: &Identity) -> Self {
        Self {
            kind: action(row.kind),
            account: row.account.map(|a| desk::revealed(identity, &a)).unwrap_or_default(),
            phase: phase(row.phase),
            link: row.appeal_token.map(|t| format!("/appeal/{t}")).unwrap_or_default(),
        }
    }
}

struct HistoryRow {
    what: &'static str,
    by: String,
    at: String,
    text: String,
    undone: bool,
}

struct ExhibitRow {
    signal: String,
    bits: String,
    words: String,
}

struct MemberRow {
    account: String,
    verdict: &'static str,
    bits: String,
    endorsements: String,
    discounted: String,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    frame: Frame,
    id: String,
    title: &'static str,
    name: String,
    bits: String,
    members_said: String,
    status: &'static str,
    holder: String,
    opened: String,
    done: &'static str,
    hatch: String,
    body: String,
    evidence: Vec<ExhibitRow>,
    members: Vec<MemberRow>,
    appeals: Vec<AppealRow>,
    stakes: Vec<StakeRow>,
    stakes_said: String,
    stakes_more: usize,
    decision: Option<Decided>,
    mine: bool,
    can_claim: bool,
    can_decide: bool,
    can_second: bool,
    can_undo: bool,
    /// True where its answer can be taken for known.
    can_be_golden: bool,
    ground: &'static str,
    actions: Vec<ActionLine>,
    actions_said: String,
    history: Vec<HistoryRow>,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

fn done(word: &str) -> &'static str {
    match word {
        "decided" => "It is decided.",
        "second" => "The second review is entered.",
        "appeal" => "The appeal is decided.",
        "undone" => "The decision is taken back; the case is as it was before.",
        "noted" => "The note is added.",
        "golden" => "It stands in the queue again, as a golden case.",
        _ => "",
    }
}

/// The ring of the latest findings that shares most members with a case, if it shares half of all.
pub(super) fn ring_of(snapshot: &Snapshot, members: &[&str]) -> Option<String> {
    let of_case: HashSet<&str> = members.iter().copied().collect();
    let share = |ring: &crate::snapshot::Ring| {
        let both = ring.members.iter().filter(|(m, ..)| of_case.contains(&**m)).count();
        both as f64 / (ring.members.len() + of_case.len() - both).max(1) as f64
    };
    let best = snapshot.rings.iter().map(|r| (share(r), r)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= 0.5).then(|| best.1.ring.to_string())
}

/// The case as the report draws it; empty where the latest findings do not have it.
fn drawn(snapshot: &Snapshot, file: &CaseFile, identity: &Identity) -> Option<String> {
    let model = snapshot.model.as_ref()?;
    let view = View { timed: model.overview.timed, links: LINKS };
    let members: Vec<&str> = file.members.iter().filter_map(|m| m.account.as_deref()).collect();
    match &file.case.view.subject {
        Subject::Ring { .. } => {
            let id = ring_of(snapshot, &members)?;
            let ring = model.rings.iter().find(|r| r.ring == id)?;
            let drawn = touchstone_console::ring_case(&desk::with_names(identity, ring)?, view);
            // Here it is no page among others, which the report's script would turn.
            Some(drawn.replacen("class=\"ring page\"", "class=\"ring\"", 1))
        }
        Subject::Account(_) => account(snapshot, members.first()?, identity),
        Subject::Target { .. } => None,
    }
}

/// The case view of an account, by pseudonym; none where the findings have none.
pub(super) fn account(snapshot: &Snapshot, pseudonym: &str, identity: &Identity) -> Option<String> {
    let model = snapshot.model.as_ref()?;
    let case = model.accounts.iter().find(|a| a.account == pseudonym)?;
    let view = View { timed: model.overview.timed, links: LINKS };
    Some(touchstone_console::account_case(&desk::with_names(identity, case)?, view))
}

/// Who made the decision that stands, and why, in words.
fn decision(file: &CaseFile, identity: &Identity) -> Option<Decided> {
    let d = file.case.view.decision.as_ref()?;
    let line = file.history.iter().find(|h| h.seq == d.seq);
    let text = line.map(|h| h.text.clone()).unwrap_or_default();
    // The line says what was decided before the reason; that is said on its own here.
    let reason = text.split_once(". ").map_or(text.as_str(), |(_, reason)| reason);
    let measures: Vec<String> = d
        .measures
        .iter()
        .map(|m| format!("{} for {}", action(m.kind), counted(m.days.into(), "day", "days")))
        .collect();
    Some(Decided {
        answer: answer(d.answer),
        measures: measures.join(", "),
        reason: desk::revealed(identity, reason),
        by: line.map(|h| h.by.clone()).unwrap_or_default(),
        at: time(d.at),
        effective: d.effective,
    })
}

/// True if this person's work on the case is what it waits for.
fn is_mine(file: &CaseFile, row: &CaseRow, who: &str) -> bool {
    matches!(file.status, Status::Claimed(_)) && row.holder.as_deref() == Some(who)
}

/// The page.
pub(crate) async fn page(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Fault> {
    let id: CaseId = number(&id)?;
    let (row, file, actions) = desk::look(&app, move |ledger, now| {
        let file = ledger.case_file(id, now)?;
        let row = desk::rows(ledger, &[id], now)?.pop();
        Ok((row, file, desk::actions(ledger, &Which::Case(id), now)?))
    })
    .await?;
    let row = row.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no case {id}")))?;
    let identity = app.door.identity();
    let snapshot = app.snapshot();
    let members: Vec<&str> = file.members.iter().filter_map(|m| m.account.as_deref()).collect();
    let overlay = app.desk.overlay();
    let stakes = snapshot.as_deref().map(|s| Stake::all(s, &overlay, members)).unwrap_or_default();
    let params = &app.options.rank;
    let ranks = snapshot.as_deref().map(|s| (overlay.ranks(s, params), overlay.ranks_if_cleared(s, params, &stakes)));
    let place = |ranks: &desk::Ranks, target: &str| ranks.get(target).map(|r| count(*r)).unwrap_or_default();
    let owners: HashSet<&str> = stakes.iter().filter_map(|s| s.target.owner.as_deref()).collect();
    let mut stakes_said = format!(
        "{} on {}",
        counted(stakes.iter().map(|s| s.discounted).sum::<f64>().round() as u64, "endorsement", "endorsements"),
        counted(stakes.len() as u64, "target", "targets")
    );
    if !owners.is_empty() {
        stakes_said.push_str(&format!(" of {}", counted(owners.len() as u64, "owner", "owners")));
    }
    let mine = is_mine(&file, &row, &who.name);
    let view = &file.case.view;
    let awaits_second = view.appeals.is_empty() && view.decision.as_ref().is_some_and(|d| !d.effective);
    let appealed = file.history.iter().any(|h| h.what == "appealed");
    let line = Row::of(row.clone(), identity);
    let page = CasePage {
        frame: Frame::of(line.title, Some(&who)).at("queue").class("wide"),
        title: line.title,
        name: line.name,
        bits: format!("{} bits", bits(row.bits)),
        members_said: counted(row.members as u64, "account", "accounts"),
        status: line.status,
        holder: row.holder.clone().unwrap_or_default(),
        opened: time(row.opened_at),
        done: done(&asked.done),
        hatch: touchstone_console::hatch(),
        body: snapshot.as_deref().and_then(|s| drawn(s, &file, identity)).unwrap_or_default(),
        evidence: file
            .evidence
            .iter()
            .map(|e| ExhibitRow {
                signal: e.signal.clone(),
                bits: format!("{} bits", bits(e.bits)),
                words: e.words.as_ref().map(|w| desk::revealed(identity, w)).unwrap_or_default(),
            })
            .collect(),
        members: file
            .members
            .iter()
            .map(|m| MemberRow {
                account: m.account.as_ref().map_or("(erased)".into(), |a| desk::revealed(identity, a)),
                verdict: verdict(m.verdict.as_str()),
                bits: bits(m.bits),
                endorsements: count(m.endorsements),
                discounted: amount(m.discounted),
            })
            .collect(),
        appeals: file
            .appeals
            .iter()
            .map(|(id, text)| AppealRow { id: id.to_string(), text: text.clone().unwrap_or_else(|| "(erased)".into()) })
            .collect(),
        stakes_more: stakes.len().saturating_sub(STAKES),
        stakes: stakes
            .iter()
            .take(STAKES)
            .map(|s| StakeRow {
                target: s.target.target.to_string(),
                likes: count(s.target.likes),
                now: amount(s.now),
                cleared: amount(s.if_cleared()),
                rank: ranks.as_ref().map(|r| place(&r.0, &s.target.target)).unwrap_or_default(),
                rank_cleared: ranks.as_ref().map(|r| place(&r.1, &s.target.target)).unwrap_or_default(),
            })
            .collect(),
        stakes_said,
        decision: decision(&file, identity),
        mine,
        can_claim: !mine && !matches!(file.status, Status::Claimed(_) | Status::Decided(_)),
        can_decide: view.decision.is_none() && view.appeals.is_empty(),
        can_second: awaits_second,
        can_undo: view.decision.is_some() && !appealed,
        can_be_golden: known(&file.case).is_some(),
        ground: GROUND,
        actions_said: counted(actions.len() as u64, "action", "actions"),
        actions: actions.into_iter().map(|a| ActionLine::of(a, identity)).collect(),
        history: history(&file, identity),
        id: line.id,
    };
    Ok(html(&page)?)
}

/// What happened, the latest first. What each of many accounts got is told in the list of actions.
fn history(file: &CaseFile, identity: &Identity) -> Vec<HistoryRow> {
    let facts = file.case.history.iter().zip(&file.history);
    let mut rows: Vec<HistoryRow> = facts
        .filter(|(e, _)| !matches!((&e.fact, &e.by), (Fact::Acted(_), By::Person(_))))
        .map(|(_, h)| HistoryRow {
            what: entry(h.what),
            by: h.by.clone(),
            at: time(h.at),
            text: desk::revealed(identity, &h.text),
            undone: h.undone,
        })
        .collect();
    rows.reverse();
    rows
}

/// To the case of a ring of the latest findings.
pub(crate) async fn of_ring(State(app): State<App>, Path(ring): Path<String>) -> Result<Redirect, Fault> {
    let none = || Problem::new(Code::NotFound, "no case of this ring");
    let findings = app.findings()?;
    let found = findings.ring(&ring).ok_or_else(none)?;
    let account = found.members.first().map(|(m, ..)| m.to_string()).ok_or_else(none)?;
    let snapshot = findings.clone();
    let case = desk::look(&app, move |ledger, now| {
        for id in ledger.cases_of(&account)?.into_iter().rev() {
            let file = ledger.case_file(id, now)?;
            let members: Vec<&str> = file.members.iter().filter_map(|m| m.account.as_deref()).collect();
            let is_ring = matches!(file.case.view.subject, Subject::Ring { .. });
            let real = file.case.view.golden.is_none();
            if real && is_ring && ring_of(&snapshot, &members).as_deref() == Some(&*ring) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    })
    .await?;
    Ok(Redirect::to(&format!("/cases/{}", case.ok_or_else(none)?)))
}

fn back(id: CaseId, done: &str) -> Redirect {
    Redirect::to(&if done.is_empty() { format!("/cases/{id}") } else { format!("/cases/{id}?done={done}") })
}

/// Takes the case for half an hour.
pub(crate) async fn claim(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.claim(id, &who.name, now)).await?;
    Ok(back(id, ""))
}

/// Gives it back.
pub(crate) async fn release(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.release(id, &who.name, now)).await?;
    Ok(Redirect::to("/queue"))
}

/// A note.
#[derive(Debug, Deserialize)]
pub(crate) struct NoteSent {
    text: String,
}

/// Adds a note.
pub(crate) async fn note(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<NoteSent>,
) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.note(id, &who.name, &sent.text, now)).await?;
    Ok(back(id, "noted"))
}

/// A decision.
#[derive(Debug, Deserialize)]
pub(crate) struct DecisionSent {
    answer: String,
    #[serde(default)]
    measure: String,
    days: u32,
    reason: String,
    #[serde(default)]
    ground: String,
}

/// Decides.
pub(crate) async fn decide(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<DecisionSent>,
) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    let answer = number(&sent.answer)?;
    // The form sends a measure whatever is answered; only who is confirmed gets one.
    let measures = if answer == Answer::Confirmed && !sent.measure.is_empty() {
        vec![Measure { kind: number(&sent.measure)?, days: sent.days }]
    } else {
        Vec::new()
    };
    let decision = Decision { answer, measures, accounts: None, reason: sent.reason, ground: sent.ground };
    desk::write(&app, move |ledger, now| ledger.decide(id, &who.name, &decision, now)).await?;
    Ok(back(id, "decided"))
}

/// A second review, or what is decided on an appeal.
#[derive(Debug, Deserialize)]
pub(crate) struct AgreeSent {
    yes: bool,
    reason: String,
    #[serde(default)]
    appeal: String,
}

/// Enters the second review.
pub(crate) async fn second(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<AgreeSent>,
) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.second(id, &who.name, sent.yes, &sent.reason, now)).await?;
    Ok(back(id, "second"))
}

/// Decides an appeal.
pub(crate) async fn appeal(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<AgreeSent>,
) -> Result<Redirect, Fault> {
    let (id, appeal): (CaseId, AppealId) = (number(&id)?, number(&sent.appeal)?);
    desk::write(&app, move |ledger, now| ledger.decide_appeal(appeal, &who.name, sent.yes, &sent.reason, now)).await?;
    Ok(back(id, "appeal"))
}

/// Takes a decision back.
#[derive(Debug, Deserialize)]
pub(crate) struct UndoSent {
    reason: String,
}

/// Undoes.
pub(crate) async fn undo(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(id): Path<String>,
    Form(sent): Form<UndoSent>,
) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    desk::write(&app, move |ledger, now| ledger.undo(id, &who.name, &sent.reason, now)).await?;
    Ok(back(id, "undone"))
}
