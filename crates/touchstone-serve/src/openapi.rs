//! The OpenAPI document, made of the handlers and the types they answer with.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Touchstone",
        description = "Which likes are real? Send events, ask for decisions and findings. Errors are problem+json with a remedy.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        crate::ingest::events,
        crate::answers::decide,
        crate::answers::accounts,
        crate::answers::account,
        crate::answers::erase,
        crate::answers::targets,
        crate::answers::target,
        crate::answers::rings,
        crate::answers::ring,
        crate::answers::evidence_about,
        crate::answers::counts,
        crate::answers::flush,
        crate::answers::cases,
        crate::answers::next_case,
        crate::answers::case,
        crate::answers::effect,
        crate::answers::claim,
        crate::answers::note,
        crate::answers::decide_case,
        crate::answers::second,
        crate::answers::undo,
        crate::answers::actions,
        crate::answers::appeal,
        crate::answers::decide_appeal,
        crate::answers::labels,
        crate::answers::ledger,
        crate::answers::policy,
        crate::answers::backtest,
        crate::answers::retry_webhooks,
        crate::answers::golden,
        crate::answers::reviewers,
        crate::health::healthz,
        crate::health::readyz,
        crate::health::metrics,
    ),
    modifiers(&Bearer),
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of touchstone serve token create; roles: ingest, read, review, admin"))
            .build();
        if let Some(components) = &mut api.components {
            components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        }
    }
}

/// The document, as JSON.
pub(crate) fn document() -> String {
    Api::openapi().to_pretty_json().unwrap_or_default()
}
