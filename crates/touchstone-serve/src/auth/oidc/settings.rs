//! The file that says which provider, and who may what.

use crate::auth::Role;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_ledger::webhook::is_on_this_machine;

/// A provider and the roles of those who sign in with it.
#[derive(Clone)]
pub struct OidcSettings {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// Where it is reached from here: http on this machine.
    pub reach: String,
    /// What the sign-in page calls it.
    pub name: String,
    /// Who we are there.
    pub client_id: String,
    /// Shared with it alone.
    pub client_secret: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// The claim whose values give roles.
    pub claim: Option<String>,
    /// Role by value of that claim.
    pub roles: BTreeMap<String, Role>,
    /// Role by verified e-mail address, in small letters.
    pub people: BTreeMap<String, Role>,
}

impl std::fmt::Debug for OidcSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    reach: Option<String>,
    name: Option<String>,
    client_id: String,
    client_secret_file: String,
    #[serde(default)]
    scopes: Vec<String>,
    claim: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, Role>,
    #[serde(default)]
    people: BTreeMap<String, Role>,
}

impl OidcSettings {
    /// Reads the file (TOML).
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|e| format!("{shown}: cannot be read: {e}"))?;
        let written: Written = toml::from_str(&text).map_err(|e| format!("{shown}: {e}"))?;
        let issuer = written.issuer.trim_end_matches('/').to_owned();
        let reach = written.reach.unwrap_or_else(|| issuer.clone()).trim_end_matches('/').to_owned();
        if !is_on_this_machine(&reach) {
            return Err(format!(
                "{shown}: \"{reach}\" is not http on this machine; say with reach = \"http://127.0.0.1:PORT\" where a relay \
                 takes requests to the provider, with TLS"
            ));
        }
        if written.roles.is_empty() != written.claim.is_none() {
            return Err(format!(
                "{shown}: claim names a claim, and [roles] the role for each of its values: both or none"
            ));
        }
        if written.roles.is_empty() && written.people.is_empty() {
            return Err(format!("{shown}: nobody could do anything; give [people] or claim and [roles]"));
        }
        if written.roles.values().chain(written.people.values()).any(|r| !r.may(Role::Read)) {
            return Err(format!("{shown}: people have the roles read, review or admin; ingest is for programs"));
        }
        let beside = path.parent().unwrap_or(Path::new(".")).join(&written.client_secret_file);
        let secret = std::fs::read_to_string(&beside)
            .map_err(|e| format!("{}: the client secret cannot be read: {e}", beside.display()))?;
        let mut scopes = written.scopes;
        for needed in ["email", "openid"] {
            if !scopes.iter().any(|s| s == needed) {
                scopes.insert(0, needed.to_owned());
            }
        }
        Ok(Self {
            name: written.name.unwrap_or_else(|| issuer.clone()),
            issuer: written.issuer,
            reach,
            client_id: written.client_id,
            client_secret: secret.trim().to_owned(),
            scopes,
            claim: written.claim,
            roles: written.roles,
            people: written.people.into_iter().map(|(mail, role)| (mail.to_lowercase(), role)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_read_with_care() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("secret"), "hush\n").unwrap();
        let read = |text: &str| {
            let path = dir.path().join("oidc.toml");
            std::fs::write(&path, format!("client_id = \"t\"\nclient_secret_file = \"secret\"\n{text}")).unwrap();
            OidcSettings::read(&path)
        };
        let good = "issuer = \"https://id.example\"\nreach = \"http://127.0.0.1:9/\"\n[people]\n\"Ann@Example.org\" = \"review\"\n";
        let settings = read(good).unwrap();
        assert_eq!((settings.reach.as_str(), settings.client_secret.as_str()), ("http://127.0.0.1:9", "hush"));
        assert_eq!(
            (settings.scopes.join(" ").as_str(), settings.people["ann@example.org"]),
            ("openid email", Role::Review)
        );
        assert!(!format!("{settings:?}").contains("hush"));
        for (bad, said) in [
            (good.replace("reach = \"http://127.0.0.1:9/\"\n", ""), "say with reach"),
            (good.replace("review", "ingest"), "ingest is for programs"),
            (good.replace("review", "king"), "oidc.toml: TOML parse error at line"),
            (good.replace("[people]\n\"Ann@Example.org\" = \"review\"\n", ""), "nobody could do anything"),
            (good.replace("[people]", "claim = \"groups\"\n[people]"), "both or none"),
        ] {
            let refused = read(&bad).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }
}
