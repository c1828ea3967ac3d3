//! `touchstone simulate`.

use super::adapt::Adapt;
use super::say;
use crate::exit::{DONE, Failure};
use crate::terminal::grouped;
use clap::Args;
use std::path::PathBuf;
use touchstone_sim::{Scenario, SimulateOptions, simulate};

const AFTER: &str = "\
A scenario is a TOML file (every parameter has a default; unknown keys are errors) or one of the built-in
ones: null, plain, mixed, rare, one for each attack, such as farm-evasive, and one for each look-alike, such
as only-courtesy; an unknown name lists them all. The folder gets events, accounts and contents as a platform
has them, truth_*.parquet beside them, and simulate.json with all parameters.

With --adapt, worlds are made for rounds of an arms race instead: an attacker with a budget sees which of its
own likes were discounted and climbs a ladder of evasions; one race for each level of the detector. The folder
gets adapt.json, rounds.csv and adapt.svg: cost for each surviving like against the share of innocents harmed.

Examples:
  touchstone simulate --scenario mixed --seed 1 --out world
  touchstone simulate --scenario null --users 100000 --days 28 --seed 7 --out quiet
  touchstone simulate --adapt --scenario null --users 10000 --seed 1 --rounds 8 --fdr 0.01,0.2 --out race
  touchstone detect world/events.parquet --accounts world/accounts.parquet --contents world/contents.parquet --out findings";

/// Invent a closed world with known truth: lives, look-alikes, attackers
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Simulate {
    /// A built-in scenario or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    scenario: String,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "N")]
    seed: u64,
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// People, instead of the scenario's number
    #[arg(long, value_name = "N")]
    users: Option<u32>,
    /// Days, instead of the scenario's number
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// No summary
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    adapt: Adapt,
}

impl Simulate {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let mut scenario = Scenario::load(&self.scenario)?;
        scenario.users = self.users.unwrap_or(scenario.users);
        scenario.days = self.days.unwrap_or(scenario.days);
        if self.adapt.adapt {
            return self.adapt.run(scenario, self.seed, &self.out, self.quiet);
        }
        let report = simulate(&SimulateOptions { scenario, seed: self.seed, out: self.out.clone() })?;
        if !self.quiet {
            say(&format!(
                "{} events, {} likes of which {} fake; {} accounts of which {} faked; {} contents, {} rings, \
                 {} look-alike groups\n{}\n",
                grouped(report.events),
                grouped(report.likes),
                grouped(report.fake_likes),
                grouped(report.accounts),
                grouped(report.fake_accounts),
                grouped(report.contents),
                grouped(report.rings),
                grouped(report.look_alikes),
                self.out.display()
            ));
        }
        Ok(DONE)
    }
}
