//! Tokens of programs: 256 random bits, kept as hashes in `tokens.json`.
//!
//! A fast hash is right here: the secret is random, so there is nothing to guess, and it is
//! looked up on every request.

use super::{Role, secret};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

/// Why the tokens cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The file cannot be read or written.
    #[error("{}: {what}: {source}; check the folder's permissions", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not one of tokens.
    #[error("{}: not a file of tokens ({why}); restore it from a backup, or remove it and create tokens anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        why: String,
    },
    /// No token of this number.
    #[error("there is no token {0}; touchstone serve token list shows them")]
    Unknown(String),
    /// The system gave no random numbers.
    #[error("the system gave no random numbers ({0}); try again")]
    Random(String),
}

/// A token as it is kept: who has the file cannot use it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Its number, for `revoke` and logs.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made, seconds since 1970 UTC.
    pub created: i64,
    /// BLAKE3 of the secret, hexadecimal.
    hash: String,
}

/// The tokens of a data folder.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    kept: RwLock<(Option<Stamp>, Hashed)>,
}

/// By what they are compared by.
type Hashed = Vec<(blake3::Hash, Kept)>;

/// What tells one state of the file from another. The time alone does not: it ticks every few milliseconds.
type Stamp = (SystemTime, u64, u64);

fn stamp(m: &std::fs::Metadata) -> Option<Stamp> {
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(m);
    #[cfg(not(unix))]
    let number = 0;
    Some((m.modified().ok()?, m.len(), number))
}

impl Tokens {
    /// Opens the tokens of a data folder; there may be none yet.
    ///
    /// # Errors
    /// If the file cannot be read or is none of tokens.
    pub fn open(data: &Path) -> Result<Self, TokenError> {
        let tokens = Self { path: data.join("tokens.json"), kept: RwLock::default() };
        tokens.reload()?;
        Ok(tokens)
    }

    fn fail(&self, what: &'static str) -> impl Fn(std::io::Error) -> TokenError {
        move |source| TokenError::Io { path: self.path.clone(), what, source }
    }

    /// Reads the file again if it changed: a token is created or revoked while the server runs.
    ///
    /// # Errors
    /// If the file cannot be read; then those known before stay.
    pub fn reload(&self) -> Result<(), TokenError> {
        let changed = match std::fs::metadata(&self.path) {
            Ok(m) => stamp(&m),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(self.fail("cannot be read")(e)),
        };
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.0 == changed {
            return Ok(());
        }
        let list: Vec<Kept> = if changed.is_some() {
            let text = std::fs::read(&self.path).map_err(self.fail("cannot be read"))?;
            serde_json::from_slice(&text)
                .map_err(|e| TokenError::Damaged { path: self.path.clone(), why: e.to_string() })?
        } else {
            Vec::new()
        };
        let hashed = list.into_iter().filter_map(|k| Some((blake3::Hash::from_hex(&k.hash).ok()?, k)));
        *kept = (changed, hashed.collect());
        Ok(())
    }

    fn read_again(&self) -> Result<(), TokenError> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner).0 = None;
        self.reload()
    }

    fn store(&self, list: &[Kept]) -> Result<(), TokenError> {
        use std::io::Write;
        let next = self.path.with_extension("next");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let fail = self.fail("cannot be written");
        let text = serde_json::to_vec_pretty(list).unwrap_or_default();
        let mut file = options.open(&next).map_err(&fail)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(&fail)?;
        std::fs::rename(&next, &self.path).map_err(&fail)?;
        self.read_again()
    }

    /// All tokens, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).1.iter().map(|(_, k)| k.clone()).collect()
    }

    /// Makes a token. Its text is returned once and kept nowhere.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(&self, name: &str, role: Role, now_seconds: i64) -> Result<(Kept, String), TokenError> {
        let random = |e: getrandom::Error| TokenError::Random(e.to_string());
        let text = format!("ts_{}_{}", role.name(), secret().map_err(random)?);
        let hash = blake3::hash(text.as_bytes());
        let kept = Kept {
            // Of the hash of the hash, so that the number tells nothing of what is compared.
            id: blake3::hash(hash.as_bytes()).to_hex()[..8].to_owned(),
            name: name.to_owned(),
            role,
            created: now_seconds,
            hash: hash.to_hex().to_string(),
        };
        self.read_again()?;
        let mut list = self.list();
        list.push(kept.clone());
        self.store(&list)?;
        Ok((kept, text))
    }

    /// Takes a token back; a running server forgets it within a second or so.
    ///
    /// # Errors
    /// If there is none of this number, or the file cannot be written.
    pub fn revoke(&self, id: &str) -> Result<(), TokenError> {
        self.read_again()?;
        let mut list = self.list();
        let before = list.len();
        list.retain(|k| k.id != id);
        if list.len() == before {
            return Err(TokenError::Unknown(id.to_owned()));
        }
        self.store(&list)
    }

    /// Who has this token. Hashes are compared in constant time.
    pub(crate) fn find(&self, text: &str) -> Option<Kept> {
        let hash = blake3::hash(text.as_bytes());
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.1.iter().find(|(h, _)| *h == hash).map(|(_, k)| k.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_made_at_once_are_all_kept() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (Tokens::open(dir.path()).unwrap(), Tokens::open(dir.path()).unwrap());
        for i in 0..30 {
            let maker = if i % 2 == 0 { &a } else { &b };
            maker.create(&i.to_string(), Role::Read, 0).unwrap();
        }
        b.reload().unwrap();
        assert_eq!(b.list().len(), 30);
    }

    #[test]
    fn the_file_does_not_hold_what_opens_the_door() {
        let dir = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(dir.path()).unwrap();
        let (kept, text) = tokens.create("app", Role::Ingest, 7).unwrap();
        let file = std::fs::read_to_string(dir.path().join("tokens.json")).unwrap();
        assert!(!file.contains(&text) && !file.contains(text.rsplit('_').next().unwrap()));
        let other = Tokens::open(dir.path()).unwrap();
        assert_eq!(other.find(&text).unwrap().name, "app");
        assert!(other.find(&format!("{text}x")).is_none());
        tokens.revoke(&kept.id).unwrap();
        other.reload().unwrap();
        assert!(other.find(&text).is_none(), "revoked in another process");
        assert!(matches!(tokens.revoke(&kept.id), Err(TokenError::Unknown(_))));
    }
}
