//! Actions leave: as signed webhooks to receivers that the operator named, and as lines of a file.
//!
//! Every action and every reversal lies in the outbox from the same commit that entered it, so that a crash loses
//! none. A delivery is tried until its receiver answers with 2xx, each time later; it carries an `Idempotency-Key`, the
//! same at every try with the same body, by which a receiver takes it once however often it comes. If the process dies
//! between the answer and our note of it, it comes once more, under the same key.
//!
//! A receiver checks `Touchstone-Signature: v1=HEX`: HMAC-SHA256 under the shared secret over the text
//! `Touchstone-Timestamp`, a dot, and the body; and that the timestamp (seconds since 1970) is recent.

use crate::chance::unit;
use crate::entry::ActionId;
use crate::error::LedgerError;
use crate::ledger::{Ledger, rfc3339};
use crate::seal::Seal;
use crate::store::{Delivery, Tables};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// First wait after a failure, in seconds; doubled with every further one.
const WAIT_SECONDS: f64 = 15.0;
/// Longest wait, in seconds.
const WAIT_SECONDS_MAX: f64 = 6.0 * 3600.0;
/// Tries after which a delivery is given up: about four days.
const TRIES_MAX: u64 = 25;
/// Patience with a receiver.
const PATIENCE: Duration = Duration::from_secs(10);
/// Deliveries of one round.
const ROUND: u64 = 500;

/// Somebody who is told of actions.
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver {
    /// A name of your choice; deliveries are kept by it.
    pub name: String,
    /// Where to: http on this machine.
    pub url: String,
    /// Shared with it alone.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for Receiver {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("name", &self.name).field("url", &self.url).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    receiver: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    url: String,
    secret_file: String,
}

/// Reads receivers from a TOML file: `[[receiver]]` with name, url and secret_file (a path, from the file's folder; 16
/// bytes at least).
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_receivers(path: &Path) -> Result<Vec<Receiver>, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| format!("{shown}: cannot be read: {e}"))?;
    let file: File = toml::from_str(&text).map_err(|e| format!("{shown}: {e}"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut receivers: Vec<Receiver> = Vec::new();
    for written in file.receiver {
        let name = written.name;
        if name.is_empty() || receivers.iter().any(|r| r.name == name) {
            return Err(format!("{shown}: each receiver has a name of its own, not \"{name}\" again"));
        }
        if !is_on_this_machine(&written.url) {
            return Err(format!(
                "{shown}: receiver {name}: \"{}\" is not http on this machine (127.0.0.1, ::1, localhost); \
                 a relay there takes it further",
                written.url
            ));
        }
        let secret_path = folder.join(&written.secret_file);
        let secret = std::fs::read_to_string(&secret_path)
            .map_err(|e| format!("{}: the secret of receiver {name} cannot be read: {e}", secret_path.display()))?;
        let secret = secret.trim().as_bytes().to_vec();
        if secret.len() < 16 {
            return Err(format!("{}: a secret has 16 bytes at least", secret_path.display()));
        }
        receivers.push(Receiver { name, url: written.url, secret });
    }
    Ok(receivers)
}

/// True for http on this machine. Names of people go out, and no socket of ours leaves it: beyond, a relay of the operator's
/// takes them.
#[must_use]
pub fn is_on_this_machine(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Who reads "http://localhost@elsewhere" as local is mistaken.
    if authority.is_empty() || authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    scheme == "http" && (host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()))
}

/// A client that asks whom the operator named and nobody else, and gives every answer, whatever its status.
#[must_use]
pub fn http_client(patience: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        // A redirect would lead to where the operator did not say.
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None);
    config.build().into()
}

/// The signature of a body at a time, as it stands after `v1=`.
#[must_use]
pub fn sign(secret: &[u8], timestamp: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

/// What is told of an action: the body of a webhook, a line of the actions file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// The action's number.
    pub action: String,
    /// taken or reversed.
    pub event: String,
    /// The account it is on.
    pub account: Option<String>,
    /// The target it is on.
    pub target: Option<String>,
    /// What is done.
    pub kind: &'static str,
    /// From when, RFC 3339.
    pub starts_at: String,
    /// Until when.
    pub expires_at: String,
    /// Why, in plain words.
    pub reason: Option<String>,
    /// The ground in the platform's terms.
    pub ground: String,
    /// True if no person decided it.
    pub automatic: bool,
    /// The rule that asked for it.
    pub rule: Option<String>,
    /// The case that has the evidence.
    pub case: String,
    /// For the account's link to appeal; none for reversals and for actions on targets.
    pub appeal_token: Option<String>,
}

/// What became of a round of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Taken by their receivers.
    pub sent: u64,
    /// To be tried again.
    pub failed: u64,
    /// Given up.
    pub given_up: u64,
    /// Void: the action was taken back before it was told, or the account was erased.
    pub void: u64,
}

impl Ledger {
    /// Sends what is due, once each. Call it again and again; two processes that do are no harm. `now` is the time, in
    /// microseconds since 1970 UTC.
    ///
    /// # Errors
    /// The ledger cannot be read or written. A receiver that does not answer is no error.
    pub fn deliver(&mut self, receivers: &[Receiver], now: i64) -> Result<Round, LedgerError> {
        self.deliver_as(receivers, now, &|_| {}, &|| true)
    }

    /// The same, where names in the ledger are not those that receivers know: `say` writes them into a notice, the same
    /// way at every try. Ends early once `go_on` says no.
    ///
    /// # Errors
    /// As [`Ledger::deliver`].
    pub fn deliver_as(
        &mut self,
        receivers: &[Receiver],
        now: i64,
        say: &dyn Fn(&mut Notice),
        go_on: &dyn Fn() -> bool,
    ) -> Result<Round, LedgerError> {
        let mut round = Round::default();
        // Whoever does not answer at all would keep the others waiting, once a delivery.
        let mut silent = BTreeSet::new();
        let agent = http_client(PATIENCE);
        let identity = self.identity()?;
        for mut delivery in self.outbox("waiting", now, ROUND)? {
            // A receiver that is not configured now may be later.
            let Some(receiver) = receivers.iter().find(|r| r.name == delivery.receiver) else { continue };
            if silent.contains(&receiver.name) {
                continue;
            }
            if !go_on() {
                break;
            }
            let Some(mut notice) = self.notice(&delivery, now)? else {
                delivery.state = "void".to_owned();
                round.void += 1;
                self.note_delivery(&delivery)?;
                continue;
            };
            say(&mut notice);
            let body = serde_json::to_vec(&notice).map_err(LedgerError::Entry)?;
            let seconds = now.div_euclid(1_000_000);
            let key = format!("{identity}-{}-{}", delivery.seq, delivery.event.replace(' ', "-"));
            let answer = agent
                .post(&receiver.url)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", &key)
                .header("Touchstone-Timestamp", seconds.to_string())
                .header("Touchstone-Signature", format!("v1={}", sign(&receiver.secret, seconds, &body)))
                .send(&body[..]);
            let problem = match answer {
                Ok(response) if response.status().is_success() => None,
                Ok(response) => Some(format!("status {}", response.status().as_u16())),
                Err(e) => {
                    silent.insert(receiver.name.clone());
                    Some(e.to_string())
                }
            };
            delivery.tries += 1;
            match problem {
                None => {
                    (delivery.state, delivery.last) = ("sent".to_owned(), None);
                    round.sent += 1;
                }
                Some(problem) if delivery.tries >= TRIES_MAX => {
                    (delivery.state, delivery.last) = ("given_up".to_owned(), Some(problem));
                    round.given_up += 1;
                }
                Some(problem) => {
                    delivery.last = Some(problem);
                    delivery.due = now.saturating_add(self.wait(&delivery, &key));
                    round.failed += 1;
                }
            }
            self.note_delivery(&delivery)?;
        }
        Ok(round)
    }

    /// Deliveries that were given up wait again.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn retry_given_up(&mut self, now: i64) -> Result<u64, LedgerError> {
        let all = self.outbox("given_up", i64::MAX, u64::MAX >> 1)?;
        for delivery in &all {
            let again = Delivery { state: "waiting".into(), tries: 0, due: now, ..delivery.clone() };
            self.note_delivery(&again)?;
        }
        Ok(all.len() as u64)
    }

    /// How many deliveries wait, and how many were given up.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn outbox_counts(&mut self) -> Result<(u64, u64), LedgerError> {
        let most = u64::MAX >> 1;
        let waiting = self.outbox("waiting", i64::MAX, most)?.len();
        Ok((waiting as u64, self.outbox("given_up", i64::MAX, most)?.len() as u64))
    }

    /// How many deliveries wait and how many were given up, by receiver.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn outbox_by_receiver(&mut self) -> Result<BTreeMap<String, (u64, u64)>, LedgerError> {
        let mut all: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for delivery in self.outbox("waiting", i64::MAX, u64::MAX >> 1)? {
            all.entry(delivery.receiver).or_default().0 += 1;
        }
        for delivery in self.outbox("given_up", i64::MAX, u64::MAX >> 1)? {
            all.entry(delivery.receiver).or_default().1 += 1;
        }
        Ok(all)
    }

    /// All actions as they stand, for a file: taken ones that hold or will, and reversed ones, oldest first. Those of
    /// erased accounts are left out.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn notices(&mut self, now: i64) -> Result<Vec<Notice>, LedgerError> {
        let ids: Vec<(ActionId, bool)> = self
            .state()?
            .actions()
            .filter(|a| a.stands(now) || !a.reversals.is_empty())
            .map(|a| (a.id, a.reversals.is_empty()))
            .collect();
        let mut notices = Vec::new();
        for (id, taken) in ids {
            notices.extend(self.notice_of(id, if taken { "taken" } else { "reversed" })?);
        }
        Ok(notices)
    }

    /// What makes this ledger's keys unlike another's: the hash of its first entry.
    pub(crate) fn identity(&mut self) -> Result<String, LedgerError> {
        let mut first = None;
        let mut transaction = self.store.begin(false)?;
        Tables::new(&mut *transaction).links(0, |link| {
            first = Some(link.hash);
            false
        })?;
        let first = first.unwrap_or_default();
        Ok(first.get(..16).unwrap_or_default().to_owned())
    }

    fn outbox(&mut self, state: &str, now: i64, most: u64) -> Result<Vec<Delivery>, LedgerError> {
        let mut transaction = self.store.begin(false)?;
        Ok(Tables::new(&mut *transaction).deliveries(state, now, most)?)
    }

    fn note_delivery(&mut self, delivery: &Delivery) -> Result<(), LedgerError> {
        let mut transaction = self.store.begin(true)?;
        Tables::new(&mut *transaction).delivered(delivery)?;
        Ok(transaction.commit()?)
    }

    /// Doubled each time, and not at the same moment for all.
    fn wait(&self, delivery: &Delivery, key: &str) -> i64 {
        let doubled = WAIT_SECONDS * 2f64.powi(i32::try_from(delivery.tries.min(30)).unwrap_or(30) - 1);
        let jitter = 0.5 + unit(&self.key, "retry", &[key, &delivery.receiver, &delivery.tries.to_string()]);
        (doubled.min(WAIT_SECONDS_MAX) * jitter * 1e6) as i64
    }

    fn notice(&mut self, delivery: &Delivery, now: i64) -> Result<Option<Notice>, LedgerError> {
        let Some((event, action)) = delivery.event.split_once(' ') else { return Ok(None) };
        let Ok(id) = action.parse::<ActionId>() else { return Ok(None) };
        let void = self.state()?.action(id).is_none_or(|a| match event {
            "taken" => !a.reversals.is_empty() || a.act.expires_at <= now,
            _ => a.reversals.is_empty(),
        });
        if void { Ok(None) } else { self.notice_of(id, event) }
    }

    fn notice_of(&mut self, id: ActionId, event: &str) -> Result<Option<Notice>, LedgerError> {
        let Some(act) = self.state()?.action(id).map(|a| a.act.clone()) else { return Ok(None) };
        let seals: Vec<Seal> = act.account.iter().chain(&act.target).chain([&act.reason]).cloned().collect();
        let names = self.open_seals(&seals)?;
        let account = act.account.as_ref().and_then(|a| names.get(a).cloned());
        let target = act.target.as_ref().and_then(|t| names.get(t).cloned());
        if account.is_none() && target.is_none() {
            return Ok(None);
        }
        let appeal_token = if event == "taken" && account.is_some() { Some(self.appeal_token(id)?) } else { None };
        Ok(Some(Notice {
            action: id.to_string(),
            event: event.to_owned(),
            account,
            target,
            kind: act.kind.as_str(),
            starts_at: rfc3339(act.starts_at),
            expires_at: rfc3339(act.expires_at),
            reason: names.get(&act.reason).cloned(),
            ground: act.ground,
            automatic: act.automatic,
            rule: act.rule.map(|r| r.rule),
            case: act.case.to_string(),
            appeal_token,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256() {
        // Computed with Python: hmac.new(b"Jefe", b"1.what do ya want for nothing?", "sha256").hexdigest()
        let expected = "a9049465ce89cfb8e9aac62333abda66f80e3403f51f57f6bae3c3a4485eca38";
        assert_eq!(sign(b"Jefe", 1, b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn names_do_not_leave_this_machine() {
        for good in ["http://127.0.0.1:8080/x", "http://[::1]:80/", "http://localhost"] {
            assert!(is_on_this_machine(good), "{good}");
        }
        for bad in [
            "https://127.0.0.1/hook",
            "http://example.org/hook",
            "http://localhost@example.org/",
            "http://localhost.example.org/",
            "ftp://localhost/",
            "http://",
            "localhost",
            "http://10.0.0.1/",
        ] {
            assert!(!is_on_this_machine(bad), "{bad}");
        }
    }
}
