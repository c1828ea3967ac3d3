//! Where the ledger lies: SQLite in a file, or PostgreSQL. One set of statements for both; what differs between them
//! (opening, locking, types) is all that `sqlite` and `postgres` hold.

mod postgres;
mod sqlite;
mod tables;

pub(crate) use tables::{Delivery, Tables, unhex};

use std::path::PathBuf;

/// Where a ledger lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file; made where there is none.
    File(PathBuf),
    /// A PostgreSQL database, as postgres://user@host:port/database, or with a socket's folder as host.
    Postgres(String),
}

impl Place {
    /// A path, or a URL of PostgreSQL.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Postgres(text.to_owned())
        } else {
            Self::File(PathBuf::from(text))
        }
    }
}

impl std::fmt::Display for Place {
    /// Without the password a URL may hold.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => match url.split_once("://").and_then(|(s, rest)| Some((s, rest.split_once('@')?))) {
                Some((scheme, (user, rest))) => {
                    write!(f, "{scheme}://{}@{rest}", user.split(':').next().unwrap_or_default())
                }
                None => f.write_str(url),
            },
        }
    }
}

/// Why the store did not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite refused.
    #[error("{place}: {what}")]
    Sqlite {
        /// Which ledger.
        place: String,
        /// What was tried.
        what: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// PostgreSQL refused.
    #[error("{place}: {what}")]
    Postgres {
        /// Which ledger.
        place: String,
        /// What was tried.
        what: &'static str,
        /// Why.
        source: ::postgres::Error,
    },
    /// The file is no ledger, or one of a later version.
    #[error("{place}: {what}")]
    Other {
        /// Which ledger.
        place: String,
        /// What is the matter, and what to do.
        what: String,
    },
}

/// A value in a statement or a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl Value {
    pub(crate) fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }

    pub(crate) fn int(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }

    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Int(number) => number.to_string(),
            Self::Null => String::new(),
        }
    }

    pub(crate) fn as_int(&self) -> i64 {
        if let Self::Int(number) = self { *number } else { 0 }
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }
}

/// A connection to either store.
pub(crate) trait Connection: Send {
    /// Begins a transaction. One that writes has the ledger for itself until it ends.
    fn begin(&mut self, write: bool) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// True if nobody made tables yet: whoever began to was stopped before.
    fn is_empty(&mut self) -> Result<bool, StoreError>;

    /// Leaves nothing of removed rows in the store's files, as far as the store allows.
    fn scrub(&mut self) -> Result<(), StoreError>;
}

/// A transaction; dropped without [`Transaction::commit`], it never was.
pub(crate) trait Transaction {
    /// Runs a statement with `$1`, `$2`, … in order of their first use; says how many rows it changed.
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError>;

    /// Runs a query and hands over row after row, until `take` says stop with false.
    fn query(
        &mut self,
        sql: &str,
        parameters: &[Value],
        take: &mut dyn FnMut(Vec<Value>) -> bool,
    ) -> Result<(), StoreError>;

    /// Makes it durable: when this returns, neither a killed process nor a lost machine takes it back.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Connects, and makes the tables where there are none.
pub(crate) fn connect(place: &Place) -> Result<Box<dyn Connection>, StoreError> {
    let mut connection: Box<dyn Connection> = match place {
        Place::File(path) => Box::new(sqlite::Sqlite::open(path)?),
        Place::Postgres(url) => Box::new(postgres::Postgres::open(url)?),
    };
    tables::prepare(&mut *connection, place)?;
    Ok(connection)
}

/// Connects to look only.
pub(crate) fn connect_read_only(place: &Place) -> Result<Box<dyn Connection>, StoreError> {
    Ok(match place {
        Place::File(path) => Box::new(sqlite::Sqlite::open_read_only(path)?),
        Place::Postgres(url) => Box::new(postgres::Postgres::open(url)?),
    })
}
