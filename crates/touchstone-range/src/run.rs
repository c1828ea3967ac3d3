//! One world through all: simulate, project, detect and its peers, evaluate.

use crate::ablation::Variant;
use crate::baselines::{Answer, BASELINES, Baseline};
use crate::columns::{Columns, project};
use crate::findings;
use crate::likes::Likes;
use crate::measured::Measured;
use crate::program::Program;
use crate::purpose::{Purpose, Seed};
use crate::scenarios::scenario;
use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;
use touchstone_sim::{SimulateOptions, simulate};

/// The detector's name in tables.
pub const TOUCHSTONE: &str = "touchstone";

/// Size of worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size {
    /// People.
    pub users: u32,
    /// Days.
    pub days: u32,
}

/// One world and who looks at it.
#[derive(Debug, Clone)]
pub struct World<P> {
    /// By name.
    pub scenario: String,
    /// With its purpose.
    pub seed: Seed<P>,
    /// How large.
    pub size: Size,
    /// Through which columns.
    pub columns: Vec<Columns>,
    /// Whether baselines run, too.
    pub baselines: bool,
    /// The detectors: the whole one, or with signals left out.
    pub variants: &'static [Variant],
}

/// How one detector did on one world with one set of columns.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The world.
    pub scenario: String,
    /// Its seed.
    pub seed: u64,
    /// What was seen of it.
    pub columns: Columns,
    /// Who looked.
    pub method: &'static str,
    /// Wall time of reading and judging; not of the evaluation.
    pub seconds: f64,
    /// Of these, by signal as the program tells; of the detector alone.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signal_seconds: BTreeMap<String, f64>,
    /// What came out.
    pub result: Outcome,
}

/// What came out of one run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Findings, evaluated.
    Measured(Box<Measured>),
    /// These columns are not enough for it; why.
    NoAnswer(String),
    /// It is not on this machine; why.
    NotRun(String),
}

impl Outcome {
    /// The evaluation, where there is one.
    #[must_use]
    pub fn measured(&self) -> Option<&Measured> {
        match self {
            Self::Measured(measured) => Some(measured),
            Self::NoAnswer(_) | Self::NotRun(_) => None,
        }
    }
}

/// Wall seconds of each part of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Parts {
    /// Inventing worlds.
    pub simulate: f64,
    /// Writing narrower logs.
    pub project: f64,
    /// The detector.
    pub detect: f64,
    /// Its peers, with reading their likes.
    pub baselines: f64,
    /// Comparing with the truth.
    pub evaluate: f64,
}

impl std::ops::AddAssign for Parts {
    fn add_assign(&mut self, other: Self) {
        self.simulate += other.simulate;
        self.project += other.project;
        self.detect += other.detect;
        self.baselines += other.baselines;
        self.evaluate += other.evaluate;
    }
}

/// Adds the seconds of some work to a part.
fn timed<T>(part: &mut f64, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *part += start.elapsed().as_secs_f64();
    result
}

/// Runs everything on one world in a folder of its own that is gone afterwards.
///
/// # Errors
/// A step failed; which, and in which world.
pub fn run<P: Purpose>(world: &World<P>, program: &Program, scratch: &Path) -> anyhow::Result<(Vec<Row>, Parts)> {
    let place = || format!("scenario {}, seed {}", world.scenario, world.seed.number());
    let folder = tempfile::Builder::new().prefix("world-").tempdir_in(scratch).with_context(place)?;
    Desk { world, program, truth: folder.path() }.run().with_context(place)
}

/// One world's folder: events, truth, and a folder of findings for each look at it.
struct Desk<'a, P> {
    world: &'a World<P>,
    program: &'a Program,
    truth: &'a Path,
}

/// Findings that wait for their evaluation.
struct Pending {
    columns: Columns,
    method: &'static str,
    seconds: f64,
    signal_seconds: BTreeMap<String, f64>,
    end: Result<PathBuf, Outcome>,
}

impl<P: Purpose> Desk<'_, P> {
    fn run(&self) -> anyhow::Result<(Vec<Row>, Parts)> {
        let mut parts = Parts::default();
        let mut scenario = scenario(&self.world.scenario, self.world.seed)?;
        (scenario.users, scenario.days) = (self.world.size.users, self.world.size.days);
        let options = SimulateOptions { scenario, seed: self.world.seed.number(), out: self.truth.into() };
        timed(&mut parts.simulate, || simulate(&options))?;
        let mut pending = Vec::new();
        for &columns in &self.world.columns {
            let folder = self.truth.join(columns.name());
            std::fs::create_dir(&folder)?;
            let log = timed(&mut parts.project, || project(self.truth, columns, &folder))?;
            for (number, variant) in self.world.variants.iter().enumerate() {
                let findings = folder.join(format!("findings-{number}"));
                pending.push(timed(&mut parts.detect, || self.detect(columns, &log, variant, findings))?);
            }
            if self.world.baselines {
                timed(&mut parts.baselines, || self.baselines(columns, &log, &folder, &mut pending))?;
            }
        }
        let measured = timed(&mut parts.evaluate, || self.evaluate(&pending))?;
        Ok((pending.into_iter().map(|pending| self.row(pending, &measured)).collect(), parts))
    }

    /// Nothing in here is timed for the table: as many at once as there are cores. Twins share findings.
    fn evaluate(&self, pending: &[Pending]) -> anyhow::Result<BTreeMap<PathBuf, Measured>> {
        let findings: BTreeSet<&PathBuf> = pending.iter().filter_map(|pending| pending.end.as_ref().ok()).collect();
        findings
            .into_par_iter()
            .map(|findings| {
                let evaluation = self.program.evaluate(findings, self.truth)?;
                Ok((findings.clone(), Measured::read(&evaluation)?))
            })
            .collect()
    }

    fn detect(&self, columns: Columns, log: &Path, variant: &Variant, findings: PathBuf) -> anyhow::Result<Pending> {
        let seconds = self.program.detect(log, self.truth, columns, variant.without, &findings)?;
        let signal_seconds = Program::signal_seconds(&findings)?;
        Ok(Pending { columns, method: variant.name, seconds, signal_seconds, end: Ok(findings) })
    }

    /// Baselines read no owners, networks or tables: what they say of `three` holds for `owner`,
    /// what they say of `all` for `no-network`, and is taken over.
    fn baselines(&self, columns: Columns, log: &Path, folder: &Path, into: &mut Vec<Pending>) -> anyhow::Result<()> {
        let twin = self.world.columns.iter().copied().find(|other| other.has_tables() == columns.has_tables());
        if let Some(twin) = twin.filter(|&twin| twin != columns) {
            let known = into.iter().filter(|pending| pending.columns == twin && pending.method != TOUCHSTONE);
            let copies: Vec<Pending> = known.map(|pending| pending.seen_through(columns)).collect();
            if !copies.is_empty() {
                into.extend(copies);
                return Ok(());
            }
        }
        let likes = Likes::read(log)?;
        for (number, baseline) in BASELINES.iter().enumerate() {
            let pending = judge(baseline, &likes, columns, &folder.join(format!("baseline-{number}")));
            into.push(pending.with_context(|| baseline.name)?);
        }
        Ok(())
    }

    fn row(&self, pending: Pending, measured: &BTreeMap<PathBuf, Measured>) -> Row {
        let result = match pending.end {
            Err(outcome) => outcome,
            Ok(findings) => Outcome::Measured(Box::new(measured[&findings].clone())),
        };
        Row {
            scenario: self.world.scenario.clone(),
            seed: self.world.seed.number(),
            columns: pending.columns,
            method: pending.method,
            seconds: pending.seconds,
            signal_seconds: pending.signal_seconds,
            result,
        }
    }
}

impl Pending {
    fn seen_through(&self, columns: Columns) -> Self {
        let signal_seconds = BTreeMap::new();
        Self { columns, method: self.method, seconds: self.seconds, signal_seconds, end: self.end.clone() }
    }
}

fn judge(baseline: &Baseline, likes: &Likes, columns: Columns, folder: &Path) -> anyhow::Result<Pending> {
    let start = Instant::now();
    let answer = (baseline.run)(likes)?;
    let seconds = start.elapsed().as_secs_f64();
    let end = match answer {
        Answer::Verdicts(verdicts) => {
            findings::write(likes, &verdicts, folder)?;
            Ok(folder.to_owned())
        }
        Answer::NoAnswer(why) => Err(Outcome::NoAnswer(why)),
        Answer::NotRun(why) => Err(Outcome::NotRun(why)),
    };
    Ok(Pending { columns, method: baseline.name, seconds, signal_seconds: BTreeMap::new(), end })
}
