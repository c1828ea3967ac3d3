//! Counters for Prometheus. No id of anybody or anything is a label.

use crate::app::State;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use touchstone_ledger::webhook::Round;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    /// The pattern of the path, such as /v1/accounts/{account}: never the path itself.
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteAlone {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    reason: &'static str,
}

type Float = Gauge<f64, AtomicU64>;

/// All metrics.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Route, Counter>,
    seconds: Family<RouteAlone, Histogram, fn() -> Histogram>,
    events: Family<Outcome, Counter>,
    rejected: Family<Why, Counter>,
    webhooks: Family<Outcome, Counter>,
    detections: Counter,
    detection_seconds: Float,
    gauges: Vec<(Read, Float)>,
}

fn histogram() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0])
}

/// Reads a gauge.
type Read = fn(&State) -> f64;

/// Name, help, and how to read it.
const GAUGES: [(&str, &str, Read); 10] = [
    ("touchstone_journal_bytes", "Bytes of the journal", |s| s.landing.status().journal_bytes as f64),
    ("touchstone_waiting_bytes", "Bytes that wait for the disk", |s| s.landing.status().waiting_bytes as f64),
    ("touchstone_pending_rows", "Rows whose windows are open", |s| s.landing.status().rows_pending as f64),
    ("touchstone_open_windows", "Windows with such rows", |s| s.landing.status().windows_open as f64),
    ("touchstone_closed_windows", "Windows with parts", |s| s.landing.status().windows_closed as f64),
    ("touchstone_late_rows", "Rows for windows that were over, since start", |s| s.landing.status().rows_late as f64),
    ("touchstone_commits", "Waits for the disk, since start", |s| s.landing.status().commits as f64),
    ("touchstone_findings_number", "Number of the latest findings", |s| s.snapshot().map_or(0.0, |f| f.number as f64)),
    ("touchstone_accounts_known", "Accounts in the latest findings", |s| {
        s.snapshot().map_or(0.0, |f| f.accounts.len() as f64)
    }),
    ("touchstone_rings_found", "Rings in the latest findings", |s| s.snapshot().map_or(0.0, |f| f.rings.len() as f64)),
];

impl Metrics {
    pub(crate) fn new(version: &'static str) -> Self {
        let mut registry = Registry::default();
        registry.register("touchstone_build", "The program", Info::new([("version", version)]));
        let requests = Family::<Route, Counter>::default();
        registry.register("touchstone_http_requests", "Requests answered", requests.clone());
        let seconds = Family::<RouteAlone, Histogram, fn() -> Histogram>::new_with_constructor(histogram);
        registry.register(
            "touchstone_http_request_seconds",
            "From the request's head to the answer's",
            seconds.clone(),
        );
        let events = Family::<Outcome, Counter>::default();
        registry.register("touchstone_events", "Events by what became of them", events.clone());
        let rejected = Family::<Why, Counter>::default();
        registry.register("touchstone_rejected_events", "Events that were not taken, by reason", rejected.clone());
        let webhooks = Family::<Outcome, Counter>::default();
        registry.register("touchstone_webhooks", "Tries to tell receivers, by what became of them", webhooks.clone());
        let detections = Counter::default();
        registry.register("touchstone_detections", "Detections that ended well", detections.clone());
        let detection_seconds = Float::default();
        registry.register(
            "touchstone_detection_seconds",
            "How long the latest detection took",
            detection_seconds.clone(),
        );
        let gauges = GAUGES
            .into_iter()
            .map(|(name, help, read)| {
                let gauge = Float::default();
                registry.register(name, help, gauge.clone());
                (read, gauge)
            })
            .collect();
        Self { registry, requests, seconds, events, rejected, webhooks, detections, detection_seconds, gauges }
    }

    pub(crate) fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let label = Route { route: route.to_owned(), method: method.to_owned(), status };
        self.requests.get_or_create(&label).inc();
        self.seconds.get_or_create(&RouteAlone { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    pub(crate) fn landed(&self, landed: u64, duplicates: u64) {
        self.events.get_or_create(&Outcome { outcome: "landed" }).inc_by(landed);
        self.events.get_or_create(&Outcome { outcome: "duplicate" }).inc_by(duplicates);
    }

    pub(crate) fn rejected(&self, reasons: impl Iterator<Item = &'static str>) {
        for reason in reasons {
            self.events.get_or_create(&Outcome { outcome: "rejected" }).inc();
            self.rejected.get_or_create(&Why { reason }).inc();
        }
    }

    pub(crate) fn told(&self, round: Round) {
        let counts =
            [("sent", round.sent), ("failed", round.failed), ("given_up", round.given_up), ("void", round.void)];
        for (outcome, n) in counts {
            self.webhooks.get_or_create(&Outcome { outcome }).inc_by(n);
        }
    }

    pub(crate) fn detected(&self, seconds: f64) {
        self.detections.inc();
        self.detection_seconds.set(seconds);
    }

    /// All of it in the text form that Prometheus reads.
    pub(crate) fn text(&self, state: &State) -> Result<String, std::fmt::Error> {
        for (read, gauge) in &self.gauges {
            gauge.set(read(state));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
