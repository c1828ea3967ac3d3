//! The configuration file as written: what is computed. How a process runs (threads, memory, paths)
//! goes in flags.

use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_detect::params::Params;
use touchstone_detect::rank::{RankParams, Reaction};
use touchstone_event::mapping::EventRule;
use touchstone_event::schema::Field;
use touchstone_event::time::TimeOption;

/// The file. Unknown keys are errors: a typo must not silently change what is computed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Configuration {
    /// `[map]` field = "column".
    pub(crate) map: BTreeMap<String, String>,
    /// `[[event]]` rules of a wide log.
    pub(crate) event: Vec<EventRule>,
    /// Kinds that are endorsements.
    pub(crate) endorse: Option<Vec<String>>,
    /// The log has no times.
    pub(crate) no_time: bool,
    /// Unit of bare numbers in the time column.
    pub(crate) time_unit: TimeOption,
    /// Share of rejected rows above which a run fails.
    pub(crate) max_reject_share: Option<f64>,
    /// `[detect]`.
    pub(crate) detect: Params,
    /// `[rank]`.
    pub(crate) rank: RankParams,
    /// `[reactions]` reaction = kinds: which kinds are shares, saves, comments, follows, negative.
    pub(crate) reactions: BTreeMap<Reaction, Vec<String>>,
}

impl Configuration {
    /// Reads a TOML file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let configuration: Self =
            toml::from_str(&text).with_context(|| format!("{}: not a configuration", path.display()))?;
        configuration.columns().with_context(|| path.display().to_string())?;
        if let Some(fault) = configuration.rank.fault() {
            anyhow::bail!("{}: {fault}", path.display());
        }
        Ok(configuration)
    }

    /// Which kinds are which reactions: the usual ones, but for reactions that `[reactions]` names.
    pub(crate) fn reaction_kinds(&self) -> BTreeMap<String, Reaction> {
        let mut kinds = touchstone_engine::store::default_reactions();
        kinds.retain(|_, reaction| !self.reactions.contains_key(reaction));
        for (reaction, names) in &self.reactions {
            kinds.extend(names.iter().map(|name| (name.clone(), *reaction)));
        }
        kinds
    }

    /// `[map]` with its fields known.
    pub(crate) fn columns(&self) -> anyhow::Result<BTreeMap<Field, String>> {
        self.map
            .iter()
            .map(|(name, column)| {
                let field = Field::from_name(name).with_context(|| {
                    let known: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
                    format!("[map] has no field \"{name}\"; fields: {}", known.join(", "))
                })?;
                Ok((field, column.clone()))
            })
            .collect()
    }
}
