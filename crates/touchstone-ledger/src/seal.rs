//! Names of people and what people wrote, kept apart from the chain so that they can be erased.
//!
//! The chain names an account, a reviewer or a text by the **seal** of the value: a hash over a random salt and the
//! value. The value and its salt lie in the vault, a table of their own. While they are there, anybody can check that
//! the value is the one that was sealed; once they are erased, nobody can tell from the seal what it was, not even by
//! trying every name, since the salt is gone too. The chain stays whole.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What kind of value a seal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealKind {
    /// An account of the platform.
    Account,
    /// A person who works with the ledger: a reviewer, an operator.
    Who,
    /// A target of the platform; its name may contain its owner's.
    Target,
    /// What somebody wrote: a reason, a note, an appeal, the words of evidence.
    Text,
}

impl SealKind {
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Account => 'a',
            Self::Who => 'w',
            Self::Target => 't',
            Self::Text => 'x',
        }
    }

    fn of(letter: char) -> Option<Self> {
        [Self::Account, Self::Who, Self::Target, Self::Text].into_iter().find(|k| k.letter() == letter)
    }
}

/// Stands for a value in the vault: a letter for its kind, `_`, and 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seal(String);

impl Seal {
    /// The seal of a value under a salt.
    #[must_use]
    pub fn new(kind: SealKind, salt: &[u8; 16], value: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("touchstone ledger 2026 seal");
        hasher.update(&[kind.letter() as u8]).update(salt).update(value.as_bytes());
        let digest = hasher.finalize().to_hex();
        Self(format!("{}_{}", kind.letter(), &digest[..32]))
    }

    /// What kind of value it stands for.
    #[must_use]
    pub fn kind(&self) -> SealKind {
        self.0.chars().next().and_then(SealKind::of).unwrap_or(SealKind::Text)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Seal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, digits) = text.split_once('_').unwrap_or_default();
        let mut letters = kind.chars();
        let known = letters.next().and_then(SealKind::of).is_some() && letters.next().is_none();
        let hex = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if known && hex { Ok(Self(text.to_owned())) } else { Err(format!("\"{text}\" is not a seal")) }
    }
}

impl TryFrom<String> for Seal {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Seal> for String {
    fn from(seal: Seal) -> Self {
        seal.0
    }
}

/// Where the vault looks for a name. Not secret, and gone with the row.
pub(crate) fn lookup(kind: SealKind, value: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("touchstone ledger 2026 lookup");
    hasher.update(&[kind.letter() as u8]).update(value.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// True if `name` stands in `text` as a word of its own, so that erasing "ann" leaves "annual" alone. Only ASCII letters,
/// digits and `_` join on: in scripts without spaces between words, too much is found rather than too little.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(name).any(|(start, found)| {
        let (before, after) = (&text[..start], &text[start + found.len()..]);
        // A name that itself ends in punctuation has its own edge.
        let joined_before = word(before.chars().next_back()) && word(name.chars().next());
        let joined_after = word(after.chars().next()) && word(name.chars().next_back());
        !joined_before && !joined_after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_binds_kind_salt_and_value() {
        let seal = Seal::new(SealKind::Account, &[1; 16], "u17");
        assert_eq!(seal, Seal::new(SealKind::Account, &[1; 16], "u17"));
        assert_ne!(seal, Seal::new(SealKind::Account, &[2; 16], "u17"));
        assert_ne!(seal, Seal::new(SealKind::Account, &[1; 16], "u18"));
        assert_ne!(seal.as_str()[1..], Seal::new(SealKind::Who, &[1; 16], "u17").as_str()[1..]);
        assert_eq!(seal.kind(), SealKind::Account);
        assert_eq!(seal.as_str().parse::<Seal>().unwrap(), seal);
        for bad in ["", "a_", "q_00000000000000000000000000000000", "a_0000", "ab_00000000000000000000000000000000"] {
            assert!(bad.parse::<Seal>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_found_as_words() {
        assert!(mentions("liked by ann.", "ann"));
        assert!(mentions("ann", "ann"));
        assert!(mentions("repo ann/tool", "ann"));
        assert!(!mentions("annual", "ann"));
        assert!(!mentions("joann", "ann"));
        assert!(mentions("annual ann", "ann"));
        assert!(mentions("@x: hi", "@x"));
        assert!(mentions("见王伟说", "王伟"));
        assert!(mentions("见ann说", "ann"));
        assert!(!mentions("anything", ""));
    }
}
