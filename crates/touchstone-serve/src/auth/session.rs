//! Sessions of people: in memory, so that a restart signs everybody out.

use super::{Principal, Role, secret};
use crate::problem::{Code, Problem};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Name of the cookie.
pub(crate) const SESSION_COOKIE: &str = "touchstone_session";

#[derive(Debug)]
struct Session {
    principal: Principal,
    /// Seconds since 1970 UTC.
    until: i64,
}

/// Who is signed in, by the hash of the cookie's value.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: Mutex<HashMap<blake3::Hash, Session>>,
}

/// Most sessions at a time; beyond, those that end first go.
const SESSIONS_MAX: usize = 10_000;

impl Sessions {
    /// Signs somebody in; returns the cookie's value.
    pub(crate) fn begin(&self, name: &str, role: Role, now: i64, seconds: i64) -> Result<String, Problem> {
        let random = |e: getrandom::Error| Problem::new(Code::Internal, format!("no random numbers: {e}"));
        let value = secret().map_err(random)?;
        let csrf = secret().map_err(random)?;
        let principal = Principal { name: name.to_owned(), role, csrf: Some(csrf) };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, s| s.until > now);
        if sessions.len() >= SESSIONS_MAX
            && let Some(first) = sessions.iter().min_by_key(|(_, s)| s.until).map(|(hash, _)| *hash)
        {
            sessions.remove(&first);
        }
        sessions.insert(blake3::hash(value.as_bytes()), Session { principal, until: now + seconds });
        Ok(value)
    }

    /// Who has this cookie.
    pub(crate) fn find(&self, value: &str, now: i64) -> Option<Principal> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(&blake3::hash(value.as_bytes())).filter(|s| s.until > now).map(|s| s.principal.clone())
    }

    /// Signs out.
    pub(crate) fn end(&self, value: &str) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(&blake3::hash(value.as_bytes()));
    }
}

/// The value of a cookie in a `Cookie` header.
pub(crate) fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end() {
        let sessions = Sessions::default();
        let value = sessions.begin("ann", Role::Review, 100, 10).unwrap();
        assert_eq!(sessions.find(&value, 109).unwrap().name, "ann");
        assert!(sessions.find(&value, 110).is_none(), "by time");
        assert!(sessions.find("x", 100).is_none());
        sessions.end(&value);
        assert!(sessions.find(&value, 100).is_none(), "by signing out");
        assert_eq!(cookie("a=1; touchstone_session=v; b=2", SESSION_COOKIE), Some("v"));
        assert_eq!(cookie("xtouchstone_session=v", SESSION_COOKIE), None);
    }
}
