//! `touchstone rank --attack`.

use super::{hash_key, say};
use crate::configuration::Configuration;
use crate::exit::{DONE, Failure};
use crate::resist::{Host, METHODS, Plan, Report, measure, real, simulated, text};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use touchstone_engine::rank::OutcomeTable;
use touchstone_engine::store::IngestOptions;
use touchstone_event::mapping::Mapping;
use touchstone_sim::Scenario;
use touchstone_sim::bought::Level;

/// Options of the measurement of what bought likes buy.
#[derive(Args)]
pub(super) struct Attack {
    /// Measure what bought likes buy, in this ranking and in five others; on simulated worlds, or on --input
    #[arg(long)]
    attack: bool,
    /// Event log to lay bought likes over, in place of simulated worlds (repeatable)
    #[arg(long, value_name = "LOG", requires = "attack")]
    input: Vec<PathBuf>,
    /// Which column of it holds a field (repeatable)
    #[arg(long, value_name = "FIELD=COLUMN", requires = "input")]
    map: Vec<String>,
    /// Its table of accounts
    #[arg(long, value_name = "FILE", requires = "input")]
    accounts: Option<PathBuf>,
    /// Its table of contents
    #[arg(long, value_name = "FILE", requires = "input")]
    contents: Option<PathBuf>,
    /// What its targets are worth: a table with target and --outcome (a part of --per); none, and ranks alone are measured
    #[arg(long, value_name = "FILE", requires = "input")]
    gains: Option<PathBuf>,
    /// Judge targets whose outcome rests on so many of --per
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "gains")]
    least: f64,
    /// Scenario of the simulated worlds, before anybody fakes
    #[arg(long, value_name = "NAME|FILE", default_value = "null", requires = "attack")]
    scenario: String,
    /// People in each
    #[arg(long, value_name = "N", default_value_t = 5000, requires = "attack")]
    users: u32,
    /// Seeds of the worlds, or of the likes laid over --input
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_values_t = [9001u64, 9002, 9003], requires = "attack")]
    seeds: Vec<u64>,
    /// Likes bought for each attacked target
    #[arg(long, value_name = "N", default_value_t = 100, requires = "attack")]
    likes: u32,
    /// Likes tried on single targets, ascending; the middle one is what ranks are counted by
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_values_t = [10u32, 30, 100, 300, 1000], requires = "attack")]
    doses: Vec<u32>,
    /// Likes that one account of a service places in all
    #[arg(long, value_name = "N", default_value_t = 4, requires = "attack")]
    likes_an_account: u32,
    /// Shares of targets that are attacked
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_values_t = [0.01, 0.05, 0.2], requires = "attack")]
    shares: Vec<f64>,
    /// Write all numbers to this file as JSON
    #[arg(long, value_name = "FILE", requires = "attack")]
    json: Option<PathBuf>,
}

impl Attack {
    pub(super) fn run(
        &self,
        configuration: &Configuration,
        columns: &OutcomeTable,
        quiet: bool,
    ) -> Result<u8, Failure> {
        if let Some(wrong) = self.shares.iter().find(|s| !(**s > 0.0 && **s <= 1.0)) {
            return Err(anyhow!("--shares {wrong}: a share lies between 0 and 1, such as 0.05").into());
        }
        if self.doses.is_empty() || !self.doses.is_sorted() || self.doses[0] == 0 {
            return Err(anyhow!("--doses: numbers from 1 up in ascending order, such as 10,100,1000").into());
        }
        if self.likes == 0 || self.likes_an_account == 0 || self.seeds.is_empty() {
            return Err(anyhow!("--likes, --likes-an-account and --seeds: at least one").into());
        }
        let folder = tempfile::tempdir().context("no temporary folder for the worlds")?;
        let plan = Plan {
            params: configuration.detect.clone(),
            rank: configuration.rank.clone(),
            likes: self.likes,
            likes_an_account: self.likes_an_account,
            doses: self.doses.clone(),
            shares: self.shares.clone(),
            levels: Level::ALL.to_vec(),
        };
        let tell = |line: &str| {
            if !quiet {
                crate::terminal::note(line);
            }
        };
        let mut worlds = Vec::new();
        for seed in &self.seeds {
            let host = self.host(*seed, configuration, columns, folder.path())?;
            worlds.push(measure(&host, &plan, folder.path(), &tell)?);
        }
        let report = Report {
            version: env!("CARGO_PKG_VERSION"),
            methods: METHODS,
            likes: self.likes,
            likes_an_account: self.likes_an_account,
            rank: plan.rank,
            worlds,
        };
        if let Some(path) = &self.json {
            let mut text = serde_json::to_string_pretty(&report).map_err(|e| Failure::Internal(e.into()))?;
            text.push('\n');
            super::write_whole(path, text.as_bytes())?;
        }
        if !quiet {
            say(&text::tables(&report));
        }
        Ok(DONE)
    }

    fn host(
        &self,
        seed: u64,
        configuration: &Configuration,
        columns: &OutcomeTable,
        folder: &Path,
    ) -> Result<Host, Failure> {
        if self.input.is_empty() {
            let mut scenario = Scenario::load(&self.scenario)?;
            scenario.users = self.users;
            return simulated(&scenario, &self.scenario, seed, folder);
        }
        let outcomes = self.gains.as_deref().map(|path| (path, columns, self.least));
        real(super::title(&self.input), seed, self.ingest(configuration)?, outcomes)
    }

    fn ingest(&self, configuration: &Configuration) -> anyhow::Result<IngestOptions> {
        if !configuration.event.is_empty() {
            bail!("--attack takes a log with one event a row: bought likes have no place in a log of impressions");
        }
        let mut mapping = Mapping::new(configuration.columns()?, Vec::new());
        mapping.set_all(&self.map)?;
        mapping.time_unit = configuration.time_unit;
        let mut ingest = IngestOptions::new(self.input.clone(), PathBuf::new());
        ingest.mapping = mapping;
        ingest.accounts = self.accounts.clone();
        ingest.contents = self.contents.clone();
        ingest.reactions = configuration.reaction_kinds();
        if let Some(kinds) = configuration.endorse.clone().filter(|k| !k.is_empty()) {
            ingest.endorse = kinds;
        }
        ingest.no_time = configuration.no_time;
        ingest.hash_key = hash_key(configuration.detect.seed)?;
        Ok(ingest)
    }
}
