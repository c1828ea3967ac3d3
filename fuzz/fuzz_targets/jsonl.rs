//! Any bytes as a file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchstone_engine::store::{IngestOptions, NoProgress, ingest};

fuzz_target!(|bytes: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("log.jsonl");
    if std::fs::write(&path, bytes).is_ok() {
        let mut options = IngestOptions::new(vec![path], folder.path().to_owned());
        options.max_reject_share = 1.0;
        let _ = ingest(&options, &NoProgress);
    }
});
