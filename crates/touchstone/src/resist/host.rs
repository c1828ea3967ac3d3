//! The logs that likes are laid over.

use crate::command::hash_key;
use crate::exit::Failure;
use anyhow::{Context, anyhow};
use arrow_array::{Array, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use touchstone_engine::rank::{OutcomeTable, read_outcomes};
use touchstone_engine::store::IngestOptions;
use touchstone_sim::{Scenario, SimulateOptions, simulate};

/// A log, with what its targets are worth.
pub(crate) struct Host {
    /// What it is called.
    pub(crate) name: String,
    /// Names the draws.
    pub(crate) seed: u64,
    /// How to read it.
    pub(crate) ingest: IngestOptions,
    /// What each target is worth; targets that are not named are not judged.
    pub(crate) gains: BTreeMap<String, f64>,
    /// Groups of innocents whose say is watched: name, members.
    pub(crate) innocents: Vec<(String, BTreeSet<String>)>,
    /// Whether nobody fakes in it.
    pub(crate) clean: bool,
}

/// A simulated world without attackers: gains are the simulator's own quality of contents.
pub(crate) fn simulated(scenario: &Scenario, name: &str, seed: u64, folder: &Path) -> Result<Host, Failure> {
    let out = folder.join(format!("world-{seed}"));
    simulate(&SimulateOptions { scenario: scenario.clone(), seed, out: out.clone() })?;
    let columns = OutcomeTable { target: "target".into(), outcome: "quality".into(), per: None };
    let gains = read_outcomes(&out.join("truth_targets.parquet"), &columns)?;
    let mut ingest = IngestOptions::new(vec![out.join("events.parquet")], PathBuf::new());
    ingest.accounts = Some(out.join("accounts.parquet"));
    ingest.contents = Some(out.join("contents.parquet"));
    ingest.hash_key = hash_key(0)?;
    let innocents = look_alikes(&out.join("truth_look_alikes.parquet"))?;
    let attacks = &scenario.attacks;
    Ok(Host {
        name: format!("{name}, seed {seed}"),
        seed,
        ingest,
        gains: gains.into_iter().map(|(t, o)| (t, o.value)).collect(),
        innocents,
        clean: attacks.board.is_empty() && attacks.pod.is_empty() && attacks.service.is_empty(),
    })
}

/// A real log; what its targets are worth comes from a table, if there is one.
pub(crate) fn real(
    name: String,
    seed: u64,
    ingest: IngestOptions,
    outcomes: Option<(&Path, &OutcomeTable, f64)>,
) -> Result<Host, Failure> {
    let mut gains = BTreeMap::new();
    if let Some((path, columns, least)) = outcomes {
        let all = read_outcomes(path, columns)?;
        gains = all.into_iter().filter(|(_, o)| o.weight >= least).map(|(t, o)| (t, o.value)).collect();
        if gains.is_empty() {
            return Err(anyhow!("{}: no target has an outcome that rests on {least} or more", path.display()).into());
        }
    }
    Ok(Host { name, seed, ingest, gains, innocents: Vec::new(), clean: false })
}

fn look_alikes(path: &Path) -> Result<Vec<(String, BTreeSet<String>)>, Failure> {
    let unreadable = || format!("{}: cannot be read back", path.display());
    let file = std::fs::File::open(path).with_context(unreadable)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).with_context(unreadable)?;
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for batch in reader {
        let batch = batch.with_context(unreadable)?;
        let column = |name| batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<StringArray>());
        let (Some(kind), Some(account)) = (column("kind"), column("account")) else {
            return Err(Failure::Internal(anyhow!("{}: columns are missing", path.display())));
        };
        for row in (0..batch.num_rows()).filter(|r| !kind.is_null(*r)) {
            groups.entry(kind.value(row).to_owned()).or_default().insert(account.value(row).to_owned());
        }
    }
    Ok(groups.into_iter().collect())
}
