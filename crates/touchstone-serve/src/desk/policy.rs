//! The policy in force: a file that is looked at again and again. One that has errors is refused, and the one before stays.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use touchstone_ledger::policy::{Policy, explained};

#[derive(Debug)]
struct Held {
    policy: Arc<Policy>,
    /// The file as it was last seen; none where it could not be read.
    seen: Option<String>,
    /// Why what was last seen is not in force, a line each problem.
    refused: Option<String>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    path: PathBuf,
    held: RwLock<Held>,
}

impl PolicyFile {
    /// Reads and checks it. The error has every problem with file, line and column.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let policy = Policy::load(path)?;
        let held = Held { seen: Some(policy.text.clone()), policy: Arc::new(policy), refused: None };
        Ok(Self { path: path.to_owned(), held: RwLock::new(held) })
    }

    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).policy)
    }

    /// Why the file as it is now is not in force, if so.
    pub(crate) fn refused(&self) -> Option<String> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).refused.clone()
    }

    /// Looks at the file again. True if another policy is in force now.
    pub(crate) fn look(&self) -> bool {
        let text = std::fs::read_to_string(&self.path);
        let seen = text.as_ref().ok();
        {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            if held.seen.as_ref() == seen {
                return false;
            }
        }
        let read = match &text {
            Err(e) => Err(format!("{}: cannot be read: {e}", self.path.display())),
            // As it was read just now: it may have changed since.
            Ok(text) => Policy::read(text).map_err(|problems| explained(&self.path.display(), &problems)),
        };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.seen = text.ok();
        match read {
            Ok(policy) => {
                let changed = policy.hash != held.policy.hash;
                if changed {
                    tracing::info!(policy = policy.name, hash = policy.hash, "another policy is in force");
                }
                (held.policy, held.refused) = (Arc::new(policy), None);
                changed
            }
            Err(problems) => {
                tracing::error!(problems, "the policy was refused; the one before stays in force");
                held.refused = Some(problems);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../../../../docs/policy.toml");

    #[test]
    fn a_bad_policy_is_refused_and_the_one_before_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("policy.toml");
        std::fs::write(&path, GOOD.replace("verdict ==", "verdit ==")).unwrap();
        let refused = PolicyFile::open(&path).unwrap_err();
        assert!(refused.contains("policy.toml:") && refused.contains("no field \"verdit\""), "{refused}");
        std::fs::write(&path, GOOD).unwrap();
        let file = PolicyFile::open(&path).unwrap();
        let hash = file.policy().hash.clone();
        assert!(!file.look(), "nothing changed");
        std::fs::write(&path, "name = 3").unwrap();
        assert!(!file.look());
        assert!(file.refused().unwrap().contains("policy.toml:1:"), "{:?}", file.refused());
        assert_eq!(file.policy().hash, hash);
        std::fs::remove_file(&path).unwrap();
        assert!(!file.look());
        assert!(file.refused().unwrap().contains("cannot be read"));
        std::fs::write(&path, format!("{GOOD}\n# later\n")).unwrap();
        assert!(file.look() && file.refused().is_none() && file.policy().hash != hash);
    }
}
