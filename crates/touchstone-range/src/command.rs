//! The command line.

use crate::ablation;
use crate::baselines::BASELINES;
use crate::columns::Columns;
use crate::grid::{COLUMNS, Cell, GridName, Wishes};
use crate::jobs::each;
use crate::program::Program;
use crate::purpose::{Purpose, Reporting, Seed, Tuning};
use crate::report::{Report, Settings, publish, publish_ablation};
use crate::run::{Parts, Row, Size, World, run};
use crate::terminal::{Progress, interrupted, listen, say};
use anyhow::{Context, bail};
use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Instant;

const AFTER: &str = "\
Every world is simulated, looked at through each set of columns by the detector and its peers, evaluated
against its truth, and deleted. Tuning and reporting draw from seeds that never meet; scenarios drawn-mixed,
drawn-rare and drawn-null, whose parameters the seed draws anew, exist for reporting alone.

Examples:
  cargo run --release -p touchstone-range -- --grid full --purpose report
  cargo run --release -p touchstone-range -- --grid quick --purpose tune
  cargo run --release -p touchstone-range -- --purpose tune --scenarios farm-evasive,pod --seeds 3 \\
      --columns all --no-baselines --out tuning
  cargo run --release -p touchstone-range -- --ablation --purpose report --scenarios mixed --seeds 3

The first writes docs/EVALUATION.md and docs/evaluation.json; tuning prints its page, and writes it to --out.

Exit codes: 0 done, 2 wrong use or a step that failed.";

/// The range: error rates of the detector and its peers in worlds of known truth
#[derive(Parser)]
#[command(name = "touchstone-range", version, after_help = AFTER)]
struct Arguments {
    /// Which worlds
    #[arg(long, value_enum, default_value = "quick")]
    grid: GridName,
    /// What the worlds are for; reporting uses seeds and scenarios that tuning can't
    #[arg(long, value_enum)]
    purpose: PurposeName,
    /// People in a world
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    users: u32,
    /// Days in a world
    #[arg(long, value_name = "N", default_value_t = 28, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// Worlds of each scenario that has more than one in the grid
    #[arg(long, value_name = "N")]
    seeds: Option<u32>,
    /// Worlds of the scenario null
    #[arg(long, value_name = "N")]
    null_seeds: Option<u32>,
    /// These scenarios alone, --seeds worlds each
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    scenarios: Vec<String>,
    /// These sets of columns alone
    #[arg(long, value_enum, value_name = "SET", value_delimiter = ',')]
    columns: Vec<Columns>,
    /// The detector alone
    #[arg(long)]
    no_baselines: bool,
    /// Worlds at once; with more than one, the cores are shared and seconds are those of a busy machine
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// The detector without each signal and with each alone, instead of baselines; writes docs/ABLATION.md
    #[arg(long)]
    ablation: bool,
    /// Folder for evaluation.md and evaluation.json, instead of docs (which is for reporting alone)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The program to measure [default: the one of this repository, built where it is stale]
    #[arg(long, value_name = "FILE")]
    touchstone: Option<PathBuf>,
    /// Folder for worlds while they last [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PurposeName {
    /// Worlds to choose parameters by
    Tune,
    /// Worlds that only count
    Report,
}

/// Parses the arguments of the process and does what they say.
///
/// # Errors
/// A step failed.
pub(crate) fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    listen();
    match arguments.purpose {
        PurposeName::Tune => {
            let report = arguments.grid::<Tuning>()?;
            say(&if arguments.ablation { report.ablation() } else { report.page() });
            arguments.out.as_ref().map_or(Ok(()), |out| report.write(out))
        }
        PurposeName::Report => {
            let report = arguments.grid::<Reporting>()?;
            match &arguments.out {
                Some(out) => report.write(out),
                None if arguments.ablation => publish_ablation(&report, &crate::repository().join("docs")),
                None => publish(&report, &crate::repository().join("docs")),
            }
        }
    }
}

impl Arguments {
    fn wishes(&self) -> Wishes {
        Wishes {
            scenarios: self.scenarios.clone(),
            seeds: self.seeds,
            null_seeds: self.null_seeds,
            no_baselines: self.no_baselines,
        }
    }

    fn columns(&self) -> Vec<Columns> {
        // In the order of the contract, each once.
        let by_default: &[Columns] = if self.ablation { &ablation::COLUMNS } else { &COLUMNS };
        COLUMNS
            .into_iter()
            .filter(|set| if self.columns.is_empty() { by_default.contains(set) } else { self.columns.contains(set) })
            .collect()
    }

    /// Runs the grid for a purpose.
    fn grid<P: Purpose>(&self) -> anyhow::Result<Report<P>> {
        let start = Instant::now();
        let cells = self.grid.cells(&self.wishes(), P::HELD_OUT)?;
        let size = Size { users: self.users, days: self.days };
        // A wrong name must not show after an hour.
        for cell in &cells {
            crate::scenarios::scenario(&cell.scenario, Seed::<P>::new(&cell.scenario, 0))?;
        }
        let program = match &self.touchstone {
            Some(path) if !path.is_file() => bail!("{}: no such program", path.display()),
            Some(path) => Program::at(path.clone()),
            None => Program::built()?,
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = usize::from(self.jobs);
        let program = if jobs > 1 { program.with_threads((cores / jobs).max(1)) } else { program };
        let scratch = self.scratch()?;
        let worlds = self.worlds::<P>(&cells, size);
        let progress = Progress::new(worlds.len(), self.quiet);
        let (mut rows, mut parts): (Vec<Row>, Parts) = Default::default();
        let results = each(&worlds, jobs, |world| {
            if interrupted() {
                bail!("interrupted; nothing was written");
            }
            progress.begin(&world.scenario);
            let result = run(world, &program, scratch.path());
            progress.done();
            result
        })?;
        progress.finish();
        for (of_world, seconds) in results {
            rows.extend(of_world);
            parts += seconds;
        }
        let settings = Settings {
            command: self.typed(),
            purpose: P::NAME,
            size,
            columns: self.columns(),
            cells,
            version: env!("CARGO_PKG_VERSION"),
            cores,
            jobs,
            seconds: start.elapsed().as_secs_f64(),
            parts,
        };
        Ok(Report::new(settings, rows))
    }

    fn scratch(&self) -> anyhow::Result<tempfile::TempDir> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("touchstone-range-");
        match &self.scratch {
            Some(folder) => builder.tempdir_in(folder).with_context(|| folder.display().to_string()),
            None => builder.tempdir().context("no temporary folder; name one by --scratch"),
        }
    }

    fn worlds<P: Purpose>(&self, cells: &[Cell], size: Size) -> Vec<World<P>> {
        let world = |cell: &Cell, index| World {
            scenario: cell.scenario.clone(),
            seed: Seed::new(&cell.scenario, index),
            size,
            columns: self.columns(),
            baselines: !self.ablation && index < cell.seeds_with_baselines && !BASELINES.is_empty(),
            variants: if self.ablation { &ablation::VARIANTS } else { &ablation::WHOLE },
        };
        cells.iter().flat_map(|cell| (0..cell.seeds).map(move |index| world(cell, index))).collect()
    }

    /// What to type to get the same again: every choice, none of this machine's paths.
    fn typed(&self) -> String {
        let mut words = vec![format!(
            "cargo run --release -p touchstone-range -- --grid {} --purpose {} --users {} --days {}",
            self.grid.name(),
            if self.purpose == PurposeName::Report { Reporting::NAME } else { Tuning::NAME },
            self.users,
            self.days
        )];
        words.extend(self.seeds.map(|seeds| format!("--seeds {seeds}")));
        words.extend(self.null_seeds.map(|seeds| format!("--null-seeds {seeds}")));
        if !self.scenarios.is_empty() {
            words.push(format!("--scenarios {}", self.scenarios.join(",")));
        }
        if !self.columns.is_empty() {
            let names: Vec<&str> = self.columns().iter().map(|set| set.name()).collect();
            words.push(format!("--columns {}", names.join(",")));
        }
        words.extend((self.jobs > 1).then(|| format!("--jobs {}", self.jobs)));
        words.extend(self.no_baselines.then(|| "--no-baselines".to_owned()));
        words.extend(self.ablation.then(|| "--ablation".to_owned()));
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_of_a_page_gives_the_same_grid() {
        let text =
            "x --purpose tune --users 500 --seeds 2 --columns three,all --scenarios pod,null --jobs 2 --no-baselines";
        let arguments = Arguments::try_parse_from(text.split(' ')).unwrap();
        let command = arguments.typed();
        let again =
            Arguments::try_parse_from(command.split(" -- ").nth(1).map(|a| format!("x {a}")).unwrap().split(' '))
                .unwrap();
        assert_eq!(again.typed(), command);
        assert!(command.contains("--columns all,three"), "{command}");
    }

    #[test]
    fn tuning_is_refused_what_is_held_out() {
        let arguments = Arguments::try_parse_from(["x", "--purpose", "tune", "--scenarios", "drawn-mixed"]).unwrap();
        let refused = arguments.grid::<Tuning>().unwrap_err().to_string();
        assert!(refused.contains("held out"), "{refused}");
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        <Arguments as CommandFactory>::command().debug_assert();
    }
}
