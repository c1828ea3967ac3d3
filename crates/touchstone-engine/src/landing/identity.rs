//! Who is meant, at rest: accounts as pseudonyms, everything else about people as keyed hashes.
//!
//! A pseudonym is the account's name under deterministic authenticated encryption (AES-SIV, RFC
//! 5297): equal names give equal pseudonyms, so that everything can be counted; without the key a
//! guessed name cannot be checked; with the key the platform can be told which account is meant. So it
//! needs no table from pseudonyms to names, which would itself have to be erased and kept safe.

use super::LandingError;
use super::files::write_whole;
use aes_siv::KeyInit;
use aes_siv::siv::Aes128Siv;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::path::Path;
use touchstone_event::hash::KeyedHash;
use touchstone_event::schema::Field;

/// The keys of a data folder, as they stand in `keys.json`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// Of pseudonyms; changed by a rotation.
    accounts: String,
    /// Of hashes of addresses, devices, browsers and sessions; changed by a rotation.
    attributes: String,
    /// Of event ids. Never changed: an event sent again must be known again.
    events: String,
}

/// Makes pseudonyms and hashes, and names of pseudonyms.
#[derive(Clone)]
pub struct Identity {
    accounts: [u8; 32],
    attributes: KeyedHash,
    events: [u8; 32],
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(keys not shown)")
    }
}

fn fresh(path: &Path) -> Result<String, LandingError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|e| LandingError::unfit(path, format!("the system gave no random numbers ({e}); try again")))?;
    Ok(hex(&key))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(key)
}

impl Identity {
    /// Reads the keys at `path`, or makes some where there is no file.
    ///
    /// # Errors
    /// If the file is not what this program wrote, or cannot be read or written.
    pub fn open(path: &Path) -> Result<Self, LandingError> {
        match std::fs::read(path) {
            Ok(bytes) => Self::of(path, &Self::parse(path, &bytes)?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let keys = Keys { accounts: fresh(path)?, attributes: fresh(path)?, events: fresh(path)? };
                Self::store(path, &keys)
            }
            Err(e) => Err(LandingError::io(path, "cannot be read", &e)),
        }
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Keys, LandingError> {
        serde_json::from_slice(bytes).map_err(|e| {
            LandingError::unfit(path, format!("not a file of keys ({e}); restore it from a backup: without it nobody can say whom the findings mean"))
        })
    }

    fn store(path: &Path, keys: &Keys) -> Result<Self, LandingError> {
        let text = serde_json::to_vec_pretty(keys).map_err(|e| LandingError::unfit(path, e.to_string()))?;
        write_whole(path, &text, true)?;
        Self::of(path, keys)
    }

    fn of(path: &Path, keys: &Keys) -> Result<Self, LandingError> {
        let key = |text: &str| {
            unhex(text).ok_or_else(|| {
                LandingError::unfit(path, "a key is not 64 hexadecimal digits; restore the file from a backup")
            })
        };
        Ok(Self {
            accounts: key(&keys.accounts)?,
            attributes: KeyedHash::new(key(&keys.attributes)?),
            events: key(&keys.events)?,
        })
    }

    /// Makes new keys for accounts and attributes in a file of their own, without a change to `path`.
    pub(super) fn prepare_rotation(path: &Path, next: &Path) -> Result<Self, LandingError> {
        let bytes = std::fs::read(path).map_err(|e| LandingError::io(path, "cannot be read", &e))?;
        let old = Self::parse(path, &bytes)?;
        let keys = Keys { accounts: fresh(path)?, attributes: fresh(path)?, events: old.events };
        Self::store(next, &keys)
    }

    /// The pseudonym of an account: URL-safe base64 of 16 bytes and as many as the name has.
    #[must_use]
    pub fn pseudonym(&self, account: &str) -> String {
        let mut cipher = Aes128Siv::new((&self.accounts).into());
        // Fails only for messages beyond 2^36 bytes; a name was checked at the door.
        let sealed = cipher.encrypt([b"account".as_slice()], account.as_bytes()).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The account of a pseudonym; none where the text is no pseudonym under this key.
    #[must_use]
    pub fn reveal(&self, pseudonym: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(pseudonym).ok()?;
        let mut cipher = Aes128Siv::new((&self.accounts).into());
        let plain = cipher.decrypt([b"account".as_slice()], &sealed).ok()?;
        String::from_utf8(plain).ok()
    }

    /// A key of its own for another use, from the one key that never changes. `context` names the use and is for it alone.
    #[must_use]
    pub fn derived(&self, context: &str) -> [u8; 32] {
        blake3::derive_key(context, &self.events)
    }

    /// The hash of an address, device, browser or session.
    pub(super) fn attribute(&self, field: Field, value: &str) -> u64 {
        self.attributes.hash(field, value)
    }

    /// The number of an event; never 0.
    pub(super) fn event(&self, id: &str) -> u128 {
        keyed(&self.events, b"event", id.as_bytes(), 0)
    }

    /// The number of a batch by its key.
    pub(super) fn batch(&self, key: &str) -> u128 {
        keyed(&self.events, b"batch", key.as_bytes(), 0)
    }

    /// The number of an event that has no id, by its place in a batch with a key.
    pub(super) fn event_of_batch(&self, batch: u128, row: u64) -> u128 {
        keyed(&self.events, b"row", &batch.to_le_bytes(), row)
    }
}

fn keyed(key: &[u8; 32], what: &[u8], value: &[u8], number: u64) -> u128 {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(what).update(&[0]).update(&number.to_le_bytes()).update(value);
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(first).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_keep_equality_and_come_back_only_with_the_key() {
        let dir = tempfile::tempdir().unwrap();
        let a = Identity::open(&dir.path().join("a.json")).unwrap();
        let b = Identity::open(&dir.path().join("b.json")).unwrap();
        assert_eq!(a.pseudonym("u17"), a.pseudonym("u17"));
        assert_ne!(a.pseudonym("u17"), a.pseudonym("u18"));
        assert_ne!(a.pseudonym("u17"), b.pseudonym("u17"));
        assert_eq!(a.reveal(&a.pseudonym("用户 17")).as_deref(), Some("用户 17"));
        assert_eq!(b.reveal(&a.pseudonym("u17")), None, "another key");
        assert_eq!(a.reveal("u17"), None, "no pseudonym at all");
        assert_ne!(a.derived("one use"), a.derived("another use"));
        assert_ne!(a.derived("one use"), b.derived("one use"));
        let again = Identity::open(&dir.path().join("a.json")).unwrap();
        assert_eq!(again.pseudonym("u17"), a.pseudonym("u17"), "keys last");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join("a.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "keys are for their owner alone");
        }
    }
}
