//! Canonical fields and kinds.

use serde::{Deserialize, Serialize};

/// Kind of a row where the log has no kind column: whatever the log is about.
pub const KIND_ENDORSEMENT: &str = "the endorsement";

/// Kind of events that show somebody looked at a target.
pub const KIND_VIEW: &str = "view";

/// What takes an endorsement of `kind` back: `unlike` for `like`, `unstar` for `star`.
#[must_use]
pub fn take_back_of(kind: &str) -> String {
    format!("un{kind}")
}

/// A canonical column. `--map field=column` and `[map]` use the names given by [`Field::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Account that acts.
    Actor,
    /// Thing acted on.
    Target,
    /// When, UTC.
    Ts,
    /// What the actor did.
    Kind,
    /// Account whose target it is.
    Owner,
    /// How long a view lasted.
    DwellMs,
    /// What fraction a view saw.
    WatchFraction,
    /// Network address; hashed at the door.
    Ip,
    /// Device; hashed at the door.
    Device,
    /// Browser or app; hashed at the door.
    UserAgent,
    /// Session; hashed at the door.
    Session,
    /// Identity of the event: duplicates of it count once.
    EventId,
    /// Account of the accounts table.
    Account,
    /// When the account was made.
    CreatedAt,
    /// When the target was published.
    PublishedAt,
    /// How long the target lasts.
    DurationMs,
}

impl Field {
    /// Every field, in the order of the contract.
    pub const ALL: [Field; 16] = [
        Field::Actor,
        Field::Target,
        Field::Ts,
        Field::Kind,
        Field::Owner,
        Field::DwellMs,
        Field::WatchFraction,
        Field::Ip,
        Field::Device,
        Field::UserAgent,
        Field::Session,
        Field::EventId,
        Field::Account,
        Field::CreatedAt,
        Field::PublishedAt,
        Field::DurationMs,
    ];

    /// Identifiers that are never stored in clear, in the order of the store's columns.
    pub const HASHED: [Field; 4] = [Field::Ip, Field::Device, Field::UserAgent, Field::Session];

    /// Name of the canonical column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Field::Actor => "actor",
            Field::Target => "target",
            Field::Ts => "ts",
            Field::Kind => "kind",
            Field::Owner => "owner",
            Field::DwellMs => "dwell_ms",
            Field::WatchFraction => "watch_fraction",
            Field::Ip => "ip",
            Field::Device => "device",
            Field::UserAgent => "user_agent",
            Field::Session => "session",
            Field::EventId => "event_id",
            Field::Account => "account",
            Field::CreatedAt => "created_at",
            Field::PublishedAt => "published_at",
            Field::DurationMs => "duration_ms",
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What other systems call it: for guesses in error messages, never used silently.
    #[must_use]
    pub const fn foreign_names(self) -> &'static [&'static str] {
        match self {
            Field::Actor => &[
                "user_id",
                "user",
                "userid",
                "account_id",
                "account",
                "actor_id",
                "source",
                "from",
                "src",
                "liker",
                "member",
                "who",
                "author_id",
                "screen_name",
                "username",
                "u",
            ],
            Field::Target => &[
                "item_id",
                "video_id",
                "post_id",
                "repo",
                "repository",
                "tweet_id",
                "object_id",
                "target_id",
                "item",
                "video",
                "post",
                "object",
                "content_id",
                "product_id",
                "dst",
                "to",
                "url",
                "id",
                "v",
            ],
            Field::Ts => &[
                "timestamp",
                "time",
                "time_ms",
                "created_at",
                "date",
                "datetime",
                "event_time",
                "timestamp_share",
                "starred_at",
                "liked_at",
                "occurred_at",
                "t",
            ],
            Field::Account => &["user_id", "user", "actor", "id", "account_id"],
            Field::CreatedAt => &["registered_at", "created", "joined", "register_time"],
            _ => &[],
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
