//! Rows that are left out, and why.

use serde::Serialize;

/// Longest value kept in a reject, in characters.
pub const VALUE_CHARS_MAX: usize = 200;

/// Why a row was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No actor, or an empty one.
    MissingActor,
    /// No target, or an empty one.
    MissingTarget,
    /// No time.
    MissingTime,
    /// Neither a number nor RFC 3339, or before any time that can be represented.
    UnreadableTime,
    /// After 2100-01-01.
    FarFuture,
    /// The file has a kind column, but this row does not say its kind.
    ///
    /// Guessing "like" here would count what nobody said was a like.
    MissingKind,
    /// A side table row without its key.
    MissingAccount,
    /// More or fewer fields than the header has.
    WrongFieldCount,
    /// Not UTF-8.
    InvalidUtf8,
    /// Not a JSON object on one line.
    InvalidJson,
    /// An account that the log does not name.
    UnknownAccount,
    /// A target that the log does not name.
    UnknownTarget,
    /// A review that is neither confirmed nor cleared.
    UnreadableLabel,
    /// A weight that is no number above 0 and up to 1.
    UnreadableWeight,
    /// A review that says the opposite of another of the same day on the same.
    ContradictoryLabel,
    /// A list, an object or a truth value where an id or a time belongs.
    WrongType,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 16] = [
        Reason::MissingActor,
        Reason::MissingTarget,
        Reason::MissingTime,
        Reason::UnreadableTime,
        Reason::FarFuture,
        Reason::MissingKind,
        Reason::MissingAccount,
        Reason::WrongFieldCount,
        Reason::InvalidUtf8,
        Reason::InvalidJson,
        Reason::UnknownAccount,
        Reason::UnknownTarget,
        Reason::UnreadableLabel,
        Reason::UnreadableWeight,
        Reason::ContradictoryLabel,
        Reason::WrongType,
    ];

    /// Name in `rejects.csv` and in the summary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reason::MissingActor => "missing_actor",
            Reason::MissingTarget => "missing_target",
            Reason::MissingTime => "missing_time",
            Reason::UnreadableTime => "unreadable_time",
            Reason::FarFuture => "far_future",
            Reason::MissingKind => "missing_kind",
            Reason::MissingAccount => "missing_account",
            Reason::WrongFieldCount => "wrong_field_count",
            Reason::InvalidUtf8 => "invalid_utf8",
            Reason::InvalidJson => "invalid_json",
            Reason::UnknownAccount => "unknown_account",
            Reason::UnknownTarget => "unknown_target",
            Reason::UnreadableLabel => "unreadable_label",
            Reason::UnreadableWeight => "unreadable_weight",
            Reason::ContradictoryLabel => "contradictory_label",
            Reason::WrongType => "wrong_type",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One row left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file as the user named it.
    pub file: String,
    /// Physical line where the record starts (text), or the row number from 1 (Parquet).
    pub line: u64,
    /// Why.
    pub reason: Reason,
    /// What stood there, cut to [`VALUE_CHARS_MAX`] characters.
    pub value: String,
}

/// The first [`VALUE_CHARS_MAX`] characters of `value`.
#[must_use]
pub fn cut(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => value[..end].to_owned(),
        None => value.to_owned(),
    }
}
