//! Who is there, and what may they do?

mod bucket;
mod oidc;
mod role;
mod session;
mod tokens;

pub(crate) use bucket::Buckets;
pub use oidc::OidcSettings;
pub(crate) use oidc::{Provider, Refusal};
pub use role::Role;
pub(crate) use session::{SESSION_COOKIE, Sessions, cookie};
pub use tokens::{TokenError, Tokens};

use base64::Engine;

/// Who sends a request.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    /// The token's or the person's name.
    pub(crate) name: String,
    pub(crate) role: Role,
    /// What forms of this session must carry; none for tokens.
    pub(crate) csrf: Option<String>,
}

/// A number that nobody guesses, as text.
pub(crate) fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
