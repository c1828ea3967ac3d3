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
    // From here on nobody means it.
    Task,
    PodReaction,
    Order,
    Token,
    BoughtView,
    Cover,
    Dropped,
    Refill,
}

impl Cause {
    /// Whether it is faked: done for points or money, or by nobody.
    pub(crate) fn fake(self) -> bool {
        self >= Cause::Task
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
            Cause::Task => "task",
            Cause::PodReaction => "pod",
            Cause::Order => "order",
            Cause::Token => "token",
            Cause::BoughtView => "bought_view",
            Cause::Cover => "cover",
            Cause::Dropped => "dropped",
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
    /// Milliseconds from the start of the log.
    pub(crate) at_ms: i64,
    /// Orders rows of the same millisecond at random.
    pub(crate) tie: u32,
    pub(crate) actor: u32,
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
}
