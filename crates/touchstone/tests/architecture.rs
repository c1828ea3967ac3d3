//! The edges between crates are those of ARCHITECTURE.md, and the core stays pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Which of our crates each may see.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let all = [
        "touchstone-event",
        "touchstone-detect",
        "touchstone-engine",
        "touchstone-console",
        "touchstone-ledger",
        "touchstone-serve",
        "touchstone-sim",
    ];
    BTreeMap::from([
        ("touchstone-event", BTreeSet::new()),
        ("touchstone-detect", BTreeSet::from(["touchstone-event"])),
        ("touchstone-engine", BTreeSet::from(["touchstone-event", "touchstone-detect"])),
        ("touchstone-console", BTreeSet::from(["touchstone-detect"])),
        ("touchstone-ledger", BTreeSet::from(["touchstone-event", "touchstone-detect"])),
        (
            "touchstone-serve",
            BTreeSet::from([
                "touchstone-event",
                "touchstone-detect",
                "touchstone-engine",
                "touchstone-console",
                "touchstone-ledger",
            ]),
        ),
        // It must never see the detector: a simulator that knew it would prove nothing.
        ("touchstone-sim", BTreeSet::from(["touchstone-event"])),
        ("touchstone", BTreeSet::from(all)),
        // It drives the program as a user would, so that neither side can know the other.
        ("touchstone-range", BTreeSet::from(["touchstone-event", "touchstone-sim"])),
    ])
}

#[test]
fn edges_go_one_way() {
    let allowed = allowed();
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(crates()).unwrap() {
        let manifest = entry.unwrap().path().join("Cargo.toml");
        let manifest: toml::Table = std::fs::read_to_string(&manifest).unwrap().parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let may = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in ARCHITECTURE.md's map"));
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(table).and_then(|d| d.as_table()) else { continue };
            for dependency in dependencies.keys().filter(|d| d.starts_with("touchstone")) {
                assert!(may.contains(dependency.as_str()), "{name} must not depend on {dependency}");
            }
            for dependency in dependencies.values() {
                let version = dependency.get("version").or(dependency.as_str().map(|_| dependency));
                assert!(version.is_none(), "{name}: versions live in the root manifest alone");
            }
        }
        seen.insert(name);
    }
    assert_eq!(seen.len(), allowed.len(), "a crate of the map is gone: {seen:?}");
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn the_core_has_no_clock_no_files_no_sockets_and_the_simulator_no_sockets() {
    let forbidden: [(&str, &[&str]); 3] = [
        ("touchstone-detect", &["std::fs", "std::net", "std::env", "SystemTime", "Instant", "HashMap", "HashSet"]),
        ("touchstone-event", &["std::fs", "std::net", "std::env", "SystemTime", "Instant"]),
        ("touchstone-sim", &["std::net", "SystemTime", "Instant"]),
    ];
    for (name, words) in forbidden {
        let mut files = Vec::new();
        sources(&crates().join(name).join("src"), &mut files);
        assert!(!files.is_empty());
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in words {
                assert!(!text.contains(word), "{} uses {word}", file.display());
            }
        }
    }
}
