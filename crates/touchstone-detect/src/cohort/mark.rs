//! The marks by name: what each asks, which signal it belongs to, and of which groups it speaks.

/// A trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Endorsed without having looked.
    Unseen,
    /// From a device that several other members use.
    SharedDevice,
    /// From a device that the account uses for nothing else.
    ForeignDevice,
    /// From an address that nobody, the account included, uses at any other time.
    FleetingAddress,
    /// From an address that the account uses at no other time, whoever else does.
    WanderingAddress,
    /// Looked at again and again.
    Rewatched,
    /// Endorsed, and looked at again and again.
    Reopened,
    /// Endorsed whatever of the group was looked at.
    Saturated,
    /// Endorsed within two minutes of another of an unrelated owner.
    InSequence,
    /// Went from one task to the next in one sitting. Of accounts, never of groups.
    OneSitting,
    /// Endorsed in the order in which the other members did.
    InOrder,
    /// Endorsed within the hour after publication.
    Prompt,
    /// Endorsed days after publication, when feeds have long moved on.
    Late,
    /// Most members endorsed each of the targets.
    Cohesive,
    /// Has little taste but the group's.
    Devoted,
    /// Members endorse what it owns in sequence with others, as tasks. Of accounts, never of groups.
    Received,
    /// At the same time as other members (the lockstep signal's test).
    InStep,
    /// Members keep their distance on each target, as a clock would have it.
    Clockwork,
}

/// All that a group may show, in order.
pub const MARKS: [Mark; 16] = [
    Mark::Unseen,
    Mark::SharedDevice,
    Mark::ForeignDevice,
    Mark::FleetingAddress,
    Mark::WanderingAddress,
    Mark::Rewatched,
    Mark::Reopened,
    Mark::Saturated,
    Mark::InSequence,
    Mark::InOrder,
    Mark::Prompt,
    Mark::Late,
    Mark::Cohesive,
    Mark::Devoted,
    Mark::InStep,
    Mark::Clockwork,
];

/// Those of addresses.
pub const OF_ADDRESSES: [Mark; 2] = [Mark::FleetingAddress, Mark::WanderingAddress];

impl Mark {
    /// Which of the six signals it belongs to.
    #[must_use]
    pub fn signal(self) -> &'static str {
        match self {
            Self::Unseen | Self::Rewatched | Self::Reopened | Self::Clockwork => "path",
            Self::SharedDevice | Self::ForeignDevice | Self::FleetingAddress | Self::WanderingAddress => {
                "infrastructure"
            }
            Self::Saturated
            | Self::InSequence
            | Self::OneSitting
            | Self::InOrder
            | Self::Prompt
            | Self::Late
            | Self::Received => "exchange",
            Self::Cohesive | Self::Devoted => "pool",
            Self::InStep => "lockstep",
        }
    }

    /// What was counted.
    #[must_use]
    pub fn statistic(self) -> &'static str {
        match self {
            Self::Unseen => "ring endorsements that no view of the same account precedes",
            Self::SharedDevice => "members on a device that three or more other members use, and on no other",
            Self::ForeignDevice => "ring endorsements from a device that the account uses for nothing else",
            Self::FleetingAddress => "sittings at an address that nobody, the account included, uses at any other time",
            Self::WanderingAddress => "sittings at an address that the account uses at no other time",
            Self::Rewatched => "ring targets looked at again and again, of those looked at",
            Self::Reopened => "ring endorsements of what was looked at again and again",
            Self::Saturated => "ring targets endorsed, of those looked at",
            Self::InSequence => "ring endorsements within two minutes of another of an unrelated owner",
            Self::OneSitting => "steps from one ring target to the next, of an unrelated owner, within fifteen minutes",
            Self::InOrder => "neighbours in a sitting, endorsed in the order in which most others did",
            Self::Prompt => "ring endorsements within an hour after publication",
            Self::Late => "ring endorsements more than three days after publication",
            Self::Received => "endorsements by members of what it owns, in sequence with others",
            Self::Cohesive => "members who endorsed a ring target, over all its targets",
            Self::Devoted => "owners in the ring, of all the owners that members endorsed",
            Self::InStep => "occasions in step",
            Self::Clockwork => "gaps between members on a target, as even as a clock's",
        }
    }

    /// Rates that a group may impose: only what is plain to see counts, so that a small difference, which any
    /// group of people may have, never does however often it repeats.
    #[must_use]
    pub fn rates(self) -> &'static [f64] {
        match self {
            Self::Unseen => &[0.4, 0.6, 0.8, 0.95],
            Self::SharedDevice => &[0.5, 0.8, 0.95],
            Self::ForeignDevice => &[0.6, 0.8, 0.95],
            Self::FleetingAddress => &[0.7, 0.9, 0.98],
            Self::WanderingAddress => &[0.8, 0.95],
            Self::Rewatched | Self::Reopened => &[0.5, 0.7],
            Self::Saturated => &[0.95, 0.98],
            Self::InSequence => &[0.6, 0.8, 0.95],
            Self::InOrder => &[0.9, 0.97],
            Self::Prompt => &[0.8, 0.95],
            Self::Late => &[0.7, 0.85, 0.95],
            Self::Cohesive => &[0.4, 0.6, 0.8],
            Self::Devoted => &[0.7, 0.85, 0.97],
            Self::OneSitting | Self::Received | Self::InStep | Self::Clockwork => &[],
        }
    }

    /// Whether it only speaks of members who endorse each other: elsewhere the innocent do so, too
    /// (newcomers who work through a starter pack, readers of an archive).
    #[must_use]
    pub fn of_mutual_groups(self) -> bool {
        matches!(self, Self::InSequence | Self::InOrder | Self::Prompt | Self::Late)
    }

    /// Whether endorsements alone show it. Readers of one digest have these, too: where conduct can be seen, all of these count as
    /// one.
    #[must_use]
    pub fn of_endorsements(self) -> bool {
        matches!(self, Self::Cohesive | Self::Devoted | Self::InStep | Self::Clockwork)
    }

    /// Whether it goes together with what endorsements alone show in the life of innocent people: a class before the screens of one
    /// room, newcomers who like all that they are shown, travellers.
    #[must_use]
    pub fn of_company(self) -> bool {
        matches!(self, Self::ForeignDevice | Self::Saturated | Self::WanderingAddress)
    }

    /// Whether it says nothing of members who endorse each other: friends are devoted to each other, families share
    /// their devices.
    #[must_use]
    pub fn of_other_groups(self) -> bool {
        matches!(self, Self::Devoted | Self::SharedDevice | Self::ForeignDevice)
    }
}
