//! Decided cases, put into the queue again to see how well reviewers judge.

use super::Fault;
use super::case::ring_of;
use crate::answers::number;
use crate::app::App;
use crate::desk;
use crate::problem::{Code, Problem};
use axum::extract::{Path, State};
use axum::response::Redirect;
use touchstone_ledger::case::Case;
use touchstone_ledger::findings::About;
use touchstone_ledger::{Answer, CaseId, Fact, Subject};

/// The answer of a decided case, if it can be taken for known: nobody appealed, and it is no golden case itself.
pub(super) fn known(case: &Case) -> Option<Answer> {
    let appealed = case.history.iter().any(|e| matches!(e.fact, Fact::Appealed { .. }));
    let decision = case.view.decision.as_ref().filter(|d| d.effective && d.answer != Answer::Unsure)?;
    let plain = case.view.golden.is_none() && !matches!(case.view.subject, Subject::Target { .. });
    (plain && !appealed).then_some(decision.answer)
}

/// Puts a decided case into the queue again, as a golden one.
pub(crate) async fn golden(State(app): State<App>, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let id: CaseId = number(&id)?;
    let findings = app.findings()?;
    let file = desk::look(&app, move |ledger, now| ledger.case_file(id, now)).await?;
    let known = known(&file.case);
    let known = known.ok_or_else(|| {
        Problem::new(Code::Conflict, "only a decided case that nobody appealed against has a known answer")
    })?;
    let members: Vec<&str> = file.members.iter().filter_map(|m| m.account.as_deref()).collect();
    let about = match &file.case.view.subject {
        Subject::Ring { .. } => ring_of(&findings, &members).map(About::Ring),
        _ => members.first().map(|m| About::Account((*m).to_owned())),
    };
    let about = about.ok_or_else(|| Problem::new(Code::NotFound, "the latest findings do not have it any more"))?;
    desk::golden(&app, about, known).await?;
    Ok(Redirect::to(&format!("/cases/{id}?done=golden")))
}
