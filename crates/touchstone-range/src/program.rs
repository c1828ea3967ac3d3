//! The `touchstone` program, driven as a user drives it.
//!
//! What is measured is what people get: the released command line, its files and its seconds.

use crate::columns::Columns;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A program that is there and no older than its sources.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    threads: Option<usize>,
}

impl Program {
    /// The one at `path`.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path, threads: None }
    }

    /// The same with so many threads a run; it takes all cores by itself.
    #[must_use]
    pub fn with_threads(self, threads: usize) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// The one beside the running executable, built first where it is missing or older than a
    /// source: nobody means to measure yesterday's detector.
    ///
    /// # Errors
    /// It can't be built.
    pub fn built() -> anyhow::Result<Self> {
        let own = std::env::current_exe().context("the running program has no path")?;
        let mut folder = own.parent().context("the running program lies nowhere")?;
        // Tests run one folder deeper.
        if folder.ends_with("deps") {
            folder = folder.parent().unwrap_or(folder);
        }
        let path = folder.join(format!("touchstone{}", std::env::consts::EXE_SUFFIX));
        if fresh(&path).is_none() {
            build()?;
            if !path.is_file() {
                bail!("{}: not there after a build; name the program by --touchstone", path.display());
            }
        }
        Ok(Self::at(path))
    }

    /// Runs `detect` on a log, some signals left out, and gives its wall seconds.
    ///
    /// # Errors
    /// It failed; with its own words.
    pub fn detect(
        &self,
        log: &Path,
        world: &Path,
        columns: Columns,
        without: &[&str],
        out: &Path,
    ) -> anyhow::Result<f64> {
        let mut command = self.command("detect");
        command.arg(log).arg("--out").arg(out).arg("--quiet");
        if let Some(threads) = self.threads {
            command.arg("--threads").arg(threads.to_string());
        }
        for signal in without {
            command.arg("--without").arg(signal);
        }
        if columns.has_tables() {
            command.arg("--accounts").arg(world.join("accounts.parquet"));
            command.arg("--contents").arg(world.join("contents.parquet"));
        }
        run(command)
    }

    /// Seconds by signal that a run of `detect` took, from its summary.
    ///
    /// # Errors
    /// There is no such summary.
    pub fn signal_seconds(findings: &Path) -> anyhow::Result<BTreeMap<String, f64>> {
        #[derive(Deserialize)]
        struct Summary {
            signal_seconds: Vec<OfSignal>,
        }
        #[derive(Deserialize)]
        struct OfSignal {
            signal: String,
            seconds: f64,
        }
        let path = findings.join("summary.json");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let summary: Summary = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(summary.signal_seconds.into_iter().map(|s| (s.signal, s.seconds)).collect())
    }

    /// Runs `evaluate` on findings; the result is `evaluation.json` beside them.
    ///
    /// # Errors
    /// It failed; with its own words.
    pub fn evaluate(&self, findings: &Path, truth: &Path) -> anyhow::Result<PathBuf> {
        let mut command = self.command("evaluate");
        command.arg(findings).arg("--truth").arg(truth).arg("--quiet");
        run(command)?;
        Ok(findings.join("evaluation.json"))
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.path);
        // A user's key would change hashes, and with them nothing that counts; still, one run is one run.
        command.arg(name).env_remove("TOUCHSTONE_HASH_KEY");
        command
    }
}

fn run(mut command: Command) -> anyhow::Result<f64> {
    let start = Instant::now();
    let output = command.output().with_context(|| format!("{} can't be started", command.get_program().display()))?;
    let seconds = start.elapsed().as_secs_f64();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?} ended with {}:\n{}", output.status, said.trim());
    }
    Ok(seconds)
}

/// Some where the program is there and younger than all that cargo says it was made of.
fn fresh(path: &Path) -> Option<()> {
    let age = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let built = age(path)?;
    let listed = std::fs::read_to_string(path.with_extension("d")).ok()?;
    let (_, sources) = listed.split_once(": ")?;
    // Spaces within a name are written with a backslash.
    let sources = sources.trim().replace("\\ ", "\u{0}");
    sources
        .split(' ')
        .all(|source| age(Path::new(&source.replace('\u{0}', " "))).is_some_and(|changed| changed <= built))
        .then_some(())
}

fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "touchstone"]).current_dir(crate::repository());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let status = command.status().context("cargo can't be started to build touchstone")?;
    if !status.success() {
        bail!("touchstone can't be built; name a program by --touchstone");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_older_than_a_source_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("program"), "").unwrap();
        assert!(fresh(&at("program")).is_none(), "no list of sources");
        std::fs::write(at("a b.rs"), "").unwrap();
        let list = format!("{}: {}\n", at("program").display(), at("a\\ b.rs").display());
        std::fs::write(at("program.d"), list).unwrap();
        let set = |name: &str, seconds| {
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            std::fs::File::options().write(true).open(at(name)).unwrap().set_modified(time).unwrap();
        };
        set("program", 2000);
        set("a b.rs", 1000);
        assert!(fresh(&at("program")).is_some());
        set("a b.rs", 3000);
        assert!(fresh(&at("program")).is_none());
        assert!(fresh(&at("nothing")).is_none());
    }

    #[test]
    fn a_failing_program_is_quoted() {
        let error = Program::at("/bin/ls".into()).evaluate(Path::new("/nothing-here"), Path::new("/x")).unwrap_err();
        assert!(error.to_string().contains("nothing-here"), "{error}");
    }
}
