//! SQLite: one file, with its write-ahead log beside it while it is open.

use super::{Connection, StoreError, Transaction, Value};
use rusqlite::types::ValueRef;
use rusqlite::{OpenFlags, TransactionBehavior, params_from_iter};
use std::path::Path;
use std::time::Duration;

/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Sqlite {
    connection: rusqlite::Connection,
    place: String,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let this = Self::with(path, flags)?;
        // Full synchronisation: a commit that was answered survives the loss of power. Removed rows are overwritten,
        // so that what was erased is not left in free pages.
        let settings = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; \
                        PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";
        this.connection.execute_batch(settings).map_err(|e| this.error("cannot be set up as a ledger", e))?;
        Ok(this)
    }

    pub(super) fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        if !path.is_file() {
            let what = "there is no such file; name the ledger with --ledger".to_owned();
            return Err(StoreError::Other { place: path.display().to_string(), what });
        }
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
    }

    fn with(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        let opened = rusqlite::Connection::open_with_flags(path, flags).and_then(|connection| {
            connection.busy_timeout(PATIENCE)?;
            Ok(connection)
        });
        match opened {
            Ok(connection) => Ok(Self { connection, place }),
            Err(source) => Err(StoreError::Sqlite { place, what: "cannot be opened as a ledger", source }),
        }
    }

    fn error(&self, what: &'static str, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { place: self.place.clone(), what, source }
    }
}

impl Connection for Sqlite {
    fn begin(&mut self, write: bool) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let behaviour = if write { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred };
        let place = self.place.clone();
        match self.connection.transaction_with_behavior(behaviour) {
            Ok(inner) => Ok(Box::new(Running { inner, place })),
            Err(source) => Err(StoreError::Sqlite { place, what: "is busy or cannot be written", source }),
        }
    }

    fn is_empty(&mut self) -> Result<bool, StoreError> {
        let tables = self.connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0));
        tables.map(|n| n == 0).map_err(|e| self.error("cannot be read as a ledger", e))
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        let scrubbed =
            self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
        scrubbed.map_err(|e| self.error("what was erased may still be in its files: cannot be compacted", e))
    }
}

struct Running<'c> {
    inner: rusqlite::Transaction<'c>,
    place: String,
}

impl Running<'_> {
    fn error(&self, what: &'static str, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { place: self.place.clone(), what, source }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => rusqlite::types::Null.into(),
            Self::Int(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        })
    }
}

impl Transaction for Running<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let changed = self.inner.prepare_cached(sql).and_then(|mut s| s.execute(params_from_iter(parameters)));
        changed.map(|n| n as u64).map_err(|e| self.error("cannot be written", e))
    }

    fn query(
        &mut self,
        sql: &str,
        parameters: &[Value],
        take: &mut dyn FnMut(Vec<Value>) -> bool,
    ) -> Result<(), StoreError> {
        let mut run = || -> rusqlite::Result<()> {
            let mut statement = self.inner.prepare_cached(sql)?;
            let columns = statement.column_count();
            let mut rows = statement.query(params_from_iter(parameters))?;
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|i| {
                    Ok(match row.get_ref(i)? {
                        ValueRef::Null => Value::Null,
                        ValueRef::Integer(number) => Value::Int(number),
                        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                            Value::Text(String::from_utf8_lossy(bytes).into_owned())
                        }
                        ValueRef::Real(number) => Value::Text(number.to_string()),
                    })
                });
                if !take(values.collect::<rusqlite::Result<_>>()?) {
                    break;
                }
            }
            Ok(())
        };
        run().map_err(|e| self.error("cannot be read", e))
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let place = self.place;
        self.inner.commit().map_err(|source| StoreError::Sqlite { place, what: "cannot be written", source })
    }
}
