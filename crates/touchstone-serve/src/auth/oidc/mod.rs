//! Sign-in by OpenID Connect: authorization code with PKCE, state and nonce. The provider says who somebody is; the
//! operator's file says what that person may do here.

mod provider;
mod settings;

pub(crate) use provider::{Provider, Refusal};
pub use settings::OidcSettings;
