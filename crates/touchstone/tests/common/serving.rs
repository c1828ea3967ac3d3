//! A server as a process of its own.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

#[path = "../../../touchstone-serve/tests/common/http.rs"]
pub mod http;

use http::{Answer, request};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_touchstone");

/// A token of a role, under the role's name.
pub fn token(data: &Path, role: &str) -> String {
    named_token(data, role, role)
}

/// A token of a role, for somebody.
pub fn named_token(data: &Path, role: &str, name: &str) -> String {
    let made = Command::new(PROGRAM)
        .args(["serve", "token", "create", "--role", role, "--name", name, "--data"])
        .arg(data)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// A server process; killed when it is dropped.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl Process {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--listen", "127.0.0.1:0", "--window", "1d", "--data"]).arg(data).args(more);
        Self::of(command, data.with_extension("log"))
    }

    pub fn of(mut command: Command, log: PathBuf) -> Self {
        let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line:?}: {}", std::fs::read_to_string(&log).unwrap()));
        Self { address: address.parse().unwrap(), child, log }
    }

    pub fn ask(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        request(self.address, method, path, &[("Authorization", &bearer)], body.as_bytes())
    }

    /// What it logged, all starts together.
    pub fn log(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
