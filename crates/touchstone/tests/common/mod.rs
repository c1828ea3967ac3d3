//! Running the real binary in a folder of its own.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The shipped sample as text.
pub fn sample() -> String {
    use std::io::Read;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/retweets.csv.gz");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// A log with a ring in it: 1,500 people on 300 posts over four weeks, and 20 accounts ("ring0" to
/// "ring19") that act within a minute of each other on 24 of the posts.
pub fn ringed() -> String {
    let mut state = 42u64;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let (start, day) = (1_700_006_400u64, 86_400u64);
    let mut text = String::from("actor,target,ts\n");
    for i in 0..18_000u64 {
        let post = below(300);
        let ts = start + (post % 20) * day + below(8 * day);
        text.push_str(&format!("user{},post{post},{ts}\n", i % 1500));
    }
    for order in 0..24u64 {
        let at = start + order * day + 7 * 3600 + below(12 * 3600);
        for member in 0..20 {
            text.push_str(&format!("ring{member},post{},{}\n", order * 11 % 300, at + below(60)));
        }
    }
    text
}

/// A folder that goes away, and the program in it.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(o: Output) -> Self {
        Self {
            code: o.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&o.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&o.stderr).into_owned(),
        }
    }
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).unwrap();
        }
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
        command.current_dir(self.folder.path()).args(arguments).env_remove("TOUCHSTONE_HASH_KEY");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs `detect` on files into `out`.
    pub fn detect(&self, arguments: &[&str]) -> Run {
        let mut all = vec!["detect", "--out", "out"];
        all.extend(arguments);
        self.run(&all)
    }

    /// Nothing of a failed run may be left in or beside `out`.
    pub fn assert_no_output(&self) {
        assert!(!self.path("out").exists(), "half a result");
        let leftovers: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|n| n.starts_with(".touchstone"))
            .collect();
        assert!(leftovers.is_empty(), "{leftovers:?}");
    }

    /// A findings table written with `--format csv`: rows by column name.
    pub fn table(&self, out: &str, name: &str) -> Vec<BTreeMap<String, String>> {
        let path = self.path(out).join(format!("{name}.csv"));
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let header = reader.headers().unwrap().clone();
        reader
            .records()
            .map(|r| header.iter().map(str::to_owned).zip(r.unwrap().iter().map(str::to_owned)).collect())
            .collect()
    }

    pub fn summary(&self, out: &str) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(self.path(out).join("summary.json")).unwrap()).unwrap()
    }

    /// All findings but the summary, which holds seconds.
    pub fn findings(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        std::fs::read_dir(self.path(out))
            .unwrap()
            .map(|e| e.unwrap())
            .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap()))
            .filter(|(name, _)| name != "summary.json")
            .collect()
    }
}
