//! What `touchstone evaluate` says of one set of findings, as far as the table shows it.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Some of many. In JSON a pair: the file has tens of thousands of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(into = "(u64, u64)")]
pub struct Share {
    /// Those that are.
    pub hits: u64,
    /// Of how many.
    pub of: u64,
}

impl From<Share> for (u64, u64) {
    fn from(share: Share) -> Self {
        (share.hits, share.of)
    }
}

impl Share {
    /// As a number; none of none.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }
}

/// The best that any threshold on the scores would do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Oracle {
    /// Precision there.
    pub precision: f64,
    /// Recall there.
    pub recall: f64,
    /// Their harmonic mean, the largest there is.
    pub f1: f64,
}

/// Rings of the truth and of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rings {
    /// In the truth.
    pub truth: u64,
    /// Of those, found as one ring and no other in it.
    pub one_to_one: u64,
    /// In the findings.
    pub found: u64,
    /// Share of ring members, over found rings, that belong to the found ring's largest true ring.
    pub purity: Option<f64>,
}

/// Corrected counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Counts {
    /// Attacked targets: total absolute error of the authentic count over the total.
    pub attacked_error: Option<f64>,
    /// Attacked targets whose interval covers the truth.
    pub attacked_covered: Share,
    /// Endorsements of clean targets that were discounted, of all of them.
    pub clean_discounted: Option<f64>,
}

/// One set of findings against the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Accused accounts that faked, of all accused.
    pub precision: Share,
    /// Accused accounts that faked, of all that did.
    pub recall: Share,
    /// Area under precision over recall, by score.
    pub average_precision: Option<f64>,
    /// The best threshold.
    pub oracle: Option<Oracle>,
    /// Accounts of each attack that were accused.
    pub attacks: BTreeMap<String, Share>,
    /// Innocents of each look-alike that were accused, owners of stolen tokens among the kinds.
    pub look_alikes: BTreeMap<String, Share>,
    /// Rings, where the findings have any.
    pub rings: Option<Rings>,
    /// Fake likes found, by attack; only where findings have likes.
    pub likes: BTreeMap<String, Share>,
    /// Counts, where findings have targets.
    pub counts: Option<Counts>,
}

impl Measured {
    /// Innocents among the accused.
    #[must_use]
    pub fn innocents_accused(&self) -> u64 {
        self.precision.of - self.precision.hits
    }
}

impl Measured {
    /// From `evaluation.json`.
    ///
    /// # Errors
    /// It can't be read, or lacks what every evaluation has.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file: file::Evaluation = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(file.into())
    }
}

/// Those fields of `evaluation.json` that the table needs.
mod file {
    use super::{BTreeMap, Counts, Deserialize, Measured, Oracle, Rings, Share};

    #[derive(Deserialize)]
    pub(super) struct Evaluation {
        accounts: Accounts,
        likes: Option<Likes>,
        counts: Option<AllCounts>,
        rings: Option<AllRings>,
    }

    #[derive(Deserialize)]
    struct Rate {
        hits: u64,
        total: u64,
    }

    impl From<Rate> for Share {
        fn from(rate: Rate) -> Self {
            Self { hits: rate.hits, of: rate.total }
        }
    }

    #[derive(Deserialize)]
    struct Accounts {
        precision: Rate,
        recall: Rate,
        ranking: Option<Ranking>,
        by_attack: Vec<Attack>,
        by_look_alike: Vec<LookAlike>,
    }

    #[derive(Deserialize)]
    struct Ranking {
        average_precision: Option<f64>,
        oracle: Option<Oracle>,
    }

    #[derive(Deserialize)]
    struct Attack {
        attack: String,
        recall: Rate,
    }

    #[derive(Deserialize)]
    struct LookAlike {
        look_alike: String,
        accused: Rate,
    }

    #[derive(Deserialize)]
    struct Likes {
        by_attack: Vec<LikesOfAttack>,
    }

    #[derive(Deserialize)]
    struct LikesOfAttack {
        name: String,
        called: Rate,
    }

    #[derive(Deserialize)]
    struct AllCounts {
        attacked: SomeCounts,
        clean: SomeCounts,
    }

    #[derive(Deserialize)]
    struct SomeCounts {
        relative_error: Option<f64>,
        wrongly_discounted: Option<f64>,
        coverage: Rate,
    }

    #[derive(Deserialize)]
    struct AllRings {
        true_rings: u64,
        found_rings: u64,
        one_to_one: u64,
        member_purity: Option<f64>,
    }

    impl From<Evaluation> for Measured {
        fn from(file: Evaluation) -> Self {
            // Where nobody is of a kind there is nothing to say of it.
            let shares = |rows: Vec<(String, Rate)>| -> BTreeMap<String, Share> {
                rows.into_iter().filter(|row| row.1.total > 0).map(|(name, rate)| (name, rate.into())).collect()
            };
            let accounts = file.accounts;
            let (average_precision, oracle) =
                accounts.ranking.map_or((None, None), |ranking| (ranking.average_precision, ranking.oracle));
            Self {
                precision: accounts.precision.into(),
                recall: accounts.recall.into(),
                average_precision,
                oracle,
                attacks: shares(accounts.by_attack.into_iter().map(|row| (row.attack, row.recall)).collect()),
                look_alikes: shares(
                    accounts.by_look_alike.into_iter().map(|row| (row.look_alike, row.accused)).collect(),
                ),
                rings: file.rings.map(|rings| Rings {
                    truth: rings.true_rings,
                    one_to_one: rings.one_to_one,
                    found: rings.found_rings,
                    purity: rings.member_purity,
                }),
                likes: shares(
                    file.likes.into_iter().flat_map(|l| l.by_attack).map(|row| (row.name, row.called)).collect(),
                ),
                counts: file.counts.map(|counts| Counts {
                    attacked_error: counts.attacked.relative_error,
                    attacked_covered: counts.attacked.coverage.into(),
                    clean_discounted: counts.clean.wrongly_discounted,
                }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evaluation_is_read_and_kinds_without_anybody_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluation.json");
        let rate = |hits, total| serde_json::json!({ "hits": hits, "total": total, "rate": null, "low": 0, "high": 1 });
        let file = serde_json::json!({
            "schema": 1,
            "accounts": {
                "precision": rate(9, 10),
                "recall": rate(9, 12),
                "ranking": { "average_precision": 0.8, "oracle": { "precision": 1.0, "recall": 0.5, "f1": 0.67 } },
                "by_attack": [
                    { "attack": "pod", "recall": rate(9, 12) },
                    { "attack": "tokens", "recall": rate(0, 0) },
                ],
                "by_look_alike": [{ "look_alike": "courtesy", "accused": rate(1, 300) }],
            },
            "likes": null,
            "counts": {
                "attacked": { "relative_error": 0.1, "wrongly_discounted": 0.0, "coverage": rate(8, 9) },
                "clean": { "relative_error": 0.0, "wrongly_discounted": 0.001, "coverage": rate(0, 0) },
            },
            "rings": { "true_rings": 3, "found_rings": 2, "one_to_one": 1, "member_purity": 0.9 },
        });
        std::fs::write(&path, file.to_string()).unwrap();
        let measured = Measured::read(&path).unwrap();
        assert_eq!((measured.innocents_accused(), measured.recall.value()), (1, Some(0.75)));
        assert_eq!(measured.attacks.keys().collect::<Vec<_>>(), ["pod"]);
        assert_eq!(measured.rings.unwrap().one_to_one, 1);
        assert_eq!(measured.counts.unwrap().clean_discounted, Some(0.001));
        std::fs::write(&path, "{}").unwrap();
        assert!(format!("{:#}", Measured::read(&path).unwrap_err()).contains("accounts"));
    }
}
