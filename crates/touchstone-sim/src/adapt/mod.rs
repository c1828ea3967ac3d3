//! The arms race: an attacker with a budget, against whoever defends.
//!
//! In each round the attacker orders what it can pay ([`Attacker`]), a world is invented around it,
//! a defender judges the world's log, and the attacker sees which of its own likes were discounted.
//! The truth is joined in for the [`Round`]'s figures alone.
//!
//! Nothing here knows a detector: the defender is a function from the files that a platform has
//! ([`Exhibit`]) to a [`Judgement`]. It sees neither the truth nor any parameter, nor what happened
//! in earlier rounds.

mod attacker;
mod ladder;
pub mod prices;
mod score;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use attacker::{Attacker, Bill, CONTENT_SHARE, Order, Outcome, OwnLike};
pub use ladder::{Rung, ladder};
pub use score::{Judged, Judgement};

use crate::random::mix;
use crate::scenario::Scenario;
use crate::simulate::{SimulateError, SimulateOptions, simulate};

/// What the truth files call the attacker.
pub const ATTACKER: &str = "adversary";
/// Fewest people: with fewer, the attacker's pool would be a handful of accounts.
pub const USERS_MIN: u32 = 1000;
/// Likes that the attacker wants in a round, for each person. Assumed: some 2 % of all likes
/// (FACTS 6: 0.3 to 2 % of likes are fake at rest).
const LIKES_WANTED_PER_USER: f64 = 0.2;

/// A race to run.
#[derive(Debug, Clone)]
pub struct RaceOptions {
    /// The world around the attacker.
    pub base: Scenario,
    /// The same seed gives the same rounds; each has a seed of its own, made of this one.
    pub seed: u64,
    /// Rounds.
    pub rounds: u32,
    /// US dollars for all of them.
    pub budget_dollars: f64,
    /// An existing folder for the world of one round at a time.
    pub scratch: PathBuf,
}

/// What a defender gets to see: files as a platform has them.
#[derive(Debug, Clone)]
pub struct Exhibit {
    /// The log.
    pub events: PathBuf,
    /// Accounts with their age.
    pub accounts: PathBuf,
    /// Contents with their owner.
    pub contents: PathBuf,
}

/// One round, by the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Round {
    /// From 1.
    pub round: u32,
    /// Seed of its world.
    pub seed: u64,
    /// Rung of the attacker, L0 to L6.
    pub rung: &'static str,
    /// Likes that it ordered.
    pub likes_ordered: u64,
    /// Its likes that stood in the log; without those placed for cover.
    pub likes_delivered: u64,
    /// Those, as far as they were not discounted.
    pub likes_surviving: f64,
    /// Its accounts.
    pub accounts: u64,
    /// Those of them that it had to buy.
    pub accounts_bought: u64,
    /// Those of them that were accused.
    pub accounts_accused: u64,
    /// Paid for accounts, US dollars.
    pub accounts_dollars: f64,
    /// Paid for likes.
    pub likes_dollars: f64,
    /// Paid for traffic through proxies.
    pub proxies_dollars: f64,
    /// Paid in all: the three, but at most what was agreed on before.
    pub dollars: f64,
    /// Money left after it.
    pub money_left_dollars: f64,
    /// US dollars for each surviving like; none where less than one like survived.
    pub dollars_per_surviving_like: Option<f64>,
    /// People who mean every like and gave one.
    pub innocents: u64,
    /// Those of them who were accused.
    pub innocents_accused: u64,
    /// Their likes.
    pub innocent_likes: u64,
    /// Those, as far as they were discounted.
    pub innocent_likes_discounted: f64,
}

/// Rounds added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Total {
    /// Paid, US dollars.
    pub dollars: f64,
    /// The attacker's likes.
    pub likes_delivered: u64,
    /// Those, as far as they were not discounted.
    pub likes_surviving: f64,
    /// US dollars for each surviving like; none where less than one like survived.
    pub dollars_per_surviving_like: Option<f64>,
    /// Innocents, counted anew in each round.
    pub innocents: u64,
    /// Those of them who were accused.
    pub innocents_accused: u64,
    /// Their likes.
    pub innocent_likes: u64,
    /// Those, as far as they were discounted.
    pub innocent_likes_discounted: f64,
}

/// Why there is no race.
#[derive(Debug, thiserror::Error)]
pub enum RaceError<E> {
    /// The race makes no sense.
    #[error("{0}")]
    Options(String),
    /// A world could not be made.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// A world could not be read back.
    #[error("the world of round {round} cannot be read back: {source}")]
    Read {
        /// The round.
        round: u32,
        /// Why; names the file.
        source: io::Error,
    },
    /// The defender failed.
    #[error(transparent)]
    Defender(E),
}

/// Plays rounds until they or the money are over; `told` hears of each.
///
/// # Errors
/// The options make no sense, a world can't be written or read, or the defender failed.
pub fn race<E>(
    options: &RaceOptions,
    mut defender: impl FnMut(&Exhibit) -> Result<Judgement, E>,
    mut told: impl FnMut(&Round),
) -> Result<Vec<Round>, RaceError<E>> {
    check(options).map_err(RaceError::Options)?;
    let mut attacker = attacker(options);
    let folder = options.scratch.join("world");
    let mut rounds = Vec::new();
    for number in 1..=options.rounds {
        let Some(order) = attacker.order() else { break };
        let Some(scenario) = attacker.scenario(&options.base, ATTACKER) else { break };
        let seed = mix(mix(options.seed) ^ u64::from(number));
        simulate(&SimulateOptions { scenario, seed, out: folder.clone() })?;
        let judgement = defender(&exhibit(&folder)).map_err(RaceError::Defender)?;
        let score =
            score::score(&folder, ATTACKER, &judgement).map_err(|source| RaceError::Read { round: number, source })?;
        let bill = attacker.bill(&order, &score.outcome);
        attacker = attacker.next(&score.outcome);
        let round = tell(number, seed, &order, &score, &bill, attacker.money_dollars);
        told(&round);
        rounds.push(round);
    }
    Ok(rounds)
}

fn attacker(options: &RaceOptions) -> Attacker {
    let wanted = f64::from(options.base.users) * LIKES_WANTED_PER_USER;
    Attacker::new(options.budget_dollars, options.rounds, wanted)
}

fn check(options: &RaceOptions) -> Result<(), String> {
    let budget = options.budget_dollars;
    if !(budget > 0.0 && budget.is_finite()) {
        return Err(format!("budget of {budget} dollars: must be above 0"));
    }
    if options.base.users < USERS_MIN {
        return Err(format!("users = {}: an arms race needs at least {USERS_MIN}", options.base.users));
    }
    if options.base.attacks.service.iter().any(|service| service.name == ATTACKER) {
        return Err(format!("attacks.service.name = \"{ATTACKER}\": is the attacker's own name; choose another"));
    }
    if attacker(options).order().is_none() {
        return Err(format!("budget of {budget} dollars: buys no service in {} rounds; raise it", options.rounds));
    }
    Ok(())
}

fn exhibit(folder: &Path) -> Exhibit {
    let [events, accounts, contents] =
        ["events.parquet", "accounts.parquet", "contents.parquet"].map(|name| folder.join(name));
    Exhibit { events, accounts, contents }
}

fn tell(round: u32, seed: u64, order: &Order, score: &score::Score, bill: &Bill, money_left_dollars: f64) -> Round {
    let (outcome, harm) = (&score.outcome, &score.harm);
    let likes_surviving = outcome.surviving();
    Round {
        round,
        seed,
        rung: ladder()[order.rung].name,
        likes_ordered: order.likes.round() as u64,
        likes_delivered: outcome.likes.len() as u64,
        likes_surviving,
        accounts: outcome.accounts as u64,
        accounts_bought: bill.accounts_bought as u64,
        accounts_accused: score.attackers_accused,
        accounts_dollars: bill.accounts_dollars,
        likes_dollars: bill.likes_dollars,
        proxies_dollars: bill.proxies_dollars,
        dollars: bill.dollars,
        money_left_dollars,
        dollars_per_surviving_like: per_like(bill.dollars, likes_surviving),
        innocents: harm.innocents,
        innocents_accused: harm.innocents_accused,
        innocent_likes: harm.likes,
        innocent_likes_discounted: harm.likes_discounted,
    }
}

/// Adds rounds up.
#[must_use]
pub fn total(rounds: &[Round]) -> Total {
    let mut total = Total::default();
    for round in rounds {
        total.dollars += round.dollars;
        total.likes_delivered += round.likes_delivered;
        total.likes_surviving += round.likes_surviving;
        total.innocents += round.innocents;
        total.innocents_accused += round.innocents_accused;
        total.innocent_likes += round.innocent_likes;
        total.innocent_likes_discounted += round.innocent_likes_discounted;
    }
    total.dollars_per_surviving_like = per_like(total.dollars, total.likes_surviving);
    total
}

fn per_like(dollars: f64, surviving: f64) -> Option<f64> {
    (surviving >= 1.0).then(|| dollars / surviving)
}
