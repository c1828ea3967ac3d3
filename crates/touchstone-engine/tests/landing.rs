//! Landing: what was acknowledged is there, once, whatever happened in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use touchstone_engine::landing::{Landing, LandingError, LandingOptions, Repair, Which, rotate_keys};

const NOW: i64 = 1_700_000_000_000_000;

struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// In memory where the system has such a folder: for tests that open a folder a thousand times.
    fn fast() -> Self {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self { dir: dir.unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn open(&self) -> (Landing, Vec<Repair>) {
        self.open_with(LandingOptions::default())
    }

    fn open_with(&self, options: LandingOptions) -> (Landing, Vec<Repair>) {
        Landing::open(&self.data(), &self.data().join("keys.json"), options).unwrap()
    }
}

/// A like as JSON; `minute` after a round time.
fn like(actor: &str, target: &str, minute: i64, id: Option<&str>) -> String {
    let id = id.map_or_else(String::new, |id| format!(r#","event_id":"{id}""#));
    let ts = 1_699_000_000 + minute * 60;
    format!(
        r#"{{"actor":"{actor}","target":"{target}","ts":{ts},"kind":"like","owner":"own-{target}","ip":"10.0.0.1"{id}}}"#
    )
}

fn land(landing: &Landing, lines: &[String]) -> (u64, u64) {
    let admitted = landing.door().json_lines(lines.join("\n").as_bytes(), NOW);
    assert!(admitted.faults.is_empty(), "{:?}", admitted.faults);
    let receipt = landing.land(admitted, NOW).unwrap();
    (receipt.landed, receipt.duplicates)
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// Every text in every column of the closed windows, one row a line, with names instead of pseudonyms.
fn rows(landing: &Landing) -> Vec<String> {
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let mut rows = Vec::new();
    for path in files(landing.events_folder()).into_keys() {
        let file = std::fs::File::open(&path).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let text = |name: &str, row: usize| {
                batch.column_by_name(name).map(|c| c.as_string::<i32>().value(row).to_owned()).unwrap_or_default()
            };
            for row in 0..batch.num_rows() {
                let door = landing.door();
                let name = |n: &str| door.identity().reveal(&text(n, row)).unwrap_or_else(|| "?".into());
                rows.push(format!("{} {} {} {}", name("actor"), text("target", row), name("owner"), text("kind", row)));
            }
        }
    }
    rows.sort();
    rows
}

#[test]
fn acknowledged_rows_survive_and_repeats_count_once() {
    let desk = Desk::new();
    let lines: Vec<String> = (0..50).map(|i| like(&format!("u{i}"), "p1", i, Some(&format!("e{i}")))).collect();
    let (landing, repairs) = desk.open();
    assert!(repairs.is_empty());
    assert_eq!(land(&landing, &lines), (50, 0));
    assert_eq!(land(&landing, &lines[10..20]), (0, 10), "known in this process");
    drop(landing);
    let (landing, repairs) = desk.open();
    assert!(repairs.is_empty(), "{repairs:?}");
    assert_eq!(land(&landing, &lines), (0, 50), "known after a restart");
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(rows(&landing).len(), 50);
    assert_eq!(landing.status().rows_pending, 0);
    drop(landing);
    let (landing, _) = desk.open();
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(rows(&landing).len(), 50, "and a start makes nothing twice");
}

#[test]
fn a_batch_key_makes_its_rows_known_for_ever() {
    let desk = Desk::new();
    let lines = [like("a", "p", 1, None), like("a", "p", 2, None)].join("\n");
    let send = |landing: &Landing, text: &str, key: &str| {
        let door = landing.door();
        landing.land(door.with_key(door.json_lines(text.as_bytes(), NOW), key), NOW)
    };
    let (landing, _) = desk.open();
    assert_eq!(send(&landing, &lines, "k1").unwrap().landed, 2);
    assert!(send(&landing, &lines, "k1").unwrap().replayed);
    assert!(matches!(send(&landing, &like("b", "p", 1, None), "k1"), Err(LandingError::KeyReused)));
    assert_eq!(send(&landing, &lines, "k2").unwrap().landed, 2, "another key, another two events");
    drop(landing);
    let (landing, _) = desk.open();
    assert!(send(&landing, &lines, "k1").unwrap().replayed, "across restarts");
    landing.maintain(Which::All, NOW).unwrap();
    drop(landing);
    // The journal is gone now and with it the memory; the ids are the same all the same.
    let (landing, _) = desk.open();
    send(&landing, &lines, "k1").unwrap();
    landing.maintain(Which::All, NOW).unwrap();
    let ids = event_ids(&landing);
    assert_eq!(ids.values().copied().max(), Some(2), "the same id again, so that detection counts it once");
    assert_eq!(ids.len(), 4);
}

fn event_ids(landing: &Landing) -> BTreeMap<String, u32> {
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let mut ids = BTreeMap::new();
    for path in files(landing.events_folder()).into_keys() {
        let file = std::fs::File::open(&path).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            for id in batch.unwrap().column_by_name("event_id").unwrap().as_string::<i32>().iter() {
                *ids.entry(id.unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    ids
}

#[test]
fn windows_close_behind_the_stream_and_late_rows_come_after() {
    let desk = Desk::new();
    let (landing, _) = desk.open_with(LandingOptions { late_seconds: 0, ..LandingOptions::default() });
    land(&landing, &[like("a", "p", 1, None), like("b", "p", 40, None)]);
    assert_eq!(landing.maintain(Which::Due, NOW).unwrap().windows, 0, "nothing is over");
    land(&landing, &[like("c", "p", 200, None)]);
    let done = landing.maintain(Which::Due, NOW).unwrap();
    assert_eq!((done.windows, done.rows), (2, 2));
    let before = landing.status().generation;
    land(&landing, &[like("late", "p", 2, None)]);
    assert_eq!(landing.status().rows_late, 1);
    assert_eq!(landing.maintain(Which::Due, NOW).unwrap().rows, 1);
    assert!(landing.status().generation > before, "detection has to look again");
    assert_eq!(rows(&landing).len(), 3);
}

#[test]
fn a_clock_that_is_fast_closes_nothing() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    let line = format!(r#"{{"actor":"a","target":"p","ts":{},"kind":"like"}}"#, NOW / 1_000_000 + 80_000);
    land(&landing, &[line]);
    assert_eq!(landing.status().latest_ts, Some(NOW), "not later than its arrival");
    let far = format!(r#"{{"actor":"a","target":"p","ts":{},"kind":"like"}}"#, NOW / 1_000_000 + 90_000);
    let admitted = landing.door().json_lines(far.as_bytes(), NOW);
    assert_eq!(admitted.faults[0].reason, "far_future");
}

#[test]
fn faults_are_told_row_by_row() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    let text = [
        r#"{"actor":"a","target":"p","ts":1699000000,"kind":"like"}"#,
        "{",
        "",
        r#"{"actor":"a","ts":1699000000,"kind":"like"}"#,
        r#"{"actor":"a","target":"p","ts":"noon","kind":"like"}"#,
        r#"{"actor":"a","target":"p","ts":1699000000}"#,
        r#"{"actor":["a"],"target":"p","ts":1699000000,"kind":"like"}"#,
        r#"{"actor":"a","target":"p","ts":1699000000,"kind":"view","dwell_ms":"long"}"#,
    ]
    .join("\n");
    let admitted = landing.door().json_lines(text.as_bytes(), NOW);
    let faults: Vec<_> = admitted.faults.iter().map(|f| (f.row, f.reason)).collect();
    let expected = [
        (2, "invalid_json"),
        (4, "missing_target"),
        (5, "unreadable_time"),
        (6, "missing_kind"),
        (7, "wrong_type"),
        (8, "unreadable_number"),
    ];
    assert_eq!(faults, expected);
    assert_eq!(admitted.rows(), 1);
    let long = format!(r#"{{"actor":"{}","target":"p","ts":1699000000,"kind":"like"}}"#, "x".repeat(2000));
    assert_eq!(landing.door().json_lines(long.as_bytes(), NOW).faults[0].reason, "too_long");
}

/// A journal of three batches, and its bytes.
fn small_journal(desk: &Desk) -> (PathBuf, Vec<u8>) {
    let (landing, _) = desk.open();
    for batch in 0..3 {
        let lines: Vec<String> =
            (0..2).map(|i| like(&format!("u{batch}{i}"), "p", i, Some(&format!("e{batch}{i}")))).collect();
        land(&landing, &lines);
    }
    drop(landing);
    let journal = desk.data().join("journal");
    let (path, bytes) = files(&journal).into_iter().next().unwrap();
    (path, bytes)
}

#[test]
fn a_journal_cut_at_any_byte_opens_with_its_whole_batches() {
    let desk = Desk::fast();
    let (path, bytes) = small_journal(&desk);
    let mut most = 6;
    for cut in (0..bytes.len()).rev() {
        std::fs::remove_dir_all(desk.data().join("journal")).unwrap();
        std::fs::create_dir(desk.data().join("journal")).unwrap();
        std::fs::write(&path, &bytes[..cut]).unwrap();
        let (landing, repairs) = desk.open();
        let there = landing.status().rows_pending;
        assert!(there % 2 == 0 && there <= most, "{there} rows with {cut} bytes: whole batches only");
        assert!(most - there <= 2, "one byte less costs one batch at most");
        most = there;
        let torn = repairs.iter().any(|r| matches!(r, Repair::TornEnd { .. }));
        assert!(!repairs.iter().any(|r| matches!(r, Repair::Damaged { .. })));
        drop(landing);
        let (_, again) = desk.open();
        assert!(again.is_empty(), "mended once (torn: {torn}): {again:?}");
    }
    assert_eq!(most, 0);
}

#[test]
fn a_flipped_bit_anywhere_costs_one_batch_at_most_and_is_told() {
    let desk = Desk::fast();
    let (path, bytes) = small_journal(&desk);
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        std::fs::remove_dir_all(desk.data().join("journal")).unwrap();
        std::fs::create_dir(desk.data().join("journal")).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let (landing, repairs) = desk.open();
        assert!(landing.status().rows_pending >= 4, "byte {at}");
        let told = repairs.iter().any(|r| matches!(r, Repair::Damaged { .. } | Repair::TornEnd { .. }));
        assert!(told, "byte {at}: {repairs:?}");
    }
}

#[test]
fn stopped_between_parts_and_segment_nothing_counts_twice() {
    let desk = Desk::new();
    let (path, bytes) = small_journal(&desk);
    let (landing, _) = desk.open();
    landing.maintain(Which::All, NOW).unwrap();
    let expected = rows(&landing);
    assert_eq!(expected.len(), 6);
    drop(landing);
    // As if the process had died after the parts were there and before the segment went.
    std::fs::write(&path, &bytes).unwrap();
    let (landing, repairs) = desk.open();
    assert!(repairs.contains(&Repair::Finished { segment: 1 }), "{repairs:?}");
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(rows(&landing), expected);
}

#[test]
fn a_full_journal_refuses_and_recovers() {
    let desk = Desk::new();
    let (landing, _) = desk.open_with(LandingOptions { journal_bytes_max: 400, ..LandingOptions::default() });
    let mut n = 0;
    let refused = loop {
        let admitted = landing.door().json_lines(like(&format!("u{n}"), "p", n, None).as_bytes(), NOW);
        match landing.land(admitted, NOW) {
            Ok(_) => n += 1,
            Err(e) => break e,
        }
        assert!(n < 100);
    };
    assert!(matches!(refused, LandingError::JournalFull { .. }), "{refused}");
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(land(&landing, &[like("after", "p", 0, None)]).0, 1);
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(rows(&landing).len() as i64, n + 1);
}

#[test]
fn many_small_parts_become_one() {
    let desk = Desk::new();
    let options = LandingOptions { parts_max: 3, ..LandingOptions::default() };
    let (landing, _) = desk.open_with(options.clone());
    for i in 0..4 {
        // The first stands in every batch under one id that the memory forgets.
        land(&landing, &[like(&format!("u{i}"), "p", 1, Some(&format!("e{i}")))]);
        let done = landing.maintain(Which::All, NOW).unwrap();
        assert_eq!(done.merged, u64::from(i == 3));
    }
    assert_eq!(files(landing.events_folder()).len(), 1);
    assert_eq!(rows(&landing).len(), 4);
    drop(landing);
    let (landing, repairs) = desk.open_with(options);
    assert!(repairs.is_empty(), "{repairs:?}");
    assert_eq!(land(&landing, &[like("u0", "p", 1, Some("e0"))]).0, 1, "forgotten with the journal");
    for _ in 0..4 {
        land(&landing, &[like("z", "p", 1, None)]);
        landing.maintain(Which::All, NOW).unwrap();
    }
    assert_eq!(rows(&landing).iter().filter(|r| r.starts_with("u0 ")).count(), 1, "a merge drops repeats");
}

/// True where some file holds the text, also within Parquet columns.
fn occurs(landing: &Landing, data: &Path, needle: &str) -> bool {
    let plain = files(data).values().any(|bytes| bytes.windows(needle.len()).any(|w| w == needle.as_bytes()));
    plain || columns(landing).any(|text| text.contains(needle))
}

fn columns(landing: &Landing) -> impl Iterator<Item = String> {
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let mut all = Vec::new();
    for path in files(landing.events_folder()).into_keys() {
        let file = std::fs::File::open(&path).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            for column in batch.columns().iter().filter_map(|c| c.as_string_opt::<i32>()) {
                all.extend(column.iter().flatten().map(str::to_owned));
            }
        }
    }
    all.into_iter()
}

#[test]
fn no_name_of_a_person_is_in_any_file_and_an_erased_account_is_in_none_at_all() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    let victim = "victim-account";
    let mut lines: Vec<String> = (0..20).map(|i| like(&format!("person-{i}"), "p1", i, None)).collect();
    lines.push(like(victim, "p1", 3, Some("victim-event")));
    land(&landing, &lines);
    landing.maintain(Which::All, NOW).unwrap();
    lines.push(lines[0].replace("own-p1", victim));
    land(&landing, &[like(victim, "p2", 4, None), lines.last().unwrap().clone()]);
    let pseudonym = landing.door().identity().pseudonym(victim);
    for name in ["person-3", victim, "own-p1", "10.0.0.1", "victim-event"] {
        assert!(!occurs(&landing, &desk.data(), name), "{name} in clear");
    }
    assert!(occurs(&landing, &desk.data(), &pseudonym), "else the search proves nothing");
    let erased = landing.erase(victim).unwrap();
    assert_eq!((erased.rows, erased.owned), (2, 1));
    assert!(!occurs(&landing, &desk.data(), &pseudonym));
    landing.maintain(Which::All, NOW).unwrap();
    assert!(!occurs(&landing, &desk.data(), &pseudonym));
    assert_eq!(rows(&landing).len(), 21, "the others are all there");
    drop(landing);
    let (landing, repairs) = desk.open();
    assert!(repairs.is_empty(), "{repairs:?}");
    assert_eq!(rows(&landing).len(), 21);
}

#[test]
fn an_erasure_cut_short_is_completed() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    land(&landing, &[like("victim", "p", 1, None), like("other", "p", 2, None)]);
    let pseudonym = landing.door().identity().pseudonym("victim");
    drop(landing);
    std::fs::create_dir_all(desk.data().join("erasures")).unwrap();
    std::fs::write(desk.data().join("erasures/x.txt"), &pseudonym).unwrap();
    let (landing, repairs) = desk.open();
    assert_eq!(repairs, [Repair::Erasure { rows: 1 }]);
    assert!(!occurs(&landing, &desk.data(), &pseudonym));
}

#[test]
fn retention_removes_whole_windows_and_refuses_what_is_older() {
    let desk = Desk::new();
    let options = LandingOptions { retention_seconds: Some(1_000_000), ..LandingOptions::default() };
    let (landing, _) = desk.open_with(options);
    land(&landing, &[like("old", "p", 1, None), like("new", "p", 10_000, None)]);
    landing.maintain(Which::All, NOW).unwrap();
    let pseudonym = landing.door().identity().pseudonym("old");
    assert!(occurs(&landing, &desk.data(), &pseudonym));
    let later = (1_699_000_000 + 60 * 200 + 1_000_000) * 1_000_000;
    assert_eq!(landing.maintain(Which::Due, later).unwrap().expired, 1);
    assert!(!occurs(&landing, &desk.data(), &pseudonym));
    assert_eq!(rows(&landing).len(), 1);
    let admitted = landing.door().json_lines(like("old", "p", 1, None).as_bytes(), later);
    assert_eq!(admitted.faults[0].reason, "too_old");
}

#[test]
fn rotation_leaves_no_old_pseudonym_and_the_same_people() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    land(&landing, &(0..9).map(|i| like(&format!("u{i}"), "p", i, Some(&format!("e{i}")))).collect::<Vec<_>>());
    landing.maintain(Which::All, NOW).unwrap();
    let expected = rows(&landing);
    land(&landing, &[like("u1", "q", 500, None)]);
    let old = landing.door().identity().pseudonym("u1");
    assert!(matches!(rotate_keys(&desk.data(), &desk.data().join("keys.json")), Err(LandingError::Locked(_))));
    drop(landing);
    let rotated = rotate_keys(&desk.data(), &desk.data().join("keys.json")).unwrap();
    assert_eq!((rotated.rows, rotated.unknown), (10, 0));
    let (landing, repairs) = desk.open();
    assert!(repairs.is_empty(), "{repairs:?}");
    assert!(!occurs(&landing, &desk.data(), &old));
    assert_ne!(landing.door().identity().pseudonym("u1"), old);
    assert_eq!(rows(&landing), expected);
    assert_eq!(land(&landing, &[like("u3", "p", 3, Some("e3"))]).1, 0, "the journal that knew it is gone");
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(event_ids(&landing).values().copied().max(), Some(2), "event ids outlive a rotation");
}

#[test]
fn a_rotation_cut_short_is_undone_or_completed() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    land(&landing, &[like("u1", "p", 1, None)]);
    let old = landing.door().identity().pseudonym("u1");
    drop(landing);
    std::fs::create_dir_all(desk.data().join("rotation/events")).unwrap();
    let (landing, repairs) = desk.open();
    assert_eq!(repairs, [Repair::RotationUndone]);
    assert_eq!(landing.door().identity().pseudonym("u1"), old);
    drop(landing);
    // Complete, and the journal in place already: the events and the keys are to follow.
    let stage = desk.data().join("rotation");
    std::fs::create_dir_all(stage.join("events")).unwrap();
    let keys = std::fs::read_to_string(desk.data().join("keys.json")).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&keys).unwrap();
    other["accounts"] = "ab".repeat(32).into();
    std::fs::write(stage.join("keys.json"), other.to_string()).unwrap();
    std::fs::write(stage.join("COMPLETE"), "").unwrap();
    let (landing, repairs) = desk.open();
    assert_eq!(repairs, [Repair::Rotation]);
    assert_ne!(landing.door().identity().pseudonym("u1"), old);
    assert!(!stage.exists());
}

#[test]
fn a_folder_has_one_server_and_one_length_of_windows() {
    let desk = Desk::new();
    let (_landing, _) = desk.open();
    let keys = desk.data().join("keys.json");
    assert!(matches!(Landing::open(&desk.data(), &keys, LandingOptions::default()), Err(LandingError::Locked(_))));
    drop(_landing);
    let other = LandingOptions { window_seconds: 60, ..LandingOptions::default() };
    let e = Landing::open(&desk.data(), &keys, other).unwrap_err().to_string();
    assert!(e.contains("3600 seconds long, not 60"), "{e}");
}

#[test]
fn cloud_events_and_arrow_land_as_json_does() {
    let desk = Desk::new();
    let (landing, _) = desk.open();
    let door = landing.door();
    let one = r#"{"specversion":"1.0","id":"7","source":"/app","type":"org.example.like","time":"2023-11-03T08:26:40Z","subject":"p",
        "datacontenttype":"application/json","data":{"actor":"a","owner":"o"}}"#;
    let admitted = door.cloud_events(one.as_bytes(), false, NOW).unwrap();
    assert_eq!((admitted.rows(), admitted.endorsed.len()), (1, 1), "{:?}", admitted.faults);
    landing.land(admitted, NOW).unwrap();
    let batch = format!("[{one},{{\"specversion\":\"1.0\",\"id\":\"8\",\"source\":\"/app\",\"data\":{{}}}}]");
    let admitted = door.cloud_events(batch.as_bytes(), true, NOW).unwrap();
    assert_eq!(admitted.faults.iter().map(|f| (f.row, f.reason)).collect::<Vec<_>>(), [(2, "not_a_cloud_event")]);
    assert_eq!(landing.land(admitted, NOW).unwrap().duplicates, 1, "source and id are unique");
    assert!(door.cloud_events(b"[]", false, NOW).is_err());

    use arrow_array::{Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
    let ts = TimestampMillisecondArray::from(vec![1_699_000_000_000, 1_699_000_001_000]).with_timezone("UTC");
    let table = RecordBatch::try_from_iter([
        ("actor", std::sync::Arc::new(Int64Array::from(vec![Some(17), None])) as arrow_array::ArrayRef),
        ("target", std::sync::Arc::new(StringArray::from(vec!["p", "p"]))),
        ("ts", std::sync::Arc::new(ts)),
        ("kind", std::sync::Arc::new(StringArray::from(vec!["like", "like"]))),
    ])
    .unwrap();
    let mut stream = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut stream, &table.schema()).unwrap();
    writer.write(&table).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let admitted = door.arrow_stream(stream.as_slice(), NOW).unwrap();
    assert_eq!(admitted.faults.iter().map(|f| (f.row, f.reason)).collect::<Vec<_>>(), [(2, "missing_actor")]);
    landing.land(admitted, NOW).unwrap();
    for cut in 0..stream.len() {
        // Never a panic; a stream that ends early is an error or has fewer rows.
        let _ = door.arrow_stream(&stream[..cut], NOW);
    }
    landing.maintain(Which::All, NOW).unwrap();
    assert_eq!(rows(&landing), ["17 p ? like", "a p o like"]);
}
