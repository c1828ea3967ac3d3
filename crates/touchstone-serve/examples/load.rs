//! A load on a running server over loopback: batches of events at a rate, and decisions at a rate, for some seconds. Prints
//! what was reached and how long answers took. bench/serve.py starts a server and runs it.
//!
//! `cargo run --release -p touchstone-serve --example load -- ADDRESS TOKEN EVENTS_PER_SECOND DECISIONS_PER_SECOND SECONDS`

#![allow(clippy::print_stdout)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const BATCH: u64 = 500;
/// Connections for each kind of request.
const SENDERS: u64 = 8;

struct Connection {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    fn open(address: SocketAddr, token: &str, path: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        );
        Ok(Self { stream: BufReader::new(stream), head })
    }

    /// Sends a body; the status of the answer.
    fn send(&mut self, body: &str) -> std::io::Result<u16> {
        let request = format!("{}Content-Length: {}\r\n\r\n{body}", self.head, body.len());
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if line.trim_end().is_empty() {
                break;
            }
            if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = n.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(status)
    }
}

/// What one kind of request came to.
#[derive(Default)]
struct Tally {
    milliseconds: Vec<f64>,
    refused: u64,
}

impl Tally {
    fn report(mut self, what: &str, unit: u64, seconds: f64) {
        self.milliseconds.sort_by(f64::total_cmp);
        let at = |share: f64| {
            self.milliseconds
                .get(((self.milliseconds.len() as f64 * share) as usize).min(self.milliseconds.len().saturating_sub(1)))
        };
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| at(share).copied().unwrap_or(f64::NAN));
        let per_second = (self.milliseconds.len() as u64 * unit) as f64 / seconds;
        println!(
            "{what}: {per_second:.0} a second, p50 {p50:.2} ms, p99 {p99:.2} ms, most {most:.1} ms, {} refused",
            self.refused
        );
    }
}

/// Sends at a rate from several connections. Latency counts from when a request was due, not from when
/// the sender got round to it: a slow server must not slow its own measurement (coordinated omission).
fn run(
    address: SocketAddr,
    token: &str,
    path: &'static str,
    per_second: f64,
    seconds: f64,
    body: impl Fn(u64) -> String + Send + Sync + 'static,
) -> std::thread::JoinHandle<std::io::Result<Tally>> {
    let token = token.to_owned();
    std::thread::spawn(move || {
        let (next, body, start) = (Arc::new(AtomicU64::new(0)), Arc::new(body), Instant::now());
        let total = (per_second * seconds) as u64;
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (next, body, token) = (Arc::clone(&next), Arc::clone(&body), token.clone());
                std::thread::spawn(move || -> std::io::Result<Tally> {
                    let mut connection = Connection::open(address, &token, path)?;
                    let mut tally = Tally::default();
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        let due = start + Duration::from_secs_f64(n as f64 / per_second);
                        if n >= total || start.elapsed().as_secs_f64() > seconds {
                            return Ok(tally);
                        }
                        let text = body(n);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        if connection.send(&text)? == 200 {
                            tally.milliseconds.push(due.elapsed().as_secs_f64() * 1000.0);
                        } else {
                            tally.refused += 1;
                        }
                    }
                })
            })
            .collect();
        let mut all = Tally::default();
        for sender in senders {
            let one = sender.join().map_err(|_| std::io::Error::other("a sender failed"))??;
            all.milliseconds.extend(one.milliseconds);
            all.refused += one.refused;
        }
        Ok(all)
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, token, events, decisions, seconds] = arguments.as_slice() else {
        return Err("ADDRESS TOKEN EVENTS_PER_SECOND DECISIONS_PER_SECOND SECONDS".into());
    };
    let address: SocketAddr = address.parse()?;
    // A load is for a server of one's own, on this machine.
    if !matches!(address.ip(), IpAddr::V4(ip) if ip.is_loopback())
        && !matches!(address.ip(), IpAddr::V6(ip) if ip.is_loopback())
    {
        return Err("the address must be on this machine".into());
    }
    let (events, decisions, seconds): (f64, f64, f64) = (events.parse()?, decisions.parse()?, seconds.parse()?);
    // Event time runs an hour in ten seconds, so that windows close and detection runs meanwhile.
    let batch = move |n: u64| {
        let mut text = String::with_capacity(70_000);
        for i in n * BATCH..(n + 1) * BATCH {
            let x = i.wrapping_mul(6_364_136_223_846_793_005) >> 20;
            let ts = 1_700_000_000.0 + i as f64 / events * 360.0;
            let kind = if x % 4 == 0 { "like" } else { "view" };
            text += &format!(
                "{{\"actor\":\"u{}\",\"target\":\"p{}\",\"ts\":{ts:.3},\"kind\":\"{kind}\",\"event_id\":\"{i}\",\"device\":\"d{}\"}}\n",
                x % 50_000,
                (x >> 17) % 20_000,
                x % 50_000
            );
        }
        text
    };
    let ask = |n: u64| format!("{{\"actor\":\"u{}\",\"target\":\"p{}\"}}", n.wrapping_mul(7919) % 50_000, n % 20_000);
    let started = Instant::now();
    let ingest = run(address, token, "/v1/events", events / BATCH as f64, seconds, batch);
    let decide = run(address, token, "/v1/decide", decisions, seconds, ask);
    let failed = |_| std::io::Error::other("a sender failed");
    let (ingest, decide) = (ingest.join().map_err(failed)??, decide.join().map_err(failed)??);
    let took = started.elapsed().as_secs_f64();
    ingest.report("events", BATCH, took);
    decide.report("decisions", 1, took);
    Ok(())
}
