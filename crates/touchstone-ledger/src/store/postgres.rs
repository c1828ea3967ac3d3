//! PostgreSQL, for who has one already: the same tables and statements.

use super::{Connection, StoreError, Transaction, Value};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls};

pub(super) struct Postgres {
    client: Client,
    url: String,
    place: String,
}

impl Postgres {
    pub(super) fn open(url: &str) -> Result<Self, StoreError> {
        let place = super::Place::Postgres(url.to_owned()).to_string();
        let client = connect(url, &place)?;
        Ok(Self { client, url: url.to_owned(), place })
    }
}

fn connect(url: &str, place: &str) -> Result<Client, StoreError> {
    Client::connect(url, NoTls).map_err(|source| {
        let what = "cannot be reached; check the URL and that the server runs (connections are not encrypted: use a \
                    socket, loopback or a tunnel)";
        StoreError::Postgres { place: place.to_owned(), what, source }
    })
}

impl Connection for Postgres {
    fn begin(&mut self, write: bool) -> Result<Box<dyn Transaction + '_>, StoreError> {
        if self.client.is_closed() {
            self.client = connect(&self.url, &self.place)?;
        }
        let place = self.place.clone();
        let mut build = self.client.build_transaction();
        if !write {
            build = build.read_only(true).isolation_level(postgres::IsolationLevel::RepeatableRead);
        }
        let begun = build.start().and_then(|mut inner| {
            if write {
                // Any fixed number does: one writer at a time, whether there are tables yet or not.
                inner.batch_execute("SELECT pg_advisory_xact_lock(1414485067); SET LOCAL synchronous_commit = on")?;
            }
            Ok(inner)
        });
        match begun {
            Ok(inner) => Ok(Box::new(Running { inner, place })),
            Err(source) => Err(StoreError::Postgres { place, what: "does not answer", source }),
        }
    }

    fn is_empty(&mut self) -> Result<bool, StoreError> {
        let row = self.client.query_one("SELECT to_regclass('ledger_entries') IS NULL", &[]);
        row.and_then(|row| row.try_get(0)).map_err(|source| {
            let what = "cannot be read as a ledger";
            StoreError::Postgres { place: self.place.clone(), what, source }
        })
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        // One at a time: statements sent together are a transaction, in which nothing is compacted.
        let mut scrub = |sql| self.client.batch_execute(sql);
        scrub("VACUUM FULL ledger_vault").and_then(|()| scrub("VACUUM FULL ledger_outbox")).map_err(|source| {
            let what = "what was erased may still be in its files: cannot be compacted";
            StoreError::Postgres { place: self.place.clone(), what, source }
        })
    }
}

struct Running<'c> {
    inner: postgres::Transaction<'c>,
    place: String,
}

impl Running<'_> {
    fn error(&self, what: &'static str, source: postgres::Error) -> StoreError {
        StoreError::Postgres { place: self.place.clone(), what, source }
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        <i64 as ToSql>::accepts(ty) || <String as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

impl Transaction for Running<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|p| p as _).collect();
        self.inner.execute(sql, &parameters).map_err(|e| self.error("cannot be written", e))
    }

    fn query(
        &mut self,
        sql: &str,
        parameters: &[Value],
        take: &mut dyn FnMut(Vec<Value>) -> bool,
    ) -> Result<(), StoreError> {
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|p| p as _).collect();
        let rows = self.inner.query(sql, &parameters).map_err(|e| self.error("cannot be read", e))?;
        for row in rows {
            let mut values = Vec::with_capacity(row.len());
            for (i, column) in row.columns().iter().enumerate() {
                let value = if *column.type_() == Type::INT8 {
                    row.try_get::<_, Option<i64>>(i).map(|v| v.map_or(Value::Null, Value::Int))
                } else {
                    row.try_get::<_, Option<String>>(i).map(|v| v.map_or(Value::Null, Value::Text))
                };
                values.push(value.map_err(|e| self.error("cannot be read", e))?);
            }
            if !take(values) {
                break;
            }
        }
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let place = self.place;
        self.inner.commit().map_err(|source| StoreError::Postgres { place, what: "cannot be written", source })
    }
}
