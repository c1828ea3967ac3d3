//! `touchstone serve`.

use super::say;
use crate::configuration::Configuration;
use crate::exit::{DONE, Failure};
use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use touchstone_engine::landing::{LandingOptions, rotate_keys};
use touchstone_event::mapping::Mapping;
use touchstone_ledger::webhook::read_receivers;
use touchstone_serve::{Limits, OidcSettings, Role, ServeError, ServeOptions, Tokens};

const AFTER: &str = "\
Events come in over HTTP, are durable when they are answered, and land as Parquet in windows of event time below
DIR/events. When a window closes, the detection of `touchstone detect` runs over that folder. docs/SERVICE.md has a
walk with curl.

Examples:
  touchstone serve token create --data data --role admin --name me
  touchstone serve --data data
  touchstone serve --data data --policy policy.toml --receivers receivers.toml
  touchstone serve --data data --listen 127.0.0.1:8080 --endorse star --window 1d --retention 90d
  touchstone serve token list --data data
  touchstone serve rotate-keys --data data

Exit codes: 0 stopped on request, 2 wrong use or a folder or address that cannot be used, 3 internal error.";

/// Take events over HTTP, detect as they come, answer from the findings
#[derive(Args)]
#[command(after_help = AFTER, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Serve {
    #[command(subcommand)]
    command: Option<Other>,
    #[command(flatten)]
    run: Run,
}

#[derive(Args)]
struct Run {
    /// Folder of everything the service keeps
    #[arg(long, value_name = "DIR", required = true)]
    data: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    listen: SocketAddr,
    /// How people reach the server where a proxy is in front: scheme and name
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// File of the keys of pseudonyms [default: DIR/keys.json]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Configuration file (TOML): endorse, time_unit, and the tables map, reactions, detect and rank
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Policy that is applied to findings; looked at again when it changes [default: DIR/policy.toml, if there]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// TOML file with the receivers of signed webhooks [default: DIR/receivers.toml, if there]
    #[arg(long, value_name = "FILE")]
    receivers: Option<PathBuf>,
    /// TOML file with the OpenID Connect provider by which people sign in [default: DIR/oidc.toml, if there]
    #[arg(long, value_name = "FILE")]
    oidc: Option<PathBuf>,
    /// Kinds that count as endorsements [default: like]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    endorse: Vec<String>,
    /// Length of a window of event time; fixed at the first start
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
    window: u64,
    /// How long a window waits for stragglers after its end
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = seconds)]
    lateness: u64,
    /// Without events for so long, all windows close
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = seconds)]
    idle: u64,
    /// Remove windows older than this [default: keep all]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    retention: Option<u64>,
    /// Threads that detect, at low priority
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    detection_threads: u16,
    /// Least time between two detections
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = seconds)]
    detection_pause: u64,
    /// Size of the journal beyond which events are refused, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 16_384)]
    journal_limit: u64,
}

#[derive(Subcommand)]
enum Other {
    /// Make, list and revoke tokens of programs and people
    #[command(subcommand)]
    Token(Token),
    /// Make new keys, and all pseudonyms anew; while nobody serves
    RotateKeys {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// File of the keys [default: DIR/keys.json]
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Subcommand)]
enum Token {
    /// Make a token; it is printed once and kept nowhere
    Create {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// ingest, read, review or admin
        #[arg(long, value_name = "ROLE")]
        role: Role,
        /// What or whom it is for
        #[arg(long, value_name = "NAME")]
        name: String,
    },
    /// List tokens: number, role, name
    List {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Take a token back
    Revoke {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Its number, as list shows it
        #[arg(long, value_name = "ID")]
        id: String,
    },
}

impl Serve {
    pub(super) fn run(self) -> Result<u8, Failure> {
        match self.command {
            None => serve(self.run),
            Some(Other::Token(token)) => token.run(),
            Some(Other::RotateKeys { data, keys }) => {
                let keys = keys.unwrap_or_else(|| data.join("keys.json"));
                let entries = touchstone_serve::ledger_entries(&data, &keys)?;
                if entries > 0 {
                    return Err(Failure::Misuse(anyhow!(
                        "{}: the ledger has {entries} entries about accounts under the present pseudonyms, which nobody could \
                         find after a rotation; fetch /v1/labels, move ledger.db away together with a copy of the keys, \
                         then rotate (docs/SERVICE.md says what that means)",
                        data.display()
                    )));
                }
                let done = rotate_keys(&data, &keys)?;
                say(&format!("{} rows in {} files have new pseudonyms\n", done.rows, done.files));
                Ok(DONE)
            }
            Some(Other::Openapi) => {
                say(&touchstone_serve::openapi_document());
                say("\n");
                Ok(DONE)
            }
        }
    }
}

impl Token {
    fn run(self) -> Result<u8, Failure> {
        let open = |data: &Path| -> Result<Tokens, Failure> {
            std::fs::create_dir_all(data).with_context(|| format!("{}: cannot be made", data.display()))?;
            Ok(Tokens::open(data)?)
        };
        match self {
            Self::Create { data, role, name } => {
                let (_, text) = open(&data)?.create(&name, role, jiff::Timestamp::now().as_second())?;
                say(&format!("{text}\n"));
            }
            Self::List { data } => {
                for token in open(&data)?.list() {
                    say(&format!("{}  {:<6}  {}\n", token.id, token.role.name(), token.name));
                }
            }
            Self::Revoke { data, id } => open(&data)?.revoke(&id)?,
        }
        Ok(DONE)
    }
}

fn serve(run: Run) -> Result<u8, Failure> {
    let options = run.resolve()?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("TOUCHSTONE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .init();
    let done = touchstone_serve::serve(options, |server| {
        say(&format!("listening on http://{}\n", server.address()));
    });
    match done {
        Ok(()) => Ok(DONE),
        Err(e @ ServeError::System { .. }) => Err(Failure::Internal(e.into())),
        Err(e) => Err(e.into()),
    }
}

impl Run {
    fn resolve(self) -> anyhow::Result<ServeOptions> {
        let data = self.data.context("--data DIR is needed")?;
        let configuration = self.config.as_deref().map(Configuration::read).transpose()?.unwrap_or_default();
        if !configuration.event.is_empty() {
            bail!("[[event]] rules make events of wide rows; the service takes one event a row: send kind with each");
        }
        if configuration.no_time {
            bail!("no_time: the service needs the time of every event");
        }
        let mut mapping = Mapping::new(configuration.columns()?, Vec::new());
        mapping.time_unit = configuration.time_unit;
        let reactions = configuration.reaction_kinds();
        let endorse = Some(self.endorse)
            .filter(|k| !k.is_empty())
            .or(configuration.endorse)
            .unwrap_or_else(|| vec!["like".to_owned()]);
        let window_seconds =
            u32::try_from(self.window).ok().filter(|w| *w > 0).context("--window: between 1s and 100 years")?;
        let landing = LandingOptions {
            mapping,
            endorse: endorse.clone(),
            window_seconds,
            lateness_seconds: u32::try_from(self.lateness).context("--lateness: too long")?,
            idle_seconds: self.idle,
            retention_seconds: self.retention.map(i64::try_from).transpose().context("--retention: too long")?,
            journal_bytes_max: self.journal_limit.saturating_mul(1 << 20),
            ..LandingOptions::default()
        };
        let beside = |name: &str| Some(data.join(name)).filter(|path| path.exists());
        let receivers = self.receivers.or_else(|| beside("receivers.toml"));
        let receivers = receivers.map(|path| read_receivers(&path).map_err(|e| anyhow!(e))).transpose()?;
        let oidc = self.oidc.or_else(|| beside("oidc.toml"));
        let oidc = oidc.map(|path| OidcSettings::read(&path).map_err(|e| anyhow!(e))).transpose()?;
        Ok(ServeOptions {
            oidc,
            policy: self.policy.or_else(|| beside("policy.toml")),
            receivers: receivers.unwrap_or_default(),
            keys: self.keys.unwrap_or_else(|| data.join("keys.json")),
            data,
            listen: self.listen,
            public_url: self.public_url,
            landing,
            endorse,
            reactions,
            params: configuration.detect,
            rank: configuration.rank,
            detection_threads: usize::from(self.detection_threads),
            tick_seconds: 1.0,
            detection_pause_seconds: self.detection_pause as f64,
            limits: Limits::default(),
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

/// Reads "90d", "1h", "10m", "30s".
fn seconds(text: &str) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err("write a number with a unit, such as 30s, 10m, 1h or 90d".into()),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .ok_or_else(|| "write a number with a unit, such as 30s, 10m, 1h or 90d".into())
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read() {
        assert_eq!(seconds("90d"), Ok(90 * 86_400));
        assert_eq!(seconds("1h"), Ok(3600));
        assert!(seconds("1").is_err() && seconds("soon").is_err() && seconds("99999999999999999999d").is_err());
    }
}
