//! The statement of reasons: what an author is told about a decision, and what the EU's transparency database is.
//!
//! Article 17 of the Digital Services Act asks for: the restriction, its scope and duration; the facts relied on; whether
//! automated means were used; the ground; and how to complain. Other people's identifiers are no part of it: every
//! name of another account or of a reviewer is taken out of every text.

use crate::entry::{ActionId, ActionKind, Subject};
use crate::error::LedgerError;
use crate::ledger::{APPEAL_DAYS, Ledger, day};
use crate::seal::{Seal, SealKind, mentions};
use crate::store::Tables;
use serde::Serialize;
use std::collections::BTreeSet;

/// A statement of reasons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// The action's number.
    pub action: String,
    /// The account or target it is on.
    pub about: String,
    /// What is done, as in the ledger.
    pub kind: ActionKind,
    /// What is done, in words.
    pub restriction: &'static str,
    /// First day, YYYY-MM-DD, UTC.
    pub from: String,
    /// Last day.
    pub until: String,
    /// When it was taken back, if it was.
    pub taken_back: bool,
    /// Why, in plain words.
    pub reason: String,
    /// The facts relied on: numbers and sentences.
    pub facts: Vec<String>,
    /// True: what led to it was found by a program.
    pub automated_detection: bool,
    /// True if no person decided.
    pub automated_decision: bool,
    /// The ground in the terms.
    pub ground: String,
    /// How to complain, and until when.
    pub complaint: String,
    /// Token of the link under which an appeal can be lodged.
    pub appeal_token: String,
}

/// Words for what is done.
fn restriction(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::RequireReview => "A person will look at your activity; nothing changes meanwhile.",
        ActionKind::Discount => "Endorsements that were found not to be genuine are not counted.",
        ActionKind::LimitDistribution => "What you post is recommended to fewer people.",
        ActionKind::FreezeLiking => "You cannot endorse what others post.",
        ActionKind::Suspend => "Your account is suspended.",
    }
}

impl Ledger {
    /// The statement of reasons for an action, to be sent to whom it concerns; none where that was erased.
    ///
    /// # Errors
    /// There is no such action, or the ledger cannot be read.
    pub fn statement(&mut self, id: ActionId) -> Result<Option<Statement>, LedgerError> {
        let appeal_token = self.appeal_token(id)?;
        let state = self.state()?;
        let action = state.action(id).ok_or(LedgerError::NoAction(id))?.clone();
        let Some(case) = state.case(action.act.case) else { return Err(LedgerError::NoCase(action.act.case)) };
        // The evidence as it was when it was decided, not as it was refreshed later.
        let (subject, evidence) = case.as_of(id.0);
        let own = action.act.account.clone();
        let about = own.clone().or_else(|| action.act.target.clone());
        let exhibits: Vec<_> = evidence.iter().filter(|e| e.account.is_none() || e.account == own).cloned().collect();
        let mut facts = own_numbers(&subject, own.as_ref());
        let mut seals: Vec<Seal> = exhibits.iter().map(|e| e.words.clone()).collect();
        seals.push(action.act.reason.clone());
        seals.extend(about.clone());
        let texts = self.open_seals(&seals)?;
        let Some(about) = about.and_then(|a| texts.get(&a).cloned()) else { return Ok(None) };
        let others = self.others(own.as_ref())?;
        let reason = texts.get(&action.act.reason).map(|r| hide(r, &others)).unwrap_or_default();
        for exhibit in exhibits {
            if let Some(words) = texts.get(&exhibit.words) {
                facts.push(hide(words, &others));
            }
        }
        let last = day(action.at + APPEAL_DAYS * 86_400_000_000);
        Ok(Some(Statement {
            action: id.to_string(),
            about,
            kind: action.act.kind,
            restriction: restriction(action.act.kind),
            from: day(action.act.starts_at),
            until: day(action.act.expires_at),
            taken_back: !action.reversals.is_empty(),
            reason,
            facts,
            automated_detection: true,
            automated_decision: action.act.automatic,
            ground: hide(&action.act.ground, &others),
            complaint: format!(
                "You can appeal until {last}, free of charge, with the link in this message. A person who had no part \
                 in this decision will look at it with the same evidence. You can also turn to a certified out-of-court \
                 body or to a court."
            ),
            appeal_token,
        }))
    }

    /// Names that are not to be shown: all accounts but one, and everybody who works with the ledger.
    fn others(&mut self, own: Option<&Seal>) -> Result<BTreeSet<String>, LedgerError> {
        let mut transaction = self.store.begin(false)?;
        let mut others = BTreeSet::new();
        Tables::new(&mut *transaction).vault(|seal, _, value| {
            let Ok(seal) = seal.parse::<Seal>() else { return };
            if matches!(seal.kind(), SealKind::Account | SealKind::Who) && Some(&seal) != own {
                others.extend(serde_json::from_str::<String>(&value));
            }
        })?;
        Ok(others)
    }
}

/// What the findings say of the account alone and of the group as a whole.
fn own_numbers(subject: &Subject, own: Option<&Seal>) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(member) = subject.members().iter().find(|m| Some(&m.account) == own) {
        facts.push(format!(
            "Of {} endorsements by this account, {:.0} were found not to be genuine.",
            member.endorsements, member.discounted
        ));
    }
    match subject {
        Subject::Ring { members, targets, .. } => facts.push(format!(
            "This account acted together with {} others on {targets} targets.",
            members.len().saturating_sub(1)
        )),
        Subject::Target { reported, authentic, .. } => {
            facts.push(format!("Of {reported} reported endorsements, {authentic:.0} are counted as genuine."));
        }
        Subject::Account(_) => {}
    }
    facts
}

/// A text without these names. Longer ones first, so that no part of a name is left.
fn hide(text: &str, names: &BTreeSet<String>) -> String {
    let mut found: Vec<&String> = names.iter().filter(|n| mentions(text, n)).collect();
    found.sort_by_key(|n| std::cmp::Reverse(n.len()));
    found.into_iter().fold(text.to_owned(), |text, name| text.replace(name.as_str(), "(another person)"))
}

/// A statement in the schema of the EU's DSA Transparency Database, as its API takes it. Fields that do not apply are
/// left out. It holds no personal data: that database is public.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DsaStatement {
    /// Restrictions of visibility.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decision_visibility: Vec<&'static str>,
    /// In words, with DECISION_VISIBILITY_OTHER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_visibility_other: Option<&'static str>,
    /// Restriction of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_provision: Option<&'static str>,
    /// Restriction of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_account: Option<&'static str>,
    /// Always the terms: fake endorsements are seldom illegal in themselves.
    pub decision_ground: &'static str,
    /// Which term.
    pub incompatible_content_ground: String,
    /// Why it is against it.
    pub incompatible_content_explanation: String,
    /// "No": nothing is said about law.
    pub incompatible_content_illegal: &'static str,
    /// Endorsements are none of the listed types.
    pub content_type: [&'static str; 1],
    /// In words.
    pub content_type_other: &'static str,
    /// Violation of the terms.
    pub category: &'static str,
    /// Keyword.
    pub category_specification: [&'static str; 1],
    /// In words.
    pub category_specification_other: &'static str,
    /// Day the evidence was found, YYYY-MM-DD: endorsements have no one day of posting.
    pub content_date: String,
    /// First day of the restriction.
    pub application_date: String,
    /// Last day, by kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date_visibility_restriction: Option<String>,
    /// See above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date_service_restriction: Option<String>,
    /// See above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date_account_restriction: Option<String>,
    /// Facts relied on, without names.
    pub decision_facts: String,
    /// Always the platform's own initiative.
    pub source_type: &'static str,
    /// Yes.
    pub automated_detection: &'static str,
    /// Fully without a person, else partially: a program found it.
    pub automated_decision: &'static str,
    /// Unique within the platform.
    pub puid: String,
}

impl Ledger {
    /// The statement for the EU's transparency database; none for actions that restrict nothing, or whose subject was
    /// erased.
    ///
    /// # Errors
    /// As [`Ledger::statement`].
    pub fn dsa_statement(&mut self, id: ActionId) -> Result<Option<DsaStatement>, LedgerError> {
        let Some(statement) = self.statement(id)? else { return Ok(None) };
        let state = self.state()?;
        let opened_at = state.action(id).and_then(|a| state.case(a.act.case)).map_or(0, |c| c.opened_at);
        // Not even the name of whom it concerns.
        let mut names = self.others(None)?;
        names.insert(statement.about.clone());
        let identity = self.identity()?;
        let (mut visibility, mut other, mut provision, mut account) = (Vec::new(), None, None, None);
        match statement.kind {
            ActionKind::RequireReview => return Ok(None),
            ActionKind::Discount => {
                visibility.push("DECISION_VISIBILITY_OTHER");
                other = Some("Endorsements that were found not to be genuine are not counted.");
            }
            ActionKind::LimitDistribution => visibility.push("DECISION_VISIBILITY_CONTENT_DEMOTED"),
            ActionKind::FreezeLiking => provision = Some("DECISION_PROVISION_PARTIAL_SUSPENSION"),
            ActionKind::Suspend => account = Some("DECISION_ACCOUNT_SUSPENDED"),
        }
        // The database takes no later day.
        let end = |there: bool| there.then(|| statement.until.clone().min("2037-12-31".to_owned()));
        Ok(Some(DsaStatement {
            end_date_visibility_restriction: end(!visibility.is_empty()),
            end_date_service_restriction: end(provision.is_some()),
            end_date_account_restriction: end(account.is_some()),
            decision_visibility: visibility,
            decision_visibility_other: other,
            decision_provision: provision,
            decision_account: account,
            decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            incompatible_content_ground: cut(&hide(&statement.ground, &names), 500, "Terms and conditions"),
            incompatible_content_explanation: cut(&hide(&statement.reason, &names), 2_000, "Endorsements not genuine"),
            incompatible_content_illegal: "No",
            content_type: ["CONTENT_TYPE_OTHER"],
            content_type_other: "Endorsements (likes)",
            category: "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
            category_specification: ["KEYWORD_OTHER"],
            category_specification_other: "Coordinated inauthentic endorsements",
            content_date: day(opened_at),
            application_date: statement.from,
            decision_facts: cut(&hide(&statement.facts.join(" "), &names), 5_000, "See the explanation."),
            source_type: "SOURCE_VOLUNTARY",
            automated_detection: "Yes",
            automated_decision: if statement.automated_decision {
                "AUTOMATED_DECISION_FULLY"
            } else {
                "AUTOMATED_DECISION_PARTIALLY"
            },
            puid: format!("touchstone-{identity}-{}", statement.action),
        }))
    }
}

/// At most so many characters, and never nothing.
fn cut(text: &str, most: usize, else_say: &str) -> String {
    let text = text.trim();
    if text.is_empty() { else_say.to_owned() } else { text.chars().take(most).collect() }
}
