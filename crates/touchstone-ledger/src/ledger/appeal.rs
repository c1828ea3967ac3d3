//! Appeals: lodged by the account, decided by somebody who had no part in the decision.

use super::decide::DAY;
use super::{Draft, Ledger, TEXT_MAX, bounded};
use crate::chance::mac;
use crate::entry::{ActionId, AppealId, By, Fact};
use crate::error::LedgerError;
use crate::seal::SealKind;

/// For how long after an action an appeal can be lodged, in days: six months, as Article 20 of the EU's Digital
/// Services Act asks for.
pub const APPEAL_DAYS: i64 = 184;

impl Ledger {
    /// A token for a link under which the account concerned can appeal against an action, without signing in. Good for
    /// as long as the appeal is; nobody can make one without the key.
    ///
    /// # Errors
    /// There is no such action.
    pub fn appeal_token(&mut self, action: ActionId) -> Result<String, LedgerError> {
        let until = self.state()?.action(action).ok_or(LedgerError::NoAction(action))?.at + APPEAL_DAYS * DAY;
        Ok(format!("{action}.{until}.{}", self.sign(action, until)))
    }

    /// The action a token is for.
    ///
    /// # Errors
    /// It was not made with this key, or its time is over.
    pub fn appeal_action(&self, token: &str, now: i64) -> Result<ActionId, LedgerError> {
        let mut parts = token.split('.');
        let bad = LedgerError::Token("it was not made here, or is not complete");
        let (Some(action), Some(until), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad);
        };
        let (Ok(action), Ok(until)) = (action.parse::<ActionId>(), until.parse::<i64>()) else { return Err(bad) };
        let expected = mac(&self.key, "appeal", &[&action.to_string(), &until.to_string()]);
        // BLAKE3's own comparison takes the same time whatever differs.
        if !blake3::Hash::from_hex(signature).is_ok_and(|given| given == expected) {
            return Err(bad);
        }
        if now >= until {
            return Err(LedgerError::Token("the time for an appeal is over"));
        }
        Ok(action)
    }

    fn sign(&self, action: ActionId, until: i64) -> String {
        mac(&self.key, "appeal", &[&action.to_string(), &until.to_string()]).to_hex().to_string()
    }

    /// Lodges an appeal under a token.
    ///
    /// # Errors
    /// The token is not good, or as [`Ledger::appeal`].
    pub fn appeal_by_link(&mut self, token: &str, text: &str, at: i64) -> Result<AppealId, LedgerError> {
        let action = self.appeal_action(token, at)?;
        self.write(at, |draft| lodge(draft, action, None, text))
    }

    /// Lodges an appeal for an account that signed in.
    ///
    /// # Errors
    /// The action is not on this account, was taken back, or is under appeal; it is too late; the text is empty or too
    /// long; or the ledger cannot be written.
    pub fn appeal(&mut self, account: &str, action: ActionId, text: &str, at: i64) -> Result<AppealId, LedgerError> {
        self.write(at, |draft| lodge(draft, action, Some(account), text))
    }

    /// Decides an appeal on a claimed case. Upheld, all that was done to the account on this case is taken back and it
    /// is labelled as cleared.
    ///
    /// # Errors
    /// The case is not claimed by this person, this person had a part in the decision, the reason is missing, or the
    /// ledger cannot be written.
    pub fn decide_appeal(
        &mut self,
        appeal: AppealId,
        who: &str,
        upheld: bool,
        reason: &str,
        at: i64,
    ) -> Result<(), LedgerError> {
        self.write(at, |draft| {
            let person = draft.person(who)?;
            let it = draft.state.appeal(appeal).ok_or(LedgerError::NoAppeal(appeal))?.clone();
            let case = draft.case(it.case)?;
            if it.decision.is_some() {
                let why = "the appeal is decided already";
                return Err(LedgerError::NotNow { case: it.case, status: case.status(draft.at).word(), why });
            }
            if case.claim(draft.at).is_none_or(|c| c.who != person) {
                return Err(LedgerError::NotClaimed(it.case));
            }
            if case.deciders(Some(&it.account)).contains(&person) {
                let why = "an appeal is decided by somebody who had no part in the decision";
                return Err(LedgerError::Barred { case: it.case, why });
            }
            let reason = draft.reason("an appeal's decision", reason)?;
            let by = By::Person(person);
            let account = it.account.clone();
            let fact = Fact::AppealDecided { appeal, account, upheld, reason: reason.clone() };
            let cause = draft.push(&by, fact)?;
            if upheld {
                let now = draft.at;
                let taken: Vec<ActionId> = draft
                    .state
                    .actions_of(&it.account)
                    .filter(|a| a.act.case == it.case && a.stands(now))
                    .map(|a| a.id)
                    .collect();
                for action in taken {
                    draft.reverse(&by, action, Some(cause), &reason)?;
                }
            }
            Ok(())
        })
    }
}

fn lodge(
    draft: &mut Draft<'_, '_>,
    action: ActionId,
    claimed: Option<&str>,
    text: &str,
) -> Result<AppealId, LedgerError> {
    bounded("the appeal", text.trim(), TEXT_MAX)?;
    let it = draft.state.action(action).ok_or(LedgerError::NoAction(action))?;
    let (case, at) = (it.act.case, it.at);
    // A target's author appeals; else whom it was done to.
    let owner = it.act.authors.first().filter(|_| it.act.target.is_some());
    let Some(account) = it.act.account.clone().or_else(|| owner.cloned()) else {
        return Err(LedgerError::Token("it is not known whose target this is"));
    };
    let reversed = !it.reversals.is_empty();
    let signed_in = match claimed {
        Some(name) => draft.tables.find(SealKind::Account, name)?.as_ref() == Some(&account),
        None => true,
    };
    if !signed_in {
        // The same words as for an action that does not exist: whose it is, is nobody's business.
        return Err(LedgerError::NoAction(action));
    }
    let no = |why| Err(LedgerError::NotNow { case, status: "not to be appealed", why });
    if reversed {
        return no("the action was taken back already");
    }
    if draft.at >= at + APPEAL_DAYS * DAY {
        return no("the time for an appeal is over");
    }
    if draft.state.appeals().any(|a| a.action == action && a.account == account) {
        return no("there is an appeal against this action already");
    }
    let text = draft.text(text.trim())?;
    let by = By::Account(account.clone());
    Ok(AppealId(draft.push(&by, Fact::Appealed { case, account, action, text })?))
}
