//! Golden cases: put into the queue with a known answer, to see how well reviewers judge.

use super::write;
use crate::app::App;
use crate::problem::{Code, Problem};
use touchstone_detect::findings::Verdict;
use touchstone_ledger::findings::About;
use touchstone_ledger::{Answer, CaseId};

/// Puts one into the queue, from the latest findings.
pub(crate) async fn golden(app: &App, about: About, known: Answer) -> Result<CaseId, Problem> {
    if known == Answer::Unsure {
        return Err(Problem::new(Code::BadRequest, "a known answer is confirmed or cleared"));
    }
    let none = || Problem::new(Code::NoFindings, "there is nothing to make a case of yet");
    let found = app.desk.found().ok_or_else(none)?;
    let there = match &about {
        About::Ring(ring) => found.rings.iter().any(|r| r.ring == *ring),
        About::Account(name) => found.accounts.iter().any(|a| a.account == *name && a.verdict != Verdict::Organic),
        About::Target(_) => false,
    };
    if !there {
        return Err(Problem::new(
            Code::NotFound,
            "the latest findings have no such ring, and no such account that is not organic",
        ));
    }
    write(app, move |ledger, now| ledger.open_golden(&found, &about, known, now)).await
}
