//! Entries hang together: each is hashed with the hash of the one before, so that none can be edited, removed or moved
//! without breaking all that follow.

use crate::canonical;
use crate::entry::Entry;
use crate::seal::Seal;
use std::collections::BTreeSet;

/// An entry as stored: `hash` is over `prev`, `seq` and the bytes of `body`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Number, from 1.
    pub seq: u64,
    /// Hash of the entry before, 64 hexadecimal digits; 64 zeros before the first.
    pub prev: String,
    /// Hash of this one.
    pub hash: String,
    /// The entry as canonical JSON.
    pub body: String,
}

/// The last entry's number and hash: keep it elsewhere, and no later rewriting of the ledger goes unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 in an empty ledger.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: "0".repeat(64) }
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("\"{text}\" is not the number and hash of an entry, like 17:0a1b…");
        let (seq, hash) = text.split_once(':').ok_or_else(problem)?;
        let seq = seq.parse().map_err(|_| problem())?;
        if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(problem());
        }
        Ok(Self { seq, hash: hash.to_ascii_lowercase() })
    }
}

/// Hash of an entry: BLAKE3 in a domain of its own over number, the hash before, and the length and bytes of the body.
#[must_use]
pub fn hash(seq: u64, prev: &str, body: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("touchstone ledger 2026 entry");
    hasher.update(&seq.to_le_bytes()).update(prev.as_bytes());
    hasher.update(&(body.len() as u64).to_le_bytes()).update(body.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// Links an entry to the head.
///
/// # Errors
/// The entry holds a number that is not finite.
pub(crate) fn link(head: &Head, entry: &Entry) -> Result<Link, serde_json::Error> {
    let body = canonical::text(entry)?;
    let hash = hash(entry.seq, &head.hash, &body);
    Ok(Link { seq: entry.seq, prev: head.hash.clone(), hash, body })
}

/// The first entry at which the chain breaks, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Number of the entry.
    pub seq: u64,
    /// What is wrong with it.
    pub why: String,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "entry {}: {}", self.seq, self.why)
    }
}

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries in order up to the first break.
    pub entries: u64,
    /// The last of them.
    pub head: Head,
    /// Values that are sealed and there.
    pub sealed: u64,
    /// Values that were erased.
    pub erased: u64,
    /// The first break, if any.
    pub broken: Option<Broken>,
}

/// Walks a chain from its beginning.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) head: Head,
    /// What the entries speak of, with the first that does.
    pub(crate) named: std::collections::BTreeMap<Seal, u64>,
    /// What they say was erased.
    pub(crate) erased: BTreeSet<Seal>,
}

impl Walk {
    /// Takes the next row of the store, in the order of numbers.
    pub(crate) fn take(&mut self, link: &Link) -> Result<(), Broken> {
        let seq = self.head.seq + 1;
        let broken = |why: String| Err(Broken { seq, why });
        if link.seq != seq {
            return broken(format!("is missing: after entry {} comes entry {}; it was removed", seq - 1, link.seq));
        }
        let parsed = serde_json::from_str::<serde_json::Value>(&link.body);
        if hash(link.seq, &link.prev, &link.body) != link.hash {
            return broken(match parsed {
                Err(e) => format!("is torn: its text ends or breaks off ({e})"),
                Ok(body) if body["seq"] != seq => {
                    format!("is out of order: what stands here was written as entry {}", body["seq"])
                }
                Ok(_) => "was edited: its text or hash is not what was written".to_owned(),
            });
        }
        if link.prev != self.head.hash {
            let before = seq - 1;
            return broken(format!("does not follow on entry {before}: it was written after another one, or moved"));
        }
        let body = match parsed {
            Ok(body) => body,
            Err(e) => return broken(format!("is not JSON ({e})")),
        };
        if body["seq"] != seq {
            return broken(format!("is out of order: it was written as entry {}", body["seq"]));
        }
        if let Err(e) = serde_json::from_value::<Entry>(body.clone()) {
            return broken(format!("cannot be read ({e}); was it written by a later version?"));
        }
        if body["fact"]["what"] == "erased" {
            each_seal(&body["fact"]["seals"], &mut |seal| _ = self.erased.insert(seal));
        }
        each_seal(&body, &mut |seal| _ = self.named.entry(seal).or_insert(seq));
        self.head = Head { seq, hash: link.hash.clone() };
        Ok(())
    }
}

/// Calls `take` for every seal anywhere in an entry.
fn each_seal(value: &serde_json::Value, take: &mut impl FnMut(Seal)) {
    match value {
        serde_json::Value::String(text) => {
            if let Ok(seal) = text.parse() {
                take(seal);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| each_seal(item, take)),
        serde_json::Value::Object(fields) => fields.values().for_each(|item| each_seal(item, take)),
        _ => {}
    }
}
