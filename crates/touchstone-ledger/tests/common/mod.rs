//! Ledgers to test on: one in a file, one in a PostgreSQL that the tests start for themselves.
#![allow(dead_code, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use touchstone_detect::findings::{Evidence, RingKind, Verdict};
use touchstone_ledger::findings::{About, Findings, FoundAccount, FoundEvidence, FoundRing, FoundTarget};
use touchstone_ledger::{ActionKind, Answer, Decision, Ledger, Measure, Model, Place, Review};

pub(crate) const KEY: [u8; 32] = [7; 32];
pub(crate) const T0: i64 = 1_780_000_000_000_000;
pub(crate) const MINUTE: i64 = 60_000_000;
pub(crate) const DAY: i64 = 86_400_000_000;

/// A PostgreSQL of our own: a socket in a scratch folder, no port. It ends with this process, however that ends: a
/// shell between us and it waits for our end of a pipe to close.
struct Cluster {
    socket: PathBuf,
    _shell: Child,
}

fn bin() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|e| Some(e.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop()
}

fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let Some(bin) = bin() else {
                assert!(
                    std::env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_none(),
                    "no PostgreSQL server under /usr/lib/postgresql: install the Debian package postgresql"
                );
                eprintln!("not tested on PostgreSQL: it is not installed");
                return None;
            };
            Some(start(&bin))
        })
        .as_ref()
}

/// PostgreSQL does not run as root; where we do, it runs as the user that Debian made for it.
fn as_somebody(folder: &Path) -> Vec<String> {
    let id = Command::new("id").arg("-u").output().unwrap();
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return Vec::new();
    }
    assert!(Command::new("chown").arg("-R").arg("postgres").arg(folder).status().unwrap().success());
    ["runuser", "-u", "postgres", "--"].map(str::to_owned).to_vec()
}

fn start(bin: &Path) -> Cluster {
    let folder = tempfile::Builder::new().prefix("touchstone-pg-").tempdir().unwrap().keep();
    let somebody = as_somebody(&folder);
    let command = |program: &str| {
        let mut words = somebody.clone();
        words.push(bin.join(program).display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir("/");
        command
    };
    let data = folder.join("data");
    let made = command("initdb")
        .args(["--auth=trust", "--username=touchstone", "--encoding=UTF8", "--locale=C", "--pgdata"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut words = somebody.clone();
    words.push(bin.join("postgres").display().to_string());
    let script = r#"folder=$1; shift; "$@" >"$folder.log" 2>&1 & server=$!
cat >/dev/null; kill -INT $(head -n 1 "$folder/data/postmaster.pid"); wait $server; rm -rf "$folder" "$folder.log""#;
    let shell = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&folder)
        .args(&words)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&folder)
        .args(["-c", "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "max_connections=60"])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let cluster = Cluster { socket: folder, _shell: shell };
    for _ in 0..600 {
        if postgres::Client::connect(&cluster.url("postgres"), postgres::NoTls).is_ok() {
            return cluster;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("PostgreSQL did not start within a minute: {}.log", cluster.socket.display());
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        let host = self.socket.display().to_string().replace('/', "%2F");
        format!("postgresql://touchstone@{host}/{database}")
    }
}

/// A place for a ledger, fresh, and gone when dropped (a database goes with its cluster).
pub(crate) struct Somewhere {
    pub(crate) place: Place,
    pub(crate) folder: tempfile::TempDir,
}

impl Somewhere {
    pub(crate) fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { place: Place::File(folder.path().join("ledger.db")), folder }
    }

    pub(crate) fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let cluster = cluster()?;
        let name = format!("ledger{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let mut client = postgres::Client::connect(&cluster.url("postgres"), postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Some(Self { place: Place::Postgres(cluster.url(&name)), folder: tempfile::tempdir().unwrap() })
    }

    pub(crate) fn open(&self) -> Ledger {
        let mut ledger = Ledger::open(&self.place, KEY).unwrap();
        ledger.set_review(Review { second_share: 0.0, ..Review::default() });
        ledger
    }

    /// Does something behind the ledger's back.
    pub(crate) fn tamper(&self, sql: &str) {
        match &self.place {
            Place::File(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                let guards = "DROP TRIGGER IF EXISTS ledger_no_update; DROP TRIGGER IF EXISTS ledger_no_delete;";
                connection.execute_batch(guards).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Place::Postgres(url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                client.batch_execute("DROP TRIGGER IF EXISTS ledger_no_change ON ledger_entries").unwrap();
                client.batch_execute(sql).unwrap();
            }
        }
    }

    /// Tries something without lifting the guards.
    pub(crate) fn attempt(&self, sql: &str) -> Result<(), String> {
        match &self.place {
            Place::File(path) => {
                rusqlite::Connection::open(path).unwrap().execute_batch(sql).map_err(|e| e.to_string())
            }
            Place::Postgres(url) => postgres::Client::connect(url, postgres::NoTls)
                .unwrap()
                .batch_execute(sql)
                .map_err(|e| format!("{:?}", e.as_db_error())),
        }
    }
}

/// Runs a test on each kind of store.
pub(crate) fn on_both(test: impl Fn(&Somewhere)) {
    test(&Somewhere::file());
    if let Some(somewhere) = Somewhere::postgres() {
        test(&somewhere);
    }
}

pub(crate) fn account(name: &str, verdict: Verdict, bits: f64, ring: Option<&str>) -> FoundAccount {
    FoundAccount {
        account: name.into(),
        verdict,
        bits,
        ring: ring.map(str::to_owned),
        endorsements: 40,
        discounted: 30.0,
        top_signal: Some("lockstep".into()),
        authors: vec!["author-1".into()],
    }
}

pub(crate) fn evidence(about: About, sentence: &str, bits: f64) -> FoundEvidence {
    let evidence = Evidence {
        signal: "lockstep".into(),
        bits,
        statistic: "coincidences within 60 s".into(),
        observed: 30.0,
        expected: 1.5,
        sentence: sentence.into(),
        samples: Vec::new(),
    };
    FoundEvidence { about, evidence }
}

/// A farm of four, of whom three are accused, and two accounts of their own.
pub(crate) fn findings() -> Findings {
    let farm = ["ada-fox", "bob-elk", "cyd-owl", "dan-ant"];
    let mut accounts: Vec<FoundAccount> = farm
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let verdict = if i < 3 { Verdict::Inauthentic } else { Verdict::Suspect };
            account(name, verdict, 30.0 - i as f64, Some("r1"))
        })
        .collect();
    accounts.push(account("eve-jay", Verdict::Suspect, 8.0, None));
    accounts.push(account("fay-cod", Verdict::Inauthentic, 18.0, None));
    let ring = FoundRing {
        ring: "r1".into(),
        kind: RingKind::Farm,
        bits: 55.0,
        targets: 12,
        accused: 3,
        first_ts: T0 - 9 * DAY,
        last_ts: T0 - DAY,
        members: farm.map(str::to_owned).to_vec(),
    };
    Findings {
        model: Model { version: "0.1.0".into(), configuration: "c0ffee".into() },
        accounts_total: 1_000,
        accounts,
        rings: vec![ring],
        targets: vec![FoundTarget {
            target: "post-9".into(),
            owner: Some("author-1".into()),
            reported: 120,
            authentic: 60.0,
            low: 55.0,
            high: 70.0,
        }],
        evidence: vec![
            evidence(About::Ring("r1".into()), "4 accounts endorsed 12 targets within a minute of each other.", 55.0),
            evidence(About::Account("ada-fox".into()), "In step with bob-elk on 9 of 12 occasions.", 30.0),
            evidence(About::Account("fay-cod".into()), "30 endorsements within 60 s of others; 1.5 expected.", 18.0),
        ],
    }
}

pub(crate) fn confirm(measures: &[(ActionKind, u32)]) -> Decision {
    Decision {
        answer: Answer::Confirmed,
        measures: measures.iter().map(|(kind, days)| Measure { kind: *kind, days: *days }).collect(),
        accounts: None,
        reason: "the same targets within a minute, day after day".into(),
        ground: "terms, section 4".into(),
    }
}

pub(crate) fn clear() -> Decision {
    Decision {
        answer: Answer::Cleared,
        measures: Vec::new(),
        accounts: None,
        reason: "a class that works through one list".into(),
        ground: String::new(),
    }
}
