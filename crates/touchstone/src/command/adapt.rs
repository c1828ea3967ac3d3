//! `touchstone simulate --adapt`: the arms race.

use super::say;
use crate::adapt::defender::Defender;
use crate::adapt::{Level, files, text};
use crate::exit::{DONE, Failure};
use crate::progress::Bar;
use anyhow::{anyhow, bail};
use clap::Args;
use std::path::Path;
use touchstone_engine::write::folder::OutputFolder;
use touchstone_sim::Scenario;
use touchstone_sim::adapt::{RaceError, RaceOptions, race, total};

/// More would be too many lines in one picture.
const LEVELS_MAX: usize = 6;

/// Options of the arms race.
#[derive(Args)]
pub(super) struct Adapt {
    /// Play an arms race: an attacker who adapts, round after round, against the detector
    #[arg(long)]
    pub(super) adapt: bool,
    /// Rounds of a race
    #[arg(long, value_name = "N", default_value_t = 8, requires = "adapt", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// What the attacker may spend in a race, US dollars
    #[arg(long, value_name = "DOLLARS", default_value_t = 5000.0, requires = "adapt")]
    budget: f64,
    /// Levels of the false discovery rate, a race for each; at most 6
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_values_t = [0.001, 0.01, 0.05, 0.2],
        requires = "adapt"
    )]
    fdr: Vec<f64>,
}

impl Adapt {
    pub(super) fn run(self, base: Scenario, seed: u64, out: &Path, quiet: bool) -> Result<u8, Failure> {
        let levels = self.levels()?;
        if std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(anyhow!("{}: exists and is not empty; choose another --out", out.display()).into());
        }
        // From here on, Ctrl-C is a wish that the next detection grants; the folder cleans up.
        let bar = Bar::new(true);
        let folder = OutputFolder::begin(out)?;
        let options =
            RaceOptions { base, seed, rounds: self.rounds, budget_dollars: self.budget, scratch: folder.spill() };
        let tell = |line: &str| {
            if !quiet {
                say(line);
            }
        };
        let mut races = Vec::new();
        for fdr in levels {
            tell(&text::heading(fdr));
            let mut defender = Defender::new(fdr, &folder.spill());
            let rounds = race(&options, |exhibit| defender.judge(exhibit), |round| tell(&text::round(round)))
                .map_err(failure)?;
            if rounds.len() < self.rounds as usize {
                tell(text::OUT_OF_MONEY);
            }
            races.push(Level { fdr, total: total(&rounds), rounds });
        }
        bar.finish();
        files::write(&folder.findings(), &options, &races)?;
        folder.publish()?;
        tell(&text::curve(&races, out));
        Ok(DONE)
    }

    /// The levels in ascending order, each once.
    fn levels(&self) -> anyhow::Result<Vec<f64>> {
        let mut levels = self.fdr.clone();
        if let Some(wrong) = levels.iter().find(|level| !(**level > 0.0 && **level < 1.0)) {
            bail!("--fdr {wrong}: the level must lie between 0 and 1, such as 0.01");
        }
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        if levels.len() > LEVELS_MAX {
            bail!("--fdr: {} levels; give at most {LEVELS_MAX}", levels.len());
        }
        Ok(levels)
    }
}

fn failure(error: RaceError<Failure>) -> Failure {
    match error {
        RaceError::Defender(failure) => failure,
        RaceError::Options(message) => Failure::Misuse(anyhow!(message)),
        RaceError::Simulate(error) => error.into(),
        RaceError::Read { round, source } => {
            Failure::Internal(anyhow!(source).context(format!("the world of round {round} cannot be read back")))
        }
    }
}
