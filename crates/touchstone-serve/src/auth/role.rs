//! What a token or a person may do.

use serde::{Deserialize, Serialize};

/// A role. Each but `ingest` includes the one before; `ingest` stands alone, so that the token in a
/// busy application can read nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Send events.
    Ingest,
    /// Ask: decide, accounts, targets, rings, evidence, counts, metrics.
    Read,
    /// Decide cases.
    Review,
    /// Everything: flush, erase, send events.
    Admin,
}

impl Role {
    /// True where somebody of this role may do what `needed` may do.
    #[must_use]
    pub fn may(self, needed: Role) -> bool {
        matches!(
            (self, needed),
            (Role::Admin, _)
                | (Role::Ingest, Role::Ingest)
                | (Role::Review, Role::Read | Role::Review)
                | (Role::Read, Role::Read)
        )
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Ingest => "ingest",
            Role::Read => "read",
            Role::Review => "review",
            Role::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Role::Ingest, Role::Read, Role::Review, Role::Admin]
            .into_iter()
            .find(|r| r.name() == text)
            .ok_or_else(|| format!("there is no role \"{text}\"; choose ingest, read, review or admin"))
    }
}

#[cfg(test)]
mod tests {
    use super::Role::{Admin, Ingest, Read, Review};

    #[test]
    fn who_may_what() {
        for (who, may) in [
            (Ingest, vec![Ingest]),
            (Read, vec![Read]),
            (Review, vec![Read, Review]),
            (Admin, vec![Ingest, Read, Review, Admin]),
        ] {
            for needed in [Ingest, Read, Review, Admin] {
                assert_eq!(who.may(needed), may.contains(&needed), "{who:?} {needed:?}");
            }
        }
    }
}
