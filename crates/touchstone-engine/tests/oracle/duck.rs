//! Asking DuckDB, and holding its answers against the detector's.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has DuckDB; none after saying so.
pub fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let installed = root.join("target/venv/bin/python3");
    let python = match env::var_os("TOUCHSTONE_PYTHON") {
        Some(named) => PathBuf::from(named),
        None if installed.is_file() => installed,
        None => PathBuf::from("python3"),
    };
    let works = Command::new(&python).args(["-c", "import duckdb"]).output().is_ok_and(|o| o.status.success());
    if works {
        return Some(python);
    }
    let why = format!("{} has no package duckdb (TOUCHSTONE_PYTHON names another)", python.display());
    assert!(env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_none_or(|v| v != "1"), "{why}, and TOUCHSTONE_REQUIRE_TOOLS=1");
    eprintln!("skipped: {why}");
    None
}

/// A folder of questions; after [`Duck::ask`], of answers.
pub struct Duck<'a> {
    pub folder: &'a Path,
    settings: Vec<Vec<String>>,
}

impl<'a> Duck<'a> {
    pub fn new(folder: &'a Path) -> Self {
        Self { folder, settings: Vec::new() }
    }

    pub fn set(&mut self, name: &str, value: impl Display) {
        self.settings.push(vec![name.into(), value.to_string()]);
    }

    /// Puts a table beside the events.
    pub fn put(&self, name: &str, header: &str, rows: impl IntoIterator<Item = Vec<String>>) {
        let mut out = csv::Writer::from_path(self.folder.join(name)).unwrap();
        out.write_record(header.split(',')).unwrap();
        rows.into_iter().for_each(|row| out.write_record(row).unwrap());
        out.flush().unwrap();
    }

    /// Runs the questions of these files, in this order, in one database.
    pub fn ask(&self, python: &Path, questions: &[&str]) {
        let mut out = csv::WriterBuilder::new().from_path(self.folder.join("settings.csv")).unwrap();
        self.settings.iter().for_each(|s| out.write_record(s).unwrap());
        out.flush().unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
        let mut command = Command::new(python);
        command.arg("-B").arg(here.join("ask.py")).arg(self.folder);
        command.args(questions.iter().map(|q| here.join("sql").join(format!("{q}.sql"))));
        let output = command.output().unwrap();
        assert!(output.status.success(), "DuckDB: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn cells(&self, answer: &str) -> Vec<Vec<String>> {
        let path = self.folder.join(format!("{answer}.answer.csv"));
        let mut file = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("no answer {answer}: {e}"));
        file.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    /// The rows of an answer.
    pub fn rows(&self, answer: &str) -> Vec<String> {
        self.cells(answer).iter().map(|row| row.join(" | ")).collect()
    }

    /// An answer of two columns.
    pub fn numbers(&self, answer: &str) -> BTreeMap<String, f64> {
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{answer}: {text:?} is no number"));
        self.cells(answer).iter().map(|row| (row[0].clone(), number(&row[1]))).collect()
    }
}

/// Writes a row as DuckDB's answers come.
macro_rules! row {
    ($($cell:expr),+) => {
        [$($cell.to_string()),+].join(" | ")
    };
}
pub(crate) use row;

/// Collects all that differs, so that one run tells everything.
pub struct Ledger {
    world: &'static str,
    faults: Vec<String>,
}

impl Ledger {
    pub fn new(world: &'static str) -> Self {
        Self { world, faults: Vec::new() }
    }

    fn fault(&mut self, what: &str, why: String) {
        self.faults.push(format!("{}: {what}: {why}", self.world));
    }

    /// What must hold.
    pub fn holds(&mut self, what: &str, truth: bool) {
        if !truth {
            self.fault(what, "does not hold".into());
        }
    }

    /// What must be equal.
    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, got: &T, expect: &T) {
        if got != expect {
            let cut = |value: &T| format!("{value:?}").chars().take(300).collect::<String>();
            self.fault(what, format!("\n  got    {}\n  expect {}", cut(got), cut(expect)));
        }
    }

    /// The same rows as often; order aside. There must be some.
    pub fn rows(&mut self, what: &str, detector: impl IntoIterator<Item = String>, oracle: Vec<String>) {
        let mut balance: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        detector.into_iter().for_each(|r| balance.entry(r).or_default().0 += 1);
        oracle.into_iter().for_each(|r| balance.entry(r).or_default().1 += 1);
        if balance.is_empty() {
            self.fault(what, "nothing to compare; the world is too tame".into());
        }
        let differ: Vec<String> = balance
            .iter()
            .filter(|(_, (got, expect))| got != expect)
            .map(|(row, (got, expect))| format!("\n  {row}: detector {got} times, DuckDB {expect} times"))
            .collect();
        if !differ.is_empty() {
            let shown = differ[..differ.len().min(6)].concat();
            self.fault(what, format!("{} of {} rows differ{shown}", differ.len(), balance.len()));
        }
    }

    /// The same keys, and numbers that agree to `tolerance` of their size or of one.
    pub fn numbers(
        &mut self,
        what: &str,
        detector: &BTreeMap<String, f64>,
        oracle: &BTreeMap<String, f64>,
        tolerance: f64,
    ) {
        if detector.is_empty() {
            self.fault(what, "nothing to compare; the world is too tame".into());
        }
        let keys: std::collections::BTreeSet<&String> = detector.keys().chain(oracle.keys()).collect();
        let differ: Vec<String> = keys
            .iter()
            .filter(|key| match (detector.get(**key), oracle.get(**key)) {
                (Some(a), Some(b)) => (a - b).is_nan() || (a - b).abs() > tolerance * b.abs().max(1.0),
                _ => true,
            })
            .map(|key| format!("\n  {key}: detector {:?}, DuckDB {:?}", detector.get(*key), oracle.get(*key)))
            .collect();
        if !differ.is_empty() {
            let shown = differ[..differ.len().min(6)].concat();
            self.fault(what, format!("{} of {} numbers differ{shown}", differ.len(), keys.len()));
        }
    }

    /// Fails if anything differed.
    pub fn close(self) {
        assert!(self.faults.is_empty(), "{} counts differ:\n{}", self.faults.len(), self.faults.join("\n"));
    }
}
