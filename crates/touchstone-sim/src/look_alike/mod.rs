//! Innocent behaviour that resembles a ring.
//!
//! Groups are formed before contents exist, because they change how people live; their errands are
//! planned afterwards.

mod circles;
mod crowds;
mod large;
mod people;

use rayon::prelude::*;

use crate::life::errand::Errand;
use crate::world::{Purpose, World};

/// The kinds, as the truth files call them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Courtesy,
    FanClub,
    Digest,
    Class,
    StarterPack,
    Launch,
    SharedNetwork,
    PowerUser,
    Family,
    ApiClient,
    ShiftWorker,
    LargeCircle,
    Community,
    News,
    Office,
    Carrier,
    FrontPage,
    Roundup,
    Kiosk,
}

impl Kind {
    /// In the order of `LookAlikes::all`.
    const ALL: [Kind; 19] = [
        Kind::Courtesy,
        Kind::FanClub,
        Kind::Digest,
        Kind::Class,
        Kind::StarterPack,
        Kind::Launch,
        Kind::SharedNetwork,
        Kind::PowerUser,
        Kind::Family,
        Kind::ApiClient,
        Kind::ShiftWorker,
        Kind::LargeCircle,
        Kind::Community,
        Kind::News,
        Kind::Office,
        Kind::Carrier,
        Kind::FrontPage,
        Kind::Roundup,
        Kind::Kiosk,
    ];

    /// Whether its members look fake each by himself, and are no group.
    fn single(self) -> bool {
        matches!(self, Kind::PowerUser | Kind::ApiClient | Kind::ShiftWorker | Kind::FrontPage)
    }
}

/// People who look like a ring together, or each like a fake account.
pub(crate) struct Group {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) members: Vec<u32>,
    /// The author, teacher or customer that it is about, or several.
    pub(crate) hubs: Vec<u32>,
    pub(crate) strength: f64,
    /// When it happens, for what happens once.
    pub(crate) at: i64,
}

impl Group {
    /// Who follows whom because of it.
    pub(crate) fn ties(&self) -> Vec<(u32, u32)> {
        let all = |whom: &[u32]| -> Vec<(u32, u32)> {
            self.members.iter().flat_map(|&one| whom.iter().map(move |&other| (one, other))).collect()
        };
        match self.kind {
            Kind::Courtesy | Kind::Family => all(&self.members),
            Kind::FanClub | Kind::Class | Kind::Office => all(&self.hubs),
            Kind::LargeCircle | Kind::Community => large::ties(self),
            _ => Vec::new(),
        }
    }
}

/// Forms all groups and changes their members' lives accordingly.
pub(crate) fn form(world: &mut World) -> Vec<Group> {
    let look_alikes = world.scenario.look_alikes.clone();
    let mut groups = Vec::new();
    for (kind, (name, knob, everyday)) in Kind::ALL.into_iter().zip(look_alikes.all()) {
        let mut random = world.stream(Purpose::Groups, kind as u64);
        let frequency = knob.per_10k.unwrap_or(everyday * look_alikes.everyday);
        let count = world.per_10k(frequency, &mut random);
        let group = |members, hubs, at| Group { kind, name, members, hubs, strength: knob.strength, at };
        match kind {
            _ if kind.single() => {
                if count > 0 {
                    groups.push(group(people::form(world, kind, count, knob.strength, &mut random), Vec::new(), 0));
                }
            }
            _ => {
                for number in 0..count {
                    let (members, hubs, at) = match kind {
                        Kind::Courtesy | Kind::Family | Kind::SharedNetwork | Kind::Carrier | Kind::Kiosk => {
                            (circles::form(world, kind, number as u32, &mut random), Vec::new(), 0)
                        }
                        Kind::LargeCircle | Kind::Community => {
                            large::form(world, kind, number, knob.strength, &mut random)
                        }
                        _ => crowds::form(world, kind, number as u32, &mut random),
                    };
                    if members.len() > 1 {
                        groups.push(group(members, hubs, at));
                    }
                }
            }
        }
    }
    groups
}

/// Plans what the groups do.
pub(crate) fn plan(world: &World) -> Vec<Errand> {
    let plans: Vec<Vec<Errand>> = world
        .groups
        .par_iter()
        .enumerate()
        .map(|(number, group)| {
            let mut random = world.stream(Purpose::GroupPlan, number as u64);
            match group.kind {
                kind if kind.single() => Vec::new(),
                Kind::Courtesy | Kind::Family | Kind::SharedNetwork | Kind::Carrier | Kind::Kiosk => {
                    circles::plan(world, group, &mut random)
                }
                Kind::LargeCircle => large::plan(world, group, &mut random),
                Kind::Community => Vec::new(),
                _ => crowds::plan(world, group, &mut random),
            }
        })
        .collect();
    plans.into_iter().flatten().collect()
}
