//! An account and a target, as the latest findings and people's decisions have them.

use super::case::{self, ActionLine};
use super::queue::Row;
use super::words::{amount, bits, count, counted, verdict};
use super::{Fault, Frame, html};
use crate::answers::{name_of, pseudonym_of};
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, Which};
use crate::problem::{Code, Problem};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Html;

struct Found {
    verdict: &'static str,
    bits: String,
    endorsements: String,
    discounted: String,
    ring: String,
    /// What people decided.
    word: &'static str,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    hatch: String,
    found: Option<Found>,
    body: String,
    cases: Vec<Row>,
    actions: Vec<ActionLine>,
}

/// The page of an account.
pub(crate) async fn account(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Html<String>, Fault> {
    let identity = app.door.identity();
    let pseudonym = pseudonym_of(identity, &name);
    let asked = pseudonym.clone();
    let (cases, actions) = desk::look(&app, move |ledger, now| {
        let ids = ledger.cases_of(&asked)?;
        Ok((desk::rows(ledger, &ids, now)?, desk::actions(ledger, &Which::Account(asked), now)?))
    })
    .await?;
    let (snapshot, overlay) = (app.snapshot(), app.desk.overlay());
    let found = snapshot.as_deref().and_then(|s| s.account(&pseudonym)).map(|a| Found {
        verdict: verdict(&a.verdict),
        bits: format!("{} bits", bits(a.evidence_bits)),
        endorsements: counted(a.endorsements, "endorsement", "endorsements"),
        discounted: format!("{} discounted", amount(a.discounted)),
        ring: a.ring.as_deref().unwrap_or_default().to_owned(),
        word: match (overlay.cleared.contains(&pseudonym), overlay.confirmed.contains(&pseudonym)) {
            (true, _) => "cleared by a review",
            (_, true) => "confirmed by a review",
            _ => "",
        },
    });
    let page = AccountPage {
        frame: Frame::of("Account", Some(&who)).at("queue"),
        name: name_of(identity, &pseudonym),
        hatch: touchstone_console::hatch(),
        body: snapshot.as_deref().and_then(|s| case::account(s, &pseudonym, identity)).unwrap_or_default(),
        found,
        cases: cases.into_iter().map(|r| Row::of(r, identity)).collect(),
        actions: actions.into_iter().map(|a| ActionLine::of(a, identity)).collect(),
    };
    Ok(html(&page)?)
}

#[derive(Template)]
#[template(path = "target.html")]
struct TargetPage {
    frame: Frame,
    name: String,
    owner: String,
    likes: String,
    authentic: String,
    discounted: String,
    restored: String,
    /// Its place among all targets; empty where the findings were not ranked.
    rank: String,
    interval: String,
}

/// The page of a target.
pub(crate) async fn target(
    State(app): State<App>,
    Extension(who): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Html<String>, Fault> {
    let (findings, overlay) = (app.findings()?, app.desk.overlay());
    let found = findings.target(&name).ok_or_else(|| Problem::new(Code::NotFound, "no target of this name"))?;
    let authentic = overlay.authentic(found);
    let page = TargetPage {
        frame: Frame::of("Target", Some(&who)).at("queue"),
        owner: found.owner.as_deref().map(|o| name_of(app.door.identity(), o)).unwrap_or_default(),
        likes: count(found.likes),
        authentic: amount(authentic),
        discounted: amount(found.likes as f64 - authentic),
        restored: amount(overlay.restored(&name)),
        rank: overlay.ranks(&findings, &app.options.rank).get(&*name).map(|r| count(*r)).unwrap_or_default(),
        interval: format!(
            "Found: between {} and {} authentic (95 %), before reviews.",
            amount(found.authentic_low),
            amount(found.authentic_high)
        ),
        name,
    };
    Ok(html(&page)?)
}
