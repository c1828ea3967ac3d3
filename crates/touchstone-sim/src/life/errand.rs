//! Actions that somebody plans ahead: out of courtesy, for points, for money.

use super::row::Cause;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Look, and no more.
    View,
    Like,
    /// Follow the content's owner.
    Follow,
    Comment,
    /// Take a like back.
    Unlike,
    /// Take a like back that was placed before the log.
    UnlikeOld,
    /// Browse the own feed; `target` is the number of contents.
    Browse,
}

/// How to look before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watch {
    /// Not at all.
    Nothing,
    /// For three to eight seconds, or less of something short.
    Glance,
    /// Of a third of it.
    Brief,
    /// As anybody looks.
    Usual,
    /// As anybody looks who stays.
    Keen,
    /// Something else first, then keenly: the imitated click path.
    Path,
}

/// An action planned ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Errand {
    pub(crate) account: u32,
    /// Seconds from the start of the log.
    pub(crate) at: u32,
    pub(crate) target: u32,
    pub(crate) ring: u16,
    pub(crate) act: Act,
    pub(crate) watch: Watch,
    pub(crate) cause: Cause,
    /// From the ring's own machines, whoever owns the account.
    pub(crate) foreign: bool,
}

impl Errand {
    /// A look, a like or no like, by somebody who means it. `None` before the log begins.
    pub(crate) fn honest(account: u32, at: i64, target: u32, act: Act, watch: Watch, cause: Cause) -> Option<Self> {
        let at = u32::try_from(at).ok()?;
        Some(Self { account, at, target, ring: 0, act, watch, cause, foreign: false })
    }
}
