//! The tables, and every statement on them. The same for both stores.

use super::{Connection, Place, StoreError, Transaction, Value};
use crate::chain::{Head, Link};
use crate::seal::{Seal, SealKind, lookup, mentions};

/// Rows fetched at a time.
const PAGE: i64 = 2_000;
/// Version of the tables; a later one is refused rather than misread.
const VERSION: &str = "1";

const TABLES: [&str; 5] = [
    "CREATE TABLE IF NOT EXISTS ledger_about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ledger_entries (seq BIGINT PRIMARY KEY, prev TEXT NOT NULL, hash TEXT NOT NULL, \
     body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ledger_vault (seal TEXT PRIMARY KEY, lookup TEXT UNIQUE, salt TEXT NOT NULL, \
     value TEXT NOT NULL)",
    // What leaves: one row an entry that is to be told. Names are filled in when it is sent.
    "CREATE TABLE IF NOT EXISTS ledger_outbox (seq BIGINT NOT NULL, receiver TEXT NOT NULL, event TEXT NOT NULL, \
     due BIGINT NOT NULL, tries BIGINT NOT NULL, state TEXT NOT NULL, last TEXT, PRIMARY KEY (seq, receiver, event))",
    "CREATE INDEX IF NOT EXISTS ledger_outbox_due ON ledger_outbox (state, due)",
];

/// Entries can only be added. Who can drop a trigger can do more; the chain is what shows it.
const SQLITE_ONLY_APPENDS: [&str; 2] = [
    "CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger_entries \
     BEGIN SELECT RAISE(ABORT, 'the ledger only appends'); END",
    "CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger_entries \
     BEGIN SELECT RAISE(ABORT, 'the ledger only appends'); END",
];

const POSTGRES_ONLY_APPENDS: [&str; 2] = [
    "CREATE OR REPLACE FUNCTION ledger_only_appends() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the ledger only appends'; END $$",
    "CREATE OR REPLACE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries \
     FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_appends()",
];

/// Makes what is missing.
pub(super) fn prepare(connection: &mut dyn Connection, place: &Place) -> Result<(), StoreError> {
    let mut transaction = connection.begin(true)?;
    for sql in TABLES {
        transaction.execute(sql, &[])?;
    }
    let guards = if matches!(place, Place::File(_)) { SQLITE_ONLY_APPENDS } else { POSTGRES_ONLY_APPENDS };
    for sql in guards {
        transaction.execute(sql, &[])?;
    }
    let about = "INSERT INTO ledger_about (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    transaction.execute(about, &[Value::text("version"), Value::text(VERSION)])?;
    let mut tables = Tables::new(&mut *transaction);
    if let Some(version) = tables.about("version")?.filter(|v| v != VERSION) {
        let what = format!("is a ledger of version {version}, this program knows {VERSION}; use a later program");
        return Err(StoreError::Other { place: place.to_string(), what });
    }
    transaction.commit()
}

/// A delivery that waits in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) seq: u64,
    pub(crate) receiver: String,
    pub(crate) event: String,
    pub(crate) due: i64,
    pub(crate) tries: u64,
    pub(crate) state: String,
    pub(crate) last: Option<String>,
}

/// The statements, in a transaction.
pub(crate) struct Tables<'t> {
    transaction: &'t mut dyn Transaction,
}

impl<'t> Tables<'t> {
    pub(crate) fn new(transaction: &'t mut dyn Transaction) -> Self {
        Self { transaction }
    }

    fn one(&mut self, sql: &str, parameters: &[Value]) -> Result<Option<Vec<Value>>, StoreError> {
        let mut found = None;
        self.transaction.query(sql, parameters, &mut |row| {
            found = Some(row);
            false
        })?;
        Ok(found)
    }

    pub(crate) fn about(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let row = self.one("SELECT value FROM ledger_about WHERE name = $1", &[Value::text(name)])?;
        Ok(row.and_then(|mut r| r.pop()).map(Value::into_text))
    }

    /// The head as the last writer left it.
    pub(crate) fn head(&mut self) -> Result<Head, StoreError> {
        let text = self.about("head")?;
        Ok(text.and_then(|t| t.parse().ok()).unwrap_or_default())
    }

    pub(crate) fn append(&mut self, links: &[Link]) -> Result<(), StoreError> {
        for link in links {
            self.transaction.execute(
                "INSERT INTO ledger_entries (seq, prev, hash, body) VALUES ($1, $2, $3, $4)",
                &[Value::int(link.seq), Value::text(&link.prev), Value::text(&link.hash), Value::text(&link.body)],
            )?;
        }
        if let Some(last) = links.last() {
            let head = Head { seq: last.seq, hash: last.hash.clone() }.to_string();
            self.transaction.execute(
                "INSERT INTO ledger_about (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &[Value::text("head"), Value::text(head)],
            )?;
        }
        Ok(())
    }

    /// Entries after a number, in order, page by page; `take` says stop with false.
    pub(crate) fn links(&mut self, after: u64, mut take: impl FnMut(Link) -> bool) -> Result<(), StoreError> {
        let mut last = i64::try_from(after).unwrap_or(i64::MAX);
        loop {
            let (mut rows, mut more) = (0, true);
            let sql = "SELECT seq, prev, hash, body FROM ledger_entries WHERE seq > $1 ORDER BY seq LIMIT $2";
            self.transaction.query(sql, &[Value::Int(last), Value::Int(PAGE)], &mut |row| {
                let [seq, prev, hash, body] = row.try_into().unwrap_or([const { Value::Null }; 4]);
                (rows, last) = (rows + 1, seq.as_int());
                let seq = u64::try_from(seq.as_int()).unwrap_or(0);
                let (prev, hash) = (prev.into_text(), hash.into_text());
                more = take(Link { seq, prev, hash, body: body.into_text() });
                more
            })?;
            if rows < PAGE || !more {
                return Ok(());
            }
        }
    }

    /// The seal of a name, if it has one.
    pub(crate) fn find(&mut self, kind: SealKind, value: &str) -> Result<Option<Seal>, StoreError> {
        let row = self.one("SELECT seal FROM ledger_vault WHERE lookup = $1", &[Value::text(lookup(kind, value))])?;
        Ok(row.and_then(|mut r| r.pop()).and_then(|v| v.into_text().parse().ok()))
    }

    /// Puts a value under a seal. Names are looked for later, texts are not.
    pub(crate) fn keep(&mut self, kind: SealKind, salt: &[u8; 16], value: &str) -> Result<Seal, StoreError> {
        let seal = Seal::new(kind, salt, value);
        let key = (kind != SealKind::Text).then(|| lookup(kind, value));
        // As JSON, since PostgreSQL holds no zero bytes in a text.
        let value = serde_json::Value::from(value).to_string();
        self.transaction.execute(
            "INSERT INTO ledger_vault (seal, lookup, salt, value) VALUES ($1, $2, $3, $4)",
            &[Value::text(seal.as_str()), key.as_deref().into(), Value::text(hex(salt)), Value::text(value)],
        )?;
        Ok(seal)
    }

    /// The value under a seal, if it was not erased.
    pub(crate) fn open(&mut self, seal: &Seal) -> Result<Option<String>, StoreError> {
        let row = self.one("SELECT value FROM ledger_vault WHERE seal = $1", &[Value::text(seal.as_str())])?;
        Ok(row.and_then(|mut r| r.pop()).and_then(|v| serde_json::from_str(&v.into_text()).ok()))
    }

    /// All values with their salts, in order of seals.
    pub(crate) fn vault(&mut self, mut take: impl FnMut(String, String, String)) -> Result<(), StoreError> {
        let mut last = String::new();
        loop {
            let mut rows = 0;
            let sql = "SELECT seal, salt, value FROM ledger_vault WHERE seal > $1 ORDER BY seal LIMIT $2";
            self.transaction.query(sql, &[Value::text(&last), Value::Int(PAGE)], &mut |row| {
                let [seal, salt, value] = row.try_into().unwrap_or([const { Value::Null }; 3]);
                (rows, last) = (rows + 1, seal.into_text());
                take(last.clone(), salt.into_text(), value.into_text());
                true
            })?;
            if rows < PAGE {
                return Ok(());
            }
        }
    }

    /// Seals whose value has the name in it as a word of its own.
    pub(crate) fn mentioning(&mut self, name: &str) -> Result<Vec<Seal>, StoreError> {
        let mut found = Vec::new();
        self.vault(|seal, _, value| {
            let value: String = serde_json::from_str(&value).unwrap_or_default();
            if mentions(&value, name) {
                found.extend(seal.parse::<Seal>());
            }
        })?;
        Ok(found)
    }

    /// Removes values for good.
    pub(crate) fn erase(&mut self, seals: &[Seal]) -> Result<(), StoreError> {
        for seal in seals {
            self.transaction.execute("DELETE FROM ledger_vault WHERE seal = $1", &[Value::text(seal.as_str())])?;
        }
        Ok(())
    }

    /// Puts a delivery into the outbox; once there, it stays one.
    pub(crate) fn deliver(&mut self, seq: u64, receiver: &str, event: &str, due: i64) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO ledger_outbox (seq, receiver, event, due, tries, state, last) \
             VALUES ($1, $2, $3, $4, 0, 'waiting', NULL) ON CONFLICT (seq, receiver, event) DO NOTHING",
            &[Value::int(seq), Value::text(receiver), Value::text(event), Value::Int(due)],
        )?;
        Ok(())
    }

    /// Deliveries in a state that are due, earliest first.
    pub(crate) fn deliveries(&mut self, state: &str, now: i64, limit: u64) -> Result<Vec<Delivery>, StoreError> {
        let mut found = Vec::new();
        let sql = "SELECT seq, receiver, event, due, tries, state, last FROM ledger_outbox \
                   WHERE state = $1 AND due <= $2 ORDER BY due, seq, receiver LIMIT $3";
        self.transaction.query(sql, &[Value::text(state), Value::Int(now), Value::int(limit)], &mut |row| {
            let [seq, receiver, event, due, tries, state, last] = row.try_into().unwrap_or([const { Value::Null }; 7]);
            found.push(Delivery {
                seq: u64::try_from(seq.as_int()).unwrap_or(0),
                receiver: receiver.into_text(),
                event: event.into_text(),
                due: due.as_int(),
                tries: u64::try_from(tries.as_int()).unwrap_or(0),
                state: state.into_text(),
                last: if last == Value::Null { None } else { Some(last.into_text()) },
            });
            true
        })?;
        Ok(found)
    }

    /// What became of a delivery.
    pub(crate) fn delivered(&mut self, delivery: &Delivery) -> Result<(), StoreError> {
        self.transaction.execute(
            "UPDATE ledger_outbox SET due = $1, tries = $2, state = $3, last = $4 \
             WHERE seq = $5 AND receiver = $6 AND event = $7",
            &[
                Value::Int(delivery.due),
                Value::int(delivery.tries),
                Value::text(&delivery.state),
                delivery.last.as_deref().into(),
                Value::int(delivery.seq),
                Value::text(&delivery.receiver),
                Value::text(&delivery.event),
            ],
        )?;
        Ok(())
    }
}

/// Hexadecimal digits of a salt.
fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A salt of its hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}
