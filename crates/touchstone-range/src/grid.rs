//! Which worlds are run, with which columns, and beside whom.

use crate::columns::Columns;
use anyhow::bail;
use clap::ValueEnum;
use serde::Serialize;

/// A set of worlds by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GridName {
    /// mixed, rare and null, one seed each: minutes
    Quick,
    /// What docs/EVALUATION.md shows
    Full,
}

/// One scenario's part of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The scenario.
    pub scenario: String,
    /// Worlds of it.
    pub seeds: u32,
    /// Worlds of it, from the first, on which baselines run as well.
    pub seeds_with_baselines: u32,
}

/// What the command line may change of a grid.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// These scenarios alone.
    pub scenarios: Vec<String>,
    /// Seeds of scenarios that have more than one.
    pub seeds: Option<u32>,
    /// Seeds of the null world.
    pub null_seeds: Option<u32>,
    /// No baselines.
    pub no_baselines: bool,
}

/// Scenarios of many seeds, with baselines.
const MANY: [&str; 2] = ["mixed", "rare"];
/// Held out for reporting.
const HELD_OUT: [&str; 3] = ["drawn-mixed", "drawn-rare", "drawn-null"];
const NULL: &str = "null";
/// Seeds of a world by default: as many as make a spread.
const SEEDS: u32 = 5;
const SEEDS_FEW: u32 = 3;
const NULL_SEEDS: u32 = 20;

impl GridName {
    /// As written on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }

    /// Its cells, as wished. Scenarios wished for by name come whether the grid has them or not.
    ///
    /// # Errors
    /// Nothing is left to run.
    pub fn cells(self, wishes: &Wishes, held_out: bool) -> anyhow::Result<Vec<Cell>> {
        let names: Vec<String> = match wishes.scenarios.as_slice() {
            [] => self.names(held_out),
            wished => wished.to_vec(),
        };
        let named = !wishes.scenarios.is_empty();
        let cells: Vec<Cell> = names.into_iter().map(|name| self.cell(name, named, wishes)).collect();
        if cells.iter().all(|cell| cell.seeds == 0) {
            bail!("nothing to run: no scenario has a seed; raise --seeds or --null-seeds");
        }
        Ok(cells.into_iter().filter(|cell| cell.seeds > 0).collect())
    }

    fn names(self, held_out: bool) -> Vec<String> {
        let mut names: Vec<String> = MANY.map(String::from).to_vec();
        if self == Self::Full {
            if held_out {
                names.extend(HELD_OUT.map(String::from));
            }
            names.push(NULL.into());
            let single = touchstone_sim::Scenario::names().filter(|name| !MANY.contains(name) && *name != NULL);
            names.extend(single.map(String::from));
        } else {
            names.push(NULL.into());
        }
        names
    }

    fn cell(self, scenario: String, named: bool, wishes: &Wishes) -> Cell {
        let many = MANY.contains(&scenario.as_str()) || HELD_OUT.contains(&scenario.as_str());
        let default = match (self, scenario.as_str()) {
            (Self::Quick, _) => 1,
            (Self::Full, NULL) => NULL_SEEDS,
            (Self::Full, "mixed" | "rare" | "drawn-mixed") => SEEDS,
            (Self::Full, _) if many => SEEDS_FEW,
            // One attack or one look-alike alone: a look, not a rate.
            (Self::Full, _) => 1,
        };
        let wished = if scenario == NULL {
            wishes.null_seeds.or(wishes.seeds.filter(|_| named))
        } else {
            wishes.seeds.filter(|&seeds| many || named || seeds == 0)
        };
        let seeds = wished.unwrap_or(default);
        // In worlds without fakes a baseline has innocents to accuse, so it runs there, too; on a few.
        let beside = match scenario.as_str() {
            _ if wishes.no_baselines => 0,
            _ if many || named => seeds,
            NULL => seeds.min(SEEDS_FEW),
            _ => 0,
        };
        Cell { scenario, seeds, seeds_with_baselines: beside }
    }
}

/// Columns by default.
pub const COLUMNS: [Columns; 4] = [Columns::All, Columns::NoNetwork, Columns::Owner, Columns::Three];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_grid_has_every_scenario_and_the_held_out_ones_only_for_reporting() {
        let of = |held_out| GridName::Full.cells(&Wishes::default(), held_out).unwrap();
        let names: Vec<String> = of(true).into_iter().map(|cell| cell.scenario).collect();
        for name in touchstone_sim::Scenario::names() {
            assert!(names.iter().any(|n| n == name), "{name}");
        }
        assert!(names.iter().any(|name| name == "drawn-mixed"));
        assert!(of(false).iter().all(|cell| !cell.scenario.starts_with("drawn-")));
        let null = of(true).into_iter().find(|cell| cell.scenario == "null").unwrap();
        assert_eq!((null.seeds, null.seeds_with_baselines), (20, 3));
    }

    #[test]
    fn wishes_are_followed() {
        let wishes = Wishes { scenarios: vec!["pod".into()], seeds: Some(3), no_baselines: true, ..Wishes::default() };
        let cells = GridName::Full.cells(&wishes, true).unwrap();
        assert_eq!(cells, [Cell { scenario: "pod".into(), seeds: 3, seeds_with_baselines: 0 }]);
        let nothing = Wishes { seeds: Some(0), null_seeds: Some(0), ..Wishes::default() };
        assert!(GridName::Quick.cells(&nothing, true).is_err());
    }
}
