//! Shapes of answers. Names of accounts are the platform's own: whoever may read here, may know them.

use crate::desk::Overlay;
use crate::snapshot;
use serde::Serialize;
use touchstone_engine::landing::Identity;
use utoipa::ToSchema;

/// An account as found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AccountAnswer {
    /// Its name on the platform.
    pub(crate) account: String,
    /// Its name in the data folder.
    pub(crate) pseudonym: String,
    /// organic, suspect or inauthentic.
    pub(crate) verdict: String,
    /// Evidence against it, in bits; negative exonerates.
    pub(crate) evidence_bits: f64,
    /// The ring it is in.
    pub(crate) ring: Option<String>,
    /// Its endorsements.
    pub(crate) endorsements: u64,
    /// How many of them are discounted.
    pub(crate) discounted: f64,
    /// The signal that says most.
    pub(crate) top_signal: Option<String>,
    /// What people decided: confirmed or cleared; null where they decided nothing.
    pub(crate) review: Option<String>,
}

/// A target as found and reviewed: likes = authentic + bubble.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TargetAnswer {
    /// Its name.
    pub(crate) target: String,
    /// The account whose it is, where known.
    pub(crate) owner: Option<String>,
    /// Reported endorsements.
    pub(crate) likes: u64,
    /// Corrected count: as found, and what reviews gave back.
    pub(crate) authentic: f64,
    /// Lower end of its 95 % interval.
    pub(crate) authentic_low: f64,
    /// Upper end of its 95 % interval.
    pub(crate) authentic_high: f64,
    /// Discounted endorsements.
    pub(crate) bubble: f64,
    /// Discounted endorsements that count again since people cleared who made them; part of `authentic`.
    pub(crate) restored: f64,
}

/// A ring as found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RingAnswer {
    /// Its id in these findings.
    pub(crate) ring: String,
    /// farm, exchange, pod, collusion or burst.
    pub(crate) kind: String,
    /// Members.
    pub(crate) members: u64,
    /// Targets.
    pub(crate) targets: u64,
    /// Members accused.
    pub(crate) accused: u64,
    /// Evidence against it, in bits.
    pub(crate) evidence_bits: f64,
    /// First endorsement by a member on a ring target, RFC 3339.
    pub(crate) first_ts: Option<String>,
    /// Last such endorsement.
    pub(crate) last_ts: Option<String>,
    /// The gap within which members count as acting together, in seconds.
    pub(crate) window_seconds: Option<f64>,
}

/// A member of a ring.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MemberAnswer {
    /// Its name on the platform.
    pub(crate) account: String,
    /// Evidence against it, in bits.
    pub(crate) evidence_bits: f64,
    /// Ring targets it endorsed.
    pub(crate) joint_targets: u64,
}

/// A piece of evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceAnswer {
    /// Which detector.
    pub(crate) signal: String,
    /// log2 of the e-value.
    pub(crate) bits: f64,
    /// What was measured.
    pub(crate) statistic: String,
    /// As observed.
    pub(crate) observed: f64,
    /// As expected of innocents.
    pub(crate) expected: f64,
    /// More numbers.
    pub(crate) detail: serde_json::Value,
}

/// An account with the evidence for and against it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AccountDetail {
    pub(crate) account: AccountAnswer,
    pub(crate) evidence: Vec<EvidenceAnswer>,
    /// Number of the findings.
    pub(crate) findings: u64,
}

/// A target with the evidence about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TargetDetail {
    pub(crate) target: TargetAnswer,
    /// Its place among all targets, with what reviews gave back; null where the findings were not ranked.
    pub(crate) rank: Option<u64>,
    pub(crate) evidence: Vec<EvidenceAnswer>,
    /// Number of the findings.
    pub(crate) findings: u64,
}

/// A ring with its members and the evidence against it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RingDetail {
    pub(crate) ring: RingAnswer,
    pub(crate) members: Vec<MemberAnswer>,
    pub(crate) evidence: Vec<EvidenceAnswer>,
    /// Number of the findings.
    pub(crate) findings: u64,
}

macro_rules! list {
    ($name:ident, $row:ty, $what:literal) => {
        #[doc = $what]
        #[derive(Clone, Debug, Serialize, ToSchema)]
        pub(crate) struct $name {
            /// The rows.
            pub(crate) items: Vec<$row>,
            /// Cursor of the next page; null at the end.
            pub(crate) next: Option<String>,
            /// Number of the findings.
            pub(crate) findings: u64,
        }
    };
}
list!(AccountList, AccountAnswer, "A page of accounts.");
list!(TargetList, TargetAnswer, "A page of targets.");
list!(RingList, RingAnswer, "A page of rings.");

/// The name of a pseudonym; itself where it is none of ours.
pub(crate) fn name_of(identity: &Identity, pseudonym: &str) -> String {
    identity.reveal(pseudonym).unwrap_or_else(|| pseudonym.to_owned())
}

/// The pseudonym of a name; a pseudonym stays what it is.
pub(crate) fn pseudonym_of(identity: &Identity, account: &str) -> String {
    if identity.reveal(account).is_some() { account.to_owned() } else { identity.pseudonym(account) }
}

pub(super) fn time(micros: Option<i64>) -> Option<String> {
    jiff::Timestamp::from_microsecond(micros?).ok().map(|t| t.to_string())
}

impl AccountAnswer {
    pub(crate) fn of(a: &snapshot::Account, identity: &Identity, overlay: &Overlay) -> Self {
        let review = match (overlay.cleared.contains(&*a.account), overlay.confirmed.contains(&*a.account)) {
            (true, _) => Some("cleared"),
            (_, true) => Some("confirmed"),
            _ => None,
        };
        Self {
            review: review.map(str::to_owned),
            account: name_of(identity, &a.account),
            pseudonym: a.account.to_string(),
            verdict: a.verdict.to_string(),
            evidence_bits: a.evidence_bits,
            ring: a.ring.as_deref().map(str::to_owned),
            endorsements: a.endorsements,
            discounted: a.discounted,
            top_signal: a.top_signal.as_deref().map(str::to_owned),
        }
    }
}

impl TargetAnswer {
    pub(crate) fn of(t: &snapshot::Target, identity: &Identity, overlay: &Overlay) -> Self {
        let authentic = overlay.authentic(t);
        let restored = authentic - t.authentic;
        Self {
            restored,
            target: t.target.to_string(),
            owner: t.owner.as_deref().map(|o| name_of(identity, o)),
            likes: t.likes,
            authentic,
            authentic_low: t.authentic_low + restored,
            authentic_high: (t.authentic_high + restored).min(t.likes as f64),
            bubble: t.likes as f64 - authentic,
        }
    }
}

impl RingAnswer {
    pub(crate) fn of(r: &snapshot::Ring) -> Self {
        Self {
            ring: r.ring.to_string(),
            kind: r.kind.to_string(),
            members: r.members.len() as u64,
            targets: r.targets,
            accused: r.accused,
            evidence_bits: r.evidence_bits,
            first_ts: time(r.first_ts),
            last_ts: time(r.last_ts),
            window_seconds: r.window_seconds,
        }
    }
}

/// Pieces of evidence as answered.
pub(crate) fn evidence(found: &[snapshot::Evidence]) -> Vec<EvidenceAnswer> {
    let answer = |e: &snapshot::Evidence| EvidenceAnswer {
        signal: e.signal.to_string(),
        bits: e.bits,
        statistic: e.statistic.to_string(),
        observed: e.observed,
        expected: e.expected,
        detail: serde_json::from_str(&e.detail).unwrap_or(serde_json::Value::Null),
    };
    found.iter().map(answer).collect()
}
