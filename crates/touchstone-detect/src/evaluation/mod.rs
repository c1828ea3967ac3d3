//! How good are findings where the truth is known? Pure statistics over plain rows.
//!
//! [`Material`] is what the files of a detection and the truth of its log come to; [`evaluate`]
//! makes an [`Evaluation`] of it. Nothing here helps a detector: this room is entered when all
//! verdicts are given. `docs/evaluate.md` says what each number means.
//!
//! - [`interval`]: how sure a share is, of independent rows and of rows that come in rings.
//! - [`ranking`]: average precision, the precision-recall curve, the best threshold in hindsight.
//! - [`accounts`], [`likes`], [`counts`], [`rings`], [`calibration`]: one question each.

pub mod accounts;
pub mod calibration;
pub mod counts;
pub mod interval;
pub mod likes;
pub mod material;
pub mod ranking;
pub mod rings;

use material::Material;
use serde::{Deserialize, Serialize};

/// Version of the shape of [`Evaluation`] as JSON: raised when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// Something that could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Which part: accounts, ranking, likes, counts, rings, calibration.
    pub part: String,
    /// For want of what.
    pub why: String,
}

/// What a folder of the simulator says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    /// What the scenario is about, in its own words.
    pub about: Option<String>,
    /// The seed it was drawn with.
    pub seed: Option<u64>,
    /// Events of the log; 0 where nothing says it.
    pub events: u64,
}

/// All numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// See [`SCHEMA`].
    pub schema: u32,
    /// Version of the program that evaluated; set by the caller.
    pub version: String,
    /// The world whose truth it is; set by the caller.
    pub world: World,
    /// Who was accused, and who should have been.
    pub accounts: Option<accounts::AccountsEvaluation>,
    /// Which likes were called fake, and which are.
    pub likes: Option<likes::LikesEvaluation>,
    /// Corrected counts against true ones.
    pub counts: Option<counts::CountsEvaluation>,
    /// Are ten rings ten?
    pub rings: Option<rings::RingsEvaluation>,
    /// Does a p_fake of 0.7 mean seven in ten?
    pub calibration: Option<calibration::Calibration>,
    /// What could not be evaluated, and why.
    pub not_evaluated: Vec<Gap>,
    /// What a reader should know about the match of findings and truth.
    pub notes: Vec<String>,
}

/// Compares findings with the truth.
#[must_use]
pub fn evaluate(material: Material) -> Evaluation {
    let Material { attacks, look_alikes, accounts, verdicts, bits, likes, targets, rings, not_evaluated, notes } =
        material;
    let labels = material::Labels { attacks: &attacks, look_alikes: &look_alikes };
    let calibration = likes.as_ref().map(|l| calibration::calibration(&l.rows));
    Evaluation {
        schema: SCHEMA,
        version: String::new(),
        world: World::default(),
        accounts: verdicts.then(|| accounts::accounts(&accounts, labels, bits)),
        likes: likes.map(|l| likes::likes(l, &accounts, labels)),
        counts: targets.map(|t| counts::counts(&t)),
        rings: rings.map(|r| rings::rings(&r, &accounts)),
        calibration,
        not_evaluated,
        notes,
    }
}
