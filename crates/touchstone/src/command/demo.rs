//! `touchstone demo`.

use super::say;
use crate::exit::{DONE, Failure};
use crate::job::Job;
use crate::terminal;
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use touchstone_detect::params::Params;
use touchstone_detect::rank::RankParams;
use touchstone_engine::store::IngestOptions;
use touchstone_engine::write::table::Format;

/// Real retweets, all identifiers hashed by their authors; see `demo/PROVENANCE.md`.
const SAMPLE: &[u8] = include_bytes!("../../demo/retweets.csv.gz");

/// Run the main job on a real sample that ships with the program
#[derive(Args)]
#[command(after_help = "Example:\n  touchstone demo --out demo-report")]
pub(super) struct Demo {
    /// Folder for the findings
    #[arg(long, value_name = "DIR", default_value = "demo-report")]
    out: PathBuf,
    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

impl Demo {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let folder = tempfile::tempdir().context("no temporary folder for the sample")?;
        let sample = folder.path().join("retweets.csv.gz");
        std::fs::write(&sample, SAMPLE).with_context(|| format!("{}: cannot be written", sample.display()))?;
        let mut ingest = IngestOptions::new(vec![sample], PathBuf::new());
        ingest.endorse = vec!["retweet".into()];
        let job = Job {
            ingest,
            params: Params::default(),
            rank: Some(RankParams::default()),
            out: self.out.clone(),
            format: Format::Parquet,
            threads: None,
            quiet: self.quiet,
            title: "retweets.csv.gz (sample)".into(),
        };
        say("Retweets of a Russian pro-government network and its surroundings, January to August 2021\n\
             (Kulichkina, Righetti & Waldherr 2024; identifiers hashed by the authors).\n\n");
        let model = job.run()?;
        say(&terminal::summary(&model, &self.out));
        say(&format!("\nOpen {} in a browser; it needs no network.\n", self.out.join("report.html").display()));
        Ok(DONE)
    }
}
