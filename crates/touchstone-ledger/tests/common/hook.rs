//! A receiver of webhooks on loopback, as a platform would run one.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use touchstone_ledger::webhook::{Receiver, sign};

pub const SECRET: &[u8] = b"a secret of some length";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub head: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    /// True if it is signed with the shared secret.
    pub fn is_signed(&self) -> bool {
        let stamp = self.headers["touchstone-timestamp"].parse().unwrap();
        self.headers["touchstone-signature"] == format!("v1={}", sign(SECRET, stamp, &self.body))
    }

    pub fn key(&self) -> &str {
        &self.headers["idempotency-key"]
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver that answers with these statuses in turn, then with 204. It ends with the test's process.
pub struct Hook {
    pub receiver: Receiver,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Hook {
    pub fn new(answers: &[u16]) -> Self {
        Self::slow(answers, Duration::ZERO)
    }

    /// One that takes its time.
    pub fn slow(answers: &[u16], pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&seen);
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let serve = move |stream: TcpStream, said: Arc<Mutex<Vec<Request>>>, answers: Arc<Mutex<VecDeque<u16>>>| {
            let mut reader = BufReader::new(stream);
            while let Some(request) = request(&mut reader) {
                said.lock().unwrap().push(request);
                std::thread::sleep(pause);
                let status = answers.lock().unwrap().pop_front().unwrap_or(204);
                let more = if status == 302 { "Location: http://127.0.0.1:1/elsewhere\r\n" } else { "" };
                let answer = format!("HTTP/1.1 {status} X\r\n{more}Content-Length: 0\r\n\r\n");
                if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, said, answers) = (stream.unwrap(), Arc::clone(&said), Arc::clone(&answers));
                std::thread::spawn(move || serve(stream, said, answers));
            }
        });
        let receiver = Receiver { name: "site".into(), url, secret: SECRET.to_vec() };
        Self { receiver, seen }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// What came, once that is enough; half a minute at most.
    pub fn once(&self, enough: impl Fn(&[Request]) -> bool) -> Vec<Request> {
        let since = Instant::now();
        loop {
            let requests = self.requests();
            if enough(&requests) {
                return requests;
            }
            let bodies: Vec<_> = requests.iter().map(Request::json).collect();
            assert!(since.elapsed() < Duration::from_secs(30), "not yet: {bodies:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: BTreeMap<String, String> = lines[1..]
        .iter()
        .filter_map(|l| l.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())))
        .collect();
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Request { head: lines[0].clone(), headers, body })
}
