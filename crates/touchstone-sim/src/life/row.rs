//! A row of the log, with the truth about it.

use crate::world::places::Place;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    View,
    Like,
    Unlike,
    Comment,
    Share,
    Save,
    Follow,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::View => "view",
            Kind::Like => "like",
            Kind::Unlike => "unlike",
            Kind::Comment => "comment",
            Kind::Share => "share",
            Kind::Save => "save",
            Kind::Follow => "follow",
        }
    }
}

/// Why it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    Followed,
    Topic,
    FrontPage,
    Catalogue,
    Binge,
    News,
    Courtesy,
    Flash,
    Fan,
    Digest,
    Class,
    StarterPack,
    Launch,
    Neighbour,
    Family,
    LargeCircle,
    Office,
    BeforeLog,
    // From here on nobody means it.
    Task,
    PodReaction,
    Order,
    Token,
    BoughtView,
    Cover,
    Dropped,
    DroppedBefore,
    Refill,
}

impl Cause {
    /// Whether it is faked: done for points or money, or by nobody.
    pub(crate) fn fake(self) -> bool {
        self >= Cause::Task
    }

    /// Whether an unlike is of a like that was placed before the log began.
    pub(crate) fn of_before(self) -> bool {
        matches!(self, Cause::BeforeLog | Cause::DroppedBefore)
    }

    /// Whether it is one of what was ordered, not cover for it.
    pub(crate) fn directed(self) -> bool {
        self.fake() && self != Cause::Cover
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Cause::Followed => "followed",
            Cause::Topic => "topic",
            Cause::FrontPage => "front_page",
            Cause::Catalogue => "catalogue",
            Cause::Binge => "binge",
            Cause::News => "news",
            Cause::Courtesy => "courtesy",
            Cause::Flash => "please_like",
            Cause::Fan => "fan_club",
            Cause::Digest => "digest",
            Cause::Class => "class",
            Cause::StarterPack => "starter_pack",
            Cause::Launch => "launch",
            Cause::Neighbour => "shared_network",
            Cause::Family => "family",
            Cause::LargeCircle => "large_circle",
            Cause::Office => "office",
            Cause::BeforeLog => "before_log",
            Cause::Task => "task",
            Cause::PodReaction => "pod",
            Cause::Order => "order",
            Cause::Token => "token",
            Cause::BoughtView => "bought_view",
            Cause::Cover => "cover",
            Cause::Dropped => "dropped",
            Cause::DroppedBefore => "dropped_before_log",
            Cause::Refill => "refill",
        }
    }
}

/// Why something was done, and for which ring; ring 0 is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Why {
    pub(crate) cause: Cause,
    pub(crate) ring: u16,
}

/// "Not measured" in `dwell_ms` and `fraction`.
pub(crate) const NONE: u32 = u32::MAX;

/// One event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// When it was done: milliseconds from the start of the log.
    pub(crate) at_ms: i64,
    pub(crate) actor: u32,
    /// How many rows of the actor came before; with the actor it names the row.
    pub(crate) number: u32,
    /// A content; for follows an account.
    pub(crate) target: u32,
    pub(crate) kind: Kind,
    pub(crate) cause: Cause,
    pub(crate) ring: u16,
    pub(crate) dwell_ms: u32,
    /// Ten-thousandths of the content's length.
    pub(crate) fraction: u32,
    pub(crate) place: Place,
    pub(crate) session: u64,
    /// Milliseconds until it stood in the log.
    pub(crate) late_ms: u32,
    /// How much the client's clock is ahead.
    pub(crate) skew_ms: i32,
    /// The second copy of a row.
    pub(crate) retry: bool,
}

impl Row {
    /// When it stood in the log: the order of rows.
    pub(crate) fn arrived_ms(&self) -> i64 {
        self.at_ms + i64::from(self.late_ms)
    }

    /// Different for every event, the same for both copies of a row.
    pub(crate) fn serial(&self) -> u64 {
        u64::from(self.actor) << 32 | u64::from(self.number)
    }
}
