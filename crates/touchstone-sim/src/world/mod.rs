//! The world before anything happens: people, places, contents, ties, groups and plans.
//!
//! Times are seconds from the first second of the log (negative before it). A world is linear in
//! accounts, contents and planned errands; rows are never kept.

pub(crate) mod catalogue;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod ties;

use crate::attack::{self, Ring};
use crate::life::decay::Decay;
use crate::life::errand::Errand;
use crate::life::rhythm::Rhythm;
use crate::look_alike::{self, Group};
use crate::random::{Permutation, Random};
use crate::scenario::Scenario;
use catalogue::Catalogue;
use people::Person;
use places::Places;
use ties::Ties;

pub(crate) const DAY: i64 = 86_400;
pub(crate) const HOUR: i64 = 3600;
/// Days before the log of which what groups and rings do reaches into it: its first days are as busy as its last.
pub(crate) const DAYS_BEFORE: i64 = 5;

/// What a stream of random numbers is for; numbers stay, so that a new purpose changes no other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Person = 101,
    Posts,
    Follows,
    News,
    Groups,
    GroupPlan,
    Rings,
    RingPlan,
    Day,
    Spell,
    Slice,
    AccountNames,
    TargetNames,
    EventNames,
    Address,
}

/// Everything that is settled before the first event.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) scenario: Scenario,
    /// Seconds that the log covers.
    pub(crate) end: i64,
    pub(crate) rhythm: Rhythm,
    pub(crate) decay: Decay,
    pub(crate) places: Places,
    /// People first, accounts of services after them.
    pub(crate) people: Vec<Person>,
    pub(crate) catalogue: Catalogue,
    pub(crate) ties: Ties,
    pub(crate) groups: Vec<Group>,
    /// Ring `n` of a row or a person is `rings[n - 1]`; 0 is none.
    pub(crate) rings: Vec<Ring>,
    /// Errands of look-alikes and attacks, by account and time within each slice.
    pub(crate) errands: Vec<Errand>,
    account_names: Permutation,
    target_names: Permutation,
}

impl World {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut world = Self {
            seed,
            end: i64::from(scenario.days) * DAY,
            rhythm: Rhythm::new(scenario),
            decay: Decay::new(scenario.life.half_life_hours * HOUR as f64, scenario.life.decay_exponent),
            places: Places::new(scenario, seed),
            people: people::draw(scenario, seed),
            catalogue: Catalogue::default(),
            ties: Ties::default(),
            groups: Vec::new(),
            rings: Vec::new(),
            errands: Vec::new(),
            account_names: Permutation::new(seed, 0, 1),
            target_names: Permutation::new(seed, 0, 1),
            scenario: scenario.clone(),
        };
        world.groups = look_alike::form(&mut world);
        world.rings = attack::form(&mut world);
        world.catalogue = Catalogue::publish(&world);
        world.ties = Ties::knit(&world);
        let mut errands = look_alike::plan(&world);
        let mut rings = std::mem::take(&mut world.rings);
        errands.extend(attack::plan(&world, &mut rings));
        world.rings = rings;
        errands.retain(|errand| {
            let person = &world.people[errand.account as usize];
            let at = i64::from(errand.at);
            at < world.end && at >= person.joined && at < person.left
        });
        world.errands = errands;
        world.account_names = Permutation::new(seed, Purpose::AccountNames as u64, world.people.len() as u64);
        world.target_names = Permutation::new(seed, Purpose::TargetNames as u64, world.catalogue.contents.len() as u64);
        world
    }

    pub(crate) fn stream(&self, purpose: Purpose, index: u64) -> Random {
        Random::stream(self.seed, purpose as u64, index)
    }

    /// The number in an account's name: neither role nor age may show.
    pub(crate) fn account_name(&self, account: u32) -> u64 {
        self.account_names.apply(account.into())
    }

    /// The number in a content's name.
    pub(crate) fn target_name(&self, target: u32) -> u64 {
        self.target_names.apply(target.into())
    }

    /// How many for a frequency "for 10,000 users": the next whole number by chance, and at least
    /// one where the frequency is above 0.
    pub(crate) fn per_10k(&self, frequency: f64, random: &mut Random) -> usize {
        if frequency <= 0.0 {
            return 0;
        }
        random.round(frequency * f64::from(self.scenario.users) / 10_000.0).max(1)
    }

    /// A person, not an account of a service.
    pub(crate) fn anybody(&self, random: &mut Random) -> u32 {
        random.below(self.scenario.users.into()) as u32
    }

    /// Up to `count` different people of whom `fit` holds; fewer where they are hard to find.
    pub(crate) fn gather(&self, count: usize, random: &mut Random, fit: impl Fn(u32, &Person) -> bool) -> Vec<u32> {
        let mut found = Vec::with_capacity(count);
        let mut known = std::collections::BTreeSet::new();
        for _ in 0..count * 60 {
            if found.len() == count {
                break;
            }
            let account = self.anybody(random);
            if fit(account, &self.people[account as usize]) && known.insert(account) {
                found.push(account);
            }
        }
        found
    }
}
