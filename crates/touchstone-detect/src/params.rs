//! All thresholds, in one place, with units. None is tuned to a test world: each says what it trades.

use serde::{Deserialize, Serialize};

/// One of the six families of detectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signal {
    /// Endorsements of one target that arrive too fast.
    Burst,
    /// Accounts that act at the same moments.
    Lockstep,
    /// Targets that share too many endorsers.
    Pool,
    /// Like for like.
    Exchange,
    /// Shared devices and addresses.
    Infrastructure,
    /// How the endorsement came about.
    Path,
}

impl Signal {
    /// All six, in order.
    pub const ALL: [Self; 6] =
        [Self::Burst, Self::Lockstep, Self::Pool, Self::Exchange, Self::Infrastructure, Self::Path];

    /// Its name in findings and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Burst => "burst",
            Self::Lockstep => "lockstep",
            Self::Pool => "pool",
            Self::Exchange => "exchange",
            Self::Infrastructure => "infrastructure",
            Self::Path => "path",
        }
    }
}

/// Parameters of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Level of the false discovery rate for accusations.
    pub fdr: f64,
    /// Seed of the folds and samples.
    pub seed: u64,
    /// Evidence from which an account is worth a look, in bits (6.64: 1 in 100 innocents at most).
    pub suspect_bits: f64,
    /// The signals that give evidence; all six unless some are switched off to see what they are worth. Groups of accounts are
    /// looked for as long as one of pool, exchange, infrastructure and path is there: they share the search.
    pub signals: Vec<Signal>,
    /// The lockstep signal.
    pub lockstep: LockstepParams,
    /// The pool signal.
    pub pool: PoolParams,
    /// The burst signal.
    pub burst: BurstParams,
    /// Groups found without time.
    pub cohort: CohortParams,
    /// What reviews are worth.
    pub labels: LabelParams,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            fdr: 0.01,
            seed: 0,
            suspect_bits: 6.64,
            signals: Signal::ALL.to_vec(),
            lockstep: LockstepParams::default(),
            pool: PoolParams::default(),
            burst: BurstParams::default(),
            cohort: CohortParams::default(),
            labels: LabelParams::default(),
        }
    }
}

/// Parameters of reviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LabelParams {
    /// Bits of a review with weight 1: a reviewer is wrong once in `2^bits` times. Fewer than an accusation needs.
    pub bits: f64,
}

impl Default for LabelParams {
    fn default() -> Self {
        Self { bits: 7.0 }
    }
}

impl Params {
    /// Whether a signal gives evidence.
    #[must_use]
    pub fn runs(&self, signal: Signal) -> bool {
        self.signals.contains(&signal)
    }

    /// Whether groups are looked for without time.
    #[must_use]
    pub fn looks_for_groups(&self) -> bool {
        [Signal::Pool, Signal::Exchange, Signal::Infrastructure, Signal::Path].iter().any(|s| self.runs(*s))
    }
}

/// Parameters of lockstep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LockstepParams {
    /// The cap on pair generation: an endorsement is paired with at most this many that follow it
    /// on the same target. Makes the work linear in a target's popularity; reported when it bites.
    pub neighbours_max: usize,
    /// Accounts with fewer endorsements are not paired: nothing could be proven of them.
    pub degree_min: u32,
    /// Coincidences (in the discovery fold) that a pair needs.
    pub joint_min: u32,
    /// How many pairs an innocent account may be linked to by chance, on average, in discovery.
    pub stray_edges_per_account: f64,
    /// Smallest group that discovery calls a ring.
    pub members_min: usize,
    /// Least chance ascribed to a coincidence under the null: no single one is worth more than
    /// `log2(1/floor)` bits, however the model may err.
    pub coverage_floor: f64,
    /// Pair keys held in memory at once; more are counted in several passes.
    pub keys_max: usize,
}

impl Default for LockstepParams {
    fn default() -> Self {
        Self {
            neighbours_max: 10,
            degree_min: 4,
            joint_min: 2,
            stray_edges_per_account: 0.02,
            members_min: 3,
            coverage_floor: 1.0 / 64.0,
            keys_max: 128 << 20,
        }
    }
}

/// Parameters of pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoolParams {
    /// Ceiling on its bits: a niche community can look like a pool, and endorsements alone cannot
    /// always tell, so this signal alone never accuses.
    pub bits_max: f64,
    /// An account's targets are paired with at most this many of its next ones.
    pub neighbours_max: usize,
    /// Target pairs held in memory; accounts are sampled so that they fit.
    pub keys_max: usize,
    /// Targets with fewer endorsements are left out.
    pub popularity_min: u32,
    /// Shared endorsers (in the discovery fold) that a target pair needs.
    pub joint_min: u32,
    /// How many targets an innocent target may be linked to by chance in discovery.
    pub stray_edges_per_target: f64,
    /// Smallest group of targets.
    pub targets_min: usize,
    /// Accounts with fewer endorsements are not paired.
    pub degree_min: u32,
    /// Shared targets (in the discovery fold) that a pair of accounts needs.
    pub shared_min: u32,
    /// How many accounts an innocent account may be linked to by chance in discovery.
    pub stray_edges_per_account: f64,
}

impl Default for PoolParams {
    fn default() -> Self {
        Self {
            bits_max: 10.0,
            neighbours_max: 8,
            keys_max: 16 << 20,
            popularity_min: 8,
            joint_min: 4,
            stray_edges_per_target: 0.01,
            targets_min: 3,
            degree_min: 6,
            shared_min: 3,
            stray_edges_per_account: 0.01,
        }
    }
}

/// Parameters of the search for groups without time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CohortParams {
    /// How many targets an innocent target may be linked to by chance, in each stratum of activity.
    pub stray_edges_per_target: f64,
    /// Target pairs held in memory at once; beyond, accounts are sampled.
    pub keys_max: usize,
}

impl Default for CohortParams {
    fn default() -> Self {
        Self { stray_edges_per_target: 0.02, keys_max: 32 << 20 }
    }
}

/// Parameters of burst.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BurstParams {
    /// Targets with fewer endorsements are not judged.
    pub popularity_min: u32,
    /// Fewest targets of like popularity (or of one owner) from which a null is learned.
    pub stratum_min: usize,
    /// Ceiling on its bits without views: virality looks the same.
    pub bits_max_without_views: f64,
}

impl Default for BurstParams {
    fn default() -> Self {
        Self { popularity_min: 16, stratum_min: 20, bits_max_without_views: 10.0 }
    }
}
