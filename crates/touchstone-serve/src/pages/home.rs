//! The first page: what is being faked now, and how things stand.

use super::words::{amount, bits, count, counted, kind_of, time};
use super::{Fault, Frame, html};
use crate::app::App;
use crate::auth::Principal;
use crate::desk::{self, Overlay, Work};
use crate::snapshot::Snapshot;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use touchstone_engine::landing::{Identity, Status};

/// Rings and targets listed.
const LISTED: usize = 10;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    status: Status,
    work: Work,
    found: Option<Found>,
}

/// The latest findings in numbers.
struct Found {
    headline: String,
    rings: usize,
    reported: String,
    authentic: String,
    discounted: String,
    restored: String,
    latest: Vec<RingRow>,
    targets: Vec<TargetRow>,
}

struct RingRow {
    ring: String,
    kind: &'static str,
    members: String,
    targets: String,
    bits: String,
    last: String,
}

struct TargetRow {
    target: String,
    owner: String,
    likes: String,
    authentic: String,
    discounted: String,
}

fn found(snapshot: &Snapshot, overlay: &Overlay, identity: &Identity) -> Found {
    let accused = snapshot.accounts.iter().filter(|a| &*a.verdict == "inauthentic").count() as u64;
    let (mut reported, mut authentic, mut restored) = (0, 0.0, 0.0);
    for t in &snapshot.targets {
        reported += t.likes;
        authentic += overlay.authentic(t);
        restored += overlay.restored(&t.target);
    }
    let mut rings: Vec<_> = snapshot.rings.iter().collect();
    rings.sort_by(|a, b| b.last_ts.cmp(&a.last_ts).then_with(|| a.ring.cmp(&b.ring)));
    let latest = rings.into_iter().take(LISTED).map(|r| RingRow {
        ring: r.ring.to_string(),
        kind: kind_of(&r.kind),
        members: count(r.members.len() as u64),
        targets: count(r.targets),
        bits: bits(r.evidence_bits),
        last: r.last_ts.map(time).unwrap_or_default(),
    });
    let mut inflated: Vec<_> = snapshot.targets.iter().map(|t| (t, t.likes as f64 - overlay.authentic(t))).collect();
    inflated.retain(|(_, lost)| *lost >= 0.5);
    inflated.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.target.cmp(&b.0.target)));
    let targets = inflated.into_iter().take(LISTED).map(|(t, lost)| TargetRow {
        target: t.target.to_string(),
        owner: t.owner.as_deref().map(|o| desk::revealed(identity, o)).unwrap_or_default(),
        likes: count(t.likes),
        authentic: amount(overlay.authentic(t)),
        discounted: amount(lost),
    });
    let headline = if accused == 0 {
        "No account is accused.".to_owned()
    } else {
        format!(
            "{} of {} accused, {}",
            count(accused),
            counted(snapshot.accounts.len() as u64, "account", "accounts"),
            counted(snapshot.rings.len() as u64, "ring", "rings")
        )
    };
    Found {
        headline,
        rings: snapshot.rings.len(),
        reported: count(reported),
        authentic: amount(authentic),
        discounted: amount(reported as f64 - authentic),
        restored: amount(restored),
        latest: latest.collect(),
        targets: targets.collect(),
    }
}

/// How things stand.
pub(crate) async fn home(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
) -> Result<Html<String>, Fault> {
    let work = desk::look(&app, desk::work).await?;
    let found = app.snapshot().map(|f| found(&f, &app.desk.overlay(), app.door.identity()));
    let frame = Frame::of("Overview", Some(&principal)).at("overview");
    Ok(html(&Home { frame, status: app.landing.status(), work, found })?)
}
