//! Shapes of cases, actions and appeals.

use super::time;
use crate::desk::{ActionRow, CaseRow, LedgerRow, Ranks, Stake, revealed};
use serde::{Deserialize, Serialize};
use touchstone_engine::landing::Identity;
use touchstone_ledger::CaseFile;
use utoipa::{IntoParams, ToSchema};

/// A case in the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseAnswer {
    /// Its number: c17.
    pub(crate) case: String,
    /// ring, account or target.
    pub(crate) subject: String,
    /// Kind of a ring: farm, exchange, pod, collusion, burst.
    pub(crate) kind: Option<String>,
    /// The account or target; null for rings.
    pub(crate) name: Option<String>,
    /// Accounts it is about.
    pub(crate) members: u64,
    /// Evidence, in bits.
    pub(crate) evidence_bits: f64,
    /// Endorsements of these accounts that are discounted (sum of p_fake).
    pub(crate) discounted: f64,
    /// open, claimed, awaits_second, appealed, decided.
    pub(crate) status: String,
    /// Once decided: confirmed, cleared or unsure.
    pub(crate) answer: Option<String>,
    /// Who works on it.
    pub(crate) claimed_by: Option<String>,
    /// RFC 3339.
    pub(crate) opened_at: Option<String>,
}

impl CaseAnswer {
    pub(crate) fn of(row: CaseRow, identity: &Identity) -> Self {
        Self {
            case: row.id.to_string(),
            subject: row.subject.to_owned(),
            kind: row.kind.map(|k| k.as_str().to_owned()),
            name: row.name.map(|n| revealed(identity, &n)),
            members: row.members as u64,
            evidence_bits: row.bits,
            discounted: row.discounted,
            status: row.status.to_owned(),
            answer: row.answer.map(|a| a.as_str().to_owned()),
            claimed_by: row.holder,
            opened_at: time(Some(row.opened_at)),
        }
    }
}

/// A page of cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseList {
    /// The cases, the most urgent first.
    pub(crate) items: Vec<CaseAnswer>,
    /// How many there are in all.
    pub(crate) total: u64,
}

/// An account of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseMember {
    /// Its name on the platform; null once erased.
    pub(crate) account: Option<String>,
    /// organic, suspect or inauthentic.
    pub(crate) verdict: String,
    /// Evidence against it, in bits.
    pub(crate) evidence_bits: f64,
    /// Its endorsements.
    pub(crate) endorsements: u64,
    /// How many of them are discounted.
    pub(crate) discounted: f64,
}

/// A piece of evidence as it was when the case was opened or refreshed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseExhibit {
    /// Which detector.
    pub(crate) signal: String,
    /// In bits.
    pub(crate) bits: f64,
    /// What was measured.
    pub(crate) statistic: String,
    /// As observed.
    pub(crate) observed: f64,
    /// As expected of innocents.
    pub(crate) expected: f64,
    /// In words; null once erased.
    pub(crate) sentence: Option<String>,
}

/// An entry on a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseEntry {
    /// Its number in the ledger.
    pub(crate) entry: u64,
    /// RFC 3339.
    pub(crate) at: Option<String>,
    /// Who or what.
    pub(crate) by: String,
    /// What happened: opened, claimed, decided, acted, ...
    pub(crate) what: String,
    /// In words.
    pub(crate) text: String,
    /// True if it was taken back.
    pub(crate) undone: bool,
}

/// An open appeal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseAppeal {
    /// Its number: p17.
    pub(crate) appeal: String,
    /// What the account says; null once erased.
    pub(crate) text: Option<String>,
}

/// Something done to an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActionAnswer {
    /// Its number: a17.
    pub(crate) action: String,
    /// The case it follows from.
    pub(crate) case: String,
    /// To whom; null once erased.
    pub(crate) account: Option<String>,
    /// require_review, discount, limit_distribution, freeze_liking, suspend.
    pub(crate) kind: String,
    /// delayed, in_force, expired, reversed.
    pub(crate) phase: String,
    /// RFC 3339.
    pub(crate) starts_at: Option<String>,
    /// RFC 3339.
    pub(crate) expires_at: Option<String>,
    /// Why, in plain words.
    pub(crate) reason: String,
    /// True if no person decided it.
    pub(crate) automatic: bool,
    /// Path on this server under which the account can appeal; null where there is nothing to appeal against.
    pub(crate) appeal_path: Option<String>,
}

impl ActionAnswer {
    pub(crate) fn of(row: ActionRow, identity: &Identity) -> Self {
        Self {
            action: row.id.to_string(),
            case: row.case.to_string(),
            account: row.account.map(|a| revealed(identity, &a)),
            kind: row.kind.as_str().to_owned(),
            phase: row.phase.to_owned(),
            starts_at: time(Some(row.starts_at)),
            expires_at: time(Some(row.expires_at)),
            reason: row.reason,
            automatic: row.automatic,
            appeal_path: row.appeal_token.map(|t| format!("/appeal/{t}")),
        }
    }
}

/// Actions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActionList {
    /// The latest first.
    pub(crate) items: Vec<ActionAnswer>,
}

/// A case in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseDetail {
    pub(crate) case: CaseAnswer,
    /// Most evidence first.
    pub(crate) members: Vec<CaseMember>,
    pub(crate) evidence: Vec<CaseExhibit>,
    /// What was entered on it, oldest first.
    pub(crate) history: Vec<CaseEntry>,
    /// Open appeals.
    pub(crate) appeals: Vec<CaseAppeal>,
    /// What was done, the latest first.
    pub(crate) actions: Vec<ActionAnswer>,
}

impl CaseDetail {
    pub(crate) fn of(row: CaseRow, file: CaseFile, actions: Vec<ActionRow>, identity: &Identity) -> Self {
        Self {
            case: CaseAnswer::of(row, identity),
            members: file
                .members
                .into_iter()
                .map(|m| CaseMember {
                    account: m.account.map(|a| revealed(identity, &a)),
                    verdict: m.verdict.as_str().to_owned(),
                    evidence_bits: m.bits,
                    endorsements: m.endorsements,
                    discounted: m.discounted,
                })
                .collect(),
            evidence: file
                .evidence
                .into_iter()
                .map(|e| CaseExhibit {
                    signal: e.signal,
                    bits: e.bits,
                    statistic: e.statistic,
                    observed: e.observed,
                    expected: e.expected,
                    sentence: e.words.map(|w| revealed(identity, &w)),
                })
                .collect(),
            history: file
                .history
                .into_iter()
                .map(|h| CaseEntry {
                    entry: h.seq,
                    at: time(Some(h.at)),
                    by: h.by,
                    what: h.what.to_owned(),
                    text: revealed(identity, &h.text),
                    undone: h.undone,
                })
                .collect(),
            appeals: file.appeals.into_iter().map(|(id, text)| CaseAppeal { appeal: id.to_string(), text }).collect(),
            actions: actions.into_iter().map(|a| ActionAnswer::of(a, identity)).collect(),
        }
    }
}

/// What a decision on a case changes in the counts that are served.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseEffect {
    /// Endorsements that stay discounted if the case is confirmed, and count again if it is cleared.
    pub(crate) endorsements: f64,
    /// On how many targets.
    pub(crate) targets_total: u64,
    /// Of how many owners.
    pub(crate) owners_total: u64,
    /// The targets most concerned, at most 100.
    pub(crate) targets: Vec<TargetEffect>,
}

/// What it changes on one target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TargetEffect {
    pub(crate) target: String,
    /// Its owner, where known.
    pub(crate) owner: Option<String>,
    /// Endorsements as reported.
    pub(crate) likes: u64,
    /// Corrected count as it is served now.
    pub(crate) authentic: f64,
    /// Corrected count if the case is cleared.
    pub(crate) if_cleared: f64,
    /// Its place among all targets now; null where the findings were not ranked.
    pub(crate) rank: Option<u64>,
    /// Its place if the case is cleared, at best: how far these accounts are trusted only the next detection knows.
    pub(crate) rank_if_cleared: Option<u64>,
}

impl CaseEffect {
    /// `ranks` are those now, and if the case is cleared.
    pub(crate) fn of(stakes: &[Stake<'_>], ranks: (&Ranks, &Ranks), identity: &Identity) -> Self {
        let owners: std::collections::BTreeSet<&str> =
            stakes.iter().filter_map(|s| s.target.owner.as_deref()).collect();
        Self {
            endorsements: stakes.iter().map(|s| s.discounted).sum(),
            targets_total: stakes.len() as u64,
            owners_total: owners.len() as u64,
            targets: stakes
                .iter()
                .take(100)
                .map(|s| TargetEffect {
                    target: s.target.target.to_string(),
                    owner: s.target.owner.as_deref().map(|o| super::name_of(identity, o)),
                    likes: s.target.likes,
                    authentic: s.now,
                    if_cleared: s.if_cleared(),
                    rank: ranks.0.get(&s.target.target).copied(),
                    rank_if_cleared: ranks.1.get(&s.target.target).copied(),
                })
                .collect(),
        }
    }
}

/// Which cases.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCases {
    /// Conditions apart by spaces: is:ring|account, status:open|claimed|awaits_second|appealed|decided, kind:farm, bits>=20,
    /// members>=5, signal:pool. Without status: those that wait.
    pub(crate) q: Option<String>,
    /// How many at most, 1 to 1,000; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u64>,
}

/// Which actions: of one account, or of one case.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichActions {
    /// The account's name on the platform, or its pseudonym.
    pub(crate) account: Option<String>,
    /// The case's number.
    pub(crate) case: Option<String>,
}

/// A text of a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// A note, or the reason in plain words.
    pub(crate) text: String,
}

/// One thing to do to who is confirmed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureAsked {
    /// discount, limit_distribution, freeze_liking, suspend.
    pub(crate) kind: String,
    /// For how many days, 1 to 3,660.
    pub(crate) days: u32,
}

/// A decision on a claimed case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionAsked {
    /// confirmed, cleared or unsure.
    pub(crate) answer: String,
    /// What is to be done; only where confirmed.
    #[serde(default)]
    pub(crate) measures: Vec<MeasureAsked>,
    /// To which of the case's accounts; to all where not said.
    #[serde(default)]
    pub(crate) accounts: Option<Vec<String>>,
    /// Why, in plain words.
    pub(crate) reason: String,
    /// The ground in the platform's terms.
    #[serde(default)]
    pub(crate) ground: String,
}

/// A second review, or the decision on an appeal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreeAsked {
    /// A second review: true if the first decision is right. An appeal: true if the account is right.
    pub(crate) yes: bool,
    /// Why, in plain words.
    pub(crate) reason: String,
}

/// An appeal, lodged by the platform for an account that is signed in there.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppealAsked {
    /// The account's name on the platform.
    pub(crate) account: String,
    /// The action: a17.
    pub(crate) action: String,
    /// What the account says.
    pub(crate) text: String,
}

/// An appeal that was lodged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Lodged {
    /// Its number: p17.
    pub(crate) appeal: String,
}

/// A case that was claimed, if one waited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NextCase {
    /// Null where nothing waits.
    pub(crate) case: Option<CaseDetail>,
}

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichEntries {
    /// Those after this number; from the beginning where nothing is said.
    pub(crate) after: Option<u64>,
    /// How many at most, 1 to 1,000; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u64>,
}

/// An entry of the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEntry {
    /// Its number, from 1 without gaps.
    pub(crate) entry: u64,
    /// RFC 3339.
    pub(crate) at: Option<String>,
    /// Who or what.
    pub(crate) by: String,
    /// What happened.
    pub(crate) what: String,
    /// On which case, if on one.
    pub(crate) case: Option<String>,
}

impl LedgerEntry {
    pub(crate) fn of(row: LedgerRow) -> Self {
        Self {
            entry: row.seq,
            at: time(Some(row.at)),
            by: row.by,
            what: row.what.to_owned(),
            case: row.case.map(|c| c.to_string()),
        }
    }
}

/// Entries of the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LedgerList {
    /// In order.
    pub(crate) items: Vec<LedgerEntry>,
    /// Number of the last entry of all.
    pub(crate) last: u64,
    /// Its hash: keep it elsewhere, and `touchstone ledger verify` can tell whether the end was cut off.
    pub(crate) hash: String,
}
