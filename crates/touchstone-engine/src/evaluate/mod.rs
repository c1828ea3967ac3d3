//! Findings and truth, read from their folders into one [`Material`].
//!
//! The truth folder is what `touchstone simulate` wrote: events.parquet and truth_*.parquet. The
//! findings folder holds what a detection wrote, or a part of it: a baseline may know accounts alone.
//! What is missing is listed, not guessed. Names are interned once, in the order of the truth, so
//! that nothing depends on the order of rows in the findings.

mod error;
mod found;
mod likes;
pub(crate) mod table;
mod truth;

pub use error::EvaluateError;

use crate::store::Progress;
use std::path::Path;
use touchstone_detect::evaluation::material::Material;
use touchstone_detect::evaluation::{Gap, World};

/// Reads everything that is there.
///
/// # Errors
/// A file is missing, cannot be read, or is of another world.
pub fn read(findings: &Path, truth: &Path, progress: &dyn Progress) -> Result<(Material, World), EvaluateError> {
    for folder in [findings, truth] {
        if !folder.is_dir() {
            return Err(EvaluateError::NoFolder { path: folder.to_owned() });
        }
    }
    if table::find(truth, "truth_accounts").is_none() {
        return Err(EvaluateError::NoTruth { path: truth.to_owned() });
    }
    let mut material = Material::default();
    progress.stage("truth", None);
    let mut known = truth::read(truth, &mut material)?;
    progress.stage("findings", None);
    let tables = found::read(findings, &mut known, &mut material)?;
    if tables == 0 {
        return Err(EvaluateError::NoFindings { path: findings.to_owned() });
    }
    let mut world = truth::world(truth);
    if let Some(path) = table::find(findings, "likes") {
        let (likes, events) = likes::read(&path, truth, &known, progress)?;
        (material.likes, world.events) = (Some(likes), events);
    } else {
        for part in ["likes", "calibration"] {
            material.not_evaluated.push(gap(part, "the findings have no likes.parquet or likes.csv"));
        }
    }
    found::notes(&mut material);
    Ok((material, world))
}

fn gap(part: &str, why: &str) -> Gap {
    Gap { part: part.into(), why: why.into() }
}
